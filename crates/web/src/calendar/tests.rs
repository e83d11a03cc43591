//! The file as two independent parsers read it, and the links as a URL parser reads them.

use std::collections::BTreeMap;

use domain::party::{PartyDate, Zone, parse_date, parse_time};
use icalendar::Component as _;
use proptest::prelude::*;
use url::Url;

use super::*;

/// The properties of calendar and event together.
const PROPERTIES: usize = 15;

fn starts_at(date: &str, time: &str, zone: &str) -> Timestamp {
    let (date, time) = (parse_date(date).unwrap(), parse_time(time).unwrap());
    PartyDate::resolve(date, time, Zone::parse(zone).unwrap()).unwrap().starts_at()
}

fn event() -> CalendarEvent<'static> {
    let starts_at = starts_at("2026-12-12", "19:00", "Europe/Berlin");
    CalendarEvent {
        uid_host: "dinner.example",
        party: 12,
        sequence: 3,
        status: CalendarStatus::Scheduled,
        starts_at,
        ends_at: starts_at + std::time::Duration::from_hours(5),
        zone: "Europe/Berlin",
        generated_at: Timestamp::from_millis(1_767_225_600_999),
        summary: "Mushroom risotto at Marta's",
        location: Some("Linden Street 3; 2nd floor, left"),
        description: "Saturday 12 December 2026, 19:00 (Berlin time)\r\nBring \\o/",
        url: "https://dinner.example/parties/12",
    }
}

/// The properties of calendar and event as the crate `icalendar` reads them, texts unescaped.
fn read_by_icalendar(file: &str) -> BTreeMap<String, String> {
    let calendar: icalendar::Calendar = file.parse().unwrap();
    let [icalendar::CalendarComponent::Event(event)] = calendar.components.as_slice() else {
        panic!("not one event: {file}")
    };
    let all = calendar.properties.iter().chain(event.properties().values());
    all.map(|property| (property.key().to_owned(), property.value().to_owned())).collect()
}

/// The same as the crate `ical` reads them. It leaves texts escaped.
fn read_by_ical(file: &str) -> BTreeMap<String, String> {
    let calendars: Vec<_> = ical::IcalParser::new(file.as_bytes()).collect::<Result<_, _>>().unwrap();
    assert_eq!((calendars.len(), calendars[0].events.len()), (1, 1), "{file}");
    let all = calendars[0].properties.iter().chain(&calendars[0].events[0].properties);
    all.map(|property| (property.name.clone(), property.value.clone().unwrap_or_default())).collect()
}

/// The part of a text that the crate `ical` keeps: it drops colons before a value and white space at the end of a line.
fn seen_by_ical(text: &str) -> String {
    text.trim_start_matches(':').chars().filter(|c| !c.is_whitespace()).collect()
}

/// Reverses the escaping of a text (RFC 5545, section 3.3.11).
fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next().unwrap() } else { c };
        plain.push(if c == '\\' && escaped == 'n' { '\n' } else { escaped });
    }
    plain
}

#[test]
fn file_has_every_property_of_a_published_event() {
    let expected = "BEGIN:VCALENDAR\r\n\
        VERSION:2.0\r\n\
        PRODID:-//DinnerParty//DinnerParty//EN\r\n\
        CALSCALE:GREGORIAN\r\n\
        METHOD:PUBLISH\r\n\
        X-WR-TIMEZONE:Europe/Berlin\r\n\
        BEGIN:VEVENT\r\n\
        UID:party-12@dinner.example\r\n\
        DTSTAMP:20260101T000000Z\r\n\
        SEQUENCE:3\r\n\
        STATUS:CONFIRMED\r\n\
        DTSTART:20261212T180000Z\r\n\
        DTEND:20261212T230000Z\r\n\
        SUMMARY:Mushroom risotto at Marta's\r\n\
        LOCATION:Linden Street 3\\; 2nd floor\\, left\r\n\
        DESCRIPTION:Saturday 12 December 2026\\, 19:00 (Berlin time)\\nBring \\\\o/\\n\\n\r\n \
        https://dinner.example/parties/12\r\n\
        URL:https://dinner.example/parties/12\r\n\
        END:VEVENT\r\n\
        END:VCALENDAR\r\n";
    assert_eq!(event().to_ics(), expected);
}

