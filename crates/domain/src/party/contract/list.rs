//! Contract functions of `PartyRepository::list`.

use super::{accept, change, date, decline, minutes, party_of, seats, set_answer, short_text};
use crate::contract::{NOW, add_user};
use crate::party::{
    Answer, Details, Heads, NewParty, Outcome, Party, PartyCursor, PartyEnd, PartyFilter, PartyId, PartyQuery,
    PartyRepository, PartyState, PartySummary, Visibility,
};
use crate::user::User;
use crate::{AccountPorts, Page, PageSize, SearchWords};

pub(super) fn everything() -> PartyQuery {
    PartyQuery::Listed(PartyFilter::default())
}

fn search(words: &str) -> PartyQuery {
    PartyQuery::Listed(PartyFilter { words: SearchWords::parse(words).unwrap(), has_seat_for_viewer: false })
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

/// Adds parties of one minute of `host` that begin the given numbers of minutes after `NOW`.
pub(super) async fn add_at(parties: &dyn PartyRepository, host: &User, starts: &[i64]) -> Vec<PartyId> {
    let mut ids = vec![];
    for at in starts {
        let date = date(minutes(*at));
        let ends_at = PartyEnd::of(&date, minutes(at + 1)).unwrap();
        ids.push(parties.add(NewParty { date, ends_at, ..party_of(host) }, None).await.unwrap());
    }
    ids
}

/// Parties that are under way or upcoming come first, the soonest on top; then those that are over, the latest on top.
/// At equal times the lower id comes first. A party that begins now is under way, and one that ends now is over.
pub async fn parties_that_are_not_over_precede_those_that_are(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    assert_eq!(all(parties, everything(), &ada).await, []);
    let ids = add_at(parties, &ada, &[30, -10, 10, 0, 30, -10, -5000, 20, -1]).await;
    let expected = [3, 2, 7, 0, 4, 8, 1, 5, 6].map(|n| ids[n]);
    assert_eq!(all(parties, everything(), &ada).await, expected);
}

/// A party that began up to 72 hours ago and has not ended is on top, in every list and on the home page of its host.
pub async fn party_under_way_for_days_is_on_top(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let ids = add_at(parties, &ada, &[-4319, 5]).await;
    let date = date(minutes(-4319)); // it ends in a minute
    let ends_at = PartyEnd::of(&date, minutes(1)).unwrap();
    let long = parties.add(NewParty { date, ends_at, ..party_of(&ada) }, None).await.unwrap();
    for id in [ids[0], ids[1], long] {
        set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await;
    }
    for query in [everything(), PartyQuery::HostedBy(ada.id), PartyQuery::AttendedBy(ben.id), search("lasagne")] {
        for viewer in [&ada, &ben] {
            assert_eq!(all(parties, query.clone(), viewer).await, [long, ids[1], ids[0]], "{query:?}");
        }
    }
    for viewer in [&ada, &ben] {
        let home = parties.home(viewer.id, NOW, PageSize::DEFAULT).await.unwrap();
        assert_eq!(home.next.map(|party| party.id), Some(long));
    }
}

/// Pages of every size list each party once. Only the last page has no cursor.
pub async fn pages_concatenate_to_whole_list(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for id in add_at(parties, &ada, &[30, 30, 30, 10, -1, -1, -1, -20, 7, 30]).await {
        set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await; // also at past parties
    }
    for query in [everything(), search("lasagne"), PartyQuery::HostedBy(ada.id), PartyQuery::AttendedBy(ben.id)] {
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
            assert_eq!(listed, whole, "{query:?} by {rows}");
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
    set_answer(parties, id, guests[3].id, Answer::Waitlisted(Heads::ONE)).await;
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
    for (query, expected) in [
        (PartyQuery::HostedBy(ada.id), vec![by_ada[2], by_ada[0], by_ada[1]]),
        (PartyQuery::HostedBy(ben.id), by_ben),
        (PartyQuery::AttendedBy(ada.id), vec![]),
        (PartyQuery::AttendedBy(ben.id), vec![by_ada[2]]),
    ] {
        assert_eq!(all(parties, query.clone(), &ada).await, expected, "{query:?}");
    }
}

/// Each word of a search is found anywhere in the host, the dish, the venue or the first 300 code points of the details.
/// Case, accents and the kind of apostrophe do not matter.
pub async fn search_finds_each_word_in_host_dish_venue_or_details(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, zoe) = (add_user(accounts, "Ada_L").await, add_user(accounts, "Zoé").await);
    let mut first = party_of(&ada);
    first.texts.venue = short_text("Große Straße 7");
    first.texts.main_dish = short_text("Crème brûlée");
    first.texts.details = Details::parse_optional(&format!("{}nan’s\nend", "x ".repeat(147))).unwrap();
    let first = parties.add(first, None).await.unwrap();
    let mut second = party_of(&zoe);
    second.texts.venue = short_text("Kitchen");
    second.texts.main_dish = short_text("ΣΊΣΥΦΟΣ pie");
    let second = parties.add(second, None).await.unwrap();
    for (words, expected) in [
        ("", vec![first, second]),
        (" \t ", vec![first, second]),
        ("ada", vec![first]),
        ("ADA_l", vec![first]),
        ("zoe\u{301}", vec![second]),
        ("zoe", vec![second]),
        ("GROSSE STRASSE", vec![first]),
        ("creme", vec![first]),
        ("brulee  grosse ada nan's", vec![first]),
        ("ada pie", vec![]),
        ("nan’s", vec![first]),
        ("end", vec![]), // beyond 300 code points
        ("σίσυφοσ", vec![second]),
        ("itche", vec![second]),
        ("kitchens", vec![]),
        ("a e r g c b 7 0", vec![]),
    ] {
        assert_eq!(all(parties, search(words), &ada).await, expected, "{words:?}");
    }
}

/// A wildcard or an escape character of SQL has no meaning in a search.
pub async fn search_takes_every_character_literally(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    for character in ["%", "_", "\\", "!", "'", "\"", "*", "?", "[", "--"] {
        let add = async |venue: &str| {
            let mut party = party_of(&ada);
            party.texts.venue = short_text(venue);
            parties.add(party, None).await.unwrap()
        };
        add("100x done").await;
        let odd = add(&format!("100{character} done")).await;
        assert_eq!(all(parties, search(&format!("0{character} D")), &ada).await, [odd], "{character:?}");
    }
}

/// A search for text that no party can contain, or for very long text, returns no rows and is no failure.
pub async fn search_for_impossible_text_finds_nothing(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    parties.add(party_of(&ada), None).await.unwrap();
    for words in ["ada\0x", "a\nb", &"a".repeat(765), &"%".repeat(16_384), &"ﷺ".repeat(20_000)] {
        assert_eq!(all(parties, search(words), &ada).await, []);
    }
}

/// `has_seat_for_viewer` lists the upcoming parties with open RSVPs and a free seat that the viewer neither hosts nor attends, and
/// from which the viewer was not removed (case P7). Words narrow it.
pub async fn seat_filter_lists_only_parties_with_a_seat_for_the_viewer(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, ben, cyd) =
        (add_user(accounts, "ada").await, add_user(accounts, "ben").await, add_user(accounts, "cyd").await);
    let ids = add_at(parties, &ada, &[10, 20, 30, 40, 50, 60, 0, -10]).await;
    add_at(parties, &ben, &[15]).await;
    let full = parties.add(NewParty { seats: seats(1), ..party_of(&ada) }, None).await.unwrap();
    let by_link = NewParty { visibility: Visibility::ByLink, ..party_of(&ada) };
    set_answer(parties, parties.add(by_link, None).await.unwrap(), ben.id, Answer::Maybe).await;
    set_answer(parties, ids[1], ben.id, Answer::Seated(Heads::ONE)).await;
    set_answer(parties, ids[2], ben.id, Answer::Removed).await;
    set_answer(parties, ids[3], ben.id, Answer::Declined).await;
    for (id, rule) in [
        (ids[4], (|party| party.state = PartyState::Cancelled) as fn(&mut Party)),
        (ids[5], |party| party.rsvp_deadline = NOW),
    ] {
        let rule = move |party: &mut Party| {
            rule(party);
            Ok(Outcome::Maybe)
        };
        change(parties, id, cyd.id, rule).await.unwrap();
    }
    let filter = |words| PartyFilter { words: SearchWords::parse(words).unwrap(), has_seat_for_viewer: true };
    let found = all(parties, PartyQuery::Listed(filter("")), &ben).await;
    assert_eq!(found, [ids[0], ids[3]]);
    assert!(!found.contains(&full));
    assert_eq!(all(parties, PartyQuery::Listed(filter("ada")), &ben).await, found);
    assert_eq!(all(parties, PartyQuery::Listed(filter("ben")), &ben).await, []);
    let first = page(parties, PartyQuery::Listed(filter("")), &ben, None, 1).await;
    let second = page(parties, PartyQuery::Listed(filter("")), &ben, first.next, 1).await;
    assert_eq!((first.items[0].id, second.items[0].id, second.next), (ids[0], ids[3], None));
}

