//! Contract functions of `PartyRepository::update`.

use std::sync::{Arc, Mutex};

use super::{accept, change, change_party, date, decline, minutes, party_of, seats, set_answer, short_text, view};
use crate::AccountPorts;
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Address, Answer, Details, Heads, NamesShownTo, NewParty, Outcome, Party, PartyEdit, PartyEnd, PartyId,
    PartyRepository, PartyState, PartyTexts, Refusal, RsvpDeadline, UpdateError, Visibility,
};

/// The taken seats and the answer of the guest change in one commit.
pub async fn seat_is_stored_with_its_answer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();

    assert!(matches!(accept(parties, id, ben.id).await, Outcome::Seated(_)));
    let seated = view(parties, id, &ben).await;
    assert_eq!((seated.summary.taken, seated.summary.my_answer), (2, Some(Answer::Seated(Heads::ONE))));
    assert_eq!(seated.guests[0].username, ben.username);

    assert_eq!(decline(parties, id, ben.id).await, Outcome::GaveUpSeat);
    let left = view(parties, id, &ben).await;
    assert_eq!((left.summary.taken, left.summary.my_answer, left.guests), (1, Some(Answer::Declined), vec![]));
}

/// The change runs on the party of the last commit, and its outcome is returned.
pub async fn change_gets_stored_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut party = NewParty { max_companions: 3, names_shown_to: NamesShownTo::Guests, ..party_of(&ada) };
    party.texts.details = Details::parse_optional("Bring\na chair").unwrap();
    party.texts.address = Address::parse_optional("Linden Street 7").unwrap();
    let id = parties.add(party.clone(), None).await.unwrap();
    let seen = Arc::new(Mutex::new(None));
    let seen_by_change = Arc::clone(&seen);

    let outcome = change(parties, id, ben.id, move |party| {
        *seen_by_change.lock().unwrap() = Some(party.clone());
        Ok(Outcome::Declined(party.heading.clone()))
    });

    let summary = view(parties, id, &ben).await.summary;
    assert_eq!(outcome.await.unwrap(), Outcome::Declined(summary.heading));
    assert_eq!(seen.lock().unwrap().take(), Some(Party::added(id, ada.username, party)));
}

/// Every variant of `Answer` is stored.
pub async fn every_answer_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let two = Heads::new(2).unwrap();
    for answer in [
        Answer::Invited,
        Answer::Waitlisted(two),
        Answer::Maybe,
        Answer::Seated(two),
        Answer::Seated(Heads::ONE),
        Answer::Declined,
        Answer::Removed,
    ] {
        set_answer(parties, id, ben.id, answer).await;
        let stored = view(parties, id, &ben).await.summary;
        assert_eq!((stored.my_answer, stored.taken), (Some(answer), 1 + answer.seats_held()));
        assert_eq!((stored.waiting, stored.my_rank.is_some()), (u32::from(answer.is_waiting()), answer.is_waiting()));
    }
}

/// Each part of a party that its host edits is stored, and each edit counts as a revision.
pub async fn every_edited_part_is_stored(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let date = date(minutes(5000));
    let edit = PartyEdit {
        revision: 0,
        ends_at: PartyEnd::of(&date, minutes(5001)).unwrap(),
        rsvp_deadline: RsvpDeadline::of(&date, minutes(4000)).unwrap(),
        texts: PartyTexts {
            main_dish: short_text("Crêpes"),
            venue: short_text("The yard"),
            details: Details::parse_optional("Bring\n\na chair").unwrap(),
            address: Address::parse_optional("Linden Street 7").unwrap(),
        },
        date,
        seats: seats(1000),
        max_companions: 9,
        visibility: Visibility::ByLink,
        names_shown_to: NamesShownTo::Host,
    };
    let bare = PartyEdit {
        revision: 1,
        texts: PartyTexts { details: None, address: None, ..edit.texts.clone() },
        seats: seats(1),
        max_companions: 0,
        visibility: Visibility::ByInvitation,
        names_shown_to: NamesShownTo::Everyone,
        ..edit.clone()
    };
    for edit in [edit, bare] {
        let rule = edit.clone();
        let edited = change_party(parties, id, ada.id, move |party| party.edit(rule.clone(), NOW)).await;
        assert_eq!(edited.unwrap(), Outcome::Edited);
        let stored = view(parties, id, &ada).await;
        assert_eq!(stored.revision, edit.revision + 1);
        let (summary, texts) = (stored.summary, edit.texts);
        assert_eq!((summary.venue, summary.main_dish), (texts.venue, texts.main_dish));
        assert_eq!((stored.details, stored.address), (texts.details, texts.address));
        assert_eq!((summary.heading.date, summary.seats), (edit.date, edit.seats));
        assert_eq!((summary.ends_at, summary.rsvp_deadline), (edit.ends_at.at(), edit.rsvp_deadline.at()));
        assert_eq!((summary.visibility, stored.names_shown_to), (edit.visibility, edit.names_shown_to));
        assert_eq!(summary.max_companions, edit.max_companions);
    }
}

