//! The rows of the exported document as JSON values.

use domain::event::{RequestId, StoredEvent};
use domain::known_browser::KnownClient;
use domain::session::{ListedSession, SessionId};
use domain::user::{Deletion, FormerUsername, Role, Roles, User};
use domain::{StoredNotice, Timestamp};
use serde_json::{Value, json};

use super::optional_time;

/// A time in UTC as text, as in RFC 3339; `null` for one that no text can show.
pub(super) fn time(time: Timestamp) -> Value {
    jiff::Timestamp::from_millisecond(time.as_millis()).map_or(json!(null), |time| json!(time.to_string()))
}

pub(super) fn user(user: &User, roles: &Roles) -> Value {
    let due = match user.deletion {
        Some(Deletion::Requested { due, .. }) => Some(due),
        _ => None,
    };
    json!({
        "id": user.id.get(),
        "username": user.username.as_str(),
        "email": user.email.as_str(),
        "roles": roles.iter().map(Role::as_str).collect::<Vec<_>>(),
        "joined_at": time(user.joined_at),
        "disabled_at": optional_time(user.disabled_at),
        "deletion_due": optional_time(due),
    })
}

/// A name in the spelling in which names are compared, as it is stored.
pub(super) fn former_username(former: &FormerUsername) -> Value {
    json!({ "username": former.key, "reserved_until": time(former.reserved_until) })
}

pub(super) fn session(session: &ListedSession) -> Value {
    let record = &session.record;
    json!({
        "id": session.id.get(),
        "created_at": time(record.created_at),
        "last_seen_at": time(record.last_seen_at),
        "authenticated_at": time(record.authenticated_at),
        "remembered": record.remembered,
        "network": record.device.network,
        "browser": record.device.user_agent,
    })
}

/// A network from which the user has logged in, or `null` for a browser, of which nothing but a digest is stored.
pub(super) fn known_browser(known: &KnownClient) -> Value {
    json!({ "network": known.network, "known_until": time(known.expires_at) })
}

pub(super) fn event(stored: &StoredEvent) -> Value {
    let event = &stored.event;
    json!({
        "at": time(event.at),
        "kind": event.kind.name(),
        "count": event.count,
        "session": event.session.map(SessionId::get),
        "detail": event.detail,
        "network": event.origin.network,
        "request": event.origin.request.as_ref().map(RequestId::as_str),
        "by_operator": event.origin.operator.is_some(),
    })
}

/// Without the user whom it is about, whose data are that user's own.
pub(super) fn notice(stored: &StoredNotice) -> Value {
    json!({
        "at": time(stored.at),
        "kind": stored.kind,
        "subject": stored.subject,
        "parameters": stored.parameters,
    })
}
