//! Which usernames look alike, by Unicode Technical Standard 39, and which a new user may not have. The reasons are in
//! `docs/adr/0022-usernames-and-registration.md`.

use std::sync::LazyLock;
use std::time::Duration;

use unicode_security::MixedScript as _;
use unicode_security::skeleton;

use super::{Deletion, Username, UsernameError};
use crate::caseless_key;

/// Names that suggest to speak for the service. A name that looks like one of them is reserved too.
const OF_AUTHORITY: &[&str] = &[
    "admin",
    "administrator",
    "help",
    "info",
    "moderator",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "webmaster",
];

impl Username {
    /// How long a name that a user has given up is reserved for that user: 90 days.
    pub const RESERVED: Duration = Duration::from_hours(90 * 24);

    /// The most former usernames that are reserved for a user: one more ends the reservation of the first.
    pub const MOST_RESERVED: u32 = 5;

    /// The version of Unicode whose table of look-alike characters [`Username::skeleton`] uses: major, minor, update.
    pub const SKELETON_VERSION: (u64, u64, u64) = unicode_security::UNICODE_VERSION;

    /// The text by which look-alike names are found: two names with equal skeletons look alike, in some spelling.
    ///
    /// It is the skeleton of UTS 39 of the [key](Username::key), folded again, since the table maps the digit 0 to a capital O.
    /// In the key a capital I has become a small i; a capital I after a small letter is taken for a small l instead, as in
    /// `PaypaI`. It is not for people, and it changes with [the version of the table](Username::SKELETON_VERSION).
    #[must_use]
    pub fn skeleton(&self) -> String {
        skeleton_of(self.as_str())
    }

    /// Whether the name may be given to a user, by the rules that stored names need not obey.
    ///
    /// # Errors
    /// [`UsernameError::MixedScript`]: the name or its key is not of a single script, as UTS 39 defines it. Chinese, Japanese
    /// and Korean names mix the scripts of their language. [`UsernameError::Reserved`]: the name looks like that of the service,
    /// or begins like the names of deleted users.
    pub fn ensure_assignable(&self) -> Result<(), UsernameError> {
        static RESERVED_SKELETONS: LazyLock<Vec<String>> =
            LazyLock::new(|| OF_AUTHORITY.iter().copied().map(skeleton_of).collect());
        static DELETED_SKELETON: LazyLock<String> = LazyLock::new(|| skeleton_of(Deletion::NAME_PREFIX));

        let key = self.key();
        if !self.as_str().is_single_script() || !key.is_single_script() {
            return Err(UsernameError::MixedScript);
        }
        let skeleton = self.skeleton();
        if skeleton.starts_with(&*DELETED_SKELETON) || RESERVED_SKELETONS.contains(&skeleton) {
            return Err(UsernameError::Reserved);
        }
        Ok(())
    }
}

fn skeleton_of(name: &str) -> String {
    let key = caseless_key(&with_l_for_inner_capital_i(name));
    caseless_key(&skeleton(&key).collect::<String>())
}

/// The name with an `l` for each capital I after a small letter.
fn with_l_for_inner_capital_i(name: &str) -> String {
    let mut is_after_small = false;
    let read = |c: char| {
        let read = if c == 'I' && is_after_small { 'l' } else { c };
        is_after_small = read.is_lowercase();
        read
    };
    name.chars().map(read).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn skeleton(name: &str) -> String {
        Username::parse(name).unwrap().skeleton()
    }

    #[test]
    fn look_alike_names_have_one_skeleton() {
        for (name, look_alike) in [
            ("paypal", "paypa1"),
            ("paypal", "PaypaI"),
            ("paypal", "раураӏ"), // Cyrillic
            ("William", "WiIIiam"),
            ("modern", "modem"),
            ("bob", "B0B"),
            ("anna", "ａｎｎａ"),
            ("scope", "ѕсоре"), // Cyrillic
            ("ada.b", "ada․b"),
        ] {
            let Ok(look_alike) = Username::parse(look_alike) else { continue };
            assert_eq!(skeleton(name), look_alike.skeleton(), "{name} {look_alike}");
        }
    }

    #[test]
    fn ordinary_names_have_several_skeletons() {
        let names = [
            "Ian",
            "Lan",
            "lan",
            "ada",
            "adam",
            "jean-luc",
            "jean.luc",
            "jean_luc",
            "ada0",
            "ada2",
            "ada3",
            "ada5",
            "McIntyre",
            "Zoë",
            "Zoe",
            "Łukasz",
            "Lukasz",
            "李小龙",
            "李小龍",
            "vv",
            "w",
            "cloe",
            "doe",
        ];
        let skeletons: std::collections::BTreeSet<_> =
            names.iter().filter_map(|name| Username::parse(name).ok()).map(|name| name.skeleton()).collect();
        let parsed = names.iter().filter(|name| Username::parse(name).is_ok()).count();
        assert_eq!(skeletons.len(), parsed - 1, "Lan and lan are one name");
    }

    #[test]
    fn name_of_one_script_is_assignable() {
        for name in [
            "ada",
            "Ada_2.0-x",
            "Ωμέγα",
            "Łukasz",
            "李小龙",
            "ひらがなカタカナ漢字",
            "홍길동洪",
            "हिन्दी",
            "מִרְיָם",
            "42nd",
            "владимир",
        ] {
            assert_eq!(Username::parse(name).unwrap().ensure_assignable(), Ok(()), "{name}");
        }
        for name in ["pаypal", "Ωmega", "李Lee", "аdmin", "ひ홍길동"] {
            assert_eq!(Username::parse(name).unwrap().ensure_assignable(), Err(UsernameError::MixedScript), "{name}");
        }
        let micro = Username::parse("µtorrent").unwrap(); // the sign is of no script, and its key is a Greek letter
        assert_eq!(micro.ensure_assignable(), Err(UsernameError::MixedScript));
    }

    #[test]
    fn look_alike_of_an_authority_or_a_deleted_user_is_reserved() {
        for name in [
            "adrnin",
            "supp0rt",
            "r00t",
            "he1p",
            "deleted-7",
            "DELETED-42",
            "DeIeted-7",
            "de1eted-7",
            "ＤＥＬＥＴＥＤ-7",
            "deleted-",
            "deleted-ada",
        ] {
            assert_eq!(Username::parse(name).unwrap().ensure_assignable(), Err(UsernameError::Reserved), "{name}");
        }
        for name in ["horne", "deleted", "deleted7", "undeleted-7", "Deleted_7", "roots"] {
            assert_eq!(Username::parse(name).unwrap().ensure_assignable(), Ok(()), "{name}");
        }
    }

    /// Of a table for another version, the skeletons of stored names differ: the row step needs another name.
    #[test]
    fn version_of_the_table_is_that_of_the_stored_skeletons() {
        assert_eq!(Username::SKELETON_VERSION, (18, 0, 0));
    }

    proptest! {
        #[test]
        fn skeleton_of_the_same_key_is_equal_without_capital_i(name in "[\\p{L}0-9]{3,20}") {
            prop_assume!(!name.contains('I') && !name.contains('ı'));
            if let (Ok(one), Ok(other)) = (Username::parse(&name), Username::parse(&name.to_uppercase())) {
                prop_assume!(!other.as_str().contains('I'));
                prop_assert_eq!(one.skeleton(), other.skeleton());
            }
        }
    }
}
