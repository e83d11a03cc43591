//! The checks of the parties' tables: among them the invariants I1 to I3 of `docs/RSVP.md`.

use domain::Timestamp;
use domain::party::{Address, Details, Heads, LinkToken, ShortText, party_search_key};
use sqlx::query_scalar;

use super::check::{
    InvariantCheck, Report, check_derived, check_invariants, check_references, check_rows, check_value, list_dangling,
};
use super::{Invariant, Violation};
use crate::engine::dialect::Dialect;
use crate::engine::from_row::from_row;
use crate::error::corrupt;
use crate::parties::messages::MessageRow;
use crate::parties::row::{PartyRow, allergies, answer, first_guests, given_up, note, party_columns};
use crate::statements::{OnPostgres, statements};

statements! {
    pub(super) const LIST_DANGLING: OnPostgres = OnPostgres("
        SELECT 'parties', parties.id, 'users' FROM parties
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = parties.host_id)
        UNION ALL
        SELECT 'rsvps', rsvps.id, 'parties' FROM rsvps
        WHERE NOT EXISTS (SELECT 1 FROM parties WHERE parties.id = rsvps.party_id)
        UNION ALL
        SELECT 'rsvps', rsvps.id, 'users' FROM rsvps
        WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = rsvps.guest_id)");

    /// Rows of our tables without a rowid, as the accounts have it, on both engines.
    pub(super) const LIST_DANGLING_HISTORY: &str = "SELECT 'party_history', party_id, 'parties' FROM party_history
        WHERE NOT EXISTS (SELECT 1 FROM parties WHERE parties.id = party_history.party_id)
        UNION ALL
        SELECT 'party_messages', party_id, 'parties' FROM party_messages
        WHERE NOT EXISTS (SELECT 1 FROM parties WHERE parties.id = party_messages.party_id)";

    const LIST_RSVPS_OF_HOSTS: &str = "SELECT rsvps.id FROM rsvps JOIN parties ON parties.id = party_id
        WHERE host_id = guest_id";

    const LIST_PARTIES_OF_LEAVING: &str = "SELECT parties.id FROM parties JOIN users ON users.id = host_id
        WHERE state = 'scheduled' AND ends_at > coalesce(deletion_requested_at, deleted_at)";

    const LIST_SEATS_OF_LEAVING: &str = "SELECT rsvps.id FROM users JOIN rsvps ON guest_id = users.id
        JOIN parties ON parties.id = party_id
        WHERE answer IN ('seated', 'waitlisted') AND state = 'scheduled'
            AND starts_at > coalesce(deletion_requested_at, deleted_at)";

    const LIST_ADDRESSES_OF_DELETED: &str = "SELECT parties.id FROM parties JOIN users ON users.id = host_id
        WHERE address IS NOT NULL AND deleted_at IS NOT NULL";

    const LIST_MESSAGES_OF_DELETED: &str = "SELECT party_id FROM party_messages JOIN parties ON parties.id = party_id
        JOIN users ON users.id = host_id WHERE deleted_at IS NOT NULL";

    const LIST_NOTES_OF_DELETED: &str = "SELECT rsvps.id FROM rsvps JOIN users ON users.id = guest_id
        WHERE (note IS NOT NULL OR allergies IS NOT NULL) AND deleted_at IS NOT NULL";

    const LIST_UNMARKED_TEXTS: &str = "SELECT id FROM parties
        WHERE has_guest_texts = 0 AND EXISTS (
            SELECT 1 FROM rsvps WHERE party_id = parties.id AND (note IS NOT NULL OR allergies IS NOT NULL)
        )";

    const LIST_SECOND_RSVPS: &str = "SELECT max(id) FROM rsvps GROUP BY party_id, guest_id HAVING count(*) > 1";

    /// Invariant I3, at the time `$1`.
    const LIST_IDLE_SEATS: &str = "SELECT rsvps.id FROM rsvps JOIN parties ON parties.id = party_id
        WHERE answer = 'waitlisted' AND heads <= seats - taken AND state = 'scheduled' AND starts_at > $1";

    const LIST_SHARED_PLACES: &str = "SELECT max(id) FROM rsvps
        WHERE place IS NOT NULL
        GROUP BY party_id, place HAVING count(*) > 1";

    const LIST_PLACES_OUT_OF_RANGE: &str = "SELECT id FROM parties
        WHERE EXISTS (
            SELECT 1 FROM rsvps WHERE party_id = parties.id AND place NOT BETWEEN 1 AND parties.last_place
        )";

    const LIST_STALE_FIRST_GUESTS: &str = concat!("SELECT id FROM parties WHERE first_guests <> ", first_guests!());

    const LIST_LATE_DEADLINES: &str = "SELECT id FROM parties WHERE rsvp_deadline > starts_at";

    /// Timestamps before 1970 or after 9999, which no page can show.
    const LIST_PARTIES_OUT_OF_TIME: &str = "SELECT id FROM parties
        WHERE starts_at NOT BETWEEN 0 AND 253402300799999 OR rsvp_deadline NOT BETWEEN 0 AND 253402300799999
            OR ends_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_RSVPS_OUT_OF_TIME: &str = "SELECT id FROM rsvps WHERE given_up_at NOT BETWEEN 0 AND 253402300799999";

    const LIST_HISTORY_OUT_OF_TIME: &str = "SELECT party_id FROM party_history WHERE at NOT BETWEEN 0 AND 253402300799999";

    const LIST_MESSAGES_OUT_OF_TIME: &str = "SELECT party_id FROM party_messages WHERE at NOT BETWEEN 0 AND 253402300799999";

    const LIST_MESSAGES: &str = "SELECT party_id, id, at, audience, recipients, text FROM party_messages ORDER BY party_id, id";

    /// Ends that are not after the start, or more than 72 hours after it.
    const LIST_ENDS_OUT_OF_RANGE: &str = "SELECT id FROM parties
        WHERE ends_at NOT BETWEEN starts_at + 1 AND starts_at + 259200000";

    const LIST_PARTIES: &str = concat!("SELECT ", party_columns!(), ", venue, main_dish, details, address, invitation,
            search_key
        FROM parties JOIN users ON users.id = host_id
        ORDER BY parties.id");

    const LIST_RSVPS: &str = "SELECT id, answer, heads, given_up_heads, given_up_at, note, allergies FROM rsvps ORDER BY id";

    /// The heads and the waiting list of each party. (PostgreSQL's sum of integers is a `numeric`.)
    const COUNT_HEADS: &str = "SELECT id, seats, taken, waiting, 1 + CAST((
            SELECT coalesce(sum(heads), 0) FROM rsvps WHERE party_id = parties.id AND answer = 'seated'
        ) AS BIGINT) AS counted, (
            SELECT count(*) FROM rsvps WHERE party_id = parties.id AND answer = 'waitlisted'
        ) AS counted_waiting
        FROM parties ORDER BY id";

    /// Groups that are larger than the party allows now were there before its host lowered the maximum.
    const LIST_HEADS_OUT_OF_RANGE: &str = "SELECT id, party_id, heads FROM rsvps
        WHERE answer IN ('seated', 'waitlisted') AND heads NOT BETWEEN 1 AND 10";
}

