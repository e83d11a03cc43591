//! The operator's commands, as subcommands that a program mounts in its own command line (feature `cli`).
//!
//! A command calls use cases and prints their results. The program opens the store, so that it alone knows the options of its
//! database:
//!
//! ```
//! use accounts::{Accounts, OperatorName};
//! use accounts::cli::{Output, UserCommand};
//! use clap::Parser;
//!
//! #[derive(Parser)]
//! enum CommandLine {
//!     /// Manages the users
//!     #[command(subcommand)]
//!     User(UserCommand),
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("users.csv");
//! # std::fs::write(&file, "username,email,password_hash\nada,ada@example.com,\n")?;
//! # let (url, file) = (format!("sqlite:{}", folder.path().join("test.db").display()), file.to_str().ok_or("a path")?);
//! let CommandLine::User(command) = CommandLine::parse_from(["trips", "user", "import", file]);
//! let accounts = Accounts::builder().build(store::AccountStore::connect(&url).await?)?;
//! let code = command.run(&accounts, OperatorName::parse("ada")?, &mut Output::standard()).await?;
//! # assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS));
//! # Ok(()) }
//! ```

mod import;
mod output;

use std::process::ExitCode;

pub use self::import::{Import, ImportCommandError};
pub use self::output::Output;
use crate::{Accounts, Caller, OperatorName};

/// The commands of `user`.
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    /// Adds the users of a file, with the password hashes that Flask, Django or another program stored
    Import(Import),
}

/// Why a command failed. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The import failed.
    #[error(transparent)]
    Import(#[from] ImportCommandError),
}

impl UserCommand {
    /// Runs the command and returns the exit code of the program. The events of the command have the operator's name.
    ///
    /// # Errors
    /// [`CommandError`]: the program prints it, and exits with 1.
    pub async fn run(
        self,
        accounts: &Accounts,
        operator: OperatorName,
        output: &mut Output<'_>,
    ) -> Result<ExitCode, CommandError> {
        let caller = Caller::operator(operator);
        match self {
            Self::Import(import) => Ok(import.run(accounts, &caller, output).await?),
        }
    }
}
