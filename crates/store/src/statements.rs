//! The macro that declares SQL statements, and the table of all of them: for `cargo xtask sql`, and for the test that
//! prepares each on its engine. A statement is the constant that the code runs, so that the table cannot differ from it.

/// A statement whose text differs by engine. Select it by [`Dialect::pick`](crate::embed::Dialect::pick).
#[derive(Clone, Copy)]
pub(crate) struct PerEngine {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A statement that only PostgreSQL runs.
#[derive(Clone, Copy)]
pub(crate) struct OnPostgres(pub(crate) &'static str);

/// Declares the statements of a module as constants: a `&str` that both engines run, a [`PerEngine`] or an [`OnPostgres`].
///
/// In tests and with the feature `statements` it also declares the function `statements`, which lists them. A list that
/// [`all`] lacks is dead code, about which the compiler warns.
macro_rules! statements {
    ($($(#[$attribute:meta])* $visibility:vis const $name:ident: $type:ty = $sql:expr;)+) => {
        $($(#[$attribute])* $visibility const $name: $type = $sql;)+

        /// The statements of this module, by name.
        #[cfg(any(test, feature = "statements"))]
        pub(crate) fn statements() -> Vec<crate::statements::NamedStatement> {
            vec![$(crate::statements::NamedStatement::new(module_path!(), stringify!($name), $name),)+]
        }
    };
}
pub(crate) use statements;

#[cfg(any(test, feature = "statements"))]
pub use self::table::{NamedStatement, all};

#[cfg(any(test, feature = "statements"))]
mod table {
    use super::{OnPostgres, PerEngine};

    /// A statement of this crate.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct NamedStatement {
        /// Its module and constant, such as `accounts::users::FIND`.
        pub name: String,
        /// Its text on SQLite; `None` where only PostgreSQL runs it.
        pub sqlite: Option<&'static str>,
        /// Its text on PostgreSQL.
        pub postgres: &'static str,
    }

    impl NamedStatement {
        pub(crate) fn new(module: &str, constant: &str, sql: impl Into<Texts>) -> Self {
            let module = module.split_once("::").map_or(module, |(_crate, module)| module);
            let Texts { sqlite, postgres } = sql.into();
            Self { name: format!("{module}::{constant}"), sqlite, postgres }
        }
    }

    pub(crate) struct Texts {
        sqlite: Option<&'static str>,
        postgres: &'static str,
    }

    impl From<&'static str> for Texts {
        fn from(sql: &'static str) -> Self {
            Self { sqlite: Some(sql), postgres: sql }
        }
    }

    impl From<PerEngine> for Texts {
        fn from(PerEngine { sqlite, postgres }: PerEngine) -> Self {
            Self { sqlite: Some(sqlite), postgres }
        }
    }

    impl From<OnPostgres> for Texts {
        fn from(OnPostgres(sql): OnPostgres) -> Self {
            Self { sqlite: None, postgres: sql }
        }
    }

    /// Every statement of this crate, in the order of its modules.
    #[must_use]
    pub fn all() -> Vec<NamedStatement> {
        use crate::{accounts, engine, inspect};

        let modules = [
            accounts::store::statements(),
            accounts::users::statements(),
            accounts::credentials::statements(),
            accounts::sessions::statements(),
            engine::migrate::statements(),
            inspect::check::statements(),
            inspect::accounts::statements(),
        ];
        #[cfg(feature = "party")]
        let modules = modules.into_iter().chain({
            use crate::parties;

            [
                parties::add::statements(),
                parties::find::statements(),
                parties::list::statements::statements(),
                parties::update::statements(),
                parties::views::statements(),
                inspect::parties::statements(),
            ]
        });
        modules.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
