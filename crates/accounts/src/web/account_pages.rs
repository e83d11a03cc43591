//! The table of account pages. To add a page, add an entry to [`ACCOUNT_PAGES`] below and a file beside the others.
//!
//! Routes and their protection, paths and their settings, [`Builder::own_page`] and [`Builder::without`], the links between the pages, and the list
//! in `docs/EMBEDDING.md` all come from this table.

mod confirm;
mod delete;
mod email;
mod entry_form;
mod export;
mod log_in;
mod log_out;
mod overview;
mod password;
mod register;
mod reset;
mod sessions;
#[cfg(test)]
mod tests;
mod username;

pub use entry_form::{EntryForm, EntryHtml};
pub(super) use entry_form::{REPEATED_FIELD, SWITCH_FIELD, Waiting};
use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::{EndpointExt, Response};
pub(super) use register::code_error;
pub use reset::ResetLinkError;

use super::messages;
use super::methods::{Methods, methods};
use super::page::PageContext;
use super::request::{ReturnPath, with_next};
use super::session::{LoginRequired, RecentLogInRequired};
use super::settings::Settings;
use crate::Builder;

/// An account page, as the table describes it.
pub(super) struct Entry {
    pub(super) page: AccountPage,
    /// The path of the page where no setting moves it.
    pub(super) default_path: &'static str,
    /// The name of the method of [`Builder`] that moves the page, for the list in the documentation.
    #[cfg(test)]
    setting: &'static str,
    /// The method of [`Builder`] that moves the page, for the tests.
    #[cfg(test)]
    move_to: fn(Builder, &str) -> Builder,
    /// The handlers.
    methods: fn() -> Methods,
    /// Who may use the page. A log-in may lead back to a page for users, and never to any other account page.
    access: Access,
    /// How other account pages link to it.
    link: Option<Link>,
    /// The text of its link on the account page.
    menu: Option<&'static str>,
}

impl Entry {
    /// The page as an endpoint, protected as [`Entry::access`] says.
    /// A form of it that is refused leads back to the page, which is at `path`.
    pub(super) fn endpoint(&self, path: &str) -> BoxEndpoint<'static, Response> {
        let methods = (self.methods)();
        match self.access {
            Access::Anyone => methods.boxed(),
            Access::User => methods.page(path).protected_by(LoginRequired).boxed(),
            Access::RecentLogIn => methods.page(path).protected_by(RecentLogInRequired).boxed(),
        }
    }
}

/// Who may use a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Every visitor.
    Anyone,
    /// A user who is logged in.
    User,
    /// A user who gave the password a short time ago.
    RecentLogIn,
}

/// A link to an account page, below the form of other account pages.
pub(super) struct Link {
    /// The pages that show the link.
    from: &'static [AccountPage],
    /// The sentence before the link.
    question: &'static str,
    /// The text of the link.
    text: &'static str,
    /// Whether the link stays where [`Builder::without`] leaves the page out. It does for a page that every service needs.
    stays_without: bool,
}

