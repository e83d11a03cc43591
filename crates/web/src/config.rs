//! The command line and its settings. The doc comments of commands and settings are the text of `--help`.

#![allow(rustdoc::bare_urls, reason = "`--help` shows these comments as plain text")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use accounts::RegistrationPolicy;
use accounts::cli::{Audit, RegistrationCodeCommand, UserCommand};
use clap::{Args, Parser, Subcommand};
use domain::party::{Quotas, Zone};
use ipnet::IpNet;

/// DinnerParty: friends make accounts, host dinner parties, and RSVP.
#[derive(Debug, Parser)]
#[command(name = "dinnerparty", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    /// The command; `serve` if none is given.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings of `serve` where no command is given.
    #[command(flatten)]
    pub serve: Config,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves DinnerParty until a signal stops it
    Serve(Config),
    /// Checks that a database is consistent, and prints each violation on a line of its own. Changes nothing, and may run
    /// while a server uses the database
    Check(DatabaseOption),
    /// Manages the users of a database. May run while a server uses it
    User {
        /// What is done.
        #[command(subcommand)]
        command: UserCommand,
        /// Where it is done.
        #[command(flatten)]
        options: AccountsOptions,
    },
    /// Lists the events of accounts, the newest first. They are stored for 90 days. May run while a server uses the database
    Audit {
        /// Which events.
        #[command(flatten)]
        audit: Audit,
        /// Where they are.
        #[command(flatten)]
        options: AccountsOptions,
    },
    /// Makes, lists and revokes the codes of a server whose --registration is `code`. May run while it uses the database
    RegistrationCode {
        /// What is done.
        #[command(subcommand)]
        command: RegistrationCodeCommand,
        /// Where it is done.
        #[command(flatten)]
        options: AccountsOptions,
    },
    /// Copies an SQLite database to a new file. May run while a server uses the database. For PostgreSQL use pg_dump
    Backup {
        /// The new file, which must not exist yet
        file: PathBuf,
        /// The database to copy.
        #[command(flatten)]
        source: DatabaseOption,
    },
}

/// The option of a maintenance command that names its database. Also after a subcommand of it.
#[derive(Debug, Args)]
pub struct DatabaseOption {
    /// An existing database: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        global = true,
        env = "DINNERPARTY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:dinnerparty.db",
        hide_env_values = true
    )]
    pub database: String,
}

/// The options of a command about accounts. Also after a subcommand of it.
#[derive(Debug, Args)]
pub struct AccountsOptions {
    /// The database.
    #[command(flatten)]
    pub source: DatabaseOption,
    /// The origin of the site, such as https://dinner.example, for the links that a command prints
    #[arg(long, global = true, env = "DINNERPARTY_ORIGIN", value_name = "URL")]
    pub origin: Option<String>,
}

