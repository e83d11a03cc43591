//! Draws the icons of DinnerParty from `plate.svg` and `plate-square.svg` into `crates/web/assets/icons`.
//!
//! Run `cargo run -p web --example icons` after a change of either, and commit the files.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The sizes inside `favicon.ico`: for a tab, a tab on a dense screen, and a shortcut.
const FAVICON_SIZES: [u8; 3] = [16, 32, 48];

fn main() -> anyhow::Result<()> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let icons = assets.join("icons");
    let plate = fs::read_to_string(assets.join("plate.svg"))?;
    // Without transparent corners: iOS and Android cut the shape of their icons out of a square.
    let square = fs::read_to_string(icons.join("plate-square.svg"))?;
    for (name, size) in [("apple-touch-icon.png", 180), ("icon-192.png", 192), ("icon-512.png", 512)] {
        fs::write(icons.join(name), png(&square, size)?)?;
    }
    let favicons = FAVICON_SIZES.iter().map(|&size| Ok((size, png(&plate, size.into())?)));
    fs::write(icons.join("favicon.ico"), ico(&favicons.collect::<anyhow::Result<Vec<_>>>()?)?)?;
    Ok(())
}

fn png(svg: &str, size: u16) -> anyhow::Result<Vec<u8>> {
    let tree = Tree::from_str(svg, &Options::default())?;
    let mut pixmap = Pixmap::new(size.into(), size.into()).context("the size")?;
    let scale = f32::from(size) / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}

/// An ICO file with PNG images: a header of 6 bytes, an entry of 16 bytes for each image, then the images.
fn ico(images: &[(u8, Vec<u8>)]) -> anyhow::Result<Vec<u8>> {
    const ICON: u16 = 1;
    const COLOR_PLANES: u16 = 1;
    const BITS_PER_PIXEL: u16 = 32;
    let mut file = Vec::new();
    for number in [0, ICON, u16::try_from(images.len())?] {
        file.extend(number.to_le_bytes());
    }
    let mut offset = u32::try_from(6 + 16 * images.len())?;
    for (size, image) in images {
        // Width, height, no palette, reserved.
        file.extend([*size, *size, 0, 0]);
        file.extend(COLOR_PLANES.to_le_bytes());
        file.extend(BITS_PER_PIXEL.to_le_bytes());
        let bytes = u32::try_from(image.len())?;
        file.extend(bytes.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += bytes;
    }
    file.extend(images.iter().flat_map(|(_, image)| image));
    Ok(file)
}
