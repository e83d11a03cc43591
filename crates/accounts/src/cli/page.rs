//! The options of a command that lists: how many lines, and where the list goes on.

use super::Output;

/// How many are listed, and where the list begins.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct PageOptions {
    /// How many are listed
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) limit: u32,
    /// Lists those before this id, which the last line of a list names
    #[arg(long, value_name = "ID")]
    pub(super) before: Option<i64>,
}

impl PageOptions {
    /// Shows on standard error that the list goes on.
    pub(super) fn show_next(output: &mut Output<'_>, next: Option<i64>) {
        if let Some(next) = next {
            output.show_progress(format_args!("there are more: --before {next}"));
        }
    }
}
