//! What is written beside a use case, in its commit.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::event::Event;
use crate::session::SessionId;
use crate::user::UserId;

/// A value of the embedder, for the hook that its store runs in the commit. This crate and `accounts` pass it on unread.
pub type Own = Arc<dyn Any + Send + Sync>;

/// Why the embedder's hook refuses a use case. Nothing of the use case is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HookRefusal {
    /// The field of the form that the sentence is about.
    pub field: &'static str,
    /// A sentence for the user.
    pub message: String,
}

/// What is written beside a use case, in the commit of the use case: all of it, or nothing where nothing else is written.
///
/// An id that the commit makes or finds is not known before. It is `None` here, and the port writes the id:
/// [`Alongside::completed`].
#[derive(Clone, Default)]
#[must_use = "a port writes it"]
pub struct Alongside {
    /// What happened.
    pub events: Vec<Event>,
    /// The embedder's value. A port whose use case has no hook does not read it.
    pub own: Option<Own>,
}

impl Alongside {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One event.
    pub fn event(event: Event) -> Self {
        Self { events: vec![event], own: None }
    }

    /// The same with a value of the embedder, in place of another one.
    pub fn with_own(self, own: Option<Own>) -> Self {
        Self { own, ..self }
    }

    /// The same, with events that count what the commit has found.
    pub fn counting(self, count: u64) -> Self {
        let events = self.events.into_iter().map(|event| event.counting(count)).collect();
        Self { events, ..self }
    }

    /// The events, with the user and the session of the commit where an event has none.
    pub fn completed(&self, user: UserId, session: Option<SessionId>) -> impl Iterator<Item = Event> {
        self.events.iter().cloned().map(move |event| Event {
            user: event.user.or(Some(user)),
            session: event.session.or(session),
            ..event
        })
    }
}

impl fmt::Debug for Alongside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alongside").field("events", &self.events).field("own", &self.own.is_some()).finish()
    }
}
