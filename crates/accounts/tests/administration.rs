//! What an operator or an embedder's own page does with a user: disable, enable, rename; and hooks in a registration.

use std::any::Any;
use std::sync::Arc;

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{
    Accounts, Caller, Email, Event, EventFilter, EventKind, OperatorName, PageSize, Password, RegisterError,
    Registration, RenameUserError, User, UserId, Username, UsernameError,
};
use async_trait::async_trait;
use domain::user::RequestDeletionError;
use poem::Route;
use store::AccountStore;
use store::embed::{Dialect, HookError, Hooks};

use crate::common::{PASSWORD, Service};

const LOOKS_ALIKE: &str = "That username looks like another one. Please choose a different one.";

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("grace").unwrap())
}

/// The latest event.
async fn last_event(accounts: &Accounts) -> Event {
    let page = accounts.events(EventFilter::default(), None, PageSize::clamped(1)).await.unwrap();
    page.items.into_iter().next().unwrap().event
}

async fn id(service: &Service, name: &str) -> UserId {
    service.accounts.find_user(&Username::parse(name).unwrap()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn disabled_user_is_logged_out_for_good_and_cannot_log_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let user = id(&service, "ada").await;
    assert_eq!(service.accounts.disable(user, &operator()).await.unwrap(), Some(1));
    let event = last_event(&service.accounts).await;
    assert_eq!((event.kind, event.user, event.count), (EventKind::Disabled, Some(user), 1));
    assert_eq!(event.origin.operator.unwrap().as_str(), "grace");
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 422);

    assert_eq!(service.accounts.disable(user, &operator()).await.unwrap(), None);
    assert!(service.accounts.enable(user, &operator()).await.unwrap());
    assert_eq!(last_event(&service.accounts).await.kind, EventKind::Enabled);
    assert!(!service.accounts.enable(user, &operator()).await.unwrap());
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome", "the session has ended");
    assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn renamed_user_logs_in_by_the_new_name_and_stays_logged_in() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.register("ben", PASSWORD).await;
    let user = id(&service, "ada").await;
    let rename = |name: &str| {
        let (accounts, name) = (service.accounts.clone(), Username::parse(name).unwrap());
        async move { accounts.rename(user, name, &Caller::default()).await }
    };
    assert!(matches!(rename("BEN").await, Err(RenameUserError::Taken)));
    assert_eq!(rename("grace").await.unwrap().username.as_str(), "grace");
    let event = last_event(&service.accounts).await;
    assert_eq!((event.kind, event.user), (EventKind::Renamed, Some(user)));
    assert_eq!(ada.get("/home").await.path, "/home");
    assert!(service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().is_none());
    let refused = rename("pаypal").await; // with a Cyrillic letter
    assert!(matches!(refused, Err(RenameUserError::Name(UsernameError::MixedScript))), "{refused:?}");
    assert!(matches!(rename("adrnin").await, Err(RenameUserError::Name(UsernameError::Reserved))));
    let unknown = service.accounts.rename(UserId::new(99), Username::parse("zoe").unwrap(), &Caller::default()).await;
    assert!(matches!(unknown, Err(RenameUserError::NotFound)), "{unknown:?}");
}

/// The former name has no page of its own, and is taken for all other users for 90 days.
#[tokio::test]
async fn former_name_is_taken_until_its_owner_takes_it_back_or_90_days_have_passed() {
    let service = Service::start().await;
    service.register("ada-l", PASSWORD).await;
    service.register("ben", PASSWORD).await;
    let (ada, ben) = (id(&service, "ada-l").await, id(&service, "ben").await);
    let rename = async |user, name: &str| {
        service.accounts.rename(user, Username::parse(name).unwrap(), &Caller::default()).await
    };
    rename(ada, "grace").await.unwrap();
    assert!(matches!(rename(ben, "Ada-L").await, Err(RenameUserError::Taken)));
    assert!(matches!(rename(ben, "ada-1").await, Err(RenameUserError::LookAlike)));
    for (name, sentence) in [("ada-l", "That username is taken."), ("ada-1", LOOKS_ALIKE)] {
        let page = service.visitor().register(name, PASSWORD).await;
        assert_eq!((page.status, page.texts("#username-note").concat().as_str()), (422, sentence), "{name}");
        assert_eq!(page.attributes("#username", "value"), [name]);
    }
    assert_eq!(rename(ada, "ada-l").await.unwrap().username.as_str(), "ada-l");
    rename(ada, "grace").await.unwrap();
    service.clock.advance(Username::RESERVED);
    assert_eq!(rename(ben, "ada-1").await.unwrap().username.as_str(), "ada-1");
}

