//! Rows of JSON Lines: an object a line.

use serde::Deserialize;

use super::date;
use super::file::{ReadRow, malformed};
use crate::ImportRow;

/// The fields of a line. `null` is as an empty text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    username: String,
    email: String,
    password_hash: Option<String>,
    joined_at: Option<String>,
}

/// Reads all rows. Blank lines are none.
pub(super) fn read(text: &[u8]) -> Vec<ReadRow> {
    let lines = (1..).zip(text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii));
    let rows = lines.filter(|(_, text)| !text.is_empty());
    rows.map(|(line, text)| parse(text, line).map_err(|reason| malformed(line, reason))).collect()
}

fn parse(text: &[u8], line: u64) -> Result<ImportRow, String> {
    // Not serde's whole message, which may quote a value.
    let fields = serde_json::from_slice(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            "not an object of the texts username, email, password_hash and joined_at alone".to_owned()
        }
        _ => format!("not JSON at column {}", error.column()),
    });
    let Fields { username, email, password_hash, joined_at } = fields?;
    let joined_at = date::parse(&joined_at.unwrap_or_default())?;
    Ok(ImportRow { line, username, email, password_hash: password_hash.unwrap_or_default(), joined_at })
}
