//! `/account`: who the user is, links to the other pages, and the embedder's sections.

use std::time::Duration;

use accounts::StoreError;
use accounts::web::{AccountPage, LayoutError, PageContext, Problem};

use crate::common::{Service, assert_page};

#[tokio::test]
async fn account_page_shows_the_user_and_links_to_every_page() {
    let service = Service::start().await;
    let ada = service.ada().await;
    service.clock.advance(Duration::from_hours(5));
    let page = ada.get("/account").await;
    assert_page(&page, 200, "Your account");
    assert_eq!(page.texts("dd"), ["ada", "ada@example.com", "1 January 2026"]);
    let links = page.attributes(".account-menu a", "href");
    for path in ["/account/username", "/account/email", "/account/password", "/account/sessions"] {
        assert!(links.contains(&path.to_owned()), "{links:?}");
    }
    for link in links {
        assert_eq!(ada.get(&link).await.status, 200, "{link}");
    }
}

#[tokio::test]
async fn page_left_out_has_no_link_and_a_moved_one_another() {
    let service = Service::with(|builder| builder.without(AccountPage::Email).username_at("/me/name")).await;
    let ada = service.ada().await;
    let links = ada.get("/account").await.attributes(".account-menu a", "href");
    assert!(!links.contains(&"/account/email".to_owned()) && links.contains(&"/me/name".to_owned()), "{links:?}");
}

#[tokio::test]
async fn guest_is_redirected_to_log_in_and_back() {
    let service = Service::start().await;
    assert_eq!(service.visitor().get("/account").await.path, "/login?next=%2Faccount");
}

async fn section(page: PageContext) -> Result<String, Problem> {
    let name = page.user().map(|user| user.username.to_string()).unwrap_or_default();
    match page.path() {
        "/account" => Ok(format!("<h2>Trips of {name}</h2>")),
        _ => Err(Problem::NotFound),
    }
}

#[tokio::test]
async fn sections_of_the_embedder_are_shown_in_their_order() {
    let service = Service::with(|builder| {
        builder.account_section(section).account_section(async |_: PageContext| Ok("<h2>Second</h2>".to_owned()))
    });
    let page = service.await.ada().await.get("/account").await;
    assert_eq!(page.texts(".account-section h2"), ["Trips of ada", "Second"]);
}

#[tokio::test]
async fn section_that_fails_is_the_error_of_the_page() {
    let failing = async |_: PageContext| -> Result<String, Problem> { Err(StoreError::new("disk full").into()) };
    let service = Service::with(|builder| builder.account_section(failing)).await;
    let page = service.ada().await.get("/account").await;
    assert_page(&page, 503, "We couldn't look that up. Please try again in a moment.");
    let broken = async |_: PageContext| -> Result<String, Problem> {
        Err(Problem::NotRendered(LayoutError::new("no such template")))
    };
    let service = Service::with(|builder| builder.account_section(broken)).await;
    let page = service.ada().await.get("/account").await;
    assert_page(&page, 500, "That was our fault, and it has been noted.");
    assert!(!page.html.contains("no such template"), "{}", page.html);
}
