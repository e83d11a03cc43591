//! Contract functions of `PartyRepository::list`.

use super::{accept, date, decline, minutes, party_of, seats, set_answer, short_text};
use crate::contract::{NOW, add_user};
use crate::party::{Answer, Heads, NewParty, PartyCursor, PartyId, PartyQuery, PartyRepository, PartySummary, Scope};
use crate::user::User;
use crate::{AccountPorts, Page, PageSize};

pub(super) fn everything() -> PartyQuery {
    PartyQuery { scope: Scope::All, search: String::new(), has_free_seats: false }
}

async fn page(
    parties: &dyn PartyRepository,
    query: PartyQuery,
    viewer: &User,
    after: Option<PartyCursor>,
    rows: i64,
) -> Page<PartySummary, PartyCursor> {
    parties.list(query, viewer.id, NOW, after, PageSize::clamped(rows)).await.unwrap()
}

async fn all(parties: &dyn PartyRepository, query: PartyQuery, viewer: &User) -> Vec<PartyId> {
    let page = page(parties, query, viewer, None, 100).await;
    assert_eq!(page.next, None);
    page.items.iter().map(|party| party.id).collect()
}

/// Adds parties of `host` that begin the given numbers of minutes after `NOW`.
pub(super) async fn add_at(parties: &dyn PartyRepository, host: &User, starts: &[i64]) -> Vec<PartyId> {
    let mut ids = vec![];
    for at in starts {
        ids.push(parties.add(NewParty { date: date(minutes(*at)), ..party_of(host) }).await.unwrap());
    }
    ids
}

/// Upcoming parties come first, the soonest on top; then past ones, the latest on top. At equal times the lower id
/// comes first. A party that begins now is past.
pub async fn upcoming_parties_precede_past_ones(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    assert_eq!(all(parties, everything(), &ada).await, []);
    let ids = add_at(parties, &ada, &[30, -10, 10, 0, 30, -10, -5000, 20]).await;
    let expected = [2, 7, 0, 4, 3, 1, 5, 6].map(|n| ids[n]);
    assert_eq!(all(parties, everything(), &ada).await, expected);
}

