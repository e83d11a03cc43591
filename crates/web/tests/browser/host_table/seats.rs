//! The table fills up, guests wait, and seats that are given up go to those who wait.

use super::Table;
use crate::steps::DATE;

impl Table {
    /// Ben comes with two, and takes his seats back after a slip. Dan takes the last seat; Cyd, with one, and Eve wait.
    pub(super) async fn table_fills_up(&self) {
        let Self { ada, ben, cyd, dan, eve, .. } = self;
        let seated = format!("You successfully RSVP'd to ada's dinner party on {DATE}!");

        self.opens_party(ben).await;
        ben.sees("Can you make it?").await;
        ben.sees_nothing_of("Linden Street 3").await;
        ben.fills_in("How many of you?", "4").await;
        ben.presses("I'll be there").await; // the browser refuses a number above the field's maximum
        ben.fills_in("How many of you?", "3").await;
        ben.presses("I'll be there").await;
        ben.sees(&seated).await;
        ben.sees("You're coming, 3 of you").await;
        ben.sees("Linden Street 3").await;
        ben.presses("I can't make it anymore").await;
        ben.sees("You've given up your seat.").await;
        ben.sees("For ten minutes you can take your seats back.").await;
        ben.sees_nothing_of("Linden Street 3").await;
        ben.presses("Undo").await;
        ben.sees(&seated).await;
        ben.sees("You're coming, 3 of you").await;

        // One seat is left: too few for two.
        self.opens_party(cyd).await;
        cyd.fills_in("How many of you?", "2").await;
        cyd.presses("I'll be there").await;
        cyd.sees(&format!(
            "ada's dinner party on {DATE} is full. You're number 1 on the waiting list. 1 seat is free: you can come as 1 \
             instead."
        ))
        .await;
        cyd.sees("We'll seat the 2 of you as soon as there's room.").await;
        assert!(cyd.has_button("1 seat is free: come as 1").await);
        cyd.sees_nothing_of("Linden Street 3").await;

        self.opens_party(dan).await;
        dan.presses("I'll be there").await;
        dan.sees(&seated).await;
        dan.sees("You're coming").await;

        self.opens_party(eve).await;
        eve.sees("This table is full").await;
        eve.presses("Join the waiting list").await;
        eve.sees(&format!("ada's dinner party on {DATE} is full. You're number 2 on the waiting list.")).await;
        self.opens_party(ada).await;
        ada.sees("5 of 5 seats taken, 2 waiting.").await;
    }

    /// Dan gives up one seat: two do not fit there, so it goes to Eve, behind Cyd. Dan changes his mind too late. Ben then comes
    /// alone, which makes room for Cyd and her companion.
    pub(super) async fn seat_given_up_goes_to_the_first_who_fits(&self) {
        let Self { ben, cyd, dan, eve, .. } = self;
        let promoted = format!("A seat opened up. You're going to ada's dinner party on {DATE}!");

        dan.presses("I can't make it anymore").await;
        dan.sees("You've given up your seat.").await;
        dan.sees("For ten minutes you can take your seat back. If it's gone by then, you join the waiting list.").await;
        self.reads_the_only_notice(eve, &promoted).await;
        self.opens_party(eve).await;
        eve.sees("You're coming").await;
        eve.sees("Linden Street 3").await;
        self.opens_party(cyd).await;
        cyd.sees("You're number 1 on the waiting list").await;
        assert!(!cyd.has_button("1 seat is free: come as 1").await, "no seat is free");

        dan.presses("Undo").await;
        dan.sees(&format!("ada's dinner party on {DATE} is full. You're number 2 on the waiting list.")).await;
        dan.sees("We'll seat you as soon as there's room.").await;

        self.opens_party(ben).await;
        ben.fills_in("How many of you?", "1").await;
        ben.presses("Change").await;
        ben.sees(&format!("You're going to ada's dinner party on {DATE}, just you.")).await;
        self.reads_the_only_notice(cyd, &promoted).await;
        self.opens_party(cyd).await;
        cyd.sees("You're coming, 2 of you").await;
        dan.reloads().await;
        dan.sees("You're number 1 on the waiting list").await;
    }
}
