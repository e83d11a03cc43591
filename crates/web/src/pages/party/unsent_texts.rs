//! A note and allergies that were typed for a party that takes none any more: the page shows them once more, to be copied.

use accounts::web::{Fields, FormErrors, FormView, Input};
use domain::user::Username;

use super::text_fields::{ALLERGIES, NOTE, is_kept};
use crate::messages;

static NO_ERRORS: FormErrors = FormErrors::new();

/// What a guest has typed and the form did not store.
pub(super) struct UnsentTexts {
    typed: Fields,
    note_label: String,
}

impl UnsentTexts {
    /// The texts of a submitted form; `None` if it has none but those that are stored.
    pub(super) fn of(sent: &Fields, host: &Username) -> Option<Self> {
        let is_unsent = |name: &&str| !is_kept(sent, name) && !sent.shown(name).trim().is_empty();
        let typed: Vec<_> =
            [NOTE, ALLERGIES].into_iter().filter(is_unsent).map(|name| (name, sent.shown(name))).collect();
        let note_label = messages::note_label(host);
        (!typed.is_empty()).then(|| Self { typed: typed.into_iter().collect(), note_label })
    }

    /// The fields, to be read alone.
    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        let form = FormView::new(&self.typed, &NO_ERRORS);
        let input = |(name, label, rows)| form.input(name, label).rows(rows).optional().attribute("readonly", "");
        let all = [(NOTE, self.note_label.as_str(), 3), (ALLERGIES, messages::ALLERGIES_LABEL, 2)];
        all.into_iter().filter(|(name, ..)| self.typed.is_sent(name)).map(input).collect()
    }
}
