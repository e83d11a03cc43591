//! Fuzz tests of untrusted input: forms, cookies and return paths, put together at random from the pieces that their
//! parsers look for. A parser must not panic, and must agree with a second implementation. `cargo xtask fuzz` runs each
//! test with a million cases and more; a test of one particular input is beside its parser.

use std::sync::LazyLock;

use auth::SessionToken;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use poem::Request;
use poem::http::{HeaderValue, header};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use url::{Url, form_urlencoded};

use super::form::{decode_form, is_password};
use super::interrupted_form::InterruptedForm;
use super::page::{GuestMessages, decode_flash, encode_flash, split_flashes};
use super::request::{RequestContext, ReturnPath, accept_body};
use super::session::read_cookie;
use super::test_accounts::accounts;
use crate::Accounts;

/// `PROPTEST_CASES` cases, and at least 4,096.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(4096), ..config }
}

/// Up to 15 pieces in any order, with random bytes and characters between them.
fn pieces(known: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

#[rustfmt::skip] // one piece per line would be hard to read
const FORM_PIECES: &[&[u8]] = &[
    b"&", b"=", b"&&", b"+", b"%", b"%2", b"%20", b"%00", b"%26", b"%3D", b"%C3%A9", b"%C3", b"%E2%82", b"%zz",
    b"%+1", b"csrf_token", b"password", b"party_id=1", b";", b"\0", "é".as_bytes(), b"\xff", b"a=b&a=c",
];

#[rustfmt::skip] // one piece per line would be hard to read
const COOKIE_PIECES: &[&[u8]] = &[
    b";", b"; ", b"=", b" ", b"\t", b",", b"\"", b"session", b"session-8000", b"session-8000=", b"flash-8000=",
    b"__Host-session=", b"c1lvdQ", b".", b"s", b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", b"\xff",
    "é".as_bytes(),
];

#[rustfmt::skip] // one piece per line would be hard to read
const PATH_PIECES: &[&[u8]] = &[
    b"/", b"//", b"\\", b".", b"..", b"/./", b"%2e", b"%2f", b"%5c", b"%09", b"%", b"\t", b"\n", b"\r", b"\0", b" ",
    b"@", b":", b"?", b"#", b"&", b"evil.example", b"http:", b"https://", b"javascript:", b"[::1]", b"home", b"next=",
    b"\x7f", "／".as_bytes(), "。".as_bytes(), "\u{feff}".as_bytes(), "\u{202e}".as_bytes(), "ü".as_bytes(),
];

#[rustfmt::skip] // one piece per line would be hard to read
const UPLOAD_PIECES: &[&[u8]] = &[
    b"--X\r\n", b"--X--\r\n", b"--X", b"--", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b";", b"\"", b"\\\"", b"=", b"\xff", b"\0",
    b"Content-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", b"Content-Disposition: form-data", b"; name=\"csrf_token\"",
    b"--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"g\"\r\nContent-Type: image/png\r\n\r\nxyz\r\n",
    b"--X\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\nx\r\n", b"; filename*=UTF-8''x", b"Content-Type: text/html",
];

/// Accounts with a route for uploads, built once for all cases.
static WITH_UPLOADS: LazyLock<Accounts> = LazyLock::new(|| accounts(Accounts::builder().body_limit_at("/drop", 4096)));

/// The timers of the handler timeout.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap());

/// An interrupted form, before it is signed.
const PAYLOAD: &[u8] = br#"["/form","/form",[["dish","soup"]]]"#;

/// The text of a pre-session cookie with these bytes.
fn form_key(secret: [u8; 32]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(secret)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn form_is_rejected_or_decoded_as_the_standard_says(body in pieces(FORM_PIECES)) {
        let Ok((fields, mut passwords)) = decode_form(&body) else { return Ok(()) };
        let standard: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
        let (secret, shown): (Vec<_>, Vec<_>) = standard.into_iter().partition(|(name, _)| is_password(name));
        let decoded: Vec<_> = fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(&decoded, &shown);
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&decoded).finish();
        prop_assert!(decode_form(encoded.as_bytes()).unwrap().0 == fields, "{encoded}");
        for (name, value) in fields.iter() {
            prop_assert!(fields.is_sent(name));
            prop_assert!(fields.one(name).map_or(true, |one| one == value));
        }
        for (name, value) in &secret {
            prop_assert!(passwords.take(name).map_or(true, |one| one.is_empty() || *one == *value));
        }
    }

    #[test]
    fn cookie_is_read_as_it_was_sent(lines in prop::collection::vec(pieces(COOKIE_PIECES), 0..3)) {
        let lines: Vec<_> = lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
        let request = lines.iter().fold(Request::builder(), |r, line| r.header(header::COOKIE, line.clone())).finish();
        for name in ["session-8000", "flash-8000", "__Host-session"] {
            let Some(value) = read_cookie(&request, name) else { continue };
            let sent = format!("{name}={value}");
            prop_assert!(!value.contains(';'));
            prop_assert!(lines.iter().any(|line| String::from_utf8_lossy(line.as_bytes()).contains(&sent)), "{sent:?}");
            if let Some(token) = SessionToken::parse(value) {
                prop_assert_eq!(token.expose(), value);
            }
            let listed = GuestMessages::new(&[]);
            for flash in split_flashes(value).filter_map(|part| decode_flash(part, &listed, Some(&[7; 32]))) {
                prop_assert!(encode_flash(&flash, &listed, None).is_some(), "only a listed message is unsigned: {flash:?}");
            }
        }
    }

    #[test]
    fn resume_field_counts_as_it_was_signed_or_not_at_all(
        secret: [u8; 32],
        pieces in prop::collection::vec((0..200usize, 0..200usize), 0..4),
        noise in pieces(FORM_PIECES),
        payload in prop_oneof![Just(PAYLOAD.to_vec()), prop::collection::vec(any::<u8>(), 0..80)],
    ) {
        let signed = auth::signed::sign(&secret, auth::signed::Purpose::InterruptedForm, &payload);
        let piece = |(from, to): &(usize, usize)| signed.get(*from.min(&signed.len())..*to.min(&signed.len()));
        let noise = String::from_utf8_lossy(&noise);
        let shuffled = pieces.iter().filter_map(piece).collect::<String>();
        for resume in [&*shuffled, &*noise, &*format!("{shuffled}{noise}"), &*format!("{signed}{noise}"), &*signed] {
            let body = form_urlencoded::Serializer::new(String::new()).append_pair("resume", resume).finish();
            let cookie = format!("visit={}", form_key(secret));
            let request = Request::builder().header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin");
            let mut request = request.content_type("application/x-www-form-urlencoded").body(body);
            let context = RequestContext::new(&accounts(Accounts::builder()), &request, "1");
            prop_assert!(matches!(accept_body(&mut request, &context).now_or_never(), Some(Ok(()))));
            let is_ours = resume == signed && payload == PAYLOAD;
            prop_assert_eq!(InterruptedForm::submitted(&context).is_some(), is_ours, "{}", resume);
        }
    }

    #[test]
    fn upload_is_rejected_or_complete_with_a_proof(
        secret: [u8; 32],
        has_token: bool,
        is_own: bool,
        rest in pieces(UPLOAD_PIECES),
        has_end: bool,
    ) {
        let token = auth::csrf::token(&secret, &crate::OsRandom);
        let part = format!("--X\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n");
        let (first, end): (&[u8], &[u8]) =
            (if has_token { part.as_bytes() } else { b"" }, if has_end { b"--X--\r\n" } else { b"" });
        let body = [first, &rest, end].concat();
        let request = Request::builder().method(poem::http::Method::POST).uri_str("/drop");
        let request = request.header(header::COOKIE, format!("visit={}", form_key(secret)));
        let request = if is_own { request.header("sec-fetch-site", "same-origin") } else { request };
        let mut request = request.content_type("multipart/form-data; boundary=X").body(body.clone());
        let context = RequestContext::new(&WITH_UPLOADS, &request, "1");
        let is_accepted = RUNTIME.block_on(accept_body(&mut request, &context)).is_ok();
        let is_complete = body.windows(5).any(|window| window == b"--X--");
        prop_assert!(!is_accepted || (is_complete && (has_token || is_own)), "{}", String::from_utf8_lossy(&body));
        if has_token && has_end && rest.is_empty() {
            prop_assert!(is_accepted);
        }
    }

    #[test]
    fn return_path_stays_on_every_base_origin(raw in pieces(PATH_PIECES)) {
        let raw = String::from_utf8_lossy(&raw);
        for raw in [raw.clone().into_owned(), format!("/{raw}")] {
            let Some(path) = ReturnPath::parse(&raw) else { continue };
            for base in ["https://dinner.example/login?next=x", "http://127.0.0.1:8000/a/b/"] {
                let base = Url::parse(base)?;
                prop_assert_eq!(base.join(path.as_str())?.origin(), base.origin(), "{:?}", raw);
            }
            prop_assert!(HeaderValue::from_str(path.as_str()).is_ok());
            prop_assert_eq!(path.path().find(['?', '#']), None);
            prop_assert_eq!(ReturnPath::parse(path.as_str()), Some(path));
        }
    }
}
