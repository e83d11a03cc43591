//! Negative controls: without the lock the same statements overbook. Two guests accept the last seat, and each waits for the
//! other between reading and saving, unless a lock excludes that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use domain::party::{Heads, NewParty, Party, PartyDate, Refusal, Seats, ShortText, Zone};
use domain::user::{Email, NewUser, Username};
use domain::{AccountPorts, Timestamp};
use sqlx::{Connection as _, PgConnection, Postgres, SqlSafeStr as _, Sqlite, SqliteConnection};
use test_support::sqlite_url;
use tokio::sync::Barrier;
use tokio::time::timeout;

use super::load::{LOAD, LOAD_FITTING, LOAD_RSVPS};
use super::save::{SAVE, SAVE_RSVPS, SAVE_SEATS};
use super::*;
use crate::PartyStore;
use crate::embed::{Database, OpenDatabase};
use crate::engine::sqlite::error_code::is_busy;
use crate::plan::{assert_uses_indexes, query_plan};

const ROUNDS: usize = 3;
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

/// One of two guests who accept at the same time.
#[derive(Clone)]
struct Attempt {
    party: PartyId,
    guest: UserId,
    barrier: Arc<Barrier>,
    barrier_timeout: Duration,
}

impl Attempt {
    /// Waits until the other guest's transaction has read too, or for the timeout if a lock excludes that.
    async fn wait_for_the_other(&self) {
        let _ = timeout(self.barrier_timeout, self.barrier.wait()).await;
    }

    fn accept(&self, party: &mut Party) -> Outcome {
        party.accept(self.guest, Heads::ONE, NOW).unwrap()
    }
}

/// A change by `guest` and about `guest`.
fn changing(
    guest: UserId,
    rule: impl Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync + 'static,
) -> PartyChange {
    Arc::new(move |party| Ok(Changed::by(party, guest, Some(guest), &rule)?))
}

/// The error of a save that does not refuse.
fn as_failure(error: WriteError<UpdateError>) -> WriteError {
    match error {
        WriteError::Failed(error) => error.into(),
        refused => panic!("{refused:?}"),
    }
}

/// What `update` does, without the lock.
fn without_the_lock<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    attempt: &'j Attempt,
) -> BoxFuture<'j, Result<Outcome, WriteError>> {
    Box::pin(async move {
        let stored = StoredParty::load::<D>(connection, attempt.party, Some(attempt.guest), None).await?.unwrap();
        attempt.wait_for_the_other().await;
        let mut party = stored.party.clone();
        let outcome = attempt.accept(&mut party);
        stored.save::<D>(connection, &party).await.map_err(as_failure)?;
        Ok(outcome)
    })
}

fn with_the_lock<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    attempt: &'j Attempt,
) -> BoxFuture<'j, Result<Outcome, WriteError>> {
    Box::pin(async move {
        lock::<D>(connection, attempt.party).await?;
        without_the_lock::<D>(connection, attempt).await
    })
}

/// Parties with one seat besides the host's.
struct Race {
    store: PartyStore,
    url: String,
    _folder: tempfile::TempDir,
    users: [UserId; 3],
}

impl Race {
    async fn new(url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url.unwrap_or_else(|| sqlite_url(&folder));
        let store = PartyStore::connect(&url).await.unwrap();
        let ports: AccountPorts = store.accounts().clone().into();
        let mut users = [UserId::new(0); 3];
        for (user, name) in users.iter_mut().zip(["ada", "ben", "cleo"]) {
            let email = Email::parse(&format!("{name}@example.com")).unwrap();
            let new = NewUser {
                username: Username::parse(name).unwrap(),
                email,
                joined_at: NOW,
                registration_key: None,
                code: None,
            };
            *user = ports
                .users
                .add(new, domain::credential::PasswordHash::new("$".into()), domain::Alongside::nothing())
                .await
                .unwrap()
                .id;
        }
        Self { store, url, _folder: folder, users }
    }

    async fn on_postgres() -> Self {
        Self::new(Some(test_support::Postgres::shared().await.unwrap().database().await.unwrap())).await
    }

    async fn attempts(&self, barrier_timeout: Duration) -> [Attempt; 2] {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let party = NewParty::new(
            self.users[0],
            PartyDate::from_stored("2031-01-15T19:00:00", zone, NOW + Duration::from_secs(9)).unwrap(),
            ShortText::parse("Chez Zoé").unwrap(),
            ShortText::parse("Lasagne").unwrap(),
            Seats::new(2).unwrap(),
            LinkToken::new(u128::from(COUNT.fetch_add(1, Relaxed)).to_be_bytes()),
        );
        let party = self.store.parties().add(party, None).await.unwrap();
        let barrier = Arc::new(Barrier::new(2));
        [1, 2].map(|n| Attempt { party, guest: self.users[n], barrier: Arc::clone(&barrier), barrier_timeout })
    }

