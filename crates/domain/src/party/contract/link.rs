//! Contract functions of the link of a party, and of the users who may find it.

use std::sync::Arc;

use super::{decline, link_token, party_of, set_answer, short_text};
use crate::AccountPorts;
use crate::contract::{NOW, add_user};
use crate::party::{
    Address, Answer, Changed, Details, Heads, Invitation, LinkToken, NewParty, Outcome, PartyChange, PartyId,
    PartyRepository, UpdateError, Visibility,
};
use crate::user::{User, UserId};

/// Whether the user finds the party by its id, and by its link.
async fn finds(parties: &dyn PartyRepository, party: (crate::party::PartyId, LinkToken), user: &User) -> [bool; 2] {
    let by_id = parties.find(party.0, user.id).await.unwrap();
    let by_link = parties.find_by_link(party.1, user.id).await.unwrap();
    assert!(by_id.is_none() || by_id == by_link, "both show the same");
    [by_id.is_some(), by_link.is_some()]
}

/// What the use case of an RSVP runs.
fn accept(guest: UserId, has_link: bool) -> PartyChange {
    Arc::new(move |party| {
        party.ensure_findable_by(guest, has_link)?;
        Ok(Changed::by(party, guest, Some(guest), |party| party.accept(guest, Heads::ONE, NOW))?)
    })
}

async fn accept_by_link(
    parties: &dyn PartyRepository,
    token: LinkToken,
    guest: UserId,
) -> Result<Outcome, UpdateError> {
    parties.update_by_link(token, guest, accept(guest, true), None, NOW).await
}

/// A party by link is found by its host, by users with an answer, and by others with the link alone. A party by invitation
/// is not opened by its link. A guest who was removed finds neither. An RSVP follows the same rule.
pub async fn link_opens_unlisted_party_to_guests(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben, cyd) =
        (add_user(accounts, "ada").await, add_user(accounts, "ben").await, add_user(accounts, "cyd").await);
    for (visibility, of_ben, of_removed) in [
        (Visibility::Listed, [true, true], [true, true]),
        (Visibility::ByLink, [false, true], [false, false]),
        (Visibility::ByInvitation, [false, false], [false, false]),
    ] {
        let token = link_token();
        let id = parties.add(NewParty { visibility, link: token, ..party_of(&ada) }, None).await.unwrap();
        set_answer(parties, id, cyd.id, Answer::Removed).await;
        assert_eq!(finds(parties, (id, token), &ada).await, [true, true], "{visibility:?}");
        assert_eq!(finds(parties, (id, token), &ben).await, of_ben, "{visibility:?}");
        assert_eq!(finds(parties, (id, token), &cyd).await, of_removed, "{visibility:?}");

        let guest = ben.id;
        let by_id = parties.update(id, Some(guest), accept(guest, false), None, NOW).await;
        assert_eq!(!matches!(by_id, Err(UpdateError::NotFound)), of_ben[0], "{visibility:?}");
        let by_link = accept_by_link(parties, token, guest).await;
        assert_eq!(!matches!(by_link, Err(UpdateError::NotFound)), of_ben[1], "{visibility:?}");
        let removed = accept_by_link(parties, token, cyd.id).await;
        assert_eq!(!matches!(removed, Err(UpdateError::NotFound)), of_removed[1], "{visibility:?}");
    }
}

/// Any answer but Removed opens the party by its id from then on.
pub async fn answer_opens_unlisted_party_from_then_on(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let token = link_token();
    let party = NewParty { visibility: Visibility::ByLink, link: token, ..party_of(&ada) };
    let id = parties.add(party, None).await.unwrap();
    assert!(matches!(accept_by_link(parties, token, ben.id).await, Ok(Outcome::Seated(_))));
    assert_eq!(finds(parties, (id, token), &ben).await, [true, true]);
    decline(parties, id, ben.id).await;
    assert_eq!(finds(parties, (id, token), &ben).await, [true, true]);
    set_answer(parties, id, ben.id, Answer::Removed).await;
    assert_eq!(finds(parties, (id, token), &ben).await, [false, false]);
}

