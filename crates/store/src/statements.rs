//! The macro that declares SQL statements, and the table of all of them: for `cargo xtask sql`, and for the test that
//! prepares each on its engine. A statement is the constant that the code runs, so that the table cannot differ from it.

/// A statement whose text differs by engine. Select it by [`Dialect::pick`](crate::embed::Dialect::pick).
#[derive(Clone, Copy)]
pub(crate) struct PerEngine {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A statement that only SQLite runs.
#[derive(Clone, Copy)]
pub(crate) struct OnSqlite(pub(crate) &'static str);

/// A statement that only PostgreSQL runs.
#[derive(Clone, Copy)]
pub(crate) struct OnPostgres(pub(crate) &'static str);

/// Declares the statements of a module as constants: a `&str` that both engines run, a [`PerEngine`],
/// an [`OnSqlite`] or an [`OnPostgres`].
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
mod shell;
#[cfg(any(test, feature = "statements"))]
mod table;
#[cfg(test)]
mod tests;
