//! The use cases that change a password: what they check, what ends with it, and log-ins at the same time.

use accounts::ports::AccountPorts;
use accounts::test_kit::fast_hash_cost;
use accounts::{
    Accounts, BrowserTokens, Caller, ChangePassword, ChangePasswordError, EventFilter, EventKind, LogIn, LogInError,
    LoggedIn, OperatorName, PageSize, Password, SetPasswordError, UserId, Username,
};
use tokio::task::JoinSet;

use crate::common::{PASSWORD, Service, identity};

const NEW: &str = "velvet canyon drum";

fn password(text: &str) -> Password {
    Password::parse(text.to_owned()).unwrap()
}

fn client() -> Caller {
    Caller::at("203.0.113.9".parse().unwrap())
}

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("grace").unwrap())
}

fn attempt(password_text: &str, browser: &BrowserTokens) -> LogIn {
    LogIn {
        identifier: "ada".to_owned(),
        password: password(password_text),
        remember: true,
        caller: client(),
        browser: browser.clone(),
        replaces: None,
    }
}

async fn log_in(accounts: &Accounts, password: &str) -> Result<LoggedIn, LogInError> {
    accounts.log_in(attempt(password, &BrowserTokens::default())).await
}

fn change(current: &str, new: &str, session: &LoggedIn) -> ChangePassword {
    ChangePassword {
        current: password(current),
        new: password(new),
        session: session.token.clone(),
        caller: client(),
        browser: session.browser.clone(),
    }
}

/// The kinds of the stored events, the newest first.
async fn kinds(accounts: &Accounts) -> Vec<EventKind> {
    let page = accounts.events(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    page.items.into_iter().map(|stored| stored.event.kind).collect()
}

async fn ada(service: &Service) -> UserId {
    service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn change_keeps_its_session_with_a_new_token_and_ends_the_others() {
    let service = Service::start().await;
    let browser = service.ada().await;
    let accounts = &service.accounts;
    let mine = log_in(accounts, PASSWORD).await.unwrap();
    let changed = accounts.change_password(change(PASSWORD, NEW, &mine)).await.unwrap();
    let kept = changed.kept.unwrap();
    assert_eq!((changed.ended, kept.session, kept.remembered_for.is_some()), (1, mine.session, true));
    assert_ne!(kept.token.expose(), mine.token.expose());
    assert!(accounts.find_session(&mine.token).await.unwrap().is_none());
    assert_eq!(accounts.find_session(&kept.token).await.unwrap().unwrap().user().id, mine.user.id);
    assert_eq!(browser.get("/home").await.path, "/login?next=%2Fhome");
    assert!(matches!(log_in(accounts, PASSWORD).await, Err(LogInError::Mismatch)));
    assert!(log_in(accounts, NEW).await.is_ok());
    assert!(kinds(accounts).await.contains(&EventKind::PasswordChanged));
}

/// The kept session is authenticated at the time of the change.
#[tokio::test]
async fn change_renews_the_time_of_authentication() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mine = log_in(&service.accounts, PASSWORD).await.unwrap();
    service.clock.advance(std::time::Duration::from_mins(30));
    let kept = service.accounts.change_password(change(PASSWORD, NEW, &mine)).await.unwrap().kept.unwrap();
    let session = service.accounts.find_session(&kept.token).await.unwrap().unwrap();
    let since = session.record().authenticated_at.as_millis() - session.record().created_at.as_millis();
    assert_eq!(since, 30 * 60_000);
}

#[tokio::test]
async fn ended_session_changes_nothing() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mine = log_in(&service.accounts, PASSWORD).await.unwrap();
    service.accounts.log_out(&mine.token, &client()).await.unwrap();
    let refused = service.accounts.change_password(change(PASSWORD, NEW, &mine)).await;
    assert!(matches!(refused, Err(ChangePasswordError::SessionEnded)), "{refused:?}");
    assert!(log_in(&service.accounts, PASSWORD).await.is_ok());
}

