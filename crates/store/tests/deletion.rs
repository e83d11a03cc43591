//! The deletion of users who host and attend parties, beside all that may run at the same time: log-ins, hosting, RSVPs, renames,
//! through two stores on one database, as two processes would.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::common::{Fresh, NOW, accepting, add_user, new_user, party_of, postgres, sqlite};
use accounts_store::Inspection;
use domain::credential::{NewResetToken, PasswordHash, PasswordVersion, ResetDigest};
use domain::party::{
    Address, Answer, GuestCommand, Heads, HostError, NewParty, Opened, Parties, PartyDate, PartyEnd, PartyId,
    PartyTexts, RsvpDeadline, UpdateError,
};
use domain::session::{Device, OpenSessionError, SessionRecord, TokenDigest};
use domain::user::{
    AddRoleError, CompleteDeletionError, ImportOutcome, ImportedUser, NewUser, RenameUserError, RequestDeletionError,
    RequestedDeletion, Role, User, UserId, Username,
};
use domain::{AccountPorts, Alongside, FixedClock, Timestamp};
use tokio::task::JoinSet;

const ROUNDS: usize = 6;
const DUE: Timestamp = Timestamp::from_millis(NOW.as_millis() + 1_209_600_000);

async fn request(ports: &AccountPorts, user: UserId) -> Result<RequestedDeletion, RequestDeletionError> {
    ports.users.request_deletion(user, NOW, DUE, Alongside::nothing()).await
}

async fn complete(ports: &AccountPorts, user: UserId) -> User {
    ports.users.complete_deletion(user, DUE, Alongside::nothing()).await.unwrap()
}

/// The parties of `fresh` at a time.
fn parties_at(fresh: &Fresh, now: Timestamp) -> Parties {
    Parties::new(fresh.parties(), Arc::new(FixedClock(now)))
}

async fn assert_consistent(fresh: &Fresh) {
    let mut violations = Vec::new();
    let inspection = Inspection::of_parties(&fresh.url).await.unwrap();
    inspection.check(NOW, |_| true, |violation| violations.push(format!("{violation:?}"))).await.unwrap();
    assert_eq!(violations, [""; 0]);
}

/// A party of five hours with an address, which begins that many days after [`NOW`].
fn party_in_days(host: &User, seats: u32, days: u64) -> NewParty {
    let party = party_of(host, seats);
    let starts_at = NOW + Duration::from_hours(24 * days);
    let date = PartyDate::from_stored("2030-03-17T18:46:40", party.date.zone().clone(), NOW).unwrap();
    let date = date.at_in_same_zone(starts_at);
    let (ends_at, rsvp_deadline) = (PartyEnd::default_of(&date), RsvpDeadline::default_of(&date));
    let texts = PartyTexts { address: Some(Address::parse("Linden Street 5").unwrap()), ..party.texts };
    NewParty { date, ends_at, texts, rsvp_deadline, ..party }
}

#[tokio::test]
async fn host_with_a_party_that_is_not_over_is_refused() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let ada = add_user(&ports, "ada").await;
        parties_at(&fresh, NOW).host(party_in_days(&ada, 4, 2)).await.unwrap();
        for (hours, is_refused) in [(0, true), (48, true), (52, true), (53, false)] {
            let at = NOW + Duration::from_hours(hours);
            let requested = ports.users.request_deletion(ada.id, at, at, Alongside::nothing()).await;
            match requested {
                Err(RequestDeletionError::Refused(refusal)) if is_refused => {
                    assert_eq!(refusal.field, "account");
                    assert!(refusal.message.contains("Lasagne on "), "{}", refusal.message);
                    assert_eq!(ports.users.find(ada.id).await.unwrap(), Some(ada.clone()));
                }
                other => assert_eq!(other.is_err(), is_refused, "{hours}: {other:?}"),
            }
        }
        assert_consistent(&fresh).await;
    }
}

