//! The table of all statements.

use super::{OnPostgres, OnSqlite, PerEngine};

/// A statement of this crate.
#[derive(Debug)]
#[non_exhaustive]
pub struct NamedStatement {
    /// Its module and constant, such as `accounts::users::FIND`.
    pub name: String,
    /// Its text on SQLite; `None` where only PostgreSQL runs it.
    pub sqlite: Option<&'static str>,
    /// Its text on PostgreSQL; `None` where only SQLite runs it.
    pub postgres: Option<&'static str>,
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
    postgres: Option<&'static str>,
}

impl From<&'static str> for Texts {
    fn from(sql: &'static str) -> Self {
        Self { sqlite: Some(sql), postgres: Some(sql) }
    }
}

impl From<PerEngine> for Texts {
    fn from(PerEngine { sqlite, postgres }: PerEngine) -> Self {
        Self { sqlite: Some(sqlite), postgres: Some(postgres) }
    }
}

impl From<OnPostgres> for Texts {
    fn from(OnPostgres(sql): OnPostgres) -> Self {
        Self { sqlite: None, postgres: Some(sql) }
    }
}

impl From<OnSqlite> for Texts {
    fn from(OnSqlite(sql): OnSqlite) -> Self {
        Self { sqlite: Some(sql), postgres: None }
    }
}

/// Every statement of this crate, in the order of its modules.
#[must_use]
pub fn all() -> Vec<NamedStatement> {
    use crate::{accounts, engine, inspect};

    let modules = [
        accounts::store::statements(),
        accounts::usernames::statements(),
        accounts::users::statements(),
        accounts::users::lock::statements(),
        accounts::users::rename::statements(),
        accounts::users::disable::statements(),
        accounts::users::deletion::statements(),
        accounts::users::change_email::statements(),
        accounts::credentials::statements(),
        accounts::credentials::change::statements(),
        accounts::import::statements(),
        accounts::row_steps::statements(),
        accounts::row_steps::skeletons::statements(),
        accounts::sessions::statements(),
        accounts::sessions::keep_only::statements(),
        accounts::registration_codes::statements(),
        accounts::registration_keys::statements(),
        accounts::reset_tokens::statements(),
        accounts::roles::statements(),
        accounts::throttles::statements(),
        accounts::throttles::table_bound::statements(),
        accounts::known_browsers::statements(),
        accounts::leases::statements(),
        accounts::notices::statements(),
        accounts::events::statements(),
        engine::migrate::statements(),
        engine::row_steps::statements(),
        engine::sqlite::open::statements(),
        inspect::check::statements(),
        inspect::accounts::statements(),
    ];
    #[cfg(feature = "party")]
    let modules = modules.into_iter().chain({
        use crate::parties;

        [
            parties::add::statements(),
            parties::export::statements(),
            parties::find::statements(),
            parties::guests::statements(),
            parties::history::statements(),
            parties::hooks::statements(),
            parties::labels::statements(),
            parties::link::statements(),
            parties::messages::statements(),
            parties::row_steps::statements(),
            parties::row_steps::zone_names::statements(),
            parties::list::statements::statements(),
            parties::quota::statements(),
            parties::over_marks::statements(),
            parties::texts::statements(),
            parties::update::statements(),
            parties::update::load::statements(),
            parties::update::save::statements(),
            parties::views::statements(),
            inspect::parties::statements(),
        ]
    });
    modules.into_iter().flatten().collect()
}
