//! Notices: what happened at the user's parties, on the home page until the user dismisses it.

use accounts::web::{CurrentUser, Fields, Form, FormErrors, PasswordFields, Problem, Submitted, redirect};
use domain::notice::{NoticeId, StoredNotice};
use domain::party::{PartyHeading, PartyId, PartyLabel, PartyNotice};
use domain::user::User;
use poem::{Response, handler};

use super::State;
use super::hosted::party_path;
use crate::messages;

/// How many notices the page shows, the newest first.
const NOTICES: u32 = 50;

/// The notices of a user.
pub(super) struct Notices {
    /// By party, the one with the newest notice first.
    pub(super) groups: Vec<NoticeGroup>,
    /// The newest notice that the page shows: what came later stays when all are dismissed.
    pub(super) newest: i64,
    /// Whether there are older ones, which the page does not show.
    pub(super) has_older: bool,
}

/// The notices of one party.
pub(super) struct NoticeGroup {
    /// The title of the party, if the user knows it.
    pub(super) title: Option<String>,
    /// The path of the party; `None` where the user can no longer see it.
    pub(super) path: Option<String>,
    /// The newest first.
    pub(super) lines: Vec<NoticeLine>,
}

/// One notice.
pub(super) struct NoticeLine {
    pub(super) id: i64,
    pub(super) text: String,
    /// Where the user reads the message that it is about.
    pub(super) message: Option<String>,
}

impl Notices {
    /// Reads the notices of a user. Notices of another service over the same database are left out.
    pub(super) async fn load(state: &State<'_>, me: &User) -> Result<Self, Problem> {
        let mut stored = state.notices.list(me.id, NOTICES + 1).await?;
        let has_older = stored.len() > NOTICES as usize;
        stored.truncate(NOTICES as usize);
        let newest = stored.first().map_or(0, |notice| notice.id.get());
        let by_subject = by_subject(&stored);
        let ids = by_subject.iter().map(|(subject, _)| PartyId::new(*subject)).collect();
        let labels = state.parties.list_labels(ids, me.id).await?;
        let label = |subject| labels.iter().find(|label| label.id.get() == subject);
        let groups = by_subject.iter().map(|(subject, notices)| NoticeGroup::of(label(*subject), notices)).collect();
        Ok(Self { groups, newest, has_older })
    }
}

/// The notices with their meaning by subject, in the order of each subject's newest one.
fn by_subject(stored: &[StoredNotice]) -> Vec<(i64, Vec<(&StoredNotice, PartyNotice)>)> {
    let mut groups: Vec<(i64, Vec<_>)> = Vec::new();
    for notice in stored {
        let Some(meaning) = PartyNotice::from_stored(&notice.kind, &notice.parameters) else { continue };
        match groups.iter_mut().find(|(subject, _)| *subject == notice.subject) {
            Some((_, group)) => group.push((notice, meaning)),
            None => groups.push((notice.subject, vec![(notice, meaning)])),
        }
    }
    groups
}

impl NoticeGroup {
    fn of(party: Option<&PartyLabel>, notices: &[(&StoredNotice, PartyNotice)]) -> Self {
        let as_it_was = notices.iter().find_map(|(stored, meaning)| as_it_was(stored, meaning));
        let known = party.or(as_it_was.as_ref());
        let line = |(stored, meaning): &(&StoredNotice, PartyNotice)| NoticeLine {
            id: stored.id.get(),
            message: party.and_then(|party| message_path(party, meaning)),
            text: messages::notice(meaning, known.map(|party| &party.heading), stored.about.as_ref()),
        };
        Self {
            title: known.map(|party| messages::title_of(&party.main_dish, &party.heading.host)),
            path: party.map(|party| party_path(party.id)),
            lines: notices.iter().map(line).collect(),
        }
    }
}

/// Where a message is read.
fn message_path(party: &PartyLabel, meaning: &PartyNotice) -> Option<String> {
    let PartyNotice::Message(id) = meaning else { return None };
    Some(format!("{}#message-{id}", party_path(party.id)))
}

/// The party from which the user was removed, as it was then: the user may know no more of it.
fn as_it_was(stored: &StoredNotice, meaning: &PartyNotice) -> Option<PartyLabel> {
    let PartyNotice::Removed { date, main_dish } = meaning else { return None };
    let heading = PartyHeading { host: stored.about.clone()?, date: date.clone() };
    Some(PartyLabel { id: PartyId::new(stored.subject), heading, main_dish: main_dish.clone() })
}

/// The form of the notices: one of them, or all up to the newest that the page has shown.
pub(crate) enum DismissForm {
    One(NoticeId),
    All { newest: NoticeId },
}

impl Form for DismissForm {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let id = |name| fields.one(name).ok()?.parse().ok().map(NoticeId::new);
        let (one, newest) = (id("notice"), id("newest"));
        let all = newest.filter(|_| fields.is_sent("all")).map(|newest| Self::All { newest });
        all.or(one.map(Self::One)).ok_or_else(FormErrors::new)
    }
}

/// `POST /notices`: dismisses one notice or all, and leads back to the home page. A notice that is gone already is no error.
#[handler]
pub(crate) async fn dismiss(
    me: CurrentUser,
    state: State<'_>,
    submitted: Submitted<DismissForm>,
) -> Result<Response, Problem> {
    match submitted.form {
        Ok(DismissForm::One(notice)) => drop(state.notices.dismiss(me.id, notice).await?),
        Ok(DismissForm::All { newest }) => drop(state.notices.dismiss_all(me.id, newest).await?),
        Err(_) => {}
    }
    Ok(redirect("/"))
}
