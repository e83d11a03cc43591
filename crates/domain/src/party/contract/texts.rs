//! Contract functions of what guests write with their answers: stored with the RSVP, for the host and the guest alone, and purged.

use std::pin::Pin;
use std::time::Duration;

use super::{accept, add_table, change, change_party, changing, edit_of, minutes, party_of, seats, view};
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Address, Allergies, Answer, Guest, GuestAnswer, GuestCommand, GuestNote, Heads, NewParty, Outcome, PartyDate,
    PartyEnd, PartyId, PartyRepository, RsvpDeadline, RsvpTexts, TextChange, TextChanges, Zone,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, Timestamp};

/// Both texts.
fn texts(note: &str, allergies: &str) -> RsvpTexts {
    let note = Some(GuestNote::parse(note).unwrap());
    RsvpTexts { note, allergies: Some(Allergies::parse(allergies).unwrap()) }
}

/// The answer that replaces both texts.
fn with(command: GuestCommand, texts: RsvpTexts) -> GuestAnswer {
    let RsvpTexts { note, allergies } = texts;
    let texts = TextChanges { note: TextChange::Replace(note), allergies: TextChange::Replace(allergies) };
    GuestAnswer { command, texts }
}

async fn answer(parties: &dyn PartyRepository, id: PartyId, guest: UserId, answer: GuestAnswer) -> Outcome {
    change(parties, id, guest, move |party| party.answer(guest, &answer, NOW)).await.unwrap()
}

/// The texts of each guest, as the host sees them.
async fn seen_by_host(parties: &dyn PartyRepository, id: PartyId, host: &User) -> Vec<(UserId, RsvpTexts)> {
    let overview = parties.guests(id, host.id).await.unwrap().unwrap();
    overview.guests.into_iter().map(|guest| (guest.id, guest.texts)).collect()
}

/// Texts are stored with a first answer and with a later one, and stay with every other change: an answer without texts, another
/// guest's answer, a promotion, a host's edit.
pub async fn texts_are_stored_with_the_answer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let id = add_table(parties, &ada, 3, 1).await;
    let two = GuestCommand::Accept(Heads::new(2).unwrap());
    answer(parties, id, ben.id, with(two, texts("I'm late.\nSorry!", "Nuts\n🥜 & “milk”"))).await;
    answer(parties, id, cleo.id, with(two, texts("With Dan", "None"))).await;
    let of_ben = texts("I'm late.\nSorry!", "Nuts\n🥜 & “milk”");
    let expected = vec![(ben.id, of_ben.clone()), (cleo.id, texts("With Dan", "None"))];
    assert_eq!(seen_by_host(parties, id, &ada).await, expected);

    change_party(parties, id, ada.id, |party| {
        let mut edit = edit_of(party);
        (edit.texts.venue, edit.max_companions) = (super::short_text("The yard"), 2);
        party.edit(edit, NOW)
    })
    .await
    .unwrap();
    answer(parties, id, ben.id, GuestCommand::Decline.into()).await; // seats Cleo
    assert_eq!(view(parties, id, &cleo).await.summary.my_answer, Some(Answer::Seated(Heads::new(2).unwrap())));
    assert_eq!(view(parties, id, &ben).await.my_texts, of_ben);
    let mut expected = expected;
    expected.reverse();
    assert_eq!(seen_by_host(parties, id, &ada).await, expected);
    let exported = parties.export_answers(ben.id, None, 9).await.unwrap().remove(0);
    assert_eq!(RsvpTexts { note: exported.note, allergies: exported.allergies }, of_ben);

    let keep = |texts| GuestAnswer { command: GuestCommand::Keep(None), texts };
    let no_note = TextChanges { note: TextChange::Replace(None), allergies: TextChange::Keep };
    let outcome = answer(parties, id, ben.id, keep(no_note)).await;
    assert!(matches!(outcome, Outcome::TextsSaved(_)), "{outcome:?}");
    assert_eq!(view(parties, id, &ben).await.my_texts, RsvpTexts { note: None, ..of_ben });
    let nothing = TextChanges { note: TextChange::Keep, allergies: TextChange::Replace(None) };
    answer(parties, id, ben.id, keep(nothing)).await;
    assert!(view(parties, id, &ben).await.my_texts.is_empty());
}

