//! `user delete USER` and `user export USER`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use domain::user::RequestDeletionError;
use serde_json::json;

use super::time::rfc3339;
use super::user::UserName;
use super::{CommandError, Output};
use crate::{Accounts, Caller};

/// Deletes a user: in 14 days, until when a log-in undoes it, or at once. Every session ends
#[derive(Debug, clap::Args)]
pub struct Delete {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Deletes the user at once, without time to undo it
    #[arg(long)]
    now: bool,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl Delete {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        let error = |error| match error {
            RequestDeletionError::NotFound => CommandError::NoSuchUser(self.user.to_string()),
            RequestDeletionError::Refused(refusal) => CommandError::RefusedByHook(refusal.message),
            RequestDeletionError::Store(failure) => failure.into(),
        };
        let (id, name, is_disabled) = (user.id, user.username, user.disabled_at.is_some());
        if self.now {
            let left = accounts.delete(id, caller).await.map_err(error)?.username;
            let document = json!({ "id": id.get(), "username": name.as_str(), "deleted_as": left.as_str() });
            output.print_result(self.json, document, format_args!("{name} is deleted; the row stays as {left}"));
            return Ok(());
        }
        let requested = accounts.request_deletion(id, caller).await.map_err(error)?;
        let (due, sessions) = (rfc3339(requested.due), requested.sessions);
        let undone_by = if is_disabled { "is enabled and logs in" } else { "logs in" };
        let document = json!({ "id": id.get(), "username": name.as_str(), "due": due, "sessions_ended": sessions });
        output.print_result(
            self.json,
            document,
            format_args!("{name} is deleted on {due}, unless {name} {undone_by} before"),
        );
        Ok(())
    }
}

/// Prints everything that is stored about a user as one JSON document
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Writes a new file, which its owner alone can read, in place of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        let export = accounts.export(user.id).await?;
        let export = export.ok_or_else(|| CommandError::NoSuchUser(self.user.to_string()))?;
        let Some(file) = self.output else {
            return write(export, |piece| output.print_part(piece).map_err(CommandError::Output)).await;
        };
        let unwritable = |cause| CommandError::Unwritable { file: file.display().to_string(), cause };
        let mut written = create(&file).map_err(unwritable)?;
        let result = write(export, |piece| written.write_all(piece.as_bytes()).map_err(unwritable)).await;
        if result.is_err() {
            let _ = std::fs::remove_file(&file); // the failure is the one to report
            return result;
        }
        written.sync_all().map_err(unwritable)?;
        output.print(format_args!("{} has everything that is stored about {}", file.display(), user.username));
        Ok(())
    }
}

/// Creates a file that is not there yet, readable by its owner alone.
fn create(file: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Passes the document on, piece by piece.
async fn write(
    mut export: crate::Export,
    mut part: impl FnMut(&str) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    while let Some(piece) = export.next().await? {
        part(&piece)?;
    }
    Ok(())
}
