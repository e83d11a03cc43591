//! `/user/{username}`: a user's profile. The form to host is tested in `host_form` and `host_form_errors`.

mod host_form;
mod host_form_errors;

use crate::common::{TestApp, assert_page, host, host_form, post};

test_support::on_both_engines! { TestApp:
    own_profile_has_the_form_and_attended_parties
    other_profile_has_no_form_and_the_parties_that_the_viewer_may_see
    unlisted_party_is_marked_and_in_no_list_of_others
    hosting_as_another_user_is_forbidden
    other_spelling_of_username_redirects
    unknown_user_is_not_found
    both_lists_have_pages
}

async fn own_profile_has_the_form_and_attended_parties(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/user/ada").await;
    assert_page(&page, 200, "joined 1 January 2026");
    assert_eq!(page.texts("h2"), ["Host a dinner party", "Parties I host", "Parties I'm going to"]);
    let empty = "You're not hosting anything yet. Fill in the form above, and you get a link to send to your friends.";
    assert!(page.text.contains(empty), "{}", page.text);

    let labels = ["Main dish", "Date", "Time", "Number of seats", "Venue", "Time zone"];
    assert_eq!(page.texts("section.card .field label"), labels);
    for (name, value) in [
        ("main_dish", ""),
        ("date", ""),
        ("time", "19:00"),
        ("number_seats", "8"),
        ("venue", "ada's place"),
        ("time_zone", "Europe/Lisbon"),
    ] {
        assert_eq!(page.attributes(&format!("#{name}"), "value"), [value], "{name}");
    }
    assert_eq!(page.attributes("#date", "min"), ["2025-12-31"], "today in the zone where a day ends last");
    assert!(page.texts("#zones option").contains(&"Asia/Tokyo".to_owned()));

    let (ben, party) = (app.user("ben").await, host(&ada, "ada", &[]).await);
    app.seat(&party, app.id_of("ben").await).await;
    assert_eq!(ada.get("/user/ada").await.texts("section[aria-labelledby=hosting] h3"), ["Ratatouille"]);
    assert_eq!(ben.get("/user/ben").await.texts("section[aria-labelledby=going] h3"), ["Ratatouille"]);
}

async fn other_profile_has_no_form_and_the_parties_that_the_viewer_may_see(app: TestApp) {
    let (ada, ben, cyd) = (app.user("ada").await, app.user("ben").await, app.user("cyd").await);
    host(&ada, "ada", &[("main_dish", "Stew")]).await;
    for fields in
        [&[][..], &[("main_dish", "Soup"), ("visibility", "link")], &[("main_dish", "Pie"), ("names_shown_to", "host")]]
    {
        let party = host(&ben, "ben", fields).await;
        post(&ben, &format!("/parties/{party}/guests/add"), &[("guest", "ada")]).await;
    }

    let page = ben.get("/user/ada").await;

    assert_page(&page, 200, "joined 1 January 2026");
    assert_eq!(page.texts("h2"), ["Parties ada hosts", "Parties ada is going to"]);
    assert_eq!(page.texts("section[aria-labelledby=hosting] h3"), ["Stew"]);
    assert_eq!(page.texts("section[aria-labelledby=going] h3"), ["Ratatouille", "Soup", "Pie"], "the host sees all");
    let stranger = cyd.get("/user/ada").await;
    assert_eq!(stranger.texts("section[aria-labelledby=going] h3"), ["Ratatouille"]);
    assert!(cyd.get("/user/ben").await.text.contains("None that you can see."));
    assert!(page.attributes("form", "action").iter().all(|action| !action.starts_with("/user/")));
    assert!(!page.html.contains("@example.com"));
}

async fn unlisted_party_is_marked_and_in_no_list_of_others(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[("main_dish", "Stew")]).await;
    host(&ada, "ada", &[("main_dish", "Secret stew"), ("visibility", "link")]).await;

    let own = ada.get("/user/ada").await;
    assert_eq!(own.texts("article h3"), ["Stew", "Secret stew"]);
    assert_eq!(own.texts("article .more"), ["The kitchen", "The kitchen · by link"]);
    for path in ["/", "/rsvp", "/user/ada", "/rsvp?q=secret", "/rsvp?seats=1"] {
        assert!(!ben.get(path).await.html.contains("Secret stew"), "{path}");
    }
}

