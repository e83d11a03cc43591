//! What lists of parties promise.

use super::{accept, change, date, decline, label, minutes, party_of, put, seats};
use crate::contract::{THEN, add_user};
use crate::party::{
    Answer, Heads, NewParty, Outcome, Party, PartyCursor, PartyId, PartyQuery, PartyRepository, PartyState,
    PartySummary, ProfileCursors, Scope,
};
use crate::user::User;
use crate::{AccountPorts, Page, PageSize};

fn everything() -> PartyQuery {
    PartyQuery { scope: Scope::All, search: String::new(), with_seats: false }
}

async fn page(
    parties: &dyn PartyRepository,
    query: PartyQuery,
    viewer: &User,
    after: Option<PartyCursor>,
    rows: i64,
) -> Page<PartySummary, PartyCursor> {
    parties.list(query, viewer.id, THEN, after, PageSize::clamped(rows)).await.unwrap()
}

async fn all(parties: &dyn PartyRepository, query: PartyQuery, viewer: &User) -> Vec<PartyId> {
    let page = page(parties, query, viewer, None, 100).await;
    assert_eq!(page.next, None);
    page.items.iter().map(|party| party.id).collect()
}

/// Hosts parties that begin some minutes after the lists are read, or before.
async fn host(parties: &dyn PartyRepository, host: &User, begin: &[i64]) -> Vec<PartyId> {
    let mut ids = vec![];
    for at in begin {
        ids.push(parties.add(NewParty { date: date(minutes(*at)), ..party_of(host) }).await.unwrap());
    }
    ids
}

/// The soonest on top, then the latest of the past; of those at one moment the lower number. What begins now is past.
pub async fn parties_to_come_stand_first_and_past_ones_after(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    assert_eq!(all(parties, everything(), &ada).await, []);
    let ids = host(parties, &ada, &[30, -10, 10, 0, 30, -10, -5000, 20]).await;
    let expected = [2, 7, 0, 4, 3, 1, 5, 6].map(|n| ids[n]);
    assert_eq!(all(parties, everything(), &ada).await, expected);
}

