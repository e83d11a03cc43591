//! `Accounts::sign_in`: the use case that opens every session, with a proof of the embedder's and with a password. On both engines.

use std::time::Duration;

use accounts::test_kit::{MovableClock, fast_hash_cost};
use accounts::{
    Accounts, BrowserTokens, Caller, Deletion, Email, EventFilter, EventKind, LogIn, LogInError, LoggedIn, PageSize,
    Password, Registration, SignIn, SignInError, Timestamp, User, UserId, Username,
};
use futures_util::future::join_all;
use store::AccountStore;
use tempfile::TempDir;
use test_support::Postgres;

use crate::common::PASSWORD;

struct Site {
    accounts: Accounts,
    clock: MovableClock,
    ada: User,
    _folder: Option<TempDir>,
}

async fn site(store: AccountStore, folder: Option<TempDir>) -> Site {
    let clock = MovableClock::at(Timestamp::from_millis(1_767_225_600_000)); // 2026-01-01
    let accounts = Accounts::builder().clock(clock.clone()).cost(fast_hash_cost()).build(store).unwrap();
    let ada = Registration {
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        password: password(PASSWORD),
        code: None,
    };
    let ada = accounts.register(ada, &Caller::default()).await.unwrap();
    Site { accounts, clock, ada, _folder: folder }
}

async fn sqlite() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let store = AccountStore::connect(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
    site(store, Some(folder)).await
}

async fn postgres() -> Site {
    let migrate = async |url: String| {
        AccountStore::connect(&url).await?.close().await;
        Ok(())
    };
    let url = Postgres::shared().await.unwrap().database_from("accounts", migrate).await.unwrap();
    site(AccountStore::connect(&url).await.unwrap(), None).await
}

/// Makes two tests of one function, on SQLite and on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident)*) => {
        mod on_sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::sqlite().await).await;
            }
        )* }

        mod on_postgres { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::postgres().await).await;
            }
        )* }
    };
}

on_both_engines! {
    proof_of_the_embedder_opens_a_session
    user_who_cannot_log_in_is_not_signed_in
    requested_deletion_is_undone
    account_that_changed_after_its_password_was_verified_is_not_signed_in
    two_sign_ins_at_once_end_the_replaced_session_once
    sign_ins_beside_disabling_leave_no_session
    sign_ins_beside_a_deletion_leave_no_session_of_a_user_to_be_deleted
    user_is_found_by_id_name_and_address
}

fn password(text: &str) -> Password {
    Password::parse(text.to_owned()).unwrap()
}

fn attempt() -> LogIn {
    LogIn {
        identifier: "ada".to_owned(),
        password: password(PASSWORD),
        remember: false,
        caller: Caller::default(),
        browser: BrowserTokens::default(),
        replaces: None,
    }
}

impl Site {
    async fn sign_in(&self) -> Result<LoggedIn, SignInError> {
        self.accounts.sign_in(SignIn::new(self.ada.id)).await
    }

    async fn sessions(&self) -> usize {
        self.accounts.list_sessions(self.ada.id).await.unwrap().len()
    }

    async fn ada(&self) -> User {
        self.accounts.find_user(self.ada.id).await.unwrap().unwrap()
    }

    /// Kinds and details of the stored events, the newest first.
    async fn events(&self) -> Vec<(EventKind, Option<String>)> {
        let listed = self.accounts.events(EventFilter::default(), None, PageSize::clamped(50)).await.unwrap();
        listed.items.into_iter().map(|stored| (stored.event.kind, stored.event.detail)).collect()
    }
}

