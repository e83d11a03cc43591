//! The timeouts and the length of the write queue.

use super::*;

#[tokio::test]
async fn job_that_waits_too_long_is_overload_and_never_begins() {
    let mut file = File::new().await;
    file.queue.queue_timeout = Duration::from_millis(50);
    let blocked = file.block().await;

    let result = file.write(1, Then::Succeeds).await.unwrap();

    assert!(matches!(result, Err(WriteError::Overloaded)), "{result:?}");
    drop(blocked);
    file.write(2, Then::Succeeds).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}

#[tokio::test]
async fn full_queue_rejects_jobs() {
    let mut file = File::new().await;
    file.queue.queue_timeout = Duration::from_mins(2); // a slow disk takes long for a thousand commits
    let blocked = file.block().await;
    let waiting: Vec<_> = (1..=1024).map(|id| file.write(id, Then::Succeeds)).collect();
    while file.queue.jobs.capacity() > 0 {
        yield_now().await;
    }

    let result = file.write(2000, Then::Succeeds).await.unwrap();

    assert!(matches!(result, Err(WriteError::Overloaded)), "{result:?}");
    drop(blocked);
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    assert_eq!(file.stored().await.len(), 1024);
}

#[tokio::test]
async fn job_that_runs_too_long_is_rolled_back() {
    let mut file = File::new().await;
    file.queue.job_timeout = Duration::from_millis(50);
    let endless = file.queue.run((), |connection, ()| {
        Box::pin(async move {
            query("INSERT INTO notes (id, text) VALUES (1, 'a')").execute(connection).await?;
            std::future::pending::<Result<(), WriteError>>().await
        })
    });

    let result = tokio::time::timeout(Duration::from_secs(5), endless).await.expect("aborted");

    let Err(WriteError::Failed(sqlx::Error::Io(error))) = result else { panic!("{result:?}") };
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    file.write(2, Then::Succeeds).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}

#[tokio::test]
async fn running_job_of_a_dropped_caller_is_rolled_back() {
    let file = File::new().await;
    let queue = file.queue.clone();
    let has_begun = Arc::new(Notify::new());
    let begun = Arc::clone(&has_begun);
    let endless = tokio::spawn(async move {
        let write = queue.run(begun, |connection, begun| {
            Box::pin(async move {
                query("INSERT INTO notes (id, text) VALUES (1, 'a')").execute(connection).await?;
                begun.notify_one();
                std::future::pending::<Result<(), WriteError>>().await
            })
        });
        write.await
    });
    has_begun.notified().await;
    let next = file.write(2, Then::Succeeds);

    endless.abort();

    next.await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}
