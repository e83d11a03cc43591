//! Forms: decoded once, parsed into a type, and shown again with what was typed and what is wrong.

mod errors;
mod fields;
mod files;
mod input;
mod passwords;
mod submitted;
mod view;

pub use errors::FormErrors;
pub use fields::{FieldError, Fields, Undecodable};
pub(super) use fields::{IDEMPOTENCY_FIELD, MAX_FIELDS, decode_form};
pub use files::{Files, UploadedFile};
pub use input::Input;
pub(super) use input::printable;
pub use input::printable_line;
pub use passwords::PasswordFields;
pub(super) use passwords::TypedPasswords;
pub(super) use passwords::is_password;
pub use submitted::{Form, Submitted};
pub use view::{FormView, SafeHtml, Summary};
