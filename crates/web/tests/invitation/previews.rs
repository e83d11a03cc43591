//! What a chat shows for the link of an invitation.

use domain::party::PartyState;
use poem::http::Method;

use super::invitation_path;
use crate::common::{TestApp, assert_has_headers, host, rsvp};
use crate::preview::{preview_path, property};

test_support::on_both_engines! { TestApp:
    crawlers_of_chats_see_title_text_and_picture
    preview_follows_the_party
    thousand_previews_at_once_are_drawn_or_busy
}

/// The user agents of crawlers that fetch a link for its preview.
const CRAWLERS: [&str; 6] = [
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot/1.0",
];

async fn crawlers_of_chats_see_title_text_and_picture(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[("main_dish", "Mushroom \"risotto\" & more"), ("number_seats", "3")]).await;
    let path = invitation_path(&app, &ada, &party).await;
    for crawler in CRAWLERS {
        let client = app.visitor();
        let page = client.send(client.request(Method::GET, &path).header("user-agent", crawler)).await;
        assert_eq!(page.status, 200, "{crawler}");
        assert_eq!(property(&page, "og:title"), "Mushroom \"risotto\" & more at ada's", "{crawler}");
        assert_eq!(property(&page, "og:description"), "Saturday 14 March, 19:00 · 2 seats left");
        assert_eq!(page.attributes("meta[name=description]", "content"), ["Saturday 14 March, 19:00 · 2 seats left"]);
        assert_eq!(property(&page, "og:url"), app.server.url(&path));
        let picture = preview_path(&app, &page);
        assert!(picture.starts_with(&format!("{path}/preview-")), "{picture}");
        let picture = client.send(client.request(Method::GET, &picture).header("user-agent", crawler)).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")), "{crawler}");
        assert_eq!(picture.header("cross-origin-resource-policy"), Some("cross-origin"));
        assert_has_headers(&picture);
    }
}

async fn preview_follows_the_party(app: TestApp) {
    let (ada, ben) = (app.user("ada").await, app.user("ben").await);
    let party = host(&ada, "ada", &[("main_dish", "粥"), ("number_seats", "2")]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let visitor = app.visitor();
    let first = preview_path(&app, &visitor.get(&path).await);
    assert_eq!(visitor.get(&first).await.status, 200, "a dish that the font cannot spell");
    rsvp(&ben, &party).await;
    let full = visitor.get(&path).await;
    assert_eq!(property(&full, "og:description"), "Saturday 14 March, 19:00 · Full");
    assert_ne!(preview_path(&app, &full), first);
    let current = preview_path(&app, &full);
    for former in [&first, &format!("{path}/preview-{}.png", "0".repeat(32))] {
        let response = visitor.send(visitor.request(Method::GET, former)).await;
        assert_eq!((response.status, response.header("location")), (303, Some(&*current)), "the crawler reads late");
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("cross-origin-resource-policy"), Some("cross-origin"));
    }
    for wrong in ["0", "", &"0".repeat(31), &"A".repeat(32), &format!("+{}", "0".repeat(31))] {
        assert_eq!(visitor.get(&format!("{path}/preview-{wrong}.png")).await.status, 404, "{wrong}");
    }
    app.update_party(&party, app.id_of("ada").await, |party, _| party.state = PartyState::Cancelled).await;
    assert_eq!(property(&visitor.get(&path).await, "og:description"), "Saturday 14 March, 19:00 · Cancelled");
}

async fn thousand_previews_at_once_are_drawn_or_busy(app: TestApp) {
    let ada = app.user("ada").await;
    let party = host(&ada, "ada", &[]).await;
    let path = invitation_path(&app, &ada, &party).await;
    let picture = preview_path(&app, &app.visitor().get(&path).await);
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let (visitor, picture) = (app.visitor(), picture.clone());
        requests.spawn(async move { visitor.get(&picture).await.status });
    }
    let statuses = requests.join_all().await;

    assert!(statuses.contains(&200) && statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
}
