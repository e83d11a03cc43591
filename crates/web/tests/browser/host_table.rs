//! A host and four guests, each in a browser without scripts: a full table, a waiting list of groups, seats given up and taken
//! back, a message, a new date, a removal, a cancellation. Each sentence is the one that `docs/RSVP.md` has for it.
//!
//! Who gets a seat is in `seats`, what the host does is in `hosting`, forms of tabs that are out of date are in `stale_tabs`.

mod hosting;
mod seats;
mod stale_tabs;

use test_support::browser::{Person, Scripts};

use crate::common::TestApp;
use crate::steps::{HOSTED, arrive, at};

/// The host and the guests, and the path of the party.
struct Table {
    app: TestApp,
    ada: Person,
    ben: Person,
    cyd: Person,
    dan: Person,
    eve: Person,
    party: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn host_and_four_guests_share_a_full_table() {
    let table = Table::of_five_seats().await;
    table.table_fills_up().await;
    table.seat_given_up_goes_to_the_first_who_fits().await;
    table.host_reads_who_is_coming().await;
    table.host_writes_to_those_who_are_coming().await;
    table.host_moves_the_party().await;
    table.host_removes_a_guest_and_lets_her_back_in().await;
    table.host_cancels_and_restores().await;
    table.everything_is_in_the_history().await;
    for person in [&table.ada, &table.ben, &table.cyd, &table.dan, &table.eve] {
        person.sees_no_console_errors().await;
    }
}

impl Table {
    /// Ada hosts a party of five seats, at which each guest may bring two.
    async fn of_five_seats() -> Self {
        let app = TestApp::on_sqlite().await;
        let arriving = |name| arrive(&app, name, Scripts::Off);
        let (ada, ben, cyd, dan, eve) =
            tokio::join!(arriving("ada"), arriving("ben"), arriving("cyd"), arriving("dan"), arriving("eve"));
        let party = host(&ada).await;
        Self { app, ada, ben, cyd, dan, eve, party }
    }

    /// Opens the page of the party.
    async fn opens_party(&self, person: &Person) {
        person.opens(&at(&self.app, &self.party)).await;
    }

    /// Opens the home page, reads the only notice there, and dismisses it.
    async fn reads_the_only_notice(&self, person: &Person, notice: &str) {
        person.opens(&at(&self.app, "/")).await;
        person.follows("1 new notice").await;
        person.sees(notice).await;
        person.presses("Dismiss all").await;
        person.sees_no_more_of("What's new").await;
        person.sees_nothing_of(notice).await;
    }
}

/// Hosts a party by the form of `/host`: Saturday 14 March 2026, 19:00 in Berlin. Returns the path of its page.
async fn host(ada: &Person) -> String {
    ada.follows("Host").await;
    ada.fills_in("Main dish", "Ratatouille").await;
    ada.fills_in("Date", "2026-03-14").await;
    ada.fills_in("Start", "19:00").await;
    ada.fills_in("Number of seats", "5").await;
    ada.fills_in("Time zone", "Europe/Berlin").await;
    ada.presses("More about the dinner").await;
    ada.fills_in("How many may each guest bring?", "2").await;
    ada.fills_in("Venue", "The kitchen").await;
    ada.fills_in("Street address (optional)", "Linden Street 3").await;
    ada.presses("Host this party").await;
    ada.sees(HOSTED).await;
    ada.path().await
}
