//! The messages of the host on the party's page, for who reads them.

use accounts::web::Problem;
use domain::party::{Answer, PartyMessage, PartySummary, PartyView};
use domain::user::User;

use crate::linked_text::LinkedText;
use crate::messages;
use crate::pages::State;

/// The most messages that the page shows: the newest 50, of more than two weeks.
const MOST_SHOWN: u32 = 50;

/// A message.
pub(super) struct MessageView<'a> {
    pub(super) id: i64,
    pub(super) text: LinkedText<'a>,
    /// When it was sent, and for the host to whom.
    pub(super) note: String,
}

impl<'a> MessageView<'a> {
    pub(super) fn of(message: &'a PartyMessage, party: &PartySummary, is_host: bool) -> Self {
        let note = messages::message_note(message, party, is_host);
        Self { id: message.id.get(), text: LinkedText(message.text.as_str()), note }
    }
}

/// The messages that `me` reads. For a user without an answer, no statement is run.
pub(in crate::pages) async fn list_messages(
    state: &State<'_>,
    view: &PartyView,
    me: &User,
) -> Result<Vec<PartyMessage>, Problem> {
    let party = &view.summary;
    if party.host != me.id && matches!(party.my_answer, None | Some(Answer::Removed)) {
        return Ok(Vec::new());
    }
    Ok(state.parties.list_messages(party.id, me.id, MOST_SHOWN).await?)
}
