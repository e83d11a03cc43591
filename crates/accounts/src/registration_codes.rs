//! Registration codes: who may register, and the use cases to make, list and revoke codes.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use auth::RegistrationCode;
use domain::event::EventKind;
use domain::registration_code::{CodeId, CodeNote, CodeUses, NewCode, StoredCode};
use domain::{Alongside, Page, PageSize, StoreError, Timestamp};

use crate::{Accounts, Caller};

/// Who may register: see [`crate::Builder::registration`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RegistrationPolicy {
    /// Everybody.
    #[default]
    Open,
    /// Whoever has a registration code.
    Code,
    /// Nobody, but an operator: see [`crate::Caller::operator`].
    Closed,
}

/// The text is not the name of a [`RegistrationPolicy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("registration is `open`, `code` or `closed`")]
pub struct RegistrationPolicyError;

impl RegistrationPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Code, Self::Closed];

    /// The name, as a setting of a program has it: `open`, `code` or `closed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Code => "code",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for RegistrationPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for RegistrationPolicy {
    type Err = RegistrationPolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|policy| policy.name() == text).ok_or(RegistrationPolicyError)
    }
}

/// A registration code to make.
#[derive(Debug, Clone)]
pub struct CodeSettings {
    /// How many accounts it registers.
    pub uses: CodeUses,
    /// How long it is valid. At most 3,650 days; a longer time is shortened to that.
    pub valid_for: Duration,
    /// What the operator notes about it, such as for whom it is.
    pub note: Option<CodeNote>,
}

impl CodeSettings {
    /// The longest validity: 3,650 days.
    pub const MAX_VALIDITY: Duration = Duration::from_hours(3_650 * 24);
}

/// One account, within 14 days.
impl Default for CodeSettings {
    fn default() -> Self {
        Self { uses: CodeUses::ONE, valid_for: Duration::from_hours(14 * 24), note: None }
    }
}

/// A registration code that was made.
#[derive(Debug)]
pub struct MadeCode {
    /// The number by which an operator names it.
    pub id: CodeId,
    /// The code, which is stored nowhere. A link to the registration page fills it in: `/register?code=…`.
    pub code: RegistrationCode,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Accounts {
    /// Who may register.
    #[must_use]
    pub fn registration_policy(&self) -> RegistrationPolicy {
        self.inner.registration
    }

    /// Makes a registration code. It registers where the policy is [`RegistrationPolicy::Code`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn make_registration_code(&self, new: CodeSettings, caller: &Caller) -> Result<MadeCode, StoreError> {
        let CodeSettings { uses, valid_for, note } = new;
        let code = RegistrationCode::new(&*self.inner.random);
        let made = self.event(EventKind::RegistrationCodeMade, caller).counting(u64::from(uses.get()));
        let (created_at, expires_at) = (made.at, made.at + valid_for.min(CodeSettings::MAX_VALIDITY));
        let new = NewCode { digest: code.digest(), uses, note, created_at, expires_at };
        let codes = &self.inner.ports.registration_codes;
        let id = codes.add(new, Alongside::event(made.clone())).await?;
        self.emit(&made.about(&id.name()));
        Ok(MadeCode { id, code, expires_at })
    }

    /// Lists registration codes, the newest first: those before the cursor `before`, or from the newest. One that has ended is
    /// listed for 90 days more.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn registration_codes(
        &self,
        before: Option<CodeId>,
        size: PageSize,
    ) -> Result<Page<StoredCode, CodeId>, StoreError> {
        self.inner.ports.registration_codes.list(before, size).await
    }

    /// Revokes a registration code: it registers nobody from then on. The users who have registered with it stay.
    ///
    /// Returns `false` if there is no such code, or it is revoked already.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn revoke_registration_code(&self, code: CodeId, caller: &Caller) -> Result<bool, StoreError> {
        let revoked = self.event(EventKind::RegistrationCodeRevoked, caller).about(&code.name());
        let codes = &self.inner.ports.registration_codes;
        let is_revoked = codes.revoke(code, revoked.at, Alongside::event(revoked.clone())).await?;
        if is_revoked {
            self.emit(&revoked);
        }
        Ok(is_revoked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_is_parsed_from_its_name_alone() {
        for policy in RegistrationPolicy::ALL {
            assert_eq!(policy.to_string().parse(), Ok(policy));
        }
        for text in ["", "Open", "codes", "close"] {
            assert_eq!(text.parse::<RegistrationPolicy>(), Err(RegistrationPolicyError), "{text}");
        }
    }
}
