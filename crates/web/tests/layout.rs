//! The layout around every page: its navigation.

use crate::common::TestApp;

test_support::on_both_engines! { TestApp:
    navigation_marks_the_link_to_the_page_itself
}

async fn navigation_marks_the_link_to_the_page_itself(app: TestApp) {
    let zoe = app.user("Zoë").await;
    app.user("ada").await;
    for (path, current) in [
        ("/", &[][..]),
        ("/rsvp", &["Parties"]),
        ("/rsvp?q=soup", &["Parties"]),
        ("/host", &["Host"]),
        ("/user/Zo%C3%AB", &["Zoë"]),
        ("/user/ada", &[]),
        ("/people", &[]),
        ("/account", &["Account"]),
    ] {
        let page = zoe.get(path).await;
        assert_eq!(page.texts("nav[aria-label=Main] a"), ["Parties", "Host", "Zoë", "Account"], "{path}");
        assert_eq!(page.texts("[aria-current=page]"), current, "{path}");
    }
}