    async fn seated(&self, attempt: &Attempt) -> usize {
        self.store.parties().find(attempt.party, attempt.guest).await.unwrap().unwrap().guests.len()
    }
}

/// Returns how many guests are seated after each round.
async fn rounds<D: Dialect, F: Future<Output = ()>>(
    race: &Race,
    database: &OpenDatabase<D>,
    barrier_timeout: Duration,
    accept: impl Fn(OpenDatabase<D>, Attempt) -> F,
) -> Vec<usize> {
    let mut seated = vec![];
    for _ in 0..ROUNDS {
        let [one, other] = race.attempts(barrier_timeout).await;
        tokio::join!(accept(database.clone(), one.clone()), accept(database.clone(), other));
        seated.push(race.seated(&one).await);
    }
    seated
}

/// For two transactions that run at the same time: never elapses.
const LONG_TIMEOUT: Duration = Duration::from_secs(20);
/// For two transactions of which one waits for the other's lock: always elapses.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn postgres_without_row_lock_seats_two_on_one_seat() {
    let race = Race::on_postgres().await;
    let Database::Postgres(database) = race.store.accounts().database() else { panic!("not PostgreSQL") };

    let wrong = rounds(&race, database, LONG_TIMEOUT, async |database, attempt| {
        database.writer.write(attempt, without_the_lock::<sqlx::Postgres>).await.unwrap();
    });
    assert_eq!(wrong.await, [2; ROUNDS]);

    let right = rounds(&race, database, SHORT_TIMEOUT, async |database, attempt| {
        database.writer.write(attempt, with_the_lock::<sqlx::Postgres>).await.unwrap();
    });
    assert_eq!(right.await, [1; ROUNDS]);
}

#[tokio::test]
async fn sqlite_read_outside_the_write_seats_two_on_one_seat() {
    let race = Race::new(None).await;
    let Database::Sqlite(database) = race.store.accounts().database() else { panic!("not SQLite") };

    let wrong = rounds(&race, database, LONG_TIMEOUT, async |database, attempt| {
        let mut reader = SqliteConnection::connect(&race.url).await.unwrap();
        let stored =
            StoredParty::load::<Sqlite>(&mut reader, attempt.party, Some(attempt.guest), None).await.unwrap().unwrap();
        attempt.wait_for_the_other().await;
        let mut party = stored.party.clone();
        attempt.accept(&mut party);
        let saved = database.writer.write((stored, party), |connection, (stored, party)| {
            Box::pin(async move { stored.save::<Sqlite>(connection, party).await.map_err(as_failure) })
        });
        saved.await.unwrap();
    });
    assert_eq!(wrong.await, [2; ROUNDS]);

    let right = rounds(&race, database, SHORT_TIMEOUT, async |database, attempt| {
        database.writer.write(attempt, with_the_lock::<Sqlite>).await.unwrap();
    });
    assert_eq!(right.await, [1; ROUNDS]);
}

/// As two processes, each with its own connection to the file.
#[tokio::test]
async fn sqlite_deferred_begin_fails_and_immediate_begin_waits() {
    let race = Race::new(None).await;
    for (begin, barrier_timeout, locked_out) in [("BEGIN", LONG_TIMEOUT, 1), (Sqlite::BEGIN_WRITE, SHORT_TIMEOUT, 0)] {
        for _ in 0..ROUNDS {
            let attempts = race.attempts(barrier_timeout).await;
            let accept = async |attempt: &Attempt| {
                let mut connection = SqliteConnection::connect(&race.url).await.unwrap();
                let mut transaction = connection.begin_with(begin).await?;
                match with_the_lock::<Sqlite>(&mut transaction, attempt).await {
                    Ok(_) => transaction.commit().await,
                    Err(WriteError::Failed(error)) => Err(error),
                    Err(other) => panic!("{other}"),
                }
            };
            let results = tokio::join!(accept(&attempts[0]), accept(&attempts[1]));
            let failed = [results.0, results.1].into_iter().filter_map(Result::err).collect::<Vec<_>>();
            assert_eq!((failed.len(), failed.iter().all(is_busy)), (locked_out, true), "{begin}: {failed:?}");
            assert_eq!(race.seated(&attempts[0]).await, 1);
        }
    }
}

