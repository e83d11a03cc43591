//! `/assets/{file}`: static files, and which of them each page loads.

use crate::common::{TestApp, assert_has_headers, assert_page, host};

test_support::on_both_engines! { TestApp:
    files_are_cached_for_good_under_a_hashed_name
    stylesheet_is_sent_with_every_rule
    pages_load_few_files_and_only_own_ones
    icons_and_manifest_have_fixed_paths
    head_describes_the_page
}

async fn files_are_cached_for_good_under_a_hashed_name(app: TestApp) {
    let ada = app.user("ada").await;
    let (profile, visitor) = (ada.get("/user/ada").await, app.visitor());
    let log_in = visitor.get("/login").await;
    let script = "text/javascript; charset=utf-8";
    let parts = [
        include_str!("../assets/send-once.js"),
        include_str!("../assets/share.js"),
        include_str!("../assets/show-password.js"),
        include_str!("../assets/time-zone.js"),
    ];
    for (page, file, attribute, content_type, content) in [
        (&log_in, "link[rel=icon]", "href", "image/svg+xml", include_str!("../assets/plate.svg")),
        (&profile, "script", "src", script, parts.concat().as_str()),
    ] {
        let path = page.attributes(file, attribute).concat();
        let file = visitor.get(&path).await;
        assert_eq!((file.status, file.html.as_str()), (200, content), "{path}");
        assert_eq!(file.header("content-type"), Some(content_type));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(file.header("set-cookie"), None);
        assert_has_headers(&file);

        let (name, extension) = path.rsplit_once('-').unwrap();
        let other = format!("{name}-0123456789abcdef.{}", extension.rsplit_once('.').unwrap().1);
        assert_page(&visitor.get(&other).await, 404, "This page doesn't exist");
    }
}

/// The stylesheet is sent without comments and without spaces that have no meaning.
async fn stylesheet_is_sent_with_every_rule(app: TestApp) {
    let visitor = app.visitor();
    let path = visitor.get("/login").await.attributes("link[rel=stylesheet]", "href").concat();
    let sent = visitor.get(&path).await;
    assert_eq!((sent.status, sent.header("content-type")), (200, Some("text/css; charset=utf-8")));
    let source = include_str!("../assets/dinnerparty.css");
    let comments = source.split("/*").skip(1).map(|rest| rest.split_once("*/").unwrap().0);
    let rules = comments.fold(source.to_owned(), |css, comment| css.replace(&format!("/*{comment}*/"), ""));
    let squeezed = |css: &str| css.split_whitespace().collect::<String>().replace(";}", "}");
    assert_eq!(squeezed(&sent.html), squeezed(&rules));
    assert!(sent.html.len() * 10 < source.len() * 9, "{} of {} bytes", sent.html.len(), source.len());
}

async fn pages_load_few_files_and_only_own_ones(app: TestApp) {
    let ada = app.user("ada").await;
    let visitor = app.visitor();
    for (client, path) in [
        (&visitor, "/"),
        (&visitor, "/login"),
        (&visitor, "/register"),
        (&ada, "/"),
        (&ada, "/rsvp"),
        (&ada, "/nowhere"),
        (&ada, "/user/ada"),
    ] {
        let page = client.get(path).await;
        assert_eq!(page.attributes("script[src][defer]", "src").len(), 1, "{path}");
        let loaded: Vec<_> = ["link", "script", "img", "iframe", "object", "embed", "source"]
            .iter()
            .flat_map(|tag| ["href", "src", "data"].map(|from| page.attributes(tag, from)))
            .flatten()
            .collect();
        // The stylesheet, the script, three kinds of icon and manifest, and the canonical URL, which is not loaded.
        assert_eq!(loaded.len(), 6, "{path}: {loaded:?}");
        let own = ["/assets/", "/apple-touch-icon.png", "/site.webmanifest", "http://127.0.0.1:"];
        assert!(loaded.iter().all(|file| own.iter().any(|start| file.starts_with(start))), "{path}: {loaded:?}");
        let inline = page.texts("style, script").concat();
        assert!(inline.is_empty() && page.attributes("[style]", "style").is_empty(), "{path}: {inline}");
    }
    let stylesheet = include_str!("../assets/dinnerparty.css");
    assert!(!stylesheet.contains("//") && !stylesheet.contains("@import"), "the stylesheet loads another file");
}

async fn icons_and_manifest_have_fixed_paths(app: TestApp) {
    let visitor = app.visitor();
    for (path, content_type) in [
        ("/favicon.ico", "image/x-icon"),
        ("/apple-touch-icon.png", "image/png"),
        ("/icon-192.png", "image/png"),
        ("/icon-512.png", "image/png"),
        ("/site.webmanifest", "application/manifest+json"),
    ] {
        let file = visitor.get(path).await;
        assert_eq!((file.status, file.header("content-type")), (200, Some(content_type)), "{path}");
        assert_eq!(file.header("cache-control"), Some("public, max-age=86400"), "{path}");
        assert_eq!(file.header("set-cookie"), None);
        assert_has_headers(&file);
        let csp = file.header("content-security-policy").unwrap();
        assert!(csp.split("; ").any(|part| part == "manifest-src 'self'"), "{csp}");
    }
    let manifest = visitor.get("/site.webmanifest").await;
    assert_eq!(manifest.html, include_str!("../assets/icons/site.webmanifest"));
}

async fn head_describes_the_page(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let mut descriptions = std::collections::BTreeSet::new();
    for path in ["/", "/login", "/register", "/rsvp", "/user/ada", "/parties/1"] {
        let client = if matches!(path, "/login" | "/register") { &app.visitor() } else { &ada };
        let page = client.get(&format!("{path}?q=x")).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.attributes("link[rel=canonical]", "href"), [app.server.url(path)]);
        assert_eq!(page.attributes("meta[name=theme-color]", "content"), ["#fbf6ec", "#1d140d"], "{path}");
        descriptions.extend(page.attributes("meta[name=description]", "content"));
    }
    assert_eq!(descriptions.len(), 6, "each page has its own: {descriptions:?}");
}
