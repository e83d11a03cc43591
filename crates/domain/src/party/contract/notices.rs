//! Contract functions of what `PartyRepository::update` writes beside a change: notices and the history, in the same commit.

use super::{add_table, change, change_party, changing, edit_of, party_of, seats, view};
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    Answer, Guest, Heads, HistoryKind, NewParty, Outcome, Party, PartyId, PartyNotice, PartyPart, PartyRepository,
    Quotas, Refusal, UpdateError,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, PageSize, Timestamp};

/// The notices to a user about a party, the newest first, with the name in each.
async fn told(accounts: &AccountPorts, id: PartyId, user: &User) -> Vec<(PartyNotice, String)> {
    let stored = accounts.notices.list(user.id, 100).await.unwrap();
    let notices = stored.into_iter().filter(|notice| notice.subject == id.get());
    let parse = |notice: crate::StoredNotice| {
        let about = notice.about.map(|name| name.to_string()).unwrap_or_default();
        (PartyNotice::from_stored(&notice.kind, &notice.parameters).unwrap(), about)
    };
    notices.map(parse).collect()
}

async fn accept(parties: &dyn PartyRepository, id: PartyId, guest: &User, heads: u32) -> Outcome {
    let (guest, heads) = (guest.id, Heads::new(heads).unwrap());
    change(parties, id, guest, move |party| party.accept(guest, heads, NOW)).await.unwrap()
}

/// Each answer is a notice to the host, and each promotion one to the guest. Of the notices about one guest the newest is kept. The time is
/// that of the change.
pub async fn notices_are_told_in_the_commit(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let id = add_table(parties, &ada, 3, 1).await;
    let about = |notice, name: &str| (notice, name.to_owned());
    let (one, two) = (Heads::ONE, Heads::new(2).unwrap());
    accept(parties, id, &ben, 2).await;
    accept(parties, id, &ben, 2).await; // said again, it tells nobody
    accept(parties, id, &cleo, 1).await;
    assert_eq!(
        told(accounts, id, &ada).await,
        [about(PartyNotice::JoinedWaitingList(one), "cleo"), about(PartyNotice::Accepted(two), "ben")]
    );
    let (guest, later) = (ben.id, Timestamp::from_millis(NOW.as_millis() + 5));
    let decline = changing(guest, Some(guest), move |party| party.decline(guest, NOW));
    parties.update(id, Some(guest), decline, None, later).await.unwrap();
    assert_eq!(
        told(accounts, id, &ada).await,
        [about(PartyNotice::Promoted(one), "cleo"), about(PartyNotice::GaveUpSeat(two), "ben")]
    );
    assert_eq!(told(accounts, id, &cleo).await, [about(PartyNotice::SeatOpenedUp, "")]);
    assert_eq!(accounts.notices.list(cleo.id, 9).await.unwrap()[0].at, later);
    assert_eq!(told(accounts, id, &ben).await, []);
}

/// A host's change tells the guests whom it concerns, and the host nothing.
pub async fn guests_are_told_what_the_host_changed(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = add_table(parties, &ada, 2, 0).await;
    let mut users = vec![];
    for name in ["seated", "waits", "maybe", "invited", "declined", "removed"] {
        users.push(add_user(accounts, name).await);
    }
    let [seated, waits, maybe, invited, declined, removed] = &users[..] else { panic!() };
    accept(parties, id, seated, 1).await;
    accept(parties, id, waits, 1).await;
    let own = |user: &User, rule: fn(&mut Party, UserId) -> Result<Outcome, Refusal>| {
        let user = user.id;
        change(parties, id, user, move |party| rule(party, user))
    };
    own(maybe, |party, user| party.maybe(user, NOW)).await.unwrap();
    own(declined, |party, user| party.decline(user, NOW)).await.unwrap();
    let by_host = |user: &User, rule: fn(&mut Party, &Guest) -> Result<Outcome, Refusal>| {
        let guest = Guest { id: user.id, username: user.username.clone() };
        parties.update(id, Some(user.id), changing(ada.id, Some(user.id), move |party| rule(party, &guest)), None, NOW)
    };
    by_host(invited, |party, guest| party.invite(guest, NOW)).await.unwrap();
    by_host(removed, |party, guest| party.invite(guest, NOW)).await.unwrap();
    by_host(removed, |party, guest| party.remove(guest, NOW)).await.unwrap();
    change_party(parties, id, ada.id, |party| {
        let mut edit = edit_of(party);
        (edit.texts.venue, edit.max_companions) = (super::short_text("The yard"), 2);
        party.edit(edit, NOW)
    })
    .await
    .unwrap();
    change_party(parties, id, ada.id, |party| party.cancel(NOW)).await.unwrap();
    let edited = PartyNotice::Edited(vec![PartyPart::Venue, PartyPart::Companions]);
    let both = vec![PartyNotice::Cancelled, edited];
    let party = view(parties, id, &ada).await.summary;
    let removal = PartyNotice::Removed { date: party.heading.date, main_dish: party.main_dish };
    for (user, expected) in [
        (seated, both.clone()),
        (waits, both.clone()),
        (maybe, both),
        (invited, vec![PartyNotice::Cancelled, PartyNotice::Invited]),
        (declined, vec![]),
        (removed, vec![removal, PartyNotice::Invited]),
    ] {
        let told: Vec<_> = told(accounts, id, user).await.into_iter().map(|(notice, _)| notice).collect();
        assert_eq!(told, expected, "{}", user.username);
    }
    let to_host = told(accounts, id, &ada).await;
    assert_eq!(to_host.len(), 4, "of answers alone: {to_host:?}");
}

