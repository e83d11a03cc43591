//! The commands of `registration-code` on a real store.

use accounts::cli::{OperatorCommand, Output};
use accounts::{
    Accounts, Caller, Email, OperatorName, Password, Registration, RegistrationCode, RegistrationPolicy, Username,
};
use clap::Parser;
use serde_json::json;

#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: OperatorCommand,
}

/// Runs a command. Returns its error, the lines of its result, and those of its progress.
async fn run(accounts: &Accounts, arguments: &[&str]) -> (Result<(), String>, Vec<String>, String) {
    let line = CommandLine::try_parse_from([&["trips", "registration-code"], arguments].concat()).unwrap();
    let (mut result, mut progress) = (Vec::new(), Vec::new());
    let operator = OperatorName::parse("grace").unwrap();
    let mut output = Output::to(&mut result, &mut progress);
    let done = line.command.run(accounts, operator, &mut output).await;
    drop(output);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let lines = text(result).lines().map(str::to_owned).collect();
    (done.map(drop).map_err(|error| error.to_string()), lines, text(progress))
}

async fn accounts(folder: &tempfile::TempDir) -> Accounts {
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = store::AccountStore::connect(&url).await.unwrap();
    let builder = Accounts::builder().registration(RegistrationPolicy::Code).origin("https://a.example");
    builder.build(store).unwrap()
}

#[tokio::test]
async fn code_is_made_listed_used_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder).await;
    let arguments = ["new", "--uses", "2", "--days", "1", "--note", "for Zoë"];
    let (done, lines, progress) = run(&accounts, &arguments).await;
    assert!(done.is_ok() && progress.starts_with("code 1 registers 2 accounts until 20"), "{progress}");
    let code = &lines[0];
    assert_eq!(lines[1..], [format!("https://a.example/register?code={code}")]);

    let registration = Registration {
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        password: Password::parse("marble otter seven".to_owned()).unwrap(),
        code: RegistrationCode::parse(code),
    };
    accounts.register(registration, &Caller::default()).await.unwrap();
    run(&accounts, &["new"]).await.0.unwrap();
    let (_, lines, _) = run(&accounts, &["list"]).await;
    assert!(lines[0].starts_with("2: usable, 0 of 1 used, until 20"), "{lines:?}");
    assert!(lines[1].starts_with("1: usable, 1 of 2 used, until 20") && lines[1].ends_with("Z, for Zoë"), "{lines:?}");
    assert!(!lines.concat().contains(&code[..5]), "the code is stored nowhere");

    assert_eq!(run(&accounts, &["revoke", "1"]).await.1, ["code 1 is revoked"]);
    for number in ["1", "9"] {
        let (done, lines, _) = run(&accounts, &["revoke", number]).await;
        let error = format!("there is no code {number}, or it is revoked already");
        assert_eq!((done, lines), (Err(error), vec![]));
    }
    assert!(run(&accounts, &["list"]).await.1[1].starts_with("1: revoked, 1 of 2 used"));
}

#[tokio::test]
async fn json_has_the_same_facts() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder).await;
    let json = async |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&run(&accounts, arguments).await.1.concat()).unwrap()
    };
    let made = json(&["new", "--json"]).await;
    assert_eq!((&made["id"], &made["uses"]), (&json!(1), &json!(1)));
    assert!(RegistrationCode::parse(made["code"].as_str().unwrap()).is_some(), "{made}");
    let listed = json(&["list", "--json"]).await;
    assert_eq!((&listed["state"], &listed["used"], &listed["note"]), (&json!("usable"), &json!(0), &json!(null)));
    assert_eq!(listed["expires_at"], made["expires_at"]);
    assert_eq!(json(&["revoke", "1", "--json"]).await, json!({ "id": 1, "revoked": true }));
}
