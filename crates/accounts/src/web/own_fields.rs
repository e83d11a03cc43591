//! The embedder's own fields of the registration form: a trait, and which names they may have.

use std::sync::Arc;

use domain::Own;

use super::form::{Fields, FormErrors, FormView, is_password};
use super::page::LayoutError;

/// Own fields of the registration form: see [`crate::Builder::own_fields`].
///
/// They are shown below ours, and sent with them. What they parse into reaches the hook of the store,
/// `store::embed::Hooks::registered`, in the commit that adds the user. What the hook refuses is shown beside the field that it
/// names.
///
/// What was typed is kept while the form is refused, and on the way over the log-in page and back.
pub trait OwnFields: Send + Sync {
    /// The names of the fields. No name is one of ours, and none contains `pass`, since such a field is a password: see
    /// [`crate::BuildError::OwnField`].
    fn names(&self) -> &'static [&'static str];

    /// Renders the fields as safe HTML: `form.input("town", "Home town").to_string()`. `form` has what was typed, and the errors.
    ///
    /// # Errors
    /// [`LayoutError`]: the template failed. The visitor gets a plain error page with status 500, and the cause is logged.
    fn render(&self, form: FormView<'_>) -> Result<String, LayoutError>;

    /// Parses what was typed into a value for the hook, which gets it as `&dyn Any` and knows its type.
    ///
    /// # Errors
    /// [`FormErrors`]: what is wrong, by field. The page shows them together with the errors of our fields.
    fn parse(&self, fields: &Fields) -> Result<Own, FormErrors>;
}

/// The fields of the registration form and of the log-in form that are ours.
const RESERVED: &[&str] =
    &["code", "csrf_token", "email", "next", "once", "remember", "repeated", "resume", "switch", "username"];

/// The first name that own fields cannot have; `None` if there is none.
pub(super) fn reserved_name(own: &Arc<dyn OwnFields>) -> Option<&'static str> {
    let is_reserved = |name: &str| name.is_empty() || is_password(name) || RESERVED.contains(&name);
    own.names().iter().copied().find(|name| is_reserved(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::account_pages::{REPEATED_FIELD, SWITCH_FIELD};
    use crate::web::form::IDEMPOTENCY_FIELD;
    use crate::web::interrupted_form::RESUME_FIELD;
    use crate::web::request::{CODE_FIELD, CSRF_FIELD, NEXT_FIELD};
    use crate::{Accounts, BuildError};

    struct Named(&'static [&'static str]);

    impl OwnFields for Named {
        fn names(&self) -> &'static [&'static str] {
            self.0
        }

        fn render(&self, _: FormView<'_>) -> Result<String, LayoutError> {
            Ok(String::new())
        }

        fn parse(&self, _: &Fields) -> Result<Own, FormErrors> {
            Ok(Arc::new(()))
        }
    }

    #[test]
    fn every_name_of_ours_is_reserved() {
        for name in [CODE_FIELD, CSRF_FIELD, IDEMPOTENCY_FIELD, NEXT_FIELD, REPEATED_FIELD, RESUME_FIELD, SWITCH_FIELD]
        {
            assert!(RESERVED.contains(&name), "{name}");
        }
        for template in [
            include_str!("../../templates/register.html"),
            include_str!("../../templates/log_in.html"),
            include_str!("../../templates/entry_fields.html"),
        ] {
            let names = [r#"form.input(""#, r#" name=""#].map(|before| template.split(before).skip(1));
            let names = names.into_iter().flatten().filter_map(|rest| rest.split('"').next());
            for name in names.filter(|name| !name.starts_with("{{")) {
                assert!(is_password(name) || RESERVED.contains(&name), "{name}");
            }
        }
    }

    #[test]
    fn own_field_with_a_reserved_name_is_a_build_error() {
        for names in [&["town", "email"][..], &["passport"], &[""], &["next"]] {
            let refused = Accounts::builder().own_fields(Named(names)).ensure_valid();
            let expected = names.last().unwrap();
            assert!(matches!(refused, Err(BuildError::OwnField(name)) if name == *expected), "{names:?}");
        }
        assert!(Accounts::builder().own_fields(Named(&["town", "news"])).ensure_valid().is_ok());
    }
}
