//! Who may register, as the layout, the welcome page and an invitation show it.

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::{Accounts, OsRandom, RegistrationPolicy};
use domain::party::Zone;
use web::{Services, app};

use crate::common::{TestApp, assert_page, host};
use crate::invitation::invitation_path;

/// Another server on the same database, with another policy.
async fn server(running: &TestApp, policy: RegistrationPolicy) -> TestServer {
    let services = Services::over(&running.store, running.clock.clone(), OsRandom, Zone::parse("UTC").unwrap());
    let settings = Accounts::builder().cost(fast_hash_cost()).registration(policy);
    TestServer::start(app(services, settings).unwrap()).await.unwrap()
}

#[tokio::test]
async fn closed_registration_has_no_link_to_it() {
    let running = TestApp::on_sqlite().await;
    let ada = running.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let invitation = invitation_path(&running, &ada, &party).await;
    let server = server(&running, RegistrationPolicy::Closed).await;
    let visitor = TestClient::new(&server);

    let page = visitor.get("/").await;
    assert_page(&page, 200, "We take no new accounts at the moment.");
    assert_eq!(page.attributes("main a", "href"), ["/login", "/login?next=%2Fhost", "/login?next=%2Frsvp"]);
    for path in ["/", "/login", "/register", "/nowhere", &invitation] {
        let page = visitor.get(path).await;
        let links = page.attributes("a", "href");
        assert!(links.iter().all(|link| !link.starts_with("/register")), "{path}: {links:?}");
    }
    assert_page(&visitor.get("/register").await, 200, "Registration is closed");
    let page = visitor.get(&invitation).await;
    assert_eq!(page.texts(".answers a"), ["I'll be there", "Maybe", "Can't make it"]);
    assert!(TestClient::new(&server).log_in("ada", crate::common::PASSWORD).await.text.contains("Welcome back, ada."));
}

#[tokio::test]
async fn registration_by_code_links_to_its_page() {
    let running = TestApp::on_sqlite().await;
    let server = server(&running, RegistrationPolicy::Code).await;
    let page = TestClient::new(&server).get("/register").await;
    assert_page(&page, 200, "Registration code");
    assert_eq!(page.texts("nav[aria-label=Main] a"), ["Log in", "Register"]);
    assert_eq!(page.attributes("form input:not([type=hidden])", "name")[0], "code");
}