/// A change that concerns a guest gets the texts of this guest.
pub async fn change_gets_the_texts_of_its_guest(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let id = add_table(parties, &ada, 3, 0).await;
    answer(parties, id, ben.id, with(GuestCommand::Come, texts("Hi", "Nuts"))).await;
    accept(parties, id, cleo.id).await;
    for (guest, expected) in [(&ben, texts("Hi", "Nuts")), (&cleo, RsvpTexts::default())] {
        let seen = super::waiting_list::seen(parties, id, Some(guest.id)).await;
        assert_eq!(seen.guests.texts(guest.id), expected, "{}", guest.username);
        assert_eq!(seen.guests.all_texts().len(), usize::from(!expected.is_empty()), "{}", guest.username);
    }
}

/// The texts are for the guest, with any answer, and for the host. Of a guest whom the host removes nothing stays.
pub async fn texts_are_for_the_guest_and_the_host(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let party = NewParty { seats: seats(3), ..party_of(&ada) };
    let (id, link) = (parties.add(party.clone(), None).await.unwrap(), party.link);
    let other = add_user(accounts, "other").await;
    accept(parties, id, cleo.id).await;
    for command in [GuestCommand::Decline, GuestCommand::Maybe, GuestCommand::Come] {
        answer(parties, id, ben.id, with(command, texts("Hi", "Nuts"))).await;
        assert_eq!(view(parties, id, &ben).await.my_texts, texts("Hi", "Nuts"), "{command:?}");
        assert_eq!(parties.find_by_link(link, ben.id).await.unwrap().unwrap().my_texts, texts("Hi", "Nuts"));
        for viewer in [&ada, &cleo, &other] {
            assert!(view(parties, id, viewer).await.my_texts.is_empty(), "{command:?}, {}", viewer.username);
            let by_link = parties.find_by_link(link, viewer.id).await.unwrap().unwrap();
            assert!(by_link.my_texts.is_empty(), "{command:?}, {}", viewer.username);
        }
        let of_host = seen_by_host(parties, id, &ada).await;
        assert!(of_host.contains(&(ben.id, texts("Hi", "Nuts"))), "{command:?}: {of_host:?}");
        assert_eq!(parties.guests(id, ben.id).await.unwrap(), None);
    }
    let guest = Guest { id: ben.id, username: ben.username.clone() };
    let remove = changing(ada.id, Some(ben.id), move |party| party.remove(&guest, NOW));
    parties.update(id, Some(ben.id), remove, None, NOW).await.unwrap();
    assert!(view(parties, id, &ben).await.my_texts.is_empty());
    assert!(seen_by_host(parties, id, &ada).await.iter().all(|(_, texts)| texts.is_empty()));
    assert_eq!(parties.export_answers(ben.id, None, 9).await.unwrap()[0].note, None);
}

/// Of concurrent answers of a guest one is stored, with both of its texts.
pub async fn concurrent_answers_store_the_texts_of_one(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = add_table(parties, &ada, 3, 1).await;
    accept(parties, id, ben.id).await;
    let written: Vec<_> = (0..8).map(|n| texts(&format!("note {n}"), &format!("allergy {n}"))).collect();
    join_all(written.iter().map(|texts| answer(parties, id, ben.id, with(GuestCommand::Keep(None), texts.clone()))))
        .await;
    let stored = view(parties, id, &ben).await.my_texts;
    assert!(written.contains(&stored), "{stored:?}");
}

/// Adds a party of an hour that begins that many minutes after `NOW`.
async fn add_at(parties: &dyn PartyRepository, host: &User, starts: i64) -> PartyId {
    let zone = Zone::parse("UTC").unwrap();
    let date = PartyDate::from_stored("2030-03-17T18:00:00", zone, minutes(starts)).unwrap();
    let (ends_at, rsvp_deadline) =
        (PartyEnd::of(&date, minutes(starts + 60)).unwrap(), RsvpDeadline::default_of(&date));
    let mut party = NewParty { seats: seats(9), ends_at, rsvp_deadline, date, ..party_of(host) };
    party.texts.address = Some(Address::parse("Linden Street 5").unwrap());
    parties.add(party, None).await.unwrap()
}

