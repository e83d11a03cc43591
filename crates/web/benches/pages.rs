//! The cost of a page without a database: routing, the accounts layer, templates and layout, with a mocked store. The floor
//! is a bare Poem endpoint that responds with the same bytes.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up fails")]

use std::sync::Arc;
use std::time::Duration;

use accounts::ports::AccountPorts;
use accounts::{Accounts, Email, OsRandom, StoreError, Timestamp, User, UserId, Username};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::credential::MockCredentialRepository;
use domain::event::MockEventRepository;
use domain::known_browser::MockKnownBrowserRepository;
use domain::lease::MockLeaseRepository;
use domain::notice::MockNoticeRepository;
use domain::party::{
    Attendee, MockPartyRepository, PartyDate, PartyEnd, PartyHeading, PartyId, PartyState, PartySummary, Quotas,
    RsvpTexts, Seats, ShortText, Visibility, Zone, parse_date, parse_time,
};
use domain::registration_code::MockRegistrationCodeRepository;
use domain::session::{Device, MockSessionRepository, SessionId, SessionRecord, StoredSession};
use domain::throttle::MockThrottleRepository;
use domain::user::{MockUserRepository, Roles};
use domain::{FixedClock, Page};
use poem::{Endpoint, EndpointExt as _, Request};
use tokio::runtime::Runtime;
use web::{ReadinessFuture, Services, app};

/// The same allocator as the program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000); // 1 January 2026

fn ada() -> User {
    let (username, email) = (Username::parse("ada").unwrap(), Email::parse("ada@example.com").unwrap());
    User { id: UserId::new(1), username, email, joined_at: NOW, disabled_at: None, deletion: None }
}

fn party(number: i64) -> PartySummary {
    let day = parse_date(&format!("2030-{:02}-{:02}", number / 28 + 1, number % 28 + 1)).unwrap();
    let date = PartyDate::resolve(day, parse_time("19:00").unwrap(), Zone::parse("Europe/Berlin").unwrap()).unwrap();
    let name = |name: &str| Username::parse(name).unwrap();
    let label = |what: &str| ShortText::parse(&format!("{what} number {number}")).unwrap();
    PartySummary {
        id: PartyId::new(number),
        host: UserId::new(2),
        ends_at: PartyEnd::default_of(&date).at(),
        rsvp_deadline: date.starts_at(),
        visibility: Visibility::Listed,
        heading: PartyHeading { host: name("ben"), date },
        venue: label("Venue"),
        main_dish: label("Main dish"),
        state: PartyState::Scheduled,
        seats: Seats::new(500).unwrap(),
        taken: 6,
        waiting: 0,
        max_companions: 0,
        first_guests: ["cleo", "dan"].map(|guest| Attendee { username: name(guest), heads: 1 }).into(),
        my_answer: None,
        my_rank: None,
    }
}

/// A mocked store with Ada's session and 50 parties.
fn services() -> Services {
    let mut sessions = MockSessionRepository::new();
    sessions.expect_find().returning(|_| {
        let record = SessionRecord {
            user: ada().id,
            created_at: NOW,
            last_seen_at: NOW,
            authenticated_at: NOW,
            expires_at: NOW + Duration::from_hours(1),
            remembered: false,
            device: Device::default(),
        };
        Ok(Some(StoredSession { id: SessionId::new(1), user: ada(), roles: Roles::default(), notices: 0, record }))
    });
    let mut parties = MockPartyRepository::new();
    let items: Vec<_> = (1..=50).map(party).collect();
    parties.expect_list().returning(move |_, _, _, _, _| Ok(Page { items: items.clone(), next: None }));
    Services {
        accounts: AccountPorts {
            users: Arc::new(MockUserRepository::new()),
            credentials: Arc::new(MockCredentialRepository::new()),
            sessions: Arc::new(sessions),
            throttles: Arc::new(MockThrottleRepository::new()),
            known_browsers: Arc::new(MockKnownBrowserRepository::new()),
            events: Arc::new(MockEventRepository::new()),
            leases: Arc::new(MockLeaseRepository::new()),
            registration_codes: Arc::new(MockRegistrationCodeRepository::new()),
            notices: Arc::new(MockNoticeRepository::new()),
            in_one_commit: None,
        },
        parties: Arc::new(parties),
        readiness: Arc::new(|| -> ReadinessFuture { Box::pin(std::future::ready(Ok::<(), StoreError>(()))) }),
        clock: Arc::new(FixedClock(NOW)),
        random: Arc::new(OsRandom),
        time_zone: Zone::parse("UTC").unwrap(),
        quotas: Quotas::default(),
        guest_texts_retention: RsvpTexts::RETENTION,
    }
}

async fn get(app: &impl Endpoint, path: &str, cookie: &str) -> Vec<u8> {
    let request = Request::builder().uri_str(path).header("host", "127.0.0.1").header("cookie", cookie).finish();
    let response = app.get_response(request).await;
    assert!(response.status().is_success(), "{}", response.status());
    response.into_body().into_vec().await.unwrap()
}

fn pages(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let app = app(services(), Accounts::builder()).unwrap();
    let logged_in = format!("session={}", "A".repeat(43));
    for (name, path, cookie) in
        [("list page of 50 parties", "/rsvp?per_page=50", logged_in.as_str()), ("log-in page", "/login", "")]
    {
        let bytes = runtime.block_on(get(&app, path, cookie));
        let bare = poem::endpoint::make_sync(move |_| bytes.clone()).map_to_response();
        let mut group = criterion.benchmark_group(name);
        group.bench_function("ours", |b| b.to_async(&runtime).iter(|| get(&app, path, cookie)));
        group.bench_function("floor", |b| b.to_async(&runtime).iter(|| get(&bare, path, cookie)));
        group.finish();
    }
}

criterion_group!(benches, pages);
criterion_main!(benches);
