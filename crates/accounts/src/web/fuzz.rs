//! What comes from outside before anybody is known, put together at random from the pieces that its readers look for:
//! forms, cookies, `next`. Nothing may panic, and what is read must hold against a second opinion. `cargo xtask fuzz`
//! runs each a million times and more; what a rule says of one input in particular stands beside the rule.

use auth::SessionToken;
use poem::Request;
use poem::http::{HeaderValue, header};
use proptest::prelude::*;
use url::{Url, form_urlencoded};

use super::fields::Fields;
use super::next::Next;
use super::{cookies, flash};

/// As many cases as `PROPTEST_CASES` asks for; every day a few thousand.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(4096), ..asked }
}

/// Pieces in any order and number, with some that nobody thought of between them.
fn pieces(known: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

#[rustfmt::skip] // a piece a line would hide the rest
const OF_FORMS: &[&[u8]] = &[
    b"&", b"=", b"&&", b"+", b"%", b"%2", b"%20", b"%00", b"%26", b"%3D", b"%C3%A9", b"%C3", b"%E2%82", b"%zz",
    b"%+1", b"csrf_token", b"password", b"party_id=1", b";", b"\0", "é".as_bytes(), b"\xff", b"a=b&a=c",
];

#[rustfmt::skip] // a piece a line would hide the rest
const OF_COOKIES: &[&[u8]] = &[
    b";", b"; ", b"=", b" ", b"\t", b",", b"\"", b"session", b"session-8000", b"session-8000=", b"flash-8000=",
    b"__Host-session=", b"c1lvdQ", b".", b"s", b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", b"\xff",
    "é".as_bytes(),
];

#[rustfmt::skip] // a piece a line would hide the rest
const OF_ADDRESSES: &[&[u8]] = &[
    b"/", b"//", b"\\", b".", b"..", b"/./", b"%2e", b"%2f", b"%5c", b"%09", b"%", b"\t", b"\n", b"\r", b"\0", b" ",
    b"@", b":", b"?", b"#", b"&", b"evil.example", b"http:", b"https://", b"javascript:", b"[::1]", b"home", b"next=",
    b"\x7f", "／".as_bytes(), "。".as_bytes(), "\u{feff}".as_bytes(), "\u{202e}".as_bytes(), "ü".as_bytes(),
];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_form_is_refused_or_read_as_browsers_wrote_it(body in pieces(OF_FORMS)) {
        let Ok(fields) = Fields::decode(&body) else { return Ok(()) };
        let read: Vec<_> = fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(&read, &form_urlencoded::parse(&body).into_owned().collect::<Vec<_>>());
        let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(&read).finish();
        prop_assert!(Fields::decode(written.as_bytes()) == Ok(fields.clone()), "{written}");
        for (name, value) in fields.iter() {
            prop_assert!(fields.is_ticked(name));
            prop_assert!(fields.one(name).map_or(true, |one| one == value));
        }
    }

    #[test]
    fn a_cookie_is_one_that_came_or_none(lines in prop::collection::vec(pieces(OF_COOKIES), 0..3)) {
        let lines: Vec<_> = lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
        let request = lines.iter().fold(Request::builder(), |r, line| r.header(header::COOKIE, line.clone())).finish();
        for name in ["session-8000", "flash-8000", "__Host-session"] {
            let Some(value) = cookies::read(&request, name) else { continue };
            let came = format!("{name}={value}");
            prop_assert!(!value.contains(';'));
            prop_assert!(lines.iter().any(|line| String::from_utf8_lossy(line.as_bytes()).contains(&came)), "{came:?}");
            if let Some(token) = SessionToken::parse(value) {
                prop_assert_eq!(token.expose(), value);
            }
            let messages = flash::read(value);
            prop_assert_eq!(flash::read(&flash::write(&messages)), messages);
        }
    }

    #[test]
    fn a_next_stays_here_wherever_it_is_followed_from(raw in pieces(OF_ADDRESSES)) {
        let raw = String::from_utf8_lossy(&raw);
        for raw in [raw.clone().into_owned(), format!("/{raw}")] {
            let Some(next) = Next::parse(&raw) else { continue };
            for base in ["https://dinner.example/login?next=x", "http://127.0.0.1:8000/a/b/"] {
                let base = Url::parse(base)?;
                prop_assert_eq!(base.join(next.as_str())?.origin(), base.origin(), "{:?}", raw);
            }
            prop_assert!(HeaderValue::from_str(next.as_str()).is_ok());
            prop_assert_eq!(next.path().find(['?', '#']), None);
            prop_assert_eq!(Next::parse(next.as_str()), Some(next));
        }
    }
}