/// Texts are removed in steps, of the parties that ended by the given time alone. Answers and the party's own texts stay, and a guest who
/// writes after a purge is purged again.
pub async fn texts_of_parties_that_ended_are_purged(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..5 {
        guests.push(add_user(accounts, &format!("guest{n}")).await);
    }
    let mut ids = vec![];
    for starts in [60, 120, 180] {
        let id = add_at(parties, &ada, starts).await;
        for guest in &guests {
            answer(parties, id, guest.id, with(GuestCommand::Come, texts("Hi", "Nuts"))).await;
        }
        // One of the guests has removed the texts.
        answer(parties, id, guests[0].id, with(GuestCommand::Keep(None), RsvpTexts::default())).await;
        ids.push(id);
    }
    let left = async |id| seen_by_host(parties, id, &ada).await.iter().filter(|(_, texts)| !texts.is_empty()).count();
    let purge = async |now: Timestamp| {
        let (mut steps, mut rows) = (0, 0);
        loop {
            let changed = parties.purge_texts(now, 3).await.unwrap();
            assert!(changed <= 3, "{changed}");
            (steps, rows) = (steps + 1, rows + changed);
            if changed < 3 {
                return (steps, rows);
            }
        }
    };
    let just_before = |minute| minutes(minute) - Duration::from_millis(1);
    assert_eq!(purge(just_before(120)).await, (1, 0));
    assert_eq!(left(ids[0]).await, 4);
    let (steps, rows) = purge(minutes(120)).await;
    assert!(rows >= 4 && steps >= 2, "{steps} steps, {rows} rows");
    assert_eq!((left(ids[0]).await, left(ids[1]).await, left(ids[2]).await), (0, 4, 4));
    assert_eq!(purge(minutes(120)).await, (1, 0), "nothing is left to do");
    let overview = parties.guests(ids[0], ada.id).await.unwrap().unwrap();
    assert!(overview.guests.iter().all(|guest| guest.answer == Answer::Seated(Heads::ONE)));
    assert_eq!(overview.party.address, Some(Address::parse("Linden Street 5").unwrap()));

    answer(parties, ids[0], guests[1].id, with(GuestCommand::Come, texts("Once more", "Milk"))).await;
    let (_, rows) = purge(minutes(240)).await;
    assert!(rows >= 9, "{rows} rows");
    for id in ids {
        assert_eq!(left(id).await, 0, "{id:?}");
    }
}

/// Purges beside answers and purges, from several processes, lose nothing that is not due and leave nothing that is.
pub async fn purges_of_texts_run_beside_answers(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let (due, ahead) = (add_at(parties, &ada, 60).await, add_at(parties, &ada, 600).await);
    let mut guests = vec![];
    for n in 0..6 {
        let guest = add_user(accounts, &format!("guest{n}")).await;
        answer(parties, due, guest.id, with(GuestCommand::Come, texts("Hi", "Nuts"))).await;
        guests.push(guest);
    }
    let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = vec![];
    for guest in &guests {
        let answering = answer(parties, ahead, guest.id, with(GuestCommand::Come, texts("Hi", "Nuts")));
        tasks.push(Box::pin(async { drop(answering.await) }));
        tasks.extend([(), ()].map(|()| -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(async { assert!(parties.purge_texts(minutes(120), 2).await.unwrap() <= 2) })
        }));
    }
    join_all(tasks).await;
    while parties.purge_texts(minutes(120), 2).await.unwrap() > 0 {}
    assert!(seen_by_host(parties, due, &ada).await.iter().all(|(_, texts)| texts.is_empty()));
    let kept = seen_by_host(parties, ahead, &ada).await;
    assert!(kept.len() == 6 && kept.iter().all(|(_, kept)| *kept == texts("Hi", "Nuts")), "{kept:?}");
}
