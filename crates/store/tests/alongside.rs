//! What is written beside a use case is in its commit: where it fails, nothing of the use case is stored.

use domain::credential::{ChangeAuthority, PasswordChange, PasswordHash, PasswordVersion};
use domain::event::{Event, EventFilter, EventKind, Origin};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::user::{Email, NewUser, Username};
use domain::{Alongside, PageSize};

use crate::common::{Fresh, NOW, add_user, postgres, sqlite};

const DIGEST: TokenDigest = TokenDigest::new([7; 32]);

async fn engines() -> [Fresh; 2] {
    [sqlite().await, postgres().await]
}

/// An event that can be stored, and one that cannot: no network has 65 characters.
fn failing() -> Alongside {
    let event =
        |network: String| Event::new(EventKind::LoggedIn, NOW, Origin { network: Some(network), ..Origin::default() });
    Alongside { events: vec![event("203.0.113.0/24".to_owned()), event("x".repeat(65))], own: None }
}

async fn stored_events(fresh: &Fresh) -> usize {
    fresh.accounts().events.list(EventFilter::default(), None, PageSize::DEFAULT).await.unwrap().items.len()
}

fn session(user: domain::user::UserId) -> SessionRecord {
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

#[tokio::test]
async fn user_is_not_added_where_an_event_fails() {
    for fresh in engines().await {
        let ada = NewUser {
            username: Username::parse("ada").unwrap(),
            email: Email::parse("ada@example.com").unwrap(),
            joined_at: NOW,
            registration_key: None,
            code: None,
        };
        let ports = fresh.accounts();
        assert!(ports.users.add(ada.clone(), PasswordHash::new("$".to_owned()), failing()).await.is_err());
        assert_eq!(ports.users.find_by_username(&ada.username).await.unwrap(), None);
        assert_eq!(stored_events(&fresh).await, 0);
    }
}

#[tokio::test]
async fn session_is_neither_opened_nor_ended_where_an_event_fails() {
    for fresh in engines().await {
        let ports = fresh.accounts();
        let ada = add_user(&ports, "ada").await.id;
        assert!(ports.sessions.open(DIGEST, session(ada), PasswordVersion::INITIAL, None, failing()).await.is_err());
        assert_eq!(ports.sessions.find(DIGEST).await.unwrap(), None);
        ports.sessions.open(DIGEST, session(ada), PasswordVersion::INITIAL, None, Alongside::nothing()).await.unwrap();
        assert!(ports.sessions.end(DIGEST, failing()).await.is_err());
        assert!(ports.sessions.end_all(ada, failing()).await.is_err());
        assert!(ports.sessions.find(DIGEST).await.unwrap().is_some());
        assert_eq!(stored_events(&fresh).await, 0);
    }
}

/// No second call ends the sessions of a user of this store: between two commits, a session of a former password would be open.
#[tokio::test]
async fn sessions_end_in_the_commit_of_a_new_password() {
    for fresh in engines().await {
        let ports = fresh.accounts();
        assert!(ports.end_sessions_in_one_commit());
        let ada = add_user(&ports, "ada").await.id;
        ports.sessions.open(DIGEST, session(ada), PasswordVersion::INITIAL, None, Alongside::nothing()).await.unwrap();
        let change = || {
            let hash = PasswordHash::new("new".to_owned());
            PasswordChange { user: ada, hash, authorized_by: ChangeAuthority::Operator, keep: None }
        };
        assert!(ports.credentials.change(change(), failing()).await.is_err());
        let former = ports.credentials.find(ada).await.unwrap().unwrap();
        assert_eq!((former.hash.expose(), former.version), ("$", PasswordVersion::INITIAL));
        assert!(ports.sessions.find(DIGEST).await.unwrap().is_some());
        let changed = ports.credentials.change(change(), Alongside::nothing()).await.unwrap();
        assert_eq!((changed.ended, ports.sessions.find(DIGEST).await.unwrap()), (1, None));
    }
}
