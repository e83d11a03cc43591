//! `/i/{token}`: the invitation logged out and logged in, its preview, and the host's link.

mod link;
mod previews;

use accounts::test_kit::{TestClient, TestResponse};
use domain::party::{Address, Details, PartyState, Visibility};
use poem::http::Method;

use crate::common::{PASSWORD, START, TestApp, answer, assert_page, flash, host, rsvp};

test_support::on_both_engines! { TestApp:
    invitation_shows_the_party_without_names_and_venue
    newcomer_registers_and_is_one_press_from_a_seat
    account_holder_logs_in_and_is_one_press_from_the_answer
    opening_an_invitation_never_answers
    logged_in_visitor_gets_the_party_page
    unlisted_party_is_opened_by_its_link_and_then_by_an_answer
    party_by_invitation_asks_for_a_log_in_and_names_nothing
    full_cancelled_begun_and_past_parties_get_their_sentence
    invitation_takes_a_no_after_the_deadline
    web_addresses_in_details_are_links
    invitation_is_neither_indexed_nor_cached
}

/// The path of the invitation of a party, from its host's share card.
pub(crate) async fn invitation_path(app: &TestApp, host: &TestClient, party: &str) -> String {
    let page = host.get(&format!("/parties/{party}")).await;
    let link = page.attributes("input[data-share]", "value").concat();
    link.strip_prefix(&app.server.url("")).unwrap().to_owned()
}

/// The targets of the links of the answer card.
fn ways(page: &TestResponse) -> Vec<(String, String)> {
    page.texts(".answer a").into_iter().zip(page.attributes(".answer a", "href")).collect()
}

fn way(page: &TestResponse, text: &str) -> String {
    ways(page).into_iter().find(|(found, _)| found == text).unwrap_or_else(|| panic!("no {text}: {}", page.html)).1
}

async fn invitation_shows_the_party_without_names_and_venue(app: TestApp) {
    let ada = app.user("ada").await;
    let party = app
        .add_party(app.id_of("ada").await, |party| {
            party.texts.details = Details::parse_optional("Bring a chair.\n<b>No nuts!</b>").unwrap();
            party.texts.address = Address::parse_optional("Linden Street 7").unwrap();
        })
        .await;
    app.seat(&party, app.add_user("benjamin").await).await;
    let path = invitation_path(&app, &ada, &party).await;

    let page = app.visitor().get(&path).await;

    assert_page(&page, 200, "ada invited you to dinner");
    assert_eq!(page.texts("h1"), ["Ratatouille"]);
    for text in [
        "Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Berlin time)",
        "2 seats left",
        "Bring a chair.",
        "<b>No nuts!</b>",
    ] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert_eq!(page.attributes("svg.table[role=img]", "aria-label"), ["2 of 4 seats taken"]);
    assert_eq!(page.texts("svg.table text"), [] as [&str; 0], "no initials");
    for hidden in ["benjamin", "The kitchen", "Linden Street", "/parties/"] {
        assert!(!page.html.contains(hidden), "{hidden}: {}", page.html);
    }
    let texts: Vec<_> = ways(&page).into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["I'll be there", "Maybe", "Can't make it", "I have an account"]);
}

