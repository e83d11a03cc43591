//! What the host does after the table is full, and what each guest reads of it.

use super::Table;
use crate::steps::{DATE, at};

/// The date to which the host moves the party.
const NEW_DATE: &str = "Sunday 15 March 2026, 19:00 (Berlin time)";

impl Table {
    /// The notices of the host, the list of guests, and the counts on the card.
    pub(super) async fn host_reads_who_is_coming(&self) {
        let Self { ada, .. } = self;
        ada.opens(&at(&self.app, "/")).await;
        for notice in [
            "cyd got a seat from the waiting list, 2 of them.",
            "eve got a seat from the waiting list.",
            "dan joined the waiting list.",
        ] {
            ada.sees(notice).await;
        }
        ada.presses("Dismiss all").await;
        ada.sees_no_more_of("What's new").await;
        self.opens_party(ada).await;
        ada.sees("5 of 5 seats taken, 1 waiting.").await;
        ada.follows("Guests").await;
        ada.sees("5 of 5 seats taken · 3 coming · 1 waiting").await;
        for part in ["Coming (3)", "cyd with 1", "Waiting (1)", "dan number 1"] {
            ada.sees(part).await;
        }
    }

    /// A message to those who are coming, with a preview. Dan, who waits, reads nothing of it.
    pub(super) async fn host_writes_to_those_who_are_coming(&self) {
        let Self { ada, cyd, dan, .. } = self;
        let text = "The bell is broken, so please knock.";
        ada.follows("Write to your guests").await;
        ada.ticks("On the waiting list (1)").await;
        ada.fills_in("Your message", text).await;
        ada.presses("Preview").await;
        ada.sees("This is how it looks").await;
        ada.sees("3 guests will read this: 3 coming.").await;
        ada.presses("Send").await;
        ada.sees("Your message is on the party's page. 3 guests will see a notice.").await;

        let notice = format!("ada sent you a message about the dinner party on {DATE}.");
        cyd.opens(&at(&self.app, "/")).await;
        cyd.sees(&notice).await;
        cyd.follows("Read it").await;
        cyd.sees("Messages from ada").await;
        cyd.sees(text).await;
        self.reads_the_only_notice(cyd, &notice).await;
        self.opens_party(dan).await;
        dan.sees_nothing_of(text).await;
        dan.sees_nothing_of("notice").await;
    }

    /// A day later and in the garden: everyone who is coming or waits is told, and sees the new date.
    pub(super) async fn host_moves_the_party(&self) {
        let Self { ada, cyd, dan, .. } = self;
        self.opens_party(ada).await;
        ada.follows("Edit").await;
        ada.sees("4 guests will see a notice. There is none for the number of seats or for who sees the names.").await;
        ada.fills_in("Date", "2026-03-15").await;
        ada.fills_in("Venue", "The garden").await;
        ada.presses("Save the changes").await;
        ada.sees("Saved.").await;

        let notice = format!("ada moved the dinner party. It's now on {NEW_DATE}. The venue changed too.");
        for guest in [cyd, dan] {
            self.reads_the_only_notice(guest, &notice).await;
            self.opens_party(guest).await;
            guest.sees("Sunday 15 March 2026, 19:00 to about Monday 00:00 (Berlin time)").await;
            guest.sees("The garden").await;
            guest.sees_nothing_of("The kitchen").await;
        }
    }

