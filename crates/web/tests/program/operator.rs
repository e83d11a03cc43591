//! The commands of the operator, run beside a server on the same database. Their effects are seen over HTTP.

use std::io::Write as _;
use std::process::Stdio;

use accounts::test_kit::TestClient;
use serde_json::{Value, json};
use store::PartyStore;
use test_support::sqlite_url;

use super::databases;
use super::process::{Running, dinnerparty};
use crate::common::PASSWORD;

const NEW: &str = "velvet canyon drum";

/// What a command has printed.
struct Printed {
    code: Option<i32>,
    out: String,
    error: String,
}

/// Runs a command as the operator `grace`, with a standard input.
fn run_with(input: &str, arguments: &[&str], url: &str) -> Printed {
    let mut program = dinnerparty();
    program.args(arguments).args(["--database", url]).env_remove("SUDO_USER").env("USER", "grace");
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()); // a command that reads none may have exited
    let output = child.wait_with_output().unwrap();
    let [out, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    Printed { code: output.status.code(), out, error }
}

fn run(arguments: &[&str], url: &str) -> Printed {
    run_with("", arguments, url)
}

/// The JSON documents that a successful command prints, one a line.
fn documents(arguments: &[&str], url: &str) -> Vec<Value> {
    let Printed { code, out, error } = run(&[arguments, &["--json"]].concat(), url);
    assert_eq!(code, Some(0), "{arguments:?}: {error}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn document(arguments: &[&str], url: &str) -> Value {
    let documents = documents(arguments, url);
    assert_eq!(documents.len(), 1, "{arguments:?}");
    documents.into_iter().next().unwrap()
}

/// The names of the fields of an object, in alphabetical order.
fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

async fn is_logged_in(client: &TestClient) -> bool {
    client.get("/host").await.path == "/host"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_beside_a_server_take_effect_at_the_next_request() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let program = Running::start(&url, &[]);
        let ada = TestClient::at(&program.origin);
        ada.register("ada", PASSWORD).await;
        assert!(is_logged_in(&ada).await);

        let added = run_with(&format!("{NEW}\n"), &["user", "add", "ben", "Ben@Example.com"], &url);
        assert_eq!((added.code, added.error.as_str()), (Some(0), ""));
        assert!(added.out.starts_with("added #2  ben  Ben@Example.com  joined 2"), "{}", added.out);
        let ben = TestClient::at(&program.origin);
        assert!(ben.log_in("ben", NEW).await.text.contains("Welcome back, ben."));
        assert_eq!(documents(&["user", "list"], &url).len(), 2);

        let ended = document(&["user", "end-sessions", "BEN@example.com"], &url);
        assert_eq!(ended, json!({ "id": 2, "username": "ben", "sessions_ended": 1 }));
        assert!(!is_logged_in(&ben).await && is_logged_in(&ada).await);

        let disabled = document(&["user", "disable", "#2"], &url);
        assert_eq!(disabled, json!({ "id": 2, "username": "ben", "changed": true, "sessions_ended": 0 }));
        assert_eq!(run(&["user", "disable", "ben"], &url).out, "ben was disabled before\n");
        assert_eq!(TestClient::at(&program.origin).log_in("ben", NEW).await.status, 422);
        assert_eq!(document(&["user", "enable", "ben"], &url)["changed"], true);
        assert_eq!(run(&["user", "enable", "ben"], &url).out, "ben was not disabled\n");
        assert!(ben.log_in("ben", NEW).await.text.contains("Welcome back, ben."));

        let changed = run_with(&format!("{NEW}\n"), &["user", "passwd", "ADA"], &url);
        assert_eq!((changed.code, changed.out.as_str()), (Some(0), "ada has a new password; 1 session ended\n"));
        assert!(!is_logged_in(&ada).await);
        assert!(ada.log_in("ada", NEW).await.text.contains("Welcome back, ada."));
        program.stop("TERM");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_sessions_and_events_are_listed_with_stable_fields() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let program = Running::start(&url, &[]);
        let ada = TestClient::at(&program.origin);
        ada.register("ada", PASSWORD).await;

        assert_eq!(run(&["user", "role", "add", "ada", "admin"], &url).out, "ada has the role admin\n");
        let again = document(&["user", "role", "add", "ada", "admin"], &url);
        assert_eq!(again, json!({ "id": 1, "username": "ada", "role": "admin", "changed": false }));
        assert_eq!(run(&["user", "role", "list", "ada"], &url).out, "admin\n");
        let shown = document(&["user", "show", "ada@example.com"], &url);
        let names = [
            "deleted_at",
            "deletion_due",
            "disabled_at",
            "email",
            "has_password",
            "id",
            "joined_at",
            "roles",
            "sessions",
            "username",
        ];
        assert_eq!(fields(&shown), names);
        assert_eq!(
            (&shown["roles"], &shown["sessions"], &shown["has_password"]),
            (&json!(["admin"]), &json!(1), &json!(true))
        );
        assert_eq!(document(&["user", "role", "remove", "ada", "admin"], &url)["changed"], true);
        assert_eq!(document(&["user", "role", "list", "ada"], &url)["roles"], json!([]));

        let session = document(&["user", "sessions", "ada"], &url);
        let names = ["id", "last_seen_at", "network", "opened_at", "remembered", "user_agent"];
        assert_eq!((fields(&session), &session["network"]), (names.to_vec(), &json!("127.0.0.1/32")));

        let events = documents(&["audit", "--user", "ada"], &url);
        let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["role removed", "role added", "logged in", "registered"]);
        let names = [
            "at",
            "count",
            "detail",
            "id",
            "kind",
            "network",
            "operator",
            "request",
            "session_id",
            "user_id",
            "username",
        ];
        assert_eq!(fields(&events[0]), names);
        assert_eq!((&events[0]["operator"], &events[0]["detail"]), (&json!("grace"), &json!("admin")));
        assert_eq!((&events[3]["operator"], &events[3]["network"]), (&json!(null), &json!("127.0.0.1/32")));
        assert_eq!(documents(&["audit", "--kind", "logged in"], &url), events[2..3]);
        assert_eq!(documents(&["audit", "--since", "1h"], &url), events);
        assert_eq!(documents(&["audit", "--since", "2100-01-01"], &url), [json!(null); 0]);

        let first = run(&["audit", "--limit", "3"], &url);
        let next = first.error.strip_prefix("there are more: --before ").unwrap().trim_end();
        assert_eq!(first.out.lines().count(), 3);
        assert!(first.out.lines().next().unwrap().ends_with("role removed  admin  #1 ada  by grace"), "{}", first.out);
        assert_eq!(documents(&["audit", "--before", next], &url), events[3..]);
        let page = run(&["user", "list", "--limit", "1"], &url);
        assert_eq!((page.out.lines().count(), page.error.as_str()), (1, ""), "one user, and no more");
        program.stop("TERM");
    }
}

