//! `/`: what this is, and the way in; for those logged in, where they are expected, where they could go, and the people.

use accounts::web::{PageContext, Problem};
use askama::Template;
use domain::user::{User, UserId};
use domain::{Page, PageSize};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::Ask;
use super::listing::{Parameters, Row};
use crate::table::Table;

/// How many parties with free seats are shown: a taste, and the list is a press away.
const OPEN: i64 = 4;

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    table: Table,
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    page: &'a PageContext,
    me: &'a User,
    /// On the first page of people alone.
    parties: Option<Parties<'a>>,
    people: Page<User, UserId>,
}

struct Parties<'a> {
    next: Option<Row<'a>>,
    open: Vec<Row<'a>>,
}

#[handler]
pub(crate) async fn show(page: PageContext, dinner: Ask<'_>, request: &Request) -> Result<Response, Problem> {
    let Some(me) = page.user() else {
        return Ok(page.render_template(StatusCode::OK, "Welcome", &Welcome { table: Table::for_everybody() }));
    };
    let before = Parameters::of(request).number("before").map(UserId::new);
    let people = dinner.users.list(before, PageSize::DEFAULT).await?;
    // Who walks on through the people came for them.
    let home = match before {
        None => Some(dinner.parties.home(me.id, PageSize::clamped(OPEN)).await?),
        Some(_) => None,
    };
    let now = dinner.parties.now();
    let content = Index {
        page: &page,
        me,
        parties: home.as_ref().map(|home| Parties {
            next: home.next.as_ref().map(|party| Row::of(party, me.id, now)),
            open: Row::all(&home.open, &page, now),
        }),
        people,
    };
    Ok(page.render_template(StatusCode::OK, "Home", &content))
}
