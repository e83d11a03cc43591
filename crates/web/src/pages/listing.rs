//! What the pages with lists share: what their addresses say, and how a row is told.

use accounts::web::{Fields, PageContext};
use domain::party::{Answer, PartyCursor, PartyId, PartySummary};
use domain::user::UserId;
use domain::{PageSize, Timestamp};
use poem::Request;

use crate::table::Ring;
use crate::words;

/// What an address says after its `?`. Nonsense is as good as nothing: a list answers with its first page.
pub(super) struct Parameters(Fields);

impl Parameters {
    pub(super) fn of(request: &Request) -> Self {
        let query = request.original_uri().query().unwrap_or_default();
        Self(Fields::decode(query.as_bytes()).unwrap_or_default())
    }

    /// A text, without what no name, venue or dish can hold; at most 200 code points of it. The first, where it came
    /// more than once.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.0.shown(name);
        text.chars().filter(|c| !c.is_control()).take(200).collect::<String>().trim().to_owned()
    }

    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.0.is_ticked(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0.one(name).ok()?.parse().ok()
    }

    pub(super) fn page_size(&self) -> PageSize {
        self.number("per_page").map_or(PageSize::DEFAULT, PageSize::clamped)
    }

    /// Where a page of parties begins: what [`write`] wrote.
    pub(super) fn cursor(&self, name: &str) -> Option<PartyCursor> {
        let mut pieces = self.0.one(name).ok()?.split('.');
        let past = match pieces.next()? {
            "past" => true,
            "next" => false,
            _ => return None,
        };
        let mut number = || pieces.next()?.parse().ok();
        let (starts_at, id) = (Timestamp::from_millis(number()?), PartyId::new(number()?));
        Some(PartyCursor { past, starts_at, id })
    }
}

/// A place in a list, for an address.
pub(super) fn write(cursor: &PartyCursor) -> String {
    let section = if cursor.past { "past" } else { "next" };
    format!("{section}.{}.{}", cursor.starts_at.as_millis(), cursor.id.get())
}

/// The day somebody joined, by UTC.
pub(super) fn joined_on(moment: Timestamp) -> String {
    domain::party::format_utc_date(moment)
}

/// A party as a row tells it to one viewer.
pub(super) struct Row<'a> {
    pub(super) party: &'a PartySummary,
    pub(super) ring: Ring,
    pub(super) attendees: String,
    /// While there are seats to give.
    pub(super) seats_left: Option<String>,
    pub(super) state: Option<State>,
    /// Whether it is the viewer's own.
    pub(super) is_host: bool,
    /// Whether a press of a button could seat the viewer.
    pub(super) can_rsvp: bool,
}

/// How a party stands to one viewer. Only a seat is green.
pub(super) struct State {
    pub(super) text: String,
    pub(super) class: &'static str,
}

impl<'a> Row<'a> {
    pub(super) fn of(party: &'a PartySummary, viewer: UserId, now: Timestamp) -> Self {
        let is_host = party.host == viewer;
        let seated = matches!(party.my_answer, Some(Answer::Seated(_)));
        let removed = party.my_answer == Some(Answer::Removed);
        let mine = if is_host { Some(words::MINE) } else { party.my_answer.map(words::my_answer) };
        let closed = words::off(party, now).map(Into::into).or_else(|| words::closed(party, now));
        let closed = closed.map(|text| State { text, class: "state-closed" });
        let holds_a_seat = if is_host || seated { "state-seated" } else { "state-open" };
        Self {
            party,
            ring: Ring::of(party),
            attendees: words::attendees(party),
            seats_left: party.is_open(now).then(|| words::seats_left(party)),
            state: closed.or_else(|| mine.map(|text| State { text: text.into(), class: holds_a_seat })),
            is_host,
            can_rsvp: party.is_open(now) && party.free_seats() > 0 && !is_host && !seated && !removed,
        }
    }

    pub(super) fn all(parties: &'a [PartySummary], page: &PageContext, now: Timestamp) -> Vec<Self> {
        let Some(viewer) = page.user() else { return Vec::new() };
        parties.iter().map(|party| Self::of(party, viewer.id, now)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters(Fields::decode(query.as_bytes()).unwrap_or_default())
    }

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        let cursor = PartyCursor { past: true, starts_at: Timestamp::from_millis(-5), id: PartyId::new(7) };
        assert_eq!(parameters(&format!("after={}", write(&cursor))).cursor("after"), Some(cursor));
        for nonsense in
            ["", "past", "past.1", "now.1.2", "past.x.2", "past.1.99999999999999999999", "past.1.2&after=past.1.2"]
        {
            assert_eq!(parameters(&format!("after={nonsense}")).cursor("after"), None, "{nonsense}");
        }
    }

    #[test]
    fn no_address_breaks_a_list() {
        let parameters = parameters("q=+so%00up%0a+&per_page=1000&before=x");
        assert_eq!(parameters.text("q"), "soup");
        assert_eq!(parameters.page_size().rows(), 100);
        assert_eq!(parameters.number("before"), None);
        assert_eq!(self::parameters("q=%ff").text("q"), "");
    }
}