/// Another edit of the same revision is refused, also one that runs at the same time.
pub async fn concurrent_edits_of_one_revision_are_one(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let edits = (1..=8).map(|companions| {
        change_party(parties, id, ada.id, move |party| {
            let mut edit = super::edit_of(party);
            (edit.revision, edit.max_companions) = (0, companions);
            party.edit(edit, NOW)
        })
    });
    let results = join_all(edits).await;
    let stale = |result: &&Result<_, _>| matches!(result, Err(UpdateError::Refused(Refusal::Stale)));
    assert_eq!(results.iter().filter(|result| matches!(result, Ok(Outcome::Edited))).count(), 1, "{results:?}");
    assert_eq!(results.iter().filter(stale).count(), 7, "{results:?}");
    assert_eq!(view(parties, id, &ada).await.revision, 1);
}

/// The sequence of RFC 5545 grows by one at each change of what a calendar shows, and at no other change: the date, the end, the state,
/// the dish, the venue, the address and the details.
pub async fn sequence_counts_changes_that_a_calendar_shows(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    type Edit = fn(&mut Party);
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let edits: [(Edit, u32); 11] = [
        (|party| party.ends_at = minutes(24 * 60 + 1), 1),
        (|party| party.ends_at = minutes(24 * 60 + 1), 1),
        (|party| party.rsvp_deadline = minutes(60), 1),
        (|party| party.visibility = Visibility::ByLink, 1),
        (|party| party.heading.date = date(minutes(24 * 60 - 1)), 2),
        (|party| party.state = PartyState::Cancelled, 3),
        (|party| (party.state, party.ends_at) = (PartyState::Scheduled, minutes(24 * 60 + 2)), 4),
        (|party| party.texts.main_dish = short_text("Stew"), 5),
        (|party| party.texts.venue = short_text("The yard"), 6),
        (|party| party.texts.address = Address::parse_optional("Linden Street 7").unwrap(), 7),
        (|party| party.texts.details = Details::parse_optional("Bring a chair").unwrap(), 8),
    ];
    assert_eq!(view(parties, id, &ada).await.sequence, 0);
    for (edit, expected) in edits {
        let change = change(parties, id, ada.id, move |party| {
            edit(party);
            Ok(Outcome::Maybe)
        });
        change.await.unwrap();
        assert_eq!(view(parties, id, &ada).await.sequence, expected);
    }
    accept(parties, id, ben.id).await;
    assert_eq!(view(parties, id, &ada).await.sequence, 8, "an RSVP");
}

/// A change that refuses writes nothing, whatever it did to the party before.
pub async fn refused_change_writes_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let before = view(parties, id, &ben).await;

    let result = change(parties, id, ben.id, move |party| {
        party.accept(ben.id, Heads::ONE, NOW)?;
        party.state = PartyState::Cancelled;
        Err(Refusal::Over)
    });

    assert!(matches!(result.await, Err(UpdateError::Refused(Refusal::Over))));
    assert_eq!(view(parties, id, &ben).await, before);
}

