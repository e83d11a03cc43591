//! The mocked store, whose methods fail on request.
#![allow(clippy::wildcard_imports, reason = "the ports and their types are those of the file above")]

use super::*;

/// Counters that no attempt reaches the limit of.
fn throttles(broken: Broken) -> MockThrottleRepository {
    let mut throttles = MockThrottleRepository::new();
    throttles.expect_check().returning(move |_, _| broken.result("throttles.check", Ok(Attempt::Allowed)));
    throttles.expect_count().returning(move |_, _| broken.result("throttles.count", Ok(Attempt::Allowed)));
    throttles.expect_give_back().returning(move |_| broken.result("throttles.give_back", ()));
    throttles.expect_forget().returning(move |_| broken.result("throttles.forget", ()));
    throttles
}

/// The user's browser is each that sends a device cookie, and no network is known.
fn known_browsers(broken: Broken) -> MockKnownBrowserRepository {
    let mut browsers = MockKnownBrowserRepository::new();
    browsers.expect_find().returning(move |_, digest, _, _| {
        broken.result("known_browsers.find", Recognition { browser: digest.is_some(), network: false })
    });
    browsers.expect_remember().returning(move |_, _, _, _, _| broken.result("known_browsers.remember", ()));
    browsers.expect_forget_all().returning(move |_| broken.result("known_browsers.forget_all", 0));
    browsers.expect_list().returning(move |_| broken.result("known_browsers.list", Vec::new()));
    browsers.expect_count_failure().returning(move |_, _, _| broken.result("known_browsers.count_failure", true));
    browsers
}

/// Events are stored.
fn events(broken: Broken) -> MockEventRepository {
    let mut events = MockEventRepository::new();
    events.expect_list().returning(move |_, _, _| broken.result("events.list", Page { items: Vec::new(), next: None }));
    events.expect_add().returning(move |_| broken.result("events.add", ()));
    events
}

/// There is a notice to dismiss.
fn notices(broken: Broken) -> MockNoticeRepository {
    let mut notices = MockNoticeRepository::new();
    notices.expect_list().returning(move |_, _| broken.result("notices.list", Vec::new()));
    notices.expect_dismiss().returning(move |_, _| broken.result("notices.dismiss", true));
    notices.expect_dismiss_all().returning(move |_, _| broken.result("notices.dismiss_all", 1));
    notices
}

/// Any token finds the session of Ada.
fn sessions(broken: Broken) -> MockSessionRepository {
    let mut sessions = MockSessionRepository::new();
    sessions.expect_keep_only().returning(move |_, _| broken.result("sessions.keep_only", OtherSessions::default()));
    sessions.expect_open().returning(move |_, _, _, _, _| broken.result("sessions.open", SessionId::new(1)));
    sessions.expect_find().returning(move |_| {
        let record = SessionRecord {
            user: ada().id,
            created_at: NOW,
            last_seen_at: NOW,
            authenticated_at: NOW,
            expires_at: NOW + Duration::from_hours(1),
            remembered: false,
            device: Device::default(),
        };
        broken.result(
            "sessions.find",
            Some(StoredSession { id: SessionId::new(1), user: ada(), roles: Roles::default(), notices: 0, record }),
        )
    });
    sessions.expect_confirm().returning(move |_, _, _, _| broken.result("sessions.confirm", Some(SessionId::new(1))));
    sessions.expect_end_all().returning(move |_, _| broken.result("sessions.end_all", 0));
    sessions.expect_list().returning(move |_| broken.result("sessions.list", Vec::new()));
    sessions.expect_end_of_user().returning(move |_, _, _| broken.result("sessions.end_of_user", true));
    sessions.expect_end_others().returning(move |_, _, _| {
        let kept = KeptSession { id: SessionId::new(1), user: ada().id, ended: 2 };
        broken.result("sessions.end_others", Some(kept))
    });
    sessions.expect_end().returning(move |_, _| {
        let ended = EndedSession { id: SessionId::new(1), user: ada().id };
        broken.result("sessions.end", Some(ended))
    });
    sessions
}

/// A party whose guests are more than those of its page.
fn party_of_many() -> PartyView {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let date = PartyDate::resolve(parse_date("2026-03-14").unwrap(), parse_time("19:00").unwrap(), zone).unwrap();
    let summary = PartySummary {
        id: PartyId::new(2),
        host: UserId::new(7),
        venue: ShortText::parse("Here").unwrap(),
        main_dish: ShortText::parse("Soup").unwrap(),
        state: PartyState::Scheduled,
        ends_at: PartyEnd::default_of(&date).at(),
        rsvp_deadline: date.starts_at(),
        visibility: Visibility::Listed,
        heading: PartyHeading { host: Username::parse("Cleo").unwrap(), date },
        seats: Seats::new(100).unwrap(),
        taken: 60,
        waiting: 0,
        max_companions: 0,
        first_guests: vec![],
        my_answer: None,
        my_rank: None,
    };
    PartyView {
        summary,
        guests: vec![],
        more_guests: Some(GuestCursor::new(50)),
        names_shown_to: NamesShownTo::Everyone,
        revision: 0,
        my_given_up: None,
        my_texts: RsvpTexts::default(),
        details: None,
        address: None,
        link: None,
        sequence: 0,
    }
}

