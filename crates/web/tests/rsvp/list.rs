//! `GET /rsvp`: the list, its order, its pages and its search.

use crate::common::{TestApp, all_pages, assert_page, flash, host, party_ids, press, rsvp};

test_support::on_both_engines! { TestApp:
    row_shows_the_whole_party
    upcoming_parties_come_first_across_all_pages
    per_page_is_limited_to_1_to_100_rows
    search_finds_each_word_in_host_dish_and_venue
    search_takes_every_character_literally
    ninth_word_of_a_search_is_refused_beside_the_field
    search_over_200_characters_is_refused_beside_the_field
    seat_filter_lists_parties_with_a_seat_for_the_viewer
    party_id_or_link_typed_as_a_search_leads_to_the_party
    link_of_an_invitation_typed_on_the_list_leads_to_the_invitation
    party_under_way_is_first_and_has_begun
    empty_list_links_to_the_next_step
}

async fn row_shows_the_whole_party(app: TestApp) {
    let (ada, ben, cyd) = (app.user("ada").await, app.user("ben").await, app.user("cyd").await);
    let party = host(&ada, "ada", &[("venue", "The <b>old</b> mill"), ("number_seats", "8")]).await;
    let more = async || ben.get("/rsvp").await.texts("article .more").concat();
    assert_eq!(more().await, "The <b>old</b> mill · ada (host) · Party ID 1");
    rsvp(&ben, &party).await;
    assert_eq!(more().await, "The <b>old</b> mill · ada (host) and ben · Party ID 1");
    rsvp(&cyd, &party).await;
    assert_eq!(more().await, "The <b>old</b> mill · ada (host), ben and cyd · Party ID 1");
    for name in ["dan", "eve", "fay", "gus"] {
        app.seat(&party, app.add_user(name).await).await;
    }

    let page = ben.get("/rsvp").await;

    assert_eq!(page.texts("article h3"), ["Ratatouille"]);
    assert_eq!(page.attributes("article h3 a", "href"), [format!("/parties/{party}")]);
    assert_eq!(page.texts("article .when"), ["Saturday 14 March, 19:00"]);
    assert_eq!(page.texts("article .at"), ["at ada 's"]);
    assert_eq!(page.attributes("article .at a", "href"), ["/user/ada"]);
    assert_eq!(page.texts("article .seats"), ["1 of 8 seats left"]);
    assert_eq!(page.texts("article .more"), ["The <b>old</b> mill · ada (host), ben, cyd and 4 more · Party ID 1"]);
    assert_eq!(page.texts("article .state-seated"), ["You're coming"]);
    assert!(press(&ben, &page, &party).await.is_none(), "no button for a seated guest");
    let own = ada.get("/rsvp").await;
    assert_eq!(
        (own.texts("article .state-seated"), own.texts("article .at")),
        (vec!["You're hosting".into()], vec!["at your table".to_owned()])
    );
    let guest = app.user("hal").await;
    let page = guest.get("/rsvp").await;
    assert!(page.texts("article .state").is_empty());
    assert!(flash(&press(&guest, &page, &party).await.unwrap()).starts_with("You successfully RSVP'd"));
    assert_eq!(guest.get("/rsvp").await.texts("article .seats"), ["All 8 seats taken"]);
    guest.submit(&format!("/parties/{party}"), &format!("/parties/{party}/rsvp"), &[("answer", "no")]).await;
    assert_eq!(
        guest.get("/rsvp").await.texts("article .state-open"),
        ["You said you can't make it"],
        "only a seat is green"
    );
}

