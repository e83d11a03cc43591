//! The limit of core dumps, which would contain passwords and tokens that are in use.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Sets the soft limit of the size of a core dump to 0 for this process, and logs where that fails.
///
/// The kernel ignores the limit where it pipes dumps to a program; systemd-coredump and apport look at it themselves.
pub(crate) fn switch_off() {
    let limit = getrlimit(Resource::Core);
    if limit.current == Some(0) {
        return; // as by `LimitCORE=0`
    }
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), ..limit }) {
        tracing::warn!(%error, "could not switch off core dumps");
    }
}
