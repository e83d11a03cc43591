//! A session store in memory. Its sessions end with the process, and it serves one process only.
//!
//! A store on a server, such as Redis, has the same shape: every method is one atomic step there, as it is one critical
//! section here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accounts::ports::{
    AccountPorts, Alongside, CredentialRepository, EndedSession, Event, EventRepository, KeptSession, ListedSession,
    MOST_COUNTED, NoticeRepository, OpenSessionError, OtherSessions, PasswordVersion, Rotation, SessionId,
    SessionRecord, SessionRepository, StoredSession, TokenDigest, UserId, UserRepository,
};
use accounts::{StoreError, Timestamp};
use async_trait::async_trait;

/// The most sessions of a user: the oldest ends.
const MOST_SESSIONS: usize = 100;

/// Sessions in memory, and the stores of their users and of what comes alongside.
pub(crate) struct MemorySessions {
    users: Arc<dyn UserRepository>,
    credentials: Arc<dyn CredentialRepository>,
    events: Arc<dyn EventRepository>,
    notices: Arc<dyn NoticeRepository>,
    sessions: Mutex<Sessions>,
}

/// The sessions by token digest. The lock is never held across an `await`.
#[derive(Default)]
struct Sessions {
    rows: HashMap<TokenDigest, Row>,
    last_id: i64,
}

struct Row {
    id: SessionId,
    record: SessionRecord,
}

impl MemorySessions {
    /// A store without sessions.
    pub(crate) fn new(AccountPorts { users, credentials, events, notices, .. }: &AccountPorts) -> Self {
        let (users, credentials) = (Arc::clone(users), Arc::clone(credentials));
        let (events, notices) = (Arc::clone(events), Arc::clone(notices));
        Self { users, credentials, events, notices, sessions: Mutex::default() }
    }

    /// Whether the user may open a session after the password was verified at that version.
    async fn ensure_current(
        &self,
        user: UserId,
        verified: PasswordVersion,
        now: Timestamp,
    ) -> Result<(), OpenSessionError> {
        match self.credentials.find(user).await? {
            Some(found) if !found.user.may_log_in(now) => Err(OpenSessionError::UserDisabled),
            Some(found) if found.version != verified => Err(OpenSessionError::PasswordChanged),
            Some(found) if found.user.deletion.is_some() => Err(OpenSessionError::DeletionRequested),
            Some(_) => Ok(()),
            None => Err(OpenSessionError::UserDisabled),
        }
    }

