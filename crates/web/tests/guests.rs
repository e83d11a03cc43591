//! `/parties/{id}/guests`: the host's list of everyone with an answer, and the forms that change it.

mod offered;
mod refused;
mod texts;

use accounts::test_kit::TestResponse;
use domain::party::{Answer, GuestCommand, Heads};

use crate::common::{TestApp, assert_page, flash, host, post};

test_support::on_both_engines! { TestApp:
    list_has_a_part_for_each_answer_with_counts_and_names
    empty_list_says_what_to_do_next
    long_list_has_pages_of_50_and_one_to_print
    guest_is_invited_by_name
    guest_is_added_by_hand
    name_that_nobody_has_is_refused_beside_the_field
    refused_guest_has_the_reason_beside_its_field
    guest_is_removed_after_a_page_that_asks
    removal_seats_the_next_on_the_waiting_list
    removed_guest_is_let_back_in
    list_of_a_party_that_is_over_stays_as_it_is
    list_of_a_cancelled_party_has_no_form_but_removes
    pages_exist_for_the_host_alone
    file_has_a_line_for_each_guest
    guest_who_leaves_cannot_be_named
    guest_who_leaves_can_be_removed
    odd_values_cause_no_server_error
}

async fn command(
    client: &accounts::test_kit::TestClient,
    party: &str,
    command: &str,
    form: &[(&str, &str)],
) -> TestResponse {
    let response = post(client, &format!("/parties/{party}/guests/{command}"), form).await;
    match response.header("location") {
        Some(path) => client.get(path).await,
        None => response,
    }
}

fn sections(page: &TestResponse) -> Vec<String> {
    page.texts(".guest-list h2")
}

/// The names on the page, with the notes beside them.
fn names(page: &TestResponse) -> Vec<String> {
    page.texts(".guest-list li > span")
}

async fn list_has_a_part_for_each_answer_with_counts_and_names(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "4"), ("max_companions", "2")]).await;
    let two = Heads::new(2).unwrap();
    for (name, guest) in [
        ("ben", GuestCommand::Accept(two)),
        ("cyd", GuestCommand::Accept(Heads::ONE)),
        ("dan", GuestCommand::Accept(two)),
        ("eva", GuestCommand::Accept(Heads::ONE)),
        ("fay", GuestCommand::Maybe),
        ("gus", GuestCommand::Decline),
    ] {
        app.answer(&party, app.add_user(name).await, guest).await;
    }
    for name in ["ira", "jon"] {
        app.add_user(name).await;
        command(&ada, &party, "invite", &[("guest", name)]).await;
    }
    command(&ada, &party, "remove", &[("guest", "jon")]).await;

    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert_page(
        &page,
        200,
        "4 of 4 seats taken · 2 coming · 2 waiting · 1 maybe · 1 no reply · 1 can't make it · 1 removed",
    );
    let headings = ["Coming (2)", "Waiting (2)", "Maybe (1)", "No reply (1)", "Can't make it (1)", "Removed (1)"];
    assert_eq!(sections(&page), headings);
    let people = ["ben with 1", "cyd", "dan number 1, with 1", "eva number 2", "fay", "ira", "gus", "jon"];
    assert_eq!(names(&page), people);
    assert_eq!(page.texts(".guest-list li .button").len(), 7, "each but the removed one can be removed");
    assert_eq!(page.texts(".guest-list li button"), ["Let back in : jon"]);
}

async fn empty_list_says_what_to_do_next(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert_page(&page, 200, "Nobody has answered yet.");
    assert_eq!(page.texts(".name-guest button"), ["Invite", "Add to the table"]);
    assert_eq!(page.texts(".name-guest label"), ["Username"], "nobody may bring anyone");
    assert_eq!(page.texts(".guest-list, .pager").len(), 0);
    // The page of a cancelled party has no link to send.
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;
    assert_eq!(ada.get(&format!("/parties/{party}/guests")).await.texts(".empty"), ["Nobody has answered."]);
}

