//! Property tests of the parsers with generated input: Party IDs, names, addresses, short texts, dates, times, time
//! zones, seats.
//!
//! The input is random text made of the fragments that the parsers look for. No input may panic, and a parsed value
//! parses to itself. `cargo xtask fuzz` runs at least a million cases of each. Tests of particular input are beside the
//! parser.

use proptest::prelude::*;

use crate::party::{PartyDate, PartyId, Seats, Zone, parse_date, parse_time};
use crate::user::{Email, Username};
use crate::{ShortText, caseless_key};

/// The number of cases in `PROPTEST_CASES`, and at least 4,096.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(4096), ..default }
}

/// Up to nine of the given fragments and of random characters, in any order.
fn text_of(fragments: &'static [&'static str]) -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        6 => prop::sample::select(fragments).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(fragment, 0..10).prop_map(|fragments| fragments.concat())
}

#[rustfmt::skip] // one fragment per line would be long
const NUMBER_FRAGMENTS: &[&str] = &[
    "#", " ", "\t", "\u{3000}", "+", "-", "0", "00", "1", "9", "42", "922337203685477580", "7", "8", "999", "1000",
    ".", "e", "_", "x", "١", "２", "\0", "\u{feff}", "\u{200b}", "Party", "ID", ":", "/parties/", "https://a.example", "?",
];

#[rustfmt::skip] // one fragment per line would be long
const NAME_FRAGMENTS: &[&str] = &[
    "a", "Ada", "ß", "ſ", "ı", "İ", "é", "e\u{301}", "\u{301}", "\u{315}", "ﷺ", "⒜", "Ａ", "李", "हि", "מִ", ".", "..",
    "_", "-", "/", " ", "@", "\u{200b}", "\u{202e}", "\u{fe0f}", "\u{e0041}", "\u{3164}", "\0", "admin", "ad", "min",
    "🙂", "l", "1", "I", "0", "O", "rn", "m", "а", "ӏ", "Ω", "µ", "deleted-", "ひ", "홍",
];

#[rustfmt::skip] // one fragment per line would be long
const ADDRESS_FRAGMENTS: &[&str] = &[
    "ada", "@", "@@", ".", "..", "example", ".com", "xn--", "\"", "\\", " ", "\t", "\r\n", "<", ">", "(", ")", ",",
    ";", ":", "[127.0.0.1]", "[IPv6:::1]", "+", "%", "ü", "ß", "\u{200b}", "\u{200d}", "\u{feff}", "\u{202c}", "\0",
    "mailto:", "?subject=a", "%40", "%E2%80%8B", "＠", "．", "\u{3002}", "ａ", "'", "Ada ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

#[rustfmt::skip] // one fragment per line would be long
const TIME_FRAGMENTS: &[&str] = &[
    "-", ":", "/", "T", "+", "%", " ", "0", "00", "01", "02", "09", "10", "12", "13", "19", "24", "28", "29", "30",
    "31", "59", "60", "1582", "1970", "2026", "2030", "9999", "10000", "-9999", "Europe", "Berlin",
    "America/Argentina", "Etc/GMT", "UTC", "europe/berlin", "../", "\0", "２",
];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parsed_number_parses_to_itself(typed in text_of(NUMBER_FRAGMENTS)) {
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
    fn parsed_name_parses_to_itself_and_has_bounded_key(typed in text_of(NAME_FRAGMENTS)) {
        prop_assert_eq!(caseless_key(&caseless_key(&typed)), caseless_key(&typed));
        if let Ok(name) = Username::parse(&typed) {
            prop_assert_eq!(Username::from_stored(name.to_string()), Ok(name.clone()));
            prop_assert_eq!(Username::parse(name.as_str()), Ok(name.clone()));
            // The same name has the same skeleton, also read back from a store.
            let skeleton = name.skeleton();
            prop_assert!(!skeleton.is_empty() && !skeleton.contains('\n'));
            prop_assert_eq!(Username::from_stored(name.to_string()).map(|stored| stored.skeleton()), Ok(skeleton));
            let _ = name.ensure_assignable();
            prop_assert!((1..=4 * Username::MAX_LENGTH).contains(&name.key().chars().count()), "{}", name.key());
        }
        if let Ok(text) = ShortText::parse(&typed) {
            prop_assert_eq!(ShortText::from_stored(text.to_string()), Ok(text.clone()));
            prop_assert_eq!(ShortText::parse(text.as_str()), Ok(text));
        }
    }

    #[test]
    fn parsed_email_parses_to_itself_and_breaks_no_header(typed in text_of(ADDRESS_FRAGMENTS)) {
        if let Ok(email) = Email::parse(&typed) {
            prop_assert!(!email.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
            prop_assert!(email.key().contains('@'));
            prop_assert_eq!(Email::from_stored(email.to_string()), Ok(email.clone()));
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
    }

    #[test]
    fn resolved_date_is_restored_from_its_stored_parts(
        date in text_of(TIME_FRAGMENTS), time in text_of(TIME_FRAGMENTS), zone in text_of(TIME_FRAGMENTS),
        day in "[0-9]{4}-[01][0-9]-[0-3][0-9]", hour in "[0-2][0-9]:[0-5][0-9]",
        name in prop::sample::select(Zone::names().collect::<Vec<_>>()),
    ) {
        let _ = (parse_date(&date), parse_time(&time));
        let _ = Zone::parse(&zone).map(|zone| Zone::from_stored(zone.as_str()));
        let (Ok(day), Ok(hour)) = (parse_date(&day), parse_time(&hour)) else { return Ok(()) };
        let Ok(zone) = Zone::parse(&name) else { return Ok(()) };
        if let Ok(date) = PartyDate::resolve(day, hour, zone.clone()) {
            prop_assert_eq!(&PartyDate::from_stored(&date.local(), zone, date.starts_at()), &Ok(date.clone()));
            prop_assert_eq!(&date.at_in_same_zone(date.starts_at()), &date);
            prop_assert!(date.to_string().ends_with(&format!("({})", date.zone().label())), "{}", date);
        }
    }
}
