//! Databases that an earlier version of the program has filled.

use std::process::{Command, Stdio};
use std::time::Duration;

use domain::Timestamp;
use domain::party::{PartyId, PartyView};
use domain::user::UserId;
use test_support::sqlite_url;
use tokio::time::{sleep, timeout};

use crate::earlier::{Earlier, violations};
use crate::{AccountStore, ConnectError, Inspection, PartyStore};

/// The host of every party.
const ADA: UserId = UserId::new(1);

/// The start of every party, in milliseconds.
const START: i64 = 1_894_734_000_000;

impl Earlier {
    /// A database with the accounts' first migration, `versions` migrations of the parties, and four users.
    async fn of_parties(url: Option<String>, versions: usize) -> Self {
        let earlier = Self::new(url, 1, vec![crate::parties::migrations().of_earlier_version(versions)]).await;
        for (id, name) in [(1, "ada"), (2, "ben"), (3, "cleo"), (4, "dan")] {
            let user = format!(
                "INSERT INTO users (username, username_key, email, email_key, joined_at)
                    VALUES ('{name}', '{name}', '{name}@example.com', '{name}@example.com', 0);
                INSERT INTO credentials (user_id, password_hash) VALUES ({id}, '$')"
            );
            earlier.run(&user).await;
        }
        earlier
    }

    /// On both engines, with `parties` parties of the version before the links.
    async fn both(parties: u32) -> Vec<Self> {
        let mut both = Vec::new();
        for url in Self::urls().await {
            let earlier = Self::of_parties(url, 3).await;
            earlier.add_parties(parties).await;
            both.push(earlier);
        }
        both
    }

    /// Adds parties of Ada, numbered from 1.
    async fn add_parties(&self, count: u32) {
        let sql = format!(
            "INSERT INTO parties
                (host_id, local_time, zone, starts_at, venue, main_dish, search_key, seats, rsvp_deadline)
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
            SELECT 1, '2030-01-15T20:00:00', 'Europe/Berlin', {START}, 'Chez Zoë', 'Crème ' || n, 'old key', 4, {START}
            FROM numbers"
        );
        self.run(&sql).await;
    }

    /// Makes the step fail at the party 1,500, in its second batch.
    async fn refuse_party_1500(&self) {
        let sql = match self.file() {
            Some(_) => {
                "CREATE TRIGGER broken BEFORE UPDATE OF search_key ON parties WHEN new.id = 1500
                    BEGIN SELECT RAISE(ABORT, 'broken'); END"
            }
            None => "ALTER TABLE parties ADD CONSTRAINT broken CHECK (id <> 1500 OR search_key = 'old key')",
        };
        self.run(sql).await;
    }

    async fn accept_party_1500(&self) {
        let sql = match self.file() {
            Some(_) => "DROP TRIGGER broken",
            None => "ALTER TABLE parties DROP CONSTRAINT broken",
        };
        self.run(sql).await;
    }

    /// Starts and ends the program.
    async fn migrate(&self) {
        PartyStore::connect(&self.url).await.unwrap().accounts().close().await;
    }

    async fn find(&self, id: i64) -> PartyView {
        let store = PartyStore::connect(&self.url).await.unwrap();
        let found = store.parties().find(PartyId::new(id), ADA).await.unwrap().unwrap();
        store.accounts().close().await;
        found
    }

    /// Panics unless all rows are migrated and intact.
    async fn assert_migrated(&self, parties: i64) {
        assert_eq!(violations(Inspection::of_parties(&self.url).await.unwrap()).await, [""; 0]);
        assert_eq!(self.count("SELECT count(DISTINCT invitation) FROM parties").await, parties);
        assert_eq!(self.count("SELECT count(*) FROM parties WHERE search_key = 'old key'").await, 0);
    }
}

#[tokio::test]
async fn party_of_earlier_version_gets_link_search_key_and_end() {
    for earlier in Earlier::both(3).await {
        let view = earlier.find(2).await;
        assert!(view.link.is_some());
        assert_eq!(view.summary.ends_at, Timestamp::from_millis(START + 5 * 3_600_000));
        assert_eq!(earlier.count("SELECT count(*) FROM parties WHERE search_key = 'ada creme 2 chez zoe'").await, 1);
        earlier.assert_migrated(3).await;
        assert_eq!(earlier.find(2).await, view, "the next start changes nothing");
    }
}

