//! The notices and the history of a change of a party. Both are computed from the
//! difference, so that no rule can forget them.

use super::{Answer, Audience, Outcome, Party, PartyNotice, PartyPart, PartyState, Refusal};
use crate::Notice;
use crate::user::UserId;

/// A change of a party, for the store to write in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The outcome, for the user who asked for the change.
    pub outcome: Outcome,
    /// The notices to guests and to the host.
    pub notices: Vec<Notice>,
    /// What the history of the party keeps.
    pub history: Vec<HistoryEntry>,
    /// Whether the change is counted for a quota: each change of a host but a cancellation and the removal of a guest with an answer, a
    /// guest's first answer, and each answer by which a guest asks for more. What gives something up is never refused (I5), and can follow
    /// only what was counted.
    pub is_counted: bool,
}

/// One line of the history of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The user who did it. `None` for the system, which seats the guests who wait.
    pub by: Option<UserId>,
    /// What was done.
    pub what: HistoryKind,
}

/// What was done at a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryKind {
    /// A guest has another answer.
    Answer {
        /// The guest.
        guest: UserId,
        /// The answer before, if there was one.
        before: Option<Answer>,
        /// The answer now.
        after: Answer,
    },
    /// The host changed these parts.
    Edited(Vec<PartyPart>),
    /// The host set the number of seats.
    Seats(u32),
    /// The host cancelled the party.
    Cancelled,
    /// The cancelled party takes place again.
    Restored,
    /// The host sent a message.
    Message {
        /// The guests who read it.
        audience: Audience,
        /// The number of guests with those answers when it was sent.
        recipients: u32,
    },
}

impl HistoryKind {
    /// Whether a host gives something up: cancels, or removes a guest who had an answer. No quota refuses that.
    const fn gives_up(&self) -> bool {
        matches!(self, Self::Cancelled | Self::Answer { before: Some(_), after: Answer::Removed, .. })
    }
}

impl Changed {
    /// Runs `rule` for `actor`, about the guest `concerned` or about the party, and says what it does besides.
    ///
    /// # Errors
    /// The refusal of `rule`.
    pub fn by(
        party: &mut Party,
        actor: UserId,
        concerned: Option<UserId>,
        rule: impl FnOnce(&mut Party) -> Result<Outcome, Refusal>,
    ) -> Result<Self, Refusal> {
        let before = party.clone();
        let outcome = rule(party)?;
        Ok(Self::between(&Difference { before: &before, after: party, actor, concerned }, outcome))
    }

    fn between(difference: &Difference<'_>, outcome: Outcome) -> Self {
        let Difference { actor, concerned, .. } = *difference;
        let (mut notices, mut history) = (vec![], vec![]);
        for what in difference.of_party() {
            notices.extend(difference.notices_to_guests(&what));
            history.push(HistoryEntry { by: Some(actor), what });
        }
        for (guest, answer, former) in difference.answers() {
            let by = (concerned == Some(guest)).then_some(actor);
            history.push(HistoryEntry { by, what: HistoryKind::Answer { guest, before: former, after: answer } });
            notices.extend(difference.notices_of(guest, former, answer));
        }
        notices.extend(difference.notice_of_texts());
        let is_counted = if actor == difference.after.host {
            history.iter().any(|entry| entry.by == Some(actor) && !entry.what.gives_up())
        } else {
            difference.asks_for_more()
        };
        Self { outcome, notices, history, is_counted }
    }
}

struct Difference<'a> {
    before: &'a Party,
    after: &'a Party,
    actor: UserId,
    concerned: Option<UserId>,
}

