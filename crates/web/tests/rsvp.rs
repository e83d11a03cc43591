//! `POST /rsvp`: an RSVP by button or by Party ID. The list is tested in `list`.

mod list;

use accounts::web::ReturnPath;
use domain::party::{Answer, GuestList, PartyState, Rsvp};

use crate::common::{TestApp, assert_page, flash, host, party_ids, post, press, rsvp};

test_support::on_both_engines! { TestApp:
    second_rsvp_takes_no_second_seat
    full_party_puts_guest_on_the_waiting_list
    refused_rsvp_shows_its_reason
    invalid_and_unknown_party_ids_get_the_same_message
    refused_party_id_stays_in_its_field_beside_the_message
    party_id_accepts_spaces_hash_and_leading_zeros
    refused_party_id_keeps_the_search_and_the_filter
    party_id_accepts_pasted_links_and_invisible_characters
    button_leads_back_to_its_card_on_its_page
    card_stays_in_place_after_its_button_was_pressed
    last_seat_taken_before_the_button_is_pressed_is_said
    back_redirects_only_to_pages_with_cards
}

const PARTY_ID_INVALID: &str = "Please enter a valid Party ID to RSVP!";
const DATE: &str = "Saturday 14 March 2026, 19:00 (Berlin time)";

async fn second_rsvp_takes_no_second_seat(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;

    let page = rsvp(&ben, &party).await;
    assert_page(&page, 200, &format!("You successfully RSVP'd to ada's dinner party on {DATE}!"));
    assert_eq!(page.attributes(".flash", "role"), ["status"]);
    let page = rsvp(&ben, &party).await;

    assert_eq!(flash(&page), format!("You're already going to ada's dinner party on {DATE}."));
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 2);
}

async fn full_party_puts_guest_on_the_waiting_list(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let full = host(&ada, "ada", &[("number_seats", "1")]).await;
    let list = ben.get("/rsvp").await;
    assert_eq!(list.texts("article .seats"), ["The one seat is taken"]);
    assert_eq!(list.texts("article button"), ["Join the waiting list for Ratatouille at ada's"]);

    let page = press(&ben, &list, &full).await.unwrap();

    let message = format!("ada's dinner party on {DATE} is full. You're number 1 on the waiting list.");
    assert_eq!((flash(&page), page.attributes(".flash", "role")), (message.clone(), vec!["status".to_owned()]));
    assert_eq!(page.texts("article .seats"), ["The one seat is taken, 1 waiting"]);
    assert_eq!(page.texts("article .state-waiting"), ["You're number 1 on the waiting list"]);
    assert!(page.texts("article button").is_empty(), "no button for a guest who waits");
    assert_eq!(flash(&rsvp(&ben, &full).await), message, "the same answer again");
    let stored = app.stored_party(&full).await.unwrap();
    assert_eq!((stored.summary.taken, stored.summary.waiting, stored.guests.len()), (1, 1, 0));
}

async fn refused_rsvp_shows_its_reason(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let early = host(&ada, "ada", &[("date", "2026-01-02")]).await;
    let cancelled = host(&ada, "ada", &[]).await;
    let closed = host(&ada, "ada", &[]).await;
    let removed = host(&ada, "ada", &[]).await;
    let open = host(&ada, "ada", &[]).await;
    app.advance_days(2);
    let (ada, ben) = (app.log_in("ada").await, app.log_in("ben").await);
    let id = app.id_of("ben").await;
    app.update_party(&cancelled, id, |party, _| party.state = PartyState::Cancelled).await;
    app.update_party(&closed, id, |party, _| party.rsvp_deadline = domain::Timestamp::from_millis(1_767_312_000_000))
        .await;
    let remove = |party: &mut domain::party::Party, guest| {
        let removed = Rsvp { answer: Answer::Removed, place: 0, rank: None, given_up: None };
        party.guests = GuestList::from_stored(party.guests.totals(), [(guest, removed)].into()).unwrap();
    };
    app.update_party(&removed, id, remove).await;
    let list = ben.get("/rsvp").await;

    for (party, reason) in [
        (&early, "That dinner party has already happened."),
        (&cancelled, "ada cancelled this dinner party."),
        (&closed, "RSVPs closed on Friday 2 January 2026, 01:00 (Berlin time). Ask ada."),
        (&removed, "You can't RSVP to this party. Ask ada."),
    ] {
        assert!(press(&ben, &list, party).await.is_none(), "no button: {reason}");
        let page = rsvp(&ben, party).await;
        assert_eq!((flash(&page).as_str(), page.attributes(".flash", "role")), (reason, vec!["alert".to_owned()]));
        assert_eq!(app.stored_party(party).await.unwrap().guests, []);
    }
    let own = ada.get("/rsvp").await;
    assert!(press(&ada, &own, &open).await.is_none());
    assert_eq!(flash(&rsvp(&ada, &open).await), "You're hosting this one. Your seat is already counted.");
    assert!(press(&ben, &list, &open).await.is_some(), "a button for an open party");
}