/// Seats at parties to come are given up at once, and an undo does not return them. What was before stays.
#[tokio::test]
async fn guest_gives_up_seats_to_come_and_keeps_those_before() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let (ada, ben) = (add_user(&ports, "ada").await, add_user(&ports, "ben").await);
        let parties = parties_at(&fresh, NOW);
        let mut ids = Vec::new();
        for days in [1, 3] {
            ids.push(parties.host(party_in_days(&ada, 4, days)).await.unwrap());
            parties.answer(Opened::ById(*ids.last().unwrap()), ben.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
        }
        let at = NOW + Duration::from_hours(25); // the first one is under way
        ports.users.request_deletion(ben.id, at, at + Duration::from_hours(1), Alongside::nothing()).await.unwrap();
        let taken = async |id: PartyId| {
            let view = fresh.parties().find(id, ben.id).await.unwrap().unwrap();
            (view.summary.taken, view.summary.first_guests.len(), view.summary.my_answer)
        };
        let expected = [(2, 1, Some(Answer::Seated(Heads::ONE))), (1, 0, Some(Answer::Declined))];
        assert_eq!([taken(ids[0]).await, taken(ids[1]).await], expected);
        assert_consistent(&fresh).await;
        assert!(ports.users.undo_deletion(ben.id, at, Alongside::nothing()).await.unwrap());
        assert_eq!([taken(ids[0]).await, taken(ids[1]).await], expected);
        parties.answer(Opened::ById(ids[1]), ben.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
    }
}

#[tokio::test]
async fn deleted_host_and_guest_have_one_name_in_parties() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let (ada, ben) = (add_user(&ports, "ada").await, add_user(&ports, "ben").await);
        let parties = parties_at(&fresh, NOW);
        let id = parties.host(party_in_days(&ada, 4, 1)).await.unwrap();
        parties.answer(Opened::ById(id), ben.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
        let later = NOW + Duration::from_hours(72);
        for user in [ada.id, ben.id] {
            ports.users.request_deletion(user, later, DUE, Alongside::nothing()).await.unwrap();
            complete(&ports, user).await;
        }
        let view = fresh.parties().find(id, ada.id).await.unwrap().unwrap();
        assert_eq!(view.summary.heading.host, domain::user::Deletion::name_of(ada.id, 0));
        assert_eq!(view.summary.first_guests[0].username, domain::user::Deletion::name_of(ben.id, 0));
        assert_eq!(view.address, None, "its host would see it");
        assert_consistent(&fresh).await;
    }
}

/// A user who had such a name before it was reserved keeps it.
#[tokio::test]
async fn name_of_a_deleted_user_that_is_taken_gets_a_number() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let (ada, ben) = (add_user(&ports, "ada").await, add_user(&ports, "ben").await);
        let taken = domain::user::Deletion::name_of(ada.id, 0);
        ports.users.rename(ben.id, taken.clone(), NOW, Alongside::nothing()).await.unwrap();
        request(&ports, ada.id).await.unwrap();
        assert_eq!(complete(&ports, ada.id).await.username.as_str(), format!("{taken}-1"));
        assert_consistent(&fresh).await;
    }
}

fn session(user: UserId) -> SessionRecord {
    SessionRecord {
        user,
        created_at: NOW,
        last_seen_at: NOW,
        authenticated_at: NOW,
        expires_at: NOW,
        remembered: false,
        device: Device::default(),
    }
}

/// What an operator does with a user, and a token with the digest `n`.
async fn administer(ports: AccountPorts, user: UserId, n: u8) {
    let added = ports.users.add_role(user, Role::parse("admin").unwrap(), Alongside::nothing()).await;
    assert!(matches!(added, Ok(true) | Err(AddRoleError::NotFound)), "{added:?}");
    let token = NewResetToken { digest: ResetDigest::new([n; 32]), user, made_at: NOW };
    ports.credentials.add_reset_token(token, Alongside::nothing()).await.unwrap();
    ports.users.disable(user, NOW, Alongside::nothing()).await.unwrap();
    ports.users.enable(user, Alongside::nothing()).await.unwrap();
}

/// Imports the user `name` of the storm again, and `other` with the same address.
async fn import_again(ports: AccountPorts, name: String, other: String) {
    let NewUser { username, email, .. } = new_user(&name);
    let same_name = ImportedUser { username, email, hash: PasswordHash::no_password(), joined_at: NOW };
    let same_address = ImportedUser { username: Username::parse(&other).unwrap(), ..same_name.clone() };
    let outcomes = ports.users.import(vec![same_name, same_address], NOW, Alongside::nothing()).await.unwrap();
    assert!(!matches!(outcomes[0], ImportOutcome::Added(_)), "the name is reserved: {outcomes:?}");
}

