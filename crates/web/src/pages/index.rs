//! `/`: the welcome page for visitors; for a user their next party, their waiting lists, and parties with a seat for them.

use accounts::web::{PageContext, Problem};
use askama::Template;
use domain::party::HomeView;
use domain::user::User;
use domain::{PageSize, Timestamp};
use poem::http::StatusCode;
use poem::{Request, Response, handler};

use super::notices::Notices;
use super::query::QueryParameters;
use super::row::PartyRowView;
use super::{State, pressed};
use crate::head::SharedPage;
use crate::table::Table;

/// How many parties with free seats the page shows, and how many with a waiting list. `/rsvp` lists all.
const PARTIES: i64 = 4;

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    table: Table,
    can_register: bool,
}

#[derive(Template)]
#[template(path = "index.html")]
struct HomePage<'a> {
    page: &'a PageContext,
    me: &'a User,
    notices: Notices,
    next: Option<PartyRowView<'a>>,
    /// Parties on whose waiting list the user is.
    waiting: Vec<PartyRowView<'a>>,
    open: Vec<PartyRowView<'a>>,
}

#[handler]
pub(crate) async fn show(page: PageContext, state: State<'_>, request: &Request) -> Result<Response, Problem> {
    let Some(me) = page.user() else {
        let page = page.with_layout_data(SharedPage::start_page());
        let welcome = WelcomePage { table: Table::example(), can_register: page.can_register() };
        return Ok(page.render_template(StatusCode::OK, "Welcome", &welcome));
    };
    let pressed = pressed::of(&page, &QueryParameters::of(request));
    let mut home = state.parties.home(me.id, PageSize::clamped(PARTIES)).await?;
    pressed::add_missing(pressed, &mut home.open, &page, &state).await?;
    let notices = Notices::load(&state, me).await?;
    let mut content = HomePage::new(&home, notices, &page, me, state.parties.now());
    if let Some(elsewhere) = pressed::mark_or_redirect(pressed, &page, &mut content.open) {
        return Ok(elsewhere);
    }
    Ok(page.render_template(StatusCode::OK, "Home", &content))
}

impl<'a> HomePage<'a> {
    fn new(home: &'a HomeView, notices: Notices, page: &'a PageContext, me: &'a User, now: Timestamp) -> Self {
        let next = home.next.as_ref().map(|party| PartyRowView::of(party, me.id, now));
        let [waiting, open] = [&home.waiting, &home.open].map(|list| PartyRowView::all(list, page, now));
        Self { page, me, notices, next, waiting, open }
    }
}
