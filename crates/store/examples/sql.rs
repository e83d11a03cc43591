//! Prints a SQL statement of the store, to paste it into `sqlite3` or `psql`; without a name lists all of them. Run by
//! `cargo xtask sql`, with the arguments `ENGINE [NAME [VALUE]...]`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

use std::env::args;
use std::process::ExitCode;

fn main() -> ExitCode {
    match output(&args().skip(1).collect::<Vec<_>>()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn output(arguments: &[String]) -> Result<String, String> {
    let statements = accounts_store::statements();
    let (engine, name, values) = match arguments {
        [engine, name, values @ ..] => (engine.as_str(), name, values),
        _ => return Ok(statements.iter().flat_map(|statement| [statement.name.as_str(), "\n"]).collect()),
    };
    let found: Vec<_> = statements.iter().filter(|statement| statement.is_called(name)).collect();
    let [statement] = found[..] else {
        let names: Vec<_> = found.iter().map(|statement| statement.name.as_str()).collect();
        return Err(match &names[..] {
            [] => format!("no statement is called `{name}`"),
            names => format!("several statements are called `{name}`: {}", names.join(", ")),
        });
    };
    let text = if engine == "postgres" { statement.for_psql(values) } else { statement.for_sqlite3(values) };
    text.ok_or_else(|| format!("`{}` is a statement of the other engine: see --engine", statement.name))
}
