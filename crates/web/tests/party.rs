//! `/parties/{id}`: one party, and the viewer's answer. Each row of the RSVP rules is tested in `answers`.

mod answers;
mod heads;
mod hosting;
mod texts;
mod unsent;

use std::time::Duration;

use domain::party::{Address, Answer, Details, GuestList, PartyEnd, PartyState, Rsvp};

use crate::common::{TestApp, answer, assert_page, detail, flash, host, post, rsvp};

test_support::on_both_engines! { TestApp:
    page_shows_the_whole_party
    guests_of_a_large_party_are_shown_50_at_a_time
    card_offers_only_answers_that_can_succeed
    calendar_file_has_the_party
    calendar_links_are_shown_to_host_and_seated_guests
    address_is_in_the_calendar_of_host_and_seated_guests_alone
    host_gets_the_link_and_its_qr_code
    past_party_is_shown_as_over
    long_username_wraps_after_punctuation
    seat_can_be_given_up_until_the_start
    answer_to_unknown_party_is_refused
    invalid_answer_changes_nothing
    unknown_party_is_not_found
}

/// The answers that the card offers.
fn offered(page: &accounts::test_kit::TestResponse) -> Vec<String> {
    page.attributes("form[action$='/rsvp'] button", "value")
}

/// The guests of a party of whom that one, the only one, is removed.
fn without(party: &domain::party::Party, guest: domain::user::UserId) -> GuestList {
    let rsvp = Rsvp { answer: Answer::Removed, place: 0, rank: None, given_up: None };
    GuestList::from_stored(party.guests.totals(), [(guest, rsvp)].into()).unwrap()
}

/// The links of the summary of an answer that is refused. Each leads to a field of the page, and the summary has the focus.
fn summary(page: &accounts::test_kit::TestResponse) -> Vec<String> {
    assert_eq!(page.attributes("[autofocus]", "autofocus").len(), 1, "one element takes the focus: {}", page.html);
    let links = page.attributes(".answer .form-errors[role=alert][autofocus] a", "href");
    for link in &links {
        assert_eq!(page.texts(&format!("{link}[aria-invalid]")).len(), 1, "{link}: {}", page.html);
    }
    links
}

async fn page_shows_the_whole_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("main_dish", "<i>Pho</i>"), ("venue", "\"Home\" & garden")]).await;
    rsvp(&ben, &party).await;
    app.seat(&party, app.add_user("cyd").await).await;

    let page = ben.get(&format!("/parties/{party}")).await;

    assert_page(&page, 200, "'s table");
    assert_eq!(
        (page.texts("h1"), page.texts("head title")),
        (vec!["<i>Pho</i>".to_owned()], vec!["<i>Pho</i> at ada's - DinnerParty".to_owned()])
    );
    for (term, value) in [
        ("When", "Saturday 14 March 2026, 19:00 to about Sunday 00:00 (Berlin time)"),
        ("Venue", "\"Home\" & garden"),
        ("Party ID", &party),
        ("Seats", "3 of 4 taken, 1 seat left"),
    ] {
        assert_eq!(detail(&page, term), [value], "{term}");
    }
    assert_eq!(page.texts("ol.people li"), ["ada host", "ben you", "cyd"]);
    assert_eq!(
        page.attributes("svg.table[role=img]", "aria-label"),
        ["3 of 4 seats taken: ada (host), ben (you), cyd"]
    );
    assert_eq!(page.texts("svg.table text"), ["Ad", "Be", "Cy"]);
    assert_eq!(page.texts("#your-answer"), ["You're coming"]);
    assert!(!page.html.contains("@example.com"));
}

