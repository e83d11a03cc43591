//! What DinnerParty adds to the export of an account: the hosted parties, the answers, and the messages to guests.

use std::sync::Arc;

use accounts::serde_json::{Value, json};
use accounts::{Builder, ExportPage, ExportSource, StoreError, UserId, export_time};
use async_trait::async_trait;
use domain::party::{
    Address, Allergies, Answer, Details, ExportedAnswer, ExportedMessage, ExportedParty, GuestNote, MessageId,
    NamesShownTo, PartyDate, PartyHeading, PartyId, PartyRepository, PartyState, Visibility,
};

/// The rows of a page.
const ROWS: u32 = 100;

/// Adds the parties to the export of an account.
pub fn export_parties(settings: Builder, parties: &Arc<dyn PartyRepository>) -> Builder {
    settings
        .export(HostedParties(Arc::clone(parties)))
        .export(Answers(Arc::clone(parties)))
        .export(Messages(Arc::clone(parties)))
}

/// The parties that the user hosts.
struct HostedParties(Arc<dyn PartyRepository>);

/// The user's answers to parties of others.
struct Answers(Arc<dyn PartyRepository>);

/// The user's messages to the guests of hosted parties.
struct Messages(Arc<dyn PartyRepository>);

#[async_trait]
impl ExportSource for HostedParties {
    fn name(&self) -> &'static str {
        "hosted_parties"
    }

    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        let parties = self.0.export_hosted(user, party_id(after), ROWS).await?;
        Ok(ExportPage { next: next(parties.iter().map(|party| party.id)), rows: parties.iter().map(hosted).collect() })
    }
}

#[async_trait]
impl ExportSource for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        let answers = self.0.export_answers(user, party_id(after), ROWS).await?;
        let rows = answers.iter().map(answer).collect();
        Ok(ExportPage { next: next(answers.iter().map(|answer| answer.party)), rows })
    }
}

#[async_trait]
impl ExportSource for Messages {
    fn name(&self) -> &'static str {
        "messages"
    }

    async fn page(&self, user: UserId, after: Option<String>) -> Result<ExportPage, StoreError> {
        let messages = self.0.export_messages(user, after.as_deref().and_then(message_id), ROWS).await?;
        let last = messages.last().filter(|_| messages.len() == ROWS as usize);
        let next = last.map(|last| format!("{} {}", last.party.get(), last.message.id));
        Ok(ExportPage { next, rows: messages.iter().map(message).collect() })
    }
}

/// The party and the message that a cursor has.
fn message_id(after: &str) -> Option<(PartyId, MessageId)> {
    let (party, message) = after.split_once(' ')?;
    Some((PartyId::new(party.parse().ok()?), MessageId::new(message.parse().ok()?)))
}

fn message(ExportedMessage { party, message }: &ExportedMessage) -> Value {
    json!({
        "party": party.get(),
        "sent_at": export_time(message.at),
        "to": message.audience.to_string().split(' ').collect::<Vec<_>>(),
        "recipients": message.recipients,
        "text": message.text.as_str(),
    })
}

fn party_id(after: Option<String>) -> Option<PartyId> {
    after.and_then(|id| id.parse().ok()).map(PartyId::new)
}

/// The cursor after a full page.
fn next(ids: impl ExactSizeIterator<Item = PartyId>) -> Option<String> {
    let is_full = ids.len() == ROWS as usize;
    ids.last().filter(|_| is_full).map(|id| id.get().to_string())
}

fn hosted(party: &ExportedParty) -> Value {
    let PartyHeading { date, .. } = &party.heading;
    json!({
        "party": party.id.get(),
        "main_dish": party.main_dish.as_str(),
        "venue": party.venue.as_str(),
        "address": party.address.as_ref().map(Address::as_str),
        "details": party.details.as_ref().map(Details::as_str),
        "local_time": date.local(),
        "zone": date.zone().as_str(),
        "starts_at": export_time(date.starts_at()),
        "ends_at": export_time(party.ends_at),
        "seats": party.seats,
        "taken": party.taken,
        "state": match party.state {
            PartyState::Scheduled => "scheduled",
            PartyState::Cancelled => "cancelled",
        },
        "visibility": match party.visibility {
            Visibility::Listed => "listed",
            Visibility::ByLink => "by link",
            Visibility::ByInvitation => "by invitation",
        },
        "rsvp_deadline": export_time(party.rsvp_deadline),
        "companions": party.max_companions,
        "names_shown_to": match party.names_shown_to {
            NamesShownTo::Everyone => "everyone",
            NamesShownTo::Guests => "guests with a seat",
            NamesShownTo::Host => "host",
        },
    })
}

fn answer(exported: &ExportedAnswer) -> Value {
    let (heading, main_dish) = exported.shown.as_ref().map(|(heading, dish)| (heading, dish.as_str())).unzip();
    let date = heading.map(|heading| &heading.date);
    let (answer, heads) = match exported.answer {
        Answer::Seated(heads) => ("seated", heads.get()),
        Answer::Waitlisted(heads) => ("waiting", heads.get()),
        Answer::Maybe => ("maybe", 0),
        Answer::Declined => ("declined", 0),
        Answer::Invited => ("invited", 0),
        Answer::Removed => ("removed", 0),
    };
    json!({
        "party": exported.party.get(),
        "host": heading.map(|heading| heading.host.as_str()),
        "main_dish": main_dish,
        "local_time": date.map(PartyDate::local),
        "zone": date.map(|date| date.zone().as_str()),
        "starts_at": date.map(|date| export_time(date.starts_at())),
        "answer": answer,
        "heads": heads,
        "note": exported.note.as_ref().map(GuestNote::as_str),
        "allergies": exported.allergies.as_ref().map(Allergies::as_str),
    })
}
