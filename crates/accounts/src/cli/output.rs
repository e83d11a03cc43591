//! Where a command prints to.

use std::fmt;
use std::io::{Write, stderr, stdout};

/// Where a command prints its result, and its progress.
pub struct Output<'a> {
    result: Box<dyn Write + 'a>,
    progress: Box<dyn Write + 'a>,
}

impl Output<'static> {
    /// Standard output for the result, and standard error for the progress.
    #[must_use]
    pub fn standard() -> Self {
        Self::to(stdout(), stderr())
    }
}

impl<'a> Output<'a> {
    /// Other places, such as buffers of a test.
    pub fn to(result: impl Write + 'a, progress: impl Write + 'a) -> Self {
        Self { result: Box::new(result), progress: Box::new(progress) }
    }

    /// Prints a line of the result. A closed pipe does not end the command, which has changed something already.
    pub(super) fn print(&mut self, line: impl fmt::Display) {
        let _ = writeln!(self.result, "{line}");
    }

    /// Prints a part of the result, as it is.
    ///
    /// # Errors
    /// The part cannot be written, such as to a closed pipe.
    pub(super) fn print_part(&mut self, part: &str) -> std::io::Result<()> {
        self.result.write_all(part.as_bytes())
    }

    /// Prints a line of the progress.
    pub(super) fn show_progress(&mut self, line: impl fmt::Display) {
        let _ = writeln!(self.progress, "{line}");
    }
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output(..)")
    }
}
