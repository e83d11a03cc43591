//! The export of an account: one JSON document with everything that is stored about a user, and nothing that opens the account.
//!
//! The document is made piece by piece, so that memory use does not depend on how much a user has stored.

mod rows;
mod source;

use std::fmt::Write as _;
use std::sync::Arc;

use domain::event::{EventFilter, EventId};
use domain::user::{Roles, User, UserId};
use domain::{PageSize, StoreError, Timestamp};
use serde_json::{Value, json};

pub use self::source::{ExportPage, ExportSource};
use crate::Accounts;

/// The format of the document. It changes where a field changes its meaning or is removed, and not where one is added.
const FORMAT: &str = "accounts-export-1";

/// The names of the members of the document that this crate writes.
pub(crate) const RESERVED_NAMES: &[&str] = &[
    "format",
    "exported_at",
    "user",
    "former_usernames",
    "sessions",
    "known_browsers",
    "reset_links",
    "events",
    "notices",
];

/// The most notices that are exported: the newest.
const MOST_NOTICES: u32 = 10_000;

/// An export that is under way: [`Accounts::export`] begins it.
///
/// The document has the members `format`, `exported_at`, `user`, `former_usernames`, `sessions`, `known_browsers`, `reset_links`,
/// `events`, `notices`, and an array for each [`ExportSource`] of the embedder. Times are texts in UTC, as in RFC 3339. It has no password hash, no token, and no digest of one.
pub struct Export {
    accounts: Accounts,
    user: User,
    roles: Roles,
    section: Section,
    /// After which row the next page of the section begins.
    after: Option<String>,
    /// Whether the section has begun, and whether it has rows.
    has_begun: bool,
    has_rows: bool,
}

/// What the next piece is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Head,
    FormerUsernames,
    Sessions,
    KnownBrowsers,
    ResetLinks,
    Events,
    Notices,
    Own(usize),
    End,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("user", &self.user.id).field("section", &self.section).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Begins the export of a user. `None` if there is no such user.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn export(&self, user: UserId) -> Result<Option<Export>, StoreError> {
        let Some(found) = self.inner.ports.users.find(user).await? else { return Ok(None) };
        Ok(Some(Export {
            accounts: self.clone(),
            user: found,
            roles: self.inner.ports.users.list_roles(user).await?,
            section: Section::Head,
            after: None,
            has_begun: false,
            has_rows: false,
        }))
    }
}