async fn invalid_and_unknown_party_ids_get_the_same_message(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let invalid = [
        "",
        " ",
        "abc",
        "1.5",
        "-1",
        "+1",
        "1e0",
        "0x1",
        "0",
        "2",
        "9223372036854775807",
        "9223372036854775808",
        "1180591620717411303424",
        "١",
        "1 1",
        "1\0",
        "\0",
        "1'--",
        "null",
        "##1",
        "%31",
        "/parties/1x",
    ];
    for typed in invalid {
        let page = rsvp(&ben, typed).await;
        assert_eq!(
            (page.status, page.path.as_str(), flash(&page).as_str()),
            (200, refused(typed).as_str(), PARTY_ID_INVALID),
            "{typed:?}"
        );
    }
    for typed in ["https://other.example/parties/1", "other.example/parties/1", "https://other.example/i/abc"] {
        let page = rsvp(&ben, typed).await;
        assert_eq!((page.path.as_str(), flash(&page).as_str()), (refused(typed).as_str(), PARTY_ID_INVALID), "{typed}");
        assert_eq!(page.attributes("#party_id", "value"), [typed], "another service's party has that number");
    }
    for form in [&[][..], &[("party_id", &*party), ("party_id", &party)], &[("party", &party)], &[("PARTY_ID", &party)]]
    {
        let response = post(&ben, "/rsvp", form).await;
        assert_eq!(response.status, 303, "{form:?}");
        assert_eq!(flash(&ben.get("/rsvp").await), PARTY_ID_INVALID, "{form:?}");
    }
    let in_query = post(&ben, &format!("/rsvp?party_id={party}"), &[]).await;
    assert_eq!(in_query.status, 303);
    assert_eq!(flash(&ben.get("/rsvp").await), PARTY_ID_INVALID, "a query is not a form");
    assert_eq!(app.stored_party(&party).await.unwrap().guests, []);
}

/// The address to which a refused Party ID leads.
fn refused(typed: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("party_id", typed).finish();
    format!("/rsvp?{query}")
}

async fn refused_party_id_stays_in_its_field_beside_the_message(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[]).await;
    for (typed, shown) in
        [("abc", "abc"), ("77", "77"), ("\"><b>", "\"><b>"), ("1\0", "1"), (&"9".repeat(5000), &"9".repeat(100))]
    {
        let page = rsvp(&ben, typed).await;

        assert_page(&page, 200, PARTY_ID_INVALID);
        assert_eq!(page.texts("title"), ["Error: Dinner parties - DinnerParty"]);
        assert_eq!(page.attributes("#party_id", "value"), [shown], "{typed:.9}");
        assert_eq!(page.attributes("#party_id[aria-invalid=true]", "aria-describedby"), ["party_id-note"]);
        assert_eq!(page.texts("#party_id-note"), [PARTY_ID_INVALID]);
        assert_eq!(page.texts("details[open] .flash"), [PARTY_ID_INVALID], "{typed:.9}");
        assert_eq!(page.texts(".flash").len(), 1, "the message is shown once");
    }
    // The next press belongs to a card.
    let page = press(&ben, &ben.get("/rsvp?party_id=abc&q=rata").await, "1").await.unwrap();
    assert_eq!((page.path.as_str(), page.attributes("#party_id", "value")), ("/rsvp?q=rata&at=1", vec![]));
    assert_eq!(page.texts("title"), ["Dinner parties - DinnerParty"]);
    let opened = ben.get("/rsvp?party_id=abc").await;
    assert_eq!((opened.attributes("#party_id[value]", "value"), opened.texts(".flash").len()), (vec![], 0));
}

async fn party_id_accepts_spaces_hash_and_leading_zeros(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    for (name, typed) in [("ben", format!(" {party} ")), ("cyd", format!("#{party}")), ("dan", format!("000{party}"))] {
        let page = rsvp(&app.user(name).await, &typed).await;
        assert!(flash(&page).starts_with("You successfully RSVP'd"), "{typed:?}: {}", flash(&page));
    }
}

async fn party_id_accepts_pasted_links_and_invisible_characters(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let link = app.server.url(&format!("/parties/{party}?from=chat#who"));
    for typed in ["Party 1", "# 1", "#1.", "１", "1\u{200b}", "\u{202a}1\u{202c}", "/parties/1", link.as_str()] {
        assert_eq!(
            flash(&rsvp(&ada, typed).await),
            "You're hosting this one. Your seat is already counted.",
            "{typed:?}"
        );
    }
}

async fn button_leads_back_to_its_card_on_its_page(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for dish in ["Soup, 50% more", "Stew", "Soup, again 50% more"] {
        host(&ada, "ada", &[("main_dish", dish)]).await;
    }
    let path = "/rsvp?q=50%25+more&per_page=1";
    let first = ben.get(path).await;
    let next = first.attributes("nav.pager a[rel=next]", "href").concat();
    let second = ben.get(&next).await;

    let page = press(&ben, &second, "3").await.unwrap();

    assert!(flash(&page).starts_with("You successfully RSVP'd"));
    assert_eq!(page.path, format!("{next}&at=3"));
    assert_eq!(page.texts("article h3"), ["Soup, again 50% more"]);
    assert_eq!(page.texts("#party-3 .flash[tabindex='-1'][autofocus]").len(), 1, "the message takes the focus");
    assert_eq!(page.texts(".flash").len(), 1, "the message is shown once");
}

