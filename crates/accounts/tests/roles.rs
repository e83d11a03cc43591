//! Pages for users with a role: guests log in, users without it get 403, and a role that is taken does not hold any more.

use accounts::test_kit::{TestClient, TestServer};
use accounts::web::{RequireRole, RoleName, UserWithRole, methods};
use accounts::{AddRoleError, Caller, Event, EventFilter, EventKind, OperatorName, PageSize, Role, UserId, Username};
use poem::{EndpointExt, Route, handler};
use reqwest::Method;

use crate::common::{PASSWORD, Service, assert_page, browser_post};

const FORBIDDEN: &str = "You can't do that with this account.";

struct Admin;

impl RoleName for Admin {
    const NAME: &'static str = "admin";
}

#[handler]
fn panel(admin: UserWithRole<Admin>) -> String {
    format!("The panel of {}.", admin.username)
}

#[handler]
fn report() -> &'static str {
    "The report."
}

/// A service with a page and a group for administrators, and a user ada without a role.
async fn start() -> (Service, TestServer, TestClient, UserId) {
    let service = Service::start().await;
    let group = Route::new().at("/report", methods().get(report).post(report)).with(RequireRole("admin"));
    let routes = Route::new().at("/panel", methods().get(panel)).nest("/admin", group);
    let server = TestServer::start(service.accounts.routes(routes).unwrap()).await.unwrap();
    service.register("ada", PASSWORD).await;
    let ada = TestClient::new(&server);
    ada.log_in("ada", PASSWORD).await;
    let user = service.accounts.find_user(&Username::parse("ada").unwrap()).await.unwrap().unwrap().id;
    (service, server, ada, user)
}

fn admin() -> Role {
    Role::parse("admin").unwrap()
}

fn operator() -> Caller {
    Caller::operator(OperatorName::parse("grace").unwrap())
}

#[tokio::test]
async fn user_with_the_role_passes_until_it_is_taken() {
    let (service, _server, ada, user) = start().await;
    let accounts = &service.accounts;
    assert!(accounts.add_role(user, &admin(), &operator()).await.unwrap());
    assert!(!accounts.add_role(user, &admin(), &operator()).await.unwrap());
    assert_eq!(ada.get("/panel").await.text, "The panel of ada.");
    assert_eq!(ada.get("/admin/report").await.text, "The report.");
    assert!(accounts.roles(user).await.unwrap().has("admin"));
    assert!(accounts.remove_role(user, &admin(), &operator()).await.unwrap());
    assert!(!accounts.remove_role(user, &admin(), &operator()).await.unwrap());
    for path in ["/panel", "/admin/report", "/admin/nowhere"] {
        assert_page(&ada.get(path).await, 403, FORBIDDEN);
    }
    let page = accounts.events(EventFilter::default(), None, PageSize::clamped(2)).await.unwrap();
    let events: Vec<Event> = page.items.into_iter().map(|stored| stored.event).collect();
    let seen = events.iter().map(|event| (event.kind, event.user, event.detail.as_deref()));
    let expected = [EventKind::RoleRemoved, EventKind::RoleAdded].map(|kind| (kind, Some(user), Some("admin")));
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    assert!(events.iter().all(|event| event.origin.operator.as_ref().unwrap().as_str() == "grace"));
}

#[tokio::test]
async fn guest_is_led_to_the_log_in_page_and_back() {
    let (service, server, _ada, user) = start().await;
    service.accounts.add_role(user, &admin(), &operator()).await.unwrap();
    for path in ["/panel", "/admin/report", "/admin/nowhere"] {
        let guest = TestClient::new(&server);
        let page = guest.get(path).await;
        assert_eq!(page.path, format!("/login?next={}", path.replace('/', "%2F")));
    }
    let guest = TestClient::new(&server);
    let page = guest.get("/panel").await;
    let typed = [("email", "ada@example.com"), ("password", PASSWORD)];
    assert_eq!(guest.submit_on(&page, "/login", &typed).await.text, "The panel of ada.");
}

#[tokio::test]
async fn client_that_asks_for_json_gets_the_refusal_in_json() {
    let (_service, server, ada, _user) = start().await;
    for path in ["/panel", "/admin/report"] {
        for (client, status) in [(&ada, 403), (&TestClient::new(&server), 401)] {
            let page = client.send(client.request(Method::GET, path).header("accept", "application/json")).await;
            assert_eq!(
                (page.status, page.header("content-type")),
                (status, Some("application/problem+json; charset=utf-8"))
            );
            let body: serde_json::Value = serde_json::from_str(&page.html).unwrap();
            assert!(status == 401 || body["detail"] == FORBIDDEN, "{body}");
        }
    }
}

/// A role of another name, or of another user, is none.
#[tokio::test]
async fn other_roles_let_nobody_in() {
    let (service, _server, ada, user) = start().await;
    service.register("ben", PASSWORD).await;
    let ben = service.accounts.find_user(&Username::parse("ben").unwrap()).await.unwrap().unwrap().id;
    service.accounts.add_role(ben, &admin(), &operator()).await.unwrap();
    for name in ["adm", "administrator", "a", "admin-2"] {
        service.accounts.add_role(user, &Role::parse(name).unwrap(), &operator()).await.unwrap();
    }
    assert_page(&ada.get("/panel").await, 403, FORBIDDEN);
    assert_page(&browser_post(&ada, "/admin/report", &[]).await, 403, FORBIDDEN);
    let unknown = service.accounts.add_role(UserId::new(99), &admin(), &operator()).await;
    assert!(matches!(unknown, Err(AddRoleError::NotFound)), "{unknown:?}");
}

/// A store that fails never lets anybody in.
#[tokio::test]
async fn failing_store_is_503() {
    let (service, _server, ada, user) = start().await;
    service.accounts.add_role(user, &admin(), &operator()).await.unwrap();
    service.failing.fail_on("sessions.find");
    for path in ["/panel", "/admin/report"] {
        assert_page(&ada.get(path).await, 503, "We couldn't look that up. Please try again in a moment.");
    }
    for method in ["users.add_role", "users.remove_role", "users.list_roles"] {
        service.failing.fail_on(method);
        let failed = match method {
            "users.add_role" => service.accounts.add_role(user, &admin(), &operator()).await.is_err(),
            "users.remove_role" => service.accounts.remove_role(user, &admin(), &operator()).await.is_err(),
            _ => service.accounts.roles(user).await.is_err(),
        };
        assert!(failed, "{method}");
    }
    service.failing.fail_on(None);
    assert_eq!(ada.get("/panel").await.text, "The panel of ada.");
}

#[test]
#[should_panic(expected = "`Admin` is not the name of a role")]
fn guard_with_an_invalid_name_does_not_start() {
    let _ = Route::new().at("/report", methods().get(report)).with(RequireRole("Admin"));
}
