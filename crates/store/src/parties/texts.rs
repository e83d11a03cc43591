//! The notes and allergies of guests: saving them with an RSVP, and removing them some time after the party. The maintenance task of
//! `accounts` removes them, each minute.
//!
//! A party with a text is marked, since the tables have no index from the end of a party to the texts of its guests.

use domain::Timestamp;
use domain::party::{Allergies, GuestNote, Party, PartyId, RsvpTexts};
use domain::user::UserId;
use sqlx::{query, query_scalar};

use super::row;
use crate::engine::dialect::Dialect;
use crate::statements::{PerEngine, statements};

statements! {
    /// The RSVP exists.
    pub(super) const SAVE: &str = "UPDATE rsvps SET note = $3, allergies = $4 WHERE party_id = $1 AND guest_id = $2";

    /// Changes a row for the first text of the party alone.
    const MARK: &str = "UPDATE parties SET has_guest_texts = 1 WHERE id = $1 AND has_guest_texts < 1";

    /// At most `$2` marked parties that ended at `$1` or earlier. Locks them, as everything does that writes texts, and skips those that
    /// a job has locked.
    const FIND_ENDED: PerEngine = PerEngine {
        sqlite: "SELECT id FROM parties WHERE has_guest_texts > 0 AND ends_at <= $1 ORDER BY ends_at LIMIT ($2 + 0)",
        postgres: "SELECT id FROM parties WHERE has_guest_texts > 0 AND ends_at <= $1 ORDER BY ends_at LIMIT ($2 + 0)
            FOR NO KEY UPDATE SKIP LOCKED",
    };

    /// Removes the texts of at most `$2` guests of the party `$1`.
    const REMOVE: &str = "UPDATE rsvps SET note = NULL, allergies = NULL
        WHERE id IN (SELECT id FROM rsvps WHERE party_id = $1 AND (note IS NOT NULL OR allergies IS NOT NULL) LIMIT ($2 + 0))
        RETURNING id";

    /// The party `$1` has no text left.
    const UNMARK: &str = "UPDATE parties SET has_guest_texts = 0 WHERE id = $1";
}

/// Writes the texts that differ between the party before a change and after it.
pub(super) async fn save<D: Dialect>(
    connection: &mut D::Connection,
    before: &Party,
    after: &Party,
) -> sqlx::Result<()> {
    let (before, after, id) = (before.guests.all_texts(), after.guests.all_texts(), after.id);
    if before == after {
        return Ok(());
    }
    let removed = before.keys().filter(|guest| !after.contains_key(guest));
    for guest in removed {
        save_one::<D>(&mut *connection, id, *guest, &RsvpTexts::default()).await?;
    }
    for (guest, texts) in after.iter().filter(|(guest, texts)| before.get(guest) != Some(texts)) {
        save_one::<D>(&mut *connection, id, *guest, texts).await?;
        query::<D>(MARK).bind(id.get()).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn save_one<D: Dialect>(
    connection: &mut D::Connection,
    party: PartyId,
    guest: UserId,
    RsvpTexts { note, allergies }: &RsvpTexts,
) -> sqlx::Result<()> {
    let save = query::<D>(SAVE).bind(party.get()).bind(guest.get()).bind(note.as_ref().map(GuestNote::as_str));
    save.bind(allergies.as_ref().map(Allergies::as_str)).execute(connection).await?;
    Ok(())
}

/// Parses the columns `note` and `allergies` of the row `rsvp` of `rsvps`.
pub(super) fn texts(note: Option<String>, allergies: Option<String>, rsvp: i64) -> sqlx::Result<RsvpTexts> {
    Ok(RsvpTexts { note: row::note(note, rsvp)?, allergies: row::allergies(allergies, rsvp)? })
}

/// Removes texts of parties that ended at `ended_by` or earlier. Returns how many rows were changed, at most `limit`: RSVPs, and
/// parties whose mark is removed.
pub(super) async fn purge<D: Dialect>(
    connection: &mut D::Connection,
    ended_by: Timestamp,
    limit: u32,
) -> sqlx::Result<u64> {
    let find = query_scalar::<D, i64>(D::pick(FIND_ENDED.sqlite, FIND_ENDED.postgres)).bind(ended_by.as_millis());
    let ended = find.bind(i64::from(limit)).fetch_all(&mut *connection).await?;
    let mut left = u64::from(limit);
    for party in ended {
        let most = i64::try_from(left).unwrap_or(i64::MAX);
        let removed = query_scalar::<D, i64>(REMOVE).bind(party).bind(most).fetch_all(&mut *connection).await?;
        left -= removed.len() as u64;
        if left == 0 {
            break; // the next step finds the party again
        }
        query::<D>(UNMARK).bind(party).execute(&mut *connection).await?;
        left -= 1;
    }
    Ok(u64::from(limit) - left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{assert_uses_indexes, query_plan};

    #[tokio::test]
    async fn statements_of_texts_use_indexes() {
        for sql in [SAVE, MARK, FIND_ENDED.sqlite, REMOVE, UNMARK] {
            assert_uses_indexes(sql).await;
        }
    }

    #[tokio::test]
    async fn purge_reads_marked_parties_alone() {
        let plan = query_plan(FIND_ENDED.sqlite).await.join("\n");
        assert!(plan.contains("parties_with_guest_texts"), "{plan}");
    }
}
