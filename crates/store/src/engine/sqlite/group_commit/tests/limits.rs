//! That nobody waits without an end, for his turn or for another's job.

use super::*;

#[tokio::test]
async fn who_has_waited_for_too_long_is_told_so_and_the_job_is_never_begun() {
    let mut file = File::new().await;
    file.queue.patience = Duration::from_millis(50);
    let held = file.hold().await;

    let told = file.write(1, Then::Ends).await.unwrap();

    assert!(matches!(told, Err(WriteError::Overloaded)), "{told:?}");
    drop(held);
    file.write(2, Then::Ends).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}

#[tokio::test]
async fn a_queue_that_is_full_takes_no_more() {
    let mut file = File::new().await;
    file.queue.patience = Duration::from_mins(2); // a thousand commits take their time on a slow disk
    let held = file.hold().await;
    let waiting: Vec<_> = (1..=1024).map(|id| file.write(id, Then::Ends)).collect();
    while file.queue.jobs.capacity() > 0 {
        yield_now().await;
    }

    let told = file.write(2000, Then::Ends).await.unwrap();

    assert!(matches!(told, Err(WriteError::Overloaded)), "{told:?}");
    drop(held);
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    assert_eq!(file.stored().await.len(), 1024);
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_undone_and_its_caller_is_told() {
    let mut file = File::new().await;
    file.queue.limit = Duration::from_millis(50);
    let endless = file.queue.write((), |connection, ()| {
        Box::pin(async move {
            query("INSERT INTO notes (id, text) VALUES (1, 'a')").execute(connection).await?;
            std::future::pending::<Result<(), WriteError>>().await
        })
    });

    let told = tokio::time::timeout(Duration::from_secs(5), endless).await.expect("stopped");

    let Err(WriteError::Failed(sqlx::Error::Io(error))) = told else { panic!("{told:?}") };
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    file.write(2, Then::Ends).await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}

#[tokio::test]
async fn a_job_whose_caller_leaves_is_undone_and_holds_up_nobody() {
    let file = File::new().await;
    let queue = file.queue.clone();
    let begun = Arc::new(Notify::new());
    let begins = Arc::clone(&begun);
    let endless = tokio::spawn(async move {
        let write = queue.write(begins, |connection, begins| {
            Box::pin(async move {
                query("INSERT INTO notes (id, text) VALUES (1, 'a')").execute(connection).await?;
                begins.notify_one();
                std::future::pending::<Result<(), WriteError>>().await
            })
        });
        write.await
    });
    begun.notified().await;
    let next = file.write(2, Then::Ends);

    endless.abort();

    next.await.unwrap().unwrap();
    assert_eq!(file.stored().await, [2]);
}
