//! The maintenance task over a real database, with parties, and in two processes at once.

use std::time::Duration;

use accounts::{Maintenance, Pass};
use domain::party::{
    Allergies, GuestAnswer, GuestCommand, GuestNote, PartyDate, PartyEnd, RsvpTexts, TextChange, TextChanges,
};
use store::embed::Database;
use store::embed::sqlx::query_scalar;

use crate::common::{START, TestApp};

test_support::on_both_engines! { TestApp:
parties_that_are_over_are_marked
texts_of_guests_are_purged_after_30_days
of_six_processes_one_works_at_a_time
process_that_has_died_is_replaced }

const IDLE: Pass = Pass { has_lease: true, rows: 0, failures: 0 };

impl TestApp {
    /// The maintenance of a process of its own on the same database.
    fn maintenance(&self) -> Maintenance {
        self.endpoint().maintenance()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        match self.store.accounts().database() {
            Database::Sqlite(engine) => query_scalar(sql).fetch_one(&engine.read).await,
            Database::Postgres(engine) => query_scalar(sql).fetch_one(&engine.read).await,
        }
        .unwrap()
    }

    /// Adds parties of an hour that begin now.
    async fn add_parties(&self, host: &str, count: usize) {
        let host = self.add_user(host).await;
        for _ in 0..count {
            self.add_party(host, |party| {
                let zone = party.date.zone().clone();
                party.date = PartyDate::from_stored("2026-01-01T01:00:00", zone, START).unwrap();
                party.ends_at = PartyEnd::of(&party.date, START + Duration::from_hours(1)).unwrap();
            })
            .await;
        }
    }
}

async fn parties_that_are_over_are_marked(app: TestApp) {
    const MARKED: &str = "SELECT count(*) FROM parties WHERE is_over = 1";
    app.add_parties("ada", 3).await;
    let mut maintenance = app.maintenance();
    for (after, rows) in [(3_599, 0), (1, 3), (60, 0)] {
        app.clock.advance(Duration::from_secs(after));
        assert_eq!(maintenance.run_once().await, Pass { rows, ..IDLE });
    }
    assert_eq!(app.count(MARKED).await, 3);
    app.clock.set_back(Duration::from_hours(2));
    assert_eq!(app.maintenance().run_once().await, Pass { rows: 3, ..IDLE }, "the lease of the later time has ended");
    assert_eq!(app.count(MARKED).await, 0);
}

async fn texts_of_guests_are_purged_after_30_days(app: TestApp) {
    const TEXTS: &str = "SELECT count(*) FROM rsvps WHERE note IS NOT NULL OR allergies IS NOT NULL";
    let ada = app.add_user("ada").await;
    let party = app.add_party(ada, |_| ()).await;
    for name in ["ben", "cyd"] {
        let texts = TextChanges {
            note: TextChange::Replace(GuestNote::parse_optional("Hi").unwrap()),
            allergies: TextChange::Replace(Allergies::parse_optional("Nuts").unwrap()),
        };
        let guest = app.add_user(name).await;
        app.seat(&party, guest).await;
        app.answer(&party, guest, GuestAnswer { command: GuestCommand::Keep(None), texts }).await;
    }
    let ends_at = app.stored_party_of("ada", &party).await.unwrap().summary.ends_at;
    let mut maintenance = app.maintenance();
    app.clock.advance(ends_at.since(START) + RsvpTexts::RETENTION);
    app.clock.set_back(Duration::from_millis(1));
    // The party is marked as over, and notices of so long ago are removed.
    assert_eq!((maintenance.run_once().await.failures, app.count(TEXTS).await), (0, 2));
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(maintenance.run_once().await, Pass { rows: 3, ..IDLE }, "two RSVPs, and the mark of the party");
    assert_eq!((app.count(TEXTS).await, app.texts_of(&party, app.id_of("ben").await).await), (0, Default::default()));
    assert_eq!(maintenance.run_once().await, IDLE);
}

/// Six processes begin at the same moment, twenty times: one of them works each time, until all is done.
async fn of_six_processes_one_works_at_a_time(app: TestApp) {
    app.add_parties("ada", 20).await;
    let mut processes: Vec<_> = (0..6).map(|_| app.maintenance()).collect();
    let mut rows = 0;
    for round in 0..20 {
        app.clock.advance(Duration::from_hours(1));
        let passes = run_all(&mut processes).await;
        let working: Vec<_> = passes.iter().filter(|pass| pass.has_lease).collect();
        assert_eq!(working.len(), 1, "round {round}: {passes:?}");
        assert!(passes.iter().all(|pass| pass.failures == 0), "round {round}: {passes:?}");
        rows += working[0].rows;
    }
    assert_eq!(rows, 20);
}

async fn run_all(processes: &mut Vec<Maintenance>) -> Vec<Pass> {
    let mut tasks = tokio::task::JoinSet::new();
    for mut process in processes.drain(..) {
        tasks.spawn(async move { (process.run_once().await, process) });
    }
    let (passes, left) = tasks.join_all().await.into_iter().unzip();
    *processes = left;
    passes
}

async fn process_that_has_died_is_replaced(app: TestApp) {
    let mut dead = app.maintenance();
    assert_eq!(dead.run_once().await, IDLE);
    drop(dead);
    let mut other = app.maintenance();
    for (after, has_lease) in [(0, false), (120, false), (60, true)] {
        app.clock.advance(Duration::from_secs(after));
        assert_eq!(other.run_once().await.has_lease, has_lease, "after {after} s more");
    }
}
