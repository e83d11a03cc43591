//! Whether what is stored parses as the domain's types, and is what it is derived from: keys from names, the moment of a
//! party from its local time and zone.

use domain::credential::PasswordHash;
use domain::party::ShortText;
use domain::user::{Email, Username};
use domain::{CorruptValue, caseless_key};
use sqlx::FromRow;

use super::Violation;
use super::check::{IsVerifiable, Tell, each};
use crate::engine::dialect::Dialect;
use crate::error::corrupt;
use crate::parties::row::{PartyRow, answer};

const USERS: &str = "SELECT id, username, username_key, email, email_key FROM users ORDER BY id";
const CREDENTIALS: &str = "SELECT user_id, password_hash FROM credentials ORDER BY user_id";
const PARTIES: &str = "SELECT parties.id, host_id, username AS host, local_time, zone, starts_at, state, rsvp_deadline, \
     seats, taken, venue, main_dish, search_key FROM parties JOIN users ON users.id = host_id ORDER BY parties.id";
const RSVPS: &str = "SELECT id, answer, heads, place FROM rsvps ORDER BY id";

#[derive(FromRow)]
struct UserValues {
    id: i64,
    username: String,
    username_key: String,
    email: String,
    email_key: String,
}

#[derive(FromRow)]
struct PartyValues {
    #[sqlx(flatten)]
    party: PartyRow,
    venue: String,
    main_dish: String,
    search_key: String,
}

#[derive(FromRow)]
struct AnswerValues {
    id: i64,
    answer: String,
    heads: i64,
    place: Option<i64>,
}

pub(super) async fn check<D: Dialect>(
    connection: &mut D::Connection,
    is_verifiable: IsVerifiable<'_>,
    tell: Tell<'_>,
) -> sqlx::Result<()> {
    each::<D, UserValues>(connection, ("users", USERS), tell, user).await?;
    each::<D, (i64, String)>(connection, ("credentials", CREDENTIALS), tell, |(user, hash), tell| {
        if !is_verifiable(&PasswordHash::new(hash)) {
            wrong(("credentials", "password_hash", user), "no password can be held against it", tell);
        }
    })
    .await?;
    each::<D, PartyValues>(connection, ("parties", PARTIES), tell, party).await?;
    each::<D, AnswerValues>(connection, ("rsvps", RSVPS), tell, |row, tell| {
        told(answer(&row.answer, row.heads, row.place, row.id), ("rsvps", row.id), tell);
    })
    .await
}

fn user(row: UserValues, tell: Tell<'_>) {
    let at = ("users", row.id);
    if let Some(name) =
        told(Username::from_stored(row.username).map_err(corrupt("users", "username", row.id)), at, tell)
    {
        derived(row.username_key == name.key(), ("users", "username_key", row.id), tell);
    }
    if let Some(email) = told(Email::from_stored(row.email).map_err(corrupt("users", "email", row.id)), at, tell) {
        derived(row.email_key == email.key(), ("users", "email_key", row.id), tell);
    }
}

fn party(row: PartyValues, tell: Tell<'_>) {
    let id = row.party.id;
    let at = ("parties", id);
    let venue = told(ShortText::from_stored(row.venue).map_err(corrupt("parties", "venue", id)), at, tell);
    let dish = told(ShortText::from_stored(row.main_dish).map_err(corrupt("parties", "main_dish", id)), at, tell);
    told(row.party.state(), at, tell);
    told(row.party.seats(), at, tell);
    told(row.party.taken(), at, tell);
    let Some(heading) = told(row.party.heading(), at, tell) else { return };
    derived(heading.date.matches_zone_data(), ("parties", "starts_at", id), tell);
    if let (Some(venue), Some(dish)) = (venue, dish) {
        let key = caseless_key(&format!("{}\n{venue}\n{dish}", heading.host));
        derived(row.search_key == key, ("parties", "search_key", id), tell);
    }
}

/// What parsed, or `None` once it is told why it did not.
fn told<T>(parsed: sqlx::Result<T>, (table, row): (&'static str, i64), tell: Tell<'_>) -> Option<T> {
    let error = match parsed {
        Ok(value) => return Some(value),
        Err(sqlx::Error::Decode(cause)) => match cause.downcast::<CorruptValue>() {
            Ok(value) => {
                if value.table == table {
                    tell(Violation::Value(*value)); // else it is told with the rows of its own table
                }
                return None;
            }
            Err(cause) => cause.to_string(),
        },
        Err(error) => error.to_string(),
    };
    tell(Violation::Unreadable { table, row: Some(row), said: error });
    None
}

fn derived(is_so: bool, at: (&'static str, &'static str, i64), tell: Tell<'_>) {
    if !is_so {
        wrong(at, "it is not what it is derived from", tell);
    }
}

fn wrong((table, column, row): (&'static str, &'static str, i64), why: &'static str, tell: Tell<'_>) {
    tell(Violation::Value(CorruptValue { table, column, row, source: why.into() }));
}
