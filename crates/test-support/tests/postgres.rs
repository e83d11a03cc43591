//! The throw-away PostgreSQL: its databases are separate, templates are prepared once, and a killed process leaves
//! nothing behind.

#![allow(clippy::unwrap_used, reason = "a test's helpers may, like the test")]
#![allow(clippy::print_stdout, reason = "a child tells its parent where its server is")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use sqlx::{Connection as _, PgConnection, query_scalar, raw_sql};
use test_support::Postgres;

async fn tables(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let count = query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetch_one(&mut connection);
    count.await.unwrap()
}

async fn create_table(url: String) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(&url).await?;
    raw_sql("CREATE TABLE users (id BIGINT PRIMARY KEY)").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

#[tokio::test]
async fn two_databases_are_separate() {
    let postgres = Postgres::shared().await.unwrap();
    let (one, other) = (postgres.database().await.unwrap(), postgres.database().await.unwrap());

    create_table(one.clone()).await.unwrap();

    assert_eq!((tables(&one).await, tables(&other).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tcp_nobody_comes_in_without_the_password_and_a_stopped_server_refuses() {
    let postgres = Postgres::durable_over_tcp().await.unwrap();
    let url = postgres.database().await.unwrap();
    assert_eq!(tables(&url).await, 0);

    let (_, address) = url.split_once('@').unwrap();
    let guessed = PgConnection::connect(&format!("postgres://postgres:postgres@{address}")).await.unwrap_err();
    assert_eq!(guessed.as_database_error().unwrap().code().unwrap(), "28P01", "{guessed}");

    postgres.stop().unwrap();
    let refused = PgConnection::connect(&url).await.unwrap_err();
    assert!(
        matches!(&refused, sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused),
        "{refused}"
    );
}

#[tokio::test]
async fn a_template_is_prepared_once_and_copied_for_each() {
    let postgres = Postgres::shared().await.unwrap();
    let prepared = AtomicU32::new(0);
    let migrated = || {
        postgres.database_from("one table", |url| {
            prepared.fetch_add(1, Ordering::Relaxed);
            create_table(url)
        })
    };

    let (one, other) = tokio::join!(migrated(), migrated());
    let (one, other) = (one.unwrap(), other.unwrap());

    assert_ne!(one, other);
    assert_eq!((tables(&one).await, tables(&other).await), (1, 1));
    assert_eq!(prepared.into_inner(), 1);
}

#[tokio::test]
async fn a_template_that_failed_is_prepared_anew() {
    let postgres = Postgres::shared().await.unwrap();

    let failed = postgres.database_from("flaky", async |_| bail!("no such migration")).await;
    let then = postgres.database_from("flaky", create_table).await.unwrap();

    assert!(format!("{:#}", failed.unwrap_err()).contains("no such migration"));
    assert_eq!(tables(&then).await, 1);
}

#[tokio::test]
async fn a_hundred_tests_at_once_find_room() {
    let postgres = Postgres::shared().await.unwrap();
    let url = postgres.database().await.unwrap();

    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(PgConnection::connect(&url).await.unwrap());
    }

    assert_eq!(tables(&url).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_left_frozen_ends_with_its_owner() {
    let postgres = Postgres::durable().await.unwrap();
    postgres.freeze().unwrap();
    let begun = Instant::now();
    drop(postgres);
    assert!(begun.elapsed() < Duration::from_secs(20), "it was waited for in vain: {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_ones_own_can_be_stopped_and_frozen_and_keeps_what_was_committed() {
    let postgres = Postgres::durable().await.unwrap();
    let url = postgres.database().await.unwrap();
    create_table(url.clone()).await.unwrap();
    postgres.stop().unwrap();
    assert!(PgConnection::connect(&url).await.is_err());
    postgres.resume().unwrap();
    assert_eq!(tables(&url).await, 1);

    postgres.freeze().unwrap();
    let silent = tokio::time::timeout(Duration::from_millis(300), PgConnection::connect(&url)).await;
    postgres.thaw().unwrap();
    assert!(silent.is_err(), "it answers");
    assert_eq!(tables(&url).await, 1);
}

/// Runs itself a second time: the child holds a server until it is killed.
#[tokio::test]
async fn a_killed_test_process_leaves_no_server() {
    const HOLD: &str = "TEST_SUPPORT_HOLD";
    const ANSWER: &str = "holding ";
    if std::env::var_os(HOLD).is_some() {
        let url = Postgres::shared().await.unwrap().database().await.unwrap();
        println!("\n{ANSWER}{url}");
        std::thread::sleep(Duration::from_mins(1));
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_test_process_leaves_no_server", "--nocapture"])
        .env(HOLD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix(ANSWER).map(str::to_owned)).unwrap();
    let folder = Path::new(url.split(['=', '&']).nth(1).unwrap());
    let pid = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap();
    assert!(is_alive(pid) && tables(&url).await == 0);

    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();

    let deadline = Instant::now() + Duration::from_secs(20);
    while (folder.exists() || is_alive(pid)) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!is_alive(pid), "the server {pid} lives on");
    assert!(!folder.exists(), "{} is still there", folder.display());
}

fn is_alive(pid: &str) -> bool {
    Command::new("sh").args(["-c", r#"kill -0 "$0""#, pid]).stderr(Stdio::null()).status().unwrap().success()
}
