//! `audit`: the stored events, the newest first.

use std::collections::HashMap;

use domain::PageSize;
use domain::event::{Counted, Event, EventFilter, EventId, EventKind, OperatorName, RequestId, StoredEvent};
use domain::session::SessionId;
use domain::user::UserId;
use serde_json::{Value, json};

use super::page::PageOptions;
use super::time::{Since, rfc3339};
use super::user::UserName;
use super::{CommandError, Output};
use crate::Accounts;

/// Lists the events of accounts, the newest first. They are stored for 90 days
#[derive(Debug, clap::Args)]
#[group(skip)] // a program may have a command of the same name
pub struct Audit {
    /// Only those of a user: the username, the e-mail address, or '#ID', also of a user who is deleted
    #[arg(long, value_name = "USER", value_parser = UserName::parse)]
    user: Option<UserName>,
    /// Only those of a kind, such as 'logged in' or 'log-in failed'
    #[arg(long, value_parser = kind)]
    kind: Option<EventKind>,
    /// Only those since a time, such as 2026-11-30, 2026-11-30T18:00:00Z, 30m, 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    since: Option<Since>,
    #[command(flatten)]
    page: PageOptions,
    /// Prints each event as a JSON object on a line of its own
    #[arg(long)]
    json: bool,
}

fn kind(typed: &str) -> Result<EventKind, String> {
    let names = || EventKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    EventKind::by_name(typed).ok_or_else(|| format!("one of: {}", names()))
}

impl Audit {
    pub(super) async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let user = match &self.user {
            Some(name) => Some(name.find(accounts).await?.id),
            None => None,
        };
        let since = self.since.map(|since| since.time(accounts.inner.clock.now()));
        let filter = EventFilter { user, kind: self.kind, since };
        let PageOptions { limit, before } = self.page;
        let (mut left, mut before, mut names) = (limit, before.map(EventId::new), HashMap::new());
        while left > 0 {
            let page = accounts.events(filter, before, PageSize::clamped(left.into())).await?;
            left -= left.min(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            for stored in &page.items {
                let name = name_of(accounts, stored.event.user, &mut names).await?;
                if self.json {
                    output.print(as_json(stored, name));
                } else {
                    output.print(as_line(stored, name));
                }
            }
            before = page.next;
            if before.is_none() {
                return Ok(());
            }
        }
        PageOptions::show_next(output, before.map(EventId::get));
        Ok(())
    }
}

/// The name that a user has now. Each user is looked up once.
async fn name_of(
    accounts: &Accounts,
    user: Option<UserId>,
    names: &mut HashMap<UserId, Option<String>>,
) -> Result<Option<String>, CommandError> {
    let Some(user) = user else { return Ok(None) };
    if let Some(name) = names.get(&user) {
        return Ok(name.clone());
    }
    let name = accounts.inner.ports.users.find(user).await?.map(|user| user.username.to_string());
    names.insert(user, name.clone());
    Ok(name)
}

fn as_json(StoredEvent { id, event }: &StoredEvent, username: Option<String>) -> Value {
    let Event { kind, at, count, user, session, detail, origin } = event;
    json!({
        "id": id.get(),
        "at": rfc3339(*at),
        "kind": kind.name(),
        "count": count,
        "user_id": user.map(UserId::get),
        "username": username,
        "session_id": session.map(SessionId::get),
        "detail": detail,
        "network": origin.network,
        "request": origin.request.as_ref().map(RequestId::as_str),
        "operator": origin.operator.as_ref().map(OperatorName::as_str),
    })
}

/// The count of an event, with what it counts; `None` for what happened once.
fn counted(kind: EventKind, count: u64) -> Option<String> {
    let number_of = |one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    match kind.counts() {
        Counted::Times => (count != 1).then(|| number_of("time")),
        Counted::Sessions => Some(number_of("session")),
        Counted::Uses => Some(number_of("use")),
    }
}

fn as_line(StoredEvent { event, .. }: &StoredEvent, username: Option<String>) -> String {
    let Event { kind, at, count, user, detail, origin, .. } = event;
    let mut parts = vec![rfc3339(*at), kind.name().to_owned()];
    parts.extend(detail.clone());
    parts.push(match (user, username) {
        (Some(user), Some(name)) => format!("#{} {name}", user.get()),
        (Some(user), None) => format!("#{} (deleted)", user.get()),
        (None, _) => "no account".to_owned(),
    });
    parts.extend(counted(*kind, *count));
    parts.extend(origin.network.as_ref().map(|network| format!("from {network}")));
    parts.extend(origin.operator.as_ref().map(|operator| format!("by {}", operator.as_str())));
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_names_what_it_counts() {
        for (kind, count, expected) in [
            (EventKind::LoggedIn, 1, None),
            (EventKind::LogInFailed, 3, Some("3 times")),
            (EventKind::DeletionRequested, 1, Some("1 session")),
            (EventKind::Disabled, 2, Some("2 sessions")),
            (EventKind::RegistrationCodeMade, 5, Some("5 uses")),
        ] {
            assert_eq!(counted(kind, count).as_deref(), expected, "{kind}");
        }
    }
}
