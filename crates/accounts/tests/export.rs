//! The export of an account: everything that is stored about a user, nothing that opens the account, and an embedder's own part.

use std::sync::Mutex;
use std::time::Duration;

use accounts::serde_json::{Value, from_str, json};
use accounts::test_kit::fast_hash_cost;
use accounts::{Accounts, Caller, ExportPage, ExportSource, StoreError, UserId, Username};
use async_trait::async_trait;

use crate::common::{PASSWORD, Service};

/// The whole document of user 1, and the number of its pieces.
async fn export(accounts: &Accounts) -> (Value, String, usize) {
    let mut export = accounts.export(UserId::new(1)).await.unwrap().unwrap();
    let (mut text, mut pieces) = (String::new(), 0);
    while let Some(piece) = export.next().await.unwrap() {
        text.push_str(&piece);
        pieces += 1;
    }
    assert_eq!(export.next().await.unwrap(), None, "it stays at its end");
    (from_str(&text).unwrap(), text, pieces)
}

#[tokio::test]
async fn export_has_user_sessions_browsers_and_events() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_hours(1));
    ada.get("/home").await;
    service.accounts.request_deletion(UserId::new(1), &Caller::default()).await.unwrap();
    service.visitor().log_in("ada", PASSWORD).await;
    let (document, text, _) = export(&service.accounts).await;
    assert_eq!(document["format"], "accounts-export-1");
    assert_eq!(document["exported_at"], "2026-01-01T01:00:00Z");
    let user = json!({
        "id": 1, "username": "ada", "email": "ada@example.com", "roles": [], "joined_at": "2026-01-01T00:00:00Z",
        "disabled_at": null, "deletion_due": null,
    });
    assert_eq!(document["user"], user);
    let session = &document["sessions"][0];
    assert_eq!((&session["created_at"], &session["network"]), (&json!("2026-01-01T01:00:00Z"), &json!("127.0.0.1/32")));
    assert!(session["browser"].is_null() || session["browser"].is_string());
    assert_eq!(document["known_browsers"].as_array().map(Vec::len), Some(3), "two browsers and a network");
    let kinds: Vec<_> =
        document["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["logged in", "deletion undone", "deletion requested", "logged in", "registered"]);
    for secret in ["pbkdf2", "digest", "password", "hash", "token"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn export_has_former_usernames_and_reset_links() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let (user, caller) = (UserId::new(1), Caller::default());
    service.accounts.rename(user, Username::parse("Grace").unwrap(), &caller).await.unwrap();
    let token = service.accounts.create_reset_token(user, &caller).await.unwrap().unwrap();
    let (document, text, _) = export(&service.accounts).await;
    let former = json!([{ "username": "ada", "reserved_until": "2026-04-01T00:00:00Z" }]);
    assert_eq!(document["former_usernames"], former);
    assert_eq!(document["reset_links"], json!([{ "expires_at": "2026-01-01T00:30:00Z" }]));
    assert!(!text.contains(&token.expose()), "the link itself");
}

/// Another user has rows in every part of the document.
#[tokio::test]
async fn export_has_nothing_of_another_user() {
    let service = Service::start().await;
    let _ada = service.ada().await;
    let (alone, ..) = export(&service.accounts).await;
    service.register("ben", PASSWORD).await;
    assert!(service.visitor().log_in("ben", PASSWORD).await.text.contains("Welcome back, ben."));
    let (ben, caller) = (UserId::new(2), Caller::default());
    service.accounts.rename(ben, Username::parse("Cleo").unwrap(), &caller).await.unwrap();
    service.accounts.create_reset_token(ben, &caller).await.unwrap().unwrap();
    let (document, ..) = export(&service.accounts).await;
    assert_eq!(document, alone);
}

/// Each table with rows of users, and the member of the document that has them. A new table is missing here.
#[tokio::test]
async fn export_has_every_table_with_rows_of_a_user() {
    const MEMBERS: &[(&str, Option<&str>)] = &[
        ("credentials", None), // the hash of the password opens the account
        ("events", Some("events")),
        ("former_usernames", Some("former_usernames")),
        ("known_browsers", Some("known_browsers")),
        ("known_networks", Some("known_browsers")),
        ("notices", Some("notices")),
        ("registration_keys", None), // a digest of the submitted form, for ten minutes
        ("reset_tokens", Some("reset_links")),
        ("sessions", Some("sessions")),
        ("user_roles", Some("user")), // its field `roles`
    ];
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let tables: Vec<_> = MEMBERS.iter().map(|(table, _)| *table).collect();
    assert_eq!(service.tables_of_users().await, tables);
    let (document, ..) = export(&service.accounts).await;
    for (table, member) in MEMBERS {
        assert!(member.is_none_or(|member| document.get(member).is_some()), "{table}");
    }
}

#[tokio::test]
async fn unknown_user_has_no_export() {
    let service = Service::start().await;
    assert!(service.accounts.export(UserId::new(1)).await.unwrap().is_none());
}

/// Three pages of two trips each. It records after what it was asked.
#[derive(Default)]
struct Trips(Mutex<Vec<Option<String>>>);

#[async_trait]
impl ExportSource for Trips {
    fn name(&self) -> &'static str {
        "trips"
    }

    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        self.0.lock().unwrap().push(after.clone());
        let page: u32 = after.map_or(0, |after| after.parse().unwrap());
        let rows = (0..2).map(|n| json!({ "user": user.get(), "trip": 2 * page + n })).collect();
        Ok(ExportPage { rows, next: (page < 2).then(|| (page + 1).to_string()) })
    }
}