/// `update` returns `NotFound` for an unknown party, and does not run the change.
pub async fn change_of_unknown_party_is_not_found(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    for unknown in [0, -1, id.get() + 1, i64::MAX] {
        let result = change(parties, PartyId::new(unknown), ada.id, |_| panic!("the change ran without a party"));
        assert!(matches!(result.await, Err(UpdateError::NotFound)));
    }
}

/// Of 20 concurrent guests, as many are seated as there are free seats, and each of the others gets another number on the waiting list.
///
/// This runs in one process. A store tests two processes by itself.
pub async fn concurrent_changes_of_one_party_are_serialized(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut guests = vec![];
    for n in 0..20 {
        guests.push(add_user(accounts, &format!("guest{n}")).await);
    }
    let id = parties.add(NewParty { seats: seats(5), ..party_of(&ada) }, None).await.unwrap();

    let outcomes = join_all(guests.iter().map(|guest| accept(parties, id, guest.id))).await;

    let seated = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Seated(_))).count();
    let mut ranks: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| if let Outcome::Waitlisted { rank, .. } = outcome { Some(*rank) } else { None })
        .collect();
    ranks.sort_unstable();
    let stored = view(parties, id, &ada).await;
    assert_eq!((seated, stored.guests.len(), stored.summary.taken, stored.summary.waiting), (4, 4, 5, 16));
    assert_eq!(ranks, (1..=16).collect::<Vec<_>>());
}

/// Guests are listed in the order in which they were seated, not by name, id or time. A guest who gives up a seat and
/// takes one again is the last.
pub async fn guests_are_listed_in_seating_order(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { seats: seats(8), ..party_of(&ada) }, None).await.unwrap();
    let (ben, cleo, dan) =
        (add_user(accounts, "ben").await, add_user(accounts, "cleo").await, add_user(accounts, "dan").await);
    let order = async || {
        let view = view(parties, id, &ada).await;
        let name = |guest: &crate::party::Attendee| guest.username.to_string();
        let first: Vec<_> = view.summary.first_guests.iter().map(name).collect();
        let all: Vec<_> = view.guests.iter().map(name).collect();
        assert_eq!(first, all[..all.len().min(2)]);
        all.join(" ")
    };
    for (guest, expected) in [(&dan, "dan"), (&ben, "dan ben"), (&cleo, "dan ben cleo")] {
        accept(parties, id, guest.id).await;
        assert_eq!(order().await, expected);
    }
    decline(parties, id, dan.id).await;
    accept(parties, id, dan.id).await;
    assert_eq!(order().await, "ben cleo dan");
    // A guest who was seated keeps the position with more heads.
    set_answer(parties, id, ben.id, Answer::Seated(Heads::new(2).unwrap())).await;
    assert_eq!(order().await, "ben cleo dan");
}

/// A party is read with its first 50 guests, and `list_guests` returns the next ones, in seating order.
pub async fn guests_are_listed_in_pages_of_50(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { seats: seats(200), ..party_of(&ada) }, None).await.unwrap();
    let mut names = vec![];
    for n in 0..101 {
        let guest = add_user(accounts, &format!("guest{n}")).await;
        accept(parties, id, guest.id).await;
        names.push(guest.username);
        let view = if [49, 50, 100].contains(&n) { view(parties, id, &ada).await } else { continue };
        let (mut seen, mut next, mut pages) = (view.guests, view.more_guests, 1);
        while let Some(after) = next {
            let page = parties.list_guests(id, after).await.unwrap();
            seen.extend(page.items);
            (next, pages) = (page.next, pages + 1);
        }
        assert_eq!(
            (seen.iter().map(|guest| &guest.username).collect::<Vec<_>>(), pages),
            (names.iter().collect(), 1 + n / 50)
        );
    }
    let after = crate::party::GuestCursor::new(i64::MIN);
    assert_eq!(parties.list_guests(crate::party::PartyId::new(9), after).await.unwrap().items, []);
}
