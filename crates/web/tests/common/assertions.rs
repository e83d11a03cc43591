//! What a page shows, and what every response has.

use accounts::test_kit::TestResponse;

/// The flash messages of a page.
pub(crate) fn flash(page: &TestResponse) -> String {
    page.texts("main .flash").join(" | ")
}

/// What was typed and is not sent: each label, and what is in its field, which can be read alone.
pub(crate) fn unsent(page: &TestResponse) -> Vec<String> {
    let part = |what: &str| format!("section[aria-labelledby=unsent] {what}");
    let mut values = page.attributes(&part("input[readonly]"), "value");
    values.extend(page.texts(&part("textarea[readonly]")));
    let labels = page.texts(&part("label"));
    assert_eq!(labels.len(), values.len(), "{}", page.html);
    labels.into_iter().zip(values).flat_map(|(label, value)| [label, value]).collect()
}

/// The values beside a term, such as "Venue": one for each party on the page.
pub(crate) fn detail(page: &TestResponse, term: &str) -> Vec<String> {
    let (terms, values) = (page.texts("dl dt"), page.texts("dl dd"));
    terms.into_iter().zip(values).filter(|(found, _)| found == term).map(|(_, value)| value).collect()
}

/// The Party IDs of a list of cards with buttons, in its order.
pub(crate) fn party_ids(page: &TestResponse) -> Vec<String> {
    let ids = page.attributes("form.parties article", "id");
    ids.iter().filter_map(|id| Some(id.strip_prefix("party-")?.to_owned())).collect()
}

/// Asserts the headers that every response has, including those of files and errors.
pub(crate) fn assert_has_headers(page: &TestResponse) {
    let csp = page.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(csp.split("; ").any(|found| found == part), "{}: {csp}", page.path);
    }
    assert!(!csp.contains("unsafe"), "{csp}");
    // The address of a reset link, or with a registration code, is in no `Referer`, also not in those to this origin.
    let is_secret = page.path.split('?').next() == Some("/account/reset") || page.path.contains("code=");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", if is_secret { "strict-origin" } else { "same-origin" }),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name} of {} ({})", page.path, page.status);
    }
    assert_eq!(page.header("access-control-allow-origin"), None, "{}", page.path);
    let cached = page.header("cache-control").unwrap_or_default();
    let is_icon = ["/favicon.ico", "/apple-touch-icon.png", "/icon-192.png", "/icon-512.png", "/site.webmanifest"]
        .contains(&page.path.as_str());
    let is_preview = page.status == 200 && page.path.contains("/preview-");
    assert!(
        cached == "no-store" || is_icon || is_preview || page.path.starts_with("/assets/"),
        "{cached} of {}",
        page.path
    );
}

/// Asserts that a page has this status and contains this sentence, and is in DinnerParty's layout.
pub(crate) fn assert_page(page: &TestResponse, status: u16, sentence: &str) {
    assert_eq!(page.status, status, "{}: {}", page.path, page.text);
    assert!(page.text.contains(sentence), "{sentence:?} in {}", page.text);
    assert_eq!(page.texts("main h1").len(), 1, "{}", page.html);
    assert_eq!(page.texts("header .brand"), ["DinnerParty"], "in the layout: {}", page.html);
    assert_has_headers(page);
}
