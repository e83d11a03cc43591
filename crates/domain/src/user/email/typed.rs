//! The address in a text that was typed or pasted for one, and what is wrong with a text that holds none.

use std::borrow::Cow;

use email_address::EmailAddress;
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use super::EmailError;
use crate::invisible::{is_invisible, normalize_token};

/// Dots of East Asian scripts, which separate the labels of a domain as U+002E does (UTS 46).
const DOTS: [char; 2] = ['\u{3002}', '\u{FF61}'];

/// Returns the address in a text, in Unicode NFC: without invisible characters, `mailto:`, a display name and brackets.
///
/// Which of several addresses is meant is unknown, so a text with several is returned as it is.
pub(super) fn address_in(typed: &str) -> String {
    let typed = normalize_token(typed).replace('\u{FE6B}', "@");
    let address = trim_separators(without_display_name(trim_separators(&typed)));
    let address: String = match without_mailto(address) {
        Some(target) => normalize_token(&target).nfc().collect(),
        None => address.nfc().collect(),
    };
    match address.rsplit_once('@') {
        Some((local, domain)) if domain.contains(DOTS) => format!("{local}@{}", domain.replace(DOTS, ".")),
        _ => address,
    }
}

/// The text without brackets around it, and without the separators of a list of recipients after it.
fn trim_separators(text: &str) -> &str {
    let text = text.trim_end_matches(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
    let text = text.strip_prefix('<').unwrap_or(text);
    text.strip_suffix('>').unwrap_or(text).trim()
}

/// The address of `Ada Lovelace <ada@example.com>`. Many programs give the address itself as the name.
fn without_display_name(text: &str) -> &str {
    let Some((name, address)) = text.rsplit_once('<') else { return text };
    let name = name.trim_matches(|c: char| matches!(c, '"' | '\'' | '(' | ')') || c.is_whitespace());
    let is_several = name.contains(['@', '<', '>']) && name != address.trim_end_matches('>').trim();
    if is_several { text } else { address }
}

/// The address of a `mailto:` link (RFC 6068): percent-decoded, and without the header fields after it.
fn without_mailto(text: &str) -> Option<Cow<'_, str>> {
    const SCHEME: &str = "mailto:";
    let (scheme, target) = text.split_at_checked(SCHEME.len())?;
    let address = target.split('?').next().filter(|_| scheme.eq_ignore_ascii_case(SCHEME))?;
    percent_decode_str(address).decode_utf8().ok()
}

/// What is wrong with a text that the library does not parse.
pub(super) fn error_of(address: &str) -> EmailError {
    if let Some(wrong) = address.chars().find(|c| c.is_control() || is_invisible(*c)) {
        return EmailError::Invisible(wrong);
    }
    let Some((local, domain)) = address.rsplit_once('@') else { return EmailError::MissingAt };
    if local.contains('@') && !local.starts_with('"') {
        return EmailError::SeveralAts;
    }
    if address.contains(char::is_whitespace) {
        return EmailError::WhiteSpace;
    }
    let is_in_word = |c: char| c == '.' || EmailAddress::is_valid_local_part(c.encode_utf8(&mut [0; 4]));
    // The library accepts an underscore, though no host name has one.
    let is_in_label = |c: char| matches!(c, '.' | '-' | '_') || c.is_alphanumeric();
    let wrong = local.chars().find(|c| !is_in_word(*c)).or_else(|| domain.chars().find(|c| !is_in_label(*c)));
    match wrong {
        Some(wrong) => EmailError::Character(wrong),
        None if EmailAddress::is_valid_local_part(local) => EmailError::Domain,
        None => EmailError::LocalPart,
    }
}
