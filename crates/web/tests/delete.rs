//! Leaving DinnerParty: a host with parties to come is refused, a guest gives up seats, and what is over stays under another name.

use accounts::serde_json::{Value, from_str};
use accounts::test_kit::{TestClient, TestResponse};

use crate::common::{TestApp, assert_page, host, post};

test_support::on_both_engines! { TestApp:
host_with_a_party_to_come_is_refused_with_its_name
guest_leaves_and_the_seat_is_free_for_others
deleted_host_has_a_page_and_no_place_in_the_list_of_people
export_has_the_parties_and_the_answers }

async fn delete(client: &TestClient) -> TestResponse {
    client.submit("/account/delete", "/account/delete", &[]).await
}

async fn host_with_a_party_to_come_is_refused_with_its_name(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let page = ada.get("/account/delete").await;
    assert_page(&page, 200, "You give up your seats at parties to come, at once.");
    let sentence = "You host a dinner party that isn't over yet: Ratatouille on Saturday 14 March 2026, 19:00 (Berlin time). \
        You can delete your account once it's over, or cancel it and delete your account then.";
    assert_page(&delete(&ada).await, 422, sentence);
    assert_page(&ada.get("/host").await, 200, "Host a dinner party");
}

async fn guest_leaves_and_the_seat_is_free_for_others(app: TestApp) {
    let (ada, ben, cleo) = (app.user("ada").await, app.user("ben").await, app.user("cleo").await);
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    post(&ben, "/rsvp", &[("party_id", &party)]).await;
    post(&cleo, "/rsvp", &[("party_id", &party)]).await;
    assert_eq!(app.stored_party(&party).await.unwrap().guests[0].username.as_str(), "ben");
    let page = delete(&ben).await;
    assert!(page.text.contains("Your account will be deleted in 14 days."), "{}", page.text);
    post(&cleo, "/rsvp", &[("party_id", &party)]).await;
    assert_eq!(app.stored_party(&party).await.unwrap().guests[0].username.as_str(), "cleo");
    let back = app.log_in("ben").await;
    let list = back.get("/rsvp").await;
    assert!(list.text.contains("cleo") && !list.text.contains("You're coming"), "{}", list.text);
}

async fn deleted_host_has_a_page_and_no_place_in_the_list_of_people(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    post(&ben, "/rsvp", &[("party_id", &party)]).await;
    app.advance_days(100);
    let ada = app.log_in("ada").await;
    delete(&ada).await;
    app.advance_days(14);
    assert_eq!(app.endpoint().maintenance().run_once().await.failures, 0);
    let ben = app.log_in("ben").await;
    assert_eq!(ben.get("/user/ada").await.status, 404);
    for path in ["/user/deleted-1", "/user/DELETED-1"] {
        assert_page(&ben.get(path).await, 200, "This account is deleted.");
    }
    for path in ["/user/deleted-2", "/user/deleted-77", "/user/deleted-ada"] {
        assert_eq!(ben.get(path).await.status, 404, "{path}");
    }
    let people = ben.get("/people").await;
    assert!(people.text.contains("ben") && !people.text.contains("deleted-1"), "{}", people.text);
    assert_page(&ben.get(&format!("/parties/{party}")).await, 200, "deleted-1");
}

async fn export_has_the_parties_and_the_answers(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    post(&ben, "/rsvp", &[("party_id", &party)]).await;
    let export = async |client: &TestClient| from_str::<Value>(&client.get("/account/export").await.html).unwrap();
    let (of_ada, of_ben) = (export(&ada).await, export(&ben).await);
    let hosted = &of_ada["hosted_parties"][0];
    assert_eq!((&hosted["main_dish"], &hosted["starts_at"]), (&"Ratatouille".into(), &"2026-03-14T18:00:00Z".into()));
    assert_eq!((&hosted["taken"], &of_ada["answers"]), (&2.into(), &Value::Array(Vec::new())));
    let answer = &of_ben["answers"][0];
    assert_eq!((&answer["host"], &answer["answer"], &answer["heads"]), (&"ada".into(), &"seated".into(), &1.into()));
    assert!(!of_ada.to_string().contains("ben"), "guests' data are their own");
}
