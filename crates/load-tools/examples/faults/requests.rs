//! The forms that the clients submit, and how a response acknowledges them.

use accounts::test_kit::TestClient;
use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use poem::http::{HeaderMap, Method};

/// Fields of a form.
pub(crate) type Fields<'a> = Vec<(&'a str, String)>;

/// The form that hosts a party in a distant year.
pub(crate) fn party(dish: &str, seats: usize) -> Fields<'static> {
    let date = [("date", "2199-03-14"), ("time", "19:00"), ("time_zone", "UTC"), ("venue", "Everywhere")];
    let mut form: Fields = date.map(|(name, value)| (name, value.to_owned())).into();
    form.extend([("main_dish", dish.to_owned()), ("number_seats", seats.to_string())]);
    form
}

/// Hosts a party for the user `host` and returns its id.
pub(crate) async fn host(client: &TestClient, host: &str, dish: &str, seats: usize) -> anyhow::Result<String> {
    let request = client.request(Method::POST, &format!("/user/{host}")).header("sec-fetch-site", "same-origin");
    let page = client.send(request.form(&party(dish, seats))).await;
    let id = page.header("location").and_then(party_id);
    id.map(ToOwned::to_owned).with_context(|| format!("no party was hosted: {}", page.text))
}

/// The party's id in the path of its page.
pub(crate) fn party_id(location: &str) -> Option<&str> {
    location.strip_prefix("/parties/")
}

/// The flash message that a response sets for a user, with its kind in front: `s` for success, `r` for a refusal.
///
/// Read from the cookie, since the server may die before it shows the page.
pub(crate) fn flash_message(headers: &HeaderMap) -> String {
    let cookies = headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.filter_map(flash).next_back().unwrap_or_default()
}

/// The bytes of the session's signature, which precede the message.
const SIGNATURE_LENGTH: usize = 32;

fn flash(cookie: &str) -> Option<String> {
    let value = cookie.strip_prefix("flash")?.split_once('=')?.1.split(';').next()?;
    let signed = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
    String::from_utf8(signed.get(SIGNATURE_LENGTH..)?.to_vec()).ok()
}
