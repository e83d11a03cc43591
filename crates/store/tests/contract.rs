//! The contract suite of `domain` on both engines: one test of each contract function and engine.

#![allow(missing_docs, reason = "the names of tests describe them")]

mod common;

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
