//! `/`: the welcome page, and the home page of a user.

use crate::common::{TestApp, answer, assert_page, flash, host, party_ids, press, rsvp};

test_support::on_both_engines! { TestApp:
    welcome_page_speaks_to_guests_and_hosts_and_shows_no_users
    empty_home_page_says_what_to_do_next
    home_page_shows_the_next_party
    home_page_shows_four_parties_with_free_seats
    seat_taken_on_the_home_page_leads_back_to_its_card
    invalid_query_shows_the_home_page
}

async fn welcome_page_speaks_to_guests_and_hosts_and_shows_no_users(app: TestApp) {
    app.add_user("hidden.person").await;

    let page = app.visitor().get("/").await;

    assert_page(&page, 200, "Dinner is better with friends");
    assert_eq!(page.texts("title"), ["Welcome - DinnerParty"]);
    let links = ["/register", "/login", "/register?next=%2Fhost", "/register?next=%2Frsvp"];
    assert_eq!(page.attributes("main a", "href"), links);
    assert_eq!(page.texts("h2"), ["Cooking?", "Hungry?"]);
    assert_eq!(page.texts("figure svg").len(), 1, "an example table");
    assert!(!page.html.contains("hidden.person"));
    assert_eq!(page.header("set-cookie"), None, "a page without a form sets no cookie");
}

async fn empty_home_page_says_what_to_do_next(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/").await;

    assert_page(&page, 200, "Hello, ada");
    assert_eq!(page.texts("h2"), ["Your next dinner", "Seats for you"]);
    let next = "No dinners coming up. Find a seat , or host your own .";
    let open = "No open seats right now. Host a dinner party , and friends can come to you.";
    assert_eq!(page.texts(".empty"), [next, open]);
    assert_eq!(page.attributes(".empty a", "href"), ["/rsvp?seats=1", "/host", "/host"]);
    assert_eq!(page.attributes("main > p:last-child a", "href"), ["/rsvp", "/people"]);
    assert_eq!(page.texts("nav[aria-label=Main] a"), ["Parties", "Host", "ada", "Account"]);
}

async fn home_page_shows_the_next_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let next =
        async |client: &accounts::test_kit::TestClient| client.get("/").await.texts("section[aria-labelledby=next] h3");
    let late = host(&ada, "ada", &[("date", "2026-05-01"), ("main_dish", "Late")]).await;
    host(&ada, "ada", &[("date", "2026-04-01"), ("main_dish", "Soon")]).await;
    rsvp(&ben, &late).await;

    assert_eq!((next(&ada).await, next(&ben).await), (vec!["Soon".into()], vec!["Late".to_owned()]));
    assert_eq!(ben.get("/").await.texts("section[aria-labelledby=next] article .seats"), ["2 of 4 seats left"]);
    assert_eq!(ben.get("/").await.texts("section[aria-labelledby=next] article .state-seated"), ["You're coming"]);
    answer(&ben, &late, "no").await;
    assert!(next(&ben).await.is_empty());
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
    assert!(party_ids(&page).is_empty() && page.text.contains("No open seats right now."), "{}", page.text);
}

/// The card stays where it was, although the party no longer has a seat that the viewer could take.
async fn seat_taken_on_the_home_page_leads_back_to_its_card(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for day in ["02", "03", "04"] {
        host(&ada, "ada", &[("date", &format!("2026-04-{day}"))]).await;
    }

    let page = press(&ben, &ben.get("/").await, "2").await.unwrap();

    assert_eq!((page.path.as_str(), party_ids(&page)), ("/?at=2", vec!["1".into(), "2".into(), "3".to_owned()]));
    assert!(page.texts("#party-2 .flash").concat().starts_with("You successfully RSVP'd"), "{}", page.html);
    assert_eq!(page.texts("#party-2 .state"), ["You're coming"]);
    assert_eq!(page.texts(".flash").len(), 1, "the message is shown once");
    let again = ben.get("/?at=2").await;
    assert_eq!((flash(&again).as_str(), party_ids(&again)), ("", vec!["1".into(), "3".to_owned()]));
}

async fn invalid_query_shows_the_home_page(app: TestApp) {
    let ada = app.user("ada").await;
    for query in ["before=2", "at=abc", "at=1&at=2", "at=1180591620717411303424", "at=%00", "%ff", "%zz", "&&=&"] {
        assert_page(&ada.get(&format!("/?{query}")).await, 200, "Hello, ada");
    }
}
