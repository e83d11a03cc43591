//! A running DinnerParty on an SQLite file, and how it is filled: through the use cases and not through pages, so that
//! a changed page changes nothing here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use accounts::ports::{AccountPorts, PasswordHash};
use accounts::test_kit::{MovableClock, TestServer, fast_hash_cost};
use accounts::{Accounts, Caller, Email, OsRandom, RegistrationPolicy, Timestamp, UserId, Username};
use anyhow::{Context as _, ensure};
use domain::party::{
    Audience, AudiencePart, Details, Guest, GuestAnswer, GuestCommand, Heads, HostCommand, LinkToken, MessageText,
    NewMessage, NewParty, Opened, Outcome, Parties, PartyDate, PartyEdit, PartyEnd, PartyId, PartyTexts, RsvpDeadline,
    Seats, ShortText, Visibility, Zone, parse_date, parse_time,
};
use domain::user::NewUser;
use store::PartyStore;
use tempfile::TempDir;
use test_support::sqlite_url;
use web::{Services, app};

/// 2026-01-01T00:00:00Z, the time at the start.
const START_TIME: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// What each host writes about the party.
const DETAILS: &str = "Bring a chair if you have one, and an appetite.\nThe menu: https://dinner.example/menu";

/// A running DinnerParty.
pub(crate) struct DinnerParty {
    pub(super) server: TestServer,
    clock: MovableClock,
    store: PartyStore,
    parties: Parties,
    /// The number of links made so far, which are their tokens.
    links: AtomicU64,
    _folder: TempDir,
}

impl DinnerParty {
    /// The time at the start.
    pub(super) const START_TIME: Timestamp = START_TIME;

    pub(super) async fn start() -> anyhow::Result<Self> {
        Self::with(RegistrationPolicy::Open).await
    }

