//! Accounts over HTTP, for Poem. This file is the map of the HTTP side.
//!
//! A request passes through `layer`, which is around all routes: `request` reads and checks what came in, `session`
//! finds the visitor, a handler runs, `page` turns its result into a page or an error page, and cookies and headers are
//! added. Handlers and forms of an embedder use the items exported here.
//!
//! | looking for | it is in |
//! | --- | --- |
//! | the order of all steps around a handler | `layer` |
//! | request context, origin check, CSRF token, body, client address, allowed hosts, return path | `request` |
//! | decoded fields, passwords of a form, errors by field, how a form is shown again | `form` |
//! | a form that waits for a log-in, and how it is shown after it | `interrupted_form` |
//! | layout, page context, error pages, flash messages, redirects, security headers | `page` |
//! | cookies, extractors of the visitor, protected routes | `session` |
//! | the table of account pages, and each page | `account_pages` |
//! | the embedder's own fields of the registration form | `own_fields` |
//! | what an own page of the embedder does as ours does | `own_pages` |
//! | a setting, its default and its check | `settings` |
//! | a sentence for people | `messages` |
//!
//! Use cases are not here: a handler parses, calls [`crate::Accounts`], matches the result and responds.

mod account_pages;
mod form;
mod interrupted_form;
mod layer;
mod messages;
mod methods;
mod own_fields;
mod own_pages;
mod page;
mod request;
mod routes;
mod session;
mod settings;

pub use account_pages::{AccountPage, EntryForm, EntryHtml, ResetLinkError};
pub use form::{
    FieldError, Fields, Files, Form, FormErrors, FormView, Input, PasswordFields, SafeHtml, Submitted, Summary,
    Undecodable, UploadedFile, printable_line,
};
pub use layer::Layer;
pub use messages::error_title;
pub use methods::{Methods, methods};
pub use own_fields::OwnFields;
pub use own_pages::{ChangePasswordForm, ConfirmForm, LogInForm};
pub use page::{
    Flash, FlashKind, Layout, LayoutError, PageContext, PlainLayout, Problem, permanent_redirect, redirect,
    with_retry_after,
};
pub use request::ReturnPath;
pub use routes::RoutesError;
pub use session::{
    CurrentUser, Guarded, LoginRequired, RecentLogIn, RecentLogInRequired, RequireRole, RoleGuarded, RoleName,
    UserWithRole, Visitor,
};
pub(crate) use settings::{Settings, UncheckedSettings};

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod test_accounts;
