//! The form to host or to change a party: its values and its rules. How a page shows it is in [`view`].

mod choices;
mod initial;
mod times;
mod view;
mod zones;

use accounts::web::{Fields, Form, FormErrors, PasswordFields};
use domain::party::{
    Address, Details, Heads, LinkToken, NamesShownTo, NewParty, PartyDate, PartyEdit, PartyEnd, PartyTexts,
    RsvpDeadline, Seats, SeatsError, ShortText, Visibility, Zone,
};
use domain::user::UserId;

pub(in crate::pages) use self::initial::InitialForm;
pub(in crate::pages) use self::view::HostFormView;
pub(in crate::pages) use self::zones::zone_options;
use crate::messages;

/// A valid form to host or to change a party.
pub(crate) struct HostForm {
    date: PartyDate,
    ends_at: PartyEnd,
    rsvp_deadline: RsvpDeadline,
    texts: PartyTexts,
    seats: Seats,
    max_companions: u32,
    visibility: Visibility,
    names_shown_to: NamesShownTo,
}

impl Form for HostForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let form = Self::parse_fields(fields, &mut errors);
        errors.sort_by_fields(&view::FIELDS);
        form.ok_or(errors)
    }
}

impl HostForm {
    /// The form, or `None` after adding the errors of all its fields.
    fn parse_fields(fields: &Fields, errors: &mut FormErrors) -> Option<Self> {
        let main_dish =
            errors.field(fields, "main_dish", |typed| ShortText::parse(typed).map_err(messages::main_dish_error));
        let zone = errors.field(fields, "time_zone", |typed| Zone::parse(typed).map_err(messages::date_error));
        let date = times::parse_start(fields, zone, errors);
        let ends_at = times::parse_end(fields, date.as_ref(), errors);
        let rsvp_deadline = times::parse_deadline(fields, date.as_ref(), errors);
        let seats = errors.field(fields, "number_seats", |typed| Seats::parse(typed).map_err(messages::seats_error));
        let max_companions = errors.field(fields, "max_companions", parse_max_companions);
        let details =
            errors.field(fields, "details", |typed| Details::parse_optional(typed).map_err(messages::details_error));
        let visibility = errors.field(fields, "visibility", choices::parse_visibility);
        let names_shown_to = errors.field(fields, "names_shown_to", choices::parse_names);
        let venue = errors.field(fields, "venue", |typed| ShortText::parse(typed).map_err(messages::venue_error));
        let address =
            errors.field(fields, "address", |typed| Address::parse_optional(typed).map_err(messages::address_error));
        Some(Self {
            date: date?,
            ends_at: ends_at?,
            rsvp_deadline: rsvp_deadline?,
            texts: PartyTexts { main_dish: main_dish?, venue: venue?, details: details?, address: address? },
            seats: seats?,
            max_companions: max_companions?,
            visibility: visibility?,
            names_shown_to: names_shown_to?,
        })
    }

    /// The party to add. The hidden field `once` is its idempotency key: a second submit of the form adds no second party.
    pub(super) fn into_party(self, host: UserId, link: LinkToken, fields: &Fields) -> NewParty {
        let Self { date, ends_at, rsvp_deadline, texts, seats, max_companions, visibility, names_shown_to } = self;
        let idempotency_key = fields.idempotency_key();
        NewParty {
            host,
            date,
            ends_at,
            rsvp_deadline,
            texts,
            seats,
            max_companions,
            visibility,
            names_shown_to,
            link,
            idempotency_key,
        }
    }

    /// The party as its host wants it, who saw that revision.
    pub(in crate::pages) fn into_edit(self, revision: u32) -> PartyEdit {
        let Self { date, ends_at, rsvp_deadline, texts, seats, max_companions, visibility, names_shown_to } = self;
        PartyEdit { revision, date, ends_at, rsvp_deadline, texts, seats, max_companions, visibility, names_shown_to }
    }
}

/// The field of an RSVP deadline that has passed: its day, or its time where the day is left blank.
pub(super) fn field_of_deadline(fields: &Fields) -> &'static str {
    if times::is_blank(fields, "deadline_date") { "deadline_time" } else { "deadline_date" }
}

/// The most companions of a guest. A field left blank, as in the short form, allows none.
fn parse_max_companions(typed: &str) -> Result<u32, &'static str> {
    match Heads::parse_max_companions(typed) {
        Err(SeatsError::Empty) => Ok(0),
        parsed => parsed.map_err(messages::companions_error),
    }
}
