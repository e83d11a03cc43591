//! The fields for a note and for allergies, which any answer sends along. They belong to the form of the answer card.

use accounts::web::{Fields, FormErrors, FormView, Input};
use domain::party::{Allergies, Answer, GuestNote, PartyView, RsvpTexts, TextChange, TextChanges, TextError};

use super::SelectedAnswer;
use crate::messages;

/// The field for the note.
pub(super) const NOTE: &str = "note";
/// The field for the allergies.
pub(super) const ALLERGIES: &str = "allergies";
/// The hidden fields with the texts that the page shows: one that the guest leaves as it is stays as it is stored, also where another
/// page has changed it meanwhile.
const SHOWN: [(&str, &str); 2] = [(NOTE, "note_shown"), (ALLERGIES, "allergies_shown")];
/// The `id` of the form of the answers, which the fields name.
pub(in crate::pages) const ANSWER_FORM: &str = "answer-form";

/// The two fields, with what the guest has written or typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextFields {
    stored: RsvpTexts,
    /// What is in the fields.
    fields: Fields,
    errors: FormErrors,
    /// Whether the fields are unfolded: something in them is not stored.
    is_open: bool,
    /// The answer that the guest has given. Without one there is nothing to save the texts with.
    given: Option<SelectedAnswer>,
    note_label: String,
    hint: String,
}

impl TextFields {
    pub(super) fn of(view: &PartyView) -> Self {
        let (party, stored) = (&view.summary, view.my_texts.clone());
        let note = stored.note.as_ref().map_or("", GuestNote::as_str);
        let allergies = stored.allergies.as_ref().map_or("", Allergies::as_str);
        Self {
            fields: [(NOTE, note), (ALLERGIES, allergies)].into_iter().collect(),
            stored,
            errors: FormErrors::new(),
            is_open: false,
            given: party.my_answer.and_then(given),
            note_label: messages::note_label(&party.heading.host),
            hint: messages::texts_hint(&party.heading.host, party.max_companions),
        }
    }

    /// The fields with what was typed. A field that the guest has left as it was has the stored text.
    pub(super) fn typed(self, sent: &Fields) -> Self {
        let text = |name| if is_kept(sent, name) { self.fields.shown(name) } else { sent.shown(name) };
        let fields = [NOTE, ALLERGIES].map(|name| (name, text(name).to_owned())).into_iter().collect();
        let is_open = self.is_open || self.would_change(sent);
        Self { fields, is_open, ..self }
    }

    /// The fields with what was typed, and why it is refused.
    pub(super) fn refused(self, sent: &Fields, errors: &FormErrors) -> Self {
        let typed = self.typed(sent);
        let is_refused = [NOTE, ALLERGIES].iter().any(|name| errors.of(name).is_some());
        Self { is_open: typed.is_open || is_refused, errors: errors.clone(), ..typed }
    }

    /// Whether the form would change a text, or has one that is invalid.
    pub(super) fn would_change(&self, sent: &Fields) -> bool {
        parse(sent).map_or(true, |changes| changes.apply(&self.stored) != self.stored)
    }

    /// The answer that the guest has given.
    pub(super) fn given(&self) -> Option<SelectedAnswer> {
        self.given
    }

    pub(super) fn note(&self) -> Input<'_> {
        self.input(NOTE, &self.note_label).rows(3)
    }

    pub(super) fn allergies(&self) -> Input<'_> {
        self.input(ALLERGIES, messages::ALLERGIES_LABEL).rows(2).hint(&self.hint)
    }

    fn input<'a>(&'a self, name: &'static str, label: &'a str) -> Input<'a> {
        FormView::new(&self.fields, &self.errors).input(name, label).optional().attribute("form", ANSWER_FORM)
    }

    /// The hidden fields with the texts that the page shows.
    pub(super) fn shown(&self) -> [(&'static str, &str); 2] {
        let stored = |name| match name {
            NOTE => self.stored.note.as_ref().map_or("", GuestNote::as_str),
            _ => self.stored.allergies.as_ref().map_or("", Allergies::as_str),
        };
        SHOWN.map(|(name, shown)| (shown, stored(name)))
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn title(&self) -> &'static str {
        if self.stored.is_empty() { "Add a note or allergies" } else { "Your note and allergies" }
    }
}

/// Whether the form leaves a text as it is stored: the field was not sent, or it has what the page has shown.
pub(super) fn is_kept(sent: &Fields, name: &str) -> bool {
    let shown = SHOWN.iter().find(|(field, _)| *field == name).map(|(_, shown)| *shown);
    let shown = shown.filter(|shown| sent.is_sent(shown));
    let lines = |text: &str| text.replace("\r\n", "\n");
    !sent.is_sent(name) || shown.is_some_and(|shown| lines(sent.shown(shown)) == lines(sent.shown(name)))
}

