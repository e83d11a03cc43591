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
async fn weak_passwords_beyond_the_limit_of_failures_count_as_registrations() {
    let throttling = Throttling::default().registrations_per_hour(3).failures_per_minute(5);
    let service = behind_proxy(|builder| builder.throttling(throttling)).await;
    let statuses = async |number| {
        let mut statuses = Vec::new();
        for _ in 0..number {
            statuses.push(register(&service.visitor(), "203.0.113.9", "ada", "password").await.status);
        }
        statuses
    };
    assert_eq!(statuses(5).await, [422; 5], "each is given back");
    assert_eq!(statuses(4).await, [422, 422, 422, 429]);
    assert_eq!(register(&service.visitor(), "203.0.113.10", "ada", "password").await.status, 422);
    service.clock.advance(Duration::from_hours(1));
    assert_eq!(statuses(5).await, [422; 5]);
    assert_eq!(register(&service.visitor(), "203.0.113.9", "ada", PASSWORD).await.status, 303, "the sixth try");
}

#[tokio::test]
async fn repeated_registration_beyond_the_limit_of_failures_counts_as_one() {
    let throttling = Throttling::default().registrations_per_hour(2).failures_per_minute(5);
    let service = behind_proxy(|builder| builder.throttling(throttling)).await;
    let (visitor, form) = filled_form(&service).await;
    let (cookies, mut statuses) = (visitor.cookies(), Vec::new());
    for _ in 0..8 {
        let visitor = service.visitor(); // without the session of the registration
        visitor.add_cookies(&cookies);
        statuses.push(send(&visitor, &form).await.status);
    }
    assert_eq!(statuses, [303, 303, 303, 303, 303, 303, 303, 429]);
}

/// A visitor on the registration page, and the page's form with the fields of ada.
async fn filled_form(service: &Service) -> (TestClient, Vec<(String, String)>) {
    let visitor = service.visitor();
    let mut form = visitor.get("/register").await.form("/register");
    let typed = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    form.retain(|(name, _)| typed.iter().all(|(given, _)| given != name));
    form.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    (visitor, form)
}

async fn send(visitor: &TestClient, form: &[(String, String)]) -> TestResponse {
    let request = visitor.request(Method::POST, "/register").header("x-forwarded-for", "203.0.113.9");
    visitor.send(request.header("sec-fetch-site", "same-origin").form(form)).await
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
            code: None,
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
    let (visitor, form) = filled_form(&service).await;
    for _ in 0..3 {
        assert_eq!(send(&visitor, &form).await.status, 303);
    }
    assert_eq!(service.count("users").await, 1);
}
