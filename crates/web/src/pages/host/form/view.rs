//! The form as a page shows it.

use accounts::web::{Fields, FormErrors, FormView};
use domain::Timestamp;
use domain::party::Zone;

use super::choices::RadioGroup;
use crate::pages::host::HostRefusal;

/// The form as a page shows it.
pub(in crate::pages) struct HostFormView<'a> {
    pub(in crate::pages) fields: FormView<'a>,
    /// Whether the time zone is only the server's default. A script offers the browser's then.
    pub(in crate::pages) is_zone_guessed: bool,
    /// Whether the folded part is open: it has an error, or values that are not the default.
    pub(in crate::pages) is_unfolded: bool,
    /// Who finds the party.
    pub(in crate::pages) visibility: RadioGroup<'a>,
    /// Who sees the names of the guests.
    pub(in crate::pages) names: RadioGroup<'a>,
    /// Why the form was refused as a whole.
    pub(in crate::pages) refusal: Option<String>,
    /// The first date that the date field offers: today in the time zone of the form. Where that is guessed or wrong, it is today in
    /// the zone where a day ends last, so that the field refuses no day that is still to come for the visitor.
    pub(in crate::pages) today: String,
}

/// The fields in the order of the form, in which its summary lists their errors.
pub(super) const FIELDS: [&str; 15] = [
    "main_dish",
    "date",
    "time",
    "end_time",
    "number_seats",
    "end_date",
    "max_companions",
    "deadline_date",
    "deadline_time",
    "details",
    "visibility",
    "names_shown_to",
    "venue",
    "address",
    "time_zone",
];

/// The fields that are not folded.
const UNFOLDED: [&str; 4] = ["main_dish", "date", "time", "number_seats"];

/// The zone where a day ends last: UTC−12. POSIX writes the sign the other way round.
const LAST_ZONE: &str = "Etc/GMT+12";

impl<'a> HostFormView<'a> {
    /// A form that was refused, with what was typed. Where no field is invalid, all that was typed is visible.
    pub(in crate::pages) fn refused(fields: &'a Fields, refusal: &'a HostRefusal, now: Timestamp) -> Self {
        let (form, message) = (Self::new(fields, refusal.errors(), false, now), refusal.message());
        Self { is_unfolded: form.is_unfolded || message.is_some(), refusal: message, ..form }
    }

    pub(in crate::pages) fn new(
        fields: &'a Fields,
        errors: &'a FormErrors,
        is_zone_guessed: bool,
        now: Timestamp,
    ) -> Self {
        let typed = if is_zone_guessed { LAST_ZONE } else { fields.shown("time_zone") };
        let zone = Zone::parse(typed).or_else(|_| Zone::parse(LAST_ZONE)).ok();
        Self {
            fields: FormView::new(fields, errors),
            is_zone_guessed,
            refusal: None,
            visibility: RadioGroup::of_visibility(fields, errors),
            names: RadioGroup::of_names(fields, errors),
            // An end that is refused may need its day, which is there.
            is_unfolded: errors.iter().any(|(field, _)| !UNFOLDED.contains(&field)),
            today: zone.map(|zone| zone.date_at(now).to_string()).unwrap_or_default(),
        }
    }
}