struct Empty(&'static str);

#[async_trait]
impl ExportSource for Empty {
    fn name(&self) -> &'static str {
        self.0
    }

    async fn page(&self, _: UserId, _: Option<String>) -> Result<ExportPage, StoreError> {
        Ok(ExportPage::default())
    }
}

#[tokio::test]
async fn sources_of_the_embedder_are_arrays_page_by_page() {
    let service = Service::with(|builder| builder.export(Trips::default()).export(Empty("wishes"))).await;
    service.register("ada", PASSWORD).await;
    let (document, text, pieces) = export(&service.accounts).await;
    let trips: Vec<_> = (0..6).map(|trip| json!({ "user": 1, "trip": trip })).collect();
    assert_eq!((&document["trips"], &document["wishes"]), (&json!(trips), &json!([])));
    assert_eq!(pieces, 1 + 6 + 3 + 1 + 1, "head, six of ours, three of the trips, one of the wishes, the end");
    assert!(text.ends_with("\n}\n"), "{text}");
}

/// More events than a page has.
#[tokio::test]
async fn events_are_exported_page_by_page() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for n in 0..130 {
        service.clock.advance(Duration::from_hours(2));
        service.accounts.request_deletion(UserId::new(1), &Caller::default()).await.unwrap();
        assert!(service.accounts.undo_deletion(UserId::new(1), &Caller::default()).await.unwrap(), "{n}");
    }
    let (document, ..) = export(&service.accounts).await;
    assert_eq!(document["events"].as_array().map(Vec::len), Some(261));
}

#[tokio::test]
async fn failed_piece_can_be_asked_for_again() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for method in [
        "users.list_former_usernames",
        "sessions.list",
        "known_browsers.list",
        "credentials.list_reset_tokens",
        "events.list",
    ] {
        let mut export = service.accounts.export(UserId::new(1)).await.unwrap().unwrap();
        let (mut text, mut failures) = (String::new(), 0);
        service.failing.fail_on(method);
        loop {
            match export.next().await {
                Ok(Some(piece)) => text.push_str(&piece),
                Ok(None) => break,
                Err(_) => {
                    failures += 1;
                    service.failing.fail_on(None);
                }
            }
        }
        assert_eq!(failures, 1, "{method}");
        assert_eq!(from_str::<Value>(&text).unwrap()["user"]["username"], "ada");
    }
    service.failing.fail_on("users.find");
    assert!(service.accounts.export(UserId::new(1)).await.is_err());
}

#[tokio::test]
async fn name_that_the_document_has_already_is_an_invalid_setting() {
    let builder = || Accounts::builder().cost(fast_hash_cost());
    for builder in [builder().export(Empty("events")), builder().export(Empty("trips")).export(Empty("trips"))] {
        let error = builder.ensure_valid().unwrap_err().to_string();
        assert!(error.contains("cannot be the name of an export: another part of the document has it"), "{error}");
    }
    builder().export(Empty("trips")).export(Empty("wishes")).ensure_valid().unwrap();
}
