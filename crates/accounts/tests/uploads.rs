//! Forms with files: the order of their parts, their limits, and what is said where a file cannot be kept.

mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::{
    CurrentUser, Fields, Files, Form, FormErrors, PageContext, PasswordFields, Problem, RecentLogIn, Submitted,
    Visitor, methods,
};
use accounts::{BuildError, Builder, StoreError};
use poem::http::StatusCode;
use poem::{EndpointExt, Response, Route, handler, web::Data};
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, pages};

/// The body limit of the photos.
const LIMIT: usize = 3 << 20;

/// A photo of 2 MB.
const PHOTO: usize = 2_000_000;

const CHOOSE_AGAIN: &str = "A file can't be kept here: please choose it again.";
const CROSS_SITE: &str = "That did not come from one of our forms";
const STALE: &str = "This form was open for too long.";
const DAMAGED: &str = "What was sent is damaged. Nothing changed, please try again.";

/// How often a handler ran.
type Calls = Arc<AtomicUsize>;

/// A form with a title and a password.
struct Caption {
    title: String,
    has_password: bool,
}

impl Form for Caption {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let title = fields.one("title").map_err(|error| FormErrors::at("title", error))?.to_owned();
        let has_password = passwords.take("password").is_ok_and(|password| !password.is_empty());
        Ok(Self { title, has_password })
    }
}

#[handler]
fn photo_page(page: PageContext) -> Response {
    page.render("Photo", &format!(r#"<form method="post" action="/trips/1/photo">{}</form>"#, page.csrf_field()))
}

#[handler]
async fn take(
    user: CurrentUser,
    calls: Data<&Calls>,
    files: Files,
    form: Submitted<Caption>,
    page: PageContext,
) -> poem::Result<Response> {
    calls.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(10)).await; // as where a store is asked
    let Ok(Some(photo)) = files.one("photo") else {
        return Ok(page.render_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Photo",
            "<h1>Photo</h1><p>Please choose one photo.</p>",
        ));
    };
    assert!(photo.bytes().iter().all(|byte| *byte == b'x'));
    let Ok(caption) = form.form else { return Err(Problem::Undecodable.into()) };
    let (name, length, kind) = (photo.name(), photo.bytes().len(), photo.content_type().unwrap_or_default());
    let text = format!("{}: {name} {length} {kind} {} {}", user.username, caption.title, caption.has_password);
    Ok(page.render("Photo", &format!("<p id=\"photo\">{text}</p>")))
}

#[handler]
fn drop_off(visitor: Visitor, files: Files) -> String {
    let name = visitor.user().map_or("anonymous", |user| user.username.as_str());
    format!("{name} {}", files.one("photo").ok().flatten().map_or(0, |photo| photo.bytes().len()))
}

#[handler]
fn count_bytes(body: Vec<u8>) -> String {
    body.len().to_string()
}

#[handler]
fn fails(_files: Files) -> Result<Response, Problem> {
    Err(StoreError::new("disk full").into())
}

#[handler]
fn vault(_user: RecentLogIn, _files: Files) -> &'static str {
    "kept"
}

/// The settings of the routes of [`routes`].
fn settings(builder: Builder) -> Builder {
    let builder = builder.upload_at("/trips/:id/photo", LIMIT).upload_at("/failing-photo", LIMIT);
    builder.upload_at("/vault-photo", LIMIT).body_limit_at("/drop", 100_000).body_limit_at("/length", 1 << 20)
}

fn routes(calls: &Calls) -> Route {
    let photo = methods().get(photo_page).post(take.data(Arc::clone(calls)));
    pages()
        .at("/trips/:id/photo", photo)
        .at("/failing-photo", methods().post(fails))
        .at("/vault-photo", methods().post(vault))
        .at("/drop", methods().get(photo_page).post(drop_off))
        .at("/length", methods().post(count_bytes))
}

async fn start() -> (Service, Calls) {
    let calls = Calls::default();
    (Service::with_pages(settings, routes(&calls)).await, calls)
}

/// A part of a form: its disposition behind the name, and its content.
fn part(name: &str, more: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
    [head.as_bytes(), content.as_ref(), b"\r\n"].concat()
}

