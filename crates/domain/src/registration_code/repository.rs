//! The port of stored registration codes.

use async_trait::async_trait;

use super::{CodeDigest, CodeId, NewCode, StoredCode};
use crate::{Alongside, Page, PageSize, StoreError, Timestamp};

/// Stored registration codes. A code is used up by [`UserRepository::add`](crate::user::UserRepository::add), in the commit that
/// adds the user.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RegistrationCodeRepository: Send + Sync {
    /// Adds a code, and writes the events of `alongside`, about no user. The detail of an event that has none is the code's
    /// [name](CodeId::name). Returns the id of the code.
    async fn add(&self, code: NewCode, alongside: Alongside) -> Result<CodeId, StoreError>;

    /// Returns the code with that digest if it registers an account at `now`; otherwise `None`. Writes nothing.
    async fn find_usable(&self, digest: CodeDigest, now: Timestamp) -> Result<Option<StoredCode>, StoreError>;

    /// Revokes a code at `at`, which registers nobody from then on, and writes the events of `alongside`, about no user.
    ///
    /// Returns `false` and writes nothing if there is no such code, or it is revoked already.
    async fn revoke(&self, code: CodeId, at: Timestamp, alongside: Alongside) -> Result<bool, StoreError>;

    /// Lists codes, the newest first: those before the cursor `before`, or from the newest.
    ///
    /// A code that is added between two pages does not shift the second.
    async fn list(&self, before: Option<CodeId>, size: PageSize) -> Result<Page<StoredCode, CodeId>, StoreError>;

    /// Removes up to `limit` codes that have expired [`LISTED_FOR`](super::LISTED_FOR) before `now` or earlier, the oldest first.
    /// Returns their number.
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
