//! What adding and finding a party promise.

use std::collections::BTreeSet;

use super::{date, label, minutes, party_of, seats};
use crate::contract::{THEN, add_user, side_by_side};
use crate::party::{
    IdempotencyKey, NewParty, PartyDate, PartyHeading, PartyId, PartyRepository, PartyState, PartySummary, PartyView,
    ProfileCursors, Zone, parse_date, parse_time,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, PageSize, Timestamp};

/// Seated, and no guest; everything else as it was given, and RSVPs open until it begins.
pub async fn a_new_party_has_its_host_at_the_table(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let longest = label(&"ü".repeat(200));
    let party =
        NewParty { main_dish: longest.clone(), venue: label("O'Hara's <b>\"bar\"</b> \\ 🍝"), ..party_of(&ada) };

    let id = parties.add(party.clone()).await.unwrap();

    let summary = PartySummary {
        id,
        host: ada.id,
        heading: PartyHeading { host: ada.username, date: party.date },
        venue: party.venue,
        main_dish: longest,
        state: PartyState::Scheduled,
        rsvp_deadline: minutes(24 * 60),
        seats: party.seats,
        taken: 1,
        first_guests: vec![],
        my_answer: None,
    };
    let expected = PartyView { summary, guests: vec![] };
    assert_eq!(parties.find(id, ada.id).await.unwrap().as_ref(), Some(&expected));
    assert_eq!(parties.find(id, ben.id).await.unwrap().as_ref(), Some(&expected));
}

/// The local time is the truth: it is not computed anew from the moment.
pub async fn a_date_in_a_fold_of_the_clocks_keeps_its_wall_and_its_moment(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let ada = add_user(accounts, "ada").await;
    let (day, time) = (parse_date("2030-10-27").unwrap(), parse_time("02:30").unwrap());
    let date = PartyDate::resolve(day, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    let id = parties.add(NewParty { date: date.clone(), ..party_of(&ada) }).await.unwrap();
    assert_eq!(super::view(parties, id, &ada).await.summary.heading.date, date);
}

async fn last_zone(parties: &dyn PartyRepository, host: &User) -> Option<String> {
    let profile = parties.own_profile(host.id, THEN, ProfileCursors::default(), PageSize::DEFAULT).await.unwrap();
    profile.last_zone.map(|zone| zone.as_str().to_owned())
}

/// Neither of the one that begins last, nor of somebody else's.
pub async fn the_last_zone_is_of_the_party_that_was_made_last(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for (host, day, zone) in [
        (&ada, "2030-03-01", "Asia/Tokyo"),
        (&ada, "2030-02-01", "Africa/Lagos"),
        (&ben, "2030-04-01", "Europe/Berlin"),
    ] {
        let (day, time) = (parse_date(day).unwrap(), parse_time("19:00").unwrap());
        let date = PartyDate::resolve(day, time, Zone::parse(zone).unwrap()).unwrap();
        parties.add(NewParty { date, ..party_of(host) }).await.unwrap();
        assert_eq!(last_zone(parties, host).await.as_deref(), Some(zone));
    }
    assert_eq!(last_zone(parties, &ada).await.as_deref(), Some("Africa/Lagos"));
    assert_eq!(last_zone(parties, &add_user(accounts, "cyd").await).await, None);
}

/// A Party ID in a letter must not come to name another party.
pub async fn numbers_only_grow(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut last = PartyId::new(0);
    for starts_at in [9, 1, 5] {
        let party = NewParty { date: date(minutes(starts_at)), seats: seats(1), ..party_of(&ada) };
        let id = parties.add(party).await.unwrap();
        assert!(id > last);
        last = id;
    }
}

/// A failure of the store, since nobody can ask for it: who hosts comes from the session.
pub async fn an_unknown_host_hosts_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let party = NewParty { host: UserId::new(ada.id.get() + 1), ..party_of(&ada) };
    assert!(parties.add(party).await.is_err());
}

/// As by two presses on a slow line: both are told of the one party, also where neither waited for the other. A form of
/// somebody else's is another one, whatever it carries; and who fills in no form asks anew each time.
pub async fn a_form_sent_twice_hosts_one_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let by_form = |host| NewParty { idempotency_key: Some(key()), ..party_of(host) };

    let ids = side_by_side((0..8).map(|_| parties.add(by_form(&ada)))).await;
    let id = *ids[0].as_ref().unwrap();
    assert!(ids.iter().all(|told| *told.as_ref().unwrap() == id), "{ids:?}");
    assert_eq!(parties.add(by_form(&ada)).await.unwrap(), id);

    let others = [by_form(&ben), party_of(&ada), party_of(&ada)];
    let mut known = vec![id];
    for other in others {
        known.push(parties.add(other).await.unwrap());
    }
    assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), 4, "{known:?}");
}

/// Who goes back to a form that was sent, and changes it, means another party.
pub async fn a_form_hosts_as_often_as_it_asks_for_something_else(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let ada = add_user(accounts, "ada").await;
    let first = NewParty { idempotency_key: Some(key()), ..party_of(&ada) };
    let id = parties.add(first.clone()).await.unwrap();
    let (day, time) = (parse_date("2030-10-27").unwrap(), parse_time("19:00").unwrap());
    for changed in [
        NewParty { main_dish: label("Stew"), ..first.clone() },
        NewParty { venue: label("The yard"), ..first.clone() },
        NewParty { seats: seats(5), ..first.clone() },
        NewParty {
            date: PartyDate::resolve(day, time, Zone::parse("Europe/Berlin").unwrap()).unwrap(),
            ..first.clone()
        },
        NewParty { date: PartyDate::resolve(day, time, Zone::parse("UTC").unwrap()).unwrap(), ..first.clone() },
    ] {
        let told = side_by_side((0..4).map(|_| parties.add(changed.clone()))).await;
        let other = *told[0].as_ref().unwrap();
        assert!(other > id, "{changed:?}");
        assert!(told.iter().all(|told| *told.as_ref().unwrap() == other), "by two presses too: {told:?}");
        let stored = super::view(parties, other, &ada).await.summary;
        assert_eq!((stored.venue, stored.main_dish, stored.seats), (changed.venue, changed.main_dish, changed.seats));
    }
    assert_eq!(parties.add(first).await.unwrap(), id);
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("AZaz09-_AZaz09-_AZaz09").unwrap()
}

/// Not an error: `None`.
pub async fn no_party_is_found_where_none_is(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { date: date(Timestamp::from_millis(0)), ..party_of(&ada) }).await.unwrap();
    for unknown in [0, -1, id.get() + 1, i64::MAX, i64::MIN] {
        assert_eq!(parties.find(PartyId::new(unknown), ada.id).await.unwrap(), None);
    }
}
