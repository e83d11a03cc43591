//! A text by a user with its line breaks, in which web addresses are links.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};
use url::Url;

/// A text as safe HTML. Line breaks stay line breaks, which the stylesheet shows.
///
/// Only `http` and `https` URLs with a host and without a user name become links: a name before the host is a way to
/// disguise it. What a reader sees is the text as typed; the link has the host in ASCII, so that a browser shows a
/// look-alike name for what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkedText<'a>(pub(crate) &'a str);

impl HtmlSafe for LinkedText<'_> {}

impl fmt::Display for LinkedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, typed, url, after)) = first_link(rest) {
            Html.write_escaped_str(&mut *f, before)?;
            f.write_str(r#"<a rel="noreferrer nofollow ugc" href=""#)?;
            Html.write_escaped_str(&mut *f, url.as_str())?;
            f.write_str("\">")?;
            Html.write_escaped_str(&mut *f, typed)?;
            f.write_str("</a>")?;
            rest = after;
        }
        Html.write_escaped_str(f, rest)
    }
}

/// The first web address in a text: the text before it, the address as typed and as a URL, and the text after it.
fn first_link(text: &str) -> Option<(&str, &str, Url, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("http").map(|at| from + at) {
        let tail = &text[at..];
        let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(tail.len());
        let typed = without_punctuation(&tail[..end]);
        if let Some(url) = web_address(typed) {
            return Some((&text[..at], typed, url, &tail[typed.len()..]));
        }
        from = at + "http".len();
    }
    None
}

/// The address without the punctuation of the sentence around it, and without a closing bracket that it does not open.
fn without_punctuation(typed: &str) -> &str {
    let mut typed = typed;
    loop {
        let trimmed = typed.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '…', '’', '”']);
        let trimmed = match trimmed.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => trimmed,
        };
        if trimmed.len() == typed.len() {
            return typed;
        }
        typed = trimmed;
    }
}

fn web_address(typed: &str) -> Option<Url> {
    if !typed.starts_with("http://") && !typed.starts_with("https://") {
        return None;
    }
    let url = Url::parse(typed).ok()?;
    (url.has_host() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn html(text: &str) -> String {
        LinkedText(text).to_string()
    }

    fn link(url: &str, typed: &str) -> String {
        format!(r#"<a rel="noreferrer nofollow ugc" href="{url}">{typed}</a>"#)
    }

    #[test]
    fn web_addresses_become_links_and_other_text_is_escaped() {
        assert_eq!(html("<b>\n&"), "&#60;b&#62;\n&#38;");
        let menu = link("https://a.example/menu?x=1&#38;y=2", "https://a.example/menu?x=1&#38;y=2");
        assert_eq!(html("See https://a.example/menu?x=1&y=2."), format!("See {menu}."));
        assert_eq!(html("(http://a.example)!"), format!("({})!", link("http://a.example/", "http://a.example")));
        let wiki = "https://a.example/Pho_(soup)";
        assert_eq!(html(wiki), link(wiki, wiki));
        assert_eq!(html("https://a.example\nhttps://b.example").matches("</a>").count(), 2);
    }

    #[test]
    fn dangerous_addresses_stay_text() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "httpx://a.example",
            "https://",
            "https:///",
            "http://bank.example@evil.example/",
            "http://a:b@evil.example/",
            "HTTP",
            "http",
        ] {
            assert!(!html(text).contains("<a "), "{text}: {}", html(text));
        }
        let escaped = html("https://a.example/\"onmouseover=alert(1)");
        assert!(escaped.contains("href=\"https://a.example/\">") && escaped.contains("&#34;onmouseover"), "{escaped}");
        assert!(html("https://аррӏе.example").contains("href=\"https://xn--"), "a look-alike name");
    }

    proptest! {
        #[test]
        fn text_is_shown_whole_and_adds_no_other_tag(text in "(http://|https://|[a-z<>\"'&@:/. \n()]){0,40}") {
            let html = html(&text);
            let mut shown = html.clone();
            while let Some(start) = shown.find('<') {
                let end = start + shown[start..].find('>').unwrap();
                let tag = shown[start..=end].to_owned();
                prop_assert!(tag == "</a>" || tag.starts_with("<a rel=\"noreferrer nofollow ugc\" href=\"http"), "{tag}");
                shown.replace_range(start..=end, "");
            }
            let unescaped = ["&#60;<", "&#62;>", "&#34;\"", "&#39;'", "&#38;&"].iter().fold(shown, |text, pair| {
                let (escaped, plain) = pair.split_at(5);
                text.replace(escaped, plain)
            });
            prop_assert_eq!(unescaped, text);
        }
    }
}
