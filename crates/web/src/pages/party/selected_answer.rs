//! The answer that a visitor chose before logging in: `?answer=yes` in the address of an invitation, or an interrupted form.

use accounts::web::Fields;

use crate::pages::query::QueryParameters;

/// The answer that is one press away. Opening the page does not give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum SelectedAnswer {
    Accept,
    Decline,
}

impl SelectedAnswer {
    /// The selected answer in the query of an invitation, if any.
    pub(in crate::pages) fn of(query: &QueryParameters) -> Option<Self> {
        Self::parse(&query.text("answer"))
    }

    /// The answer of a form that a log-in has interrupted.
    pub(super) fn of_form(fields: &Fields) -> Option<Self> {
        Self::parse(fields.one("answer").ok()?)
    }

    fn parse(answer: &str) -> Option<Self> {
        match answer {
            "yes" => Some(Self::Accept),
            "no" => Some(Self::Decline),
            _ => None,
        }
    }
}
