//! `/register`: a new account, or errors by field.

use futures_util::future::join_all;

use crate::common::{PASSWORD, Service, assert_page, browser_post, identity};

const WELCOME: &str = "Your account is ready. Welcome, ada.";

fn typed<'a>(username: &'a str, email: &'a str, password: &'a str, password2: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("username", username), ("email", email), ("password", password), ("password2", password2)]
}

#[tokio::test]
async fn registration_logs_in_at_once() {
    let service = Service::start().await;
    let ada = service.visitor();
    let page = ada.register("ada", PASSWORD).await;
    assert_eq!((page.status, identity(&page).as_str()), (200, "You are ada."));
    assert_eq!((page.path.as_str(), page.texts(".flash-success")), ("/", vec![WELCOME.to_owned()]));
    assert_eq!((service.count("users").await, service.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn registration_leads_over_the_log_in_page_where_a_setting_says_so() {
    let service = Service::with(|builder| builder.log_in_after_registration(false)).await;
    let ada = service.visitor();
    let page = ada.get("/register?next=%2Fhome%3Fcourse%3D2").await;
    let page = ada.submit_on(&page, "/register", &typed("ada", "ada@example.com", PASSWORD, PASSWORD)).await;
    assert_page(&page, 200, "Your account is ready. Log in to continue.");
    assert_eq!(page.path, "/login?next=%2Fhome%3Fcourse%3D2");
    assert_eq!((service.count("sessions").await, ada.cookies().contains("session-")), (0, false));
    let page = ada.submit_on(&page, "/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/home?course=2");
}

#[tokio::test]
async fn registration_without_a_session_is_no_failure() {
    let service = Service::start().await;
    let ada = service.visitor();
    let page = ada.get("/register?next=%2Fhome").await;
    service.failing.fail_on("sessions.open");
    let page = ada.submit_on(&page, "/register", &typed("ada", "ada@example.com", PASSWORD, PASSWORD)).await;
    service.failing.fail_on(None);
    assert_page(&page, 200, "Your account is ready. Log in to continue.");
    assert_eq!((page.path.as_str(), service.count("users").await), ("/login?next=%2Fhome", 1));
}

#[tokio::test]
async fn form_fields_have_labels_and_autocomplete() {
    let service = Service::start().await;
    let page = service.visitor().get("/register").await;
    assert_page(&page, 200, "At least 8 characters.");
    assert_eq!(page.texts("label"), ["Username", "Email", "Password", "Repeat Password"]);
    assert_eq!(
        page.attributes("form.account-form input", "autocomplete"),
        ["username", "email", "new-password", "new-password"]
    );
    assert_eq!(page.attributes("input[type=password]", "name"), ["password", "password2"]);
    assert!(page.attributes("input", "maxlength").is_empty(), "a pasted text must not be truncated");
    assert_eq!(page.texts("button"), ["Register"]);
}

#[tokio::test]
async fn invalid_field_shows_its_error_and_its_value() {
    let service = Service::start().await;
    let visitor = service.visitor();
    let long = "a".repeat(65);
    let cases = [
        ("username", typed("", "a@example.com", PASSWORD, PASSWORD), "Please choose a username."),
        ("username", typed("ab", "a@example.com", PASSWORD, PASSWORD), "A username has at least 3 characters."),
        ("username", typed(&long, "a@example.com", PASSWORD, PASSWORD), "A username has at most 64 characters."),
        ("username", typed("a/b c", "a@example.com", PASSWORD, PASSWORD), "A username is made of letters"),
        ("username", typed("...", "a@example.com", PASSWORD, PASSWORD), "A username needs more than dots."),
        ("username", typed("Admin", "a@example.com", PASSWORD, PASSWORD), "That username is reserved."),
        ("username", typed("supp0rt", "a@example.com", PASSWORD, PASSWORD), "That username is reserved."),
        ("username", typed("pаypal", "a@example.com", PASSWORD, PASSWORD), "That username mixes letters of several"),
        ("email", typed("ada", "", PASSWORD, PASSWORD), "Please give your email address."),
        (
            "username",
            typed("a\u{200b}da", "a@example.com", PASSWORD, PASSWORD),
            "There's an invisible character in this.",
        ),
        ("email", typed("ada", "\u{200b}", PASSWORD, PASSWORD), "Please give your email address."),
        ("email", typed("ada", "ada", PASSWORD, PASSWORD), "An email address has an @ in it"),
        ("email", typed("ada", "a@x.org, b@x.org", PASSWORD, PASSWORD), "Please give one email address."),
        ("email", typed("ada", "a da@example.com", PASSWORD, PASSWORD), "An email address has no spaces in it."),
        ("email", typed("ada", "ada;@example.com", PASSWORD, PASSWORD), "An email address can't contain ;"),
        (
            "email",
            typed("ada", "ada@exa\u{200d}mple.com", PASSWORD, PASSWORD),
            "There's an invisible character in this.",
        ),
        ("email", typed("ada", "ada.@example.com", PASSWORD, PASSWORD), "Please check the part before the @."),
        ("email", typed("ada", "a@localhost", PASSWORD, PASSWORD), "Please check the part after the @."),
        ("password", typed("ada", "a@example.com", "", ""), "Please choose a password."),
        ("password", typed("ada", "a@example.com", "otter 7", "otter 7"), "a password of at least 8 characters."),
        ("password", typed("ada", "a@example.com", "password", "password"), "it is a common password."),
        ("password", typed("adalovelace", "a@example.com", "adalovelace1", "adalovelace1"), "easy to guess"),
        ("password2", typed("ada", "a@example.com", PASSWORD, "marble otter eight"), "The two passwords differ."),
        ("password2", typed("ada", "a@example.com", PASSWORD, ""), "The two passwords differ."),
    ];
    for (field, values, sentence) in cases {
        let page = visitor.submit("/register", "/register", &values).await;
        assert_page(&page, 422, "Please check what you typed:");
        assert_eq!(page.texts(&format!("#{field}-note.field-error")).len(), 1, "{field}: {}", page.html);
        assert!(page.texts(&format!("#{field}-note")).concat().contains(sentence), "{sentence}: {}", page.text);
        assert_eq!(page.attributes("[role=alert] a", "href"), [format!("#{field}")], "{sentence}");
        assert_eq!(page.attributes("[aria-invalid]", "name"), [field]);
        assert_eq!(page.attributes("#username", "value"), [values[0].1]);
        assert_eq!(page.attributes("#email", "value"), [values[1].1]);
        assert_eq!(page.attributes("[type=password]", "value"), ["", ""]);
    }
    assert_eq!(service.count("users").await, 0);
}

#[tokio::test]
async fn pasted_email_and_username_register_and_log_in() {
    let service = Service::start().await;
    for (name, typed_name, email) in [
        ("ada", "ada\u{200b}", "\u{200b}ada@example.com\u{feff}"),
        ("ben", "\u{feff}ben", "\u{202a}ben@example.com\u{202c}"),
        ("cyd", "\u{202a}cyd\u{202c}", "mailto:cyd@example.com?subject=Dinner"),
        ("dan", "dan", "Dan <dan@example.com>"),
        ("eve", "eve", "eve＠example.com"),
    ] {
        let page =
            service.visitor().submit("/register", "/register", &typed(typed_name, email, PASSWORD, PASSWORD)).await;
        assert_eq!(page.texts(".flash-success"), [format!("Your account is ready. Welcome, {name}.")], "{email:?}");
        for identifier in [email, typed_name, &format!("{name}@example.com")] {
            let form = [("email", identifier), ("password", PASSWORD)];
            let page = service.visitor().submit("/login", "/login", &form).await;
            assert_eq!(identity(&page), format!("You are {name}."), "{identifier:?}");
        }
    }
}

/// Browsers differ in the form of the domain that they send.
#[tokio::test]
async fn mailbox_has_one_account_in_every_spelling() {
    let service = Service::start().await;
    for (name, email, spellings) in [
        ("ada", "ada@xn--exmple-cua.de", &["ada@exämple.de", "ADA@EXÄMPLE.DE", "\"ada\"@exämple.de"][..]),
        ("ben", "\"q1\"@example.com", &["q1@example.com", "Q1@EXAMPLE.com"]),
        ("cyd", "cyd@straße.de", &["cyd@xn--strae-oqa.de"]),
        ("dan", "cyd@strasse.de", &["cyd@STRASSE.de"]),
    ] {
        let page = service.visitor().submit("/register", "/register", &typed(name, email, PASSWORD, PASSWORD)).await;
        assert_eq!(identity(&page), format!("You are {name}."), "{email}");
        for spelling in spellings {
            let late = typed("late", spelling, PASSWORD, PASSWORD);
            let page = service.visitor().submit("/register", "/register", &late).await;
            assert_page(&page, 422, "An account with that email already exists.");
            let form = [("email", *spelling), ("password", PASSWORD)];
            let page = service.visitor().submit("/login", "/login", &form).await;
            assert_eq!(identity(&page), format!("You are {name}."), "{spelling}");
        }
    }
}

#[tokio::test]
async fn every_invalid_field_is_reported_at_once() {
    let service = Service::start().await;
    let page = service.visitor().submit("/register", "/register", &typed("", "", "", "x")).await;
    assert_eq!(page.attributes("[role=alert] a", "href"), ["#username", "#email", "#password", "#password2"]);
}

#[tokio::test]
async fn refused_form_contains_no_password() {
    let service = Service::start().await;
    let page = service
        .visitor()
        .submit("/register", "/register", &typed("", "a@b.example", "hush-hush-1", "hush-hush-2"))
        .await;
    assert_eq!(page.status, 422);
    assert!(!page.html.contains("hush-hush"), "{}", page.html);
}

#[tokio::test]
async fn taken_name_or_email_is_reported_in_any_spelling() {
    let service = Service::start().await;
    service.register("Strasse", PASSWORD).await;
    let visitor = service.visitor();
    let (name, email) = ("#username-note", "#email-note");
    for (username, address, errors) in [
        ("STRASSE", "new@example.com", vec![(name, "That username is taken.")]),
        ("straße", "new@example.com", vec![(name, "That username is taken.")]),
        ("ｓｔｒａｓｓｅ", "new@example.com", vec![(name, "That username is taken.")]),
        ("other", "STRASSE@Example.COM", vec![(email, "An account with that email already exists.")]),
        (
            "Strasse",
            "strasse@example.com",
            vec![(name, "That username is taken."), (email, "An account with that email")],
        ),
    ] {
        let page = visitor.submit("/register", "/register", &typed(username, address, PASSWORD, PASSWORD)).await;
        assert_eq!((page.status, page.texts(".field-error").len()), (422, errors.len()), "{username}: {}", page.text);
        for (note, sentence) in errors {
            assert!(page.texts(note).concat().contains(sentence), "{username}: {}", page.text);
        }
    }
    assert_eq!(service.count("users").await, 1);
}

#[tokio::test]
async fn look_alike_username_is_refused_beside_its_field() {
    let service = Service::start().await;
    service.register("paypal", PASSWORD).await;
    let visitor = service.visitor();
    let email = vec!["An account with that email already exists."];
    for (name, address, email_errors) in
        [("PaypaI", "new@example.com", vec![]), ("paypa1", "paypal@example.com", email), ("раураӏ", "x@y.z", vec![])]
    {
        let page = visitor.submit("/register", "/register", &typed(name, address, PASSWORD, PASSWORD)).await;
        let sentence = "That username looks like another one. Please choose a different one.";
        assert_eq!((page.status, page.texts("#username-note").concat().as_str()), (422, sentence), "{name}");
        assert_eq!(
            (page.texts("#email-note"), page.attributes("#username", "value")[0].as_str()),
            (email_errors.into_iter().map(str::to_owned).collect(), name)
        );
    }
    assert_eq!(service.count("users").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_20_parallel_registrations_of_a_name_succeeds() {
    let service = Service::start().await;
    let addresses: Vec<String> = (0..20).map(|n| format!("ada{n}@example.com")).collect();
    let forms: Vec<_> =
        addresses.iter().map(|email| (service.visitor(), typed("ada", email, PASSWORD, PASSWORD))).collect();
    let pages = join_all(forms.iter().map(|(visitor, form)| browser_post(visitor, "/register", form))).await;
    let (registered, refused): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.status == 303);
    assert_eq!((registered.len(), service.count("users").await), (1, 1));
    for page in refused {
        assert_eq!((page.status, page.texts("#username-note").concat().as_str()), (422, "That username is taken."));
    }
}

#[tokio::test]
async fn unexpected_fields_are_ignored() {
    let service = Service::start().await;
    let mut form = typed("ada", "ada@example.com", PASSWORD, PASSWORD);
    form.extend([("id", "77"), ("disabled_at", "1"), ("joined_at", "0"), ("is_admin", "1"), ("_method", "DELETE")]);
    service.visitor().submit("/register", "/register", &form).await;
    let ada = service.ports().users.find_by_username(&"ada".parse_name()).await.unwrap().unwrap();
    assert_eq!((ada.id.get(), ada.disabled_at), (1, None));
    assert_eq!(ada.joined_at.as_millis(), 1_767_225_600_000, "the time of the server's clock");
}

#[tokio::test]
async fn long_and_unicode_passwords_are_not_truncated() {
    let service = Service::start().await;
    let long = format!("{}A", "otter marble seven lamp ".repeat(42)); // 1,009 code points
    let other = format!("{}B", &long[..long.len() - 1]);
    for (username, password) in [("ada", "lowercase words only"), ("ben", "🦦🍲🎹🪔🛶🧵🪨🧊"), ("cleo", long.as_str())]
    {
        let visitor = service.visitor();
        assert_eq!(visitor.register(username, password).await.path, "/", "{username}");
        visitor.submit("/", "/logout", &[]).await;
        assert!(visitor.log_in(username, password).await.text.contains("Welcome back"), "{username}");
    }
    let page = service.visitor().log_in("cleo", &other).await;
    assert_eq!(page.status, 422, "the last character counts");
}

#[tokio::test]
async fn overlong_password_is_reported_at_the_field() {
    let service = Service::start().await;
    let long = "x".repeat(1_025);
    let page = service.visitor().submit("/register", "/register", &typed("ada", "a@example.com", &long, &long)).await;
    assert_page(&page, 422, "Please choose a password of at most 1,024 characters.");
}

#[tokio::test]
async fn password_policy_setting_applies_and_is_shown() {
    let policy = accounts::PasswordPolicy::strict().with_site_words(["Soupkitchen"]);
    let service = Service::with(|builder| builder.password_policy(policy)).await;
    let visitor = service.visitor();
    assert_page(&visitor.get("/register").await, 200, "At least 15 characters.");
    for (password, message) in [
        ("marble otter 7", "Please choose a password of at least 15 characters."),
        ("soupkitchensoup", "easy to guess: it is made of your own name, your address or this site's name."),
    ] {
        let form = typed("ada", "ada@example.com", password, password);
        assert_page(&visitor.submit("/register", "/register", &form).await, 422, message);
    }
}

#[tokio::test]
async fn user_at_the_registration_page_is_redirected() {
    let service = Service::with(|builder| builder.after_log_in("/home")).await;
    let ada = service.ada().await;
    assert_eq!(ada.get("/register").await.path, "/home");
}

#[tokio::test]
async fn stored_hash_is_salted() {
    let service = Service::start().await;
    for name in ["ada", "ben"] {
        service.register(name, PASSWORD).await;
    }
    let hash = async |email: &str| {
        let found = service.ports().credentials.find_by_email(&email.parse_email()).await.unwrap();
        found.unwrap().hash.expose().to_owned()
    };
    let (one, other) = (hash("ada@example.com").await, hash("ben@example.com").await);
    assert!(one.starts_with("$pbkdf2-sha256$i=1000,l=32$"), "{one}");
    assert_ne!(one, other);
}

trait Names {
    fn parse_name(&self) -> accounts::Username;
    fn parse_email(&self) -> accounts::Email;
}

impl Names for str {
    fn parse_name(&self) -> accounts::Username {
        accounts::Username::parse(self).unwrap()
    }

    fn parse_email(&self) -> accounts::Email {
        accounts::Email::parse(self).unwrap()
    }
}
