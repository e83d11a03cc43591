//! The check of all rows before the first write: each by itself, against the other rows, and against the stored users.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::StoreError;
use domain::user::{ImportOutcome, ImportedUser};

use super::{BATCH, ImportProgress, ImportRow, RefusedRow, RowRefusal};
use crate::Accounts;

/// The rows of an import after their check: the users to add, and the refused rows.
#[derive(Debug, Default)]
pub struct CheckedImport {
    pub(super) users: Vec<(u64, ImportedUser)>,
    pub(super) already_there: usize,
    pub(super) refused: Vec<RefusedRow>,
}

impl CheckedImport {
    /// The refused rows, in the order of their lines.
    #[must_use]
    pub fn refused(&self) -> &[RefusedRow] {
        &self.refused
    }

    /// The number of users to add.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.users.len()
    }

    /// The number of rows whose user is there already, in the store or in an earlier row.
    #[must_use]
    pub fn already_there(&self) -> usize {
        self.already_there
    }

    fn refuse(&mut self, line: u64, refusal: RowRefusal) {
        self.refused.push(RefusedRow { line, refusal });
    }
}

impl Accounts {
    /// Checks the rows of an import, and writes nothing. A row that could not be read is passed as its refusal.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn check_import(
        &self,
        rows: Vec<Result<ImportRow, RefusedRow>>,
        mut progress: impl FnMut(ImportProgress),
    ) -> Result<CheckedImport, StoreError> {
        let (now, of) = (self.inner.clock.now(), rows.len());
        let (mut checked, mut lines, mut done) = (CheckedImport::default(), Lines::default(), 0);
        for batch in rows.chunks(BATCH) {
            let mut parsed = Vec::with_capacity(batch.len());
            for row in batch {
                match row.as_ref().map(|row| (row.line, row.parse(now).and_then(|user| lines.add(row.line, user)))) {
                    Ok((line, Ok(Some(user)))) => parsed.push((line, user)),
                    Ok((_, Ok(None))) => checked.already_there += 1,
                    Ok((line, Err(refusal))) => checked.refuse(line, refusal),
                    Err(refused) => checked.refused.push(refused.clone()),
                }
            }
            self.check_stored(parsed, &mut checked).await?;
            done += batch.len();
            progress(ImportProgress::Checked { rows: done, of });
        }
        checked.refused.sort_by_key(|row| row.line);
        Ok(checked)
    }

    /// Adds the users whose keys are free in the store to the accepted ones.
    async fn check_stored(
        &self,
        users: Vec<(u64, ImportedUser)>,
        checked: &mut CheckedImport,
    ) -> Result<(), StoreError> {
        let (now, batch) = (self.inner.clock.now(), users.iter().map(|(_, user)| user.clone()).collect());
        let found = self.inner.ports.users.find_imported(batch, now).await?;
        for ((line, user), outcome) in users.into_iter().zip(found) {
            match outcome {
                Some(ImportOutcome::Taken(taken)) => checked.refuse(line, RowRefusal::Taken(taken)),
                Some(ImportOutcome::AlreadyThere(_) | ImportOutcome::Added(_)) => checked.already_there += 1,
                None => checked.users.push((line, user)),
            }
        }
        Ok(())
    }
}

/// The lines of the rows so far, by the unique keys of their users.
#[derive(Default)]
struct Lines {
    usernames: HashMap<String, u64>,
    skeletons: HashMap<String, u64>,
    emails: HashMap<String, u64>,
}

impl Lines {
    /// Returns the user, or `None` if an earlier row has both keys.
    fn add(&mut self, line: u64, user: ImportedUser) -> Result<Option<ImportedUser>, RowRefusal> {
        let (username, email) = (user.username.key(), user.email.key());
        match (self.usernames.get(&username), self.emails.get(&email)) {
            (None, None) => {
                match self.skeletons.entry(user.username.skeleton()) {
                    Entry::Occupied(line) => return Err(RowRefusal::LooksLikeRow { line: *line.get() }),
                    Entry::Vacant(free) => free.insert(line),
                };
                self.usernames.insert(username, line);
                self.emails.insert(email, line);
                Ok(Some(user))
            }
            (Some(of_name), Some(of_email)) if of_name == of_email => Ok(None),
            (Some(&line), _) => Err(RowRefusal::RepeatedUsername { line }),
            (None, Some(&line)) => Err(RowRefusal::RepeatedEmail { line }),
        }
    }
}
