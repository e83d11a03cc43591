//! The card whose button was pressed. The response leads back to the page of the card, which shows the message in the card.
//! A press that a log-in has interrupted is shown on its card too: one more press sends it.

use accounts::web::{Fields, PageContext, Problem, ReturnPath, redirect};
use domain::party::{PartyId, PartySummary, Phase};
use poem::Response;

use super::State;
use super::pasted::Pasted;
use super::query::QueryParameters;
use super::row::PartyRowView;

/// The query parameter with the Party ID of the pressed card.
const PARAMETER: &str = "at";

/// The query parameter with a Party ID that was refused. Once a card is pressed it is no longer of interest.
pub(super) const REFUSED: &str = "party_id";

/// The pages that have cards with a button. A profile is `/user/{username}`.
const PAGES: [&str; 2] = ["/", LIST];
/// The list of all parties.
const LIST: &str = "/rsvp";

/// The page that a submitted form names in `back`, if it is one with cards; otherwise the list.
pub(super) fn page_of(fields: &Fields) -> String {
    let is_page =
        |path: &str| PAGES.contains(&path) || path.strip_prefix("/user/").is_some_and(|name| !name.contains('/'));
    let back = fields.one("back").ok().and_then(ReturnPath::parse).filter(|back| is_page(back.path()));
    back.as_ref().map_or(LIST, ReturnPath::as_str).to_owned()
}

/// The path of a card on its page. What the press before it added to the query is left out.
pub(super) fn card_path(page: &str, party: PartyId) -> String {
    with_press(page, &format!("{PARAMETER}={}", party.get()))
}

/// The path of the list with a Party ID that was refused. A list keeps its search, its filter and its page.
pub(super) fn refused_path(page: &str, typed: &str) -> String {
    let list = if page.split('?').next() == Some(LIST) { page } else { LIST };
    let mut pair = url::form_urlencoded::Serializer::new(String::new());
    with_press(list, &pair.append_pair(REFUSED, typed).finish())
}

/// The path of a page with one more parameter, which takes the place of those of the press before it.
fn with_press(page: &str, press: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut pairs: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !is_of_last_press(pair)).collect();
    pairs.push(press);
    format!("{path}?{}", pairs.join("&"))
}

fn is_of_last_press(pair: &str) -> bool {
    pair.split('=').next().is_some_and(|name| [PARAMETER, REFUSED].contains(&name))
}

/// The text of the Party ID in a press, or in the form for a Party ID, that a log-in has interrupted.
pub(super) fn resumed(page: &PageContext) -> Option<&str> {
    page.resumed(LIST).map(|fields| fields.shown(REFUSED))
}

/// The card that the message of this page belongs to; `None` for a page without a message.
pub(super) fn of(page: &PageContext, query: &QueryParameters) -> Option<PartyId> {
    if let Some(typed) = resumed(page) {
        return match Pasted::parse(typed, page.origin())? {
            Pasted::Party(party) => Some(party),
            Pasted::Invitation(_) => None,
        };
    }
    let pressed = query.number(PARAMETER).map(PartyId::new)?;
    (!page.flashes().is_empty()).then_some(pressed)
}

/// Adds the pressed party to a list that has it no longer, such as a list of seats for the viewer after the viewer took
/// one. It gets the place that it had: by its start among the parties that are not over.
pub(super) async fn add_missing(
    pressed: Option<PartyId>,
    parties: &mut Vec<PartySummary>,
    page: &PageContext,
    state: &State<'_>,
) -> Result<(), Problem> {
    let (Some(pressed), Some(me)) = (pressed, page.user()) else { return Ok(()) };
    if parties.iter().any(|party| party.id == pressed) {
        return Ok(());
    }
    let Some(view) = state.parties.find(pressed, me.id).await? else { return Ok(()) };
    let (party, now) = (view.summary, state.parties.now());
    let order = |party: &PartySummary| (party.heading.date.starts_at(), party.id);
    let is_after = |other: &PartySummary| other.phase(now) == Phase::Over || order(other) > order(&party);
    let place = parties.iter().position(is_after).unwrap_or(parties.len());
    parties.insert(place, party);
    Ok(())
}

/// Has the pressed card show the message, and returns whether it is one of the rows. An interrupted press is discarded where
/// its card takes no RSVP from the viewer.
pub(super) fn mark(pressed: Option<PartyId>, page: &PageContext, rows: &mut [PartyRowView<'_>]) -> bool {
    let Some(row) = rows.iter_mut().find(|row| Some(row.party.id) == pressed) else { return false };
    row.is_pressed = true;
    if row.action.is_none() {
        page.discard_resumed(LIST);
    }
    true
}

/// Has the pressed card show the message, on a page other than the list. `Some` is a redirect to the list, where this page has
/// no card for an interrupted press.
pub(super) fn mark_or_redirect(
    pressed: Option<PartyId>,
    page: &PageContext,
    rows: &mut [PartyRowView<'_>],
) -> Option<Response> {
    (!mark(pressed, page, rows) && resumed(page).is_some()).then(|| redirect(LIST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_path_keeps_the_query_and_names_one_card() {
        let path = |page| card_path(page, PartyId::new(7));
        assert_eq!(path("/"), "/?at=7");
        assert_eq!(path("/rsvp?q=50%25+more&at=3&seats=1"), "/rsvp?q=50%25+more&seats=1&at=7");
        assert_eq!(path("/user/ada?&at&hosted_after=next.1.2"), "/user/ada?hosted_after=next.1.2&at=7");
    }

    #[test]
    fn refused_party_id_keeps_the_query_of_a_list() {
        assert_eq!(
            refused_path("/rsvp?q=50%25+more&at=3&party_id=x&seats=1", "a&b"),
            "/rsvp?q=50%25+more&seats=1&party_id=a%26b"
        );
        assert_eq!(refused_path("/rsvp", ""), "/rsvp?party_id=");
        assert_eq!(refused_path("/user/ada?hosted_after=next.1.2", "7"), "/rsvp?party_id=7");
    }

    #[test]
    fn only_a_page_with_cards_is_led_back_to() {
        let page = |back: &str| page_of(&[("back", back)].into_iter().collect());
        for back in ["/", "/?at=2", "/rsvp", "/rsvp?q=a", "/user/ada", "/user/Zo%C3%AB?hosted_after=next.1.2"] {
            assert_eq!(page(back), back);
        }
        for back in ["", "/logout", "/rsvp/", "/RSVP", "/user/a/b", "//evil.example/", "https://evil.example/rsvp"] {
            assert_eq!(page(back), "/rsvp", "{back}");
        }
    }
}
