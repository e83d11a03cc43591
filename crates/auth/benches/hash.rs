//! The time of a password verification at the default cost, compared with a bare call of PBKDF2; and the time of the hash
//! queue with a waiting request of each of 1,000 networks, compared with a semaphore, which serves in order of arrival, and
//! with the search for the largest of 1,000 numbers.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "the setup is that of a test")]

use std::collections::VecDeque;
use std::hint::black_box;
use std::net::Ipv4Addr;
use std::num::NonZeroUsize;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use accounts_auth::{Cost, HashLimits, HashQueueFull, Hasher, Password, Random, Share, Turn, Verification};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

/// The number of networks that wait, with one request each.
const NETWORKS: u32 = 1_000;

/// A constant random source: the random source is not measured.
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn hash(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let hasher = Hasher::new(Cost::default(), Arc::new(Sevens));
    let password = || Password::parse("correct horse battery 0".to_owned()).unwrap();
    let turn = || async { hasher.turn(Share::LOCAL).await.unwrap() };
    let stored = runtime.block_on(async { turn().await.hash(password()).await }).unwrap();
    let mut group = criterion.benchmark_group("verify a password");
    group.sample_size(10); // one hash takes about 90 ms
    group.bench_function("ours", |b| {
        b.to_async(&runtime).iter(async || {
            let result = turn().await.verify(password(), Some(stored.clone())).await;
            assert!(matches!(result, Ok(Verification::Match { rehash: None })));
        });
    });
    group.bench_function("floor", |b| {
        let rounds = Cost::default().rounds();
        b.iter(|| {
            pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(black_box(b"correct horse battery 0"), &[7; 16], rounds)
        });
    });
    group.finish();
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn share(network: u32) -> Share {
    Share::of(Ipv4Addr::from_bits(network << 8).into())
}

/// The next one of the waiting requests gets its turn, and then waits again.
fn serve_next<T>(taken: &mut Option<T>, waiting: &mut VecDeque<Waiting<T>>, wait: impl Fn(u32) -> Waiting<T>) {
    drop(taken.take());
    let mut next = waiting.pop_front().unwrap();
    let Poll::Ready(turn) = poll(next.request.as_mut()) else { panic!("its turn") };
    *taken = Some(turn);
    let mut again = wait(next.network);
    assert!(poll(again.request.as_mut()).is_pending());
    waiting.push_back(again);
}

/// A request that waits for a core.
struct Waiting<T> {
    network: u32,
    request: Pin<Box<dyn Future<Output = T>>>,
}

fn all_waiting<T>(wait: impl Fn(u32) -> Waiting<T>) -> VecDeque<Waiting<T>> {
    let mut waiting: VecDeque<_> = (0..NETWORKS).map(wait).collect();
    assert!(waiting.iter_mut().all(|waiting| poll(waiting.request.as_mut()).is_pending()));
    waiting
}

fn queue(criterion: &mut Criterion) {
    let limits = HashLimits { running: NonZeroUsize::MIN, waiting: NETWORKS as usize };
    let hasher = Hasher::with_limits(Cost::default(), Arc::new(Sevens), limits);
    let wait = |network| {
        let hasher = hasher.clone();
        Waiting { network, request: Box::pin(async move { hasher.turn(share(network)).await.unwrap() }) }
    };
    let Poll::Ready(Ok(turn)) = poll(pin!(hasher.turn(Share::LOCAL))) else { panic!("a free core") };
    let (mut turn, mut waiting): (Option<Turn>, _) = (Some(turn), all_waiting(wait));

    let semaphore = Arc::new(Semaphore::new(1));
    let wait_for_permit = |network| {
        let semaphore = Arc::clone(&semaphore);
        Waiting { network, request: Box::pin(async move { semaphore.acquire_owned().await.unwrap() }) }
    };
    let (mut permit, mut waiting_for_permit) =
        (Some(Arc::clone(&semaphore).try_acquire_owned().unwrap()), all_waiting(wait_for_permit));

    let mut group = criterion.benchmark_group("a turn of 1,000 networks");
    group.bench_function("ours", |b| b.iter(|| serve_next(&mut turn, &mut waiting, wait)));
    group.bench_function("floor", |b| b.iter(|| serve_next(&mut permit, &mut waiting_for_permit, wait_for_permit)));
    group.finish();

    let mut group = criterion.benchmark_group("a request at a full queue");
    group.bench_function("ours", |b| {
        b.iter(|| assert!(matches!(poll(pin!(hasher.turn(Share::LOCAL))), Poll::Ready(Err(HashQueueFull)))));
    });
    let numbers: Vec<u32> = (0..NETWORKS).collect();
    group.bench_function("floor", |b| b.iter(|| black_box(&numbers).iter().max().copied()));
    group.finish();
}

criterion_group!(benches, hash, queue);
criterion_main!(benches);
