//! Reads a trace of strace: whether the disk was synced between each form's request and its response.

use std::collections::BTreeMap;

/// What a trace shows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct SyncTrace {
    /// Completed calls of `fsync` and `fdatasync`.
    pub syncs: usize,
    /// Responses (303) with at least one sync since their request.
    pub synced: usize,
    /// Responses (303) without a sync since their request.
    pub unsynced: usize,
}

/// The system calls that must be traced, as strace's `-e` takes them.
pub const TRACED_CALLS: &str = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg";

impl SyncTrace {
    /// Parses the output of `strace -f -ttt`.
    #[must_use]
    pub fn parse(trace: &str) -> Self {
        let mut seen = Self::default();
        let mut requests = BTreeMap::new(); // by socket: how many syncs had completed when its request came
        let mut reading = BTreeMap::new(); // by thread: the descriptor of its unfinished read
        for line in trace.lines() {
            let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
            let (Some(thread), Some(_), Some(call)) = (words.next(), words.next(), words.next()) else { continue };
            let has_ended = !call.ends_with("<unfinished ...>") && call.contains(" = ");
            if call.contains("sync") && has_ended && call.ends_with("= 0") {
                seen.syncs += 1;
            } else if call.starts_with("read") || call.starts_with("recvfrom") {
                reading.insert(thread, descriptor(call)); // a `resumed` line does not repeat the descriptor
            }
            if call.contains("\"POST /") {
                let is_resumed = call.starts_with("<...");
                let socket = if is_resumed { reading.get(thread).copied() } else { Some(descriptor(call)) };
                requests.extend(socket.map(|socket| (socket, seen.syncs)));
            } else if call.contains("\"HTTP/1.1 303")
                && let Some(syncs) = requests.remove(descriptor(call))
            {
                if seen.syncs > syncs { seen.synced += 1 } else { seen.unsynced += 1 }
            }
        }
        seen
    }
}

/// The first argument of a call.
fn descriptor(call: &str) -> &str {
    let arguments = call.split_once('(').map_or("", |(_, arguments)| arguments);
    arguments.split([',', ')']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_is_synced_only_by_a_sync_after_its_request() {
        let trace = "\
            10 1.0 fdatasync(5) = 0\n\
            10 1.1 recvfrom(7, \"POST /rsvp HTTP/1.1\"..., 8192, 0, NULL, NULL) = 300\n\
            10 1.2 recvfrom(8,  <unfinished ...>\n\
            11 1.3 writev(7, [{iov_base=\"HTTP/1.1 303 See Other\"...}], 1) = 200\n\
            10 1.4 <... recvfrom resumed>\"POST /rsvp HTTP/1.1\"..., 8192, 0, NULL, NULL) = 300\n\
            12 1.5 fdatasync(5 <unfinished ...>\n\
            12 1.6 <... fdatasync resumed>) = 0\n\
            11 1.7 writev(8, [{iov_base=\"HTTP/1.1 303 See Other\"...}], 1) = 200\n";

        assert_eq!(SyncTrace::parse(trace), SyncTrace { syncs: 2, synced: 1, unsynced: 1 });
    }
}
