//! The dependency table: which crate of the workspace may depend on which. This file is normative; docs/ARCHITECTURE.md
//! repeats it for readers. Which crates may depend on sqlx and hyper is in `.deny.toml`.

/// What one crate may depend on, by normal and build dependencies.
pub(super) struct Row {
    /// The crate's name. A `*` at the end matches any ending.
    pub name: &'static str,
    /// The workspace crates that it may depend on.
    pub workspace: Allowed,
    /// The other crates that it may depend on.
    pub external: Allowed,
    /// Crates that it must not depend on, not even through others.
    pub never: &'static [&'static str],
    /// Whether it may enable Party.
    pub party: Party,
}

/// A set of crates.
#[derive(Debug, Clone, Copy)]
pub(super) enum Allowed {
    Any,
    Only(&'static [&'static str]),
}

/// Whether a crate that depends on `domain` or `store` may enable their feature `party`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// Neither by default nor by a feature: embedders get nothing of Party.
    Never,
    /// Only by a feature of its own.
    ByFeature,
    /// By default: the crate is about parties.
    Always,
}

pub(super) const TABLE: &[Row] = &[
    Row {
        name: "domain",
        workspace: Allowed::Only(&[]),
        external: Allowed::Only(&[
            "thiserror",
            "async-trait",
            "jiff",
            "unicode-normalization",
            "unicode-security",
            "icu_casemap",
            "email_address",
            "idna",
            "percent-encoding",
            "mockall",
        ]),
        never: &["tokio", "sqlx", "poem", "rand", "getrandom"],
        party: Party::ByFeature,
    },
    Row {
        name: "auth",
        workspace: Allowed::Only(&["domain"]),
        external: Allowed::Any,
        never: &["poem", "sqlx", "store"],
        party: Party::Never,
    },
    Row {
        name: "accounts",
        workspace: Allowed::Only(&["auth", "domain"]),
        external: Allowed::Any,
        never: &["store", "sqlx"],
        party: Party::Never,
    },
    Row {
        name: "store",
        workspace: Allowed::Only(&["domain"]),
        external: Allowed::Any,
        never: &["poem", "auth", "accounts"],
        party: Party::ByFeature,
    },
    Row {
        name: "http-server",
        workspace: Allowed::Only(&[]),
        external: Allowed::Any,
        never: &["sqlx"],
        party: Party::Never,
    },
    Row {
        name: "web",
        workspace: Allowed::Only(&["accounts", "store", "domain", "http-server"]),
        external: Allowed::Any,
        never: &[],
        party: Party::Always,
    },
    Row {
        name: "example-*",
        workspace: Allowed::Only(&["accounts", "store", "http-server"]),
        external: Allowed::Any,
        never: &[],
        party: Party::Never,
    },
    Row { name: "load-tools", workspace: Allowed::Any, external: Allowed::Any, never: &[], party: Party::Always },
    Row {
        name: "test-postgres",
        workspace: Allowed::Only(&[]),
        external: Allowed::Any,
        never: &["poem"],
        party: Party::Never,
    },
    Row {
        name: "test-support",
        workspace: Allowed::Only(&["test-postgres"]),
        external: Allowed::Any,
        never: &["poem"],
        party: Party::Never,
    },
    Row {
        name: "xtask",
        workspace: Allowed::Only(&[]),
        external: Allowed::Any,
        never: &["tokio"],
        party: Party::Never,
    },
];

/// Rows that also restrict dev-dependencies.
///
/// Besides `DEV_ONLY` crates, the examples have what an embedder has: `accounts`, `store` and `http-server`.
pub(super) const ROWS_FOR_TESTS_TOO: &[&str] = &["example-*"];

/// Workspace crates that may only be dev-dependencies.
pub(super) const DEV_ONLY: &[&str] = &["test-postgres", "test-support"];

/// Dependencies with a limited set of features and without default features: (crate, dependency, allowed features).
/// jiff must not read the system's time zones or its clock.
pub(super) const FEATURES: &[(&str, &str, &[&str])] = &[("domain", "jiff", &["std", "alloc", "tzdb-bundle-always"])];

/// Crates whose name may occur in source files only below these paths; comments do not count.
pub(super) const NAMED_ONLY_IN: &[(&str, &[&str])] = &[
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
    /// The row of a crate.
    pub(super) fn of(name: &str) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.name.strip_suffix('*').map_or(row.name == name, |start| name.starts_with(start)))
    }
}

impl Allowed {
    pub(super) fn contains(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.contains(&name),
        }
    }
}
