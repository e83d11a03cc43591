//! Programs: requests with an API token, which need no proof that a page of ours sent them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use accounts::test_kit::{TestClient, TestResponse};
use accounts::web::{CurrentUser, LoginRequired, PageContext, RecentLogIn, Submitted, Visitor, methods};
use accounts::{BearerToken, BuildError, Builder, Caller, OsRandom, Role, StoreError, UserId, Username};
use poem::{EndpointExt, Response, Route, handler};
use reqwest::Method;

use crate::common::{PASSWORD, Service, TextForm, assert_has_headers, assert_page, identity, pages};

const CROSS_SITE: &str = "That did not come from one of our forms, so we left everything as it is. \
    Please go to the page itself and send it from there.";
const NOT_READ: &str = "We couldn't look that up. Please try again in a moment.";
const LOG_IN_FIRST: &str = "Sorry you must be logged in to view this page";

/// A table of tokens, as an embedder has one: the digest of each, and its user.
#[derive(Clone, Default)]
struct Tokens(Arc<Mutex<HashMap<[u8; 32], UserId>>>);

impl Tokens {
    fn add(&self, user: UserId) -> String {
        let token = BearerToken::new(&OsRandom);
        self.0.lock().unwrap().insert(token.digest(), user);
        token.expose().to_owned()
    }

    fn revoke_all(&self) {
        self.0.lock().unwrap().clear();
    }

    fn find_user(&self, token: &BearerToken) -> Result<Option<UserId>, StoreError> {
        match token.expose() {
            "failing" => Err(StoreError::new("the table of tokens is gone")),
            "panicking" => panic!("on purpose"),
            _ => Ok(self.0.lock().unwrap().get(&token.digest()).copied()),
        }
    }

    fn at(&self, builder: Builder, path: &str) -> Builder {
        let tokens = self.clone();
        builder.api_tokens_at(path, move |token| {
            let tokens = tokens.clone();
            async move { tokens.find_user(&token) }
        })
    }
}

#[handler]
fn who(visitor: Visitor) -> String {
    visitor.user().map_or("anonymous".to_owned(), |user| format!("{} {:?}", user.username, user.session().is_some()))
}

#[handler]
fn note(user: CurrentUser, body: String) -> String {
    format!("{} notes {body}", user.username)
}

#[handler]
fn field(page: PageContext, form: Submitted<TextForm>, body: String) -> Response {
    page.render("Field", &format!("{} of {body}", form.fields.shown("text")))
}

#[handler]
fn vault(user: RecentLogIn) -> String {
    user.username.to_string()
}

#[handler]
fn editors(user: CurrentUser) -> String {
    user.has_role("editor").to_string()
}

fn api() -> Route {
    let group = Route::new().at("/one", methods().get(who));
    pages()
        .at("/api/who", methods().get(who).post(who))
        .at("/api/notes", methods().post(note))
        .at("/api/field", methods().post(field))
        .at("/api/vault", methods().get(vault))
        .at("/api/editors", methods().get(editors))
        .nest("/api/group", group.with(LoginRequired))
        .at("/hooks/:name", methods().post(who))
}

/// A service with the user ada, her token, and the table of tokens.
async fn start() -> (Service, UserId, String, Tokens) {
    let tokens = Tokens::default();
    let service = Service::with_pages(|builder| tokens.at(builder, "/api/*rest").open_at("/hooks/:name"), api()).await;
    service.register("ada", PASSWORD).await;
    let ada = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap().id;
    let token = tokens.add(ada);
    (service, ada, token, tokens)
}

