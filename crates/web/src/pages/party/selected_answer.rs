//! The answer that a visitor chose before logging in: `?answer=yes` in the address of a party or an invitation.

use crate::pages::query::QueryParameters;

/// The answer that is one press away. Opening the page does not give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum SelectedAnswer {
    Accept,
    Decline,
}

impl SelectedAnswer {
    /// The selected answer of a request, if any.
    pub(in crate::pages) fn of(query: &QueryParameters) -> Option<Self> {
        match query.text("answer").as_str() {
            "yes" => Some(Self::Accept),
            "no" => Some(Self::Decline),
            _ => None,
        }
    }
}
