//! The icons that browsers and phones ask for at fixed paths, and the web manifest.
//!
//! Their names have no hash, unlike those of `assets.rs`: some clients ask for `/favicon.ico` and `/apple-touch-icon.png`
//! without reading a page. The example `icons` draws the pictures, from `assets/plate.svg` for a browser's tab and from
//! `assets/icons/plate-square.svg` for a home screen.

use accounts::web::Problem;
use poem::http::header;
use poem::{IntoResponse, Request, Response, handler};

/// For how long a client may keep an icon: a day, since a changed icon has the same path.
const CACHE_CONTROL: &str = "public, max-age=86400";

/// The path of the web manifest, for `<link rel="manifest">`.
pub(crate) const MANIFEST: &str = "/site.webmanifest";
/// The path of the home screen icon of iOS, 180 × 180 pixels, for `<link rel="apple-touch-icon">`.
pub(crate) const APPLE_TOUCH_ICON: &str = "/apple-touch-icon.png";

/// A file at a fixed path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Icon {
    /// The absolute path.
    pub(crate) path: &'static str,
    /// The value of `Content-Type`.
    pub(crate) content_type: &'static str,
    /// The file.
    pub(crate) bytes: &'static [u8],
}

/// All icons and the manifest: one route each.
pub(crate) static ICONS: [Icon; 5] = [
    Icon { path: "/favicon.ico", content_type: "image/x-icon", bytes: include_bytes!("../assets/icons/favicon.ico") },
    Icon {
        path: APPLE_TOUCH_ICON,
        content_type: "image/png",
        bytes: include_bytes!("../assets/icons/apple-touch-icon.png"),
    },
    Icon { path: "/icon-192.png", content_type: "image/png", bytes: include_bytes!("../assets/icons/icon-192.png") },
    Icon { path: "/icon-512.png", content_type: "image/png", bytes: include_bytes!("../assets/icons/icon-512.png") },
    Icon {
        path: MANIFEST,
        content_type: "application/manifest+json",
        bytes: include_bytes!("../assets/icons/site.webmanifest"),
    },
];

/// The icon at a path of a request.
fn icon(path: &str) -> Option<&'static Icon> {
    ICONS.iter().find(|icon| icon.path == path)
}

/// The response to GET on the path of an icon.
#[handler]
pub(crate) fn serve(request: &Request) -> Result<Response, Problem> {
    let icon = icon(request.uri().path()).ok_or(Problem::NotFound)?;
    let response = icon.bytes.with_content_type(icon.content_type);
    Ok(response.with_header(header::CACHE_CONTROL, CACHE_CONTROL).into_response())
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::{Pixmap, Transform};
    use resvg::usvg::{Options, Tree};

    use super::*;
    use crate::palette::THEME_COLOR_DAY;

    const PLATE: &str = include_str!("../assets/plate.svg");
    const SQUARE: &str = include_str!("../assets/icons/plate-square.svg");

    /// Whether a PNG is the drawing of an SVG of that size. Another processor may round a color differently.
    fn assert_drawn_from(svg: &str, size: u16, png: &[u8]) {
        let tree = Tree::from_str(svg, &Options::default()).unwrap();
        let mut drawn = Pixmap::new(size.into(), size.into()).unwrap();
        let scale = f32::from(size) / tree.size().width();
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut drawn.as_mut());
        let file = Pixmap::decode_png(png).unwrap();
        assert_eq!((file.width(), file.height()), (size.into(), size.into()));
        let difference = file.data().iter().zip(drawn.data()).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(difference <= Some(3), "{size}: differs by {difference:?}; run `cargo run -p web --example icons`");
    }

    #[test]
    fn pictures_are_drawn_from_the_committed_svg() {
        for (path, size) in [(APPLE_TOUCH_ICON, 180), ("/icon-192.png", 192), ("/icon-512.png", 512)] {
            assert_drawn_from(SQUARE, size, icon(path).unwrap().bytes);
        }
        let ico = icon("/favicon.ico").unwrap().bytes;
        assert_eq!(ico[..6], [0, 0, 1, 0, 3, 0]);
        for (entry, size) in ico[6..].chunks_exact(16).zip([16, 32, 48]) {
            let number = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap()) as usize;
            let (length, offset) = (number(8), number(12));
            assert_eq!(entry[..2], [size, size]);
            assert_drawn_from(PLATE, size.into(), &ico[offset..offset + length]);
        }
    }

    #[test]
    fn home_screen_icons_are_opaque() {
        for icon in ICONS.iter().filter(|icon| icon.content_type == "image/png") {
            let picture = Pixmap::decode_png(icon.bytes).unwrap();
            assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 255), "{}", icon.path);
        }
    }

    #[test]
    fn manifest_names_the_icons_with_their_sizes_and_the_color_of_the_page() {
        let manifest: serde_json::Value = serde_json::from_slice(icon(MANIFEST).unwrap().bytes).unwrap();
        for color in ["theme_color", "background_color"] {
            assert_eq!(manifest[color], THEME_COLOR_DAY);
        }
        let listed = manifest["icons"].as_array().unwrap();
        assert_eq!(listed.len(), 2);
        for each in listed {
            let file = icon(each["src"].as_str().unwrap()).unwrap();
            let picture = Pixmap::decode_png(file.bytes).unwrap();
            assert_eq!(each["sizes"], format!("{}x{}", picture.width(), picture.height()));
            assert_eq!(each["type"], file.content_type);
        }
    }

    #[test]
    fn unknown_path_has_no_icon() {
        assert!(icon("/favicon.png").is_none() && icon("favicon.ico").is_none());
    }
}