/// The answer as a form sends it. An invited guest has given none.
fn given(answer: Answer) -> Option<SelectedAnswer> {
    match answer {
        Answer::Seated(_) | Answer::Waitlisted(_) => Some(SelectedAnswer::Accept),
        Answer::Maybe => Some(SelectedAnswer::Maybe),
        Answer::Declined => Some(SelectedAnswer::Decline),
        Answer::Invited | Answer::Removed => None,
    }
}

/// What a form does to the texts: a field that was not sent or left as it was changes nothing, and a blank one removes the text.
pub(super) fn parse(fields: &Fields) -> Result<TextChanges, FormErrors> {
    let mut errors = FormErrors::new();
    let note = change(fields, &mut errors, NOTE, GuestNote::parse_optional, messages::note_error);
    let allergies = change(fields, &mut errors, ALLERGIES, Allergies::parse_optional, messages::allergies_error);
    if errors.is_empty() { Ok(TextChanges { note, allergies }) } else { Err(errors) }
}

fn change<T>(
    fields: &Fields,
    errors: &mut FormErrors,
    name: &'static str,
    parse: fn(&str) -> Result<Option<T>, TextError>,
    message: fn(TextError) -> String,
) -> TextChange<T> {
    if is_kept(fields, name) && fields.one(name).is_ok() {
        return TextChange::Keep;
    }
    let text = errors.field(fields, name, |typed| parse(typed).map_err(message));
    text.map_or(TextChange::Keep, TextChange::Replace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::view;

    fn fields(fields: &[(&str, &str)]) -> Fields {
        fields.iter().copied().collect()
    }

    #[test]
    fn field_that_is_not_sent_changes_nothing_and_a_blank_one_removes() {
        let note = |text| TextChange::Replace(GuestNote::parse_optional(text).unwrap());
        for (sent, changes) in [
            (&[][..], TextChanges::default()),
            (&[("note", "Hi\r\nthere ")], TextChanges { note: note("Hi\nthere"), ..TextChanges::default() }),
            (&[("note", " \u{200b}")], TextChanges { note: TextChange::Replace(None), ..TextChanges::default() }),
            (&[("allergies", "")], TextChanges { allergies: TextChange::Replace(None), ..TextChanges::default() }),
            (&[("note", "Hi\r\nthere"), ("note_shown", "Hi\nthere")], TextChanges::default()),
            (&[("note", ""), ("note_shown", "")], TextChanges::default()),
            (&[("note", "Hi"), ("note_shown", "")], TextChanges { note: note("Hi"), ..TextChanges::default() }),
        ] {
            assert_eq!(parse(&fields(sent)), Ok(changes), "{sent:?}");
        }
    }

    #[test]
    fn each_invalid_text_has_its_error() {
        let sent = [("note", "x".repeat(501)), ("allergies", "a\u{7}b".into())];
        let errors = parse(&sent.into_iter().collect()).unwrap_err();
        assert_eq!(errors.of(NOTE), Some("Please use at most 500 characters."));
        assert!(errors.of(ALLERGIES).unwrap().starts_with("There was a character"), "{errors:?}");
        let errors = parse(&fields(&[("allergies", &"ü".repeat(301)), ("note", "1"), ("note", "2")])).unwrap_err();
        assert_eq!(errors.of(ALLERGIES), Some("Please use at most 300 characters."));
        assert!(errors.of(NOTE).is_some());
        assert!(parse(&fields(&[("note", &"ü".repeat(500)), ("allergies", &"ü".repeat(300))])).is_ok());
    }

    #[test]
    fn fields_are_unfolded_if_something_in_them_is_not_stored() {
        let mut party = view(4, &[]);
        party.my_texts.allergies = Some(Allergies::parse("Nuts").unwrap());
        let texts = TextFields::of(&party);
        let is_open = |sent: &[(&str, &str)]| texts.clone().typed(&fields(sent)).is_open();
        assert!(!texts.is_open() && !is_open(&[]) && !is_open(&[("note", " "), ("allergies", "Nuts\r\n")]));
        assert!(is_open(&[("note", "Hi")]) && is_open(&[("allergies", "")]) && is_open(&[("allergies", "\u{7}")]));
        let typed = texts.typed(&fields(&[("note", "Hi")]));
        assert_eq!((typed.fields.shown(NOTE), typed.fields.shown(ALLERGIES)), ("Hi", "Nuts"));
    }
}