async fn proof_of_the_embedder_opens_a_session(site: Site) {
    let caller = Caller { user_agent: Some("curl/8".into()), ..Caller::at("203.0.113.9".parse().unwrap()) };
    let former = site.sign_in().await.unwrap();
    let sign_in = SignIn::new(site.ada.id).remember(true).caller(caller.clone()).browser(former.browser.clone());
    let logged_in = site.accounts.sign_in(sign_in.replaces(Some(former.token.clone()))).await.unwrap();
    assert!(logged_in.is_remembered && !logged_in.has_undone_deletion && logged_in.user == site.ada);
    assert!(site.accounts.find_session(&former.token).await.unwrap().is_none(), "it was replaced");
    let live = site.accounts.find_session(&logged_in.token).await.unwrap().unwrap();
    assert_eq!((live.id(), &live.user().username), (logged_in.session, &site.ada.username));
    let listed = site.accounts.list_sessions(site.ada.id).await.unwrap();
    assert_eq!((listed.len(), &listed[0].record.device), (1, &caller.device()));
    let tokens =
        |logged_in: &LoggedIn| logged_in.browser.iter().map(accounts::BrowserToken::expose).collect::<Vec<_>>();
    assert_eq!(tokens(&logged_in), tokens(&former), "the browser was known");
    let (kind, detail) = site.events().await.remove(0);
    assert_eq!((kind, detail.as_deref()), (EventKind::LoggedIn, Some("without a password")));
    assert!(
        !format!("{:?}", SignIn::new(site.ada.id).replaces(Some(logged_in.token.clone())))
            .contains(&logged_in.token.expose())
    );
}

async fn user_who_cannot_log_in_is_not_signed_in(site: Site) {
    let (accounts, caller) = (&site.accounts, Caller::default());
    let former = site.sign_in().await.unwrap();
    let unknown = SignIn::new(UserId::new(i64::MAX)).replaces(Some(former.token.clone()));
    assert!(matches!(accounts.sign_in(unknown).await, Err(SignInError::NotFound)));
    assert!(accounts.find_session(&former.token).await.unwrap().is_some(), "no session has ended");

    accounts.disable(site.ada.id, &caller).await.unwrap().unwrap();
    assert!(matches!(site.sign_in().await, Err(SignInError::Disabled)));
    tokio::time::sleep(Duration::from_millis(50)).await; // the failure is stored beside the response
    assert_eq!(site.events().await[0].0, EventKind::LogInFailed);
    accounts.enable(site.ada.id, &caller).await.unwrap();

    accounts.request_deletion(site.ada.id, &caller).await.unwrap();
    site.clock.advance(Deletion::UNDO_PERIOD);
    assert!(matches!(site.sign_in().await, Err(SignInError::NotFound)), "the deletion is due");
    assert!(matches!(accounts.log_in(attempt()).await, Err(LogInError::Mismatch)));
    accounts.delete(site.ada.id, &caller).await.unwrap();
    assert!(matches!(site.sign_in().await, Err(SignInError::NotFound)), "the account is deleted");
    assert_eq!(site.sessions().await, 0);
}

async fn requested_deletion_is_undone(site: Site) {
    site.accounts.request_deletion(site.ada.id, &Caller::default()).await.unwrap();
    let logged_in = site.sign_in().await.unwrap();
    assert!(logged_in.has_undone_deletion && logged_in.user == site.ada, "{:?}", logged_in.user);
    assert_eq!((site.ada().await, site.sessions().await), (site.ada.clone(), 1));
    site.accounts.request_deletion(site.ada.id, &Caller::default()).await.unwrap();
    assert!(site.accounts.log_in(attempt()).await.unwrap().has_undone_deletion, "as by a log-in");
}

