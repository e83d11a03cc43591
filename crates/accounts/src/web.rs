//! Accounts over HTTP, for Poem: the outermost layer of a service. Use cases are not here: a page parses, asks
//! [`crate::Accounts`], and tells what came of it.

mod address;
mod answer;
mod cookies;
mod csrf;
mod exchange;
mod extract;
mod fields;
mod flash;
mod form;
mod form_view;
mod guard;
#[cfg(feature = "gzip")]
pub mod gzip;
mod headers;
mod layer;
mod layout;
mod methods;
mod next;
mod pages;
mod problem;
mod response;
mod routes;
mod settings;
mod site;
mod visitor;

pub use fields::{FieldError, Fields, Undecodable};
pub use flash::{Flash, FlashKind};
pub use form::{Form, FormErrors, Submitted};
pub use form_view::{FormView, Input, SafeHtml, Summary};
pub use guard::{Guarded, LoginRequired};
pub use layer::Layer;
pub use layout::{Layout, LayoutError, PageContext, PlainLayout};
pub use methods::{Methods, methods};
pub use next::Next;
pub use problem::Problem;
pub use response::{permanent_redirect, redirect};
pub use routes::RoutesError;
pub use settings::AccountPage;
pub(crate) use settings::{Settings, WebSettings};
pub use visitor::{CurrentUser, Visitor};

#[cfg(test)]
mod fuzz;
