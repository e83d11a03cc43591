//! Runs one test on both database engines.

/// Makes two tests of each named function: one with `App::on_sqlite()`, one with `App::on_postgres()`.
///
/// `App` is the caller's own type. The compiler reports a function that is not named as unused.
///
/// ```text
/// test_support::on_both_engines! { TestApp:
///     full_party_rejects_rsvp
/// }
///
/// async fn full_party_rejects_rsvp(app: TestApp) { … }
/// ```
#[macro_export]
macro_rules! on_both_engines {
    ($app:ident: $($test:ident)*) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$test(super::$app::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$test(super::$app::on_postgres().await).await;
            }
        }
    )* };
}
