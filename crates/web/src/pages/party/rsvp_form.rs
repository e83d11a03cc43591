//! The form of an answer, on a party's page and on its invitation.

use accounts::web::{Fields, Form, FormErrors, PasswordFields};
use domain::party::{GuestAnswer, GuestCommand, Heads, SeatsError, TextChanges};

use super::text_fields;
use crate::messages;

/// The field "How many of you?".
pub(super) const HEADS: &str = "heads";
/// The hidden field with the number of people that the page shows.
pub(in crate::pages) const HEADS_SHOWN: &str = "heads_shown";
/// The hidden field of a page that shows a free seat: on a list with the Party IDs of its cards that do.
pub(in crate::pages) const FREE_SEAT_SHOWN: &str = "free_seat";
/// The button of a group that waits beside free seats: "1 seat is free: come as 1". It has its own number of people.
pub(super) const COME_AS: &str = "come_as";
/// The button that takes back the seats just given up.
pub(super) const UNDO: &str = "undo";
/// The value of the button that saves what is written, and keeps the answer.
pub(in crate::pages) const SAME_ANSWER: &str = "same";

/// An answer of a guest.
pub(crate) struct RsvpForm {
    /// The answer; or the guest comes with a number of people that is none.
    command: Result<GuestCommand, SeatsError>,
    texts: Result<TextChanges, FormErrors>,
}

/// The same form, sent by the button that takes back the seats just given up.
pub(crate) struct UndoForm(RsvpForm);

/// What a form asks for.
pub(super) enum Submission {
    /// An answer. `left_out` are the errors of texts that are not stored with it.
    Answer { answer: GuestAnswer, left_out: FormErrors },
    /// Nothing, since a field is invalid.
    Invalid { heads: Option<SeatsError>, texts: FormErrors },
}

impl Form for RsvpForm {
    /// The number of people is read for an answer that has one, so that giving up a seat is never refused (I5).
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let command = match fields.one("answer") {
            Ok("yes") => come(fields),
            // The seats of a guest who was seated meanwhile stay taken.
            Ok(_) if fields.is_sent(COME_AS) => {
                heads(fields).map(|heads| heads.map_or(GuestCommand::Come, GuestCommand::ComeAs))
            }
            Ok(SAME_ANSWER) if is_left_as_shown(fields) => Ok(GuestCommand::Keep(None)),
            Ok(SAME_ANSWER) => heads(fields).map(GuestCommand::Keep),
            Ok("maybe") => Ok(GuestCommand::Maybe),
            Ok("no") => Ok(GuestCommand::Decline),
            Ok(_) | Err(_) => return Err(FormErrors::at("answer", messages::ANSWER_INVALID)),
        };
        Ok(Self { command, texts: text_fields::parse(fields) })
    }
}

impl Form for UndoForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        Ok(Self(RsvpForm { command: Ok(GuestCommand::Undo), texts: text_fields::parse(fields) }))
    }
}

impl UndoForm {
    /// What the form asks for.
    pub(super) fn submission(&self) -> Submission {
        self.0.submission()
    }
}

/// The number of people as typed, or that of the button.
pub(super) fn typed_heads(fields: &Fields) -> &str {
    fields.shown(heads_field(fields))
}

fn heads_field(fields: &Fields) -> &'static str {
    if fields.is_sent(COME_AS) { COME_AS } else { HEADS }
}

/// Whether the number of people is the one that the page has shown: a guest who saves a text on an old page changes no number.
fn is_left_as_shown(fields: &Fields) -> bool {
    fields.one(HEADS_SHOWN).is_ok_and(|shown| fields.one(HEADS).is_ok_and(|typed| typed.trim() == shown))
}

/// A guest comes, with a number of people or as before.
fn come(fields: &Fields) -> Result<GuestCommand, SeatsError> {
    heads(fields).map(|heads| heads.map_or(GuestCommand::Come, GuestCommand::Accept))
}

/// The number of people; `None` for a blank one, which is as many as before, or one.
fn heads(fields: &Fields) -> Result<Option<Heads>, SeatsError> {
    match fields.one(heads_field(fields)).map_err(|_| SeatsError::NotANumber).and_then(Heads::parse) {
        Err(SeatsError::Empty) => Ok(None),
        heads => heads.map(Some),
    }
}