/// Makes the enum, the settings and the table from one list.
macro_rules! account_pages {
    ($($(#[$doc:meta])* $page:ident at $path:literal, moved by $setting:ident { $($column:ident: $value:expr,)* })*) => {
        /// A page that this crate provides. A service can move it, put a page of its own in its place with [`Builder::own_page`], or leave it
        /// out with [`Builder::without`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum AccountPage {
            $($(#[$doc])* #[doc = concat!("\n\nDefault path: `", $path, "`.")] $page,)*
        }

        impl AccountPage {
            /// All account pages.
            pub const ALL: &[Self] = &[$(Self::$page,)*];
        }

        impl Builder {
            $(
                #[doc = concat!("Moves [`AccountPage::", stringify!($page), "`] to another path. Default: `", $path, "`.")]
                pub fn $setting(mut self, path: impl Into<String>) -> Self {
                    self.web.paths.insert(AccountPage::$page, path.into());
                    self
                }
            )*
        }

        /// All account pages, in the order of the enum.
        pub(super) static ACCOUNT_PAGES: &[Entry] = &[
            $(Entry {
                page: AccountPage::$page,
                default_path: $path,
                #[cfg(test)]
                setting: stringify!($setting),
                #[cfg(test)]
                move_to: |builder, path| builder.$setting(path),
                $($column: $value,)*
            },)*
        ];
    };
}

account_pages! {
    /// The registration page, for GET and POST.
    Register at "/register", moved by register_at {
        methods: || methods().get(register::show).post(register::submit),
        access: Access::Anyone,
        link: Some(Link {
            from: &[AccountPage::LogIn],
            question: messages::REGISTER_QUESTION,
            text: messages::REGISTER_LINK,
            stays_without: false,
        }),
        menu: None,
    }

    /// The log-in page, for GET and POST.
    LogIn at "/login", moved by log_in_at {
        methods: || methods().get(log_in::show).post(log_in::submit),
        access: Access::Anyone,
        link: Some(Link {
            from: &[AccountPage::Register],
            question: messages::LOG_IN_QUESTION,
            text: messages::LOG_IN_LINK,
            stays_without: true,
        }),
        menu: None,
    }

    /// The page of a link that sets a new password, for GET and POST. [`crate::Accounts::reset_link`] makes the link.
    Reset at "/account/reset", moved by reset_at {
        methods: || methods().get(reset::show).post(reset::submit),
        access: Access::Anyone,
        link: None,
        menu: None,
    }

    /// The address that logs out, for POST.
    LogOut at "/logout", moved by log_out_at {
        methods: || methods().post(log_out::submit),
        access: Access::Anyone,
        link: None,
        menu: None,
    }

    /// The account page: who the user is, links to the other pages, and the embedder's sections
    /// ([`Builder::account_section`]).
    Overview at "/account", moved by account_at {
        methods: || methods().get(overview::show),
        access: Access::User,
        link: None,
        menu: None,
    }

    /// The page to change the username, for GET and POST.
    Username at "/account/username", moved by username_at {
        methods: || methods().get(username::show).post(username::submit),
        access: Access::RecentLogIn,
        link: None,
        menu: Some(messages::USERNAME_MENU),
    }

    /// The page to change the e-mail address, for GET and POST. The form asks for the password.
    Email at "/account/email", moved by email_at {
        methods: || methods().get(email::show).post(email::submit),
        access: Access::User,
        link: None,
        menu: Some(messages::EMAIL_MENU),
    }

    /// The page to change the password, for GET and POST. The form asks for the current one.
    Password at "/account/password", moved by password_at {
        methods: || methods().get(password::show).post(password::submit),
        access: Access::User,
        link: None,
        menu: Some(messages::PASSWORD_MENU),
    }

    /// The list of the user's sessions, for GET; for POST it ends one, or all others.
    Sessions at "/account/sessions", moved by sessions_at {
        methods: || methods().get(sessions::show).post(sessions::submit),
        access: Access::User,
        link: None,
        menu: Some(messages::SESSIONS_MENU),
    }

    /// The page that asks a user for the password again, for GET and POST: see [`crate::web::RecentLogIn`].
    Confirm at "/account/confirm", moved by confirm_at {
        methods: || methods().get(confirm::show).post(confirm::submit),
        access: Access::User,
        link: None,
        menu: None,
    }

    /// The download of everything that is stored about a user, for GET. See [`crate::Accounts::export`].
    Export at "/account/export", moved by export_at {
        methods: || methods().get(export::show),
        access: Access::RecentLogIn,
        link: None,
        menu: Some(messages::EXPORT_MENU),
    }

    /// The page that deletes the account of its user, for GET and POST. See [`crate::Accounts::request_deletion`].
    Delete at "/account/delete", moved by delete_at {
        methods: || methods().get(delete::show).post(delete::submit),
        access: Access::RecentLogIn,
        link: None,
        menu: Some(messages::DELETE_MENU),
    }
}

/// The page that asks for a log-in, or for the password again, as the response to a form that requires it. The form waits on
/// it as signed text.
pub(super) async fn interrupt(
    page: &PageContext,
    asking: AccountPage,
    status: StatusCode,
    waiting: Waiting,
) -> Response {
    if asking == AccountPage::Confirm {
        confirm::interrupt(page, status, waiting).await
    } else {
        log_in::interrupt(page, status, waiting).await
    }
}

impl AccountPage {
    /// The path of the page where no setting moves it.
    #[must_use]
    pub fn default_path(self) -> &'static str {
        ACCOUNT_PAGES[self as usize].default_path
    }
}

/// A link as a page shows it.
#[derive(Debug)]
struct ShownLink {
    /// The page that it leads to.
    to: AccountPage,
    question: &'static str,
    /// The path with `next`.
    path: String,
    /// The path alone, to send a form along.
    action: String,
    text: &'static str,
}

impl Settings {
    /// The path of an account page.
    pub(super) fn path(&self, page: AccountPage) -> &str {
        self.paths.get(&page).map_or_else(|| page.default_path(), String::as_str)
    }

    /// Whether the service has an account page: of this crate, or one of the embedder's in its place.
    pub(super) fn has(&self, page: AccountPage) -> bool {
        !self.without.contains(&page)
    }

    /// Whether the embedder's own page is in place of an account page.
    pub(super) fn is_own(&self, page: AccountPage) -> bool {
        self.has(page) && self.own_pages.contains(&page)
    }

    /// Whether an account page is of this crate.
    pub(super) fn serves(&self, page: AccountPage) -> bool {
        self.has(page) && !self.own_pages.contains(&page)
    }

    /// Whether an account page is at a path: of this crate, or one of the embedder's in its place.
    pub(super) fn is_account_page(&self, path: &str) -> bool {
        ACCOUNT_PAGES.iter().any(|entry| self.has(entry.page) && self.path(entry.page) == path)
    }

    /// Where a page leads back to the account page; without one, where a log-in leads.
    pub(super) fn overview_path(&self) -> &str {
        if self.has(AccountPage::Overview) { self.path(AccountPage::Overview) } else { &self.after_log_in }
    }

    /// Whether a path is an account page that requires no log-in. Such a page is no target of a log-in.
    pub(super) fn is_open_account_page(&self, path: &str) -> bool {
        ACCOUNT_PAGES.iter().any(|entry| entry.access == Access::Anyone && self.path(entry.page) == path)
    }

    /// Whether the page at a path asks a user for the password again.
    pub(super) fn is_confirm_page(&self, path: &str) -> bool {
        self.has(AccountPage::Confirm) && self.path(AccountPage::Confirm) == path
    }

    /// Whether the page at a path is that of a link that sets a new password.
    pub(super) fn is_reset_page(&self, path: &str) -> bool {
        self.has(AccountPage::Reset) && self.path(AccountPage::Reset) == path
    }

    /// Whether the page at a path leads on, to its own `next`. No such page is a `next` itself.
    pub(super) fn has_next(&self, path: &str) -> bool {
        self.is_open_account_page(path) || self.is_confirm_page(path)
    }

    /// Whether the form at a path is an entry form: it logs in or registers.
    pub(super) fn is_entry_form(&self, path: &str) -> bool {
        [AccountPage::LogIn, AccountPage::Register].into_iter().any(|page| self.has(page) && self.path(page) == path)
    }

    /// The links of the account page: path and text.
    fn menu(&self) -> Vec<(&str, &'static str)> {
        let entries = ACCOUNT_PAGES.iter().filter(|entry| self.has(entry.page));
        entries.filter_map(|entry| Some((self.path(entry.page), entry.menu?))).collect()
    }

    /// The links that an account page shows to other account pages. Each carries `next`.
    fn links_from(&self, page: AccountPage, next: Option<&ReturnPath>) -> Vec<ShownLink> {
        let links = ACCOUNT_PAGES.iter().filter_map(|entry| Some((entry.page, entry.link.as_ref()?)));
        let links = links.filter(|(to, link)| link.from.contains(&page) && (self.has(*to) || link.stays_without));
        links
            .map(|(to, link)| ShownLink {
                to,
                question: link.question,
                path: with_next(self.path(to), next),
                action: self.path(to).to_owned(),
                text: link.text,
            })
            .collect()
    }
}