/// Logged out, the link shows the party without names, venue and address, and nothing of a party by invitation.
pub async fn logged_out_visitor_sees_no_name_and_no_place(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "secretguest").await);
    for visibility in [Visibility::Listed, Visibility::ByLink, Visibility::ByInvitation] {
        let mut party = NewParty { visibility, ..party_of(&ada) };
        party.texts.venue = short_text("secret venue");
        party.texts.address = Address::parse_optional("secret street").unwrap();
        party.texts.details = Details::parse_optional("Bring a chair").unwrap();
        let id = parties.add(party.clone(), None).await.unwrap();
        set_answer(parties, id, ben.id, Answer::Seated(Heads::new(2).unwrap())).await;
        match parties.find_invitation(party.link).await.unwrap().unwrap() {
            Invitation::Shown(shown) => {
                assert_ne!(visibility, Visibility::ByInvitation);
                assert_eq!((shown.seats.get(), shown.taken, shown.free_seats()), (4, 3, 1));
                assert_eq!((&shown.details, &shown.main_dish), (&party.texts.details, &party.texts.main_dish));
                assert!(!format!("{shown:?}").contains("secret"), "{shown:?}");
            }
            Invitation::LogInRequired => assert_eq!(visibility, Visibility::ByInvitation),
        }
    }
    assert_eq!(parties.find_invitation(link_token()).await.unwrap(), None);
}

/// Only the host replaces the link. The old one is unknown from then on.
pub async fn replaced_link_is_unknown(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let (old, new) = (link_token(), link_token());
    let id = parties.add(NewParty { link: old, ..party_of(&ada) }, None).await.unwrap();
    let replace = async |id: PartyId, user: UserId| {
        let change: PartyChange = Arc::new(move |party| {
            party.ensure_hosted_by(user)?;
            Ok(Changed::by(party, user, None, |party| Ok(party.replace_link(new)))?)
        });
        parties.update(id, None, change, None, NOW).await
    };
    assert!(matches!(replace(id, ben.id).await, Err(UpdateError::Refused(_) | UpdateError::NotFound)));
    assert!(matches!(replace(PartyId::new(id.get() + 1), ada.id).await, Err(UpdateError::NotFound)));
    assert!(parties.find_invitation(old).await.unwrap().is_some());
    assert_eq!(replace(id, ada.id).await.unwrap(), Outcome::LinkReplaced);
    assert_eq!(parties.find_invitation(old).await.unwrap(), None);
    assert_eq!(parties.find_by_link(old, ada.id).await.unwrap(), None);
    assert!(matches!(accept_by_link(parties, old, ben.id).await, Err(UpdateError::NotFound)));
    assert_eq!(parties.find(id, ada.id).await.unwrap().unwrap().link, Some(new));
    assert!(parties.find_by_link(new, ben.id).await.unwrap().is_some());
}

/// The address is shown to the host and to seated guests; the token of the link to the host (I9).
pub async fn address_is_for_host_and_seated_guests(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let address = Address::parse_optional("Linden Street 7").unwrap();
    let mut party = party_of(&ada);
    party.texts.address.clone_from(&address);
    let id = parties.add(party, None).await.unwrap();
    let shown = async |viewer: &User| {
        let view = parties.find(id, viewer.id).await.unwrap().unwrap();
        (view.address, view.link.is_some())
    };
    assert_eq!(shown(&ada).await, (address.clone(), true));
    assert_eq!(shown(&ben).await, (None, false));
    for answer in [Answer::Maybe, Answer::Declined, Answer::Invited, Answer::Removed] {
        set_answer(parties, id, ben.id, answer).await;
        assert_eq!(shown(&ben).await, (None, false), "{answer:?}");
    }
    set_answer(parties, id, ben.id, Answer::Waitlisted(Heads::ONE)).await;
    assert_eq!(shown(&ben).await, (None, false));
    set_answer(parties, id, ben.id, Answer::Seated(Heads::ONE)).await;
    assert_eq!(shown(&ben).await, (address, false));
}
