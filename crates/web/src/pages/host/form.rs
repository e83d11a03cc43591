//! The form to host a party: its values, its rules, and how a page shows it.

use std::sync::LazyLock;
use std::time::Duration;

use accounts::web::{Fields, Form, FormErrors, FormView, PasswordFields};
use domain::party::{
    Details, IdempotencyKey, LinkToken, NewParty, PartyDate, PartyDateError, PartyEnd, PartyTexts, Seats, ShortText,
    Visibility, Zone, parse_date, parse_time,
};
use domain::user::{User, UserId};
use domain::{Timestamp, trim_invisible};

use super::HostRefusal;
use crate::messages;
use crate::state::AppState;

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

/// The suggestions of the time zone field, as safe HTML.
pub(in crate::pages) fn zone_options() -> &'static str {
    &ZONE_OPTIONS
}

/// The values of the empty form: 19:00, eight seats, the host's own place, and the time zone of the host's last party or
/// else of the server.
pub(in crate::pages) struct InitialForm {
    fields: Fields,
    /// Whether the time zone is only the server's default.
    is_zone_guessed: bool,
}

impl InitialForm {
    pub(in crate::pages) fn new(state: &AppState, host: &User, last_zone: Option<&Zone>) -> Self {
        let zone = last_zone.unwrap_or(&state.time_zone).as_str().to_owned();
        let fields = [("time", "19:00".to_owned()), ("number_seats", "8".into()), ("time_zone", zone)];
        let fields = fields.into_iter().chain([("venue", messages::venue_of(&host.username))]).collect();
        Self { fields, is_zone_guessed: last_zone.is_none() }
    }

    /// The form of a page to be filled in, or `resumed`, as it was filled in when a log-in interrupted it. All that was typed is
    /// visible then, before it is sent.
    pub(in crate::pages) fn view<'a>(&'a self, resumed: Option<&'a Fields>, now: Timestamp) -> HostFormView<'a> {
        static NO_ERRORS: FormErrors = FormErrors::new();
        match resumed {
            Some(typed) => HostFormView { is_unfolded: true, ..HostFormView::new(typed, &NO_ERRORS, false, now) },
            None => HostFormView::new(&self.fields, &NO_ERRORS, self.is_zone_guessed, now),
        }
    }
}

/// The form as a page shows it.
pub(in crate::pages) struct HostFormView<'a> {
    pub(in crate::pages) fields: FormView<'a>,
    /// Whether the time zone is only the server's default. A script offers the browser's then.
    pub(in crate::pages) is_zone_guessed: bool,
    /// Whether the folded part is open: it has an error.
    pub(in crate::pages) is_unfolded: bool,
    /// Whether the visibility "by link" is chosen.
    pub(in crate::pages) is_by_link: bool,
    /// Why the form was refused as a whole.
    pub(in crate::pages) refusal: Option<String>,
    /// What is wrong with the visibility.
    pub(in crate::pages) visibility_error: Option<&'a str>,
    /// The first date that the date field offers: today in the time zone of the form. Where that is guessed or wrong, it is today in
    /// the zone where a day ends last, so that the field refuses no day that is still to come for the visitor.
    pub(in crate::pages) today: String,
}

/// The fields in the order of the form, in which its summary lists their errors.
const FIELDS: [&str; 10] = [
    "main_dish",
    "date",
    "time",
    "end_time",
    "number_seats",
    "end_date",
    "details",
    "visibility",
    "venue",
    "time_zone",
];

/// The fields of the folded part.
const FOLDED: [&str; 5] = ["end_date", "details", "visibility", "venue", "time_zone"];
/// The value of the field `visibility` for [`Visibility::ByLink`].
const BY_LINK: &str = "link";

/// The zone where a day ends last: UTC−12. POSIX writes the sign the other way round.
const LAST_ZONE: &str = "Etc/GMT+12";

impl<'a> HostFormView<'a> {
    /// A form that was refused, with what was typed. Where no field is invalid, all that was typed is visible.
    pub(in crate::pages) fn refused(fields: &'a Fields, refusal: &'a HostRefusal, now: Timestamp) -> Self {
        let (form, message) = (Self::new(fields, refusal.errors(), false, now), refusal.message());
        Self { is_unfolded: form.is_unfolded || message.is_some(), refusal: message, ..form }
    }

    fn new(fields: &'a Fields, errors: &'a FormErrors, is_zone_guessed: bool, now: Timestamp) -> Self {
        let typed = if is_zone_guessed { LAST_ZONE } else { fields.shown("time_zone") };
        let zone = Zone::parse(typed).or_else(|_| Zone::parse(LAST_ZONE)).ok();
        Self {
            fields: FormView::new(fields, errors),
            is_zone_guessed,
            refusal: None,
            is_by_link: fields.shown("visibility") == BY_LINK,
            visibility_error: errors.of("visibility"),
            // An end that is refused may need its day, which is there.
            is_unfolded: FOLDED.iter().chain(&["end_time"]).any(|field| errors.of(field).is_some()),
            today: zone.map(|zone| zone.date_at(now).to_string()).unwrap_or_default(),
        }
    }
}

