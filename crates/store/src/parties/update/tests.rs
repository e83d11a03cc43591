//! That the lock is needed: the same statements in the wrong form overbook. Two guests ask for the last seat, and each
//! meets the other between reading and saving, unless a lock keeps one of them out.

use std::sync::Arc;
use std::time::Duration;

use domain::party::{Heads, NewParty, PartyDate, Seats, ShortText, Zone};
use domain::user::{Email, NewUser, Username};
use domain::{AccountPorts, Timestamp};
use sqlx::{Connection as _, Sqlite, SqliteConnection};
use test_support::{Postgres, sqlite_url};
use tokio::sync::Barrier;
use tokio::time::timeout;

use super::*;
use crate::PartyStore;
use crate::embed::{Database, Engine};
use crate::engine::dialect::is_busy;
use crate::plan::{assert_walks_an_index, plan};

const ROUNDS: usize = 3;
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

/// One of two who ask.
#[derive(Clone)]
struct Attempt {
    party: PartyId,
    guest: UserId,
    meeting: Arc<Barrier>,
    patience: Duration,
}

impl Attempt {
    /// The other one has read too, or cannot.
    async fn meet(&self) {
        let _ = timeout(self.patience, self.meeting.wait()).await;
    }

    fn accept(&self, party: &mut Party) -> Outcome {
        party.accept(self.guest, Heads::ONE, NOW).unwrap()
    }
}

/// Everything that `update` does, but for the lock.
fn without_the_lock<'j, D: Dialect>(
    connection: &'j mut D::Connection,
    attempt: &'j Attempt,
) -> BoxFuture<'j, Result<Outcome, WriteError>> {
    Box::pin(async move {
        let stored = Stored::load::<D>(connection, attempt.party, Some(attempt.guest)).await?.unwrap();
        attempt.meet().await;
        let mut party = stored.party.clone();
        let outcome = attempt.accept(&mut party);
        stored.save::<D>(connection, &party).await?;
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

/// Parties with one seat beside the host's.
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
            let new = NewUser { username: Username::parse(name).unwrap(), email, joined_at: NOW };
            *user = ports.users.add(new, domain::credential::PasswordHash::new("$".into())).await.unwrap().id;
        }
        Self { store, url, _folder: folder, users }
    }

    async fn on_postgres() -> Self {
        Self::new(Some(Postgres::shared().await.unwrap().database().await.unwrap())).await
    }

    async fn attempts(&self, patience: Duration) -> [Attempt; 2] {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let party = NewParty {
            host: self.users[0],
            date: PartyDate::from_stored("2031-01-15T19:00:00", zone, NOW + Duration::from_secs(9)).unwrap(),
            venue: ShortText::parse("Chez Zoé").unwrap(),
            main_dish: ShortText::parse("Lasagne").unwrap(),
            seats: Seats::new(2).unwrap(),
            idempotency_key: None,
        };
        let party = self.store.parties().add(party).await.unwrap();
        let meeting = Arc::new(Barrier::new(2));
        [1, 2].map(|n| Attempt { party, guest: self.users[n], meeting: Arc::clone(&meeting), patience })
    }

    async fn seated(&self, attempt: &Attempt) -> usize {
        self.store.parties().find(attempt.party, attempt.guest).await.unwrap().unwrap().guests.len()
    }
}

/// How many hold the one seat after each round.
async fn rounds<D: Dialect, F: Future<Output = ()>>(
    race: &Race,
    engine: &Engine<D>,
    patience: Duration,
    ask: impl Fn(Engine<D>, Attempt) -> F,
) -> Vec<usize> {
    let mut seated = vec![];
    for _ in 0..ROUNDS {
        let [one, other] = race.attempts(patience).await;
        tokio::join!(ask(engine.clone(), one.clone()), ask(engine.clone(), other));
        seated.push(race.seated(&one).await);
    }
    seated
}

/// Long enough for two who can meet, since that is what breaks the wrong forms.
const LONG: Duration = Duration::from_secs(20);
/// Long enough to show that two who wait for one another's lock do not.
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn without_the_row_lock_postgres_gives_a_seat_twice_and_with_it_once() {
    let race = Race::on_postgres().await;
    let Database::Postgres(engine) = race.store.accounts().database() else { panic!("not PostgreSQL") };

    let wrong = rounds(&race, engine, LONG, async |engine, attempt| {
        engine.writer.write(attempt, without_the_lock::<sqlx::Postgres>).await.unwrap();
    });
    assert_eq!(wrong.await, [2; ROUNDS]);

    let right = rounds(&race, engine, SHORT, async |engine, attempt| {
        engine.writer.write(attempt, with_the_lock::<sqlx::Postgres>).await.unwrap();
    });
    assert_eq!(right.await, [1; ROUNDS]);
}