/// Pages of every size list each party once. Only the last page has no cursor.
pub async fn pages_concatenate_to_whole_list(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for id in add_at(parties, &ada, &[30, 30, 30, 10, -1, -1, -1, -20, 7, 30]).await {
        set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await; // also at past parties
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

/// The next page starts after the last row of the previous one, although parties were added in between.
pub async fn new_party_does_not_shift_next_page(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let ids = add_at(parties, &ada, &[10, 20, -10, -20]).await;
    let first = page(parties, everything(), &ada, None, 1).await;
    add_at(parties, &ada, &[5]).await;
    let second = page(parties, everything(), &ada, first.next, 2).await;
    add_at(parties, &ada, &[15, -5]).await;
    let third = page(parties, everything(), &ada, second.next, 2).await;
    let listed: Vec<_> = [first, second, third].iter().flat_map(|page| page.items.iter().map(|p| p.id)).collect();
    assert_eq!(listed, ids);
}

/// A row has the viewer's answer, and no other guest's. It equals the summary of `find`.
pub async fn row_has_answer_of_its_viewer(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let ids = add_at(parties, &ada, &[1, 2, 3]).await;
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

/// A row names the two guests who were seated first, after any change of the seating.
pub async fn row_names_first_two_seated_guests(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = add_at(parties, &ada, &[10]).await[0];
    let mut guests = vec![];
    for name in ["zoe", "ben", "cyd", "dan"] {
        guests.push(add_user(accounts, name).await);
    }
    let named = async || {
        let rows = page(parties, everything(), &ada, None, 1).await.items;
        let names: Vec<_> = rows[0].first_guests.iter().map(|guest| guest.username.as_str().to_owned()).collect();
        names.join(" ")
    };
    let mut named_guests = vec![];
    for guest in &guests[..3] {
        accept(parties, id, guest.id).await;
        named_guests.push(named().await);
    }
    set_answer(parties, id, guests[3].id, Answer::Waitlisted { heads: Heads::ONE, position: 4 }).await;
    named_guests.push(named().await);
    decline(parties, id, guests[1].id).await;
    set_answer(parties, id, guests[3].id, Answer::Seated(Heads::ONE)).await;
    named_guests.push(named().await);
    decline(parties, id, guests[0].id).await;
    accept(parties, id, guests[0].id).await;
    named_guests.push(named().await);
    set_answer(parties, id, guests[2].id, Answer::Declined).await;
    named_guests.push(named().await);
    assert_eq!(named_guests, ["zoe", "zoe ben", "zoe ben", "zoe ben", "zoe cyd", "cyd dan", "dan zoe"]);
    let two = Heads::new(2).unwrap();
    set_answer(parties, id, guests[3].id, Answer::Seated(two)).await;
    let row = parties.find(id, ada.id).await.unwrap().unwrap().summary;
    assert_eq!(row.first_guests.iter().map(|guest| guest.heads).collect::<Vec<_>>(), [2, 1]);
}

/// A host does not attend their own party, and a guest who declined does not attend.
pub async fn scope_lists_hosted_or_attended_parties(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let by_ada = add_at(parties, &ada, &[20, -10, 10]).await;
    let by_ben = add_at(parties, &ben, &[15]).await;
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

/// A search compares caseless keys, also beyond ASCII.
pub async fn search_matches_host_venue_and_dish_in_any_case(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, zoe) = (add_user(accounts, "Ada_L").await, add_user(accounts, "Zoé").await);
    let first =
        NewParty { venue: short_text("Große Straße 7"), main_dish: short_text("Crème brûlée"), ..party_of(&ada) };
    let first = parties.add(first).await.unwrap();
    let second =
        NewParty { venue: short_text("Kitchen"), main_dish: short_text("ΣΊΣΥΦΟΣ pie"), ..party_of(&zoe) };
    let second = parties.add(second).await.unwrap();
    for (search, expected) in [
        ("", vec![first, second]),
        (" \t ", vec![first, second]),
        ("ada", vec![first]),
        ("ADA_l", vec![first]),
        ("zoe\u{301}", vec![second]),
        ("GROSSE STRASSE", vec![first]),
        ("CRÈME", vec![first]),
        ("σίσυφοσ", vec![second]),
        ("itche", vec![second]),
        ("kitchens", vec![]),
    ] {
        let query = PartyQuery { search: search.to_owned(), ..everything() };
        assert_eq!(all(parties, query, &ada).await, expected, "{search:?}");
    }
}

/// A wildcard or an escape character of SQL has no meaning in a search.
pub async fn search_takes_every_character_literally(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    for character in ["%", "_", "\\", "!", "'", "\"", "*", "?", "[", "--"] {
        let plain = NewParty { venue: short_text("100x done"), ..party_of(&ada) };
        parties.add(plain).await.unwrap();
        let odd = NewParty { venue: short_text(&format!("100{character} done")), ..party_of(&ada) };
        let odd = parties.add(odd).await.unwrap();
        let query = PartyQuery { search: format!("0{character} D"), ..everything() };
        assert_eq!(all(parties, query, &ada).await, [odd], "{character:?}");
    }
}

/// A search for text that no party can contain, or for very long text, returns no rows and is no failure.
pub async fn search_for_impossible_text_finds_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    parties.add(party_of(&ada)).await.unwrap();
    for search in ["ada\0", "a\nb", &"a".repeat(465), &"%".repeat(16_384), &"ﷺ".repeat(100_000)] {
        let query = PartyQuery { search: search.to_owned(), ..everything() };
        assert_eq!(all(parties, query, &ada).await, []);
    }
}

/// `has_free_seats` lists the parties with a free seat, whether RSVPs are open or not.
pub async fn has_free_seats_lists_only_parties_with_a_free_seat(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut ids = vec![];
    for n in [1, 2, 3] {
        ids.push(parties.add(NewParty { seats: seats(n), ..party_of(&ada) }).await.unwrap());
    }
    accept(parties, ids[1], ben.id).await;
    let query = PartyQuery { has_free_seats: true, ..everything() };
    assert_eq!(all(parties, query, &ada).await, [ids[2]]);
}
