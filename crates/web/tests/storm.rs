//! Everybody at once: a table of ten is never overbooked, nobody is told what is not stored, and nobody meets an error.
//! `cargo xtask faults oversell` does the same with more guests and rounds, and prints a table.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::common::{TestApp, flash, host, post};

test_support::on_both_engines! { TestApp:
sixty_guests_at_once_fill_ten_seats_exactly }

const GUESTS: usize = 60;
const ROUNDS: usize = 4;

async fn sixty_guests_at_once_fill_ten_seats_exactly(app: TestApp) {
    let ada = app.user("ada").await;
    let mut guests = Vec::new();
    for n in 0..GUESTS {
        guests.push(app.user(&format!("guest-{n:02}")).await);
    }
    for _ in 0..ROUNDS {
        let party = host(&ada, "ada", &[("number_seats", "10")]).await;
        let together = Arc::new(Barrier::new(GUESTS));
        let mut storm = JoinSet::new();
        for guest in guests.clone() {
            let (party, together) = (party.clone(), Arc::clone(&together));
            storm.spawn(async move {
                together.wait().await;
                let answer = post(&guest, "/rsvp", &[("party_id", &party)]).await;
                assert_eq!(answer.status, 303, "{}", answer.text);
                flash(&guest.get("/rsvp?per_page=1").await)
            });
        }
        let told = storm.join_all().await;

        let date = "Saturday 14 March 2026, 19:00 (Europe/Berlin)";
        let yes =
            told.iter().filter(|told| **told == format!("You successfully RSVP'd to ada's dinner party on {date}!"));
        let full = told.iter().filter(|told| **told == format!("ada's dinner party on {date} is full."));
        let stored = app.stored_party(&party).await.unwrap();
        assert_eq!((yes.count(), full.count()), (9, GUESTS - 9), "{told:?}");
        assert_eq!((stored.guests.len(), stored.summary.taken), (9, 10));
    }
}
