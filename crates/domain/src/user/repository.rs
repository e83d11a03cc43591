//! The port of stored users.

use async_trait::async_trait;

use super::{
    AddRoleError, CompleteDeletionError, DueDeletion, Email, ImportOutcome, ImportedUser, NewUser,
    RequestDeletionError, RequestedDeletion, Role, Roles, User, UserId, Username, UsernameError,
};
use crate::credential::{PasswordHash, PasswordVersion};
use crate::{Alongside, HookRefusal, Page, PageSize, StoreError, Timestamp};

/// Stored users.
///
/// Each method is one commit. `Ok` means that the commit is durable. A [`StoreError`] means that nothing changed,
/// unless [its outcome is unknown](StoreError::is_outcome_unknown).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user with the hash of the password.
    ///
    /// Usernames and e-mail addresses are unique by their keys. A username is also refused if it has the
    /// [skeleton](Username::skeleton) of another user's, or if it is reserved at the user's `joined_at`: by its key, or by its
    /// skeleton. Of concurrent calls with an equal key or skeleton, from any process, exactly one adds its user.
    ///
    /// A [`RegistrationKey`](super::RegistrationKey) is stored with the user in the same commit, for its lifetime. So is
    /// `alongside`, about the new user.
    ///
    /// A registration code is used once in the same commit. A user who is not added, or was added before, uses none.
    ///
    /// # Errors
    /// [`AddUserError::Repeated`]: less than that lifetime ago a user was added with the same registration key and the
    /// same keys of username and e-mail address. [`AddUserError::Taken`] names every key that is taken.
    /// [`AddUserError::Refused`]: a hook of the embedder refuses the user. [`AddUserError::Code`]: the registration code
    /// registers nobody at the user's `joined_at`; no key is taken then.
    async fn add(&self, user: NewUser, hash: PasswordHash, alongside: Alongside) -> Result<User, AddUserError>;

    /// Returns the user that [`UserRepository::add`] would return as [`AddUserError::Repeated`]; `None` if the registration is no
    /// repeat. Writes nothing.
    async fn find_repeated(&self, user: NewUser) -> Result<Option<User>, StoreError>;

    /// Renames a user, writes `alongside` about the user, and returns the user with the new name. The name that the user has
    /// already, in the same spelling, writes nothing. Of concurrent calls with an equal key or skeleton, from any process, one
    /// succeeds.
    ///
    /// The former name is reserved for the user until [`Username::RESERVED`] after `at`, in the same commit, unless only the
    /// spelling changes. The user may take a name back that is reserved for that user, which ends the reservation. Of more
    /// than [`Username::MOST_RESERVED`] reservations of the user, the first to end is removed.
    ///
    /// Copies of the name in other tables are rewritten in the same commit.
    ///
    /// # Errors
    /// [`RenameUserError`]. Nothing was written.
    async fn rename(
        &self,
        user: UserId,
        name: Username,
        at: Timestamp,
        alongside: Alongside,
    ) -> Result<User, RenameUserError>;

    /// Gives a user another e-mail address, writes `alongside` about the user, and returns the user with it. The address that the
    /// user has already, in the same spelling, writes nothing. Of concurrent calls with an equal key, from any process, one
    /// succeeds.
    ///
    /// `verified` is the version of the password by which the user has asked. A user whose password is another by now, who is
    /// disabled, or whose deletion is requested, is [`ChangeEmailError::NotFound`].
    ///
    /// # Errors
    /// [`ChangeEmailError`]. Nothing was written.
    async fn change_email(
        &self,
        user: UserId,
        verified: PasswordVersion,
        email: Email,
        alongside: Alongside,
    ) -> Result<User, ChangeEmailError>;

    /// Disables a user at `at` and ends every session of the user, which stay ended. Writes `alongside` about the user; its
    /// events count the sessions, whose number is returned.
    ///
    /// Returns `None` and writes nothing if there is no such user, or the user is disabled already.
    async fn disable(&self, user: UserId, at: Timestamp, alongside: Alongside) -> Result<Option<u64>, StoreError>;

    /// Enables a disabled user, and writes `alongside` about the user. Returns `false` and writes nothing if there is no such
    /// user, or the user is not disabled.
    async fn enable(&self, user: UserId, alongside: Alongside) -> Result<bool, StoreError>;

    /// Gives a user a role, and writes `alongside` about the user. Returns `false` and writes nothing if the user has the role
    /// already.
    ///
    /// # Errors
    /// [`AddRoleError`]. Nothing was written. Of concurrent calls, from any process, no more succeed than
    /// [`MOST_ROLES`](super::MOST_ROLES) allows.
    async fn add_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, AddRoleError>;

    /// Takes a role from a user, and writes `alongside` about the user. Returns `false` and writes nothing if the user does not
    /// have the role, or there is no such user.
    async fn remove_role(&self, user: UserId, role: Role, alongside: Alongside) -> Result<bool, StoreError>;

    /// Returns the roles of a user; none if there is no such user.
    async fn list_roles(&self, user: UserId) -> Result<Roles, StoreError>;

    /// Requests at `at` the deletion of a user, which is due at `due`. Ends every session of the user, runs the
    /// embedder's hooks, and writes `alongside` about the user; its events count the sessions.
    ///
    /// A deletion that is requested already stays as it is, and nothing else is written, but for an earlier `due`. From the commit on
    /// no session opens until the deletion is undone. The known browsers and networks of the user stay until it is completed.
    ///
    /// # Errors
    /// [`RequestDeletionError`]. Nothing was written.
    async fn request_deletion(
        &self,
        user: UserId,
        at: Timestamp,
        due: Timestamp,
        alongside: Alongside,
    ) -> Result<RequestedDeletion, RequestDeletionError>;

    /// Undoes at `now` the deletion of a user that is requested and not due, and writes `alongside` about the user. Returns `false`
    /// and writes nothing if there is none.
    async fn undo_deletion(&self, user: UserId, now: Timestamp, alongside: Alongside) -> Result<bool, StoreError>;

    /// Lists at most `limit` deletions that are due at `now`, in their order, after `after`.
    async fn list_due_deletions(
        &self,
        now: Timestamp,
        after: Option<DueDeletion>,
        limit: u32,
    ) -> Result<Vec<DueDeletion>, StoreError>;

    /// Completes at `now` the deletion of a user that is due, and writes `alongside` about the user. Returns the user as it stays.
    ///
    /// The row of the user stays with a [name of deleted users](super::Deletion::name_of) and an address that is none. The former
    /// address is free, and the former name is reserved as by [`UserRepository::rename`]. The password hash, the sessions, the known
    /// browsers and networks, the roles, the reset tokens and the registration key are removed; the embedder's hooks run, and copies of the name in other
    /// tables are rewritten, in the same commit. The events of the user stay until they are purged. It is the row of no one then: it is not disabled, and cannot be renamed.
    ///
    /// # Errors
    /// [`CompleteDeletionError`]. Nothing was written.
    async fn complete_deletion(
        &self,
        user: UserId,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<User, CompleteDeletionError>;

    /// Adds users of another program in one commit, in their order, and returns what became of each.
    ///
    /// A user whose keys are free is added as given, and `alongside` with each, about that user. Otherwise nothing of that one
    /// is written: see [`ImportOutcome`]. A name that is reserved at `now`, or looks like another user's, is no free key. A list
    /// has at most 1,000 users, so that other writes do not wait for long.
    async fn import(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
        alongside: Alongside,
    ) -> Result<Vec<ImportOutcome>, StoreError>;

    /// Returns what [`UserRepository::import`] would not add, and why; `None` for a user whose keys are free. Writes
    /// nothing, and does not compare the users of the list with each other.
    async fn find_imported(
        &self,
        users: Vec<ImportedUser>,
        now: Timestamp,
    ) -> Result<Vec<Option<ImportOutcome>>, StoreError>;

    /// Removes up to `limit` registration keys whose lifetime has ended at `now`, the oldest first. Returns their number.
    async fn purge_registration_keys(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Returns the former usernames that are reserved for a user, the first whose reservation ends first; none if there is no such
    /// user. Reservations that have ended are returned until they are purged.
    async fn list_former_usernames(&self, user: UserId) -> Result<Vec<FormerUsername>, StoreError>;

    /// Removes up to `limit` reservations of former usernames that have ended at `now`, the oldest first. Returns their number.
    async fn purge_former_usernames(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Returns the user, or `None` if there is no such user. Disabled users are returned too.
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Returns the user with the key of that name, or `None` if there is no such user.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StoreError>;

    /// Lists users, the newest first: those before the cursor `before`, or from the newest. Deleted users are not listed.
    ///
    /// A user who is added between two pages does not shift the second.
    async fn list(&self, before: Option<UserId>, size: PageSize) -> Result<Page<User, UserId>, StoreError>;
}

/// A username that a user has given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerUsername {
    /// The [key](Username::key) of the name: its spelling is not stored.
    pub key: String,
    /// Until when no other user gets it, or one that looks like it.
    pub reserved_until: Timestamp,
}

/// Which keys of a new user are taken. At least one is `true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenKeys {
    /// A user has the key of the username, or it is reserved for its former owner.
    pub username: bool,
    /// The key of the username is free, but the name looks like that of another user, or like a reserved one.
    pub look_alike: bool,
    /// A user has the key of the e-mail address.
    pub email: bool,
}

/// Why a user was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddUserError {
    /// Another user has a key of this one.
    #[error("the username or the e-mail address is taken")]
    Taken(TakenKeys),
    /// The user was added before, by the same submitted form. Nothing was written.
    #[error("the user was added before by the same form")]
    Repeated(Box<User>),
    /// The registration code is unknown, used up, expired or revoked.
    #[error("the registration code registers nobody")]
    Code,
    /// A hook of the embedder refuses the user.
    #[error(transparent)]
    Refused(HookRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a user was not renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameUserError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// Another user has the key of the name, or it is reserved for its former owner.
    #[error("the username is taken")]
    Taken,
    /// The name looks like that of another user, or like a reserved one.
    #[error("the username looks like another one")]
    LookAlike,
    /// A new name may not be this one.
    #[error(transparent)]
    Name(#[from] UsernameError),
    /// A hook of the embedder refuses the name.
    #[error(transparent)]
    Refused(HookRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a user has no other e-mail address.
#[derive(Debug, thiserror::Error)]
pub enum ChangeEmailError {
    /// There is no such user with that password who may change the address.
    #[error("there is no such user")]
    NotFound,
    /// Another user has the key of the address.
    #[error("the e-mail address is taken")]
    Taken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