/// The settings of the server. Each can also be set in the environment; the option wins.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The address to listen on. An address other than loopback needs --origin or --allow-plain-http
    #[arg(long, env = "DINNERPARTY_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// The database: `sqlite:FILE` (created if it does not exist) or `postgres://USER:PASSWORD@HOST/NAME`. Set a URL with
    /// a password in the environment, since every user of the machine can read options
    #[arg(
        long,
        env = "DINNERPARTY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:dinnerparty.db",
        hide_env_values = true
    )]
    pub database: String,

    /// The origin of the site in the browser's address bar, such as https://dinner.example. A proxy in front of the server
    /// terminates TLS. Without an origin, only requests to this machine are served
    #[arg(long, env = "DINNERPARTY_ORIGIN", value_name = "URL")]
    pub origin: Option<String>,

    /// Allows plain HTTP over the network, for a closed network only: passwords and sessions are sent unencrypted. Without
    /// an --origin the server is then reachable by IP address, but by no host name
    #[arg(long, env = "DINNERPARTY_ALLOW_PLAIN_HTTP")]
    pub allow_plain_http: bool,

    /// A proxy whose X-Forwarded-For is trusted, as an address or a network such as 10.0.0.0/8. Can be given several
    /// times, or as a comma-separated list
    #[arg(long, env = "DINNERPARTY_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,

    /// The time zone that the form offers to a host without an earlier party, by its IANA name
    #[arg(long, env = "DINNERPARTY_TIME_ZONE", value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    pub time_zone: Zone,

    /// How many log-ins of one client address may fail in a minute. Raise it where many people share one address
    #[arg(long, env = "DINNERPARTY_MAX_FAILURES_PER_MINUTE", value_name = "NUMBER", default_value = "30", value_parser = clap::value_parser!(u32).range(5..=10_000))]
    pub max_failures_per_minute: u32,

    /// How many accounts one client address may register in an hour. Raise it where many people share one address
    #[arg(long, env = "DINNERPARTY_MAX_REGISTRATIONS_PER_HOUR", value_name = "NUMBER", default_value = "60", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_registrations_per_hour: u32,

    /// Who may register: `open` (everybody), `code` (whoever has a code that `registration-code new` has made) or `closed`
    #[arg(long, env = "DINNERPARTY_REGISTRATION", value_name = "WHO", default_value_t)]
    pub registration: RegistrationPolicy,

    /// The connection limit; further connections wait. The default is 1024, or fewer if the process may not open that many
    /// files
    #[arg(long, env = "DINNERPARTY_MAX_CONNECTIONS", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: Option<u32>,

    /// The most parties of one user that have not begun. At this number the form to host a party is refused
    #[arg(long, env = "DINNERPARTY_MAX_UPCOMING_PARTIES", value_name = "NUMBER",
        default_value_t = Quotas::default().max_upcoming_parties, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub max_upcoming_parties: u32,

    /// The most parties that one user hosts within an hour
    #[arg(long, env = "DINNERPARTY_MAX_HOSTED_PER_HOUR", value_name = "NUMBER",
        default_value_t = Quotas::default().max_hosted_per_hour, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_hosted_per_hour: u32,

    /// The most RSVPs of one user within an hour that are a first answer or ask for more. An RSVP that gives something up is not counted
    #[arg(long, env = "DINNERPARTY_MAX_RSVPS_PER_HOUR", value_name = "NUMBER",
        default_value_t = Quotas::default().max_rsvps_per_hour, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_rsvps_per_hour: u32,

    /// How many days the notes and allergies of guests are stored after the end of their party
    #[arg(long, env = "DINNERPARTY_KEEP_NOTES_DAYS", value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u32).range(0..=3650))]
    pub keep_notes_days: u32,

    /// The least severe level to log: error, warn, info, debug or trace
    #[arg(long, env = "DINNERPARTY_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: tracing::Level,
}

impl Config {
    /// How long the notes and allergies of guests are stored after the end of their party.
    #[must_use]
    pub fn guest_texts_retention(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.keep_notes_days))
    }

    /// How much one user may store.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        Quotas {
            max_upcoming_parties: self.max_upcoming_parties,
            max_hosted_per_hour: self.max_hosted_per_hour,
            max_rsvps_per_hour: self.max_rsvps_per_hour,
            ..Quotas::default()
        }
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().or_else(|_| address()).map_err(|_| "neither an IP address nor a network such as 10.0.0.0/8".into())
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|_| "not an IANA time zone, such as Europe/Berlin".into())
}

