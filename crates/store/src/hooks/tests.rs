//! Hooks run in the commit of their use case, on both engines.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use async_trait::async_trait;
use domain::credential::PasswordHash;
use domain::user::{AddUserError, Email, NewUser, RenameUserError, User, Username};
use domain::{AccountPorts, Alongside, Timestamp};
use sqlx::{query, query_scalar};
use tempfile::TempDir;
use test_support::{Postgres, sqlite_url};

use crate::AccountStore;
use crate::embed::{Database, Dialect, HookError, Hooks, Job, MigrationSet, WriteError};

/// An embedder's table of home towns, which has a copy of each name.
fn towns() -> MigrationSet {
    const TABLE: &str =
        "CREATE TABLE towns (user_id BIGINT NOT NULL REFERENCES users (id), name TEXT NOT NULL, town TEXT NOT NULL)";
    MigrationSet::new("towns").and("towns", TABLE, TABLE)
}

/// The embedder's own field of the registration form.
struct Town(&'static str);

/// Hooks that fill the table. They refuse users of Atlantis, the name of its king, and the deletion of a user of Rome.
#[derive(Default)]
struct Towns {
    runs: Arc<AtomicU32>,
    /// How many runs fail as after a lost connection.
    lost: u32,
}

#[async_trait]
impl<D: Dialect> Hooks<D> for Towns {
    async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        let Some(Town(town)) = own.and_then(|own| own.downcast_ref::<Town>()) else { return Ok(()) };
        let add = query::<D>("INSERT INTO towns (user_id, name, town) VALUES ($1, $2, $3)").bind(user.id.get());
        add.bind(user.username.as_str()).bind(*town).execute(connection).await?;
        if self.runs.fetch_add(1, Relaxed) < self.lost {
            return Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()).into());
        }
        if *town == "Atlantis" { Err(HookError::refused("town", "Atlantis has sunk.")) } else { Ok(()) }
    }

    async fn renamed(&self, connection: &mut D::Connection, user: &User, former: &Username) -> Result<(), HookError> {
        let rename = query::<D>("UPDATE towns SET name = $2 WHERE name = $1").bind(former.as_str());
        rename.bind(user.username.as_str()).execute(connection).await?;
        if user.username.key() == "atlas" { Err(HookError::refused("username", "There was one.")) } else { Ok(()) }
    }

    async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        let delete =
            query_scalar::<D, String>("DELETE FROM towns WHERE user_id = $1 RETURNING town").bind(user.id.get());
        let town = delete.fetch_optional(connection).await?;
        if town.as_deref() == Some("Rome") { Err(HookError::refused("password", "Rome stays.")) } else { Ok(()) }
    }
}

/// A store with the hooks, on each engine.
async fn stores(lost: u32) -> [(AccountStore, Option<TempDir>); 2] {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = AccountStore::connect_with(&sqlite_url(&folder), [towns()]).await.unwrap();
    let url = Postgres::shared().await.unwrap().database().await.unwrap();
    let postgres = AccountStore::connect_with(&url, [towns()]).await.unwrap();
    let hooks = || Towns { lost, ..Towns::default() };
    [(sqlite.with_hooks(hooks()), Some(folder)), (postgres.with_hooks(hooks()), None)]
}

async fn add(ports: &AccountPorts, name: &str, town: &'static str) -> Result<User, AddUserError> {
    let user = NewUser {
        username: Username::parse(name).unwrap(),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        joined_at: Timestamp::from_millis(0),
        registration_key: None,
        code: None,
    };
    let alongside = Alongside::nothing().with_own(Some(Arc::new(Town(town))));
    ports.users.add(user, PasswordHash::new("$".to_owned()), alongside).await
}

/// The rows of the embedder's table, such as `ada of Rome`.
async fn rows(database: &Database) -> Vec<String> {
    const LIST: &str = "SELECT name || ' of ' || town FROM towns ORDER BY user_id";
    match database {
        Database::Sqlite(database) => query_scalar(LIST).fetch_all(&database.read).await.unwrap(),
        Database::Postgres(database) => query_scalar(LIST).fetch_all(&database.read).await.unwrap(),
    }
}

