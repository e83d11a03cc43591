//! An embedder's own log-in page, registration page and password page: what ours do, they do.

mod pages;
mod proofs;
mod waiting;

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::AccountPage;
use accounts::{
    Accounts, Builder, Caller, CodeSettings, CodeUses, Lifetime, Lifetimes, RegistrationPolicy, Throttling, UserId,
    Username,
};
use futures_util::future::join_all;
use reqwest::Method;

use self::pages::{CONFIRM, LOG_IN, LOG_OUT, PASSWORD_PAGE, REGISTER};
use crate::common::{self, PASSWORD, Service, assert_page, browser_post, identity, set_cookie, set_cookies};

const NEW: &str = "granite heron nine";

fn own(builder: Builder) -> Builder {
    let builder = builder.own_page(AccountPage::LogIn, LOG_IN).own_page(AccountPage::Register, REGISTER);
    let builder = builder.own_page(AccountPage::Password, PASSWORD_PAGE).own_page(AccountPage::Confirm, CONFIRM);
    builder.own_page(AccountPage::LogOut, LOG_OUT)
}

/// The service of the other tests, with own pages in place of ours.
async fn service(set: impl FnOnce(Builder) -> Builder) -> Service {
    Service::with_pages(|builder| set(own(builder)), pages::add_to(common::pages())).await
}

async fn log_in(client: &TestClient, path: &str, password: &str) -> TestResponse {
    client.submit(path, LOG_IN, &[("email", "ada"), ("password", password)]).await
}

fn registration<'a>(username: &'a str, email: &'a str, again: &'a str) -> [(&'a str, &'a str); 4] {
    [("username", username), ("email", email), ("password", PASSWORD), ("password2", again)]
}

