//! `/user/{username}`: somebody's parties; for oneself, the form to host one.

mod hosting;

use accounts::web::{CurrentUser, FormErrors, FormView, PageContext, Problem, permanent_redirect};
use askama::Template;
use domain::party::{PartyQuery, ProfileCursors, ProfileView, Scope};
use domain::user::{User, Username};
use domain::{Page, PageSize};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

pub(crate) use self::hosting::host;
use super::Ask;
use super::listing::{Parameters, Row, write};

#[derive(Template)]
#[template(path = "user.html")]
struct Profile<'a> {
    page: &'a PageContext,
    user: &'a User,
    hosted: Vec<Row<'a>>,
    more_hosted: Option<String>,
    going: Vec<Row<'a>>,
    more_going: Option<String>,
    /// For oneself only.
    form: Option<HostForm<'a>>,
}

/// The form to host, as it is shown.
struct HostForm<'a> {
    fields: FormView<'a>,
    /// Whether the zone in it is the server's, and nobody's own: their browser may know better.
    zone_is_guessed: bool,
}

/// Rows of each of the two lists: a profile has a form as well, and is no heavier than a page with one list.
const ROWS: i64 = 10;

/// What somebody hosts; for oneself, where one goes as well.
async fn view(dinner: &Ask<'_>, user: &User, me: &User, at: &Parameters) -> Result<ProfileView, Problem> {
    let after = ProfileCursors { hosted: at.cursor("hosted_after"), attended: at.cursor("going_after") };
    let size = PageSize::clamped(ROWS);
    if user.id == me.id {
        return Ok(dinner.parties.own_profile(me.id, after, size).await?);
    }
    let query = PartyQuery { scope: Scope::HostedBy(user.id), search: String::new(), with_seats: false };
    let hosted = dinner.parties.list(query, me.id, after.hosted, size).await?;
    Ok(ProfileView { hosted, attended: Page { items: Vec::new(), next: None }, last_zone: None })
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    dinner: Ask<'_>,
    name: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    // What can be no username is nobody's.
    let username = Username::parse(&name).map_err(|_| Problem::NotFound)?;
    let user = if username.key() == me.username.key() {
        (*me).clone()
    } else {
        dinner.users.find_by_username(&username).await?.ok_or(Problem::NotFound)?
    };
    if user.username.as_str() != name.as_str() {
        return Ok(permanent_redirect(&format!("/user/{}", user.username)));
    }
    let view = view(&dinner, &user, &me, &Parameters::of(request)).await?;
    let (zone, errors) = (view.last_zone.as_ref(), FormErrors::new());
    let blank = hosting::blank(zone.unwrap_or(&dinner.time_zone).as_str());
    let form = HostForm { fields: FormView::new(&blank, &errors), zone_is_guessed: zone.is_none() };
    let form = (user.id == me.id).then_some(form);
    Ok(profile(&page, StatusCode::OK, &user, &view, form, dinner.parties.now()))
}

fn profile(
    page: &PageContext,
    status: StatusCode,
    user: &User,
    view: &ProfileView,
    form: Option<HostForm<'_>>,
    now: domain::Timestamp,
) -> Response {
    let content = Profile {
        page,
        user,
        hosted: Row::all(&view.hosted.items, page, now),
        more_hosted: view.hosted.next.as_ref().map(write),
        going: Row::all(&view.attended.items, page, now),
        more_going: view.attended.next.as_ref().map(write),
        form,
    };
    page.render_template(status, user.username.as_str(), &content)
}
