//! The waiting list in the drawing of a table: a line of guests by a door, below the table.

/// The height that the line adds to the drawing.
const HEIGHT: i32 = 36;
/// From one guest to the next.
const SPACING: i32 = 20;
/// The width of the door with the gap beside it.
const DOOR: i32 = 28;
/// The width of the number of the guests who are not drawn.
const MORE: i32 = 36;
/// The margin to the left and to the right.
const MARGIN: i32 = 8;

/// The guests who wait, each drawn once, also with companions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WaitingLine {
    /// The height that the line adds to the drawing. 0 without a line.
    pub(super) height: i32,
    /// The left edge of the door.
    pub(super) door: i32,
    /// The vertical middle of the line.
    pub(super) y: i32,
    /// The centers of the guests, the first one beside the door, and whether each is the viewer.
    pub(super) guests: Vec<(i32, bool)>,
    /// The guests who are not drawn, as "+3" at a position. `None` where all are.
    pub(super) more: Option<(i32, String)>,
}

impl WaitingLine {
    /// The line below a drawing of that size. `rank` is the viewer's number on the list.
    pub(super) fn new(waiting: u32, rank: Option<u32>, (width, top): (i32, i32)) -> Self {
        let y = top + HEIGHT / 2;
        if waiting == 0 {
            return Self { height: 0, door: 0, y, guests: vec![], more: None };
        }
        let fitting = |room: i32| u32::try_from((room - DOOR - 2 * MARGIN) / SPACING).unwrap_or_default();
        let all_fit = waiting <= fitting(width);
        let drawn = if all_fit { waiting } else { fitting(width - MORE) };
        let count = i32::try_from(drawn).unwrap_or_default();
        let length = DOOR + count * SPACING + if all_fit { 0 } else { MORE };
        let door = (width - length) / 2;
        let first = door + DOOR + SPACING / 2;
        let guests = (0..count).zip(1..).map(|(n, place)| (first + n * SPACING, rank == Some(place))).collect();
        let more = (!all_fit).then(|| (first + count * SPACING, format!("+{}", waiting - drawn)));
        Self { height: HEIGHT, door, y, guests, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::plate_layout::PlateLayout;

    #[test]
    fn line_fits_below_each_table_and_counts_every_guest() {
        for seats in 1..=24 {
            let layout = PlateLayout::for_seats(seats);
            for waiting in [1_u32, 2, 5, 9, 10, 11, 500] {
                let line = WaitingLine::new(waiting, Some(1), (layout.width, layout.height));
                let hidden = line.more.as_ref().map_or(0, |(_, text)| text[1..].parse::<u32>().unwrap());
                assert_eq!(u32::try_from(line.guests.len()).unwrap() + hidden, waiting, "{seats}");
                let end = line.more.as_ref().map_or(line.guests.last().unwrap().0 + 8, |(x, _)| x + MORE - SPACING / 2);
                assert!(line.door >= 0 && end <= layout.width, "{seats} {waiting}: {line:?}");
                assert!(!line.guests.is_empty() && line.guests[0].1, "{seats} {waiting}");
                assert!(line.guests.windows(2).all(|pair| pair[1].0 - pair[0].0 == SPACING && !pair[1].1));
            }
        }
        assert_eq!(WaitingLine::new(0, None, (172, 172)).height, 0);
    }
}