#[tokio::test]
async fn former_zone_name_of_earlier_version_is_replaced() {
    for earlier in Earlier::both(4).await {
        let kiev = "zone = 'Europe/Kiev', local_time = '2030-01-15T21:00:00'";
        earlier.run(&format!("UPDATE parties SET {kiev} WHERE id <= 2")).await;
        // Sent twice from one form, with both names. The parties stay two.
        let form = "form = 'AZaz09-_AZaz09-_AZaz09', main_dish = 'Soup'";
        earlier.run(&format!("UPDATE parties SET {kiev}, {form} WHERE id = 3")).await;
        let kyiv = kiev.replace("Kiev", "Kyiv");
        earlier.run(&format!("UPDATE parties SET {kyiv}, {form} WHERE id = 4")).await;

        earlier.migrate().await;

        assert_eq!(earlier.count("SELECT count(*) FROM parties WHERE zone = 'Europe/Kyiv'").await, 4);
        let date = earlier.find(3).await.summary.heading.date.to_string();
        assert_eq!(date, "Tuesday 15 January 2030, 21:00 (Kyiv time)");
        earlier.assert_migrated(4).await;
    }
}

#[tokio::test]
async fn failed_step_keeps_its_batches_and_goes_on_at_the_next_start() {
    for earlier in Earlier::both(2500).await {
        earlier.refuse_party_1500().await;
        let error = PartyStore::connect(&earlier.url).await.unwrap_err();
        assert!(matches!(&error, ConnectError::RowStep { set: "parties", .. }), "{error:?}");
        let line = "the rows of the parties cannot be brought up to date (parties: links and search keys)";
        assert_eq!(error.to_string(), line);
        assert_eq!(earlier.count("SELECT count(*) FROM parties WHERE invitation IS NULL").await, 1500);
        let error = Inspection::of_parties(&earlier.url).await.unwrap_err();
        assert!(matches!(error, ConnectError::OlderSchema { .. }), "`check` waits for the step: {error:?}");
        let backups = earlier.backups();
        assert_eq!(backups.len(), usize::from(earlier.file().is_some()));
        earlier.run("CREATE TABLE earlier AS SELECT id, invitation FROM parties WHERE id <= 1000").await;
        earlier.accept_party_1500().await;

        earlier.migrate().await;

        earlier.assert_migrated(2500).await;
        let same = "SELECT count(*) FROM earlier JOIN parties USING (id, invitation)";
        assert_eq!(earlier.count(same).await, 1000, "the rows of the first batch stay");
        assert_eq!(earlier.backups(), backups, "the schema is current, so that no other copy is made");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_share_a_step() {
    for earlier in Earlier::both(5500).await {
        let start = || PartyStore::connect(&earlier.url);
        let (first, second, third) = tokio::join!(start(), start(), start());
        for store in [first, second, third] {
            store.unwrap().accounts().close().await;
        }
        earlier.assert_migrated(5500).await;
    }
}

/// Starts in the process that [`killed_step_resumes`] kills.
#[tokio::test]
#[ignore = "run by another test"]
async fn process_to_kill() {
    PartyStore::connect(&std::env::var("STORE_TEST_KILL").unwrap()).await.unwrap();
}

#[tokio::test]
async fn killed_step_resumes() {
    const PARTIES: i64 = 8_000;
    for earlier in Earlier::both(8_000).await {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--ignored", "--exact", "parties::row_steps::tests::process_to_kill"]);
        child.env("STORE_TEST_KILL", &earlier.url);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = async {
            // An error: the table does not exist yet.
            while earlier.try_count("SELECT count(*) FROM _row_steps WHERE last_id > 0").await.unwrap_or(0) == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_mins(1), begun).await.unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let done = earlier.count("SELECT count(*) FROM parties WHERE invitation IS NOT NULL").await;
        assert!(done < PARTIES && done % 1000 == 0, "{done}");

        earlier.migrate().await;

        earlier.assert_migrated(PARTIES).await;
    }
}

#[tokio::test]
async fn sqlite_file_is_backed_up_beside_itself_before_a_step() {
    let earlier = Earlier::of_parties(None, 3).await;
    earlier.add_parties(3).await;
    earlier.migrate().await;
    let [backup] = &earlier.backups()[..] else { panic!("{:?}", earlier.backups()) };
    let (_, ending) = backup.to_str().unwrap().rsplit_once(".before-").unwrap();
    let (accounts, time) = ending.split_once("-parties-8-").unwrap();
    assert!(accounts.strip_prefix("accounts-").unwrap().parse::<u32>().is_ok(), "{accounts}");
    assert!(time.len() == "20261129T231500.000Z".len() && time.ends_with('Z'), "{time}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(backup.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let copy = Earlier::of_file(backup);
    assert_eq!(copy.count("SELECT count(*) FROM parties WHERE search_key = 'old key'").await, 3);
    assert_eq!(copy.count("SELECT max(version) FROM _parties_migrations").await, 3);
    assert_eq!(copy.count("SELECT max(version) FROM _accounts_migrations").await, 1);
    copy.migrate().await;
    copy.assert_migrated(3).await;
}

/// A restored copy is migrated again, after it was changed: the copy of the first upgrade is not the one of the second.
#[tokio::test]
async fn each_upgrade_makes_a_copy_of_its_own() {
    let earlier = Earlier::of_parties(None, 3).await;
    earlier.migrate().await;
    let first = earlier.backups();
    let file = earlier.file().unwrap();
    std::fs::copy(&first[0], file).unwrap();
    earlier.add_parties(3).await;

    earlier.migrate().await;

    let backups = earlier.backups();
    assert_eq!((backups.len(), &backups[0]), (2, &first[0]), "{backups:?}");
    let parties = async |file| Earlier::of_file(file).count("SELECT count(*) FROM parties").await;
    assert_eq!((parties(&backups[0]).await, parties(&backups[1]).await), (0, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_one_copy() {
    let earlier = Earlier::of_parties(None, 3).await;
    earlier.add_parties(500).await;
    let start = || PartyStore::connect(&earlier.url);
    let (first, second, third) = tokio::join!(start(), start(), start());
    for store in [first, second, third] {
        store.unwrap().accounts().close().await;
    }
    assert_eq!(earlier.backups().len(), 1, "{:?}", earlier.backups());
}

/// The schema is unchanged, so that the copy has nothing that the file lacks. A start that is repeated fills no disk.
#[tokio::test]
async fn failed_migration_leaves_no_copy() {
    let earlier = Earlier::of_parties(None, 3).await;
    earlier.run("CREATE TABLE parties_by_invitation (id INTEGER)").await; // the name of an index of the next version
    let error = PartyStore::connect(&earlier.url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Migration { .. }), "{error:?}");
    assert_eq!(earlier.backups().len(), 0, "{:?}", earlier.backups());
}

#[tokio::test]
async fn new_sqlite_file_is_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    AccountStore::connect(&url).await.unwrap().close().await; // as an embedder's file, which has no parties
    PartyStore::connect(&url).await.unwrap().accounts().close().await;
    let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().contains("before")).count(), 0);
}

/// The name of the copy is longer than the 255 bytes of a name.
#[tokio::test]
async fn failed_backup_fails_the_start_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("x".repeat(230)).display());
    let earlier = Earlier::of_parties(Some(url), 3).await;
    earlier.add_parties(3).await;
    let error = PartyStore::connect(&earlier.url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Backup { .. }), "{error:?}");
    assert_eq!(earlier.count("SELECT max(version) FROM _parties_migrations").await, 3);
    assert_eq!(earlier.backups().len(), 0, "{:?}", earlier.backups());
}

