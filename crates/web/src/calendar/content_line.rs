//! The content lines of an `.ics` file: escaping and folding (RFC 5545, sections 3.1 and 3.3.11).

/// The most octets of a line, without its line break (RFC 5545, section 3.1).
const MAX_OCTETS: usize = 75;

/// The lines of a file.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Appends a property whose value is a text: commas, semicolons, backslashes and line breaks are escaped.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in plain_text(value).chars() {
            match c {
                '\\' | ',' | ';' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c => line.push(c),
            }
        }
        self.fold(&line);
    }

    /// Appends a property whose value is not a text, such as a date, a number or a URL. Control characters are removed.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        self.fold(&format!("{name}:{value}"));
    }

    /// The whole file. Every line ends with CRLF.
    pub(super) fn into_file(self) -> String {
        self.0
    }

    /// Breaks a line into lines of at most [`MAX_OCTETS`], never inside a character. Each but the first begins with a
    /// space, which counts.
    fn fold(&mut self, line: &str) {
        let (mut rest, mut room) = (line, MAX_OCTETS);
        while rest.len() > room {
            let (first, after) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(first);
            self.0.push_str("\r\n ");
            (rest, room) = (after, MAX_OCTETS - 1);
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }
}

/// The text with `\n` for every kind of line break, a space for a tab, and without other control characters.
///
/// U+2028 and U+2029 are line breaks too: parsers in Python split lines there.
pub(super) fn plain_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let character = |c| match c {
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() && c != '\n' => None,
        c => Some(c),
    };
    text.chars().filter_map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, value: &str) -> String {
        let mut lines = Lines::default();
        lines.text(name, value);
        lines.into_file()
    }

    #[test]
    fn text_escapes_reserved_characters_and_line_breaks() {
        assert_eq!(file("X", "a,b;c\\d:\"e\"\r\nf\rg\n"), "X:a\\,b\\;c\\\\d:\"e\"\\nf\\ng\\n\r\n");
        assert_eq!(file("X", "a\u{2028}b\u{85}c\td\u{0}\u{7}\u{7f}\u{9b}e"), "X:a\\nb\\nc de\r\n");
    }

    #[test]
    fn raw_value_cannot_add_a_line() {
        let mut lines = Lines::default();
        lines.raw("URL", "https://dinner.example/\r\nATTACH:x");
        assert_eq!(lines.into_file(), "URL:https://dinner.example/ATTACH:x\r\n");
    }

    #[test]
    fn lines_fold_at_75_octets_including_the_leading_space() {
        // A line of 75 octets, and remainders around 74, where the leading space makes the difference.
        for (length, expected) in [
            (73, vec![75]),
            (74, vec![75, 2]),
            (73 + 74, vec![75, 75]),
            (73 + 75, vec![75, 75, 2]),
            (73 + 76, vec![75, 75, 3]),
        ] {
            let file = file("S", &"a".repeat(length));
            let lines: Vec<_> = file.split_terminator("\r\n").map(str::len).collect();
            assert_eq!(lines, expected, "{length} octets");
        }
    }

    #[test]
    fn lines_fold_between_characters() {
        let file = file("S", &"粥".repeat(60));
        let lines: Vec<_> = file.split_terminator("\r\n").collect();
        // 2 octets of name and 24 characters of 3, then a space and 24 characters.
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [74, 73, 37]);
        assert_eq!(lines.concat().matches('粥').count(), 60);
    }
}
