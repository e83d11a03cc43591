//! Every timeout of the tools. Each is longer than the server's own limit for the same thing, so that reaching one
//! means that the server's limit failed.

use std::time::Duration;

/// How long a program may take from its start until it is ready.
pub const SERVER_START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one request to `/health/ready` may take.
pub const READINESS_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a response to a complete request may take.
pub const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection with an incomplete request may stay open: the server allows 10 s for a head, 30 s for a body.
pub const INCOMPLETE_REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a request beside an attack may take before it counts as failed.
pub const PROBE_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a browser may take to show the page after a form was sent.
pub const PAGE_LOAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the output of strace may lag behind the program on a busy machine.
pub const TRACE_TIMEOUT: Duration = Duration::from_secs(30);
