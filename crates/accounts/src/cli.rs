//! The operator's commands, as subcommands that a program mounts in its own command line (feature `cli`).
//!
//! A command calls use cases and prints their results. The program opens the store, so that it alone knows the options of its
//! database:
//!
//! ```
//! use accounts::Accounts;
//! use accounts::cli::{OperatorCommand, Output, operator_name};
//! use clap::Parser;
//!
//! #[derive(Parser)]
//! struct CommandLine {
//!     #[command(subcommand)]
//!     command: OperatorCommand,
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("users.csv");
//! # std::fs::write(&file, "username,email,password_hash\nada,ada@example.com,\n")?;
//! # let (url, file) = (format!("sqlite:{}", folder.path().join("test.db").display()), file.to_str().ok_or("a path")?);
//! let CommandLine { command } = CommandLine::parse_from(["trips", "user", "import", file]);
//! let accounts = Accounts::builder().build(store::AccountStore::connect(&url).await?)?;
//! let code = command.run(&accounts, operator_name()?, &mut Output::standard()).await?;
//! # assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS));
//! # Ok(()) }
//! ```

mod audit;
mod error;
mod import;
mod leave;
mod operator;
mod output;
mod page;
mod password;
mod registration_code;
#[cfg(feature = "poem")]
mod reset_link;
mod roles;
mod sessions;
mod time;
mod user;
mod users;

use std::process::ExitCode;

pub use self::audit::Audit;
pub use self::error::CommandError;
pub use self::import::{Import, ImportCommandError};
pub use self::leave::{Delete, Export};
pub use self::operator::operator_name;
pub use self::output::Output;
pub use self::registration_code::RegistrationCodeCommand;
#[cfg(feature = "poem")]
pub use self::reset_link::ResetLink;
pub use self::roles::{RoleCommand, RoleOfUser, RolesOfUser};
pub use self::sessions::{EndSessions, Sessions};
pub use self::user::UserName;
pub use self::users::{Add, Disable, Enable, List, Passwd, Show};
use crate::{Accounts, Caller, OperatorName};

/// All commands. A program that has no commands of its own under these names mounts them by one line; another one mounts
/// [`UserCommand`] and [`Audit`] where it wants them.
#[derive(Debug, clap::Subcommand)]
pub enum OperatorCommand {
    /// Manages the users
    #[command(subcommand)]
    User(UserCommand),
    /// Makes, lists and revokes registration codes, for a service that asks for one
    #[command(subcommand)]
    RegistrationCode(RegistrationCodeCommand),
    /// Lists the events of accounts, the newest first. They are stored for 90 days
    Audit(Audit),
}

/// The commands of `user`.
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    /// Adds a user. The password is asked for, or read as one line from standard input
    Add(Add),
    /// Lists users, the newest first
    List(List),
    /// Shows a user: names, times, roles, and the number of sessions
    Show(Show),
    /// Sets the password of a user, and ends every session. The password is asked for, or read as one line from standard input
    Passwd(Passwd),
    /// Prints a link with which a user sets a new password, once and within 30 minutes. Needs the origin of the site
    #[cfg(feature = "poem")]
    ResetLink(ResetLink),
    /// Lists the sessions of a user, the one that was opened last first
    Sessions(Sessions),
    /// Ends every session of a user, and forgets the browsers in which the user has logged in
    EndSessions(EndSessions),
    /// Disables a user, who cannot log in any more, and ends every session for good
    Disable(Disable),
    /// Enables a disabled user. Sessions that have ended stay ended
    Enable(Enable),
    /// Gives a user a role, takes it, or lists the roles
    #[command(subcommand)]
    Role(RoleCommand),
    /// Deletes a user: in 14 days, until when a log-in undoes it, or at once. Every session ends
    Delete(Delete),
    /// Prints everything that is stored about a user as one JSON document
    Export(Export),
    /// Adds the users of a file, with the password hashes that Flask, Django or another program stored
    Import(Import),
}

impl OperatorCommand {
    /// Runs the command and returns the exit code of the program. The events of the command have the operator's name:
    /// [`operator_name`] is the one on this machine.
    ///
    /// # Errors
    /// [`CommandError`]: the program prints it, and exits with its [`CommandError::exit_code`].
    pub async fn run(
        self,
        accounts: &Accounts,
        operator: OperatorName,
        output: &mut Output<'_>,
    ) -> Result<ExitCode, CommandError> {
        match self {
            Self::User(command) => return command.run(accounts, operator, output).await,
            Self::RegistrationCode(command) => command.run(accounts, &Caller::operator(operator), output).await?,
            Self::Audit(audit) => audit.run(accounts, output).await?,
        }
        output.finish().map_err(CommandError::Output)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl OperatorCommand {
    /// Runs the command, prints an error as one line on standard error, and returns the exit code of the program.
    pub async fn run_and_print(self, accounts: &Accounts, operator: OperatorName, output: &mut Output<'_>) -> ExitCode {
        match self.run(accounts, operator, output).await {
            Ok(code) => code,
            Err(error) => {
                output.show_progress(&error);
                error.exit_code()
            }
        }
    }
}

impl UserCommand {
    /// Runs the command and returns the exit code of the program, as [`OperatorCommand::run`] does.
    ///
    /// # Errors
    /// [`CommandError`]: the program prints it, and exits with its [`CommandError::exit_code`].
    pub async fn run(
        self,
        accounts: &Accounts,
        operator: OperatorName,
        output: &mut Output<'_>,
    ) -> Result<ExitCode, CommandError> {
        let caller = Caller::operator(operator);
        let mut code = ExitCode::SUCCESS;
        match self {
            Self::Import(import) => code = import.run(accounts, &caller, output).await?,
            Self::Add(command) => command.run(accounts, &caller, output).await?,
            Self::List(command) => command.run(accounts, output).await?,
            Self::Show(command) => command.run(accounts, output).await?,
            Self::Passwd(command) => command.run(accounts, &caller, output).await?,
            #[cfg(feature = "poem")]
            Self::ResetLink(command) => command.run(accounts, &caller, output).await?,
            Self::Sessions(command) => command.run(accounts, output).await?,
            Self::EndSessions(command) => command.run(accounts, &caller, output).await?,
            Self::Disable(command) => command.run(accounts, &caller, output).await?,
            Self::Enable(command) => command.run(accounts, &caller, output).await?,
            Self::Role(command) => command.run(accounts, &caller, output).await?,
            Self::Delete(command) => command.run(accounts, &caller, output).await?,
            Self::Export(command) => command.run(accounts, output).await?,
        }
        output.finish().map_err(CommandError::Output)?;
        Ok(code)
    }
}