#[tokio::test]
async fn read_outside_the_write_sqlite_gives_a_seat_twice_and_inside_once() {
    let race = Race::new(None).await;
    let Database::Sqlite(engine) = race.store.accounts().database() else { panic!("not SQLite") };

    let wrong = rounds(&race, engine, LONG, async |engine, attempt| {
        let mut reader = engine.read.pool().acquire().await.unwrap();
        let stored = Stored::load::<Sqlite>(&mut reader, attempt.party, Some(attempt.guest)).await.unwrap().unwrap();
        attempt.meet().await;
        let mut party = stored.party.clone();
        attempt.accept(&mut party);
        let saved = engine.writer.write((stored, party), |connection, (stored, party)| {
            Box::pin(async move { Ok::<_, WriteError>(stored.save::<Sqlite>(connection, party).await?) })
        });
        saved.await.unwrap();
    });
    assert_eq!(wrong.await, [2; ROUNDS]);

    let right = rounds(&race, engine, SHORT, async |engine, attempt| {
        engine.writer.write(attempt, with_the_lock::<Sqlite>).await.unwrap();
    });
    assert_eq!(right.await, [1; ROUNDS]);
}

/// As two processes: each with a connection of its own to the file.
#[tokio::test]
async fn with_a_plain_begin_sqlite_fails_at_once_and_with_an_immediate_one_waits() {
    let race = Race::new(None).await;
    for (begin, patience, locked_out) in [("BEGIN", LONG, 1), (Sqlite::BEGIN_WRITE, SHORT, 0)] {
        for _ in 0..ROUNDS {
            let attempts = race.attempts(patience).await;
            let ask = async |attempt: &Attempt| {
                let mut connection = SqliteConnection::connect(&race.url).await.unwrap();
                let mut transaction = connection.begin_with(begin).await?;
                match with_the_lock::<Sqlite>(&mut transaction, attempt).await {
                    Ok(_) => transaction.commit().await,
                    Err(WriteError::Failed(error)) => Err(error),
                    Err(other) => panic!("{other}"),
                }
            };
            let told = tokio::join!(ask(&attempts[0]), ask(&attempts[1]));
            let failed = [told.0, told.1].into_iter().filter_map(Result::err).collect::<Vec<_>>();
            assert_eq!((failed.len(), failed.iter().all(is_busy)), (locked_out, true), "{begin}: {failed:?}");
            assert_eq!(race.seated(&attempts[0]).await, 1);
        }
    }
}

/// On a table of a thousand as on one of ten.
#[tokio::test]
async fn a_change_looks_at_nothing_but_what_it_needs() {
    for sql in [LOAD, SAVE] {
        assert_walks_an_index(sql).await;
    }
    let steps = plan(LOAD_ANSWERS).await;
    let searches = steps.iter().filter(|step| step.starts_with("SEARCH rsvps")).collect::<Vec<_>>();
    let [own, waiting] = searches[..] else { panic!("{steps:#?}") };
    assert!(own.contains("(party_id=? AND guest_id=?)") && waiting.contains("(party_id=? AND answer=?)"), "{steps:#?}");
}

/// A double click, or an answer that holds no seat: on SQLite a commit without a write costs no sync of the disk.
#[tokio::test]
async fn what_did_not_change_is_not_written() {
    let race = Race::new(None).await;
    let Database::Sqlite(engine) = race.store.accounts().database() else { panic!("not SQLite") };
    let [attempt, other] = race.attempts(SHORT).await;
    let say = async |guest: UserId, rule: fn(&mut Party, UserId) -> Outcome| {
        let change: PartyChange = Arc::new(move |party| Ok(rule(party, guest)));
        race.store.parties().update(attempt.party, Some(guest), change).await
    };
    let accept = |party: &mut Party, guest| party.accept(guest, Heads::ONE, NOW).unwrap();
    let decline = |party: &mut Party, guest| party.decline(guest, NOW).unwrap();
    say(attempt.guest, accept).await.unwrap();
    for table in ["parties", "rsvps"] {
        let sql = format!("CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} BEGIN SELECT raise(ABORT, 'no'); END");
        let create = engine.writer.write(sql, |connection, sql| {
            #[expect(clippy::disallowed_methods, reason = "a trigger of this test")]
            let sql = sqlx::AssertSqlSafe(sql.clone());
            Box::pin(async move { Ok::<_, WriteError>(query::<Sqlite>(sql).execute(connection).await.map(|_| ())?) })
        });
        create.await.unwrap();
    }

    assert!(matches!(say(attempt.guest, accept).await, Ok(Outcome::AlreadySeated(_))));
    assert!(matches!(say(other.guest, accept).await, Ok(Outcome::Full(_))));
    assert!(matches!(say(other.guest, decline).await, Ok(Outcome::Declined(_)))); // a row of its own
    assert!(matches!(say(attempt.guest, decline).await, Err(UpdateError::Store(_)))); // the trigger works
}
