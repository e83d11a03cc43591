//! The choices of the form: who finds the party, and who sees the names of the guests.

use accounts::web::{Fields, FormErrors};
use domain::party::{NamesShownTo, Visibility};

use crate::messages;

/// A group of radio buttons as a page shows it.
pub(in crate::pages) struct RadioGroup<'a> {
    /// The name of the field, and the id of the group.
    pub(in crate::pages) name: &'static str,
    pub(in crate::pages) legend: &'static str,
    pub(in crate::pages) error: Option<&'a str>,
    pub(in crate::pages) options: [RadioOption; 3],
}

/// One radio button.
pub(in crate::pages) struct RadioOption {
    pub(in crate::pages) id: &'static str,
    pub(in crate::pages) value: &'static str,
    pub(in crate::pages) label: &'static str,
    pub(in crate::pages) hint: &'static str,
    pub(in crate::pages) is_chosen: bool,
}

const VISIBILITIES: [Visibility; 3] = [Visibility::Listed, Visibility::ByLink, Visibility::ByInvitation];
const NAMES_SHOWN_TO: [NamesShownTo; 3] = [NamesShownTo::Everyone, NamesShownTo::Guests, NamesShownTo::Host];

/// The value of the field for a visibility.
pub(super) fn visibility_value(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Listed => "listed",
        Visibility::ByLink => "link",
        Visibility::ByInvitation => "invitation",
    }
}

/// The value of the field for who sees the names.
pub(super) fn names_value(names: NamesShownTo) -> &'static str {
    match names {
        NamesShownTo::Everyone => "everyone",
        NamesShownTo::Guests => "guests",
        NamesShownTo::Host => "host",
    }
}

/// The visibility. The short form, without that field, hosts a listed party.
pub(super) fn parse_visibility(typed: &str) -> Result<Visibility, &'static str> {
    let found = VISIBILITIES.into_iter().find(|visibility| visibility_value(*visibility) == typed);
    found.or((typed.is_empty()).then_some(Visibility::default())).ok_or(messages::VISIBILITY_INVALID)
}

/// Who sees the names. In the short form, without that field, everyone does.
pub(super) fn parse_names(typed: &str) -> Result<NamesShownTo, &'static str> {
    let found = NAMES_SHOWN_TO.into_iter().find(|names| names_value(*names) == typed);
    found.or((typed.is_empty()).then_some(NamesShownTo::default())).ok_or(messages::NAMES_SHOWN_TO_INVALID)
}

impl<'a> RadioGroup<'a> {
    pub(super) fn of_visibility(fields: &Fields, errors: &'a FormErrors) -> Self {
        let chosen = parse_visibility(fields.shown("visibility")).unwrap_or_default();
        let options = VISIBILITIES.map(|visibility| {
            let (label, hint) = messages::visibility_choice(visibility);
            let id = match visibility {
                Visibility::Listed => "listed",
                Visibility::ByLink => "by-link",
                Visibility::ByInvitation => "by-invitation",
            };
            RadioOption { id, value: visibility_value(visibility), label, hint, is_chosen: visibility == chosen }
        });
        let error = errors.of("visibility");
        Self { name: "visibility", legend: messages::VISIBILITY_QUESTION, error, options }
    }

    pub(super) fn of_names(fields: &Fields, errors: &'a FormErrors) -> Self {
        let chosen = parse_names(fields.shown("names_shown_to")).unwrap_or_default();
        let options = NAMES_SHOWN_TO.map(|names| {
            let (label, hint) = messages::names_choice(names);
            let id = match names {
                NamesShownTo::Everyone => "names-everyone",
                NamesShownTo::Guests => "names-guests",
                NamesShownTo::Host => "names-host",
            };
            RadioOption { id, value: names_value(names), label, hint, is_chosen: names == chosen }
        });
        let error = errors.of("names_shown_to");
        Self { name: "names_shown_to", legend: messages::NAMES_QUESTION, error, options }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_is_parsed_from_its_value() {
        for visibility in VISIBILITIES {
            assert_eq!(parse_visibility(visibility_value(visibility)), Ok(visibility));
        }
        for names in NAMES_SHOWN_TO {
            assert_eq!(parse_names(names_value(names)), Ok(names));
        }
        assert_eq!((parse_visibility(""), parse_names("")), (Ok(Visibility::Listed), Ok(NamesShownTo::Everyone)));
        for typed in ["Listed", "by-link", "x", "\u{feff}"] {
            assert!(parse_visibility(typed).is_err() && parse_names(typed).is_err(), "{typed}");
        }
    }
}
