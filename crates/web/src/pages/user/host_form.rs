//! `POST /user/{username}`: hosts a party. Only the user of that name may submit it.

use std::sync::LazyLock;

use accounts::web::{
    CurrentUser, Fields, Flash, Form, FormErrors, FormView, PageContext, PasswordFields, Problem, Submitted,
};
use domain::party::{
    HostError, IdempotencyKey, NewParty, PartyDate, PartyDateError, Seats, ShortText, Zone, parse_date, parse_time,
};
use domain::user::{User, UserId, Username};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::super::State;
use super::super::query::QueryParameters;
use super::{HostFormView, ProfilePage, load_profile};
use crate::messages;

/// The time zones that the form suggests, as `<option>` elements, each once under its current name. Names outside of
/// [`ZONE_AREAS`] are fixed offsets (`Etc/GMT+3`): the field accepts them, but the page is smaller without them. Former
/// names are for the script that fills in the browser's zone, since browsers use some of them.
static ZONE_OPTIONS: LazyLock<String> = LazyLock::new(|| {
    let is_city = |name: &str| name.split_once('/').is_some_and(|(area, _)| ZONE_AREAS.contains(&area));
    let zones = Zone::names().filter(|name| *name == "UTC" || is_city(name));
    let option = |name: String| {
        let former: Vec<_> = Zone::former_names(&name).filter(|name| is_city(name)).collect();
        match former.as_slice() {
            [] => format!("<option>{name}"),
            names => format!("<option data-former=\"{}\">{name}", names.join(" ")),
        }
    };
    zones.map(option).collect()
});

/// The first part of the zone names that stand for a city.
const ZONE_AREAS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The values of the empty form: 19:00 and eight seats.
pub(super) fn initial_fields(zone: &Zone) -> Fields {
    [("time", "19:00"), ("time_zone", zone.as_str()), ("number_seats", "8")].into_iter().collect()
}

/// The suggestions of the time zone field, as safe HTML.
pub(super) fn zone_options() -> &'static str {
    &ZONE_OPTIONS
}

/// A valid form to host a party.
pub(crate) struct HostForm {
    date: PartyDate,
    venue: ShortText,
    main_dish: ShortText,
    seats: Seats,
}

impl Form for HostForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let date = parse_party_date(fields, &mut errors);
        let venue = errors.field(fields, "venue", |typed| ShortText::parse(typed).map_err(messages::venue_error));
        let main_dish =
            errors.field(fields, "main_dish", |typed| ShortText::parse(typed).map_err(messages::main_dish_error));
        let seats = errors.field(fields, "number_seats", |typed| Seats::parse(typed).map_err(messages::seats_error));
        match (date, venue, main_dish, seats) {
            (Some(date), Some(venue), Some(main_dish), Some(seats)) => Ok(Self { date, venue, main_dish, seats }),
            _ => Err(errors),
        }
    }
}

/// The start of the party from three fields. A local time that the zone skips is an error of the time field.
fn parse_party_date(fields: &Fields, errors: &mut FormErrors) -> Option<PartyDate> {
    let date = errors.field(fields, "date", |typed| parse_date(typed).map_err(messages::date_error));
    let time = errors.field(fields, "time", |typed| parse_time(typed).map_err(messages::date_error));
    let zone = errors.field(fields, "time_zone", |typed| Zone::parse(typed).map_err(messages::date_error));
    let resolved = PartyDate::resolve(date?, time?, zone?);
    resolved
        .inspect_err(|error| {
            let field = if *error == PartyDateError::Gap { "time" } else { "date" };
            errors.add(field, messages::date_error(*error));
        })
        .ok()
}

#[handler]
pub(crate) async fn host_party(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    request: &Request,
    submitted: Submitted<HostForm>,
) -> Result<Response, Problem> {
    ensure_own_profile(&path, &me)?;
    let Submitted { form, fields } = submitted;
    let errors = match form {
        Ok(form) => match state.parties.host(form.into_party(me.id, &fields)).await {
            Ok(id) => return Ok(Flash::success(messages::PARTY_HOSTED).to(&format!("/parties/{}", id.get()))),
            Err(HostError::InThePast) => FormErrors::at("date", messages::PARTY_DATE_PAST),
            Err(HostError::Store(failure)) => return Err(failure.into()),
        },
        Err(errors) => errors,
    };
    let view = load_profile(&state, &me, &me, &QueryParameters::of(request)).await?;
    let form = HostFormView { fields: FormView::new(&fields, &errors), is_zone_guessed: false };
    let content = ProfilePage::new(&page, &me, &view, Some(form), state.parties.now());
    Ok(page.render_template(StatusCode::UNPROCESSABLE_ENTITY, me.username.as_str(), &content))
}

fn ensure_own_profile(name: &str, me: &User) -> Result<(), Problem> {
    let username = Username::parse(name).map_err(|_| Problem::NotFound)?;
    if username.key() == me.username.key() { Ok(()) } else { Err(Problem::Forbidden) }
}

impl HostForm {
    /// The party to add. The hidden field `once` is its idempotency key: a second submit of the form adds no second party.
    fn into_party(self, host: UserId, fields: &Fields) -> NewParty {
        let Self { date, venue, main_dish, seats } = self;
        let idempotency_key = fields.one("once").ok().and_then(IdempotencyKey::parse);
        NewParty { host, date, venue, main_dish, seats, idempotency_key }
    }
}
