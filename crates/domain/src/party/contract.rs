//! The contract functions of [`PartyRepository`], in one module for each group of methods.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]

mod add;
mod export;
mod guests;
mod link;
mod list;
mod mark;
mod messages;
mod notices;
mod quota;
mod random;
mod texts;
mod update;
mod views;
mod waiting_list;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub use add::*;
pub use export::*;
pub use guests::*;
pub use link::*;
pub use list::*;
pub use mark::*;
pub use messages::*;
pub use notices::*;
pub use quota::*;
pub use random::*;
pub use texts::*;
pub use update::*;
pub use views::*;
pub use waiting_list::*;

use super::{
    Answer, Changed, GuestList, Heads, LinkToken, NewParty, Outcome, Party, PartyChange, PartyDate, PartyEdit,
    PartyEnd, PartyId, PartyRepository, PartyView, Refusal, Rsvp, RsvpDeadline, Seats, ShortText, UpdateError, Zone,
};
use crate::Timestamp;
use crate::contract::NOW;
use crate::user::{User, UserId};

/// Passes the names of all contract functions of parties to the macro `$test`.
#[macro_export]
macro_rules! party_contract {
    ($test:ident) => {
        $test! { party:
            new_party_has_its_host_seated
            ambiguous_local_time_keeps_its_instant
            last_zone_is_that_of_newest_party
            party_ids_only_grow
            party_of_unknown_host_is_not_added
            repeated_idempotency_key_adds_one_party
            idempotency_key_with_other_content_adds_a_party
            unknown_party_is_not_found
            notices_are_told_in_the_commit
            guests_are_told_what_the_host_changed
            refused_change_tells_nobody
            every_guest_is_told_once_of_a_cancellation
            history_is_kept_for_the_host
            export_has_each_hosted_party_once
            export_has_each_answer_once
            host_gets_every_rsvp_in_order
            labels_are_of_parties_that_the_viewer_may_find
            names_are_shown_to_whom_the_host_chose
            link_opens_unlisted_party_to_guests
            answer_opens_unlisted_party_from_then_on
            logged_out_visitor_sees_no_name_and_no_place
            replaced_link_is_unknown
            address_is_for_host_and_seated_guests
            parties_that_are_not_over_precede_those_that_are
            party_under_way_for_days_is_on_top
            pages_concatenate_to_whole_list
            new_party_does_not_shift_next_page
            row_has_answer_of_its_viewer
            row_names_first_two_seated_guests
            scope_lists_hosted_or_attended_parties
            search_finds_each_word_in_host_dish_venue_or_details
            search_takes_every_character_literally
            search_for_impossible_text_finds_nothing
            seat_filter_lists_only_parties_with_a_seat_for_the_viewer
            lists_have_no_party_that_the_viewer_may_not_find
            parties_that_are_over_are_marked_in_steps
            message_is_sent_to_guests_with_its_answers
            message_is_read_by_who_has_the_answer_now
            message_of_a_form_is_sent_once
            message_to_nobody_is_not_sent
            three_messages_are_sent_within_a_day
            message_is_sent_by_the_host_alone
            message_reaches_every_guest
            deleted_host_leaves_no_message
            export_has_each_message_once
            host_of_most_upcoming_parties_adds_none
            hourly_quota_of_host_refuses_until_the_hour_is_over
            repeated_form_is_counted_once
            concurrent_parties_never_exceed_a_quota
            rsvp_that_claims_seats_is_counted
            rsvp_that_claims_no_seat_is_not_counted
            rsvp_that_joins_the_waiting_list_is_counted
            change_of_a_host_is_counted
            refused_rsvp_is_not_counted
            concurrent_rsvps_never_exceed_the_quota
            store_equals_a_party_in_memory
            texts_are_stored_with_the_answer
            change_gets_the_texts_of_its_guest
            texts_are_for_the_guest_and_the_host
            concurrent_answers_store_the_texts_of_one
            texts_of_parties_that_ended_are_purged
            purges_of_texts_run_beside_answers
            seat_is_stored_with_its_answer
            change_gets_stored_party
            every_answer_is_stored
            every_edited_part_is_stored
            concurrent_edits_of_one_revision_are_one
            sequence_counts_changes_that_a_calendar_shows
            refused_change_writes_nothing
            change_of_unknown_party_is_not_found
            concurrent_changes_of_one_party_are_serialized
            guests_are_listed_in_seating_order
            guests_are_listed_in_pages_of_50
            home_has_next_party_with_a_seat_of_viewer
            home_lists_soonest_parties_on_whose_waiting_list_viewer_is
            home_lists_soonest_parties_with_a_seat_for_viewer
            own_profile_equals_lists_by_scope
            change_gets_the_rsvps_that_a_rule_needs
            rank_is_the_number_on_the_waiting_list
            given_up_seats_go_to_those_who_wait
            more_seats_and_restored_party_seat_those_who_wait
            given_up_seats_can_be_taken_back
            concurrent_withdrawals_seat_the_waiting_list_in_order
        }
    };
}

/// The time that many minutes after `NOW`.
fn minutes(minutes: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + minutes * 60_000)
}

fn date(starts_at: Timestamp) -> PartyDate {
    PartyDate::from_stored("2030-03-17T19:00:00", Zone::parse("Europe/Berlin").unwrap(), starts_at).unwrap()
}

