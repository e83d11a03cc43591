//! PostgreSQL's error codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), and errors of a connection.

use std::io::ErrorKind;

use sqlx::Error;

const QUERY_CANCELED: &str = "57014";
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";
const ADMIN_SHUTDOWN: &str = "57P01";
const CRASH_SHUTDOWN: &str = "57P02";
const CANNOT_CONNECT_NOW: &str = "57P03";
const READ_ONLY_SQL_TRANSACTION: &str = "25006";
const CONNECTION_EXCEPTION_CLASS: &str = "08";

/// Whether the server ended the statement: its `statement_timeout` had passed, or an operator canceled it.
pub(crate) fn is_interrupted(error: &Error) -> bool {
    code(error).is_some_and(|code| code == QUERY_CANCELED)
}

/// Whether another transaction was in the way. A second run may succeed.
pub(super) fn is_conflict(error: &Error) -> bool {
    code(error).is_some_and(|code| [SERIALIZATION_FAILURE, DEADLOCK_DETECTED].contains(&code.as_str()))
}

/// Whether the connection failed, or leads to a server that shuts down or only reads, as after a failover. On another
/// connection the statement may succeed. A timeout is no such error: no caller waits twice as long.
pub(super) fn is_connection_lost(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() != ErrorKind::TimedOut,
        Error::Protocol(_) => true,
        error => code(error).is_some_and(|code| {
            [ADMIN_SHUTDOWN, CRASH_SHUTDOWN, CANNOT_CONNECT_NOW, READ_ONLY_SQL_TRANSACTION].contains(&code.as_str())
                || code.starts_with(CONNECTION_EXCEPTION_CLASS)
        }),
    }
}

/// Whether the server itself reported that it did not commit. Otherwise only the connection failed, and the outcome is
/// unknown.
pub(super) fn is_reported_by_server(error: &Error) -> bool {
    error.as_database_error().is_some() && !is_connection_lost(error)
}

/// Whether no server listens yet, or it reports that it is starting up.
pub(super) fn is_starting_up(error: &Error) -> bool {
    match error {
        Error::Io(error) => matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound),
        error => code(error).is_some_and(|code| code == CANNOT_CONNECT_NOW),
    }
}

fn code(error: &Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