/// A change that is refused, by the rule or by a quota, tells nobody.
pub async fn refused_change_tells_nobody(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let guest = ben.id;
    let refused = change(parties, id, guest, move |party| {
        party.accept(guest, Heads::ONE, NOW)?;
        Err(Refusal::Over)
    });
    assert!(matches!(refused.await, Err(UpdateError::Refused(Refusal::Over))));
    let none = Quotas { max_rsvps_per_hour: 0, ..Quotas::default() }.of_guest(guest, NOW);
    let accept = changing(guest, Some(guest), move |party| party.accept(guest, Heads::ONE, NOW));
    let throttled = parties.update(id, Some(guest), accept, Some(none), NOW).await;
    assert!(matches!(throttled, Err(UpdateError::Throttled(_))), "{throttled:?}");
    assert_eq!(told(accounts, id, &ada).await, []);
    assert_eq!(view(parties, id, &ada).await.guests, []);
}

/// 300 guests are told of a cancellation, each once, whoever cancels how often at once.
pub async fn every_guest_is_told_once_of_a_cancellation(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { seats: seats(150), ..party_of(&ada) }, None).await.unwrap();
    let mut guests = vec![];
    for n in 0..300 {
        let guest = add_user(accounts, &format!("guest{n}")).await;
        super::accept(parties, id, guest.id).await;
        guests.push(guest);
    }
    let cancelled = join_all((0..4).map(|_| change_party(parties, id, ada.id, |party| party.cancel(NOW)))).await;
    assert!(cancelled.iter().all(|outcome| *outcome.as_ref().unwrap() == Outcome::Cancelled), "{cancelled:?}");
    for guest in &guests {
        let told = told(accounts, id, guest).await;
        assert_eq!(told, [(PartyNotice::Cancelled, String::new())], "{}", guest.username);
    }
}

/// The history has who did what to whom, and when, the newest first and for the host alone. What the system did has no name.
pub async fn history_is_kept_for_the_host(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let id = add_table(parties, &ada, 3, 1).await;
    accept(parties, id, &ben, 2).await;
    accept(parties, id, &ben, 2).await; // nothing changes
    accept(parties, id, &cleo, 1).await;
    let (guest, later) = (ben.id, Timestamp::from_millis(NOW.as_millis() + 5));
    let decline = changing(guest, Some(guest), move |party| party.decline(guest, NOW));
    parties.update(id, Some(guest), decline, None, later).await.unwrap();
    change_party(parties, id, ada.id, |party| {
        let mut edit = edit_of(party);
        (edit.texts.venue, edit.max_companions, edit.seats) = (super::short_text("The yard"), 2, seats(9));
        party.edit(edit, NOW)
    })
    .await
    .unwrap();
    change_party(parties, id, ada.id, |party| party.cancel(NOW)).await.unwrap();
    change_party(parties, id, ada.id, |party| party.restore(NOW)).await.unwrap();

    let (one, two) = (Answer::Seated(Heads::ONE), Answer::Seated(Heads::new(2).unwrap()));
    let answer = |guest: &User, before, after| HistoryKind::Answer { guest: guest.id, before, after };
    let waits = Answer::Waitlisted(Heads::ONE);
    let mut expected = vec![
        (NOW, Some(&ben), Some(&ben), answer(&ben, None, two)),
        (NOW, Some(&cleo), Some(&cleo), answer(&cleo, None, waits)),
        (later, Some(&ben), Some(&ben), answer(&ben, Some(two), Answer::Declined)),
        (later, None, Some(&cleo), answer(&cleo, Some(waits), one)),
        (NOW, Some(&ada), None, HistoryKind::Edited(vec![PartyPart::Venue, PartyPart::Companions])),
        (NOW, Some(&ada), None, HistoryKind::Seats(9)),
        (NOW, Some(&ada), None, HistoryKind::Cancelled),
        (NOW, Some(&ada), None, HistoryKind::Restored),
    ];
    expected.reverse();
    let (mut found, mut before) = (vec![], None);
    loop {
        let page = parties.history(id, ada.id, before, PageSize::clamped(3)).await.unwrap().unwrap();
        found.extend(page.items);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let name = |user: Option<&User>| user.map(|user| user.username.clone());
    let expected: Vec<_> =
        expected.into_iter().map(|(at, by, guest, what)| (at, name(by), name(guest), what)).collect();
    let found: Vec<_> = found.into_iter().map(|entry| (entry.at, entry.by, entry.guest, entry.what)).collect();
    assert_eq!(found, expected);
    assert_eq!(parties.history(id, ben.id, None, PageSize::DEFAULT).await.unwrap(), None);
    let unknown = PartyId::new(id.get() + 1);
    assert_eq!(parties.history(unknown, ada.id, None, PageSize::DEFAULT).await.unwrap(), None);
}
