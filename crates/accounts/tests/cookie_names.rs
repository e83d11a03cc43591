//! The names of the cookies: with a port, with the name of a former version, and several cookies of one name.

use std::time::Duration;

use accounts::test_kit::TestResponse;
use reqwest::Method;

use crate::common::{PASSWORD, Service, identity, set_cookie, set_cookies};

#[tokio::test]
async fn every_pre_session_cookie_of_the_name_is_tried() {
    let service = Service::with(|builder| builder.origin("http://dinner.home.lan").allow_plain_http()).await;
    service.register("ada", PASSWORD).await;
    let visitor = service.visitor();
    let send = async |request: reqwest::RequestBuilder, cookies: &str| {
        let request = request.header("host", "dinner.home.lan").header("cookie", cookies.to_owned());
        visitor.send(request).await
    };
    let page = send(visitor.request(Method::GET, "/login"), "").await;
    let own = set_cookie(&page, "visit=").unwrap().split(';').next().unwrap().to_owned();
    let unknown = format!("visit={}", "A".repeat(43));
    for foreign in ["visit=another-app", "visit=", unknown.as_str()] {
        for cookies in [format!("{foreign}; {own}"), format!("{own}; {foreign}")] {
            let form = page.form("/login");
            let token = form.iter().find(|(name, _)| name == "csrf_token").unwrap().1.as_str();
            // Without a header of a browser the token alone is the proof.
            let echo = visitor.request(Method::POST, "/echo").form(&[("csrf_token", token), ("text", "x")]);
            assert_eq!(send(echo, &cookies).await.status, 303, "{cookies}");
            let wish = visitor.request(Method::POST, "/trips/1/wish").header("sec-fetch-site", "same-origin");
            let waiting = send(wish.form(&[("dish", "soup")]), &own).await;
            let mut form = waiting.form("/login");
            form.retain(|(name, _)| !matches!(name.as_str(), "email" | "password"));
            form.extend([("email", "ada"), ("password", PASSWORD)].map(|(n, v)| (n.to_owned(), v.to_owned())));
            let log_in = visitor.request(Method::POST, "/login").header("sec-fetch-site", "same-origin").form(&form);
            let shown = send(log_in, &cookies).await;
            assert_eq!(shown.attributes("#dish", "value"), ["soup"], "{cookies}: {}", shown.text);
        }
    }
}

#[tokio::test]
async fn every_cookie_of_the_name_is_tried() {
    let service = Service::with(|builder| builder.origin("http://dinner.home.lan").allow_plain_http()).await;
    service.register("ada", PASSWORD).await;
    let request = |method, path: &str, cookies: &str| {
        let visitor = service.visitor();
        let request =
            visitor.request(method, path).header("host", "dinner.home.lan").header("cookie", cookies.to_owned());
        async move {
            visitor
                .send(request.header("sec-fetch-site", "same-origin").form(&[("email", "ada"), ("password", PASSWORD)]))
                .await
        }
    };
    let page = request(Method::POST, "/login", "").await;
    let session = set_cookie(&page, "session=").unwrap().split(';').next().unwrap().to_owned();
    let unknown = format!("session={}", "A".repeat(43));
    for foreign in ["session=another-service", "session=", unknown.as_str()] {
        for cookies in [format!("{foreign}; {session}"), format!("{session}; {foreign}")] {
            assert_eq!(identity(&request(Method::GET, "/home", &cookies).await), "You are ada.", "{cookies}");
        }
    }
    let both = format!("{unknown}; {session}");
    request(Method::POST, "/logout", &both).await;
    assert_eq!(request(Method::GET, "/home", &both).await.status, 303, "the log-out ended the live one");
}

