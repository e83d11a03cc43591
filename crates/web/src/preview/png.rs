//! From SVG to PNG, with a palette.

use std::cmp::Reverse;
use std::collections::HashMap;

use anyhow::Context as _;
use askama::Template as _;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::drawing::Drawing;
use super::{HEIGHT, Preview, WIDTH, font};

/// The most colors of a PNG with a palette.
const MAX_COLORS: usize = 256;

/// The rows that are drawn at once. A whole picture would take 3 MiB of memory, a strip takes 300 KiB.
const STRIP_HEIGHT: u16 = 63;

/// A pixel without its alpha: a picture is opaque.
type Color = [u8; 3];

/// Pixels of one color in reading order, and their number.
type Run = (Color, usize);

/// Draws a picture. Takes 5 to 11 ms of one core in a release build, and about 2 MiB of memory while it lasts.
///
/// # Errors
/// None that is expected: the SVG is our own.
pub(super) fn draw(preview: &Preview) -> anyhow::Result<Vec<u8>> {
    let svg = Drawing::of(preview).render().context("the template")?;
    let options = Options { fontdb: font::database(), font_family: font::FAMILY.to_owned(), ..Options::default() };
    let tree = Tree::from_str(&svg, &options).context("the SVG")?;
    let mut strip = Pixmap::new(WIDTH.into(), STRIP_HEIGHT.into()).context("the size")?;
    let mut runs: Vec<Run> = Vec::new();
    for top in (0..HEIGHT).step_by(STRIP_HEIGHT.into()) {
        // The paper covers what the last strip left.
        resvg::render(&tree, Transform::from_translate(0.0, -f32::from(top)), &mut strip.as_mut());
        let pixels = strip.pixels().chunk_by(|one, next| one == next);
        runs.extend(pixels.map(|run| ([run[0].red(), run[0].green(), run[0].blue()], run.len())));
    }
    encode(&runs).context("the PNG")
}

/// Encodes a picture with a palette of its most frequent colors.
///
/// A picture has about ten colors, and some thousand blends of two at the edges of shapes and letters. A rare blend becomes
/// the nearest color of the palette, which no eye sees; the file has less than half of the bytes.
fn encode(runs: &[Run]) -> Result<Vec<u8>, png::EncodingError> {
    let mut counts: HashMap<Color, usize> = HashMap::new();
    for (color, length) in runs {
        *counts.entry(*color).or_default() += length;
    }
    let mut colors: Vec<_> = counts.into_iter().collect();
    colors.sort_unstable_by_key(|&(color, count)| (Reverse(count), color));
    let palette: Vec<Color> = colors.iter().take(MAX_COLORS).map(|(color, _)| *color).collect();
    let indexes: HashMap<Color, u8> = colors.iter().map(|(color, _)| (*color, nearest(*color, &palette))).collect();

    let mut image = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT));
    for (color, length) in runs {
        image.resize(image.len() + length, indexes[color]);
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, WIDTH.into(), HEIGHT.into());
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(Compression::Balanced);
    // A filter predicts a value from its neighbors, and an index is no value.
    encoder.set_filter(Filter::NoFilter);
    encoder.write_header()?.write_image_data(&image)?;
    Ok(file)
}

/// The index of the nearest color in a palette of at most 256.
fn nearest(color: Color, palette: &[Color]) -> u8 {
    let distance = |other: &Color| -> u32 {
        color.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(*other)).pow(2)).sum()
    };
    (0..=u8::MAX).zip(palette).min_by_key(|(_, other)| distance(other)).map_or(0, |(index, _)| index)
}
