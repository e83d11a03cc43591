//! What people do with pages: fill in the form to host, press a button, read a message. And what every answer has.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

/// The form to host a party, filled in: Saturday 14 March 2026 in Berlin, four seats. `changes` wins.
pub(crate) fn hosting<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("date", "2026-03-14"),
        ("time", "19:00"),
        ("time_zone", "Europe/Berlin"),
        ("venue", "The kitchen"),
        ("main_dish", "Ratatouille"),
        ("number_seats", "4"),
    ];
    form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    form.extend_from_slice(changes);
    form
}

/// Hosts a party by the form, and tells its Party ID.
pub(crate) async fn host(host: &TestClient, name: &str, changes: &[(&str, &str)]) -> String {
    let profile = format!("/user/{name}");
    let page = host.submit(&profile, &profile, &hosting(changes)).await;
    assert_eq!(flash(&page), "Your table is set. Send your friends the link to this page.", "{}", page.text);
    page.path.strip_prefix("/parties/").unwrap().to_owned()
}

/// Types a Party ID and sends it.
pub(crate) async fn rsvp(guest: &TestClient, party: &str) -> TestResponse {
    guest.submit("/rsvp", "/rsvp", &[("party_id", party)]).await
}

/// Presses the button in a party's row, or `None` where there is no button.
pub(crate) async fn press(guest: &TestClient, page: &TestResponse, party: &str) -> Option<TestResponse> {
    let buttons = page.attributes("form.parties article button[name=party_id]", "value");
    buttons.iter().find(|id| *id == party)?;
    let hidden = |name: &str| page.attributes(&format!("form.parties > input[name={name}]"), "value").pop();
    let mut form = vec![("party_id", party.to_owned()), ("csrf_token", hidden("csrf_token").unwrap())];
    form.extend(hidden("back").map(|back| ("back", back)));
    let answer = guest.send(guest.request(Method::POST, "/rsvp").form(&form)).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    Some(guest.get(answer.header("location").unwrap()).await)
}

/// Answers on a party's own page.
pub(crate) async fn answer(guest: &TestClient, party: &str, answer: &str) -> TestResponse {
    let page = format!("/parties/{party}");
    guest.submit(&page, &format!("{page}/rsvp"), &[("answer", answer)]).await
}

/// A form sent as a browser sends it from one of our pages, where `Sec-Fetch-Site` says so. Redirects are not followed.
pub(crate) async fn post(visitor: &TestClient, path: &str, form: &[(&str, &str)]) -> TestResponse {
    let request = visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    visitor.send(request.form(form)).await
}

/// The messages on a page.
pub(crate) fn flash(page: &TestResponse) -> String {
    page.texts("main .flash").join(" | ")
}

/// What a row says of a party: the value beside a term.
pub(crate) fn detail(page: &TestResponse, term: &str) -> Vec<String> {
    let (terms, values) = (page.texts("dl dt"), page.texts("dl dd"));
    terms.into_iter().zip(values).filter(|(found, _)| found == term).map(|(_, value)| value).collect()
}

/// The Party IDs in a list.
pub(crate) fn listed(page: &TestResponse) -> Vec<String> {
    detail(page, "Party ID")
}

/// Walks a list by its link to the next page, and gathers what `read` finds on each.
pub(crate) async fn walk(
    visitor: &TestClient,
    first: &str,
    read: impl Fn(&TestResponse) -> Vec<String>,
) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let page = visitor.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let found = read(&page);
        assert!(!found.is_empty() && all.len() < 1000, "an empty page, or a walk without end: {path}");
        all.extend(found);
        next = page.attributes("nav.pager a[rel=next]", "href").pop();
    }
    all
}

/// Whether an answer carries what every answer must, files and errors too.
pub(crate) fn assert_has_headers(page: &TestResponse) {
    let csp = page.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(csp.split("; ").any(|found| found == part), "{}: {csp}", page.path);
    }
    assert!(!csp.contains("unsafe"), "{csp}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name} of {} ({})", page.path, page.status);
    }
    assert_eq!(page.header("access-control-allow-origin"), None, "{}", page.path);
    let cached = page.header("cache-control").unwrap_or_default();
    assert!(cached == "no-store" || page.path.starts_with("/assets/"), "{cached} of {}", page.path);
}

/// Whether a page stands in DinnerParty's layout, with that status and that sentence.
pub(crate) fn assert_page(page: &TestResponse, status: u16, sentence: &str) {
    assert_eq!(page.status, status, "{}: {}", page.path, page.text);
    assert!(page.text.contains(sentence), "{sentence:?} in {}", page.text);
    assert_eq!(page.texts("main h1").len(), 1, "{}", page.html);
    assert_eq!(page.texts("header .brand"), ["DinnerParty"], "in the layout: {}", page.html);
    assert_has_headers(page);
}
