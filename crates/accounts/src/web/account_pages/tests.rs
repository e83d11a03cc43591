//! What every entry in the table of account pages must do, and that `docs/EMBEDDING.md` lists the table.

use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request, Response, Route, handler};

use super::*;
use crate::Accounts;
use crate::web::test_accounts::accounts;

const OWN: &str = "the embedder's own page";

#[handler]
fn own() -> &'static str {
    OWN
}

async fn call(accounts: &Accounts, method: Method, path: &str) -> Response {
    let service = accounts.routes(Route::new()).unwrap();
    let request = Request::builder().method(method).uri_str(path).header("host", "localhost");
    service.call(request.header("sec-fetch-site", "same-origin").finish()).await.unwrap()
}

/// The `Allow` header of a path, or `None` where it has no page.
async fn allowed(accounts: &Accounts, path: &str) -> Option<String> {
    let response = call(accounts, Method::OPTIONS, path).await;
    response.header("allow").map(ToOwned::to_owned)
}

#[test]
fn entries_are_in_the_order_of_the_enum() {
    assert!(ACCOUNT_PAGES.iter().enumerate().all(|(index, entry)| entry.page as usize == index));
    assert!(ACCOUNT_PAGES.iter().map(|entry| &entry.page).eq(AccountPage::ALL));
}

#[tokio::test]
async fn page_that_requires_log_in_redirects_visitor() {
    let accounts = accounts(Accounts::builder());
    for access in [Access::Anyone, Access::User, Access::RecentLogIn] {
        let status = if access == Access::Anyone { StatusCode::OK } else { StatusCode::SEE_OTHER };
        let entry = Entry {
            page: AccountPage::LogIn,
            default_path: "/settings",
            setting: "settings_at",
            move_to: |builder, _| builder,
            methods: || methods().get(own),
            access,
            link: None,
            menu: None,
        };
        let service = accounts.wrap(Route::new().at(entry.default_path, entry.endpoint(entry.default_path)));
        let request = Request::builder().uri_str(entry.default_path).header("host", "localhost").finish();
        let response = service.call(request).await.unwrap();
        let target = (access != Access::Anyone).then_some("/login?next=%2Fsettings");
        assert_eq!((response.status(), response.header("location")), (status, target));
    }
}

#[tokio::test]
async fn page_is_at_its_default_path() {
    let accounts = accounts(Accounts::builder());
    for entry in ACCOUNT_PAGES {
        let expected = (entry.methods)().allowed();
        assert_eq!(allowed(&accounts, entry.default_path).await.as_deref(), Some(expected), "{:?}", entry.page);
    }
}

#[tokio::test]
async fn moved_page_is_at_its_new_path_only() {
    for entry in ACCOUNT_PAGES {
        let accounts = accounts((entry.move_to)(Accounts::builder(), "/moved"));
        assert!(allowed(&accounts, "/moved").await.is_some(), "{:?}", entry.page);
        assert_eq!(allowed(&accounts, entry.default_path).await, None, "{:?}", entry.page);
    }
}

#[test]
fn page_at_a_taken_path_is_an_error_that_names_both() {
    let accounts = accounts(Accounts::builder());
    for Entry { page, default_path, .. } in ACCOUNT_PAGES {
        let error = accounts.routes(Route::new().at(*default_path, own)).err().unwrap().to_string();
        assert!(error.starts_with(&format!("{page:?} cannot be at {default_path}: ")), "{error}");
    }
}

#[tokio::test]
async fn page_left_out_makes_room_for_the_embedders() {
    for Entry { page, default_path, .. } in ACCOUNT_PAGES {
        let accounts = accounts(Accounts::builder().without(*page));
        assert_eq!(call(&accounts, Method::GET, default_path).await.status(), StatusCode::NOT_FOUND, "{page:?}");
        let service = accounts.routes(Route::new().at(*default_path, own)).unwrap();
        let request = Request::builder().uri_str(default_path).header("host", "localhost").finish();
        let body = service.call(request).await.unwrap().into_body().into_string().await.unwrap();
        assert_eq!(body, OWN, "{page:?}");
    }
}

#[test]
fn links_lead_to_pages_that_exist() {
    for Entry { page, link, .. } in ACCOUNT_PAGES {
        let Some(link) = link else { continue };
        let (with, without) = (accounts(Accounts::builder()), accounts(Accounts::builder().without(*page)));
        for from in link.from {
            let shows = |accounts: &Accounts| {
                let settings = &accounts.inner.web;
                settings.links_from(*from, None).iter().any(|link| link.path == settings.path(*page))
            };
            assert!(shows(&with), "{from:?} to {page:?}");
            assert_eq!(shows(&without), link.stays_without, "{from:?} to {page:?}, left out");
        }
    }
}

#[test]
fn page_without_required_log_in_is_open_wherever_it_is() {
    for entry in ACCOUNT_PAGES {
        let accounts = accounts((entry.move_to)(Accounts::builder(), "/moved"));
        assert_eq!(
            accounts.inner.web.is_open_account_page("/moved"),
            entry.access == Access::Anyone,
            "{:?}",
            entry.page
        );
        assert!(!accounts.inner.web.is_open_account_page(entry.default_path), "{:?}", entry.page);
    }
}

#[test]
fn embedding_lists_every_page() {
    let rows = ACCOUNT_PAGES.iter().map(|Entry { page, default_path, setting, methods, .. }| {
        format!("| `AccountPage::{page:?}` | `{default_path}` | {} | `{setting}` |\n", methods().allowed())
    });
    let head = "| page | default path | methods | moved by |\n| --- | --- | --- | --- |\n";
    let list = format!("{head}{}\n", rows.collect::<String>());
    let document = include_str!("../../../../../docs/EMBEDDING.md");
    assert!(document.contains(&list), "docs/EMBEDDING.md lacks this list:\n\n{list}");
}
