//! The colors of the stylesheet as sRGB, for pictures and headers, which cannot read its custom properties.
//!
//! `assets/dinnerparty.css` is the source. A test recomputes every color from its OKLCH value there.

/// The colors of the page by day, under the names of the stylesheet.
pub(crate) mod day {
    /// The ground of the page.
    pub(crate) const PAPER: &str = "#fbf6ec";
    /// The rim of a plate.
    pub(crate) const CARD: &str = "#fffdfa";
    /// Text.
    pub(crate) const INK: &str = "#33221a";
    /// Secondary text.
    pub(crate) const QUIET: &str = "#665349";
    /// Borders and free plates.
    pub(crate) const LINE: &str = "#8f7c6b";
    /// Fine lines.
    pub(crate) const HAIR: &str = "#e1d6c6";
    /// Tomato: the host's plate, and what one acts on.
    pub(crate) const ACCENT: &str = "#b62b0d";
    /// Green: taken seats.
    pub(crate) const SEATED: &str = "#2b6339";
    /// The table.
    pub(crate) const TABLE: &str = "#f0dec9";
    /// The light around the candle.
    pub(crate) const GLOW: &str = "#fde6af";
    /// The candle.
    pub(crate) const FLAME: &str = "#ce561f";
}

/// The color of a browser's frame around the page by day: for `<meta name="theme-color">` with
/// `media="(prefers-color-scheme: light)"`, and for the web manifest.
pub(crate) const THEME_COLOR_DAY: &str = day::PAPER;

/// The same by night, for `media="(prefers-color-scheme: dark)"`.
pub(crate) const THEME_COLOR_NIGHT: &str = "#1d140d";

#[cfg(test)]
mod tests {
    use super::*;

    const STYLESHEET: &str = include_str!("../assets/dinnerparty.css");

    /// A color of the first rule for `:root` after `from`, as sRGB by the matrices of CSS Color 4.
    fn color(from: &str, name: &str) -> String {
        let (_, rules) = STYLESHEET.split_once(from).unwrap();
        let (_, value) = rules.split_once(&format!("--{name}: oklch(")).unwrap();
        let parts: Vec<f64> = value
            .split_once(')')
            .unwrap()
            .0
            .split(' ')
            .map(|part| part.trim_end_matches('%').parse().unwrap())
            .collect();
        let [lightness, chroma, hue] = parts[..] else { panic!("--{name} has alpha") };
        let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
        let long = (lightness / 100.0 + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let middle = (lightness / 100.0 - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (lightness / 100.0 - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let linear = [
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short,
        ];
        let encoded = linear.map(|part: f64| {
            let part = part.clamp(0.0, 1.0);
            let part = if part <= 0.003_130_8 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
            let nearest = (0..=u8::MAX).min_by(|one, other| {
                let distance = |level: u8| (f64::from(level) - part * 255.0).abs();
                distance(*one).total_cmp(&distance(*other))
            });
            format!("{:02x}", nearest.unwrap())
        });
        format!("#{}", encoded.concat())
    }

    #[test]
    fn colors_are_those_of_the_stylesheet() {
        for (name, constant) in [
            ("paper", day::PAPER),
            ("card", day::CARD),
            ("ink", day::INK),
            ("quiet", day::QUIET),
            ("line", day::LINE),
            ("hair", day::HAIR),
            ("accent", day::ACCENT),
            ("seated", day::SEATED),
            ("table", day::TABLE),
            ("glow", day::GLOW),
            ("flame", day::FLAME),
            ("paper", THEME_COLOR_DAY),
        ] {
            assert_eq!(constant, color("\n:root {", name), "--{name} by day");
        }
        assert_eq!(THEME_COLOR_NIGHT, color("dark) {\n  :root {", "paper"), "--paper by night");
    }
}
