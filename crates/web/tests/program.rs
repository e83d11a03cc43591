//! The `dinnerparty` program: its command line, its start and its shutdown. `process` runs it.

mod day;
mod http_server;
mod maintenance;
mod moving;
mod operator;
mod process;
mod registration_codes;
mod secrets;
mod shutdown;

use crate::program::process::{Running, dinnerparty, error_line};
use accounts::test_kit::TestClient;
use poem::http::Method;
use store::PartyStore;
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

const SETTINGS: [&str; 12] = [
    "listen",
    "database",
    "origin",
    "allow-plain-http",
    "trusted-proxy",
    "time-zone",
    "registration",
    "max-connections",
    "max-upcoming-parties",
    "max-hosted-per-hour",
    "max-rsvps-per-hour",
    "log",
];

/// The token of a link, which is a secret.
const LINK_TOKEN: &str = "q83vEjRWeJCrze8SNFZ4kA";

#[test]
fn help_explains_every_setting() {
    for arguments in [&["--help"][..], &["serve", "--help"]] {
        let output = dinnerparty().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        for setting in SETTINGS {
            let (_, after) =
                text.split_once(&format!("--{setting}")).unwrap_or_else(|| panic!("no --{setting}: {text}"));
            let explained = after.lines().take(3).collect::<Vec<_>>().join(" ");
            assert!(explained.split_whitespace().count() > 3, "--{setting}: {explained}");
            let variable = format!("DINNERPARTY_{}", setting.to_uppercase().replace('-', "_"));
            assert!(text.contains(&variable), "{variable}");
        }
    }
}

#[test]
fn invalid_or_unsafe_setting_is_one_error_line_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = sqlite_url(&folder);
    let (missing, text) = (folder.path().join("nowhere/test.db"), folder.path().join("notes.txt"));
    std::fs::write(&text, "no database, but some forty characters of plain text in a file").unwrap();
    let (missing, text) = (format!("sqlite:{}", missing.display()), format!("sqlite:{}", text.display()));
    for (arguments, expected) in [
        (&["--port", "80"][..], "unexpected argument '--port'"),
        (&["bake"], "'bake'"),
        (&["--listen", "everywhere"], "invalid value 'everywhere' for '--listen <HOST:PORT>'"),
        (&["--listen", "127.0.0.1"], "for '--listen <HOST:PORT>'"),
        (&["--listen", "0.0.0.0:0"], "0.0.0.0:0 is not a loopback address"),
        (&["--listen", "[::]:0"], "is not a loopback address"),
        (&["--origin", "http://dinner.example"], "plain HTTP"),
        (&["--origin", "https://dinner.example/parties"], "is not an origin"),
        (&["--origin", "dinner.example"], "is not an origin"),
        (&["--time-zone", "Mars/Base"], "not an IANA time zone, such as Europe/Berlin"),
        (&["--trusted-proxy", "proxy"], "neither an IP address nor a network"),
        (&["--log", "loud"], "'loud'"),
        (&["--max-connections", "0"], "0 is not in 1..=1000000"),
        (&["--max-upcoming-parties", "0"], "0 is not in 1..=10000"),
        (&["--max-upcoming-parties", "10001"], "10001 is not in 1..=10000"),
        (&["--max-hosted-per-hour", "0"], "0 is not in 1..=1000000"),
        (&["--max-rsvps-per-hour", "1000001"], "1000001 is not in 1..=1000000"),
        (&["--max-rsvps-per-hour", "many"], "invalid value 'many' for '--max-rsvps-per-hour <NUMBER>'"),
        (&["--database", "mysql://db/party"], "a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`"),
        (&["--database", "sqlite:"], "names no file"),
        (&["--database", &missing], "its folder does not exist"),
        (&["--database", &text], "is not an SQLite database"),
    ] {
        let mut program = dinnerparty();
        if !arguments.contains(&"--database") {
            program.args(["--database", &file]);
        }
        if !arguments.contains(&"--listen") {
            program.args(["--listen", "127.0.0.1:0"]);
        }
        let line = error_line(program.args(arguments));
        assert!(line.starts_with("dinnerparty: ") && line.contains(expected), "{arguments:?}: {line}");
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["notes.txt"], "{arguments:?}");
    }
    let setting = error_line(dinnerparty().env("DINNERPARTY_TIME_ZONE", "Mars/Base"));
    assert!(setting.contains("not an IANA time zone"), "{setting}");
    let setting = error_line(dinnerparty().env("DINNERPARTY_MAX_HOSTED_PER_HOUR", "-1"));
    assert!(setting.contains("'--max-hosted-per-hour <NUMBER>'"), "{setting}");
}