/// A log-out with the former token while the password is changed: the session is ended, or it has its new token already, and then
/// the log-out has ended nothing (a limit that `docs/SECURITY.md` states) and a log-out with the new token does.
#[tokio::test(flavor = "multi_thread")]
async fn log_out_beside_a_change_ends_the_session_or_comes_after_its_token() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mut current = PASSWORD.to_owned();
    for round in 0..5 {
        let mine = log_in(&service.accounts, &current).await.unwrap();
        let new = format!("{NEW} {round}");
        let (accounts, change) = (service.accounts.clone(), change(&current, &new, &mine));
        let changing = tokio::spawn(async move { accounts.change_password(change).await });
        let has_ended = service.accounts.log_out(&mine.token, &client()).await.unwrap();
        match changing.await.unwrap() {
            Ok(changed) => {
                current = new;
                assert_eq!(changed.kept.is_none(), has_ended, "round {round}");
                if let Some(kept) = changed.kept {
                    assert!(service.accounts.log_out(&kept.token, &client()).await.unwrap());
                }
            }
            Err(ChangePasswordError::SessionEnded) => assert!(has_ended, "round {round}"),
            Err(error) => panic!("{error}"),
        }
        assert_eq!(service.count("sessions").await, 0, "round {round}");
        assert!(log_in(&service.accounts, &current).await.is_ok());
        service.execute_sql("DELETE FROM sessions").await;
    }
}

/// What ends in the commit of the password is not ended a second time: beside a log-in with the new password that would end its
/// session.
#[tokio::test]
async fn store_that_ends_sessions_in_one_commit_ends_them_once() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let builder = Accounts::builder().clock(service.clock.clone()).cost(fast_hash_cost());
    let accounts = builder.build(service.failing.ports_of_one_store()).unwrap();
    let (user, mine) = (ada(&service).await, log_in(&accounts, PASSWORD).await.unwrap());
    service.failing.take_calls();
    let changed = accounts.change_password(change(PASSWORD, NEW, &mine)).await.unwrap();
    assert!(changed.kept.is_some());
    accounts.set_password(user, password(PASSWORD), &operator()).await.unwrap();
    accounts.disable(user, &operator()).await.unwrap();
    accounts.enable(user, &operator()).await.unwrap();
    log_in(&accounts, PASSWORD).await.unwrap();
    assert_eq!(accounts.request_deletion(user, &operator()).await.unwrap().sessions, 1);
    let calls = service.failing.take_calls();
    for second in ["sessions.keep_only", "known_browsers.forget_all", "sessions.end_all"] {
        assert!(!calls.contains(&second), "{second}: {calls:?}");
    }
    assert_eq!(service.count("sessions").await, 0);
}

/// The ports of a store know whether another port was put in their place.
#[tokio::test]
async fn replaced_port_is_not_in_the_commit_of_the_others() {
    let service = Service::start().await;
    let ports = service.ports();
    assert!(ports.end_sessions_in_one_commit());
    let elsewhere = service.failing.ports();
    for replaced in [
        AccountPorts { users: elsewhere.users.clone(), ..ports.clone() },
        AccountPorts { credentials: elsewhere.credentials.clone(), ..ports.clone() },
        AccountPorts { sessions: elsewhere.sessions.clone(), ..ports.clone() },
        AccountPorts { known_browsers: elsewhere.known_browsers.clone(), ..ports.clone() },
    ] {
        assert!(!replaced.end_sessions_in_one_commit());
    }
}

#[tokio::test]
async fn wrong_current_password_or_weak_new_one_changes_nothing() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mine = log_in(&service.accounts, PASSWORD).await.unwrap();
    let attempt = |current, new| service.accounts.change_password(change(current, new, &mine));
    assert!(matches!(attempt("not the password", NEW).await, Err(ChangePasswordError::Mismatch)));
    for weak in ["", "short", "ada@example.com", "Summer2026!"] {
        let refused = attempt(PASSWORD, weak).await;
        assert!(matches!(refused, Err(ChangePasswordError::Weak(_))), "{weak:?}: {refused:?}");
    }
    assert!(service.accounts.find_session(&mine.token).await.unwrap().is_some());
    assert!(log_in(&service.accounts, PASSWORD).await.is_ok());
    let kinds = kinds(&service.accounts).await;
    assert!(!kinds.contains(&EventKind::PasswordChanged), "{kinds:?}");
}

