//! Looking after a database that is not served by this process: `check` and `backup`. What must hold, and how a copy is
//! made, is the store's; what is said of it is in `words`.

mod pg_dump;
mod words;

use std::io::{Write as _, stdout};
use std::path::Path;

use accounts::is_verifiable;
use anyhow::{Context as _, bail, ensure};
use store::{BackupError, Inspection};

/// Prints each breach on a line of its own, as it is found. It is an error that there is one.
pub(crate) async fn check(database: &str) -> anyhow::Result<()> {
    let (mut out, mut count) = (stdout(), 0_u64);
    let checked = Inspection::open(database).await?.check(is_verifiable, |breach| {
        count += 1;
        let _ = writeln!(out, "{}", words::breach(&breach)); // whoever reads no further still gets the exit code
    });
    checked.await.context("the check was not finished")?;
    ensure!(count == 0, "{count} {} found", if count == 1 { "breach" } else { "breaches" });
    writeln!(out, "in order")?;
    Ok(())
}

/// Copies the database to a new file.
pub(crate) async fn back_up(database: &str, copy: &Path) -> anyhow::Result<()> {
    match Inspection::open(database).await?.back_up(copy).await {
        Ok(()) => writeln!(stdout(), "{} holds all that was stored, and is whole", copy.display())?,
        Err(BackupError::NotAFile) => {
            bail!("PostgreSQL is copied by its own program: {}", pg_dump::line(database, copy))
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
