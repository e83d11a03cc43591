//! "Who sees what": each part of a party is looked for on every page, in the calendar file and the CSV file, for each viewer, each
//! visibility, and each choice of who sees the names of guests.

use std::fmt::Write as _;

use accounts::test_kit::TestClient;
use domain::party::{
    Allergies, Answer, GuestAnswer, GuestCommand, GuestNote, Heads, NamesShownTo, TextChange, TextChanges, Visibility,
};
use poem::http::Method;

use crate::common::{TestApp, host, host_form, post};

test_support::on_both_engines! { TestApp:
    each_viewer_sees_the_parts_that_the_table_states
}

/// What a viewer may see, and a text that occurs nowhere else: a search for it is written in small letters.
const PARTS: [(&str, &str); 8] = [
    ("dish", "Zwiebelkuchen"),
    ("details", "Zimtsterne"),
    ("venue", "Zeughaus"),
    ("address", "Zollstrasse"),
    ("names of guests", "zacharias"),
    ("note of another guest", "Zugverspätung"),
    ("allergies of another guest", "Zitrusfrüchte"),
    ("note of the seated guest", "Zuckerwatte"),
];

/// The pages and files that exist for the host alone.
const FOR_THE_HOST: [&str; 9] = [
    "/parties/1/edit",
    "/parties/1/cancel",
    "/parties/1/history",
    "/parties/1/guests",
    "/parties/1/guests?all=1",
    "/parties/1/guests.csv",
    "/parties/1/guests/kitchen",
    "/parties/1/guests/message",
    "/parties/1/guests/remove?guest=zacharias",
];

/// A viewer, and how the viewer stands to the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Viewer {
    /// Logged out, with the link.
    Visitor,
    /// Logged in, without an answer and without the link.
    Stranger,
    /// The same with the link.
    StrangerWithLink,
    Invited,
    Waiting,
    Maybe,
    Declined,
    Removed,
    Seated,
    Host,
}

const VIEWERS: [Viewer; 10] = [
    Viewer::Visitor,
    Viewer::Stranger,
    Viewer::StrangerWithLink,
    Viewer::Invited,
    Viewer::Waiting,
    Viewer::Maybe,
    Viewer::Declined,
    Viewer::Removed,
    Viewer::Seated,
    Viewer::Host,
];

impl Viewer {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Whether the viewer may see the party at all: the column heads of the table.
    fn finds(self, visibility: Visibility) -> bool {
        match (self, visibility) {
            (Self::Stranger | Self::Removed, _) => visibility == Visibility::Listed,
            (Self::Visitor | Self::StrangerWithLink, Visibility::ByInvitation) => false,
            _ => true,
        }
    }

    /// Whether the viewer finds the party without its link.
    fn finds_by_id(self, visibility: Visibility) -> bool {
        let needs_link = matches!(self, Self::Visitor | Self::StrangerWithLink);
        self.finds(visibility) && (visibility == Visibility::Listed || !needs_link)
    }

    /// The cell of the table, for a viewer who may see the party.
    fn sees(self, part: &str, names: NamesShownTo) -> bool {
        match part {
            "dish" | "details" => true,
            "venue" => self != Self::Visitor,
            "address" => matches!(self, Self::Seated | Self::Host),
            "names of guests" => match names {
                NamesShownTo::Everyone => self != Self::Visitor,
                NamesShownTo::Guests => matches!(self, Self::Seated | Self::Host),
                NamesShownTo::Host => self == Self::Host,
            },
            "note of another guest" | "allergies of another guest" => self == Self::Host,
            "note of the seated guest" => matches!(self, Self::Seated | Self::Host),
            other => panic!("{other}"),
        }
    }
}

/// Everything that a viewer can read about party 1, as one text.
async fn everything(client: &TestClient, token: &str, has_link: bool) -> String {
    let mut paths = vec![
        "/",
        "/rsvp",
        "/rsvp?q=zwiebelkuchen",
        "/rsvp?q=zeughaus",
        "/user/ada",
        "/parties/1",
        "/parties/1.ics",
        "/parties/1?guests=0",
        "/host?again=1",
        "/account/export",
    ]
    .into_iter()
    .chain(FOR_THE_HOST.into_iter().filter(|path| !path.contains("zacharias")))
    .map(ToOwned::to_owned)
    .collect::<Vec<_>>();
    if has_link {
        paths.extend([format!("/i/{token}"), format!("/i/{token}?answer=yes"), format!("/i/{token}?guests=0")]);
    }
    let mut text = String::new();
    for path in paths {
        let response = client.send(client.request(Method::GET, &path)).await;
        assert!(response.status < 500, "{path}: {}", response.status);
        write!(text, "\n{path}\n{}", response.html).unwrap();
    }
    text
}

