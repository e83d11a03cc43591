//! The limits of registrations.

use super::*;

#[tokio::test]
async fn address_registers_sixty_accounts_an_hour_and_weak_passwords_are_given_back() {
    let service = behind_proxy(|builder| builder.throttling(Throttling::default().registrations_per_hour(3))).await;
    let visitor = service.visitor();
    for name in ["ada", "ben"] {
        assert_eq!(register(&service.visitor(), "203.0.113.9", name, "password").await.status, 422);
        assert_eq!(register(&service.visitor(), "203.0.113.9", name, PASSWORD).await.status, 303);
    }
    assert_page(&register(&visitor, "203.0.113.9", "ada", PASSWORD).await, 422, "That username is taken.");
    let page = register(&visitor, "203.0.113.9", "cleo", PASSWORD).await;
    assert_page(&page, 429, "Too many attempts. Please wait 60 minutes and try again.");
    assert_eq!((page.header("retry-after"), &*typed(&page, "username")), (Some("3600"), "cleo"));
    assert_eq!(register(&service.visitor(), "203.0.113.10", "cleo", PASSWORD).await.status, 303);
    service.clock.advance(Duration::from_hours(1));
    assert_eq!(register(&service.visitor(), "203.0.113.9", "dora", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn default_limits_of_registrations_are_sixty_and_480_an_hour() {
    let service = behind_proxy(|builder| builder).await;
    let caller = |host: u8| Caller::at([203, 0, 113, host].into());
    let register = async |n: u32, host| {
        let registration = Registration {
            username: Username::parse(&format!("user{n}")).unwrap(),
            email: Email::parse(&format!("user{n}@example.com")).unwrap(),
            password: Password::parse(PASSWORD.to_owned()).unwrap(),
        };
        service.accounts.register(registration, &caller(host)).await
    };
    for n in 0..480 {
        assert!(register(n, u8::try_from(n / 60).unwrap()).await.is_ok(), "{n}");
        if n == 59 {
            assert!(matches!(register(999, 0).await, Err(RegisterError::Throttled(_))));
        }
    }
    assert!(matches!(register(999, 99).await, Err(RegisterError::Throttled(_))));
}

#[tokio::test]
async fn registration_sent_twice_at_the_limit_registers_once() {
    let service = behind_proxy(|builder| builder.throttling(Throttling::default().registrations_per_hour(2))).await;
    let visitor = service.visitor();
    let page = visitor.get("/register").await;
    let mut form = page.form("/register");
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    form.retain(|(name, _)| typed.iter().all(|(given, _)| given != name));
    form.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    for _ in 0..3 {
        let request = visitor.request(Method::POST, "/register").header("x-forwarded-for", "203.0.113.9");
        let request = request.header("sec-fetch-site", "same-origin");
        assert_eq!(visitor.send(request.form(&form)).await.status, 303);
    }
    assert_eq!(service.count("users").await, 1);
}
