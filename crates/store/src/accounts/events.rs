//! The table of events: how one is added, in the commit of a use case or in its own, and how they are listed and purged.

use async_trait::async_trait;
use domain::event::{
    Event, EventFilter, EventId, EventKind, EventRepository, MOST_FAILURES_PER_HOUR, MOST_PER_HOUR, OperatorName,
    Origin, RequestId, STORED_FOR, StoredEvent,
};
use domain::session::SessionId;
use domain::user::UserId;
use domain::{Alongside, Page, PageSize, StoreError, Timestamp};
use sqlx::{query, query_as, query_scalar};

use crate::engine::OpenDatabase;
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::{corrupt, into_store_error};
use crate::statements::statements;

const HOUR: i64 = 3_600_000;

statements! {
    /// Adds a row of its own, unless the user has had 60 within the hour that ends now. `$10` is its beginning.
    const ADD: &str = "INSERT INTO events (at, kind, count, user_id, session_id, detail, network, request, operator)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
        WHERE coalesce((SELECT at FROM events WHERE user_id = $4 ORDER BY id DESC LIMIT 1 OFFSET 59), $10) <= $10
        RETURNING id";

    const COUNT: &str = "UPDATE events SET count = count + $5
        WHERE hour = $1 AND kind = $2 AND coalesce(user_id, 0) = coalesce($3, 0) AND coalesce(network, '') = coalesce($4, '')
        RETURNING id";

    /// Another job may have added the row since [`COUNT`] found none.
    const ADD_OF_HOUR: &str = "INSERT INTO events
            (at, kind, count, user_id, session_id, detail, network, request, operator, hour)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (hour, kind, coalesce(user_id, 0), coalesce(network, '')) WHERE hour IS NOT NULL
        DO UPDATE SET count = events.count + excluded.count";

    const COUNT_ROWS_OF_HOUR: &str = "SELECT count(*) FROM (
        SELECT id FROM events WHERE hour = $1 AND kind = $2 LIMIT 1000) AS ids";

    /// Of any kind where `$3` is null.
    const LIST: &str = "SELECT id, at, kind, count, user_id, session_id, detail, network, request, operator
        FROM events WHERE id < $1 AND kind = coalesce($3, kind) AND at >= $4 ORDER BY id DESC LIMIT ($2 + 0)";

    const LIST_OF_USER: &str = "SELECT id, at, kind, count, user_id, session_id, detail, network, request, operator
        FROM events WHERE user_id = $5 AND id < $1 AND kind = coalesce($3, kind) AND at >= $4
        ORDER BY id DESC LIMIT ($2 + 0)";

    const PURGE: &str = "DELETE FROM events
        WHERE id IN (SELECT id FROM events WHERE at <= $1 ORDER BY at LIMIT ($2 + 0))
        RETURNING id";
}

const _: () = assert!(MOST_PER_HOUR == 60, "the OFFSET of `ADD`");
const _: () = assert!(MOST_FAILURES_PER_HOUR == 1_000, "the LIMIT of `COUNT_ROWS_OF_HOUR`");

/// Writes what goes with a use case, in the commit of the use case: the events, about `user` and `session` where they name
/// none.
pub(crate) async fn add_alongside<D: Dialect>(
    connection: &mut D::Connection,
    alongside: &Alongside,
    user: UserId,
    session: Option<SessionId>,
) -> sqlx::Result<()> {
    for event in alongside.completed(user, session) {
        add::<D>(connection, &event).await?;
    }
    Ok(())
}

/// Adds an event.
pub(crate) async fn add<D: Dialect>(connection: &mut D::Connection, event: &Event) -> sqlx::Result<()> {
    if !event.kind.is_stored() {
        return Ok(());
    }
    if event.kind == EventKind::LogInFailed {
        return add_failure::<D>(connection, event).await;
    }
    let Event { kind, at, count, user, session, detail, origin } = event;
    let add = query_scalar::<D, i64>(ADD)
        .bind(at.as_millis())
        .bind(kind.name())
        .bind(count_column(*count))
        .bind(user.map(UserId::get))
        .bind(session.map(SessionId::get))
        .bind(detail.as_deref())
        .bind(origin.network.as_deref())
        .bind(origin.request.as_ref().map(RequestId::as_str))
        .bind(origin.operator.as_ref().map(OperatorName::as_str))
        .bind(at.as_millis().saturating_sub(HOUR));
    if add.fetch_optional(&mut *connection).await?.is_none() {
        add_of_hour::<D>(connection, event).await?;
    }
    Ok(())
}