/// The pages of the party exist for those who find it, and the host's for the host; the party's own page has every part that the viewer may
/// see, the calendar file the address, and the profile of a guest the party where the viewer sees its names.
async fn assert_pages(
    client: &TestClient,
    viewer: Viewer,
    token: &str,
    (visibility, names): (Visibility, NamesShownTo),
) {
    let get = async |path: &str| client.send(client.request(Method::GET, path)).await;
    let context = format!("{viewer:?}, {visibility:?}, names for {names:?}");
    let (finds, is_visitor) = (viewer.finds_by_id(visibility), viewer == Viewer::Visitor);
    if !is_visitor {
        for path in FOR_THE_HOST {
            let status = if viewer == Viewer::Host { 200 } else { 404 };
            assert_eq!(get(path).await.status, status, "{path}: {context}");
        }
        for path in ["/parties/1", "/parties/1.ics"] {
            assert_eq!(get(path).await.status, if finds { 200 } else { 404 }, "{path}: {context}");
        }
        let attends = finds && viewer.sees("names of guests", names);
        assert_eq!(get("/user/zacharias").await.html.contains("Zwiebelkuchen"), attends, "{context}");
    }
    if viewer.finds(visibility) {
        let is_by_link = is_visitor || !finds;
        let own = get(&if is_by_link { format!("/i/{token}") } else { "/parties/1".to_owned() }).await.html;
        let parts = PARTS.iter().filter(|(part, _)| viewer.sees(part, names));
        // What others wrote is on the host's list and not on the party's page.
        for (part, text) in
            parts.filter(|(part, _)| viewer != Viewer::Host || !part.starts_with("note") && !part.starts_with("all"))
        {
            assert!(own.contains(text), "{part}: {context}");
        }
    }
    if finds && !is_visitor {
        let file = get("/parties/1.ics").await.html;
        assert_eq!(file.contains("Zollstrasse"), viewer.sees("address", names), "{context}");
    }
}

async fn each_viewer_sees_the_parts_that_the_table_states(app: TestApp) {
    let ada = app.user("ada").await;
    let form = [
        ("main_dish", "Zwiebelkuchen"),
        ("details", "Zimtsterne"),
        ("venue", "Zeughaus"),
        ("address", "Zollstrasse 1"),
        ("number_seats", "5"),
        ("max_companions", "4"),
    ];
    let party = host(&ada, "ada", &form).await;
    let link = ada.get("/parties/1").await.attributes("input[data-share]", "value").concat();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let texts = TextChanges {
        note: TextChange::Replace(GuestNote::parse_optional("Zugverspätung").unwrap()),
        allergies: TextChange::Replace(Allergies::parse_optional("Zitrusfrüchte").unwrap()),
    };
    let answer = GuestAnswer { command: GuestCommand::Come, texts };
    app.answer(&party, app.add_user("zacharias").await, answer).await;
    let mut clients = vec![];
    for viewer in VIEWERS {
        let client = match viewer {
            Viewer::Visitor => app.visitor(),
            Viewer::Host => app.log_in("ada").await,
            _ => app.user(&viewer.name()).await,
        };
        let command = match viewer {
            Viewer::Seated | Viewer::Removed => Some(GuestCommand::Accept(Heads::ONE)),
            Viewer::Waiting => Some(GuestCommand::Accept(Heads::new(5).unwrap())),
            Viewer::Maybe => Some(GuestCommand::Maybe),
            Viewer::Declined => Some(GuestCommand::Decline),
            _ => None,
        };
        if let Some(command) = command {
            let note = (viewer == Viewer::Seated).then(|| GuestNote::parse_optional("Zuckerwatte").unwrap());
            let texts = TextChanges {
                note: note.map_or_else(TextChange::default, TextChange::Replace),
                ..TextChanges::default()
            };
            app.answer(&party, app.id_of(&viewer.name()).await, GuestAnswer { command, texts }).await;
        }
        let path = |command| format!("/parties/1/guests/{command}");
        match viewer {
            Viewer::Invited => drop(post(&ada, &path("invite"), &[("guest", "invited")]).await),
            Viewer::Removed => {
                post(&ada, &path("remove"), &[("guest", "removed")]).await;
                // The notice of a removal names the dish of that time, which the guest knew: it is not the party.
                let newest = client.get("/").await.attributes(".notices input[name=newest]", "value").concat();
                let dismissed = post(&client, "/notices", &[("newest", &newest), ("all", "1")]).await;
                assert_eq!(dismissed.status, 303);
            }
            _ => {}
        }
        clients.push((viewer, client));
    }
    for (name, answer) in [
        ("invited", Answer::Invited),
        ("waiting", Answer::Waitlisted(Heads::new(5).unwrap())),
        ("maybe", Answer::Maybe),
        ("declined", Answer::Declined),
        ("seated", Answer::Seated(Heads::ONE)),
    ] {
        assert_eq!(app.answer_of(&party, app.id_of(name).await).await, Some(answer));
    }
    for (visibility, value) in
        [(Visibility::Listed, "listed"), (Visibility::ByLink, "link"), (Visibility::ByInvitation, "invitation")]
    {
        for (names, shown) in
            [(NamesShownTo::Everyone, "everyone"), (NamesShownTo::Guests, "guests"), (NamesShownTo::Host, "host")]
        {
            let revision = ada.get("/parties/1/edit").await.attributes("input[name=revision]", "value").concat();
            let changes =
                [&form[..], &[("visibility", value), ("names_shown_to", shown), ("revision", &revision)]].concat();
            let edited = post(&ada, "/parties/1/edit", &host_form(&changes)).await;
            assert_eq!(edited.status, 303, "{value} {shown}: {}", edited.text);
            for (viewer, client) in &clients {
                let has_link = !matches!(viewer, Viewer::Stranger);
                assert_pages(client, *viewer, &token, (visibility, names)).await;
                let seen = everything(client, &token, has_link).await;
                for (part, text) in PARTS {
                    let expected = viewer.finds(visibility) && viewer.sees(part, names);
                    let is_seen = seen.contains(text);
                    let page = seen
                        .lines()
                        .rev()
                        .skip_while(|line| !line.contains(text))
                        .find(|line| line.starts_with('/'))
                        .unwrap_or_default();
                    assert_eq!(
                        is_seen, expected,
                        "{viewer:?} and {part}: {visibility:?}, names for {names:?}, at {page}"
                    );
                }
            }
        }
    }
}