/// The deletion of each of six users, beside log-ins, hosting, RSVPs, a rename and an undo of the same user. Users of odd numbers
/// host and attend parties of each other, so that the locks of two deletions meet.
async fn storm(fresh: Fresh) {
    let other = fresh.another().await;
    let ports: [AccountPorts; 2] = [fresh.accounts(), other.accounts().clone().into()];
    let processes = [&fresh.store, &other].map(|store| Parties::new(store.parties(), Arc::new(FixedClock(NOW))));
    for round in 0..ROUNDS {
        let host = add_user(&ports[0], &format!("host{round}")).await;
        let mut parties = Vec::new();
        for _ in 0..3 {
            parties.push(processes[0].host(party_in_days(&host, 20, 5)).await.unwrap());
        }
        let mut users = Vec::new();
        for n in 0..6 {
            let user = add_user(&ports[0], &format!("user{round}-{n}")).await;
            processes[0].answer(Opened::ById(parties[0]), user.id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
            users.push(user);
        }
        // Parties of each other that are over for the deletion, so that they do not refuse it.
        for (n, user) in users.iter().enumerate() {
            let past = Timestamp::from_millis(NOW.as_millis() - 864_000_000);
            let date = party_in_days(user, 9, 0).date.at_in_same_zone(past);
            let (ends_at, rsvp_deadline) = (PartyEnd::default_of(&date), RsvpDeadline::default_of(&date));
            let over = NewParty { date, ends_at, rsvp_deadline, ..party_in_days(user, 9, 0) };
            let over = fresh.parties().add(over, None).await.unwrap();
            let then = parties_at(&fresh, Timestamp::from_millis(past.as_millis() - 1));
            then.answer(Opened::ById(over), users[(n + 1) % 6].id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
        }
        let mut tasks = JoinSet::new();
        let digests = Arc::new(AtomicU64::new(u64::try_from(round).unwrap() << 32));
        for (n, user) in users.iter().cloned().enumerate() {
            let (one, two) = (ports[n % 2].clone(), ports[1 - n % 2].clone());
            let (id, mine, parties) = (user.id, processes[n % 2].clone(), parties.clone());
            tasks.spawn(async move {
                for party in parties.iter().cycle().take(6) {
                    for result in [
                        mine.answer(Opened::ById(*party), id, GuestCommand::Accept(Heads::ONE)).await,
                        mine.answer(Opened::ById(*party), id, GuestCommand::Decline).await,
                    ] {
                        assert!(matches!(result, Ok(_) | Err(UpdateError::UserDeleted)), "{result:?}");
                    }
                }
            });
            let (mine, hosting) = (processes[1 - n % 2].clone(), user.clone());
            tasks.spawn(async move {
                let hosted = mine.host(party_in_days(&hosting, 4, 6)).await;
                assert!(matches!(hosted, Ok(_) | Err(HostError::UserDeleted)), "{hosted:?}");
            });
            let (sessions, digests) = (two.clone(), Arc::clone(&digests));
            tasks.spawn(async move {
                for _ in 0..4 {
                    let mut digest = [0; 32];
                    digest[..8].copy_from_slice(&digests.fetch_add(1, Relaxed).to_be_bytes());
                    let digest = TokenDigest::new(digest);
                    let opened = sessions
                        .sessions
                        .open(digest, session(id), PasswordVersion::INITIAL, None, Alongside::nothing())
                        .await;
                    let is_expected = matches!(
                        opened,
                        Ok(_) | Err(OpenSessionError::DeletionRequested | OpenSessionError::UserDisabled)
                    );
                    assert!(is_expected, "{opened:?}");
                }
            });
            tasks.spawn(administer(one.clone(), id, u8::try_from(round * 6 + n).unwrap()));
            tasks.spawn(import_again(two.clone(), format!("user{round}-{n}"), format!("eve{round}-{n}")));
            let renaming = two.clone();
            tasks.spawn(async move {
                let name = Username::parse(&format!("new{round}-{n}")).unwrap();
                let renamed = renaming.users.rename(id, name, NOW, Alongside::nothing()).await;
                assert!(matches!(renamed, Ok(_) | Err(RenameUserError::NotFound)), "{renamed:?}");
            });
            tasks.spawn(async move {
                match request(&one, id).await {
                    Ok(_) => {
                        if n % 3 == 0 {
                            two.users.undo_deletion(id, NOW, Alongside::nothing()).await.unwrap();
                            let again = request(&one, id).await;
                            let is_expected = matches!(again, Ok(_) | Err(RequestDeletionError::Refused(_)));
                            assert!(is_expected, "a party was hosted meanwhile at most: {again:?}");
                        }
                        let completed = one.users.complete_deletion(id, DUE, Alongside::nothing()).await;
                        assert!(matches!(completed, Ok(_) | Err(CompleteDeletionError::NotDue)), "{completed:?}");
                    }
                    Err(RequestDeletionError::Refused(_)) => {} // the party was hosted before
                    Err(error) => panic!("{error:?}"),
                }
            });
        }
        tasks.join_all().await;
        assert_consistent(&fresh).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_deletions_beside_everything_leave_no_trace() {
    storm(sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_deletions_beside_everything_leave_no_trace() {
    storm(postgres().await).await;
}

/// Neither in a page that is in use nor in a free one nor in the WAL, without another write.
#[tokio::test(flavor = "multi_thread")]
async fn deleted_address_and_hash_leave_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = accounts_store::PartyStore::connect(&test_support::sqlite_url(&folder)).await.unwrap();
    let ports: AccountPorts = store.accounts().clone().into();
    let mut users = Vec::new();
    for n in 0..300 {
        let hash = PasswordHash::new(format!("$secret-hash-of-{n}$"));
        let added = ports.users.add(new_user(&format!("user{n}")), hash, Alongside::nothing());
        users.push(added.await.unwrap());
    }
    let secrets_in_files = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let files = entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let text: String = files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
        let secrets = |n: usize| [format!("user{n}@example.com"), format!("$secret-hash-of-{n}$")];
        let is_found = |n: &usize| secrets(*n).iter().any(|secret| text.contains(secret));
        (0..300).filter(is_found).collect::<Vec<_>>()
    };
    assert_eq!(secrets_in_files(), (0..300).collect::<Vec<_>>(), "what is stored is found");
    for user in &users[10..200] {
        request(&ports, user.id).await.unwrap();
        complete(&ports, user.id).await;
    }
    let (expected, mut left): (Vec<_>, _) = ((0..10).chain(200..300).collect(), Vec::new());
    for _ in 0..100 {
        left = secrets_in_files();
        if left == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left, expected);
}

/// A guest leaves cancelled parties too, and whoever waits gets the seat at a scheduled one: a host who restores a party finds no guest
/// who is deleted. The host is told. A host who is to be deleted restores nothing.
#[tokio::test]
async fn guest_who_is_deleted_leaves_cancelled_parties_too() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let (ada, ben) = (add_user(&ports, "ada").await, add_user(&ports, "ben").await);
        let cleo = add_user(&ports, "cleo").await;
        let parties = Parties::new(fresh.parties(), Arc::new(FixedClock(NOW)));
        let mut ids = vec![];
        for _ in 0..2 {
            let id = fresh.parties().add(party_in_days(&ada, 2, 2), None).await.unwrap();
            for guest in [&ben, &cleo] {
                fresh.parties().update(id, Some(guest.id), accepting(guest.id), None, NOW).await.unwrap();
            }
            ids.push(id);
        }
        parties.cancel(ids[0], ada.id).await.unwrap();
        request(&ports, ben.id).await.unwrap();
        assert_consistent(&fresh).await;
        let of_cleo = async |id| parties.find(id, cleo.id).await.unwrap().unwrap().summary.my_answer;
        let (seated, waits) = (Some(Answer::Seated(Heads::ONE)), Some(Answer::Waitlisted(Heads::ONE)));
        assert_eq!((of_cleo(ids[0]).await, of_cleo(ids[1]).await), (waits, seated));
        parties.restore(ids[0], ada.id).await.unwrap();
        assert_eq!(of_cleo(ids[0]).await, seated);
        let told = ports.notices.list(ada.id, 10).await.unwrap();
        assert!(told.iter().any(|notice| notice.kind == "gave-up-seat"), "{told:?}");
        for id in ids {
            parties.cancel(id, ada.id).await.unwrap();
        }
        request(&ports, ada.id).await.unwrap();
        assert!(matches!(parties.restore(PartyId::new(1), ada.id).await, Err(UpdateError::UserDeleted)));
        assert_consistent(&fresh).await;
    }
}

/// The seats of 300 parties are given up in one commit, in less than a second, so that other writes do not wait for long.
#[tokio::test(flavor = "multi_thread")]
async fn deletion_of_a_guest_of_300_parties_is_short() {
    for fresh in [sqlite().await, postgres().await] {
        let ports = fresh.accounts();
        let (ada, ben) = (add_user(&ports, "ada").await, add_user(&ports, "ben").await);
        for _ in 0..300 {
            let id = fresh.parties().add(party_in_days(&ada, 4, 2), None).await.unwrap();
            fresh.parties().update(id, Some(ben.id), accepting(ben.id), None, NOW).await.unwrap();
        }
        let began = std::time::Instant::now();
        request(&ports, ben.id).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_consistent(&fresh).await;
    }
}
