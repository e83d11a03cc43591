//! The time zones that the form suggests.

use std::sync::LazyLock;

use domain::party::Zone;

/// The time zones that the form suggests, as `<option>` elements, each once under its current name. Names outside of
/// [`ZONE_AREAS`] are fixed offsets (`Etc/GMT+3`): the field accepts them, but the page is smaller without them. Former
/// names are for the script that fills in the browser's zone, since browsers use some of them.
static ZONE_OPTIONS: LazyLock<String> = LazyLock::new(|| {
    let is_city = |name: &str| name.split_once('/').is_some_and(|(area, _)| ZONE_AREAS.contains(&area));
    let zones = Zone::names().filter(|name| *name == "UTC" || is_city(name));
    let option = |name: String| {
        let former: Vec<_> = Zone::former_names(&name).filter(|name| is_city(name)).collect();
        match former.as_slice() {
            [] => format!("<option>{name}"),
            names => format!("<option data-former=\"{}\">{name}", names.join(" ")),
        }
    };
    zones.map(option).collect()
});

/// The first part of the zone names that stand for a city.
const ZONE_AREAS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The suggestions of the time zone field, as safe HTML.
pub(in crate::pages) fn zone_options() -> &'static str {
    &ZONE_OPTIONS
}
