//! Checks of the stylesheet's numbers: the contrast of colors in the light and the dark theme, and the scale of lengths.

use std::collections::BTreeMap;

const STYLESHEET: &str = include_str!("../assets/dinnerparty.css");

/// The colors of the first `:root` rule after `from`: names with lightness, chroma and hue in OKLCH.
fn colors(from: &str) -> BTreeMap<&str, [f64; 3]> {
    let (_, rules) = STYLESHEET.split_once(from).unwrap();
    let (rule, _) = rules.split_once('}').unwrap();
    let color = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": oklch(")?;
        let parts: Vec<f64> =
            value.strip_suffix(");")?.split(' ').filter_map(|part| part.trim_end_matches('%').parse().ok()).collect();
        let [lightness, chroma, hue] = parts[..] else { return None };
        Some((name, [lightness / 100.0, chroma, hue]))
    };
    rule.lines().filter_map(color).collect()
}

/// The relative luminance of WCAG 2.2, with the matrices of CSS Color 4.
fn luminance([lightness, chroma, hue]: [f64; 3]) -> f64 {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let middle = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short;
    let [red, green, blue] = [red, green, blue].map(|part| {
        assert!((-0.005..=1.005).contains(&part), "a color outside of sRGB: {lightness} {chroma} {hue}");
        part.clamp(0.0, 1.0)
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_matches_known_ratios() {
    let (white, black, gray) = ([1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.5999, 0.0, 0.0]);
    assert!((contrast(white, black) - 21.0).abs() < 0.01);
    assert!((contrast(white, gray) - 3.95).abs() < 0.05, "#808080 on white"); // the value of WebAIM's contrast checker
}

#[test]
fn text_has_4_5_to_1_and_shapes_3_to_1_contrast() {
    for (theme, from) in [("light", "\n:root {"), ("dark", "dark) {\n  :root {")] {
        let colors = colors(from);
        let of = |name: &str| *colors.get(name).unwrap_or_else(|| panic!("no --{name} in {theme}"));
        for (text, grounds) in [
            ("ink", &["paper", "card", "table"][..]),
            ("quiet", &["paper", "card"]),
            ("accent", &["paper", "card"]),
            ("seated", &["paper", "card"]),
            ("waiting", &["paper", "card"]),
            ("refused", &["paper", "card"]),
            ("on-accent", &["accent"]),
            ("on-seated", &["seated"]),
        ] {
            for ground in grounds {
                let found = contrast(of(text), of(ground));
                assert!(found >= 4.5, "{text} on {ground} in {theme}: {found:.2}");
            }
        }
        for (shape, grounds) in [
            ("line", &["paper", "card", "table"][..]),
            ("seated", &["table"]),
            ("accent", &["table"]),
            ("flame", &["glow"]),
        ] {
            for ground in grounds {
                let found = contrast(of(shape), of(ground));
                assert!(found >= 3.0, "{shape} on {ground} in {theme}: {found:.2}");
            }
        }
    }
}

#[test]
fn margins_paddings_and_gaps_are_on_the_scale() {
    let scale = [4, 8, 12, 16, 24, 32, 48, 64];
    let rules = STYLESHEET.lines().filter(|line| !line.trim_start().starts_with("--"));
    for line in rules {
        for property in ["margin", "padding", "gap"] {
            for value in line.split(&format!("{property}: ")).skip(1).filter_map(|rest| rest.split([';', '}']).next()) {
                for length in value.split(' ').filter_map(|part| part.trim_start_matches('-').strip_suffix("px")) {
                    let length: u32 = length.parse().unwrap();
                    assert!(scale.contains(&length), "{length}px is not on the scale: {line}");
                }
            }
        }
    }
}
