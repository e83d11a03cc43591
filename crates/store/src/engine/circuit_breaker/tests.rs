//! The states of a circuit breaker, with paused time and without a server.

use std::time::Duration;

use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep};

use super::*;
use crate::timeouts::POOL_ACQUIRE_TIMEOUT;

async fn call<T>(breaker: &CircuitBreaker, future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let call = breaker.begin()?;
    let result = future.await;
    call.record(&result);
    result
}

/// Fails as an acquire does whose server is away: with `PoolTimedOut` after the acquire timeout.
async fn times_out() -> Result<(), Error> {
    sleep(POOL_ACQUIRE_TIMEOUT).await;
    Err(Error::PoolTimedOut)
}

async fn succeeds_after(delay: Duration) -> Result<(), Error> {
    sleep(delay).await;
    Ok(())
}

fn spawn(
    breaker: &CircuitBreaker,
    future: impl Future<Output = Result<(), Error>> + Send + 'static,
) -> JoinHandle<Result<(), Error>> {
    let breaker = breaker.clone();
    tokio::spawn(async move { call(&breaker, future).await })
}

async fn open() -> CircuitBreaker {
    let breaker = CircuitBreaker::new();
    assert!(matches!(call(&breaker, times_out()).await, Err(Error::PoolTimedOut)));
    assert_eq!(breaker.state(), State::Open);
    breaker
}

#[tokio::test(start_paused = true)]
async fn closed_breaker_passes_calls_side_by_side() {
    let breaker = CircuitBreaker::new();
    let start = Instant::now();

    let delay = Duration::from_secs(1);
    let (one, two) = tokio::join!(call(&breaker, succeeds_after(delay)), call(&breaker, succeeds_after(delay)));

    assert!(one.is_ok() && two.is_ok());
    assert_eq!(start.elapsed(), delay);
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn other_errors_do_not_open_the_breaker() {
    let breaker = CircuitBreaker::new();
    assert!(call(&breaker, async { Err::<(), _>(Error::PoolClosed) }).await.is_err());
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn half_open_breaker_fails_other_calls_immediately() {
    let breaker = open().await;
    let probe = spawn(&breaker, times_out());
    yield_now().await;
    assert_eq!(breaker.state(), State::HalfOpen);

    for _ in 0..3 {
        assert!(matches!(breaker.begin().map(drop), Err(Error::PoolTimedOut)));
    }

    assert!(probe.await.unwrap().is_err());
    assert_eq!(breaker.state(), State::Open, "the next call probes");
}

#[tokio::test(start_paused = true)]
async fn successful_probe_closes_the_breaker() {
    let breaker = open().await;
    call(&breaker, succeeds_after(Duration::from_secs(1))).await.unwrap();
    assert_eq!(breaker.state(), State::Closed);
    call(&breaker, succeeds_after(Duration::ZERO)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn dropped_probe_lets_the_next_call_probe() {
    let breaker = open().await;
    let probe = spawn(&breaker, times_out());
    yield_now().await;

    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());

    assert_eq!(breaker.state(), State::Open);
    call(&breaker, succeeds_after(Duration::ZERO)).await.unwrap();
}

/// A slow success closes the breaker, as when all connections were busy and the server was not away.
#[tokio::test(start_paused = true)]
async fn success_of_a_call_from_before_the_opening_closes_it() {
    let breaker = CircuitBreaker::new();
    let slow = spawn(&breaker, succeeds_after(POOL_ACQUIRE_TIMEOUT + Duration::from_secs(1)));
    yield_now().await;
    assert!(call(&breaker, times_out()).await.is_err());
    assert_eq!(breaker.state(), State::Open);

    slow.await.unwrap().unwrap();

    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn response_on_another_connection_closes_it() {
    let breaker = open().await;
    breaker.close();
    assert_eq!(breaker.state(), State::Closed);
}
