//! The contract of `domain` on both engines: a test per promise and engine, none of which can be left out.

#![allow(missing_docs, reason = "a test's name says what it tests")]

mod common;

/// Makes two tests of each promise about accounts.
macro_rules! accounts_keep {
    ($aggregate:ident: $($promise:ident)*) => { $(
        mod $promise {
            #[tokio::test]
            async fn on_sqlite() {
                let fresh = crate::common::sqlite().await;
                domain::$aggregate::contract::$promise(&fresh.accounts()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let fresh = crate::common::postgres().await;
                domain::$aggregate::contract::$promise(&fresh.accounts()).await;
            }
        }
    )* };
}

mod user {
    domain::user_promises!(accounts_keep);
}

mod credential {
    domain::credential_promises!(accounts_keep);
}

mod session {
    domain::session_promises!(accounts_keep);
}

/// Makes two tests of each promise about parties.
macro_rules! parties_keep {
    (party: $($promise:ident)*) => { $(
        mod $promise {
            #[tokio::test]
            async fn on_sqlite() {
                let fresh = crate::common::sqlite().await;
                domain::party::contract::$promise(&fresh.accounts(), fresh.parties().as_ref()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let fresh = crate::common::postgres().await;
                domain::party::contract::$promise(&fresh.accounts(), fresh.parties().as_ref()).await;
            }
        }
    )* };
}

mod party {
    domain::party_promises!(parties_keep);
}
