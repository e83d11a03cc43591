//! Which session and user a request belongs to, and the cookies that say so.

mod cookie_names;
mod cookies;
mod guard;
mod recent_log_in;
mod require_role;
mod set_cookies;
mod visitor;

pub(super) use cookie_names::CookieNames;
pub(super) use cookies::{
    Cookie, FormerSession, former_session_name, has_cookie, read_cookie, read_cookies, remove_cookie, set_cookie,
};
pub use guard::{Guarded, LoginRequired, RecentLogInRequired};
pub use recent_log_in::RecentLogIn;
pub use require_role::{RequireRole, RoleGuarded, RoleName, UserWithRole};
pub(super) use set_cookies::SessionChange;
pub use visitor::{CurrentUser, Visitor};
