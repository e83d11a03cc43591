//! A drawing as its page holds it: what is on which plate, and what it says in words.

use domain::party::{
    Attendee, PartyDate, PartyHeading, PartyId, PartyState, PartySummary, PartyView, Seats, ShortText, Zone,
    parse_date, parse_time,
};
use domain::user::{UserId, Username};
use proptest::prelude::*;

use super::*;

fn view(seats: u32, guests: &[(&str, u32)]) -> PartyView {
    let (date, time) = (parse_date("2030-01-01").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(date, time, Zone::parse("UTC").unwrap()).unwrap();
    let guest = |&(name, heads): &(&str, u32)| Attendee { username: Username::parse(name).unwrap(), heads };
    let guests: Vec<_> = guests.iter().map(guest).collect();
    let summary = PartySummary {
        id: PartyId::new(1),
        host: UserId::new(1),
        venue: ShortText::parse("Here").unwrap(),
        main_dish: ShortText::parse("Soup").unwrap(),
        state: PartyState::Scheduled,
        rsvp_deadline: date.starts_at(),
        heading: PartyHeading { host: Username::parse("Ada").unwrap(), date },
        seats: Seats::new(seats).unwrap(),
        taken: 1 + guests.iter().map(|guest| guest.heads).sum::<u32>(),
        first_guests: guests.iter().take(PartySummary::MAX_NAMED_GUESTS).cloned().collect(),
        my_answer: None,
    };
    PartyView { summary, guests }
}

fn drawn(seats: u32, guests: &[(&str, u32)]) -> String {
    Table::of(&view(seats, guests)).to_string()
}

#[test]
fn a_plate_for_each_seat_with_initials_on_those_taken() {
    let svg = drawn(8, &[("Ben", 2), ("Cyd_Moss", 1)]);
    let said = "4 of 8 seats taken: Ada (host), Ben with 1, Cyd_Moss";
    assert!(svg.contains(&format!(r#"role="img" aria-label="{said}""#)), "{svg}");
    let marks: Vec<_> = svg.split("</text>").filter_map(|part| Some(part.rsplit_once("\">")?.1)).take(4).collect();
    assert_eq!(marks, ["Ad", "Be", "+1", "CM"]);
    assert_eq!((svg.matches("plate free").count(), svg.matches(r#"class="crown""#).count()), (4, 1), "{svg}");
    assert!(svg.contains("<title>with Ben</title>") && svg.contains("<title>Ada (host)</title>"), "{svg}");
}

#[test]
fn companions_are_tied_to_their_guest_and_to_nobody_else() {
    let svg = drawn(9, &[("Ben", 3), ("Cyd", 1), ("Dan", 2)]);
    let ties: Vec<_> = svg.split(r#"class="tie" d=""#).skip(1).filter_map(|tie| tie.split('"').next()).collect();
    let plates = places(9).plates;
    let at = |n: usize| format!("{} {}", plates[n].0, plates[n].1);
    assert_eq!(ties, [format!("M{}L{}L{}", at(1), at(2), at(3)), format!("M{}L{}", at(5), at(6))]);
}

#[test]
fn a_name_is_text_and_a_drawing_has_no_style_of_its_own() {
    // No username holds a mark of HTML; one that a store gave all the same is escaped.
    let mut view = view(8, &[]);
    view.summary.heading.host = Username::from_stored("<b>\"".into()).unwrap();
    let svg = Table::of(&view).to_string();
    assert!(!svg.contains("<b>") && !svg.contains("style="), "{svg}");
}

#[test]
fn a_table_past_24_seats_is_a_bar_told_in_numbers() {
    assert_eq!(drawn(24, &[]).matches("class=\"plate").count(), 24);
    let svg = drawn(25, &[("Ben", 4)]);
    assert!(!svg.contains("plate") && svg.contains(r#"aria-label="5 of 25 seats taken""#), "{svg}");
    assert!(svg.contains(r#"class="taken" width="200""#), "{svg}");
}

#[test]
fn a_table_for_everybody_names_nobody_and_is_silent() {
    let svg = Table::for_everybody().to_string();
    assert!(svg.contains(r#"aria-hidden="true""#) && !svg.contains("aria-label") && !svg.contains("<text"), "{svg}");
    assert_eq!((svg.matches("class=\"plate").count(), svg.matches("plate free").count()), (8, 3));
}

proptest! {
    #[test]
    fn taken_and_free_plates_are_the_seats(seats in 1u32..=24, heads in prop::collection::vec(1u32..=4, 0..12)) {
        let mut free = seats - 1;
        let guests: Vec<_> = heads.into_iter().map_while(|heads| {
            free = free.checked_sub(heads)?;
            Some(("Ben", heads))
        }).collect();
        let taken = 1 + guests.iter().map(|(_, heads)| heads).sum::<u32>();
        let svg = drawn(seats, &guests);
        prop_assert_eq!(svg.matches("plate free").count(), (seats - taken) as usize);
        prop_assert_eq!(svg.matches("<text").count(), taken as usize);
        prop_assert_eq!(svg.matches("+1</text>").count(), guests.iter().filter(|(_, heads)| *heads > 1).count());
    }
}
