//! The program `book-club`.

use std::process::ExitCode;

use accounts::Accounts;
use accounts::cli::{OperatorCommand, Output, operator_name};
use clap::Parser;
use example_book_club::{open, tables};
use http_server::{Limits, Server, shutdown_signal};
use store::AccountStore;
use tokio::net::TcpListener;

/// The book club: members list the books that they read
#[derive(Parser)]
#[command(name = "book-club")] // without a command it serves
struct Settings {
    #[command(subcommand)]
    command: Option<OperatorCommand>,
    /// The database: `sqlite:FILE` or `postgres://…`
    #[arg(long, global = true, env = "BOOK_CLUB_DATABASE", hide_env_values = true, default_value = "sqlite:books.db")]
    database: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Settings { command, database } = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let address: std::net::SocketAddr = "127.0.0.1:8003".parse()?;
    let builder = Accounts::builder().listen(address);
    if let Some(command) = command {
        let (accounts, _) = open(AccountStore::connect_existing_with(&database, [tables()]).await?, builder)?;
        return Ok(command.run_and_print(&accounts, operator_name()?, &mut Output::standard()).await);
    }
    let listener = TcpListener::bind(address).await?; // a port in use is reported before the database is changed
    let (accounts, site) = open(AccountStore::connect_with(&database, [tables()]).await?, builder)?;
    tracing::info!("the book club is served at http://{address}");
    let limits = Limits { body_size: accounts.body_limit(), ..Limits::for_this_process() };
    let server = Server::new(listener).limits(limits).error_headers(accounts.security_headers().iter().cloned());
    server.serve(site, shutdown_signal()?).await?;
    Ok(ExitCode::SUCCESS)
}
