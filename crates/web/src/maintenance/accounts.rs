//! The commands about accounts, for a database that another process may be serving. The commands themselves are in
//! `accounts::cli`.

use std::process::ExitCode;

use accounts::Accounts;
use accounts::cli::{OperatorCommand, Output, operator_name};
use store::PartyStore;
use web::config::AccountsOptions;
use web::{export_parties, password_policy};

use crate::close_within;
use crate::timeouts::DATABASE_CLOSE_TIMEOUT;

/// Runs a command on an existing database, and returns the exit code.
///
/// # Errors
/// The database cannot be opened, the command failed, or the origin or the name of the operator is none.
pub(crate) async fn run(command: OperatorCommand, options: AccountsOptions) -> anyhow::Result<ExitCode> {
    let operator = operator_name()?;
    let mut builder = Accounts::builder().password_policy(password_policy());
    if let Some(origin) = options.origin {
        builder = builder.origin(origin).allow_plain_http(); // the server checks it: a command serves nothing
    }
    builder.ensure_valid()?;
    let store = PartyStore::connect_existing(&options.source.database).await?;
    let accounts = export_parties(builder, &store.parties()).build(store.accounts().clone())?;
    let result = command.run(&accounts, operator, &mut Output::standard()).await;
    close_within(DATABASE_CLOSE_TIMEOUT, store.accounts().close()).await;
    Ok(result?)
}
