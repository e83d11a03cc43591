//! What people type, put together at random from the pieces that its readers look for: Party IDs, names, addresses,
//! labels, dates, times, zones, seats. Nothing may panic, and a value that was read reads as itself. `cargo xtask fuzz`
//! runs each a million times and more; what a rule says of one input in particular stands beside the rule.

use proptest::prelude::*;

use crate::party::{PartyDate, PartyId, Seats, Zone, parse_date, parse_time};
use crate::user::{Email, Username};
use crate::{ShortText, caseless_key};

/// As many cases as `PROPTEST_CASES` asks for; every day a few thousand.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(4096), ..asked }
}

/// Pieces in any order and number, with some that nobody thought of between them.
fn pieces(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(known).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

#[rustfmt::skip] // a piece a line would hide the rest
const OF_NUMBERS: &[&str] = &[
    "#", " ", "\t", "\u{3000}", "+", "-", "0", "00", "1", "9", "42", "922337203685477580", "7", "8", "999", "1000",
    ".", "e", "_", "x", "١", "２", "\0", "\u{feff}",
];

#[rustfmt::skip] // a piece a line would hide the rest
const OF_NAMES: &[&str] = &[
    "a", "Ada", "ß", "ſ", "ı", "İ", "é", "e\u{301}", "\u{301}", "\u{315}", "ﷺ", "⒜", "Ａ", "李", "हि", "מִ", ".", "..",
    "_", "-", "/", " ", "@", "\u{200b}", "\u{202e}", "\u{fe0f}", "\u{e0041}", "\u{3164}", "\0", "admin", "ad", "min",
    "🙂",
];

#[rustfmt::skip] // a piece a line would hide the rest
const OF_ADDRESSES: &[&str] = &[
    "ada", "@", "@@", ".", "..", "example", ".com", "xn--", "\"", "\\", " ", "\t", "\r\n", "<", ">", "(", ")", ",",
    ";", ":", "[127.0.0.1]", "[IPv6:::1]", "+", "%", "ü", "\u{200b}", "\0",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

#[rustfmt::skip] // a piece a line would hide the rest
const OF_TIMES: &[&str] = &[
    "-", ":", "/", "T", "+", "%", " ", "0", "00", "01", "02", "09", "10", "12", "13", "19", "24", "28", "29", "30",
    "31", "59", "60", "1582", "1970", "2026", "2030", "9999", "10000", "-9999", "Europe", "Berlin",
    "America/Argentina", "Etc/GMT", "UTC", "europe/berlin", "../", "\0", "２",
];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_number_reads_as_itself_or_not_at_all(typed in pieces(OF_NUMBERS)) {
        if let Ok(id) = PartyId::parse(&typed) {
            prop_assert!(id.get() >= 0);
            prop_assert_eq!(PartyId::parse(&id.get().to_string()), Ok(id));
        }
        if let Ok(seats) = Seats::parse(&typed) {
            prop_assert!((1..=Seats::MAX).contains(&seats.get()));
            prop_assert_eq!(Seats::parse(&seats.get().to_string()), Ok(seats));
        }
    }

    #[test]
    fn a_name_reads_as_itself_and_has_one_key_or_is_none(typed in pieces(OF_NAMES)) {
        prop_assert_eq!(caseless_key(&caseless_key(&typed)), caseless_key(&typed));
        if let Ok(name) = Username::parse(&typed) {
            prop_assert_eq!(Username::from_stored(name.to_string()), Ok(name.clone()));
            prop_assert_eq!(Username::parse(name.as_str()), Ok(name.clone()));
            prop_assert!((1..=4 * Username::MAX_LENGTH).contains(&name.key().chars().count()), "{}", name.key());
        }
        if let Ok(label) = ShortText::parse(&typed) {
            prop_assert_eq!(ShortText::from_stored(label.to_string()), Ok(label.clone()));
            prop_assert_eq!(ShortText::parse(label.as_str()), Ok(label));
        }
    }

    #[test]
    fn an_address_reads_as_itself_and_breaks_no_header_or_is_none(typed in pieces(OF_ADDRESSES)) {
        if let Ok(email) = Email::parse(&typed) {
            prop_assert!(!email.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
            prop_assert_eq!(Email::from_stored(email.to_string()), Ok(email.clone()));
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
    }

    #[test]
    fn a_date_a_time_and_a_zone_make_a_moment_that_is_stored_or_none(
        date in pieces(OF_TIMES), time in pieces(OF_TIMES), zone in pieces(OF_TIMES),
        day in "[0-9]{4}-[01][0-9]-[0-3][0-9]", hour in "[0-2][0-9]:[0-5][0-9]",
        name in prop::sample::select(Zone::names().collect::<Vec<_>>()),
    ) {
        let _ = (parse_date(&date), parse_time(&time), Zone::parse(&zone).map(|z| Zone::from_stored(z.as_str().to_owned())));
        let (Ok(day), Ok(hour), Ok(zone)) = (parse_date(&day), parse_time(&hour), Zone::parse(&name)) else { return Ok(()) };
        if let Ok(date) = PartyDate::resolve(day, hour, zone.clone()) {
            prop_assert_eq!(&PartyDate::from_stored(&date.local(), zone, date.starts_at()), &Ok(date.clone()));
            prop_assert_eq!(&date.at_in_same_zone(date.starts_at()), &date);
            prop_assert!(date.to_string().ends_with(&format!("({})", date.zone().as_str())), "{}", date);
        }
    }
}
