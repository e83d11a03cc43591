//! The positions of the plates around a drawn table: pure geometry in CSS pixels, without guests or seats.
//!
//! The line of plates is a circle while it fits a phone. For more plates it becomes a stadium (two half circles joined by
//! straight sides) of constant width that grows in length, so that the plates keep their size.

use std::f64::consts::PI;

/// The radius of a plate.
pub(super) const PLATE_RADIUS: i32 = 20;
/// From a plate's center to the edge of the table: room for the plate and for the crown above the host's plate.
const TABLE_OVERHANG: f64 = 32.0;
/// The margin around the table.
const MARGIN: f64 = 2.0;
/// From one plate's center to the next: the diameter and a gap.
const PLATE_SPACING: f64 = 48.0;
/// The smallest radius of the line of plates: the candle is in the middle of the table.
const MIN_RADIUS: f64 = 52.0;
/// The largest radius of the line of plates. The drawing is then 288 wide, which a screen of 320 has between its margins.
const MAX_RADIUS: f64 = 110.0;

/// The size of a table and the positions of its plates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlateLayout {
    /// The width of the drawing.
    pub(super) width: i32,
    /// The height of the drawing.
    pub(super) height: i32,
    /// From the drawing's edge to the table's.
    pub(super) margin: i32,
    /// The radius of the table's ends.
    pub(super) radius: i32,
    /// The centers of the plates, clockwise from the head of the table.
    pub(super) plates: Vec<(i32, i32)>,
}

impl PlateLayout {
    /// Lays out a table of `seats` plates.
    pub(super) fn for_seats(seats: usize) -> Self {
        let count = f64::from(u32::try_from(seats.max(1)).unwrap_or(u32::MAX));
        let circle_radius = if seats > 1 { PLATE_SPACING / (2.0 * (PI / count).sin()) } else { MIN_RADIUS };
        let radius = circle_radius.clamp(MIN_RADIUS, MAX_RADIUS).ceil();
        let straight = ((count * PLATE_SPACING - 2.0 * PI * radius) / 2.0).max(0.0).ceil();
        let perimeter = 2.0 * (PI * radius + straight);
        let offset = MARGIN + TABLE_OVERHANG + radius;
        let plate = |n: u32| {
            let (x, y) = point_at(f64::from(n) * perimeter / count, radius, straight);
            (rounded(offset + x), rounded(offset + y))
        };
        Self {
            width: rounded(2.0 * offset),
            height: rounded(2.0 * offset + straight),
            margin: rounded(MARGIN),
            radius: rounded(radius + TABLE_OVERHANG),
            plates: (0..u32::try_from(seats).unwrap_or(u32::MAX)).map(plate).collect(),
        }
    }
}

/// The point at `distance` along the line of plates, clockwise from the middle of the upper end. The origin is the center
/// of the upper end's circle; `straight` is the length of one straight side.
fn point_at(distance: f64, radius: f64, straight: f64) -> (f64, f64) {
    let quarter = PI * radius / 2.0;
    let on_circle = |distance: f64| {
        let angle = distance / radius;
        (radius * angle.sin(), -radius * angle.cos())
    };
    if distance <= quarter {
        on_circle(distance)
    } else if distance <= quarter + straight {
        (radius, distance - quarter)
    } else if distance <= 3.0 * quarter + straight {
        let (x, y) = on_circle(distance - straight);
        (x, y + straight)
    } else if distance <= 3.0 * quarter + 2.0 * straight {
        (-radius, straight - (distance - 3.0 * quarter - straight))
    } else {
        on_circle(distance - 2.0 * straight)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a drawing is a few hundred pixels long")]
fn rounded(length: f64) -> i32 {
    length.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MAX_PLATES;

    fn all_layouts() -> impl Iterator<Item = (usize, PlateLayout)> {
        (1..=MAX_PLATES as usize).map(|seats| (seats, PlateLayout::for_seats(seats)))
    }

    #[test]
    fn plates_do_not_touch_each_other() {
        for (seats, table) in all_layouts() {
            for (n, (x, y)) in table.plates.iter().enumerate() {
                for (other_x, other_y) in &table.plates[n + 1..] {
                    let distance = f64::from((x - other_x).pow(2) + (y - other_y).pow(2)).sqrt();
                    assert!(distance >= f64::from(2 * PLATE_RADIUS + 6), "{distance} between plates of {seats}");
                }
            }
        }
    }

    #[test]
    fn plates_fit_between_candle_and_edge_with_room_for_the_crown() {
        for (seats, table) in all_layouts() {
            assert_eq!(table.plates.len(), seats);
            let (left, top) = (table.margin + table.radius, table.margin + table.radius);
            let bottom = table.height - top;
            for &(x, y) in &table.plates {
                // The distance from the line between the centers of the two ends.
                let from_middle = f64::from((x - left).pow(2) + (y - y.clamp(top, bottom)).pow(2)).sqrt();
                let plate_radius = f64::from(PLATE_RADIUS);
                assert!(from_middle + plate_radius + 11.0 <= f64::from(table.radius), "off a table of {seats}");
                assert!(from_middle - plate_radius >= 30.0, "in the candle of a table of {seats}");
            }
            assert_eq!(table.plates[0], (left, table.margin + 32), "the head of a table of {seats}");
        }
    }

    #[test]
    fn tables_fit_a_screen_320_wide_and_grow_with_their_seats() {
        for (seats, table) in all_layouts() {
            assert!(table.width <= 288 && table.height <= 520, "{seats}: {} x {}", table.width, table.height);
            assert_eq!(table.width, 2 * (table.margin + table.radius));
        }
        let heights: Vec<_> = all_layouts().map(|(_, table)| table.height).collect();
        assert!(heights.is_sorted(), "more seats, a smaller table: {heights:?}");
    }

    #[test]
    fn plates_are_numbered_clockwise() {
        let table = PlateLayout::for_seats(4);
        let middle = table.width / 2;
        let side = |n: usize| ((table.plates[n].0 - middle).signum(), (table.plates[n].1 - middle).signum());
        assert_eq!([side(0), side(1), side(2), side(3)], [(0, -1), (1, 0), (0, 1), (-1, 0)]);
    }
}