async fn id(service: &Service, username: &str) -> UserId {
    service.accounts.find_user(&Username::parse(username).unwrap()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn guards_and_links_lead_to_the_own_pages_and_back() {
    let service = service(|builder| builder).await;
    let visitor = service.visitor();
    assert_eq!(visitor.get("/login").await.status, 404, "ours is not there");
    let page = visitor.get("/home?a=1").await;
    assert_eq!((page.path.as_str(), page.texts("h1")), ("/come-in?next=%2Fhome%3Fa%3D1", vec!["Come in".to_owned()]));
    assert!(page.text.contains("Sorry you must be logged in to view this page"), "{}", page.text);
    assert_eq!(page.attributes(".form-aside a", "href"), ["/join?next=%2Fhome%3Fa%3D1"]);
    let page = visitor.get("/join?next=%2Fhome%3Fa%3D1").await;
    assert_eq!(page.attributes(".form-aside a", "href"), ["/come-in?next=%2Fhome%3Fa%3D1"]);
    let page = visitor.submit_on(&page, REGISTER, &registration("ada", "ada@example.com", PASSWORD)).await;
    assert_eq!((page.path.as_str(), identity(&page)), ("/home?a=1", "You are ada.".to_owned()));
    assert!(page.text.contains("Your account is ready. Welcome, ada."), "{}", page.text);
    let account = visitor.get("/account").await;
    assert!(account.attributes(".account-menu a", "href").contains(&PASSWORD_PAGE.to_owned()), "{}", account.html);
    for path in ["/come-in?next=/form", "/join?next=/form"] {
        assert_eq!(visitor.get(path).await.path, "/form", "a user is led on");
    }
    let page = log_in(&service.visitor(), "/come-in?next=/home?a=1", PASSWORD).await;
    assert_eq!((page.path.as_str(), identity(&page)), ("/home?a=1", "You are ada.".to_owned()));
    assert!(page.text.contains("Welcome back, ada."), "{}", page.text);
    let page = log_in(&service.visitor(), "/come-in?next=//evil.example", PASSWORD).await;
    assert_eq!(page.path, "/");
}

#[tokio::test]
async fn own_log_in_page_shows_errors_by_field_and_keeps_what_was_typed() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    let page = visitor.submit("/come-in?next=/home", LOG_IN, &[("email", " "), ("password", "")]).await;
    assert_page(&page, 422, "Please type your username or email.");
    assert_eq!(page.attributes("[role=alert] a", "href"), ["#email", "#password"]);
    let wrong = [("email", "ada<b>"), ("password", "wrong otter"), ("remember", "on")];
    let page = visitor.submit_on(&page, LOG_IN, &wrong).await;
    assert_page(&page, 422, "That username or email and password don't match. Please try again.");
    assert_eq!((page.texts("title").len(), page.attributes("#email", "value")), (1, vec!["ada<b>".to_owned()]));
    assert_eq!(page.attributes("[name=remember]", "checked").len(), 1);
    assert!(!page.html.contains("wrong otter") && set_cookie(&page, "session").is_none(), "{}", page.html);
    let page = visitor.submit_on(&page, LOG_IN, &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/home", "`next` is kept over both errors");
}

#[tokio::test]
async fn own_log_in_page_is_throttled_with_the_wait_and_retry_after() {
    let service = service(|builder| builder.throttling(Throttling::default().free_failures(2))).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for _ in 0..2 {
        assert_eq!(log_in(&visitor, LOG_IN, "wrong otter seven").await.status, 422);
    }
    let page = log_in(&visitor, LOG_IN, PASSWORD).await;
    assert_page(&page, 429, "Too many attempts. Please wait 1 second and try again.");
    assert_eq!((page.header("retry-after"), page.attributes("#email", "value")), (Some("1"), vec!["ada".to_owned()]));
    assert_eq!(page.texts("[role=alert]").len(), 1, "{}", page.html);
    assert!(page.texts("title")[0].starts_with("Error: Come in"), "{:?}", page.texts("title"));
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(log_in(&visitor, LOG_IN, PASSWORD).await.path, "/");
}

#[tokio::test]
async fn own_log_in_page_keeps_the_user_logged_in_by_a_long_lifetime() {
    const DAY: Duration = Duration::from_hours(24);
    let long = Lifetime::long(60 * DAY, 120 * DAY).unwrap();
    let service = service(|builder| builder.lifetimes(Lifetimes::default().with_remembered(long))).await;
    service.register("ada", PASSWORD).await;
    let (ada, brief) = (service.visitor(), service.visitor());
    let typed = [("email", "ada"), ("password", PASSWORD), ("remember", "on")];
    let page = browser_post(&ada, LOG_IN, &typed).await;
    let cookie = set_cookie(&page, "session").unwrap();
    assert!(cookie.ends_with("; Max-Age=10368000"), "120 days: {cookie}");
    let page = browser_post(&brief, LOG_IN, &typed[..2]).await;
    assert!(!set_cookie(&page, "session").unwrap().contains("Max-Age"));
    service.clock.advance(59 * DAY);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
    assert_eq!(brief.get("/home").await.path, "/come-in?next=%2Fhome");
    service.clock.advance(60 * DAY);
    assert_eq!(ada.get("/home").await.path, "/come-in?next=%2Fhome", "60 days idle");
}

/// The cookies that a log-in on the own page sets are those of ours.
#[tokio::test]
async fn own_log_in_page_sets_the_cookies_of_ours() {
    let (ours, own) = (Service::start().await, service(|builder| builder).await);
    let mut cookies = Vec::new();
    for (service, path) in [(&ours, "/login"), (&own, LOG_IN)] {
        service.register("ada", PASSWORD).await;
        let ada = service.visitor();
        ada.get(path).await;
        let page = browser_post(&ada, path, &[("email", "ada"), ("password", PASSWORD), ("remember", "on")]).await;
        let shapes = set_cookies(&page).into_iter().map(|line| {
            let ((name, _), (_, attributes)) = (line.split_once('=').unwrap(), line.split_once("; ").unwrap());
            format!("{}: {attributes}", name.split('-').next().unwrap())
        });
        cookies.push(shapes.collect::<Vec<_>>());
        assert!(ada.cookies().contains("visit"), "the forms of other tabs that wait stay valid: {}", ada.cookies());
    }
    assert_eq!(cookies[0], cookies[1]);
    assert_eq!(cookies[0].len(), 3, "{cookies:?}");
}

#[tokio::test]
async fn own_registration_page_shows_errors_by_field_and_keeps_what_was_typed() {
    let service = service(|builder| builder).await;
    service.register("ben", PASSWORD).await;
    let visitor = service.visitor();
    let page = visitor.submit(REGISTER, REGISTER, &registration("a b", "nowhere", "other otter")).await;
    assert_eq!((page.status, page.attributes("[role=alert] a", "href").len()), (422, 3), "{}", page.html);
    assert_eq!(page.attributes("#username, #email", "value"), ["a b", "nowhere"]);
    let page = visitor.submit_on(&page, REGISTER, &registration("ben", "ben@example.com", PASSWORD)).await;
    assert_page(&page, 422, "That username is taken.");
    assert_eq!(page.texts("#email-note"), ["An account with that email already exists."]);
    let weak =
        [("username", "ada"), ("email", "ada@example.com"), ("password", "password1"), ("password2", "password1")];
    let page = visitor.submit_on(&page, REGISTER, &weak).await;
    assert!(page.texts("#password-note").concat().starts_with("That password is easy to guess"), "{}", page.html);
    assert!(!page.html.contains("password1"));
    assert_eq!(visitor.submit_on(&page, REGISTER, &registration("ada", "ada@example.com", PASSWORD)).await.path, "/");
}

#[tokio::test]
async fn own_registration_page_sent_twice_registers_once_and_answers_both_alike() {
    let service = service(|builder| builder).await;
    let ada = service.visitor();
    let mut form = ada.get("/join?next=/home").await.form(REGISTER);
    let typed = registration("ada", "ada@example.com", PASSWORD);
    form.retain(|(name, _)| typed.iter().all(|(field, _)| field != name));
    form.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let cookies = ada.cookies();
    let tabs: Vec<_> = (0..4).map(|_| service.visitor()).collect();
    let pages = join_all(tabs.iter().map(|tab| {
        tab.add_cookies(&cookies);
        tab.send(tab.request(Method::POST, REGISTER).header("sec-fetch-site", "same-origin").form(&form))
    }));
    for page in pages.await {
        assert_eq!((page.status, page.header("location")), (303, Some("/home")), "{}", page.text);
    }
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 4));
}

