//! The maintenance task: what it removes, its lease, its jobs, and what it logs of a store that fails. The same on both engines,
//! and with parties: `crates/web/tests/maintenance.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use accounts::{Caller, EventFilter, Maintenance, MaintenanceJob, PageSize, Pass, StoreError, Timestamp, Username};
use async_trait::async_trait;

use crate::common::{Log, PASSWORD, Service};

const IDLE: Pass = Pass { has_lease: true, rows: 0, failures: 0 };
const ELSEWHERE: Pass = Pass { has_lease: false, ..IDLE };

async fn events(service: &Service) -> usize {
    service.accounts.events(EventFilter::default(), None, PageSize::DEFAULT).await.unwrap().items.len()
}

/// What a log-in leaves, each for its time: a registration key for ten minutes, the session for 12 hours, counters for up to a day,
/// the known browser and network, and the events, for 90 days.
#[tokio::test]
async fn what_has_expired_is_removed() {
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
    service.visitor().log_in("ada", "wrong otter nine").await;
    let mut maintenance = service.accounts.maintenance();
    assert_eq!(maintenance.run_once().await, IDLE);
    assert_eq!((service.count("registration_keys").await, service.count("sessions").await), (1, 1));
    assert!(service.count("throttles").await > 0);
    let events_before = events(&service).await;
    for (after, table) in [
        (Duration::from_mins(10), "registration_keys"),
        (Duration::from_hours(12), "sessions"),
        (Duration::from_hours(24), "throttles"),
    ] {
        service.clock.advance(after);
        let pass = maintenance.run_once().await;
        assert!(pass.rows > 0, "{table}: {pass:?}");
        assert_eq!(service.count(table).await, 0, "{table}");
    }
    assert_eq!(events(&service).await, events_before);
    service.clock.advance(Duration::from_hours(90 * 24));
    let browser_and_network = 2;
    assert_eq!(maintenance.run_once().await.rows, events_before as u64 + browser_and_network);
    assert_eq!(events(&service).await, 0);
}

#[tokio::test]
async fn ended_reservation_of_a_username_is_removed() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
    service.accounts.rename(ada.id, Username::parse("grace").unwrap(), &Caller::default()).await.unwrap();
    let mut maintenance = service.accounts.maintenance();
    for (after, rows) in
        [(Username::RESERVED.saturating_sub(Duration::from_millis(1)), 1), (Duration::from_millis(1), 0)]
    {
        service.clock.advance(after);
        maintenance.run_once().await;
        assert_eq!(service.count("former_usernames").await, rows);
    }
}

#[tokio::test]
async fn expired_reset_token_is_removed() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
    service.accounts.create_reset_token(ada.id, &Caller::default()).await.unwrap().unwrap();
    let mut maintenance = service.accounts.maintenance();
    for (after, rows) in [(Duration::from_mins(30) - Duration::from_millis(1), 1), (Duration::from_millis(1), 0)] {
        service.clock.advance(after);
        maintenance.run_once().await;
        assert_eq!(service.count("reset_tokens").await, rows);
    }
}

#[tokio::test]
async fn request_removes_nothing_by_itself() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_hours(91 * 24));
    service.failing.take_calls();
    ada.get("/home").await;
    ada.log_in("ada", PASSWORD).await;
    let calls = service.failing.take_calls();
    assert!(!calls.iter().any(|call| call.contains("purge")), "{calls:?}");
}

#[tokio::test]
async fn second_process_waits_for_the_lease_and_takes_it_over() {
    let service = Service::start().await;
    let (mut one, mut other) = (service.accounts.maintenance(), service.accounts.maintenance());
    assert_eq!(one.run_once().await, IDLE);
    assert_eq!(other.run_once().await, ELSEWHERE);
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(one.run_once().await, IDLE, "it renews the lease");
    service.clock.advance(Duration::from_millis(179_999));
    assert_eq!(other.run_once().await, ELSEWHERE, "3 minutes from the renewal");
    service.clock.advance(Duration::from_millis(1));
    assert_eq!(other.run_once().await, IDLE, "the one is dead");
    assert_eq!(one.run_once().await, ELSEWHERE);
}

#[tokio::test]
async fn stopped_maintenance_releases_the_lease() {
    let service = Service::start().await;
    let running = service.accounts.maintenance().with_job(Counting::default()).start();
    let mut other = service.accounts.maintenance();
    while !service.failing.take_calls().contains(&"leases.acquire") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(other.run_once().await, ELSEWHERE);
    running.stop().await;
    assert_eq!(other.run_once().await, IDLE);
}

/// Counts its steps. The clock moves on with each, and there is no end of what is due.
#[derive(Clone, Default)]
struct Counting {
    steps: Arc<AtomicU64>,
    clock: Option<accounts::test_kit::MovableClock>,
}

