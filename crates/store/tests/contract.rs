//! The contract suite of `domain` on both engines: one test of each contract function and engine.

use std::convert::Infallible;

use accounts_store::embed::{Dialect, Job, WriteError, notify};
use async_trait::async_trait;
use domain::{Notice, Timestamp};

/// Makes two tests of each contract function of an account port.
macro_rules! account_tests {
    ($aggregate:ident: $($function:ident)*) => { $(
        mod $function {
            #[tokio::test]
            async fn on_sqlite() {
                let fresh = crate::common::sqlite().await;
                domain::$aggregate::contract::$function(&fresh.accounts()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let fresh = crate::common::postgres().await;
                domain::$aggregate::contract::$function(&fresh.accounts()).await;
            }
        }
    )* };
}

mod user {
    domain::user_contract!(account_tests);
}

mod credential {
    domain::credential_contract!(account_tests);
}

mod session {
    domain::session_contract!(account_tests);
}

mod throttle {
    domain::throttle_contract!(account_tests);
}

mod known_browser {
    domain::known_browser_contract!(account_tests);
}

mod lease {
    domain::lease_contract!(account_tests);
}

mod event {
    domain::event_contract!(account_tests);
}

mod registration_code {
    domain::registration_code_contract!(account_tests);
}

/// Adds notices in one job, at a time.
fn add_notices(fresh: &crate::common::Fresh) -> impl domain::notice::contract::AddNotices + use<> {
    let database = fresh.store.accounts().database().clone();
    move |notices, at| {
        let database = database.clone();
        Box::pin(async move { database.write(Tell(notices, at)).await.unwrap() })
    }
}

struct Tell(Vec<Notice>, Timestamp);

#[async_trait]
impl<D: Dialect> Job<D> for Tell {
    type Output = ();
    type Refusal = Infallible;

    async fn run(&self, connection: &mut D::Connection) -> Result<(), WriteError> {
        Ok(notify::<D>(connection, &self.0, self.1).await?)
    }
}

/// Makes two tests of each contract function of the port of notices.
macro_rules! notice_tests {
    (notice: $($function:ident)*) => { $(
        mod $function {
            #[tokio::test]
            async fn on_sqlite() {
                let fresh = crate::common::sqlite().await;
                domain::notice::contract::$function(&fresh.accounts(), &crate::contract::add_notices(&fresh)).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let fresh = crate::common::postgres().await;
                domain::notice::contract::$function(&fresh.accounts(), &crate::contract::add_notices(&fresh)).await;
            }
        }
    )* };
}

mod notice {
    domain::notice_contract!(notice_tests);
}

/// Makes two tests of each contract function of the party port.
macro_rules! party_tests {
    (party: $($function:ident)*) => { $(
        mod $function {
            #[tokio::test]
            async fn on_sqlite() {
                let fresh = crate::common::sqlite().await;
                domain::party::contract::$function(&fresh.accounts(), fresh.parties().as_ref()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let fresh = crate::common::postgres().await;
                domain::party::contract::$function(&fresh.accounts(), fresh.parties().as_ref()).await;
            }
        }
    )* };
}

mod party {
    domain::party_contract!(party_tests);
}
