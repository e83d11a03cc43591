//! The maintenance commands `check` and `backup`, for a database that another process may be serving. The `store` crate
//! finds violations and makes the copy; `messages` has the sentences. The commands about accounts are in `accounts`.

pub(crate) mod accounts;
mod messages;
mod pg_dump;

use std::io::{Write as _, stdout};
use std::path::Path;

use ::accounts::{SystemClock, is_verifiable};
use anyhow::{Context as _, bail, ensure};
use domain::Clock as _;
use store::{BackupError, Inspection};

/// Prints each violation on a line of its own, as it is found.
///
/// # Errors
/// The database holds a violation, cannot be opened, or cannot be read to its end.
pub(crate) async fn check(database: &str) -> anyhow::Result<()> {
    let (mut out, mut count) = (stdout(), 0_u64);
    let checked = Inspection::of_parties(database).await?.check(SystemClock.now(), is_verifiable, |violation| {
        count += 1;
        let _ = writeln!(out, "{}", messages::violation(&violation)); // a closed pipe must not change the exit code
    });
    checked.await.context("the check did not finish")?;
    ensure!(count == 0, "{count} {} found", if count == 1 { "violation" } else { "violations" });
    writeln!(out, "in order")?;
    Ok(())
}

/// Copies an SQLite database, of any version of the program, to the new file `copy`.
///
/// # Errors
/// The copy cannot be made, or the database is PostgreSQL: the error then holds the `pg_dump` command to run.
pub(crate) async fn back_up(database: &str, copy: &Path) -> anyhow::Result<()> {
    match store::back_up(database, copy).await {
        Ok(()) => writeln!(stdout(), "{} is a complete and verified backup", copy.display())?,
        Err(BackupError::NotAFile) => {
            bail!("PostgreSQL is backed up by its own program: {}", pg_dump::command(database, copy))
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
