//! Error pages in our layout, for visitors and for users.

use poem::http::Method;

use crate::common::{TestApp, assert_page, host_form};

test_support::on_both_engines! { TestApp:
    unknown_path_is_404_in_the_layout
    oversized_body_is_413_in_the_layout
    form_of_an_ended_session_can_be_sent_again
}

async fn unknown_path_is_404_in_the_layout(app: TestApp) {
    let (visitor, ada) = (app.visitor(), app.user("ada").await);
    for path in
        ["/nowhere", "/login/", "/rsvp/", "/user", "/parties", "/user/ada/", "/assets/", "/Rsvp", "/.env", "/health"]
    {
        for (client, link) in [(&visitor, "Log in"), (&ada, "Parties")] {
            let page = client.get(path).await;
            assert_page(&page, 404, "This page doesn't exist");
            assert_eq!(page.texts("nav[aria-label=Main] a")[0], link, "{path}");
            assert_eq!(page.texts("title"), ["Page not found - DinnerParty"]);
            let head = client.send(client.request(Method::HEAD, path)).await;
            assert_eq!((head.status, head.html.as_str()), (404, ""), "{path}");
        }
    }
}

async fn oversized_body_is_413_in_the_layout(app: TestApp) {
    let (visitor, ada) = (app.visitor(), app.user("ada").await);
    let huge = "x".repeat(70_000);
    for path in ["/register", "/login", "/user/ada", "/rsvp", "/parties/1/rsvp"] {
        for client in [&visitor, &ada] {
            let request = client.request(Method::POST, path).header("sec-fetch-site", "same-origin");
            let page = client.send(request.form(&host_form(&[("venue", &huge)]))).await;
            assert_page(&page, 413, "What was sent is larger than we take. Nothing changed.");
        }
    }
    assert_eq!(app.party_count().await, 0);
}

async fn form_of_an_ended_session_can_be_sent_again(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/user/ada").await;
    ada.submit("/", "/logout", &[]).await;
    ada.log_in("ada", crate::common::PASSWORD).await;

    let mut form = page.form("/user/ada");
    form.retain(|(name, _)| name == "csrf_token");
    form.extend(host_form(&[]).into_iter().map(|(name, value)| (name.into(), value.into())));
    let request = ada.request(Method::POST, "/user/ada").header("sec-fetch-site", "same-origin").form(&form);
    let stale = ada.send(request).await;
    assert_page(&stale, 403, "This form was open for too long. Please send it once more.");
    assert_eq!(app.party_count().await, 0);

    assert_page(&ada.submit_on(&stale, "/user/ada", &[]).await, 200, "Your table is set.");
}