/// The waits are those of log-ins, by the same counters of name and address. The failures of the account are counted apart.
#[tokio::test]
async fn current_password_is_counted_like_a_log_in() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mine = log_in(&service.accounts, PASSWORD).await.unwrap();
    let guess = || ChangePassword { browser: BrowserTokens::default(), ..change("not the password", NEW, &mine) };
    for _ in 0..5 {
        assert!(matches!(service.accounts.change_password(guess()).await, Err(ChangePasswordError::Mismatch)));
    }
    assert!(matches!(service.accounts.change_password(guess()).await, Err(ChangePasswordError::Throttled(_))));
    let refused = log_in(&service.accounts, PASSWORD).await;
    assert!(matches!(refused, Err(LogInError::Throttled(_))), "one counter for both: {refused:?}");
    let known = service.accounts.change_password(change(PASSWORD, NEW, &mine)).await;
    assert!(known.is_ok(), "the browser of the log-in is known: {known:?}");
}

/// The device cookies of other browsers are void, that of this one has a new token.
#[tokio::test]
async fn change_forgets_other_browsers() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let (mine, other) =
        (log_in(&service.accounts, PASSWORD).await.unwrap(), log_in(&service.accounts, PASSWORD).await.unwrap());
    let kept = service.accounts.change_password(change(PASSWORD, NEW, &mine)).await.unwrap().kept.unwrap();
    for _ in 0..6 {
        let _ = log_in(&service.accounts, "not the password").await; // now strangers wait
    }
    for (browser, is_known) in [(&mine.browser, false), (&other.browser, false), (&kept.browser, true)] {
        let logged_in = service.accounts.log_in(attempt(NEW, browser)).await;
        assert_eq!(logged_in.is_ok(), is_known, "{logged_in:?}");
    }
}

#[tokio::test]
async fn operator_sets_a_password_and_ends_every_session() {
    let service = Service::start().await;
    let browser = service.ada().await;
    let (accounts, user) = (&service.accounts, ada(&service).await);
    let weak = accounts.set_password(user, password("ada"), &operator()).await;
    assert!(matches!(weak, Err(SetPasswordError::Weak(_))), "{weak:?}");
    assert_eq!(identity(&browser.get("/home").await), "You are ada.");
    assert_eq!(accounts.set_password(user, password(NEW), &operator()).await.unwrap(), 1);
    assert_eq!(browser.get("/home").await.path, "/login?next=%2Fhome");
    assert!(log_in(accounts, NEW).await.is_ok());
    let page = accounts.events(EventFilter::default(), None, PageSize::clamped(100)).await.unwrap();
    let event =
        page.items.into_iter().map(|stored| stored.event).find(|event| event.kind == EventKind::PasswordChanged);
    let event = event.unwrap();
    assert_eq!((event.user, event.origin.operator.unwrap().as_str()), (Some(user), "grace"));
    let unknown = accounts.set_password(UserId::new(99), password(NEW), &operator()).await;
    assert!(matches!(unknown, Err(SetPasswordError::NotFound)), "{unknown:?}");
}

