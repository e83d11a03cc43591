//! What users do: submit a form, press a button, follow the pages of a list.

use accounts::test_kit::{TestClient, TestResponse};
use poem::http::Method;

use super::flash;

/// The form to host a party: Saturday 14 March 2026, 19:00 in Berlin, four seats. `changes` replace its fields or add some.
pub(crate) fn host_form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
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

/// Hosts a party by the form of the host's profile, and returns its Party ID.
pub(crate) async fn host(host: &TestClient, name: &str, changes: &[(&str, &str)]) -> String {
    let profile = format!("/user/{name}");
    let page = host.submit(&profile, &profile, &host_form(changes)).await;
    let is_by_name = changes.contains(&("visibility", "invitation"));
    let next = if is_by_name { "Now invite your friends by name." } else { "Share the link below with your friends." };
    assert_eq!(flash(&page), format!("Your table is set. {next}"), "{}", page.text);
    page.path.strip_prefix("/parties/").unwrap().to_owned()
}

/// Submits a Party ID.
pub(crate) async fn rsvp(guest: &TestClient, party: &str) -> TestResponse {
    guest.submit("/rsvp", "/rsvp", &[("party_id", party)]).await
}

/// Presses the button in a party's row. `None` if the row has no button.
pub(crate) async fn press(guest: &TestClient, page: &TestResponse, party: &str) -> Option<TestResponse> {
    let buttons = page.attributes("form.parties article button[name=party_id]", "value");
    buttons.iter().find(|id| *id == party)?;
    let hidden = |name: &str| page.attributes(&format!("form.parties > input[name={name}]"), "value").pop();
    let mut form = vec![("party_id", party.to_owned()), ("csrf_token", hidden("csrf_token").unwrap())];
    form.extend(["back", "free_seat"].iter().filter_map(|name| Some((*name, hidden(name)?))));
    let response = guest.send(guest.request(Method::POST, "/rsvp").form(&form)).await;
    assert_eq!(response.status, 303, "{}", response.text);
    Some(guest.get(response.header("location").unwrap()).await)
}

/// Submits an answer on a party's own page.
pub(crate) async fn answer(guest: &TestClient, party: &str, answer: &str) -> TestResponse {
    let page = format!("/parties/{party}");
    guest.submit(&page, &format!("{page}/rsvp"), &[("answer", answer)]).await
}

/// Sends an answer with a number of people to a party, also where its page has no button for it, and follows the redirect.
pub(crate) async fn answer_as(guest: &TestClient, party: &str, answer: &str, heads: &str) -> TestResponse {
    let form = [("answer", answer), ("heads", heads)];
    follow(guest, post(guest, &format!("/parties/{party}/rsvp"), &form).await).await
}

/// Takes back the seats just given up, also where the page has no button for it, and follows the redirect.
pub(crate) async fn undo(guest: &TestClient, party: &str) -> TestResponse {
    follow(guest, post(guest, &format!("/parties/{party}/undo"), &[]).await).await
}

async fn follow(client: &TestClient, response: TestResponse) -> TestResponse {
    match response.header("location") {
        Some(to) => client.get(to).await,
        None => response,
    }
}

/// Sends a form without a CSRF token, as a browser sends it from one of our pages: `Sec-Fetch-Site: same-origin`. Does not
/// follow a redirect.
pub(crate) async fn post(client: &TestClient, path: &str, form: &[(&str, &str)]) -> TestResponse {
    let request = client.request(Method::POST, path).header("sec-fetch-site", "same-origin");
    client.send(request.form(form)).await
}

/// Follows the "next" links of a list from its first page, and collects what `read` returns for each page.
pub(crate) async fn all_pages(
    client: &TestClient,
    first: &str,
    read: impl Fn(&TestResponse) -> Vec<String>,
) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let page = client.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let found = read(&page);
        assert!(!found.is_empty(), "an empty page: {path}");
        assert!(all.len() < 1000, "pages without end: {path}");
        all.extend(found);
        next = page.attributes("nav.pager a[rel=next]", "href").pop();
    }
    all
}
