//! The throw-away PostgreSQL: databases are separate, templates are prepared once, and a killed process leaves no
//! server behind.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(clippy::print_stdout, reason = "a child process reports to its parent")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use accounts_test_postgres::Postgres;
use anyhow::bail;
use sqlx::{Connection as _, PgConnection, query_scalar, raw_sql};

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
async fn tcp_server_requires_password_and_refuses_when_stopped() {
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
async fn template_is_prepared_once_and_copied() {
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
async fn failed_template_is_prepared_again() {
    let postgres = Postgres::shared().await.unwrap();

    let failed = postgres.database_from("flaky", async |_| bail!("no such migration")).await;
    let then = postgres.database_from("flaky", create_table).await.unwrap();

    assert!(format!("{:#}", failed.unwrap_err()).contains("no such migration"));
    assert_eq!(tables(&then).await, 1);
}

#[tokio::test]
async fn server_accepts_a_hundred_connections() {
    let postgres = Postgres::shared().await.unwrap();
    let url = postgres.database().await.unwrap();

    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(PgConnection::connect(&url).await.unwrap());
    }

    assert_eq!(tables(&url).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_server_stops_when_dropped() {
    let postgres = Postgres::durable().await.unwrap();
    postgres.freeze().unwrap();
    let begun = Instant::now();
    drop(postgres);
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn durable_server_keeps_commits_across_stop_and_freeze() {
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
    assert!(silent.is_err(), "a frozen server responded");
    assert_eq!(tables(&url).await, 1);
}

/// Runs itself again in a child process, which holds a server until it is killed.
#[tokio::test]
async fn killed_process_leaves_no_server() {
    const IS_CHILD: &str = "TEST_SUPPORT_IS_CHILD";
    const PREFIX: &str = "database: ";
    if std::env::var_os(IS_CHILD).is_some() {
        let url = Postgres::shared().await.unwrap().database().await.unwrap();
        println!("\n{PREFIX}{url}");
        std::thread::sleep(Duration::from_mins(1));
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_process_leaves_no_server", "--nocapture"])
        .env(IS_CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix(PREFIX).map(str::to_owned)).unwrap();
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
    assert!(!is_alive(pid), "the server {pid} still runs");
    assert!(!folder.exists(), "{} is still there", folder.display());
}

fn is_alive(pid: &str) -> bool {
    Command::new("sh").args(["-c", r#"kill -0 "$0""#, pid]).stderr(Stdio::null()).status().unwrap().success()
}
