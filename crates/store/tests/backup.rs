//! A backup is whole, holds what was acknowledged before it, and is nobody else's to read; what failed leaves nothing.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test's name says what it tests")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use common::{Fresh, add_user, party_of};
use store::{BackupError, Inspection, PartyStore};

async fn back_up(fresh: &Fresh, copy: &Path) -> Result<(), BackupError> {
    Inspection::open(&fresh.url).await.unwrap().back_up(copy).await
}

async fn assert_in_order(url: &str) {
    let mut breaches = Vec::new();
    Inspection::open(url).await.unwrap().check(|_| true, |breach| breaches.push(breach)).await.unwrap();
    assert!(breaches.is_empty(), "{breaches:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// While somebody hosts one party after another, as fast as the disk lets them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_a_writer_holds_all_that_was_acknowledged_before_it() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let ada = add_user(&fresh.accounts(), "ada").await;
    let (acknowledged, parties) = (Arc::new(AtomicI64::new(0)), fresh.parties());
    let told = Arc::clone(&acknowledged);
    let writer = tokio::spawn(async move {
        loop {
            let id = parties.add(party_of(&ada, 4)).await.unwrap();
            told.store(id.get(), Ordering::SeqCst);
        }
    });
    for number in 0..10 {
        let before = acknowledged.load(Ordering::SeqCst);
        while acknowledged.load(Ordering::SeqCst) < before + 5 {
            assert!(!writer.is_finished(), "nobody writes any more");
            tokio::task::yield_now().await;
        }
        let copy = folder.path().join(format!("{number}.db"));
        let before = acknowledged.load(Ordering::SeqCst);
        back_up(&fresh, &copy).await.unwrap();

        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let url = format!("sqlite:{}", copy.display());
        assert_in_order(&url).await;
        let restored = PartyStore::connect(&url).await.unwrap();
        let stored = common::past_our_types(&restored, "SELECT count(*) FROM parties").await.unwrap().unwrap();
        assert!(stored >= before && before > 0, "{stored} parties, {before} were acknowledged");
        let ben = add_user(&restored.accounts().clone().into(), "ben").await;
        let next = restored.parties().add(party_of(&ben, 4)).await.unwrap();
        assert_eq!(next.get(), stored + 1, "numbers go on where they were");
        restored.accounts().close().await;
    }
    writer.abort();
    assert_eq!(names(folder.path()).len(), 10, "{:?}", names(folder.path()));
}

#[tokio::test]
async fn what_is_there_is_not_written_over() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let copy = folder.path().join("dinner.db");
    for name in ["dinner.db", "dinner.db.part"] {
        fs::write(folder.path().join(name), "precious").unwrap();
        let told = back_up(&fresh, &copy).await.unwrap_err();
        assert_eq!(told.to_string(), format!("{} is there already", folder.path().join(name).display()));
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "precious");
        assert_eq!(names(folder.path()), [name]);
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing() {
    let (fresh, folder) = (common::sqlite().await, tempfile::tempdir().unwrap());
    let nowhere = folder.path().join("nowhere/dinner.db");
    assert!(matches!(back_up(&fresh, &nowhere).await.unwrap_err(), BackupError::Unwritable { .. }));

    fresh.store.accounts().close().await;
    let inspection = Inspection::open(&fresh.url).await.unwrap();
    let file = fresh.url.strip_prefix("sqlite:").unwrap();
    fs::OpenOptions::new().write(true).open(file).unwrap().set_len(2 * 4096).unwrap(); // the tables' pages are gone
    let told = inspection.back_up(&folder.path().join("dinner.db")).await.unwrap_err();
    assert!(matches!(told, BackupError::Failed(_) | BackupError::Damaged { .. }), "{told:?}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[tokio::test]
async fn a_server_is_not_copied_into_a_file() {
    let (fresh, folder) = (common::postgres().await, tempfile::tempdir().unwrap());
    let told = back_up(&fresh, &folder.path().join("dinner.db")).await;
    assert!(matches!(told, Err(BackupError::NotAFile)));
    assert_eq!(names(folder.path()), [""; 0]);
}
