//! Contract functions of `PartyRepository::add` and `find`.

use std::collections::BTreeSet;

use super::{date, link_token, minutes, party_of, seats, short_text};
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    AddError, Address, Details, NamesShownTo, NewParty, PartyDate, PartyEnd, PartyHeading, PartyId, PartyRepository,
    PartyState, PartySummary, PartyTexts, PartyView, ProfileCursors, RsvpDeadline, RsvpTexts, Visibility, Zone,
    parse_date, parse_time,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, IdempotencyKey, PageSize, Timestamp};

/// `add` stores the party as given, with one seat taken by the host, no guest, and RSVPs open until it begins.
pub async fn new_party_has_its_host_seated(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let longest = short_text(&"ü".repeat(200));
    let texts = PartyTexts {
        main_dish: longest.clone(),
        venue: short_text("O'Hara's <b>\"bar\"</b> \\ 🍝"),
        details: Details::parse_optional("Bring\n\na chair").unwrap(),
        address: None,
    };
    let party = NewParty { texts, ..party_of(&ada) };

    let id = parties.add(party.clone(), None).await.unwrap();

    let summary = PartySummary {
        id,
        host: ada.id,
        heading: PartyHeading { host: ada.username, date: party.date },
        venue: party.texts.venue,
        main_dish: longest,
        state: PartyState::Scheduled,
        ends_at: minutes(29 * 60),
        rsvp_deadline: minutes(24 * 60),
        visibility: Visibility::Listed,
        seats: party.seats,
        taken: 1,
        waiting: 0,
        max_companions: 0,
        first_guests: vec![],
        my_answer: None,
        my_rank: None,
    };
    let of_host = PartyView {
        summary,
        guests: vec![],
        more_guests: None,
        names_shown_to: NamesShownTo::Everyone,
        revision: 0,
        my_given_up: None,
        my_texts: RsvpTexts::default(),
        details: party.texts.details,
        address: None,
        link: Some(party.link),
        sequence: 0,
    };
    assert_eq!(parties.find(id, ada.id).await.unwrap().as_ref(), Some(&of_host));
    let of_ben = PartyView { link: None, ..of_host };
    assert_eq!(parties.find(id, ben.id).await.unwrap(), Some(of_ben));
}

/// A local time that occurs twice, when clocks are set back, is stored with its instant. Neither is derived again.
pub async fn ambiguous_local_time_keeps_its_instant(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let (day, time) = (parse_date("2030-10-27").unwrap(), parse_time("02:30").unwrap());
    let date = PartyDate::resolve(day, time, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    let id = parties.add(NewParty { date: date.clone(), ..party_of(&ada) }, None).await.unwrap();
    assert_eq!(super::view(parties, id, &ada).await.summary.heading.date, date);
}

async fn last_zone(parties: &dyn PartyRepository, host: &User) -> Option<String> {
    let profile = parties.own_profile(host.id, NOW, ProfileCursors::default(), PageSize::DEFAULT).await.unwrap();
    profile.last_zone.map(|zone| zone.as_str().to_owned())
}

/// `last_zone` is that of the host's newest party, not of the latest date and not of another host.
pub async fn last_zone_is_that_of_newest_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for (host, day, zone) in [
        (&ada, "2030-03-01", "Asia/Tokyo"),
        (&ada, "2030-02-01", "Africa/Lagos"),
        (&ben, "2030-04-01", "Europe/Berlin"),
    ] {
        let (day, time) = (parse_date(day).unwrap(), parse_time("19:00").unwrap());
        let date = PartyDate::resolve(day, time, Zone::parse(zone).unwrap()).unwrap();
        parties.add(NewParty { date, ..party_of(host) }, None).await.unwrap();
        assert_eq!(last_zone(parties, host).await.as_deref(), Some(zone));
    }
    assert_eq!(last_zone(parties, &ada).await.as_deref(), Some("Africa/Lagos"));
    assert_eq!(last_zone(parties, &add_user(accounts, "cyd").await).await, None);
}

/// A party id is greater than all earlier ones, so that an id in an invitation never names another party.
pub async fn party_ids_only_grow(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut last = PartyId::new(0);
    for starts_at in [9, 1, 5] {
        let party = NewParty { date: date(minutes(starts_at)), seats: seats(1), ..party_of(&ada) };
        let id = parties.add(party, None).await.unwrap();
        assert!(id > last);
        last = id;
    }
}

/// `add` fails if there is no such host. This is a failure of the store: the host is the user of a session.
pub async fn party_of_unknown_host_is_not_added(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let party = NewParty { host: UserId::new(ada.id.get() + 1), ..party_of(&ada) };
    assert!(matches!(parties.add(party, None).await, Err(AddError::UserDeleted)));
}

