//! The pages of one's own account, without scripts: the password, the sessions, the export, the deletion and its undo.

use std::path::Path;
use std::time::{Duration, Instant};

use accounts::test_kit::TestClient;
use serde_json::{Value, from_slice, json};
use test_support::browser::{Person, Scripts};

use crate::common::{PASSWORD, TestApp};
use crate::steps::{at, register};

const NEW_PASSWORD: &str = "granite heron nine";

/// The viewport of a small phone, in CSS pixels.
const SMALL_PHONE: (u32, u32) = (320, 640);

/// How long a download may take.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(10);

async fn change_password(person: &Person, current: &str) {
    person.fills_in("Current password", current).await;
    person.fills_in("New password", NEW_PASSWORD).await;
    person.fills_in("Repeat new password", NEW_PASSWORD).await;
    person.presses("Change password").await;
}

async fn is_logged_in(client: &TestClient) -> bool {
    client.get("/account").await.path == "/account"
}

/// Follows the link to a download, and reads the file.
async fn download(person: &Person, link: &str, file: &str, folder: &Path) -> Vec<u8> {
    let allow = json!({ "behavior": "allow", "downloadPath": folder });
    person.browser().driver().cdp().send_raw("Browser.setDownloadBehavior", allow).await.unwrap();
    person.follows(link).await;
    let (start, file) = (Instant::now(), folder.join(file)); // has another name until it is complete
    while !file.exists() {
        assert!(start.elapsed() < DOWNLOAD_TIMEOUT, "{link:?} downloads no {}", file.display());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    std::fs::read(file).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_is_changed_exported_deleted_and_kept_without_scripts() {
    let app = TestApp::on_sqlite().await;
    let ada = Person::arrives("ada", Scripts::Off).await;
    ada.browser().set_viewport(SMALL_PHONE.0, SMALL_PHONE.1).await.unwrap();
    ada.opens(&at(&app, "/register")).await;
    register(&ada, "ada", "ada@example.com").await;

    ada.follows("Account").await;
    ada.sees("ada@example.com").await;
    ada.follows("Change your password").await;
    change_password(&ada, "not her password").await;
    ada.sees("That isn't your password. Please try again.").await;
    let focus = ada.focus().await;
    assert!(focus.name.starts_with("Please check what you typed:") && focus.is_visible, "{focus:?}");
    assert_eq!(ada.overflow().await, [""; 0]);
    change_password(&ada, PASSWORD).await;
    ada.sees("Your password is changed. All other sessions have ended.").await;

    let other = app.visitor();
    other.log_in("ada", NEW_PASSWORD).await;
    assert!(is_logged_in(&other).await);
    ada.follows("See where you are logged in").await;
    ada.sees("Chrome on Linux (this session)").await;
    assert_eq!(ada.overflow().await, [""; 0]);
    ada.presses("End this session").await;
    ada.sees("That session has ended.").await;
    assert!(!is_logged_in(&other).await && !ada.has_button("End this session").await);

    ada.follows("Your account").await;
    let folder = tempfile::tempdir().unwrap();
    let file = download(&ada, "Download your data", "account.json", folder.path()).await;
    let document: Value = from_slice(&file).unwrap();
    assert_eq!((&document["user"]["email"], &document["hosted_parties"]), (&json!("ada@example.com"), &json!([])));

    ada.follows("Delete your account").await;
    ada.sees("This deletes the account of ada").await;
    assert_eq!(ada.overflow().await, [""; 0]);
    ada.presses("Delete my account").await;
    ada.sees("Your account will be deleted in 14 days. If you change your mind, log in before then.").await;
    ada.goes_back().await;
    ada.sees("Sorry you must be logged in to view this page").await;
    ada.sees_nothing_of("Delete my account").await;
    ada.opens(&at(&app, "/login")).await;
    ada.fills_in("Username or email", "ada").await;
    ada.fills_in("Password", NEW_PASSWORD).await;
    ada.presses("Log in").await;
    ada.sees("Welcome back, ada. Your account stays: it won't be deleted.").await;
    ada.follows("Account").await;
    ada.sees("ada@example.com").await;
    ada.sees_no_console_errors().await;
}
