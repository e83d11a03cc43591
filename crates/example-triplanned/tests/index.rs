//! `/`: the posts of all users, for every visitor.

use crate::common::{TestSite, post};

test_support::on_both_engines! { TestSite:
    guests_read_all_posts_newest_first
    empty_index_links_to_first_post
    pages_of_posts_show_each_post_once
    page_past_last_post_says_so
    postcard_shows_stamp_of_its_country
    page_loads_only_cacheable_files
    full_page_with_gzip_is_below_5000_bytes
}

async fn guests_read_all_posts_newest_first(site: TestSite) {
    let (ada, ben) = (site.user("ada").await, site.user("ben").await);
    post(&ada, "ada", &[]).await;
    post(&ben, "ben", &[("city", "Kyoto"), ("country", "Japan")]).await;

    let index = site.guest().get("/").await;

    assert_eq!(index.texts(".postcard h2 bdi"), ["Kyoto", "Japan", "Lisbon", "Portugal"]);
    assert_eq!(index.texts(".postcard .author"), ["from ben", "from ada"]);
    assert_eq!(index.texts("title"), ["Welcome to TriPlanned"]);
    assert_eq!(index.texts("header nav a"), ["Home", "Login"]);
}

async fn empty_index_links_to_first_post(site: TestSite) {
    assert!(site.guest().get("/").await.text.contains("Yours could be the first postcard."));
    let ada = site.user("ada").await;
    assert!(ada.get("/").await.text.contains("Post the first place"));
    assert!(ada.get("/user/ada").await.text.contains("You have not posted anything yet."));
}

async fn pages_of_posts_show_each_post_once(site: TestSite) {
    let ada = site.user("ada").await;
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

async fn page_past_last_post_says_so(site: TestSite) {
    let ada = site.user("ada").await;
    post(&ada, "ada", &[]).await;
    for address in ["/?before=1", "/user/ada?before=1"] {
        let past = ada.get(address).await;
        assert_eq!(past.texts(".empty"), ["No postcards are older than that."], "{address}");
        assert_eq!(past.texts("nav.pager a"), ["Newest"], "{address}");
    }
}

async fn postcard_shows_stamp_of_its_country(site: TestSite) {
    let ada = site.user("ada").await;
    for (city, country) in [("Lisbon", "Portugal"), ("Porto", "PORTUGAL"), ("Oslo", "Norway")] {
        post(&ada, "ada", &[("city", city), ("country", country)]).await;
    }
    let index = site.guest().get("/").await;
    let hours = index.attributes(".postcard > svg.stamp", "class");
    let scenes = index.attributes(".stamp-near", "d");
    let suns = index.attributes(".stamp-sun", "cx");
    let stamp = |at: usize| (&hours[at], &scenes[at], &suns[at]);
    assert_eq!(stamp(1), stamp(2), "one country, two spellings");
    assert_ne!(stamp(0), stamp(1), "two countries");
    assert!(!index.html.contains("style="), "the content security policy forbids inline styles: {}", index.html);
}

async fn page_loads_only_cacheable_files(site: TestSite) {
    let guest = site.guest();
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

async fn full_page_with_gzip_is_below_5000_bytes(site: TestSite) {
    let ada = site.user("ada").await;
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
