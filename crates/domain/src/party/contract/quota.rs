//! Contract functions of the quotas of `PartyRepository::add`, `update` and `update_by_link`.

use std::time::Duration;

use super::{changing, date, decline, link_token, minutes, party_of, seats, view};
use crate::contract::{NOW, add_user, join_all};
use crate::party::{
    AddError, Heads, HostQuota, NewParty, Outcome, PartyChange, PartyId, PartyRepository, ProfileCursors, Quotas,
    UpdateError,
};
use crate::throttle::Throttled;
use crate::user::{User, UserId};
use crate::{AccountPorts, IdempotencyKey, PageSize, Timestamp};

const QUOTAS: Quotas =
    Quotas { max_upcoming_parties: 3, max_hosted_per_hour: 1000, max_rsvps_per_hour: 2, max_host_changes_per_hour: 2 };
const HOURLY: Quotas = Quotas { max_upcoming_parties: 1000, max_hosted_per_hour: 2, ..QUOTAS };

async fn add(parties: &dyn PartyRepository, host: &User, quotas: Quotas, now: Timestamp) -> Result<PartyId, AddError> {
    parties.add(party_of(host), Some(quotas.of_host(host.id, now))).await
}

async fn hosted(parties: &dyn PartyRepository, host: &User) -> usize {
    let size = PageSize::clamped(100);
    let profile = parties.own_profile(host.id, NOW, ProfileCursors::default(), size).await.unwrap();
    profile.hosted.items.len()
}

fn is_full(result: &Result<PartyId, AddError>) -> bool {
    matches!(result, Err(AddError::TooManyUpcoming { max: 3 }))
}

/// A host with as many upcoming parties as the quota allows adds no other. Parties that have begun, and those of other hosts,
/// are not counted. Nothing is written, and no attempt is counted.
pub async fn host_of_most_upcoming_parties_adds_none(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let quotas = Quotas { max_hosted_per_hour: 5, ..QUOTAS };
    for begun in [NOW, minutes(-60)] {
        let begun = NewParty { date: date(begun), ..party_of(&ada) };
        parties.add(begun, Some(quotas.of_host(ada.id, NOW))).await.unwrap();
    }
    for _ in 0..3 {
        add(parties, &ada, quotas, NOW).await.unwrap();
    }
    for _ in 0..3 {
        assert!(is_full(&add(parties, &ada, QUOTAS, NOW).await));
    }
    assert_eq!(hosted(parties, &ada).await, 5);
    add(parties, &ben, quotas, NOW).await.unwrap();
    let all_begun = minutes(24 * 60);
    add(parties, &ada, QUOTAS, all_begun).await.unwrap();
}

/// Beyond the quota of an hour, another party of the host is refused. Nothing is written, and the refused
/// attempt extends no wait.
pub async fn hourly_quota_of_host_refuses_until_the_hour_is_over(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    for now in [NOW, minutes(10)] {
        add(parties, &ada, HOURLY, now).await.unwrap();
    }
    for (now, wait) in [(minutes(10), 50), (minutes(59), 1)] {
        let Err(AddError::Throttled(Throttled { key, wait: waits })) = add(parties, &ada, HOURLY, now).await else {
            panic!("added")
        };
        assert_eq!((key, waits.duration()), (HOURLY.of_host(ada.id, NOW).limit.key, Duration::from_mins(wait)));
    }
    assert_eq!(hosted(parties, &ada).await, 2);
    add(parties, &ben, HOURLY, minutes(10)).await.unwrap();
    add(parties, &ada, HOURLY, minutes(60)).await.unwrap();
}

/// A form that is repeated returns the id of its party, also where a quota is exceeded. It is counted once.
pub async fn repeated_form_is_counted_once(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let quota: HostQuota = HOURLY.of_host(ada.id, NOW);
    let idempotency_key = IdempotencyKey::parse("AZaz09-_AZaz09-_AZaz09");
    let form = || NewParty { idempotency_key: idempotency_key.clone(), link: link_token(), ..party_of(&ada) };

    let ids = join_all((0..8).map(|_| parties.add(form(), Some(quota)))).await;
    let id = *ids[0].as_ref().unwrap();
    assert!(ids.iter().all(|result| *result.as_ref().unwrap() == id), "{ids:?}");
    parties.add(party_of(&ada), Some(quota)).await.unwrap(); // the second that is counted

    assert!(matches!(parties.add(party_of(&ada), Some(quota)).await, Err(AddError::Throttled(_))));
    let none = HostQuota { max_upcoming: 1, ..quota };
    assert_eq!(parties.add(form(), Some(none)).await.unwrap(), id);
    assert_eq!(hosted(parties, &ada).await, 2);
}

