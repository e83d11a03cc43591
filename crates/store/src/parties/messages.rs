//! Messages of hosts: how one is sent, in one commit with its notices and its entry in the history, and which ones a viewer reads.

use domain::party::{
    Audience, AudiencePart, ChangeQuota, ExportedMessage, HistoryEntry, HistoryKind, MessageId, MessageText,
    NewMessage, PartyId, PartyMessage, SendError, SentMessage,
};
use domain::user::UserId;
use domain::{IdempotencyKey, Timestamp};
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use sqlx::{query, query_as, query_scalar};

use super::{history, update};
use crate::accounts::{notices, throttles};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::engine::read_pool::ReadPool;
use crate::engine::writer::WriteError;
use crate::error::corrupt;
use crate::statements::statements;

statements! {
    /// Whether the deletion of the host `$2` of the party `$1` is requested. A deletion that is requested meanwhile waits for the lock of the
    /// party.
    const FIND_HOST: &str = "SELECT CAST(CASE WHEN delete_due IS NULL AND deleted_at IS NULL THEN 0 ELSE 1 END AS BIGINT)
        FROM parties JOIN users ON users.id = host_id WHERE parties.id = $1 AND host_id = $2";

    /// The message that the same form sent earlier. The column `form` holds the idempotency key.
    const FIND_SENT: &str = "SELECT id, recipients FROM party_messages WHERE party_id = $1 AND form = $2 AND form_digest = $3";

    /// The guests with one of four answers who are not deleted.
    const LIST_RECIPIENTS: &str = "SELECT guest_id FROM rsvps JOIN users ON users.id = guest_id
        WHERE party_id = $1 AND answer IN ($2, $3, $4, $5) AND deleted_at IS NULL";

    /// With the party locked, no other message gets the id.
    const ADD: &str = "INSERT INTO party_messages (party_id, id, at, audience, recipients, text, form, form_digest)
        SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6, $7 FROM party_messages WHERE party_id = $1
        RETURNING id";

    /// The messages of the party `$1` that `$2` reads: every one for the host, those to guests with the viewer's answer, and the one of which
    /// a guest who is not removed has a notice.
    const LIST: &str = "SELECT party_messages.party_id, party_messages.id, party_messages.at, audience, recipients, text
        FROM parties JOIN party_messages ON party_messages.party_id = parties.id
        LEFT JOIN rsvps AS mine ON mine.party_id = parties.id AND mine.guest_id = $2
        WHERE parties.id = $1 AND (host_id = $2 OR audience LIKE CASE answer
            WHEN 'seated' THEN '%coming%' WHEN 'waitlisted' THEN '%waiting%'
            WHEN 'maybe' THEN '%maybe%' WHEN 'invited' THEN '%invited%' END
            OR answer <> 'removed' AND EXISTS (
                SELECT 1 FROM notices WHERE about_id = host_id AND user_id = $2 AND subject = parties.id
                    AND notices.kind = 'message' AND parameters = CAST(party_messages.id AS TEXT)
            ))
        ORDER BY party_messages.id DESC LIMIT ($3 + 0)";

    /// The messages of the host `$1` after the message `$3` of the party `$2`.
    const EXPORT: &str = "SELECT party_id, party_messages.id, at, audience, recipients, text
        FROM parties JOIN party_messages ON party_id = parties.id
        WHERE host_id = $1 AND parties.id >= $2 AND (parties.id > $2 OR party_messages.id > $3)
        ORDER BY parties.id, party_messages.id LIMIT ($4 + 0)";

    const REMOVE_OF_HOST: &str = "DELETE FROM party_messages
        WHERE party_id IN (SELECT id FROM parties WHERE host_id = $1)";
}

/// A message, the quota for which it is counted, and its time.
pub(super) type Sending = (NewMessage, Option<ChangeQuota>, Timestamp);

/// The job of [`domain::party::PartyRepository::send_message`]. Its statements do not depend on the number of recipients.
pub(super) fn send<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    (message, quota, now): &'j Sending,
) -> BoxFuture<'j, Result<SentMessage, WriteError<SendError>>> {
    Box::pin(async move {
        update::lock::<D>(&mut *connection, message.party).await?;
        ensure_host::<D>(&mut *connection, message).await?;
        let digest = content_digest(message);
        if let Some(sent) = find_sent::<D>(&mut *connection, message, &digest).await? {
            return Ok(sent);
        }
        let recipients = list_recipients::<D>(&mut *connection, message).await?;
        let number = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        if recipients.is_empty() {
            return Err(WriteError::Refused(SendError::NoRecipients));
        }
        if let Some(ChangeQuota { limit, now }) = quota {
            let counted = throttles::count::<D>(&mut *connection, &[*limit], *now).await?;
            counted.map_err(|throttled| WriteError::Refused(throttled.into()))?;
        }
        let id = add::<D>(&mut *connection, message, number, &digest, *now).await?;
        let what = HistoryKind::Message { audience: message.audience, recipients: number };
        let entry = HistoryEntry { by: Some(message.host), what };
        history::add::<D>(&mut *connection, message.party, &[entry], *now).await?;
        notices::notify::<D>(connection, &message.notices(id, &recipients), *now).await?;
        Ok(SentMessage { id, recipients: number })
    })
}

