//! A request's body against the clock: so much time in all, and after a while a least rate. How much of it is taken is
//! for whoever reads it to say.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::ledger::Ledger;
use super::limits::Limits;

/// A body that comes in time, or ends in [`io::ErrorKind::TimedOut`].
pub(super) struct Timed {
    body: Incoming,
    ledger: Arc<Ledger>,
    came: u64,
    has_ended: bool,
    /// Since when it has been waited for. Only one that is not there at once gets a timer.
    waited: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Timed {
    pub(super) fn new(body: Incoming, ledger: Arc<Ledger>) -> Self {
        Self { body, ledger, came: 0, has_ended: false, waited: None }
    }

    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let limits = self.ledger.limits();
        let (since, timer) = self.waited.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + patience(limits, 0))))
        });
        let deadline = *since + patience(limits, self.came);
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context)
    }
}

/// How long after its start a body may be unfinished, when so many bytes of it have come.
fn patience(limits: &Limits, came: u64) -> Duration {
    let rate = u64::from(limits.body_rate.max(1));
    Duration::from_millis(came.saturating_mul(1_000) / rate).max(limits.body_grace).min(limits.body)
}

impl Body for Timed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.came += frame.data_ref().map_or(0, |data| data.len() as u64);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(None) => {
                self.has_ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => self.poll_late(context).map(|()| {
                tracing::debug!(came = self.came, "a body came too slowly");
                Some(Err(io::ErrorKind::TimedOut.into()))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        if !self.has_ended && !self.body.is_end_stream() {
            self.ledger.left_unread();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_take_its_grace_then_its_rate_and_never_more_than_its_time() {
        let limits = Limits::default();
        let seconds = |came| patience(&limits, came).as_secs();
        assert_eq!([0, 1, 10_239].map(seconds), [10, 10, 10], "the grace");
        assert_eq!([20 << 10, 25 << 10].map(seconds), [20, 25], "a KiB a second");
        assert_eq!([64 << 10, u64::MAX].map(seconds), [30, 30], "in all");
    }
}
