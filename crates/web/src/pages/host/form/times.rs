//! The dates and times of the form: the start, the end and the RSVP deadline of a party.

use std::time::Duration;

use accounts::web::{Fields, FormErrors};
use domain::party::{PartyDate, PartyDateError, PartyEnd, RsvpDeadline, Zone, parse_date, parse_time};
use domain::trim_invisible;

use crate::messages;

/// The longest party whose end has no day: 12 hours. An end typed by mistake, such as one before the start, would be on the next
/// day.
pub(super) const MAX_DURATION_WITHOUT_DAY: Duration = Duration::from_hours(12);

/// Whether a field was left blank.
pub(super) fn is_blank(fields: &Fields, name: &str) -> bool {
    fields.one(name).is_ok_and(|typed| trim_invisible(typed).is_empty())
}

/// The start of the party. A local time that the zone skips is an error of the time field.
pub(super) fn parse_start(fields: &Fields, zone: Option<Zone>, errors: &mut FormErrors) -> Option<PartyDate> {
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

/// The end of the party: without a day the first such time after its start. Both fields left blank are the default.
pub(super) fn parse_end(fields: &Fields, start: Option<&PartyDate>, errors: &mut FormErrors) -> Option<PartyEnd> {
    let has_day = !is_blank(fields, "end_date");
    if !has_day && is_blank(fields, "end_time") {
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

/// The RSVP deadline, in the zone of the party: a time without a day is one on the day of the party. Both fields left blank are the
/// default.
pub(super) fn parse_deadline(
    fields: &Fields,
    start: Option<&PartyDate>,
    errors: &mut FormErrors,
) -> Option<RsvpDeadline> {
    let has_day = !is_blank(fields, "deadline_date");
    if !has_day && is_blank(fields, "deadline_time") {
        return start.map(RsvpDeadline::default_of);
    }
    let parse_day = |typed: &str| parse_date(typed).map_err(messages::date_error);
    let day = has_day.then(|| errors.field(fields, "deadline_date", parse_day));
    let time = errors.field(fields, "deadline_time", |typed| parse_time(typed).map_err(messages::date_error))?;
    let start = start?;
    let day = day.unwrap_or_else(|| Some(start.local_date_and_time().0))?;
    let deadline = PartyDate::resolve(day, time, start.zone().clone());
    let field = |error| if error == PartyDateError::Gap { "deadline_time" } else { "deadline_date" };
    let deadline = deadline.inspect_err(|error| errors.add(field(*error), messages::date_error(*error))).ok()?;
    let deadline = RsvpDeadline::of(start, deadline.starts_at());
    let field = if has_day { "deadline_date" } else { "deadline_time" };
    errors.value(field, deadline.map_err(|_| messages::DEADLINE_AFTER_START))
}