/// With the filter for free seats, the party has left the list once the last seat is taken.
async fn card_stays_in_place_after_its_button_was_pressed(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for day in ["02", "03", "04"] {
        host(&ada, "ada", &[("date", &format!("2026-04-{day}")), ("number_seats", "2")]).await;
    }
    let page = press(&ben, &ben.get("/rsvp?seats=1").await, "2").await.unwrap();

    assert_eq!(
        (page.path.as_str(), party_ids(&page)),
        ("/rsvp?seats=1&at=2", vec!["1".into(), "2".into(), "3".to_owned()])
    );
    assert!(page.texts("#party-2 .flash").concat().starts_with("You successfully RSVP'd"), "{}", page.html);
    assert_eq!(page.texts("#party-2 .seats"), ["Both seats taken"]);
    assert_eq!(party_ids(&ben.get("/rsvp?seats=1&at=2").await), ["1", "3"], "without a message, the list alone");
    // By Party ID, at the full table: the same.
    let page = rsvp(&app.user("cyd").await, "2").await;
    assert!(page.texts("#party-2 .flash").concat().ends_with("You're number 1 on the waiting list."), "{}", page.html);
}

async fn last_seat_taken_before_the_button_is_pressed_is_said(app: TestApp) {
    let ada = app.user("ada").await;
    for (n, page) in ["/rsvp", "/", "/user/ada"].into_iter().enumerate() {
        let (ben, cyd) = (app.user(&format!("ben{n}")).await, app.add_user(&format!("cyd{n}")).await);
        let full = host(&ada, "ada", &[("number_seats", "1")]).await;
        let [taken, open] = [host(&ada, "ada", &[("number_seats", "2")]).await, host(&ada, "ada", &[]).await];
        let old = ben.get(page).await;
        app.seat(&taken, cyd).await;
        let message = flash(&press(&ben, &old, &taken).await.unwrap());
        assert!(message.starts_with("Someone just took the last seat. ada's dinner party on "), "{page}: {message}");
        assert!(message.ends_with("You're number 1 on the waiting list."), "{page}: {message}");
        assert!(flash(&press(&ben, &old, &open).await.unwrap()).starts_with("You successfully RSVP'd"), "{page}");
        if page != "/" {
            let message = flash(&press(&ben, &old, &full).await.unwrap());
            assert!(message.starts_with("ada's dinner party on "), "no seat was shown at {page}: {message}");
        }
    }
}

async fn back_redirects_only_to_pages_with_cards(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[]).await;
    for back in [
        "https://evil.example/rsvp",
        "//evil.example/rsvp",
        "/\\evil.example",
        "/logout",
        "/user/ada/../../logout",
        "/rsvp/../logout",
        "/rsvp/",
        "rsvp",
        "",
        "/rsvp\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/.//evil.example",
        "/%2f/rsvp",
        "/RSVP",
    ] {
        for (party, to) in [("1", "/rsvp?at=1"), ("abc", "/rsvp?party_id=abc"), ("77", "/rsvp?party_id=77")] {
            let response = post(&ben, "/rsvp", &[("party_id", party), ("back", back)]).await;
            assert_eq!((response.status, response.header("location")), (303, Some(to)), "{back:?}");
        }
    }
    for (back, to) in [("/", "/?at=1"), ("/rsvp?q=a&at=9", "/rsvp?q=a&at=1"), ("/user/ada", "/user/ada?at=1")] {
        let response = post(&ben, "/rsvp", &[("party_id", "1"), ("back", back)]).await;
        assert_eq!((response.status, response.header("location")), (303, Some(to)), "{back:?}");
    }
    let twice = [("party_id", "1"), ("back", "/rsvp?q=a"), ("back", "/rsvp?q=b")];
    assert_eq!(post(&ben, "/rsvp", &twice).await.header("location"), Some("/rsvp?at=1"));
    assert!(ReturnPath::parse("/rsvp?q=a").is_some(), "`ReturnPath` accepts paths with a query");
}

async fn refused_party_id_keeps_the_search_and_the_filter(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for dish in ["Soup", "Stew"] {
        host(&ada, "ada", &[("main_dish", dish)]).await;
    }
    let list = ben.get("/rsvp?q=soup&seats=1").await;
    let back = list.attributes("details input[name=back]", "value").concat();

    let page = ben.submit(&back, "/rsvp", &[("party_id", "77"), ("back", &back)]).await;

    assert_eq!((page.path.as_str(), flash(&page).as_str()), ("/rsvp?q=soup&seats=1&party_id=77", PARTY_ID_INVALID));
    assert_eq!(
        (page.attributes("#q", "value"), page.texts("article h3")),
        (vec!["soup".into()], vec!["Soup".to_owned()])
    );
    assert_eq!(page.attributes("#party_id", "value"), ["77"]);
}
