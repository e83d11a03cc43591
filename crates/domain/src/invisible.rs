//! Characters that display nothing. A name that differs from another only by them would look equal.

/// Whether a character displays nothing by itself.
///
/// These are Unicode's Default_Ignorable_Code_Point, a stable property, and the blanks among letters and symbols: the
/// fillers of Hangul (which have both properties), of Egyptian hieroglyphs and of Braille.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{13441}'..='\u{13442}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Removes white space around a text, and what a copied text brings along invisibly: zero width spaces, byte order
/// marks, word joiners, and direction marks. Joiners and variation selectors belong to the character before them, and
/// stay.
#[must_use]
pub fn trim_invisible(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_pasted(c))
}

/// Whether a character is one that copying adds around a text.
pub(crate) fn is_pasted(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Reads a value of a fixed form as typed: a number, a date, a zone, an e-mail address.
///
/// Removes white space around it, and invisible characters around it and inside. Joiners inside stay, since the names of
/// some domains contain them. Full-width forms, which East Asian keyboards type, become ASCII.
pub(crate) fn normalize_token(typed: &str) -> String {
    let is_joiner = |c: char| matches!(c, '\u{200C}' | '\u{200D}');
    let visible = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).chars();
    visible.filter(|c| !is_invisible(*c) || is_joiner(*c)).map(to_ascii).collect::<String>().trim().to_owned()
}

/// Replaces a full-width form by the ASCII character that it stands for.
fn to_ascii(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_loses_invisible_characters_and_full_width_forms() {
        for typed in ["12", " 12 ", "1\u{200b}2", "\u{feff}12", "\u{202a}12\u{202c}", "１２", "\u{3000}1\u{2060}２"]
        {
            assert_eq!(normalize_token(typed), "12", "{typed:?}");
        }
        assert_eq!(normalize_token("1\0x"), "1\0x", "a control character stays, so that the value is rejected");
    }

    #[test]
    fn text_keeps_what_belongs_to_its_last_character() {
        assert_eq!(trim_invisible("\u{feff}\u{202a} Chez Zoé\u{202c}\u{200b} "), "Chez Zoé");
        for text in ["❤\u{fe0f}", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "نامه\u{200c}"] {
            assert_eq!(trim_invisible(text), text);
        }
    }
}