#[test]
fn port_in_use_is_one_error_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let line = error_line(dinnerparty().args(["--listen", &address, "--database", &sqlite_url(&folder)]));
    assert!(line.starts_with(&format!("dinnerparty: cannot listen on {address}: ")), "{line}");
}

#[test]
fn unreachable_database_error_has_no_password() {
    let unused = "127.0.0.1:1"; // a port that no program gets by chance
    for url in [
        format!("postgres://ada:s3cretword@{unused}/party"),
        format!("postgres://ada:s3cretword@{unused}/party?sslmode=disable&password=s3cretword"),
        "postgres://ada:s3cretword@localhost:notaport/party".to_owned(),
        "mysql://ada:s3cretword@localhost/party".to_owned(),
    ] {
        let line = error_line(dinnerparty().args(["--listen", "127.0.0.1:0", "--log", "trace", "--database", &url]));
        assert!(!line.contains("s3cretword"), "{line}");
        let mut program = dinnerparty();
        program
            .env("DINNERPARTY_DATABASE", &url)
            .env("DINNERPARTY_LOG", "warn")
            .env("DINNERPARTY_LISTEN", "127.0.0.1:0");
        let line = error_line(&mut program);
        assert!(!line.contains("s3cretword"), "{line}");
    }
    let help =
        dinnerparty().env("DINNERPARTY_DATABASE", "postgres://ada:s3cretword@db/p").arg("--help").output().unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("s3cretword"));
}

/// A new database on each engine, and the folder of the SQLite file.
async fn databases() -> (TempDir, [String; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let urls = [sqlite_url(&folder), Postgres::shared().await.unwrap().database().await.unwrap()];
    (folder, urls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_starts_serves_and_stops_without_logging_secrets() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let program = Running::start(&url, &["--log", "debug"]);
        let visitor = TestClient::at(&program.origin);
        assert_eq!(visitor.get("/health/ready").await.html, "ok");
        assert!(visitor.get("/").await.text.contains("Dinner is better with friends"));
        let email = "ada@example.com";
        visitor.submit("/login", "/login", &[("email", email), ("password", "typedsecret")]).await;
        visitor.get("/user/ada?token=querysecret").await;
        for site in ["same-origin", "cross-site"] {
            let request = visitor.request(Method::POST, &format!("/i/{LINK_TOKEN}/rsvp"));
            let refused = visitor.send(request.header("sec-fetch-site", site).form(&[("answer", "yes")])).await;
            assert_eq!(refused.status, 403, "{site}");
        }
        assert_eq!(visitor.get(&format!("/i/{LINK_TOKEN}")).await.status, 404);

        let exited = program.stop("TERM"); // while the client keeps its connection open

        assert_eq!(exited.code, Some(0), "{}", exited.log);
        for line in exited.log.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            assert!(line["timestamp"].is_string() && line["message"].is_string(), "{line}");
        }
        assert!(exited.log.contains("log-in failed") && exited.log.contains("shutdown requested"), "{}", exited.log);
        assert!(exited.log.contains("/i/:token/rsvp"), "the pattern of the route: {}", exited.log);
        for secret in ["typedsecret", "querysecret", LINK_TOKEN, email, &url, "csrf", "session-", "visit-"] {
            assert!(!exited.log.contains(secret), "{secret} in {}", exited.log);
        }
        let store = PartyStore::connect(&url).await.unwrap();
        let ports: accounts::ports::AccountPorts = store.accounts().clone().into();
        assert_eq!(
            ports.users.list(None, domain::PageSize::DEFAULT).await.unwrap().items,
            [],
            "a new database has no users"
        );
        store.accounts().close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_started_at_once_on_a_new_database_both_serve() {
    for _ in 0..5 {
        let (_folder, urls) = databases().await;
        for url in urls {
            let (first, second) = (Running::spawn(&url, &["serve"]), Running::spawn(&url, &[]));
            for program in [first.wait_until_serving(), second.wait_until_serving()] {
                assert_eq!(TestClient::at(&program.origin).get("/health/ready").await.html, "ok");
                assert_eq!(program.stop("INT").code, Some(0));
            }
        }
    }
}
