//! The time of a password verification at the default cost, compared with a bare call of PBKDF2.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "the setup is that of a test")]

use std::hint::black_box;
use std::sync::Arc;

use auth::{Cost, Hasher, Password, Random, Verification};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

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
    let stored = runtime.block_on(hasher.hash(password())).unwrap();
    let mut group = criterion.benchmark_group("verify a password");
    group.sample_size(10); // one hash takes about 90 ms
    group.bench_function("ours", |b| {
        b.to_async(&runtime).iter(async || {
            let result = hasher.verify(password(), Some(stored.clone())).await;
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

criterion_group!(benches, hash);
criterion_main!(benches);
