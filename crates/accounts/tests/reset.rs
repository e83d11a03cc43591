//! `/account/reset`: a link that sets a new password, once and for 30 minutes.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::ResetLinkError;
use accounts::{
    Accounts, BrowserTokens, Caller, EventFilter, EventKind, OperatorName, PageSize, Password, ResetPassword,
    ResetPasswordError, ResetToken, UserId, Username,
};
use reqwest::Method;
use tokio::task::JoinSet;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity};

const NEW: &str = "velvet canyon drum";
const UNUSABLE: &str =
    "A link that sets a new password works once, and for 30 minutes. Nothing changed. Please ask for a new one.";

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("grace").unwrap())
}

async fn user(service: &Service, name: &str) -> UserId {
    service.accounts.find_user(&Username::parse(name).unwrap()).await.unwrap().unwrap().id
}

async fn token(service: &Service, user: UserId) -> ResetToken {
    service.accounts.create_reset_token(user, &operator()).await.unwrap().unwrap()
}

fn path(token: &ResetToken) -> String {
    format!("/account/reset?token={}", token.expose())
}

/// Opens the link, and submits its form.
async fn set(client: &TestClient, token: &ResetToken, password: &str) -> TestResponse {
    client.submit(&path(token), "/account/reset", &[("password", password), ("password2", password)]).await
}

#[tokio::test]
async fn link_sets_the_password_and_ends_every_session() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let user = user(&service, "ada").await;
    let (first, second) = (token(&service, user).await, token(&service, user).await);
    let visitor = service.visitor();
    let page = visitor.get(&path(&first)).await;
    assert_page(&page, 200, "Choose a new password for the account of ada");
    assert_eq!(page.attributes("input[type=password]", "autocomplete"), ["new-password", "new-password"]);
    assert_eq!(page.attributes("input[name=username]", "value"), ["ada"]);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.", "opening the link changes nothing");

    let page = set(&visitor, &first, NEW).await;
    assert_eq!(page.path, "/login");
    assert_eq!(page.texts(".flash-success"), ["Your new password is set. Log in with it to continue."]);
    assert_eq!(ada.get("/home").await.path, "/login?next=%2Fhome");
    assert_eq!(identity(&visitor.get("/").await), "You are anonymous.", "it does not log in");
    assert!(service.visitor().log_in("ada", NEW).await.text.contains("Welcome back, ada."));
    assert_eq!(service.visitor().log_in("ada", PASSWORD).await.status, 422);
    for used in [first, second] {
        assert_page(&visitor.get(&path(&used)).await, 404, UNUSABLE);
        let form = [("token", used.expose()), ("password", PASSWORD.into()), ("password2", PASSWORD.into())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_page(&browser_post(&visitor, "/account/reset", &form).await, 404, UNUSABLE);
    }
    let page = service.accounts.events(EventFilter::default(), None, PageSize::clamped(20)).await.unwrap();
    let events: Vec<_> = page.items.into_iter().map(|stored| stored.event).collect();
    let changed = events.iter().find(|event| event.kind == EventKind::PasswordChanged).unwrap();
    assert_eq!(
        (changed.detail.as_deref(), changed.origin.network.as_deref()),
        (Some("by a reset link"), Some("127.0.0.1/32"))
    );
    let made = events.iter().filter(|event| event.kind == EventKind::ResetLinkMade);
    assert!(made.clone().count() == 2 && made.clone().all(|event| event.origin.operator.is_some()));
}

/// What does not work: it has expired, is none, is of a disabled user, or is spelled in another way.
#[tokio::test]
async fn link_that_does_not_work_says_what_to_do() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let user = user(&service, "ada").await;
    let expired = token(&service, user).await;
    service.clock.advance(Duration::from_mins(30));
    let working = token(&service, user).await;
    let visitor = service.visitor();
    let text = working.expose();
    for link in [
        path(&expired),
        "/account/reset".to_owned(),
        "/account/reset?token=".to_owned(),
        format!("/account/reset?token={text}A"),
        format!("/account/reset?token=%20{text}"),
        format!("/account/reset?Token={text}"),
        format!("/account/reset?token={}", "A".repeat(43)),
        format!("/account/reset?token={}", "A".repeat(4_000)),
    ] {
        assert_page(&visitor.get(&link).await, 404, UNUSABLE);
    }
    service.accounts.disable(user, &operator()).await.unwrap();
    assert_page(&visitor.get(&path(&working)).await, 404, UNUSABLE);
    service.accounts.enable(user, &operator()).await.unwrap();
    assert_page(&visitor.get(&path(&working)).await, 200, "");
}

