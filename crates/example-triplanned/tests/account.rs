//! The account page in TriPlanned's layout, with TriPlanned's section.

use accounts::serde_json::{Value, from_str, json};

use crate::common::{PASSWORD, TestSite, post};

test_support::on_both_engines! { TestSite:
    account_page_shows_the_latest_postcard
    export_has_the_postcards_and_the_home
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

async fn export_has_the_postcards_and_the_home(site: TestSite) {
    let (ada, ben) = (site.guest(), site.user("ben").await); // Ben leaves the field blank
    let form = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    ada.submit("/register", "/register", &[&form[..], &[("home", "Łódź")]].concat()).await;
    ada.log_in("ada", PASSWORD).await;
    post(&ada, "ada", &[]).await;
    let export = async |client: &accounts::test_kit::TestClient| {
        from_str::<Value>(&client.get("/account/export").await.html).unwrap()
    };
    let (of_ada, of_ben) = (export(&ada).await, export(&ben).await);
    assert_eq!((&of_ada["homes"], &of_ada["posts"][0]["city"]), (&json!([{ "place": "Łódź" }]), &json!("Lisbon")));
    assert_eq!((&of_ben["homes"], &of_ben["posts"]), (&json!([]), &json!([])));
}