#[tokio::test]
async fn hook_of_a_registration_writes_the_own_value() {
    for (store, _folder) in stores(0).await {
        let ports: AccountPorts = store.clone().into();
        add(&ports, "ada", "Rome").await.unwrap();
        assert_eq!(rows(store.database()).await, ["ada of Rome"]);
    }
}

#[tokio::test]
async fn refusing_hook_adds_no_user_and_names_its_field() {
    for (store, _folder) in stores(0).await {
        let ports: AccountPorts = store.clone().into();
        let refused = add(&ports, "ada", "Atlantis").await;
        let Err(AddUserError::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!((refusal.field, refusal.message.as_str()), ("town", "Atlantis has sunk."));
        assert_eq!(ports.users.find_by_username(&Username::parse("ada").unwrap()).await.unwrap(), None);
        assert_eq!(rows(store.database()).await, [""; 0]);
    }
}

#[tokio::test]
async fn hook_of_a_rename_rewrites_copies_or_refuses() {
    for (store, _folder) in stores(0).await {
        let ports: AccountPorts = store.clone().into();
        let ada = add(&ports, "ada", "Rome").await.unwrap();
        let rename = |name: &str| {
            ports.users.rename(ada.id, Username::parse(name).unwrap(), Timestamp::from_millis(0), Alongside::nothing())
        };
        rename("grace").await.unwrap();
        assert_eq!(rows(store.database()).await, ["grace of Rome"]);
        let refused = rename("atlas").await;
        assert!(
            matches!(&refused, Err(RenameUserError::Refused(refusal)) if refusal.field == "username"),
            "{refused:?}"
        );
        assert_eq!(rows(store.database()).await, ["grace of Rome"]);
        assert_eq!(ports.users.find(ada.id).await.unwrap().unwrap().username.as_str(), "grace");
    }
}

/// On PostgreSQL the job runs again, and the first run leaves nothing. On SQLite no connection is lost, and the job fails.
#[tokio::test]
async fn hook_that_runs_twice_writes_once() {
    for (store, _folder) in stores(1).await {
        let ports: AccountPorts = store.clone().into();
        let added = add(&ports, "ada", "Rome").await;
        let is_sqlite = matches!(store.database(), Database::Sqlite(_));
        assert_eq!(added.is_err(), is_sqlite, "{added:?}");
        assert_eq!(rows(store.database()).await.len(), usize::from(!is_sqlite));
    }
}

/// A job as the use case that deletes a user has one.
struct Deleting(AccountStore, User);

#[async_trait]
impl Job<sqlx::Sqlite> for Deleting {
    type Output = ();
    type Refusal = String;

    async fn run(&self, connection: &mut sqlx::SqliteConnection) -> Result<(), WriteError<String>> {
        let run = self.0.hooks().sqlite.deleting(connection, &self.1).await;
        run.map_err(|error| error.into_write_error(|refusal| refusal.message))
    }
}

#[async_trait]
impl Job<sqlx::Postgres> for Deleting {
    type Output = ();
    type Refusal = String;

    async fn run(&self, connection: &mut sqlx::PgConnection) -> Result<(), WriteError<String>> {
        let run = self.0.hooks().postgres.deleting(connection, &self.1).await;
        run.map_err(|error| error.into_write_error(|refusal| refusal.message))
    }
}

#[tokio::test]
async fn hook_of_a_deletion_deletes_rows_or_refuses() {
    for (store, _folder) in stores(0).await {
        let ports: AccountPorts = store.clone().into();
        let (ada, ben) = (add(&ports, "ada", "Rome").await.unwrap(), add(&ports, "ben", "Oslo").await.unwrap());
        let refused = store.database().write(Deleting(store.clone(), ada)).await;
        assert!(matches!(&refused, Err(WriteError::Refused(message)) if message == "Rome stays."), "{refused:?}");
        store.database().write(Deleting(store.clone(), ben)).await.unwrap();
        assert_eq!(rows(store.database()).await, ["ada of Rome"]);
    }
}
