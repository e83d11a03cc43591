//! The use case to import users of another program, with the password hashes that it stored.
//!
//! [`Accounts::check_import`] checks all rows and writes nothing; [`Accounts::import`] adds the users that it accepted.
//! An import that is run again skips the users that are there already, so that one which was interrupted can go on.

mod check;
mod refusal;
mod row;

use domain::event::EventKind;
use domain::user::{ImportOutcome, ImportedUser};
use domain::{Alongside, StoreError};

pub use self::check::CheckedImport;
pub use self::refusal::{RefusedRow, RowRefusal};
pub use self::row::ImportRow;
use crate::{Accounts, Caller};

/// How many users are added in one commit, and asked for at once. A commit takes some 50 ms, and other writes wait for it.
const BATCH: usize = 1_000;

/// How far an import is, after each batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportProgress {
    /// So many rows are checked.
    Checked {
        /// The number of rows.
        rows: usize,
        /// The number of all rows.
        of: usize,
    },
    /// So many users are stored: added, or there already.
    Stored {
        /// The number of users.
        users: usize,
        /// The number of all accepted users.
        of: usize,
    },
}

/// The result of an import.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// The number of users that were added.
    pub added: usize,
    /// The number of rows whose user was there already, unchanged.
    pub already_there: usize,
    /// The rows that were refused, in the order of their lines.
    pub refused: Vec<RefusedRow>,
}

/// The store failed during an import.
#[derive(Debug, thiserror::Error)]
#[error("the import stopped after {added} users; run it again to add the others")]
pub struct ImportError {
    /// The number of users that were added before. The batch that failed may be stored too, where the outcome is unknown.
    pub added: usize,
    /// The failure.
    #[source]
    pub source: StoreError,
}

impl Accounts {
    /// Adds the users of a checked import, 1,000 in a commit.
    ///
    /// No password is hashed: a user logs in with the former password, and the first log-in replaces the hash. A name or an
    /// address that was registered since the check is a refused row of the report. Each added user is an event.
    ///
    /// # Errors
    /// [`ImportError`]: the batches before the failure are stored.
    pub async fn import(
        &self,
        checked: CheckedImport,
        caller: &Caller,
        mut progress: impl FnMut(ImportProgress),
    ) -> Result<ImportReport, ImportError> {
        let CheckedImport { users, already_there, refused } = checked;
        let mut report = ImportReport { added: 0, already_there, refused };
        let of = users.len();
        for (batch, users) in users.chunks(BATCH).enumerate() {
            let batch_users: Vec<ImportedUser> = users.iter().map(|(_, user)| user.clone()).collect();
            let event = self.event(EventKind::Imported, caller);
            let import = self.inner.ports.users.import(batch_users, event.at, Alongside::event(event.clone()));
            let outcomes = import.await;
            let outcomes = outcomes.map_err(|source| ImportError { added: report.added, source })?;
            for ((line, _), outcome) in users.iter().zip(outcomes) {
                report.count(*line, outcome);
                if let ImportOutcome::Added(user) = outcome {
                    self.emit(&event.clone().of(user));
                }
            }
            progress(ImportProgress::Stored { users: batch * BATCH + users.len(), of });
        }
        report.refused.sort_by_key(|row| row.line);
        Ok(report)
    }
}

impl ImportReport {
    fn count(&mut self, line: u64, outcome: ImportOutcome) {
        match outcome {
            ImportOutcome::Added(_) => self.added += 1,
            ImportOutcome::AlreadyThere(_) => self.already_there += 1,
            ImportOutcome::Taken(taken) => {
                self.refused.push(RefusedRow { line, refusal: RowRefusal::Taken(taken) });
            }
        }
    }
}