async fn upcoming_parties_come_first_across_all_pages(app: TestApp) {
    let ada = app.user("ada").await;
    // Parties 1 to 6 will be past, latest first; 7 to 13 are upcoming, soonest first. Some start at the same time.
    for day in ["02", "02", "03", "04", "04", "05", "20", "20", "19", "19", "18", "17", "16"] {
        host(&ada, "ada", &[("date", &format!("2026-01-{day}"))]).await;
    }
    app.advance_days(9);
    let ada = app.log_in("ada").await;
    let expected = ["13", "12", "11", "9", "10", "7", "8", "6", "4", "5", "3", "1", "2"];

    for per_page in [1, 2, 3, 5, 7, 12, 13, 14, 100] {
        assert_eq!(all_pages(&ada, &format!("/rsvp?per_page={per_page}"), party_ids).await, expected, "by {per_page}");
    }
    let page = ada.get("/rsvp?per_page=7").await;
    assert!(page.attributes("nav.pager a[rel=first]", "href").is_empty());
    let next = ada.get(&page.attributes("nav.pager a[rel=next]", "href").concat()).await;
    assert_eq!(next.attributes("nav.pager a[rel=first]", "href"), ["/rsvp?per_page=7"]);
    assert_eq!(next.texts("article .state-closed")[0], "It's over");
}

async fn per_page_is_limited_to_1_to_100_rows(app: TestApp) {
    let ada = app.user("ada").await;
    for _ in 0..23 {
        host(&ada, "ada", &[]).await;
    }
    for (query, rows) in [
        ("", 20),
        ("?per_page=3", 3),
        ("?per_page=0", 1),
        ("?per_page=-5", 1),
        ("?per_page=1000", 23),
        ("?per_page=1180591620717411303424", 20),
        ("?per_page=abc", 20),
        ("?per_page=3&per_page=4", 20),
        ("?per_page=%00", 20),
        ("?%ff", 20),
        ("?after=past.x.1", 20),
        ("?after=next.9223372036854775808.1", 20),
        ("?after=%00&q=%00", 20),
    ] {
        let page = ada.get(&format!("/rsvp{query}")).await;
        assert_eq!((page.status, party_ids(&page).len()), (200, rows), "{query}");
    }
    // A cursor that no page has issued is valid.
    for cursor in ["next.9223372036854775807.9223372036854775807", "past.-9223372036854775808.-1"] {
        assert_page(&ada.get(&format!("/rsvp?after={cursor}")).await, 200, "No parties match.");
    }
}

async fn search_finds_each_word_in_host_dish_and_venue(app: TestApp) {
    let (ada, zoe) = (app.user("ada").await, app.user("Zoë").await);
    host(&ada, "ada", &[("main_dish", "Crème brûlée"), ("venue", "Straße 5")]).await;
    host(&zoe, "Zoë", &[("main_dish", "Soup"), ("venue", "Éire House")]).await;
    for (typed, found) in [
        ("ADA", &["1"][..]),
        ("zOË", &["2"]),
        ("CRÈME BRÛLÉE", &["1"]),
        ("STRASSE", &["1"]),
        ("éire", &["2"]),
        ("  soup ", &["2"]),
        ("so\0up", &["2"]),
        ("o", &["2"]),
        ("soup 2", &[]),
        ("creme", &["1"]),
        ("brulee  ADA", &["1"]),
        ("zoe soup", &["2"]),
        ("soup ada", &[]),
    ] {
        let page = ada.get(&format!("/rsvp?{}", query("q", typed))).await;
        assert_eq!(
            (page.status, party_ids(&page)),
            (200, found.iter().map(ToString::to_string).collect()),
            "{typed:?}"
        );
    }
    for separator in ['\t', '\r', '\n', '\u{85}', '\u{2028}'] {
        let page = ada.get(&format!("/rsvp?{}", query("q", &format!("soup{separator}eire")))).await;
        assert_eq!((party_ids(&page), page.attributes("#q", "value")), (vec!["2".into()], vec!["soup eire".into()]));
    }
    let page = ada.submit("/rsvp", "/rsvp", &[]).await;
    assert_eq!(page.status, 200);
    let page = ada.get("/rsvp?q=%22%3E%3Cscript%3E").await;
    assert_eq!(page.attributes("#q", "value"), ["\"><script>"], "the search text is escaped");
}

