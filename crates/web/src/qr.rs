//! A link as a QR code: SVG drawn on the server, for a screen and for paper.
//!
//! The crate `fast_qr` computes the modules: it has no dependencies and no unsafe code, and of the encoders looked at the
//! newest release (its lock file is of 2025, that of `qrcode` 0.14.1 of 2024).

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use fast_qr::{ECL, QRBuilder};

/// The light border that a scanner needs, in modules (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: usize = 4;

/// The size of a module in CSS pixels. A code of 33 modules is then 164 pixels wide, about 4 cm on paper.
const MODULE_SIZE: usize = 4;

/// A QR code, as safe HTML.
///
/// The modules are dark on a light ground by day and by night, since many scanners do not read inverted codes. The colors
/// are presentation attributes, so that the code is right without a stylesheet too.
#[derive(Debug, Template)]
#[template(path = "qr.html")]
pub(crate) struct QrCode {
    /// The text alternative.
    description: String,
    /// The width and height in modules, with the quiet zone.
    modules: usize,
    /// The width and height in CSS pixels.
    size: usize,
    /// The dark modules: an SVG path of horizontal lines, as wide as a module.
    path: String,
}

impl HtmlSafe for QrCode {}

impl QrCode {
    /// Encodes `content`, at error correction level M (15 % of the code may be unreadable).
    ///
    /// `description` is the text alternative, such as "QR code of the link to this party". `None` for more than 2,331
    /// octets, which no QR code of that level holds.
    pub(crate) fn new(content: &str, description: &str) -> Option<Self> {
        let code = QRBuilder::new(content).ecl(ECL::M).build().ok()?;
        let modules = code.size + 2 * QUIET_ZONE;
        let mut path = String::new();
        for y in 0..code.size {
            let row: Vec<bool> = (0..code.size).map(|x| code[y][x].value()).collect();
            push_row(&mut path, &row, y);
        }
        Some(Self { description: description.to_owned(), modules, size: modules * MODULE_SIZE, path })
    }
}

/// Appends a line along the middle of each run of dark modules: `M4 4.5h7m2 0h1`.
fn push_row(path: &mut String, row: &[bool], y: usize) {
    let mut x = 0;
    let mut pen = None;
    for run in row.chunk_by(|one, next| one == next) {
        if run[0] {
            // Writing into a string cannot fail.
            let _ = match pen {
                None => write!(path, "M{} {}.5h{}", x + QUIET_ZONE, y + QUIET_ZONE, run.len()),
                Some(pen) => write!(path, "m{} 0h{}", x - pen, run.len()),
            };
            pen = Some(x + run.len());
        }
        x += run.len();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use resvg::tiny_skia::{Pixmap, Transform};
    use resvg::usvg;

    use super::*;

    /// An invitation link as the server writes it: 128 random bits in base64url.
    const LINK: &str = "https://dinner.example.com/i/q83vEjRWeJCrze8SNFZ4kA";

    /// Renders the SVG as a browser does, and decodes the picture with the crate `rqrr`.
    fn scan(svg: &str, scale: f32) -> String {
        let svg = svg.replacen("<svg ", r#"<svg xmlns="http://www.w3.org/2000/svg" "#, 1);
        let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap();
        let size = tree.size().to_int_size().scale_by(scale).unwrap();
        let mut picture = Pixmap::new(size.width(), size.height()).unwrap();
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
        let brightness = |x: usize, y: usize| picture.data()[(y * size.width() as usize + x) * 4 + 1];
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(size.width() as usize, size.height() as usize, brightness);
        let [grid] = &image.detect_grids()[..] else { panic!("not one code: {svg}") };
        grid.decode().unwrap().1
    }

    #[test]
    fn scanner_reads_the_link_at_several_sizes() {
        let svg = QrCode::new(LINK, "").unwrap().to_string();
        for scale in [0.75, 1.0, 2.0, 3.5] {
            assert_eq!(scan(&svg, scale), LINK, "{scale}");
        }
    }

    #[test]
    fn svg_has_one_path_a_quiet_zone_and_no_style() {
        let svg = QrCode::new(LINK, "QR code of <the> link").unwrap().to_string();
        assert_eq!((svg.matches("<path").count(), svg.matches("style").count()), (1, 0), "{svg}");
        // Version 4 has 33 modules; a quiet zone of 4 on each side.
        assert!(svg.contains(r#"viewBox="0 0 41 41" width="164" height="164""#), "{svg}");
        assert!(svg.contains(r#"role="img" aria-label="QR code of &#60;the&#62; link""#), "{svg}");
        let (_, path) = svg.split_once(" d=\"").unwrap();
        // The finder pattern's upper edge: 7 dark modules from the corner inside the quiet zone.
        assert!(path.starts_with("M4 4.5h7m1 0"), "{path}");
        assert!(svg.len() < 4096, "{} bytes", svg.len());
    }

    #[test]
    fn content_above_the_capacity_has_no_code() {
        assert!(QrCode::new(&"a".repeat(2331), "").is_some());
        assert!(QrCode::new(&"a".repeat(2332), "").is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn scanner_reads_any_link(path in "[A-Za-z0-9_-]{1,100}", host in "[a-z0-9.-]{3,100}|[0-9]{3,20}|[A-Z:]{3,20}") {
            for link in [format!("https://{host}/i/{path}"), host] {
                prop_assert_eq!(scan(&QrCode::new(&link, "").unwrap().to_string(), 1.0), link);
            }
        }
    }
}
