//! `/people`: all users.

use crate::common::{TestApp, all_pages, assert_page};

test_support::on_both_engines! { TestApp:
    people_are_listed_newest_first_over_all_pages
    invalid_cursor_shows_the_first_page
}

async fn people_are_listed_newest_first_over_all_pages(app: TestApp) {
    for n in 0..44 {
        app.add_user(&format!("person-{n:02}")).await;
    }
    let ada = app.user("ada").await;

    let people = all_pages(&ada, "/people", |page| page.texts(".people bdi")).await;

    let others = (0..44).rev().map(|n| format!("person-{n:02}"));
    assert_eq!(people, ["ada".to_owned()].into_iter().chain(others).collect::<Vec<_>>(), "newest first");
    let page = ada.get("/people").await;
    assert_page(&page, 200, "People");
    assert_eq!(page.texts(".people li")[1], "person-43 joined 1 January 2026");
    assert!(page.attributes(".people a", "href").contains(&"/user/person-43".to_owned()));
    assert!(!page.html.contains("@example.com"), "no e-mail address");
    assert!(page.attributes("nav.pager a[rel=first]", "href").is_empty());
    let second = ada.get(&page.attributes("nav.pager a[rel=next]", "href").concat()).await;
    assert_eq!(second.attributes("nav.pager a[rel=first]", "href"), ["/people"]);
}

async fn invalid_cursor_shows_the_first_page(app: TestApp) {
    let ada = app.user("ada").await;
    for query in
        ["before=abc", "before=1&before=2", "before=1180591620717411303424", "before=%00", "%ff", "%zz", "&&=&"]
    {
        let page = ada.get(&format!("/people?{query}")).await;
        assert_eq!((page.status, page.texts(".people bdi")), (200, vec!["ada".to_owned()]), "{query}");
    }
    let past_the_end = ada.get("/people?before=-1").await;
    assert_page(&past_the_end, 200, "That's everyone.");
    assert_eq!(past_the_end.attributes(".empty a", "href"), ["/people"]);
}
