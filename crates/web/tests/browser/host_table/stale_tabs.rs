//! A page that is still open in another tab, and the browser's Back: it says what has changed meanwhile, and keeps what was typed.

use test_support::browser::Scripts;

use super::host;
use crate::common::TestApp;
use crate::steps::{arrive, at};

const CHANGED: &str = "The party has changed since you opened this form. Saved now, and not as in your form:";
const STILL_IN_THE_FORM: &str = "What you typed is still in the form. Save it to replace this.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_tab_says_what_the_host_changed_and_keeps_what_was_typed() {
    let app = TestApp::on_sqlite().await;
    let (ada, ben) = tokio::join!(arrive(&app, "ada", Scripts::Off), arrive(&app, "ben", Scripts::Off));
    let party = host(&ada).await;

    // The host moves the party in one tab, and saves the other, in which another dish was typed.
    ada.follows("Edit").await;
    ada.fills_in("Main dish", "Stew").await;
    let (first, edit) = (ada.tab().await, at(&app, &ada.path().await));
    let second = ada.opens_a_tab(&edit).await;
    ada.fills_in("Date", "2026-03-15").await;
    ada.presses("Save the changes").await;
    ada.sees("Saved.").await;
    ada.switches_to(&first).await;
    ada.presses("Save the changes").await;
    ada.sees(CHANGED).await;
    ada.sees("When Sunday 15 March 2026, 19:00 to about Monday 00:00 (Berlin time)").await;
    ada.sees(STILL_IN_THE_FORM).await;
    assert_eq!(ada.value_of("Main dish").await, "Stew");
    ada.fills_in("Date", "2026-03-15").await;
    ada.presses("Save the changes").await;
    ada.sees("Saved.").await;
    ada.sees("Stew").await;

    // The guest accepts on a page that was opened before the next move: the sentence has the date of the party as it is.
    ben.opens(&at(&app, &party)).await;
    ben.sees("Sunday 15 March 2026").await;
    ada.follows("Edit").await;
    ada.fills_in("Date", "2026-03-21").await;
    ada.presses("Save the changes").await;
    ada.sees("Saved.").await;
    ben.fills_in("How many of you?", "2").await;
    ben.presses("I'll be there").await;
    ben.sees("You successfully RSVP'd to ada's dinner party on Saturday 21 March 2026, 19:00 (Berlin time)!").await;

    // Back after a press shows the answer as it is, and not the form from before.
    ben.goes_back().await;
    ben.sees_no_more_of("You successfully RSVP'd").await;
    ben.sees("You're coming, 2 of you").await;
    ben.sees_nothing_of("Can you make it?").await;
    ben.presses("I can't make it anymore").await;
    ben.sees("You've given up your seat.").await;
    ben.goes_back().await;
    ben.sees_no_more_of("You've given up your seat.").await;
    ben.sees("You said you can't make it").await;
    assert!(ben.has_button("Undo").await);

    // A cancellation in one tab, an edit in the other; the guest has typed a note.
    ben.presses("Add a note or allergies").await;
    ben.fills_in("Note for ada", "Shall I bring the good knife?").await;
    ada.follows("Edit").await;
    ada.fills_in("Main dish", "Soup").await;
    ada.switches_to(&second).await;
    ada.opens(&at(&app, &format!("{party}/cancel"))).await;
    ada.presses("Cancel this party").await;
    ada.sees("You cancelled this dinner party.").await;
    ada.goes_back().await;
    ada.sees("Restore your dinner party?").await;
    assert!(!ada.has_button("Cancel this party").await, "the page is as the party is");
    ada.switches_to(&first).await;
    ada.presses("Save the changes").await;
    ada.sees(CHANGED).await;
    ada.sees("State Cancelled").await;
    assert_eq!(ada.value_of("Main dish").await, "Soup");
    ben.presses("Maybe").await;
    ben.sees("ada cancelled this dinner party.").await;
    ben.sees("What you typed is still here, so you can copy it.").await;
    assert_eq!(ben.value_of("Note for ada").await, "Shall I bring the good knife?");
    for person in [&ada, &ben] {
        person.sees_no_console_errors().await;
    }
}
