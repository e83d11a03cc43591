//! `POST /user/{username}`: hosts a party, as oneself.

use std::sync::LazyLock;

use accounts::web::{CurrentUser, Fields, Flash, Form, FormErrors, FormView, PageContext, Problem, Submitted};
use domain::party::{
    HostError, IdempotencyKey, NewParty, PartyDate, PartyDateError, Seats, ShortText, Zone, parse_date, parse_time,
};
use domain::user::Username;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::super::Ask;
use super::super::listing::Parameters;
use super::{HostForm, profile, view};
use crate::words;

/// The names of zones, as the options of a list to search in, made once. The 100 and more that stand for a place by an
/// older name (`US/Pacific`, `Japan`), or for none (`Etc/GMT+3`), can be typed, but weigh on the page.
static ZONES: LazyLock<String> = LazyLock::new(|| {
    let places = Zone::names()
        .filter(|name| name == "UTC" || name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area)));
    places.flat_map(|name| ["<option>".into(), name]).collect()
});

/// What the names of places begin with.
const AREAS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The form as it is offered: dinner at seven, for eight.
pub(super) fn blank(zone: &str) -> Fields {
    [("time", "19:00"), ("time_zone", zone), ("number_seats", "8")].into_iter().collect()
}

/// The options of the zone's field, as safe HTML.
pub(super) fn zones() -> &'static str {
    &ZONES
}

/// The form as it parsed; who hosts is not in it.
pub(crate) struct Hosting {
    date: PartyDate,
    venue: ShortText,
    main_dish: ShortText,
    seats: Seats,
}

impl Form for Hosting {
    fn parse(fields: &Fields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let date = errors.field(fields, "date", |typed| parse_date(typed).map_err(words::date));
        let time = errors.field(fields, "time", |typed| parse_time(typed).map_err(words::date));
        let zone = errors.field(fields, "time_zone", |typed| Zone::parse(typed).map_err(words::date));
        let date = match (date, time, zone) {
            (Some(date), Some(time), Some(zone)) => match PartyDate::resolve(date, time, zone) {
                Ok(date) => Some(date),
                Err(error) => {
                    let field = if error == PartyDateError::Gap { "time" } else { "date" };
                    errors.add(field, words::date(error));
                    None
                }
            },
            _ => None,
        };
        let venue =
            errors.field(fields, "venue", |typed| ShortText::parse(typed).map_err(|e| words::label(e, "where it is")));
        let what = "what there is to eat";
        let main_dish =
            errors.field(fields, "main_dish", |typed| ShortText::parse(typed).map_err(|e| words::label(e, what)));
        let seats = errors.field(fields, "number_seats", |typed| Seats::parse(typed).map_err(words::seats));
        match (date, venue, main_dish, seats) {
            (Some(date), Some(venue), Some(main_dish), Some(seats)) => Ok(Self { date, venue, main_dish, seats }),
            _ => Err(errors),
        }
    }
}

#[handler]
pub(crate) async fn host(
    me: CurrentUser,
    page: PageContext,
    dinner: Ask<'_>,
    name: Path<String>,
    request: &Request,
    sent: Submitted<Hosting>,
) -> Result<Response, Problem> {
    let host = Username::parse(&name).map_err(|_| Problem::NotFound)?;
    if host.key() != me.username.key() {
        return Err(Problem::Forbidden);
    }
    let told = match sent.form {
        Ok(Hosting { date, venue, main_dish, seats }) => {
            let idempotency_key = sent.fields.one("once").ok().and_then(IdempotencyKey::parse);
            let party = NewParty { host: me.id, date, venue, main_dish, seats, idempotency_key };
            dinner.parties.host(party).await.map_err(errors_of)
        }
        Err(errors) => Err(Ok(errors)),
    };
    match told {
        Ok(id) => Ok(Flash::success(words::HOSTED).to(&format!("/parties/{}", id.get()))),
        Err(errors) => {
            let errors = errors?;
            let view = view(&dinner, &me, &me, &Parameters::of(request)).await?;
            let form = HostForm { fields: FormView::new(&sent.fields, &errors), zone_is_guessed: false };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(profile(&page, status, &me, &view, Some(form), dinner.parties.now()))
        }
    }
}

fn errors_of(error: HostError) -> Result<FormErrors, Problem> {
    match error {
        HostError::InThePast => Ok(FormErrors::at("date", words::DATE_IN_THE_PAST)),
        HostError::Store(failure) => Err(failure.into()),
    }
}
