//! What the list offers its host, by the state and the visibility of the party, and by its guests.

use std::time::Duration;

use accounts::test_kit::TestClient;
use domain::party::GuestCommand;

use super::command;
use crate::common::{START, TestApp, host, post};

test_support::on_both_engines! { TestApp:
    empty_list_names_the_link_only_where_it_lets_in
    message_is_offered_where_it_has_readers
}

async fn empty_list_names_the_link_only_where_it_lets_in(app: TestApp) {
    let ada = app.user("ada").await;
    let empty = async |ada: &TestClient, party: &str, query: &str| {
        let page = ada.get(&format!("/parties/{party}/guests{query}")).await;
        assert_eq!(page.texts(".empty").len(), 1, "{}", page.html);
        let links = page.attributes(".empty a", "href");
        if let Some(link) = links.first() {
            assert_eq!(ada.get(link).await.texts("#share").len(), 1, "{link}");
        }
        (page.texts(".empty").concat().replace(" ,", ",").replace(" .", "."), links.len())
    };
    let to_link = "Nobody has answered yet. Send your friends the link on the party's page";
    let by_name = "Nobody is invited yet. Only people you invite by name can open this party";
    for (visibility, text, more, links) in [
        ("listed", to_link, ", or invite someone here.", 1),
        ("link", to_link, ", or invite someone here.", 1),
        ("invitation", by_name, ": invite the first one here.", 0),
    ] {
        let party = host(&ada, "ada", &[("visibility", visibility)]).await;
        assert_eq!(empty(&ada, &party, "").await, (format!("{text}{more}"), links), "{visibility}");
        assert_eq!(empty(&ada, &party, "?all=1").await, (format!("{text}."), links), "{visibility}, on paper");
    }
    let (cancelled, open) = (host(&ada, "ada", &[]).await, "1");
    post(&ada, &format!("/parties/{cancelled}/cancel"), &[]).await;
    assert_eq!(empty(&ada, &cancelled, "").await, ("Nobody has answered.".into(), 0));
    let start = app.stored_party(open).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance(start.since(START));
    let ada = app.log_in("ada").await;
    let add = "Nobody has answered, and RSVPs are closed. You can still add someone here.";
    assert_eq!(empty(&ada, open, "").await, (add.into(), 0), "under way");
    app.clock.advance(Duration::from_hours(5));
    assert_eq!(empty(&ada, open, "").await, ("Nobody has answered.".into(), 0), "over");
}

async fn message_is_offered_where_it_has_readers(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let (ben, cyd) = (app.add_user("ben").await, app.add_user("cyd").await);
    let link = format!("a[href='/parties/{party}/guests/message']");
    let is_offered = async || !ada.get(&format!("/parties/{party}/guests")).await.texts(&link).is_empty();
    assert!(!is_offered().await, "nobody is on the list");
    app.answer(&party, ben, GuestCommand::Decline).await;
    app.answer(&party, cyd, GuestCommand::Maybe).await;
    assert!(is_offered().await);
    command(&ada, &party, "remove", &[("guest", "cyd")]).await;
    assert!(!is_offered().await, "one declined, and one is removed");
}
