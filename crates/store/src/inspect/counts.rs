//! The invariants of seats and heads, recounted: I1 and I2 of the RSVP rules.

use sqlx::FromRow;

use super::Violation;
use super::check::{Tell, each};
use crate::engine::dialect::Dialect;

/// The sum of whole numbers is a fraction's type on PostgreSQL, so it is cast.
const COUNTED: &str = "SELECT id, seats, taken, 1 + CAST((SELECT coalesce(sum(heads), 0) FROM rsvps \
     WHERE party_id = parties.id AND answer = 'seated') AS BIGINT) AS counted FROM parties ORDER BY id";
const HEADS: &str = "SELECT rsvps.id, party_id, heads, 1 + max_companions AS most \
     FROM rsvps JOIN parties ON parties.id = party_id \
     WHERE answer IN ('seated', 'waitlisted') AND heads NOT BETWEEN 1 AND 1 + max_companions";

#[derive(FromRow)]
struct CountedRow {
    id: i64,
    seats: i64,
    taken: i64,
    counted: i64,
}

#[derive(FromRow)]
struct HeadsRow {
    id: i64,
    party_id: i64,
    heads: i64,
    most: i64,
}

pub(super) async fn check<D: Dialect>(connection: &mut D::Connection, tell: Tell<'_>) -> sqlx::Result<()> {
    each::<D, CountedRow>(connection, ("parties", COUNTED), tell, |row, tell| {
        let CountedRow { id: party, seats, taken, counted } = row;
        if taken != counted {
            tell(Violation::Taken { party, taken, counted });
        }
        if counted > seats {
            tell(Violation::Overbooked { party, seats, counted });
        }
    })
    .await?;
    each::<D, HeadsRow>(connection, ("rsvps", HEADS), tell, |row, tell| {
        let HeadsRow { id: rsvp, party_id: party, heads, most } = row;
        tell(Violation::Heads { party, rsvp, heads, most });
    })
    .await
}
