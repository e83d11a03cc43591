//! Tests of the hash queue and its limits.

use std::iter;
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use domain::credential::PasswordHash;

use super::*;
use crate::random::fake::Counting;
use crate::{Password, PasswordPolicy, PasswordWarning, Verification};

/// The time that a test waits for what must happen.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);

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

fn network(number: u8) -> Share {
    Share::of(Ipv4Addr::new(192, 0, number, 1).into())
}

/// Free cores and waiting requests.
fn state(hasher: &Hasher) -> (usize, usize) {
    (hasher.0.cores.free(), hasher.0.cores.waiting())
}

/// A turn that is free.
fn free_turn(hasher: &Hasher) -> Turn {
    match poll(pin!(hasher.turn(Share::LOCAL))) {
        Poll::Ready(Ok(turn)) => turn,
        other => panic!("a core is free: {other:?}"),
    }
}

/// A request that waits.
fn waiting(hasher: &Hasher, share: Share) -> Pin<Box<impl Future<Output = Result<Turn, HashQueueFull>> + use<>>> {
    let hasher = hasher.clone();
    let mut request = Box::pin(async move { hasher.turn(share).await });
    assert!(poll(request.as_mut()).is_pending());
    request
}

fn assert_full<F: Future<Output = Result<Turn, HashQueueFull>>>(request: F) {
    assert!(matches!(poll(pin!(request)), Poll::Ready(Err(HashQueueFull))));
}

/// The turn of a request that gets one, and fails the test if it waits for too long.
async fn granted<F: Future<Output = Result<Turn, HashQueueFull>>>(request: F) -> Turn {
    tokio::time::timeout(TEST_TIMEOUT, request).await.expect("a turn within the time of the test").unwrap()
}

async fn hash(hasher: &Hasher, text: &str) -> PasswordHash {
    granted(hasher.turn(Share::LOCAL)).await.hash(typed(text)).await.unwrap()
}

async fn verify(hasher: &Hasher, text: &str, stored: Option<PasswordHash>) -> Verification {
    granted(hasher.turn(Share::LOCAL)).await.verify(typed(text), stored).await.unwrap()
}

/// A request whose job is running. The job ends when the sender is dropped.
fn running_job(
    hasher: &Hasher,
) -> (Pin<Box<impl Future<Output = Result<(), HashQueueFull>> + use<>>>, mpsc::Sender<()>) {
    let (end, ended) = mpsc::channel::<()>();
    let mut request = Box::pin(free_turn(hasher).run(move |_| _ = ended.recv()));
    assert!(poll(request.as_mut()).is_pending());
    (request, end)
}

#[tokio::test]
async fn hash_matches_its_password_and_no_other() {
    let hasher = hasher(1, 0);
    let stored = hash(&hasher, "cafe\u{301}").await;
    let result = verify(&hasher, "caf\u{e9}", Some(stored.clone())).await;
    assert!(matches!(result, Verification::Match { rehash: None }));
    assert!(matches!(verify(&hasher, "cafe", Some(stored)).await, Verification::Mismatch));
    assert!(matches!(verify(&hasher, "cafe", None).await, Verification::Mismatch));
}

#[tokio::test]
async fn new_password_is_checked_with_user_words_then_hashed() {
    let (hasher, policy) = (hasher(1, 0), PasswordPolicy::default());
    let choose = |text, word: &str| free_turn(&hasher).hash_new_password(&policy, typed(text), vec![word.to_owned()]);
    let stored = choose("zorblatt-quim", "ada").await.unwrap();
    let result = verify(&hasher, "zorblatt-quim", Some(stored)).await;
    assert!(matches!(result, Verification::Match { rehash: None }));
    let refused = choose("zorblatt-quim", "quim@zorblatt.example").await.unwrap_err();
    assert_eq!(refused, PasswordRefusal::Guessable { warning: Some(PasswordWarning::ContextWord) }.into());
}

