//! `/user/{username}`: somebody's parties; for oneself, the form to host one.

mod hosting;

use accounts::web::{CurrentUser, Fields, FormErrors, FormView, PageParts, Problem, permanently};
use askama::Template;
use domain::party::{PartyCursor, PartyQuery, PartySummary, Scope};
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
    page: &'a PageParts,
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

/// A page of the parties that somebody hosts, and, for oneself, of those one is going to.
struct Lists {
    hosted: Page<PartySummary, PartyCursor>,
    going: Page<PartySummary, PartyCursor>,
}

async fn lists(dinner: &Ask<'_>, user: &User, me: &User, at: &Parameters) -> Result<Lists, Problem> {
    let list = async |scope, after| {
        let query = PartyQuery { scope, search: String::new(), with_seats: false };
        dinner.parties.list(query, me.id, after, PageSize::clamped(ROWS)).await
    };
    let hosted = list(Scope::HostedBy(user.id), at.cursor("hosted_after")).await?;
    let going = if user.id == me.id {
        list(Scope::AttendedBy(user.id), at.cursor("going_after")).await?
    } else {
        Page { items: Vec::new(), next: None }
    };
    Ok(Lists { hosted, going })
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageParts,
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
        return Ok(permanently(&format!("/user/{}", user.username)));
    }
    let lists = lists(&dinner, &user, &me, &Parameters::of(request)).await?;
    let (offered, errors) = (offered(&dinner, &user, &me).await?, FormErrors::new());
    let form = offered.as_ref().map(|(fields, zone_is_guessed)| HostForm {
        fields: FormView::new(fields, &errors),
        zone_is_guessed: *zone_is_guessed,
    });
    Ok(profile(&page, StatusCode::OK, &user, &lists, form, dinner.parties.now()))
}

/// The form to host, on one's own page alone, and whether its zone is a guess.
async fn offered(dinner: &Ask<'_>, user: &User, me: &User) -> Result<Option<(Fields, bool)>, Problem> {
    if user.id != me.id {
        return Ok(None);
    }
    let last = dinner.parties.last_zone(me.id).await?;
    Ok(Some((hosting::blank(last.as_ref().unwrap_or(&dinner.time_zone).as_str()), last.is_none())))
}

fn profile(
    page: &PageParts,
    status: StatusCode,
    user: &User,
    lists: &Lists,
    form: Option<HostForm<'_>>,
    now: domain::Timestamp,
) -> Response {
    let content = Profile {
        page,
        user,
        hosted: Row::all(&lists.hosted.items, page, now),
        more_hosted: lists.hosted.next.as_ref().map(write),
        going: Row::all(&lists.going.items, page, now),
        more_going: lists.going.next.as_ref().map(write),
        form,
    };
    page.render_template(status, user.username.as_str(), &content)
}
