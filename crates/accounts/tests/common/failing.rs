//! A store that fails where a test says so, and is the real one everywhere else. What a visitor is told then is the
//! test's business.

use std::sync::{Arc, Mutex};

use accounts::ports::{AccountPorts, PasswordHash};
use accounts::{Email, StoreError, Timestamp, User, UserId, Username};
use async_trait::async_trait;
use domain::credential::{Credential, CredentialRepository};
use domain::session::{EndedSession, SessionId, SessionRecord, SessionRepository, StoredSession, TokenDigest};
use domain::user::{AddUserError, NewUser, UserRepository};
use domain::{Page, PageSize};

/// A store with a switch, and a list of what was asked of it.
#[derive(Clone)]
pub(crate) struct Failing {
    real: AccountPorts,
    broken: Arc<Mutex<Option<&'static str>>>,
    asked: Arc<Mutex<Vec<&'static str>>>,
    writer: Arc<tokio::sync::Mutex<()>>,
}

impl Failing {
    pub(crate) fn over(real: AccountPorts) -> Self {
        Self { real, broken: Arc::default(), asked: Arc::default(), writer: Arc::default() }
    }

    pub(crate) fn ports(&self) -> AccountPorts {
        let all = Arc::new(self.clone());
        AccountPorts { users: all.clone(), credentials: all.clone(), sessions: all }
    }

    /// From now on this method fails; `None` mends the store.
    pub(crate) fn breaks(&self, method: impl Into<Option<&'static str>>) {
        *self.broken.lock().unwrap() = method.into();
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Until this is dropped no `touch` is done, as where another process writes.
    pub(crate) async fn hold_touches(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.writer).lock_owned().await
    }

    fn ask(&self, method: &'static str) -> Result<(), StoreError> {
        self.asked.lock().unwrap().push(method);
        match *self.broken.lock().unwrap() {
            Some(broken) if broken == method || broken == "everything" => Err(StoreError::new("SQLITE_FULL: secret")),
            Some("the commit") if method == "users.add" => Err(StoreError::outcome_unknown("SQLITE_FULL: secret")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl UserRepository for Failing {
    async fn add(&self, user: NewUser, hash: PasswordHash) -> Result<User, AddUserError> {
        self.ask("users.add")?;
        self.real.users.add(user, hash).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.ask("users.find")?;
        self.real.users.find(id).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.ask("users.find_by_username")?;
        self.real.users.find_by_username(username).await
    }

    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError> {
        self.ask("users.list")?;
        self.real.users.list(before, size).await
    }
}

#[async_trait]
impl CredentialRepository for Failing {
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        self.ask("credentials.find_by_email")?;
        self.real.credentials.find_by_email(email).await
    }

    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError> {
        self.ask("credentials.rehash")?;
        self.real.credentials.rehash(user, stale, fresh).await
    }
}

#[async_trait]
impl SessionRepository for Failing {
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        replaces: Option<TokenDigest>,
    ) -> Result<SessionId, StoreError> {
        self.ask("sessions.open")?;
        self.real.sessions.open(digest, session, replaces).await
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        self.ask("sessions.find")?;
        self.real.sessions.find(digest).await
    }

    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError> {
        self.ask("sessions.touch")?;
        let _writer = self.writer.lock().await;
        self.real.sessions.touch(id, seen_at, expires_at, unless_seen_after).await
    }

    async fn end(&self, digest: TokenDigest) -> Result<Option<EndedSession>, StoreError> {
        self.ask("sessions.end")?;
        self.real.sessions.end(digest).await
    }

    async fn end_all(&self, user: UserId) -> Result<u64, StoreError> {
        self.ask("sessions.end_all")?;
        self.real.sessions.end_all(user).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.ask("sessions.purge")?;
        self.real.sessions.purge(now, limit).await
    }
}