#[tokio::test]
async fn full_queue_fails_at_once_and_dropped_waiter_frees_its_place() {
    let hasher = hasher(1, 64);
    let turn = free_turn(&hasher);
    let mut requests: Vec<_> = iter::repeat_with(|| waiting(&hasher, network(0))).take(64).collect();
    assert_full(hasher.turn(network(0)));

    for _ in 0..10_000 {
        let at = requests.len() / 2;
        drop(requests.remove(at));
        requests.push(waiting(&hasher, network(0)));
    }
    assert_eq!(state(&hasher), (0, 64));

    drop(turn);
    for request in requests {
        granted(request).await.hash(typed("otter")).await.unwrap();
    }
    assert_eq!(state(&hasher), (1, 0));
}

#[tokio::test]
async fn full_queue_drops_request_of_largest_network_for_another_one() {
    let hasher = hasher(1, 2);
    let turn = free_turn(&hasher);
    let (mut oldest, mut newest) = (waiting(&hasher, network(0)), waiting(&hasher, network(0)));
    let mut honest = waiting(&hasher, network(1));
    assert!(matches!(poll(newest.as_mut()), Poll::Ready(Err(HashQueueFull))));
    assert!(poll(oldest.as_mut()).is_pending());
    assert_full(hasher.turn(network(2)));

    drop(turn);
    assert!(poll(honest.as_mut()).is_pending());
    drop(granted(oldest).await);
    drop(granted(honest).await);
    assert_eq!(state(&hasher), (1, 0));
}

#[tokio::test]
async fn core_goes_to_next_request_when_its_owner_leaves() {
    let hasher = hasher(1, 2);
    let turn = free_turn(&hasher);
    let (first, second) = (waiting(&hasher, network(0)), waiting(&hasher, network(1)));
    drop(turn); // the core is in the channel of the first request
    assert_eq!(state(&hasher), (0, 1));
    drop(first);
    assert_eq!(state(&hasher), (0, 0));
    let turn = granted(second).await;
    let (left, waits) = (waiting(&hasher, network(0)), waiting(&hasher, network(1)));
    drop(left);
    drop(turn);
    drop(granted(waits).await);
    assert_eq!(state(&hasher), (1, 0));
}

/// One network sends 66 requests at once, without end. The hashes that begin between a request and its turn are
/// counted, since its time depends on the machine: one that had a core already, and one of the attacker's turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_request_waits_for_two_hashes_during_an_attack() {
    let (hasher, counter) = (hasher(1, 64), Arc::new(AtomicUsize::new(0)));
    let attack = async |hasher: Hasher, counter: Arc<AtomicUsize>| loop {
        match hasher.turn(network(0)).await {
            Ok(turn) => {
                let counter = Arc::clone(&counter);
                let job = move |_: &Shared| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(2));
                };
                let _ = turn.run(job).await;
            }
            Err(HashQueueFull) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    };
    let attackers: Vec<_> = (0..66).map(|_| tokio::spawn(attack(hasher.clone(), counter.clone()))).collect();
    while state(&hasher).1 < 64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..50 {
        let mut request = waiting(&hasher, network(1));
        let before = counter.load(Ordering::SeqCst);
        let turn = granted(request.as_mut()).await;
        let waited = counter.load(Ordering::SeqCst) - before;
        assert!(waited <= 2, "{waited} hashes");
        turn.hash(typed("otter")).await.unwrap();
    }
    for attacker in &attackers {
        attacker.abort();
    }
    for attacker in attackers {
        let _ = attacker.await;
    }
    drop(granted(hasher.turn(network(1))).await);
    assert_eq!(state(&hasher), (1, 0));
}

/// Requests that leave at any moment, on several threads, among others that stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_that_leave_release_every_core() {
    let hasher = hasher(2, 64);
    let request = async |hasher: Hasher, number: u64| {
        let share = network(u8::try_from(number % 7).unwrap());
        let job = async { hasher.turn(share).await?.run(|_| ()).await };
        let _ = tokio::time::timeout(Duration::from_micros(number % 40 * 10), job).await;
    };
    for round in 0..20 {
        let requests: Vec<_> = (0..500).map(|number| tokio::spawn(request(hasher.clone(), round + number))).collect();
        for request in requests {
            request.await.unwrap();
        }
    }
    let turns = [(); 2].map(|()| hasher.turn(Share::LOCAL));
    for turn in turns {
        drop(granted(turn).await);
    }
    assert_eq!(state(&hasher).1, 0);
}

