//! The maintenance commands `check` and `backup`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use accounts::test_kit::TestClient;
use store::PartyStore;
use store::embed::Database;
use store::embed::sqlx::query;
use test_support::sqlite_url;

use super::databases;
use super::process::{Running, dinnerparty, error_line};
use crate::common::PASSWORD;

/// The exit code, standard output and standard error of a program.
fn output(program: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn check(url: &str) -> (Option<i32>, String, String) {
    output(dinnerparty().args(["check", "--database", url]))
}

async fn write(url: &str, sql: &'static str) {
    let store = PartyStore::connect(url).await.unwrap();
    match store.accounts().database() {
        Database::Sqlite(engine) => {
            let written = engine.writer.write(sql, |connection, sql| {
                Box::pin(async move { Ok(query(*sql).execute(connection).await.map(drop)?) })
            });
            written.await.unwrap_or_else(|error: store::embed::WriteError| panic!("{error}"));
        }
        Database::Postgres(engine) => {
            let written = engine.writer.write(sql, |connection, sql| {
                Box::pin(async move { Ok(query(*sql).execute(connection).await.map(drop)?) })
            });
            written.await.unwrap_or_else(|error: store::embed::WriteError| panic!("{error}"));
        }
    }
    store.accounts().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_prints_one_line_per_violation_beside_a_server() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let program = Running::start(&url, &[]);
        TestClient::at(&program.origin).register("ada", PASSWORD).await;
        assert_eq!(check(&url), (Some(0), "in order\n".to_owned(), String::new()));

        write(&url, "UPDATE users SET username_key = 'bea', email_key = 'bea@example.com'").await;
        write(&url, "UPDATE credentials SET password_hash = 'marble otter seven'").await;
        let (code, lines, line) = check(&url);
        assert_eq!((code, line.as_str()), (Some(1), "dinnerparty: 3 violations found\n"));
        let derived = "is not what it should be: it differs from its source";
        let [name, email] = ["username_key", "email_key"].map(|column| format!("users, row 1: {column} {derived}"));
        let hash = "credentials, row 1: password_hash is not what it should be: it cannot be verified".to_owned();
        assert_eq!(lines.lines().collect::<Vec<_>>(), [name, email, hash]);
        program.stop("TERM");
    }
}

#[test]
fn missing_database_is_one_error_line_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let (url, copy) = (sqlite_url(&folder), folder.path().join("copy.db"));
    for arguments in [&["check"][..], &["backup", copy.to_str().unwrap()]] {
        let line = error_line(dinnerparty().args(arguments).args(["--database", &url]));
        assert!(line.starts_with("dinnerparty: cannot open ") && line.ends_with("it does not exist"), "{line}");
        let line = error_line(
            dinnerparty().args(arguments).env("DINNERPARTY_DATABASE", "postgres://ada:secret@127.0.0.1:1/x"),
        );
        assert!(line.contains("cannot open x at 127.0.0.1:1: ") && !line.contains("secret"), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_beside_a_server_is_complete_and_can_be_served() {
    let (folder, [file, server]) = databases().await;
    let copy = folder.path().join("copy.db");
    let program = Running::start(&file, &[]);
    TestClient::at(&program.origin).register("ada", PASSWORD).await;

    let back_up = |url: &str| output(dinnerparty().arg("backup").arg(&copy).args(["--database", url]));
    let success = format!("{} is a complete and verified backup\n", copy.display());
    assert_eq!(back_up(&file), (Some(0), success, String::new()));
    let exists = format!("dinnerparty: {} is there already\n", copy.display());
    assert_eq!(back_up(&file), (Some(1), String::new(), exists));
    program.stop("TERM");

    let restored = Running::start(&format!("sqlite:{}", copy.display()), &[]);
    assert_eq!(TestClient::at(&restored.origin).log_in("ada", PASSWORD).await.path, "/");
    restored.stop("TERM");

    write(&server, "SELECT 1").await; // creates the tables
    let (code, out, line) = back_up(&server);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let line = line.strip_prefix("dinnerparty: PostgreSQL is backed up by its own program: ").unwrap();
    assert!(line.starts_with("pg_dump --format=custom --file="), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newer_schema_or_damaged_file_is_one_error_line_and_unchanged() {
    let (folder, urls) = databases().await;
    for url in &urls {
        write(url, "UPDATE _parties_migrations SET version = 9999 WHERE version = 2").await;
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["user", "import", "users.csv"]] {
            let line = error_line(dinnerparty().args(arguments).args(["--database", url]));
            assert!(line.contains("the schema of the parties is at version 9999"), "{line}");
        }
    }
    let file = folder.path().join("damaged.db");
    let mut bytes = fs::read(urls[0].strip_prefix("sqlite:").unwrap()).unwrap();
    bytes[100..].fill(0x5a); // everything after the header
    fs::write(&file, &bytes).unwrap();
    let url = format!("sqlite:{}", file.display());
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["user", "import", "users.csv"]] {
        let line = error_line(dinnerparty().args(arguments).args(["--database", &url]));
        assert!(line.starts_with(&format!("dinnerparty: cannot open {}: ", file.display())), "{line}");
        assert!(line.contains("malformed"), "{line}");
    }
    assert!(fs::read(&file).unwrap() == bytes);
}

/// SQLite would take these names for a URI or for a database in memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_with_uri_like_name_is_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    PartyStore::connect(&url).await.unwrap().accounts().close().await;
    for name in ["file:copy.db", "file:copy?mode=memory", ":memory:"] {
        let mut backup = dinnerparty();
        backup.current_dir(folder.path()).args(["backup", name, "--database", &url]);
        let (code, _, line) = output(&mut backup);
        assert_eq!((code, line.as_str()), (Some(0), ""), "{name}");
        let copy = folder.path().join(name);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        assert!(fs::read(&copy).unwrap().starts_with(b"SQLite format 3\0"), "{name}");
    }
    let names = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains("copy") || name.contains(".part")).count(), 2, "and no other file");
}