#[tokio::test]
async fn services_on_two_ports_of_one_host_keep_separate_sessions() {
    for (origin, name) in [
        ("http://nas.lan:21011", "session-21011="),
        ("https://nas.lan:8443", "__Host-session-8443="),
        ("http://nas.lan", "session="),
        ("https://nas.lan", "__Host-session="),
    ] {
        let service = Service::with(|builder| builder.origin(origin).allow_plain_http()).await;
        service.register("ada", PASSWORD).await;
        let (visitor, host) = (service.visitor(), origin.split_once("://").unwrap().1);
        let request = |method, path: &str, cookie: &str| {
            visitor
                .request(method, path)
                .header("host", host)
                .header("sec-fetch-site", "same-origin")
                .header("cookie", cookie.to_owned())
        };
        let log_in = request(Method::POST, "/login", "").form(&[("email", "ada"), ("password", PASSWORD)]);
        let cookie = set_cookie(&visitor.send(log_in).await, name).unwrap();
        let value = cookie.split(['=', ';']).nth(1).unwrap();
        let former = format!(
            "{}={value}",
            name.split("-21011").next().unwrap().split("-8443").next().unwrap().trim_end_matches('=')
        );
        for cookie in [format!("{name}{value}"), former] {
            assert_eq!(
                identity(&visitor.send(request(Method::GET, "/home", &cookie)).await),
                "You are ada.",
                "{cookie}"
            );
        }
    }
}

#[tokio::test]
async fn session_cookie_of_the_former_name_is_moved() {
    for (origin, former, name) in [
        ("http://nas.lan:21011", "session", "session-21011"),
        ("https://nas.lan:8443", "__Host-session", "__Host-session-8443"),
    ] {
        let service = Service::with(|builder| builder.origin(origin).allow_plain_http()).await;
        service.register("ada", PASSWORD).await;
        let (visitor, host) = (service.visitor(), origin.split_once("://").unwrap().1);
        let send = async |method, path: &str, cookie: &str, form: &[(&str, &str)]| {
            let request = visitor.request(method, path).header("host", host).header("sec-fetch-site", "same-origin");
            visitor.send(request.header("cookie", cookie.to_owned()).form(form)).await
        };
        let session = async |form: &[(&str, &str)]| {
            let page = send(Method::POST, "/login", "", form).await;
            let cookie = set_cookie(&page, name).unwrap();
            cookie.split(['=', ';']).nth(1).unwrap().to_owned()
        };
        let log_in = [("email", "ada"), ("password", PASSWORD), ("remember", "on")];
        let (remembered, unremembered) = (session(&log_in).await, session(&log_in[..2]).await);
        let home = async |cookie: &str| send(Method::GET, "/home", cookie, &[]).await;
        let sessions = |page: &TestResponse| {
            let mut lines = set_cookies(page);
            lines.retain(|line| line.contains("session"));
            lines
        };
        let attributes = if origin.starts_with("https") {
            "HttpOnly; SameSite=Lax; Secure; Path=/"
        } else {
            "HttpOnly; SameSite=Lax; Path=/"
        };
        let removed = format!("{former}=; {attributes}; Max-Age=0");

        let page = home(&format!("{former}={unremembered}")).await;
        assert_eq!(identity(&page), "You are ada.");
        assert_eq!(sessions(&page), [format!("{name}={unremembered}; {attributes}"), removed.clone()]);
        service.clock.advance(Duration::from_hours(10 * 24));
        let page = home(&format!("{former}={remembered}")).await;
        let days_20 = 20 * 24 * 60 * 60;
        assert_eq!(sessions(&page), [format!("{name}={remembered}; {attributes}; Max-Age={days_20}"), removed.clone()]);

        assert_eq!(sessions(&home(&format!("{name}={remembered}; {former}={unremembered}")).await), [""; 0]);
        let page = home(&format!("{former}={unremembered}")).await;
        assert_eq!((page.status, sessions(&page)), (303, vec![]), "an ended session is another service's, or none");
        let again = send(Method::POST, "/login", &format!("{former}={remembered}"), &log_in[..2]).await;
        assert!(sessions(&again).contains(&removed), "{:?}", sessions(&again));
    }
}

#[tokio::test]
async fn pre_session_cookie_of_the_former_name_is_not_read() {
    let service = Service::with(|builder| builder.origin("http://nas.lan:21011").allow_plain_http()).await;
    let visitor = service.visitor();
    let request = visitor.request(Method::GET, "/login").header("host", "nas.lan:21011");
    let page = visitor.send(request.header("cookie", format!("visit={}", "A".repeat(43)))).await;
    assert!(set_cookie(&page, "visit-21011=").is_some(), "{:?}", set_cookies(&page));
}
