//! Rows that were written past our types, and what the schema itself rejects.

use std::error::Error as _;
use std::sync::Arc;

use crate::common::{self, Fresh, NOW, add_user, party_of, past_our_types};
use domain::party::{
    GuestCommand, Heads, ListError, Opened, Parties, PartyFilter, PartyQuery, ProfileCursors, UpdateError,
};
use domain::session::{Device, SessionRecord, TokenDigest};
use domain::{CorruptValue, FixedClock, PageSize, StoreError, Timestamp};

async fn both() -> [Fresh; 2] {
    [common::sqlite().await, common::postgres().await]
}

/// Table, column and row of a corrupt value, which an operator needs to repair it.
fn corrupt_value<T: std::fmt::Debug>(result: Result<T, StoreError>) -> (&'static str, &'static str, i64) {
    let error = result.unwrap_err();
    let corrupt: &CorruptValue = error.source().unwrap().downcast_ref().unwrap();
    assert!(corrupt.source().is_some());
    (corrupt.table, corrupt.column, corrupt.row)
}

#[tokio::test]
async fn corrupt_user_is_reported_with_table_column_and_row() {
    for fresh in both().await {
        let accounts = fresh.accounts();
        add_user(&accounts, "ada").await;
        let ben = add_user(&accounts, "ben").await;
        let row = ben.id.get();

        past_our_types(&fresh.store, "UPDATE users SET username = 'b e n' WHERE username = 'ben'").await.unwrap();
        assert_eq!(corrupt_value(accounts.users.find(ben.id).await), ("users", "username", row));
        assert_eq!(corrupt_value(accounts.users.list(None, PageSize::DEFAULT).await), ("users", "username", row));
        past_our_types(&fresh.store, "UPDATE users SET username = 'ben', email = 'no where' WHERE username = 'b e n'")
            .await
            .unwrap();
        assert_eq!(corrupt_value(accounts.credentials.find_by_email(&ben.email).await), ("users", "email", row));
    }
}

#[tokio::test]
async fn corrupt_party_is_reported_with_table_column_and_row() {
    for fresh in both().await {
        let (accounts, parties) = (fresh.accounts(), fresh.parties());
        let ada = add_user(&accounts, "ada").await;
        parties.add(party_of(&ada, 4), None).await.unwrap();
        let id = parties.add(party_of(&ada, 4), None).await.unwrap();
        let use_cases = Parties::new(Arc::clone(&parties), Arc::new(FixedClock(NOW)));

        past_our_types(&fresh.store, "UPDATE parties SET venue = 'a\nb' WHERE id = 2").await.unwrap();
        assert_eq!(corrupt_value(parties.find(id, ada.id).await), ("parties", "venue", 2));
        past_our_types(&fresh.store, "UPDATE parties SET venue = 'a', main_dish = 'a\nb' WHERE id = 2").await.unwrap();
        assert_eq!(corrupt_value(parties.find(id, ada.id).await), ("parties", "main_dish", 2));
        past_our_types(&fresh.store, "UPDATE parties SET main_dish = 'a\u{1f}b' WHERE id = 2").await.unwrap();
        assert_eq!(corrupt_value(parties.find(id, ada.id).await), ("parties", "delimited row", 2), "a field too many");
        for sql in [
            "UPDATE parties SET main_dish = 'b', first_guests = 'ben' WHERE id = 2",
            "UPDATE parties SET first_guests = 'ben/x' WHERE id = 2",
            "UPDATE parties SET first_guests = 'ben/0' WHERE id = 2",
            "UPDATE parties SET first_guests = 'b\nn/1' WHERE id = 2",
            "UPDATE parties SET first_guests = 'ben/1/2' WHERE id = 2",
        ] {
            past_our_types(&fresh.store, sql).await.unwrap();
            assert_eq!(corrupt_value(parties.find(id, ada.id).await), ("parties", "first_guests", 2), "{sql}");
        }
        past_our_types(&fresh.store, "UPDATE parties SET first_guests = '' WHERE id = 2").await.unwrap();
        past_our_types(&fresh.store, "UPDATE parties SET main_dish = 'b', zone = 'Europe/Atlantis' WHERE id = 2")
            .await
            .unwrap();
        assert_eq!(corrupt_value(parties.find(id, ada.id).await), ("parties", "zone", 2));
        let profile = parties.own_profile(ada.id, NOW, ProfileCursors::default(), PageSize::DEFAULT).await;
        assert_eq!(corrupt_value(profile), ("parties", "zone", 2));
        past_our_types(&fresh.store, "UPDATE parties SET venue = 'a\nb', zone = 'UTC' WHERE id = 2").await.unwrap();
        past_our_types(&fresh.store, "UPDATE parties SET local_time = 'tomorrow, at eight' WHERE id = 2")
            .await
            .unwrap();
        let everything = PartyQuery::Listed(PartyFilter::default());
        let listed = parties.list(everything, ada.id, NOW, None, PageSize::DEFAULT).await;
        let Err(ListError::Store(error)) = listed else { panic!("{listed:?}") };
        assert!(matches!(corrupt_value(Err::<(), _>(error)), ("parties", "venue" | "local_time", 2)));
        match use_cases.answer(Opened::ById(id), ada.id, GuestCommand::Accept(Heads::ONE)).await {
            Err(UpdateError::Store(error)) => {
                assert!(matches!(corrupt_value(Err::<(), _>(error)), ("parties", "venue" | "local_time", 2)));
            }
            result => panic!("{result:?}"),
        }
    }
}

