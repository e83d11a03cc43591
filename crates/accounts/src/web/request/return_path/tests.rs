//! The corpus of texts that lead to another origin, and of paths that stay.

use proptest::prelude::*;

use super::*;

/// Each of these bypassed a redirect filter, or split a header, in a published advisory.
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
fn text_that_may_leave_the_origin_is_rejected() {
    assert!(HOSTILE.len() >= 60);
    for raw in HOSTILE {
        assert_eq!(ReturnPath::parse(raw), None, "{raw:?}");
    }
    assert_eq!(ReturnPath::parse(&format!("/{}", "a".repeat(ReturnPath::MAX_LENGTH))), None);
    assert_eq!(
        ReturnPath::parse(&format!("/{}", "ü".repeat(ReturnPath::MAX_LENGTH / 4))),
        None,
        "too long once it is serialized"
    );
}

#[test]
fn path_on_this_origin_keeps_its_query() {
    for (raw, path) in [
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
        assert_eq!(ReturnPath::parse(raw).as_ref().map(ReturnPath::as_str), Some(path), "{raw:?}");
    }
}

#[test]
fn url_on_another_origin_or_with_a_user_is_rejected() {
    let base = Url::parse("http://here.invalid/").unwrap();
    for (url, is_accepted) in [
        ("http://here.invalid/rsvp", true),
        ("http://here.invalid:80/rsvp", true),
        ("http://evil.example/rsvp", false),
        ("https://here.invalid/rsvp", false),
        ("http://here.invalid:8000/rsvp", false),
        ("http://eve@here.invalid/rsvp", false),
        ("http://:password@here.invalid/rsvp", false),
        ("http://eve:password@here.invalid/rsvp", false),
        ("data:text/html,rsvp", false),
    ] {
        assert_eq!(is_on_origin(&Url::parse(url).unwrap(), &base), is_accepted, "{url}");
    }
}

proptest! {
    #[test]
    fn accepted_path_stays_on_every_base_origin(raw in "[/\\\\.%a-zA-Z0-9:@?#\\t\\n\\r ]{0,24}|/\\PC{0,24}") {
        if let Some(path) = ReturnPath::parse(&raw) {
            for base in ["https://dinner.example/login?next=x", "http://127.0.0.1:8000/a/b/"] {
                let base = Url::parse(base).unwrap();
                let url = base.join(path.as_str()).unwrap();
                prop_assert_eq!(url.origin(), base.origin());
                prop_assert!(path.as_str().is_ascii() && !path.as_str().bytes().any(|b| b.is_ascii_control() || b == b' '));
                prop_assert_eq!(ReturnPath::parse(path.as_str()), Some(path.clone()), "parsing it again changes nothing");
            }
        }
    }
}
