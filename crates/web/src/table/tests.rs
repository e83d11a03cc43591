//! The SVG of a table: plates, labels and its text alternative.

use domain::user::Username;
use proptest::prelude::*;

use super::*;
use crate::fixtures::view;

/// A user without a seat.
fn viewer() -> Username {
    Username::parse("Zoe").unwrap()
}

fn table_svg(seats: u32, guests: &[(&str, u32)]) -> String {
    Table::of(&view(seats, guests), &viewer()).to_string()
}

#[test]
fn each_seat_has_a_plate_and_taken_ones_have_initials() {
    let svg = table_svg(8, &[("Ben", 2), ("Cyd_Moss", 1)]);
    let description = "4 of 8 seats taken: Ada (host), Ben with 1, Cyd_Moss";
    assert!(svg.contains(&format!(r#"role="img" aria-label="{description}""#)), "{svg}");
    let labels: Vec<_> = svg.split("</text>").filter_map(|part| Some(part.rsplit_once("\">")?.1)).take(4).collect();
    assert_eq!(labels, ["Ad", "Be", "+1", "CM"]);
    assert_eq!((svg.matches("plate free").count(), svg.matches(r#"class="crown""#).count()), (4, 1), "{svg}");
    assert!(svg.contains("<title>with Ben</title>") && svg.contains("<title>Ada (host)</title>"), "{svg}");
}

#[test]
fn companions_are_tied_to_their_own_guest_only() {
    let svg = table_svg(9, &[("Ben", 3), ("Cyd", 1), ("Dan", 2)]);
    let ties: Vec<_> = svg.split(r#"class="tie" d=""#).skip(1).filter_map(|tie| tie.split('"').next()).collect();
    let plates = PlateLayout::for_seats(9).plates;
    let at = |n: usize| format!("{} {}", plates[n].0, plates[n].1);
    assert_eq!(ties, [format!("M{}L{}L{}", at(1), at(2), at(3)), format!("M{}L{}", at(5), at(6))]);
}

#[test]
fn names_are_escaped_and_svg_has_no_inline_style() {
    // `Username::parse` rejects these characters. A name from a corrupt row must be escaped all the same.
    let mut view = view(8, &[]);
    view.summary.heading.host = Username::from_stored("<b>\"".into()).unwrap();
    let svg = Table::of(&view, &viewer()).to_string();
    assert!(!svg.contains("<b>") && !svg.contains("style="), "{svg}");
}

#[test]
fn table_of_more_than_24_seats_is_a_bar_without_names() {
    assert_eq!(table_svg(24, &[]).matches("class=\"plate").count(), 24);
    let svg = table_svg(25, &[("Ben", 4)]);
    assert!(!svg.contains("plate") && svg.contains(r#"aria-label="5 of 25 seats taken""#), "{svg}");
    assert!(svg.contains(r#"class="taken" width="200""#), "{svg}");
}

#[test]
fn example_table_has_no_names_and_no_text_alternative() {
    let svg = Table::example().to_string();
    assert!(svg.contains(r#"aria-hidden="true""#) && !svg.contains("aria-label") && !svg.contains("<text"), "{svg}");
    assert_eq!((svg.matches("class=\"plate").count(), svg.matches("plate free").count()), (8, 3));
}

proptest! {
    #[test]
    fn taken_and_free_plates_add_up_to_the_seats(seats in 1u32..=24, heads in prop::collection::vec(1u32..=4, 0..12)) {
        let mut free = seats - 1;
        let guests: Vec<_> = heads.into_iter().map_while(|heads| {
            free = free.checked_sub(heads)?;
            Some(("Ben", heads))
        }).collect();
        let taken = 1 + guests.iter().map(|(_, heads)| heads).sum::<u32>();
        let svg = table_svg(seats, &guests);
        prop_assert_eq!(svg.matches("plate free").count(), (seats - taken) as usize);
        prop_assert_eq!(svg.matches("<text").count(), taken as usize);
        prop_assert_eq!(svg.matches("+1</text>").count(), guests.iter().filter(|(_, heads)| *heads > 1).count());
    }
}
