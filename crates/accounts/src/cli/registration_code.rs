//! `registration-code new|list|revoke`: the invitations of a service that asks for a code.

use std::time::Duration;

use domain::registration_code::{CodeId, CodeNote, CodeState, CodeUses, StoredCode};
use domain::{PageSize, Timestamp};
use serde_json::json;

use super::time::rfc3339;
use super::{CommandError, Output};
use crate::{Accounts, Caller, CodeSettings, MadeCode};

/// The commands of `registration-code`.
#[derive(Debug, clap::Subcommand)]
pub enum RegistrationCodeCommand {
    /// Makes a code and prints it, with the link that fills it in where the origin of the site is known. It is stored nowhere, and
    /// cannot be printed again
    New(New),
    /// Lists the codes, the newest first, with what is left of them
    List(List),
    /// Revokes a code. Who has registered with it stays
    Revoke(Revoke),
}

/// Makes a code.
#[derive(Debug, clap::Args)]
pub struct New {
    /// How many accounts the code registers
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = uses)]
    uses: CodeUses,
    /// How many days the code is valid
    #[arg(long, value_name = "NUMBER", default_value = "14", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// For whom the code is, or another note of one line. Only operators see it
    #[arg(long, value_name = "TEXT", value_parser = note)]
    note: Option<CodeNote>,
    /// Prints the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// Lists the codes.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Prints a JSON object a line
    #[arg(long)]
    json: bool,
}

/// Revokes a code.
#[derive(Debug, clap::Args)]
pub struct Revoke {
    /// The number of the code, as `list` shows it
    #[arg(value_name = "NUMBER")]
    code: i64,
    /// Prints the result as one JSON object
    #[arg(long)]
    json: bool,
}

fn uses(text: &str) -> Result<CodeUses, String> {
    let number = text.parse().map_err(|_| "not a number".to_owned())?;
    CodeUses::new(number).map_err(|error| error.to_string())
}

fn note(text: &str) -> Result<CodeNote, String> {
    CodeNote::parse(text).map_err(|error| error.to_string())
}

impl RegistrationCodeCommand {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        match self {
            Self::New(new) => new.run(accounts, caller, output).await,
            Self::List(list) => list.run(accounts, output).await,
            Self::Revoke(revoke) => revoke.run(accounts, caller, output).await,
        }
    }
}

impl New {
    async fn run(self, accounts: &Accounts, caller: &Caller, output: &mut Output<'_>) -> Result<(), CommandError> {
        let valid_for = Duration::from_hours(24 * u64::from(self.days));
        let settings = CodeSettings { uses: self.uses, valid_for, note: self.note };
        let MadeCode { id, code, expires_at } = accounts.make_registration_code(settings, caller).await?;
        #[cfg(feature = "poem")]
        let link = accounts.registration_link(&code);
        #[cfg(not(feature = "poem"))]
        let link: Option<String> = None;
        let (id, code, expires_at) = (id.get(), code.expose(), rfc3339(expires_at));
        if self.json {
            let uses = self.uses.get();
            output.print(json!({ "id": id, "code": code, "link": link, "uses": uses, "expires_at": expires_at }));
            return Ok(());
        }
        output.print(&code);
        if let Some(link) = link {
            output.print(link);
        }
        let accounts = plural(self.uses.get(), "account");
        output.show_progress(format_args!("code {id} registers {accounts} until {expires_at}; it is not shown again"));
        Ok(())
    }
}

impl List {
    async fn run(self, accounts: &Accounts, output: &mut Output<'_>) -> Result<(), CommandError> {
        let (now, mut before) = (accounts.inner.clock.now(), None);
        loop {
            let page = accounts.registration_codes(before, PageSize::clamped(100)).await?;
            for code in &page.items {
                self.print(code, now, output);
            }
            before = page.next;
            if before.is_none() {
                return Ok(());
            }
        }
    }

    fn print(&self, code: &StoredCode, now: Timestamp, output: &mut Output<'_>) {
        let state = match code.state(now) {
            CodeState::Usable => "usable",
            CodeState::UsedUp => "used up",
            CodeState::Expired => "expired",
            CodeState::Revoked => "revoked",
        };
        let (id, used, limit, expires_at) = (code.id.get(), code.used, code.uses.get(), rfc3339(code.expires_at));
        let note = code.note.as_ref().map(CodeNote::as_str);
        if self.json {
            let (created_at, revoked_at) = (rfc3339(code.created_at), code.revoked_at.map(rfc3339));
            output.print(json!({
                "id": id, "state": state, "used": used, "uses": limit, "note": note,
                "created_at": created_at, "expires_at": expires_at, "revoked_at": revoked_at,
            }));
            return;
        }
        let note = note.map(|note| format!(", {note}")).unwrap_or_default();
        output.print(format_args!("{id}: {state}, {used} of {limit} used, until {expires_at}{note}"));
    }
}

impl Revoke {
    async fn run(self, accounts: &Accounts, caller: &Caller, output: &mut Output<'_>) -> Result<(), CommandError> {
        let is_revoked = accounts.revoke_registration_code(CodeId::new(self.code), caller).await?;
        if !is_revoked {
            return Err(CommandError::NoSuchCode(self.code));
        }
        if self.json {
            output.print(json!({ "id": self.code, "revoked": true }));
        } else {
            output.print(format_args!("code {} is revoked", self.code));
        }
        Ok(())
    }
}

fn plural(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
