//! Random commands, run by the rules and by the model. `PROPTEST_CASES` sets how many sequences of up to 80 commands.

use std::time::Duration;

use proptest::prelude::*;

use crate::commands::{Command, party};
use crate::model::{Model, Moment, words};

fn command() -> impl Strategy<Value = Command> {
    let (guest, heads) = (0..6u8, 1..5u32);
    prop_oneof![
        6 => (guest.clone(), heads.clone()).prop_map(|(guest, heads)| Command::Accept(guest, heads)),
        2 => guest.clone().prop_map(Command::Maybe),
        3 => guest.clone().prop_map(Command::Decline),
        3 => guest.clone().prop_map(Command::Undo),
        2 => (guest.clone(), prop::option::of(heads)).prop_map(|(guest, heads)| Command::Add(guest, heads)),
        1 => guest.clone().prop_map(Command::Invite),
        1 => guest.clone().prop_map(Command::Remove),
        2 => guest.prop_map(Command::Reinstate),
        3 => (1..12u32).prop_map(Command::Seats),
        1 => (0..4u32).prop_map(Command::MaxCompanions),
        1 => Just(Command::Cancel),
        2 => Just(Command::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Each command has the outcome and the effect that the model has.
    #[test]
    fn rules_equal_the_model(
        seats in 1..9u32,
        max_companions in 0..4u32,
        lead in 0..400u64,
        steps in prop::collection::vec((command(), prop_oneof![9 => 0..4u64, 1 => 0..60u64]), 0..80),
    ) {
        let (mut party, mut model) = (party(seats, max_companions), Model::new(seats, max_companions));
        let mut now = party.heading.date.starts_at() - Duration::from_mins(lead);
        for (command, minutes) in steps {
            now = now + Duration::from_mins(minutes);
            let moment = if now >= party.ends_at { Moment::Over }
                else if now >= party.heading.date.starts_at() { Moment::UnderWay }
                else if now >= party.rsvp_deadline { Moment::Closed }
                else { Moment::Open };
            let before = party.clone();
            let result = command.run(&mut party, now);
            prop_assert_eq!(words(&result), model.run(command, moment, now), "{:?} at {:?}", command, moment);
            if result.is_err() {
                prop_assert_eq!(&party, &before, "a refusal changes nothing");
            }
            model.assert_equals(&party);
        }
    }
}
