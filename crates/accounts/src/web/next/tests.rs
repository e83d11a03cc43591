//! What leads away from this site, in every shape that has fooled somebody.

use proptest::prelude::*;

use super::*;

/// Each of these has led to another site, or into a header, in some filter's advisory.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "evil.example",
    "evil.example/",
    "http://evil.example",
    "https://evil.example",
    "HTTP://evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/////evil.example/path",
    "/\\evil.example",
    "/\\/evil.example",
    "/\\\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/\tevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "\u{0}//evil.example",
    "/\u{0}/evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d/evil.example",
    "/%2f/evil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%5Cevil.example",
    "/%5c%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/./\\evil.example",
    "/%2e//evil.example",
    "/%2e%2e//evil.example",
    "/a/%2e%2e//evil.example",
    "/.\t//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "mailto:eve@evil.example",
    "file:///etc/passwd",
    "blob:http://here/1",
    "about:blank",
    "view-source:http://evil.example",
    "ftp://evil.example",
    "@evil.example",
    "user:password@evil.example",
    "http://here.invalid@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "home",
    "./home",
    "../home",
    "/home\r\nSet-Cookie: session=eve",
    "/home\nLocation: http://evil.example",
    "/home\u{7f}",
    "/home\u{85}x",
    "\u{feff}//evil.example",
    "\u{3000}//evil.example",
    "\u{2028}//evil.example",
    "／／evil.example",
    "http://127.0.0.1:8000@evil.example",
    "//127.0.0.1:8000@evil.example",
    "//[::1]/",
    "//evil%E3%80%82example",
    "x-evil://evil.example",
    "wss://evil.example",
    "http:\\\\evil.example",
    "http:\\evil.example",
    "//\\evil.example",
    "/\\\t/evil.example",
    "//;@evil.example",
];

#[test]
fn nothing_hostile_leads_anywhere() {
    assert!(HOSTILE.len() >= 60);
    for raw in HOSTILE {
        assert_eq!(Next::parse(raw), None, "{raw:?}");
    }
    assert_eq!(Next::parse(&format!("/{}", "a".repeat(Next::MAX))), None);
    assert_eq!(Next::parse(&format!("/{}", "ü".repeat(Next::MAX / 4))), None, "too long once it is written again");
}

#[test]
fn a_path_here_is_kept_with_its_query() {
    for (raw, next) in [
        ("/", "/"),
        ("/rsvp", "/rsvp"),
        ("/rsvp?q=soup&after=1.5", "/rsvp?q=soup&after=1.5"),
        ("/user/Łukasz", "/user/%C5%81ukasz"),
        ("/parties/3#table", "/parties/3"),
        ("/a/../b", "/b"),
        ("/?next=//evil.example", "/?next=//evil.example"),
        ("/search?q=http://evil.example", "/search?q=http://evil.example"),
        ("/a b", "/a%20b"),
        ("/a//b", "/a//b"),
        ("/@evil.example", "/@evil.example"),
        ("/:80", "/:80"),
    ] {
        assert_eq!(Next::parse(raw).as_ref().map(Next::as_str), Some(next), "{raw:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_stays_on_any_origin_it_is_followed_from(raw in "[/\\\\.%a-zA-Z0-9:@?#\\t\\n\\r ]{0,24}|/\\PC{0,24}") {
        if let Some(next) = Next::parse(&raw) {
            for base in ["https://dinner.example/login?next=x", "http://127.0.0.1:8000/a/b/"] {
                let base = Url::parse(base).unwrap();
                let there = base.join(next.as_str()).unwrap();
                prop_assert_eq!(there.origin(), base.origin());
                prop_assert!(next.as_str().is_ascii() && !next.as_str().bytes().any(|b| b.is_ascii_control() || b == b' '));
                prop_assert_eq!(Next::parse(next.as_str()), Some(next.clone()), "reading it again changes nothing");
            }
        }
    }
}
