//! `/register`: what DinnerParty configures. The rest is tested in `accounts`.

use accounts::{Password, PasswordPolicy};

use crate::common::{PASSWORD, TestApp, assert_page, flash};

test_support::on_both_engines! { TestApp:
    account_forms_are_in_our_layout
    product_name_is_no_password
    paths_of_pages_are_reserved_usernames
}

async fn account_forms_are_in_our_layout(app: TestApp) {
    let visitor = app.visitor();
    for (path, title) in [("/register", "Register - DinnerParty"), ("/login", "Log in - DinnerParty")] {
        let page = visitor.get(path).await;
        assert_page(&page, 200, "Password");
        assert_eq!(page.texts("title"), [title]);
        assert_eq!(page.texts("nav[aria-label=Main] a"), ["Log in", "Register"]);
        let page = visitor.get(&format!("{path}?next=%2Fparties%2F1")).await;
        let back = "?next=%2Fparties%2F1";
        let links = page.attributes("nav[aria-label=Main] a", "href");
        assert_eq!(links, [format!("/login{back}"), format!("/register{back}")], "the header leads back too");
    }
    let page = visitor.register("ada", PASSWORD).await;
    assert_page(&page, 200, "Your account is ready. Welcome, ada.");
    assert_eq!((page.path.as_str(), flash(&page).as_str()), ("/", "Your account is ready. Welcome, ada."));
}

async fn product_name_is_no_password(app: TestApp) {
    let typed = "dinnerparty-dinnerparty";
    let anywhere = PasswordPolicy::default().ensure_acceptable(&Password::parse(typed.to_owned()).unwrap(), &[]);
    assert!(anywhere.is_ok(), "the default policy accepts it");

    let page = app.visitor().register("ada", typed).await;

    assert_page(&page, 422, "That password is easy to guess");
    assert!(!page.html.contains(typed));
}

async fn paths_of_pages_are_reserved_usernames(app: TestApp) {
    for name in ["rsvp", "Parties", "HEALTH", "assets", "user"] {
        assert_page(&app.visitor().register(name, PASSWORD).await, 422, "That username is reserved.");
    }
}
