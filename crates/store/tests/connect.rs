//! How a database is opened, and which error the operator reads when it cannot be.

use crate::common;
use std::error::Error;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;
use std::{fs, iter};

use accounts_store::embed::{Database, WriteError};
use accounts_store::{AccountStore, ConnectError};
use sqlx::{Connection as _, SqliteConnection, query, query_scalar};

/// The one line that a program prints: the error and its causes.
async fn line(url: &str) -> String {
    let error: ConnectError = AccountStore::connect(url).await.unwrap_err();
    let (mut line, mut cause) = (error.to_string(), error.source());
    while let Some(deeper) = cause {
        line = format!("{line}: {deeper}");
        cause = deeper.source();
    }
    assert!(!line.contains('\n'), "{line}");
    assert!(!format!("{line}{error:?}").contains("secret"), "{line}");
    line
}

#[tokio::test]
async fn unsupported_url_is_rejected_in_one_line_without_the_url() {
    let form = "a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`: ";
    for (url, reason) in [
        ("", "this is neither"),
        ("dinner.db", "this is neither"),
        ("mysql://ada:secret@localhost/dinner", "this is neither"),
        ("sqlite:", "this names no file"),
        ("sqlite://?mode=rwc", "this names no file"),
        ("sqlite::memory:", "this names no file"),
        ("sqlite:secret.db?mode=memory", "this names no file"),
        ("sqlite:%3Amemory%3A", "this names no file"),
        ("sqlite:secret.db?mode=%6demory", "this names no file"),
        ("sqlite:secret.db?%6dode=memory", "this names no file"),
        ("sqlite:/secret.db?vfs=memdb", "this names no file"),
        ("sqlite:file:secret.db", "this names no file"),
        ("sqlite:%66ile::memory:", "this names no file"),
        ("sqlite:secret.db?mode=ro", "a server writes, and this one may only be read"),
        ("sqlite:secret.db?immutable=1", "a server writes, and this one may only be read"),
        ("sqlite:secret.db?synchronous=%6eormal", "`synchronous` is `full` or `normal`"),
        ("sqlite:secret.db?mood=good", "this is malformed"),
        ("postgres://ada:secret@local host/dinner", "this is malformed"),
        ("postgres://ada:secret@localhost:port/dinner", "this is malformed"),
    ] {
        assert_eq!(line(url).await, format!("{form}{reason}"), "{url}");
    }
    assert!(!fs::exists("secret.db").unwrap() && !fs::exists("/secret.db").unwrap(), "no file is created");
}

/// Names that look like a database in memory or like a URI.
#[tokio::test]
async fn file_may_have_an_unusual_name() {
    let folder = tempfile::tempdir().unwrap();
    for (written, name) in [
        (":memory:", ":memory:"),
        ("mode=memory", "mode=memory"),
        ("a:b%3Fmode=memory", "a:b?mode=memory"),
        ("file:dinner.db", "file:dinner.db"),
        ("100%25.db", "100%.db"),
    ] {
        let url = format!("sqlite:{}/{written}", folder.path().display());
        AccountStore::connect(&url).await.unwrap().close().await;
        assert!(fs::read(folder.path().join(name)).unwrap().starts_with(b"SQLite format 3\0"), "{url}");
    }
}

#[tokio::test]
async fn unusable_file_is_rejected_with_its_name_and_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("text"), "Dear diary, ".repeat(99)).unwrap();
    fs::write(path("read-only"), "").unwrap();
    fs::set_permissions(path("read-only"), fs::Permissions::from_mode(0o444)).unwrap();
    for (name, reason) in [
        ("nowhere/dinner.db", "its folder does not exist"),
        ("text/dinner.db", "its folder does not exist"),
        ("text", "it is not an SQLite database"),
        (".", "it is not an SQLite database"),
        ("read-only", "it cannot be written"),
    ] {
        assert_eq!(line(&format!("sqlite:{}", path(name))).await, format!("cannot open {}: {reason}", path(name)));
    }
    assert_eq!(fs::read(path("text")).unwrap().len(), 99 * 12); // unchanged
}

#[tokio::test]
async fn unreachable_server_is_named_without_its_password() {
    let line = line("postgres://ada:secret@127.0.0.1:1/dinner").await;
    assert!(line.starts_with("cannot open dinner at 127.0.0.1:1: "), "{line}");
    assert!(line.contains("refused"), "{line}");
}

