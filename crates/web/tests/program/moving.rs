//! `dinnerparty user import`: users who move here from other programs.
//!
//! `tests/moving` has the programs that wrote the users, and the exports that docs/MOVING.md shows.

use std::fs;
use std::path::Path;

use accounts::Username;
use accounts::ports::AccountPorts;
use accounts::test_kit::TestClient;
use store::PartyStore;
use test_support::sqlite_url;

use super::databases;
use super::process::{Running, dinnerparty, error_line};
use crate::common::PASSWORD;

/// The exit code, and standard output.
fn import(arguments: &[&str], url: &str) -> (Option<i32>, String) {
    let output = dinnerparty().args(["user", "import"]).args(arguments).args(["--database", url]).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// The path of a file beside the programs.
fn exported(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moving").join(name).to_str().unwrap().to_owned()
}

async fn create(url: &str) {
    PartyStore::connect(url).await.unwrap().accounts().close().await;
}

/// As in `passwords.py`.
fn password(n: usize) -> String {
    match n % 10 {
        1 => format!("pw{n}"),
        2 => format!("cafe\u{301} otter {n}"),
        3 => format!("\u{fb01}ve otters {n}"),
        4 => format!(" otter {n} "),
        5 => format!("{} {n}", "o".repeat(100)),
        _ => format!("marble otter {n}"),
    }
}

/// The stored hash of each of the users `ada_0` to `ada_{count - 1}`.
async fn stored_hashes(url: &str, count: usize) -> Vec<String> {
    let store = PartyStore::connect(url).await.unwrap();
    let (ports, mut hashes) = (AccountPorts::from(store.accounts().clone()), Vec::new());
    for n in 0..count {
        let username = Username::parse(&format!("ada_{n}")).unwrap();
        hashes.push(ports.credentials.find_by_username(&username).await.unwrap().unwrap().hash.expose().to_owned());
    }
    store.accounts().close().await;
    hashes
}

/// Each of the users logs in with the former password, and twice: the second time by the new hash.
async fn assert_all_log_in(url: &str, count: usize) {
    assert!(stored_hashes(url, count).await.iter().all(|hash| !hash.starts_with("$pbkdf2-sha256$")));
    let program = Running::start(url, &[]);
    for n in 0..count {
        let address = format!("ada.{n}@example.com");
        for _ in 0..2 {
            let client = TestClient::at(&program.origin);
            let typed = [("email", address.as_str()), ("password", &password(n))];
            let page = client.submit("/login", "/login", &typed).await;
            assert!(page.text.contains(&format!("Welcome back, ada_{n}.")), "{address}: {}", page.text);
        }
    }
    program.stop("TERM");
    assert!(stored_hashes(url, count).await.iter().all(|hash| hash.starts_with("$pbkdf2-sha256$i=600000,l=32$")));
}

/// The users of a real Flask application. `FLASK_USERS` names another export of `flask_app.py`, such as one of 1,000 users.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_user_of_a_flask_application_logs_in_with_the_former_password() {
    let folder = tempfile::tempdir().unwrap();
    let (url, file) = (sqlite_url(&folder), std::env::var("FLASK_USERS").unwrap_or(exported("flask_users.csv")));
    let count = fs::read_to_string(&file).unwrap().lines().count() - 1;
    create(&url).await;
    let result = import(&["--strict", &file], &url);
    assert_eq!(result, (Some(0), format!("{count} added, 0 already there, 0 refused\n")));
    assert_all_log_in(&url, count).await;
    let result = import(&["--strict", &file], &url);
    assert_eq!(result, (Some(0), format!("0 added, {count} already there, 0 refused\n")));
    let check = dinnerparty().args(["check", "--database", &url]).output().unwrap();
    assert_eq!(String::from_utf8(check.stdout).unwrap(), "in order\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_user_of_a_django_project_logs_in_with_the_former_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    create(&url).await;
    let result = import(&[&exported("django_users.csv"), "--strict"], &url);
    assert_eq!(result, (Some(0), "7 added, 0 already there, 0 refused\n".to_owned()));
    assert_all_log_in(&url, 6).await;
    assert_eq!(stored_hashes(&url, 7).await[6], "!");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_beside_a_server_adds_users_on_both_engines() {
    let (folder, urls) = databases().await;
    let file = folder.path().join("users.jsonl");
    fs::write(
        &file,
        "{\"username\":\"ada_0\",\"email\":\"ada.0@example.com\"}\n{\"username\":\"ada\",\"email\":\"a@b.de\"}\n",
    )
    .unwrap();
    for url in urls {
        let program = Running::start(&url, &[]);
        TestClient::at(&program.origin).register("ada", PASSWORD).await;
        let (code, result) = import(&[file.to_str().unwrap()], &url);
        let expected = "line 2: another user has that username, or gave it up less than 90 days ago\n1 added, 0 already there, 1 refused\n";
        assert_eq!((code, result.as_str()), (Some(2), expected));
        assert!(TestClient::at(&program.origin).get("/user/ada_0").await.status < 400);
        program.stop("TERM");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_that_cannot_begin_is_one_error_line_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (url, users) = (sqlite_url(&folder), exported("flask_users.csv"));
    let failing = |file: &str| error_line(dinnerparty().args(["user", "import", file, "--database", &url]));
    let line = failing(&users);
    assert!(line.starts_with("dinnerparty: cannot open ") && line.ends_with("it does not exist"), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    create(&url).await;
    let line = failing("/nowhere/users.csv");
    assert!(line.starts_with("dinnerparty: cannot read /nowhere/users.csv: "), "{line}");
    let line = failing(&exported("flask_app.py"));
    assert!(line.starts_with("dinnerparty: ") && line.ends_with(": its column 1 is none of these"), "{line}");
    assert_eq!(import(&[&exported("export_flask.py")], &url).0, Some(1));
}

/// What the page shows is what was run.
#[test]
fn page_about_moving_shows_the_exports() {
    let page = include_str!("../../../../docs/MOVING.md");
    for export in [include_str!("../moving/export_flask.py"), include_str!("../moving/export_django.py")] {
        assert!(page.contains(&format!("```python\n{export}```")), "{export}");
    }
}