/// A valid form to host a party.
pub(crate) struct HostForm {
    date: PartyDate,
    ends_at: PartyEnd,
    venue: ShortText,
    main_dish: ShortText,
    seats: Seats,
    details: Option<Details>,
    visibility: Visibility,
}

impl Form for HostForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let main_dish =
            errors.field(fields, "main_dish", |typed| ShortText::parse(typed).map_err(messages::main_dish_error));
        let zone = errors.field(fields, "time_zone", |typed| Zone::parse(typed).map_err(messages::date_error));
        let start = parse_start(fields, zone, &mut errors);
        let ends_at = parse_end(fields, start.as_ref(), &mut errors);
        let seats = errors.field(fields, "number_seats", |typed| Seats::parse(typed).map_err(messages::seats_error));
        let details =
            errors.field(fields, "details", |typed| Details::parse_optional(typed).map_err(messages::details_error));
        let visibility = errors.field(fields, "visibility", parse_visibility);
        let venue = errors.field(fields, "venue", |typed| ShortText::parse(typed).map_err(messages::venue_error));
        errors.sort_by_fields(&FIELDS);
        let (Some(date), Some(ends_at), Some(main_dish), Some(seats)) = (start, ends_at, main_dish, seats) else {
            return Err(errors);
        };
        let (Some(details), Some(visibility), Some(venue)) = (details, visibility, venue) else { return Err(errors) };
        Ok(Self { date, ends_at, venue, main_dish, seats, details, visibility })
    }
}

/// The longest party whose end has no day: 12 hours. An end typed by mistake, such as one before the start, would be on the next
/// day.
const MAX_DURATION_WITHOUT_DAY: Duration = Duration::from_hours(12);

/// The end of the party: without a day the first such time after its start. Both fields left blank are the default.
fn parse_end(fields: &Fields, start: Option<&PartyDate>, errors: &mut FormErrors) -> Option<PartyEnd> {
    let is_blank = |name| fields.one(name).is_ok_and(|typed| trim_invisible(typed).is_empty());
    let has_day = !is_blank("end_date");
    if !has_day && is_blank("end_time") {
        return start.map(PartyEnd::default_of);
    }
    let parse_day = |typed: &str| parse_date(typed).map_err(messages::date_error);
    let day = has_day.then(|| errors.field(fields, "end_date", parse_day));
    let time = errors.field(fields, "end_time", |typed| parse_time(typed).map_err(messages::date_error))?;
    let (start, day) = (start?, day.map_or(Some(None), |day| day.map(Some))?);
    let end = errors.value("end_time", PartyEnd::at_local(start, day, time).map_err(messages::end_error))?;
    if day.is_none() && end.at().since(start.starts_at()) > MAX_DURATION_WITHOUT_DAY {
        errors.add("end_time", messages::end_unlikely(&start.at_in_same_zone(end.at())));
        return None;
    }
    Some(end)
}

/// The visibility. The short form, without that field, hosts a listed party.
fn parse_visibility(typed: &str) -> Result<Visibility, &'static str> {
    match typed {
        "" | "listed" => Ok(Visibility::Listed),
        BY_LINK => Ok(Visibility::ByLink),
        _ => Err(messages::VISIBILITY_INVALID),
    }
}

/// The start of the party. A local time that the zone skips is an error of the time field.
fn parse_start(fields: &Fields, zone: Option<Zone>, errors: &mut FormErrors) -> Option<PartyDate> {
    let date = errors.field(fields, "date", |typed| parse_date(typed).map_err(messages::date_error));
    let time = errors.field(fields, "time", |typed| parse_time(typed).map_err(messages::date_error));
    let resolved = PartyDate::resolve(date?, time?, zone?);
    resolved.inspect_err(|error| errors.add(field_of(*error), messages::date_error(*error))).ok()
}

/// The field beside which an error of the start is shown.
fn field_of(error: PartyDateError) -> &'static str {
    match error {
        PartyDateError::Date | PartyDateError::TooLate => "date",
        PartyDateError::Time | PartyDateError::Gap => "time",
        PartyDateError::Zone => "time_zone",
    }
}

impl HostForm {
    /// The party to add. The hidden field `once` is its idempotency key: a second submit of the form adds no second party.
    pub(super) fn into_party(self, host: UserId, link: LinkToken, fields: &Fields) -> NewParty {
        let Self { date, ends_at, venue, main_dish, seats, details, visibility } = self;
        let idempotency_key = fields.one("once").ok().and_then(IdempotencyKey::parse);
        let party = NewParty::new(host, date, venue, main_dish, seats, link);
        let texts = PartyTexts { details, ..party.texts };
        NewParty { ends_at, texts, visibility, idempotency_key, ..party }
    }
}
