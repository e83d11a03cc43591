//! Contract functions of the messages of hosts: `send_message`, `list_messages` and `export_messages`.

use std::time::Duration;

use super::{accept, decline, party_of, set_answer};
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Answer, Audience, AudiencePart, Heads, HistoryKind, MessageId, MessageText, NewMessage, PartyId, PartyMessage,
    PartyNotice, PartyRepository, Quotas, SendError, SentMessage,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, Alongside, IdempotencyKey, PageSize, Timestamp};

const COMING: [AudiencePart; 1] = [AudiencePart::Coming];
const ALL: [AudiencePart; 4] =
    [AudiencePart::Coming, AudiencePart::Waiting, AudiencePart::Maybe, AudiencePart::Invited];

fn message(party: PartyId, host: &User, groups: &[AudiencePart], text: &str) -> NewMessage {
    let (audience, text) = (Audience::of(groups.iter().copied()), MessageText::parse(text).unwrap());
    NewMessage { party, host: host.id, audience, text, idempotency_key: None }
}

/// Sends at a time, within the quota of a day.
async fn send(parties: &dyn PartyRepository, message: NewMessage, at: Timestamp) -> Result<SentMessage, SendError> {
    let quota = Quotas::of_message(message.party, at);
    parties.send_message(message, Some(quota), at).await
}

async fn read(parties: &dyn PartyRepository, party: PartyId, viewer: UserId) -> Vec<PartyMessage> {
    parties.list_messages(party, viewer, 100).await.unwrap()
}

/// The texts that a viewer reads, the newest first.
async fn texts(parties: &dyn PartyRepository, party: PartyId, viewer: UserId) -> Vec<String> {
    read(parties, party, viewer).await.iter().map(|message| message.text.to_string()).collect()
}

/// The notices of messages to a user, with their time and the name in each.
async fn notices(accounts: &AccountPorts, user: UserId) -> Vec<(PartyNotice, Timestamp, String)> {
    let stored = accounts.notices.list(user, 100).await.unwrap();
    let messages = stored.into_iter().filter(|notice| notice.kind == "message");
    let parse = |notice: crate::StoredNotice| {
        let about = notice.about.map(|name| name.to_string()).unwrap_or_default();
        (PartyNotice::from_stored(&notice.kind, &notice.parameters).unwrap(), notice.at, about)
    };
    messages.map(parse).collect()
}