async fn long_list_has_pages_of_50_and_one_to_print(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "100")]).await;
    for n in 0..52 {
        let guest = app.add_user(&format!("guest{n:02}")).await;
        let answer = if n < 51 { GuestCommand::Accept(Heads::ONE) } else { GuestCommand::Maybe };
        app.answer(&party, guest, answer).await;
    }
    let path = format!("/parties/{party}/guests");
    let first = ada.get(&path).await;
    assert_eq!((names(&first).len(), sections(&first)), (50, vec!["Coming (51)".to_owned()]));
    assert_eq!(first.attributes(".pager a", "href"), [format!("{path}?page=2")]);
    let second = ada.get(&format!("{path}?page=2")).await;
    assert_eq!(names(&second), ["guest50", "guest51"]);
    assert_eq!(sections(&second), ["Coming (51)", "Maybe (1)"]);
    let all = ada.get(&format!("{path}?all=1")).await;
    assert_eq!((names(&all).len(), all.texts(".guest-list button, .guest-list .button, .name-guest").len()), (52, 0));
    for number in ["0", "-1", "99", "x", "9223372036854775807", "1&page=2"] {
        assert_page(&ada.get(&format!("{path}?page={number}")).await, 200, "Guests");
    }
}

async fn guest_is_invited_by_name(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("visibility", "invitation")]).await;
    assert_eq!(ben.get(&format!("/parties/{party}")).await.status, 404);
    let list = format!("/parties/{party}/guests");
    for typed in [" BEN ", "ben"] {
        let page = ada.submit(&list, &format!("{list}/invite"), &[("guest", typed)]).await;
        assert_eq!((page.path.as_str(), flash(&page).as_str()), (&*list, "You invited ben."), "{typed}");
        assert_eq!(names(&page), ["ben"]);
    }
    assert_eq!(ben.get(&format!("/parties/{party}")).await.status, 200, "the party is the guest's to see now");
    let again = command(&ada, &party, "add", &[("guest", "ben"), ("heads", "")]).await;
    assert_eq!(flash(&again), "ben is coming.");
    let answered = command(&ada, &party, "invite", &[("guest", "ben")]).await;
    assert_eq!(flash(&answered), "ben is on your list already. Nothing changed.");
}

async fn guest_is_added_by_hand(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "4"), ("max_companions", "2")]).await;
    let ben = app.add_user("ben").await;
    let page = command(&ada, &party, "add", &[("guest", "ben"), ("heads", "3")]).await;
    assert_eq!(flash(&page), "ben is coming.");
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Seated(Heads::new(3).unwrap())));
    let page = command(&ada, &party, "add", &[("guest", "ben"), ("heads", "1")]).await;
    assert_eq!(flash(&page), "ben is on your list already. Nothing changed.");
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Seated(Heads::new(3).unwrap())));
}

async fn name_that_nobody_has_is_refused_beside_the_field(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("max_companions", "2")]).await;
    let unknown =
        |name: &str| format!("Nobody here is called “{name}”. Please check the spelling, or send them the link.");
    let nobody = unknown("nobody");
    let odd = unknown("a b");
    for (typed, message) in [
        ("nobody", nobody.as_str()),
        ("a b", &odd),
        ("", "Who is it? Please type a username."),
        (" \u{200b} ", "Who is it? Please type a username."),
    ] {
        for form in ["add", "invite"] {
            let page = command(&ada, &party, form, &[("guest", typed), ("heads", "2")]).await;
            assert_page(&page, 422, "Please check what you typed:");
            assert_eq!(page.texts("title"), ["Error: Guests - DinnerParty"]);
            assert_eq!(page.texts("#guest-note.field-error"), [message], "{typed:?} {form}");
            assert_eq!(page.attributes("#guest, #heads", "value"), [typed, "2"], "{typed:?} {form}");
        }
    }
}

async fn refused_guest_has_the_reason_beside_its_field(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "3"), ("max_companions", "3")]).await;
    for name in ["ben", "cyd"] {
        app.add_user(name).await;
    }
    command(&ada, &party, "add", &[("guest", "cyd")]).await;
    command(&ada, &party, "remove", &[("guest", "cyd")]).await;
    for (form, guest, heads, field, message) in [
        ("add", "ada", "1", "guest", "You're hosting this one. Your seat is already counted."),
        ("invite", "ada", "1", "guest", "You're hosting this one. Your seat is already counted."),
        ("add", "cyd", "1", "guest", "You removed cyd from this party. Let them back in first."),
        ("invite", "cyd", "1", "guest", "You removed cyd from this party. Let them back in first."),
        ("add", "ben", "5", "heads", "Each guest can bring up to 3."),
        ("add", "ben", "3", "heads", "Raise the seats first."),
        ("add", "ben", "0", "heads", "Please choose between 1 and 10 people."),
        ("add", "ben", "11", "heads", "Please choose between 1 and 10 people."),
        ("add", "ben", "-5", "heads", "Please choose between 1 and 10 people."),
        ("add", "ben", "1.5", "heads", "Please use digits for the number of people."),
        ("add", "ben", "two", "heads", "Please use digits for the number of people."),
        ("add", "ben", "1180591620717411303424", "heads", "Please choose between 1 and 10 people."),
    ] {
        let page = command(&ada, &party, form, &[("guest", guest), ("heads", heads)]).await;
        assert_eq!(page.status, 422, "{form} {guest} {heads}: {}", page.text);
        assert_eq!(page.texts(&format!("#{field}-note.field-error")), [message], "{form} {guest} {heads}");
        assert_eq!(page.attributes("#guest, #heads", "value"), [guest, heads]);
    }
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1);
}