/// 1 is a failure, 2 a refusal, 3 an unknown user. Each is one line, and nothing was written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_command_is_one_line_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    PartyStore::connect(&url).await.unwrap().accounts().close().await;
    let added = run_with(NEW, &["user", "add", "ada", "ada@example.com"], &url);
    assert_eq!(added.code, Some(0), "{}", added.error);
    let before = run(&["audit"], &url).out;
    for (input, arguments, code, message) in [
        (NEW, &["user", "add", "ADA", "new@example.com"][..], 2, "the username is taken"),
        (NEW, &["user", "add", "newbie", "ADA@example.com"], 2, "the e-mail address is taken"),
        (NEW, &["user", "add", "ada", "ada@example.com"], 2, "the username and the e-mail address are taken"),
        (NEW, &["user", "add", "a", "new@example.com"], 2, "this is not a username: "),
        (NEW, &["user", "add", "newbie", "example.com"], 2, "this is not an e-mail address: "),
        (
            "short\n",
            &["user", "add", "newbie", "new@example.com"],
            2,
            "the password is refused: a password has at least 8",
        ),
        ("dinnerparty\n", &["user", "passwd", "ada"], 2, "the password is refused: it is easy to guess, since "),
        ("", &["user", "passwd", "ada"], 2, "there is no password on standard input"),
        (&"x".repeat(2_000), &["user", "passwd", "ada"], 2, "the password is refused: a password has at most 1024"),
        ("marble otter\0 seven\n", &["user", "passwd", "ada"], 2, "the password has the character NUL"),
        (&format!("{NEW}\n{NEW}\n"), &["user", "passwd", "ada"], 2, "standard input has more than one line: "),
        (NEW, &["user", "passwd", "ben"], 3, "there is no user ben"),
        ("", &["user", "show", "ben@example.com"], 3, "there is no user ben@example.com"),
        ("", &["user", "disable", "#2"], 3, "there is no user #2"),
        ("", &["user", "role", "add", "b\u{1b}[2Jn", "admin"], 3, "there is no user b [2Jn"),
        ("", &["user", "role", "add", "ada", "Admin"], 1, "invalid value 'Admin' for '<ROLE>': a role has 1 to 32"),
        ("", &["audit", "--user", "#2"], 3, "there is no user #2"),
        ("", &["audit", "--kind", "teapot"], 1, "invalid value 'teapot' for '--kind <KIND>': one of: registered, "),
        ("", &["audit", "--since", "yesterday"], 1, "invalid value 'yesterday' for '--since <TIME>': a time such as"),
        (NEW, &["user", "passwd", "ada", NEW], 1, "unexpected argument"),
    ] {
        let printed = run_with(input, arguments, &url);
        assert_eq!((printed.code, printed.out.as_str()), (Some(code), ""), "{arguments:?}: {}", printed.error);
        assert_eq!(printed.error.lines().count(), 1, "{}", printed.error);
        assert!(printed.error.starts_with(&format!("dinnerparty: {message}")), "{arguments:?}: {}", printed.error);
    }
    assert_eq!(run(&["audit"], &url).out, before, "nothing was written");
    let added = document(&["user", "add", "newbie", "new@example.com", "--no-password"], &url);
    assert_eq!(document(&["user", "show", &format!("#{}", added["id"])], &url)["has_password"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn command_on_another_database_is_one_line_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let missing = run(&["user", "list"], &url("missing.db"));
    assert!(missing.code == Some(1) && missing.error.ends_with("missing.db: it does not exist\n"), "{}", missing.error);
    std::fs::write(folder.path().join("notes.db"), "no database, but some forty characters of plain text").unwrap();
    let text = run(&["audit"], &url("notes.db"));
    assert!(text.code == Some(1) && text.error.contains("it is not an SQLite database"), "{}", text.error);
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    let empty = run(&["audit"], &url("empty.db"));
    assert!(empty.code == Some(1) && empty.error.contains("has no tables of the accounts"), "{}", empty.error);
    assert_eq!(std::fs::read(folder.path().join("empty.db")).unwrap(), b"");
    let away = run(&["user", "list"], "postgres://ada:secret@127.0.0.1:1/x");
    assert!(
        away.code == Some(1) && !away.error.contains("secret") && away.error.lines().count() == 1,
        "{}",
        away.error
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_is_exported_and_leaves_by_commands() {
    let (folder, urls) = databases().await;
    for (n, url) in urls.into_iter().enumerate() {
        let program = Running::start(&url, &[]);
        let [ada, ben] = [TestClient::at(&program.origin), TestClient::at(&program.origin)];
        for (client, name) in [(&ada, "ada"), (&ben, "ben")] {
            client.register(name, PASSWORD).await;
        }
        crate::common::host(&ada, "ada", &[("date", "2037-03-14")]).await;
        crate::common::post(&ben, "/rsvp", &[("party_id", "1")]).await;

        let exported = run(&["user", "export", "ben"], &url);
        assert_eq!((exported.code, exported.error.as_str()), (Some(0), ""));
        let whole: Value = serde_json::from_str(&exported.out).unwrap();
        assert_eq!(whole["answers"][0]["answer"], "seated", "{whole}");
        let file = folder.path().join(format!("ada-{n}.json"));
        let file = file.to_str().unwrap();
        let written = run(&["user", "export", "#1", "--output", file], &url);
        assert_eq!(
            (written.code, written.out.as_str()),
            (Some(0), &*format!("{file} has everything that is stored about ada\n"))
        );
        let whole: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(whole["hosted_parties"][0]["main_dish"], "Ratatouille", "{whole}");
        let again = run(&["user", "export", "ada", "--output", file], &url);
        assert!(again.code == Some(1) && again.error.contains("cannot write"), "{}", again.error);

        for arguments in [&["user", "delete", "ada"][..], &["user", "delete", "ada", "--now"]] {
            let refused = run(arguments, &url);
            assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
            assert!(refused.error.contains("a dinner party that isn't over yet: Ratatouille on"), "{}", refused.error);
        }
        let leaving = document(&["user", "delete", "ben"], &url);
        assert_eq!(fields(&leaving), ["due", "id", "sessions_ended", "username"]);
        assert!(!is_logged_in(&ben).await && is_logged_in(&ada).await);
        let shown = run(&["user", "list"], &url).out;
        assert!(shown.contains("ben@example.com") && shown.contains("  deleted on 2"), "{shown}");
        assert!(ben.log_in("ben", PASSWORD).await.text.contains("Your account stays"));
        assert_eq!(run(&["user", "disable", "ben"], &url).code, Some(0));
        let leaving = run(&["user", "delete", "ben"], &url).out;
        assert!(leaving.ends_with(", unless ben is enabled and logs in before\n"), "{leaving}");
        assert!(ben.log_in("ben", PASSWORD).await.text.contains("don't match"), "a disabled user cannot log in");
        let deleted = document(&["user", "delete", "ben", "--now"], &url);
        assert_eq!(deleted, json!({ "id": 2, "username": "ben", "deleted_as": "deleted-2" }));
        assert!(!is_logged_in(&ben).await);
        assert_eq!(run(&["user", "delete", "ben"], &url).code, Some(3));
        for act in ["disable", "enable"] {
            assert_eq!(run(&["user", act, "#2"], &url).code, Some(3), "{act}: a deleted user is no user any more");
        }
        assert!(run(&["audit", "--user", "#2"], &url).out.contains("deleted"), "its events stay");
        let shown = run(&["user", "show", "deleted-2"], &url);
        assert!(shown.code == Some(0) && shown.out.contains("\ndeletion      done 2"), "{}", shown.out);
        let shown = document(&["user", "show", "#2"], &url);
        assert!(shown["deleted_at"].is_string() && shown["deletion_due"].is_null(), "{shown}");
        assert_eq!(run(&["check"], &url).out, "in order\n");
        assert_eq!(ada.get("/user/deleted-2").await.status, 200);
    }
}

/// The page of a link does not tell why it does not work: the operator learns it before a link is passed on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_link_of_no_use_is_refused() {
    let (_folder, urls) = databases().await;
    for url in urls {
        PartyStore::connect(&url).await.unwrap().accounts().close().await;
        let added = run_with(NEW, &["user", "add", "ada", "ada@example.com"], &url);
        assert_eq!(added.code, Some(0), "{}", added.error);
        let link = |user: &str| run(&["user", "reset-link", user, "--origin", "https://dinner.example"], &url);
        let made = || documents(&["audit", "--kind", "reset link made"], &url).len();

        assert_eq!(run(&["user", "disable", "ada"], &url).code, Some(0));
        let refused = link("ada@example.com");
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
        let sentence = "dinnerparty: ada is disabled, and no link works until ada is enabled\n";
        assert_eq!((refused.error.as_str(), made()), (sentence, 0));
        assert_eq!(run(&["user", "enable", "ada"], &url).code, Some(0));
        let printed = link("ada");
        assert!(printed.code == Some(0) && printed.out.starts_with("https://dinner.example/account/reset?token="));
        assert_eq!(made(), 1);

        let due = document(&["user", "delete", "ada"], &url)["due"].as_str().unwrap().to_owned();
        let refused = link("#1");
        assert_eq!((refused.code, refused.out.as_str(), made()), (Some(2), "", 1));
        let sentence =
            format!("ada is to be deleted on {due}, unless ada logs in before: set a password by `user passwd`");
        assert_eq!(refused.error, format!("dinnerparty: {sentence}\n"));
        assert_eq!(run(&["user", "delete", "ada", "--now"], &url).code, Some(0));
        let refused = link("#1");
        assert_eq!((refused.code, refused.error.as_str()), (Some(3), "dinnerparty: there is no user #1\n"));
    }
}
