//! `/`: everybody's posts, for everybody.

use crate::common::{Rack, post};

test_support::on_both_engines! { Rack:
    guests_read_everybodys_posts_the_newest_first
    an_empty_rack_says_what_to_do
    posts_come_in_pages_without_loss_or_repetition
}

async fn guests_read_everybodys_posts_the_newest_first(rack: Rack) {
    let (ada, ben) = (rack.user("ada").await, rack.user("ben").await);
    post(&ada, "ada", &[]).await;
    post(&ben, "ben", &[("city", "Kyoto"), ("country", "Japan")]).await;

    let index = rack.guest().get("/").await;

    assert_eq!(index.texts(".postcard h2"), ["Kyoto, Japan", "Lisbon, Portugal"]);
    assert_eq!(index.texts(".postcard .author"), ["from ben", "from ada"]);
    assert_eq!(index.texts("title"), ["Welcome to TriPlanned"]);
    assert_eq!(index.texts("header nav a"), ["Home", "Login"]);
}

async fn an_empty_rack_says_what_to_do(rack: Rack) {
    assert!(rack.guest().get("/").await.text.contains("Yours could be the first postcard."));
    let ada = rack.user("ada").await;
    assert!(ada.get("/").await.text.contains("Post the first place"));
    assert!(ada.get("/user/ada").await.text.contains("You have not posted anything yet."));
}

async fn posts_come_in_pages_without_loss_or_repetition(rack: Rack) {
    let ada = rack.user("ada").await;
    for n in 1..=43 {
        post(&ada, "ada", &[("city", &format!("City {n}"))]).await;
    }
    for first in ["/", "/user/ada"] {
        let (mut found, mut next) = (Vec::new(), Some(first.to_owned()));
        while let Some(path) = next {
            let page = ada.get(&path).await;
            let cities = page.texts(".postcard h2");
            assert!(!cities.is_empty() && cities.len() <= 20, "{path}");
            found.extend(cities);
            next = page.attributes("nav.pager a[rel=next]", "href").pop();
        }
        let all: Vec<_> = (1..=43).rev().map(|n| format!("City {n}, Portugal")).collect();
        assert_eq!(found, all, "{first}");
    }
    assert_eq!(ada.get("/?before=nonsense").await.texts(".postcard").len(), 20);
}
