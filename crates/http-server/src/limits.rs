//! What a client may take of the server: connections, memory, bytes and time.

use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use crate::timeouts::{DRAIN_TIMEOUT, Timeouts};

/// Connections served at once, where the process may open that many descriptors.
const MAX_CONNECTIONS: u32 = 1_024;

/// Descriptors reserved for what is not a connection: the database, the log, the listener.
const RESERVED_DESCRIPTORS: u64 = 64;

/// The limits of a server. The defaults are for a site of pages and forms.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The connection limit: connections served at once. One more is accepted and waits; further clients wait in the listen
    /// backlog. Default: 1,024.
    pub connections: u32,
    /// The memory budget in bytes, a memory limit for the request heads, request bodies and responses of all connections.
    /// Default: 64 MiB.
    ///
    /// A body reserves before it is read; a head and a response reserve once they exist. So the process may hold more than
    /// the budget: up to 2 × [`head_size`](Self::head_size) for each connection whose head is incomplete (by default 1,024 ×
    /// 32 KiB = 32 MiB), and each response from when the endpoint returns it until it is reserved or replaced by a 503.
    ///
    /// A response that is larger than the budget is never sent to a safe request.
    pub memory: usize,
    /// The size limit of a request head, which is its request line and its fields, in bytes. Default: 16 KiB.
    pub head_size: usize,
    /// The size limit of a request target in bytes. Default: 8 KiB.
    pub target_size: usize,
    /// The most that a request body reserves of the memory budget, in bytes: as much as the endpoint may buffer. The
    /// endpoint itself rejects a larger body. Default: 64 KiB.
    pub body_size: usize,
    /// The timeouts of a connection while the server is not saturated. Default: [`Timeouts::NORMAL`].
    pub timeouts: Timeouts,
    /// The timeouts of a connection while the server is saturated: no connection slot or no memory is free. Default:
    /// [`Timeouts::SATURATED`].
    pub saturated_timeouts: Timeouts,
    /// The most that is discarded of an unread body after the response, in bytes, such as an upload that was refused. Default: 16 MiB.
    pub linger_size: usize,
    /// The drain timeout of a graceful shutdown: how long requests under way may take. Default: 10 s.
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
            timeouts: Timeouts::NORMAL,
            saturated_timeouts: Timeouts::SATURATED,
            linger_size: 16 << 20,
            drain: DRAIN_TIMEOUT,
        }
    }
}

impl Limits {
    /// The defaults, with no more connections than this process may open descriptors for (`RLIMIT_NOFILE`).
    #[must_use]
    pub fn for_this_process() -> Self {
        Self { connections: connection_limit(getrlimit(Resource::Nofile).current), ..Self::default() }
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
fn connection_limit(descriptors: Option<u64>) -> u32 {
    let Some(descriptors) = descriptors else { return MAX_CONNECTIONS };
    let spare = descriptors.saturating_sub(RESERVED_DESCRIPTORS).max(descriptors / 2).max(1);
    u32::try_from(spare).map_or(MAX_CONNECTIONS, |spare| spare.min(MAX_CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_database() {
        assert_eq!(connection_limit(Some(1_024)), 960);
        assert_eq!(connection_limit(Some(100)), 50);
        assert_eq!(connection_limit(Some(1)), 1);
        let descriptors = Some(1_024);
        assert!(leaves_descriptors(960, descriptors) && !leaves_descriptors(961, descriptors));
        assert!(!leaves_descriptors(1, Some(RESERVED_DESCRIPTORS)));
        assert!(leaves_descriptors(u32::MAX, None));
        for plenty in [Some(1_088), Some(1 << 20), Some(u64::MAX), None] {
            assert_eq!(connection_limit(plenty), 1_024);
        }
    }
}