#[test]
fn two_parsers_read_the_same_event() {
    let file = event().to_ics();
    let (one, other) = (read_by_icalendar(&file), read_by_ical(&file));
    assert_eq!(one.len(), PROPERTIES, "{one:?}");
    assert!(one.keys().eq(other.keys()), "{one:?}\n{other:?}");
    for (name, value) in &other {
        assert_eq!(&unescaped(value), &one[name], "{name}");
    }
    assert_eq!(one["LOCATION"], "Linden Street 3; 2nd floor, left");
    assert_eq!(
        one["DESCRIPTION"],
        "Saturday 12 December 2026, 19:00 (Berlin time)\nBring \\o/\n\nhttps://dinner.example/parties/12"
    );
}

#[test]
fn cancelled_party_keeps_its_uid_and_has_status_cancelled() {
    let cancelled = CalendarEvent { status: CalendarStatus::Cancelled, sequence: 4, ..event() };
    let (before, after) = (read_by_ical(&event().to_ics()), read_by_ical(&cancelled.to_ics()));
    assert_eq!((&after["STATUS"][..], &after["SEQUENCE"][..]), ("CANCELLED", "4"));
    assert_eq!(before["UID"], after["UID"]);
}

#[test]
fn missing_location_and_description_leave_no_empty_property() {
    let bare = CalendarEvent { location: None, description: " ", ..event() };
    let read = read_by_icalendar(&bare.to_ics());
    assert_eq!((read.get("LOCATION"), &read["DESCRIPTION"][..]), (None, event().url));
}

#[test]
fn local_times_become_utc_by_the_rules_of_their_date() {
    for (date, time, zone, utc) in [
        // Daylight saving time: the day before the change and the day of it, in spring and in autumn.
        ("2026-03-28", "19:00", "Europe/Berlin", "20260328T180000Z"),
        ("2026-03-29", "19:00", "Europe/Berlin", "20260329T170000Z"),
        ("2026-10-24", "23:00", "Europe/Berlin", "20261024T210000Z"),
        ("2026-10-25", "19:00", "Europe/Berlin", "20261025T180000Z"),
        // Zones whose rules changed: Mexico has had no daylight saving time since October 2022, Turkey since 2016, and
        // Egypt has it again since 2023.
        ("2022-07-01", "19:00", "America/Mexico_City", "20220702T000000Z"),
        ("2026-07-01", "19:00", "America/Mexico_City", "20260702T010000Z"),
        ("2026-12-12", "19:00", "Europe/Istanbul", "20261212T160000Z"),
        ("2022-07-01", "19:00", "Africa/Cairo", "20220701T170000Z"),
        ("2026-07-01", "19:00", "Africa/Cairo", "20260701T160000Z"),
        // An offset that is no whole hour.
        ("2026-12-12", "19:00", "Asia/Kathmandu", "20261212T131500Z"),
    ] {
        let file = CalendarEvent { starts_at: starts_at(date, time, zone), zone, ..event() }.to_ics();
        for read in [read_by_icalendar(&file), read_by_ical(&file)] {
            assert_eq!((&read["DTSTART"][..], &read["X-WR-TIMEZONE"][..]), (utc, zone), "{date} {time} {zone}");
        }
    }
}

#[test]
fn moments_outside_the_calendar_become_1970_and_9999_stays() {
    let last = starts_at("9999-12-30", "19:00", "Europe/Berlin");
    for (moment, expected) in [
        (last, "99991230T180000Z"),
        (Timestamp::from_millis(i64::MAX), "19700101T000000Z"),
        (Timestamp::from_millis(i64::MIN), "19700101T000000Z"),
        (Timestamp::from_millis(-1), "19700101T000000Z"),
    ] {
        assert_eq!(utc(moment), expected);
    }
}