/// Counts a failed log-in in the row of its hour, account and network, or in the one that is left where there are too many.
async fn add_failure<D: Dialect>(connection: &mut D::Connection, event: &Event) -> sqlx::Result<()> {
    let (hour, kind) = (event.at.as_millis().div_euclid(HOUR), event.kind.name());
    let count = query_scalar::<D, i64>(COUNT)
        .bind(hour)
        .bind(kind)
        .bind(event.user.map(UserId::get))
        .bind(event.origin.network.as_deref())
        .bind(count_column(event.count));
    if count.fetch_optional(&mut *connection).await?.is_some() {
        return Ok(());
    }
    let rows = query_scalar::<D, i64>(COUNT_ROWS_OF_HOUR).bind(hour).bind(kind).fetch_one(&mut *connection).await?;
    if rows < i64::from(MOST_FAILURES_PER_HOUR) {
        return add_of_hour::<D>(connection, event).await;
    }
    let rest = Event::new(event.kind, event.at, Origin::default()).counting(event.count);
    add_of_hour::<D>(connection, &rest).await
}

/// Adds an event to the row of its hour, kind, user and network.
async fn add_of_hour<D: Dialect>(connection: &mut D::Connection, event: &Event) -> sqlx::Result<()> {
    let Event { kind, at, count, user, session, detail, origin } = event;
    let add = query::<D>(ADD_OF_HOUR)
        .bind(at.as_millis())
        .bind(kind.name())
        .bind(count_column(*count))
        .bind(user.map(UserId::get))
        .bind(session.map(SessionId::get))
        .bind(detail.as_deref())
        .bind(origin.network.as_deref())
        .bind(origin.request.as_ref().map(RequestId::as_str))
        .bind(origin.operator.as_ref().map(OperatorName::as_str))
        .bind(at.as_millis().div_euclid(HOUR));
    add.execute(connection).await?;
    Ok(())
}

fn count_column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The repository of events.
pub(crate) struct Events<D: Dialect> {
    pub(crate) database: OpenDatabase<D>,
}

struct EventRow {
    id: i64,
    at: i64,
    kind: String,
    count: i64,
    user_id: Option<i64>,
    session_id: Option<i64>,
    detail: Option<String>,
    network: Option<String>,
    request: Option<String>,
    operator: Option<String>,
}

from_row!(EventRow { id, at, kind, count, user_id, session_id, detail, network, request, operator });

/// The stored kind has no entry in the table of kinds.
#[derive(Debug, thiserror::Error)]
#[error("there is no such kind of event")]
pub(crate) struct UnknownKind;

/// Parses the kind of the event with the id `event`.
pub(crate) fn kind(stored: &str, event: i64) -> sqlx::Result<EventKind> {
    EventKind::by_name(stored).ok_or(UnknownKind).map_err(corrupt("events", "kind", event))
}

impl EventRow {
    fn parse(self) -> sqlx::Result<StoredEvent> {
        let id = self.id;
        let request = self.request.map(RequestId::parse).transpose().map_err(corrupt("events", "request", id))?;
        let operator = self.operator.map(OperatorName::parse).transpose().map_err(corrupt("events", "operator", id))?;
        let event = Event {
            kind: kind(&self.kind, id)?,
            at: Timestamp::from_millis(self.at),
            count: u64::try_from(self.count).map_err(corrupt("events", "count", id))?,
            user: self.user_id.map(UserId::new),
            session: self.session_id.map(SessionId::new),
            detail: self.detail,
            origin: Origin { network: self.network, request, operator },
        };
        Ok(StoredEvent { id: EventId::new(id), event })
    }
}

#[async_trait]
impl<D: Dialect> EventRepository for Events<D> {
    async fn add(&self, event: Event) -> Result<(), StoreError> {
        let added = self
            .database
            .writer
            .write(event, |connection, event| Box::pin(async move { Ok(add::<D>(connection, event).await?) }));
        Ok(added.await?)
    }

    async fn list(
        &self,
        filter: EventFilter,
        before: Option<EventId>,
        size: PageSize,
    ) -> Result<Page<StoredEvent, EventId>, StoreError> {
        let EventFilter { user, kind, since } = filter;
        let before = before.map_or(i64::MAX, EventId::get);
        let list = query_as::<_, EventRow>(if user.is_some() { LIST_OF_USER } else { LIST });
        let list = list.bind(before).bind(size.rows_and_one());
        let list = list.bind(kind.map(EventKind::name)).bind(since.map_or(i64::MIN, Timestamp::as_millis));
        let list = if let Some(user) = user { list.bind(user.get()) } else { list };
        let rows = list.fetch_all(&self.database.read).await.map_err(into_store_error)?;
        let events = rows.into_iter().map(EventRow::parse).collect::<sqlx::Result<_>>().map_err(into_store_error)?;
        Ok(Page::from_rows(events, size, |event: &StoredEvent| event.id))
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = self.database.writer.write((now - STORED_FOR, limit), |connection, (before, limit)| {
            Box::pin(async move {
                let purge = query_scalar::<D, i64>(PURGE).bind(before.as_millis()).bind(i64::from(*limit));
                Ok(purge.fetch_all(connection).await?.len() as u64)
            })
        });
        Ok(purged.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_events_use_indexes() {
        for sql in [ADD, COUNT, COUNT_ROWS_OF_HOUR, LIST, LIST_OF_USER, PURGE] {
            assert_uses_indexes(sql).await;
        }
    }
}
