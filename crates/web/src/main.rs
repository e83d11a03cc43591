//! The program `dinnerparty`: where a store, the clock and the settings are put together.

mod upkeep;

use std::io::Write;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use accounts::{Accounts, Builder, SystemClock};
use anyhow::Context;
use clap::Parser;
use store::PartyStore;
use tokio::net::TcpListener;
use tokio::time::timeout;
use web::config::{self, Command, CommandLine, Config};
use web::serve::Limits;
use web::{Services, app, log, serve};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the database has to let go at the end. All that was promised is stored by then: a server that is silent would
/// be waited for without an end, and who started us would kill us.
const LETTING_GO: Duration = Duration::from_secs(5);

/// How long what runs beside may go on after the end: a name being looked up cannot be stopped.
const LOOKING_UP: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(format!("no threads: {error}")),
    };
    let code = runtime.block_on(begin());
    runtime.shutdown_timeout(LOOKING_UP);
    code
}

async fn begin() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(asked) if !asked.use_stderr() => asked.exit(), // for help, or the version
        Err(mistake) => return refuse(config::in_one_line(&mistake)),
    };
    let done = match line.command {
        Some(Command::Check(existing)) => upkeep::check(&existing.database).await,
        Some(Command::Backup { file, existing }) => upkeep::back_up(&existing.database, &file).await,
        Some(Command::Serve(config)) => run(config).await,
        None => run(line.serve).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(format!("{error:#}")),
    }
}

/// One line: what failed, and why.
fn refuse(why: String) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "dinnerparty: {why}");
    ExitCode::FAILURE
}

async fn run(config: Config) -> anyhow::Result<()> {
    log::start(config.log);
    // The settings and the socket first: what cannot be served leaves no file behind, and where another server still has
    // the address, its database is left as it is.
    let settings = settings(&config);
    settings.check()?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let mut stopped = pin!(serve::stopped()?);
    let store = tokio::select! {
        biased;
        () = &mut stopped => return Ok(()), // what has begun of a migration is not committed
        store = PartyStore::connect(&config.database) => store?,
    };
    let services = Services::over(&store, SystemClock, config.time_zone);
    let service = app(services, settings)?;
    let address = listener.local_addr()?;
    let origin = config.origin.unwrap_or_else(|| format!("http://{address}"));
    writeln!(std::io::stdout(), "DinnerParty is served at {origin}")?;
    let limits = config.max_connections.map_or_else(Limits::of_this_process, Limits::with_connections);
    serve::serve(listener, service, limits, stopped).await?;
    let_go(store.accounts().close(), LETTING_GO).await;
    Ok(())
}

/// Waits until the database is closed, and no longer than that.
async fn let_go(closing: impl Future<Output = ()>, patience: Duration) {
    if timeout(patience, closing).await.is_err() {
        tracing::warn!("the database did not let go in time");
    }
}

/// What the operator chose of the accounts.
fn settings(config: &Config) -> Builder {
    let mut builder = Accounts::builder().listen(config.listen).trusted_proxies(config.trusted_proxy.iter().copied());
    if let Some(origin) = &config.origin {
        builder = builder.origin(origin);
    }
    if config.allow_plain_http { builder.allow_plain_http() } else { builder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_does_not_let_go_is_left_and_one_that_does_is_closed() {
        let left = timeout(Duration::from_secs(30), let_go(std::future::pending(), Duration::ZERO));
        assert!(left.await.is_ok());
        let mut is_closed = false;
        let_go(async { is_closed = true }, LETTING_GO).await;
        assert!(is_closed);
    }
}
