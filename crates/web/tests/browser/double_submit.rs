//! A button pressed twice on a slow connection: the action is done and confirmed once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use accounts::test_kit::TestServer;
use poem::http::Method;
use poem::{Endpoint as _, EndpointExt as _};
use test_support::browser::{Person, Scripts};

use crate::common::{TestApp, host};
use crate::steps::{HOSTED, arrive, at, fill_in_host_form};

test_support::with_and_without_scripts! {
    double_submit_takes_one_seat
    double_submit_hosts_one_party
}

/// The app with slow responses: a form is processed at once, and its response is delayed by three seconds. That leaves time
/// for a second press, also on a busy machine.
struct SlowApp {
    server: TestServer,
    /// The number of received forms.
    received: Arc<AtomicU32>,
}

impl SlowApp {
    async fn over(app: &TestApp) -> Self {
        let received = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&received);
        let slow = app.endpoint().around(move |endpoint, request| {
            let count = Arc::clone(&count);
            async move {
                let is_post = request.method() == Method::POST;
                let response = endpoint.call(request).await;
                if is_post {
                    count.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_secs(3)).await;
                }
                response
            }
        });
        Self { server: TestServer::start(slow).await.unwrap(), received }
    }

    /// Opens a page as a new, logged-in user.
    async fn opens(&self, app: &TestApp, name: &str, path: &str, scripts: Scripts) -> Person {
        let person = arrive(app, name, scripts).await;
        // The session cookie is named after the port: copy it under the slow app's port.
        let (port, slow_port) = (app.server.address().port(), self.server.address().port());
        let cookies = person.browser().driver().get_all_cookies().await.unwrap();
        for mut cookie in cookies.into_iter().filter(|cookie| cookie.name.ends_with(&port.to_string())) {
            cookie.name = cookie.name.replace(&port.to_string(), &slow_port.to_string());
            person.browser().driver().add_cookie(cookie).await.unwrap();
        }
        person.opens(&format!("http://localhost:{slow_port}{path}")).await;
        person
    }

    fn received(&self) -> u32 {
        self.received.load(Ordering::SeqCst)
    }
}

async fn double_submit_takes_one_seat(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho")]).await;
    let slow = SlowApp::over(&app).await;
    let ada = slow.opens(&app, "ada", "/rsvp", scripts).await;

    ada.presses_twice("I'll be there for Pho at ben's").await;

    ada.sees("You're coming").await;
    assert!(scripts == Scripts::On || slow.received() == 2, "without scripts the RSVP rule prevents a second seat");
    ada.opens(&at(&app, "/parties/1")).await;
    ada.sees("2 of 4 taken").await;
    assert_eq!(app.stored_party("1").await.unwrap().guests.len(), 1);
}

async fn double_submit_hosts_one_party(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let slow = SlowApp::over(&app).await;
    let ada = slow.opens(&app, "ada", "/user/ada", scripts).await;
    fill_in_host_form(&ada, "Ratatouille", "4").await;

    ada.presses_twice("Host this party").await;

    ada.sees(HOSTED).await;
    assert!(
        scripts == Scripts::On || slow.received() == 2,
        "without scripts the idempotency key prevents a second party"
    );
    assert_eq!(app.party_count().await, 1);
}

/// The second press repeats the answer: it takes no other seats, and what was given up can still be taken back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn double_press_of_each_answer_changes_seats_once() {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho"), ("max_companions", "2")]).await;
    let slow = SlowApp::over(&app).await;
    let ada = slow.opens(&app, "ada", "/parties/1", Scripts::Off).await;
    ada.fills_in("How many of you?", "2").await;
    for (button, message, card, taken) in [
        ("I'll be there", "You're already going to ben's dinner party on", "You're coming, 2 of you", "3 of 4 taken"),
        ("I can't make it anymore", "Thanks for letting ben know.", "You said you can't make it", "1 of 4 taken"),
        ("Undo", "You're already going to ben's dinner party on", "You're coming, 2 of you", "3 of 4 taken"),
    ] {
        ada.presses_twice(button).await;
        ada.sees(message).await;
        ada.sees(card).await;
        ada.sees(taken).await;
    }
    assert_eq!(slow.received(), 6, "each button was pressed twice");
}