#[tokio::test]
async fn schema_rejects_rows_that_break_a_constraint() {
    for fresh in both().await {
        let accounts = fresh.accounts();
        let (ada, _) = (add_user(&accounts, "ada").await, add_user(&accounts, "ben").await);
        fresh.parties().add(party_of(&ada, 4), None).await.unwrap();
        let rsvp = "INSERT INTO rsvps (party_id, guest_id, answer, heads, place) VALUES (1, 2, 'seated', 1, 1)";
        past_our_types(&fresh.store, rsvp).await.unwrap();
        for statement in [
            rsvp, // twice
            "UPDATE parties SET taken = 5",
            "UPDATE parties SET taken = 0",
            "UPDATE parties SET seats = 1001",
            "UPDATE parties SET state = 'postponed'",
            "UPDATE parties SET host_id = 3",
            "UPDATE rsvps SET heads = 0",
            "UPDATE rsvps SET heads = 1001",
            "UPDATE rsvps SET place = NULL",
            "UPDATE rsvps SET answer = 'declined'", // with a head
            "UPDATE rsvps SET answer = 'perhaps', heads = 0, place = NULL",
            "UPDATE users SET username_key = 'ada' WHERE username = 'ben'",
            "UPDATE users SET username = 'ab'",
            "DELETE FROM users WHERE username = 'ada'", // the host
            "DELETE FROM users WHERE username = 'ben'", // a seated guest
        ] {
            assert!(past_our_types(&fresh.store, statement).await.is_err(), "{statement}");
        }
    }
}

#[tokio::test]
async fn ids_are_never_reused() {
    for fresh in both().await {
        let (accounts, parties) = (fresh.accounts(), fresh.parties());
        let (ada, ben) = (add_user(&accounts, "ada").await, add_user(&accounts, "ben").await);
        let party = parties.add(party_of(&ada, 4), None).await.unwrap();

        past_our_types(&fresh.store, "DELETE FROM parties").await.unwrap();
        past_our_types(&fresh.store, "DELETE FROM users WHERE username = 'ben'").await.unwrap();

        assert!(parties.add(party_of(&ada, 4), None).await.unwrap() > party);
        assert!(add_user(&accounts, "cleo").await.id > ben.id);
    }
}

#[tokio::test]
async fn disabled_user_is_found_and_deleted_user_leaves_no_rows() {
    for fresh in both().await {
        let accounts = fresh.accounts();
        let ada = add_user(&accounts, "ada").await;
        let digest = TokenDigest::new([7; 32]);
        let record = SessionRecord {
            user: ada.id,
            created_at: NOW,
            last_seen_at: NOW,
            authenticated_at: NOW,
            expires_at: NOW,
            remembered: false,
            device: Device::default(),
        };
        accounts
            .sessions
            .open(digest, record, domain::credential::PasswordVersion::INITIAL, None, domain::Alongside::nothing())
            .await
            .unwrap();

        past_our_types(&fresh.store, "UPDATE users SET disabled_at = 5").await.unwrap();
        let disabled = Some(Timestamp::from_millis(5));
        assert_eq!(accounts.users.find(ada.id).await.unwrap().unwrap().disabled_at, disabled);
        assert_eq!(accounts.sessions.find(digest).await.unwrap().unwrap().user.disabled_at, disabled);
        let credential = accounts.credentials.find_by_email(&ada.email).await.unwrap();
        assert_eq!(credential.unwrap().user.disabled_at, disabled);

        past_our_types(&fresh.store, "DELETE FROM users").await.unwrap();
        assert!(accounts.sessions.find(digest).await.unwrap().is_none());
        assert_eq!(past_our_types(&fresh.store, "SELECT count(*) FROM credentials").await.unwrap(), Some(0));
    }
}
