//! `/parties/{id}/guests/kitchen`: the allergies of those who are coming, for the kitchen. Made to be printed.

use accounts::web::{CurrentUser, PageContext, Problem};
use askama::Template;
use domain::Timestamp;
use domain::party::{Allergies, Answer, GuestOverview, GuestRow, Heads, PartyId, PartySummary};
use domain::user::Username;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::guests_path;
use crate::messages;
use crate::pages::State;
use crate::pages::hosted::find_hosted;

#[derive(Template)]
#[template(path = "kitchen.html")]
struct KitchenPage<'a> {
    party: &'a PartySummary,
    when: String,
    counts: String,
    /// The guests who have written allergies.
    eaters: Vec<Eater<'a>>,
    /// The guests who have written none.
    others: Vec<Eater<'a>>,
    /// When the page was made: a sheet on paper does not change.
    as_of: String,
}

/// A guest with a seat.
struct Eater<'a> {
    username: &'a Username,
    /// "3 people".
    people: Option<String>,
    /// What the guest has written: a line for each person.
    lines: Vec<&'a str>,
}

impl<'a> Eater<'a> {
    fn of(guest: &'a GuestRow) -> Option<(Self, Heads)> {
        let Answer::Seated(heads) = guest.answer else { return None };
        let allergies = guest.texts.allergies.as_ref().map_or("", Allergies::as_str);
        let lines = allergies.lines().filter(|line| !line.trim().is_empty()).collect();
        Some((Self { username: &guest.username, people: messages::kitchen_people(heads), lines }, heads))
    }
}

/// The path of the sheet.
pub(super) fn path(party: PartyId) -> String {
    format!("{}/kitchen", guests_path(party))
}

/// `GET /parties/{id}/guests/kitchen`.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    number: Path<String>,
) -> Result<Response, Problem> {
    let overview = find_hosted(&state, &number, &me).await?;
    let content = KitchenPage::new(&overview, state.parties.now());
    Ok(page.render_template(StatusCode::OK, messages::KITCHEN_TITLE, &content))
}

impl<'a> KitchenPage<'a> {
    fn new(overview: &'a GuestOverview, now: Timestamp) -> Self {
        let party = &overview.party.summary;
        let guests: Vec<_> = overview.guests.iter().filter_map(Eater::of).collect();
        let people = 1 + guests.iter().map(|(_, heads)| heads.get()).sum::<u32>();
        let all = guests.len();
        let (eaters, others): (Vec<_>, Vec<_>) =
            guests.into_iter().map(|(guest, _)| guest).partition(|guest| !guest.lines.is_empty());
        Self {
            party,
            when: party.heading.date.until(party.ends_at).to_string(),
            counts: messages::kitchen_counts(people, all, eaters.len()),
            eaters,
            others,
            as_of: party.heading.date.at_in_same_zone(now).to_string(),
        }
    }

    fn back(&self) -> String {
        guests_path(self.party.id)
    }
}

#[cfg(test)]
mod tests {
    use domain::party::RsvpTexts;
    use domain::user::UserId;

    use super::*;
    use crate::fixtures::view;

    fn guest(name: &str, answer: Answer, allergies: &str) -> GuestRow {
        let allergies = Allergies::parse_optional(allergies).unwrap();
        let (id, username) = (UserId::new(1), Username::parse(name).unwrap());
        GuestRow { id, username, answer, rank: None, texts: RsvpTexts { note: None, allergies } }
    }

    #[test]
    fn sheet_has_each_line_of_those_who_are_coming_and_of_nobody_else() {
        let (one, three) = (Heads::ONE, Heads::new(3).unwrap());
        let guests = vec![
            guest("Ben", Answer::Seated(three), "Nuts\n\nMilk \nnone"),
            guest("Cyd", Answer::Seated(one), ""),
            guest("Dan", Answer::Waitlisted(one), "Soy"),
            guest("Eva", Answer::Maybe, "Soy"),
            guest("Fay", Answer::Invited, "Soy"),
            guest("Gus", Answer::Declined, "Soy"),
            guest("Hal", Answer::Removed, "Soy"),
        ];
        let overview = GuestOverview { party: view(9, &[("Ben", 3), ("Cyd", 1)]), guests };
        let page = KitchenPage::new(&overview, overview.party.summary.rsvp_deadline);
        let seen = |eaters: &[Eater<'_>]| -> Vec<_> {
            let line = |eater: &Eater<'_>| format!("{} {:?} {:?}", eater.username, eater.people, eater.lines);
            eaters.iter().map(line).collect()
        };
        assert_eq!(seen(&page.eaters), [r#"Ben Some("3 people") ["Nuts", "Milk", "none"]"#]);
        assert_eq!(seen(&page.others), ["Cyd None []"]);
        assert_eq!(page.counts, "5 at the table, yourself included. 1 of 2 guests has written allergies.");
        assert_eq!(page.as_of, "Saturday 14 March 2026, 19:00 (Berlin time)");
    }
}