/// Sends a request with headers, and follows no redirect.
async fn send(client: &TestClient, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> TestResponse {
    let request = client.request(method, path).body(body.to_owned());
    client.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

fn assert_problem(response: &TestResponse, status: u16, code: &str, detail: &str) {
    assert_eq!(response.status, status, "{}", response.html);
    assert_eq!(response.header("content-type"), Some("application/problem+json; charset=utf-8"));
    let body: serde_json::Value = serde_json::from_str(&response.html).unwrap();
    assert_eq!((&body["status"], &body["code"], &body["detail"]), (&status.into(), &code.into(), &detail.into()));
    assert_has_headers(response);
}

#[tokio::test]
async fn request_with_a_token_acts_as_its_user_without_a_csrf_proof() {
    let (service, _, token, _) = start().await;
    let program = service.visitor();
    let bearer = format!("Bearer {token}");
    for headers in [&[("authorization", bearer.as_str())][..], &[("authorization", &bearer), ("accept", "*/*")]] {
        let response = send(&program, Method::POST, "/api/notes", headers, r#"{"dish":"soup"}"#).await;
        assert_eq!((response.status, response.text.as_str()), (200, r#"ada notes {"dish":"soup"}"#));
        assert!(response.headers.get("set-cookie").is_none());
        assert_eq!(send(&program, Method::GET, "/api/who", headers, "").await.text, "ada false", "without a session");
        assert_eq!(send(&program, Method::GET, "/api/group/one", headers, "").await.text, "ada false");
    }
    let lower = format!("bearer  {token}");
    assert_eq!(send(&program, Method::GET, "/api/who", &[("authorization", &lower)], "").await.text, "ada false");
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn form_of_a_program_keeps_its_body() {
    let (service, _, token, _) = start().await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let response = send(&service.visitor(), Method::POST, "/api/field", &headers, "text=soup&passenger=ada").await;
    assert!(response.text.contains("soup of text=soup&passenger=ada"), "{}", response.text);
}

#[tokio::test]
async fn token_that_is_malformed_unknown_or_revoked_is_no_user() {
    let (service, _, token, tokens) = start().await;
    let program = service.visitor();
    tokens.revoke_all();
    let revoked = format!("Bearer {token}");
    for value in ["Bearer", "Bearer =", "Bearer a b", "Bearer unknown", revoked.as_str()] {
        let headers = [("authorization", value)];
        assert_eq!(send(&program, Method::POST, "/api/who", &headers, "").await.text, "anonymous", "{value}");
        for path in ["/api/notes", "/api/nowhere"] {
            let response = send(&program, Method::POST, path, &headers, "").await;
            if path == "/api/notes" {
                assert_problem(&response, 401, "log_in_required", LOG_IN_FIRST);
                assert_eq!(response.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
            } else {
                assert_problem(&response, 404, "not_found", "This page doesn't exist, or not anymore.");
            }
        }
    }
}

#[tokio::test]
async fn token_of_a_user_who_may_not_log_in_is_void() {
    let (service, ada, token, tokens) = start().await;
    let (program, bearer) = (service.visitor(), format!("Bearer {token}"));
    let visitor =
        async || send(&program, Method::GET, "/api/who", &[("authorization", bearer.as_str())], "").await.text;
    assert_eq!(visitor().await, "ada false");
    service.accounts.disable(ada, &Caller::default()).await.unwrap();
    assert_eq!(visitor().await, "anonymous");
    service.accounts.enable(ada, &Caller::default()).await.unwrap();
    assert_eq!(visitor().await, "ada false");
    service.accounts.request_deletion(ada, &Caller::default()).await.unwrap();
    assert_eq!(visitor().await, "anonymous", "the deletion is requested");
    service.accounts.delete(ada, &Caller::default()).await.unwrap();
    assert_eq!(visitor().await, "anonymous", "the account is deleted");
    let unknown = format!("Bearer {}", tokens.add(UserId::new(i64::MAX)));
    let response = send(&program, Method::GET, "/api/who", &[("authorization", &unknown)], "").await;
    assert_eq!(response.text, "anonymous", "there is no such user");
}

#[tokio::test]
async fn token_counts_on_its_routes_only() {
    let (service, _, token, _) = start().await;
    let (program, bearer) = (service.visitor(), format!("Bearer {token}"));
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(identity(&send(&program, Method::GET, "/", &headers, "").await), "You are anonymous.");
    for (method, path) in [(Method::GET, "/home"), (Method::POST, "/form")] {
        let response = send(&program, method, path, &headers, "").await;
        assert_problem(&response, 401, "log_in_required", LOG_IN_FIRST);
    }
    assert_eq!(send(&program, Method::POST, "/hooks/x", &headers, "").await.text, "anonymous");
}

#[tokio::test]
async fn token_opens_no_account_page() {
    let tokens = Tokens::default();
    let service = Service::with(|builder| tokens.at(builder, "/*rest")).await;
    service.register("ada", PASSWORD).await;
    let ada = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap().id;
    let (program, bearer) = (service.visitor(), format!("Bearer {}", tokens.add(ada)));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let home = send(&program, Method::GET, "/home", &headers, "").await;
    assert!(home.text.contains("The recipe is soup."), "{}", home.text);
    let form = "email=ada&password=marble+otter+seven";
    for page in accounts::web::AccountPage::ALL {
        let path = page.default_path();
        assert_page(&send(&program, Method::POST, path, &headers, form).await, 403, CROSS_SITE);
        let response = send(&program, Method::GET, path, &headers, "").await;
        assert!(!response.text.contains("ada"), "{path}: {}", response.text);
        assert!(matches!(response.status, 200 | 303 | 404 | 405), "{path}: {}", response.status);
    }
    assert_eq!(service.count("sessions").await, 0);
}

#[tokio::test]
async fn recent_log_in_and_roles_are_asked_of_a_token_too() {
    let (service, ada, token, _) = start().await;
    let (program, bearer) = (service.visitor(), format!("Bearer {token}"));
    let headers = [("authorization", bearer.as_str())];
    let response = send(&program, Method::GET, "/api/vault", &headers, "").await;
    assert_problem(&response, 403, "recent_log_in_required", "Please type your password again to go on.");
    assert_eq!(send(&program, Method::GET, "/api/editors", &headers, "").await.text, "false");
    service.accounts.add_role(ada, &Role::parse("editor").unwrap(), &Caller::default()).await.unwrap();
    assert_eq!(send(&program, Method::GET, "/api/editors", &headers, "").await.text, "true");
}

#[tokio::test]
async fn store_or_hook_that_fails_makes_no_guest() {
    let (service, _, token, _) = start().await;
    let program = service.visitor();
    let failing = send(&program, Method::GET, "/api/who", &[("authorization", "Bearer failing")], "").await;
    assert_problem(&failing, 503, "unavailable", NOT_READ);
    assert!(!failing.html.contains("table of tokens"));
    let panicking = send(&program, Method::GET, "/api/who", &[("authorization", "Bearer panicking")], "").await;
    assert_eq!(panicking.status, 500);
    let bearer = format!("Bearer {token}");
    for method in ["users.find", "users.list_roles"] {
        service.failing.fail_on(method);
        let response = send(&program, Method::GET, "/api/who", &[("authorization", &bearer)], "").await;
        assert_problem(&response, 503, "unavailable", NOT_READ);
    }
}

/// The corpus of the CSRF tests, with credentials that a browser or a proxy may add.
#[tokio::test]
async fn request_with_a_cookie_of_ours_needs_a_proof_whatever_its_credentials() {
    let (service, _, token, _) = start().await;
    let ada = service.visitor();
    ada.log_in("ada", PASSWORD).await;
    let cookies = ada.cookies();
    let (origin, bearer) = (service.server.url(""), format!("Bearer {token}"));
    let origins: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &origin)],
        &[("sec-fetch-site", "")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("referer", &origin)],
    ];
    let cookies: Vec<_> = cookies.split("; ").chain([cookies.as_str()]).collect();
    assert!(["session-", "visit-", "device-"].iter().all(|name| cookies.iter().any(|cookie| cookie.starts_with(name))));
    let malformed: Vec<_> = cookies.iter().map(|cookie| format!("{}=x", cookie.split('=').next().unwrap())).collect();
    let program = service.visitor(); // sends the cookies that a test names
    for path in ["/api/who", "/api/notes", "/form", "/login", "/logout", "/hooks/x", "/nowhere"] {
        for cookie in cookies.iter().copied().chain(malformed.iter().map(String::as_str)) {
            for authorization in [bearer.as_str(), "Bearer", "Basic YWRhOng="] {
                for headers in origins {
                    let all = [&[("cookie", cookie), ("authorization", authorization)], *headers].concat();
                    let response = send(&program, Method::POST, path, &all, "").await;
                    assert_page(&response, 403, CROSS_SITE);
                }
            }
        }
    }
    assert_eq!(identity(&ada.get("/home").await), "You are ada.", "nothing changed");
}

#[tokio::test]
async fn request_of_a_foreign_origin_with_a_token_is_refused() {
    let (service, _, token, _) = start().await;
    let (program, bearer) = (service.visitor(), format!("Bearer {token}"));
    for origin in [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let headers = [("authorization", bearer.as_str()), origin];
        assert_page(&send(&program, Method::POST, "/api/notes", &headers, "").await, 403, CROSS_SITE);
        assert_eq!(send(&program, Method::GET, "/api/who", &headers, "").await.text, "anonymous", "{origin:?}");
    }
    let own = [("authorization", bearer.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(&program, Method::GET, "/api/who", &own, "").await.text, "ada false");
}

/// A browser adds `Basic` and `Negotiate` by itself, also to a form of another site.
#[tokio::test]
async fn other_schemes_and_two_headers_are_no_credentials_of_a_program() {
    let (service, _, token, _) = start().await;
    let (program, bearer) = (service.visitor(), format!("Bearer {token}"));
    for value in ["Basic YWRhOng=", "Negotiate abc", "Digest x=y", "Bearerx", ""] {
        let response = send(&program, Method::POST, "/api/who", &[("authorization", value)], "").await;
        assert_page(&response, 403, CROSS_SITE);
    }
    let twice = [("authorization", bearer.as_str()), ("authorization", "Basic YWRhOng=")];
    assert_page(&send(&program, Method::POST, "/api/who", &twice, "").await, 403, CROSS_SITE);
    assert_eq!(send(&program, Method::GET, "/api/who", &twice, "").await.text, "anonymous");
}

#[tokio::test]
async fn program_that_takes_html_gets_a_page() {
    let (service, _, _, _) = start().await;
    let program = service.visitor();
    let headers = [("authorization", "Bearer unknown"), ("accept", "text/html")];
    let response = send(&program, Method::GET, "/api/group/one", &headers, "").await;
    assert_eq!((response.status, response.header("location")), (303, Some("/login?next=%2Fapi%2Fgroup%2Fone")));
    assert!(response.headers.get("set-cookie").is_none(), "a cookie would make it a browser");
    let form = [&headers[..], &[("content-type", "application/x-www-form-urlencoded")]].concat();
    let response = send(&program, Method::POST, "/api/notes", &form, "text=soup").await;
    assert_eq!((response.status, response.header("location")), (303, Some("/login")), "no page of ours typed that");
}

#[tokio::test]
async fn path_that_no_route_can_have_is_an_error_of_build() {
    let error = |builder: Builder| builder.ensure_valid().unwrap_err();
    for path in ["", "api", "/:"] {
        for builder in
            [Tokens::default().at(accounts::Accounts::builder(), path), accounts::Accounts::builder().open_at(path)]
        {
            assert!(matches!(error(builder), BuildError::NotARoute(text) if text == path), "{path}");
        }
    }
}