async fn guest_is_removed_after_a_page_that_asks(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("max_companions", "2")]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::new(3).unwrap())).await;
    let list = ada.get(&format!("/parties/{party}/guests")).await;
    let ask = list.attributes(".guest-list li .button", "href").concat();
    let page = ada.get(&ask).await;
    assert_page(&page, 200, "Remove ben?");
    assert!(page.text.contains("ben's 3 seats are free then. ben will see a notice"), "{}", page.text);
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Seated(Heads::new(3).unwrap())), "the page asks");
    let action = format!("/parties/{party}/guests/remove");
    for _ in 0..2 {
        let list = ada.submit_on(&page, &action, &[]).await;
        assert_eq!((sections(&list), flash(&list)), (vec!["Removed (1)".to_owned()], "You removed ben.".to_owned()));
    }
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Removed));
    for guest in ["ben", "ada", "nobody", "", "%00"] {
        let page = ada.get(&format!("{action}?guest={guest}")).await;
        assert_eq!(flash(&page), "There is no such guest on your list.", "{guest}");
    }
    for guest in ["nobody", ""] {
        assert_eq!(
            flash(&command(&ada, &party, "remove", &[("guest", guest)]).await),
            "There is no such guest on your list."
        );
    }
}

async fn removal_seats_the_next_on_the_waiting_list(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let (ben, cyd) = (app.add_user("ben").await, app.add_user("cyd").await);
    for guest in [ben, cyd] {
        app.answer(&party, guest, GuestCommand::Accept(Heads::ONE)).await;
    }
    let page = command(&ada, &party, "remove", &[("guest", "ben")]).await;
    assert_eq!(sections(&page), ["Coming (1)", "Removed (1)"]);
    assert_eq!(app.answer_of(&party, cyd).await, Some(Answer::Seated(Heads::ONE)));
}

async fn removed_guest_is_let_back_in(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    command(&ada, &party, "remove", &[("guest", "ben")]).await;
    let list = ada.get(&format!("/parties/{party}/guests")).await;
    let action = format!("/parties/{party}/guests/reinstate");
    let page = ada.submit_on(&list, &action, &[("guest", "ben")]).await;
    assert_eq!(
        (sections(&page), flash(&page)),
        (vec!["No reply (1)".to_owned()], "ben is on your list again, as invited.".to_owned())
    );
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Invited));
    let again = ada.submit_on(&list, &action, &[("guest", "ben")]).await;
    assert_eq!(flash(&again), "ben is on your list already. Nothing changed.", "a second press");
}

async fn list_of_a_party_that_is_over_stays_as_it_is(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("date", "2026-01-01"), ("time", "03:00")]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    app.clock.advance(std::time::Duration::from_hours(2)); // under way
    assert_eq!(flash(&command(&ada, &party, "remove", &[("guest", "ben")]).await), "You removed ben.");
    command(&ada, &party, "reinstate", &[("guest", "ben")]).await;
    assert_eq!(flash(&command(&ada, &party, "add", &[("guest", "ben")]).await), "ben is coming.");
    app.clock.advance(std::time::Duration::from_hours(5));
    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert_page(&page, 200, "That dinner party has already happened. The list stays as it is.");
    assert_eq!(page.texts(".name-guest, .guest-list li .button, .guest-list li button").len(), 0);
    for form in ["add", "invite", "reinstate"] {
        let page = command(&ada, &party, form, &[("guest", "ben")]).await;
        assert_page(&page, 422, "That dinner party has already happened.");
    }
    let asked = ada.get(&format!("/parties/{party}/guests/remove?guest=ben")).await;
    assert_eq!(flash(&asked), "That dinner party has already happened.");
    assert_eq!(
        flash(&command(&ada, &party, "remove", &[("guest", "ben")]).await),
        "That dinner party has already happened."
    );
    assert_eq!(app.answer_of(&party, ben).await, Some(Answer::Seated(Heads::ONE)));
}