/// `add` with a known key of the same host returns the id of the existing party, also for concurrent calls. The same
/// key of another host adds a party, and so does each call without a key.
pub async fn repeated_idempotency_key_adds_one_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let with_key = |host| NewParty { idempotency_key: Some(key()), ..party_of(host) };

    let ids = join_all((0..8).map(|_| parties.add(with_key(&ada), None))).await;
    let id = *ids[0].as_ref().unwrap();
    assert!(ids.iter().all(|result| *result.as_ref().unwrap() == id), "{ids:?}");
    assert_eq!(parties.add(with_key(&ada), None).await.unwrap(), id);

    let others = [with_key(&ben), party_of(&ada), party_of(&ada)];
    let mut added = vec![id];
    for other in others {
        added.push(parties.add(other, None).await.unwrap());
    }
    assert_eq!(added.iter().collect::<BTreeSet<_>>().len(), 4, "{added:?}");
}

/// The same key with other content adds another party: the user went back to a submitted form and changed it.
pub async fn idempotency_key_with_other_content_adds_a_party(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let first = NewParty { idempotency_key: Some(key()), ..party_of(&ada) };
    let id = parties.add(first.clone(), None).await.unwrap();
    let (day, time) = (parse_date("2030-10-27").unwrap(), parse_time("19:00").unwrap());
    let texts = &first.texts;
    for changed in [
        with_texts(&first, PartyTexts { main_dish: short_text("Stew"), ..texts.clone() }),
        with_texts(&first, PartyTexts { venue: short_text("The yard"), ..texts.clone() }),
        with_texts(
            &first,
            PartyTexts { details: Details::parse_optional(&"ü".repeat(2000)).unwrap(), ..texts.clone() },
        ),
        with_texts(
            &first,
            PartyTexts { address: Address::parse_optional("Linden Street 7").unwrap(), ..texts.clone() },
        ),
        NewParty { seats: seats(5), ..first.clone() },
        NewParty { max_companions: 9, ..first.clone() },
        NewParty {
            date: PartyDate::resolve(day, time, Zone::parse("Europe/Berlin").unwrap()).unwrap(),
            ..first.clone()
        },
        NewParty { date: PartyDate::resolve(day, time, Zone::parse("UTC").unwrap()).unwrap(), ..first.clone() },
        NewParty { ends_at: PartyEnd::of(&first.date, minutes(25 * 60)).unwrap(), ..first.clone() },
        NewParty { rsvp_deadline: RsvpDeadline::of(&first.date, minutes(60)).unwrap(), ..first.clone() },
        NewParty { visibility: Visibility::ByLink, ..first.clone() },
        NewParty { names_shown_to: NamesShownTo::Guests, ..first.clone() },
        NewParty { names_shown_to: NamesShownTo::Host, ..first.clone() },
    ] {
        let ids = join_all((0..4).map(|_| parties.add(NewParty { link: link_token(), ..changed.clone() }, None))).await;
        let other = *ids[0].as_ref().unwrap();
        assert!(other > id, "{changed:?}");
        assert!(ids.iter().all(|id| *id.as_ref().unwrap() == other), "concurrent: {ids:?}");
        let view = super::view(parties, other, &ada).await;
        let (summary, texts) = (view.summary, changed.texts);
        assert_eq!((view.details, view.address), (texts.details, texts.address));
        assert_eq!((summary.venue, summary.main_dish, summary.seats), (texts.venue, texts.main_dish, changed.seats));
        assert_eq!((summary.ends_at, summary.rsvp_deadline), (changed.ends_at.at(), changed.rsvp_deadline.at()));
        assert_eq!((summary.visibility, view.names_shown_to), (changed.visibility, changed.names_shown_to));
        assert_eq!(summary.max_companions, changed.max_companions);
    }
    assert_eq!(parties.add(first, None).await.unwrap(), id);
}

fn with_texts(party: &NewParty, texts: PartyTexts) -> NewParty {
    NewParty { texts, ..party.clone() }
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("AZaz09-_AZaz09-_AZaz09").unwrap()
}

/// `find` returns `None` for an unknown party, not an error.
pub async fn unknown_party_is_not_found(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(NewParty { date: date(Timestamp::from_millis(0)), ..party_of(&ada) }, None).await.unwrap();
    for unknown in [0, -1, id.get() + 1, i64::MAX, i64::MIN] {
        assert_eq!(parties.find(PartyId::new(unknown), ada.id).await.unwrap(), None);
    }
}
