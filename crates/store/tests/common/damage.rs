//! Damages a database on purpose, past the constraints of its schema.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection, raw_sql};

const TABLES: [&str; 16] = [
    "users",
    "former_usernames",
    "registration_codes",
    "credentials",
    "sessions",
    "registration_keys",
    "throttles",
    "known_browsers",
    "known_networks",
    "user_roles",
    "reset_tokens",
    "notices",
    "parties",
    "rsvps",
    "party_history",
    "party_messages",
];

/// A connection to an SQLite file that enforces neither foreign keys nor CHECK constraints.
async fn unchecked(file: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    options.pragma("ignore_check_constraints", "ON").connect().await.unwrap()
}

/// Runs statements; on SQLite without foreign keys and CHECK constraints.
pub async fn damage(url: &str, sql: &str) {
    #[expect(clippy::disallowed_methods, reason = "statements of these tests")]
    let sql = AssertSqlSafe(sql.to_owned());
    if let Some(file) = url.strip_prefix("sqlite:") {
        let mut connection = unchecked(file).await;
        raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Hides the NOT NULL and UNIQUE constraints of an SQLite file: the schema is another one until [`RESTORE`] ran.
const HIDE: &str = "PRAGMA writable_schema = ON;
    CREATE TABLE hidden AS SELECT rowid AS row, name, sql FROM sqlite_schema WHERE name IS NOT NULL;
    UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(replace(sql,
        'TEXT    NOT NULL', 'TEXT'), 'TEXT NOT NULL', 'TEXT'), 'INTEGER NOT NULL', 'INTEGER'), 'BLOB    NOT NULL', 'BLOB'),
        ' UNIQUE CHECK', ' CHECK'), 'UNIQUE (party_id, guest_id),', '') WHERE type = 'table';
    UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', '') WHERE type = 'index';
    UPDATE sqlite_schema SET name = 'hidden_1', sql = 'CREATE INDEX hidden_1 ON users (username_key)'
        WHERE name = 'sqlite_autoindex_users_1';
    UPDATE sqlite_schema SET name = 'hidden_2', sql = 'CREATE INDEX hidden_2 ON users (email_key)'
        WHERE name = 'sqlite_autoindex_users_2';
    UPDATE sqlite_schema SET name = 'hidden_3', sql = 'CREATE INDEX hidden_3 ON sessions (digest)'
        WHERE name = 'sqlite_autoindex_sessions_1';
    UPDATE sqlite_schema SET name = 'hidden_4', sql = 'CREATE INDEX hidden_4 ON rsvps (party_id, guest_id)'
        WHERE name = 'sqlite_autoindex_rsvps_1';
    UPDATE sqlite_schema SET name = 'hidden_5', sql = 'CREATE INDEX hidden_5 ON registration_keys (digest)'
        WHERE name = 'sqlite_autoindex_registration_keys_1';
    UPDATE sqlite_schema SET name = 'hidden_6', sql = 'CREATE INDEX hidden_6 ON registration_codes (digest)'
        WHERE name = 'sqlite_autoindex_registration_codes_1';
    PRAGMA writable_schema = RESET";

const RESTORE: &str = "PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET name = hidden.name, sql = hidden.sql FROM hidden WHERE sqlite_schema.rowid = hidden.row;
    PRAGMA writable_schema = RESET;
    DROP TABLE hidden";

/// Runs statements on an SQLite file without any of its constraints, which are in place again afterwards.
pub async fn damage_past_all_constraints(file: &str, sql: &str) {
    let mut connection = unchecked(file).await;
    for sql in [HIDE, sql, RESTORE] {
        #[expect(clippy::disallowed_methods, reason = "statements of these tests")]
        raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Replaces each table by one with the same rows and without any constraint.
pub async fn drop_constraints(url: &str) {
    let cascade = if url.starts_with("sqlite:") { "" } else { " CASCADE" };
    for table in TABLES {
        let sql = format!(
            "CREATE TABLE loose AS SELECT * FROM {table}; DROP TABLE {table}{cascade}; ALTER TABLE loose RENAME TO {table}"
        );
        damage(url, &sql).await;
    }
}
