//! The limit of an account, and whom it lets through: known browsers, known networks and open sessions.

use std::num::NonZeroUsize;

use accounts::HashLimits;

use super::*;

#[tokio::test]
async fn limited_account_answers_strangers_as_to_a_wrong_password() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let (browser, session) = (service.visitor(), service.visitor());
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    assert_eq!(log_in(&session, "192.0.2.1", "ada", PASSWORD).await.status, 303);
    browser.submit("/", "/logout", &[]).await;
    use_up_account(&service, "ada").await;

    let refused = log_in(&service.visitor(), "198.52.0.1", "ada", PASSWORD).await;
    assert_page(&refused, 422, MISMATCH);
    assert_page(&log_in(&service.visitor(), "198.52.1.1", "ada@example.com", PASSWORD).await, 422, MISMATCH);
    assert_eq!(log_in(&service.visitor(), "203.0.113.77", "ada", PASSWORD).await.status, 303, "a known network");
    assert_eq!(log_in(&browser, "198.52.2.1", "ada", PASSWORD).await.status, 303, "a known browser");
    assert_eq!(identity(&session.get("/").await), "You are ada.");

    service.clock.advance(Duration::from_hours(24));
    assert_eq!(log_in(&service.visitor(), "198.52.3.1", "ada", PASSWORD).await.status, 303, "a day later");
}

