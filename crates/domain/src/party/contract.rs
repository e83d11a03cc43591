//! What every store of parties must do, by the three ways of using one: hosting, changing, listing. Here is what they
//! share.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a promise panics where it is broken")]

mod changing;
mod hosting;
mod listing;

use std::sync::Arc;

pub use changing::*;
pub use hosting::*;
pub use listing::*;

use super::{
    Answer, GuestList, Heads, NewParty, Outcome, Party, PartyDate, PartyId, PartyRepository, PartyView, Refusal, Seats,
    ShortText, UpdateError, Zone,
};
use crate::Timestamp;
use crate::contract::THEN;
use crate::user::{User, UserId};

/// Hands the names of all promises about parties to the macro `$test`.
#[macro_export]
macro_rules! party_promises {
    ($test:ident) => {
        $test! { party:
            a_seat_is_stored_with_its_answer
            a_change_sees_the_party_as_it_is_stored
            a_change_sees_the_guest_and_those_who_wait
            every_answer_is_stored
            what_a_change_may_change_is_stored
            a_refused_change_writes_nothing
            an_unknown_party_is_not_found_and_no_rule_runs
            changes_of_one_party_come_one_after_another
            guests_are_named_in_the_order_in_which_they_were_seated
            a_new_party_has_its_host_at_the_table
            a_date_in_a_fold_of_the_clocks_keeps_its_wall_and_its_moment
            the_last_zone_is_of_the_party_that_was_made_last
            numbers_only_grow
            an_unknown_host_hosts_nothing
            a_form_sent_twice_hosts_one_party
            a_form_hosts_as_often_as_it_asks_for_something_else
            no_party_is_found_where_none_is
            parties_to_come_stand_first_and_past_ones_after
            pages_put_together_are_the_list
            a_party_added_meanwhile_shifts_no_page
            a_row_says_what_its_viewer_has_said
            a_row_names_the_two_who_were_seated_first
            a_profile_lists_what_somebody_hosts_or_attends
            a_search_finds_host_venue_and_dish_in_any_case
            a_search_takes_every_character_as_itself
            a_search_for_what_nobody_can_have_typed_finds_nothing
            only_parties_with_seats_are_listed_when_asked
            the_next_party_is_the_first_that_somebody_sits_at
            a_home_shows_the_soonest_parties_with_a_seat_for_its_viewer
            ones_own_profile_is_what_the_lists_say
        }
    };
}

/// A moment some minutes after that at which the lists are read.
fn minutes(minutes: i64) -> Timestamp {
    Timestamp::from_millis(THEN.as_millis() + minutes * 60_000)
}

fn date(starts_at: Timestamp) -> PartyDate {
    PartyDate::from_stored("2030-03-17T19:00:00", Zone::parse("Europe/Berlin").unwrap(), starts_at).unwrap()
}

fn label(text: &str) -> ShortText {
    ShortText::parse(text).unwrap()
}

fn seats(seats: u32) -> Seats {
    Seats::new(seats).unwrap()
}

/// A party of four, a day after the lists are read.
fn party_of(host: &User) -> NewParty {
    NewParty {
        host: host.id,
        date: date(minutes(24 * 60)),
        venue: label("Chez Zoé"),
        main_dish: label("Lasagne"),
        seats: seats(4),
        idempotency_key: None,
    }
}

async fn view(parties: &dyn PartyRepository, id: PartyId, viewer: &User) -> PartyView {
    parties.find(id, viewer.id).await.unwrap().unwrap()
}

async fn change(
    parties: &dyn PartyRepository,
    id: PartyId,
    guest: UserId,
    rule: impl Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync + 'static,
) -> Result<Outcome, UpdateError> {
    parties.update(id, Some(guest), Arc::new(rule)).await
}

async fn accept(parties: &dyn PartyRepository, id: PartyId, guest: UserId) -> Outcome {
    change(parties, id, guest, move |party| party.accept(guest, Heads::ONE, THEN)).await.unwrap()
}

async fn decline(parties: &dyn PartyRepository, id: PartyId, guest: UserId) -> Outcome {
    change(parties, id, guest, move |party| party.decline(guest, THEN)).await.unwrap()
}

/// Puts an answer there for which there is no rule yet.
async fn put(parties: &dyn PartyRepository, id: PartyId, guest: UserId, answer: Answer) {
    let rule = move |party: &mut Party| {
        let (list, held) = (&party.guests, party.guests.answer(guest).map_or(0, Answer::seats_held));
        let taken = list.taken() - held + answer.seats_held();
        let answers = [(guest, answer)].into();
        party.guests = GuestList::from_stored(list.seats(), taken, list.max_companions(), answers).unwrap();
        Ok(Outcome::Maybe)
    };
    change(parties, id, guest, rule).await.unwrap();
}

#[cfg(test)]
mod tests {
    use crate::contract::{names, promises_in};

    #[test]
    fn the_list_names_every_promise() {
        let promises = [
            include_str!("contract/changing.rs"),
            include_str!("contract/hosting.rs"),
            include_str!("contract/listing.rs"),
        ];
        assert_eq!(party_promises!(names), promises.map(promises_in).concat());
    }
}