async fn hosting_as_another_user_is_forbidden(app: TestApp) {
    app.user("ada").await;
    let ben = app.user("ben").await;
    for name in ["ada", "ADA", "unknown1"] {
        let forbidden = post(&ben, &format!("/user/{name}"), &host_form(&[])).await;
        assert_page(&forbidden, 403, "You can't do that with this account.");
        assert!(!forbidden.headers.contains_key("location") && !forbidden.headers.contains_key("set-cookie"));
    }
    let token = ben.get("/user/ben").await.form("/user/ben")[0].1.clone();
    let with_token = ben.request(poem::http::Method::POST, "/user/ada").form(&host_form(&[("csrf_token", &token)]));
    assert_page(&ben.send(with_token).await, 403, "You can't do that with this account.");
    assert_eq!(app.party_count().await, 0);
}

async fn other_spelling_of_username_redirects(app: TestApp) {
    let (ada, zoe) = (app.user("ada").await, app.user("Zoë.B").await);
    let get = async |path| ada.send(ada.request(poem::http::Method::GET, path)).await;
    for (path, canonical) in [
        ("/user/ADA", "/user/ada"),
        ("/user/%20ada", "/user/ada"),
        ("/user/zo%C3%AB.b", "/user/Zo%C3%AB.B"),
        ("/user/ZOE%CC%88.B", "/user/Zo%C3%AB.B"),
        ("/user/%EF%BC%A1da", "/user/ada"),
    ] {
        let page = get(path).await;
        assert_eq!((page.status, page.header("location")), (308, Some(canonical)), "{path}");
    }
    assert_eq!(get("/user/Zo%C3%AB.B").await.status, 200);
    // Hosting works under another spelling of the user's own name.
    let hosted = post(&zoe, "/user/ZO%C3%8B.b", &host_form(&[])).await;
    assert_eq!((hosted.status, hosted.header("location")), (303, Some("/parties/1")));
    assert_eq!(app.stored_party("1").await.unwrap().summary.heading.host.as_str(), "Zoë.B");
}

async fn unknown_user_is_not_found(app: TestApp) {
    let ada = app.user("ada").await;
    let long = "x".repeat(1000);
    for name in [
        "unknown1",
        "ab",
        "rsvp",
        "%00",
        "ada%00",
        "a%2fb",
        "a%20b",
        "%2e%2e%2e",
        "'%20OR%201=1--",
        "...",
        "%ff",
        &long,
    ] {
        assert_page(&ada.get(&format!("/user/{name}")).await, 404, "This page doesn't exist");
    }
    assert_page(&ada.get("/user/").await, 404, "This page doesn't exist");
}

async fn both_lists_have_pages(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let guest = app.id_of("ben").await;
    for n in 0..11 {
        let dish = format!("Dish {n:02}");
        let response = post(&ada, "/user/ada", &host_form(&[("main_dish", &dish)])).await;
        let party = response.header("location").unwrap().strip_prefix("/parties/").unwrap().to_owned();
        app.seat(&party, guest).await;
    }
    let expected: Vec<_> = (0..11).map(|n| format!("Dish {n:02}")).collect();
    for (client, path, section) in
        [(&ada, "/user/ada", "hosting"), (&ben, "/user/ada", "hosting"), (&ben, "/user/ben", "going")]
    {
        let rows = format!("section[aria-labelledby={section}] h3");
        let first = client.get(path).await;
        let more = first.attributes(&format!("section[aria-labelledby={section}] .pager a"), "href").concat();
        let second = client.get(&more).await;
        assert_eq!([first.texts(&rows), second.texts(&rows)].concat(), expected, "{path} {section}");
        assert!(second.attributes(&format!("section[aria-labelledby={section}] .pager a"), "href").is_empty());
    }
}
