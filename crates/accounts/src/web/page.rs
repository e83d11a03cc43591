//! What goes out: pages in the embedder's layout, error pages, flash messages, redirects and headers.

mod context;
mod error_page;
mod flash;
mod flash_cookie;
mod guest_messages;
mod layout;
mod plain_layout;
mod problem;
mod problem_document;
mod response;
mod security_headers;

pub use context::PageContext;
pub(super) use error_page::error_page;
pub(super) use flash::NewFlashes;
pub use flash::{Flash, FlashKind};
pub(super) use flash_cookie::{decode_flash, encode_flash, is_signed, join_flashes, split_flashes};
pub(super) use guest_messages::GuestMessages;
pub use layout::{Layout, LayoutError};
pub use plain_layout::PlainLayout;
pub use problem::Problem;
pub(super) use response::fallback_error_page;
pub use response::{permanent_redirect, redirect, with_retry_after};
pub(super) use security_headers::{add_security_headers, content_security_policy, hide_query, security_headers};
