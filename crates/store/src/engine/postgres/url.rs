//! Which database a URL names, and with which options its connections are opened.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::error::ConnectError;
use crate::timeouts::{POSTGRES_IDLE_TRANSACTION_TIMEOUT, POSTGRES_LOCK_TIMEOUT, POSTGRES_STATEMENT_TIMEOUT};

/// Settings of each connection. The URL's own `options` override them.
///
/// A generic plan is used for all values of a statement. Our statements are written so that one plan suits all values, and
/// planning a page took longer than reading it (`docs/adr/0010-delimited-rows.md`).
const SETTINGS: [(&str, &str); 4] = [
    ("statement_timeout", POSTGRES_STATEMENT_TIMEOUT),
    ("lock_timeout", POSTGRES_LOCK_TIMEOUT),
    ("idle_in_transaction_session_timeout", POSTGRES_IDLE_TRANSACTION_TIMEOUT),
    ("plan_cache_mode", "force_generic_plan"),
];

/// Further settings of all connections but that of the migrations. Every statement of a page, a search or a write job finds its
/// rows by indexes. The planner would often read whole tables instead: it takes a LIMIT that it does not know for a tenth of the
/// table, and a host for an average one. Parallel workers and compiled expressions cost more than they save on a page.
const INDEX_SETTINGS: [(&str, &str); 6] = [
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
];

/// A further setting of the connections for searches: a search reads the parties in the order of the list, by an index, and ends
/// when its page is full. The planner would read and sort all parties, since it takes a search with words for one that finds
/// nothing (`docs/adr/0012-search-key.md`).
const SEARCH_SETTINGS: [(&str, &str); 1] = [("enable_sort", "off")];

/// The options of `url`. Over a network TLS is required, unless the URL's `sslmode` says otherwise: the driver would fall
/// back to plain text where the server offers no TLS.
pub(super) fn parse(url: &str) -> Result<PgConnectOptions, ConnectError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::UnsupportedUrl("this is malformed"))?;
    let mut options = with_settings(options, &SETTINGS);
    let falls_back = matches!(options.get_ssl_mode(), PgSslMode::Prefer | PgSslMode::Allow);
    if falls_back && !is_local(&options) && !url.contains("sslmode=") && !url.contains("ssl-mode=") {
        options = options.ssl_mode(PgSslMode::Require);
    }
    Ok(options)
}

/// The options of the connections for pages and for writes.
pub(super) fn with_index_plans(options: PgConnectOptions) -> PgConnectOptions {
    with_settings(options, &INDEX_SETTINGS)
}

/// The options of the connections for searches. A statement of theirs may run for `limit`, whatever the URL's own options are.
pub(super) fn for_searches(options: PgConnectOptions, limit: Duration) -> PgConnectOptions {
    let options = with_settings(with_index_plans(options), &SEARCH_SETTINGS);
    options.options([("statement_timeout", limit.as_millis().to_string())]) // the last value counts
}

fn with_settings(mut options: PgConnectOptions, settings: &[(&str, &str)]) -> PgConnectOptions {
    for (name, value) in settings {
        if !options.get_options().is_some_and(|own| own.contains(name)) {
            options = options.options([(name, value)]);
        }
    }
    options
}

/// The database's name and address for a person, without user and password.
pub(super) fn address(options: &PgConnectOptions) -> String {
    let name = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(folder) => format!("{name} at {}", folder.display()),
        None => format!("{name} at {}:{}", options.get_host(), options.get_port()),
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> PgSslMode {
        parse(url).unwrap().get_ssl_mode()
    }

    #[test]
    fn network_server_requires_tls_unless_the_url_says_otherwise() {
        assert!(matches!(mode("postgres://ada@db.example.com/dinner"), PgSslMode::Require));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=disable"), PgSslMode::Disable));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=prefer"), PgSslMode::Prefer));
        assert!(matches!(mode("postgres://ada@db.example.com/dinner?sslmode=verify-full"), PgSslMode::VerifyFull));
        for local in ["postgres://ada@localhost/dinner", "postgres://[::1]/dinner", "postgres:///dinner?host=/run/pg"] {
            assert!(matches!(mode(local), PgSslMode::Prefer), "{local}");
        }
    }
}