fn short_text(text: &str) -> ShortText {
    ShortText::parse(text).unwrap()
}

fn seats(seats: u32) -> Seats {
    Seats::new(seats).unwrap()
}

/// The token of a new link, another one at each call.
fn link_token() -> LinkToken {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    LinkToken::new(u128::from(COUNT.fetch_add(1, Relaxed)).to_be_bytes())
}

/// A party of four seats, one day after `NOW`.
fn party_of(host: &User) -> NewParty {
    let date = date(minutes(24 * 60));
    NewParty::new(host.id, date, short_text("Chez Zoé"), short_text("Lasagne"), seats(4), link_token())
}

/// The edit that changes nothing.
fn edit_of(party: &Party) -> PartyEdit {
    let (date, totals) = (party.heading.date.clone(), party.guests.totals());
    PartyEdit {
        revision: party.revision,
        ends_at: PartyEnd::of(&date, party.ends_at).unwrap(),
        rsvp_deadline: RsvpDeadline::of(&date, party.rsvp_deadline).unwrap(),
        date,
        texts: party.texts.clone(),
        seats: totals.seats,
        max_companions: totals.max_companions,
        visibility: party.visibility,
        names_shown_to: party.names_shown_to,
    }
}

/// Adds a table of that many seats, to which a guest brings that many companions.
async fn add_table(parties: &dyn PartyRepository, host: &User, number: u32, max_companions: u32) -> PartyId {
    parties.add(NewParty { seats: seats(number), max_companions, ..party_of(host) }, None).await.unwrap()
}

async fn view(parties: &dyn PartyRepository, id: PartyId, viewer: &User) -> PartyView {
    parties.find(id, viewer.id).await.unwrap().unwrap()
}

/// A change by `actor` that concerns `guest`.
fn changing(
    actor: UserId,
    guest: Option<UserId>,
    rule: impl Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync + 'static,
) -> PartyChange {
    Arc::new(move |party| Ok(Changed::by(party, actor, guest, &rule)?))
}

/// A change by `guest` and about `guest`.
async fn change(
    parties: &dyn PartyRepository,
    id: PartyId,
    guest: UserId,
    rule: impl Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync + 'static,
) -> Result<Outcome, UpdateError> {
    parties.update(id, Some(guest), changing(guest, Some(guest), rule), None, NOW).await
}

/// A change of the party itself by its host.
async fn change_party(
    parties: &dyn PartyRepository,
    id: PartyId,
    host: UserId,
    rule: impl Fn(&mut Party) -> Result<Outcome, Refusal> + Send + Sync + 'static,
) -> Result<Outcome, UpdateError> {
    parties.update(id, None, changing(host, None, rule), None, NOW).await
}

async fn accept(parties: &dyn PartyRepository, id: PartyId, guest: UserId) -> Outcome {
    change(parties, id, guest, move |party| party.accept(guest, Heads::ONE, NOW)).await.unwrap()
}

async fn decline(parties: &dyn PartyRepository, id: PartyId, guest: UserId) -> Outcome {
    change(parties, id, guest, move |party| party.decline(guest, NOW)).await.unwrap()
}

/// Sets an answer directly, also one that the rules refuse.
async fn set_answer(parties: &dyn PartyRepository, id: PartyId, guest: UserId, answer: Answer) {
    let rule = move |party: &mut Party| {
        let (mut totals, mut rsvps) = (party.guests.totals(), party.guests.rsvps().clone());
        let before = rsvps.get(&guest).copied();
        let held = before.map(|rsvp| rsvp.answer);
        totals.taken = totals.taken + answer.seats_held() - held.map_or(0, Answer::seats_held);
        totals.waiting =
            totals.waiting + u32::from(answer.is_waiting()) - u32::from(held.is_some_and(Answer::is_waiting));
        let place = match (before, answer) {
            (Some(Rsvp { answer: Answer::Seated(_), place, .. }), Answer::Seated(_)) => place,
            (_, Answer::Seated(_) | Answer::Waitlisted(_)) => {
                totals.last_place += 1;
                totals.last_place
            }
            _ => 0,
        };
        rsvps.insert(guest, Rsvp { answer, place, rank: None, given_up: None });
        party.guests = GuestList::from_stored(totals, rsvps).unwrap();
        Ok(Outcome::Maybe)
    };
    change(parties, id, guest, rule).await.unwrap();
}

#[cfg(test)]
mod tests {
    use crate::contract::{functions_in, names};

    #[test]
    fn macro_names_every_contract_function() {
        let sources = [
            include_str!("contract/add.rs"),
            include_str!("contract/notices.rs"),
            include_str!("contract/export.rs"),
            include_str!("contract/guests.rs"),
            include_str!("contract/link.rs"),
            include_str!("contract/list.rs"),
            include_str!("contract/mark.rs"),
            include_str!("contract/messages.rs"),
            include_str!("contract/quota.rs"),
            include_str!("contract/random.rs"),
            include_str!("contract/texts.rs"),
            include_str!("contract/update.rs"),
            include_str!("contract/views.rs"),
            include_str!("contract/waiting_list.rs"),
        ];
        assert_eq!(party_contract!(names), sources.map(functions_in).concat());
    }
}
