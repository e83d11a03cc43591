//! `/preview-{hash}.png` and the Open Graph metadata of the start page.

use accounts::test_kit::TestResponse;
use poem::http::Method;

use crate::common::{TestApp, assert_has_headers, assert_page};

test_support::on_both_engines! { TestApp:
    start_page_describes_itself_to_crawlers
    preview_of_the_start_page_is_cached_for_good
    preview_under_another_hash_leads_to_the_current_one
    previews_asked_for_at_once_are_drawn_or_busy
}

/// The value of a property in the head.
pub(crate) fn property(page: &TestResponse, name: &str) -> String {
    page.attributes(&format!("head meta[property='{name}']"), "content").join(" | ")
}

/// The path of a page's preview picture.
pub(crate) fn preview_path(app: &TestApp, page: &TestResponse) -> String {
    property(page, "og:image").strip_prefix(&app.server.url("")).unwrap().to_owned()
}

async fn start_page_describes_itself_to_crawlers(app: TestApp) {
    let page = app.visitor().get("/").await;

    assert_eq!(property(&page, "og:title"), "DinnerParty");
    assert_eq!(property(&page, "og:url"), app.server.url("/"));
    assert_eq!(property(&page, "og:type"), "website");
    assert_eq!((property(&page, "og:image:width"), property(&page, "og:image:height")), ("1200".into(), "630".into()));
    let description = page.attributes("meta[name=description]", "content").concat();
    assert_eq!(property(&page, "og:description"), description);
    assert!(!description.is_empty() && !property(&page, "og:image:alt").is_empty());
    assert_eq!(page.attributes("meta[name='twitter:card']", "content"), ["summary_large_image"]);
    let home = app.user("ada").await.get("/").await;
    assert_eq!(property(&home, "og:title"), "", "a home page is private");
}

async fn preview_of_the_start_page_is_cached_for_good(app: TestApp) {
    let visitor = app.visitor();
    let path = preview_path(&app, &visitor.get("/").await);
    assert!(path.starts_with("/preview-"), "{path}");

    let picture = visitor.get(&path).await;

    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert!(picture.html.contains("PNG") && picture.html.contains("IHDR"));
    assert_eq!(picture.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(picture.header("cross-origin-resource-policy"), Some("cross-origin"), "a chat in a browser shows it");
    assert_eq!(picture.header("set-cookie"), None);
    assert_has_headers(&picture);
    let head = visitor.send(visitor.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.html.as_str()), (200, ""));
}

async fn preview_under_another_hash_leads_to_the_current_one(app: TestApp) {
    let visitor = app.visitor();
    let current = preview_path(&app, &visitor.get("/").await);
    let former = format!("/preview-{}.png", "0".repeat(32));
    let response = visitor.send(visitor.request(Method::GET, &former)).await;
    assert_eq!((response.status, response.header("location")), (303, Some(&*current)));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    for name in ["preview-0.png", "preview-.png", "preview-1", "preview-%00.png", "preview-%ff.png"] {
        assert_page(&visitor.get(&format!("/{name}")).await, 404, "This page doesn't exist");
    }
}

async fn previews_asked_for_at_once_are_drawn_or_busy(app: TestApp) {
    let path = preview_path(&app, &app.visitor().get("/").await);
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (visitor, path) = (app.visitor(), path.clone());
        requests.spawn(async move {
            let picture = visitor.get(&path).await;
            (picture.status, picture.header("retry-after").map(ToOwned::to_owned))
        });
    }
    let responses = requests.join_all().await;

    assert!(responses.iter().any(|(status, _)| *status == 200), "{responses:?}");
    let is_right = |(status, retry): &(u16, Option<String>)| *status == 200 || (*status == 503 && retry.is_some());
    assert!(responses.iter().all(is_right), "{responses:?}");
    assert_eq!(app.visitor().get(&path).await.status, 200);
}
