//! The `pg_dump` command that backs up a PostgreSQL database, ready to be pasted into a shell.

use std::path::Path;

use url::Url;

/// The parameters of a connection URL that PostgreSQL's programs understand. The password is left out, since every user
/// of the machine can read a command line.
const LIBPQ_PARAMETERS: [&str; 8] = ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"];

/// The command that copies the database at `url` to the file `copy`.
pub(super) fn command(url: &str, copy: &Path) -> String {
    let file = shell_quoted(&copy.display().to_string());
    let database = libpq_url(url).map_or_else(|| "URL".to_owned(), |url| shell_quoted(&url));
    format!("pg_dump --format=custom --file={file} --dbname={database}")
}

fn libpq_url(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let pairs = url.query().unwrap_or_default().split('&');
    let understood: Vec<_> =
        pairs.filter(|pair| LIBPQ_PARAMETERS.contains(&pair.split('=').next().unwrap_or_default())).collect();
    let query = understood.join("&");
    url.set_query(Some(&*query).filter(|query| !query.is_empty()));
    let _ = url.set_password(None); // fails for a URL without a host, which has no password
    Some(url.into())
}

/// One word of a POSIX shell.
fn shell_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_is_quoted_and_has_no_password() {
        for (url, copy, expected) in [
            (
                "postgres://ada:secret@db.example/dinner",
                "dinner.dump",
                "dinner.dump --dbname=postgres://ada@db.example/dinner",
            ),
            (
                "postgres:///dinner?host=/run/my%20pg&user=ada&password=secret&statement-cache-capacity=9",
                "my dinner's",
                r"'my dinner'\''s' --dbname='postgres:///dinner?host=/run/my%20pg&user=ada'",
            ),
        ] {
            assert_eq!(command(url, Path::new(copy)), format!("pg_dump --format=custom --file={expected}"));
        }
    }
}