fn query(link: &str) -> (String, BTreeMap<String, String>) {
    let url = Url::parse(link).unwrap();
    let page = format!("{}{}", url.host_str().unwrap(), url.path());
    (page, url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

#[test]
fn web_calendar_links_carry_the_event() {
    let event = CalendarEvent { summary: "Crème & \"brûlée\" #1 + 50% <b>", ..event() };
    let (page, google) = query(&event.google_link());
    assert_eq!(page, "calendar.google.com/calendar/render");
    assert_eq!((&google["action"][..], &google["text"][..]), ("TEMPLATE", event.summary));
    assert_eq!(google["dates"], "20261212T180000Z/20261212T230000Z");
    assert_eq!((&google["ctz"][..], &google["details"][..]), ("Europe/Berlin", event.url));
    assert_eq!(google["location"], event.location.unwrap());

    let (page, outlook) = query(&event.outlook_link());
    assert_eq!(page, "outlook.live.com/calendar/0/deeplink/compose");
    assert_eq!((&outlook["path"][..], &outlook["rru"][..]), ("/calendar/action/compose", "addevent"));
    assert_eq!((&outlook["subject"][..], &outlook["body"][..]), (event.summary, event.url));
    assert_eq!((&outlook["startdt"][..], &outlook["enddt"][..]), ("2026-12-12T18:00:00Z", "2026-12-12T23:00:00Z"));

    let without = CalendarEvent { location: None, ..event };
    assert!(!without.google_link().contains("location") && !without.outlook_link().contains("location"));
}

#[test]
fn file_is_named_after_the_party_and_typed_by_its_method() {
    assert_eq!(event().file_name(), "dinner-party-12.ics");
    assert!(CONTENT_TYPE.ends_with("method=PUBLISH") && event().to_ics().contains("METHOD:PUBLISH\r\n"));
}

#[test]
fn map_link_searches_for_the_place() {
    assert_eq!(
        map_link("Lindenstraße 3, 2nd floor & left"),
        "https://www.openstreetmap.org/search?query=Lindenstra%C3%9Fe%203%2C%202nd%20floor%20%26%20left"
    );
}

proptest! {
    #[test]
    fn any_text_survives_the_file(summary in any::<String>(), location in any::<String>(), description in "(?s).{0,400}") {
        let event = CalendarEvent { summary: &summary, location: Some(&location), description: &description, ..event() };
        let file = event.to_ics();
        prop_assert!(file.ends_with("END:VCALENDAR\r\n"));
        for line in file.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75, "{} octets: {line}", line.len());
            prop_assert!(!line.contains(char::is_control), "{line:?}");
        }
        let (one, other) = (read_by_icalendar(&file), read_by_ical(&file));
        prop_assert_eq!((one.len(), other.len()), (PROPERTIES, PROPERTIES));
        for (name, text) in [("SUMMARY", &summary), ("LOCATION", &location)] {
            prop_assert_eq!(&one[name], &plain_text(text));
            prop_assert_eq!(seen_by_ical(&unescaped(&other[name])), seen_by_ical(&plain_text(text)));
        }
        prop_assert!(one["DESCRIPTION"].ends_with(event.url));
    }

    #[test]
    fn any_text_survives_the_links(summary in any::<String>(), location in any::<String>()) {
        let event = CalendarEvent { summary: &summary, location: Some(&location), ..event() };
        for link in [event.google_link(), event.outlook_link(), map_link(&location)] {
            prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'+'), "{link}");
        }
        prop_assert_eq!(&query(&event.google_link()).1["text"], &plain_text(&summary));
        prop_assert_eq!(&query(&event.outlook_link()).1["location"], &plain_text(&location));
        prop_assert_eq!(&query(&map_link(&location)).1["query"], &plain_text(&location));
    }
}
