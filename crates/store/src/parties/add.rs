//! Adding a party: once per idempotency key and content, however often a form is submitted.

use domain::IdempotencyKey;
use domain::party::{AddError, Address, Details, HostQuota, NewParty, PartyId, PartyTexts, party_search_key};
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use sqlx::query_scalar;

use super::quota;
use super::row::{names_column, visibility_column};
use crate::engine::dialect::Dialect;
use crate::engine::writer::WriteError;
use crate::statements::{PerEngine, statements};

statements! {
    /// Finds the host and locks its row, so that a quota is counted for one party after the other. SQLite's transaction holds
    /// the write lock of the whole file already.
    const LOCK_HOST: PerEngine = PerEngine {
        sqlite: "SELECT username FROM users WHERE id = $1 AND delete_due IS NULL AND deleted_at IS NULL",
        postgres: "SELECT username FROM users WHERE id = $1 AND delete_due IS NULL AND deleted_at IS NULL
            FOR NO KEY UPDATE",
    };

    /// The party that the same form added earlier with the same content. The column `form` holds the idempotency key.
    const FIND_ADDED: &str = "SELECT id FROM parties WHERE host_id = $1 AND form = $2 AND form_digest = $3";

    /// While another transaction adds the same party, PostgreSQL waits for its end.
    const ADD: &str = "INSERT INTO parties
            (host_id, form, form_digest, local_time, zone, venue, main_dish, seats, starts_at, rsvp_deadline, search_key,
            ends_at, details, address, visibility, invitation, max_companions, names_shown_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (host_id, form, form_digest) DO NOTHING
        RETURNING id";
}

/// The job of [`domain::party::PartyRepository::add`].
pub(super) fn add<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (party, quota): &'j (NewParty, Option<HostQuota>),
) -> BoxFuture<'j, Result<PartyId, WriteError<AddError>>> {
    Box::pin(async move {
        let lock_host = query_scalar::<D, String>(D::pick(LOCK_HOST.sqlite, LOCK_HOST.postgres));
        let Some(host) = lock_host.bind(party.host.get()).fetch_optional(&mut *connection).await? else {
            return Err(WriteError::Refused(AddError::UserDeleted));
        };
        // Before the insert, since a conflict would use up an id; and before the quota, so that a repeated form is not counted.
        let digest = content_digest(party);
        if let Some(id) = find_added::<D>(connection, party, &digest).await? {
            return Ok(PartyId::new(id));
        }
        if let Some(quota) = quota {
            quota::count_hosted::<D>(connection, party.host, quota).await?;
        }
        Ok(insert::<D>(connection, party, &host, &digest).await?)
    })
}

async fn insert<D: Dialect>(
    connection: &mut D::Connection,
    party: &NewParty,
    host: &str,
    digest: &[u8],
) -> sqlx::Result<PartyId> {
    let PartyTexts { main_dish, venue, details, address } = &party.texts;
    let details = details.as_ref().map(Details::as_str);
    let added = query_scalar::<D, i64>(ADD)
        .bind(party.host.get())
        .bind(party.idempotency_key.as_ref().map(IdempotencyKey::as_str))
        .bind(digest)
        .bind(party.date.local())
        .bind(party.date.zone().as_str())
        .bind(venue.as_str())
        .bind(main_dish.as_str())
        .bind(i64::from(party.seats.get()))
        .bind(party.date.starts_at().as_millis())
        .bind(party.rsvp_deadline.at().as_millis())
        .bind(party_search_key(host, main_dish.as_str(), venue.as_str(), details))
        .bind(party.ends_at.at().as_millis())
        .bind(details)
        .bind(address.as_ref().map(Address::as_str))
        .bind(visibility_column(party.visibility))
        .bind(party.link.to_string())
        .bind(i64::from(party.max_companions))
        .bind(names_column(party.names_shown_to))
        .fetch_optional(&mut *connection);
    let id = match added.await? {
        Some(id) => Some(id),
        None => find_added::<D>(connection, party, digest).await?, // another transaction was faster
    };
    id.map(PartyId::new).ok_or(sqlx::Error::RowNotFound)
}

async fn find_added<D: Dialect>(
    connection: &mut D::Connection,
    party: &NewParty,
    digest: &[u8],
) -> sqlx::Result<Option<i64>> {
    let Some(key) = &party.idempotency_key else { return Ok(None) };
    let find = query_scalar::<D, i64>(FIND_ADDED).bind(party.host.get()).bind(key.as_str()).bind(digest);
    find.fetch_optional(connection).await
}

/// The SHA-256 of what the host typed: each text with its length before it, so that no two contents run together. The token of
/// the link is not part of it, since each request has its own.
fn content_digest(party: &NewParty) -> [u8; 32] {
    let NewParty { date, ends_at, rsvp_deadline, seats, max_companions, visibility, names_shown_to, .. } = party;
    let PartyTexts { main_dish, venue, details, address } = &party.texts;
    let mut digest = Sha256::new();
    for text in [
        date.local(),
        date.zone().as_str().to_owned(),
        ends_at.at().as_millis().to_string(),
        venue.to_string(),
        main_dish.to_string(),
        details.as_ref().map(ToString::to_string).unwrap_or_default(),
        address.as_ref().map(ToString::to_string).unwrap_or_default(),
        seats.get().to_string(),
        visibility_column(*visibility).to_owned(),
        rsvp_deadline.at().as_millis().to_string(),
        max_companions.to_string(),
        names_column(*names_shown_to).to_owned(),
    ] {
        digest.update(text.len().to_string());
        digest.update(":");
        digest.update(text);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_adding_use_indexes() {
        for sql in [LOCK_HOST.sqlite, FIND_ADDED] {
            assert_uses_indexes(sql).await;
        }
    }
}
