//! Fits a text into a column: the largest font size at which it needs few enough lines, and lines of similar length.

use unicode_normalization::char::is_combining_mark;

/// The place for a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    /// The width in pixels.
    pub(super) width: f32,
    /// The font sizes in pixels to try, largest first, each with the most lines at that size.
    pub(super) sizes: &'a [(f32, usize)],
}

/// A text in lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lines {
    /// The font size in pixels.
    pub(super) size: f32,
    /// The lines from the top.
    pub(super) lines: Vec<String>,
}

impl Column<'_> {
    /// Fits `text`, where `width_of` is the width of a text at a font size of one pixel.
    ///
    /// A word is broken only at the smallest size. A text that does not fit at that size ends with an ellipsis.
    pub(super) fn fit(&self, text: &str, width_of: impl Fn(&str) -> f32) -> Lines {
        for &(size, max_lines) in self.sizes {
            // A word that is wider than the column stays in one piece here, so that its line is too wide.
            let lines = wrap(text, self.width / size, &width_of);
            let fits = |line: &String| width_of(line) * size <= self.width;
            if lines.len() <= max_lines && lines.iter().all(fits) {
                return Lines { size, lines: balanced(text, lines, self.width / size, &width_of) };
            }
        }
        let (size, max_lines) = self.sizes.last().copied().unwrap_or((1.0, 1));
        let room = self.width / size;
        let mut lines = wrap(&with_broken_words(text, room, &width_of), room, &width_of);
        if lines.len() > max_lines {
            let rest = lines.split_off(max_lines.saturating_sub(1)).join(" ");
            lines.push(ellipsized(&rest, room, &width_of));
        }
        Lines { size, lines }
    }
}

