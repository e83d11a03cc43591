//! What a guest has typed with an answer that is not stored. The page keeps it: in its fields, or as text where it has none.

use accounts::web::Fields;
use domain::party::{Allergies, Answer, GuestNote, Heads, RsvpTexts};

use super::SelectedAnswer;
use super::rsvp_form::{HEADS, SAME_ANSWER, typed_heads};
use super::text_fields::{ALLERGIES, NOTE, is_kept};
use crate::messages;
use crate::pages::unsent::Unsent;

/// What was typed and differs from what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typed<'f> {
    heads: Option<&'f str>,
    note: Option<&'f str>,
    allergies: Option<&'f str>,
}

impl<'f> Typed<'f> {
    /// What a form has that is neither in the answer nor in the texts of the guest.
    pub(super) fn beside(fields: &'f Fields, answer: Option<Answer>, stored: &RsvpTexts) -> Self {
        let (note, allergies) = (stored.note.as_ref(), stored.allergies.as_ref());
        Self {
            heads: new_heads(fields, answer.and_then(Answer::heads)),
            note: new_text(fields, NOTE, note.map_or("", GuestNote::as_str)),
            allergies: new_text(fields, ALLERGIES, allergies.map_or("", Allergies::as_str)),
        }
    }

    /// What was typed for a party that the guest may not find.
    pub(super) fn all(fields: &'f Fields) -> Self {
        Self::beside(fields, None, &RsvpTexts::default())
    }

    /// Whether a form has something that may be new. Without it nothing needs to be read from the store.
    pub(super) fn may_be_in(fields: &'f Fields) -> bool {
        !typed_heads(fields).trim().is_empty() || !Self::all(fields).is_empty()
    }

    /// Whether nothing new was typed.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self { heads: None, note: None, allergies: None })
    }

    /// What a page shows to be copied, since it has no field for the number of people, or none for the texts.
    pub(super) fn unsent(self, note_label: &str, has_heads: bool, has_texts: bool) -> Unsent {
        let text = |text: Option<&'f str>| text.filter(|_| !has_texts).unwrap_or_default();
        Unsent::default()
            .with(HEADS, messages::MY_HEADS_LABEL, self.heads.filter(|_| !has_heads).unwrap_or_default())
            .with_lines(NOTE, note_label, 3, text(self.note))
            .with_lines(ALLERGIES, messages::ALLERGIES_LABEL, 2, text(self.allergies))
    }
}

/// The number of people of an answer that has one. The field begins with the number that the guest has, or with one.
fn new_heads(fields: &Fields, held: Option<Heads>) -> Option<&str> {
    let is_of_answer =
        SelectedAnswer::of_form(fields) == Some(SelectedAnswer::Accept) || fields.shown("answer") == SAME_ANSWER;
    let typed = typed_heads(fields).trim();
    (is_of_answer && !typed.is_empty() && Heads::parse(typed).ok() != Some(held.unwrap_or(Heads::ONE))).then_some(typed)
}

fn new_text<'f>(fields: &'f Fields, name: &str, stored: &str) -> Option<&'f str> {
    let typed = fields.shown(name).trim();
    let is_stored = is_kept(fields, name) || typed.replace("\r\n", "\n") == stored;
    (!typed.is_empty() && !is_stored).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(form: &[(&str, &str)], held: Option<u32>, note: Option<&str>) -> [Option<String>; 3] {
        let fields: Fields = form.iter().copied().collect();
        let answer = held.map(|heads| Answer::Seated(Heads::new(heads).unwrap()));
        let stored = RsvpTexts { note: note.map(|note| GuestNote::parse(note).unwrap()), allergies: None };
        let typed = Typed::beside(&fields, answer, &stored);
        [typed.heads, typed.note, typed.allergies].map(|text| text.map(str::to_owned))
    }

    #[test]
    fn number_of_people_is_new_if_it_is_not_that_of_the_page() {
        let heads = |form: &[(&str, &str)], held| typed(form, held, None)[0].clone();
        let three = Some("3".to_owned());
        assert_eq!(heads(&[("answer", "yes"), ("heads", " 3 ")], None), three);
        assert_eq!(heads(&[("answer", "same"), ("heads", "3")], Some(2)), three);
        assert_eq!(heads(&[("come_as", "3"), ("heads", "4")], Some(4)), three);
        assert_eq!(heads(&[("answer", "yes"), ("heads", "two")], Some(2)), Some("two".into()));
        for (form, held) in [
            (&[("answer", "yes"), ("heads", "1")][..], None),
            (&[("answer", "yes"), ("heads", "3")], Some(3)),
            (&[("answer", "yes"), ("heads", " ")], None),
            (&[("answer", "yes")], Some(3)),
            (&[("answer", "no"), ("heads", "3")], None),
            (&[("answer", "maybe"), ("heads", "two")], None),
            (&[("undo", "1"), ("heads", "3")], None),
        ] {
            assert_eq!(heads(form, held), None, "{form:?}");
        }
    }

    #[test]
    fn text_is_new_if_it_is_neither_shown_nor_stored() {
        let note = |form: &[(&str, &str)], stored| typed(form, None, stored)[1].clone();
        assert_eq!(note(&[("note", " Hi ")], None), Some("Hi".into()));
        assert_eq!(note(&[("note", "Hi"), ("note_shown", "")], Some("Ho")), Some("Hi".into()));
        for (form, stored) in [
            (&[("note", "Hi\r\nyou")][..], Some("Hi\nyou")),
            (&[("note", "Hi"), ("note_shown", "Hi")], Some("Ho")),
            (&[("note", " \r\n")], Some("Hi")),
            (&[], Some("Hi")),
        ] {
            assert_eq!(note(form, stored), None, "{form:?}");
        }
    }
}
