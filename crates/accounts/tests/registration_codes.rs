//! Registration by code and closed registration: the pages, the use cases without HTTP, races, and a store that fails.

use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::{
    Caller, CodeRefusal, CodeSettings, CodeState, CodeUses, Email, EventFilter, EventKind, MadeCode, OperatorName,
    PageSize, Password, RegisterError, Registration, RegistrationCode, RegistrationPolicy, StoredCode, Username,
};
use futures_util::future::join_all;
use reqwest::Method;

use crate::common::{PASSWORD, Service, browser_post};

const UNUSABLE: &str = "That registration code doesn't work.";

async fn service() -> Service {
    Service::with(|builder| builder.registration(RegistrationPolicy::Code)).await
}

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("grace").unwrap())
}

async fn make(service: &Service, uses: u32) -> MadeCode {
    let settings = CodeSettings { uses: CodeUses::new(uses).unwrap(), ..CodeSettings::default() };
    service.accounts.make_registration_code(settings, &operator()).await.unwrap()
}

async fn codes(service: &Service) -> Vec<StoredCode> {
    service.accounts.registration_codes(None, PageSize::DEFAULT).await.unwrap().items
}

/// The kinds and details of all events, the oldest first.
async fn events(service: &Service) -> Vec<(EventKind, Option<String>)> {
    let page = service.accounts.events(EventFilter::default(), None, PageSize::DEFAULT).await.unwrap();
    page.items.into_iter().rev().map(|stored| (stored.event.kind, stored.event.detail)).collect()
}

fn form<'a>(name: &'a str, email: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("code", code), ("username", name), ("email", email), ("password", PASSWORD), ("password2", PASSWORD)]
}

async fn register(visitor: &TestClient, name: &str, code: &str) -> TestResponse {
    let email = format!("{name}@example.com");
    visitor.submit("/register", "/register", &form(name, &email, code)).await
}

fn registration(name: &str, code: Option<RegistrationCode>) -> Registration {
    Registration {
        username: Username::parse(name).unwrap(),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        code,
    }
}

#[tokio::test]
async fn code_registers_in_any_spelling_and_is_used_up() {
    let service = service().await;
    let MadeCode { id, code, .. } = make(&service, 2).await;
    let code = code.expose();
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(register(&service.visitor(), "ada", &typed).await.path, "/");
    assert_eq!(register(&service.visitor(), "ben", &code).await.path, "/");

    let visitor = service.visitor();
    let page = register(&visitor, "cleo", &code).await;
    assert_eq!((page.status, page.texts(".field-error").len()), (422, 1), "{}", page.text);
    assert!(page.texts("#code-note").concat().contains(UNUSABLE), "{}", page.text);
    assert_eq!(
        (page.attributes("#code", "value"), page.attributes("#username", "value")),
        (vec![code], vec!["cleo".to_owned()])
    );

    let [stored] = &codes(&service).await[..] else { panic!("one code") };
    assert_eq!((stored.id, stored.used, service.count("users").await), (id, 2, 2));
    let named = Some(id.name());
    let kinds = [EventKind::RegistrationCodeMade, EventKind::Registered, EventKind::RegistrationCodeUsed];
    let first = events(&service).await.into_iter().take(3).collect::<Vec<_>>();
    assert_eq!(first, kinds.map(|kind| (kind, named.clone().filter(|_| kind != EventKind::Registered))));
}