impl Export {
    /// The user.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// A name for the file: `account-of-{username}.json`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("account-of-{}.json", self.user.username)
    }

    /// The next piece of the document, of at most some hundred rows; `None` after the last.
    ///
    /// The pieces are read one after another: what is written meanwhile may be in it or not.
    ///
    /// # Errors
    /// [`StoreError`]: the document is not complete. The same piece can be asked for again.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        let page = match self.section {
            Section::Head => {
                self.section = Section::FormerUsernames;
                return Ok(Some(self.head()));
            }
            Section::End => return Ok(None),
            Section::FormerUsernames => ExportPage::all(self.former_usernames().await?),
            Section::Sessions => ExportPage::all(self.sessions().await?),
            Section::KnownBrowsers => ExportPage::all(self.known_browsers().await?),
            Section::ResetLinks => ExportPage::all(self.reset_links().await?),
            Section::Events => self.events().await?,
            Section::Notices => ExportPage::all(self.notices().await?),
            Section::Own(n) => {
                let Some(source) = self.accounts.inner.export_sources.get(n).cloned() else {
                    self.section = Section::End;
                    return Ok(Some("\n}\n".to_owned()));
                };
                source.page(self.user.id, self.after.clone()).await?
            }
        };
        Ok(Some(self.write(page)))
    }

    /// The beginning of the document, up to the user.
    fn head(&self) -> String {
        let now = rows::time(self.accounts.inner.clock.now());
        let user = rows::user(&self.user, &self.roles);
        format!("{{\n\"format\": \"{FORMAT}\",\n\"exported_at\": {now},\n\"user\": {user}")
    }

    fn name(&self) -> &'static str {
        match self.section {
            Section::FormerUsernames => "former_usernames",
            Section::Sessions => "sessions",
            Section::KnownBrowsers => "known_browsers",
            Section::ResetLinks => "reset_links",
            Section::Events => "events",
            Section::Notices => "notices",
            Section::Own(n) => self.accounts.inner.export_sources.get(n).map_or("", |source| source.name()),
            Section::Head | Section::End => "",
        }
    }

    /// A page of the section as text. After the last one the next section begins.
    fn write(&mut self, ExportPage { rows, next }: ExportPage) -> String {
        let mut text = String::new();
        if !self.has_begun {
            let _ = write!(text, ",\n{}: [", Value::from(self.name())); // writing to a text does not fail
        }
        self.has_begun = true;
        for row in rows {
            text.push_str(if self.has_rows { ",\n" } else { "\n" });
            let _ = write!(text, "{row}");
            self.has_rows = true;
        }
        self.after = next;
        if self.after.is_none() {
            text.push(']');
            (self.has_begun, self.has_rows) = (false, false);
            self.section = match self.section {
                Section::Head => Section::FormerUsernames,
                Section::FormerUsernames => Section::Sessions,
                Section::Sessions => Section::KnownBrowsers,
                Section::KnownBrowsers => Section::ResetLinks,
                Section::ResetLinks => Section::Events,
                Section::Events => Section::Notices,
                Section::Notices => Section::Own(0),
                Section::Own(n) => Section::Own(n + 1),
                Section::End => Section::End,
            };
        }
        text
    }

    async fn former_usernames(&self) -> Result<Vec<Value>, StoreError> {
        let former = self.accounts.inner.ports.users.list_former_usernames(self.user.id).await?;
        Ok(former.iter().map(rows::former_username).collect())
    }

    async fn reset_links(&self) -> Result<Vec<Value>, StoreError> {
        let ends = self.accounts.inner.ports.credentials.list_reset_tokens(self.user.id).await?;
        Ok(ends.into_iter().map(|end| json!({ "expires_at": rows::time(end) })).collect())
    }

    async fn sessions(&self) -> Result<Vec<Value>, StoreError> {
        let sessions = self.accounts.inner.ports.sessions.list(self.user.id).await?;
        Ok(sessions.iter().map(rows::session).collect())
    }

    async fn known_browsers(&self) -> Result<Vec<Value>, StoreError> {
        let known = self.accounts.inner.ports.known_browsers.list(self.user.id).await?;
        Ok(known.iter().map(rows::known_browser).collect())
    }

    /// A user has 20 of each subject at most, for 90 days.
    async fn notices(&self) -> Result<Vec<Value>, StoreError> {
        let notices = self.accounts.inner.ports.notices.list(self.user.id, MOST_NOTICES).await?;
        Ok(notices.iter().map(rows::notice).collect())
    }

    async fn events(&self) -> Result<ExportPage, StoreError> {
        let before = self.after.as_deref().and_then(|id| id.parse().ok()).map(EventId::new);
        let filter = EventFilter { user: Some(self.user.id), ..EventFilter::default() };
        let page = self.accounts.inner.ports.events.list(filter, before, PageSize::clamped(100)).await?;
        let next = page.next.map(|id| id.get().to_string());
        Ok(ExportPage { rows: page.items.iter().map(rows::event).collect(), next })
    }
}

/// The sources of an embedder.
pub(crate) type Sources = Vec<Arc<dyn ExportSource>>;

/// The first name that is reserved, or that two sources have.
pub(crate) fn invalid_name(sources: &Sources) -> Option<&'static str> {
    let names: Vec<_> = sources.iter().map(|source| source.name()).collect();
    let is_repeated = |n: usize| names[..n].contains(&names[n]);
    (0..names.len()).find(|n| RESERVED_NAMES.contains(&names[*n]) || is_repeated(*n)).map(|n| names[n])
}

/// A time as a JSON text in UTC, for the rows of an embedder: `"2026-01-01T00:00:00Z"`.
#[must_use]
pub fn export_time(time: Timestamp) -> Value {
    rows::time(time)
}

/// A time that may be missing.
fn optional_time(time: Option<Timestamp>) -> Value {
    time.map_or(json!(null), rows::time)
}
