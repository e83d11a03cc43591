//! The kinds of requests: how often each is sent, and which outcomes are expected.

use load_tools::random::Xorshift;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Home,
    LogInPage,
    List,
    Search,
    Profile,
    Party,
    Accept,
    GiveUp,
    Host,
    LogIn,
    Register,
    NotFound,
    InvalidForm,
    CrossSiteForm,
    OversizedForm,
    NotHttp,
    Readiness,
    HalfHead,
    HalfBody,
}

/// Each kind: its name, how often it is sent in a thousand requests, and its expected outcomes.
#[rustfmt::skip]
const KINDS: [(Kind, &str, u64, &[&str]); 19] = [
    (Kind::Home, "home page, logged out", 150, &["200"]),
    (Kind::LogInPage, "log-in page, logged out", 60, &["200"]),
    (Kind::List, "list of parties", 200, &["200"]),
    (Kind::Search, "search in the list", 50, &["200"]),
    (Kind::Profile, "profile", 100, &["200"]),
    (Kind::Party, "party page", 140, &["200"]),
    (Kind::Accept, "RSVP", 100, &["303"]),
    (Kind::GiveUp, "seat given up", 70, &["303"]),
    (Kind::Host, "party hosted", 10, &["303"]),
    (Kind::LogIn, "log-in", 10, &["303"]),
    (Kind::Register, "registration", 2, &["303 to log-in"]),
    (Kind::NotFound, "page that does not exist", 20, &["404"]),
    (Kind::InvalidForm, "form that does not parse", 20, &["422"]),
    (Kind::CrossSiteForm, "form of another site", 15, &["403"]),
    (Kind::OversizedForm, "form of 70 KB", 15, &["413", "no response"]),
    (Kind::NotHttp, "bytes that are not HTTP", 15, &["400"]),
    (Kind::Readiness, "readiness", 13, &["200"]),
    (Kind::HalfHead, "half a request head", 5, &["408", "closed"]),
    (Kind::HalfBody, "half a request body", 5, &["408", "closed"]),
];

impl Kind {
    /// A random kind, as often as the table says.
    pub(crate) fn choose(random: &mut Xorshift) -> Self {
        let mut number = random.below(KINDS.iter().map(|(_, _, weight, _)| weight).sum());
        for (kind, _, weight, _) in KINDS {
            if number < weight {
                return kind;
            }
            number -= weight;
        }
        Self::Home
    }

    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn expects(self, outcome: &str) -> bool {
        self.row().1.contains(&outcome)
    }

    /// Whether the request waits for a timeout of the server, so that its time is no latency.
    pub(crate) fn waits_for_timeout(self) -> bool {
        matches!(self, Self::HalfHead | Self::HalfBody)
    }

    fn row(self) -> (&'static str, &'static [&'static str]) {
        let row = KINDS.iter().find(|(kind, ..)| *kind == self);
        row.map_or(("?", &[]), |(_, name, _, expected)| (*name, *expected))
    }
}
