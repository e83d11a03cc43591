//! The disk is full: writes are refused, nothing is acknowledged that is not stored, pages go on; and it goes on by itself once
//! there is room.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::sleep;

use super::history::{self, Told};
use super::load::Load;
use super::place::enter;
use super::program::Program;

const SIZE: &str = "size=8m";
/// What lies there beside the database until there is room again.
const FILLER: usize = 5 << 20;

/// A small tmpfs, while this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> anyhow::Result<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder).output()?;
        let said = String::from_utf8_lossy(&mount.stderr);
        ensure!(mount.status.success(), "a small disk is made by root alone: {}", said.trim());
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status(); // the next restart does it too
    }
}

#[expect(clippy::print_stdout, reason = "a program that prints figures")]
pub(crate) async fn fill(path: &Path) -> anyhow::Result<()> {
    let (folder, logs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let disk = SmallDisk::mount(folder.path())?;
    let filler = disk.0.join("filler");
    std::fs::write(&filler, vec![0; FILLER])?;
    let url = format!("sqlite:{}", disk.0.join("dinner.db").display());
    let mut program = Program::new(path, &url, logs.path())?;
    let load = Load::new(enter(&url, "guest", 8).await?);
    program.start(&[]).await?;

    let begun = Instant::now();
    let clients = load.begin(&program.url(), 1);
    while !load.answers.lock().await.iter().any(|answer| answer.status == Some(503)) {
        ensure!(begun.elapsed() < Duration::from_mins(5), "the disk does not fill");
        sleep(Duration::from_millis(20)).await;
    }
    let full = Instant::now();
    sleep(Duration::from_secs(5)).await;
    let ready_while_full = program.is_ready().await;
    std::fs::remove_file(&filler)?;
    let room = Instant::now();
    sleep(Duration::from_secs(3)).await;
    load.end(clients).await;

    let answers = load.answers.lock().await;
    let between = |from: Instant, until: Instant, writes: bool, status: u16| {
        let in_it = answers.iter().filter(|answer| answer.writes == writes && (from..until).contains(&answer.at));
        in_it.filter(|answer| answer.status == Some(status)).count()
    };
    let end = Instant::now();
    println!("SQLite on 8 MB of tmpfs; full after {:.1?}, room again 5 s later", full - begun);
    println!("            writes done  writes 503  pages 200  pages 503");
    for (when, from, until) in [("until full", begun, full), ("while full", full, room), ("after it", room, end)] {
        let count = |writes, status| between(from, until, writes, status);
        println!(
            "{when:10}  {:11}  {:10}  {:9}  {:9}",
            count(true, 303),
            count(true, 503),
            count(false, 200),
            count(false, 503)
        );
    }
    let others = answers.iter().filter(|answer| !matches!(answer.status, Some(200 | 303 | 503)));
    let others: Vec<_> = others.map(|answer| (answer.status, answer.told)).collect();
    let first = answers.iter().filter(|answer| answer.writes && answer.told == Told::Done && answer.at > room);
    let first = first.map(|answer| answer.at - room).min();
    println!(
        "ready while full: {ready_while_full}; first write after there was room: {first:.1?}; other answers: {others:?}"
    );
    ensure!(others.is_empty() && first.is_some(), "that is not what is due");
    let (drawn, not) = (between(full, room, false, 200), between(full, room, false, 503));
    ensure!(ready_while_full && drawn > 0 && not == 0, "pages do not go on while the disk is full");
    drop(answers);
    load.history.lock().await.compare(&history::stored(&url).await?)?;
    program.check()?;
    println!("all that was acknowledged is stored, nothing else is; check: in order");
    program.stop()
}