async fn search_takes_every_character_literally(app: TestApp) {
    let ada = app.user("ada").await;
    let dishes = ["50% rye", "50 rye", "a_b", "axb", r"c\d", "cd", "e!f", "ef", "g'h", r#"i"j"#, "k;--", "l*m?"];
    for dish in dishes {
        host(&ada, "ada", &[("main_dish", dish)]).await;
    }
    for (typed, found) in [
        ("50%", &["50% rye"][..]),
        ("%", &["50% rye"]),
        ("a_b", &["a_b"]),
        ("_", &["a_b"]),
        (r"\", &[r"c\d"]),
        ("!", &["e!f"]),
        ("'", &["g'h"]),
        ("\"", &[r#"i"j"#]),
        (";--", &["k;--"]),
        ("*", &["l*m?"]),
        ("%%", &[]),
        ("' OR 1=1 --", &[]),
    ] {
        let page = ada.get(&format!("/rsvp?{}", query("q", typed))).await;
        assert_eq!(page.texts("article h3"), found, "{typed:?}");
    }
}

async fn ninth_word_of_a_search_is_refused_beside_the_field(app: TestApp) {
    let ada = app.user("ada").await;
    host(&ada, "ada", &[]).await;
    let words = "a b c d e f g h";
    let page = ada.get(&format!("/rsvp?{}", query("q", words))).await;
    assert_eq!((page.status, page.texts("#q-note").len()), (200, 0));
    let words = "a b c d e f g h i";
    let page = ada.get(&format!("/rsvp?{}", query("q", words))).await;
    assert_eq!((page.status, page.texts("#q-note")), (422, vec!["Try fewer words.".to_owned()]));
    assert_eq!(page.attributes("#q[autofocus][aria-invalid=true]", "aria-describedby"), ["q-note"]);
    assert_eq!(page.attributes("#q[aria-invalid=true][aria-describedby=q-note]", "value"), [words]);
    assert!(party_ids(&page).is_empty(), "not the whole list");
    let repeated = "x ".repeat(100);
    assert_eq!(ada.get(&format!("/rsvp?{}", query("q", &repeated))).await.status, 200, "a repeated word counts once");
}

async fn search_over_200_characters_is_refused_beside_the_field(app: TestApp) {
    let ada = app.user("ada").await;
    let dish = "x".repeat(200);
    host(&ada, "ada", &[("main_dish", &dish)]).await;
    let found = ada.get(&format!("/rsvp?{}", query("q", &dish))).await;
    assert_eq!((found.status, party_ids(&found).len()), (200, 1));
    for length in [201, 5000] {
        let typed = "x".repeat(length);
        let page = ada.get(&format!("/rsvp?{}", query("q", &typed))).await;
        assert_eq!((page.status, page.texts("#q-note")), (422, vec!["Please use at most 200 characters.".to_owned()]));
        assert_eq!(page.attributes("#q[aria-invalid=true][aria-describedby=q-note]", "value"), [typed]);
        assert!(party_ids(&page).is_empty(), "a search that was cut would match");
    }
}

async fn seat_filter_lists_parties_with_a_seat_for_the_viewer(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    for seats in ["1", "2", "1", "2"] {
        host(&ada, "ada", &[("number_seats", seats)]).await;
    }
    assert!(party_ids(&ada.get("/rsvp?seats=1").await).is_empty(), "without own parties");
    assert_eq!(all_pages(&ben, "/rsvp?seats=1&per_page=1", party_ids).await, ["2", "4"]);
    assert_eq!(ben.get("/rsvp?seats=1").await.attributes("#seats[checked]", "id"), ["seats"]);
    assert!(ben.get("/rsvp").await.attributes("#seats[checked]", "id").is_empty());
    rsvp(&ben, "4").await;
    assert_eq!(party_ids(&ben.get("/rsvp?seats=1&q=rata").await), ["2"], "without the party where Ben has a seat");
    app.seat("2", app.add_user("cyd").await).await;
    assert!(party_ids(&ben.get("/rsvp?seats=1&q=rata").await).is_empty(), "without a full party");
}

async fn party_id_or_link_typed_as_a_search_leads_to_the_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    host(&ada, "ada", &[("main_dish", "Soup for 12")]).await;
    let hidden = host(&ada, "ada", &[("visibility", "link"), ("main_dish", "Party of 2")]).await;
    let link = app.server.url("/parties/1?from=chat");
    for typed in ["1", " #1 ", "Party 1", "１", "/parties/1", &link] {
        let page = ben.get(&format!("/rsvp?{}", query("q", typed))).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/parties/1"), "{typed:?}");
    }
    let page = ben.get(&format!("/rsvp?{}", query("q", "https://other.example/parties/1"))).await;
    assert_page(&page, 200, "No parties match.");
    // No party of that ID, or none that this visitor may see: a search.
    let page = ben.get("/rsvp?q=12").await;
    assert_eq!((page.path.as_str(), party_ids(&page)), ("/rsvp?q=12", vec!["1".to_owned()]));
    let page = ben.get(&format!("/rsvp?q={hidden}")).await;
    assert_eq!((page.path.as_str(), page.texts("article h3")), ("/rsvp?q=2", vec!["Soup for 12".to_owned()]));
    assert_eq!(ada.get(&format!("/rsvp?q={hidden}")).await.path, format!("/parties/{hidden}"), "the host's own party");
}

async fn link_of_an_invitation_typed_on_the_list_leads_to_the_invitation(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("visibility", "link")]).await;
    let token = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let (path, link) = (format!("/i/{token}"), app.server.url(&format!("/i/{token}")));
    for typed in
        [path.clone(), link.clone(), format!("Come! {link}?from=chat. See you"), format!("\u{200b}{link}\u{200b}")]
    {
        let page = ben.get(&format!("/rsvp?{}", query("q", &typed))).await;
        assert_eq!((page.status, &page.path), (200, &path), "{typed:?}");
        let page = rsvp(&ben, &typed).await;
        assert_eq!((page.status, &page.path), (200, &path), "{typed:?}");
    }
    assert_eq!(app.stored_party_of("ada", &party).await.unwrap().guests, [], "the link alone takes no seat");
    for broken in ["/i/", "/i/abc", "https://dinner.example.com/i/"] {
        assert_eq!(ben.get(&format!("/rsvp?{}", query("q", broken))).await.path.split('?').next(), Some("/rsvp"));
    }
}

async fn party_under_way_is_first_and_has_begun(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    // At 00:00 UTC one hour from now the second party has begun, and the third is over an hour later.
    host(&ada, "ada", &[("date", "2026-01-03"), ("main_dish", "Later")]).await;
    let soon = [("date", "2026-01-01"), ("time", "02:00"), ("time_zone", "Europe/Berlin")];
    host(&ada, "ada", &[&soon[..], &[("end_time", "04:00"), ("main_dish", "Now")]].concat()).await;
    rsvp(&ben, "2").await;
    app.clock.advance(std::time::Duration::from_mins(61));

    let page = ben.get("/rsvp").await;
    assert_eq!(page.texts("article h3"), ["Now", "Later"], "under way first");
    assert_eq!(page.texts("#party-2 .state.state-seated"), ["It has begun"]);
    assert!(page.texts("#party-2 .more").concat().contains("The kitchen"), "with its venue");
    assert!(press(&ben, &page, "2").await.is_none());
    assert_eq!(app.user("cyd").await.get("/rsvp").await.texts("#party-2 .state.state-closed"), ["It has begun"]);
    assert_eq!(ben.get("/").await.texts("section[aria-labelledby=next] h3"), ["Now"], "on the home page too");
    assert!(ben.get("/rsvp?seats=1").await.texts("article h3") == ["Later"], "not a seat to take");

    app.clock.advance(std::time::Duration::from_hours(2));
    let page = ben.get("/rsvp").await;
    assert_eq!(page.texts("article h3"), ["Later", "Now"]);
    assert_eq!(page.texts("#party-2 .state.state-closed"), ["It's over"]);
}

async fn empty_list_links_to_the_next_step(app: TestApp) {
    let ada = app.user("ada").await;
    let page = ada.get("/rsvp").await;
    assert_page(&page, 200, "No dinner parties yet. Host the first one");
    assert_eq!(page.attributes(".empty a", "href"), ["/host"]);
    let page = ada.get("/rsvp?seats=1").await;
    assert_page(&page, 200, "No open seats for you right now.");
    assert_eq!(page.attributes(".empty a", "href"), ["/rsvp", "/host"]);
    let page = ada.get("/rsvp?q=pizza").await;
    assert_page(&page, 200, "No parties match. Try another word, or see all of them .");
    assert_eq!(page.attributes(".empty a", "href"), ["/rsvp"]);
}

fn query(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}
