//! `/health/live` and `/health/ready` with a working database. Failures are tested in `failing_store`.

use poem::http::Method;

use crate::common::{TestApp, assert_has_headers};

test_support::on_both_engines! { TestApp:
health_is_ok_without_a_session }

async fn health_is_ok_without_a_session(app: TestApp) {
    for path in ["/health/live", "/health/ready"] {
        let page = app.visitor().get(path).await;
        assert_eq!((page.status, page.html.as_str()), (200, "ok"), "{path}");
        assert_eq!(page.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(page.header("set-cookie"), None);
        assert_has_headers(&page);
        let guest = app.visitor();
        let head = guest.send(guest.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.html.as_str()), (200, ""), "{path}");
    }
}
