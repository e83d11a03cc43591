//! Contract functions of `PartyRepository::guests`, and of who sees the names of guests.

use super::{accept, add_table, change, party_of, set_answer, view};
use crate::contract::{NOW, add_user};
use crate::party::{
    Answer, GuestRow, Heads, NamesShownTo, NewParty, PartyFilter, PartyId, PartyQuery, PartyRepository, RsvpTexts,
    Visibility,
};
use crate::user::User;
use crate::{AccountPorts, PageSize};

/// The host gets every RSVP: those who are seated and who wait in the order of their places, the others by name. Nobody else gets any.
pub async fn host_gets_every_rsvp_in_order(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = add_table(parties, &ada, 4, 9).await;
    let (one, two) = (Heads::ONE, Heads::new(2).unwrap());
    let mut expected = vec![];
    for (name, answer, rank) in [
        ("zoe", Answer::Seated(one), None),
        ("ben", Answer::Seated(two), None),
        ("yan", Answer::Waitlisted(two), Some(1)),
        ("cleo", Answer::Waitlisted(one), Some(2)),
        ("dan", Answer::Maybe, None),
        ("Eve", Answer::Maybe, None),
        ("flo", Answer::Invited, None),
        ("gus", Answer::Declined, None),
        ("hal", Answer::Declined, None),
        ("ian", Answer::Removed, None),
    ] {
        let user = add_user(accounts, name).await;
        expected.push(GuestRow { id: user.id, username: user.username, answer, rank, texts: RsvpTexts::default() });
    }
    for n in [1, 0, 9, 8, 5, 4, 7, 6, 2, 3] {
        set_answer(parties, id, expected[n].id, expected[n].answer).await;
    }
    expected.swap(0, 1); // ben was seated first
    let overview = parties.guests(id, ada.id).await.unwrap().unwrap();
    assert_eq!(overview.guests, expected);
    assert_eq!(overview.party, view(parties, id, &ada).await);
    for guest in [expected[0].id, expected[9].id] {
        assert_eq!(parties.guests(id, guest).await.unwrap(), None);
    }
    assert_eq!(parties.guests(PartyId::new(id.get() + 1), ada.id).await.unwrap(), None);
}

/// `list_labels` returns the label of each party that the viewer may find by its id, once. Parties that the viewer may not find are left out.
pub async fn labels_are_of_parties_that_the_viewer_may_find(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut ids = vec![];
    for (visibility, answer) in [
        (Visibility::Listed, None),
        (Visibility::Listed, Some(Answer::Removed)),
        (Visibility::ByLink, Some(Answer::Maybe)),
        (Visibility::ByInvitation, Some(Answer::Invited)),
        (Visibility::ByLink, None),
        (Visibility::ByInvitation, Some(Answer::Removed)),
    ] {
        let id = parties.add(NewParty { visibility, ..party_of(&ada) }, None).await.unwrap();
        ids.push(id);
        if let Some(answer) = answer {
            set_answer(parties, id, ben.id, answer).await;
        }
    }
    let unknown = PartyId::new(ids[5].get() + 1);
    let asked = [vec![unknown], ids.clone(), vec![ids[0], PartyId::new(i64::MIN)]].concat();
    let found = async |viewer: &User| {
        let mut labels = parties.list_labels(asked.clone(), viewer.id).await.unwrap();
        labels.sort_by_key(|label| label.id);
        labels.dedup();
        labels
    };
    let of_ben = found(&ben).await;
    assert_eq!(of_ben.iter().map(|label| label.id).collect::<Vec<_>>(), ids[..4]);
    assert_eq!(found(&ada).await.len(), 6);
    for label in of_ben {
        let summary = view(parties, label.id, &ben).await.summary;
        assert_eq!((label.heading, label.main_dish), (summary.heading, summary.main_dish));
    }
    assert_eq!(parties.list_labels(vec![], ada.id).await.unwrap(), []);
}

/// The names that a viewer sees: those of the party, of its row in a list, and whether the list of the parties that Ben attends has it.
async fn names(
    parties: &dyn PartyRepository,
    id: PartyId,
    viewer: &User,
    ben: &User,
) -> (Vec<String>, Vec<String>, bool) {
    let view = view(parties, id, viewer).await;
    let list = async |query| parties.list(query, viewer.id, NOW, None, PageSize::DEFAULT).await.unwrap().items;
    let row = list(PartyQuery::Listed(PartyFilter::default())).await.pop().unwrap();
    assert_eq!(row, view.summary, "a row equals the summary of the party");
    let attended = list(PartyQuery::AttendedBy(ben.id)).await;
    let names = |guests: &[crate::party::Attendee]| guests.iter().map(|guest| guest.username.to_string()).collect();
    (names(&view.guests), names(&row.first_guests), attended.iter().any(|party| party.id == id))
}

/// Names are shown as the host chose: to everyone, to guests, or to the host. Guests see their own in any case. Counts are for everyone.
pub async fn names_are_shown_to_whom_the_host_chose(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let mut viewers = vec![];
    for (name, answer) in [
        ("none", None),
        ("waits", Some(Answer::Waitlisted(Heads::ONE))),
        ("maybe", Some(Answer::Maybe)),
        ("invited", Some(Answer::Invited)),
        ("declined", Some(Answer::Declined)),
        ("removed", Some(Answer::Removed)),
    ] {
        viewers.push((add_user(accounts, name).await, answer));
    }
    for (names_shown_to, seen_by) in [
        (NamesShownTo::Everyone, &["none", "waits", "maybe", "invited", "declined", "removed", "ben"][..]),
        (NamesShownTo::Guests, &["ben"]),
        (NamesShownTo::Host, &[]),
    ] {
        let id = parties.add(NewParty { names_shown_to, ..party_of(&ada) }, None).await.unwrap();
        for guest in [&ben, &cleo] {
            accept(parties, id, guest.id).await;
        }
        for (viewer, answer) in &viewers {
            if let Some(answer) = answer {
                set_answer(parties, id, viewer.id, *answer).await;
            }
        }
        let all = || vec!["ben".to_owned(), "cleo".to_owned()];
        assert_eq!(names(parties, id, &ada, &ben).await, (all(), all(), true), "{names_shown_to:?}, the host");
        for (viewer, _) in viewers.iter().chain([&(ben.clone(), None)]) {
            let is_shown = seen_by.contains(&viewer.username.as_str());
            let own = if viewer.id == ben.id { vec!["ben".to_owned()] } else { vec![] };
            let (guests, first) = if is_shown { (all(), all()) } else { (own, vec![]) };
            let attends = is_shown || viewer.id == ben.id;
            let seen = names(parties, id, viewer, &ben).await;
            assert_eq!(seen, (guests, first, attends), "{names_shown_to:?}, {}", viewer.username);
            assert_eq!(view(parties, id, viewer).await.summary.unnamed_heads(), if is_shown { 0 } else { 2 });
        }
        let hide = move |party: &mut crate::party::Party| {
            party.visibility = Visibility::ByInvitation; // the next one is alone in the list
            Ok(crate::party::Outcome::Edited)
        };
        change(parties, id, ada.id, hide).await.unwrap();
    }
}