async fn guests_of_a_large_party_are_shown_50_at_a_time(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "200"), ("names_shown_to", "everyone")]).await;
    for n in 0..101 {
        app.seat(&party, app.add_user(&format!("guest{n:03}")).await).await;
    }
    let path = format!("/parties/{party}");
    let link = ada.get(&path).await.attributes("input[data-share]", "value").concat();
    let invitation = format!("/i/{}", link.rsplit('/').next().unwrap());
    for base in [&path, &invitation] {
        let (mut at, mut pages) = (base.clone(), vec![]);
        loop {
            let page = ben.get(&at).await;
            assert_page(&page, 200, "102 of 200 taken");
            pages.push((page.texts(".people a"), page.texts(".pager a")));
            match page.attributes(".pager a[rel=next]", "href").pop() {
                Some(next) => next.split('#').next().unwrap().clone_into(&mut at),
                None => break,
            }
        }
        let (names, links): (Vec<_>, Vec<_>) = pages.into_iter().unzip();
        assert_eq!(names.iter().map(Vec::len).collect::<Vec<_>>(), [51, 50, 1], "{base}");
        let all = ["ada".to_owned()].into_iter().chain((0..101).map(|n| format!("guest{n:03}"))).collect::<Vec<_>>();
        assert_eq!(names.concat(), all);
        assert_eq!(links, [vec!["More guests"], vec!["First guests", "More guests"], vec!["First guests"]]);
    }
    // A number that leads nowhere shows the first guests.
    for odd in ["0x", "-5", "99999999999999999999", "9223372036854775807", ""] {
        assert_eq!(
            ben.get(&format!("{path}?guests={odd}")).await.texts(".people a").len(),
            if odd == "-5" { 50 } else { 51 }
        );
    }
    // Who sees no names sees none on a further page either.
    let hidden = host(&ada, "ada", &[("number_seats", "200"), ("names_shown_to", "host")]).await;
    for n in 0..51 {
        app.seat(&hidden, app.id_of(&format!("guest{n:03}")).await).await;
    }
    let page = ben.get(&format!("/parties/{hidden}?guests=10")).await;
    assert_eq!((page.texts(".people a"), page.texts(".pager a")), (vec!["ada".to_owned()], vec![]));
    assert_eq!(ada.get(&format!("/parties/{hidden}?guests=10")).await.texts(".people a").len(), 41);
}

async fn card_offers_only_answers_that_can_succeed(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("number_seats", "2")]).await;
    let page = format!("/parties/{party}");
    assert_eq!(offered(&ben.get(&page).await), ["yes", "maybe", "no"]);
    let own = ada.get(&page).await;
    assert_eq!((own.texts("#your-answer"), offered(&own)), (vec!["You're hosting".into()], vec![]));
    let counts = format!("1 of 2 seats taken. Friends find this party by its link, or by its ID ({party}).");
    assert!(own.text.contains(&counts), "{}", own.text);
    rsvp(&ben, &party).await;
    assert!(!ada.get(&page).await.text.contains("Friends find"), "a full party is not advertised");
    assert_eq!(offered(&ben.get(&page).await), ["maybe", "no"]);
    let cyd = app.user("cyd").await;
    let full = cyd.get(&page).await;
    assert_eq!(offered(&full), ["yes", "maybe", "no"]);
    assert!(full.text.contains("On the waiting list, you get a seat as soon as there's room."), "{}", full.text);
    assert_eq!(full.attributes("section.answer p a", "href"), ["/rsvp?seats=1"], "a link to parties with free seats");
    let declined = answer(&cyd, &party, "no").await;
    assert_eq!(offered(&declined), ["yes", "maybe"], "a declined guest cannot decline again");
    assert_eq!(offered(&answer(&cyd, &party, "yes").await), ["maybe", "no"], "a waiting guest");
    assert!(ada.get(&page).await.text.contains("2 of 2 seats taken, 1 waiting."), "the host sees who waits");

    app.update_party(&party, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    let cancelled = cyd.get(&page).await;
    assert_eq!((cancelled.texts("#your-answer"), offered(&cancelled)), (vec!["Cancelled".into()], vec![]));
    assert!(cancelled.text.contains("ada cancelled this dinner party."));
    assert_eq!(detail(&cancelled, "Seats"), ["2 of 2 taken"], "free seats of a cancelled party are not shown");
    assert_eq!(
        (cancelled.texts(".until"), cancelled.texts("#who")),
        (vec!["Cancelled".into()], vec!["Who was coming".into()])
    );
    let seated = ben.get(&page).await;
    assert_eq!(
        (seated.texts("#your-answer"), offered(&seated)),
        (vec!["You were coming".into()], vec![]),
        "no dead button"
    );
    let own = ada.get(&page).await;
    assert_eq!(own.texts("#your-answer"), ["Cancelled"], "for its host too");
    assert!(own.text.contains("You cancelled this dinner party."), "{}", own.text);
}

