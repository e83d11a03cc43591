//! The process's limit of open files, which also limits its connections.

use anyhow::ensure;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the soft limit of open files to `needed`, for this process and for those that it starts.
///
/// # Errors
/// The hard limit is lower.
pub fn raise_limit(needed: u64) -> anyhow::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    ensure!(limit.maximum.is_none_or(|hard| hard >= needed), "{needed} open files are needed: raise `ulimit -Hn`");
    limit.current = Some(needed);
    Ok(setrlimit(Resource::Nofile, limit)?)
}
