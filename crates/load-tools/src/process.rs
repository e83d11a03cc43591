//! What a running process uses: memory, open files and threads, read from Linux's `/proc`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

/// What a process uses at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessUsage {
    /// Resident memory in KiB.
    pub rss_kib: u64,
    /// Open file descriptors.
    pub files: u64,
    /// Threads.
    pub threads: u64,
    /// The size of its database's write-ahead log in KiB; 0 where none was asked for.
    pub wal_kib: u64,
}

/// By how many files or threads a process may grow.
///
/// Open connections vary by a few; a leak at every hundredth request exceeds this within 10 minutes.
const ALLOWED_GROWTH: u64 = 24;

impl ProcessUsage {
    /// Reads the usage of the process `pid`. `database` is an SQLite file whose write-ahead log is measured too.
    ///
    /// # Errors
    /// The process has ended, the system has no `/proc`, or the database has no write-ahead log.
    pub fn read(pid: u32, database: Option<&Path>) -> anyhow::Result<Self> {
        let folder = Path::new("/proc").join(pid.to_string());
        let status = fs::read_to_string(folder.join("status")).context("the process has ended")?;
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            number.with_context(|| format!("the process status has no {name}"))
        };
        let files = u64::try_from(fs::read_dir(folder.join("fd"))?.count())?;
        let wal = database.map(|file| fs::metadata(format!("{}-wal", file.display()))).transpose();
        let wal_kib = wal.context("the database has no write-ahead log")?.map_or(0, |wal| wal.len() / 1024);
        Ok(Self { rss_kib: value("VmRSS:")?, files, threads: value("Threads:")?, wal_kib })
    }

    /// What has grown since `baseline` by more than a quarter (memory) or 24 (files, threads), as one sentence each.
    #[must_use]
    pub fn growth_since(&self, baseline: &Self) -> Vec<String> {
        let limits = [
            ("KiB of memory", self.rss_kib, baseline.rss_kib, baseline.rss_kib + baseline.rss_kib / 4),
            ("files", self.files, baseline.files, baseline.files + ALLOWED_GROWTH),
            ("threads", self.threads, baseline.threads, baseline.threads + ALLOWED_GROWTH),
        ];
        let grown = limits.into_iter().filter(|(_, now, _, limit)| now > limit);
        grown.map(|(what, now, before, _)| format!("{now} {what}, before {before}")).collect()
    }
}

/// The processor time that a process has used, to 10 ms.
///
/// # Errors
/// The process has ended, or the system has no `/proc`.
pub fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process has ended")?;
    parse_processor_time(&stat).context("the process has no times")
}

/// The sum of the fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second. The name, which may contain spaces, is
/// the second field, in parentheses.
fn parse_processor_time(stat: &str) -> Option<Duration> {
    let after_name = stat.rsplit_once(") ")?.1;
    let times: Vec<u64> = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    (times.len() == 2).then(|| Duration::from_millis(times.iter().sum::<u64>() * 10))
}

impl fmt::Display for ProcessUsage {
    /// Four columns: memory, files, threads, write-ahead log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7}  {:5}  {:>7}  {:7}", self.rss_kib, self.files, self.threads, self.wal_kib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASELINE: ProcessUsage = ProcessUsage { rss_kib: 40_000, files: 60, threads: 8, wal_kib: 4_000 };

    #[test]
    fn processor_time_is_of_user_and_kernel() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 1 0 0 0 120 30 9 9 20 0 1 0 5";
        assert_eq!(parse_processor_time(stat), Some(Duration::from_millis(1_500)));
        assert_eq!(parse_processor_time("7 (x) S 1"), None);
    }

    #[test]
    fn growth_within_limits_is_no_leak() {
        let now = ProcessUsage { rss_kib: 50_000, files: 84, threads: 32, wal_kib: 9_000 };
        assert_eq!(now.growth_since(&BASELINE), [""; 0]);
    }

    #[test]
    fn each_value_beyond_its_limit_is_reported() {
        let now = ProcessUsage { rss_kib: 50_001, files: 85, threads: 33, wal_kib: 0 };
        let reported = ["50001 KiB of memory, before 40000", "85 files, before 60", "33 threads, before 8"];
        assert_eq!(now.growth_since(&BASELINE), reported);
    }
}