/// Each guest with an answer of the audience gets a notice, and reads the message, with its line breaks. Nobody else does, but the host. The
/// history has an entry.
pub async fn message_is_sent_to_guests_with_its_answers(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let other = parties.add(super::NewParty { link: super::link_token(), ..party_of(&ada) }, None).await.unwrap();
    let mut guests = vec![];
    for (name, answer, part) in [
        ("seated", Answer::Seated(Heads::ONE), Some(AudiencePart::Coming)),
        ("waits", Answer::Waitlisted(Heads::new(10).unwrap()), Some(AudiencePart::Waiting)),
        ("maybe", Answer::Maybe, Some(AudiencePart::Maybe)),
        ("invited", Answer::Invited, Some(AudiencePart::Invited)),
        ("declined", Answer::Declined, None),
        ("removed", Answer::Removed, None),
    ] {
        let guest = add_user(accounts, name).await;
        set_answer(parties, id, guest.id, answer).await;
        guests.push((guest.id, part));
    }
    let stranger = add_user(accounts, "stranger").await.id;
    let parts = [AudiencePart::Coming, AudiencePart::Maybe];
    let (later, text) = (NOW + Duration::from_secs(1), "Bring a chair.\n\n\u{1f35d} \"quoted\" \\ <b>");
    let sent = send(parties, message(id, &ada, &parts, text), later).await.unwrap();
    assert_eq!((sent.id.get(), sent.recipients), (1, 2));
    let expected = PartyMessage {
        id: sent.id,
        at: later,
        audience: Audience::of(parts),
        recipients: 2,
        text: MessageText::parse(text).unwrap(),
    };
    for (guest, part) in &guests {
        let is_told = part.is_some_and(|part| parts.contains(&part));
        assert_eq!(read(parties, id, *guest).await, if is_told { vec![expected.clone()] } else { vec![] }, "{part:?}");
        let told = if is_told { vec![(PartyNotice::Message(sent.id), later, "ada".to_owned())] } else { vec![] };
        assert_eq!(notices(accounts, *guest).await, told, "{part:?}");
    }
    assert_eq!(read(parties, id, ada.id).await, [expected]);
    assert_eq!((notices(accounts, ada.id).await, read(parties, id, stranger).await), (vec![], vec![]));
    assert_eq!(read(parties, other, guests[0].0).await, [], "another party");
    let history = parties.history(id, ada.id, None, PageSize::DEFAULT).await.unwrap().unwrap().items;
    let what = HistoryKind::Message { audience: Audience::of(parts), recipients: 2 };
    assert_eq!((&history[0].what, &history[0].by, history[0].at), (&what, &Some(ada.username.clone()), later));

    // A later one has the next number, and its notice replaces the first one.
    let second = send(parties, message(id, &ada, &ALL, "Second"), later).await.unwrap();
    assert_eq!((second.id.get(), second.recipients), (2, 4));
    assert_eq!(texts(parties, id, guests[0].0).await, ["Second", text]);
    assert_eq!(texts(parties, id, guests[1].0).await, ["Second"]);
    assert_eq!(parties.list_messages(id, ada.id, 1).await.unwrap().len(), 1);
    for (guest, part) in &guests {
        assert_eq!(notices(accounts, *guest).await.len(), usize::from(part.is_some()), "{part:?}");
    }
}

/// What counts is the answer that a reader has now, and a notice that is still there: a guest reads what it leads to, unless removed.
pub async fn message_is_read_by_who_has_the_answer_now(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await.id;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    accept(parties, id, ben.id).await;
    send(parties, message(id, &ada, &COMING, "For those who are coming"), NOW).await.unwrap();
    assert_eq!((texts(parties, id, ben.id).await.len(), texts(parties, id, cleo).await.len()), (1, 0));
    decline(parties, id, ben.id).await;
    assert_eq!(texts(parties, id, ben.id).await.len(), 1, "the notice leads to it");
    set_answer(parties, id, ben.id, Answer::Removed).await;
    assert_eq!(texts(parties, id, ben.id).await.len(), 0);
    set_answer(parties, id, ben.id, Answer::Maybe).await;
    let notice = accounts.notices.list(ben.id, 100).await.unwrap()[0].id;
    assert!(accounts.notices.dismiss(ben.id, notice).await.unwrap());
    accept(parties, id, cleo).await;
    assert_eq!((texts(parties, id, ben.id).await.len(), texts(parties, id, cleo).await.len()), (0, 1));
    for answer in [Answer::Removed, Answer::Maybe, Answer::Invited, Answer::Waitlisted(Heads::new(9).unwrap())] {
        set_answer(parties, id, cleo, answer).await;
        assert_eq!(texts(parties, id, cleo).await.len(), 0, "{answer:?}");
    }
}