    /// Eve is removed, after a page that asks: Dan gets her seat. She is let back in, and finds a full table.
    pub(super) async fn host_removes_a_guest_and_lets_her_back_in(&self) {
        let Self { ada, dan, eve, .. } = self;
        ada.follows("Guests").await;
        ada.follows("Remove eve").await;
        ada.sees("Remove eve?").await;
        ada.sees(
            "eve's seat is free then, and goes to the waiting list first. eve will see a notice, and can't RSVP to this \
             party anymore. You can let eve back in later, but only to answer anew.",
        )
        .await;
        ada.presses("Remove eve").await;
        ada.sees("You removed eve.").await;
        ada.sees("Removed (1)").await;
        let promoted = format!("A seat opened up. You're going to ada's dinner party on {NEW_DATE}!");
        self.reads_the_only_notice(dan, &promoted).await;
        eve.opens(&at(&self.app, "/")).await;
        eve.sees(&format!("ada took you off the guest list for Ratatouille on {NEW_DATE}.")).await;
        eve.presses("Dismiss all").await;
        eve.sees_no_more_of("What's new").await;
        self.opens_party(eve).await;
        eve.sees("You can't RSVP to this party. Ask ada.").await;
        assert!(!eve.has_button("I'll be there").await && !eve.has_button("Join the waiting list").await);

        ada.presses("Let back in: eve").await;
        ada.sees("eve is on your list again, as invited.").await;
        ada.sees("No reply (1)").await;
        self.reads_the_only_notice(eve, &format!("ada invited you to dinner on {NEW_DATE}.")).await;
        self.opens_party(eve).await;
        eve.sees("This table is full").await;
        eve.sees("You're invited.").await;
        assert!(eve.has_button("Join the waiting list").await);
    }

    /// The cancellation says first who will be told, and can be left. After the restore every seat is as before.
    pub(super) async fn host_cancels_and_restores(&self) {
        let Self { ada, cyd, dan, eve, .. } = self;
        self.opens_party(ada).await;
        ada.follows("Cancel").await;
        ada.sees("Cancel your dinner party?").await;
        ada.sees("4 guests will see a notice that it's cancelled: 3 coming, 1 invited.").await;
        ada.follows("Keep it").await;
        ada.sees("You're hosting").await;
        ada.follows("Cancel").await;
        ada.presses("Cancel this party").await;
        ada.sees("You cancelled this dinner party.").await;

        let cancelled = format!("ada cancelled the dinner party on {NEW_DATE}.");
        for guest in [cyd, dan, eve] {
            self.reads_the_only_notice(guest, &cancelled).await;
            self.opens_party(guest).await;
            guest.sees("ada cancelled this dinner party.").await;
            for button in ["Change", "I can't make it anymore", "Join the waiting list", "Can't make it"] {
                assert!(!guest.has_button(button).await, "{button}");
            }
        }
        cyd.sees("You were coming").await;

        ada.follows("Restore").await;
        ada.sees("4 guests will see a notice that it's on again: 3 coming, 1 invited.").await;
        ada.presses("Restore this party").await;
        ada.sees("This dinner party takes place again.").await;
        ada.sees("5 of 5 seats taken.").await;
        for guest in [cyd, dan, eve] {
            let restored = format!("ada's dinner party on {NEW_DATE} takes place after all.");
            self.reads_the_only_notice(guest, &restored).await;
            self.opens_party(guest).await;
        }
        cyd.sees("You're coming, 2 of you").await;
        dan.sees("You're coming").await;
        eve.sees("You're invited.").await;
    }

    /// The host reads each step of the journey, the newest first.
    pub(super) async fn everything_is_in_the_history(&self) {
        let Self { ada, .. } = self;
        ada.follows("History").await;
        let read = ada.reads().await;
        let mut rest = read.as_str();
        for entry in [
            "You restored the dinner party.",
            "You cancelled the dinner party.",
            "You let eve back in.",
            "dan got a seat from the waiting list.",
            "You removed eve from the table.",
            "You changed the date, the end and the venue.",
            "You sent a message to 3 guests: coming.",
            "cyd got a seat from the waiting list, 2 of them.",
            "ben comes with another number: 1 person.",
            "dan joined the waiting list.",
            "eve got a seat from the waiting list.",
            "dan gave up a seat.",
            "eve joined the waiting list.",
            "dan accepted.",
            "cyd joined the waiting list, 2 of them.",
            "ben accepted, 3 of them.",
            "ben gave up 3 seats.",
            "ben accepted, 3 of them.",
        ] {
            let (_, after) = rest.split_once(entry).unwrap_or_else(|| panic!("{entry:?} is not next in {rest}"));
            rest = after;
        }
    }
}
