//! `user role add|remove|list USER ROLE`.

use domain::user::Role;
use serde_json::json;

use super::error::OfUser as _;
use super::user::UserName;
use super::{CommandError, Output, users};
use crate::{Accounts, Caller};

/// The commands of `user role`.
#[derive(Debug, clap::Subcommand)]
pub enum RoleCommand {
    /// Gives a user a role, from the next request on
    Add(RoleOfUser),
    /// Takes a role from a user, from the next request on
    Remove(RoleOfUser),
    /// Lists the roles of a user
    List(RolesOfUser),
}

/// A user and a role.
#[derive(Debug, clap::Args)]
pub struct RoleOfUser {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// The role: up to 32 of the characters a-z, 0-9, - and _, with a letter first
    #[arg(value_parser = Role::parse)]
    role: Role,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

/// A user, whose roles are listed.
#[derive(Debug, clap::Args)]
pub struct RolesOfUser {
    /// The username, the e-mail address, or '#ID'
    #[arg(value_parser = UserName::parse)]
    user: UserName,
    /// Prints a JSON object
    #[arg(long)]
    json: bool,
}

impl RoleCommand {
    pub(super) async fn run(
        self,
        accounts: &Accounts,
        caller: &Caller,
        output: &mut Output<'_>,
    ) -> Result<(), CommandError> {
        match self {
            Self::Add(RoleOfUser { user, role, json }) => {
                let found = user.find(accounts).await?;
                let changed = accounts.add_role(found.id, &role, caller).await;
                let changed = changed.map_err(|error| error.of_user(&user.to_string()))?;
                let state = if changed { "has the role" } else { "had the role before:" };
                print(output, json, &found, &role, changed, state);
            }
            Self::Remove(RoleOfUser { user, role, json }) => {
                let found = user.find(accounts).await?;
                let changed = accounts.remove_role(found.id, &role, caller).await?;
                let state = if changed { "no longer has the role" } else { "did not have the role" };
                print(output, json, &found, &role, changed, state);
            }
            Self::List(RolesOfUser { user, json }) => {
                let found = user.find(accounts).await?;
                let roles = accounts.roles(found.id).await?;
                if json {
                    let roles: Vec<_> = roles.iter().map(Role::as_str).collect();
                    output.print(json!({ "id": found.id.get(), "username": found.username.as_str(), "roles": roles }));
                } else {
                    roles.iter().for_each(|role| output.print(role));
                }
            }
        }
        Ok(())
    }
}

fn print(output: &mut Output<'_>, json: bool, user: &crate::User, role: &Role, changed: bool, state: &str) {
    let mut document = users::changed(user, changed);
    document["role"] = json!(role.as_str());
    output.print_result(json, document, format_args!("{} {state} {role}", user.username));
}
