//! `dinnerparty registration-code` beside a server whose `--registration` is `code`.

use accounts::test_kit::TestClient;

use super::databases;
use super::process::{Running, dinnerparty, error_line};
use crate::common::PASSWORD;

/// The exit code, and the lines of standard output.
fn run(arguments: &[&str], url: &str) -> (Option<i32>, Vec<String>) {
    let program = dinnerparty().arg("registration-code").args(arguments).args(["--database", url]).output().unwrap();
    (program.status.code(), String::from_utf8(program.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_of_the_operator_registers_until_it_is_revoked_on_both_engines() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let program = Running::start(&url, &["--registration", "code"]);
        let (status, lines) = run(&["new", "--uses", "2", "--origin", &program.origin], &url);
        assert_eq!((status, lines.len()), (Some(0), 2), "{lines:?}");
        let register = async |name: &str| {
            let email = format!("{name}@example.com");
            let typed = [("username", name), ("email", &*email), ("password", PASSWORD), ("password2", PASSWORD)];
            let client = TestClient::at(&program.origin);
            let path = lines[1].strip_prefix(&program.origin).unwrap();
            let page = client.get(path).await;
            client.submit_on(&page, "/register", &typed).await
        };
        let page = register("ada").await;
        assert!(page.text.contains("Your account is ready. Welcome, ada."), "{}", page.text);
        assert!(run(&["list"], &url).1[0].starts_with("1: usable, 1 of 2 used, until "));
        assert_eq!(run(&["revoke", "1"], &url), (Some(0), vec!["code 1 is revoked".to_owned()]));
        let page = register("ben").await;
        assert!(page.text.contains("That registration code doesn't work."), "{}", page.text);
        assert_eq!(run(&["revoke", "1"], &url).0, Some(3));
        let log = program.stop("TERM").log;
        assert!(!log.contains(&lines[0]), "the log has no code");
    }
}

#[test]
fn command_without_a_database_is_one_error_line() {
    let line = error_line(dinnerparty().args(["registration-code", "list", "--database", "sqlite:no/where.db"]));
    assert!(line.starts_with("dinnerparty: cannot open "), "{line}");
}
