//! Where a command gets a new password from: the terminal, without echo, or one line of standard input. Never an argument, which
//! every user of the machine can read.

use std::io::{self, BufRead as _, IsTerminal as _, stdin};

use auth::Password;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::CommandError;

/// The most bytes that are read of a line: more than a password of 1,024 code points has.
const MAX_BYTES: usize = 8_192;

/// Reads a new password: typed twice on a terminal, or else from standard input.
pub(super) async fn read_new() -> Result<Password, CommandError> {
    let typed = spawn_blocking(|| if stdin().is_terminal() { ask_twice() } else { read_line(stdin().lock()) });
    let typed = typed.await.map_err(|failure| CommandError::Input(io::Error::other(failure)))??;
    if typed.contains('\0') {
        return Err(CommandError::PasswordHasNul); // no form of a page can have it
    }
    Ok(Password::parse(typed)?)
}

fn ask_twice() -> Result<Zeroizing<String>, CommandError> {
    let ask = |prompt| rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(CommandError::Input);
    let (typed, repeated) = (ask("New password: ")?, ask("The same once more: ")?);
    if typed == repeated { Ok(typed) } else { Err(CommandError::PasswordsDiffer) }
}

/// The first line, without its end. Nothing else is removed: a space may be part of a password.
fn read_line(input: impl io::BufRead) -> Result<Zeroizing<String>, CommandError> {
    let mut line = Zeroizing::new(String::with_capacity(MAX_BYTES));
    input.take(MAX_BYTES as u64).read_line(&mut line).map_err(CommandError::Input)?;
    if line.ends_with('\n') {
        line.pop();
        if line.ends_with('\r') {
            line.pop();
        }
    }
    if line.is_empty() { Err(CommandError::NoPassword) } else { Ok(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_the_first_line_without_its_end() {
        for (input, password) in [("otter\n", "otter"), ("otter\r\nben\n", "otter"), (" otter ", " otter ")] {
            assert_eq!(**read_line(input.as_bytes()).unwrap(), *password, "{input:?}");
        }
        for input in ["", "\n", "\r\n"] {
            assert!(matches!(read_line(input.as_bytes()), Err(CommandError::NoPassword)), "{input:?}");
        }
        assert!(matches!(read_line(&b"\xff\n"[..]), Err(CommandError::Input(_))));
        assert_eq!(read_line("x".repeat(10_000).as_bytes()).unwrap().len(), 8_192, "too long for any policy");
    }
}
