//! The commands of `user`, for a database that another process may be serving. The commands themselves are in
//! `accounts::cli`.

use std::process::ExitCode;

use accounts::cli::{Output, UserCommand};
use accounts::{Accounts, OperatorName, OriginError};
use store::PartyStore;

use crate::close_within;
use crate::timeouts::DATABASE_CLOSE_TIMEOUT;

/// Runs a command on an existing database, and returns the exit code.
///
/// # Errors
/// The database cannot be opened, the command failed, or the name of the operator is none.
pub(crate) async fn run(command: UserCommand, database: &str) -> anyhow::Result<ExitCode> {
    let operator = operator()?;
    let store = PartyStore::connect_existing(database).await?;
    let accounts = Accounts::builder().build(store.accounts().clone())?;
    let result = command.run(&accounts, operator, &mut Output::standard()).await;
    close_within(DATABASE_CLOSE_TIMEOUT, store.accounts().close()).await;
    Ok(result?)
}

/// The name of the operator on this machine, before `sudo` if there was one.
fn operator() -> Result<OperatorName, OriginError> {
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    OperatorName::parse(name.unwrap_or_else(|| "unknown".to_owned()))
}
