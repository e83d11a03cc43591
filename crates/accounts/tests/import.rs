//! The import of users, without HTTP and by the command of the operator.

use std::fmt::Write as _;
use std::fs;

use accounts::cli::{Output, UserCommand};
use accounts::test_kit::fast_hash_cost;
use accounts::{
    Accounts, BrowserTokens, Caller, EventFilter, EventKind, ImportProgress, ImportReport, ImportRow, LogIn,
    LogInError, OperatorName, PageSize, Password, RefusedRow, RowRefusal, StoredEvent, TakenKeys, Timestamp,
    UsernameError,
};
use clap::Parser;

use crate::common::{PASSWORD, Service};

/// Hashes that other programs wrote.
const VECTORS: &str = include_str!("../../auth/tests/vectors/hashes.jsonl");

/// A hash that Werkzeug made of [`PASSWORD`], at a low cost.
fn werkzeug_hash() -> String {
    let vectors = VECTORS.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut hashes =
        vectors.filter(|row| row["password"] == PASSWORD).map(|row| row["hash"].as_str().unwrap().to_owned());
    hashes.find(|hash| hash.starts_with("pbkdf2:sha256:26000$")).unwrap()
}

fn row(line: u64, name: &str) -> ImportRow {
    ImportRow {
        line,
        username: name.to_owned(),
        email: format!("{name}@example.com"),
        password_hash: werkzeug_hash(),
        joined_at: Some(Timestamp::from_millis(1_614_834_367_000)),
    }
}

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("root").unwrap())
}

async fn import(accounts: &Accounts, rows: impl IntoIterator<Item = ImportRow>) -> ImportReport {
    let checked = accounts.check_import(rows.into_iter().map(Ok).collect(), |_| ()).await.unwrap();
    accounts.import(checked, &operator(), |_| ()).await.unwrap()
}

async fn stored_hash(service: &Service, name: &str) -> String {
    let username = accounts::Username::parse(name).unwrap();
    let found = service.ports().credentials.find_by_username(&username).await.unwrap();
    found.unwrap().hash.expose().to_owned()
}