async fn ensure_host<D: Dialect>(
    connection: &mut D::Connection,
    NewMessage { party, host, .. }: &NewMessage,
) -> Result<(), WriteError<SendError>> {
    let find = query_scalar::<D, i64>(FIND_HOST).bind(party.get()).bind(host.get());
    match find.fetch_optional(connection).await? {
        Some(0) => Ok(()),
        Some(_) => Err(WriteError::Refused(SendError::UserDeleted)),
        None => Err(WriteError::Refused(SendError::NotFound)),
    }
}

async fn find_sent<D: Dialect>(
    connection: &mut D::Connection,
    message: &NewMessage,
    digest: &[u8],
) -> sqlx::Result<Option<SentMessage>> {
    let Some(key) = &message.idempotency_key else { return Ok(None) };
    let find = query_as::<D, (i64, i64)>(FIND_SENT).bind(message.party.get()).bind(key.as_str()).bind(digest);
    let Some((id, recipients)) = find.fetch_optional(connection).await? else { return Ok(None) };
    let recipients = u32::try_from(recipients).map_err(corrupt("party_messages", "recipients", id))?;
    Ok(Some(SentMessage { id: MessageId::new(id), recipients }))
}

async fn list_recipients<D: Dialect>(
    connection: &mut D::Connection,
    message: &NewMessage,
) -> sqlx::Result<Vec<UserId>> {
    let answer = |part, answer| if message.audience.has(part) { answer } else { "" };
    let list = query_scalar::<D, i64>(LIST_RECIPIENTS)
        .bind(message.party.get())
        .bind(answer(AudiencePart::Coming, "seated"))
        .bind(answer(AudiencePart::Waiting, "waitlisted"))
        .bind(answer(AudiencePart::Maybe, "maybe"))
        .bind(answer(AudiencePart::Invited, "invited"));
    Ok(list.fetch_all(connection).await?.into_iter().map(UserId::new).collect())
}

async fn add<D: Dialect>(
    connection: &mut D::Connection,
    message: &NewMessage,
    recipients: u32,
    digest: &[u8],
    now: Timestamp,
) -> sqlx::Result<MessageId> {
    let add = query_scalar::<D, i64>(ADD)
        .bind(message.party.get())
        .bind(now.as_millis())
        .bind(message.audience.to_string())
        .bind(i64::from(recipients))
        .bind(message.text.as_str())
        .bind(message.idempotency_key.as_ref().map(IdempotencyKey::as_str))
        .bind(digest);
    Ok(MessageId::new(add.fetch_one(connection).await?))
}

/// The SHA-256 of what the host chose and typed.
fn content_digest(message: &NewMessage) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(message.audience.to_string()); // has no line break
    digest.update("\n");
    digest.update(message.text.as_str());
    digest.finalize().into()
}

/// Removes the messages of a host, whose deletion is completed.
pub(super) async fn remove_of_host<D: Dialect>(connection: &mut D::Connection, host: UserId) -> sqlx::Result<()> {
    query::<D>(REMOVE_OF_HOST).bind(host.get()).execute(connection).await?;
    Ok(())
}

pub(crate) struct MessageRow {
    pub(crate) party_id: i64,
    id: i64,
    at: i64,
    audience: String,
    recipients: i64,
    text: String,
}

from_row!(MessageRow { party_id, id, at, audience, recipients, text });

impl MessageRow {
    /// The message. What is corrupt is reported with the id of the party.
    pub(crate) fn parse(self) -> sqlx::Result<PartyMessage> {
        let party = self.party_id;
        let audience = Audience::parse(&self.audience);
        Ok(PartyMessage {
            id: MessageId::new(self.id),
            at: Timestamp::from_millis(self.at),
            audience: audience.ok_or_else(|| corrupt("party_messages", "audience", party)("it is no audience"))?,
            recipients: u32::try_from(self.recipients).map_err(corrupt("party_messages", "recipients", party))?,
            text: MessageText::from_stored(self.text).map_err(corrupt("party_messages", "text", party))?,
        })
    }
}

/// The newest messages of the party that `viewer` reads.
pub(super) async fn list<D: Dialect>(
    read: &ReadPool<D>,
    party: PartyId,
    viewer: UserId,
    limit: u32,
) -> sqlx::Result<Vec<PartyMessage>> {
    let rows = query_as::<_, MessageRow>(LIST).bind(party.get()).bind(viewer.get()).bind(i64::from(limit));
    rows.fetch_all(read).await?.into_iter().map(MessageRow::parse).collect()
}

/// The messages of a host.
pub(super) async fn export<D: Dialect>(
    read: &ReadPool<D>,
    host: UserId,
    after: Option<(PartyId, MessageId)>,
    limit: u32,
) -> sqlx::Result<Vec<ExportedMessage>> {
    let (party, message) = after.map_or((0, 0), |(party, message)| (party.get(), message.get()));
    let rows = query_as::<_, MessageRow>(EXPORT).bind(host.get()).bind(party).bind(message).bind(i64::from(limit));
    let exported = |row: MessageRow| {
        let party = PartyId::new(row.party_id);
        Ok(ExportedMessage { party, message: row.parse()? })
    };
    rows.fetch_all(read).await?.into_iter().map(exported).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::assert_uses_indexes;

    #[tokio::test]
    async fn statements_of_messages_use_indexes() {
        for sql in [FIND_HOST, FIND_SENT, LIST_RECIPIENTS, ADD, LIST, EXPORT, REMOVE_OF_HOST] {
            assert_uses_indexes(sql).await;
        }
    }
}