impl RsvpForm {
    /// What the form asks for. "Maybe", "no" and "Undo" are answers also with an invalid text: a guest gives up a seat with whatever
    /// else is in the form, and has ten minutes to take it back.
    pub(super) fn submission(&self) -> Submission {
        let (texts, errors) = match &self.texts {
            Ok(texts) => (texts.clone(), FormErrors::new()),
            Err(errors) => (TextChanges::default(), errors.clone()),
        };
        match self.command {
            Ok(command @ (GuestCommand::Maybe | GuestCommand::Decline | GuestCommand::Undo)) => {
                Submission::Answer { answer: GuestAnswer { command, texts }, left_out: errors }
            }
            Ok(command) if errors.is_empty() => {
                Submission::Answer { answer: GuestAnswer { command, texts }, left_out: errors }
            }
            command => Submission::Invalid { heads: command.err(), texts: errors },
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::party::{GuestNote, TextChange};

    use super::*;

    fn parse(fields: &[(&str, &str)]) -> Option<Submission> {
        let form = RsvpForm::parse(&fields.iter().copied().collect(), &mut PasswordFields::default()).ok()?;
        Some(form.submission())
    }

    /// The command of a form, and the number of texts that are left out.
    fn command(fields: &[(&str, &str)]) -> Option<(GuestCommand, usize)> {
        match parse(fields)? {
            Submission::Answer { answer, left_out } => Some((answer.command, left_out.iter().count())),
            Submission::Invalid { .. } => None,
        }
    }

    #[test]
    fn number_of_people_is_read_for_answers_that_have_one() {
        for heads in ["0", "-5", "1.5", "two", "1180591620717411303424", "11"] {
            for answer in ["yes", "same"] {
                let form = parse(&[("answer", answer), (HEADS, heads)]);
                assert!(matches!(form, Some(Submission::Invalid { heads: Some(_), .. })), "{answer} {heads}");
            }
            for (answer, expected) in [("maybe", GuestCommand::Maybe), ("no", GuestCommand::Decline)] {
                assert_eq!(command(&[("answer", answer), (HEADS, heads)]), Some((expected, 0)), "{answer} {heads}");
            }
        }
        assert_eq!(command(&[("answer", "yes"), (HEADS, "2"), (HEADS, "3")]), None);
    }

    #[test]
    fn blank_number_of_people_is_the_one_before() {
        for heads in [&[][..], &[(HEADS, " ")]] {
            assert_eq!(command(&[&[("answer", "yes")], heads].concat()), Some((GuestCommand::Come, 0)));
            assert_eq!(command(&[&[("answer", "same")], heads].concat()), Some((GuestCommand::Keep(None), 0)));
        }
        let three = Heads::new(3).unwrap();
        assert_eq!(command(&[("answer", "yes"), (HEADS, " 3 ")]), Some((GuestCommand::Accept(three), 0)));
        assert_eq!(command(&[("answer", "same"), (HEADS, "3")]), Some((GuestCommand::Keep(Some(three)), 0)));
        for answer in ["", "YES", "yes ", "removed", "waitlisted"] {
            assert!(parse(&[("answer", answer)]).is_none(), "{answer:?}");
        }
    }

    #[test]
    fn number_of_a_button_counts_whatever_is_in_the_field() {
        let come_as = |number| parse(&[("come_as", number), ("heads", "3"), ("note", "Hi")]);
        let Some(Submission::Answer { answer, .. }) = come_as("1") else { panic!() };
        assert_eq!(answer.command, GuestCommand::ComeAs(Heads::ONE));
        assert_eq!(answer.texts.note, TextChange::Replace(GuestNote::parse_optional("Hi").unwrap()));
        assert!(matches!(come_as("two"), Some(Submission::Invalid { heads: Some(_), .. })));
    }

    #[test]
    fn undo_is_an_answer_with_any_texts() {
        for (note, left_out) in [("Hi", 0), (&*"x".repeat(501), 1)] {
            let fields = [("undo", "1"), ("answer", "no"), ("note", note)].into_iter().collect();
            let form = UndoForm::parse(&fields, &mut PasswordFields::default()).unwrap();
            let Submission::Answer { answer, left_out: errors } = form.submission() else { panic!() };
            assert_eq!((answer.command, errors.iter().count()), (GuestCommand::Undo, left_out));
        }
    }

    #[test]
    fn invalid_text_refuses_no_answer_that_gives_up_a_seat() {
        let long = "x".repeat(501);
        for (answer, expected) in [
            ("yes", None),
            ("same", None),
            ("maybe", Some((GuestCommand::Maybe, 1))),
            ("no", Some((GuestCommand::Decline, 1))),
        ] {
            assert_eq!(command(&[("answer", answer), ("note", &long), ("allergies", "Nuts")]), expected);
        }
        let both = parse(&[("answer", "yes"), ("heads", "two"), ("note", &long)]);
        let Some(Submission::Invalid { heads: Some(_), texts }) = both else { panic!() };
        assert!(texts.of("note").is_some(), "each field has its error");
    }
}
