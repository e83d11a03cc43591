//! What a client may take of the server: bytes, connections, and time. Every number of the door is here, with its reason,
//! but for those of [`super::patience`].

use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use super::patience::Patience;

/// The door's limits. The defaults are for a site of pages and forms; a test makes them short.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections served at once. One more is accepted and waits; the others wait in the system's backlog.
    pub connections: u32,
    /// How long a client is waited for.
    pub quiet: Patience,
    /// The same while somebody waits for a connection.
    pub crowded: Patience,
    /// What all clients together may make us hold, in bytes: heads and bodies of requests under way, and answers that were
    /// not taken. Past it those connections are cut that have held most for longest, and past twice as much a request is
    /// refused. So an answer that is larger by itself cannot be relied on.
    pub held: usize,
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
            quiet: Patience::QUIET,
            crowded: Patience::CROWDED,
            held: 64 << 20,
            linger: Duration::from_secs(1),
            linger_size: 1 << 20,
            drain: Duration::from_secs(10),
            head_size: 16 << 10,
            target_size: 8 << 10,
            streams: 8,
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

    /// The defaults, with as many connections as somebody asked for, who may know better which files are opened when. Where
    /// they do not fit, that is told once: past it nobody is let in, and the database may lack descriptors too.
    #[must_use]
    pub fn with_connections(connections: u32) -> Self {
        let files = getrlimit(Resource::Nofile).current;
        if !fits(connections, files) {
            tracing::warn!(connections, files, "more connections than files may be opened");
        }
        Self { connections, ..Self::default() }
    }
}

/// Whether that many connections leave descriptors for what is none.
fn fits(connections: u32, descriptors: Option<u64>) -> bool {
    descriptors.is_none_or(|descriptors| u64::from(connections) <= descriptors.saturating_sub(OTHERS))
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
        assert!(fits(960, Some(1_024)) && !fits(961, Some(1_024)) && !fits(1, Some(OTHERS)));
        assert!(fits(u32::MAX, None));
        for plenty in [Some(1_088), Some(1 << 20), Some(u64::MAX), None] {
            assert_eq!(connections(plenty), 1_024);
        }
    }
}