/// Of 50 parties that are added at once where one is left, one is added: by either quota.
pub async fn concurrent_parties_never_exceed_a_quota(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let hosts = [add_user(accounts, "ada").await, add_user(accounts, "ben").await];
    for (host, quotas, left) in [(&hosts[0], QUOTAS, 3), (&hosts[1], HOURLY, 2)] {
        for _ in 1..left {
            add(parties, host, quotas, NOW).await.unwrap();
        }
        let results = join_all((0..50).map(|_| add(parties, host, quotas, NOW))).await;
        let refused = |result: &&Result<_, _>| matches!(result, Err(AddError::Throttled(_))) || is_full(result);
        let added = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!((added, results.iter().filter(refused).count()), (1, 49), "{results:?}");
        assert_eq!(hosted(parties, host).await, left);
    }
}

async fn accept(
    parties: &dyn PartyRepository,
    id: PartyId,
    guest: UserId,
    heads: u32,
    now: Timestamp,
) -> Result<Outcome, UpdateError> {
    parties.update(id, Some(guest), accepting(guest, heads), Some(QUOTAS.of_guest(guest, now)), now).await
}

fn accepting(guest: UserId, heads: u32) -> PartyChange {
    changing(guest, Some(guest), move |party| party.accept(guest, Heads::new(heads).unwrap(), NOW))
}

async fn add_tables(parties: &dyn PartyRepository, host: &User, count: usize) -> Vec<PartyId> {
    let mut ids = vec![];
    for _ in 0..count {
        let table = NewParty { seats: seats(4), max_companions: 2, ..party_of(host) };
        ids.push(parties.add(table, None).await.unwrap());
    }
    ids
}

/// An answer that claims more seats is counted: the first, a higher number of heads, and a seat taken again.
pub async fn rsvp_that_claims_seats_is_counted(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let cleo = add_user(accounts, "cleo").await;
    let [first, second] = add_tables(parties, &ada, 2).await[..] else { panic!() };
    accept(parties, first, ben.id, 1, NOW).await.unwrap();
    accept(parties, first, ben.id, 2, minutes(10)).await.unwrap();

    for id in [first, second] {
        let Err(UpdateError::Throttled(Throttled { key, wait })) = accept(parties, id, ben.id, 3, minutes(20)).await
        else {
            panic!("accepted")
        };
        assert_eq!((key, wait.duration()), (QUOTAS.of_guest(ben.id, NOW).limit.key, Duration::from_mins(40)));
    }
    assert_eq!(view(parties, first, &ben).await.summary.taken, 3);
    let other = view(parties, second, &ben).await;
    assert_eq!((other.summary.taken, other.summary.my_answer, other.guests), (1, None, vec![]));

    assert!(matches!(accept(parties, second, cleo.id, 1, minutes(20)).await, Ok(Outcome::Seated(_))));
    assert!(matches!(accept(parties, second, ben.id, 1, minutes(60)).await, Ok(Outcome::Seated(_))));
}

/// An answer that asks for no more is neither counted nor refused: declining, the same answer again, fewer heads.
pub async fn rsvp_that_claims_no_seat_is_not_counted(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let [first, second, third] = add_tables(parties, &ada, 3).await[..] else { panic!() };
    accept(parties, first, ben.id, 3, NOW).await.unwrap();
    for heads in [2, 1] {
        for _ in 0..3 {
            let again = accept(parties, first, ben.id, heads + 1, NOW).await;
            assert!(matches!(again, Ok(Outcome::AlreadySeated(_))), "{again:?}");
        }
        let fewer = accept(parties, first, ben.id, heads, NOW).await;
        assert!(matches!(fewer, Ok(Outcome::HeadsChanged { .. })), "{fewer:?}");
    }
    assert_eq!(decline(parties, first, ben.id).await, Outcome::GaveUpSeat);
    assert!(matches!(accept(parties, second, ben.id, 1, NOW).await, Ok(Outcome::Seated(_))), "the second that counts");
    assert!(matches!(accept(parties, third, ben.id, 1, NOW).await, Err(UpdateError::Throttled(_))));
    let quota = Some(QUOTAS.of_guest(ben.id, NOW));
    let declines = async |id| {
        let guest = ben.id;
        let declining = changing(guest, Some(guest), move |party| party.decline(guest, NOW));
        parties.update(id, Some(guest), declining, quota, NOW).await
    };
    declines(second).await.unwrap();
    assert!(matches!(declines(third).await, Err(UpdateError::Throttled(_))), "the first answer there");
}

