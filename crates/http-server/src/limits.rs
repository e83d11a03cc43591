//! What a client may take of the server: connections, memory, bytes and time.

use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use crate::timeouts::{DRAIN_TIMEOUT, LINGER_TIMEOUT, Timeouts};

/// Connections served at once, where the process may open that many descriptors.
const MAX_CONNECTIONS: u32 = 1_024;

/// Descriptors reserved for what is not a connection: the database, the log, the listener.
const RESERVED_DESCRIPTORS: u64 = 64;

/// The limits of a server. The defaults are for a site of pages and forms.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections served at once. One more is accepted and waits; further clients wait in the listen backlog. 1,024.
    pub connections: u32,
    /// The memory budget in bytes: request heads, request bodies and responses of all connections. A response that is larger
    /// than this is never sent to a safe request. 64 MiB.
    pub memory: usize,
    /// A request head, its request line and its fields, in bytes. 16 KiB.
    pub head_size: usize,
    /// A request target, in bytes. 8 KiB.
    pub target_size: usize,
    /// What a request body reserves of the memory budget at most, in bytes: as much as the endpoint may buffer. It is
    /// the endpoint that rejects a larger body. 64 KiB.
    pub body_size: usize,
    /// How long a client may take.
    pub normal: Timeouts,
    /// The same while the server is saturated: no connection slot or no memory is free.
    pub saturated: Timeouts,
    /// After a response to an unread body: how long the rest is discarded, so that the client can read the response before
    /// the connection is reset. 1 s.
    pub linger: Duration,
    /// How much is discarded then at most, in bytes. 1 MiB.
    pub linger_size: usize,
    /// How long requests under way may take once the server is asked to stop. 10 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: MAX_CONNECTIONS,
            memory: 64 << 20,
            head_size: 16 << 10,
            target_size: 8 << 10,
            body_size: 64 << 10,
            normal: Timeouts::NORMAL,
            saturated: Timeouts::SATURATED,
            linger: LINGER_TIMEOUT,
            linger_size: 1 << 20,
            drain: DRAIN_TIMEOUT,
        }
    }
}

impl Limits {
    /// The defaults, with no more connections than this process may open descriptors for (`RLIMIT_NOFILE`).
    #[must_use]
    pub fn for_this_process() -> Self {
        Self { connections: connections(getrlimit(Resource::Nofile).current), ..Self::default() }
    }

    /// The defaults, with the number of connections that the operator chose. Logs a warning where the process may not open
    /// that many descriptors: beyond them no client is accepted, and the database may lack descriptors too.
    #[must_use]
    pub fn with_connections(connections: u32) -> Self {
        let descriptors = getrlimit(Resource::Nofile).current;
        if !leaves_descriptors(connections, descriptors) {
            tracing::warn!(connections, descriptors, "connection limit exceeds the limit of open files");
        }
        Self { connections, ..Self::default() }
    }
}

/// Whether the reserved descriptors remain beside that many connections.
fn leaves_descriptors(connections: u32, descriptors: Option<u64>) -> bool {
    descriptors.is_none_or(|descriptors| u64::from(connections) <= descriptors.saturating_sub(RESERVED_DESCRIPTORS))
}

/// The connection limit for a process with that many descriptors (`None`: without limit).
fn connections(descriptors: Option<u64>) -> u32 {
    let Some(descriptors) = descriptors else { return MAX_CONNECTIONS };
    let spare = descriptors.saturating_sub(RESERVED_DESCRIPTORS).max(descriptors / 2).max(1);
    u32::try_from(spare).map_or(MAX_CONNECTIONS, |spare| spare.min(MAX_CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_database() {
        assert_eq!(connections(Some(1_024)), 960);
        assert_eq!(connections(Some(100)), 50);
        assert_eq!(connections(Some(1)), 1);
        let descriptors = Some(1_024);
        assert!(leaves_descriptors(960, descriptors) && !leaves_descriptors(961, descriptors));
        assert!(!leaves_descriptors(1, Some(RESERVED_DESCRIPTORS)));
        assert!(leaves_descriptors(u32::MAX, None));
        for plenty in [Some(1_088), Some(1 << 20), Some(u64::MAX), None] {
            assert_eq!(connections(plenty), 1_024);
        }
    }
}