/// A form that is sent again, also at once, sends its message once and is counted once. With another text or audience it sends another.
pub async fn message_of_a_form_is_sent_once(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    accept(parties, id, ben.id).await;
    let idempotency_key = IdempotencyKey::parse("AZaz09-_AZaz09-_AZaz09");
    let once = NewMessage { idempotency_key, ..message(id, &ada, &COMING, "Once") };
    let sent = join_all((0..10).map(|_| send(parties, once.clone(), NOW))).await;
    let first = SentMessage { id: MessageId::new(1), recipients: 1 };
    assert!(sent.iter().all(|sent| *sent.as_ref().unwrap() == first), "{sent:?}");
    accept(parties, id, add_user(accounts, "cleo").await.id).await;
    assert_eq!(send(parties, once.clone(), NOW + Duration::from_hours(48)).await.unwrap(), first, "as it was sent");
    assert_eq!(texts(parties, id, ben.id).await, ["Once"]);
    let messages = |kind: &HistoryKind| matches!(kind, HistoryKind::Message { .. });
    let history = parties.history(id, ada.id, None, PageSize::DEFAULT).await.unwrap().unwrap().items;
    assert_eq!(history.iter().filter(|entry| messages(&entry.what)).count(), 1);
    let text = MessageText::parse("Twice").unwrap();
    let other_text = NewMessage { text, ..once.clone() };
    let other_audience = NewMessage { audience: Audience::of(ALL), ..once };
    assert_eq!(send(parties, other_text, NOW).await.unwrap().id.get(), 2);
    assert_eq!(send(parties, other_audience, NOW).await.unwrap().id.get(), 3);
}

/// A message without a recipient is refused: it is not stored, and not counted for the quota.
pub async fn message_to_nobody_is_not_sent(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    decline(parties, id, ben.id).await;
    for parts in [&ALL[..], &[]] {
        for _ in 0..4 {
            let refused = send(parties, message(id, &ada, parts, "Hello"), NOW).await;
            assert!(matches!(refused, Err(SendError::NoRecipients)), "{refused:?}");
        }
    }
    assert_eq!(read(parties, id, ada.id).await, []);
    accept(parties, id, ben.id).await;
    send(parties, message(id, &ada, &ALL, "Hello"), NOW).await.unwrap();
}

/// Of messages to the guests of one party, also at once, three are sent within a day. What is refused writes nothing.
pub async fn three_messages_are_sent_within_a_day(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let other = parties.add(super::NewParty { link: super::link_token(), ..party_of(&ada) }, None).await.unwrap();
    accept(parties, id, ben.id).await;
    accept(parties, other, ben.id).await;
    let texts_of_day = (0..10).map(|n| message(id, &ada, &COMING, &format!("Message {n}")));
    let sent = join_all(texts_of_day.map(|message| send(parties, message, NOW))).await;
    let is_refused = |sent: &Result<_, SendError>| matches!(sent, Err(SendError::Throttled(_)));
    assert_eq!(sent.iter().filter(|sent| is_refused(sent)).count(), 7, "{sent:?}");
    assert_eq!((read(parties, id, ada.id).await.len(), notices(accounts, ben.id).await.len()), (3, 1));
    let Err(SendError::Throttled(throttled)) = send(parties, message(id, &ada, &COMING, "Fourth"), NOW).await else {
        panic!()
    };
    assert_eq!(throttled.wait.seconds(), 24 * 60 * 60);
    send(parties, message(other, &ada, &COMING, "Another party"), NOW).await.unwrap();
    let next_day = NOW + Duration::from_hours(24);
    let before = Timestamp::from_millis(next_day.as_millis() - 1);
    assert!(is_refused(&send(parties, message(id, &ada, &COMING, "Fourth"), before).await));
    assert_eq!(send(parties, message(id, &ada, &COMING, "Fourth"), next_day).await.unwrap().id.get(), 4);
}

/// A party of another host is like one that does not exist, to a guest too.
pub async fn message_is_sent_by_the_host_alone(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    accept(parties, id, ben.id).await;
    let unknown = PartyId::new(id.get() + 1);
    for (party, sender) in [(id, &ben), (unknown, &ada)] {
        let refused = send(parties, message(party, sender, &ALL, "Hello"), NOW).await;
        assert!(matches!(refused, Err(SendError::NotFound)), "{refused:?}");
    }
    assert_eq!((read(parties, id, ada.id).await, read(parties, unknown, ada.id).await), (vec![], vec![]));
}

