//! The passwords of a form: in one place from decoding to hashing, taken once, wiped when dropped.

use std::fmt;
use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use auth::Password;
use zeroize::Zeroizing;

use super::fields::one;
use super::{FieldError, FormErrors};
use crate::web::messages;

/// The password fields of a form. Each is taken once; what is not taken is wiped.
///
/// A field is a password if its name contains `pass`, in any case. The rule is wide on purpose: `passport` is withheld too,
/// but no `passwort` or `passkey` is ever shown again.
#[derive(Default)]
pub struct PasswordFields(Vec<(String, Zeroizing<String>)>);

impl PasswordFields {
    /// Takes the value of a field; empty where it was not sent.
    ///
    /// # Errors
    /// [`FieldError`]: the field has no single value. All its values are wiped.
    pub fn take(&mut self, name: &str) -> Result<Zeroizing<String>, FieldError> {
        let values: Vec<_> = self.0.extract_if(.., |(field, _)| field == name).map(|(_, value)| value).collect();
        one(values.into_iter())
    }

    /// Takes a new password that was typed twice, or adds what is wrong with it.
    pub(crate) fn take_new(
        &mut self,
        errors: &mut FormErrors,
        name: &'static str,
        repeated: &'static str,
    ) -> Option<Password> {
        let (typed, again) = (self.take(name), self.take(repeated));
        let differ = matches!((&typed, &again), (Ok(typed), Ok(again)) if typed != again);
        if typed.as_ref().is_ok_and(|typed| typed.is_empty()) {
            errors.add(name, messages::PASSWORD_EMPTY);
        }
        let parsed = errors.value(name, typed).map(Password::parse);
        let password = parsed.and_then(|parsed| errors.value(name, parsed.map_err(|_| messages::PASSWORD_TOO_LONG)));
        errors.value(repeated, again);
        if differ {
            errors.add(repeated, messages::PASSWORDS_DIFFER);
        }
        password
    }

    pub(crate) fn push(&mut self, name: String, value: Zeroizing<String>) {
        self.0.push((name, value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The names only.
impl fmt::Debug for PasswordFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Whether a field of that name is a password: see [`PasswordFields`].
pub(crate) fn is_password(name: &str) -> bool {
    name.to_ascii_lowercase().contains("pass")
}

/// The passwords of a request, from the layer to the extractor of its form. An extension of the request, which is why it
/// can be cloned: all clones share one value.
#[derive(Clone)]
pub(crate) struct TypedPasswords(Arc<Mutex<PasswordFields>>);

impl TypedPasswords {
    pub(crate) fn new(passwords: PasswordFields) -> Self {
        Self(Arc::new(Mutex::new(passwords)))
    }

    /// Takes all of them. A second call gets none.
    pub(crate) fn take(&self) -> PasswordFields {
        take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::form::decode_form;

    #[test]
    fn password_is_recognized_by_its_name() {
        for name in
            ["password2", "new_password", "newPassword", "Passphrase", "pass_phrase", "PASSWD", "passwort", "PassKey"]
        {
            assert!(is_password(name), "{name}");
        }
        for name in ["", "pas", "p_ass", "email", "csrf_token"] {
            assert!(!is_password(name), "{name}");
        }
    }

    #[test]
    fn password_is_taken_once() {
        let (_, mut passwords) = decode_form(b"password=hush-hush").unwrap();
        assert_eq!(passwords.take("password").unwrap().as_str(), "hush-hush");
        assert_eq!(passwords.take("password").unwrap().as_str(), "");
        assert!(passwords.is_empty());
    }

    #[test]
    fn repeated_password_or_nul_has_no_value() {
        let (_, mut passwords) = decode_form(b"password=a&password=a&password2=a%00").unwrap();
        assert_eq!(passwords.take("password"), Err(FieldError::Repeated));
        assert_eq!(passwords.take("password2"), Err(FieldError::Nul));
        assert!(passwords.is_empty());
    }

    #[test]
    fn debug_shows_names_only() {
        let (_, passwords) = decode_form(b"password=hush-hush").unwrap();
        assert_eq!(format!("{passwords:?}"), r#"["password"]"#);
    }

    #[test]
    fn request_gives_its_passwords_to_one_form() {
        let (_, passwords) = decode_form(b"password=hush-hush").unwrap();
        let typed = TypedPasswords::new(passwords);
        assert!(!typed.clone().take().is_empty());
        assert!(typed.take().is_empty());
    }
}
