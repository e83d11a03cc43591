//! What hostile users store in a day at the default quotas: the parties that they host, and the seats that they take at each
//! other's parties. Measurements compare the pages of an honest user with and without them.

use domain::Timestamp;
use domain::party::{PartyDate, PartyEnd, Quotas, Zone, parse_date, parse_time, party_search_key};
use store::embed::sqlx::query;
use store::embed::{Dialect, OpenDatabase};

use super::{add_users, link_token, username};

const DISH: &str = "Free dinner for all";
const VENUE: &str = "Next door";
/// Above the tokens of all other parties.
const FIRST_LINK: i64 = 1 << 40;

/// The new users, from the number `first` on. User 0 has the id `first_id`.
#[derive(Clone, Copy)]
pub(super) struct Hostile {
    pub(super) first_id: i64,
    pub(super) first: i64,
    pub(super) count: i64,
}

impl Hostile {
    /// Adds the users, their parties and their RSVPs.
    pub(super) async fn add<D: Dialect>(self, database: &OpenDatabase<D>, hash: String) -> anyhow::Result<()> {
        let users: Vec<i64> = (self.first..self.first + self.count).collect();
        add_users(database, users.clone(), hash).await?;
        for user in &users {
            self.add_parties(database, *user).await?;
        }
        for user in users {
            self.take_seats(database, self.first_id + user).await?;
        }
        self.count_seats(database).await
    }

    /// The parties of a day, one every two minutes until 03:20 of 2 January 2026. At 00:00 of that day 100 are upcoming. The
    /// tables of every second host are full.
    async fn add_parties<D: Dialect>(self, database: &OpenDatabase<D>, user: i64) -> anyhow::Result<()> {
        let Quotas { max_upcoming_parties, max_hosted_per_hour, .. } = Quotas::default();
        let (hosted, upcoming) = (24 * i64::from(max_hosted_per_hour), i64::from(max_upcoming_parties));
        let midnight = PartyDate::resolve(parse_date("2026-01-02")?, parse_time("00:00")?, Zone::parse("UTC")?)?;
        let date = |party: i64| {
            let minutes = 2 * (party + 1 + upcoming - hosted);
            midnight.at_in_same_zone(Timestamp::from_millis(midnight.starts_at().as_millis() + minutes * 60_000))
        };
        let dates: Vec<_> = (0..hosted).map(|party| (FIRST_LINK + user * hosted + party, date(party))).collect();
        let added = database.writer.write((self.first_id + user, user, dates), |connection, (host, user, dates)| {
            Box::pin(async move {
                let key = party_search_key(&username(*user), DISH, VENUE, None);
                for (link, date) in dates {
                    let add = "INSERT INTO parties (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, \
                               rsvp_deadline, ends_at, invitation) VALUES ($1, $2, 'UTC', $3, $4, $5, $6, 1000, $3, $7, $8)";
                    query::<D>(add)
                        .bind(*host)
                        .bind(date.local())
                        .bind(date.starts_at().as_millis())
                        .bind(VENUE)
                        .bind(DISH)
                        .bind(key.as_str())
                        .bind(PartyEnd::default_of(date).at().as_millis())
                        .bind(link_token(*link).to_string())
                        .execute(&mut *connection)
                        .await?;
                }
                Ok(())
            })
        });
        Ok(added.await.map_err(domain::StoreError::from)?)
    }

    /// As many RSVPs of a guest as the quota allows in a day, or as there are parties of others.
    async fn take_seats<D: Dialect>(self, database: &OpenDatabase<D>, guest: i64) -> anyhow::Result<()> {
        let most = 24 * i64::from(Quotas::default().max_rsvps_per_hour);
        let taken = database.writer.write((self, guest, most), |connection, (hostile, guest, most)| {
            Box::pin(async move {
                let add = "INSERT INTO rsvps (party_id, guest_id, answer, heads, place) SELECT id, $1, 'seated', 1, $1 FROM parties \
                           WHERE host_id BETWEEN $2 AND $3 AND host_id <> $1 ORDER BY (id * 7919 + $1 * 104729) % 10007, id LIMIT ($4 + 0)";
                let (first, last) = hostile.ids();
                query::<D>(add).bind(*guest).bind(first).bind(last).bind(*most).execute(connection).await?;
                Ok(())
            })
        });
        Ok(taken.await.map_err(domain::StoreError::from)?)
    }

    async fn count_seats<D: Dialect>(self, database: &OpenDatabase<D>) -> anyhow::Result<()> {
        let counted = database.writer.write(self, |connection, hostile| {
            Box::pin(async move {
                let count = "UPDATE parties SET \
                    taken = 1 + (SELECT count(*) FROM rsvps WHERE party_id = parties.id AND answer = 'seated'), \
                    last_place = (SELECT coalesce(max(place), 0) FROM rsvps WHERE party_id = parties.id), \
                    first_guests = (SELECT coalesce(string_agg(guest, ' '), '') FROM ( \
                        SELECT username || '/' || heads AS guest FROM rsvps JOIN users ON users.id = guest_id \
                        WHERE party_id = parties.id AND answer = 'seated' ORDER BY place LIMIT 2) AS guests) \
                    WHERE host_id BETWEEN $1 AND $2";
                let full = "UPDATE parties SET seats = taken WHERE host_id BETWEEN $1 AND $2 AND host_id % 2 = 0";
                let (first, last) = hostile.ids();
                for sql in [count, full] {
                    query::<D>(sql).bind(first).bind(last).execute(&mut *connection).await?;
                }
                Ok(())
            })
        });
        Ok(counted.await.map_err(domain::StoreError::from)?)
    }

    /// The first and the last id of the users.
    fn ids(self) -> (i64, i64) {
        (self.first_id + self.first, self.first_id + self.first + self.count - 1)
    }
}
