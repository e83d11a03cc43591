//! Links that add an event to a web calendar, and that find a place on a map. Opening one sends its values to that service.

use domain::Timestamp;
use url::form_urlencoded::Serializer;

use super::content_line::plain_text;
use super::{CalendarEvent, format_utc, utc};

impl CalendarEvent<'_> {
    /// The link to Google Calendar's page for a new event.
    ///
    /// Its text is the party's URL alone, not the description: some browsers and servers cut URLs off after 2,000
    /// characters, and the page has the current description.
    pub(crate) fn google_link(&self) -> String {
        let dates = format!("{}/{}", utc(self.starts_at), utc(self.ends_at));
        link(
            "https://calendar.google.com/calendar/render",
            &[
                ("action", Some("TEMPLATE")),
                ("text", Some(self.summary)),
                ("dates", Some(&dates)),
                ("ctz", Some(self.zone)),
                ("location", self.location),
                ("details", Some(self.url)),
            ],
        )
    }

    /// The link to Outlook.com's page for a new event, with the same text as [`Self::google_link`].
    pub(crate) fn outlook_link(&self) -> String {
        let at = |moment: Timestamp| format_utc(moment, "%Y-%m-%dT%H:%M:%SZ");
        link(
            "https://outlook.live.com/calendar/0/deeplink/compose",
            &[
                ("path", Some("/calendar/action/compose")),
                ("rru", Some("addevent")),
                ("subject", Some(self.summary)),
                ("startdt", Some(&at(self.starts_at))),
                ("enddt", Some(&at(self.ends_at))),
                ("location", self.location),
                ("body", Some(self.url)),
            ],
        )
    }
}

/// The link to a search for a place on OpenStreetMap; `place` is a venue or an address.
pub(crate) fn map_link(place: &str) -> String {
    link("https://www.openstreetmap.org/search", &[("query", Some(place))])
}

/// A URL with a query. Parameters without a value are left out.
///
/// A space becomes `%20`, since Outlook shows a `+` as a plus sign.
fn link(page: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, &plain_text(value));
        }
    }
    // The serializer writes a plus sign as `%2B`, so every `+` here is a space.
    format!("{page}?{}", query.finish().replace('+', "%20"))
}
