//! The answer that a visitor chose before logging in: `?answer=yes` in the address of an invitation, or an interrupted form.

use accounts::web::Fields;

use super::rsvp_form::COME_AS;
use crate::pages::query::QueryParameters;

/// The answer that is one press away. Opening the page does not give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum SelectedAnswer {
    Accept,
    Maybe,
    Decline,
}

impl SelectedAnswer {
    const ALL: [Self; 3] = [Self::Accept, Self::Maybe, Self::Decline];

    /// The selected answer in the query of an invitation, if any.
    pub(in crate::pages) fn of(query: &QueryParameters) -> Option<Self> {
        Self::parse(&query.text("answer"))
    }

    /// The answer of a form that a log-in has interrupted.
    pub(super) fn of_form(fields: &Fields) -> Option<Self> {
        if fields.is_sent(COME_AS) { Some(Self::Accept) } else { Self::parse(fields.one("answer").ok()?) }
    }

    /// The answer in a form and in a query.
    pub(in crate::pages) fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "yes",
            Self::Maybe => "maybe",
            Self::Decline => "no",
        }
    }

    fn parse(answer: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|selected| selected.as_str() == answer)
    }
}
