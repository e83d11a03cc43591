//! `/parties/{id}/guests.csv`: the list as a file for a spreadsheet.

use accounts::StoreError;
use accounts::web::{CurrentUser, Problem};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use domain::party::{Allergies, GuestNote, GuestRow, Heads};
use poem::http::header;
use poem::web::Path;
use poem::{IntoResponse, Response, handler};

use super::sections::Section;
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::find_hosted;

/// The type of the file (RFC 4180, and its encoding).
const CONTENT_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// A byte order mark, without which Excel reads the file in the encoding of the system.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// `GET /parties/{id}/guests.csv`: the file, as a download.
#[handler]
pub(crate) async fn download(me: CurrentUser, state: State<'_>, path: Path<String>) -> Result<Response, Problem> {
    let overview = find_hosted(&state, &path, &me).await?;
    let disposition = format!("attachment; filename=\"guests-{}.csv\"", overview.party.summary.id.get());
    let response = file(&overview.guests).map_err(StoreError::new)?.with_content_type(CONTENT_TYPE);
    Ok(response.with_header(header::CONTENT_DISPOSITION, disposition).into_response())
}

/// The file: a line per guest. Every cell is quoted.
fn file(guests: &[GuestRow]) -> Result<Vec<u8>, csv::Error> {
    let mut settings = WriterBuilder::new();
    settings.quote_style(QuoteStyle::Always).terminator(Terminator::CRLF);
    let mut file = settings.from_writer(Vec::from(BYTE_ORDER_MARK));
    file.write_record(messages::CSV_HEADER)?;
    for guest in guests {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let (heads, rank) = (number(guest.answer.heads().map(Heads::get)), number(guest.rank));
        let answer = messages::guest_section(Section::of(guest.answer));
        let note = guest.texts.note.as_ref().map_or("", GuestNote::as_str);
        let allergies = guest.texts.allergies.as_ref().map_or("", Allergies::as_str);
        let cells = [guest.username.as_str(), answer, &heads, &rank, note, allergies];
        file.write_record(cells.map(harmless))?;
    }
    file.into_inner().map_err(|error| error.into_error().into())
}

/// A cell in which no spreadsheet finds a formula: a character by which one can begin gets an apostrophe in front, at the beginning of the
/// cell and wherever a spreadsheet may begin another one, since many split a file at semicolons or tabs and not at commas (OWASP, "CSV
/// Injection").
fn harmless(cell: &str) -> String {
    let begins_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let ends_cell = |c: char| matches!(c, ';' | ',' | '|' | '"') || c.is_control();
    let mut harmless = String::with_capacity(cell.len());
    let mut before = None;
    for c in cell.chars() {
        if before.map_or(begins_formula(c) || c.is_control(), |before| ends_cell(before) && begins_formula(c)) {
            harmless.push('\'');
        }
        harmless.push(c);
        before = Some(c);
    }
    harmless
}

#[cfg(test)]
mod tests {
    use domain::party::{Answer, RsvpTexts};
    use domain::user::{UserId, Username};

    use super::*;

    #[test]
    fn cell_that_could_begin_a_formula_gets_an_apostrophe() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("\n=1", "'\n'=1"),
            ("\u{85}=1", "'\u{85}'=1"),
            ("＝1", "'＝1"),
            ("", ""),
            ("Ada", "Ada"),
            ("1=1", "1=1"),
            ("see you;=1+1", "see you;'=1+1"),
            ("Nuts\n=2+2", "Nuts\n'=2+2"),
            ("a\t@b,+c\"-d", "a\t'@b,'+c\"'-d"),
            ("nuts; - no, = yes", "nuts; - no, = yes"),
            ("'=1", "'=1"),
        ] {
            assert_eq!(harmless(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn file_begins_with_a_byte_order_mark_and_quotes_every_cell() {
        let guest = |name: &str, answer, rank| GuestRow {
            id: UserId::new(1),
            username: Username::parse(name).unwrap(),
            answer,
            rank,
            texts: RsvpTexts::default(),
        };
        let two = Heads::new(2).unwrap();
        let mut guests =
            [guest("ben", Answer::Seated(two), None), guest("cyd", Answer::Waitlisted(Heads::ONE), Some(1))];
        guests[0].texts.note = Some(GuestNote::parse("=1+1\n\"quoted\", and more").unwrap());
        guests[0].texts.allergies = Some(Allergies::parse("-\nNuts").unwrap());
        let expected = "\u{feff}\"Name\",\"Answer\",\"People\",\"Number on the waiting list\",\"Note\",\"Allergies\"\r\n\
            \"ben\",\"Coming\",\"2\",\"\",\"'=1+1\n\"\"quoted\"\", and more\",\"'-\nNuts\"\r\n\
            \"cyd\",\"Waiting\",\"1\",\"1\",\"\",\"\"\r\n";
        assert_eq!(String::from_utf8(file(&guests).unwrap()).unwrap(), expected);
    }
}
