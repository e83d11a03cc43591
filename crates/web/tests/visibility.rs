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
const PARTS: [(&str, &str); 7] = [
    ("dish", "Zwiebelkuchen"),
    ("details", "Zimtsterne"),
    ("venue", "Zeughaus"),
    ("address", "Zollstrasse"),
    ("names of guests", "zacharias"),
    ("note of another guest", "Zugverspätung"),
    ("allergies of another guest", "Zitrusfrüchte"),
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
        "/parties/1/guests",
        "/parties/1/guests?all=1",
        "/parties/1/guests.csv",
        "/parties/1/guests/kitchen",
        "/parties/1/edit",
        "/host?again=1",
        "/account/export",
    ]
    .into_iter()
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
            app.answer(&party, app.id_of(&viewer.name()).await, command).await;
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
