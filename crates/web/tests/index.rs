//! `/`: the welcome page, and the home page of a user.

use crate::common::{TestApp, all_pages, answer, assert_page, host, party_ids, press, rsvp};

test_support::on_both_engines! { TestApp:
    welcome_page_links_to_log_in_and_shows_no_users
    home_page_lists_all_users_newest_first
    home_page_shows_the_next_party
    home_page_shows_four_parties_with_free_seats
    invalid_cursor_shows_the_first_page
}

async fn welcome_page_links_to_log_in_and_shows_no_users(app: TestApp) {
    app.add_user("hidden.person").await;

    let page = app.visitor().get("/").await;

    assert_page(&page, 200, "Dinner is better with friends");
    assert_eq!(page.texts("title"), ["Welcome - DinnerParty"]);
    assert_eq!(page.attributes("main a", "href"), ["/register", "/login"]);
    assert!(!page.html.contains("hidden.person"));
    assert_eq!(page.header("set-cookie"), None, "a page without a form sets no cookie");
}

async fn home_page_lists_all_users_newest_first(app: TestApp) {
    for n in 0..44 {
        app.add_user(&format!("person-{n:02}")).await;
    }
    let ada = app.user("ada").await;

    let people = all_pages(&ada, "/", |page| page.texts(".people bdi")).await;

    let others = (0..44).rev().map(|n| format!("person-{n:02}"));
    assert_eq!(people, ["ada".to_owned()].into_iter().chain(others).collect::<Vec<_>>(), "newest first");
    let page = ada.get("/").await;
    assert_page(&page, 200, "Good to see you, ada");
    assert_eq!(page.texts(".people li")[1], "person-43 joined 1 January 2026");
    assert!(page.attributes(".people a", "href").contains(&"/user/person-43".to_owned()));
    assert!(!page.html.contains("@example.com"), "no e-mail address");
    assert_eq!(page.texts("nav[aria-label=Main] a"), ["Parties", "ada"]);
}

async fn home_page_shows_the_next_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let next =
        async |client: &accounts::test_kit::TestClient| client.get("/").await.texts("section[aria-labelledby=next] h3");
    let page = ada.get("/").await;
    assert_eq!(page.texts("h2"), ["Your next party", "Parties with free seats", "People"]);
    assert_page(&page, 200, "You're not expected anywhere yet.");
    assert_eq!(page.attributes("section[aria-labelledby=next] .empty a", "href"), ["/user/ada#host-a-party"]);

    let late = host(&ada, "ada", &[("date", "2026-05-01"), ("main_dish", "Late")]).await;
    host(&ada, "ada", &[("date", "2026-04-01"), ("main_dish", "Soon")]).await;
    rsvp(&ben, &late).await;

    assert_eq!((next(&ada).await, next(&ben).await), (vec!["Soon".into()], vec!["Late".to_owned()]));
    assert!(ben.get("/").await.text.contains("2 of 4 taken, 2 seats left You're coming"));
    answer(&ben, &late, "no").await;
    assert!(next(&ben).await.is_empty());
    assert!(ada.get("/?before=2").await.texts("article").is_empty(), "later pages of people have no parties");
}

async fn home_page_shows_four_parties_with_free_seats(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for (day, seats) in [("07", "4"), ("02", "1"), ("06", "4"), ("03", "4"), ("05", "4"), ("04", "4"), ("02", "4")] {
        host(&ada, "ada", &[("date", &format!("2026-04-{day}")), ("number_seats", seats)]).await;
    }
    let page = ben.get("/").await;
    assert_eq!(party_ids(&page), ["7", "4", "6", "5"], "soonest first, none without a free seat");
    assert!(press(&ben, &page, "7").await.unwrap().text.contains("You successfully RSVP'd"));
    assert_eq!(party_ids(&ben.get("/").await), ["4", "6", "5", "3"]);

    let page = ada.get("/").await;
    assert!(
        party_ids(&page).is_empty() && page.text.contains("No table has a free seat for you right now."),
        "{}",
        page.text
    );
}

async fn invalid_cursor_shows_the_first_page(app: TestApp) {
    let ada = app.user("ada").await;
    for query in
        ["before=abc", "before=1&before=2", "before=1180591620717411303424", "before=%00", "%ff", "%zz", "&&=&"]
    {
        let page = ada.get(&format!("/?{query}")).await;
        assert_eq!((page.status, page.texts(".people bdi")), (200, vec!["ada".to_owned()]), "{query}");
    }
    assert_page(&ada.get("/?before=-1").await, 200, "People");
}
