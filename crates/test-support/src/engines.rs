//! One test, each engine.

/// Makes two tests of each named function: one over `House::on_sqlite()`, one over `House::on_postgres()`. A function that
/// is not named is not used, which the compiler tells.
///
/// ```text
/// test_support::on_both_engines! { House:
///     a_full_party_refuses
/// }
///
/// async fn a_full_party_refuses(house: House) { … }
/// ```
#[macro_export]
macro_rules! on_both_engines {
    ($house:ident: $($test:ident)*) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$test(super::$house::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$test(super::$house::on_postgres().await).await;
            }
        }
    )* };
}