async fn newcomer_registers_and_is_one_press_from_a_seat(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let ben = app.visitor();

    let register = ben.get(&way(&ben.get(&path).await, "I'll be there")).await;

    assert_page(&register, 200, "ada invited you to Ratatouille");
    let typed = [("username", "ben"), ("email", "ben@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
    let page = ben.submit_on(&register, "/register", &typed).await;
    assert_eq!(page.path, format!("{path}?answer=yes"));
    assert_eq!(page.texts("#your-answer"), ["One press, and you're in"]);
    assert_eq!(page.attributes("[autofocus]", "autofocus").len(), 1, "one element takes the focus");
    assert_eq!(page.attributes("[autofocus]", "role"), ["status"], "it is the message");
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1, "opening the page takes no seat");
    let page = ben.submit_on(&page, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    assert_eq!(page.path, path);
    assert!(flash(&page).starts_with("You successfully RSVP'd to ada's dinner party on "), "{}", page.text);
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 2);
    assert_page(&ben.get(&format!("/parties/{party}")).await, 200, "You're coming");
}

async fn account_holder_logs_in_and_is_one_press_from_the_answer(app: TestApp) {
    let ada = app.user("ada").await;
    app.user("ben").await;
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let ben = app.visitor();
    let declining = ben.get(&way(&ben.get(&path).await, "Can't make it")).await;
    assert_page(&declining, 200, "ada will know");
    let undecided = ben.get(&way(&ben.get(&path).await, "Maybe")).await;
    assert_page(&undecided, 200, "A maybe doesn't hold a seat.");

    for (page, selected, heading) in [
        (ben.get(&path).await, "yes", "One press, and you're in"),
        (undecided, "maybe", "One press, and ada knows"),
        (declining, "no", "One press, and ada knows"),
    ] {
        let ben = app.visitor();
        let log_in = ben.get(&way(&page, "I have an account")).await;
        assert_page(&log_in, 200, "ada invited you to Ratatouille");
        let page = ben.submit_on(&log_in, "/login", &[("email", "ben"), ("password", PASSWORD)]).await;
        assert_eq!(
            (page.path.clone(), page.texts("#your-answer")),
            (format!("{path}?answer={selected}"), vec![heading.into()])
        );
        assert_eq!(page.attributes("[autofocus]", "role"), ["status"], "the message has the focus");
        let page = ben.get(&page.path).await;
        assert_eq!(page.attributes("[autofocus]", "value"), [selected], "without a message the button has it");
    }
    let ben = app.log_in("ben").await;
    assert_eq!(
        flash(&ben.submit(&path, &format!("{path}/rsvp"), &[("answer", "no")]).await),
        "Thanks for letting ada know."
    );
}

async fn opening_an_invitation_never_answers(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    for query in ["", "?answer=yes", "?answer=no", "?answer=x&answer=yes", "?answer=%ff"] {
        for client in [&ben, &app.visitor()] {
            assert_eq!(client.get(&format!("{path}{query}")).await.status, 200, "{query}");
        }
        let response = ben.send(ben.request(Method::GET, &format!("{path}/rsvp{query}"))).await;
        assert_eq!((response.status, response.header("location")), (303, Some(path.as_str())));
    }
    assert_eq!(app.stored_party(&party).await.unwrap().summary.taken, 1);
    assert_eq!(ben.get(&path).await.texts("#your-answer"), ["Can you make it?"]);
}

async fn logged_in_visitor_gets_the_party_page(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let (by_link, by_id) = (ben.get(&path).await, ben.get(&format!("/parties/{party}")).await);
    for selector in ["h1", "dl dd", "ol.people li", "#your-answer", ".answer button"] {
        assert_eq!(by_link.texts(selector), by_id.texts(selector), "{selector}");
    }
    assert_eq!(by_link.attributes("main form", "action"), [format!("{path}/rsvp")]);
    assert_eq!(by_link.attributes("meta[property='og:title']", "content"), [] as [&str; 0]);
    assert_eq!(ada.get(&path).await.texts("#your-answer"), ["You're hosting"]);
    let page = answer(&ben, &party, "yes").await;
    assert_eq!(page.texts("ol.people li"), ["ada host", "ben you"]);
    assert_eq!(page.attributes("svg.table .mine circle", "r").len(), 1, "the viewer's own plate is marked");
    for refused in ["", "perhaps", "YES"] {
        let page = ben.submit(&path, &format!("{path}/rsvp"), &[("answer", refused)]).await;
        assert_eq!(
            (page.path.as_str(), flash(&page)),
            (path.as_str(), "Are you coming? Please choose an answer.".into())
        );
    }
}

async fn unlisted_party_is_opened_by_its_link_and_then_by_an_answer(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = app.add_party(app.id_of("ada").await, |party| party.visibility = Visibility::ByLink).await;
    let (path, page) = (invitation_path(&app, &ada, &party).await, format!("/parties/{party}"));
    assert_page(&app.visitor().get(&path).await, 200, "ada invited you to dinner");
    for path in [&page, &format!("{page}.ics")] {
        assert_eq!(ben.get(path).await.status, 404, "{path}");
    }
    assert_page(&ben.get(&path).await, 200, "Can you make it?");
    assert_eq!(ben.get(&page).await.status, 404, "opening the link stores nothing");

    ben.submit(&path, &format!("{path}/rsvp"), &[("answer", "no")]).await;

    assert_page(&ben.get(&page).await, 200, "You said you can't make it.");
    assert_eq!(app.user("cyd").await.get(&page).await.status, 404);
}

async fn party_by_invitation_asks_for_a_log_in_and_names_nothing(app: TestApp) {
    let (olga, ben) = (app.user("olga").await, app.user("ben").await);
    let party = app.add_party(app.id_of("olga").await, |party| party.visibility = Visibility::ByInvitation).await;
    let path = invitation_path(&app, &olga, &party).await;
    let visitor = app.visitor();
    let page = visitor.get(&path).await;
    assert_eq!(page.path, format!("/login?next={}", path.replace('/', "%2F")));
    assert!(!page.html.contains("Ratatouille") && !page.html.contains("olga"), "{}", page.html);
    assert_eq!(visitor.get(&format!("{path}/preview-{}.png", "0".repeat(32))).await.status, 404);
    assert_page(&ben.get(&path).await, 404, "This invitation doesn't work");
}

async fn full_cancelled_begun_and_past_parties_get_their_sentence(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let path = invitation_path(&app, &ada, &party).await;
    rsvp(&ben, &party).await;
    let visitor = app.visitor();
    let full = visitor.get(&path).await;
    assert_eq!(full.texts("#your-answer"), ["This table is full"]);
    let texts: Vec<_> = ways(&full).into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["Join the waiting list", "Can't make it", "I have an account"]);
    let log_in = visitor.get(&way(&full, "I have an account")).await;
    app.user("cyd").await;
    let page = visitor.submit_on(&log_in, "/login", &[("email", "cyd"), ("password", PASSWORD)]).await;
    assert_eq!(page.texts("#your-answer"), ["One press, and you're on the list"]);
    visitor.submit_on(&page, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    let visitor = app.visitor();
    assert_page(&visitor.get(&path).await, 200, "Full, 1 waiting");

    let other = host(&ada, "ada", &[]).await;
    let cancelled = invitation_path(&app, &ada, &other).await;
    app.update_party(&other, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    assert_page(&visitor.get(&cancelled).await, 200, "ada cancelled this dinner party.");

    let starts_at = app.stored_party(&party).await.unwrap().summary.heading.date.starts_at();
    app.clock.advance(starts_at.since(START));
    assert_page(&visitor.get(&path).await, 200, "That dinner party has already begun.");
    app.advance_days(1);
    let past = visitor.get(&path).await;
    assert_page(&past, 200, "That dinner party has already happened.");
    assert_eq!(ways(&past).iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["I have an account"]);
    assert_page(&visitor.get(&format!("{path}?answer=no")).await, 200, "That dinner party has already happened.");
}

/// Row 7: a "no" is taken until the party begins.
async fn invitation_takes_a_no_after_the_deadline(app: TestApp) {
    let ada = app.user("ada").await;
    let closed = host(&ada, "ada", &[("deadline_date", "2026-01-01"), ("deadline_time", "02:00")]).await;
    let path = invitation_path(&app, &ada, &closed).await;
    app.clock.advance(std::time::Duration::from_hours(1));
    let visitor = app.visitor();
    let page = visitor.get(&path).await;
    assert_page(&page, 200, "RSVPs closed on Thursday 1 January 2026, 02:00 (Berlin time). Ask ada.");
    let texts: Vec<_> = ways(&page).into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["Can't make it", "I have an account"]);
    let declining = visitor.get(&way(&page, "Can't make it")).await;
    assert_eq!(declining.texts("#your-answer"), ["Sorry you can't make it"]);
    let log_in = visitor.get(&way(&declining, "I have an account")).await;
    app.user("cyd").await;
    let page = visitor.submit_on(&log_in, "/login", &[("email", "cyd"), ("password", PASSWORD)]).await;
    assert_eq!(page.texts(".answer button"), ["Can't make it"]);
    let page = visitor.submit_on(&page, &format!("{path}/rsvp"), &[("answer", "no")]).await;
    assert_eq!(flash(&page), "Thanks for letting ada know.");
    let other = app.visitor().get(&format!("{path}?answer=yes")).await;
    assert_page(&other, 200, "RSVPs closed on");
}

async fn web_addresses_in_details_are_links(app: TestApp) {
    let ada = app.user("ada").await;
    let party = app
        .add_party(app.id_of("ada").await, |party| {
            party.texts.details =
                Details::parse_optional("Menu: https://a.example/x?y=1&z.\njavascript:alert(1)").unwrap();
        })
        .await;
    let path = invitation_path(&app, &ada, &party).await;
    for page in [app.visitor().get(&path).await, ada.get(&format!("/parties/{party}")).await] {
        assert_eq!(page.attributes(".about a", "href"), ["https://a.example/x?y=1&z"]);
        assert_eq!(page.attributes(".about a", "rel"), ["noreferrer nofollow ugc"]);
        assert!(page.html.contains(".\njavascript:alert(1)"), "line breaks are kept: {}", page.html);
    }
}

async fn invitation_is_neither_indexed_nor_cached(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    for page in [ben.get(&path).await, app.visitor().get(&path).await, app.visitor().get("/i/none").await] {
        assert_eq!(page.header("x-robots-tag"), Some("noindex"), "{}", page.status);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "other sites do not get the link");
    }
}
