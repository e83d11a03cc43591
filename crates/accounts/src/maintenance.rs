//! The maintenance task: does each minute what is due, in bounded steps. Of all processes on a database one does it at a time.

mod jobs;
mod pass;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use domain::MaintenanceJob;
use domain::lease::LeaseHolder;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use self::pass::{State, release, run_pass};
use crate::Accounts;
use crate::timeouts::{LEASE_RELEASE_TIMEOUT, MAINTENANCE_INTERVAL};

pub use self::pass::Pass;

/// The maintenance of a service: [`Accounts::maintenance`] makes it, and [`Maintenance::start`] starts it.
///
/// It removes expired sessions, counters, registration keys, reservations of former usernames, registration codes, reset tokens,
/// known browsers and networks, and events older than 90 days, completes the deletion of accounts, and does the jobs of the embedder. A step is one commit of at most 250 rows, so that other
/// writes do not wait for long.
///
/// A lease in the database has one process at a time do it. Where that process has died, another one goes on after at most three
/// minutes.
///
/// A store that fails is logged once, and asked again in a minute. A job that panics is logged, and the others go on.
#[must_use = "`start` starts it"]
pub struct Maintenance {
    accounts: Accounts,
    jobs: Vec<Arc<dyn MaintenanceJob>>,
    state: State,
}

impl std::fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let jobs: Vec<_> = self.jobs.iter().map(|job| job.name()).collect();
        f.debug_struct("Maintenance").field("jobs", &jobs).finish_non_exhaustive()
    }
}

impl Accounts {
    /// The maintenance of this service, which is then started by the caller alone. A service that never calls it has the
    /// maintenance without jobs of its own, from a minute after its first request on.
    pub fn maintenance(&self) -> Maintenance {
        self.inner.is_maintained.store(true, Relaxed);
        let state = State::new(self.new_holder());
        Maintenance { jobs: jobs::of_accounts(self), accounts: self.clone(), state }
    }

    fn new_holder(&self) -> LeaseHolder {
        let mut bytes = [0; 16];
        self.inner.random.fill(&mut bytes);
        LeaseHolder::new(bytes)
    }

    /// Starts the maintenance of a service that has not called [`Accounts::maintenance`]. It ends with the accounts.
    #[cfg(feature = "poem")]
    pub(crate) fn start_maintenance_once(&self) {
        if !self.inner.is_maintained.load(Relaxed) && !self.inner.is_maintained.swap(true, Relaxed) {
            tokio::spawn(maintain(Arc::downgrade(&self.inner), State::new(self.new_holder())));
        }
    }
}

/// The maintenance of accounts that are dropped at some time.
#[cfg(feature = "poem")]
async fn maintain(inner: std::sync::Weak<crate::Inner>, mut state: State) {
    loop {
        tokio::time::sleep(MAINTENANCE_INTERVAL).await;
        let Some(inner) = inner.upgrade() else { return };
        let accounts = Accounts { inner };
        run_pass(&accounts, &jobs::of_accounts(&accounts), &mut state).await;
    }
}

impl Maintenance {
    /// Adds a job of the embedder. The jobs are done in the order in which they were added, after those of the accounts.
    pub fn with_job(mut self, job: impl MaintenanceJob + 'static) -> Self {
        self.jobs.push(Arc::new(job));
        self
    }

    /// Does once what is due now, if no other process has the lease. For tests, and for a service that is not always running.
    pub async fn run_once(&mut self) -> Pass {
        run_pass(&self.accounts, &self.jobs, &mut self.state).await
    }

    /// Does what is due, now and each minute, until `stop` is ready. Then it releases the lease; a write under way is done whole or
    /// not at all.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut ticks = interval(MAINTENANCE_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let passes = async {
            loop {
                ticks.tick().await;
                self.run_once().await;
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => {}
            () = passes => {}
        }
        if timeout(LEASE_RELEASE_TIMEOUT, release(&self.accounts, &mut self.state)).await.is_err() {
            tracing::warn!("the lease of the maintenance is not released");
        }
    }

    /// Starts a task that runs until it is stopped, or the runtime ends.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn start(self) -> RunningMaintenance {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(self.run_until(async {
            if stopped.await.is_err() {
                std::future::pending::<()>().await; // the handle is dropped
            }
        }));
        RunningMaintenance { stop, task }
    }
}

/// The running maintenance. It goes on where this value is dropped.
#[derive(Debug)]
#[must_use = "`stop` releases the lease, so that another process need not wait for its end"]
pub struct RunningMaintenance {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningMaintenance {
    /// Stops the task, and waits for its end: at most a second.
    pub async fn stop(self) {
        let _ = self.stop.send(()); // it may have ended with the runtime
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the maintenance task ended by itself");
        }
    }
}
