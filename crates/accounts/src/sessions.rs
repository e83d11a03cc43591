//! The use cases of a user's list of sessions.

use std::cmp::Reverse;
use std::time::Duration;

use auth::{BrowserToken, BrowserTokens, SessionToken};
use domain::event::EventKind;
use domain::session::{ListedSession, SessionId};
use domain::user::UserId;
use domain::{Alongside, StoreError};

use crate::{Accounts, Caller};

/// A session after all others of its user were ended.
#[derive(Debug)]
pub struct RenewedSession {
    /// The new token of the session, for the browser. The former one opens nothing any more.
    pub token: SessionToken,
    /// The tokens by which the browser is recognized at later log-ins, as in [`crate::LoggedIn::browser`].
    pub browser: BrowserTokens,
    /// What is left of the lifetime of a session that outlives the browser; `None` for any other.
    pub remembered_for: Option<Duration>,
    /// The number of sessions that were ended.
    pub ended: u64,
}

impl Accounts {
    /// Lists the live sessions of a user, the one that was used last first. A user has at most 100.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn list_sessions(&self, user: UserId) -> Result<Vec<ListedSession>, StoreError> {
        let (mut sessions, now) = (self.inner.ports.sessions.list(user).await?, self.inner.clock.now());
        sessions.retain(|session| self.inner.lifetimes.is_live(&session.record, now));
        sessions.sort_by_key(|session| Reverse(session.record.last_seen_at));
        Ok(sessions)
    }

    /// Ends a session of a user. Returns `false` where the user has no such session: another user's is not ended.
    ///
    /// # Errors
    /// [`StoreError`]: the session may still be open.
    pub async fn end_session(&self, user: UserId, session: SessionId, caller: &Caller) -> Result<bool, StoreError> {
        let event = self.event(EventKind::SessionEnded, caller).of(user).in_session(session);
        let alongside = Alongside::event(event.clone());
        let is_ended = self.inner.ports.sessions.end_of_user(user, session, alongside).await?;
        if is_ended {
            self.emit(&event);
        }
        Ok(is_ended)
    }

    /// Ends every session of the user of a session but that one, which gets another token. No other browser and no network is
    /// known to the account any more. `None` where the session is not live.
    ///
    /// # Errors
    /// [`StoreError`]: the sessions may still be open. Browsers may be forgotten already.
    pub async fn end_other_sessions(
        &self,
        session: &SessionToken,
        caller: &Caller,
        browser: &BrowserTokens,
    ) -> Result<Option<RenewedSession>, StoreError> {
        let Some(live) = self.find_session(session).await? else { return Ok(None) };
        let (user, random) = (live.user().id, &*self.inner.random);
        let Some(credential) = self.inner.ports.credentials.find(user).await? else { return Ok(None) };
        // First: a failure after it leaves the sessions open, and can be repeated from the same page.
        self.inner.ports.known_browsers.forget_all(user).await?;
        let (token, known_browser) = (SessionToken::new(random), BrowserToken::new(random));
        let event = self.event(EventKind::OtherSessionsEnded, caller).of(user);
        let alongside = Alongside::event(event.clone());
        let kept = self.inner.ports.sessions.end_others(session.digest(), token.digest(), alongside).await?;
        let Some(kept) = kept else { return Ok(None) };
        self.remember_browser(user, credential.version, &known_browser, caller).await;
        if kept.ended > 0 {
            self.emit(&event.counting(kept.ended));
        }
        let remembered_for = self.inner.lifetimes.remembered_for(&live, self.inner.clock.now());
        Ok(Some(RenewedSession {
            token,
            browser: browser.with_latest(known_browser),
            remembered_for,
            ended: kept.ended,
        }))
    }
}