/// Of three changes by one password at the same time, one is made. The others get the mismatch, since their current password is not
/// the current one, or learn that the change has ended their session.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_changes_leave_one_new_password() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mut current = PASSWORD.to_owned();
    for round in 0..5 {
        let mine = log_in(&service.accounts, &current).await.unwrap();
        let mut tasks = JoinSet::new();
        for n in 0..3 {
            let new = format!("{NEW} {round} {n}");
            let (accounts, change) = (service.accounts.clone(), change(&current, &new, &mine));
            tasks.spawn(async move { accounts.change_password(change).await.map(|_| new) });
        }
        let results = tasks.join_all().await;
        let is_refused = |result: &&Result<_, _>| {
            matches!(result, Err(ChangePasswordError::Mismatch | ChangePasswordError::SessionEnded))
        };
        let refused = results.iter().filter(is_refused).count();
        assert_eq!(refused, 2, "{results:?}");
        current = results.into_iter().find_map(Result::ok).unwrap();
        assert!(log_in(&service.accounts, &current).await.is_ok());
    }
}

/// A log-in whose password was verified before the change is refused, or its session ended: none with the former password lives.
#[tokio::test(flavor = "multi_thread")]
async fn log_in_beside_a_change_opens_no_session() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let user = ada(&service).await;
    let passwords = [PASSWORD, NEW];
    for round in 0..10 {
        let (former, new) = (passwords[round % 2], passwords[(round + 1) % 2]);
        let mut tasks = JoinSet::new();
        for _ in 0..6 {
            let accounts = service.accounts.clone();
            tasks.spawn(async move { log_in(&accounts, former).await.ok() });
        }
        service.accounts.set_password(user, password(new), &operator()).await.unwrap();
        for logged_in in tasks.join_all().await.into_iter().flatten() {
            let found = service.accounts.find_session(&logged_in.token).await.unwrap();
            assert!(found.is_none(), "round {round}");
        }
    }
    assert_eq!(service.count("sessions").await, 0);
}

/// A log-in that replaces a hash of another cost does not overwrite a password that was set meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn rehash_beside_a_change_keeps_the_new_password() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let user = ada(&service).await;
    let other_cost = Accounts::builder().clock(service.clock.clone()).cost(accounts::Cost::DEFAULT);
    let other_cost = other_cost.build(service.store.clone()).unwrap();
    let rehash = tokio::spawn(async move { log_in(&other_cost, PASSWORD).await.map(drop) });
    tokio::time::sleep(std::time::Duration::from_millis(40)).await; // the log-in has read the hash, and computes
    service.accounts.set_password(user, password(NEW), &operator()).await.unwrap();
    let _ = rehash.await.unwrap(); // refused, or its session ended, as the machine is slow or fast
    assert_eq!(service.count("sessions").await, 0);
    assert!(log_in(&service.accounts, NEW).await.is_ok());
}

/// Before the commit nothing is changed. After it, the failure says that the outcome is unknown.
#[tokio::test]
async fn failing_store_changes_nothing_or_has_an_unknown_outcome() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let mine = log_in(&service.accounts, PASSWORD).await.unwrap();
    for (method, is_unknown) in [
        ("credentials.find", false),
        ("throttles.count", false),
        ("credentials.change", false),
        ("sessions.keep_only", true),
    ] {
        service.failing.fail_on(method);
        let browser = BrowserTokens::default(); // a stranger's, whose attempts the limits count
        let change = ChangePassword { browser, ..change(PASSWORD, NEW, &mine) };
        let Err(ChangePasswordError::Store(failure)) = service.accounts.change_password(change).await else {
            panic!("{method}")
        };
        service.failing.fail_on(None);
        assert_eq!(failure.is_outcome_unknown(), is_unknown, "{method}");
        assert_eq!(log_in(&service.accounts, PASSWORD).await.is_ok(), !is_unknown, "{method}");
    }
    for (method, is_unknown) in
        [("users.find", false), ("credentials.change", false), ("known_browsers.forget_all", true)]
    {
        service.failing.fail_on(method);
        let set = service.accounts.set_password(mine.user.id, password(PASSWORD), &operator()).await;
        service.failing.fail_on(None);
        let Err(SetPasswordError::Store(failure)) = set else { panic!("{method}") };
        assert_eq!(failure.is_outcome_unknown(), is_unknown, "{method}");
    }
}
