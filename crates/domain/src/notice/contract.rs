//! The contract functions of [`NoticeRepository`](super::NoticeRepository). The notices are added by `add`, since no method of the port
//! adds one: it writes them in one commit, as the jobs of the store under test do.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

use std::pin::Pin;
use std::time::Duration;

use super::{MOST_COUNTED, MOST_OF_SUBJECT, Notice, NoticeId, oldest_notice};
use crate::contract::{NOW, add_user};
use crate::credential::PasswordVersion;
use crate::session::{Device, SessionRecord, TokenDigest};
use crate::user::UserId;
use crate::{AccountPorts, Alongside, StoredNotice, Timestamp};

/// Passes the names of all contract functions of notices to the macro `$test`.
#[macro_export]
macro_rules! notice_contract {
    ($test:ident) => {
        $test! { notice:
            notices_are_listed_newest_first
            newer_notice_about_a_user_replaces_the_older_one
            newest_20_of_a_subject_are_kept
            notice_is_dismissed_by_its_own_user
            dismissal_of_all_spares_what_came_later
            old_notices_are_purged_up_to_limit
            deleted_user_has_no_notice
            session_is_found_with_the_number_of_notices
        }
    };
}

/// Adds notices in one commit, at a time.
pub trait AddNotices: Fn(Vec<Notice>, Timestamp) -> Pin<Box<dyn Future<Output = ()>>> {}

impl<F: Fn(Vec<Notice>, Timestamp) -> Pin<Box<dyn Future<Output = ()>>>> AddNotices for F {}

fn notice(user: UserId, subject: i64, about: Option<UserId>) -> Notice {
    Notice { user, kind: "party-moved", subject, about, parameters: "soup \"7\" \u{1f35d}".to_owned() }
}

async fn list(store: &AccountPorts, user: UserId) -> Vec<StoredNotice> {
    store.notices.list(user, 100).await.unwrap()
}

fn subjects(notices: &[StoredNotice]) -> Vec<i64> {
    notices.iter().map(|notice| notice.subject).collect()
}

/// `list` returns every field, with the present name, the newest first, and no notice to another user.
pub async fn notices_are_listed_newest_first(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    assert_eq!(list(store, ada.id).await, []);
    add(vec![notice(ada.id, 7, None), notice(ben.id, 7, None), notice(ada.id, 8, Some(ben.id))], NOW).await;
    add(vec![], NOW).await;
    add(vec![notice(ada.id, i64::MIN, None)], NOW + Duration::from_secs(1)).await;
    let stored = list(store, ada.id).await;
    assert_eq!(subjects(&stored), [i64::MIN, 8, 7]);
    assert_eq!(subjects(&store.notices.list(ada.id, 2).await.unwrap()), [i64::MIN, 8]);
    assert_eq!(subjects(&list(store, ben.id).await), [7]);
    let StoredNotice { id, at, kind, about, parameters, .. } = &stored[1];
    assert!(*id < stored[0].id && *id > stored[2].id);
    assert_eq!((*at, kind.as_str(), about.as_ref()), (NOW, "party-moved", Some(&ben.username)));
    assert_eq!(*parameters, notice(ada.id, 8, None).parameters);
}

/// A notice that names a user replaces the earlier one to the same user about the same subject and user, whatever it says. Others stay.
pub async fn newer_notice_about_a_user_replaces_the_older_one(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    let cleo = add_user(store, "cleo").await;
    let (about_ben, about_cleo) = (notice(ada.id, 7, Some(ben.id)), notice(ada.id, 7, Some(cleo.id)));
    let others = vec![about_cleo, notice(ada.id, 8, Some(ben.id)), notice(cleo.id, 7, Some(ben.id))];
    add([vec![about_ben.clone(), notice(ada.id, 7, None), notice(ada.id, 7, None)], others].concat(), NOW).await;
    let later = Notice { kind: "gave-up-seat", ..about_ben };
    add(vec![later.clone(), Notice { kind: "accepted", ..later }], NOW).await;
    let stored = list(store, ada.id).await;
    let kinds: Vec<_> = stored.iter().map(|notice| (notice.kind.as_str(), notice.subject)).collect();
    assert_eq!(kinds, [("accepted", 7), ("party-moved", 8), ("party-moved", 7), ("party-moved", 7)]);
    assert_eq!(list(store, cleo.id).await.len(), 1);
}

/// Of one user and subject the 20 newest of those that name no user are kept. Others are not removed, and one about each of many users is
/// kept.
pub async fn newest_20_of_a_subject_are_kept(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(vec![notice(ada.id, 8, None), notice(ben.id, 7, None)], NOW).await;
    let numbered = |n: u32, about| Notice { parameters: n.to_string(), ..notice(ada.id, 7, about) };
    for n in 0..60_u32 {
        let about = (n % 2 == 0).then(|| UserId::new(ben.id.get() + i64::from(n)));
        add(vec![numbered(n, about)], NOW).await;
    }
    let stored = list(store, ada.id).await;
    let of_subject = stored.iter().filter(|notice| notice.subject == 7);
    let numbers: Vec<u32> = of_subject.map(|notice| notice.parameters.parse().unwrap()).collect();
    let kept: Vec<_> = (0..60).rev().filter(|n| n % 2 == 0 || *n > 60 - 2 * MOST_OF_SUBJECT).collect();
    assert_eq!(numbers, kept);
    assert_eq!((stored.len(), list(store, ben.id).await.len()), (kept.len() + 1, 1));
    // Several in one commit count as well.
    add((60..90).map(|n| numbered(n, None)).chain([notice(ben.id, 7, None)]).collect(), NOW).await;
    let stored = list(store, ada.id).await;
    let about_nobody =
        stored.iter().filter(|notice| notice.subject == 7 && notice.parameters.parse::<u32>().unwrap() >= 60);
    assert_eq!((about_nobody.count(), stored.len(), list(store, ben.id).await.len()), (20, 20 + 30 + 1, 2));
}

