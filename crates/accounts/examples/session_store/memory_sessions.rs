//! A session store in memory. Its sessions end with the process, and it serves one process only.
//!
//! A store on a server, such as Redis, has the same shape: every method is one atomic step there, as it is one critical
//! section here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accounts::ports::{
    EndedSession, SessionId, SessionRecord, SessionRepository, StoredSession, TokenDigest, UserId, UserRepository,
};
use accounts::{StoreError, Timestamp};
use async_trait::async_trait;

/// Sessions in memory, and the store of their users.
pub(crate) struct MemorySessions {
    users: Arc<dyn UserRepository>,
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
    pub(crate) fn new(users: Arc<dyn UserRepository>) -> Self {
        Self { users, sessions: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// Removes every session that matches, and returns how many there were.
    fn remove_if(&mut self, limit: usize, matches: impl Fn(&SessionRecord) -> bool) -> u64 {
        let removed = self.rows.extract_if(|_, row| matches(&row.record)).take(limit);
        removed.map(|_| 1).sum()
    }
}

#[async_trait]
impl SessionRepository for MemorySessions {
    async fn open(
        &self,
        digest: TokenDigest,
        record: SessionRecord,
        replaces: Option<TokenDigest>,
    ) -> Result<SessionId, StoreError> {
        let mut sessions = self.lock();
        if sessions.rows.contains_key(&digest) {
            return Err(StoreError::new("a session with this token digest is open"));
        }
        if let Some(replaced) = replaces {
            sessions.rows.remove(&replaced);
        }
        sessions.last_id += 1; // an id is never used again: a late touch must not reach another session
        let id = SessionId::new(sessions.last_id);
        sessions.rows.insert(digest, Row { id, record });
        Ok(id)
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StoredSession>, StoreError> {
        let found = self.lock().rows.get(&digest).map(|row| (row.id, row.record.clone()));
        let Some((id, record)) = found else { return Ok(None) };
        let user = self.users.find(record.user).await?;
        Ok(user.map(|user| StoredSession { id, user, record }))
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

    async fn end(&self, digest: TokenDigest) -> Result<Option<EndedSession>, StoreError> {
        let ended = self.lock().rows.remove(&digest);
        Ok(ended.map(|row| EndedSession { id: row.id, user: row.record.user }))
    }

    async fn end_all(&self, user: UserId) -> Result<u64, StoreError> {
        Ok(self.lock().remove_if(usize::MAX, |record| record.user == user))
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self.lock().remove_if(limit, |record| record.expires_at <= now))
    }
}
