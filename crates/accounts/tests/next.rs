//! The way back is never lost: `next` goes through every account page and every link between them.

use accounts::LogInBy;
use accounts::web::AccountPage;
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity};

fn typed(name: &str) -> [(&'static str, String); 4] {
    let (name, email, password) = (name.to_owned(), format!("{name}@example.com"), PASSWORD.to_owned());
    [("username", name), ("email", email), ("password", password.clone()), ("password2", password)]
}

#[tokio::test]
async fn guest_returns_through_the_registration_page() {
    let service = Service::start().await;
    let ada = service.visitor();
    let log_in = ada.get("/home?course=2&q=a%26b").await;
    let back = "?next=%2Fhome%3Fcourse%3D2%26q%3Da%2526b";
    assert_eq!(log_in.attributes(".form-aside a", "href"), [format!("/register{back}")]);
    assert_eq!(log_in.attributes("header a", "href"), [format!("/login{back}")], "the layout's link too");
    let register = ada.get(&log_in.attributes(".form-aside a", "href")[0]).await;
    assert_eq!(register.attributes(".form-aside a", "href"), [format!("/login{back}")], "and back");

    let form = typed("ada");
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = ada.submit_on(&register, "/register", &[&form[..3], &[("password2", "x")]].concat()).await;
    assert_eq!((refused.status, refused.attributes(".form-aside a", "href")), (422, vec![format!("/login{back}")]));
    let page = ada.submit_on(&refused, "/register", &form).await;
    assert_eq!(page.path, "/home?course=2&q=a%26b");
    assert!(page.text.contains("Your account is ready. Welcome, ada."), "{}", page.text);
    assert_eq!(ada.get(&format!("/register{back}")).await.path, "/home?course=2&q=a%26b", "already registered");
}

#[tokio::test]
async fn long_protected_address_leads_over_the_log_in_page() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let long = format!("/home?q={}", "a".repeat(2_048 - "/home?q=".len()));
    let emoji = format!("/home?q={}", "%F0%9F%98%80".repeat(150)); // longer than 2,048 bytes as the value of `next`
    for (path, back) in [(&emoji, emoji.as_str()), (&long, &long), (&format!("{long}a"), "/home")] {
        for account_page in ["/login", "/register"] {
            let ada = service.visitor();
            let log_in = ada.get(path).await;
            assert_eq!(log_in.texts("main h1"), ["Log in"], "{path}");
            let register = ada.get(&log_in.attributes(".form-aside a", "href")[0]).await;
            assert_eq!(register.texts("main h1"), ["Register"], "{path}");
            let page = if account_page == "/login" { &log_in } else { &register };
            assert!(page.form(account_page).contains(&("next".to_owned(), back.to_owned())), "{path}: {}", page.html);
        }
        let ada = service.visitor();
        let page = ada.get(path).await;
        assert_eq!(ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await.path, back);
    }
    let page = service.visitor().get(&format!("/nowhere?q={}", "a".repeat(5_000))).await;
    assert_eq!(page.attributes("header a", "href"), ["/login?next=%2Fnowhere"], "the layout's link too");
}

#[tokio::test]
async fn form_of_a_page_with_a_long_address_leads_back_to_its_path() {
    let service = Service::start().await;
    let guest = service.visitor();
    let referer = service.server.url(&format!("/trips/1?q={}", "a".repeat(3_000)));
    let request = guest.request(Method::POST, "/form").header("sec-fetch-site", "same-origin");
    let page = guest.send(request.header("referer", referer).form(&[("a", "b")])).await;
    assert!(page.form("/login").contains(&("next".to_owned(), "/trips/1".to_owned())), "{}", page.html);
}

#[tokio::test]
async fn link_of_the_layout_leads_back_to_its_page() {
    let service = Service::start().await;
    let visitor = service.visitor();
    for (path, link) in [
        ("/nowhere?a=1", "/login?next=%2Fnowhere%3Fa%3D1"),
        ("/", "/login"),
        ("/register", "/login"),
        ("/login?next=//evil.example", "/login"),
        ("/login?next=/register", "/login"),
    ] {
        assert_eq!(visitor.get(path).await.attributes("header a", "href"), [link], "{path}");
    }
}

