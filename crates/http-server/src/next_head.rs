//! Whether the next request head has begun while the previous request was served.
//!
//! hyper reads ahead and does not say how much it has buffered. So the bytes that come after the end of a head are counted,
//! and compared with the length of its body.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// No number of bytes: the end of the head has not been seen, or the length of the body is unknown.
const UNKNOWN: u64 = u64::MAX;

/// Counts the bytes after the end of a request head.
#[derive(Debug)]
pub(crate) struct NextHead {
    /// Whether the last byte, apart from `\r`, was `\n`: another one ends the head.
    is_at_line_start: AtomicBool,
    received: AtomicU64,
    body_length: AtomicU64,
}

impl NextHead {
    pub(crate) const fn new() -> Self {
        Self {
            is_at_line_start: AtomicBool::new(false),
            received: AtomicU64::new(UNKNOWN),
            body_length: AtomicU64::new(UNKNOWN),
        }
    }

    /// The first byte of a head comes next, or has come.
    pub(crate) fn begin(&self) {
        self.is_at_line_start.store(false, Relaxed);
        self.received.store(UNKNOWN, Relaxed);
        self.body_length.store(UNKNOWN, Relaxed);
    }

    /// The socket has read bytes.
    pub(crate) fn on_read(&self, bytes: &[u8]) {
        let after = match self.received.load(Relaxed) {
            UNKNOWN => self.after_head(bytes),
            received => Some(received + bytes.len() as u64),
        };
        if let Some(after) = after {
            self.received.store(after, Relaxed);
        }
    }

    /// The number of bytes after the empty line that ends the head; `None` if it is not among these.
    fn after_head(&self, bytes: &[u8]) -> Option<u64> {
        let mut is_at_line_start = self.is_at_line_start.load(Relaxed);
        for (position, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if is_at_line_start => return Some((bytes.len() - position - 1) as u64),
                b'\r' => {}
                byte => is_at_line_start = *byte == b'\n',
            }
        }
        self.is_at_line_start.store(is_at_line_start, Relaxed);
        None
    }

    /// The head is complete. `None` if its body has an unknown length.
    pub(crate) fn on_request(&self, body_length: Option<u64>) {
        self.body_length.store(body_length.unwrap_or(UNKNOWN), Relaxed);
    }

    /// Whether more bytes than the request's have come. `true` also where that is unknown: after a chunked body, and after a
    /// request that came whole with the previous one.
    pub(crate) fn may_have_begun(&self) -> bool {
        let received = self.received.load(Relaxed);
        received == UNKNOWN || received != self.body_length.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the next head may have begun, after these reads and a body of this length.
    fn may_have_begun(reads: &[&str], body_length: Option<u64>) -> bool {
        let next_head = NextHead::new();
        next_head.begin();
        for bytes in reads {
            next_head.on_read(bytes.as_bytes());
        }
        next_head.on_request(body_length);
        next_head.may_have_begun()
    }

    #[test]
    fn bytes_after_a_request_begin_the_next_head() {
        for reads in
            [&["GET / HTTP/1.1\r\nHost: a\r\n\r\n"][..], &["GET / HTTP/1.1\r\nHost: a\r", "\n", "\r\n"], &["G\n\n"]]
        {
            assert!(!may_have_begun(reads, Some(0)), "{reads:?}");
            assert!(may_have_begun(&[reads, &["G"]].concat(), Some(0)), "{reads:?}");
        }
        for reads in [&["P\r\n\r\n12345"][..], &["P\r\n\r\n123", "45"], &["P\r\n\r\n", "12345"]] {
            assert!(!may_have_begun(reads, Some(5)), "{reads:?}");
            assert!(may_have_begun(&[reads, &["G"]].concat(), Some(5)), "{reads:?}");
        }
    }

    #[test]
    fn next_head_may_have_begun_where_it_is_unknown() {
        assert!(may_have_begun(&["P\r\n\r\n0\r\n\r\n"], None));
        assert!(may_have_begun(&[], Some(0)), "a pipelined request, of which no byte was read since the last");
    }
}
