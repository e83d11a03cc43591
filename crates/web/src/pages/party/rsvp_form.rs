//! The form of an answer, on a party's page and on its invitation.

use accounts::web::{Fields, Form, FormErrors, PasswordFields};
use domain::party::{GuestCommand, Heads, SeatsError};

use crate::messages;

/// The field "How many of you?".
pub(super) const HEADS: &str = "heads";
/// The hidden field of a card that shows a free seat.
pub(in crate::pages) const FREE_SEAT_SHOWN: &str = "free_seat";

/// An answer of a guest.
pub(crate) enum RsvpForm {
    Answer(GuestCommand),
    /// The guest comes with a number of people that is none.
    InvalidHeads(SeatsError),
}

impl Form for RsvpForm {
    /// The number of people is read for "yes" alone, so that giving up a seat is never refused (I5).
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        match fields.one("answer") {
            Ok("yes") => Ok(Self::accept(fields)),
            Ok("maybe") => Ok(Self::Answer(GuestCommand::Maybe)),
            Ok("no") => Ok(Self::Answer(GuestCommand::Decline)),
            Ok(_) | Err(_) => Err(FormErrors::at("answer", messages::ANSWER_INVALID)),
        }
    }
}

impl RsvpForm {
    /// A blank number is as many as before, or one.
    fn accept(fields: &Fields) -> Self {
        let heads = fields.one(HEADS).map_err(|_| SeatsError::NotANumber).and_then(Heads::parse);
        match heads {
            Ok(heads) => Self::Answer(GuestCommand::Accept(heads)),
            Err(SeatsError::Empty) => Self::Answer(GuestCommand::Come),
            Err(error) => Self::InvalidHeads(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(fields: &[(&str, &str)]) -> Option<RsvpForm> {
        RsvpForm::parse(&fields.iter().copied().collect(), &mut PasswordFields::default()).ok()
    }

    #[test]
    fn number_of_people_is_read_for_yes_alone() {
        for heads in ["0", "-5", "1.5", "two", "1180591620717411303424", "11"] {
            assert!(matches!(parse(&[("answer", "yes"), (HEADS, heads)]), Some(RsvpForm::InvalidHeads(_))), "{heads}");
            for (answer, command) in [("maybe", GuestCommand::Maybe), ("no", GuestCommand::Decline)] {
                let form = parse(&[("answer", answer), (HEADS, heads)]);
                assert!(matches!(form, Some(RsvpForm::Answer(found)) if found == command), "{answer} {heads}");
            }
        }
        assert!(matches!(parse(&[("answer", "yes"), (HEADS, "2"), (HEADS, "3")]), Some(RsvpForm::InvalidHeads(_))));
    }

    #[test]
    fn blank_number_of_people_is_the_one_before() {
        for form in [&[("answer", "yes")][..], &[("answer", "yes"), (HEADS, " ")]] {
            assert!(matches!(parse(form), Some(RsvpForm::Answer(GuestCommand::Come))), "{form:?}");
        }
        let three = Heads::new(3).unwrap();
        let form = parse(&[("answer", "yes"), (HEADS, " 3 ")]);
        assert!(matches!(form, Some(RsvpForm::Answer(GuestCommand::Accept(heads))) if heads == three));
        for answer in ["", "YES", "yes ", "removed", "waitlisted"] {
            assert!(parse(&[("answer", answer)]).is_none(), "{answer:?}");
        }
    }
}