/// 300 guests get one notice each.
pub async fn message_reaches_every_guest(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(super::NewParty { seats: super::seats(1000), ..party_of(&ada) }, None).await.unwrap();
    let names: Vec<_> = (0..300).map(|n| format!("guest{n}")).collect();
    let mut guests = Vec::new();
    // A few at a time: all of them would wait for one row, longer than a store lets a client wait.
    for names in names.chunks(30) {
        let added = join_all(names.iter().map(|name| add_user(accounts, name))).await;
        join_all(added.iter().map(|guest| accept(parties, id, guest.id))).await;
        guests.extend(added);
    }
    let sent = send(parties, message(id, &ada, &COMING, "To all"), NOW).await.unwrap();
    assert_eq!(sent.recipients, 300);
    for guest in &guests {
        assert_eq!(notices(accounts, guest.id).await.len(), 1);
    }
}

/// Once the deletion of a host is requested, the host sends nothing. Completed, it removes the messages and their notices.
pub async fn deleted_host_leaves_no_message(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let of_cleo = parties.add(super::NewParty { link: super::link_token(), ..party_of(&cleo) }, None).await.unwrap();
    for party in [id, of_cleo] {
        accept(parties, party, ben.id).await;
    }
    send(parties, message(id, &ada, &COMING, "Of Ada"), NOW).await.unwrap();
    send(parties, message(of_cleo, &cleo, &COMING, "Of Cleo"), NOW).await.unwrap();
    let over = parties.find(id, ada.id).await.unwrap().unwrap().summary.ends_at + Duration::from_secs(1);
    accounts.users.request_deletion(ada.id, over, over, Alongside::nothing()).await.unwrap();
    let refused = send(parties, message(id, &ada, &COMING, "Too late"), over).await;
    assert!(matches!(refused, Err(SendError::UserDeleted)), "{refused:?}");
    assert_eq!(texts(parties, id, ben.id).await, ["Of Ada"], "it can be undone");
    accounts.users.complete_deletion(ada.id, over, Alongside::nothing()).await.unwrap();
    assert_eq!(
        (read(parties, id, ben.id).await, texts(parties, of_cleo, ben.id).await),
        (vec![], vec!["Of Cleo".into()])
    );
    let names: Vec<_> = notices(accounts, ben.id).await.into_iter().map(|(_, _, about)| about).collect();
    assert_eq!(names, ["cleo"]);

    // A deleted guest, who keeps the seat at a party that is over, is no recipient.
    accounts.users.request_deletion(ben.id, over, over, Alongside::nothing()).await.unwrap();
    accounts.users.complete_deletion(ben.id, over, Alongside::nothing()).await.unwrap();
    let refused = send(parties, message(of_cleo, &cleo, &COMING, "To nobody"), over).await;
    assert!(matches!(refused, Err(SendError::NoRecipients)), "{refused:?}");
}

/// Every message of the host, page by page.
pub async fn export_has_each_message_once(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut expected = vec![];
    for n in 0..3 {
        let of_ada = super::NewParty { link: super::link_token(), ..party_of(&ada) };
        let of_ben = super::NewParty { link: super::link_token(), ..party_of(&ben) };
        let id = parties.add(of_ada, None).await.unwrap();
        let other = parties.add(of_ben, None).await.unwrap();
        accept(parties, id, ben.id).await;
        accept(parties, other, ada.id).await;
        for k in 0..3 - n {
            let text = format!("Message {k} of {n}");
            send(parties, message(id, &ada, &COMING, &text), NOW).await.unwrap();
            expected.push((id, text));
        }
        send(parties, message(other, &ben, &COMING, "Of Ben"), NOW).await.unwrap();
    }
    let (mut exported, mut after) = (vec![], None);
    loop {
        let page = parties.export_messages(ada.id, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.party, last.message.id));
        exported.extend(page.into_iter().map(|exported| (exported.party, exported.message.text.to_string())));
    }
    assert_eq!(exported, expected);
    assert_eq!(parties.export_messages(UserId::new(i64::MAX), None, 2).await.unwrap(), []);
}