async fn past_party_is_shown_as_over(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    app.user("cyd").await;
    let (held, cancelled) = (host(&ada, "ada", &[]).await, host(&ada, "ada", &[]).await);
    for party in [&held, &cancelled] {
        rsvp(&ben, party).await;
    }
    let id = app.id_of("ada").await;
    app.update_party(&cancelled, id, |party, _| party.state = PartyState::Cancelled).await;
    app.advance_days(365);
    let over = "This party is over";
    for (party, label, guests_heading, headings) in [
        (&held, "It's over", "Who came", ["You were the host", "You were there", over]),
        (&cancelled, "Cancelled", "Who was coming", [over, over, over]),
    ] {
        for (name, heading) in ["ada", "ben", "cyd"].into_iter().zip(headings) {
            let page = app.log_in(name).await.get(&format!("/parties/{party}")).await;
            assert_eq!((page.texts("#your-answer"), offered(&page)), (vec![heading.to_owned()], vec![]), "{name}");
            assert_eq!(
                (page.texts(".until"), page.texts("#who")),
                (vec![label.to_owned()], vec![guests_heading.to_owned()])
            );
            let has_reason = page.text.contains("That dinner party has already happened.");
            assert_eq!(has_reason, heading == over, "{name}: the reason is shown under \"{over}\" only");
        }
    }
}

async fn long_username_wraps_after_punctuation(app: TestApp) {
    let host_name = "ada_lovelace.the-first";
    let ada = app.user(host_name).await;
    let party = host(&ada, host_name, &[]).await;
    let page = ada.get(&format!("/parties/{party}")).await;
    let with_breaks = "<bdi>ada_<wbr>lovelace.<wbr>the-<wbr>first</bdi>";
    assert_eq!(page.html.matches(with_breaks).count(), 2, "as the host and in the guest list: {}", page.html);
}

async fn seat_can_be_given_up_until_the_start(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let (full, closed) = ("1", "2");
    for _ in 0..2 {
        let party = host(&ada, "ada", &[("number_seats", "2")]).await;
        rsvp(&ben, &party).await;
    }
    let id = app.id_of("ben").await;
    app.update_party(closed, id, |party, _| party.rsvp_deadline = domain::Timestamp::from_millis(0)).await;

    for party in [full, closed] {
        assert_eq!(offered(&ben.get(&format!("/parties/{party}")).await), ["maybe", "no"], "{party}");
        assert_eq!(flash(&answer(&ben, party, "no").await), "You've given up your seat.", "{party}");
        assert_eq!(app.stored_party(party).await.unwrap().summary.taken, 1);
    }
    post(&ada, "/parties/1/rsvp", &[("answer", "no")]).await;
    assert_eq!(flash(&ada.get("/parties/1").await), "You're hosting this one. Your seat is already counted.");
    app.advance_days(100);
    let ben = app.log_in("ben").await;
    post(&ben, "/parties/1/rsvp", &[("answer", "no")]).await;
    assert_eq!(flash(&ben.get("/parties/1").await), "That dinner party has already happened.");
}

async fn answer_to_unknown_party_is_refused(app: TestApp) {
    let ben = app.user("ben").await;
    for party in ["1", "abc", "1.5", "1180591620717411303424", "%D9%A1", "%00", "-1", "%20"] {
        for answer in ["yes", "no"] {
            let response = post(&ben, &format!("/parties/{party}/rsvp"), &[("answer", answer)]).await;
            assert_eq!((response.status, response.header("location")), (303, Some("/rsvp")), "{party}");
            assert_eq!(flash(&ben.get("/rsvp").await), "Please enter a valid Party ID to RSVP!", "{party}");
        }
    }
}

async fn invalid_answer_changes_nothing(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}/rsvp");
    for form in [
        &[][..],
        &[("answer", "")],
        &[("answer", "YES")],
        &[("answer", "yes ")],
        &[("answer", "yes"), ("answer", "no")],
        &[("answer", "yes\0")],
        &[("answer", "removed")],
        &[("party_id", "1")],
    ] {
        let response = post(&ben, &path, form).await;
        assert_eq!(
            (response.status, response.header("location")),
            (303, Some(&*format!("/parties/{party}"))),
            "{form:?}"
        );
        let page = ben.get(&format!("/parties/{party}")).await;
        assert_eq!(flash(&page), "Are you coming? Please choose an answer.", "{form:?}");
        assert_eq!(offered(&page), ["yes", "maybe", "no"]);
    }
    // Other fields are ignored: an answer is for the logged-in user.
    let other_fields = [("answer", "yes"), ("guest_id", "1"), ("guest", "ada"), ("host_id", "2")];
    post(&ben, &path, &other_fields).await;
    let stored = app.stored_party(&party).await.unwrap();
    let seated: Vec<_> = stored.guests.iter().map(|guest| (guest.username.as_str(), guest.heads)).collect();
    assert_eq!((seated, stored.summary.taken), (vec![("ben", 1)], 2));
}