/// Logs in, and returns whether it succeeded.
async fn logs_in(accounts: &Accounts, identifier: &str, password: &str) -> bool {
    let attempt = LogIn {
        identifier: identifier.to_owned(),
        password: Password::parse(password.to_owned()).unwrap(),
        remember: false,
        caller: Caller::default(),
        browser: BrowserTokens::default(),
        replaces: None,
    };
    match accounts.log_in(attempt).await {
        Ok(_) => true,
        Err(LogInError::Mismatch) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn imported_user_logs_in_with_former_password_and_gets_our_hash() {
    let service = Service::start().await;
    let report = import(&service.accounts, [row(2, "ada"), row(3, "ben")]).await;
    assert_eq!((report.added, report.already_there, report.refused), (2, 0, vec![]));

    assert!(!logs_in(&service.accounts, "ada", "marble otter eight").await);
    assert!(stored_hash(&service, "ada").await.starts_with("pbkdf2:sha256:"), "a mismatch changes nothing");
    for identifier in ["ada", "ADA@example.com"] {
        assert!(logs_in(&service.accounts, identifier, PASSWORD).await);
        assert!(stored_hash(&service, "ada").await.starts_with("$pbkdf2-sha256$i=1000,"));
    }
    assert!(stored_hash(&service, "ben").await.starts_with("pbkdf2:sha256:"));
    let ada = service.visitor();
    let page = ada.log_in("ada", PASSWORD).await;
    assert!(page.text.contains("Welcome back, ada."), "{}", page.text);
}

#[tokio::test]
async fn event_of_imported_user_has_the_operator() {
    let service = Service::start().await;
    import(&service.accounts, [row(2, "ada")]).await;
    let events = service.ports().events.list(EventFilter::default(), None, PageSize::DEFAULT).await.unwrap().items;
    let [StoredEvent { event, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.kind, event.user.is_some()), (EventKind::Imported, true));
    assert_eq!(event.origin, operator().origin());
}

#[tokio::test]
async fn user_without_password_is_imported_and_nobody_logs_in() {
    let service = Service::start().await;
    let rows = ["", " ", "!", "!abcdefgh"].iter().enumerate();
    let rows: Vec<_> =
        rows.map(|(n, hash)| ImportRow { password_hash: (*hash).to_owned(), ..row(2, &format!("ada{n}")) }).collect();
    assert_eq!(import(&service.accounts, rows).await.added, 4);
    for n in 0..4 {
        assert_eq!(stored_hash(&service, &format!("ada{n}")).await, "!");
        for password in ["", "!", "!abcdefgh", PASSWORD] {
            assert!(!logs_in(&service.accounts, &format!("ada{n}"), password).await);
        }
    }
}

#[tokio::test]
async fn repeated_import_adds_nobody_and_overwrites_nothing() {
    let service = Service::start().await;
    import(&service.accounts, [row(2, "ada")]).await;
    assert!(logs_in(&service.accounts, "ada", PASSWORD).await);
    let hash = stored_hash(&service, "ada").await;

    let again = ImportRow { username: "ADA".to_owned(), password_hash: String::new(), ..row(3, "ada") };
    let report = import(&service.accounts, [row(2, "ada"), again, row(4, "ben"), row(5, "Ben")]).await;

    assert_eq!((report.added, report.already_there, report.refused), (1, 3, vec![]));
    assert_eq!(stored_hash(&service, "ada").await, hash);
}

#[tokio::test]
async fn invalid_and_conflicting_rows_are_refused_with_their_lines() {
    let service = Service::start().await;
    import(&service.accounts, [row(2, "ada"), row(3, "ben")]).await;
    let changed = |line, change: fn(&mut ImportRow)| {
        let mut row = row(line, &format!("user{line}"));
        change(&mut row);
        row
    };
    let rows = [
        row(2, "cleo"),
        changed(3, |row| row.username = "admin".into()),
        changed(4, |row| row.email = "nobody".into()),
        changed(5, |row| row.password_hash = "pbkdf2:sha256:4294967295$salt$00".into()),
        changed(6, |row| row.password_hash = "scrypt:1073741824:8:1$salt$00".into()),
        changed(7, |row| row.password_hash = "marble otter seven".into()),
        changed(8, |row| row.joined_at = Some(Timestamp::from_millis(-1))),
        changed(9, |row| row.joined_at = Some(Timestamp::from_millis(1_767_225_600_001))), // the clock's time and 1 ms
        changed(10, |row| row.username = "Cleo".into()),
        changed(11, |row| row.email = "\"CLEO\"@example.com".into()),
        changed(12, |row| row.username = "ADA".into()),
        changed(13, |row| row.email = "Ben@example.com".into()),
        ImportRow { username: "ada".into(), ..row(14, "ben") },
        row(15, "dan"),
    ];

    let report = import(&service.accounts, rows).await;

    assert_eq!((report.added, report.already_there), (2, 0));
    let lines: Vec<_> = report.refused.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    let refusals: Vec<_> = report.refused.into_iter().map(|row| row.refusal).collect();
    assert_eq!(refusals[0], RowRefusal::Username(UsernameError::Reserved));
    assert!(matches!(refusals[1], RowRefusal::Email(_)));
    assert_eq!(refusals[2..5], [const { RowRefusal::UnreadableHash }; 3]);
    assert_eq!(refusals[5..7], [const { RowRefusal::JoinedAt }; 2]);
    assert_eq!(refusals[7], RowRefusal::RepeatedUsername { line: 2 });
    assert_eq!(refusals[8], RowRefusal::RepeatedEmail { line: 2 });
    let taken = |username, email| RowRefusal::Taken(TakenKeys { username, look_alike: false, email });
    assert_eq!(refusals[9..11], [taken(true, false), taken(false, true)]);
    // By its name it repeats line 12, which was refused itself.
    assert_eq!(refusals[11], RowRefusal::RepeatedUsername { line: 12 });
}

#[tokio::test]
async fn look_alike_of_a_row_or_a_user_is_refused() {
    let service = Service::start().await;
    import(&service.accounts, [row(2, "paypal")]).await;
    let named = |line, name: &str| ImportRow { username: name.to_owned(), ..row(line, &format!("user{line}")) };

    let rows = [named(2, "paypa1"), named(3, "modern"), named(4, "modem"), named(5, "pаypal"), named(6, "adrnin")];
    let report = import(&service.accounts, rows).await;

    let look_alike = TakenKeys { username: false, look_alike: true, email: false };
    let refused = [
        (2, RowRefusal::Taken(look_alike), "the username looks like that of another user"),
        (4, RowRefusal::LooksLikeRow { line: 3 }, "the username looks like that of line 3"),
        (5, RowRefusal::Username(UsernameError::MixedScript), "a username has letters of one script"),
        (6, RowRefusal::Username(UsernameError::Reserved), "that username is reserved"),
    ];
    assert_eq!((report.added, report.refused.len()), (1, refused.len()));
    for (row, (line, refusal, message)) in report.refused.iter().zip(refused) {
        assert_eq!((row.line, row.refusal.to_string().as_str()), (line, message));
        assert_eq!(row.refusal, refusal);
    }
}

#[tokio::test]
async fn name_registered_between_check_and_import_is_a_refused_row() {
    let service = Service::start().await;
    let rows = vec![Ok(row(2, "ada")), Ok(row(3, "ben"))];
    let checked = service.accounts.check_import(rows, |_| ()).await.unwrap();
    assert_eq!((checked.accepted(), checked.already_there(), checked.refused()), (2, 0, &[][..]));
    let other = accounts::Registration {
        username: accounts::Username::parse("ada").unwrap(),
        email: accounts::Email::parse("other@example.com").unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        code: None,
    };
    service.accounts.register(other, &Caller::default()).await.unwrap();

    let report = service.accounts.import(checked, &operator(), |_| ()).await.unwrap();

    let refusal = RowRefusal::Taken(TakenKeys { username: true, look_alike: false, email: false });
    assert_eq!((report.added, report.refused), (1, vec![RefusedRow { line: 2, refusal }]));
}

#[tokio::test]
async fn failing_store_ends_the_import_and_a_repeat_goes_on() {
    let service = Service::start().await;
    let rows = || (0..1_500).map(|n| Ok(row(n + 2, &format!("ada{n}")))).collect::<Vec<_>>();
    service.failing.fail_on("users.find_imported");
    assert!(service.accounts.check_import(rows(), |_| ()).await.is_err());

    service.failing.fail_on(None);
    let checked = service.accounts.check_import(rows(), |_| ()).await.unwrap();
    let failing = service.failing.clone();
    let failed = service.accounts.import(checked, &operator(), |_| failing.fail_on("users.import")).await.unwrap_err();
    assert_eq!(failed.to_string(), "the import stopped after 1000 users; run it again to add the others");

    service.failing.fail_on(None);
    let mut progress = Vec::new();
    let checked = service.accounts.check_import(rows(), |done| progress.push(done)).await.unwrap();
    let report = service.accounts.import(checked, &operator(), |done| progress.push(done)).await.unwrap();
    assert_eq!((report.added, report.already_there), (500, 1_000));
    let checked = |rows| ImportProgress::Checked { rows, of: 1_500 };
    assert_eq!(progress, [checked(1_000), checked(1_500), ImportProgress::Stored { users: 500, of: 500 }]);
}

/// The command line of a program of an embedder.
#[derive(Parser)]
enum CommandLine {
    #[command(subcommand)]
    User(UserCommand),
}

/// The exit code as it is printed, the result, and the progress.
async fn run(accounts: &Accounts, arguments: &[&str]) -> (String, String, String) {
    let CommandLine::User(command) = CommandLine::parse_from(["trips", "user"].iter().chain(arguments));
    let (mut result, mut progress) = (Vec::new(), Vec::new());
    let code = command
        .run(accounts, OperatorName::parse("root").unwrap(), &mut Output::to(&mut result, &mut progress))
        .await
        .unwrap();
    (format!("{code:?}"), String::from_utf8(result).unwrap(), String::from_utf8(progress).unwrap())
}

fn exit_code(code: u8) -> String {
    format!("{:?}", std::process::ExitCode::from(code))
}

#[tokio::test]
async fn command_imports_accepted_rows_and_reports_the_others() {
    let service = Service::start().await;
    let file = service.folder.path().join("users.csv");
    let file = file.to_str().unwrap();
    let hash = werkzeug_hash();
    let rows =
        format!("username,email,password_hash\nada,ada@example.com,{hash}\nme,me@example.com,{hash}\nben,ben,{hash}\n");
    fs::write(file, rows).unwrap();

    let (code, result, progress) = run(&service.accounts, &["import", file, "--strict"]).await;
    let refused = "line 3: a username has at least 3 characters\nline 4: an e-mail address has an '@'\n";
    assert_eq!((code, result), (exit_code(2), format!("{refused}0 added, 0 already there, 2 refused\n")));
    assert_eq!(progress, "checked 3 of 3\n");
    assert!(!logs_in(&service.accounts, "ada", PASSWORD).await);

    let (code, result, progress) = run(&service.accounts, &["import", file]).await;
    assert_eq!((code, result), (exit_code(2), format!("{refused}1 added, 0 already there, 2 refused\n")));
    assert_eq!(progress, "checked 3 of 3\nimported 1 of 1\n");
    assert!(logs_in(&service.accounts, "ada", PASSWORD).await);

    fs::write(file, format!("{{\"username\":\"ada\",\"email\":\"ada@example.com\",\"password_hash\":\"{hash}\"}}\n"))
        .unwrap();
    let (code, result, _) = run(&service.accounts, &["import", file, "--strict", "--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&result).unwrap();
    assert_eq!((code, report), (exit_code(0), serde_json::json!({ "added": 0, "already_there": 1, "refused": [] })));
}

/// More than two batches. 100,000 users took 25 s of a debug build on two busy cores.
#[tokio::test]
async fn large_file_is_imported_in_batches() {
    let service = Service::with(|builder| builder.cost(fast_hash_cost())).await;
    let file = service.folder.path().join("users.csv");
    let (hash, mut rows) = (werkzeug_hash(), "username,email,password_hash,joined_at\n".to_owned());
    for n in 0..2_500 {
        writeln!(rows, "user{n},user{n}@example.com,{hash},2021-03-04 05:06:07").unwrap();
    }
    fs::write(&file, rows).unwrap();
    let (code, result, _) = run(&service.accounts, &["import", file.to_str().unwrap()]).await;
    assert_eq!((code, result.as_str()), (exit_code(0), "2500 added, 0 already there, 0 refused\n"));
    assert!(logs_in(&service.accounts, "user2499", PASSWORD).await);
}