async fn account_that_changed_after_its_password_was_verified_is_not_signed_in(site: Site) {
    let (accounts, caller) = (&site.accounts, Caller::default());
    let verified = accounts.authenticate(attempt()).await.unwrap();
    assert_eq!((verified.user(), site.sessions().await), (site.ada.id, 0), "no session yet");
    accounts.set_password(site.ada.id, password("velvet canyon drum"), &caller).await.unwrap();
    assert!(matches!(accounts.sign_in(verified).await, Err(SignInError::Changed)));
    accounts.set_password(site.ada.id, password(PASSWORD), &caller).await.unwrap();

    let verified = accounts.authenticate(attempt()).await.unwrap();
    accounts.request_deletion(site.ada.id, &caller).await.unwrap();
    assert!(matches!(accounts.sign_in(verified).await, Err(SignInError::Changed)), "it was requested since");
    assert!(site.ada().await.deletion.is_some());
    accounts.undo_deletion(site.ada.id, &caller).await.unwrap();

    let verified = accounts.authenticate(attempt()).await.unwrap();
    accounts.disable(site.ada.id, &caller).await.unwrap();
    assert!(matches!(accounts.sign_in(verified).await, Err(SignInError::Disabled)));
    accounts.enable(site.ada.id, &caller).await.unwrap();
    assert_eq!(site.sessions().await, 0);
    let verified = accounts.authenticate(attempt()).await.unwrap();
    assert_eq!(accounts.sign_in(verified.remember(true)).await.unwrap().user, site.ada);
}

async fn two_sign_ins_at_once_end_the_replaced_session_once(site: Site) {
    let former = site.sign_in().await.unwrap();
    let sign_ins = (0..8).map(|_| site.accounts.sign_in(SignIn::new(site.ada.id).replaces(Some(former.token.clone()))));
    let opened: Vec<_> = join_all(sign_ins).await.into_iter().map(Result::unwrap).collect();
    assert!(site.accounts.find_session(&former.token).await.unwrap().is_none());
    for logged_in in &opened {
        assert!(site.accounts.find_session(&logged_in.token).await.unwrap().is_some());
    }
    assert_eq!(site.sessions().await, opened.len());
}

async fn sign_ins_beside_disabling_leave_no_session(site: Site) {
    for _ in 0..5 {
        let sign_ins = join_all((0..8).map(|_| site.sign_in()));
        let disable = async {
            tokio::task::yield_now().await;
            site.accounts.disable(site.ada.id, &Caller::default()).await.unwrap().unwrap();
        };
        let (results, ()) = tokio::join!(sign_ins, disable);
        for refused in results.into_iter().filter_map(Result::err) {
            assert!(matches!(refused, SignInError::Disabled), "{refused:?}");
        }
        assert_eq!(site.sessions().await, 0);
        assert!(site.accounts.enable(site.ada.id, &Caller::default()).await.unwrap());
        assert_eq!(site.sessions().await, 0, "none comes back");
    }
}

async fn sign_ins_beside_a_deletion_leave_no_session_of_a_user_to_be_deleted(site: Site) {
    for _ in 0..5 {
        let sign_ins = join_all((0..8).map(|_| site.sign_in()));
        let request = async {
            tokio::task::yield_now().await;
            site.accounts.request_deletion(site.ada.id, &Caller::default()).await.unwrap();
        };
        let (results, ()) = tokio::join!(sign_ins, request);
        for refused in results.into_iter().filter_map(Result::err) {
            assert!(matches!(refused, SignInError::Changed), "{refused:?}");
        }
        if site.ada().await.deletion.is_some() {
            assert_eq!(site.sessions().await, 0);
        }
        site.sign_in().await.unwrap(); // undoes it
        assert!(site.ada().await.deletion.is_none());
    }
}

async fn user_is_found_by_id_name_and_address(site: Site) {
    let accounts = &site.accounts;
    let (name, address) = (Username::parse("ADA").unwrap(), Email::parse("Ada@Example.com").unwrap());
    for found in [
        accounts.find_user(site.ada.id).await.unwrap(),
        accounts.find_user(&name).await.unwrap(),
        accounts.find_user(&address).await.unwrap(),
    ] {
        assert_eq!(found.as_ref(), Some(&site.ada));
    }
    let (name, address) = (Username::parse("ben").unwrap(), Email::parse("ben@example.com").unwrap());
    for found in [
        accounts.find_user(UserId::new(i64::MAX)).await.unwrap(),
        accounts.find_user(&name).await.unwrap(),
        accounts.find_user(&address).await.unwrap(),
    ] {
        assert_eq!(found, None);
    }
}