#[tokio::test]
async fn next_survives_where_the_pages_are_moved() {
    let service = Service::with(|builder| builder.log_in_at("/enter").register_at("/join")).await;
    let ada = service.visitor();
    let register = ada.get(&ada.get("/home").await.attributes(".form-aside a", "href")[0]).await;
    assert_eq!(register.path, "/join?next=%2Fhome");
    let form = typed("ada");
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(ada.submit_on(&register, "/join", &form).await.path, "/home");
}

#[tokio::test]
async fn next_survives_where_the_registration_page_is_the_embedders() {
    let service = Service::with(|builder| builder.without(AccountPage::LogIn)).await;
    let page = service.visitor().get("/register?next=/home").await;
    assert_eq!(page.attributes(".form-aside a", "href"), ["/login?next=%2Fhome"]);
}

#[tokio::test]
async fn post_address_leads_to_the_page_of_its_form() {
    let service = Service::start().await;
    let ada = service.visitor();
    let page = ada.send(ada.request(Method::GET, "/trips/a%2Fb%20%3F/wish")).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/trips/a%2Fb%20%3F")));
    let page = ada.send(ada.request(Method::HEAD, "/trips/1/wish")).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/trips/1")));
    let page = ada.send(ada.request(Method::GET, "/title")).await;
    assert_eq!((page.status, page.header("allow")), (405, Some("POST")), "a route that names no page");

    service.register("ada", PASSWORD).await;
    let page = ada.get("/login?next=/trips/1/wish").await;
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/trips/1"));
}

#[tokio::test]
async fn refused_post_returns_to_the_page_that_its_route_names() {
    let service = Service::start().await;
    let guest = service.visitor();
    let request = guest.request(Method::POST, "/trips/1/wish").header("sec-fetch-site", "same-origin");
    let page = guest.send(request.header("referer", service.server.url("/trips/1/wish")).form(&[("a", "b")])).await;
    assert_page(&page, 403, "Please log in first, or register. What you typed is kept.");
    assert!(page.form("/login").contains(&("next".to_owned(), "/trips/1".to_owned())));
    let empty = browser_post(&guest, "/trips/1/wish", &[]).await; // nothing was typed
    assert_eq!((empty.status, empty.header("location")), (303, Some("/login?next=%2Ftrips%2F1")));
}