/// The error of a command line as one line, like every other error of the program.
#[must_use]
pub fn in_one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let message = lines.collect::<Vec<_>>().join(" ");
    format!("{} (--help explains every setting)", message.strip_prefix("error: ").unwrap_or(&message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(arguments: &[&str]) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from([&["dinnerparty"], arguments].concat())
    }

    #[test]
    fn settings_are_consistent_and_have_help() {
        CommandLine::command().debug_assert();
        let command = CommandLine::command();
        for setting in command.get_arguments().filter(|setting| setting.get_long().is_some()) {
            assert!(setting.get_help().is_some() || setting.get_id() == "help", "{}", setting.get_id());
        }
    }

    #[test]
    fn operating_page_lists_every_setting_and_command() {
        let page = include_str!("../../../docs/OPERATING.md");
        let command = CommandLine::command();
        let settings: Vec<_> = command.get_arguments().filter_map(|setting| setting.get_long()).collect();
        assert!(settings.len() > 7, "{settings:?}");
        for name in settings.into_iter().filter(|name| !["help", "version"].contains(name)) {
            let variable = format!("DINNERPARTY_{}", name.to_uppercase().replace('-', "_"));
            let row = page.lines().find(|line| line.starts_with(&format!("| `--{name}")));
            assert!(row.is_some_and(|row| row.contains(&format!("`{variable}`"))), "--{name}");
        }
        let commands = all_commands(&command, "dinnerparty");
        assert!(commands.len() > 20, "{commands:?}");
        for name in commands {
            let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            assert!(page.split(&name).skip(1).any(is_whole), "{name}");
        }
    }

    /// The commands below a command, at each level: `dinnerparty user role add`.
    fn all_commands(command: &clap::Command, name: &str) -> Vec<String> {
        let below = command.get_subcommands().flat_map(|subcommand| {
            let name = format!("{name} {}", subcommand.get_name());
            let further = all_commands(subcommand, &name);
            [name].into_iter().chain(further)
        });
        below.collect()
    }

    #[test]
    fn no_arguments_serve_on_loopback() {
        let line = parse(&[]).unwrap();
        assert!(line.command.is_none());
        assert_eq!(line.serve.listen.to_string(), "127.0.0.1:8000");
        assert_eq!(line.serve.database, "sqlite:dinnerparty.db");
    }

    #[test]
    fn quotas_are_the_defaults_unless_they_are_set() {
        assert_eq!(parse(&[]).unwrap().serve.quotas(), Quotas::default());
        let set = ["--max-upcoming-parties", "1", "--max-hosted-per-hour", "2", "--max-rsvps-per-hour", "1000000"];
        let quotas = Quotas {
            max_upcoming_parties: 1,
            max_hosted_per_hour: 2,
            max_rsvps_per_hour: 1_000_000,
            ..Quotas::default()
        };
        assert_eq!(parse(&set).unwrap().serve.quotas(), quotas);
    }

    #[test]
    fn notes_are_stored_for_30_days_unless_it_is_set() {
        assert_eq!(parse(&[]).unwrap().serve.guest_texts_retention(), domain::party::RsvpTexts::RETENTION);
        for (days, retention) in [("0", Duration::ZERO), ("3650", Duration::from_hours(24 * 3650))] {
            assert_eq!(parse(&["--keep-notes-days", days]).unwrap().serve.guest_texts_retention(), retention);
        }
    }

    #[test]
    fn registration_is_open_unless_it_is_set() {
        assert_eq!(parse(&[]).unwrap().serve.registration, RegistrationPolicy::Open);
        assert_eq!(parse(&["--registration", "code"]).unwrap().serve.registration, RegistrationPolicy::Code);
        assert_eq!(parse(&["--registration", "closed"]).unwrap().serve.registration, RegistrationPolicy::Closed);
    }

    #[test]
    fn settings_are_accepted_with_and_without_serve() {
        let proxies = ["--trusted-proxy", "10.0.0.0/8,::1", "--time-zone", "europe/berlin"];
        let Some(Command::Serve(config)) = parse(&[&["serve"], &proxies[..]].concat()).unwrap().command else {
            panic!("no serve")
        };
        assert_eq!(config.trusted_proxy.len(), 2);
        assert_eq!(config.time_zone.as_str(), "Europe/Berlin");
        assert_eq!(parse(&proxies).unwrap().serve.trusted_proxy, config.trusted_proxy);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for arguments in [
            &["--listen", "everywhere"][..],
            &["--port", "80"],
            &["--trusted-proxy", "proxy"],
            &["--time-zone", "Mars/Base"],
            &["--max-failures-per-minute", "4"],
            &["--max-registrations-per-hour", "0"],
            &["--registration", "maybe"],
            &["registration-code", "new", "--uses", "0"],
            &["registration-code", "new", "--days", "3651"],
            &["registration-code", "new", "--note", ""],
            &["bake"],
            &["--log", "loud"],
            &["--max-upcoming-parties", "0"],
            &["--max-upcoming-parties", "10001"],
            &["--max-hosted-per-hour", "0"],
            &["--max-hosted-per-hour", "many"],
            &["--max-rsvps-per-hour", "-1"],
            &["--max-rsvps-per-hour", "1000001"],
            &["--keep-notes-days", "-1"],
            &["--keep-notes-days", "3651"],
        ] {
            assert!(parse(arguments).is_err(), "{arguments:?}");
        }
    }
}
