//! The RSVP rules for guests: which answers a guest may give, the order of the refusals, and the outcomes.
//!
//! Guests, hosts and the system use the same rules (I7); the rules for hosts are in [`super::hosting`]. The row numbers are those
//! of the table in `docs/RSVP.md`. Messages are not here.

use super::{Answer, ChangeError, Heads, Outcome, Party, PartyState, Phase, Refusal};
use crate::Timestamp;
use crate::user::UserId;

impl Party {
    /// Checks that a user may find the party: as its host, by an answer, or with the link.
    ///
    /// # Errors
    /// [`ChangeError::Hidden`]
    pub fn ensure_findable_by(&self, user: UserId, has_link: bool) -> Result<(), ChangeError> {
        let is_open = user == self.host || self.visibility.admits(self.guests.answer(user), has_link);
        if is_open { Ok(()) } else { Err(ChangeError::Hidden) }
    }

    /// Rows 1 to 4 and 8: accepts for a guest, with `heads` people.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies. A full table is [`Outcome::Waitlisted`], not a refusal.
    pub fn accept(&mut self, guest: UserId, heads: Heads, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_answerable(guest, now)?;
        let before = self.guests.answer(guest);
        let held = before.and_then(Answer::heads);
        // A repeated answer repeats its sentence, also after the deadline.
        if held == Some(heads) {
            return Ok(match before {
                Some(Answer::Waitlisted(_)) => self.waitlisted(guest),
                _ => Outcome::AlreadySeated(self.heading.clone()),
            });
        }
        // Only more heads claim a seat (I6).
        if held.is_none_or(|held| heads > held) {
            self.ensure_open(now)?;
            self.ensure_companions(heads)?;
        }
        match (before, held) {
            (Some(Answer::Seated(_)), Some(held)) => self.change_heads(guest, held, heads),
            (Some(Answer::Waitlisted(_)), _) if self.guests.seat_or_wait(guest, heads) => {
                Ok(Outcome::SeatOpenedUp(self.heading.clone()))
            }
            (Some(Answer::Waitlisted(_)), _) => Ok(self.waitlisted(guest)),
            _ if self.guests.seat_or_wait(guest, heads) => Ok(Outcome::Seated(self.heading.clone())),
            _ => Ok(self.waitlisted(guest)),
        }
    }

    /// Row 4: a guest who holds seats comes with more or fewer people.
    fn change_heads(&mut self, guest: UserId, held: Heads, heads: Heads) -> Result<Outcome, Refusal> {
        if !self.guests.has_room_for(guest, heads) {
            return Err(Refusal::NotEnoughSeats { free: self.guests.free_seats(), held: Some(held) });
        }
        self.guests.seat(guest, heads);
        self.guests.promote();
        Ok(Outcome::HeadsChanged { heading: self.heading.clone(), heads })
    }

