//! Where a command prints to.

use std::fmt;
use std::io::{Write, stderr, stdout};

/// Where a command prints its result, and its progress.
pub struct Output<'a> {
    result: Box<dyn Write + 'a>,
    progress: Box<dyn Write + 'a>,
    /// The first line of the result that was lost.
    lost: Option<std::io::Error>,
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
        Self { result: Box::new(result), progress: Box::new(progress), lost: None }
    }

    /// Prints a line of the result. Where it cannot be written, the command goes on, since it may have changed something already;
    /// [`Output::finish`] reports it.
    pub(super) fn print(&mut self, line: impl fmt::Display) {
        if let Err(error) = writeln!(self.result, "{line}") {
            self.lost.get_or_insert(error);
        }
    }

    /// Prints what a command has done: as a JSON document where that was asked for, else as a line for people.
    pub(super) fn print_result(&mut self, is_json: bool, document: serde_json::Value, line: impl fmt::Display) {
        if is_json { self.print(document) } else { self.print(line) }
    }

    /// Ends the result.
    ///
    /// # Errors
    /// A line could not be written, such as to a full disk. A closed pipe is no error: its reader has read enough.
    pub(super) fn finish(&mut self) -> std::io::Result<()> {
        let flushed = self.result.flush().err();
        match self.lost.take().or(flushed) {
            Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::*;

    /// A device on which nothing can be written.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lost_line_is_an_error_at_the_end_unless_the_reader_has_left() {
        for (kind, is_lost) in [(ErrorKind::StorageFull, true), (ErrorKind::BrokenPipe, false)] {
            let mut output = Output::to(Failing(kind), io::sink());
            output.print("a code that is not shown again");
            assert_eq!(output.finish().is_err(), is_lost, "{kind}");
        }
        let mut output = Output::to(io::sink(), io::sink());
        output.print("all");
        assert!(output.finish().is_ok());
    }
}
