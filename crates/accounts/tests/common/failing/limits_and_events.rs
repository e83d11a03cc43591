//! The ports of what limits attempts, of registration codes, of events and of leases.
#![allow(clippy::wildcard_imports, reason = "the ports and their types are those of the file above")]

use super::*;

#[async_trait]
impl ThrottleRepository for FailingStore {
    async fn check(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError> {
        self.record("throttles.check")?;
        self.real.throttles.check(limits, now).await
    }

    async fn count(&self, limits: &[Limit], now: Timestamp) -> Result<Result<Attempt, Throttled>, StoreError> {
        self.record("throttles.count")?;
        let _held = self.count_lock.lock().await;
        self.real.throttles.count(limits, now).await
    }

    async fn give_back(&self, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        self.record("throttles.give_back")?;
        self.real.throttles.give_back(keys).await
    }

    async fn forget(&self, keys: &[ThrottleKey]) -> Result<(), StoreError> {
        self.record("throttles.forget")?;
        self.real.throttles.forget(keys).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("throttles.purge")?;
        self.real.throttles.purge(now, limit).await
    }

    async fn trim(&self, most: u64) -> Result<u64, StoreError> {
        self.record("throttles.trim")?;
        self.real.throttles.trim(most).await
    }
}

#[async_trait]
impl KnownBrowserRepository for FailingStore {
    async fn find(
        &self,
        user: UserId,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<Recognition, StoreError> {
        self.record("known_browsers.find")?;
        self.real.known_browsers.find(user, digest, network, now).await
    }

    async fn remember(
        &self,
        user: UserId,
        verified: PasswordVersion,
        digest: Option<BrowserDigest>,
        network: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.record("known_browsers.remember")?;
        self.real.known_browsers.remember(user, verified, digest, network, now).await
    }

    async fn count_failure(&self, user: UserId, digest: BrowserDigest, now: Timestamp) -> Result<bool, StoreError> {
        self.record("known_browsers.count_failure")?;
        self.real.known_browsers.count_failure(user, digest, now).await
    }

    async fn list(&self, user: UserId) -> Result<Vec<KnownClient>, StoreError> {
        self.record("known_browsers.list")?;
        self.real.known_browsers.list(user).await
    }

    async fn forget_all(&self, user: UserId) -> Result<u64, StoreError> {
        self.record("known_browsers.forget_all")?;
        self.real.known_browsers.forget_all(user).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("known_browsers.purge")?;
        self.real.known_browsers.purge(now, limit).await
    }
}

#[async_trait]
impl EventRepository for FailingStore {
    async fn add(&self, event: Event) -> Result<(), StoreError> {
        self.record("events.add")?;
        self.real.events.add(event).await
    }

    async fn list(
        &self,
        filter: EventFilter,
        before: Option<EventId>,
        size: PageSize,
    ) -> Result<Page<StoredEvent, EventId>, StoreError> {
        self.record("events.list")?;
        self.real.events.list(filter, before, size).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("events.purge")?;
        self.real.events.purge(now, limit).await
    }
}

#[async_trait]
impl LeaseRepository for FailingStore {
    async fn acquire(
        &self,
        name: &str,
        holder: LeaseHolder,
        now: Timestamp,
        duration: Duration,
    ) -> Result<bool, StoreError> {
        self.record("leases.acquire")?;
        self.real.leases.acquire(name, holder, now, duration).await
    }

    async fn release(&self, name: &str, holder: LeaseHolder) -> Result<bool, StoreError> {
        self.record("leases.release")?;
        self.real.leases.release(name, holder).await
    }
}

#[async_trait]
impl RegistrationCodeRepository for FailingStore {
    async fn add(&self, code: NewCode, alongside: Alongside) -> Result<CodeId, StoreError> {
        self.record("registration_codes.add")?;
        self.real.registration_codes.add(code, alongside).await
    }

    async fn find_usable(&self, digest: CodeDigest, now: Timestamp) -> Result<Option<StoredCode>, StoreError> {
        self.record("registration_codes.find_usable")?;
        self.real.registration_codes.find_usable(digest, now).await
    }

    async fn revoke(&self, code: CodeId, at: Timestamp, alongside: Alongside) -> Result<bool, StoreError> {
        self.record("registration_codes.revoke")?;
        self.real.registration_codes.revoke(code, at, alongside).await
    }

    async fn list(&self, before: Option<CodeId>, size: PageSize) -> Result<Page<StoredCode, CodeId>, StoreError> {
        self.record("registration_codes.list")?;
        self.real.registration_codes.list(before, size).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.record("registration_codes.purge")?;
        self.real.registration_codes.purge(now, limit).await
    }
}
