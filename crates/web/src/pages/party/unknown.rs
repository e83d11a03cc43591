//! The page of an answer to a party that the guest may not find: it keeps what was typed, and says nothing of any party.

use accounts::web::{Fields, Flash, PageContext};
use askama::Template;
use poem::Response;
use poem::http::StatusCode;

use super::typed::Typed;
use crate::messages;
use crate::pages::unsent::Unsent;

#[derive(Template)]
#[template(path = "unknown_party.html")]
struct UnknownPartyPage {
    unsent: Unsent,
}

/// What was typed with an answer, as text.
pub(in crate::pages) fn typed_text(fields: &Fields) -> Unsent {
    Typed::all(fields).unsent(messages::NOTE_LABEL, false, false)
}

/// The response to an answer to a party that there is not, or that the guest may not find. Where nothing was typed it leads to the list.
pub(super) fn unknown_party(page: &PageContext, fields: &Fields) -> Response {
    let unsent = typed_text(fields);
    if unsent.is_empty() {
        return Flash::refusal(messages::PARTY_ID_INVALID).to("/rsvp");
    }
    page.render_template(StatusCode::NOT_FOUND, messages::ANSWER_NOT_SENT, &UnknownPartyPage { unsent })
}
