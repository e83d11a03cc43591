//! The layout of a picture as SVG: the texts at the left, the table at the right, inside the frame of a printed card.

use askama::Template;

use super::lines::{Column, Lines};
use super::{HEIGHT, Preview, WIDTH, font};
use crate::palette::day;
use crate::table::{Ring, Table};

/// The left edge of the texts.
const TEXT_LEFT: f32 = 92.0;
const TEXT_WIDTH: f32 = 610.0;
/// The room for the table beside the texts, and in a picture without texts.
const BESIDE_TEXT: TableRoom = TableRoom { center: (930.0, 315.0), width: 400.0, max_scale: 2.0 };
const ALONE: TableRoom = TableRoom { center: (600.0, 315.0), width: 900.0, max_scale: 2.5 };
/// The largest height of a table.
const TABLE_HEIGHT: f32 = 500.0;
/// The radius of the middle line of a ring.
const RING_RADIUS: f32 = 164.0;

const HEADING: Column<'static> = Column { width: TEXT_WIDTH, sizes: &[(40.0, 1), (36.0, 1), (32.0, 1)] };
/// Three lines of more than 84 pixels would not leave room for the other texts.
const TITLE: Column<'static> = Column {
    width: TEXT_WIDTH,
    sizes: &[(104.0, 2), (96.0, 2), (84.0, 3), (76.0, 3), (68.0, 3), (62.0, 3), (56.0, 3)],
};
const DETAIL: Column<'static> = Column { width: TEXT_WIDTH, sizes: &[(42.0, 1), (38.0, 1), (38.0, 2), (34.0, 2)] };

/// A picture as SVG.
#[derive(Template)]
#[template(path = "preview.svg")]
pub(super) struct Drawing {
    lines: Vec<Line>,
    table: TableDrawing,
    /// The place of the table: its upper left corner and its scale, or its center for a ring.
    x: f32,
    y: f32,
    scale: f32,
}

/// A place for the table.
struct TableRoom {
    center: (f32, f32),
    width: f32,
    /// The largest magnification of the page's drawing: plates of a small table would be out of proportion.
    max_scale: f32,
}

/// A line of text at its place.
struct Line {
    /// The class in the picture's stylesheet.
    class: &'static str,
    /// The baseline.
    y: f32,
    size: f32,
    text: String,
}

/// The table of a picture.
enum TableDrawing {
    /// The same drawing as on the page.
    Plates(Table),
    /// A table too large for plates: a ring of segments as in a list row. Both are SVG arcs.
    Ring { taken: String, free: String },
}

impl Drawing {
    /// Lays out a picture. Without glyphs for all of its texts it has the table alone, in the middle.
    pub(super) fn of(preview: &Preview) -> Self {
        let (lines, room) =
            if preview.is_spellable() { (text_block(preview), BESIDE_TEXT) } else { (Vec::new(), ALONE) };
        let (x, y) = room.center;
        let table = Table::without_names(preview.seats, preview.taken);
        let Some((width, height)) = table.size() else {
            let ring = Ring::new(preview.taken, preview.seats);
            let (taken, free) = (arcs(0, ring.taken, ring.segments), arcs(ring.taken, ring.segments, ring.segments));
            return Self { lines, table: TableDrawing::Ring { taken, free }, x, y, scale: 1.0 };
        };
        let (width, height) = (pixels(width), pixels(height));
        let scale = (room.width / width).min(TABLE_HEIGHT / height).min(room.max_scale);
        let (x, y) = (x - width * scale / 2.0, y - height * scale / 2.0);
        Self { lines, table: TableDrawing::Plates(table), x, y, scale }
    }
}

/// The texts, as one block in the middle of the picture's height.
fn text_block(preview: &Preview) -> Vec<Line> {
    let fit = |column: Column<'_>, text: &str| column.fit(text, font::width);
    // Each text with its class, the space above it, and the height of its lines.
    let mut texts =
        vec![("heading", 0.0, 1.2, fit(HEADING, &preview.heading)), ("title", 10.0, 1.06, fit(TITLE, &preview.title))];
    let details = preview.details.iter().zip(["date", if preview.is_open { "open" } else { "closed" }]);
    texts.extend(
        details.enumerate().map(|(n, (text, class))| (class, if n == 0 { 30.0 } else { 4.0 }, 1.3, fit(DETAIL, text))),
    );
    let heights = texts.iter().map(|(_, space, height, lines)| space + height * lines.size * count(lines));
    let mut y = (f32::from(HEIGHT) - heights.sum::<f32>()) / 2.0;
    let mut placed = Vec::new();
    for (class, space, height, Lines { size, lines }) in texts {
        y += space;
        for text in lines {
            // The baseline leaves room for the ascenders above and the descenders below.
            placed.push(Line { class, y: y + size * (height / 2.0 + 0.28), size, text });
            y += size * height;
        }
    }
    placed
}

/// The SVG path of segments `from` to `to` of a ring around 0 0, clockwise from the top. A fifth of each is a gap.
#[expect(clippy::cast_precision_loss, reason = "a ring has at most 24 segments")]
fn arcs(from: u32, to: u32, segments: u32) -> String {
    let point = |segment: f32| {
        let angle = std::f32::consts::TAU * segment / segments as f32;
        format!("{:.1} {:.1}", RING_RADIUS * angle.sin(), -RING_RADIUS * angle.cos())
    };
    let arc =
        |n: u32| format!("M{}A{RING_RADIUS} {RING_RADIUS} 0 0 1 {}", point(n as f32 + 0.1), point(n as f32 + 0.9));
    (from..to).map(arc).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is a few hundred pixels long")]
fn pixels(length: i32) -> f32 {
    length as f32
}

#[expect(clippy::cast_precision_loss, reason = "a text has at most three lines")]
fn count(lines: &Lines) -> f32 {
    lines.lines.len() as f32
}