async fn unknown_party_is_not_found(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    assert_page(&ada.get("/parties/1").await, 200, "You're hosting");
    for id in
        ["2", "0", "-1", "abc", "1.0", "1180591620717411303424", "%D9%A1", "%00", "1%00", "%2e", "1%2frsvp", "%ff"]
    {
        assert_page(&ada.get(&format!("/parties/{id}")).await, 404, "This page doesn't exist");
    }
}

async fn calendar_file_has_the_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("main_dish", "Pho, and more"), ("venue", "Home; garden")]).await;
    let path = format!("/parties/{party}.ics");

    let file = ben.get(&path).await;

    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("text/calendar; charset=utf-8; method=PUBLISH"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"dinner-party-1.ics\""));
    let unfolded = file.html.replace("\r\n ", "");
    for line in [
        "UID:party-1@127.0.0.1",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTART:20260314T180000Z",
        "DTEND:20260314T230000Z",
        "SUMMARY:Pho\\, and more at ada's",
        "LOCATION:Home\\; garden",
        &format!("URL:{}", app.server.url("/parties/1")),
    ] {
        assert!(unfolded.lines().any(|found| found == line), "{line} in {unfolded}");
    }
    assert!(unfolded.contains("Saturday 14 March 2026\\, 19:00"), "the party's own time: {unfolded}");

    let moved = ben.send(ben.request(poem::http::Method::GET, "/parties/001.ics")).await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("/parties/1.ics")));
    for unknown in ["2.ics", "abc.ics", ".ics", "1.ics.ics", "%00.ics"] {
        assert_page(&ben.get(&format!("/parties/{unknown}")).await, 404, "This page doesn't exist");
    }
    app.update_party(&party, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    assert!(ben.get(&path).await.html.contains("STATUS:CANCELLED"));
}

async fn calendar_links_are_shown_to_host_and_seated_guests(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let page = format!("/parties/{party}");
    let links = async |client: &accounts::test_kit::TestClient| {
        client.get(&page).await.attributes("section[aria-labelledby=calendar] a", "href")
    };
    assert_eq!(links(&ben).await, [] as [&str; 0]);
    rsvp(&ben, &party).await;
    for client in [&ada, &ben] {
        let links = links(client).await;
        assert_eq!((links.len(), links[0].as_str()), (4, "/parties/1.ics"), "{links:?}");
        assert!(
            links[1].starts_with("https://calendar.google.com/") && links[2].starts_with("https://outlook.live.com/")
        );
        assert_eq!(links[3], "https://www.openstreetmap.org/search?query=The%20kitchen");
    }
    app.update_party(&party, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    assert_eq!(links(&ben).await, [] as [&str; 0], "a cancelled party is not offered");
}

async fn address_is_in_the_calendar_of_host_and_seated_guests_alone(app: TestApp) {
    let (ada, ben, cyd) = (app.user("ada").await, app.user("ben").await, app.user("cyd").await);
    let party = app
        .add_party(app.id_of("ada").await, |party| {
            party.texts.address = Address::parse_optional("Linden Street 7").unwrap();
            party.texts.details = Details::parse_optional("Bring a chair.").unwrap();
            party.ends_at = PartyEnd::of(&party.date, party.date.starts_at() + Duration::from_hours(3)).unwrap();
        })
        .await;
    rsvp(&ben, &party).await;
    for (client, sees_address) in [(&ada, true), (&ben, true), (&cyd, false)] {
        let file = client.get(&format!("/parties/{party}.ics")).await.html.replace("\r\n ", "");
        assert_eq!(file.contains("Linden Street 7"), sees_address, "{file}");
        assert!(file.contains("DTEND:20260314T210000Z") && file.contains("Bring a chair."), "{file}");
        let page = client.get(&format!("/parties/{party}")).await;
        assert_eq!(page.html.contains("Linden%20Street%207"), sees_address, "{}", page.html);
    }
}

async fn host_gets_the_link_and_its_qr_code(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[]).await;
    let path = format!("/parties/{party}");
    let page = ada.get(&path).await;
    let link = page.attributes("input[data-share][readonly]", "value").concat();
    assert_eq!(link.strip_prefix(&app.server.url("/i/")).map(str::len), Some(22), "{link}");
    assert_eq!(page.attributes("svg.qr[role=img]", "aria-label"), ["QR code of the link to this party"]);
    assert_eq!(page.texts(".share button"), ["Replace the link"], "Copy and Share need scripts");
    assert!(!ben.get(&path).await.html.contains("data-share"), "only the host sees the share card");
    app.update_party(&party, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    assert!(!ada.get(&path).await.html.contains("data-share"), "a cancelled party is not advertised");
}
