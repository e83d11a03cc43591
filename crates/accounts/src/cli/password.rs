//! Where a command gets a new password from: the terminal, without echo, or standard input, which is one line. Never an argument, which
//! every user of the machine can read.

use std::io::{self, IsTerminal as _, Read as _, stdin};

use auth::Password;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::CommandError;

/// The most bytes that are read: more than a password of 1,024 code points has.
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

/// The only line of the input, without its end. Nothing else is removed: a space may be part of a password. A second line is
/// refused: whether it was meant as a part of the password is not known.
fn read_line(input: impl io::Read) -> Result<Zeroizing<String>, CommandError> {
    let mut line = Zeroizing::new(String::with_capacity(MAX_BYTES));
    input.take(MAX_BYTES as u64).read_to_string(&mut line).map_err(CommandError::Input)?;
    if line.ends_with('\n') {
        line.pop();
        if line.ends_with('\r') {
            line.pop();
        }
    }
    if line.contains('\n') {
        return Err(CommandError::SeveralLines);
    }
    if line.is_empty() { Err(CommandError::NoPassword) } else { Ok(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_the_only_line_without_its_end() {
        for (input, password) in
            [("otter\n", "otter"), ("otter\r\n", "otter"), (" otter ", " otter "), ("red\rotter", "red\rotter")]
        {
            assert_eq!(**read_line(input.as_bytes()).unwrap(), *password, "{input:?}");
        }
        for input in ["", "\n", "\r\n"] {
            assert!(matches!(read_line(input.as_bytes()), Err(CommandError::NoPassword)), "{input:?}");
        }
        for input in ["otter\nben\n", "otter\r\nben", "\notter\n", "otter\n\n"] {
            assert!(matches!(read_line(input.as_bytes()), Err(CommandError::SeveralLines)), "{input:?}");
        }
        assert!(matches!(read_line(&b"\xff\n"[..]), Err(CommandError::Input(_))));
        assert_eq!(read_line("x".repeat(10_000).as_bytes()).unwrap().len(), 8_192, "too long for any policy");
    }
}
