//! The rules for hosts: rows 10 to 15 of the table in `docs/RSVP.md`.

use super::{
    Answer, ChangeError, Heads, LinkToken, NamesShownTo, Outcome, Party, PartyDate, PartyEnd, PartyState, PartyTexts,
    Phase, Refusal, RsvpDeadline, RsvpTexts, Seats, Visibility,
};
use crate::Timestamp;
use crate::user::{UserId, Username};

/// A user whom a host names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The id of the user.
    pub id: UserId,
    /// The name of the user.
    pub username: Username,
}

/// The party as its host wants it (rows 13 and 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyEdit {
    /// The [`Party::revision`] that the host saw: an edit of an older one is refused.
    pub revision: u32,
    /// The beginning.
    pub date: PartyDate,
    /// The end.
    pub ends_at: PartyEnd,
    /// The time from which no guest claims a seat.
    pub rsvp_deadline: RsvpDeadline,
    /// What the host writes about the party.
    pub texts: PartyTexts,
    /// The seats at the table, including that of the host.
    pub seats: Seats,
    /// The most companions of a guest.
    pub max_companions: u32,
    /// The users who may find the party.
    pub visibility: Visibility,
    /// The users who see the names of guests.
    pub names_shown_to: NamesShownTo,
}

impl Party {
    /// Checks that a user is the host. To others the host's pages do not exist.
    ///
    /// # Errors
    /// [`ChangeError::Hidden`]
    pub fn ensure_hosted_by(&self, user: UserId) -> Result<(), ChangeError> {
        if user == self.host { Ok(()) } else { Err(ChangeError::Hidden) }
    }

    /// Row 10: removes a guest, whose seats are free then, with what the guest has written.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn remove(&mut self, guest: &Guest, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_not_over(now)?;
        self.ensure_not_host(guest.id)?;
        if self.guests.answer(guest.id) != Some(Answer::Removed) {
            self.guests.leave(guest.id, Answer::Removed, now);
            self.guests.set_texts(guest.id, RsvpTexts::default()); // the guest can neither change nor remove them any more
            self.promote(now);
        }
        Ok(Outcome::Removed(guest.username.clone()))
    }

    /// Row 11: a removed guest is invited again. Any other answer stays.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn reinstate(&mut self, guest: &Guest, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_not_over(now)?;
        self.ensure_not_host(guest.id)?;
        match self.guests.answer(guest.id) {
            Some(Answer::Removed) => {
                self.guests.leave(guest.id, Answer::Invited, now);
                Ok(Outcome::Reinstated(guest.username.clone()))
            }
            Some(_) => Ok(Outcome::AlreadyAnswered(guest.username.clone())),
            None => Err(Refusal::NotOnList(guest.username.clone())),
        }
    }

    /// Row 12: seats a guest, also after the deadline, while a seat is free. A guest who is seated stays as before. Without a number
    /// it is that of the guest's answer, or one. Only a group that becomes larger is bound by the maximum of companions.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn add(&mut self, guest: &Guest, heads: Option<Heads>, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_can_be_named(guest, now)?;
        let waiting = match self.guests.answer(guest.id) {
            Some(Answer::Seated(_)) => return Ok(Outcome::AlreadyAnswered(guest.username.clone())),
            answer => answer.and_then(Answer::heads),
        };
        let heads = heads.or(waiting).unwrap_or(Heads::ONE);
        if waiting.is_none_or(|waiting| heads > waiting) {
            self.ensure_companions(heads)?;
        }
        if !self.guests.has_room_for(guest.id, heads) {
            return Err(Refusal::NotEnoughSeats { free: self.guests.free_seats(), held: None });
        }
        self.guests.seat(guest.id, heads);
        Ok(Outcome::Added(guest.username.clone()))
    }

    /// Row 12: invites a guest who has no answer or declined. Any other answer stays.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn invite(&mut self, guest: &Guest, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_can_be_named(guest, now)?;
        match self.guests.answer(guest.id) {
            None | Some(Answer::Declined) => {
                self.guests.leave(guest.id, Answer::Invited, now);
                Ok(Outcome::Invited(guest.username.clone()))
            }
            Some(Answer::Invited) => Ok(Outcome::Invited(guest.username.clone())),
            Some(_) => Ok(Outcome::AlreadyAnswered(guest.username.clone())),
        }
    }

    /// Row 14: cancels the party. The RSVPs stay.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn cancel(&mut self, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        self.set_state(PartyState::Cancelled);
        Ok(Outcome::Cancelled)
    }

    /// Row 14: a cancelled party takes place again. Free seats go to the waiting list: the host may have raised their number meanwhile.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn restore(&mut self, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        self.set_state(PartyState::Scheduled);
        self.promote(now);
        Ok(Outcome::Restored)
    }

    /// Rows 13 and 15: changes the party as a whole. More seats go to the waiting list.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn edit(&mut self, edit: PartyEdit, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        if self.is_like(&edit) {
            return Ok(Outcome::Unchanged); // also a form that is sent twice
        }
        if edit.revision != self.revision {
            return Err(Refusal::Stale);
        }
        if edit.seats.get() < self.guests.totals().taken {
            return Err(Refusal::BelowTaken { taken: self.guests.totals().taken });
        }
        if edit.date != self.heading.date && edit.date.has_begun(now) {
            return Err(Refusal::DateInThePast);
        }
        self.heading.date = edit.date;
        self.ends_at = edit.ends_at.at();
        self.rsvp_deadline = edit.rsvp_deadline.at();
        self.texts = edit.texts;
        self.guests.set_seats(edit.seats);
        self.guests.set_max_companions(edit.max_companions);
        self.visibility = edit.visibility;
        self.names_shown_to = edit.names_shown_to;
        self.revision += 1;
        self.promote(now);
        Ok(Outcome::Edited)
    }

    /// Replaces the link. The old one opens nothing from then on.
    pub const fn replace_link(&mut self, new: LinkToken) -> Outcome {
        self.new_link = Some(new);
        Outcome::LinkReplaced
    }

    /// A form that was shown before is stale then: it does not say whether the party takes place.
    fn set_state(&mut self, state: PartyState) {
        if self.state != state {
            self.state = state;
            self.revision += 1;
        }
    }

    /// Whether the edit changes nothing.
    fn is_like(&self, edit: &PartyEdit) -> bool {
        let totals = self.guests.totals();
        let times = (self.ends_at, self.rsvp_deadline) == (edit.ends_at.at(), edit.rsvp_deadline.at());
        let table = (totals.seats, totals.max_companions) == (edit.seats, edit.max_companions);
        let shown = (self.visibility, self.names_shown_to) == (edit.visibility, edit.names_shown_to);
        times && table && shown && self.heading.date == edit.date && self.texts == edit.texts
    }

    /// Row 9: the system seats those who wait and fit, at a scheduled party before its start.
    pub(super) fn promote(&mut self, now: Timestamp) {
        if self.state == PartyState::Scheduled && self.phase(now) == Phase::Upcoming {
            self.guests.promote();
        }
    }

    /// The refusals that adding and inviting have in common.
    fn ensure_can_be_named(&self, guest: &Guest, now: Timestamp) -> Result<(), Refusal> {
        self.ensure_not_over(now)?;
        self.ensure_scheduled()?;
        self.ensure_not_host(guest.id)?;
        match self.guests.answer(guest.id) {
            Some(Answer::Removed) => Err(Refusal::GuestRemoved(guest.username.clone())),
            _ => Ok(()),
        }
    }

    fn ensure_not_over(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.phase(now) == Phase::Over { Err(Refusal::Over) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
