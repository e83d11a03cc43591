//! Rust source without its comments and literals. Enough to find which words the code uses; not a parser.

/// The text with comments, strings and characters replaced by spaces. Line breaks stay.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let end = skipped(rest, code.chars().next_back());
        if end == 0 {
            code.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            code.extend(rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[end..];
        }
    }
    code
}

/// Whether code names a crate: in a path that begins with it, or in `use name`.
pub(crate) fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (code[..at].trim_end(), code[at + name.len()..].trim_start());
        let is_whole = !code[..at].ends_with(is_word) && !code[at + name.len()..].starts_with(is_word);
        let is_first = !before.ends_with("::") && !before.ends_with('.');
        is_whole && is_first && (after.starts_with("::") || before.ends_with("use"))
    })
}

/// Whether `c` can be part of a name.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length in bytes of the comment or literal at the start of `rest`, or 0. `before` is the previous character of
/// code.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let upto = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return upto("*/", 2);
    }
    let prefix = rest.len() - rest.trim_start_matches(['b', 'c']).len();
    let raw = rest[prefix..].strip_prefix('r').filter(|_| prefix <= 1 && !before.is_some_and(is_word));
    if let Some(raw) = raw {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            return upto(&format!("\"{}", "#".repeat(hashes)), prefix + 1 + hashes + 1);
        }
    }
    match rest.as_bytes()[0] {
        b'"' => quoted(rest, '"').unwrap_or(rest.len()),
        // 'x' and '\n' are characters, 'static is a lifetime.
        b'\'' if rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\'') => {
            quoted(rest, '\'').unwrap_or(1)
        }
        _ => 0,
    }
}

/// The end of the literal that begins with `quote`. Escaped quotes do not end it.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_excludes_comments_and_literals() {
        let text =
            "a // b\n/* c\n */ d(\"e \\\" f\", r#\"g \" h\"#, br\"i\", 'j', '\\'', '\"') k\nfn l<'m>(n: &'m str) {}";

        let code = code(text);

        let words: Vec<_> = code.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
        assert_eq!(words, ["a", "d", "k", "fn", "l", "m", "n", "m", "str"]);
        assert_eq!(code.lines().count(), text.lines().count());
    }

    #[test]
    fn crate_is_named_by_path_or_use() {
        for named in
            ["use poem::Route;", "poem::Server::new()", "#[poem::handler]", "use poem;", "pub use poem as http;"]
        {
            assert!(names_crate(named, "poem"), "{named}");
        }
        for other in ["let poem = 1;", "poem.lines()", "my_poem::x", "crate::poem::x", "poems::x", "self.poem :: <T>()"]
        {
            assert!(!names_crate(other, "poem"), "{other}");
        }
    }
}