/// Each party once, whatever the size of a page, and the last page says that it is the last.
pub async fn pages_put_together_are_the_list(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for id in host(parties, &ada, &[30, 30, 30, 10, -1, -1, -1, -20, 7, 30]).await {
        put(parties, id, ben.id, Answer::Seated(Heads::ONE)).await; // who sat at a past party still did
    }
    for scope in [Scope::All, Scope::HostedBy(ada.id), Scope::AttendedBy(ben.id)] {
        let query = PartyQuery { scope, ..everything() };
        let whole = all(parties, query.clone(), &ben).await;
        assert_eq!(whole.len(), 10);
        for rows in [1, 2, 3, 6, 9, 10] {
            let (mut listed, mut after) = (vec![], None);
            loop {
                let page = page(parties, query.clone(), &ben, after, rows).await;
                listed.extend(page.items.iter().map(|party| party.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
                assert_eq!(page.items.len(), usize::try_from(rows).unwrap());
            }
            assert_eq!(listed, whole, "{scope:?} by {rows}");
        }
    }
}

/// The next page begins where the last one ended, whatever came before it.
pub async fn a_party_added_meanwhile_shifts_no_page(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let ids = host(parties, &ada, &[10, 20, -10, -20]).await;
    let first = page(parties, everything(), &ada, None, 1).await;
    host(parties, &ada, &[5]).await;
    let second = page(parties, everything(), &ada, first.next, 2).await;
    host(parties, &ada, &[15, -5]).await;
    let third = page(parties, everything(), &ada, second.next, 2).await;
    let listed: Vec<_> = [first, second, third].iter().flat_map(|page| page.items.iter().map(|p| p.id)).collect();
    assert_eq!(listed, ids);
}

/// And nobody else's answer.
pub async fn a_row_says_what_its_viewer_has_said(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let ids = host(parties, &ada, &[1, 2, 3]).await;
    accept(parties, ids[0], ben.id).await;
    decline(parties, ids[1], ben.id).await;
    for (viewer, expected) in
        [(&ben, [Some(Answer::Seated(Heads::ONE)), Some(Answer::Declined), None]), (&ada, [None, None, None])]
    {
        let rows = page(parties, everything(), viewer, None, 3).await.items;
        assert_eq!(rows.iter().map(|party| party.my_answer).collect::<Vec<_>>(), expected);
        assert_eq!(rows.iter().map(|party| party.first_guests.len()).collect::<Vec<_>>(), [1, 0, 0]);
        for row in rows {
            assert_eq!(parties.find(row.id, viewer.id).await.unwrap().unwrap().summary, row);
        }
    }
}

/// Whoever leaves, comes back, or is let in from the waiting list.
pub async fn a_row_names_the_two_who_were_seated_first(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = host(parties, &ada, &[10]).await[0];
    let mut guests = vec![];
    for name in ["zoe", "ben", "cyd", "dan"] {
        guests.push(add_user(accounts, name).await);
    }
    let named = async || {
        let rows = page(parties, everything(), &ada, None, 1).await.items;
        let names: Vec<_> = rows[0].first_guests.iter().map(|guest| guest.username.as_str().to_owned()).collect();
        names.join(" ")
    };
    let mut told = vec![];
    for guest in &guests[..3] {
        accept(parties, id, guest.id).await;
        told.push(named().await);
    }
    put(parties, id, guests[3].id, Answer::Waitlisted { heads: Heads::ONE, place: 4 }).await;
    told.push(named().await);
    decline(parties, id, guests[1].id).await;
    put(parties, id, guests[3].id, Answer::Seated(Heads::ONE)).await;
    told.push(named().await);
    decline(parties, id, guests[0].id).await;
    accept(parties, id, guests[0].id).await;
    told.push(named().await);
    put(parties, id, guests[2].id, Answer::Declined).await;
    told.push(named().await);
    assert_eq!(told, ["zoe", "zoe ben", "zoe ben", "zoe ben", "zoe cyd", "cyd dan", "dan zoe"]);
    let two = Heads::new(2).unwrap();
    put(parties, id, guests[3].id, Answer::Seated(two)).await;
    let row = parties.find(id, ada.id).await.unwrap().unwrap().summary;
    assert_eq!(row.first_guests.iter().map(|guest| guest.heads).collect::<Vec<_>>(), [2, 1]);
}

/// A host does not attend, and who only declined does not either.
pub async fn a_profile_lists_what_somebody_hosts_or_attends(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let by_ada = host(parties, &ada, &[20, -10, 10]).await;
    let by_ben = host(parties, &ben, &[15]).await;
    accept(parties, by_ada[0], ben.id).await;
    accept(parties, by_ada[2], ben.id).await;
    decline(parties, by_ada[0], ben.id).await;
    for (scope, expected) in [
        (Scope::HostedBy(ada.id), vec![by_ada[2], by_ada[0], by_ada[1]]),
        (Scope::HostedBy(ben.id), by_ben),
        (Scope::AttendedBy(ada.id), vec![]),
        (Scope::AttendedBy(ben.id), vec![by_ada[2]]),
    ] {
        assert_eq!(all(parties, PartyQuery { scope, ..everything() }, &ada).await, expected, "{scope:?}");
    }
}

/// Folded as names are, beyond ASCII too.
pub async fn a_search_finds_host_venue_and_dish_in_any_case(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, zoe) = (add_user(accounts, "Ada_L").await, add_user(accounts, "Zoé").await);
    let one = NewParty { venue: label("Große Straße 7"), main_dish: label("Crème brûlée"), ..party_of(&ada) };
    let one = parties.add(one).await.unwrap();
    let two = NewParty { venue: label("Kitchen"), main_dish: label("ΣΊΣΥΦΟΣ pie"), ..party_of(&zoe) };
    let two = parties.add(two).await.unwrap();
    for (search, expected) in [
        ("", vec![one, two]),
        (" \t ", vec![one, two]),
        ("ada", vec![one]),
        ("ADA_l", vec![one]),
        ("zoe\u{301}", vec![two]),
        ("GROSSE STRASSE", vec![one]),
        ("CRÈME", vec![one]),
        ("σίσυφοσ", vec![two]),
        ("itche", vec![two]),
        ("kitchens", vec![]),
    ] {
        let query = PartyQuery { search: search.to_owned(), ..everything() };
        assert_eq!(all(parties, query, &ada).await, expected, "{search:?}");
    }
}

/// Those too that mean something to a database.
pub async fn a_search_takes_every_character_as_itself(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    for character in ["%", "_", "\\", "!", "'", "\"", "*", "?", "[", "--"] {
        let plain = NewParty { venue: label("100x done"), ..party_of(&ada) };
        parties.add(plain).await.unwrap();
        let odd = NewParty { venue: label(&format!("100{character} done")), ..party_of(&ada) };
        let odd = parties.add(odd).await.unwrap();
        let query = PartyQuery { search: format!("0{character} D"), ..everything() };
        assert_eq!(all(parties, query, &ada).await, [odd], "{character:?}");
    }
}

/// And is no failure of the store.
pub async fn a_search_for_what_nobody_can_have_typed_finds_nothing(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let ada = add_user(accounts, "ada").await;
    parties.add(party_of(&ada)).await.unwrap();
    for search in ["ada\0", "a\nb", &"a".repeat(465), &"%".repeat(16_384), &"ﷺ".repeat(100_000)] {
        let query = PartyQuery { search: search.to_owned(), ..everything() };
        assert_eq!(all(parties, query, &ada).await, []);
    }
}

/// A seat that nobody has, whether RSVPs are open or not.
pub async fn only_parties_with_seats_are_listed_when_asked(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut ids = vec![];
    for n in [1, 2, 3] {
        ids.push(parties.add(NewParty { seats: seats(n), ..party_of(&ada) }).await.unwrap());
    }
    accept(parties, ids[1], ben.id).await;
    let query = PartyQuery { with_seats: true, ..everything() };
    assert_eq!(all(parties, query, &ada).await, [ids[2]]);
}

/// As a host or as a guest alike: neither a past one, nor one that was cancelled, nor one that was only answered.
pub async fn the_next_party_is_the_first_that_somebody_sits_at(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let home = async |viewer: &User| parties.home(viewer.id, THEN, PageSize::DEFAULT).await.unwrap();
    let next = async |viewer: &User| home(viewer).await.next.map(|party| party.id);
    assert_eq!(next(&ada).await, None);
    let by_ada = host(parties, &ada, &[0, 40, 30, 10, 20, 20]).await;
    assert_eq!((next(&ada).await, next(&ben).await), (Some(by_ada[3]), None), "what begins now is past");

    accept(parties, by_ada[1], ben.id).await;
    put(parties, by_ada[0], ben.id, Answer::Seated(Heads::ONE)).await;
    put(parties, by_ada[3], ben.id, Answer::Maybe).await;
    assert_eq!(next(&ben).await, Some(by_ada[1]));
    accept(parties, by_ada[2], ben.id).await;
    assert_eq!(next(&ben).await, Some(by_ada[2]), "the soonest of those attended");
    let by_ben = host(parties, &ben, &[50, 25]).await;
    assert_eq!(next(&ben).await, Some(by_ben[1]), "one's own before a later one");

    for id in [by_ben[1], by_ada[3]] {
        let cancel = |party: &mut Party| {
            party.state = PartyState::Cancelled;
            Ok(Outcome::Maybe)
        };
        change(parties, id, ben.id, cancel).await.unwrap();
    }
    assert_eq!(next(&ben).await, Some(by_ada[2]));
    assert_eq!(next(&ada).await, Some(by_ada[4]), "of two at one moment the lower number");
    let found = home(&ben).await.next.unwrap();
    assert_eq!((found.my_answer, found.taken), (Some(Answer::Seated(Heads::ONE)), 2), "as a row of a list shows it");
}

/// Not one's own, nor where one sits already or was removed; who waits or declined may still take a free seat.
pub async fn a_home_shows_the_soonest_parties_with_a_seat_for_its_viewer(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, ben, cy) =
        (add_user(accounts, "ada").await, add_user(accounts, "ben").await, add_user(accounts, "cyd").await);
    let open = async |viewer: &User, rows| -> Vec<PartyId> {
        let home = parties.home(viewer.id, THEN, PageSize::clamped(rows)).await.unwrap();
        home.open.iter().map(|party| party.id).collect()
    };
    assert_eq!(open(&ben, 9).await, []);
    let ids = host(parties, &ada, &[90, 80, 70, 60, 50, 40, 30, 0, -10]).await;
    let by_ben = host(parties, &ben, &[10]).await;
    let full = parties.add(NewParty { seats: seats(2), date: date(minutes(20)), ..party_of(&ada) }).await.unwrap();
    assert_eq!(open(&ben, 9).await, [full, ids[6], ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]]);
    accept(parties, full, cy.id).await;
    put(parties, ids[6], ben.id, Answer::Seated(Heads::ONE)).await;
    put(parties, ids[5], ben.id, Answer::Removed).await;
    put(parties, ids[4], ben.id, Answer::Declined).await;
    put(parties, ids[3], ben.id, Answer::Waitlisted { heads: Heads::ONE, place: 1 }).await;
    for (id, rule) in [
        (ids[2], (|party| party.state = PartyState::Cancelled) as fn(&mut Party)),
        (ids[1], |party| party.rsvp_deadline = THEN),
    ] {
        let rule = move |party: &mut Party| {
            rule(party);
            Ok(Outcome::Maybe)
        };
        change(parties, id, cy.id, rule).await.unwrap();
    }
    assert_eq!(open(&ben, 9).await, [ids[4], ids[3], ids[0]]);
    assert_eq!(open(&ben, 2).await, [ids[4], ids[3]]);
    assert_eq!(open(&ada, 9).await, by_ben);
}