#[tokio::test]
async fn own_registration_page_obeys_the_registration_policy_and_its_limit() {
    let closed = service(|builder| builder.registration(RegistrationPolicy::Closed)).await;
    let page = browser_post(&closed.visitor(), REGISTER, &registration("ada", "ada@example.com", PASSWORD)).await;
    assert_eq!((page.status, closed.count("users").await), (403, 0), "{}", page.text);
    assert_eq!(closed.visitor().get(LOG_IN).await.texts(".form-aside"), ["Registration is closed."]);

    let limited = service(|builder| builder.throttling(Throttling::default().registrations_per_hour(1))).await;
    assert_eq!(
        limited.visitor().submit(REGISTER, REGISTER, &registration("ada", "a@example.com", PASSWORD)).await.path,
        "/"
    );
    let page = limited.visitor().submit(REGISTER, REGISTER, &registration("ben", "b@example.com", PASSWORD)).await;
    assert_page(&page, 429, "Too many attempts. Please wait 60 minutes and try again.");
    assert_eq!(page.attributes("#username", "value"), ["ben"]);
}

#[tokio::test]
async fn own_registration_page_takes_the_code_of_its_link() {
    let service = service(|builder| builder.registration(RegistrationPolicy::Code)).await;
    let settings = CodeSettings { uses: CodeUses::new(1).unwrap(), valid_for: Duration::from_hours(1), note: None };
    let code = service.accounts.make_registration_code(settings, &Caller::default()).await.unwrap().code;
    let builder = own(Accounts::builder()).origin("https://trips.example");
    let link = builder.build(service.ports()).unwrap().registration_link(&code).unwrap();
    assert_eq!(link, format!("https://trips.example/join?code={}", code.expose()), "to the own page");
    let visitor = service.visitor();
    let typed = registration("ada", "ada@example.com", PASSWORD);
    let wrong: Vec<_> = typed.into_iter().chain([("code", "AAAA-BBBB-CCCC-DDDD")]).collect();
    let page = visitor.submit(REGISTER, REGISTER, &wrong).await;
    assert_eq!(
        (page.status, page.attributes("[role=alert] a", "href")),
        (422, vec!["#code".to_owned()]),
        "{}",
        page.html
    );
    let page = visitor.get(&format!("/join?code={}", code.expose())).await;
    assert_eq!(page.attributes("#code", "value"), [code.expose()]);
    assert_eq!(visitor.submit_on(&page, REGISTER, &typed).await.path, "/");
    assert_eq!(service.count("users").await, 1);
}

#[tokio::test]
async fn own_pages_end_the_session_and_remove_its_cookies() {
    let service = service(|builder| builder.after_log_out("/form")).await;
    service.register("ada", PASSWORD).await;
    for (path, location, said) in [(LOG_OUT, "/form", "You are logged out."), ("/leave", "/", common::GUEST_FLASH)] {
        let ada = service.visitor();
        log_in(&ada, LOG_IN, PASSWORD).await;
        let before = ada.cookies();
        let page = browser_post(&ada, path, &[]).await;
        assert_eq!((page.status, page.header("location")), (303, Some(location)));
        assert_eq!(page.header("clear-site-data"), Some("\"cache\""));
        for name in ["session", "visit"] {
            assert!(set_cookie(&page, name).unwrap().ends_with("Max-Age=0"), "{path}: {:?}", set_cookies(&page));
        }
        assert_eq!(ada.get("/").await.texts(".flash"), [said]);
        let stolen = service.visitor();
        stolen.add_cookies(&before);
        assert_eq!(
            (identity(&stolen.get("/").await), service.count("sessions").await),
            ("You are anonymous.".into(), 0)
        );
    }
    let ada = service.visitor();
    log_in(&ada, LOG_IN, PASSWORD).await;
    service.failing.fail_on("sessions.end");
    let page = browser_post(&ada, LOG_OUT, &[]).await;
    assert_eq!((page.status, set_cookie(&page, "session"), page.header("clear-site-data")), (503, None, None));
}

