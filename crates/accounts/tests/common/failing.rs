//! A store that fails in the method that a test names. In all others it is the real store.

mod limits_and_events;
mod notices;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::ports::{AccountPorts, PasswordHash};
use accounts::{Email, StoreError, Timestamp, User, UserId, Username};
use async_trait::async_trait;
use domain::credential::{
    Credential, CredentialRepository, NewResetToken, PasswordChange, PasswordChangeError, PasswordVersion, ResetDigest,
};
use domain::event::{Event, EventFilter, EventId, EventRepository, StoredEvent};
use domain::known_browser::{BrowserDigest, KnownBrowserRepository, KnownClient, Recognition};
use domain::lease::{LeaseHolder, LeaseRepository};
use domain::registration_code::{CodeDigest, CodeId, NewCode, RegistrationCodeRepository, StoredCode};
use domain::session::{
    EndedSession, KeptSession, ListedSession, OpenSessionError, OtherSessions, Rotation, SessionId, SessionRecord,
    SessionRepository, StoredSession, TokenDigest,
};
use domain::throttle::{Attempt, Limit, ThrottleKey, ThrottleRepository, Throttled};
use domain::user::{
    AddRoleError, AddUserError, ChangeEmailError, CompleteDeletionError, DueDeletion, FormerUsername, ImportOutcome,
    ImportedUser, NewUser, RenameUserError, RequestDeletionError, RequestedDeletion, Role, Roles, UserRepository,
};
use domain::{Alongside, InOneCommit, Page, PageSize};

/// A real store that can be made to fail, and that records its calls.
#[derive(Clone)]
pub(crate) struct FailingStore {
    real: AccountPorts,
    failing_method: Arc<Mutex<Option<&'static str>>>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    touch_lock: Arc<tokio::sync::Mutex<()>>,
    count_lock: Arc<tokio::sync::Mutex<()>>,
}

impl FailingStore {
    pub(crate) fn over(real: AccountPorts) -> Self {
        let (failing_method, calls) = Default::default();
        Self { real, failing_method, calls, touch_lock: Arc::default(), count_lock: Arc::default() }
    }

    pub(crate) fn ports(&self) -> AccountPorts {
        let all = Arc::new(self.clone());
        AccountPorts {
            users: all.clone(),
            credentials: all.clone(),
            sessions: all.clone(),
            throttles: all.clone(),
            known_browsers: all.clone(),
            events: all.clone(),
            leases: all.clone(),
            registration_codes: all.clone(),
            notices: all,
            in_one_commit: None,
        }
    }

    /// The same ports as those of one store, which ends sessions and forgets browsers in the commits of users and passwords.
    pub(crate) fn ports_of_one_store(&self) -> AccountPorts {
        let ports = self.ports();
        let AccountPorts { users, credentials, sessions, known_browsers, .. } = ports.clone();
        AccountPorts { in_one_commit: Some(InOneCommit { users, credentials, sessions, known_browsers }), ..ports }
    }

    /// Makes a method fail, or `"everything"`, or `"the commit"` of a registration; with `None`, nothing fails.
    pub(crate) fn fail_on(&self, method: impl Into<Option<&'static str>>) {
        *self.failing_method.lock().unwrap() = method.into();
    }

