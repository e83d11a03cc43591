//! Concurrent RSVPs: a party of ten seats is never overbooked, each other guest has a number of their own on the waiting list, each
//! message matches what is stored, and no request fails.
//! `cargo xtask faults oversell` repeats this with more guests and rounds.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::common::{PASSWORD, TestApp, flash, host, post};

test_support::on_both_engines! { TestApp:
sixty_concurrent_rsvps_fill_ten_seats_exactly }

const GUESTS: usize = 60;
const ROUNDS: usize = 4;

async fn sixty_concurrent_rsvps_fill_ten_seats_exactly(app: TestApp) {
    let ada = app.user("ada").await;
    let mut guests = Vec::new();
    for n in 0..u8::try_from(GUESTS).unwrap() {
        // Each from an address of its own: one address may register 60 accounts an hour.
        let guest = app.visitor().from_address([127, 0, 1, n].into());
        assert_eq!(guest.register(&format!("guest-{n:02}"), PASSWORD).await.path, "/");
        guests.push(guest);
    }
    for _ in 0..ROUNDS {
        let party = host(&ada, "ada", &[("number_seats", "10")]).await;
        let barrier = Arc::new(Barrier::new(GUESTS));
        let mut requests = JoinSet::new();
        for guest in guests.clone() {
            let (party, barrier) = (party.clone(), Arc::clone(&barrier));
            requests.spawn(async move {
                barrier.wait().await;
                let response = post(&guest, "/rsvp", &[("party_id", &party)]).await;
                assert_eq!(response.status, 303, "{}", response.text);
                flash(&guest.get("/rsvp?per_page=1").await)
            });
        }
        let messages = requests.join_all().await;

        let date = "Saturday 14 March 2026, 19:00 (Berlin time)";
        let seated = format!("You successfully RSVP'd to ada's dinner party on {date}!");
        let waits = |rank| format!("ada's dinner party on {date} is full. You're number {rank} on the waiting list.");
        let count = |sentence: &String| messages.iter().filter(|message| *message == sentence).count();
        let stored = app.stored_party(&party).await.unwrap();
        assert_eq!(count(&seated), 9, "{messages:?}");
        assert!((1..=GUESTS - 9).all(|rank| count(&waits(rank)) == 1), "each number once: {messages:?}");
        let party = stored.summary;
        assert_eq!((stored.guests.len(), party.taken, party.waiting as usize), (9, 10, GUESTS - 9));
    }
}
