//! The link of a party: links that open nothing, and the host's new link.

use poem::http::Method;

use super::invitation_path;
use crate::common::{TestApp, assert_page, flash, host, post};

test_support::on_both_engines! { TestApp:
    wrong_or_truncated_link_gets_a_sentence
    replaced_link_opens_nothing
    link_is_replaced_by_its_host_alone
}

async fn wrong_or_truncated_link_gets_a_sentence(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let (truncated, longer) = (&path[..path.len() - 1], format!("{path}A"));
    let unknown = format!("/i/{}A", "B".repeat(21));
    for wrong in [truncated, &longer, &unknown, "/i/1", "/i/%00", "/i/%ff%fe", "/i/%F0%9F%8D%B2"] {
        for client in [&app.visitor(), &ben] {
            let page = client.get(wrong).await;
            assert_eq!(page.status, 404, "{wrong}");
            if !wrong.contains("%ff") {
                assert_page(&page, 404, "The link may be cut off");
            }
        }
        let response = post(&ben, &format!("{wrong}/rsvp"), &[("answer", "yes")]).await;
        assert_eq!(response.status, 404, "POST {wrong}");
    }
    assert_eq!(ben.get("/i/").await.status, 404);
}

async fn replaced_link_opens_nothing(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let old = invitation_path(&app, &ada, &party).await;
    let page = format!("/parties/{party}");
    let before = ada.get(&page).await;
    assert!(before.text.contains("The old link stops working at once"), "{}", before.text);

    let after = ada.submit(&page, &format!("{page}/link"), &[]).await;

    assert_eq!(
        (after.path.as_str(), flash(&after)),
        (page.as_str(), "Here's your new link. The old one doesn't work anymore.".into())
    );
    let new = invitation_path(&app, &ada, &party).await;
    assert_ne!(new, old);
    for client in [&app.visitor(), &ben] {
        assert_page(&client.get(&old).await, 404, "The link may be cut off");
        assert_page(&client.get(&new).await, 200, "Can you make it?");
    }
    assert_page(&post(&ben, &format!("{old}/rsvp"), &[("answer", "yes")]).await, 404, "This invitation doesn't work");
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1);
}

async fn link_is_replaced_by_its_host_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let link = format!("/parties/{party}/link");
    let before = invitation_path(&app, &ada, &party).await;
    assert_page(&post(&ben, &link, &[]).await, 404, "This page doesn't exist");
    assert_page(&post(&ada, "/parties/99/link", &[]).await, 404, "This page doesn't exist");
    assert!(!ben.get(&format!("/parties/{party}")).await.html.contains("/i/"), "other viewers do not see the link");
    let get = ada.send(ada.request(Method::GET, &link)).await;
    assert_eq!((get.status, get.header("location")), (303, Some("/parties/1")));
    assert_eq!(invitation_path(&app, &ada, &party).await, before);
}
