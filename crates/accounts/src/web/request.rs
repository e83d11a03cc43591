//! What comes in with a request, read and checked before its handler runs.

mod accept;
mod body;
mod client_address;
mod context;
mod csrf;
mod exemption;
mod expected_body;
mod flashes;
mod multipart;
mod next;
mod origin_check;
mod return_path;
mod site;

pub(super) use body::accept_body;
pub(super) use client_address::{TrustedProxies, peer_address};
pub(super) use context::RequestContext;
pub(super) use csrf::{CSRF_FIELD, is_unsafe};
pub(super) use exemption::{Bearer, Exemption};
pub(super) use expected_body::{BodyRule, ExpectedBody};
#[cfg(test)]
pub(super) use next::NEXT_FIELD;
pub(super) use next::{CODE_FIELD, with_code, with_next};
pub use return_path::ReturnPath;
pub(super) use site::{Site, has_forwarding_headers, local_port};
