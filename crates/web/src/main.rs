//! The `dinnerparty` program: builds the store, the clock and the app from the command line, and runs a command.

mod core_dumps;
mod maintenance;
mod timeouts;

use std::io::Write;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use accounts::cli::{CommandError, OperatorCommand};
use accounts::{Accounts, Builder, OsRandom, SystemClock, Throttling};
use anyhow::Context;
use clap::Parser;
use http_server::{Limits, Server, shutdown_signal};
use store::PartyStore;
use tokio::net::TcpListener;
use tokio::time::timeout;
use web::config::{self, AccountsOptions, Command, CommandLine, Config};
use web::{Services, app, log};

use crate::timeouts::{BLOCKING_TASKS_TIMEOUT, DATABASE_CLOSE_TIMEOUT};

#[cfg(not(feature = "wiped-memory"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Wipes what is freed: parts of a request that HTTP server, router and form parser have copied, a password among them.
#[cfg(feature = "wiped-memory")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> = zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format!("cannot start threads: {error}")),
    };
    let code = runtime.block_on(run_command());
    runtime.shutdown_timeout(BLOCKING_TASKS_TIMEOUT);
    code
}

async fn run_command() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(output) if !output.use_stderr() => output.exit(), // --help or --version
        Err(error) => return fail(config::in_one_line(&error)),
    };
    let result = match line.command {
        Some(Command::Check(source)) => maintenance::check(&source.database).await,
        Some(Command::Backup { file, source }) => maintenance::back_up(&source.database, &file).await,
        Some(Command::RegistrationCode { command, options }) => {
            return operate(OperatorCommand::RegistrationCode(command), options).await;
        }
        Some(Command::Serve(config)) => run_server(config).await,
        Some(Command::User { command, options }) => return operate(OperatorCommand::User(command), options).await,
        Some(Command::Audit { audit, options }) => return operate(OperatorCommand::Audit(audit), options).await,
        None => run_server(line.serve).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(format!("{error:#}")),
    }
}

/// Runs a command of the operator. A command that was refused has an exit code of its own.
async fn operate(command: OperatorCommand, options: AccountsOptions) -> ExitCode {
    maintenance::accounts::run(command, options).await.unwrap_or_else(|error| {
        let code = error.downcast_ref().map(CommandError::exit_code);
        let failure = fail(format!("{error:#}"));
        code.unwrap_or(failure)
    })
}

/// Prints one line with the failure and its cause, and returns the exit code of a failure.
fn fail(reason: String) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "dinnerparty: {reason}");
    ExitCode::FAILURE
}

/// Serves until a signal asks the program to stop.
///
/// The settings are checked and the socket is bound before the database is opened: a wrong setting creates no file, and
/// where another server still has the address, its database stays untouched.
async fn run_server(config: Config) -> anyhow::Result<()> {
    log::start(config.log);
    core_dumps::switch_off();
    let settings = settings(&config);
    settings.ensure_valid()?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let mut stopped = pin!(shutdown_signal()?);
    let store = tokio::select! {
        biased;
        () = &mut stopped => return Ok(()), // a migration under way is rolled back
        store = PartyStore::connect(&config.database) => store?,
    };
    let quotas = config.quotas();
    let guest_texts_retention = config.guest_texts_retention();
    let services =
        Services { quotas, guest_texts_retention, ..Services::over(&store, SystemClock, OsRandom, config.time_zone) };
    let app = app(services, settings)?;
    let address = listener.local_addr()?;
    let origin = config.origin.unwrap_or_else(|| format!("http://{address}"));
    writeln!(std::io::stdout(), "DinnerParty is served at {origin}")?;
    let limits = config.max_connections.map_or_else(Limits::for_this_process, Limits::with_connections);
    let limits = Limits { body_size: app.body_limit(), ..limits };
    let server = Server::new(listener).limits(limits).error_headers(app.security_headers());
    let maintenance = app.maintenance().start();
    let outcome = server.serve(app, stopped).await;
    maintenance.stop().await;
    outcome?;
    close_within(DATABASE_CLOSE_TIMEOUT, store.accounts().close()).await;
    Ok(())
}

/// Waits until the database is closed, but at most for `limit`.
async fn close_within(limit: Duration, closing: impl Future<Output = ()>) {
    if timeout(limit, closing).await.is_err() {
        tracing::warn!(limit_ms = limit.as_millis(), "database did not close in time");
    }
}

/// The operator's settings that concern the accounts.
fn settings(config: &Config) -> Builder {
    let throttling = Throttling::default()
        .failures_per_minute(config.max_failures_per_minute)
        .registrations_per_hour(config.max_registrations_per_hour);
    let proxies = config.trusted_proxy.iter().copied();
    let builder = Accounts::builder().listen(config.listen).trusted_proxies(proxies).throttling(throttling);
    let mut builder = builder.registration(config.registration);
    if let Some(origin) = &config.origin {
        builder = builder.origin(origin);
    }
    if config.allow_plain_http { builder.allow_plain_http() } else { builder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn close_gives_up_after_its_limit() {
        let gave_up = timeout(Duration::from_secs(30), close_within(Duration::ZERO, std::future::pending()));
        assert!(gave_up.await.is_ok());
    }

    #[tokio::test]
    async fn close_waits_for_the_database() {
        let mut is_closed = false;
        close_within(DATABASE_CLOSE_TIMEOUT, async { is_closed = true }).await;
        assert!(is_closed);
    }
}
