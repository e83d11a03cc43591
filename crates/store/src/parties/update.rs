//! A change of a party: one transaction locks the party, loads it, runs the rule, and saves what the rule changed, with its notices and
//! its history.

pub(crate) mod load;
pub(crate) mod save;

use domain::Timestamp;
use domain::party::{ChangeQuota, Changed, LinkToken, Outcome, PartyChange, PartyId, UpdateError};
use domain::user::UserId;
use futures_util::future::BoxFuture;
use sqlx::query;

use self::load::StoredParty;
use super::quota::count_change;
use super::{history, link};
use crate::accounts::notices;
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::{OnPostgres, statements};

statements! {
    /// The row lock. SQLite's transaction holds the write lock of the whole file already.
    const LOCK: OnPostgres = OnPostgres("SELECT id FROM parties WHERE id = $1 FOR NO KEY UPDATE");
}

type Updated<'j> = BoxFuture<'j, Result<Outcome, WriteError<UpdateError>>>;

/// A change, the guest whom it concerns, the quota for which it is counted, and its time.
pub(super) struct Change {
    pub(super) guest: Option<UserId>,
    pub(super) rule: PartyChange,
    pub(super) quota: Option<ChangeQuota>,
    pub(super) now: Timestamp,
}

/// The job of [`domain::party::PartyRepository::update`].
pub(super) fn update<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (id, change): &'j (PartyId, Change),
) -> Updated<'j> {
    Box::pin(async move {
        lock::<D>(connection, *id).await?;
        run::<D>(connection, *id, change).await
    })
}

/// The job of [`domain::party::PartyRepository::update_by_link`].
pub(super) fn update_by_link<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (token, change): &'j (LinkToken, Change),
) -> Updated<'j> {
    Box::pin(async move {
        match link::lock::<D>(connection, *token).await? {
            Some(id) => run::<D>(connection, id, change).await,
            None => Err(WriteError::Refused(UpdateError::NotFound)),
        }
    })
}

/// Runs the change of a party that is locked.
async fn run<D: Dialect>(
    connection: &mut D::Connection,
    id: PartyId,
    Change { guest, rule, quota, now }: &Change,
) -> Result<Outcome, WriteError<UpdateError>> {
    let key = quota.map(|quota| quota.limit.key);
    let Some(stored) = StoredParty::load::<D>(connection, id, *guest, key).await? else {
        return Err(WriteError::Refused(UpdateError::NotFound));
    };
    let mut party = stored.party.clone();
    let changed = rule(&mut party).map_err(|error| WriteError::Refused(error.into()))?;
    if stored.is_deleted && !matches!(changed.outcome, Outcome::Removed(_)) {
        return Err(WriteError::Refused(UpdateError::UserDeleted));
    }
    if let (true, Some(quota)) = (changed.is_counted, quota) {
        count_change::<D>(connection, quota, stored.counter).await?;
    }
    stored.save::<D>(connection, &party).await?;
    write_notices_and_history::<D>(connection, id, &changed, *now).await?;
    Ok(changed.outcome)
}

/// Writes the history and the notices of a change.
async fn write_notices_and_history<D: Dialect>(
    connection: &mut D::Connection,
    id: PartyId,
    changed: &Changed,
    now: Timestamp,
) -> sqlx::Result<()> {
    history::add::<D>(&mut *connection, id, &changed.history, now).await?;
    notices::notify::<D>(connection, &changed.notices, now).await
}

/// Declines for a guest whose deletion is requested, at a party that is locked. What the rule refuses stays as it is, such as a seat
/// at a party that has begun.
pub(super) async fn withdraw<D: Dialect>(
    connection: &mut D::Connection,
    id: PartyId,
    guest: UserId,
    now: Timestamp,
) -> sqlx::Result<()> {
    let Some(stored) = StoredParty::load::<D>(&mut *connection, id, Some(guest), None).await? else { return Ok(()) };
    let mut party = stored.party.clone();
    let Ok(changed) = Changed::by(&mut party, guest, Some(guest), |party| party.withdraw(guest, now)) else {
        return Ok(());
    };
    match stored.save::<D>(&mut *connection, &party).await {
        Err(WriteError::Failed(error)) => Err(error),
        _ => write_notices_and_history::<D>(connection, id, &changed, now).await, // a guest with an answer is not refused
    }
}

/// Makes every other change of the party wait. It is a statement of its own, and the first: what PostgreSQL reads in the
/// statement that waits for the lock may be older than the lock.
pub(super) async fn lock<D: Dialect>(connection: &mut D::Connection, id: PartyId) -> sqlx::Result<()> {
    if let Some(OnPostgres(sql)) = D::pick(None, Some(LOCK)) {
        query::<D>(sql).bind(id.get()).execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