#[tokio::test]
async fn account_is_limited_over_all_identifiers_and_only_itself() {
    let service = behind_proxy(|builder| builder.throttling(Throttling::default().failures_per_account(10))).await;
    service.register("ada", PASSWORD).await;
    service.register("ben", PASSWORD).await;
    let visitor = service.visitor();
    use_up_free_failures(&visitor, "198.51.1.1", "ada").await;
    use_up_free_failures(&visitor, "198.51.2.1", "ada@example.com").await;
    assert_page(&log_in(&service.visitor(), "198.51.3.1", "ada", PASSWORD).await, 422, MISMATCH);
    assert_eq!(log_in(&service.visitor(), "198.51.3.1", "ben", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn success_of_a_stranger_before_the_limit_ends_the_count() {
    let service = behind_proxy(|builder| builder.throttling(Throttling::default().failures_per_account(10))).await;
    service.register("ada", PASSWORD).await;
    use_up_free_failures(&service.visitor(), "198.51.1.1", "ada").await;
    assert_eq!(log_in(&service.visitor(), "198.51.2.1", "ada", PASSWORD).await.status, 303);
    use_up_free_failures(&service.visitor(), "198.51.3.1", "ada").await;
    assert_eq!(log_in(&service.visitor(), "198.51.4.1", "ada", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn known_browser_has_five_failures_of_its_own() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    let stranger = service.visitor();
    use_up_free_failures(&stranger, "198.51.100.1", "ada").await;
    assert_throttled(&log_in(&stranger, "198.51.100.1", "ada", PASSWORD).await);
    use_up_free_failures(&browser, "198.51.100.1", "ada").await; // behind the same address as the stranger
    assert_throttled(&log_in(&browser, "198.51.100.1", "ada", PASSWORD).await);
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(log_in(&browser, "198.51.100.1", "ada", PASSWORD).await.status, 303);
    use_up_free_failures(&browser, "198.51.100.1", "ada").await;
}

#[tokio::test]
async fn queue_full_of_strangers_drops_one_of_them_for_a_known_browser() {
    let limits = HashLimits { running: NonZeroUsize::MIN, waiting: 2 };
    let service = behind_proxy(|builder| builder.hashing(limits)).await;
    service.register("ada", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    let strangers = [(); 3].map(|()| service.visitor());
    let held = service.failing.hold_counts().await;
    let attack = join_all(
        strangers
            .iter()
            .zip(1..)
            .map(async |(stranger, n)| log_in(stranger, &format!("198.51.{n}.1"), "ada", WRONG).await.status),
    );
    let owner = async {
        tokio::time::sleep(Duration::from_millis(200)).await; // one stranger has a core, and two wait
        let log_in = log_in(&browser, "203.0.113.9", "ada", PASSWORD);
        let release = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            drop(held);
        };
        tokio::join!(log_in, release).0.status
    };
    let (mut attack, owner) = tokio::join!(attack, owner);
    attack.sort_unstable();
    assert_eq!((owner, attack), (303, vec![422, 422, 503]));
}

#[tokio::test]
async fn store_that_hangs_while_it_counts_keeps_no_core() {
    let limits = HashLimits { running: NonZeroUsize::MIN, waiting: 0 };
    let service = behind_proxy(|builder| builder.hashing(limits)).await;
    service.register("ada", PASSWORD).await;
    let held = service.failing.hold_counts().await;
    let visitor = service.visitor();
    assert_eq!(log_in(&visitor, "198.51.100.1", "ada", PASSWORD).await.status, 503, "never let in");
    drop(held);
    assert_eq!(log_in(&visitor, "198.51.100.1", "ada", PASSWORD).await.status, 303, "the core is free");
}

#[tokio::test]
async fn browser_is_known_to_its_own_account_only() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    service.register("eve", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "eve", PASSWORD).await.status, 303);
    use_up_free_failures(&browser, "203.0.113.9", "ada").await;
    assert_throttled(&log_in(&browser, "203.0.113.9", "ada", PASSWORD).await);
}

#[tokio::test]
async fn browser_is_known_to_each_of_two_accounts_that_take_turns() {
    let service = behind_proxy(|builder| builder).await;
    let browser = service.visitor();
    for name in ["ada", "ben"] {
        assert_eq!(register(&browser, "203.0.113.9", name, PASSWORD).await.status, 303);
        browser.submit("/", "/logout", &[]).await;
    }
    let cookie = browser.cookies();
    for name in ["ada", "ben"] {
        use_up_account(&service, name).await;
        service.clock.advance(Duration::from_mins(1)); // the windows of the attacking networks
    }
    for name in ["ada", "ben", "ada"] {
        assert_eq!(log_in(&browser, "198.52.0.1", name, PASSWORD).await.status, 303, "{name}");
    }
    assert_eq!(device_cookie(&browser.cookies()).len(), device_cookie(&cookie).len(), "no token is added");
}

/// The value of the device cookie in a `Cookie` header.
fn device_cookie(cookies: &str) -> &str {
    cookies.split("; ").find(|cookie| cookie.starts_with("device-")).unwrap().split_once('=').unwrap().1
}

#[tokio::test]
async fn every_device_cookie_is_tried() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    use_up_account(&service, "ada").await;
    let (own, port) = (device_cookie(&browser.cookies()).to_owned(), service.server.address().port());
    for planted in ["", "x", &"A".repeat(43), &vec!["A".repeat(43); 20].join(".")] {
        let request = service.visitor().request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
        let request = request.header("cookie", &format!("device-{port}={planted}; device-{port}={own}"));
        let request = request.header("x-forwarded-for", "198.52.0.1");
        let page = service.visitor().send(request.form(&[("email", "ada"), ("password", PASSWORD)])).await;
        assert_eq!(page.status, 303, "{planted}");
    }
}

#[tokio::test]
async fn device_cookie_stays_at_log_out_and_is_read_by_no_script() {
    let service = Service::start().await;
    let ada = service.ada().await;
    let name = format!("device-{}", service.server.address().port());
    assert!(ada.cookies().contains(&name), "{}", ada.cookies());
    let page = ada.submit("/", "/logout", &[]).await;
    assert_eq!(identity(&page), "You are anonymous.");
    assert!(ada.cookies().contains(&name), "{}", ada.cookies());
    let request = ada.request(Method::POST, "/login").header("sec-fetch-site", "same-origin");
    let page = ada.send(request.form(&[("email", "ada"), ("password", PASSWORD)])).await;
    let set = set_cookie(&page, &name).unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age=7776000"), "{set}");
}

#[tokio::test]
async fn log_out_everywhere_forgets_browsers_and_networks() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    let ada = service.ports().users.find_by_username(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
    service.accounts.log_out_everywhere(ada.id, &Caller::default()).await.unwrap();
    use_up_account(&service, "ada").await;
    assert_page(&log_in(&browser, "203.0.113.9", "ada", PASSWORD).await, 422, MISMATCH);
}

/// 100 failures of ada from 20 other networks.
async fn use_up_account_from(service: &Service, block: usize) {
    for n in 0..20 {
        use_up_free_failures(&service.visitor(), &format!("198.{block}.{n}.1"), "ada").await;
    }
}

/// 100 wrong passwords of strangers: a link, or the operator's new password, lets the owner in from a new browser and network.
#[tokio::test]
async fn new_password_ends_the_limit_of_the_account() {
    const NEW: &str = "velvet canyon drum";
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let ada = service.ports().users.find_by_username(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
    use_up_account(&service, "ada").await;
    assert_page(&log_in(&service.visitor(), "203.0.113.9", "ada", PASSWORD).await, 422, MISMATCH);
    let new = Password::parse(NEW.to_owned()).unwrap();
    service.accounts.set_password(ada.id, new, &Caller::default()).await.unwrap();
    assert_eq!(log_in(&service.visitor(), "203.0.113.9", "ada", NEW).await.status, 303, "set by the operator");

    use_up_account_from(&service, 61).await;
    let token = service.accounts.create_reset_token(ada.id, &Caller::default()).await.unwrap().unwrap();
    let (owner, path) = (service.visitor(), format!("/account/reset?token={}", token.expose()));
    let page = owner.submit(&path, "/account/reset", &[("password", PASSWORD), ("password2", PASSWORD)]).await;
    assert_eq!(page.path, "/login");
    assert_eq!(log_in(&service.visitor(), "192.0.2.1", "ada", PASSWORD).await.status, 303, "set by a link");

    use_up_account_from(&service, 62).await; // the strangers go on
    assert_page(&log_in(&service.visitor(), "198.18.0.1", "ada", PASSWORD).await, 422, MISMATCH);
    assert_eq!(log_in(&owner, "198.18.0.1", "ada", PASSWORD).await.status, 303, "the browser of the link is known");
}

/// Otherwise strangers who guess passwords for 14 days could have the account deleted.
#[tokio::test]
async fn limited_owner_undoes_the_deletion_from_a_known_browser_or_network() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let browser = service.visitor();
    assert_eq!(log_in(&browser, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    let name = Username::parse("ada").unwrap();
    let ada = service.ports().users.find_by_username(&name).await.unwrap().unwrap();
    for (n, (client, address)) in [(browser, "198.18.0.1"), (service.visitor(), "203.0.113.7")].into_iter().enumerate()
    {
        service.accounts.request_deletion(ada.id, &Caller::default()).await.unwrap();
        use_up_account_from(&service, 61 + n).await;
        assert_page(&log_in(&service.visitor(), "198.18.1.1", "ada", PASSWORD).await, 422, MISMATCH);
        assert_eq!(log_in(&client, address, "ada", PASSWORD).await.status, 303, "{n}");
        let found = service.ports().users.find_by_username(&name).await.unwrap().unwrap();
        assert_eq!(found.deletion, None, "{n}");
    }
}

#[tokio::test]
async fn planted_device_cookie_becomes_known_to_no_account() {
    let service = behind_proxy(|builder| builder).await;
    service.register("ada", PASSWORD).await;
    let (ada, stranger) = (service.visitor(), service.visitor());
    let token = "A".repeat(43);
    let planted = format!("device-{}={token}", service.server.address().port());
    for client in [&ada, &stranger] {
        client.add_cookies(&planted);
    }
    assert_eq!(log_in(&ada, "203.0.113.9", "ada", PASSWORD).await.status, 303);
    assert_ne!(device_cookie(&ada.cookies()), token, "the browser has a token of its own");
    use_up_account(&service, "ada").await;
    assert_page(&log_in(&stranger, "198.52.0.1", "ada", PASSWORD).await, 422, MISMATCH);
    assert_eq!(log_in(&ada, "198.52.0.1", "ada", PASSWORD).await.status, 303);
}