/// Fills each line with as many words as fit.
fn wrap(text: &str, room: f32, width_of: &impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + width_of(" ") + width_of(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The same number of lines in a narrower column, if that makes the longest line shorter.
fn balanced(text: &str, lines: Vec<String>, room: f32, width_of: &impl Fn(&str) -> f32) -> Vec<String> {
    let widest_word = text.split_whitespace().map(width_of).fold(0.0, f32::max);
    let steps = (1..=20u8).rev().map(|step| room * f32::from(step) / 20.0);
    let narrower = steps.take_while(|narrow| *narrow >= widest_word).map(|narrow| wrap(text, narrow, width_of));
    narrower.take_while(|narrow| narrow.len() <= lines.len()).last().unwrap_or(lines)
}

/// The text with a space inside each word that is wider than a line, before the character that no longer fits.
fn with_broken_words(text: &str, room: f32, width_of: &impl Fn(&str) -> f32) -> String {
    let mut broken = String::new();
    for word in text.split_whitespace() {
        let mut width = 0.0;
        for letter in letters(word) {
            let letter_width = width_of(letter);
            if width + letter_width > room {
                broken.push(' ');
                width = 0.0;
            }
            width += letter_width;
            broken.push_str(letter);
        }
        broken.push(' ');
    }
    broken
}

/// As many words of a text as fit on a line with an ellipsis after them; as many letters, if the words fill less than half
/// of the line.
fn ellipsized(text: &str, room: f32, width_of: &impl Fn(&str) -> f32) -> String {
    let with_ellipsis =
        |text: &str| format!("{}…", text.trim_end_matches(|c: char| c.is_whitespace() || ",;:.-–—_(".contains(c)));
    let ends = text.match_indices(' ').map(|(end, _)| with_ellipsis(&text[..end]));
    let words = ends.take_while(|line| width_of(line) <= room).last();
    if let Some(line) = words.filter(|line| width_of(line) >= room / 2.0) {
        return line;
    }
    let mut width = width_of("…");
    let fits = |letter: &&str| {
        width += width_of(letter);
        width <= room
    };
    with_ellipsis(&letters(text).take_while(fits).collect::<String>())
}

/// The letters of a text, each with its combining marks.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = rest.char_indices().skip(1).find(|(_, c)| !is_combining_mark(*c)).map_or(rest.len(), |(at, _)| at);
        let (letter, after) = rest.split_at(next);
        rest = after;
        (!letter.is_empty()).then_some(letter)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A font in which every character is as wide as its size.
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    fn square(text: &str) -> f32 {
        text.chars().filter(|c| !is_combining_mark(*c)).count() as f32
    }

    fn fit(text: &str, width: f32) -> (f32, Vec<String>) {
        let lines = Column { width, sizes: &[(3.0, 3), (2.0, 3), (1.0, 3)] }.fit(text, square);
        (lines.size, lines.lines)
    }

    fn fitted(size: f32, lines: &[&str]) -> (f32, Vec<String>) {
        (size, lines.iter().map(|&line| line.to_owned()).collect())
    }

    #[test]
    fn text_takes_the_largest_size_that_fits() {
        assert_eq!(fit("soup", 30.0), fitted(3.0, &["soup"]));
        assert_eq!(fit("soup of the day and bread", 30.0), fitted(3.0, &["soup of", "the day", "and bread"]));
        assert_eq!(
            fit("soup of the day, bread and salad", 24.0),
            fitted(2.0, &["soup of the", "day, bread", "and salad"])
        );
    }

    #[test]
    fn larger_size_may_have_fewer_lines() {
        let column = Column { width: 12.0, sizes: &[(2.0, 1), (1.0, 2)] };
        assert_eq!(column.fit("soup", square), Lines { size: 2.0, lines: vec!["soup".into()] });
        assert_eq!(column.fit("soup, bread", square), Lines { size: 1.0, lines: vec!["soup, bread".into()] });
    }

    #[test]
    fn ellipsis_follows_a_word_unless_the_line_were_half_empty() {
        let column = Column { width: 20.0, sizes: &[(1.0, 1)] };
        assert_eq!(column.fit("soup with bread, and salad", square).lines, ["soup with bread…"]);
        assert_eq!(column.fit("at maximilian_of_hohenstein", square).lines, ["at maximilian_of_ho…"]);
    }

    #[test]
    fn lines_are_balanced() {
        assert_eq!(fit("mushroom risotto al tartufo", 54.0), fitted(3.0, &["mushroom risotto", "al tartufo"]));
        assert_eq!(fit("one two three go", 39.0), fitted(3.0, &["one two", "three go"]));
    }

    #[test]
    fn word_is_broken_only_at_the_smallest_size() {
        assert_eq!(fit("a bouillabaisse", 26.0), fitted(2.0, &["a", "bouillabaisse"]));
        assert_eq!(fit("bouillabaisse", 8.0), fitted(1.0, &["bouillab", "aisse"]));
        // A combining mark stays with its letter.
        assert_eq!(fit("aaaaaaae\u{301}eeee", 8.0), fitted(1.0, &["aaaaaaae\u{301}", "eeee"]));
    }

    #[test]
    fn text_too_long_for_three_lines_ends_with_an_ellipsis() {
        assert_eq!(
            fit("one two three four five six, seven", 10.0),
            fitted(1.0, &["one two", "three four", "five six…"])
        );
    }

    proptest! {
        #[test]
        fn every_line_fits_and_no_text_is_lost(text in "([a-zé\u{301},]{1,30} ){0,20}", width in 4.0f32..60.0) {
            let (size, lines) = fit(&text, width);
            prop_assert!(lines.len() <= 3);
            for line in &lines {
                prop_assert!(square(line) * size <= width, "{line} at {size} in {width}");
            }
            let compact = |text: &str| text.split_whitespace().collect::<String>();
            let (all, shown) = (compact(&text), compact(&lines.concat()));
            let is_cut = shown.ends_with('…');
            prop_assert!(all.starts_with(shown.trim_end_matches('…')) && (is_cut || all == shown), "{shown} of {all}");
        }
    }
}