#[async_trait]
impl MaintenanceJob for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    async fn step(&self, _: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.steps.fetch_add(1, Relaxed);
        let Some(clock) = &self.clock else { return Ok(0) };
        clock.advance(Duration::from_secs(1));
        Ok(limit.into())
    }
}

#[tokio::test]
async fn endless_job_is_left_for_the_next_minute() {
    let service = Service::start().await;
    let counting = Counting { clock: Some(service.clock.clone()), ..Counting::default() };
    let after = Counting::default();
    let mut maintenance = service.accounts.maintenance().with_job(counting.clone()).with_job(after.clone());
    service.failing.take_calls();
    assert_eq!(maintenance.run_once().await, Pass { rows: 40 * 250, ..IDLE });
    assert_eq!((counting.steps.load(Relaxed), after.steps.load(Relaxed)), (40, 1));
    let acquired = |calls: Vec<&str>| calls.iter().filter(|call| **call == "leases.acquire").count();
    assert_eq!(acquired(service.failing.take_calls()), 1);
}

/// Another process takes the lease over while a step hangs for 10 minutes.
#[tokio::test]
async fn pass_ends_where_its_lease_was_taken_over() {
    struct Hanging(Counting, tokio::sync::Mutex<Maintenance>);
    #[async_trait]
    impl MaintenanceJob for Hanging {
        fn name(&self) -> &'static str {
            "hanging"
        }

        async fn step(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
            self.0.clock.as_ref().unwrap().advance(Duration::from_mins(10));
            assert_eq!(self.1.lock().await.run_once().await, IDLE);
            self.0.step(now, limit).await
        }
    }
    let service = Service::start().await;
    let counting = Counting { clock: Some(service.clock.clone()), ..Counting::default() };
    let other = tokio::sync::Mutex::new(service.accounts.maintenance());
    let mut maintenance = service.accounts.maintenance().with_job(Hanging(counting.clone(), other));
    assert_eq!(maintenance.run_once().await, Pass { rows: 250, ..ELSEWHERE });
    assert_eq!(counting.steps.load(Relaxed), 1);
}

/// The lines of the log about the maintenance, with their level and their job.
fn lines(log: &Log) -> Vec<String> {
    let text = log.text();
    let lines = text.lines().filter(|line| line.contains("maintenance"));
    lines
        .map(|line| line.split(" error=").next().unwrap().trim().replace("accounts::maintenance::pass: ", ""))
        .collect()
}

#[tokio::test]
async fn outage_is_logged_once_and_work_goes_on() {
    let (log, _guard) = Log::of_this_thread();
    let service = Service::start().await;
    service.visitor().register("ada", PASSWORD).await;
    service.clock.advance(Duration::from_hours(91 * 24));
    let counting = Counting::default();
    let mut maintenance = service.accounts.maintenance().with_job(counting.clone());
    service.failing.fail_on("sessions.purge");
    for _ in 0..2 {
        assert_eq!(maintenance.run_once().await.failures, 1);
    }
    assert_eq!((service.count("sessions").await, events(&service).await), (1, 0), "the others work");
    service.failing.fail_on("everything");
    for _ in 0..2 {
        assert_eq!(maintenance.run_once().await, ELSEWHERE);
    }
    service.failing.fail_on(None);
    assert_eq!(maintenance.run_once().await.failures, 0);
    assert_eq!((service.count("sessions").await, counting.steps.load(Relaxed)), (0, 3));
    assert_eq!(
        lines(&log),
        [
            "WARN maintenance failed job=\"purge of sessions\"",
            "WARN maintenance failed job=\"maintenance\"",
            "INFO maintenance works again job=\"maintenance\"",
            "INFO maintenance works again job=\"purge of sessions\"",
        ]
    );
}

struct Panicking;

#[async_trait]
impl MaintenanceJob for Panicking {
    fn name(&self) -> &'static str {
        "panicking"
    }

    async fn step(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        panic!("on purpose")
    }
}

#[tokio::test]
async fn panicking_job_is_logged_once_and_ends_nothing() {
    let (log, _guard) = Log::of_this_thread();
    let service = Service::start().await;
    let counting = Counting::default();
    let mut maintenance = service.accounts.maintenance().with_job(Panicking).with_job(counting.clone());
    for _ in 0..2 {
        assert_eq!(maintenance.run_once().await, Pass { failures: 1, ..IDLE });
    }
    assert_eq!(counting.steps.load(Relaxed), 2);
    assert_eq!(lines(&log), ["ERROR maintenance panicked job=\"panicking\""]);
}

/// A service whose program does not know of the maintenance.
#[tokio::test]
async fn service_without_a_call_is_maintained_from_a_minute_after_its_first_request() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.failing.take_calls();
    ada.get("/home").await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(59)).await;
    tokio::task::yield_now().await;
    assert!(!service.failing.take_calls().contains(&"leases.acquire"));
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
    for _ in 0..500 {
        if service.failing.take_calls().contains(&"events.purge") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was purged");
}