    /// Writes the events after the step. An event that fails does not undo the step, which is done.
    async fn add(&self, events: impl Iterator<Item = Event>) {
        for event in events {
            let _ = self.events.add(event).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    fn open(
        &mut self,
        digest: TokenDigest,
        record: SessionRecord,
        replaces: Option<TokenDigest>,
    ) -> Result<SessionId, StoreError> {
        if self.rows.contains_key(&digest) {
            return Err(StoreError::new("a session with this token digest is open"));
        }
        if let Some(replaced) = replaces {
            self.rows.remove(&replaced);
        }
        let mut ids: Vec<_> =
            self.rows.values().filter(|row| row.record.user == record.user).map(|row| row.id.get()).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        let ended: Vec<_> = ids.into_iter().skip(MOST_SESSIONS - 1).collect();
        self.rows.retain(|_, row| !ended.contains(&row.id.get()));
        self.last_id += 1; // an id is never used again: a late touch must not reach another session
        let id = SessionId::new(self.last_id);
        self.rows.insert(digest, Row { id, record });
        Ok(id)
    }

    fn confirm(
        &mut self,
        digest: TokenDigest,
        fresh: TokenDigest,
        at: Timestamp,
    ) -> Result<Option<(SessionId, UserId)>, StoreError> {
        let Some(row) = self.replace_digest(digest, fresh)? else { return Ok(None) };
        row.record.authenticated_at = at;
        Ok(Some((row.id, row.record.user)))
    }

    fn end_others(&mut self, digest: TokenDigest, fresh: TokenDigest) -> Result<Option<KeptSession>, StoreError> {
        let Some(row) = self.replace_digest(digest, fresh)? else { return Ok(None) };
        let (id, user) = (row.id, row.record.user);
        let ended = self.remove_if(usize::MAX, |row| row.record.user == user && row.id != id);
        Ok(Some(KeptSession { id, user, ended }))
    }

    fn replace_digest(&mut self, digest: TokenDigest, fresh: TokenDigest) -> Result<Option<&mut Row>, StoreError> {
        if self.rows.contains_key(&fresh) {
            return Err(StoreError::new("a session with this token digest is open"));
        }
        let Some(row) = self.rows.remove(&digest) else { return Ok(None) };
        Ok(Some(self.rows.entry(fresh).or_insert(row)))
    }

    /// Gives a session of the user its new token, unless it has it already.
    fn rotate(&mut self, user: UserId, Rotation { from, to, authenticated_at }: Rotation) -> Option<SessionId> {
        let is_own = |row: &Row| row.record.user == user;
        if self.rows.get(&from).is_some_and(is_own)
            && let Some(mut row) = self.rows.remove(&from)
        {
            row.record.authenticated_at = authenticated_at;
            self.rows.insert(to, row);
        }
        Some(self.rows.get(&to).filter(|row| is_own(row))?.id)
    }

    /// Removes every session that matches, and returns how many there were.
    fn remove_if(&mut self, limit: usize, matches: impl Fn(&Row) -> bool) -> u64 {
        let removed = self.rows.extract_if(|_, row| matches(row)).take(limit);
        removed.map(|_| 1).sum()
    }
}

#[async_trait]
impl SessionRepository for MemorySessions {
    async fn open(
        &self,
        digest: TokenDigest,
        record: SessionRecord,
        verified: PasswordVersion,
        replaces: Option<TokenDigest>,
        alongside: Alongside,
    ) -> Result<SessionId, OpenSessionError> {
        let (user, now) = (record.user, record.created_at);
        self.ensure_current(user, verified, now).await?;
        let id = self.lock().open(digest, record, replaces)?;
        // What disables the user or changes the password commits elsewhere, and ends the sessions here afterwards: one that was
        // opened in between is found now.
        if let Err(refused) = self.ensure_current(user, verified, now).await {
            self.lock().rows.remove(&digest);
            return Err(refused);
        }
        self.add(alongside.completed(user, Some(id))).await;
        Ok(id)
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        let found = self.lock().rows.get(&digest).map(|row| (row.id, row.record.clone()));
        let Some((id, record)) = found else { return Ok(None) };
        let Some(user) = self.users.find(record.user).await? else { return Ok(None) };
        let roles = self.users.list_roles(user.id).await?;
        let notices = self.notices.list(user.id, MOST_COUNTED).await?.len();
        let notices = u32::try_from(notices).unwrap_or(MOST_COUNTED);
        Ok(Some(StoredSession { id, user, roles, notices, record }))
    }

    async fn touch(
        &self,
        id: SessionId,
        seen_at: Timestamp,
        expires_at: Timestamp,
        unless_seen_after: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut sessions = self.lock();
        let row = sessions.rows.values_mut().find(|row| row.id == id);
        let Some(row) = row.filter(|row| row.record.last_seen_at <= unless_seen_after) else { return Ok(false) };
        (row.record.last_seen_at, row.record.expires_at) = (seen_at, expires_at);
        Ok(true)
    }

    async fn confirm(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<Option<SessionId>, StoreError> {
        let Some((id, user)) = self.lock().confirm(digest, fresh, at)? else { return Ok(None) };
        self.add(alongside.completed(user, Some(id))).await;
        Ok(Some(id))
    }

    async fn end(&self, digest: TokenDigest, alongside: Alongside) -> Result<Option<EndedSession>, StoreError> {
        let ended = self.lock().rows.remove(&digest);
        let Some(Row { id, record: SessionRecord { user, .. } }) = ended else { return Ok(None) };
        self.add(alongside.completed(user, Some(id))).await;
        Ok(Some(EndedSession { id, user }))
    }

    async fn end_all(&self, user: UserId, alongside: Alongside) -> Result<u64, StoreError> {
        let ended = self.lock().remove_if(usize::MAX, |row| row.record.user == user);
        if ended > 0 {
            self.add(alongside.counting(ended).completed(user, None)).await;
        }
        Ok(ended)
    }

    async fn end_of_user(&self, user: UserId, id: SessionId, alongside: Alongside) -> Result<bool, StoreError> {
        let is_ended = self.lock().remove_if(1, |row| row.id == id && row.record.user == user) > 0;
        if is_ended {
            self.add(alongside.completed(user, Some(id))).await;
        }
        Ok(is_ended)
    }

    async fn end_others(
        &self,
        digest: TokenDigest,
        fresh: TokenDigest,
        alongside: Alongside,
    ) -> Result<Option<KeptSession>, StoreError> {
        let Some(kept) = self.lock().end_others(digest, fresh)? else { return Ok(None) };
        if kept.ended > 0 {
            self.add(alongside.counting(kept.ended).completed(kept.user, None)).await;
        }
        Ok(Some(kept))
    }

    async fn list(&self, user: UserId) -> Result<Vec<ListedSession>, StoreError> {
        let sessions = self.lock();
        let rows = sessions.rows.values().filter(|row| row.record.user == user);
        let mut listed: Vec<_> = rows.map(|row| ListedSession { id: row.id, record: row.record.clone() }).collect();
        listed.sort_unstable_by_key(|session| std::cmp::Reverse(session.id.get()));
        Ok(listed)
    }

    async fn keep_only(&self, user: UserId, keep: Option<Rotation>) -> Result<OtherSessions, StoreError> {
        let mut sessions = self.lock();
        let kept = keep.and_then(|rotation| sessions.rotate(user, rotation));
        let ended = sessions.remove_if(usize::MAX, |row| row.record.user == user && Some(row.id) != kept);
        Ok(OtherSessions { ended, kept })
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self.lock().remove_if(limit, |row| row.record.expires_at <= now))
    }
}
