//! The page for its host: the card and the link by visibility, and the RSVP deadline for everyone.

use std::time::Duration;

use domain::party::{NewParty, RsvpDeadline};

use super::answers::party_of;
use crate::common::{START, TestApp, assert_page, detail, host, host_form};
use crate::invitation::invitation_path;

test_support::on_both_engines! { TestApp:
    share_card_says_whom_the_link_lets_in
    deadline_is_shown_before_it_has_passed
}

async fn share_card_says_whom_the_link_lets_in(app: TestApp) {
    let ada = app.user("ada").await;
    for (visibility, card, heading) in [
        ("listed", "1 of 4 seats taken. Friends find this party by its link, or by its ID (1).", "Invite your friends"),
        ("link", "1 of 4 seats taken. This party is in no list: people need its link.", "Invite your friends"),
        (
            "invitation",
            "1 of 4 seats taken. Only people you invite by name can open it. Invite someone.",
            "The link for people you've invited",
        ),
    ] {
        let party = host(&ada, "ada", &[("visibility", visibility)]).await;
        let page = ada.get(&format!("/parties/{party}")).await;
        assert_eq!(page.texts(".answer > p")[0].replace(" .", "."), card);
        assert_eq!(page.texts("#share"), [heading]);
        let by_name = page.attributes(".answer > p:not(.answers) a, .share > p a", "href");
        let link = app.visitor().get(&invitation_path(&app, &ada, &party).await).await;
        if visibility == "invitation" {
            assert!(page.text.contains("It opens this party to nobody else."), "{}", page.text);
            assert_eq!(by_name, [format!("/parties/{party}/guests"), format!("/parties/{party}/guests")]);
            assert_eq!(link.path.split('?').next(), Some("/login"), "the link alone names nothing");
        } else {
            assert_eq!((by_name.len(), link.status), (0, 200), "{visibility}");
        }
    }
    // The page after hosting, by the whole form too.
    let page = ada.submit("/host", "/host", &host_form(&[("visibility", "invitation")])).await;
    assert_page(&page, 200, "Your table is set. Now invite your friends by name.");
}

async fn deadline_is_shown_before_it_has_passed(app: TestApp) {
    let closes_at = START + Duration::from_hours(1);
    let deadline = |party: &mut NewParty| party.rsvp_deadline = RsvpDeadline::of(&party.date, closes_at).unwrap();
    let party = party_of(&app, 4, deadline).await;
    let without = app.add_party(app.id_of("ada").await, |_| ()).await;
    let link = app.stored_party_of("ada", &party).await.unwrap().link.unwrap();
    let (ben, visitor) = (app.user("ben").await, app.visitor());
    let paths = [(&ben, format!("/parties/{party}")), (&visitor, format!("/i/{link}"))];
    for (client, path) in &paths {
        let page = client.get(path).await;
        assert_eq!(detail(&page, "RSVP by"), ["Thursday 1 January 2026, 02:00 (Berlin time)"], "{path}");
    }
    assert_eq!(detail(&ben.get(&format!("/parties/{without}")).await, "RSVP by"), [""; 0], "it is the start");
    app.clock.advance(Duration::from_hours(1));
    for (client, path) in &paths {
        let page = client.get(path).await;
        assert_eq!(detail(&page, "RSVP by"), [""; 0], "{path}");
        assert!(page.text.contains("RSVPs closed on Thursday 1 January 2026, 02:00 (Berlin time)."), "{}", page.text);
    }
}
