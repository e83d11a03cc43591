//! A button that is pressed twice, since nothing seems to happen: it is done once, and told so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use accounts::test_kit::TestServer;
use poem::http::Method;
use poem::{Endpoint as _, EndpointExt as _};
use test_support::browser::{Person, Scripts};

use crate::common::{TestApp, host};
use crate::people::{HOSTED, arrive, at, set_the_table};

test_support::with_and_without_scripts! {
    two_presses_take_one_seat
    two_presses_set_one_table
}

/// The app behind a slow line: what is sent is done at once, and the answer comes three seconds later. By then people
/// have pressed twice, also on a machine that is busy.
struct SlowLine {
    server: TestServer,
    /// How many forms came.
    sent: Arc<AtomicU32>,
}

impl SlowLine {
    async fn to(app: &TestApp) -> Self {
        let sent = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&sent);
        let slow = app.endpoint().around(move |service, request| {
            let count = Arc::clone(&count);
            async move {
                let posts = request.method() == Method::POST;
                let answer = service.call(request).await;
                if posts {
                    count.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_secs(3)).await;
                }
                answer
            }
        });
        Self { server: TestServer::start(slow).await.unwrap(), sent }
    }

    /// Opens a page as somebody who is logged in.
    async fn opens(&self, app: &TestApp, name: &str, path: &str, scripts: Scripts) -> Person {
        let person = arrive(app, name, scripts).await;
        // One browser, another port: the session's cookie goes by the port's number.
        let (here, there) = (app.server.address().port(), self.server.address().port());
        let cookies = person.browser().driver().get_all_cookies().await.unwrap();
        for mut cookie in cookies.into_iter().filter(|cookie| cookie.name.ends_with(&here.to_string())) {
            cookie.name = cookie.name.replace(&here.to_string(), &there.to_string());
            person.browser().driver().add_cookie(cookie).await.unwrap();
        }
        person.opens(&format!("http://localhost:{there}{path}")).await;
        person
    }

    fn sent(&self) -> u32 {
        self.sent.load(Ordering::SeqCst)
    }
}

async fn two_presses_take_one_seat(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    host(&app.user("ben").await, "ben", &[("main_dish", "Pho")]).await;
    let line = SlowLine::to(&app).await;
    let ada = line.opens(&app, "ada", "/rsvp", scripts).await;

    ada.presses_twice("Save my seat for Pho at ben's table").await;

    ada.sees("You're coming").await;
    assert!(scripts == Scripts::On || line.sent() == 2, "nothing but the rule stands against it");
    ada.opens(&at(&app, "/parties/1")).await;
    ada.sees("2 of 4 taken").await;
    assert_eq!(app.stored_party("1").await.unwrap().guests.len(), 1);
}

async fn two_presses_set_one_table(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let line = SlowLine::to(&app).await;
    let ada = line.opens(&app, "ada", "/user/ada", scripts).await;
    set_the_table(&ada, "Ratatouille", "4").await;

    ada.presses_twice("Host this party").await;

    ada.sees(HOSTED).await;
    assert!(scripts == Scripts::On || line.sent() == 2, "nothing but the form's own number stands against it");
    assert_eq!(app.party_count().await, 1);
}
