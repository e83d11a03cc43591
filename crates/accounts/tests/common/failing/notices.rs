//! The notices of the store that fails.

use domain::notice::{NoticeId, NoticeRepository, StoredNotice};

use super::*;

#[async_trait]
impl NoticeRepository for FailingStore {
    async fn list(&self, user: UserId, limit: u32) -> Result<Vec<StoredNotice>, StoreError> {
        self.record("notices.list")?;
        self.real.notices.list(user, limit).await
    }

    async fn dismiss(&self, user: UserId, id: NoticeId) -> Result<bool, StoreError> {
        self.record("notices.dismiss")?;
        self.real.notices.dismiss(user, id).await
    }

    async fn dismiss_all(&self, user: UserId, newest: NoticeId) -> Result<u64, StoreError> {
        self.record("notices.dismiss_all")?;
        self.real.notices.dismiss_all(user, newest).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("notices.purge")?;
        self.real.notices.purge(before, limit).await
    }
}