    pub(super) async fn with(registration: RegistrationPolicy) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = PartyStore::connect(&sqlite_url(&folder)).await?;
        let clock = MovableClock::at(START_TIME);
        let services = Services::over(&store, clock.clone(), OsRandom, Zone::parse("Europe/Lisbon")?);
        let settings = Accounts::builder().cost(fast_hash_cost()).registration(registration);
        let server = TestServer::start(app(services, settings)?).await?;
        let parties = Parties::new(store.parties(), Arc::new(clock.clone()));
        Ok(Self { server, clock, store, parties, links: AtomicU64::new(1), _folder: folder })
    }

    /// Adds a user who cannot log in.
    pub(super) async fn add_user(&self, name: &str, nick: &str) -> anyhow::Result<UserId> {
        let (username, email) = (Username::parse(name)?, Email::parse(&format!("{nick}@example.com"))?);
        let user = NewUser { username, email, joined_at: START_TIME, registration_key: None, code: None };
        Ok(self.ports().users.add(user, PasswordHash::new("none".into()), domain::Alongside::nothing()).await?.id)
    }

    /// The id of a registered user.
    pub(super) async fn id_of(&self, name: &str) -> anyhow::Result<UserId> {
        let found = self.ports().users.find_by_username(&Username::parse(name)?).await?;
        Ok(found.with_context(|| format!("no user is called {name}"))?.id)
    }

    /// Hosts a party on a day (`MM-DD`) of 2026, at 19:00 in Berlin.
    pub(super) async fn host(
        &self,
        host: UserId,
        day: &str,
        dish: &str,
        venue: &str,
        seats: u32,
    ) -> anyhow::Result<PartyId> {
        Ok(self.parties.host(self.new_party(host, day, dish, venue, seats)?).await?)
    }

    /// Hosts a party of six seats that only people with the link find.
    pub(super) async fn host_unlisted(&self, host: UserId, day: &str, dish: &str) -> anyhow::Result<PartyId> {
        let party = self.new_party(host, day, dish, "The back room", 6)?;
        Ok(self.parties.host(NewParty { visibility: Visibility::ByLink, ..party }).await?)
    }

    /// Hosts a party whose guests may bring two each, with a change.
    pub(super) async fn host_groups(
        &self,
        host: UserId,
        dish: &str,
        seats: u32,
        change: impl FnOnce(&mut NewParty),
    ) -> anyhow::Result<PartyId> {
        let mut party = self.new_party(host, "03-14", dish, "The kitchen on Elm Street", seats)?;
        party.max_companions = 2;
        change(&mut party);
        Ok(self.parties.host(party).await?)
    }

    fn new_party(&self, host: UserId, day: &str, dish: &str, venue: &str, seats: u32) -> anyhow::Result<NewParty> {
        let (day, time) = (parse_date(&format!("2026-{day}"))?, parse_time("19:00")?);
        let date = PartyDate::resolve(day, time, Zone::parse("Europe/Berlin")?)?;
        let seats = Seats::new(seats).context("not a number of seats")?;
        let (venue, main_dish) = (ShortText::parse(venue)?, ShortText::parse(dish)?);
        let link = LinkToken::new(u128::from(self.links.fetch_add(1, Relaxed)).to_be_bytes());
        let details = Details::parse_optional(DETAILS)?;
        let mut party = NewParty::new(host, date, venue, main_dish, seats, link);
        party.texts.details = details;
        Ok(party)
    }

    /// The path of a party's invitation.
    pub(super) async fn invitation(&self, party: i64, host: &str) -> anyhow::Result<String> {
        let view = self.parties.find(PartyId::new(party), self.id_of(host).await?).await?;
        let token = view.and_then(|view| view.link).with_context(|| format!("{host} does not host {party}"))?;
        Ok(format!("/i/{token}"))
    }

    /// Gives a guest a seat.
    pub(super) async fn seat(&self, party: PartyId, guest: UserId) -> anyhow::Result<()> {
        let outcome = self.parties.answer(Opened::ById(party), guest, GuestCommand::Accept(Heads::ONE)).await?;
        ensure!(matches!(outcome, Outcome::Seated(_)), "no seat: {outcome:?}");
        Ok(())
    }

    /// Answers for a guest.
    pub(super) async fn answer(
        &self,
        party: PartyId,
        guest: UserId,
        answer: impl Into<GuestAnswer>,
    ) -> anyhow::Result<()> {
        self.parties.answer(Opened::ById(party), guest, answer).await?;
        Ok(())
    }

    /// Changes the answer of a guest for the host.
    pub(super) async fn change_guest(
        &self,
        party: PartyId,
        host: UserId,
        (id, name): (UserId, &str),
        command: HostCommand,
    ) -> anyhow::Result<()> {
        let guest = Guest { id, username: Username::parse(name)? };
        self.parties.change_guest(party, host, guest, command).await?;
        Ok(())
    }

    /// Sends a message of the host to the guests who are coming.
    pub(super) async fn send_message(&self, party: i64, host: UserId, text: &str) -> anyhow::Result<()> {
        let (party, text) = (PartyId::new(party), MessageText::parse(text)?);
        let audience = Audience::of([AudiencePart::Coming, AudiencePart::Maybe]);
        self.parties.send_message(NewMessage { party, host, audience, text, idempotency_key: None }).await?;
        Ok(())
    }

    /// Declines for a guest.
    pub(super) async fn decline(&self, party: PartyId, guest: UserId) -> anyhow::Result<()> {
        self.parties.answer(Opened::ById(party), guest, GuestCommand::Decline).await?;
        Ok(())
    }

    /// Cancels a party for its host.
    pub(super) async fn cancel(&self, party: PartyId, host: UserId) -> anyhow::Result<()> {
        self.parties.cancel(party, host).await?;
        Ok(())
    }

    /// Restores a cancelled party for its host.
    pub(super) async fn restore(&self, party: PartyId, host: UserId) -> anyhow::Result<()> {
        self.parties.restore(party, host).await?;
        Ok(())
    }

    /// Moves a party of `host_groups` to another day, for its host.
    pub(super) async fn change_date(&self, party: PartyId, host: UserId, day: &str) -> anyhow::Result<()> {
        let view = self.parties.find(party, host).await?.context("the host finds the party")?;
        let summary = view.summary;
        let date = PartyDate::resolve(parse_date(day)?, parse_time("19:00")?, Zone::parse("Europe/Berlin")?)?;
        let texts = PartyTexts {
            venue: summary.venue,
            main_dish: summary.main_dish,
            address: view.address,
            details: view.details,
        };
        let edit = PartyEdit {
            revision: view.revision,
            ends_at: PartyEnd::default_of(&date),
            rsvp_deadline: RsvpDeadline::default_of(&date),
            texts,
            seats: summary.seats,
            max_companions: summary.max_companions,
            visibility: summary.visibility,
            names_shown_to: view.names_shown_to,
            date,
        };
        self.parties.edit(party, host, edit).await?;
        Ok(())
    }

    /// The path of a link that sets a new password of a user.
    pub(super) async fn reset_link(&self, user: UserId) -> anyhow::Result<String> {
        let accounts = Accounts::builder().clock(self.clock.clone()).build(self.ports())?;
        let token = accounts.create_reset_token(user, &Caller::default()).await?.context("there is no such user")?;
        Ok(format!("/account/reset?token={}", token.expose()))
    }

    /// Moves the clock. Sessions expire by it.
    pub(super) fn advance_hours(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
    }

    /// Moves the clock by a time after which sessions are still alive.
    pub(super) fn advance_minutes(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
    }

    /// Closes the database, so that every request fails.
    pub(super) async fn close_database(&self) {
        self.store.accounts().close().await;
    }

    fn ports(&self) -> AccountPorts {
        self.store.accounts().clone().into()
    }
}
