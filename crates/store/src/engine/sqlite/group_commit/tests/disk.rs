//! What is told when the disk fails in the middle of a commit. The tests run once more in a program that may write files of
//! half a megabyte at most: SQLite takes that for a broken disk, and not for a full one.

use std::process::Command;

use super::*;

const INSIDE: &str = "STORE_TESTS_SHORT_FILES";

/// Whether this is that program; else runs `test` in it.
fn with_short_files(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"trap '' XFSZ; ulimit -f 512; exec "$0" "$@""#]).arg(std::env::current_exe().unwrap());
    let module = module_path!().split_once("::").unwrap().1;
    let ran = shell.args(["--exact", &format!("{module}::{test}")]).env(INSIDE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    false
}

#[tokio::test]
async fn a_commit_that_the_disk_failed_is_told_as_unknown() {
    if with_short_files("a_commit_that_the_disk_failed_is_told_as_unknown") {
        let file = File::new().await;

        let told = file.write(1, Then::IsTooLong).await.unwrap();

        assert!(matches!(told, Err(WriteError::OutcomeUnknown(_))), "{told:?}");
        file.write(2, Then::Ends).await.unwrap().unwrap();
        assert_eq!(file.stored().await, [2], "the writer works on");
    }
}

#[tokio::test]
async fn in_a_batch_that_the_disk_failed_who_was_stored_alone_is_told_so() {
    if with_short_files("in_a_batch_that_the_disk_failed_who_was_stored_alone_is_told_so") {
        let file = File::new().await;

        let told = file.batch(&[Then::Ends, Then::IsTooLong, Then::Ends, Then::Refuses]).await;

        let [Ok(Ok(())), Ok(Err(WriteError::OutcomeUnknown(_))), Ok(Ok(())), Ok(Err(WriteError::Refused("no")))] =
            &told[..]
        else {
            panic!("{told:?}")
        };
        assert_eq!(file.stored().await, [1, 3]);
    }
}

/// The second run did not get as far as a commit, so nothing has written over what the first one left.
#[tokio::test]
async fn who_cannot_run_again_after_the_disk_failed_is_told_that_nobody_knows() {
    if with_short_files("who_cannot_run_again_after_the_disk_failed_is_told_that_nobody_knows") {
        let file = File::new().await;
        let held = file.hold().await;
        let before = file.queue.jobs.capacity();
        let (queue, runs) = (file.queue.clone(), AtomicU32::new(0));
        let fails = tokio::spawn(async move {
            let write = queue.write(runs, |connection, runs| {
                Box::pin(async move {
                    if runs.fetch_add(1, Ordering::Relaxed) > 0 {
                        return Err(WriteError::Failed(sqlx::Error::RowNotFound));
                    }
                    note(connection, &(1, Then::IsTooLong)).await
                })
            });
            write.await
        });
        let other = file.write(2, Then::Ends);
        while before - file.queue.jobs.capacity() < 2 {
            yield_now().await;
        }
        drop(held);

        let told = fails.await.unwrap();

        assert!(matches!(told, Err(WriteError::OutcomeUnknown(_))), "{told:?}");
        other.await.unwrap().unwrap();
    }
}
