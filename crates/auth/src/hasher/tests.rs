//! Tests of the hash queue and its limits.

use std::iter;
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;
use crate::PasswordWarning;
use crate::random::fake::Counting;

fn hasher(running: usize, waiting: usize) -> Hasher {
    let limits = HashLimits { running: NonZeroUsize::new(running).unwrap(), waiting };
    Hasher::with_limits(Cost::for_tests(), Arc::new(Counting::default()), limits)
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn typed(text: &str) -> Password {
    Password::parse(text.to_owned()).unwrap()
}

/// A request whose job is running. The job ends when the sender is dropped.
fn running_job(
    hasher: &Hasher,
) -> (Pin<Box<impl Future<Output = Result<(), HashQueueFull>> + use<>>>, mpsc::Sender<()>) {
    let (end, ended) = mpsc::channel::<()>();
    let hasher = hasher.clone();
    let mut request = Box::pin(async move { hasher.run(move |_| _ = ended.recv()).await });
    assert!(poll(request.as_mut()).is_pending());
    (request, end)
}

#[tokio::test]
async fn hash_matches_its_password_and_no_other() {
    let hasher = hasher(1, 0);
    let stored = hasher.hash(typed("cafe\u{301}")).await.unwrap();
    let result = hasher.verify(typed("caf\u{e9}"), Some(stored.clone())).await;
    assert!(matches!(result, Ok(Verification::Match { rehash: None })));
    assert!(matches!(hasher.verify(typed("cafe"), Some(stored)).await, Ok(Verification::Mismatch)));
    assert!(matches!(hasher.verify(typed("cafe"), None).await, Ok(Verification::Mismatch)));
}

#[tokio::test]
async fn new_password_is_checked_with_user_words_then_hashed() {
    let (hasher, policy) = (hasher(1, 0), PasswordPolicy::default());
    let choose = |text, word: &str| hasher.hash_new_password(&policy, typed(text), vec![word.to_owned()]);
    let stored = choose("zorblatt-quim", "ada").await.unwrap();
    let result = hasher.verify(typed("zorblatt-quim"), Some(stored)).await;
    assert!(matches!(result, Ok(Verification::Match { rehash: None })));
    let refused = choose("zorblatt-quim", "quim@zorblatt.example").await.unwrap_err();
    assert_eq!(refused, PasswordRefusal::Guessable { warning: Some(PasswordWarning::ContextWord) }.into());
}

#[tokio::test]
async fn new_password_of_wrong_length_is_rejected_without_queue() {
    let (hasher, policy) = (hasher(1, 0), PasswordPolicy::default());
    let (_running, _end) = running_job(&hasher);
    let choose = |text| hasher.hash_new_password(&policy, typed(text), Vec::new());
    assert_eq!(choose("otter").await.unwrap_err(), PasswordRefusal::TooShort { min: 8 }.into());
    assert_eq!(choose("password").await.unwrap_err(), HashQueueFull.into());
}

#[tokio::test]
async fn full_queue_fails_at_once_and_dropped_waiter_frees_its_slot() {
    let hasher = hasher(1, 64);
    let (running, end) = running_job(&hasher);
    let mut waiting: Vec<_> = iter::repeat_with(|| Box::pin(hasher.hash(typed("otter")))).take(64).collect();
    assert!(waiting.iter_mut().all(|request| poll(request.as_mut()).is_pending()));
    assert!(matches!(poll(pin!(hasher.hash(typed("otter")))), Poll::Ready(Err(HashQueueFull))));

    for _ in 0..10_000 {
        let at = waiting.len() / 2;
        drop(waiting.remove(at));
        waiting.push(Box::pin(hasher.hash(typed("otter"))));
        assert!(poll(waiting.last_mut().unwrap().as_mut()).is_pending());
    }

    drop(end);
    running.await.unwrap();
    for request in waiting {
        request.await.unwrap();
    }
    assert_eq!((hasher.0.running.available_permits(), hasher.0.waiting.available_permits()), (1, 64));
}

#[tokio::test]
async fn abandoned_job_keeps_its_core_until_it_ends() {
    let hasher = hasher(1, 0);
    let (running, end) = running_job(&hasher);
    drop(running);
    assert_eq!(hasher.hash(typed("otter")).await.unwrap_err(), HashQueueFull);

    drop(end);
    let permit = tokio::time::timeout(Duration::from_secs(10), hasher.0.running.acquire()).await;
    drop(permit.expect("the core is released").unwrap());
    hasher.hash(typed("otter")).await.unwrap();
}

#[tokio::test]
async fn panicking_job_releases_its_core_and_panics_in_caller() {
    let hasher = hasher(1, 0);
    let other = hasher.clone();
    let result = tokio::spawn(async move { other.run(|_| panic!("no entropy")).await }).await;
    assert!(result.unwrap_err().is_panic());
    hasher.hash(typed("otter")).await.unwrap();
}

#[test]
fn default_limits_leave_one_core_to_pages() {
    let cores = available_parallelism().unwrap().get();
    let limits = HashLimits::default();
    assert_eq!((limits.running.get(), limits.waiting), ((cores - 1).max(1), 64));
}
