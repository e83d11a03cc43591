//! Where somebody is expected next: the sooner of the first party they host and the first they attend.

use domain::Timestamp;
use domain::party::PartySummary;
use domain::user::UserId;
use sqlx::query_scalar;

use super::lines::{line, lines};
use super::row::{read_summaries, summaries};
use crate::dialect::Dialect;
use crate::reader::Reader;

/// `$1` is the viewer, `$2` the moment. As in a list of what somebody attends, SQLite begins with their own answers.
const NEXT: &str = summaries!(
    "SELECT * FROM parties WHERE id IN (\
     SELECT id FROM (SELECT id FROM parties WHERE host_id = $1 AND starts_at > $2 AND state = 'scheduled' \
     ORDER BY starts_at, id LIMIT 1) AS hosted UNION ALL \
     SELECT id FROM (SELECT parties.id FROM rsvps AS seat CROSS JOIN parties WHERE seat.guest_id = $1 \
     AND seat.answer = 'seated' AND parties.id = seat.party_id AND starts_at > $2 AND state = 'scheduled' \
     ORDER BY starts_at, parties.id LIMIT 1) AS attended) ORDER BY starts_at, id LIMIT 1",
    "id"
);

pub(super) async fn find<D: Dialect>(
    read: &Reader<D>,
    viewer: UserId,
    now: Timestamp,
) -> sqlx::Result<Option<PartySummary>> {
    let found =
        query_scalar::<_, Option<String>>(NEXT).bind(viewer.get()).bind(now.as_millis()).fetch_one(read).await?;
    Ok(read_summaries(found.as_deref())?.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    /// What somebody attends is sorted, as in their list; nobody else's parties are looked at.
    #[tokio::test]
    async fn the_next_party_costs_what_somebody_attends() {
        let steps = plan(NEXT).await;
        let reads: Vec<_> = steps.iter().filter(|step| step.contains("parties") || step.contains("rsvps")).collect();
        assert!(reads.iter().all(|step| step.starts_with("SEARCH ")), "{steps:#?}");
        for index in ["parties_to_come_by_host (host_id=? AND starts_at>?)", "rsvps_by_guest (guest_id=? AND answer=?)"]
        {
            assert!(reads.iter().any(|step| step.contains(index)), "{index}: {steps:#?}");
        }
    }
}
