//! The account page in TriPlanned's layout, with TriPlanned's section.

use crate::common::{TestSite, post};

test_support::on_both_engines! { TestSite:
    account_page_shows_the_latest_postcard
}

async fn account_page_shows_the_latest_postcard(site: TestSite) {
    let (ada, ben) = (site.user("ada").await, site.user("ben").await);
    assert!(ada.get("/account").await.text.contains("None yet. Post a place"));
    post(&ada, "ada", &[("city", "<Lisbon>")]).await;
    post(&ada, "ada", &[("city", "Kyoto & more")]).await;
    post(&ben, "ben", &[("city", "Lyon")]).await;
    let page = ada.get("/account").await;
    assert_eq!(page.texts(".account-section h2"), ["Your postcards"]);
    assert!(page.text.contains("The latest one is from Kyoto & more ."), "{}", page.text);
    assert_eq!(page.texts("header nav [aria-current=page]"), ["Account"]);
    assert_eq!(page.attributes(".account-section a", "href"), ["/user/ada"]);
}
