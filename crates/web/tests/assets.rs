//! `/assets/…`: the files that pages load, and that they load nothing else.

use crate::common::{House, assert_has_headers, assert_page};

test_support::on_both_engines! { House:
    files_are_kept_for_good_under_a_name_of_their_content
    pages_load_only_our_own_files
}

async fn files_are_kept_for_good_under_a_name_of_their_content(house: House) {
    let (guest, files) = (
        house.guest(),
        [
            ("stylesheet", "text/css; charset=utf-8", include_str!("../assets/dinnerparty.css")),
            ("icon", "image/svg+xml", include_str!("../assets/plate.svg")),
        ],
    );
    let index = guest.get("/").await;
    for (rel, content_type, content) in files {
        let path = index.attributes(&format!("link[rel={rel}]"), "href").concat();
        let file = guest.get(&path).await;
        assert_eq!((file.status, file.html.as_str()), (200, content), "{path}");
        assert_eq!(file.header("content-type"), Some(content_type));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(file.header("set-cookie"), None);
        assert_has_headers(&file);

        let (name, extension) = path.rsplit_once('-').unwrap();
        let other = format!("{name}-0123456789abcdef.{}", extension.rsplit_once('.').unwrap().1);
        assert_page(&guest.get(&other).await, 404, "There is nothing at this address.");
    }
}

async fn pages_load_only_our_own_files(house: House) {
    let ada = house.user("ada").await;
    for path in ["/", "/user/ada", "/rsvp", "/nowhere"] {
        let page = ada.get(path).await;
        let loaded: Vec<_> = ["link", "script", "img", "iframe", "object", "embed", "source"]
            .iter()
            .flat_map(|tag| ["href", "src", "data"].map(|from| page.attributes(tag, from)))
            .flatten()
            .collect();
        assert!(loaded.len() == 2 && loaded.iter().all(|file| file.starts_with("/assets/")), "{path}: {loaded:?}");
        assert!(page.texts("style, script").is_empty() && page.attributes("[style]", "style").is_empty(), "{path}");
    }
    let stylesheet = include_str!("../assets/dinnerparty.css");
    assert!(!stylesheet.contains("//") && !stylesheet.contains("@import"), "a stylesheet that loads something");
}
