//! The values that a form begins with: those of an empty form, or of a party.

use accounts::web::{Fields, FormErrors};
use domain::Timestamp;
use domain::party::{PartyEnd, PartyView, RsvpDeadline, Zone};
use domain::user::User;

use super::HostFormView;
use super::choices::{names_value, visibility_value};
use super::times::MAX_DURATION_WITHOUT_DAY;
use crate::messages;
use crate::state::AppState;

/// The values that a form begins with.
pub(in crate::pages) struct InitialForm {
    fields: Fields,
    /// Whether the time zone is only the server's default.
    is_zone_guessed: bool,
    /// Whether the folded part is open, since it has values of a party.
    is_unfolded: bool,
}

impl InitialForm {
    /// The empty form: 19:00, eight seats, the host's own place, and the time zone of the host's last party or else of the server.
    pub(in crate::pages) fn empty(state: &AppState, host: &User, last_zone: Option<&Zone>) -> Self {
        let zone = last_zone.unwrap_or(&state.time_zone).as_str().to_owned();
        let fields = [
            ("time", "19:00".to_owned()),
            ("number_seats", "8".into()),
            ("max_companions", "0".into()),
            ("time_zone", zone),
        ];
        let fields = fields.into_iter().chain([("venue", messages::venue_of(&host.username))]).collect();
        Self { fields, is_zone_guessed: last_zone.is_none(), is_unfolded: false }
    }

    /// The form to host an earlier party again: all but its dates, and the end of a party of several days.
    pub(in crate::pages) fn again(party: &PartyView) -> Self {
        let mut fields: Vec<_> = fields_of(party).into_iter().collect();
        let has_end_date = fields.iter().any(|(name, value)| *name == "end_date" && !value.is_empty());
        let dates = ["date", "end_date", "deadline_date", "deadline_time"];
        // The time of an end on another day would be one on the day of the start.
        fields.retain(|(name, _)| !(dates.contains(name) || has_end_date && *name == "end_time"));
        let fields = fields.into_iter().collect();
        Self { fields, is_zone_guessed: false, is_unfolded: true }
    }

    /// The form to change a party.
    pub(in crate::pages) fn of_party(party: &PartyView) -> Self {
        Self { fields: fields_of(party).into_iter().collect(), is_zone_guessed: false, is_unfolded: true }
    }

    /// The form of a page to be filled in, or `resumed`, as it was filled in when a log-in interrupted it. All that was typed is
    /// visible then, before it is sent.
    pub(in crate::pages) fn view<'a>(&'a self, resumed: Option<&'a Fields>, now: Timestamp) -> HostFormView<'a> {
        static NO_ERRORS: FormErrors = FormErrors::new();
        match resumed {
            Some(typed) => HostFormView { is_unfolded: true, ..HostFormView::new(typed, &NO_ERRORS, false, now) },
            None => HostFormView {
                is_unfolded: self.is_unfolded,
                ..HostFormView::new(&self.fields, &NO_ERRORS, self.is_zone_guessed, now)
            },
        }
    }
}

/// The fields of a party, as its host would type them. An end and a deadline that are the default are blank.
fn fields_of(view: &PartyView) -> Vec<(&'static str, String)> {
    let party = &view.summary;
    let start = &party.heading.date;
    let local = |at: Timestamp| {
        let (date, time) = start.at_in_same_zone(at).local_date_and_time();
        (date.to_string(), time.strftime("%H:%M").to_string())
    };
    let (date, time) = local(start.starts_at());
    let (end_date, end_time) = match party.ends_at {
        end if end == PartyEnd::default_of(start).at() => Default::default(),
        end if is_end_found_without_day(view) => (String::new(), local(end).1),
        end => local(end),
    };
    let is_default = party.rsvp_deadline == RsvpDeadline::default_of(start).at();
    let (deadline_date, deadline_time) = if is_default { Default::default() } else { local(party.rsvp_deadline) };
    vec![
        ("main_dish", party.main_dish.to_string()),
        ("date", date),
        ("time", time),
        ("end_time", end_time),
        ("number_seats", party.seats.to_string()),
        ("end_date", end_date),
        ("deadline_date", deadline_date),
        ("deadline_time", deadline_time),
        ("max_companions", party.max_companions.to_string()),
        ("details", view.details.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("visibility", visibility_value(party.visibility).into()),
        ("names_shown_to", names_value(view.names_shown_to).into()),
        ("venue", party.venue.to_string()),
        ("address", view.address.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("time_zone", start.zone().as_str().into()),
    ]
}

/// Whether the time of the end alone leads to the end: it is the first such time after the start, and soon after it.
fn is_end_found_without_day(view: &PartyView) -> bool {
    let (start, end) = (&view.summary.heading.date, view.summary.ends_at);
    let time = start.at_in_same_zone(end).local_date_and_time().1;
    let is_soon = end.since(start.starts_at()) <= MAX_DURATION_WITHOUT_DAY;
    is_soon && PartyEnd::at_local(start, None, time).is_ok_and(|found| found.at() == end)
}