/// The part of a photo of that many bytes.
fn photo(length: usize) -> Vec<u8> {
    let mut part =
        part("photo", "; filename=\"C:\\\\me\\\\lisbon.png\"\r\nContent-Type: image/png", vec![b'x'; length]);
    assert!(part.starts_with(b"--XX"));
    part.shrink_to_fit();
    part
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"--XX--\r\n".to_vec()].concat()
}

/// The part with the CSRF token of a page.
async fn token(client: &TestClient, path: &str) -> Vec<u8> {
    let form = client.get(path).await.form("/trips/1/photo");
    part("csrf_token", "", form.into_iter().find(|(name, _)| name == "csrf_token").unwrap().1)
}

/// Sends a form with files, as a browser of before 2020 if `is_old`: it names no origin.
async fn send(client: &TestClient, path: &str, is_old: bool, body: Vec<u8>) -> TestResponse {
    let request = client.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=XX");
    let request = request.header("referer", "http://127.0.0.1/trips/1/photo?x=1").body(body);
    client.send(if is_old { request } else { request.header("sec-fetch-site", "same-origin") }).await
}

#[tokio::test]
async fn photo_of_2_mb_reaches_the_handler() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let token = token(&ada, "/trips/1/photo").await;
    for is_old in [true, false] {
        let parts = [token.clone(), part("title", "", "Lisboa é"), part("password", "", "hush"), photo(PHOTO)];
        let page = send(&ada, "/trips/1/photo", is_old, body(&parts)).await;
        assert_eq!(page.texts("#photo"), ["ada: lisbon.png 2000000 image/png Lisboa é true"], "{}", page.text);
    }
    let page = send(&ada, "/trips/2/photo", false, body(&[photo(3)])).await;
    assert_eq!(page.texts("#photo"), ["ada: lisbon.png 3 image/png false"], "the origin is a proof too");
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn token_that_is_wrong_missing_or_not_first_is_refused() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let good = token(&ada, "/trips/1/photo").await;
    let wrong = part("csrf_token", "", "stale");
    let twice = [good.clone(), good.clone(), photo(3)];
    let late = [photo(3), good.clone()];
    for parts in [&[photo(3)][..], &late, &[wrong.clone(), photo(3)], &[part("title", "", "x"), good.clone()]] {
        assert_page(&send(&ada, "/trips/1/photo", true, body(parts)).await, 403, CROSS_SITE);
    }
    for parts in [&late[..], &twice] {
        assert_page(&send(&ada, "/trips/1/photo", false, body(parts)).await, 400, DAMAGED);
    }
    assert_page(&send(&ada, "/trips/1/photo", true, body(&twice)).await, 400, DAMAGED);
    let long = part("csrf_token", "", "x".repeat(1_025));
    assert_page(&send(&ada, "/trips/1/photo", false, body(&[long])).await, 413, "Please choose a smaller file.");
    let page = send(&ada, "/trips/1/photo", false, body(&[wrong, photo(3)])).await;
    assert_page(&page, 403, STALE);
    assert_page(&page, 403, CHOOSE_AGAIN);
    assert_eq!(page.attributes("main a", "href")[0], "/trips/1/photo?x=1", "{}", page.html);
    assert!(page.texts("main form").is_empty(), "no form without its file");
    let request =
        ada.request(Method::POST, "/trips/1/photo").header("content-type", "multipart/form-data; boundary=XX");
    let foreign = request.header("sec-fetch-site", "cross-site").body(body(&[good, photo(3)]));
    assert_page(&ada.send(foreign).await, 403, CROSS_SITE);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn upload_form_of_another_user_or_an_ended_session_is_refused() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let token = token(&ada, "/trips/1/photo").await;
    service.register("ben", PASSWORD).await;
    ada.log_in("ben", PASSWORD).await;
    let page = send(&ada, "/trips/1/photo", false, body(&[token.clone(), photo(3)])).await;
    assert_page(&page, 403, CHOOSE_AGAIN);
    assert!(!page.text.contains("is kept"), "{}", page.text);
    service.execute_sql("UPDATE users SET disabled_at = 5").await;
    let page = send(&ada, "/trips/1/photo", false, body(&[token, photo(3)])).await;
    assert_eq!(page.header("location"), Some("/login?next=%2Ftrips%2F1%2Fphoto%3Fx%3D1"));
    let page = ada.get("/login").await;
    assert_eq!(
        page.texts(".flash-refusal"),
        ["Your session has ended. Please log in again, then choose the file once more."]
    );
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn guest_is_asked_to_log_in_and_choose_the_file_again() {
    let (service, calls) = start().await;
    let guest = service.visitor();
    let token = token(&guest, "/trips/1/photo").await;
    for is_old in [true, false] {
        let page = send(&guest, "/trips/1/photo", is_old, body(&[token.clone(), photo(3)])).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Ftrips%2F1%2Fphoto%3Fx%3D1")));
        let page = guest.get("/login").await;
        assert_eq!(page.texts(".flash-refusal"), ["Please log in first, then choose the file again."]);
    }
    let request = guest.request(Method::POST, "/trips/1/photo").header("accept", "application/json");
    let page = guest.send(request.header("sec-fetch-site", "same-origin").body(vec![0; 10])).await;
    assert_eq!((page.status, page.header("www-authenticate")), (401, Some("Bearer")), "of any media type");
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn upload_at_its_limit_is_taken_and_a_byte_above_is_413() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let around = body(&[photo(0)]).len();
    let page = send(&ada, "/trips/1/photo", false, body(&[photo(LIMIT - around)])).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let page = send(&ada, "/trips/1/photo", false, body(&[photo(LIMIT - around + 1)])).await;
    assert_page(&page, 413, "larger than the 3.1 MB that we take here. Nothing changed. Please choose a smaller file.");
    let texts = [part("a", "", "x".repeat(40_000)), part("b", "", "x".repeat(25_537)), photo(1)];
    let page = send(&ada, "/trips/1/photo", false, body(&texts)).await;
    assert_page(&page, 413, "Please choose a smaller file.");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn damaged_upload_is_400_and_reaches_no_handler() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let whole = body(&[part("title", "", "x"), photo(1_000)]);
    let nameless = b"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n".to_vec();
    let cases = [
        Vec::new(),
        b"--XX".to_vec(),
        whole[..whole.len() / 2].to_vec(), // cut in a file
        whole[..whole.len() - 8].to_vec(), // before the last boundary
        whole[..60].to_vec(),              // in the head of a part
        b"photo=x".to_vec(),               // another type of form
        body(&[nameless, photo(3)]),
        body(&[part("title", "", b"\xff\xfe")]),
        body(&vec![part("a", "", ""); 1_001]),
        b"--XX\r\nbroken\r\n\r\nx\r\n--XX--\r\n".to_vec(),
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let page = send(&ada, "/trips/1/photo", false, case).await;
        assert_page(&page, 400, DAMAGED);
        assert_page(&page, 400, CHOOSE_AGAIN);
        assert!(!page.html.contains("main form"), "{number}");
    }
    for kind in ["multipart/form-data", "multipart/form-data; boundary=", "Multipart/Form-Data; x=y"] {
        let request = ada.request(Method::POST, "/trips/1/photo").header("sec-fetch-site", "same-origin");
        assert_page(&ada.send(request.header("content-type", kind).body(whole.clone())).await, 400, DAMAGED);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    let many = body(&[vec![part("a", "", ""); 999].concat(), photo(3)]);
    assert_eq!(send(&ada, "/trips/1/photo", false, many).await.status, 200, "1,000 parts");
}

#[tokio::test]
async fn wrong_repeated_or_empty_part_is_the_handlers_to_refuse() {
    let (service, calls) = start().await;
    let ada = service.ada().await;
    let other = part("picture", "; filename=\"a.png\"", "xxx");
    let none = part("photo", "; filename=\"\"\r\nContent-Type: application/octet-stream", "");
    let text = part("photo", "", "xxx");
    for parts in [vec![other.clone()], vec![none.clone()], vec![text], vec![photo(3), photo(3)], vec![]] {
        let page = send(&ada, "/trips/1/photo", false, body(&parts)).await;
        assert_page(&page, 422, "Please choose one photo.");
    }
    assert_eq!(send(&ada, "/trips/1/photo", false, body(&[other, none, photo(3)])).await.status, 200);
    assert_eq!(calls.load(Ordering::Relaxed), 6);
    let request = ada.request(Method::POST, "/trips/1/photo").header("sec-fetch-site", "same-origin");
    assert_page(&ada.send(request.form(&[("title", "x")])).await, 415, "This page takes a form");
}

#[tokio::test]
async fn failure_says_that_the_file_must_be_chosen_again() {
    let (service, _) = start().await;
    let ada = service.ada().await;
    let upload = || body(&[part("title", "", "Lisboa"), photo(3)]);
    let page = send(&ada, "/failing-photo", false, upload()).await;
    assert_page(&page, 503, "We couldn't save that.");
    assert_page(&page, 503, CHOOSE_AGAIN);
    assert!(page.texts("main form").is_empty() && !page.html.contains("Lisboa"), "no form without its file");
    service.clock.advance(Duration::from_mins(11));
    let page = send(&ada, "/vault-photo", false, upload()).await;
    assert!(page.header("location").unwrap().starts_with("/account/confirm"), "{:?}", page.headers);
    let page = ada.get("/account/confirm").await;
    assert_eq!(page.texts(".flash-refusal"), ["Please choose the file again after this."]);
    service.failing.fail_on("sessions.find");
    let page = send(&ada, "/trips/1/photo", false, upload()).await;
    assert_page(&page, 503, CHOOSE_AGAIN);
}

#[tokio::test]
async fn route_with_its_own_limit_takes_files_of_guests_and_other_bodies() {
    let (service, _) = start().await;
    let guest = service.visitor();
    let token = token(&guest, "/drop").await;
    for is_old in [true, false] {
        let page = send(&guest, "/drop", is_old, body(&[token.clone(), photo(90_000)])).await;
        assert_eq!((page.status, page.text.as_str()), (200, "anonymous 90000"));
    }
    assert_page(&send(&guest, "/drop", true, body(&[photo(3)])).await, 403, CROSS_SITE);
    let page = send(&guest, "/drop", false, body(&[photo(100_000)])).await;
    assert_page(&page, 413, "larger than the 100 KB that we take here.");
    for (length, status) in [(1 << 20, 200), ((1 << 20) + 1, 413)] {
        let request = guest.request(Method::POST, "/length").header("sec-fetch-site", "same-origin");
        let page = guest.send(request.header("content-type", "image/png").body(vec![0; length])).await;
        assert_eq!(page.status, status, "{}", page.text);
    }
    let request = guest.request(Method::POST, "/body").header("sec-fetch-site", "same-origin");
    assert_eq!(guest.send(request.body(vec![b'x'; 65_537])).await.status, 413, "other routes keep their limit");
}

#[tokio::test]
async fn body_limit_of_a_route_is_checked_and_counts_for_the_server() {
    let accounts = |set: fn(Builder) -> Builder| set(accounts::Accounts::builder()).ensure_valid().unwrap_err();
    assert!(matches!(accounts(|builder| builder.upload_at("/a", 1_023)), BuildError::BodyLimit(1_023)));
    assert!(matches!(accounts(|builder| builder.body_limit_at("/a", 1 << 25)), BuildError::BodyLimit(_)));
    assert!(matches!(accounts(|builder| builder.upload_at("a", 4_096)), BuildError::NotARoute(_)));
    let error = accounts(|builder| builder.upload_at("/:page", 4_096));
    assert!(matches!(error, BuildError::IncludesAnAccountPage { .. }), "{error}");
    let (service, _) = start().await;
    assert_eq!(service.accounts.body_limit(), LIMIT);
}

#[tokio::test]
async fn program_with_a_token_uploads_without_a_csrf_token() {
    let calls = Calls::default();
    let tokens = |builder: Builder| {
        settings(builder).api_tokens_at("/trips/:id/photo", |token| async move {
            Ok((token.expose() == "good").then_some(accounts::UserId::new(1)))
        })
    };
    let service = Service::with_pages(tokens, routes(&calls)).await;
    service.register("ada", PASSWORD).await;
    let program = service.visitor();
    for (token, status) in [("good", 200), ("bad", 401)] {
        let request = program.request(Method::POST, "/trips/1/photo").bearer_auth(token);
        let request = request.header("content-type", "multipart/form-data; boundary=XX").body(body(&[photo(3)]));
        assert_eq!(program.send(request).await.status, status);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}