/// The link works on, and no password is in the page.
#[tokio::test]
async fn refused_password_is_shown_at_its_field() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let token = token(&service, user(&service, "ada").await).await;
    let visitor = service.visitor();
    for (typed, repeated, field, message) in [
        ("", "", "#password-note", "Please choose a password."),
        ("short", "short", "#password-note", "Please choose a password of at least 8 characters."),
        ("ada@example.com", "ada@example.com", "#password-note", "That password is easy to guess"),
        (NEW, "velvet canyon", "#password2-note", "The two passwords differ."),
        (&"x".repeat(1_025), &"x".repeat(1_025), "#password-note", "at most 1,024 characters."),
    ] {
        let page =
            visitor.submit(&path(&token), "/account/reset", &[("password", typed), ("password2", repeated)]).await;
        assert_page(&page, 422, message);
        assert!(page.texts(field).concat().contains(message), "{}", page.html);
        assert!(page.html.contains("<title>Error: "), "{}", page.html);
        assert!(typed.is_empty() || !page.html.contains(&format!("value=\"{typed}\"")), "{}", page.html);
        assert_eq!(page.attributes("input[name=token]", "value"), [token.expose()]);
    }
    assert_eq!(set(&visitor, &token, NEW).await.path, "/login");
}

/// The token is in the form of its own page alone: no other link and no header has it, and nothing is cached.
#[tokio::test]
async fn token_is_in_no_link_and_no_header() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let token = token(&service, user(&service, "ada").await).await;
    let visitor = service.visitor();
    let page = visitor.get(&path(&token)).await;
    assert_eq!(page.html.matches(&token.expose()).count(), 1, "{}", page.html);
    let policy = (page.header("referrer-policy"), page.header("cache-control"));
    assert_eq!(
        policy,
        (Some("strict-origin"), Some("no-store")),
        "not same-origin: the stylesheet's `Referer` had the token"
    );
    for (name, value) in &page.headers {
        assert!(!value.to_str().unwrap().contains(&token.expose()), "{name}");
    }
    let head = visitor.send(visitor.request(Method::HEAD, &path(&token))).await;
    assert_eq!(head.status, 200);
    // As a browser without `Sec-Fetch-Site` sends the form under that policy: the origin is sent, and is not `null`.
    let (origin, token) = (service.server.url("/"), token.expose());
    let form = [("token", token.as_str()), ("password", NEW), ("password2", NEW)];
    let request = visitor.request(Method::POST, "/account/reset").header("referer", &origin);
    let posted = visitor.send(request.header("origin", origin.trim_end_matches('/')).form(&form)).await;
    assert_eq!((posted.status, posted.header("location")), (303, Some("/login")));
}

/// Of requests with one link, or with two of one user, one sets its password.
#[tokio::test(flavor = "multi_thread")]
async fn link_that_is_used_twice_at_once_sets_one_password() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let user = user(&service, "ada").await;
    for round in 0..5 {
        let tokens = [token(&service, user).await, token(&service, user).await];
        let mut tasks = JoinSet::new();
        for n in 0..4 {
            let (accounts, token) = (service.accounts.clone(), tokens[n % 2].clone());
            let new = format!("{NEW} {round} {n}");
            tasks.spawn(async move {
                let password = Password::parse(new.clone()).unwrap();
                let (caller, browser) = (Caller::default(), BrowserTokens::default());
                accounts.reset_password(ResetPassword { token, new: password, caller, browser }).await.map(|_| new)
            });
        }
        let results = tasks.join_all().await;
        let refused = results.iter().filter(|result| matches!(result, Err(ResetPasswordError::Unusable))).count();
        assert_eq!(refused, 3, "{results:?}");
        let new = results.into_iter().find_map(Result::ok).unwrap();
        assert!(service.visitor().log_in("ada", &new).await.text.contains("Welcome back, ada."));
    }
}

