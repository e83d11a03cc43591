//! A full disk under SQLite: writes are refused with 503, nothing is acknowledged that is not stored, pages are still
//! served, and writes succeed again once there is space.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::ensure;
use load_tools::server::ServerProcess;
use tokio::time::sleep;

use crate::clients::{Clients, Response};
use crate::users::register;

const DISK_SIZE: &str = "size=8m";
/// The size of the file whose removal frees space, in bytes.
const FILLER_SIZE: usize = 5 << 20;
/// How long the disk may take to fill.
const FILL_TIMEOUT: Duration = Duration::from_mins(5);

/// A mounted tmpfs, unmounted when it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> anyhow::Result<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", DISK_SIZE, "tmpfs"]).arg(folder).output()?;
        let error = String::from_utf8_lossy(&mount.stderr);
        ensure!(mount.status.success(), "mounting a tmpfs needs root: {}", error.trim());
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status(); // where it fails, a restart unmounts it
    }
}

pub(crate) async fn run(program: &Path) -> anyhow::Result<()> {
    let (folder, logs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let disk = SmallDisk::mount(folder.path())?;
    let filler = disk.0.join("filler");
    std::fs::write(&filler, vec![0; FILLER_SIZE])?;
    let url = format!("sqlite:{}", disk.0.join("dinner.db").display());
    let mut server = ServerProcess::new(program, &url, logs.path()).with_highest_limits();
    let clients = Clients::new(register(&url, "guest", 8).await?);
    server.start().await?;

    let start = Instant::now();
    let running = clients.start(server.origin(), 1);
    while !clients.responses.lock().await.iter().any(|response| response.status == Some(503)) {
        ensure!(start.elapsed() < FILL_TIMEOUT, "the disk did not fill");
        sleep(Duration::from_millis(20)).await;
    }
    let full = Instant::now();
    sleep(Duration::from_secs(5)).await;
    let is_ready_while_full = server.is_ready().await;
    std::fs::remove_file(&filler)?;
    let freed = Instant::now();
    sleep(Duration::from_secs(3)).await;
    clients.finish(running).await;
    let end = Instant::now();

    let responses = clients.responses.lock().await;
    let count = |from: Instant, until: Instant, is_write: bool, status: u16| {
        let is_counted =
            |r: &&Response| r.is_write == is_write && (from..until).contains(&r.at) && r.status == Some(status);
        responses.iter().filter(is_counted).count()
    };
    println!("SQLite on a tmpfs of 8 MB; full after {:.1?}, freed 5 s later", full - start);
    println!("            writes 303  writes 503  pages 200  pages 503");
    for (phase, from, until) in [("until full", start, full), ("while full", full, freed), ("afterwards", freed, end)] {
        let count = |is_write, status| count(from, until, is_write, status);
        let (done, refused, pages, failed) = (count(true, 303), count(true, 503), count(false, 200), count(false, 503));
        println!("{phase:10}  {done:10}  {refused:10}  {pages:9}  {failed:9}");
    }
    let others = responses.iter().filter(|response| !matches!(response.status, Some(200 | 303 | 503)));
    let others: Vec<_> = others.map(|response| response.status).collect();
    let acknowledged = responses.iter().filter(|response| response.is_acknowledged_write() && response.at > freed);
    let recovered = acknowledged.map(|response| response.at - freed).min();
    println!(
        "ready while full: {is_ready_while_full}; first write after {recovered:.1?} of free space; others: {others:?}"
    );
    ensure!(others.is_empty(), "responses other than 200, 303 and 503: {others:?}");
    ensure!(recovered.is_some(), "no write succeeded after space was freed");
    let (pages, failed) = (count(full, freed, false, 200), count(full, freed, false, 503));
    ensure!(is_ready_while_full && pages > 0 && failed == 0, "pages were not served while the disk was full");
    drop(responses);
    clients.compare_with(&url).await?;
    server.check()?;
    println!("every acknowledged write is stored and no other; check: no violations");
    server.stop()
}
