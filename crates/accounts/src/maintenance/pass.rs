//! One pass of the maintenance: the lease, the jobs in their order, and what is logged of failures.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::lease::LeaseHolder;
use domain::{MaintenanceJob, StoreError, Timestamp};
use futures_util::FutureExt;

use crate::Accounts;

/// The name of the lease.
const LEASE: &str = "maintenance";

/// For how long a pass holds the lease. It is renewed by each pass, and by a long one after half of this time.
const LEASE_DURATION: Duration = Duration::from_mins(3);

/// The most rows of one step. On SQLite other writes wait for it.
const ROWS_PER_STEP: u32 = 250;

/// The most steps of a job in one pass. The rest is done a minute later.
const STEPS_PER_PASS: usize = 40;

/// What a process keeps between passes.
pub(super) struct State {
    holder: LeaseHolder,
    /// When the lease was acquired last; `None` if this process does not hold it.
    leased_at: Option<Timestamp>,
    /// What failed last time: it is logged already.
    failing: BTreeSet<&'static str>,
}

impl State {
    pub(super) fn new(holder: LeaseHolder) -> Self {
        Self { holder, leased_at: None, failing: BTreeSet::new() }
    }
}

/// What one pass has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Whether this process had the lease during the whole pass. Otherwise another process does what is due, or the store failed.
    pub has_lease: bool,
    /// The rows that were removed or changed.
    pub rows: u64,
    /// The number of jobs that failed.
    pub failures: usize,
}

/// Why a step was not done.
#[derive(Debug)]
enum Failure {
    Store(StoreError),
    Panicked,
}

/// Acquires the lease, and does what is due.
pub(super) async fn run_pass(accounts: &Accounts, jobs: &[Arc<dyn MaintenanceJob>], state: &mut State) -> Pass {
    let mut pass = Pass { has_lease: true, rows: 0, failures: 0 };
    state.leased_at = None;
    for job in jobs {
        for _ in 0..STEPS_PER_PASS {
            if !keep_lease(accounts, state).await {
                return Pass { has_lease: false, ..pass };
            }
            let step = AssertUnwindSafe(job.step(accounts.inner.clock.now(), ROWS_PER_STEP)).catch_unwind().await;
            let done = match step {
                Ok(done) => done.map_err(Failure::Store),
                Err(_) => Err(Failure::Panicked),
            };
            let rows = *done.as_ref().unwrap_or(&0);
            pass.rows += rows;
            pass.failures += usize::from(done.is_err());
            report(state, job.name(), done.err());
            if rows < u64::from(ROWS_PER_STEP) {
                break;
            }
        }
    }
    pass
}

/// Acquires the lease, or renews it after half of its duration. Returns whether this process has it.
async fn keep_lease(accounts: &Accounts, state: &mut State) -> bool {
    let now = accounts.inner.clock.now();
    if state.leased_at.is_some_and(|leased_at| now.since(leased_at) < LEASE_DURATION / 2) {
        return true;
    }
    let leases = &accounts.inner.ports.leases;
    let acquire = AssertUnwindSafe(leases.acquire(LEASE, state.holder, now, LEASE_DURATION)).catch_unwind().await;
    let (is_acquired, failure) = match acquire {
        Ok(Ok(is_acquired)) => (is_acquired, None),
        Ok(Err(failure)) => (false, Some(Failure::Store(failure))),
        Err(_) => (false, Some(Failure::Panicked)),
    };
    report(state, LEASE, failure);
    state.leased_at = is_acquired.then_some(now);
    is_acquired
}

/// Releases the lease, if this process holds it.
pub(super) async fn release(accounts: &Accounts, state: &mut State) {
    if state.leased_at.take().is_some()
        && let Err(failure) = accounts.inner.ports.leases.release(LEASE, state.holder).await
    {
        tracing::debug!(error = ?failure, "the lease of the maintenance ends by itself");
    }
}

/// Logs the first failure of a job, and its end.
fn report(state: &mut State, job: &'static str, failure: Option<Failure>) {
    match failure {
        None if state.failing.remove(job) => tracing::info!(job, "maintenance works again"),
        None => {}
        Some(failure) if !state.failing.insert(job) => tracing::debug!(job, ?failure, "maintenance fails still"),
        Some(Failure::Store(error)) => tracing::warn!(job, ?error, "maintenance failed"),
        Some(Failure::Panicked) => tracing::error!(job, "maintenance panicked"),
    }
}
