//! The guests who read a message: those with one of some answers.

use std::fmt;

use crate::party::Answer;

/// The guests who read a message, by their answers.
///
/// What counts is the answer of the reader, not that of the time when the message was sent: who is seated reads what was written to those
/// who are coming, and who gave up the seat does not any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audience(u8); // a bit for each group

/// One group of an [`Audience`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudiencePart {
    /// Guests with a seat.
    Coming,
    /// Guests on the waiting list.
    Waiting,
    /// Guests who may come.
    Maybe,
    /// Guests who were invited and have not answered.
    Invited,
}

impl AudiencePart {
    /// Each group with its name in forms and in the store, in the order of the list of guests.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Coming, "coming"), (Self::Waiting, "waiting"), (Self::Maybe, "maybe"), (Self::Invited, "invited")];

    /// The group of a guest with that answer. `None` for a guest who gets no messages: one who declined or was removed.
    #[must_use]
    pub fn of(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Seated(_) => Some(Self::Coming),
            Answer::Waitlisted(_) => Some(Self::Waiting),
            Answer::Maybe => Some(Self::Maybe),
            Answer::Invited => Some(Self::Invited),
            Answer::Declined | Answer::Removed => None,
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Coming => 1,
            Self::Waiting => 2,
            Self::Maybe => 4,
            Self::Invited => 8,
        }
    }
}

impl Audience {
    /// The guests of these groups.
    #[must_use]
    pub fn of(parts: impl IntoIterator<Item = AudiencePart>) -> Self {
        Self(parts.into_iter().fold(0, |bits, part| bits | part.bit()))
    }

    /// Whether it has no group.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The groups, in the order of [`AudiencePart::ALL`].
    pub fn parts(self) -> impl Iterator<Item = AudiencePart> {
        AudiencePart::ALL.into_iter().map(|(part, _)| part).filter(move |part| self.has(*part))
    }

    /// Whether it has that group.
    #[must_use]
    pub fn has(self, part: AudiencePart) -> bool {
        self.0 & part.bit() != 0
    }

    /// Whether a guest with that answer reads the message.
    #[must_use]
    pub fn includes(self, answer: Answer) -> bool {
        AudiencePart::of(answer).is_some_and(|part| self.has(part))
    }

    /// Parses what `Display` writes: at least one group.
    #[must_use]
    pub fn parse(stored: &str) -> Option<Self> {
        let part = |name: &str| AudiencePart::ALL.into_iter().find(|(_, stored)| *stored == name).map(|(part, _)| part);
        stored.split(' ').map(part).collect::<Option<Vec<_>>>().map(Self::of)
    }
}

impl fmt::Display for Audience {
    /// The names of the groups, separated by spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> =
            AudiencePart::ALL.into_iter().filter(|(part, _)| self.has(*part)).map(|(_, name)| name).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::Heads;

    #[test]
    fn each_answer_reads_what_its_group_is_sent() {
        let (two, parts) = (Heads::new(2).unwrap(), AudiencePart::ALL.map(|(part, _)| part));
        for (answer, own) in [
            (Answer::Seated(two), Some(AudiencePart::Coming)),
            (Answer::Waitlisted(two), Some(AudiencePart::Waiting)),
            (Answer::Maybe, Some(AudiencePart::Maybe)),
            (Answer::Invited, Some(AudiencePart::Invited)),
            (Answer::Declined, None),
            (Answer::Removed, None),
        ] {
            for part in parts {
                assert_eq!(Audience::of([part]).includes(answer), own == Some(part), "{answer:?} {part:?}");
            }
            assert_eq!(
                (Audience::of(parts).includes(answer), Audience::default().includes(answer)),
                (own.is_some(), false)
            );
        }
    }

    #[test]
    fn every_audience_is_parsed_as_it_was_stored() {
        let parts = AudiencePart::ALL.map(|(part, _)| part);
        for bits in 1..16_usize {
            let audience =
                Audience::of(parts.into_iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, part)| part));
            assert_eq!(Audience::parse(&audience.to_string()), Some(audience));
            assert_eq!(audience.parts().count(), bits.count_ones() as usize);
        }
        assert_eq!(Audience::of(parts).to_string(), "coming waiting maybe invited");
        for stored in ["", " ", "coming ", "declined", "Coming", "coming,maybe"] {
            assert_eq!(Audience::parse(stored), None, "{stored:?}");
        }
    }
}