/// Row by row and page by page, each of the two by its own cursor.
pub async fn ones_own_profile_is_what_the_lists_say(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    host(parties, &ben, &[5, -5, 6, 7]).await;
    for id in host(parties, &ada, &[30, 10, -1, -20, 7]).await {
        put(parties, id, ben.id, Answer::Seated(Heads::ONE)).await;
    }
    let size = PageSize::clamped(2);
    let list = async |scope, after| {
        let query = PartyQuery { scope, ..everything() };
        parties.list(query, ben.id, THEN, after, size).await.unwrap()
    };
    let mut after = ProfileCursors::default();
    for pages_left in [2, 1, 0] {
        let view = parties.own_profile(ben.id, THEN, after, size).await.unwrap();
        assert_eq!(view.hosted, list(Scope::HostedBy(ben.id), after.hosted).await);
        assert_eq!(view.attended, list(Scope::AttendedBy(ben.id), after.attended).await);
        assert_eq!(view.attended.next.is_some(), pages_left > 0);
        let beside = ProfileCursors { hosted: None, ..after };
        assert_eq!(parties.own_profile(ben.id, THEN, beside, size).await.unwrap().attended, view.attended);
        after = ProfileCursors { hosted: view.hosted.next.or(after.hosted), attended: view.attended.next };
    }
}