async fn list_of_a_cancelled_party_has_no_form_but_removes(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let ben = app.add_user("ben").await;
    app.answer(&party, ben, GuestCommand::Accept(Heads::ONE)).await;
    post(&ada, &format!("/parties/{party}/cancel"), &[]).await;
    let page = ada.get(&format!("/parties/{party}/guests")).await;
    assert_page(&page, 200, "You cancelled this dinner party. Restore it to add or invite someone.");
    assert_eq!(page.texts(".name-guest").len(), 0);
    for form in ["add", "invite"] {
        let page = command(&ada, &party, form, &[("guest", "ben")]).await;
        assert_page(&page, 422, "You cancelled this dinner party. You can restore it until it would have begun.");
    }
    assert_eq!(flash(&command(&ada, &party, "remove", &[("guest", "ben")]).await), "You removed ben.");
}

async fn pages_exist_for_the_host_alone(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    for party in [&*party, "77", "abc", "01", "1180591620717411303424"] {
        for path in ["guests", "guests.csv", "guests?all=1", "guests/kitchen", "guests/remove?guest=ada"] {
            assert_page(&ben.get(&format!("/parties/{party}/{path}")).await, 404, "This page doesn't exist");
        }
        for path in ["add", "invite", "remove", "reinstate"] {
            for guest in ["ben", "nobody", ""] {
                let page = post(&ben, &format!("/parties/{party}/guests/{path}"), &[("guest", guest)]).await;
                assert_page(&page, 404, "This page doesn't exist");
            }
        }
    }
}

async fn file_has_a_line_for_each_guest(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    for name in ["ben", "zoe"] {
        app.answer(&party, app.add_user(name).await, GuestCommand::Accept(Heads::ONE)).await;
    }
    let file = ada.get(&format!("/parties/{party}/guests.csv")).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(file.header("content-disposition"), Some(&*format!("attachment; filename=\"guests-{party}.csv\"")));
    let lines = "\u{feff}\"Name\",\"Answer\",\"People\",\"Number on the waiting list\",\"Note\",\"Allergies\"\r\n\
        \"ben\",\"Coming\",\"1\",\"\",\"\",\"\"\r\n\"zoe\",\"Waiting\",\"1\",\"1\",\"\",\"\"\r\n";
    assert_eq!(file.html.trim_start_matches('\u{feff}'), lines.trim_start_matches('\u{feff}'));
}

async fn guest_who_leaves_cannot_be_named(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    ben.submit("/account/delete", "/account/delete", &[]).await;
    for form in ["add", "invite"] {
        let page = command(&ada, &party, form, &[("guest", "ben")]).await;
        assert_page(&page, 422, "Nobody here is called “ben”.");
    }
}

async fn guest_who_leaves_can_be_removed(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    app.seat(&party, app.id_of("ben").await).await;
    ben.submit("/account/delete", "/account/delete", &[]).await;
    assert_eq!(sections(&ada.get(&format!("/parties/{party}/guests")).await), ["Can't make it (1)"]);
    let page = command(&ada, &party, "remove", &[("guest", "ben")]).await;
    assert_eq!((sections(&page), flash(&page)), (vec!["Removed (1)".to_owned()], "You removed ben.".to_owned()));
}

async fn odd_values_cause_no_server_error(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for value in ["\0", "\u{202e}", "\r\n", "'", "\"<b>", "%", "\u{10ffff}", &"9".repeat(400), &"ﷺ".repeat(5_000)] {
        for (path, field) in
            [("add", "guest"), ("add", "heads"), ("invite", "guest"), ("remove", "guest"), ("reinstate", "guest")]
        {
            let form = if field == "heads" { vec![("guest", "ada"), (field, value)] } else { vec![(field, value)] };
            let page = command(&ada, &party, path, &form).await;
            assert!(page.status < 500, "{path} {field}={value:.20?}: {}", page.status);
        }
        let query: String = url::form_urlencoded::byte_serialize(value.as_bytes()).take(300).collect();
        assert!(ada.get(&format!("/parties/{party}/guests/remove?guest={query}")).await.status < 500);
    }
}
