//! What a guest writes with an answer: a note to the host, and allergies. How an answer changes them.
//!
//! The texts belong to the RSVP and stay with it, whatever the guest answers next, so that an answer that is taken back brings them
//! back. They are for the host and the guest alone (I9). No rule about seats reads them.

use std::time::Duration;

use super::{Allergies, Answer, GuestCommand, GuestNote, Heads, Outcome, Party, Refusal};
use crate::Timestamp;
use crate::user::UserId;

/// The texts of an RSVP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RsvpTexts {
    /// The note of the guest to the host.
    pub note: Option<GuestNote>,
    /// The allergies of the guest and the companions, a line each.
    pub allergies: Option<Allergies>,
}

impl RsvpTexts {
    /// How long after the end of the party they are stored, unless the operator chooses otherwise: 30 days.
    pub const RETENTION: Duration = Duration::from_hours(30 * 24);

    /// Whether there is neither a note nor an allergy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.note.is_none() && self.allergies.is_none()
    }
}

/// What an answer does to one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TextChange<T> {
    /// The text stays as it is.
    #[default]
    Keep,
    /// The text is replaced, or removed by `None`.
    Replace(Option<T>),
}

impl<T: Clone> TextChange<T> {
    fn apply(&self, text: &mut Option<T>) {
        if let Self::Replace(new) = self {
            text.clone_from(new);
        }
    }
}

/// What an answer does to the texts of an RSVP. The default leaves both as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextChanges {
    /// The note.
    pub note: TextChange<GuestNote>,
    /// The allergies.
    pub allergies: TextChange<Allergies>,
}

impl TextChanges {
    /// The texts after the change.
    #[must_use]
    pub fn apply(&self, texts: &RsvpTexts) -> RsvpTexts {
        let mut texts = texts.clone();
        self.note.apply(&mut texts.note);
        self.allergies.apply(&mut texts.allergies);
        texts
    }
}

/// An answer, and what the guest writes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestAnswer {
    /// The answer.
    pub command: GuestCommand,
    /// What the guest writes.
    pub texts: TextChanges,
}

impl From<GuestCommand> for GuestAnswer {
    /// The answer of a guest who writes nothing: the texts stay as they are.
    fn from(command: GuestCommand) -> Self {
        Self { command, texts: TextChanges::default() }
    }
}

impl Party {
    /// Gives an answer of a guest, with its texts. A refused answer changes no text. One that changes the texts alone is
    /// [`Outcome::TextsSaved`].
    ///
    /// # Errors
    /// The first [`Refusal`] that applies.
    pub fn answer(&mut self, guest: UserId, answer: &GuestAnswer, now: Timestamp) -> Result<Outcome, Refusal> {
        let former = self.guests.answer(guest);
        let outcome = match answer.command {
            GuestCommand::Accept(heads) => self.accept(guest, heads, now),
            GuestCommand::Come => {
                let held = former.and_then(Answer::heads);
                self.accept(guest, held.unwrap_or(Heads::ONE), now)
            }
            GuestCommand::ComeAs(heads) => match self.guests.answer(guest) {
                Some(Answer::Seated(held)) => self.accept(guest, held, now),
                _ => self.accept(guest, heads, now),
            },
            GuestCommand::Maybe => self.maybe(guest, now),
            GuestCommand::Decline => self.decline(guest, now),
            GuestCommand::Undo => self.undo(guest, now),
            GuestCommand::Keep(heads) => self.keep(guest, heads, now),
        }?;
        let before = self.guests.texts(guest);
        let after = answer.texts.apply(&before);
        if after == before {
            return Ok(outcome);
        }
        self.guests.set_texts(guest, after);
        let is_same_answer = self.guests.answer(guest) == former;
        Ok(if is_same_answer { Outcome::TextsSaved(self.heading.clone()) } else { outcome })
    }

    /// Keeps the answer of a guest, with `heads` people where the answer has a number of them.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies, [`Refusal::NoAnswer`] as the last.
    fn keep(&mut self, guest: UserId, heads: Option<Heads>, now: Timestamp) -> Result<Outcome, Refusal> {
        self.ensure_answerable(guest, now)?;
        let answer = self.guests.answer(guest).ok_or(Refusal::NoAnswer)?;
        match (answer.heads(), heads) {
            (Some(held), Some(heads)) if heads != held => self.accept(guest, heads, now),
            _ => Ok(Outcome::TextsSaved(self.heading.clone())),
        }
    }
}

#[cfg(test)]
mod tests;
