//! `/register`: only what is DinnerParty's own about it. The rest is tested in `accounts`.

use accounts::{Password, PasswordPolicy};

use crate::common::{PASSWORD, TestApp, assert_page, flash};

test_support::on_both_engines! { TestApp:
    the_forms_stand_in_our_layout
    our_own_name_makes_no_password
    the_address_of_a_page_is_nobodys_name
}

async fn the_forms_stand_in_our_layout(app: TestApp) {
    let guest = app.visitor();
    for (path, title) in [("/register", "Register - DinnerParty"), ("/login", "Log in - DinnerParty")] {
        let page = guest.get(path).await;
        assert_page(&page, 200, "Email");
        assert_eq!(page.texts("title"), [title]);
        assert_eq!(page.texts("nav[aria-label=Main] a"), ["Log in", "Register"]);
    }
    let page = guest.register("ada", PASSWORD).await;
    assert_page(&page, 200, "Your account is ready. Log in to continue.");
    assert_eq!((page.path.as_str(), flash(&page).as_str()), ("/login", "Your account is ready. Log in to continue."));
}

async fn our_own_name_makes_no_password(app: TestApp) {
    let typed = "dinnerparty-dinnerparty";
    let anywhere = PasswordPolicy::default().check(&Password::parse(typed.to_owned()).unwrap(), &[]);
    assert!(anywhere.is_ok(), "elsewhere it may be hard enough to guess");

    let page = app.visitor().register("ada", typed).await;

    assert_page(&page, 422, "That password is easy to guess");
    assert!(!page.html.contains(typed));
}

async fn the_address_of_a_page_is_nobodys_name(app: TestApp) {
    for name in ["rsvp", "Parties", "HEALTH", "assets", "user"] {
        assert_page(&app.visitor().register(name, PASSWORD).await, 422, "That username is reserved.");
    }
}