#[tokio::test]
async fn user_logs_in_by_email_or_username() {
    let service = Service::start().await;
    service.register("Ada", PASSWORD).await;
    for identifier in ["Ada", " ADA ", "ａｄａ", "ada@example.com", "ADA@EXAMPLE.COM"] {
        let page = browser_post(&service.visitor(), "/login", &[("email", identifier), ("password", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{identifier}: {}", page.text);
    }
    let page = service.visitor().get("/login").await;
    assert_eq!(page.attributes("#email", "autocomplete"), ["username"], "as on the registration page");
    assert_eq!(page.attributes("#email", "type"), ["text"], "a username passes the browser's check");
}

#[tokio::test]
async fn setting_narrows_what_a_user_logs_in_by() {
    for (by, label, keyboard, accepted, refused) in [
        (LogInBy::Email, "Email", "email", "ada@example.com", "ada"),
        (LogInBy::Username, "Username", "text", "ada", "ada@example.com"),
    ] {
        let service = Service::with(|builder| builder.log_in_by(by)).await;
        service.register("ada", PASSWORD).await;
        let page = service.visitor().get("/login").await;
        assert_eq!(
            (page.texts("label")[0].as_str(), page.attributes("#email", "inputmode")),
            (label, vec![keyboard.to_owned()])
        );
        let attempt = async |identifier| {
            browser_post(&service.visitor(), "/login", &[("email", identifier), ("password", PASSWORD)]).await
        };
        assert_eq!(attempt(accepted).await.status, 303);
        let message = format!("That {} and password don't match. Please try again.", label.to_lowercase());
        assert_page(&attempt(refused).await, 422, &message);
    }
}

#[tokio::test]
async fn embedder_says_why_the_visitor_is_here() {
    let service = Service::with(|builder| {
        builder.describe_next(|next| async move {
            tokio::task::yield_now().await;
            next.path().starts_with("/trips/").then(|| "Marta <invited> you to Lisbon".to_owned())
        })
    });
    let service = service.await;
    let visitor = service.visitor();
    for path in ["/login", "/register"] {
        let page = visitor.get(&format!("{path}?next=/trips/1")).await;
        assert_eq!(page.texts(".form-reason"), ["Marta <invited> you to Lisbon"]);
        let again = visitor.submit_on(&page, path, &[]).await;
        assert_eq!((again.status, again.texts(".form-reason").len()), (422, 1), "also where the form is refused");
        for other in ["?next=/home", "", "?next=//evil.example/trips/1"] {
            assert!(visitor.get(&format!("{path}{other}")).await.texts(".form-reason").is_empty(), "{other}");
        }
    }
}

#[tokio::test]
async fn log_in_form_in_a_second_tab_leads_onward() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let (first, second) = (ada.get("/login?next=/home").await, ada.get("/login?next=/home").await);
    let typed = [("email", "ada"), ("password", PASSWORD)];
    assert_eq!(ada.submit_on(&first, "/login", &typed).await.path, "/home");
    let mut form = second.form("/login");
    form.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    form.dedup_by(|later, earlier| later.0 == earlier.0);
    let form: Vec<_> =
        form.iter().filter(|(_, value)| !value.is_empty()).map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = browser_post(&ada, "/login", &form).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/home")));
    assert_eq!((identity(&ada.get("/home").await).as_str(), service.count("sessions").await), ("You are ada.", 1));
}

#[tokio::test]
async fn browser_without_cookies_is_told_so() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    for path in ["/login", "/register"] {
        let form = service.visitor().get(path).await.form(path);
        let token = form.iter().find(|(name, _)| name == "csrf_token").unwrap();
        let typed = [("csrf_token", token.1.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
        let first = browser_post(&service.visitor(), path, &typed).await;
        assert_page(&first, 422, "This form was open for too long. Please send it once more.");
        assert!(!first.text.contains("cookies"), "the browser may have lost the cookie since: {}", first.text);
        let again = first.form(path);
        let mut again: Vec<_> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        again.push(("password", PASSWORD));
        let page = browser_post(&service.visitor(), path, &again).await;
        assert_page(&page, 422, "Your browser doesn't keep cookies from this site. Logging in needs one.");
        for page in [first, page] {
            assert_eq!(page.attributes("#email", "value"), ["ada@example.com"], "what was typed is kept");
        }
    }
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn log_in_form_that_outlived_its_cookie_is_sent_once_more() {
    let service = Service::start().await;
    service.register("ada", PASSWORD).await;
    let ada = service.visitor();
    let first_tab = ada.get("/login?next=/home").await;
    ada.log_in("ada", PASSWORD).await; // in a second tab
    ada.submit("/", "/logout", &[]).await;
    assert_eq!(identity(&ada.get("/").await), "You are anonymous.");
    let form = first_tab.form("/login");
    let mut form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.retain(|(name, _)| !matches!(*name, "email" | "password"));
    form.extend([("email", "ada"), ("password", PASSWORD)]);
    let page = browser_post(&ada, "/login", &form).await;
    assert_page(&page, 422, "This form was open for too long. Please send it once more.");
    assert_eq!(page.attributes("#email", "value"), ["ada"], "what was typed is kept");
    let page = ada.submit_on(&page, "/login", &[("password", PASSWORD)]).await;
    assert_eq!((page.path.as_str(), identity(&page).as_str()), ("/home", "You are ada."));
}

/// Before the port was part of it, the name was that of a service on the default port.
#[tokio::test]
async fn host_with_a_trailing_dot_is_the_same_host() {
    let service = Service::with(|builder| builder.origin("http://dinner.lan").allow_plain_http()).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    for origin in ["http://dinner.lan.", "http://dinner.lan"] {
        let request = visitor.request(Method::POST, "/login").header("host", "dinner.lan.").header("origin", origin);
        let page = visitor.send(request.form(&[("email", "ada"), ("password", PASSWORD)])).await;
        assert_eq!(page.status, 303, "{origin}: {}", page.text);
    }
    for host in ["dinner.lan..", "evil.lan.", "."] {
        assert_eq!(visitor.send(visitor.request(Method::GET, "/").header("host", host)).await.status, 421, "{host}");
    }
}