#[tokio::test]
async fn own_form_without_the_token_of_its_page_is_refused() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    ada.get(LOG_IN).await;
    let typed = [("email", "ada"), ("password", PASSWORD)];
    let page = ada.send(ada.request(Method::POST, LOG_IN).form(&typed)).await; // neither origin nor token
    assert_eq!((page.status, service.count("sessions").await), (403, 0));
    let foreign = ada.request(Method::POST, LOG_IN).header("sec-fetch-site", "cross-site");
    assert_eq!(ada.send(foreign.form(&typed)).await.status, 403);
    let no_cookies = service.visitor().submit_on(&ada.get(LOG_IN).await, LOG_IN, &typed).await;
    assert!(no_cookies.status >= 400 && service.count("sessions").await == 0, "{}", no_cookies.text);
}

#[tokio::test]
async fn own_pages_say_that_the_browser_keeps_no_cookies() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let form = service.visitor().get(LOG_IN).await.form(LOG_IN);
    let send = async |repeated: bool| {
        let browser = service.visitor(); // without cookies
        let mut form = form.clone();
        form.retain(|(name, _)| name != "email" && name != "password");
        form.extend(
            [("email", "ada"), ("password", PASSWORD)].map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        form.extend(repeated.then(|| ("repeated".to_owned(), "on".to_owned())));
        browser.send(browser.request(Method::POST, LOG_IN).header("sec-fetch-site", "same-origin").form(&form)).await
    };
    let page = send(false).await;
    assert_page(&page, 422, "This form was open for too long. Please send it once more.");
    assert_eq!(page.attributes("[name=repeated]", "value"), ["on"]);
    assert_page(&send(true).await, 422, "Your browser doesn't keep cookies from this site. Logging in needs one.");
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn own_password_page_keeps_this_session_alone() {
    let service = service(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let (ada, other) = (service.visitor(), service.visitor());
    assert_eq!(ada.get(PASSWORD_PAGE).await.path, "/come-in?next=%2Fsettings%2Fpassword");
    for client in [&ada, &other] {
        log_in(client, LOG_IN, PASSWORD).await;
    }
    let before = ada.cookies();
    let change = async |current, new, again| {
        let typed = [("password", current), ("new_password", new), ("new_password2", again)];
        ada.submit(PASSWORD_PAGE, PASSWORD_PAGE, &typed).await
    };
    for (current, new, again, field, message) in [
        ("wrong otter seven", NEW, NEW, "password", "That isn't your password. Please try again."),
        (PASSWORD, "short", "short", "new_password", "Please choose a password of at least 8 characters."),
        (PASSWORD, NEW, PASSWORD, "new_password2", "The two passwords differ."),
    ] {
        let page = change(current, new, again).await;
        assert_eq!((page.status, page.texts(&format!("#{field}-note"))), (422, vec![message.to_owned()]));
        assert!(!page.html.contains(NEW), "{}", page.html);
    }
    let page = change(PASSWORD, NEW, NEW).await;
    assert_eq!((page.path.as_str(), page.texts(".flash").len()), ("/account", 1), "{}", page.text);
    assert_eq!(identity(&ada.get("/home").await), "You are ada.");
    assert_eq!(identity(&other.get("/").await), "You are anonymous.");
    let stolen = service.visitor();
    stolen.add_cookies(&before);
    assert_eq!(identity(&stolen.get("/").await), "You are anonymous.", "the former token opens nothing");
    assert_eq!(log_in(&service.visitor(), LOG_IN, PASSWORD).await.status, 422);
    assert_eq!(log_in(&service.visitor(), LOG_IN, NEW).await.path, "/");
}

/// A page that is left out after it was replaced is left out, and the other way round.
#[tokio::test]
async fn last_of_own_page_and_without_counts() {
    let links = async |builder: fn(Builder) -> Builder| {
        Service::with(builder).await.visitor().get("/login").await.attributes(".form-aside a", "href")
    };
    let own = |builder: Builder| builder.own_page(AccountPage::Register, "/join");
    assert_eq!(links(|builder| builder.own_page(AccountPage::Register, "/join")).await, ["/join"]);
    assert_eq!(links(|b| b.own_page(AccountPage::Register, "/join").without(AccountPage::Register)).await.len(), 0);
    assert_eq!(links(|b| b.without(AccountPage::Register).own_page(AccountPage::Register, "/join")).await, ["/join"]);
    assert!(own(Accounts::builder()).ensure_valid().is_ok());
    let error = Accounts::builder().own_page(AccountPage::LogIn, "sign in").ensure_valid().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`sign in` is not a path of a page: it begins with one slash and has no `?`, `#`, `:` or `*`"
    );
}
