//! The flash messages of a request: read from its cookie, and written into that of the response.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use auth::SessionToken;
use poem::http::Method;

use super::RequestContext;
use crate::log_budget::LogLine;
use crate::web::page::{Flash, NewFlashes, decode_flash, encode_flash, is_signed, join_flashes, split_flashes};
use crate::web::session::{SessionChange, Visitor, remove_cookie, set_cookie};

/// The flash messages that a request came with.
#[derive(Default)]
pub(crate) struct Flashes {
    /// The messages in the cookie, encoded.
    parts: Vec<String>,
    read: OnceLock<ReadFlashes>,
    /// Whether a page of this response shows the messages.
    are_shown: AtomicBool,
}

/// The messages, decoded with what was known of the visitor.
struct ReadFlashes {
    messages: Vec<Flash>,
    /// The signed ones, while it is unknown whether the session of the request is live. They stay in the cookie.
    unread: Vec<String>,
}

impl Flashes {
    /// The messages of a cookie's value.
    pub(super) fn of_cookie(value: Option<&str>) -> Self {
        let parts = value.map(|value| split_flashes(value).map(ToOwned::to_owned).collect());
        Self { parts: parts.unwrap_or_default(), ..Self::default() }
    }

    /// Messages that are decoded already.
    pub(super) fn decoded(messages: Vec<Flash>) -> Self {
        Self { read: ReadFlashes { messages, unread: Vec::new() }.into(), ..Self::default() }
    }
}

impl RequestContext {
    /// The messages in the flash cookie. A signed one counts for a live session only: a site that sets a flash cookie
    /// could set a cookie of the session that signed it as well. Called after the visitor was looked up, where a page shows them.
    pub(crate) fn waiting_flashes(&self) -> &[Flash] {
        &self.read_flashes().messages
    }

    /// Those of them that the visitor may see after a change of the session. A log-out, and a log-in of another user, leave the
    /// listed messages alone: what was said to one user is not said to the next, such as "Welcome back, ada.".
    pub(crate) fn flashes_after(&self, change: Option<&SessionChange>) -> impl Iterator<Item = &Flash> {
        let before = self.known_visitor().and_then(Visitor::user);
        let is_other = match change {
            Some(SessionChange::Opened { user, .. }) => before.is_none_or(|before| before.id != user.id),
            Some(SessionChange::Ended) => true,
            Some(SessionChange::Renewed { .. }) | None => false,
        };
        let listed = &self.settings().guest_messages;
        self.waiting_flashes().iter().filter(move |flash| !is_other || listed.number(flash).is_some())
    }

    /// Notes that a page of this response shows the messages, or does not.
    pub(crate) fn set_flashes_shown(&self, are_shown: bool) {
        self.flashes.are_shown.store(are_shown, Ordering::Relaxed);
    }

    fn read_flashes(&self) -> &ReadFlashes {
        self.flashes.read.get_or_init(|| {
            let visitor = self.known_visitor();
            let (unread, readable): (Vec<_>, Vec<_>) =
                self.flashes.parts.iter().partition(|part| visitor.is_none() && is_signed(part));
            let session = visitor.and_then(Visitor::user).and(self.session()).map(SessionToken::secret);
            let listed = &self.settings().guest_messages;
            let messages = readable.into_iter().filter_map(|part| decode_flash(part, listed, session)).collect();
            ReadFlashes { messages, unread: unread.into_iter().cloned().collect() }
        })
    }

    /// The `Set-Cookie` value of the flash cookie. Messages that were shown are removed, new ones are added. A message that is
    /// still waiting is not added twice, so that five tabs redirected to the log-in page show one reason.
    ///
    /// The messages are signed by the session that the response leaves in the browser. A log-out leaves none: listed messages
    /// survive it, and what was said to the user alone does not.
    pub(crate) fn flash_cookie(&self, new: Option<&NewFlashes>, change: Option<&SessionChange>) -> Option<String> {
        let (site, name) = (&self.settings().site, &self.cookie_names.flash);
        let are_shown = self.flashes.are_shown.load(Ordering::Relaxed) && self.method != Method::HEAD;
        let ReadFlashes { messages, unread } = self.read_flashes();
        let waiting: Vec<_> = self.flashes_after(change).filter(|_| !are_shown).collect();
        let new: Vec<_> = new.into_iter().flat_map(|new| &new.0).filter(|flash| !waiting.contains(flash)).collect();
        let removes = are_shown && !(messages.is_empty() && self.flashes.parts.is_empty());
        if new.is_empty() && !removes {
            return None;
        }
        let unread = unread.iter().filter(|_| change.is_none()).cloned();
        let waiting = waiting.iter().filter_map(|flash| self.encode(flash, change));
        let new = new.into_iter().filter_map(|flash| self.encode(flash, change).or_else(|| self.log_unlisted()));
        let parts: Vec<_> = unread.chain(waiting).chain(new).collect();
        let is_removed = parts.is_empty();
        Some(if is_removed { remove_cookie(site, name) } else { set_cookie(site, name, &join_flashes(&parts), None) })
    }

    fn encode(&self, flash: &Flash, change: Option<&SessionChange>) -> Option<String> {
        let session = match (change, self.known_visitor()) {
            (Some(SessionChange::Opened { token, .. } | SessionChange::Renewed { token, .. }), _) => Some(token),
            (Some(SessionChange::Ended), _) | (None, Some(Visitor::Anonymous)) => None,
            // Where the visitor is unknown, the page that reads the message finds out whether the session is live.
            (None, Some(Visitor::User(_)) | None) => self.session(),
        };
        encode_flash(flash, &self.settings().guest_messages, session.map(SessionToken::secret))
    }

    /// Logs that a message is lost: a mistake of the program, since it depends on nothing that a guest sends.
    fn log_unlisted(&self) -> Option<String> {
        if self.accounts.logs(LogLine::UnlistedFlash) {
            tracing::error!("dropped a flash message for a guest that guest_messages does not list");
        }
        None
    }
}