#[tokio::test]
async fn new_file_is_readable_by_its_owner_alone() {
    let fresh = common::sqlite().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    for name in ["", "-wal", "-shm"] {
        let mode = fs::metadata(format!("{file}{name}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// `synchronous` 2 is FULL.
#[tokio::test]
async fn sqlite_syncs_each_commit_and_reads_on_read_only_connections() {
    let fresh = common::sqlite().await;
    let Database::Sqlite(database) = fresh.store.accounts().database() else { panic!("not SQLite") };
    let settings = database.writer.write((), |connection, ()| {
        Box::pin(async move {
            let journal: String = query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
            let mut numbers: [i64; 4] = [0; 4];
            let pragmas =
                ["PRAGMA synchronous", "PRAGMA foreign_keys", "PRAGMA busy_timeout", "PRAGMA journal_size_limit"];
            for (number, pragma) in iter::zip(&mut numbers, pragmas) {
                *number = query_scalar(pragma).fetch_one(&mut *connection).await?;
            }
            Ok::<_, WriteError>((journal, numbers))
        })
    });
    assert_eq!(settings.await.unwrap(), ("wal".to_owned(), [2, 1, 5000, 64 << 20]));

    let refused = query("DELETE FROM users").execute(&database.read).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "8"); // SQLITE_READONLY
}

#[tokio::test]
async fn url_parameter_sets_synchronous() {
    let folder = tempfile::tempdir().unwrap();
    let url = test_support::sqlite_url(&folder);
    for (parameter, expected) in [("?synchronous=normal", 1), ("?mode=rw&synchronous=full", 2), ("?mode=rw", 2)] {
        let store = AccountStore::connect(&format!("{url}{parameter}")).await.unwrap();
        let Database::Sqlite(database) = store.database() else { panic!("not SQLite") };
        let synchronous = database.writer.write((), |connection, ()| {
            Box::pin(async move {
                Ok::<_, WriteError>(query_scalar::<_, i64>("PRAGMA synchronous").fetch_one(connection).await?)
            })
        });
        assert_eq!(synchronous.await.unwrap(), expected, "{parameter}");
    }
    let error = AccountStore::connect(&format!("{url}?synchronous=off")).await.unwrap_err();
    assert!(error.to_string().contains("`synchronous` is `full` or `normal`"), "{error}");
}

#[tokio::test]
async fn postgres_settings_apply_unless_the_url_overrides_them() {
    let fresh = common::postgres().await;
    let ours = ["10s", "5s", "10s", "force_generic_plan"];
    let overridden = ["10s", "7s", "10s", "auto"];
    let url_options = "&options=-c%20lock_timeout%3D7s%20-c%20plan_cache_mode%3Dauto";
    for (options, expected) in [("", ours), (url_options, overridden)] {
        let store = AccountStore::connect(&format!("{}{options}", fresh.url)).await.unwrap();
        let Database::Postgres(database) = store.database() else { panic!("not PostgreSQL") };
        for (setting, expected) in iter::zip(
            [
                "SHOW statement_timeout",
                "SHOW lock_timeout",
                "SHOW idle_in_transaction_session_timeout",
                "SHOW plan_cache_mode",
            ],
            expected,
        ) {
            let found: String = query_scalar(setting).fetch_one(&database.read).await.unwrap();
            assert_eq!(found, expected, "{setting}");
        }
    }
}

#[tokio::test]
async fn ping_reports_readiness_within_a_second() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        let store = fresh.store.accounts();
        store.ping().await.unwrap();
        store.close().await;
        let result = tokio::time::timeout(Duration::from_secs(2), store.ping()).await.unwrap();
        assert!(result.is_err());
    }
}

/// The panic happens outside of a job: when the job's input is dropped after its result was sent.
#[tokio::test]
async fn process_without_write_task_is_not_ready() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("outside of a job");
        }
    }
    let fresh = common::sqlite().await;
    let store = fresh.store.accounts();
    let Database::Sqlite(database) = store.database() else { panic!("not SQLite") };

    database.writer.write(Bomb, |_, _| Box::pin(async { Ok::<_, WriteError>(()) })).await.unwrap();

    let gone = async {
        while store.ping().await.is_ok() {
            tokio::task::yield_now().await; // the result was sent before the panic
        }
    };
    tokio::time::timeout(Duration::from_secs(2), gone).await.expect("not ready");
}

#[tokio::test]
async fn database_without_its_tables_is_not_ready() {
    for fresh in [common::sqlite().await, common::postgres().await] {
        common::past_our_types(&fresh.store, "ALTER TABLE users RENAME TO lost").await.unwrap();
        assert!(fresh.store.accounts().ping().await.is_err());
    }
}

/// One file is left, which can be copied.
#[tokio::test]
async fn closed_sqlite_store_leaves_no_wal() {
    let fresh = common::sqlite().await;
    common::add_user(&fresh.accounts(), "ada").await;
    fresh.store.accounts().close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    assert!(!fs::exists(format!("{file}-wal")).unwrap());
    let again = AccountStore::connect(&fresh.url).await.unwrap();
    assert_eq!(
        domain::AccountPorts::from(again).users.list(None, domain::PageSize::DEFAULT).await.unwrap().items.len(),
        1
    );
}

/// A read transaction lets the WAL grow. (The file is reached by a symbolic link, which SQLite resolves before it names its
/// WAL.)
#[tokio::test]
async fn long_wal_is_truncated() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("dinner.db"), folder.path().join("link.db"));
    AccountStore::connect(&format!("sqlite:{}", file.display())).await.unwrap().close().await;
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let url = format!("sqlite:{}?synchronous=normal", link.display());
    let store = AccountStore::connect(&url).await.unwrap();
    let Database::Sqlite(database) = store.database() else { panic!("not SQLite") };
    let write = async |sql: &'static str| {
        let write = database.writer.write(sql, |connection, sql| {
            Box::pin(async move { Ok::<_, WriteError>(query(*sql).execute(connection).await.map(|_| ())?) })
        });
        write.await.unwrap();
    };
    let length = || fs::metadata(folder.path().join("dinner.db-wal")).unwrap().len();
    write("CREATE TABLE pictures (bytes BLOB NOT NULL)").await;
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let mut reader = connection.begin().await.unwrap();
    query("SELECT count(*) FROM pictures").execute(&mut *reader).await.unwrap();
    for _ in 0..3 {
        write("INSERT INTO pictures (bytes) VALUES (zeroblob(22 << 20))").await;
    }
    assert!(length() > 64 << 20, "{}", length());

    reader.rollback().await.unwrap();
    let write_until_short = async {
        while length() > 4 << 20 {
            tokio::time::sleep(Duration::from_millis(100)).await; // its length is read once a second
            write("DELETE FROM pictures").await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), write_until_short).await.expect("truncated");
}
