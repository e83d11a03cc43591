//! `user import FILE`: reads a file of users, checks all rows, and imports those that are not refused.

mod csv_rows;
mod date;
mod file;
mod json_rows;

use std::path::PathBuf;
use std::process::ExitCode;

use domain::StoreError;
use serde_json::json;

use self::file::FileError;
use super::Output;
use crate::{Accounts, Caller, CheckedImport, ImportError, ImportProgress, ImportReport, RefusedRow};

/// The exit code where a row was refused. 1 is a failure, as of every other command.
const ROWS_REFUSED: u8 = 2;

/// After how many rows the progress is shown.
const PROGRESS_ROWS: usize = 10_000;

/// Adds the users of a file, with the password hashes that Flask, Django or another program stored
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A CSV file with the columns username, email, password_hash and joined_at, or JSON Lines with these fields. Each user
    /// logs in with the former password
    file: PathBuf,
    /// Imports nobody if a row is refused
    #[arg(long)]
    strict: bool,
    /// Prints the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportCommandError {
    /// The file cannot be read as one of users. Nothing was written.
    #[error("{0}")]
    File(String),
    /// The store failed in the check. Nothing was written.
    #[error("the check failed, and nobody was imported")]
    Check(#[source] StoreError),
    /// The store failed later.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl From<FileError> for ImportCommandError {
    fn from(error: FileError) -> Self {
        Self::File(error.to_string())
    }
}

impl Import {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<ExitCode, ImportCommandError> {
        let rows = file::read(&self.file)?;
        let checked = accounts.check_import(rows, |progress| show(output, progress)).await;
        let checked = checked.map_err(ImportCommandError::Check)?;
        let report = if self.strict && !checked.refused().is_empty() {
            report_of_nothing_added(&checked)
        } else {
            accounts.import(checked, caller, |progress| show(output, progress)).await?
        };
        self.print(&report, output);
        Ok(if report.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(ROWS_REFUSED) })
    }

    fn print(&self, report: &ImportReport, output: &mut Output<'_>) {
        let ImportReport { added, already_there, refused } = report;
        if self.json {
            let row = |row: &RefusedRow| json!({ "line": row.line, "reason": row.refusal.to_string() });
            let refused: Vec<_> = refused.iter().map(row).collect();
            output.print(json!({ "added": added, "already_there": already_there, "refused": refused }));
            return;
        }
        for RefusedRow { line, refusal } in refused {
            output.print(format_args!("line {line}: {refusal}"));
        }
        let refused = refused.len();
        output.print(format_args!("{added} added, {already_there} already there, {refused} refused"));
    }
}

/// Nobody was imported, since rows were refused.
fn report_of_nothing_added(checked: &CheckedImport) -> ImportReport {
    ImportReport { added: 0, already_there: checked.already_there(), refused: checked.refused().to_vec() }
}

fn show(output: &mut Output<'_>, progress: ImportProgress) {
    let (what, done, of) = match progress {
        ImportProgress::Checked { rows, of } => ("checked", rows, of),
        ImportProgress::Stored { users, of } => ("imported", users, of),
    };
    if done.is_multiple_of(PROGRESS_ROWS) || done == of {
        output.show_progress(format_args!("{what} {done} of {of}"));
    }
}

#[cfg(test)]
mod tests;