/// A notice is dismissed by its recipient alone.
pub async fn notice_is_dismissed_by_its_own_user(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(vec![notice(ada.id, 7, None), notice(ada.id, 8, None)], NOW).await;
    let id = list(store, ada.id).await[1].id;
    assert!(!store.notices.dismiss(ben.id, id).await.unwrap());
    assert!(!store.notices.dismiss(ada.id, NoticeId::new(id.get() + 99)).await.unwrap());
    assert!(store.notices.dismiss(ada.id, id).await.unwrap());
    assert!(!store.notices.dismiss(ada.id, id).await.unwrap());
    assert_eq!(subjects(&list(store, ada.id).await), [8]);
}

/// A notice that was added after the page was shown is not dismissed unseen.
pub async fn dismissal_of_all_spares_what_came_later(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(vec![notice(ada.id, 7, None), notice(ben.id, 7, None), notice(ada.id, 8, None)], NOW).await;
    let newest = list(store, ada.id).await[0].id;
    add(vec![notice(ada.id, 9, None)], NOW).await;
    assert_eq!(store.notices.dismiss_all(ada.id, newest).await.unwrap(), 2);
    assert_eq!(store.notices.dismiss_all(ada.id, newest).await.unwrap(), 0);
    assert_eq!((subjects(&list(store, ada.id).await), subjects(&list(store, ben.id).await)), (vec![9], vec![7]));
}

/// Notices are removed once they are older than 90 days, the oldest first.
pub async fn old_notices_are_purged_up_to_limit(store: &AccountPorts, add: &dyn AddNotices) {
    let ada = add_user(store, "ada").await;
    let (old, oldest) = (oldest_notice(NOW), oldest_notice(NOW) - Duration::from_millis(1));
    for (subject, at) in [(4, oldest - Duration::from_secs(1)), (2, oldest), (5, oldest), (3, old), (1, NOW)] {
        add(vec![notice(ada.id, subject, None)], at).await;
    }
    let purge = async |limit| store.notices.purge(oldest_notice(NOW), limit).await.unwrap();
    assert_eq!(purge(1).await, 1);
    assert_eq!(subjects(&list(store, ada.id).await), [1, 3, 5, 2]);
    assert_eq!((purge(9).await, purge(9).await), (2, 0));
    assert_eq!(subjects(&list(store, ada.id).await), [1, 3]);
}

/// A completed deletion removes the notices to the user and about the user. To a user who is deleted, or is none, nothing is added.
pub async fn deleted_user_has_no_notice(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    add(vec![notice(ben.id, 7, None), notice(ada.id, 7, Some(ben.id)), notice(ada.id, 8, None)], NOW).await;
    let nothing = crate::Alongside::nothing;
    store.users.request_deletion(ben.id, NOW, NOW, nothing()).await.unwrap();
    assert_eq!((list(store, ben.id).await.len(), list(store, ada.id).await.len()), (1, 2), "it can be undone");
    store.users.complete_deletion(ben.id, NOW, nothing()).await.unwrap();
    add(vec![notice(ben.id, 9, None), notice(UserId::new(i64::MAX), 9, None)], NOW).await;
    assert_eq!((subjects(&list(store, ada.id).await), list(store, ben.id).await), (vec![8], vec![]));
    assert_eq!(list(store, UserId::new(i64::MAX)).await, []);
}

/// A session is found with the number of its user's notices, as they are then: at most 10.
pub async fn session_is_found_with_the_number_of_notices(store: &AccountPorts, add: &dyn AddNotices) {
    let (ada, ben) = (add_user(store, "ada").await, add_user(store, "ben").await);
    for (n, user) in [(1, ada.id), (2, ben.id)] {
        let session = SessionRecord {
            user,
            created_at: NOW,
            last_seen_at: NOW,
            authenticated_at: NOW,
            expires_at: NOW + Duration::from_hours(1),
            remembered: false,
            device: Device::default(),
        };
        let digest = TokenDigest::new([n; 32]);
        store.sessions.open(digest, session, PasswordVersion::INITIAL, None, Alongside::nothing()).await.unwrap();
    }
    let counted = async |n| store.sessions.find(TokenDigest::new([n; 32])).await.unwrap().unwrap().notices;
    assert_eq!(counted(1).await, 0);
    for n in 1..=12 {
        add(vec![notice(ada.id, i64::from(n), None)], NOW).await;
        assert_eq!((counted(1).await, counted(2).await), (n.min(MOST_COUNTED), 0), "{n}");
    }
    for left in [11, 10, 9, 8] {
        let oldest = list(store, ada.id).await.pop().unwrap();
        store.notices.dismiss(ada.id, oldest.id).await.unwrap();
        assert_eq!(counted(1).await, left.min(MOST_COUNTED));
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        assert_eq!(notice_contract!(names), functions_in(include_str!("contract.rs")));
    }
}