const INVARIANTS: &[InvariantCheck] = &[
    (Invariant::HostIsNoGuest, "rsvps", LIST_RSVPS_OF_HOSTS),
    (Invariant::DeletedHostHasNoParty, "parties", LIST_PARTIES_OF_LEAVING),
    (Invariant::DeletedGuestHasNoSeat, "rsvps", LIST_SEATS_OF_LEAVING),
    (Invariant::DeletedHostHasNoAddress, "parties", LIST_ADDRESSES_OF_DELETED),
    (Invariant::DeletedHostHasNoMessage, "party_messages", LIST_MESSAGES_OF_DELETED),
    (Invariant::DeletedGuestHasNoNote, "rsvps", LIST_NOTES_OF_DELETED),
    (Invariant::PartyWithTextsIsMarked, "parties", LIST_UNMARKED_TEXTS),
    (Invariant::GuestHasOneRsvp, "rsvps", LIST_SECOND_RSVPS),
    (Invariant::PlaceIsUnique, "rsvps", LIST_SHARED_PLACES),
    (Invariant::PlaceIsInRange, "parties", LIST_PLACES_OUT_OF_RANGE),
    (Invariant::FirstGuestsAreCurrent, "parties", LIST_STALE_FIRST_GUESTS),
    (Invariant::DeadlineIsBeforeStart, "parties", LIST_LATE_DEADLINES),
    (Invariant::EndIsAfterStart, "parties", LIST_ENDS_OUT_OF_RANGE),
    (Invariant::TimestampIsInRange, "parties", LIST_PARTIES_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "rsvps", LIST_RSVPS_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "party_history", LIST_HISTORY_OUT_OF_TIME),
    (Invariant::TimestampIsInRange, "party_messages", LIST_MESSAGES_OUT_OF_TIME),
];

const _: () = assert!(Heads::MAX == 10, "the range of `LIST_HEADS_OUT_OF_RANGE`");

struct PartyValues {
    party: PartyRow,
    venue: String,
    main_dish: String,
    details: Option<String>,
    address: Option<String>,
    invitation: Option<String>,
    search_key: String,
}

from_row!(PartyValues { party: .., venue, main_dish, details, address, invitation, search_key });

struct RsvpRow {
    id: i64,
    answer: String,
    heads: i64,
    given_up_heads: Option<i64>,
    given_up_at: Option<i64>,
    note: Option<String>,
    allergies: Option<String>,
}

