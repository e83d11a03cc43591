//! `export_hosted` and `export_answers` of [`PartyRepository`].

use super::{accept, decline, party_of, set_answer, short_text};
use crate::AccountPorts;
use crate::contract::add_user;
use crate::party::{
    Address, Answer, Details, ExportedAnswer, ExportedParty, Heads, NamesShownTo, NewParty, PartyHeading,
    PartyRepository, PartyState, Visibility,
};
use crate::user::UserId;

/// Every hosted party, page by page, with all that the host has written.
pub async fn export_has_each_hosted_party_once(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut party = party_of(&ada);
    (party.max_companions, party.names_shown_to) = (3, NamesShownTo::Host);
    party.texts.details = Some(Details::parse("Bring a chair.\nAnd a song.").unwrap());
    party.texts.address = Some(Address::parse("Linden Street 5").unwrap());
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(parties.add(NewParty { link: super::link_token(), ..party.clone() }, None).await.unwrap());
        parties.add(party_of(&ben), None).await.unwrap();
    }
    accept(parties, ids[0], ben.id).await;
    let (mut exported, mut after) = (Vec::new(), None);
    loop {
        let page = parties.export_hosted(ada.id, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        exported.extend(page);
    }
    let expected = ids.iter().map(|id| ExportedParty {
        id: *id,
        heading: PartyHeading { host: ada.username.clone(), date: party.date.clone() },
        ends_at: party.ends_at.at(),
        state: PartyState::Scheduled,
        rsvp_deadline: party.rsvp_deadline.at(),
        max_companions: 3,
        visibility: party.visibility,
        names_shown_to: NamesShownTo::Host,
        venue: party.texts.venue.clone(),
        main_dish: party.texts.main_dish.clone(),
        details: party.texts.details.clone(),
        address: party.texts.address.clone(),
        seats: party.seats.get(),
        taken: if *id == ids[0] { 2 } else { 1 },
    });
    assert_eq!(exported, expected.collect::<Vec<_>>());
    assert_eq!(parties.export_hosted(UserId::new(i64::MAX), None, 2).await.unwrap(), []);
}

/// Every answer of the guest, page by page, and no other one's. Of a party that the guest may no longer find it says nothing.
pub async fn export_has_each_answer_once(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut expected = Vec::new();
    for n in 0..5_usize {
        let mut party = party_of(&ada);
        party.texts.main_dish = short_text(&format!("Dish {n}"));
        party.visibility = if n < 3 { Visibility::Listed } else { Visibility::ByLink };
        let id = parties.add(party.clone(), None).await.unwrap();
        accept(parties, id, add_user(accounts, &format!("guest{n}")).await.id).await;
        accept(parties, id, ben.id).await;
        let answer = [Answer::Seated(Heads::ONE), Answer::Declined, Answer::Removed, Answer::Removed][n % 4];
        match answer {
            Answer::Declined => drop(decline(parties, id, ben.id).await),
            Answer::Removed => set_answer(parties, id, ben.id, answer).await,
            _ => {}
        }
        let heading = PartyHeading { host: ada.username.clone(), date: party.date };
        expected.push(ExportedAnswer {
            party: id,
            shown: (n != 3).then_some((heading, party.texts.main_dish)), // a guest who was removed finds a listed party alone
            answer,
            note: None,
            allergies: None,
        });
    }
    let (mut exported, mut after) = (Vec::new(), None);
    loop {
        let page = parties.export_answers(ben.id, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.party);
        exported.extend(page);
    }
    assert_eq!(exported, expected);
    assert_eq!(parties.export_answers(ada.id, None, 2).await.unwrap(), [], "a host has no answer");
}
