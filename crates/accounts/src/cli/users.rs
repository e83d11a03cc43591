//! `user add|list|show|passwd|disable|enable USER`.

use domain::PageSize;
use domain::user::{Email, User, UserId, Username};
use serde_json::{Value, json};

use super::error::OfUser as _;
use super::page::PageOptions;
use super::time::rfc3339;
use super::user::{UserName, as_json, as_line, deleted_at, deletion_due};
use super::{CommandError, Output, password, sessions};
use crate::{Accounts, Caller};

/// Adds a user. The password is asked for, or read as one line from standard input
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The username, which is public
    username: String,
    /// The e-mail address, which is private
    email: String,
    /// Adds the user without a password: nobody can log in until one is set
    #[arg(long)]
    no_password: bool,
    /// Prints the user as a JSON object
    #[arg(long)]
    json: bool,
}

impl Add {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let (username, email) = (Username::parse(&self.username)?, Email::parse(&self.email)?);
        accounts.ensure_free(&username, &email).await?; // before a password is typed for nothing
        let password = if self.no_password { None } else { Some(password::read_new().await?) };
        let user = accounts.add_user(username, email, password, caller).await?;
        output.print_result(self.json, as_json(&user), format_args!("added {}", as_line(&user)));
        Ok(())
    }
}

/// Lists users, the newest first
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    page: PageOptions,
    /// Prints each user as a JSON object on a line of its own
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let List { page: PageOptions { limit, before }, json } = self;
        let (mut left, mut before) = (limit, before.map(UserId::new));
        while left > 0 {
            let page = accounts.inner.ports.users.list(before, PageSize::clamped(left.into())).await?;
            left -= left.min(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            for user in &page.items {
                output.print_result(json, as_json(user), as_line(user));
            }
            before = page.next;
            if before.is_none() {
                return Ok(());
            }
        }
        PageOptions::show_next(output, before.map(UserId::get));
        Ok(())
    }
}

/// Shows a user: names, times, roles, and the number of sessions
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        let roles = accounts.roles(user.id).await?;
        let credential = accounts.inner.ports.credentials.find(user.id).await?;
        let has_password = credential.is_some_and(|credential| !credential.hash.is_no_password());
        let sessions = sessions::live(accounts, user.id).await?.len();
        let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
        if self.json {
            let mut shown = as_json(&user);
            shown["roles"] = json!(roles);
            shown["has_password"] = json!(has_password);
            shown["sessions"] = json!(sessions);
            output.print(shown);
            return Ok(());
        }
        output.print(format_args!("id            #{}", user.id.get()));
        output.print(format_args!("username      {}", user.username));
        output.print(format_args!("e-mail        {}", user.email.as_str()));
        output.print(format_args!("joined        {}", rfc3339(user.joined_at)));
        output.print(format_args!("disabled      {}", user.disabled_at.map_or_else(|| "no".to_owned(), rfc3339)));
        let deletion =
            deletion_due(&user).map(rfc3339).or_else(|| Some(format!("done {}", rfc3339(deleted_at(&user)?))));
        output.print(format_args!("deletion      {}", deletion.unwrap_or_else(|| "no".to_owned())));
        output.print(format_args!("has password  {}", if has_password { "yes" } else { "no" }));
        output.print(format_args!(
            "roles         {}",
            if roles.is_empty() { "none".to_owned() } else { roles.join(", ") }
        ));
        output.print(format_args!("sessions      {sessions}"));
        Ok(())
    }
}

/// Sets the password of a user, and ends every session. The password is asked for, or read as one line from standard input
#[derive(Debug, clap::Args)]
pub struct Passwd {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl Passwd {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        let password = password::read_new().await?;
        let ended = accounts.set_password(user.id, password, caller).await;
        let ended = ended.map_err(|error| error.of_user(&self.user.to_string()))?;
        let document = json!({ "id": user.id.get(), "username": user.username.as_str(), "sessions_ended": ended });
        let ended = sessions_ended(ended);
        output.print_result(self.json, document, format_args!("{} has a new password; {ended}", user.username));
        Ok(())
    }
}

/// How many sessions ended, in words.
pub(super) fn sessions_ended(count: u64) -> String {
    format!("{count} {} ended", if count == 1 { "session" } else { "sessions" })
}

/// Whether a command has changed a user, as a JSON object.
pub(super) fn changed(user: &User, is_changed: bool) -> Value {
    json!({ "id": user.id.get(), "username": user.username.as_str(), "changed": is_changed })
}

/// Disables a user, who cannot log in any more, and ends every session for good
#[derive(Debug, clap::Args)]
pub struct Disable {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl Disable {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let user = self.user.find_not_deleted(accounts).await?;
        let ended = accounts.disable(user.id, caller).await?;
        let mut document = changed(&user, ended.is_some());
        document["sessions_ended"] = json!(ended.unwrap_or_default());
        let state = ended.map(|ended| format!("is disabled; {}", sessions_ended(ended)));
        let state = state.as_deref().unwrap_or("was disabled before");
        output.print_result(self.json, document, format_args!("{} {state}", user.username));
        Ok(())
    }
}

/// Enables a disabled user. Sessions that have ended stay ended
#[derive(Debug, clap::Args)]
pub struct Enable {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl Enable {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let user = self.user.find_not_deleted(accounts).await?;
        let is_enabled = accounts.enable(user.id, caller).await?;
        let state = if is_enabled { "is enabled" } else { "was not disabled" };
        output.print_result(self.json, changed(&user, is_enabled), format_args!("{} {state}", user.username));
        Ok(())
    }
}
