//! Who may depend on whom: the one place. It says the same as the table of docs/ARCHITECTURE.md, and is what counts.

/// What one crate may depend on, by normal and build dependencies.
pub(super) struct Row {
    /// The crate; a `*` at the end stands for any ending.
    pub name: &'static str,
    /// Which crates of ours it may name.
    pub ours: &'static [&'static str],
    /// Which others it may name; `None` for any.
    pub others: Option<&'static [&'static str]>,
    /// What it must not even reach through others.
    pub never: &'static [&'static str],
    /// Whether it may bring Party along.
    pub party: Party,
}

/// Whether a crate that depends on `domain` or `store` may enable their feature `party`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// Neither by itself nor by a feature of its own: nothing of Party reaches an embedder.
    Never,
    /// Only by a feature of its own.
    ByFeature,
    /// It is about parties.
    Always,
}

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "domain",
        ours: &[],
        others: Some(&[
            "thiserror",
            "async-trait",
            "jiff",
            "unicode-normalization",
            "icu_casemap",
            "email_address",
            "mockall",
        ]),
        never: &["tokio", "sqlx", "poem", "rand", "getrandom"],
        party: Party::ByFeature,
    },
    Row { name: "auth", ours: &["domain"], others: None, never: &["poem", "sqlx", "store"], party: Party::Never },
    Row { name: "accounts", ours: &["auth", "domain"], others: None, never: &["store", "sqlx"], party: Party::Never },
    Row {
        name: "store",
        ours: &["domain"],
        others: None,
        never: &["poem", "auth", "accounts"],
        party: Party::ByFeature,
    },
    Row { name: "http-server", ours: &[], others: None, never: &["sqlx"], party: Party::Never },
    Row {
        name: "web",
        ours: &["accounts", "store", "domain", "http-server"],
        others: None,
        never: &[],
        party: Party::Always,
    },
    Row {
        name: "example-*",
        ours: &["accounts", "store", "http-server"],
        others: None,
        never: &[],
        party: Party::Never,
    },
    Row {
        name: "load-tools",
        ours: &["accounts", "auth", "domain", "example-triplanned", "http-server", "store", "web"],
        others: None,
        never: &[],
        party: Party::Always,
    },
    Row { name: "test-support", ours: &[], others: None, never: &["poem"], party: Party::Never },
    Row { name: "xtask", ours: &[], others: None, never: &["tokio"], party: Party::Never },
];

/// Crates that only these may name as a dependency of any kind.
pub(super) const NAMED_BY: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "test-support"]),
    // Everything else names HTTP through Poem.
    ("hyper", &["http-server"]),
    ("hyper-util", &["http-server"]),
    ("http-body-util", &["http-server"]),
];

/// Rows that bind the tests too: an example shows how an embedder lives, who has no other crates of ours.
pub(super) const TESTS_TOO: &[&str] = &["example-*"];

/// Crates of ours that are only ever a dev-dependency.
pub(super) const DEV_ONLY: &[&str] = &["test-support"];

/// Dependencies whose features are bounded: (crate, dependency, the features it may enable). Their default features
/// must be off. jiff: no zones of the system, no time from it.
pub(super) const FEATURES: &[(&str, &str, &[&str])] = &[("domain", "jiff", &["std", "alloc", "tzdb-bundle-always"])];

/// Crates whose name may stand in source only below these paths, comments aside.
pub(super) const SPOKEN_IN: &[(&str, &[&str])] = &[
    (
        "poem",
        &[
            "crates/accounts/src/web",
            "crates/accounts/src/test_kit",
            "crates/accounts/tests/",
            "crates/accounts/examples/",
            "crates/http-server/src/endpoint",
            "crates/http-server/tests/",
            "crates/web/",
            "crates/load-tools/",
            "crates/example-",
        ],
    ),
    (
        "store",
        &[
            "crates/web/src/main.rs",
            "crates/web/src/services.rs",
            "crates/web/src/maintenance",
            "crates/accounts/tests/",
            "crates/accounts/examples/",
            "crates/web/tests/",
            "crates/web/examples/",
            "crates/load-tools/",
            "crates/example-",
        ],
    ),
];

impl Row {
    pub(super) fn of(name: &str) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.name.strip_suffix('*').map_or(row.name == name, |start| name.starts_with(start)))
    }
}