/// A mocked store with one user, Ada, whose session any token finds, and without parties.
pub(super) fn services(broken: Broken) -> Services {
    let hash = Arc::new(Mutex::new(None::<PasswordHash>));
    let mut users = MockUserRepository::new();
    let registered_hash = Arc::clone(&hash);
    users.expect_add().returning(move |_, hash, _| {
        *registered_hash.lock().unwrap() = Some(hash);
        broken.result("users.add", ada())
    });
    users.expect_find_by_username().returning(move |_| broken.result("users.find_by_username", None));
    users.expect_find().returning(move |_| broken.result("users.find", Some(ada())));
    users.expect_rename().returning(move |_, _, _, _| broken.result("users.rename", ada()));
    users.expect_change_email().returning(move |_, _, _, _| broken.result("users.change_email", ada()));
    users.expect_list_former_usernames().returning(move |_| broken.result("users.list_former_usernames", Vec::new()));
    users.expect_list_roles().returning(move |_| broken.result("users.list_roles", Roles::default()));
    users.expect_request_deletion().returning(move |_, _, due, _| {
        broken.result("users.request_deletion", RequestedDeletion { due, sessions: 1, is_repeated: false })
    });
    users.expect_list().returning(move |_, _| broken.result("users.list", Page { items: vec![ada()], next: None }));

    let credential = move || {
        hash.lock().unwrap().clone().map(|hash| Credential { user: ada(), hash, version: PasswordVersion::INITIAL })
    };
    let (by_username, by_id) = (credential.clone(), credential.clone());
    let mut credentials = MockCredentialRepository::new();
    credentials.expect_find_by_email().returning(move |_| broken.result("credentials.find_by_email", credential()));
    credentials
        .expect_find_by_username()
        .returning(move |_| broken.result("credentials.find_by_username", by_username()));

    credentials
        .expect_find_by_reset_token()
        .returning(move |_, _| broken.result("credentials.find_by_reset_token", Some(ada())));
    credentials
        .expect_list_reset_tokens()
        .returning(move |_| broken.result("credentials.list_reset_tokens", Vec::new()));
    credentials.expect_find().returning(move |_| broken.result("credentials.find", by_id()));
    credentials.expect_change().returning(move |_, _| broken.result("credentials.change", OtherSessions::default()));

    let mut parties = MockPartyRepository::new();
    parties.expect_add().returning(move |_, _| broken.result("parties.add", PartyId::new(1)));
    parties.expect_find().returning(move |id, _| broken.result("parties.find", (id.get() == 2).then(party_of_many)));
    parties
        .expect_list_guests()
        .returning(move |_, _| broken.result("parties.list_guests", Page { items: vec![], next: None }));
    parties.expect_find_by_link().returning(move |_, _| broken.result("parties.find_by_link", None));
    parties.expect_guests().returning(move |_, _| broken.result("parties.guests", None));
    parties.expect_list_labels().returning(move |_, _| broken.result("parties.list_labels", Vec::new()));
    parties.expect_send_message().returning(move |_, _, _| {
        broken.result("parties.send_message", SentMessage { id: MessageId::new(1), recipients: 1 })
    });
    parties.expect_export_messages().returning(move |_, _, _| broken.result("parties.export_messages", Vec::new()));
    parties.expect_history().returning(move |_, _, _, _| broken.result("parties.history", None));
    parties.expect_find_invitation().returning(move |_| broken.result("parties.find_invitation", None));
    parties
        .expect_update_by_link()
        .returning(move |_, _, _, _, _| broken.result("parties.update_by_link", Outcome::GaveUpSeat));
    parties.expect_home().returning(move |_, _, _| {
        broken.result("parties.home", HomeView { next: None, open: Vec::new(), waiting: Vec::new() })
    });
    parties.expect_own_profile().returning(move |_, _, _, _| {
        let nothing = || Page { items: Vec::new(), next: None };
        broken.result("parties.own_profile", ProfileView { hosted: nothing(), attended: nothing(), last_zone: None })
    });
    parties
        .expect_list()
        .returning(move |_, _, _, _, _| broken.result("parties.list", Page { items: Vec::new(), next: None }));
    parties.expect_export_hosted().returning(move |_, _, _| broken.result("parties.export_hosted", Vec::new()));
    parties.expect_export_answers().returning(move |_, _, _| broken.result("parties.export_answers", Vec::new()));
    parties.expect_update().returning(move |_, _, _, _, _| broken.result("parties.update", Outcome::GaveUpSeat));

    let ready = move || -> ReadinessFuture { Box::pin(std::future::ready(broken.result("readiness", ()))) };
    Services {
        accounts: AccountPorts {
            users: Arc::new(users),
            credentials: Arc::new(credentials),
            sessions: Arc::new(sessions(broken)),
            throttles: Arc::new(throttles(broken)),
            known_browsers: Arc::new(known_browsers(broken)),
            events: Arc::new(events(broken)),
            leases: Arc::new(MockLeaseRepository::new()),
            registration_codes: Arc::new(MockRegistrationCodeRepository::new()),
            notices: Arc::new(notices(broken)),
            in_one_commit: None,
        },
        parties: Arc::new(parties),
        readiness: Arc::new(ready),
        clock: Arc::new(MovableClock::at(NOW)),
        random: Arc::new(OsRandom),
        time_zone: Zone::parse("UTC").unwrap(),
        quotas: Quotas::default(),
        guest_texts_retention: RsvpTexts::RETENTION,
    }
}

/// The methods of every port, as their traits in the crate `domain` declare them.
pub(super) fn port_methods() -> Vec<String> {
    let mut methods = Vec::new();
    for folder in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src")).unwrap() {
        let folder = folder.unwrap();
        let Ok(port) = std::fs::read_to_string(folder.path().join("repository.rs")) else { continue };
        let name = folder.file_name().into_string().unwrap();
        let ports = name.strip_suffix('y').map_or_else(|| format!("{name}s"), |stem| format!("{stem}ies"));
        let names = port.split("async fn ").skip(1).map(|rest| rest.split('(').next().unwrap());
        methods.extend(names.map(|name| format!("{ports}.{name}")));
    }
    methods
}
