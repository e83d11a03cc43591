//! Results of jobs when the disk fails during a commit. Each test runs a second time in a process whose files may have half a
//! megabyte at most: SQLite takes that for a broken disk, and not for a full one.

use std::process::Command;

use super::*;

/// Set in the process with the limit.
const LIMITED: &str = "STORE_TESTS_SHORT_FILES";

/// Returns `true` in the process with the limit; otherwise runs `test` in such a process.
fn with_short_files(test: &str) -> bool {
    if std::env::var_os(LIMITED).is_some() {
        return true;
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"trap '' XFSZ; ulimit -f 512; exec "$0" "$@""#]).arg(std::env::current_exe().unwrap());
    let module = module_path!().split_once("::").unwrap().1;
    let output = shell.args(["--exact", &format!("{module}::{test}")]).env(LIMITED, "1").output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let has_passed = output.status.success() && stdout.contains("1 passed");
    assert!(has_passed, "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    false
}

#[tokio::test]
async fn disk_failure_during_commit_is_outcome_unknown() {
    if with_short_files("disk_failure_during_commit_is_outcome_unknown") {
        let file = File::new().await;

        let result = file.write(1, Then::IsTooLong).await.unwrap();

        assert!(matches!(result, Err(WriteError::OutcomeUnknown(_))), "{result:?}");
        file.write(2, Then::Succeeds).await.unwrap().unwrap();
        assert_eq!(file.stored().await, [2], "the writer still works");
    }
}

#[tokio::test]
async fn disk_failure_in_a_batch_retries_each_job() {
    if with_short_files("disk_failure_in_a_batch_retries_each_job") {
        let file = File::new().await;

        let results = file.batch(&[Then::Succeeds, Then::IsTooLong, Then::Succeeds, Then::Refuses]).await;

        let [Ok(Ok(())), Ok(Err(WriteError::OutcomeUnknown(_))), Ok(Ok(())), Ok(Err(WriteError::Refused("no")))] =
            &results[..]
        else {
            panic!("{results:?}")
        };
        assert_eq!(file.stored().await, [1, 3]);
    }
}

/// The second run does not reach its commit, so that nothing overwrites what the first one may have left.
#[tokio::test]
async fn failed_retry_after_disk_failure_is_outcome_unknown() {
    if with_short_files("failed_retry_after_disk_failure_is_outcome_unknown") {
        let file = File::new().await;
        let blocked = file.block().await;
        let before = file.queue.jobs.capacity();
        let (queue, runs) = (file.queue.clone(), AtomicU32::new(0));
        let fails = tokio::spawn(async move {
            let write = queue.run(runs, |connection, runs| {
                Box::pin(async move {
                    if runs.fetch_add(1, Ordering::Relaxed) > 0 {
                        return Err(WriteError::Failed(sqlx::Error::RowNotFound));
                    }
                    note(connection, &(1, Then::IsTooLong)).await
                })
            });
            write.await
        });
        let other = file.write(2, Then::Succeeds);
        while before - file.queue.jobs.capacity() < 2 {
            yield_now().await;
        }
        drop(blocked);

        let result = fails.await.unwrap();

        assert!(matches!(result, Err(WriteError::OutcomeUnknown(_))), "{result:?}");
        other.await.unwrap().unwrap();
    }
}
