//! The stamp of a postcard: a small landscape that depends only on the country's name. The landscapes are in `scene`,
//! their colors in the stylesheet.

mod scene;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::fingerprint::fingerprint;
use scene::{SCENES, Scene};

/// The times of day: the endings of the stylesheet's `stamp-…` classes.
const HOURS: [&str; 6] = ["dawn", "morning", "noon", "afternoon", "dusk", "night"];

/// The position of the sun or the moon: low in the east, high, low in the west.
const SUNS: [(u8, u8); 3] = [(19, 26), (36, 18), (53, 26)];

/// A stamp. It displays as SVG, which needs no escaping, since the country's name is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "stamp.html")]
pub(crate) struct Stamp {
    scene: &'static Scene,
    hour: &'static str,
    sun: (u8, u8),
}

impl HtmlSafe for Stamp {}

impl Stamp {
    /// The stamp of a country. Case does not matter.
    pub(crate) fn of(country: &str) -> Self {
        let print = fingerprint(&country.to_lowercase());
        let (scene, print) = pick(&SCENES, print);
        let (hour, print) = pick(&HOURS, print);
        let (sun, _) = pick(&SUNS, print);
        Self { scene, hour, sun: *sun }
    }
}

/// One of `all`, chosen by the number, and the rest of the number for the next choice.
fn pick<T, const N: usize>(all: &'static [T; N], print: u64) -> (&'static T, u64) {
    let count = N as u64;
    let at = usize::try_from(print % count).unwrap_or_default(); // below N, which is a usize
    (&all[at], print / count)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const COUNTRIES: [&str; 24] = [
        "Portugal",
        "Japan",
        "Norway",
        "Kenya",
        "Peru",
        "Italy",
        "Canada",
        "Mexico",
        "India",
        "Morocco",
        "Iceland",
        "Chile",
        "Vietnam",
        "Georgia",
        "Greece",
        "Namibia",
        "Samoa",
        "Ireland",
        "Türkiye",
        "مصر",
        "ישראל",
        "日本",
        "Łotwa",
        "🏝️",
    ];

    #[test]
    fn stamp_ignores_case_of_country() {
        assert_eq!(Stamp::of("Portugal"), Stamp::of("PORTUGAL"));
        assert_eq!(Stamp::of("ŁOTWA").to_string(), Stamp::of("łotwa").to_string());
    }

    #[test]
    fn countries_have_different_stamps() {
        let stamps: BTreeSet<_> = COUNTRIES.iter().map(|country| Stamp::of(country).to_string()).collect();
        assert!(stamps.len() >= 20, "{} stamps for {} countries", stamps.len(), COUNTRIES.len());
    }

    #[test]
    fn every_scene_hour_and_sun_is_used() {
        let many: Vec<_> = (0..1000).map(|n| Stamp::of(&format!("Country {n}"))).collect();
        let count = |part: fn(&Stamp) -> String| many.iter().map(part).collect::<BTreeSet<_>>().len();
        assert_eq!(count(|stamp| stamp.scene.name.to_owned()), SCENES.len());
        assert_eq!(count(|stamp| stamp.hour.to_owned()), HOURS.len());
        assert_eq!(count(|stamp| format!("{:?}", stamp.sun)), SUNS.len());
    }

    #[test]
    fn stamp_contains_nothing_of_the_country_name() {
        for country in ["<script>alert(1)</script>", "\" onload=\"x", "", "🇵🇹"] {
            let svg = Stamp::of(country).to_string();
            assert!(!svg.contains("script") && !svg.contains("onload") && !svg.contains("style="), "{svg}");
            assert!(svg.starts_with("<svg ") && svg.contains(r#"aria-hidden="true""#), "{svg}");
        }
    }

    #[test]
    fn stylesheet_has_a_class_for_every_hour() {
        for hour in HOURS {
            assert!(crate::assets::STYLESHEET.contains(&format!(".stamp-{hour} {{")), "{hour}");
        }
    }
}
