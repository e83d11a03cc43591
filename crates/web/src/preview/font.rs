//! The one embedded font: which characters it has, and how wide a text is.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Source};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// The family name inside the file, for `font-family`.
pub(super) const FAMILY: &str = "Vollkorn SemiBold";

static BYTES: &[u8] = include_bytes!("../../assets/fonts/Vollkorn-SemiBold.ttf");

/// Parsed at first use: a server that draws no picture pays nothing.
static FONT: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| FontRef::new(BYTES).ok());

static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    database.load_font_source(Source::Binary(Arc::new(BYTES)));
    Arc::new(database)
});

/// The fonts that a picture may use: this one, none of the system's.
pub(super) fn database() -> Arc<Database> {
    Arc::clone(&DATABASE)
}

/// Whether the font has a glyph for every character.
pub(super) fn has_glyphs_for(text: &str) -> bool {
    FONT.as_ref().is_some_and(|font| {
        let characters = font.charmap();
        text.chars().all(|c| characters.map(c).is_some_and(|glyph| glyph.to_u32() != 0))
    })
}

/// The width of a text in pixels at a font size of one pixel, without kerning. Kerning changes it by about 1 %.
pub(super) fn width(text: &str) -> f32 {
    let Some(font) = FONT.as_ref() else { return 0.0 };
    let (characters, metrics) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
    text.chars().filter_map(|c| metrics.advance_width(characters.map(c)?)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_has_latin_greek_and_cyrillic_letters() {
        for text in [
            "Mushroom risotto, crème brûlée & smørrebrød – “½ chicken”…",
            "Phở bò, żurek, çiğ köfte, Łódź, İstanbul, Straße",
            "Μουσακάς",
            "Борщ с пампушками, їжак",
            "Q\u{323}\u{307}",
        ] {
            assert!(has_glyphs_for(text), "{text}");
        }
        for text in ["粥", "🍝", "مقلوبة", "พิซซ่า", "a\u{200d}b", "\u{7}", "\u{2028}"] {
            assert!(!has_glyphs_for(text), "{text}");
        }
    }

    #[test]
    fn family_is_the_name_inside_the_file() {
        let names: Vec<_> = database().faces().flat_map(|face| face.families.clone()).map(|(name, _)| name).collect();
        assert_eq!(names, [FAMILY]);
    }

    #[test]
    fn width_grows_with_the_text() {
        assert!((width("") - 0.0).abs() < f32::EPSILON);
        assert!((0.4..0.7).contains(&width("a")) && width("mmm") > width("iii"));
    }
}
