//! `/`: the way in, and the people.

use crate::common::{House, assert_page, walk};

test_support::on_both_engines! { House:
    a_guest_finds_the_way_in_and_nobody_else
    somebody_logged_in_sees_everybody_by_pages
    nonsense_in_the_address_is_the_first_page
}

async fn a_guest_finds_the_way_in_and_nobody_else(house: House) {
    house.stranger("hidden.person").await;

    let page = house.guest().get("/").await;

    assert_page(&page, 200, "Dinner is better with friends");
    assert_eq!(page.texts("title"), ["Welcome - DinnerParty"]);
    assert_eq!(page.attributes("main a", "href"), ["/register", "/login"]);
    assert!(!page.html.contains("hidden.person"));
    assert_eq!(page.header("set-cookie"), None, "a page without a form leaves nothing behind");
}

async fn somebody_logged_in_sees_everybody_by_pages(house: House) {
    for n in 0..44 {
        house.stranger(&format!("person-{n:02}")).await;
    }
    let ada = house.user("ada").await;

    let people = walk(&ada, "/", |page| page.texts(".people bdi")).await;

    let strangers = (0..44).rev().map(|n| format!("person-{n:02}"));
    assert_eq!(people, ["ada".to_owned()].into_iter().chain(strangers).collect::<Vec<_>>(), "the newest first");
    let page = ada.get("/").await;
    assert_page(&page, 200, "Good to see you, ada");
    assert_eq!(page.texts(".people li")[1], "person-43 joined 1 January 2026");
    assert!(page.attributes(".people a", "href").contains(&"/user/person-43".to_owned()));
    assert!(!page.html.contains("@example.com"), "nobody's address");
    assert_eq!(page.texts("nav[aria-label=Main] a"), ["Parties", "ada"]);
}

async fn nonsense_in_the_address_is_the_first_page(house: House) {
    let ada = house.user("ada").await;
    for query in
        ["before=abc", "before=1&before=2", "before=1180591620717411303424", "before=%00", "%ff", "%zz", "&&=&"]
    {
        let page = ada.get(&format!("/?{query}")).await;
        assert_eq!((page.status, page.texts(".people bdi")), (200, vec!["ada".to_owned()]), "{query}");
    }
    assert_page(&ada.get("/?before=-1").await, 200, "People");
}
