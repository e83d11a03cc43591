//! The command that copies a PostgreSQL database, to be typed as it is: PostgreSQL's own program knows best how.

use std::path::Path;

use url::Url;

/// What PostgreSQL's programs understand of a URL's query. A password is none of it: a command can be read by others.
const UNDERSTOOD: [&str; 8] = ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"];

/// The command that copies the database at `url` to `copy`.
pub(super) fn line(url: &str, copy: &Path) -> String {
    let file = quoted(&copy.display().to_string());
    let database = understood(url).map_or_else(|| "URL".to_owned(), |url| quoted(&url));
    format!("pg_dump --format=custom --file={file} --dbname={database}")
}

fn understood(url: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let pairs = url.query().unwrap_or_default().split('&');
    let kept: Vec<_> = pairs.filter(|pair| UNDERSTOOD.contains(&pair.split('=').next().unwrap_or_default())).collect();
    let query = kept.join("&");
    url.set_query(Some(&*query).filter(|query| !query.is_empty()));
    let _ = url.set_password(None); // one without a host has none
    Some(url.into())
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
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
    fn the_line_can_be_typed_and_holds_no_password() {
        for (url, copy, told) in [
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
            assert_eq!(line(url, Path::new(copy)), format!("pg_dump --format=custom --file={told}"));
        }
    }
}