    /// The methods called since the last time.
    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Blocks every `touch` until the guard is dropped, as a database does while another process writes.
    pub(crate) async fn hold_touches(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.touch_lock).lock_owned().await
    }

    /// Blocks every `count` of attempts until the guard is dropped.
    pub(crate) async fn hold_counts(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.count_lock).lock_owned().await
    }

    fn record(&self, method: &'static str) -> Result<(), StoreError> {
        self.calls.lock().unwrap().push(method);
        match *self.failing_method.lock().unwrap() {
            Some(failing) if failing == method || failing == "everything" => {
                Err(StoreError::new("SQLITE_FULL: secret"))
            }
            Some("the commit") if method == "users.add" => Err(StoreError::outcome_unknown("SQLITE_FULL: secret")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl UserRepository for FailingStore {
    async fn import(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<Vec<ImportOutcome>, StoreError> {
        self.record("users.import")?;
        self.real.users.import(users, now, alongside).await
    }

    async fn find_imported(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
    ) -> Result<Vec<Option<ImportOutcome>>, StoreError> {
        self.record("users.find_imported")?;
        self.real.users.find_imported(users, now).await
    }

    async fn list_former_usernames(&self, user: UserId) -> Result<Vec<FormerUsername>, StoreError> {
        self.record("users.list_former_usernames")?;
        self.real.users.list_former_usernames(user).await
    }

    async fn purge_former_usernames(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("users.purge_former_usernames")?;
        self.real.users.purge_former_usernames(now, limit).await
    }

    async fn purge_registration_keys(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("users.purge_registration_keys")?;
        self.real.users.purge_registration_keys(now, limit).await
    }

    async fn add(&self, user: NewUser, hash: PasswordHash, alongside: Alongside) -> Result<User, AddUserError> {
        self.record("users.add")?;
        self.real.users.add(user, hash, alongside).await
    }

    async fn find_repeated(&self, user: NewUser) -> Result<Option<User>, StoreError> {
        self.record("users.find_repeated")?;
        self.real.users.find_repeated(user).await
    }

    async fn rename(
        &self,
        user: UserId,
        name: Username,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<User, RenameUserError> {
        self.record("users.rename")?;
        self.real.users.rename(user, name, at, alongside).await
    }

    async fn change_email(
        &self,
        user: UserId,
        verified: PasswordVersion,
        email: Email,
        alongside: Alongside,
    ) -> Result<User, ChangeEmailError> {
        self.record("users.change_email")?;
        self.real.users.change_email(user, verified, email, alongside).await
    }

    async fn disable(&self, user: UserId, at: Timestamp, alongside: Alongside) -> Result<Option<u64>, StoreError> {
        self.record("users.disable")?;
        self.real.users.disable(user, at, alongside).await
    }

    async fn enable(&self, user: UserId, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("users.enable")?;
        self.real.users.enable(user, alongside).await
    }

    async fn add_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, AddRoleError> {
        self.record("users.add_role")?;
        self.real.users.add_role(user, role, alongside).await
    }

    async fn remove_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("users.remove_role")?;
        self.real.users.remove_role(user, role, alongside).await
    }

    async fn list_roles(&self, user: UserId) -> Result<Roles, StoreError> {
        self.record("users.list_roles")?;
        self.real.users.list_roles(user).await
    }

    async fn request_deletion(
        &self,
        user: UserId,
        at: Timestamp,
        due: Timestamp,
        alongside: Alongside,
    ) -> Result<RequestedDeletion, RequestDeletionError> {
        self.record("users.request_deletion")?;
        self.real.users.request_deletion(user, at, due, alongside).await
    }

    async fn undo_deletion(&self, user: UserId, now: Timestamp, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("users.undo_deletion")?;
        self.real.users.undo_deletion(user, now, alongside).await
    }

    async fn list_due_deletions(
        &self,
        now: Timestamp,
        after: Option<DueDeletion>,
        limit: u32,
    ) -> Result<Vec<DueDeletion>, StoreError> {
        self.record("users.list_due_deletions")?;
        self.real.users.list_due_deletions(now, after, limit).await
    }

    async fn complete_deletion(
        &self,
        user: UserId,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<User, CompleteDeletionError> {
        self.record("users.complete_deletion")?;
        self.real.users.complete_deletion(user, now, alongside).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.record("users.find")?;
        self.real.users.find(id).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.record("users.find_by_username")?;
        self.real.users.find_by_username(username).await
    }

    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError> {
        self.record("users.list")?;
        self.real.users.list(before, size).await
    }
}

#[async_trait]
impl CredentialRepository for FailingStore {
    async fn find_by_email(&self, email: &Email) -> Result<Option<Credential>, StoreError> {
        self.record("credentials.find_by_email")?;
        self.real.credentials.find_by_email(email).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<Credential>, StoreError> {
        self.record("credentials.find_by_username")?;
        self.real.credentials.find_by_username(username).await
    }

    async fn rehash(&self, user: UserId, stale: &PasswordHash, fresh: &PasswordHash) -> Result<bool, StoreError> {
        self.record("credentials.rehash")?;
        self.real.credentials.rehash(user, stale, fresh).await
    }

    async fn find(&self, user: UserId) -> Result<Option<Credential>, StoreError> {
        self.record("credentials.find")?;
        self.real.credentials.find(user).await
    }

    async fn change(&self, change: PasswordChange, alongside: Alongside) -> Result<OtherSessions, PasswordChangeError> {
        self.record("credentials.change")?;
        self.real.credentials.change(change, alongside).await
    }

    async fn add_reset_token(&self, token: NewResetToken, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("credentials.add_reset_token")?;
        self.real.credentials.add_reset_token(token, alongside).await
    }

    async fn find_by_reset_token(&self, digest: ResetDigest, now: Timestamp) -> Result<Option<User>, StoreError> {
        self.record("credentials.find_by_reset_token")?;
        self.real.credentials.find_by_reset_token(digest, now).await
    }

    async fn list_reset_tokens(&self, user: UserId) -> Result<Vec<Timestamp>, StoreError> {
        self.record("credentials.list_reset_tokens")?;
        self.real.credentials.list_reset_tokens(user).await
    }

    async fn purge_reset_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("credentials.purge_reset_tokens")?;
        self.real.credentials.purge_reset_tokens(now, limit).await
    }
}

#[async_trait]
impl SessionRepository for FailingStore {
    async fn open(
        &self,
        digest: TokenDigest,
        session: SessionRecord,
        verified: PasswordVersion,
        replaces: Option<TokenDigest>,
        alongside: Alongside,
    ) -> Result<SessionId, OpenSessionError> {
        self.record("sessions.open")?;
        self.real.sessions.open(digest, session, verified, replaces, alongside).await
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        self.record("sessions.find")?;
        self.real.sessions.find(digest).await
    }

    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError> {
        self.record("sessions.touch")?;
        let _guard = self.touch_lock.lock().await;
        self.real.sessions.touch(id, seen_at, expires_at, unless_seen_after).await
    }

    async fn confirm(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<Option<SessionId>, StoreError> {
        self.record("sessions.confirm")?;
        self.real.sessions.confirm(digest, fresh, at, alongside).await
    }

    async fn end(&self, digest: TokenDigest, alongside: Alongside) -> Result<Option<EndedSession>, StoreError> {
        self.record("sessions.end")?;
        self.real.sessions.end(digest, alongside).await
    }

    async fn end_all(&self, user: UserId, alongside: Alongside) -> Result<u64, StoreError> {
        self.record("sessions.end_all")?;
        self.real.sessions.end_all(user, alongside).await
    }

    async fn end_of_user(&self, user: UserId, id: SessionId, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("sessions.end_of_user")?;
        self.real.sessions.end_of_user(user, id, alongside).await
    }

    async fn end_others(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        alongside: Alongside,
    ) -> Result<Option<KeptSession>, StoreError> {
        self.record("sessions.end_others")?;
        self.real.sessions.end_others(digest, fresh, alongside).await
    }

    async fn list(&self, user: UserId) -> Result<Vec<ListedSession>, StoreError> {
        self.record("sessions.list")?;
        self.real.sessions.list(user).await
    }

    async fn keep_only(&self, user: UserId, keep: Option<Rotation>) -> Result<OtherSessions, StoreError> {
        self.record("sessions.keep_only")?;
        self.real.sessions.keep_only(user, keep).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("sessions.purge")?;
        self.real.sessions.purge(now, limit).await
    }
}
