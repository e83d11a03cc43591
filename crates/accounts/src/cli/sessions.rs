//! `user sessions USER` and `user end-sessions USER`.

use domain::session::ListedSession;
use domain::user::UserId;
use serde_json::json;

use super::time::rfc3339;
use super::user::UserName;
use super::users::sessions_ended;
use super::{CommandError, Output};
use crate::{Accounts, Caller};

/// Lists the sessions of a user, the one that was opened last first
#[derive(Debug, clap::Args)]
pub struct Sessions {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints each session as a JSON object on a line of its own
    #[arg(long)]
    json: bool,
}

impl Sessions {
    pub(super) async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        for session in live(accounts, user.id).await? {
            let (id, record) = (session.id.get(), &session.record);
            let (opened, seen) = (rfc3339(record.created_at), rfc3339(record.last_seen_at));
            let (network, browser) = (record.device.network.as_deref(), record.device.user_agent.as_deref());
            if self.json {
                output.print(json!({
                    "id": id,
                    "opened_at": opened,
                    "last_seen_at": seen,
                    "remembered": record.remembered,
                    "network": network,
                    "user_agent": browser,
                }));
                continue;
            }
            let (network, browser) = (network.unwrap_or("unknown network"), browser.unwrap_or("unknown browser"));
            let browser: String = browser.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            output.print(format_args!("{id}  opened {opened}  last seen {seen}  {network}  {browser}"));
        }
        Ok(())
    }
}

/// The sessions of a user that have not expired, the one that was opened last first.
pub(super) async fn live(accounts: &Accounts, user: UserId) -> Result<Vec<ListedSession>, CommandError> {
    let (inner, now) = (&accounts.inner, accounts.inner.clock.now());
    let sessions = inner.ports.sessions.list(user).await?;
    Ok(sessions.into_iter().filter(|session| inner.lifetimes.is_live(&session.record, now)).collect())
}

/// Ends every session of a user, and forgets the browsers in which the user has logged in
#[derive(Debug, clap::Args)]
pub struct EndSessions {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl EndSessions {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        let user = self.user.find(accounts).await?;
        let ended = accounts.log_out_everywhere(user.id, caller).await?;
        let document = json!({ "id": user.id.get(), "username": user.username.as_str(), "sessions_ended": ended });
        output.print_result(self.json, document, format_args!("{}: {}", user.username, sessions_ended(ended)));
        Ok(())
    }
}
