//! The RSVP rules: what a guest may say, in which order it is refused, and what becomes of it. One place for guests,
//! hosts and the system alike (I7). The rows are those of the table in `docs/RSVP.md`; sentences are not here.

use super::guest_list::Withdrawal;
use super::{Answer, Heads, Party, PartyDate, PartyHeading, PartyState, SeatResult};
use crate::Timestamp;
use crate::user::{UserId, Username};

/// What happened. Closed: each has its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Row 1: the guest has a seat.
    Seated(PartyHeading),
    /// Row 2: there are too few seats; nothing changed.
    Full(PartyHeading),
    /// Row 3: the guest had the seat before; nothing changed.
    AlreadySeated(PartyHeading),
    /// Row 5: noted, without a seat.
    Maybe,
    /// Row 6: the guest gave up a seat.
    GaveUpSeat,
    /// Row 7: the guest is not coming.
    Declined(PartyHeading),
}

/// Why nothing happened. In the order in which they are looked for: the first that applies is told. That there is no
/// such party is the port's to say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has begun.
    #[error("the party has already happened")]
    Past,
    /// The host called it off. Never said to somebody giving up a seat.
    #[error("the host cancelled the party")]
    Cancelled {
        /// Who.
        host: Username,
    },
    /// The host's own seat is counted for good.
    #[error("the host has a seat already")]
    IsHost,
    /// The host does not want them.
    #[error("the guest was removed")]
    Removed {
        /// Whom to ask.
        host: Username,
    },
    /// The deadline has passed. Never said to somebody declining.
    #[error("RSVPs are closed")]
    Closed {
        /// Since when, on the party's own wall.
        deadline: PartyDate,
        /// Whom to ask.
        host: Username,
    },
    /// More companions than this party allows.
    #[error("at most {max} companions")]
    TooManyCompanions {
        /// How many are allowed.
        max: u32,
    },
}

impl Party {
    /// Rows 1 to 4: the guest comes, `heads` of them.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies. A full table is none: it is [`Outcome::Full`].
    pub fn accept(&mut self, guest: UserId, heads: Heads, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_upcoming(now)?;
        self.ensure_scheduled()?;
        self.ensure_may_answer(guest)?;
        // Row 3 comes before the deadline: who has the seat is told so, late or not.
        if self.guests.answer(guest) == Some(Answer::Seated(heads)) {
            return Ok(Outcome::AlreadySeated(self.heading.clone()));
        }
        self.ensure_open(now)?;
        if heads.companions() > self.guests.max_companions() {
            return Err(Refusal::TooManyCompanions { max: self.guests.max_companions() });
        }
        let told = match self.guests.accept(guest, heads) {
            SeatResult::Seated => Outcome::Seated,
            SeatResult::AlreadySeated => Outcome::AlreadySeated,
            SeatResult::Full => Outcome::Full,
        };
        Ok(told(self.heading.clone()))
    }

    /// Rows 6 and 7: the guest does not come. Giving up a seat is never refused before the start (I5).
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

    /// Rows 5 and 6: the guest may come, and holds no seat.
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
        if self.heading.date.has_begun(now) { Err(Refusal::Past) } else { Ok(()) }
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