/// What fails after a commit has not failed as a whole: what was committed is not reported as unchanged.
#[tokio::test]
async fn failure_after_the_first_commit_is_an_unknown_outcome() {
    let service = Service::start().await;
    service.ada().await;
    let ada = id(&service, "ada").await;
    service.failing.fail_on("known_browsers.forget_all");
    let failure = service.accounts.log_out_everywhere(ada, &operator()).await.unwrap_err();
    assert_eq!((failure.is_outcome_unknown(), service.count("sessions").await), (true, 0));
    service.failing.fail_on("sessions.end_all");
    assert!(!service.accounts.log_out_everywhere(ada, &operator()).await.unwrap_err().is_outcome_unknown());
    assert!(service.accounts.disable(ada, &operator()).await.unwrap_err().is_outcome_unknown());
    assert!(service.ports().users.find(ada).await.unwrap().unwrap().disabled_at.is_some());
    service.failing.fail_on("users.disable");
    assert!(!service.accounts.disable(ada, &operator()).await.unwrap_err().is_outcome_unknown());
    for (method, is_unknown) in
        [("users.request_deletion", false), ("sessions.end_all", true), ("users.complete_deletion", true)]
    {
        service.failing.fail_on(method);
        let Err(RequestDeletionError::Store(failure)) = service.accounts.delete(ada, &operator()).await else {
            panic!("{method}")
        };
        assert_eq!(failure.is_outcome_unknown(), is_unknown, "{method}");
    }
}

/// Refuses names, and users who bring no invitation.
struct Guarded;

struct Invitation;

#[async_trait]
impl<D: Dialect> Hooks<D> for Guarded {
    async fn registered(
        &self,
        _: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        if user.username.as_str() == "mallory" {
            return Err(HookError::refused("username", "Not you again."));
        }
        let is_invited = own.is_some_and(<dyn Any + Send + Sync>::is::<Invitation>);
        if is_invited { Ok(()) } else { Err(HookError::refused("email", "Please ask for an invitation.")) }
    }
}

#[tokio::test]
async fn refusal_of_a_hook_is_shown_beside_its_field_and_keeps_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = AccountStore::connect(&url).await.unwrap().with_hooks(Guarded);
    let accounts = Accounts::builder().cost(fast_hash_cost()).build(store).unwrap();
    let registration = || Registration {
        username: Username::parse("ada").unwrap(),
        email: Email::parse("ada@example.com").unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        code: None,
    };
    let refused = accounts.register(registration(), &Caller::default()).await;
    assert!(matches!(&refused, Err(RegisterError::Refused(refusal)) if refusal.field == "email"), "{refused:?}");
    let server = TestServer::start(accounts.routes(Route::new()).unwrap()).await.unwrap();
    for (name, field, sentence) in
        [("ada", "#email-note", "Please ask for an invitation."), ("mallory", "#username-note", "Not you again.")]
    {
        let page = TestClient::new(&server).register(name, PASSWORD).await;
        assert_eq!((page.status, page.texts(field)), (422, vec![sentence.to_owned()]), "{}", page.html);
        assert_eq!(page.attributes("#username", "value"), [name]);
    }
    accounts.register_with(registration(), Arc::new(Invitation), &Caller::default()).await.unwrap();
}