/// A place on the waiting list is counted, as a seat is: the first, and one for more people.
pub async fn rsvp_that_joins_the_waiting_list_is_counted(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let full = NewParty { seats: seats(1), max_companions: 2, ..party_of(&ada) };
    let full = parties.add(full, None).await.unwrap();
    for heads in [1, 1, 2, 2] {
        let joined = accept(parties, full, ben.id, heads, NOW).await;
        assert!(matches!(joined, Ok(Outcome::Waitlisted { rank: 1, .. })), "{joined:?}");
    }
    assert!(matches!(accept(parties, full, ben.id, 3, NOW).await, Err(UpdateError::Throttled(_))));
    assert_eq!(view(parties, full, &ben).await.summary.my_answer, Heads::new(2).map(crate::party::Answer::Waitlisted));
}

/// Each change of a host is counted, and one that changes nothing is not. A refused one writes nothing.
pub async fn change_of_a_host_is_counted(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let id = parties.add(party_of(&ada), None).await.unwrap();
    let quota = Some(QUOTAS.of_host_change(ada.id, NOW));
    let cancel = || changing(ada.id, None, |party| party.cancel(NOW));
    let restore = || changing(ada.id, None, |party| party.restore(NOW));
    for change in [cancel(), cancel(), restore(), restore(), cancel(), restore(), cancel()] {
        parties.update(id, None, change, quota, NOW).await.unwrap();
    }
    assert!(matches!(parties.update(id, None, restore(), quota, NOW).await, Err(UpdateError::Throttled(_))));
    assert_eq!(view(parties, id, &ada).await.summary.state, crate::party::PartyState::Cancelled);
}

/// A refusal of the rule precedes that of the quota, and is not counted.
pub async fn refused_rsvp_is_not_counted(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let [first, second, third] = add_tables(parties, &ada, 3).await[..] else { panic!() };
    for _ in 0..3 {
        assert!(matches!(accept(parties, first, ben.id, 4, NOW).await, Err(UpdateError::Refused(_))));
    }
    accept(parties, first, ben.id, 1, NOW).await.unwrap();
    accept(parties, second, ben.id, 1, NOW).await.unwrap();
    assert!(matches!(accept(parties, third, ben.id, 4, NOW).await, Err(UpdateError::Refused(_))));
    assert!(matches!(accept(parties, third, ben.id, 1, NOW).await, Err(UpdateError::Throttled(_))));
}

/// Of 50 RSVPs of one guest at once, at as many parties, by id and by link, two are accepted: as many as the quota allows.
pub async fn concurrent_rsvps_never_exceed_the_quota(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let (ada, ben) = (add_user(accounts, "ada").await, add_user(accounts, "ben").await);
    let mut tables = vec![];
    for _ in 0..50 {
        let table = party_of(&ada);
        tables.push((table.link, parties.add(table, None).await.unwrap()));
    }
    let results = join_all(tables.iter().enumerate().map(async |(n, (link, id))| {
        let quota = Some(QUOTAS.of_guest(ben.id, NOW));
        match n % 2 {
            0 => parties.update(*id, Some(ben.id), accepting(ben.id, 1), quota, NOW).await,
            _ => parties.update_by_link(*link, ben.id, accepting(ben.id, 1), quota, NOW).await,
        }
    }));
    let results = results.await;
    let accepted = results.iter().filter(|result| matches!(result, Ok(Outcome::Seated(_)))).count();
    let refused = results.iter().filter(|result| matches!(result, Err(UpdateError::Throttled(_)))).count();
    assert_eq!((accepted, refused), (2, 48), "{results:?}");
    let profile = parties.own_profile(ben.id, NOW, ProfileCursors::default(), PageSize::DEFAULT).await.unwrap();
    assert_eq!(profile.attended.items.len(), 2);
}
