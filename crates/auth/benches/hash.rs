//! What a log-in costs at today's cost: a password verified off the async threads, above the bare function that it calls.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "what is measured is made as a test makes it")]

use std::hint::black_box;
use std::sync::Arc;

use auth::{Cost, Hasher, Password, Random, Verification};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// A salt is a salt: its chance is not measured.
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn hash(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let hasher = Hasher::new(Cost::default(), Arc::new(Sevens));
    let typed = || Password::parse("correct horse battery 0".to_owned()).unwrap();
    let stored = runtime.block_on(hasher.hash(typed())).unwrap();
    let mut group = criterion.benchmark_group("a password verified");
    group.sample_size(10); // each takes a tenth of a second, by design
    group.bench_function("ours", |b| {
        b.to_async(&runtime).iter(async || {
            let found = hasher.verify(typed(), Some(stored.clone())).await;
            assert!(matches!(found, Ok(Verification::Match { rehash: None })));
        });
    });
    group.bench_function("floor", |b| {
        let rounds = Cost::default().get();
        b.iter(|| {
            pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(black_box(b"correct horse battery 0"), &[7; 16], rounds)
        });
    });
    group.finish();
}

criterion_group!(benches, hash);
criterion_main!(benches);
