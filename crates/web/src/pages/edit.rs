//! `/parties/{id}/edit`: the page on which the host changes a party. It has the form of `/host`.

mod refusal;
mod stale;

use accounts::web::{CurrentUser, Fields, Form, FormErrors, PageContext, PasswordFields, Problem, Submitted};
use askama::Template;
use domain::Timestamp;
use domain::party::{GuestOverview, Outcome, PartyId, PartyNotice, PartySummary};
use domain::user::User;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use self::refusal::EditRefusal;
use super::State;
use super::host::{HostForm, HostFormView, InitialForm};
use super::hosted::{find_hosted, party_id, party_path, redirect, refused, too_late};
use crate::messages;

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage<'a> {
    page: &'a PageContext,
    party: &'a PartySummary,
    /// The revision that the form shows.
    revision: u32,
    form: HostFormView<'a>,
    /// Where the party was changed after the form was shown: each part that is not as typed, and as it is now.
    changed: Option<Vec<(&'static str, String)>>,
    /// How many guests will see a notice.
    notices: String,
}

impl<'a> EditPage<'a> {
    fn new(page: &'a PageContext, overview: &'a GuestOverview, form: HostFormView<'a>) -> Self {
        let party = &overview.party.summary;
        let notice = PartyNotice::Edited(Vec::new());
        let recipients = overview.guests.iter().filter(|guest| notice.is_sent_to(guest.answer));
        let notices = messages::notices_of_edit(recipients.count(), party.waiting);
        Self { page, party, revision: overview.party.revision, form, changed: None, notices }
    }

    fn action(&self) -> String {
        edit_path(self.party.id)
    }
}

fn edit_path(party: PartyId) -> String {
    format!("{}/edit", party_path(party))
}

/// `GET /parties/{id}/edit`.
#[handler]
pub(crate) async fn show(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
) -> Result<Response, Problem> {
    let (overview, now) = (find_hosted(&state, &path, &me).await?, state.parties.now());
    let party = &overview.party.summary;
    if let Some(refusal) = too_late(party, now) {
        return Ok(refused(party.id, &refusal));
    }
    let initial = InitialForm::of_party(&overview.party);
    let resumed = page.resumed(&edit_path(party.id));
    let revision = resumed.and_then(revision_of).unwrap_or(overview.party.revision);
    let content = EditPage { revision, ..EditPage::new(&page, &overview, initial.view(resumed, now)) };
    Ok(page.render_template(StatusCode::OK, messages::EDIT_TITLE, &content))
}

/// `POST /parties/{id}/edit`: saves the party, or shows the form again with what was typed.
#[handler]
pub(crate) async fn submit(
    me: CurrentUser,
    page: PageContext,
    state: State<'_>,
    path: Path<String>,
    submitted: Submitted<EditForm>,
) -> Result<Response, Problem> {
    let (id, Submitted { form, fields }) = (party_id(&path)?, submitted);
    let refusal = match save(&state, id, &me, form).await? {
        Ok(outcome) => return redirect(&page, Ok(outcome), &party_path(id)),
        Err(refusal) => refusal,
    };
    let (overview, now) = (find_hosted(&state, &path, &me).await?, state.parties.now());
    let (changed, revision) = (refusal.changed(&overview.party), refusal.revision(&fields, &overview.party));
    let form = refused_form(&fields, &refusal, now);
    Ok(refusal.response(&page, &EditPage { revision, changed, ..EditPage::new(&page, &overview, form) }))
}

fn refused_form<'a>(fields: &'a Fields, refusal: &'a EditRefusal, now: Timestamp) -> HostFormView<'a> {
    let form = HostFormView::new(fields, refusal.errors(), false, now);
    HostFormView { is_unfolded: true, refusal: refusal.message(), ..form }
}

/// Saves a submitted form, or returns why it is not saved.
async fn save(
    state: &State<'_>,
    id: PartyId,
    me: &User,
    form: Result<EditForm, FormErrors>,
) -> Result<Result<Outcome, EditRefusal>, Problem> {
    let edit = match form {
        Ok(EditForm { form, revision }) => form.into_edit(revision),
        Err(errors) => return Ok(Err(EditRefusal::Fields(errors))),
    };
    match state.parties.edit(id, me.id, edit.clone()).await {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(error) => Ok(Err(EditRefusal::of(error, edit, state.parties.now())?)),
    }
}

/// The form to change a party.
pub(crate) struct EditForm {
    form: HostForm,
    /// The revision that the form showed. A form without one is stale.
    revision: u32,
}

impl Form for EditForm {
    /// The choices are required: a form without them would list a party that is not listed.
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let choices =
            [("visibility", messages::VISIBILITY_INVALID), ("names_shown_to", messages::NAMES_SHOWN_TO_INVALID)];
        for (field, message) in choices.into_iter().filter(|(field, _)| !fields.is_sent(field)) {
            errors.add(field, message);
        }
        match HostForm::parse(fields, passwords) {
            Ok(form) if errors.is_empty() => Ok(Self { form, revision: revision_of(fields).unwrap_or(u32::MAX) }),
            Ok(_) => Err(errors),
            Err(mut of_form) => {
                of_form.extend(errors);
                Err(of_form)
            }
        }
    }
}

fn revision_of(fields: &Fields) -> Option<u32> {
    fields.one("revision").ok()?.parse().ok()
}
