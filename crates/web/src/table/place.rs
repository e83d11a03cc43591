//! Where plates stand. A table is round while it fits a phone; a longer one keeps that width and grows in length, so that
//! its plates keep their size. Pure geometry, in CSS pixels; who sits at a plate is not known here.

use std::f64::consts::PI;

/// Half of a plate's width.
pub(super) const PLATE: i32 = 20;
/// From the middle of a plate to the table's edge: room for the plate, and for the host's crown on top of it.
const EDGE: f64 = 32.0;
/// Around the table.
const MARGIN: f64 = 2.0;
/// From the middle of a plate to that of the next: a plate, and a gap to tell them apart.
const STEP: f64 = 48.0;
/// How near to the middle of the table plates may stand: a candle is there.
const NEAR: f64 = 52.0;
/// How far from it they may stand to the sides: the table is then 288 wide, what a phone of 320 has between its margins.
const FAR: f64 = 110.0;

/// A table, and its plates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// Of the drawing.
    pub(super) width: i32,
    pub(super) height: i32,
    /// The table's own corner, and the radius of its ends.
    pub(super) edge: i32,
    pub(super) radius: i32,
    /// The middles of the plates, from the head of the table on, clockwise.
    pub(super) plates: Vec<(i32, i32)>,
}

/// Where `seats` plates stand.
pub(super) fn places(seats: usize) -> Places {
    let count = f64::from(u32::try_from(seats.max(1)).unwrap_or(u32::MAX));
    let apart = if seats > 1 { STEP / (2.0 * (PI / count).sin()) } else { NEAR };
    let radius = apart.clamp(NEAR, FAR).ceil();
    let straight = ((count * STEP - 2.0 * PI * radius) / 2.0).max(0.0).ceil();
    let around = 2.0 * (PI * radius + straight);
    let corner = MARGIN + EDGE + radius;
    let plate = |n: u32| {
        let (x, y) = stand(f64::from(n) * around / count, radius, straight);
        (whole(corner + x), whole(corner + y))
    };
    Places {
        width: whole(2.0 * corner),
        height: whole(2.0 * corner + straight),
        edge: whole(MARGIN),
        radius: whole(radius + EDGE),
        plates: (0..u32::try_from(seats).unwrap_or(u32::MAX)).map(plate).collect(),
    }
}

/// The point `way` along the line of plates, from the middle of the upper end; its origin is the middle of that end's circle.
fn stand(way: f64, radius: f64, straight: f64) -> (f64, f64) {
    let quarter = PI * radius / 2.0;
    let on_the_end = |way: f64| {
        let angle = way / radius;
        (radius * angle.sin(), -radius * angle.cos())
    };
    if way <= quarter {
        on_the_end(way)
    } else if way <= quarter + straight {
        (radius, way - quarter)
    } else if way <= 3.0 * quarter + straight {
        let (x, y) = on_the_end(way - straight);
        (x, y + straight)
    } else if way <= 3.0 * quarter + 2.0 * straight {
        (-radius, straight - (way - 3.0 * quarter - straight))
    } else {
        on_the_end(way - 2.0 * straight)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a table is some hundred pixels long")]
fn whole(length: f64) -> i32 {
    length.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MOST_PLATES;

    fn every_table() -> impl Iterator<Item = (usize, Places)> {
        (1..=MOST_PLATES as usize).map(|seats| (seats, places(seats)))
    }

    #[test]
    fn no_two_plates_touch() {
        for (seats, table) in every_table() {
            for (n, (x, y)) in table.plates.iter().enumerate() {
                for (other_x, other_y) in &table.plates[n + 1..] {
                    let apart = f64::from((x - other_x).pow(2) + (y - other_y).pow(2)).sqrt();
                    assert!(apart >= f64::from(2 * PLATE + 6), "{apart} apart at a table of {seats}");
                }
            }
        }
    }

    #[test]
    fn every_plate_stands_on_the_table_with_room_for_a_crown() {
        for (seats, table) in every_table() {
            assert_eq!(table.plates.len(), seats);
            let (left, top) = (table.edge + table.radius, table.edge + table.radius);
            let bottom = table.height - top;
            for &(x, y) in &table.plates {
                // From the nearest point of the line between the middles of the two ends.
                let from_the_middle = f64::from((x - left).pow(2) + (y - y.clamp(top, bottom)).pow(2)).sqrt();
                assert!(from_the_middle + f64::from(PLATE) + 11.0 <= f64::from(table.radius), "off a table of {seats}");
                assert!(from_the_middle - f64::from(PLATE) >= 30.0, "in the candle of a table of {seats}");
            }
            assert_eq!(table.plates[0], (left, table.edge + 32), "the host sits at the head of a table of {seats}");
        }
    }

    #[test]
    fn every_table_fits_a_phone_of_320_and_a_screen() {
        for (seats, table) in every_table() {
            assert!(table.width <= 288 && table.height <= 520, "{seats}: {} x {}", table.width, table.height);
            assert_eq!(table.width, 2 * (table.edge + table.radius));
        }
        let heights: Vec<_> = every_table().map(|(_, table)| table.height).collect();
        assert!(heights.is_sorted(), "more seats, a smaller table: {heights:?}");
    }

    #[test]
    fn plates_go_around_clockwise() {
        let table = places(4);
        let middle = table.width / 2;
        let side = |n: usize| ((table.plates[n].0 - middle).signum(), (table.plates[n].1 - middle).signum());
        assert_eq!([side(0), side(1), side(2), side(3)], [(0, -1), (1, 0), (0, 1), (-1, 0)]);
    }
}