/// Each costs a read, or an estimate of its strength. Log-ins are counted apart.
#[tokio::test]
async fn unknown_links_and_refused_passwords_have_thirty_attempts_a_minute() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let user = user(&service, "ada").await;
    let (token, visitor) = (token(&service, user).await, service.visitor());
    let unknown = format!("/account/reset?token={}", "A".repeat(43));
    for n in 0..30 {
        if n % 2 == 0 {
            assert_page(&visitor.get(&unknown).await, 404, UNUSABLE);
        } else {
            assert_page(&set(&visitor, &token, "ada@example.com").await, 422, "That password is easy to guess");
        }
    }
    let text = token.expose();
    let form = [("token", text.as_str()), ("password", NEW), ("password2", NEW)];
    for page in [
        visitor.get(&unknown).await,
        visitor.get(&path(&token)).await,
        browser_post(&visitor, "/account/reset", &form).await,
    ] {
        assert_page(&page, 429, "Too many attempts. Please wait");
        assert!(page.header("retry-after").is_some() && !page.html.contains(NEW), "{}", page.html);
    }
    assert!(service.visitor().log_in("ada", PASSWORD).await.text.contains("Welcome back, ada."));
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(set(&visitor, &token, NEW).await.path, "/login");
}

/// A password that is set is no failure.
#[tokio::test]
async fn links_that_work_use_up_no_limit() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let (user, visitor) = (user(&service, "ada").await, service.visitor());
    for n in 0..35 {
        let token = token(&service, user).await;
        assert_eq!(set(&visitor, &token, &format!("{NEW} {n}")).await.path, "/login", "{n}");
    }
}

#[tokio::test]
async fn link_needs_an_origin_and_the_page() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let token = token(&service, user(&service, "ada").await).await;
    assert_eq!(service.accounts.reset_link(&token), Err(ResetLinkError::NoOrigin));
    let build = |builder: accounts::Builder| builder.build(service.store.clone()).unwrap();
    let moved = build(Accounts::builder().origin("https://trips.example").reset_at("/new-password"));
    let link = format!("https://trips.example/new-password?token={}", token.expose());
    assert_eq!(moved.reset_link(&token), Ok(link));
    let without = Accounts::builder().origin("https://trips.example").without(accounts::web::AccountPage::Reset);
    assert_eq!(build(without).reset_link(&token), Err(ResetLinkError::NoPage));
    assert!(service.accounts.create_reset_token(UserId::new(99), &operator()).await.unwrap().is_none());
}

#[tokio::test]
async fn failing_store_is_503_and_keeps_the_link() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let token = token(&service, user(&service, "ada").await).await;
    let visitor = service.visitor();
    service.failing.fail_on("credentials.find_by_reset_token");
    assert_page(&visitor.get(&path(&token)).await, 503, "We couldn't look that up.");
    let text = token.expose();
    let form = [("token", text.as_str()), ("password", NEW), ("password2", NEW)];
    for (method, sentence) in [
        ("credentials.find_by_reset_token", "We couldn't save that. Nothing changed, please try again."),
        ("credentials.change", "We couldn't save that. Nothing changed, please try again."),
    ] {
        service.failing.fail_on(method);
        let page = browser_post(&visitor, "/account/reset", &form).await;
        assert_page(&page, 503, sentence);
        assert!(!page.html.contains(NEW), "{}", page.html);
    }
    service.failing.fail_on("sessions.keep_only");
    let page = browser_post(&visitor, "/account/reset", &form).await;
    assert_page(&page, 503, "We can't tell whether that was saved.");
    service.failing.fail_on("credentials.add_reset_token");
    assert!(service.accounts.create_reset_token(user(&service, "ada").await, &operator()).await.is_err());
}