/// The earlier version served the other parties.
#[tokio::test]
async fn unreadable_party_is_skipped() {
    let earlier = Earlier::of_parties(None, 3).await;
    earlier.add_parties(3).await;
    earlier.run("UPDATE parties SET venue = CAST(x'61ff' AS TEXT) WHERE id = 2").await;
    earlier.migrate().await;
    assert_eq!(earlier.count("SELECT id FROM parties WHERE invitation IS NULL").await, 2);
    assert!(earlier.find(3).await.link.is_some());
}

#[tokio::test]
async fn migration_computes_first_guests_of_existing_parties() {
    for url in Earlier::urls().await {
        let earlier = Earlier::of_parties(url, 2).await;
        earlier.add_parties(2).await;
        let guests = "INSERT INTO rsvps (party_id, guest_id, answer, heads, place)
                VALUES (1, 3, 'seated', 1, 1), (1, 2, 'seated', 1, 2), (1, 4, 'seated', 1, 3);
            UPDATE parties SET taken = 4, last_place = 3 WHERE id = 1";
        earlier.run(guests).await;
        let names = async |id| {
            let guests = earlier.find(id).await.summary.first_guests;
            guests.iter().map(|guest| guest.username.to_string()).collect::<Vec<_>>()
        };
        assert_eq!((names(1).await.join(" "), names(2).await.len()), ("cleo ben".to_owned(), 0));
        earlier.assert_migrated(2).await;
    }
}
