//! `cargo xtask zones FOLDER`: writes the table of former time zone names from IANA's time zone database.
//!
//! `FOLDER` is a release of the database, unpacked: <https://www.iana.org/time-zones>, or a tag of
//! <https://github.com/eggert/tz>. Two of its files are read:
//! - `backward` has a link for each name that is kept for compatibility. Where a link leads to the target of another link,
//!   its comment `#= NAME` has the name that it stands for.
//! - `zone.tab` has the current name of each place.
//!
//! Not every link is a renaming: since 2013 many places share the data of another place. A name in `zone.tab` stays, and so
//! do the places of the section [`OTHER_PLACES`], which `zone.tab` does not list: Belfast is not a former name of London.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The file that is written.
const TABLE: &str = "crates/domain/src/party/zone/former_names.rs";

/// The first words of the comment above the section of `backward` whose links are no renamings.
const OTHER_PLACES: &str = "# Non-zone.tab locations";

/// Names without a place, for the rules of a region in the past. A link leads them to a city, whose name says less.
const NOT_A_PLACE: &[&str] =
    &["CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"];

/// The short names of the two zones that belong to no area.
const WITHOUT_AREA: &[(&str, &str)] = &[("Etc/GMT", "GMT"), ("Etc/UTC", "UTC")];

/// Which release.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder with the files `backward` and `zone.tab` of IANA's time zone database.
    folder: PathBuf,
    /// The name of the release, such as 2026c.
    #[arg(long)]
    release: String,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let read = |name: &str| {
        let path = options.folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let names = former_names(&read("backward")?, &read("zone.tab")?)?;
    fs::write(root.join(TABLE), table(&names, &options.release))?;
    println!("zones: {} former names in {TABLE}", names.len());
    Ok(())
}

/// Each former name with the current one.
fn former_names(backward: &str, zone_tab: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let rows = zone_tab.lines().filter(|line| !line.starts_with('#'));
    let current: BTreeSet<&str> = rows.filter_map(|row| row.split('\t').nth(2)).collect();
    let (before, places) = backward.split_once(OTHER_PLACES).context("`backward` has other sections than before")?;
    let (_, after) = places.split_once("\n\n\n").context("the section of other places has no end")?;
    let mut links: BTreeMap<&str, &str> = before.lines().chain(after.lines()).filter_map(link).collect();
    links.retain(|name, _| !current.contains(name) && !NOT_A_PLACE.contains(name));
    for (area, short) in WITHOUT_AREA {
        links.remove(short);
        links.insert(area, short);
    }
    // The limit ends a circle of links, which no release has.
    let steps = |name| iter::successors(Some(name), |name| links.get(name).copied()).take(links.len() + 1);
    Ok(links.keys().filter_map(|name| Some(((*name).to_owned(), steps(*name).last()?.to_owned()))).collect())
}

/// The name and the target of a line such as `Link America/Denver Navajo #= America/Shiprock`.
fn link(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix("Link")?.split_whitespace();
    let (target, name) = (words.next()?, words.next()?);
    let direct = words.next().filter(|word| *word == "#=").and_then(|_| words.next());
    Some((name, direct.unwrap_or(target)))
}

fn table(names: &BTreeMap<String, String>, release: &str) -> String {
    let mut text = format!(
        "//! The former names of time zones, from release {release} of IANA's time zone database.\n//!\n\
         //! Written by `cargo xtask zones`; never edited by hand.\n\n\
         /// Each former name with the current one, sorted by the former.\n\
         pub(super) const FORMER_NAMES: &[(&str, &str)] = &[\n"
    );
    for (former, current) in names {
        let _ = writeln!(text, "    (\"{former}\", \"{current}\"),");
    }
    text + "];\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKWARD: &str = "# Link\tTARGET\tLINK-NAME\n\
        Link\tEurope/Kyiv\t\tEurope/Kiev\n\
        Link\tAfrica/Abidjan\tIceland\t#= Atlantic/Reykjavik\n\
        Link\tAfrica/Abidjan\tAtlantic/Reykjavik\n\
        Link\tAmerica/Panama\tEST\n\
        #Link\tGMT\tEtc/GMT\n\
        Link\tEtc/GMT\tGreenwich\n\
        Link\tEtc/UTC\tUTC\n\
        Link\tEtc/UTC\tZulu\n\n\n\
        # Non-zone.tab locations with timestamps since 1970\n\n\
        Link\tAsia/Shanghai\tAsia/Chongqing\n\
        Link\tEurope/London\tEurope/Belfast\n\n\n\
        # Alternate names for the same location\n\
        Link\tAsia/Shanghai\tAsia/Chungking\t#= Asia/Chongqing\n";
    const ZONE_TAB: &str = "# comment\nUA\t+5026+03031\tEurope/Kyiv\tmost of Ukraine\nIS\t+6409-02151\tAtlantic/Reykjavik\n\
        CN\t+3114+12128\tAsia/Shanghai\tBeijing Time\nCI\t+0519-00402\tAfrica/Abidjan\n";

    #[test]
    fn former_name_of_a_place_leads_to_its_current_name() {
        let names = former_names(BACKWARD, ZONE_TAB).unwrap();
        let expected = [
            ("Asia/Chungking", "Asia/Chongqing"),
            ("Etc/GMT", "GMT"),
            ("Etc/UTC", "UTC"),
            ("Europe/Kiev", "Europe/Kyiv"),
            ("Greenwich", "GMT"),
            ("Iceland", "Atlantic/Reykjavik"),
            ("Zulu", "UTC"),
        ];
        assert_eq!(names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn links_without_sections_are_rejected() {
        assert!(former_names("Link\tEurope/Kyiv\tEurope/Kiev\n", ZONE_TAB).is_err());
    }

    #[test]
    fn table_is_rust_source() {
        let names = BTreeMap::from([("Europe/Kiev".to_owned(), "Europe/Kyiv".to_owned())]);
        assert!(table(&names, "2026c").ends_with("= &[\n    (\"Europe/Kiev\", \"Europe/Kyiv\"),\n];\n"));
    }
}
