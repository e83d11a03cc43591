//! The command line and its settings. What each means is written once, here, and shown by `--help`.

#![allow(rustdoc::bare_urls, reason = "`--help` shows these comments as they are")]

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use domain::party::Zone;
use ipnet::IpNet;

/// DinnerParty: friends make accounts, host dinner parties, and RSVP.
#[derive(Debug, Parser)]
#[command(name = "dinnerparty", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    /// What to do; without a word, `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings of `serve`.
    #[command(flatten)]
    pub serve: Config,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves DinnerParty until it is asked to stop
    Serve(Config),
    /// Looks whether all that must hold of a database does, and prints each breach on a line of its own. No row is
    /// changed, and a server may be using it meanwhile
    Check(Existing),
    /// Copies an SQLite database to a new file, while a server may be using it. PostgreSQL is copied by pg_dump
    Backup {
        /// The new file. It is not there yet
        file: PathBuf,
        /// Which one to copy.
        #[command(flatten)]
        existing: Existing,
    },
}

/// Which database to look after.
#[derive(Debug, Args)]
pub struct Existing {
    /// The database, which is there: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "DINNERPARTY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:dinnerparty.db",
        hide_env_values = true
    )]
    pub database: String,
}

/// The settings of the server. Each can also come from the environment.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The address to listen on. Any but a loopback address needs an --origin
    #[arg(long, env = "DINNERPARTY_LISTEN", value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,

    /// Where everything is kept: `sqlite:FILE` (made when it is not there) or
    /// `postgres://USER:PASSWORD@HOST/NAME`. A password is better set in the environment
    #[arg(
        long,
        env = "DINNERPARTY_DATABASE",
        value_name = "URL",
        default_value = "sqlite:dinnerparty.db",
        hide_env_values = true
    )]
    pub database: String,

    /// The origin under which people reach the server, such as https://dinner.example. TLS ends at a proxy before it.
    /// Without one, only requests to this very machine are answered
    #[arg(long, env = "DINNERPARTY_ORIGIN", value_name = "URL")]
    pub origin: Option<String>,

    /// Lets passwords and sessions cross the network in clear: for a closed network only. Without an --origin the server
    /// then answers to its addresses, and to no name
    #[arg(long, env = "DINNERPARTY_ALLOW_PLAIN_HTTP")]
    pub allow_plain_http: bool,

    /// A proxy whose X-Forwarded-For counts, as an address or a network such as 10.0.0.0/8. May be given several times,
    /// or as a list with commas
    #[arg(long, env = "DINNERPARTY_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,

    /// The time zone offered to a host who has none yet, by its IANA name
    #[arg(long, env = "DINNERPARTY_TIME_ZONE", value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    pub time_zone: Zone,

    /// How many connections to serve at once; more than that wait their turn. Without one 1024, or fewer where the process
    /// may not open that many files
    #[arg(long, env = "DINNERPARTY_MAX_CONNECTIONS", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: Option<u32>,

    /// How much to log: error, warn, info, debug or trace
    #[arg(long, env = "DINNERPARTY_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: tracing::Level,
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().or_else(|_| address()).map_err(|_| "neither an IP address nor a network such as 10.0.0.0/8".into())
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|_| "not an IANA time zone, such as Europe/Berlin".into())
}

/// What is wrong with a command line, as one line like every other refusal.
#[must_use]
pub fn in_one_line(mistake: &clap::Error) -> String {
    let text = mistake.render().to_string();
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let what = lines.collect::<Vec<_>>().join(" ");
    format!("{} (--help explains every setting)", what.strip_prefix("error: ").unwrap_or(&what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &[&str]) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from([&["dinnerparty"], words].concat())
    }

    #[test]
    fn the_settings_are_consistent_and_each_is_explained() {
        CommandLine::command().debug_assert();
        let serve = CommandLine::command();
        for setting in serve.get_arguments().filter(|setting| setting.get_long().is_some()) {
            assert!(setting.get_help().is_some() || setting.get_id() == "help", "{}", setting.get_id());
        }
    }

    #[test]
    fn each_setting_is_told_to_whoever_operates_the_server() {
        let page = include_str!("../../../docs/OPERATING.md");
        let command = CommandLine::command();
        let settings: Vec<_> = command.get_arguments().filter_map(|setting| setting.get_long()).collect();
        assert!(settings.len() > 7, "{settings:?}");
        for name in settings.into_iter().filter(|name| !["help", "version"].contains(name)) {
            let variable = format!("DINNERPARTY_{}", name.to_uppercase().replace('-', "_"));
            let row = page.lines().find(|line| line.starts_with(&format!("| `--{name}")));
            assert!(row.is_some_and(|row| row.contains(&format!("`{variable}`"))), "--{name}");
        }
        for word in command.get_subcommands() {
            assert!(page.contains(&format!("dinnerparty {}", word.get_name())), "{}", word.get_name());
        }
    }

    #[test]
    fn without_a_word_it_serves_on_this_machine() {
        let line = parse(&[]).unwrap();
        assert!(line.command.is_none());
        assert_eq!(line.serve.listen.to_string(), "127.0.0.1:8000");
        assert_eq!(line.serve.database, "sqlite:dinnerparty.db");
    }

    #[test]
    fn settings_are_read_after_the_word_or_without_it() {
        let proxies = ["--trusted-proxy", "10.0.0.0/8,::1", "--time-zone", "europe/berlin"];
        let Some(Command::Serve(config)) = parse(&[&["serve"], &proxies[..]].concat()).unwrap().command else {
            panic!("no serve")
        };
        assert_eq!(config.trusted_proxy.len(), 2);
        assert_eq!(config.time_zone.as_str(), "Europe/Berlin");
        assert_eq!(parse(&proxies).unwrap().serve.trusted_proxy, config.trusted_proxy);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            &["--listen", "everywhere"][..],
            &["--port", "80"],
            &["--trusted-proxy", "proxy"],
            &["--time-zone", "Mars/Base"],
            &["bake"],
            &["--log", "loud"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
