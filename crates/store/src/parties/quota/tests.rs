//! The walk over the upcoming parties of a host stops at the quota, and the counters are found by their key.

use super::*;
use crate::plan::{assert_uses_indexes, postgres_plan, query_plan};

/// As many entries of the index are read as the quota allows, however many parties the host has.
#[tokio::test]
async fn upcoming_parties_are_walked_by_their_start() {
    assert_uses_indexes(FIND_BEYOND).await;
    let steps = query_plan(FIND_BEYOND).await;
    assert!(
        matches!(&steps[..], [step] if step.contains("COVERING INDEX") && step.contains("(host_id=? AND starts_at>?)")),
        "{steps:#?}"
    );

    let plan = postgres_plan(FIND_BEYOND, "bigint, bigint, bigint", false).await;
    assert!(plan.contains("Index Only Scan using parties_of_host") && !plan.contains("Sort"), "{plan}");
    let condition = plan.lines().find(|line| line.contains("Index Cond")).unwrap();
    assert!(condition.contains("host_id = ") && condition.contains("starts_at > "), "{plan}");
}