from_row!(RsvpRow { id, answer, heads, given_up_heads, given_up_at, note, allergies });

struct CountedRow {
    id: i64,
    seats: i64,
    taken: i64,
    waiting: i64,
    counted: i64,
    counted_waiting: i64,
}

from_row!(CountedRow { id, seats, taken, waiting, counted, counted_waiting });

struct HeadsRow {
    id: i64,
    party_id: i64,
    heads: i64,
}

from_row!(HeadsRow { id, party_id, heads });

pub(super) async fn check<D: Dialect>(
    connection: &mut D::Connection,
    now: Timestamp,
    report: Report<'_>,
) -> sqlx::Result<()> {
    check_references::<D>(connection, LIST_DANGLING, report).await?;
    list_dangling::<D>(connection, LIST_DANGLING_HISTORY, report).await?;
    check_invariants::<D>(connection, INVARIANTS, report).await?;
    let idle = query_scalar::<D, i64>(LIST_IDLE_SEATS).bind(now.as_millis()).fetch_all(&mut *connection).await?;
    for row in idle {
        report(Violation::Invariant { table: "rsvps", row, invariant: Invariant::NoSeatIsIdle });
    }
    check_rows::<D, PartyValues>(connection, ("parties", LIST_PARTIES), report, check_party).await?;
    check_rows::<D, RsvpRow>(connection, ("rsvps", LIST_RSVPS), report, check_rsvp).await?;
    check_rows::<D, MessageRow>(connection, ("party_messages", LIST_MESSAGES), report, check_message).await?;
    check_rows::<D, CountedRow>(connection, ("parties", COUNT_HEADS), report, check_counts).await?;
    check_rows::<D, HeadsRow>(connection, ("rsvps", LIST_HEADS_OUT_OF_RANGE), report, report_heads).await
}

fn check_party(row: PartyValues, report: Report<'_>) {
    let PartyValues { party, venue, main_dish, details, address, invitation, search_key } = row;
    let (id, at) = (party.id, ("parties", party.id));
    let text = |stored, column| ShortText::from_stored(stored).map_err(corrupt("parties", column, id));
    let venue = check_value(text(venue, "venue"), at, report);
    let main_dish = check_value(text(main_dish, "main_dish"), at, report);
    let details = details.map(Details::from_stored).transpose().map_err(corrupt("parties", "details", id));
    let details = check_value(details, at, report).flatten();
    let address = address.map(Address::from_stored).transpose().map_err(corrupt("parties", "address", id));
    check_value(address, at, report);
    let token = LinkToken::parse(invitation.as_deref().unwrap_or_default());
    check_value(token.map_err(corrupt("parties", "invitation", id)), at, report);
    check_value(party.state(), at, report);
    check_value(party.visibility(), at, report);
    check_value(party.seats(), at, report);
    check_value(party.taken(), at, report);
    check_value(party.waiting(), at, report);
    check_value(party.max_companions(), at, report);
    check_value(party.names_shown_to(), at, report);
    let Some(heading) = check_value(party.heading(), at, report) else { return };
    check_derived(party.zone == heading.date.zone().as_str(), ("parties", "zone", id), report);
    check_derived(heading.date.matches_zone_data(), ("parties", "starts_at", id), report);
    if let (Some(venue), Some(main_dish)) = (venue, main_dish) {
        let details = details.as_ref().map(Details::as_str);
        let key = party_search_key(heading.host.as_str(), main_dish.as_str(), venue.as_str(), details);
        check_derived(search_key == key, ("parties", "search_key", id), report);
    }
}

fn check_rsvp(row: RsvpRow, report: Report<'_>) {
    let at = ("rsvps", row.id);
    check_value(answer(&row.answer, row.heads, row.id), at, report);
    check_value(given_up(row.given_up_heads, row.given_up_at, row.id), at, report);
    check_value(note(row.note, row.id), at, report);
    check_value(allergies(row.allergies, row.id), at, report);
}

fn check_message(row: MessageRow, report: Report<'_>) {
    let party = row.party_id;
    check_value(row.parse(), ("party_messages", party), report);
}

fn check_counts(row: CountedRow, report: Report<'_>) {
    let CountedRow { id: party, seats, taken, waiting, counted, counted_waiting } = row;
    if taken != counted {
        report(Violation::Taken { party, taken, counted });
    }
    if counted > seats {
        report(Violation::Overbooked { party, seats, counted });
    }
    if waiting != counted_waiting {
        report(Violation::Waiting { party, waiting, counted: counted_waiting });
    }
}

fn report_heads(row: HeadsRow, report: Report<'_>) {
    let HeadsRow { id: rsvp, party_id: party, heads } = row;
    report(Violation::Heads { party, rsvp, heads, max: Heads::MAX.into() });
}
