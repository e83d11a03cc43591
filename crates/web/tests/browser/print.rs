//! A party and its invitation on paper: the link as a QR code, and nothing to press.

use test_support::browser::{Person, Scripts};

use crate::common::TestApp;
use crate::steps::{arrive, at};

test_support::with_and_without_scripts! {
    paper_has_the_qr_code_and_nothing_to_press
}

/// Asserts that a printed page shows an element for each selector of `shown`, and none for `hidden`.
async fn assert_paper(person: &Person, shown: &[&str], hidden: &[&str]) {
    person.browser().set_print().await.unwrap();
    for (selectors, is_shown) in [(shown, true), (hidden, false)] {
        for selector in selectors {
            let script = format!(
                "const all = [...document.querySelectorAll({selector:?})];
                return [all.length > 0, all.some(element => element.checkVisibility())]"
            );
            let found = person.browser().evaluate(&script, Vec::new()).await.unwrap();
            assert_eq!(found, serde_json::json!([true, is_shown]), "{selector}");
        }
    }
}

/// The text of an element that nothing cuts off.
async fn whole_text(person: &Person, selector: &str) -> String {
    let script = format!(
        "const element = document.querySelector({selector:?});
        return element.scrollWidth <= element.clientWidth ? element.textContent : 'cut off'"
    );
    let text = person.browser().evaluate(&script, Vec::new()).await.unwrap();
    text.as_str().unwrap().to_owned()
}

async fn paper_has_the_qr_code_and_nothing_to_press(scripts: Scripts) {
    let app = TestApp::on_sqlite().await;
    let ada = arrive(&app, "ada", scripts).await;
    let party = app.add_party(app.id_of("ada").await, |_| ()).await;
    let page = format!("/parties/{party}");
    ada.opens(&at(&app, &page)).await;
    let shown = [".qr", "h1", ".details", "ol.people", ".on-paper"];
    assert_paper(&ada, &shown, &["button", ".until", "nav", ".take-along", "#share-link"]).await;
    let link = app.log_in("ada").await.get(&page).await.attributes("input[data-share]", "value").concat();
    let path = link.strip_prefix(&app.server.url("")).unwrap();
    assert!(whole_text(&ada, ".on-paper").await.ends_with(path), "the browser has another name of this machine");
    let ben = Person::arrives("ben", scripts).await;
    ben.opens(&at(&app, path)).await;
    assert_paper(&ben, &[".invited", "h1", ".details"], &[".button", ".answer", "nav"]).await;
}