/// A statement that replaces the link of a party, in a transaction that commits after the update has begun.
async fn replace_link_during_update<D: Dialect>(mut connection: D::Connection, race: &Race) {
    let [attempt, _] = race.attempts(SHORT_TIMEOUT).await;
    let view = race.store.parties().find(attempt.party, race.users[0]).await.unwrap().unwrap();
    let (old, new) = (view.link.unwrap(), LinkToken::new([7; 16]));
    let mut replacing = connection.begin_with(D::BEGIN_WRITE.into_sql_str()).await.unwrap();
    link::replace::<D>(&mut replacing, attempt.party, new).await.unwrap();
    let guest = attempt.guest;
    let accept = changing(guest, move |party| party.accept(guest, Heads::ONE, NOW));
    let parties = race.store.parties();
    let accepting = tokio::spawn(async move { parties.update_by_link(old, guest, accept, None, NOW).await });
    tokio::time::sleep(SHORT_TIMEOUT).await; // the update waits for the lock
    assert!(!accepting.is_finished());

    replacing.commit().await.unwrap();

    let result = accepting.await.unwrap();
    assert!(matches!(result, Err(UpdateError::NotFound)), "{result:?}");
    assert_eq!(race.seated(&attempt).await, 0);
}

/// The token is compared under the lock of the party.
#[tokio::test]
async fn link_that_is_replaced_during_an_update_is_unknown() {
    let race = Race::new(None).await;
    let connection = SqliteConnection::connect(&race.url).await.unwrap();
    replace_link_during_update::<Sqlite>(connection, &race).await;
    let race = Race::on_postgres().await;
    let connection = PgConnection::connect(&race.url).await.unwrap();
    replace_link_during_update::<Postgres>(connection, &race).await;
}

/// At a party of a thousand guests as at one of ten.
#[tokio::test]
async fn change_reads_only_the_rows_that_it_needs() {
    for sql in [LOAD, SAVE, SAVE_SEATS, LOAD_RSVPS, LOAD_FITTING] {
        assert_uses_indexes(sql).await;
    }
    let steps = query_plan(LOAD_FITTING).await;
    let by_heads = |step: &&String| step.contains("rsvps_waiting (party_id=? AND heads=?)");
    assert_eq!(steps.iter().filter(by_heads).count(), 10, "{steps:#?}");
    let steps = query_plan(LOAD).await;
    assert!(steps.iter().any(|step| step.contains("(party_id=? AND guest_id=?)")), "{steps:#?}");
    assert!(steps.iter().any(|step| step.contains("(party_id=? AND answer=? AND place<?)")), "{steps:#?}");
    let steps = query_plan(SAVE_RSVPS.sqlite).await;
    assert!(!steps.iter().any(|step| step.contains("rsvps")), "{steps:#?}");
}

/// A double click, or an answer that holds no seat. On SQLite a commit without a write costs no fsync.
#[tokio::test]
async fn unchanged_rows_are_not_written() {
    let race = Race::new(None).await;
    let Database::Sqlite(database) = race.store.accounts().database() else { panic!("not SQLite") };
    let [attempt, other] = race.attempts(SHORT_TIMEOUT).await;
    let respond = async |guest: UserId, rule: fn(&mut Party, UserId) -> Outcome| {
        let change = changing(guest, move |party| Ok(rule(party, guest)));
        race.store.parties().update(attempt.party, Some(guest), change, None, NOW).await
    };
    let accept = |party: &mut Party, guest| party.accept(guest, Heads::ONE, NOW).unwrap();
    let decline = |party: &mut Party, guest| party.decline(guest, NOW).unwrap();
    respond(attempt.guest, accept).await.unwrap();
    for table in ["parties", "rsvps"] {
        let sql = format!("CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} BEGIN SELECT raise(ABORT, 'no'); END");
        let create = database.writer.write(sql, |connection, sql| {
            #[expect(clippy::disallowed_methods, reason = "a trigger of this test")]
            let sql = sqlx::AssertSqlSafe(sql.clone());
            Box::pin(async move { Ok::<_, WriteError>(query::<Sqlite>(sql).execute(connection).await.map(|_| ())?) })
        });
        create.await.unwrap();
    }

    assert!(matches!(respond(attempt.guest, accept).await, Ok(Outcome::AlreadySeated(_))));
    assert!(matches!(respond(other.guest, decline).await, Ok(Outcome::Declined(_)))); // a row of its own is inserted
    assert!(matches!(respond(attempt.guest, decline).await, Err(UpdateError::Store(_)))); // the trigger works
}
