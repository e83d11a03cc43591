//! Tests of the files: what is read of them, and which are refused.

use std::fs;

use domain::Timestamp;
use domain::user::UsernameError;

use super::file::{ReadRow, read};
use super::*;
use crate::{ImportRow, RowRefusal};

fn read_text(text: impl AsRef<[u8]>) -> Result<Vec<ReadRow>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users");
    fs::write(&file, text).unwrap();
    read(&file).map_err(|error| error.to_string().replace(&file.display().to_string(), "FILE"))
}

fn row(line: u64, [username, email, password_hash]: [&str; 3], joined_at: Option<i64>) -> ImportRow {
    let [username, email, password_hash] = [username, email, password_hash].map(str::to_owned);
    ImportRow { line, username, email, password_hash, joined_at: joined_at.map(Timestamp::from_millis) }
}

/// The lines and reasons of the rows that cannot be read.
fn refused(text: impl AsRef<[u8]>) -> Vec<(u64, String)> {
    let refused = read_text(text).unwrap().into_iter().filter_map(Result::err);
    refused.map(|row| (row.line, row.refusal.to_string())).collect()
}

#[test]
fn csv_and_json_lines_are_read_alike() {
    let expected = [
        row(2, ["ada", "ada@example.com", "pbkdf2:sha256:1$salt$00"], Some(1_614_834_367_000)),
        row(3, ["ben", "ben@example.com", ""], None),
    ];
    let csv = "username,email,password_hash,joined_at\n\
        ada,ada@example.com,pbkdf2:sha256:1$salt$00,2021-03-04T05:06:07Z\n\
        ben,ben@example.com,,\n";
    let json = "\n\
        {\"username\":\"ada\",\"email\":\"ada@example.com\",\"password_hash\":\"pbkdf2:sha256:1$salt$00\",\"joined_at\":\"2021-03-04 05:06:07\"}\n\
        {\"username\":\"ben\",\"email\":\"ben@example.com\",\"password_hash\":null}\n";
    for text in [
        csv.to_owned(),
        csv.replace('\n', "\r\n"),
        format!("\u{feff}{csv}"),
        csv.trim_end().to_owned(),
        json.to_owned(),
        json.replacen('\n', " \r\n", 1),
        json.replacen('\n', "\u{feff}\n", 1),
        json.trim_end().to_owned(),
    ] {
        let rows: Result<Vec<_>, _> = read_text(&text).unwrap().into_iter().collect();
        assert_eq!(rows.unwrap(), expected, "{text:?}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_without_dates() {
    let rows =
        read_text("password_hash,\"email\", username\n!,\"a\"\"b@example.com\",\"a,\nda\"\n!,ben@example.com,ben\n");
    let rows: Vec<_> = rows.unwrap().into_iter().map(Result::unwrap).collect();
    let ada = row(2, ["a,\nda", "a\"b@example.com", "!"], None);
    assert_eq!(rows, [ada, row(4, ["ben", "ben@example.com", "!"], None)], "a row begins at its first line");
}

#[test]
fn lines_are_counted_with_blank_ones_and_either_line_break() {
    let text = "username,email,password_hash\n\nada,a,\n\n\n\"b\n\nen\",b,\ncleo,c,\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let lines: Vec<_> = read_text(&text).unwrap().into_iter().map(|row| row.unwrap().line).collect();
        assert_eq!(lines, [3, 6, 9], "{text:?}");
    }
}

#[test]
fn file_without_the_columns_is_refused_as_a_whole() {
    for (text, reason) in [
        ("", "FILE has no line of column names, such as username,email,password_hash,joined_at"),
        (
            "username,email\nada,ada@example.com",
            "FILE has no column password_hash; an empty one is an account without a password",
        ),
        ("username,password_hash\n", "FILE has no column email"),
        ("username,email,password_hash,email\n", "FILE has the column email twice"),
    ] {
        assert_eq!(read_text(text).unwrap_err(), reason, "{text:?}");
    }
    let missing = read(std::path::Path::new("/nowhere/users.csv")).unwrap_err().to_string();
    assert!(missing.starts_with("cannot read /nowhere/users.csv: "), "{missing}");
    assert!(read(&std::env::temp_dir()).is_err(), "a folder");
}

/// Without its values: they are hashes and addresses of users where the line of names is missing.
#[test]
fn first_line_that_names_no_columns_is_refused_without_its_values() {
    let hash = format!("pbkdf2:sha256:1$salt${}", "5".repeat(100_000));
    for (text, position) in [
        (format!("{hash},ada@example.com,ada\n"), 1),
        (format!("username,ada@example.com,{hash}\n"), 2),
        ("username;email;password_hash\n".to_owned(), 1),
        ("username,email,password,joined_at\n".to_owned(), 3),
        ("[{\"username\":\"ada\"}]".to_owned(), 1),
    ] {
        let expected = format!(
            "FILE must begin with a line of the column names username, email, password_hash and joined_at, with commas: \
             its column {position} is none of these"
        );
        assert_eq!(read_text(&text).unwrap_err(), expected);
    }
}

#[test]
fn row_that_cannot_be_read_is_refused_with_its_line() {
    let csv = b"username,email,password_hash,joined_at\nada,ada@example.com\nb\xff,ben@example.com,,\n\
        cleo,cleo@example.com,,yesterday\ndan,dan@example.com,,2021-02-30\neve,eve@example.com,,,\n";
    let date = "joined_at is not a date such as 2021-03-04T05:06:07Z";
    let expected = [
        (2, "2 values instead of 4"),
        (3, "the text is not UTF-8"),
        (4, date),
        (5, date),
        (6, "5 values instead of 4"),
    ];
    assert_eq!(refused(csv), expected.map(|(line, reason)| (line, reason.to_owned())));

    let json = b"{\"username\":\"ada\"}\n{\"username\":\"ben\",\"email\":\"secret@example.com\",\"password\":\"secret\"}\n\
        {\"username\":7,\"email\":\"a\"}\n{]\n\xff\n{\"username\":\"cleo\",\"email\":\"c\",\"joined_at\":\"soon\"}\n[]\n";
    let fields = "not an object of the texts username, email, password_hash and joined_at alone";
    let expected =
        [(1, fields), (2, fields), (3, fields), (4, "not JSON at column 2"), (5, "not JSON at column 1"), (6, date)];
    let refused = refused(json);
    assert_eq!(refused[..6], expected.map(|(line, reason)| (line, reason.to_owned())));
    assert_eq!(refused.len(), 7);
}

#[test]
fn dates_of_databases_and_programs_are_read() {
    for (text, millis) in [
        ("2021-03-04T05:06:07Z", Some(1_614_834_367_000)),
        ("2021-03-04T05:06:07.123456+00:00", Some(1_614_834_367_123)),
        ("2021-03-04 05:06:07.123456", Some(1_614_834_367_123)),
        ("2021-03-04 07:06:07+02", Some(1_614_834_367_000)),
        ("2021-03-04 05:06:07", Some(1_614_834_367_000)),
        ("2021-03-04", Some(1_614_816_000_000)),
        (" ", None),
    ] {
        assert_eq!(date::parse(text), Ok(millis.map(Timestamp::from_millis)), "{text}");
    }
    for text in ["1614834367", "04.03.2021", "2021-13-01", "-9999-01-01x", "99999-01-01"] {
        assert!(date::parse(text).is_err(), "{text}");
    }
}

#[test]
fn refusals_are_sentences_without_values() {
    let refused = RefusedRow { line: 3, refusal: RowRefusal::Username(UsernameError::Reserved) };
    assert_eq!(refused.refusal.to_string(), "that username is reserved");
}