impl Difference<'_> {
    /// The guests whose answers differ, with the answer now and before, in the order of their places.
    fn answers(&self) -> Vec<(UserId, Answer, Option<Answer>)> {
        let rsvps = self.after.guests.rsvps().iter().map(|(guest, rsvp)| (*guest, *rsvp));
        let mut changed: Vec<_> = rsvps
            .map(|(guest, rsvp)| (guest, rsvp, self.before.guests.answer(guest)))
            .filter(|(_, rsvp, former)| *former != Some(rsvp.answer))
            .collect();
        changed.sort_unstable_by_key(|(guest, rsvp, _)| (rsvp.place, *guest));
        changed.into_iter().map(|(guest, rsvp, former)| (guest, rsvp.answer, former)).collect()
    }

    /// What the host did to the party itself.
    fn of_party(&self) -> Vec<HistoryKind> {
        let (before, after) = (self.before, self.after);
        let mut done = vec![];
        match (before.state, after.state) {
            (PartyState::Scheduled, PartyState::Cancelled) => done.push(HistoryKind::Cancelled),
            (PartyState::Cancelled, PartyState::Scheduled) => done.push(HistoryKind::Restored),
            _ => {}
        }
        let parts = self.parts();
        if !parts.is_empty() {
            done.push(HistoryKind::Edited(parts));
        }
        let seats = after.guests.totals().seats;
        if seats != before.guests.totals().seats {
            done.push(HistoryKind::Seats(seats.get()));
        }
        done
    }

    /// The parts of the party that differ.
    fn parts(&self) -> Vec<PartyPart> {
        let (before, after) = (self.before, self.after);
        let companions = |party: &Party| party.guests.totals().max_companions;
        // A deadline that was and is the start has moved with it.
        let deadline =
            |party: &Party| (party.rsvp_deadline != party.heading.date.starts_at()).then_some(party.rsvp_deadline);
        [
            (PartyPart::Date, before.heading.date != after.heading.date),
            (PartyPart::End, before.ends_at != after.ends_at),
            (PartyPart::Venue, before.texts.venue != after.texts.venue),
            (PartyPart::Address, before.texts.address != after.texts.address),
            (PartyPart::Dish, before.texts.main_dish != after.texts.main_dish),
            (PartyPart::Details, before.texts.details != after.texts.details),
            (PartyPart::Deadline, deadline(before) != deadline(after)),
            (PartyPart::Companions, companions(before) != companions(after)),
            (PartyPart::Visibility, before.visibility != after.visibility),
            (PartyPart::Names, before.names_shown_to != after.names_shown_to),
            (PartyPart::Link, after.new_link.is_some()),
        ]
        .into_iter()
        .filter_map(|(part, differs)| differs.then_some(part))
        .collect()
    }

    /// Whether the answer is the guest's first, or the guest asks for more than before: more heads, or to be noted as a maybe without
    /// giving up seats. An invitation is no answer of the guest, but was counted for the host.
    fn asks_for_more(&self) -> bool {
        let heads = |answer: Option<Answer>| answer.and_then(Answer::heads);
        let (before, after) = (self.before.guests.answer(self.actor), self.after.guests.answer(self.actor));
        match after {
            Some(Answer::Seated(_) | Answer::Waitlisted(_)) => heads(after) > heads(before),
            Some(Answer::Maybe) => !matches!(before, Some(Answer::Maybe | Answer::Seated(_))),
            Some(_) => before.is_none(),
            None => false,
        }
    }

    /// The notices of one answer.
    fn notices_of(&self, guest: UserId, before: Option<Answer>, after: Answer) -> Vec<Notice> {
        let party = self.after.id;
        let to_guest = |notice: PartyNotice| notice.to(guest, party, None);
        let to_host = |notice: PartyNotice| notice.to(self.after.host, party, Some(guest));
        let is_own = self.actor == guest;
        match (before, after) {
            (_, Answer::Seated(heads)) if is_own => vec![to_host(PartyNotice::Accepted(heads))],
            (_, Answer::Seated(_)) if self.concerned == Some(guest) => vec![to_guest(PartyNotice::Added)],
            (_, Answer::Seated(heads)) => {
                let mut notices = vec![to_guest(PartyNotice::SeatOpenedUp)];
                if self.actor != self.after.host {
                    notices.push(to_host(PartyNotice::Promoted(heads)));
                }
                notices
            }
            (_, Answer::Waitlisted(heads)) => vec![to_host(PartyNotice::JoinedWaitingList(heads))],
            (Some(Answer::Seated(heads)), Answer::Maybe | Answer::Declined) => {
                vec![to_host(PartyNotice::GaveUpSeat(heads))]
            }
            (_, Answer::Maybe) => vec![to_host(PartyNotice::SaidMaybe)],
            (_, Answer::Declined) => vec![to_host(PartyNotice::Declined)],
            (_, Answer::Invited) => vec![to_guest(PartyNotice::Invited)],
            (None, Answer::Removed) => vec![], // the guest never knew of the party
            (_, Answer::Removed) => {
                let (date, main_dish) = (self.before.heading.date.clone(), self.before.texts.main_dish.clone());
                vec![PartyNotice::Removed { date, main_dish }.to(guest, party, Some(self.after.host))]
            }
        }
    }

    /// The notice to the host that a guest changed the note or the allergies, and not the answer. The history has no entry:
    /// it names no text, and it is kept for good.
    fn notice_of_texts(&self) -> Option<Notice> {
        let (guest, after) = (self.actor, self.after.guests.answer(self.actor)?);
        let is_same_answer = self.before.guests.answer(guest) == Some(after);
        let is_other_text = self.before.guests.texts(guest) != self.after.guests.texts(guest);
        (is_same_answer && is_other_text)
            .then(|| PartyNotice::Wrote(after).to(self.after.host, self.after.id, Some(guest)))
    }

    /// The notices of what the host did to the party (rows 14 and 15), also while it is cancelled: a restore does not say what was changed
    /// meanwhile. All RSVPs are loaded.
    fn notices_to_guests(&self, what: &HistoryKind) -> Vec<Notice> {
        let notice = match what {
            HistoryKind::Cancelled => PartyNotice::Cancelled,
            HistoryKind::Restored => PartyNotice::Restored,
            HistoryKind::Edited(parts) => {
                let parts: Vec<_> = parts.iter().copied().filter(|part| part.concerns_guests()).collect();
                if parts.is_empty() {
                    return vec![];
                }
                PartyNotice::Edited(parts)
            }
            HistoryKind::Seats(_) | HistoryKind::Answer { .. } | HistoryKind::Message { .. } => return vec![],
        };
        let rsvps = self.after.guests.rsvps().iter().filter(|(_, rsvp)| notice.is_sent_to(rsvp.answer));
        rsvps.map(|(guest, _)| notice.clone().to(*guest, self.after.id, None)).collect()
    }
}

#[cfg(test)]
mod tests;
