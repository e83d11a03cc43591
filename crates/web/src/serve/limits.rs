//! What a client may take of the server: time, bytes, connections. Every number of the door is here, with its reason.

use std::time::Duration;

use rustix::process::{Resource, getrlimit};

/// The door's limits. The defaults are for a site of pages and forms; a test makes them short.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections served at once. One more is accepted and waits; the others wait in the system's backlog.
    pub connections: u32,
    /// From the first byte of a request's head (from the start, of a connection's first) until its last.
    pub head: Duration,
    /// How long a connection that has been answered may be kept open for the next request.
    pub idle: Duration,
    /// Instead of both, while somebody waits for a connection: an idle client opens another when it needs one.
    pub crowded: Duration,
    /// For a body, in all.
    pub body: Duration,
    /// How long a body's rate is not looked at: a lost packet is sent again within it.
    pub body_grace: Duration,
    /// The least average rate of a body after that, in bytes per second.
    pub body_rate: u32,
    /// How long a client may take for an answer, from when it is ready to its last byte, however steadily it is taken.
    pub answer: Duration,
    /// After an answer that left something unread: how long the rest is thrown away, so that the answer is read before
    /// the connection is reset.
    pub linger: Duration,
    /// How much is thrown away then, in bytes.
    pub linger_size: usize,
    /// How long requests under way may take once the server is asked to stop.
    pub drain: Duration,
    /// A request's head, its first line and its fields, in bytes.
    pub head_size: usize,
    /// A request's target, in bytes.
    pub target_size: usize,
    /// Requests under way on one HTTP/2 connection; a browser asks for a page and its few files.
    pub streams: u32,
    /// After how much silence an HTTP/2 client is asked whether it is still there.
    pub ping: Duration,
    /// How long it has to say so.
    pub pong: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            crowded: Duration::from_secs(1),
            body: Duration::from_secs(30),
            body_grace: Duration::from_secs(10),
            body_rate: 1_024,
            answer: Duration::from_mins(1),
            linger: Duration::from_secs(1),
            linger_size: 1 << 20,
            drain: Duration::from_secs(10),
            head_size: 16 << 10,
            target_size: 8 << 10,
            streams: 32,
            ping: Duration::from_secs(20),
            pong: Duration::from_secs(10),
        }
    }
}

/// Connections served at once, where the system has the descriptors for them.
const CONNECTIONS: u32 = 1_024;

/// Descriptors kept for what is not a connection: the database, the log, the listener.
const OTHERS: u64 = 64;

impl Limits {
    /// The defaults, with no more connections than this process may have descriptors for.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self { connections: connections(getrlimit(Resource::Nofile).current), ..Self::default() }
    }
}

/// How many connections to serve with that many descriptors (`None`: without limit).
fn connections(descriptors: Option<u64>) -> u32 {
    let Some(descriptors) = descriptors else { return CONNECTIONS };
    let spare = descriptors.saturating_sub(OTHERS).max(descriptors / 2).max(1);
    u32::try_from(spare).map_or(CONNECTIONS, |spare| spare.min(CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_database() {
        assert_eq!(connections(Some(1_024)), 960);
        assert_eq!(connections(Some(100)), 50);
        assert_eq!(connections(Some(1)), 1);
        for plenty in [Some(1_088), Some(1 << 20), Some(u64::MAX), None] {
            assert_eq!(connections(plenty), 1_024);
        }
    }
}