/// A party that is not listed is in the lists of its host and of the users who have an answer to it, and in no search. In
/// the lists of another user it is shown to those who may find it.
pub async fn lists_have_no_party_that_the_viewer_may_not_find(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let mut users = vec![];
    for name in ["ada", "ben", "cyd", "dan"] {
        users.push(add_user(accounts, name).await);
    }
    let [ada, ben, cyd, dan] = [&users[0], &users[1], &users[2], &users[3]];
    for visibility in [Visibility::ByLink, Visibility::ByInvitation] {
        for starts_at in [-10, 10] {
            let date = date(minutes(starts_at));
            let ends_at = PartyEnd::of(&date, minutes(starts_at + 1)).unwrap();
            let party = NewParty { date, ends_at, visibility, ..party_of(ada) };
            let id = parties.add(party, None).await.unwrap();
            set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await;
            set_answer(parties, id, dan.id, Answer::Removed).await;
        }
    }
    let open = add_at(parties, ada, &[5, -5]).await;
    for viewer in [ada, ben, cyd, dan] {
        assert_eq!(all(parties, everything(), viewer).await, open);
        assert_eq!(all(parties, search("lasagne"), viewer).await, open);
        let home = parties.home(viewer.id, NOW, PageSize::DEFAULT).await.unwrap();
        assert!(home.open.iter().all(|party| open.contains(&party.id)));
    }
    for (viewer, hosted, attended) in [(ada, 6, 4), (ben, 6, 4), (cyd, 2, 0), (dan, 2, 0)] {
        assert_eq!(all(parties, PartyQuery::HostedBy(ada.id), viewer).await.len(), hosted, "{}", viewer.username);
        assert_eq!(all(parties, PartyQuery::AttendedBy(ben.id), viewer).await.len(), attended, "{}", viewer.username);
    }
    let order: Vec<_> = page(parties, PartyQuery::HostedBy(ada.id), ben, None, 9).await.items;
    let starts: Vec<_> = order.iter().map(|party| party.heading.date.starts_at()).collect();
    assert_eq!(starts, [5, 10, 10, -5, -10, -10].map(minutes));
    let home = parties.home(ben.id, NOW, PageSize::DEFAULT).await.unwrap();
    assert_eq!(home.next.unwrap().heading.date.starts_at(), minutes(10));
}