#[tokio::test]
async fn wrong_expired_revoked_and_missing_code_are_refused_beside_the_field() {
    let service = service().await;
    let (expired, revoked) = (make(&service, 1).await, make(&service, 1).await);
    assert!(service.accounts.revoke_registration_code(revoked.id, &operator()).await.unwrap());
    service.clock.advance(Duration::from_hours(14 * 24));
    let visitor = service.visitor();
    let (expired, revoked) = (expired.code.expose(), revoked.code.expose());
    for (code, sentence) in [
        ("", "Please type your registration code."),
        (" \u{200b}", "Please type your registration code."),
        ("swordfish", UNUSABLE),
        ("00000-00000-00000-00000", UNUSABLE),
        (&expired, UNUSABLE),
        (&revoked, UNUSABLE),
    ] {
        let page = register(&visitor, "ada", code).await;
        assert_eq!((page.status, page.texts(".field-error").len()), (422, 1), "{code}: {}", page.text);
        assert!(page.texts("#code-note").concat().contains(sentence), "{code}: {}", page.text);
        assert_eq!(page.attributes("#email", "value"), ["ada@example.com"]);
    }
    let wrong = visitor.submit("/register", "/register", &form("a", "b", "swordfish")).await;
    assert_eq!(
        wrong.attributes("[role=alert] a", "href"),
        ["#code", "#username", "#email"],
        "in the order of the form"
    );
    assert_eq!(service.count("users").await, 0);
    let states: Vec<_> = codes(&service).await.iter().map(|code| code.state(code.expires_at)).collect();
    assert_eq!(states, [CodeState::Revoked, CodeState::Expired]);
}

#[tokio::test]
async fn refused_registration_uses_no_code() {
    let service = service().await;
    let code = make(&service, 2).await.code.expose();
    assert_eq!(register(&service.visitor(), "ada", &code).await.path, "/");
    let visitor = service.visitor();
    for (name, email, password) in [
        ("Ada", "new@example.com", PASSWORD),
        ("ben", "ada@example.com", PASSWORD),
        ("ben", "ben@example.com", "password"),
    ] {
        let typed =
            [("code", &*code), ("username", name), ("email", email), ("password", password), ("password2", password)];
        assert_eq!(visitor.submit("/register", "/register", &typed).await.status, 422, "{name}");
    }
    assert_eq!(codes(&service).await[0].used, 1);
}

