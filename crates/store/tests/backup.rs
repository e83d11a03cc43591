//! A backup is complete, contains what was acknowledged before it, and is readable by its owner alone; a failed one leaves no
//! file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::common::{self, Fresh, NOW, add_user, party_of};
use accounts_store::{BackupError, ConnectError, Inspection, PartyStore};

async fn back_up(fresh: &Fresh, copy: &Path) -> Result<(), BackupError> {
    accounts_store::back_up(&fresh.url, copy).await
}

async fn assert_intact(url: &str) {
    let mut violations = Vec::new();
    Inspection::of_parties(url)
        .await
        .unwrap()
        .check(NOW, |_| true, |violation| violations.push(violation))
        .await
        .unwrap();
    assert!(violations.is_empty(), "{violations:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Beside a task that adds parties as fast as the disk allows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_beside_writes_contains_all_acknowledged_rows() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let ada = add_user(&fresh.accounts(), "ada").await;
    let (acknowledged, parties) = (Arc::new(AtomicI64::new(0)), fresh.parties());
    let latest = Arc::clone(&acknowledged);
    let writer = tokio::spawn(async move {
        loop {
            let id = parties.add(party_of(&ada, 4), None).await.unwrap();
            latest.store(id.get(), Ordering::SeqCst);
        }
    });
    for number in 0..10 {
        let before = acknowledged.load(Ordering::SeqCst);
        while acknowledged.load(Ordering::SeqCst) < before + 5 {
            assert!(!writer.is_finished(), "the writing task has ended");
            tokio::task::yield_now().await;
        }
        let copy = folder.path().join(format!("{number}.db"));
        let before = acknowledged.load(Ordering::SeqCst);
        back_up(&fresh, &copy).await.unwrap();

        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let url = format!("sqlite:{}", copy.display());
        assert_intact(&url).await;
        let restored = PartyStore::connect(&url).await.unwrap();
        let stored = common::past_our_types(&restored, "SELECT count(*) FROM parties").await.unwrap().unwrap();
        assert!(stored >= before && before > 0, "{stored} parties, {before} were acknowledged");
        let ben = add_user(&restored.accounts().clone().into(), "ben").await;
        let next = restored.parties().add(party_of(&ben, 4), None).await.unwrap();
        assert_eq!(next.get(), stored + 1, "ids continue");
        restored.accounts().close().await;
    }
    writer.abort();
    assert_eq!(names(folder.path()).len(), 10, "{:?}", names(folder.path()));
}

#[tokio::test]
async fn existing_file_is_not_overwritten() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let copy = folder.path().join("dinner.db");
    for name in ["dinner.db", "dinner.db.part"] {
        fs::write(folder.path().join(name), "precious").unwrap();
        let error = back_up(&fresh, &copy).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} is there already", folder.path().join(name).display()));
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "precious");
        assert_eq!(names(folder.path()), [name]);
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[tokio::test]
async fn failed_backup_leaves_no_file() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let nowhere = folder.path().join("nowhere/dinner.db");
    assert!(matches!(back_up(&fresh, &nowhere).await.unwrap_err(), BackupError::Unwritable { .. }));

    for n in 0..600 {
        // more than fit on the pages that the migrations left free
        add_user(&fresh.accounts(), &format!("user{n}")).await;
    }
    fresh.store.accounts().close().await;
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    let mut bytes = fs::read(file).unwrap();
    let end = bytes.len();
    bytes[end - 8 * 4096..].fill(0x5a); // pages of users: the schema is intact
    fs::write(file, bytes).unwrap();
    let error = back_up(&fresh, &folder.path().join("dinner.db")).await.unwrap_err();
    assert!(matches!(error, BackupError::Failed(_) | BackupError::Damaged { .. }), "{error:?}");
    assert_eq!(names(folder.path()), [""; 0]);
}

/// Before an upgrade the operator has the newer program already, and before a downgrade the older one.
#[tokio::test]
async fn database_of_an_earlier_or_a_later_version_is_copied() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    add_user(&fresh.accounts(), "ada").await;
    for (number, sql) in [
        "DELETE FROM _parties_migrations WHERE version > 1",
        "UPDATE _accounts_migrations SET version = 9999 WHERE version = 2",
        "DELETE FROM _parties_migrations",
    ]
    .into_iter()
    .enumerate()
    {
        common::past_our_types(&fresh.store, sql).await.unwrap();
        assert!(Inspection::of_parties(&fresh.url).await.is_err(), "{sql}");
        let copy = folder.path().join(format!("{number}.db"));
        back_up(&fresh, &copy).await.unwrap();
        assert!(String::from_utf8_lossy(&fs::read(&copy).unwrap()).contains("ada@example.com"));
    }
    let names = names(folder.path());
    common::past_our_types(&fresh.store, "DELETE FROM _accounts_migrations").await.unwrap();
    let error = back_up(&fresh, &folder.path().join("none.db")).await.unwrap_err();
    assert!(
        matches!(&error, BackupError::Unopened(cause) if matches!(**cause, ConnectError::OlderSchema { found: 0, .. }))
    );
    assert!(error.to_string().contains("it is another program's"), "{error}");
    assert_eq!(self::names(folder.path()), names);
}

#[tokio::test]
async fn postgres_is_not_copied_to_a_file() {
    let (fresh, folder) = (common::postgres().await, tempfile::tempdir().unwrap());
    let result = back_up(&fresh, &folder.path().join("dinner.db")).await;
    assert!(matches!(result, Err(BackupError::NotAFile)));
    assert_eq!(names(folder.path()), [""; 0]);
}
