//! `/user/{username}`: a user's profile. It lists the parties that the user hosts; the own profile also lists the attended
//! ones, and begins with the short form to host a party.

use accounts::web::{CurrentUser, PageContext, Problem, Submitted, permanent_redirect};
use askama::Template;
use domain::party::{PartyQuery, ProfileCursors, ProfileView};
use domain::user::{User, Username};
use domain::{PageSize, Timestamp};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::host::{HostForm, HostFormView, InitialForm, host_party};
use super::query::QueryParameters;
use super::row::PartyRowView;
use super::{State, cursor, list_problem, pressed};

/// How many rows each of the two lists has. Half of a list page, so that a profile is no larger than one.
const ROWS_PER_LIST: i64 = 10;

#[derive(Template)]
#[template(path = "user.html")]
struct ProfilePage<'a> {
    page: &'a PageContext,
    user: &'a User,
    hosted: Vec<PartyRowView<'a>>,
    more_hosted: Option<String>,
    /// The parties that the user attends, as far as the viewer may see that.
    going: Vec<PartyRowView<'a>>,
    more_going: Option<String>,
    /// The short form to host a party, on the viewer's own profile.
    form: Option<HostFormView<'a>>,
}

#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
) -> Result<Response, Problem> {
    let user = find_user(&state, &me, &path).await?;
    if user.username.as_str() != path.as_str() {
        return Ok(permanent_redirect(&format!("/user/{}", user.username)));
    }
    let (query, now) = (QueryParameters::of(request), state.parties.now());
    // A form of another account's profile is shown on the viewer's own.
    let resumed = page.resumed(&format!("/user/{}", user.username));
    let user = if resumed.is_some() { User::clone(&me) } else { user };
    let view = load_profile(&state, &user, &me, &query).await?;
    let initial = InitialForm::empty(&state, &me, view.last_zone.as_ref());
    let form = (user.id == me.id).then(|| initial.view(resumed, now));
    let mut content = ProfilePage::new(&page, &user, &view, form, now);
    if let Some(elsewhere) = pressed::mark_or_redirect(pressed::of(&page, &query), &page, &mut content.hosted) {
        return Ok(elsewhere);
    }
    Ok(page.render_template(StatusCode::OK, user.username.as_str(), &content))
}

/// `POST /user/{username}`: hosts a party. Only the user of that name may submit it.
#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
    submitted: Submitted<HostForm>,
) -> Result<Response, Problem> {
    ensure_own_profile(&path, &me)?;
    let Submitted { form, fields } = submitted;
    let refusal = match host_party(&state, &me, form, &fields).await? {
        Ok(hosted) => return Ok(hosted.response()),
        Err(refusal) => refusal,
    };
    let (view, now) = (load_profile(&state, &me, &me, &QueryParameters::of(request)).await?, state.parties.now());
    let form = HostFormView::refused(&fields, &refusal, now);
    let content = ProfilePage::new(&page, &me, &view, Some(form), now);
    Ok(refusal.response(&page, me.username.as_str(), &content))
}

fn ensure_own_profile(name: &str, me: &User) -> Result<(), Problem> {
    let username = Username::parse(name).map_err(|_| Problem::NotFound)?;
    if username.key() == me.username.key() { Ok(()) } else { Err(Problem::Forbidden) }
}

/// The user of that name. The viewer's own name needs no query.
async fn find_user(state: &State<'_>, me: &User, name: &str) -> Result<User, Problem> {
    let username = Username::parse(name).map_err(|_| Problem::NotFound)?;
    if username.key() == me.username.key() {
        return Ok(me.clone());
    }
    state.users.find_by_username(&username).await?.ok_or(Problem::NotFound)
}

/// The parties that `user` hosts and attends.
async fn load_profile(
    state: &State<'_>,
    user: &User,
    me: &User,
    query: &QueryParameters,
) -> Result<ProfileView, Problem> {
    let after = ProfileCursors { hosted: query.cursor("hosted_after"), attended: query.cursor("going_after") };
    let size = PageSize::clamped(ROWS_PER_LIST);
    if user.id == me.id {
        return Ok(state.parties.own_profile(me.id, after, size).await?);
    }
    let list = async |query, after| state.parties.list(query, me.id, after, size).await.map_err(list_problem);
    let hosted = list(PartyQuery::HostedBy(user.id), after.hosted).await?;
    let attended = list(PartyQuery::AttendedBy(user.id), after.attended).await?;
    Ok(ProfileView { hosted, attended, last_zone: None })
}

impl<'a> ProfilePage<'a> {
    fn new(
        page: &'a PageContext,
        user: &'a User,
        view: &'a ProfileView,
        form: Option<HostFormView<'a>>,
        now: Timestamp,
    ) -> Self {
        Self {
            page,
            user,
            hosted: PartyRowView::all(&view.hosted.items, page, now),
            more_hosted: view.hosted.next.as_ref().map(cursor::format),
            going: PartyRowView::all(&view.attended.items, page, now),
            more_going: view.attended.next.as_ref().map(cursor::format),
            form,
        }
    }
}
