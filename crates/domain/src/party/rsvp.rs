//! The RSVP rules: which answers a guest may give, the order of the refusals, and the outcomes.
//!
//! Guests, hosts and the system use the same rules (I7). The row numbers are those of the table in `docs/RSVP.md`.
//! Messages are not here.

use super::guest_list::Withdrawal;
use super::{Answer, Heads, Party, PartyDate, PartyHeading, PartyState, Phase, SeatResult};
use crate::Timestamp;
use crate::user::{UserId, Username};

/// The outcome of an RSVP. The enum is exhaustive, since each outcome has a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Row 1: the guest got a seat.
    Seated(PartyHeading),
    /// Row 2: too few seats are free. Nothing changed.
    Full(PartyHeading),
    /// Row 3: the guest had the seat before. Nothing changed.
    AlreadySeated(PartyHeading),
    /// Row 5: the guest may come, and holds no seat.
    Maybe,
    /// Row 6: the guest gave up a seat.
    GaveUpSeat,
    /// Row 7: the guest is not coming.
    Declined(PartyHeading),
}

/// Why an RSVP was refused.
///
/// The variants are in the order in which they are checked. An unknown party is
/// [`UpdateError::NotFound`](super::UpdateError::NotFound).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The party is over.
    #[error("the party has already happened")]
    Over,
    /// The party is under way.
    #[error("the party has already begun")]
    Begun,
    /// The host cancelled the party. Not checked for a guest who gives up a seat.
    #[error("the host cancelled the party")]
    Cancelled {
        /// The name of the host.
        host: Username,
    },
    /// The guest is the host, who always has one seat.
    #[error("the host has a seat already")]
    IsHost,
    /// The host removed the guest.
    #[error("the guest was removed")]
    Removed {
        /// The name of the host, whom the guest may ask.
        host: Username,
    },
    /// The RSVP deadline has passed. Not checked for a guest who declines.
    #[error("RSVPs are closed")]
    Closed {
        /// The deadline, in the time zone of the party.
        deadline: PartyDate,
        /// The name of the host, whom the guest may ask.
        host: Username,
    },
    /// The guest brings more companions than the party allows.
    #[error("at most {max} companions")]
    TooManyCompanions {
        /// The most companions.
        max: u32,
    },
}

/// Why a change of a party was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The user may not find the party. To the user it is like a party that does not exist.
    #[error("the user may not find the party")]
    Hidden,
    /// The RSVP rules refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Party {
    /// Checks that a user may find the party: as its host, by an answer, or with the link.
    ///
    /// # Errors
    /// [`ChangeError::Hidden`]
    pub fn ensure_open_to(&self, user: UserId, has_link: bool) -> Result<(), ChangeError> {
        let is_open = user == self.host || self.visibility.is_open_to(self.guests.answer(user), has_link);
        if is_open { Ok(()) } else { Err(ChangeError::Hidden) }
    }

    /// Rows 1 to 4: accepts for a guest, with `heads` people.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies. A full table is [`Outcome::Full`], not a refusal.
    pub fn accept(&mut self, guest: UserId, heads: Heads, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        self.ensure_scheduled()?;
        self.ensure_may_answer(guest)?;
        // Row 3 is checked before the deadline: a guest who has the seat learns that, also after the deadline.
        if self.guests.answer(guest) == Some(Answer::Seated(heads)) {
            return Ok(Outcome::AlreadySeated(self.heading.clone()));
        }
        self.ensure_open(now)?;
        if heads.companions() > self.guests.max_companions() {
            return Err(Refusal::TooManyCompanions { max: self.guests.max_companions() });
        }
        let outcome = match self.guests.accept(guest, heads) {
            SeatResult::Seated => Outcome::Seated,
            SeatResult::AlreadySeated => Outcome::AlreadySeated,
            SeatResult::Full => Outcome::Full,
        };
        Ok(outcome(self.heading.clone()))
    }

    /// Rows 6 and 7: declines for a guest. Giving up a seat is never refused before the party begins (I5).
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn decline(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        if !self.is_seated(guest) {
            self.ensure_scheduled()?;
        }
        self.ensure_may_answer(guest)?;
        match self.guests.release_seats(guest, Withdrawal::Declined) {
            0 => Ok(Outcome::Declined(self.heading.clone())),
            _ => Ok(Outcome::GaveUpSeat),
        }
    }

    /// Rows 5 and 6: answers "maybe" for a guest, who then holds no seat.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn maybe(&mut self, guest: UserId, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        let seated = self.is_seated(guest);
        if !seated {
            self.ensure_scheduled()?;
        }
        self.ensure_may_answer(guest)?;
        if !seated {
            self.ensure_open(now)?;
        }
        match self.guests.release_seats(guest, Withdrawal::Maybe) {
            0 => Ok(Outcome::Maybe),
            _ => Ok(Outcome::GaveUpSeat),
        }
    }

    fn ensure_upcoming(&self, now: Timestamp) -> Result<(), Refusal> {
        match Phase::at(now, self.heading.date.starts_at(), self.ends_at) {
            Phase::Upcoming => Ok(()),
            Phase::UnderWay => Err(Refusal::Begun),
            Phase::Over => Err(Refusal::Over),
        }
    }

    fn ensure_scheduled(&self) -> Result<(), Refusal> {
        match self.state {
            PartyState::Scheduled => Ok(()),
            PartyState::Cancelled => Err(Refusal::Cancelled { host: self.heading.host.clone() }),
        }
    }

    fn ensure_may_answer(&self, guest: UserId) -> Result<(), Refusal> {
        if guest == self.host {
            return Err(Refusal::IsHost);
        }
        match self.guests.answer(guest) {
            Some(Answer::Removed) => Err(Refusal::Removed { host: self.heading.host.clone() }),
            _ => Ok(()),
        }
    }

    fn ensure_open(&self, now: Timestamp) -> Result<(), Refusal> {
        if now < self.rsvp_deadline {
            return Ok(());
        }
        let PartyHeading { host, date } = &self.heading;
        Err(Refusal::Closed { deadline: date.at_in_same_zone(self.rsvp_deadline), host: host.clone() })
    }

    fn is_seated(&self, guest: UserId) -> bool {
        matches!(self.guests.answer(guest), Some(Answer::Seated(_)))
    }
}

#[cfg(test)]
mod tests;