#[tokio::test]
async fn link_fills_the_code_in_and_it_travels_with_next() {
    let service = service().await;
    let code = make(&service, 1).await.code.expose();
    let visitor = service.visitor();
    let page = visitor.get(&format!("/register?next=/home&code={code}")).await;
    assert_eq!(page.attributes("#code", "value"), [&*code]);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"), "no `Referer` has the code");
    let path = format!("/login?next=%2Fhome&code={code}");
    assert_eq!(page.attributes(".form-aside a", "href"), [&*path]);

    let page = visitor.get(&path).await;
    assert_eq!(page.attributes("input[name=code]", "type"), ["hidden"]);
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(visitor.get("/login?next=%2Fhome").await.header("referrer-policy"), Some("same-origin"));
    let page = visitor.submit_on(&page, "/login", &[("email", "ada"), ("password", "nothing known")]).await;
    assert_eq!(page.status, 422);
    let back = format!("/register?next=%2Fhome&code={code}");
    assert_eq!(page.attributes(".form-aside a", "href"), [&*back], "also after a refusal");
    assert!(page.text.contains("Have a registration code? Register"), "{}", page.text);

    let page = visitor.get(&back).await;
    assert_eq!(page.attributes("input[name=code]", "value"), [&*code]);
    let typed = [("username", "ada"), ("email", "a@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    assert_eq!(visitor.submit_on(&page, "/register", &typed).await.path, "/home");
}

#[tokio::test]
async fn code_is_escaped_and_bounded_in_the_link() {
    let service = service().await;
    let page = service.visitor().get("/register?code=%22%3E%3Cb%3E%0A").await;
    assert!(page.html.contains(r#"value="&#34;&#62;&#60;b&#62; ""#), "{}", page.html);
    let page = service.visitor().get(&format!("/register?code={}", "A".repeat(101))).await;
    assert_eq!(page.attributes("#code", "value"), [""]);
}

/// Where registration is open, no code is asked for, and one that is sent is not read.
#[tokio::test]
async fn open_registration_reads_no_code() {
    let service = Service::start().await;
    let page = service.visitor().get("/register?code=01234-56789-ABCDE-FGHJK").await;
    assert!(page.texts("#code").is_empty() && !page.html.contains("01234"), "{}", page.html);
    let code = make(&service, 1).await.code;
    service.accounts.register(registration("ada", Some(code)), &Caller::default()).await.unwrap();
    assert_eq!(codes(&service).await[0].used, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_of_one_use_sent_20_times_at_once_registers_one_user() {
    let service = service().await;
    let code = make(&service, 1).await.code.expose();
    let names: Vec<_> = (0..20).map(|n| (format!("ada{n}"), format!("ada{n}@example.com"))).collect();
    let forms: Vec<_> = names.iter().map(|(name, email)| (service.visitor(), form(name, email, &code))).collect();
    let pages = join_all(forms.iter().map(|(visitor, form)| browser_post(visitor, "/register", form))).await;
    let (registered, refused): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.status == 303);
    assert_eq!((registered.len(), service.count("users").await, codes(&service).await[0].used), (1, 1, 1));
    for page in refused {
        assert_eq!(page.status, 422, "{}", page.text);
        assert!(page.texts("#code-note").concat().contains(UNUSABLE), "{}", page.text);
    }
}

/// Both responses log in, at once and one after the other, though the first has used the code up.
#[tokio::test]
async fn registration_sent_twice_uses_one_code() {
    let service = service().await;
    let code = make(&service, 1).await.code.expose();
    let ada = service.visitor();
    let mut sent = ada.get("/register").await.form("/register");
    let typed = form("ada", "ada@example.com", &code);
    sent.retain(|(name, _)| typed.iter().all(|(field, _)| field != name));
    sent.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let cookies = ada.cookies();
    let submit = async || {
        let tab = service.visitor();
        tab.add_cookies(&cookies);
        tab.send(tab.request(Method::POST, "/register").header("sec-fetch-site", "same-origin").form(&sent)).await
    };
    let pages = join_all([submit(), submit(), submit()]).await.into_iter().chain([submit().await]);
    for page in pages {
        assert_eq!((page.status, page.header("location")), (303, Some("/")), "{}", page.text);
    }
    assert_eq!((service.count("users").await, codes(&service).await[0].used), (1, 1));
}

/// Without HTTP. An operator needs no code.
#[tokio::test]
async fn use_case_checks_the_code() {
    let service = service().await;
    let register = async |name: &str, code: Option<RegistrationCode>, caller: &Caller| {
        service.accounts.register(registration(name, code), caller).await
    };
    let nobody = Caller::default();
    let missing = register("ada", None, &nobody).await;
    assert!(matches!(missing, Err(RegisterError::Code(CodeRefusal::Missing))), "{missing:?}");
    let code = make(&service, 1).await.code;
    register("ada", Some(code.clone()), &nobody).await.unwrap();
    let used_up = register("ben", Some(code), &nobody).await;
    assert!(matches!(used_up, Err(RegisterError::Code(CodeRefusal::Unusable))), "{used_up:?}");
    register("ben", None, &operator()).await.unwrap();

    let closed = Service::with(|builder| builder.registration(RegistrationPolicy::Closed)).await;
    let code = make(&closed, 1).await.code;
    let refused = closed.accounts.register(registration("ada", Some(code)), &nobody).await;
    assert!(matches!(refused, Err(RegisterError::Closed)), "{refused:?}");
    closed.accounts.register(registration("ada", None), &operator()).await.unwrap();
}

#[tokio::test]
async fn code_is_valid_for_at_most_3650_days() {
    let service = service().await;
    let day = Duration::from_hours(24);
    for (asked, expected) in [(3_650 * day, 3_650 * day), (3_650 * day + Duration::from_millis(1), 3_650 * day)] {
        let settings = CodeSettings { valid_for: asked, ..CodeSettings::default() };
        let made = service.accounts.make_registration_code(settings, &operator()).await.unwrap();
        let stored = codes(&service).await.remove(0);
        assert_eq!((stored.id, stored.expires_at), (made.id, made.expires_at));
        assert_eq!(stored.expires_at.since(stored.created_at), expected, "{asked:?}");
    }
}

#[tokio::test]
async fn guesses_of_codes_are_limited_by_network() {
    let service = service().await;
    let visitor = service.visitor();
    let mut refused = 0;
    let last = loop {
        let page = register(&visitor, "ada", "00000-00000-00000-00000").await;
        if page.status != 422 {
            break page;
        }
        refused += 1;
        assert!(refused <= 60, "no limit");
    };
    assert_eq!((refused, last.status), (60, 429));
    assert_eq!(last.attributes("#code", "value"), ["00000-00000-00000-00000"], "what was typed is kept");
}

#[tokio::test]
async fn closed_registration_says_so_and_has_no_form() {
    let service = Service::with(|builder| builder.registration(RegistrationPolicy::Closed)).await;
    let visitor = service.visitor();
    let page = visitor.get("/register?next=/home").await;
    assert_eq!((page.status, page.texts("h1")), (200, vec!["Registration is closed".to_owned()]));
    assert!(page.texts("main form").is_empty() && page.text.contains("takes no new accounts"), "{}", page.html);
    assert_eq!(page.attributes(".form-aside a", "href"), ["/login?next=%2Fhome"]);

    let page = visitor.get("/login").await;
    assert!(page.text.contains("Registration is closed.") && page.attributes(".form-aside a", "href").is_empty());

    let request = visitor.request(Method::POST, "/register").header("sec-fetch-site", "same-origin");
    let page = visitor.send(request.form(&form("ada", "ada@example.com", ""))).await;
    assert_eq!((page.status, page.texts("h1")), (403, vec!["Registration is closed".to_owned()]));
    assert_eq!(service.count("users").await, 0);
}

/// A form that waits for a log-in is not lost on the way to a page that is closed.
#[tokio::test]
async fn form_that_waits_does_not_ask_for_a_registration_that_is_closed() {
    let service = Service::with(|builder| builder.registration(RegistrationPolicy::Closed)).await;
    let visitor = service.visitor();
    let request = visitor.request(Method::POST, "/form").header("sec-fetch-site", "same-origin");
    let page = visitor.send(request.form(&[("text", "soup")])).await;
    assert!(page.text.contains("Please log in first. What you typed is kept."), "{}", page.text);
    assert!(page.texts("button.form-switch").is_empty());
}

#[tokio::test]
async fn failing_store_lets_nobody_in_and_uses_no_code() {
    let service = service().await;
    let code = make(&service, 1).await.code.expose();
    let visitor = service.visitor();
    for (method, typed) in [
        ("registration_codes.find_usable", &*code),
        ("users.find_repeated", "00000-00000-00000-00000"),
        ("users.add", &*code),
    ] {
        service.failing.fail_on(method);
        let page = register(&visitor, "ada", typed).await;
        assert_eq!(page.status, 503, "{method}: {}", page.text);
        service.failing.fail_on(None);
        assert_eq!((service.count("users").await, codes(&service).await[0].used), (0, 0), "{method}");
    }
    for method in ["registration_codes.add", "registration_codes.revoke", "registration_codes.list"] {
        service.failing.fail_on(method);
        let accounts = &service.accounts;
        assert_eq!(
            [
                accounts.make_registration_code(CodeSettings::default(), &operator()).await.is_err(),
                accounts.revoke_registration_code(accounts::CodeId::new(1), &operator()).await.is_err(),
                accounts.registration_codes(None, PageSize::DEFAULT).await.is_err(),
            ],
            ["registration_codes.add", "registration_codes.revoke", "registration_codes.list"]
                .map(|name| name == method)
        );
        service.failing.fail_on(None);
        if method == "registration_codes.add" {
            assert_eq!(codes(&service).await.len(), 1);
        }
    }
}

/// A code that has ended is listed for 90 days more.
#[tokio::test]
async fn ended_code_is_removed_after_90_days() {
    let service = service().await;
    make(&service, 1).await;
    let mut maintenance = service.accounts.maintenance();
    for (days, listed) in [(14 + 89, 1), (1, 0)] {
        service.clock.advance(Duration::from_hours(days * 24));
        maintenance.run_once().await;
        assert_eq!(codes(&service).await.len(), listed);
    }
}