#[tokio::test]
async fn abandoned_job_keeps_its_core_until_it_ends() {
    let hasher = hasher(1, 0);
    let (running, end) = running_job(&hasher);
    drop(running);
    assert_full(hasher.turn(Share::LOCAL));

    drop(end);
    let core_is_free = async {
        while state(&hasher).0 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(TEST_TIMEOUT, core_is_free).await.expect("the core is released");
    hash(&hasher, "otter").await;
}

#[tokio::test]
async fn panicking_job_releases_its_core_and_panics_in_caller() {
    let hasher = hasher(1, 0);
    let turn = free_turn(&hasher);
    let result = tokio::spawn(async move { turn.run(|_| panic!("no entropy")).await }).await;
    assert!(result.unwrap_err().is_panic());
    hash(&hasher, "otter").await;
}

#[tokio::test]
async fn pretended_verification_takes_time_of_a_mismatch_without_hashing() {
    let random = Arc::new(Counting::default());
    let hasher = Hasher::with_limits(Cost::for_tests(), random.clone(), HashLimits::default());
    let recorded = Duration::from_millis(400);
    hasher.0.mismatches.record(recorded);

    let since_turn = Instant::now();
    let turn = free_turn(&hasher);
    let cores = state(&hasher).0;
    tokio::time::sleep(Duration::from_millis(200)).await; // what happens before the job is part of the duration
    let since_job = Instant::now();
    let mut job = Box::pin(turn.pretend());
    assert!(poll(job.as_mut()).is_pending());
    assert_eq!(state(&hasher).0, cores, "the core stays taken");
    job.await.unwrap();
    let (of_turn, of_job) = (since_turn.elapsed(), since_job.elapsed());
    assert!(of_turn >= recorded && of_job < recorded, "{of_turn:?}, {of_job:?}");
    assert_eq!(state(&hasher).0, cores + 1);
    assert_eq!((&*random as &dyn Random).bytes(), [8], "only the choice of a duration took random bytes");
}

/// A hasher with one core whose mismatches all took `usual`.
fn hasher_with_mismatches_of(usual: Duration) -> Hasher {
    let hasher = hasher(1, 0);
    (0..64).for_each(|_| hasher.0.mismatches.record(usual));
    hasher
}

#[tokio::test]
async fn refusal_ends_when_nine_of_ten_mismatches_have_ended() {
    const USUAL: Duration = Duration::from_millis(100);
    let stored = hash(&hasher(1, 0), "otter").await;
    let unreadable = PasswordHash::new("$pbkdf2-sha256$i=1,l=32$$".to_owned());
    for stored in [Some(stored), None, Some(unreadable)] {
        let hasher = hasher_with_mismatches_of(USUAL);
        let start = Instant::now();
        verify(&hasher, "badger", stored).await;
        assert!(start.elapsed() >= USUAL, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn match_does_not_wait_for_the_time_of_a_refusal() {
    let hasher = hasher_with_mismatches_of(TEST_TIMEOUT * 6);
    let stored = hash(&hasher, "otter").await;
    tokio::time::timeout(TEST_TIMEOUT, verify(&hasher, "otter", Some(stored))).await.expect("a match does not wait");
}

#[tokio::test]
async fn pretended_verification_is_not_quicker_than_the_usual_mismatch() {
    const USUAL: Duration = Duration::from_millis(100);
    let hasher = hasher(1, 0);
    hasher.0.mismatches.record(Duration::ZERO);
    hasher.0.mismatches.record(USUAL);
    assert_eq!(hasher.0.mismatches.pick(&Counting::default()), Some(Duration::ZERO), "the duration that is imitated");
    let start = Instant::now();
    free_turn(&hasher).pretend().await.unwrap();
    assert!(start.elapsed() >= USUAL, "{:?}", start.elapsed());
}

#[tokio::test]
async fn work_before_the_queue_is_part_of_a_refusal() {
    const BEFORE: Duration = Duration::from_mins(1);
    const REST: Duration = Duration::from_millis(50);
    let hasher = hasher_with_mismatches_of(BEFORE + REST);
    let start = Instant::now();
    let turn = free_turn(&hasher).preceded_by(BEFORE);
    let refused = turn.verify(typed("badger"), None);
    tokio::time::timeout(TEST_TIMEOUT, refused).await.expect("only the rest is waited for").unwrap();
    assert!(start.elapsed() >= REST, "{:?}", start.elapsed());
}

#[tokio::test]
async fn pretended_verification_without_sample_is_a_dummy_hash() {
    let hasher = Hasher::with_limits(Cost::DEFAULT, Arc::new(Counting::default()), HashLimits::default());
    let start = Instant::now();
    free_turn(&hasher).pretend().await.unwrap();
    let elapsed = start.elapsed();
    assert!(elapsed > Duration::from_millis(10), "600,000 rounds take several times as long: {elapsed:?}");
}

#[tokio::test]
async fn only_mismatches_at_current_cost_are_imitated() {
    let hasher = hasher(1, 0);
    let recorded = |hasher: &Hasher| hasher.0.mismatches.pick(&Counting::default()).is_some();
    let stored = hash(&hasher, "otter").await;
    let dearer = PasswordHash::new(stored.expose().replace("i=1000,", "i=1001,"));
    verify(&hasher, "otter", Some(stored.clone())).await;
    verify(&hasher, "badger", Some(dearer)).await;
    free_turn(&hasher).pretend().await.unwrap();
    assert!(!recorded(&hasher));
    for stored in [None, Some(stored)] {
        let hasher = self::hasher(1, 0);
        let start = Instant::now();
        verify(&hasher, "badger", stored).await;
        let picked = hasher.0.mismatches.pick(&Counting::default()).unwrap();
        assert!(picked > Duration::ZERO && picked <= start.elapsed());
    }
}

/// PBKDF2-HMAC-SHA256 of one round: some microseconds.
#[cfg(feature = "import")]
fn cheap_foreign_hash() -> PasswordHash {
    PasswordHash::new(format!("pbkdf2:sha256:1$saltsalt${}", "ab".repeat(32)))
}

#[cfg(feature = "import")]
#[tokio::test]
async fn mismatch_of_cheaper_foreign_hash_takes_time_of_ours() {
    let hasher = hasher(1, 0);
    let recorded = Duration::from_millis(400);
    hasher.0.mismatches.record(recorded);
    let start = Instant::now();
    assert!(matches!(verify(&hasher, "otter", Some(cheap_foreign_hash())).await, Verification::Mismatch));
    assert!(start.elapsed() >= recorded);
    let random = Counting::default();
    let durations: Vec<_> = (0..64).map(|_| hasher.0.mismatches.pick(&random)).collect();
    assert!(durations.iter().all(|picked| *picked == Some(recorded)), "it is no sample itself");
}

#[cfg(feature = "import")]
#[tokio::test]
async fn first_mismatch_of_a_foreign_hash_computes_a_dummy_hash() {
    let hasher = Hasher::with_limits(Cost::DEFAULT, Arc::new(Counting::default()), HashLimits::default());
    let start = Instant::now();
    verify(&hasher, "otter", Some(cheap_foreign_hash())).await;
    let elapsed = start.elapsed();
    assert!(elapsed > Duration::from_millis(10), "600,000 rounds take several times as long: {elapsed:?}");
}

#[test]
fn debug_output_has_the_cost_and_no_random_source() {
    let hasher = hasher(1, 0);
    assert_eq!(format!("{hasher:?}"), "Hasher { cost: Cost(1000), .. }");
    let turn = format!("{:?}", free_turn(&hasher));
    assert!(turn.starts_with("Turn { since: Instant") && turn.ends_with(", .. }"), "{turn}");
}

#[test]
fn default_limits_leave_one_core_to_pages() {
    let cores = available_parallelism().unwrap().get();
    let limits = HashLimits::default();
    assert_eq!((limits.running.get(), limits.waiting), ((cores - 1).max(1), 64));
}
