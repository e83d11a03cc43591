//! The program `triplanned`.

#![allow(clippy::print_stdout, reason = "it prints its address")]
#![allow(rustdoc::bare_urls, reason = "`--help` shows these comments as they are")]

use std::net::SocketAddr;
use std::process::ExitCode;

use accounts::Accounts;
use accounts::cli::{OperatorCommand, Output, operator_name};
use clap::Parser;
use http_server::{Limits, Server, shutdown_signal};
use tokio::net::TcpListener;

/// TriPlanned: travelers post the places they know, and every visitor can read them
#[derive(Parser)]
#[command(name = "triplanned")] // without a command it serves
struct Settings {
    #[command(subcommand)]
    command: Option<OperatorCommand>,
    /// The address to listen on. An address that is not a loopback address needs an --origin
    #[arg(long, env = "TRIPLANNED_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8002")]
    listen: SocketAddr,
    /// The database: `sqlite:FILE` or `postgres://…`
    #[arg(
        long,
        global = true,
        env = "TRIPLANNED_DATABASE",
        value_name = "URL",
        default_value = "sqlite:triplanned.db",
        hide_env_values = true
    )]
    database: String,
    /// The public origin of the site, such as https://trips.example. TLS ends at a proxy in front of it
    #[arg(long, global = true, env = "TRIPLANNED_ORIGIN", value_name = "URL")]
    origin: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let settings = Settings::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let mut accounts = Accounts::builder().listen(settings.listen);
    if let Some(origin) = settings.origin {
        accounts = accounts.origin(origin);
    }
    if let Some(command) = settings.command {
        let store = example_triplanned::connect_existing(&settings.database).await?;
        let accounts = example_triplanned::accounts(&store, accounts)?;
        return Ok(command.run_and_print(&accounts, operator_name()?, &mut Output::standard()).await);
    }
    accounts.ensure_valid()?; // an invalid setting or a port in use is reported before the database is changed
    let listener = TcpListener::bind(settings.listen).await?;
    let store = example_triplanned::connect(&settings.database).await?;
    let accounts = example_triplanned::accounts(&store, accounts)?;
    let site = example_triplanned::site(&store, &accounts)?;
    println!("TriPlanned is served at http://{}", listener.local_addr()?);
    let server = Server::new(listener).limits(Limits::for_this_process());
    let server = server.error_headers(accounts.security_headers().iter().cloned());
    let maintenance = accounts.maintenance().start();
    let outcome = server.serve(site, shutdown_signal()?).await;
    maintenance.stop().await;
    outcome?;
    Ok(ExitCode::SUCCESS)
}
