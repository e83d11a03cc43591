//! `/`: everybody's posts, for everybody.

use crate::common::{Rack, post};

test_support::on_both_engines! { Rack:
    guests_read_everybodys_posts_the_newest_first
    an_empty_rack_says_what_to_do
    posts_come_in_pages_without_loss_or_repetition
    past_the_last_postcard_no_rack_is_called_empty
    postcard_shows_stamp_of_its_country
    the_page_loads_only_files_that_browsers_keep
    a_full_rack_is_sent_in_a_packet_or_few
}

async fn guests_read_everybodys_posts_the_newest_first(rack: Rack) {
    let (ada, ben) = (rack.user("ada").await, rack.user("ben").await);
    post(&ada, "ada", &[]).await;
    post(&ben, "ben", &[("city", "Kyoto"), ("country", "Japan")]).await;

    let index = rack.guest().get("/").await;

    assert_eq!(index.texts(".postcard h2 bdi"), ["Kyoto", "Japan", "Lisbon", "Portugal"]);
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
            let cities = page.texts(".postcard h2 bdi:first-child");
            assert!(!cities.is_empty() && cities.len() <= 20, "{path}");
            found.extend(cities);
            next = page.attributes("nav.pager a[rel=next]", "href").pop();
        }
        let all: Vec<_> = (1..=43).rev().map(|n| format!("City {n}")).collect();
        assert_eq!(found, all, "{first}");
    }
    assert_eq!(ada.get("/?before=nonsense").await.texts(".postcard").len(), 20);
}

async fn past_the_last_postcard_no_rack_is_called_empty(rack: Rack) {
    let ada = rack.user("ada").await;
    post(&ada, "ada", &[]).await;
    for address in ["/?before=1", "/user/ada?before=1"] {
        let past = ada.get(address).await;
        assert_eq!(past.texts(".empty"), ["No postcards are older than that."], "{address}");
        assert_eq!(past.texts("nav.pager a"), ["Newest"], "{address}");
    }
}

async fn postcard_shows_stamp_of_its_country(rack: Rack) {
    let ada = rack.user("ada").await;
    for (city, country) in [("Lisbon", "Portugal"), ("Porto", "PORTUGAL"), ("Oslo", "Norway")] {
        post(&ada, "ada", &[("city", city), ("country", country)]).await;
    }
    let index = rack.guest().get("/").await;
    let hours = index.attributes(".postcard > svg.stamp", "class");
    let scenes = index.attributes(".stamp-near", "d");
    let suns = index.attributes(".stamp-sun", "cx");
    let drawn = |at: usize| (&hours[at], &scenes[at], &suns[at]);
    assert_eq!(drawn(1), drawn(2), "one country, two spellings");
    assert_ne!(drawn(0), drawn(1), "two countries");
    assert!(!index.html.contains("style="), "the policy forbids it: {}", index.html);
}

async fn the_page_loads_only_files_that_browsers_keep(rack: Rack) {
    let guest = rack.guest();
    let index = guest.get("/").await;
    let mut files = index.attributes("link", "href");
    files.extend(index.attributes("img", "src"));
    assert_eq!(files.len(), 3);
    for file in files {
        let loaded = guest.get(&file).await;
        assert_eq!(loaded.status, 200, "{file}");
        assert_eq!(loaded.header("cache-control"), Some("public, max-age=31536000, immutable"), "{file}");
    }
}

async fn a_full_rack_is_sent_in_a_packet_or_few(rack: Rack) {
    let ada = rack.user("ada").await;
    for n in 1..=20 {
        post(&ada, "ada", &[("city", &format!("City {n}")), ("country", &format!("Country {n}"))]).await;
    }
    let request = |coding: &'static str| ada.request(poem::http::Method::GET, "/").header("accept-encoding", coding);
    let plain = ada.send(request("identity")).await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")));
    assert_eq!(plain.texts(".postcard").len(), 20);

    let zipped = request("gzip").send().await.unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    let zipped = zipped.bytes().await.unwrap();
    assert_eq!(zipped[..2], [0x1f, 0x8b]);
    assert!(zipped.len() < 5000, "{} bytes", zipped.len());
}
