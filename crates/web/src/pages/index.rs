//! `/`: the welcome page for visitors; for a user their next party, parties with free seats, and all people.

use accounts::web::{PageContext, Problem};
use askama::Template;
use domain::party::HomeView;
use domain::user::{User, UserId};
use domain::{Page, PageSize, Timestamp};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::State;
use super::query::QueryParameters;
use super::row::PartyRowView;
use crate::table::Table;

/// How many parties with free seats the page shows. `/rsvp` lists all.
const OPEN_PARTIES: i64 = 4;

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    table: Table,
}

#[derive(Template)]
#[template(path = "index.html")]
struct HomePage<'a> {
    page: &'a PageContext,
    me: &'a User,
    /// `None` on later pages of people.
    parties: Option<HomeParties<'a>>,
    people: Page<User, UserId>,
}

struct HomeParties<'a> {
    next: Option<PartyRowView<'a>>,
    open: Vec<PartyRowView<'a>>,
}

#[handler]
pub(crate) async fn show(page: PageContext, state: State<'_>, request: &Request) -> Result<Response, Problem> {
    let Some(me) = page.user() else {
        return Ok(page.render_template(StatusCode::OK, "Welcome", &WelcomePage { table: Table::example() }));
    };
    let before = QueryParameters::of(request).number("before").map(UserId::new);
    let people = state.users.list(before, PageSize::DEFAULT).await?;
    let home = match before {
        None => Some(state.parties.home(me.id, PageSize::clamped(OPEN_PARTIES)).await?),
        Some(_) => None,
    };
    let parties = home.as_ref().map(|home| HomeParties::of(home, &page, me, state.parties.now()));
    Ok(page.render_template(StatusCode::OK, "Home", &HomePage { page: &page, me, parties, people }))
}

impl<'a> HomeParties<'a> {
    fn of(home: &'a HomeView, page: &PageContext, me: &User, now: Timestamp) -> Self {
        Self {
            next: home.next.as_ref().map(|party| PartyRowView::of(party, me.id, now)),
            open: PartyRowView::all(&home.open, page, now),
        }
    }
}