    /// Rows 5 and 6: answers "maybe" for a guest, who then holds no seat.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn maybe(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_answerable(guest, now)?;
        match self.guests.answer(guest) {
            Some(Answer::Maybe) => Ok(Outcome::Maybe),
            Some(Answer::Seated(_)) => Ok(self.give_up_seat(guest, Answer::Maybe, now)),
            _ => {
                self.ensure_open(now)?;
                self.guests.leave(guest, Answer::Maybe, now);
                Ok(Outcome::Maybe)
            }
        }
    }

    /// Rows 6 and 7: declines for a guest. Giving up a seat is never refused before a scheduled party begins (I5).
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn decline(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_answerable(guest, now)?;
        if let Some(Answer::Seated(_)) = self.guests.answer(guest) {
            return Ok(self.give_up_seat(guest, Answer::Declined, now));
        }
        self.guests.leave(guest, Answer::Declined, now);
        Ok(Outcome::Declined(self.heading.clone()))
    }

    /// Row 16: a guest takes back the seats given up within the last [`GivenUp::UNDO_PERIOD`](super::GivenUp::UNDO_PERIOD). They
    /// are free, or the guest waits at the end of the list.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies, [`Refusal::NothingToUndo`] as the last.
    pub fn undo(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_answerable(guest, now)?;
        match self.guests.rsvps().get(&guest).map(|rsvp| (rsvp.answer, rsvp.given_up)) {
            Some((Answer::Seated(_), _)) => Ok(Outcome::AlreadySeated(self.heading.clone())),
            Some((Answer::Waitlisted(_), _)) => Ok(self.waitlisted(guest)),
            Some((_, Some(given_up))) if given_up.can_be_undone(now) => {
                let is_seated = self.guests.seat_or_wait(guest, given_up.heads);
                Ok(if is_seated { Outcome::Seated(self.heading.clone()) } else { self.waitlisted(guest) })
            }
            _ => Err(Refusal::NothingToUndo),
        }
    }

    /// Declines for a guest whose account is to be deleted, also at a cancelled party: once it is restored, its seats are for guests
    /// who exist.
    ///
    /// # Errors
    /// [`Refusal::Begun`] or [`Refusal::Over`]: who was there stays.
    pub fn withdraw(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        if self.guests.answer(guest).is_some_and(|answer| answer != Answer::Removed) {
            self.guests.leave(guest, Answer::Declined, now);
            self.promote(now);
        }
        Ok(Outcome::Declined(self.heading.clone()))
    }

    /// Row 6: the freed seats go to the waiting list in the same commit.
    fn give_up_seat(&mut self, guest: UserId, answer: Answer, now: Timestamp) -> Outcome {
        self.guests.leave(guest, answer, now);
        self.guests.promote();
        Outcome::GaveUpSeat
    }

    fn waitlisted(&self, guest: UserId) -> Outcome {
        let rank = self.guests.rank(guest).unwrap_or(self.guests.totals().waiting);
        Outcome::Waitlisted { heading: self.heading.clone(), rank, free: self.guests.free_seats() }
    }

    /// The refusals that every answer of a guest has in common, in their order.
    pub(super) fn ensure_answerable(&self, guest: UserId, now: Timestamp) -> Result<(), Refusal> {
        self.ensure_upcoming(now)?;
        self.ensure_scheduled()?;
        self.ensure_not_host(guest)?;
        match self.guests.answer(guest) {
            Some(Answer::Removed) => Err(Refusal::Removed { host: self.heading.host.clone() }),
            _ => Ok(()),
        }
    }

    /// The phase at `now`.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        Phase::at(now, self.heading.date.starts_at(), self.ends_at)
    }

    pub(super) fn ensure_upcoming(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.phase(now) {
            Phase::Upcoming => Ok(()),
            Phase::UnderWay => Err(Refusal::Begun),
            Phase::Over => Err(Refusal::Over),
        }
    }

    pub(super) fn ensure_scheduled(&self) -> Result<(), Refusal> {
        match self.state {
            PartyState::Scheduled => Ok(()),
            PartyState::Cancelled => Err(Refusal::Cancelled { host: self.heading.host.clone() }),
        }
    }

    pub(super) fn ensure_not_host(&self, guest: UserId) -> Result<(), Refusal> {
        if guest == self.host { Err(Refusal::IsHost) } else { Ok(()) }
    }

    pub(super) fn ensure_companions(&self, heads: Heads) -> Result<(), Refusal> {
        let max = self.guests.totals().max_companions;
        if heads.companions() > max { Err(Refusal::TooManyCompanions { max }) } else { Ok(()) }
    }

    fn ensure_open(&self, now: Timestamp) -> Result<(), Refusal> {
        if now < self.rsvp_deadline {
            return Ok(());
        }
        let deadline = self.heading.date.at_in_same_zone(self.rsvp_deadline);
        Err(Refusal::Closed { deadline, host: self.heading.host.clone() })
    }
}

#[cfg(test)]
mod tests;
