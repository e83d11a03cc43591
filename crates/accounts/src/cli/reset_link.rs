//! `user reset-link USER`: a link with which a user sets a new password.

use domain::credential::RESET_LIFETIME;
use serde_json::json;

use super::time::rfc3339;
use super::user::{UserName, deletion_due};
use super::{CommandError, Output};
use crate::{Accounts, Caller, User};

/// Prints a link with which a user sets a new password, once and within 30 minutes. Needs the origin of the site
#[derive(Debug, clap::Args)]
pub struct ResetLink {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl ResetLink {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        accounts.reset_page()?; // before anything is written
        let user = self.user.find(accounts).await?;
        ensure_can_use_link(&user)?;
        let until = rfc3339(accounts.inner.clock.now() + RESET_LIFETIME);
        let token = accounts.create_reset_token(user.id, caller).await?;
        let link = accounts.reset_link(&token.ok_or_else(|| CommandError::NoSuchUser(self.user.to_string()))?)?;
        if self.json {
            output.print(
                json!({ "id": user.id.get(), "username": user.username.as_str(), "link": link, "until": until }),
            );
        } else {
            output.print(link);
            output.show_progress(format_args!(
                "{} can set a new password with it, once and until {until}",
                user.username
            ));
        }
        Ok(())
    }
}

/// Refuses a user to whom a link is of no use.
fn ensure_can_use_link(user: &User) -> Result<(), CommandError> {
    let username = user.username.to_string();
    match deletion_due(user).map(rfc3339) {
        _ if user.disabled_at.is_some() => Err(CommandError::Disabled(username)),
        Some(due) => Err(CommandError::DeletionRequested { username, due }),
        None => Ok(()),
    }
}
