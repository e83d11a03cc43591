//! `/user/{username}`: a user's posts, and on one's own profile the form for a new post.

use accounts::test_kit::TestResponse;

use crate::common::{PASSWORD, TestSite, post};

test_support::on_both_engines! { TestSite:
    profile_requires_log_in
    only_own_profile_has_form_and_posting_as_other_user_is_403
    invalid_post_shows_errors_by_field_and_keeps_input
    markup_is_shown_as_text
    profile_redirects_to_canonical_username
    postcard_without_a_session_is_sent_after_log_in
    postcard_of_another_account_is_on_the_own_profile
    home_of_the_registration_form_is_on_the_profile
}

async fn profile_requires_log_in(site: TestSite) {
    site.user("ada").await;
    let refused = site.guest().get("/user/ada").await;
    assert_eq!(refused.path, "/login?next=%2Fuser%2Fada");
    assert!(refused.text.contains("Sorry you must be logged in to view this page"));
}

async fn only_own_profile_has_form_and_posting_as_other_user_is_403(site: TestSite) {
    let (ada, ben) = (site.user("ada").await, site.user("ben").await);
    post(&ada, "ada", &[]).await;

    let seen_by_ben = ben.get("/user/ada").await;
    assert_eq!(seen_by_ben.texts(".postcard h2 bdi"), ["Lisbon", "Portugal"]);
    assert!(seen_by_ben.texts("main form").is_empty());

    let mut form = ben.get("/user/ben").await.form("/user/ben");
    form.retain(|(name, _)| name == "csrf_token");
    form.extend([("city", "Oslo"), ("country", "Norway"), ("description", "Cold.")].map(|(n, v)| (n.into(), v.into())));
    let refused = ben.send(ben.request(poem::http::Method::POST, "/user/ada").form(&form)).await;
    assert_eq!(refused.status, 403);
    assert_eq!(ada.get("/").await.texts(".postcard").len(), 1);
}

async fn invalid_post_shows_errors_by_field_and_keeps_input(site: TestSite) {
    let ada = site.user("ada").await;
    let long = "é".repeat(201);
    for (field, typed, message) in [
        ("city", "", "Please name the city."),
        ("city", &long, "Please use at most 200 characters."),
        (
            "country",
            "\u{1b}[31m",
            "There was a character in here that can't be shown. Please check this and send it again.",
        ),
        ("description", "  ", "Please say something about it."),
        ("description", &"é".repeat(2001), "Please use at most 2,000 characters."),
        ("description", "a\0b", "This field held a character that can't be stored. Please check it and send it again."),
    ] {
        let kept = if field == "city" { "country" } else { "city" };
        let page = post(&ada, "ada", &[(kept, "Łódź <&>"), (field, typed)]).await;
        assert_eq!(page.status, 422, "{field} {typed:?}");
        assert_eq!(page.texts(&format!("#{field}-note")), [message]);
        assert_eq!(page.attributes(".form-errors a", "href"), [format!("#{field}")]);
        assert_eq!(page.attributes(&format!("#{kept}"), "value"), ["Łódź <&>"]);
        assert_eq!(page.texts("header nav a"), ["Home", "Profile", "Account"]);
    }
    assert!(ada.get("/").await.texts(".postcard").is_empty(), "nothing was stored");
}

async fn markup_is_shown_as_text(site: TestSite) {
    let ada = site.user("ada").await;
    let hostile = "<script>alert(1)</script> \"'&amp; {{ 7*7 }}";
    let page = post(&ada, "ada", &[("city", hostile), ("country", hostile), ("description", hostile)]).await;
    let texts = |page: &TestResponse| page.texts(".postcard h2 bdi, .postcard .description");
    assert_eq!(texts(&page), [hostile, hostile, hostile]);
    assert!(page.texts("main script").is_empty());
}

async fn profile_redirects_to_canonical_username(site: TestSite) {
    let ada = site.user("Ada").await;
    let other = ada.send(ada.request(poem::http::Method::GET, "/user/aDA")).await;
    assert_eq!((other.status, other.header("location")), (308, Some("/user/Ada")));
    assert_eq!(ada.get("/user/missing").await.status, 404);
    assert_eq!(ada.get("/user/%3Cb%3E").await.status, 404);
}

async fn postcard_without_a_session_is_sent_after_log_in(site: TestSite) {
    let ada = site.user("ada").await;
    let form = ada.get("/user/ada").await;
    ada.submit("/", "/logout", &[]).await;
    let mut fields = form.form("/user/ada");
    fields.retain(|(name, _)| name == "csrf_token");
    fields
        .extend([("city", "Oslo"), ("country", "Norway"), ("description", "Cold.")].map(|(n, v)| (n.into(), v.into())));
    let request = ada.request(poem::http::Method::POST, "/user/ada").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.header("referer", site.server.url("/user/ada")).form(&fields)).await;
    assert!(page.text.contains("Your session has ended."), "{}", page.text);
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.attributes("#city, #country", "value"), ["Oslo", "Norway"]);
    assert!(ada.get("/").await.texts(".postcard").is_empty(), "nothing is sent before the press");
    let page = ada.submit_on(&page, "/user/ada", &[]).await;
    assert!(page.text.contains("Your postcard is on the rack."), "{}", page.text);
}

async fn postcard_of_another_account_is_on_the_own_profile(site: TestSite) {
    site.user("ada").await;
    site.user("ben").await;
    let ben = site.guest();
    let typed = [("city", "Oslo"), ("country", "Norway"), ("description", "Cold.")];
    let request = ben.request(poem::http::Method::POST, "/user/ada").header("sec-fetch-site", "same-origin");
    let page = ben.send(request.form(&typed)).await;
    let page = ben.submit_on(&page, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
    assert_eq!(page.attributes("#city, #country", "value"), ["Oslo", "Norway"], "{}", page.text);
    assert_eq!(ben.submit_on(&page, "/user/ben", &[]).await.texts(".postcard").len(), 1);
}

async fn home_of_the_registration_form_is_on_the_profile(site: TestSite) {
    let ada = site.guest();
    let form = |home| {
        let ours = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
        ours.into_iter().chain([("home", home)]).collect::<Vec<_>>()
    };
    let long = "é".repeat(201);
    let page = ada.submit("/register", "/register", &form(&long)).await;
    assert_eq!((page.status, page.texts("#home-note")), (422, vec!["Please use at most 200 characters.".to_owned()]));
    assert_eq!(page.attributes("#home", "value"), [&*long]);
    assert_eq!(ada.submit("/register", "/register", &form("<b>Łódź")).await.path, "/login");
    ada.log_in("ada", PASSWORD).await;
    let ben = site.user("ben").await; // leaves it blank
    for client in [&ada, &ben] {
        assert_eq!(client.get("/user/ada").await.texts(".lead"), ["from <b>Łódź"]);
        assert!(client.get("/user/ben").await.texts(".lead").is_empty());
    }
    assert_eq!(
        post(&ada, "ada", &[("city", "")]).await.texts(".lead"),
        ["from <b>Łódź"],
        "also beside a refused postcard"
    );
}
