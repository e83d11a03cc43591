//! `/`: what this is, and the way in; for those logged in, where they are expected, where they could go, and the people.

use accounts::StoreError;
use accounts::web::{PageParts, Problem};
use askama::Template;
use domain::party::{PartyQuery, PartySummary, Scope};
use domain::user::{User, UserId};
use domain::{Page, PageSize};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::Ask;
use super::listing::{Parameters, Row};
use crate::table::Table;

/// How many parties with free seats are shown: a taste, and the list is a press away.
const OPEN: usize = 4;

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    table: Table,
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    page: &'a PageParts,
    me: &'a User,
    next: Option<Row<'a>>,
    open: Vec<Row<'a>>,
    people: Page<User, UserId>,
    is_first: bool,
}

#[handler]
pub(crate) async fn show(page: PageParts, dinner: Ask<'_>, request: &Request) -> Result<Response, Problem> {
    let Some(me) = page.user() else {
        return Ok(page.render_template(StatusCode::OK, "Welcome", &Welcome { table: Table::for_everybody() }));
    };
    let before = Parameters::of(request).number("before").map(UserId::new);
    let people = dinner.users.list(before, PageSize::DEFAULT).await?;
    // Who walks on through the people came for them.
    let (next, with_seats) = if before.is_none() { parties(&dinner, me).await? } else { (None, Vec::new()) };
    let now = dinner.parties.now();
    let rows = with_seats.iter().map(|party| Row::of(party, me.id, now));
    let content = Index {
        page: &page,
        me,
        next: next.as_ref().map(|party| Row::of(party, me.id, now)),
        open: rows.filter(|row| row.can_rsvp).take(OPEN).collect(),
        people,
        is_first: before.is_none(),
    };
    Ok(page.render_template(StatusCode::OK, "Home", &content))
}

/// Where I am expected next, and some parties with free seats, the soonest on top; mine are among them.
async fn parties(dinner: &Ask<'_>, me: &User) -> Result<(Option<PartySummary>, Vec<PartySummary>), StoreError> {
    let next = dinner.parties.find_next(me.id).await?;
    let query = PartyQuery { scope: Scope::All, search: String::new(), with_seats: true };
    let found = dinner.parties.list(query, me.id, None, PageSize::DEFAULT).await?;
    Ok((next, found.items))
}
