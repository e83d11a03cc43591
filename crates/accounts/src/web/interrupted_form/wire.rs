//! An interrupted form as bytes: a JSON array of its action, its page, its fields and its user, which text of any language keeps
//! short.

use domain::user::UserId;

use super::{InterruptedForm, MAX_LENGTH};
use crate::web::form::is_password;
use crate::web::request::ReturnPath;

/// Action, page and fields.
type Parts = (String, String, Vec<(String, String)>);

impl InterruptedForm {
    pub(super) fn encode(&self) -> Vec<u8> {
        let fields: Vec<(&str, &str)> = self.fields.iter().collect();
        let user = self.user.map(UserId::get);
        serde_json::json!([self.action.as_str(), self.page.as_str(), fields, user]).to_string().into_bytes()
    }

    /// Decodes what [`InterruptedForm::encode`] made, here or in an earlier version, whose forms have no user. Paths are parsed
    /// again, and passwords are no fields here either.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_LENGTH {
            return None;
        }
        let with_user =
            serde_json::from_slice(bytes).map(|(action, page, fields, user)| ((action, page, fields), user));
        let (parts, user): (Parts, Option<i64>) =
            with_user.or_else(|_| serde_json::from_slice(bytes).map(|parts| (parts, None))).ok()?;
        let (action, page, fields) = parts;
        let fields = fields.into_iter().filter(|(name, _)| !is_password(name)).collect();
        let (action, page) = (ReturnPath::parse_action(&action)?, ReturnPath::parse(&page)?);
        Some(Self { action, page, fields, user: user.map(UserId::new) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::web::form::Fields;

    fn form(action: &str, page: &str, fields: Fields) -> InterruptedForm {
        let (action, page) = (ReturnPath::parse(action).unwrap(), ReturnPath::parse(page).unwrap());
        InterruptedForm { action, page, fields, user: None }
    }

    #[test]
    fn form_with_a_foreign_path_is_rejected() {
        let encode = |action: &str| serde_json::json!([action, "/", [["dish", "soup"]]]).to_string();
        assert!(InterruptedForm::decode(encode("/form").as_bytes()).is_some());
        for action in ["https://evil.example/", "//evil.example", "/\\evil.example", "form", "", "javascript:alert(1)"]
        {
            assert_eq!(InterruptedForm::decode(encode(action).as_bytes()), None, "{action}");
        }
    }

    #[test]
    fn password_is_dropped_from_a_decoded_form() {
        let bytes = br#"["/form","/",[["dish","soup"],["new_password","hush"]]]"#;
        assert_eq!(InterruptedForm::decode(bytes), Some(form("/form", "/", [("dish", "soup")].into_iter().collect())));
    }

    #[test]
    fn form_above_16_kib_is_rejected() {
        let of_length = |length: usize| {
            let form = form(
                "/a",
                "/b",
                [("x", "y".repeat(length - r#"["/a","/b",[["x",""]],null]"#.len()))].into_iter().collect(),
            );
            assert_eq!(form.encode().len(), length);
            (InterruptedForm::decode(&form.encode()), form)
        };
        let (decoded, form) = of_length(MAX_LENGTH);
        assert_eq!(decoded, Some(form));
        assert_eq!(of_length(MAX_LENGTH + 1).0, None);
    }

    proptest! {
        #[test]
        fn encoded_form_decodes_to_the_same(
            pairs in prop::collection::vec((any::<String>(), any::<String>()), 0..6),
            user in any::<Option<i64>>(),
        ) {
            let fields: Fields = pairs.into_iter().filter(|(name, _)| !is_password(name)).collect();
            let form = InterruptedForm { user: user.map(UserId::new), ..form("/trips/1/wish?a=b", "/trips/1", fields) };
            prop_assert_eq!(InterruptedForm::decode(&form.encode()), Some(form));
        }

        #[test]
        fn any_bytes_decode_or_are_rejected(bytes in prop::collection::vec(any::<u8>(), 0..64), text in any::<String>()) {
            let _ = InterruptedForm::decode(&bytes);
            let _ = InterruptedForm::decode(format!(r#"["/a","/b",[["{text}","x"]]]"#).as_bytes());
        }
    }
}
