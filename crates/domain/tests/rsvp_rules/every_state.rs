//! Every state of small tables that any commands reach: up to 4 guests, 2 heads each, 5 seats.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use accounts_domain::Timestamp;
use accounts_domain::party::{Answer, GivenUp, GuestList, Heads, Party, PartyState, Refusal, Rsvp, Seats, Totals};

use crate::commands::{Command, id, party};

const GUESTS: u8 = 4;
const MAX_HEADS: u32 = 2;
const MAX_SEATS: u32 = 5;

/// A guest in a state: the answer, the number on the waiting list, and the heads given up.
type GuestState = Option<(Answer, Option<u32>, Option<Heads>)>;

/// What the rules depend on, apart from the time. Guests are alike, so they are sorted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    seats: u32,
    is_cancelled: bool,
    guests: Vec<GuestState>,
}

impl State {
    fn of(party: &Party) -> Self {
        let mut waiting: Vec<_> = party.guests.rsvps().iter().filter(|(_, rsvp)| rsvp.answer.is_waiting()).collect();
        waiting.sort_by_key(|(_, rsvp)| rsvp.place);
        let guests = (0..GUESTS).map(|guest| {
            let rsvp = party.guests.rsvps().get(&id(guest))?;
            let rank = waiting.iter().zip(1..).find(|((other, _), _)| **other == id(guest)).map(|(_, rank)| rank);
            Some((rsvp.answer, rank, rsvp.given_up.map(|given_up| given_up.heads)))
        });
        let mut guests: Vec<_> = guests.collect();
        guests.sort();
        Self { seats: party.guests.totals().seats.get(), is_cancelled: party.state == PartyState::Cancelled, guests }
    }

    /// Whether the command concerns the first of the guests in the same state: the others give the same states.
    fn is_first_of_equals(&self, command: Command) -> bool {
        let Some(guest) = (0..GUESTS).find(|guest| command.guest() == Some(id(*guest))).map(usize::from) else {
            return true;
        };
        guest == 0 || self.guests[guest - 1] != self.guests[guest]
    }

    /// A party in the state. Of those who wait, the first has the place 10.
    fn party(&self, template: &Party, now: Timestamp) -> Party {
        let mut rsvps = BTreeMap::new();
        for (guest, state) in (0..GUESTS).zip(&self.guests) {
            let Some((answer, rank, given_up)) = *state else { continue };
            let place = match answer {
                Answer::Seated(_) => i64::from(guest) + 1,
                _ => rank.map_or(0, |rank| 10 + i64::from(rank)),
            };
            let given_up = given_up.map(|heads| GivenUp { heads, at: now });
            rsvps.insert(id(guest), Rsvp { answer, place, rank, given_up });
        }
        let totals = Totals {
            seats: Seats::new(self.seats).unwrap(),
            taken: 1 + rsvps.values().map(|rsvp| rsvp.answer.seats_held()).sum::<u32>(),
            waiting: rsvps.values().map(|rsvp| u32::from(rsvp.answer.is_waiting())).sum(),
            max_companions: MAX_HEADS - 1,
            last_place: 20,
        };
        let state = if self.is_cancelled { PartyState::Cancelled } else { PartyState::Scheduled };
        Party { state, guests: GuestList::from_stored(totals, rsvps).unwrap(), ..template.clone() }
    }
}

fn commands() -> Vec<Command> {
    let mut commands: Vec<_> = (1..=MAX_SEATS).map(Command::Seats).collect();
    commands.extend([Command::Cancel, Command::Restore]);
    for guest in 0..GUESTS {
        commands.extend((1..=MAX_HEADS).map(|heads| Command::Accept(guest, heads)));
        commands.push(Command::Add(guest, None));
        commands.extend((1..=MAX_HEADS).map(|heads| Command::Add(guest, Some(heads))));
        commands.extend([Command::Maybe(guest), Command::Decline(guest), Command::Undo(guest)]);
        commands.extend([Command::Invite(guest), Command::Remove(guest), Command::Reinstate(guest)]);
    }
    commands
}

/// I1 to I3.
fn assert_invariants(party: &Party) {
    let (totals, rsvps) = (party.guests.totals(), party.guests.rsvps());
    assert_eq!(totals.taken, 1 + rsvps.values().map(|rsvp| rsvp.answer.seats_held()).sum::<u32>());
    assert!(totals.taken <= totals.seats.get());
    assert_eq!(
        usize::try_from(totals.waiting).unwrap(),
        rsvps.values().filter(|rsvp| rsvp.answer.is_waiting()).count()
    );
    if party.state == PartyState::Scheduled {
        let idle = rsvps.values().find(|rsvp| match rsvp.answer {
            Answer::Waitlisted(heads) => heads.get() <= party.guests.free_seats(),
            _ => false,
        });
        assert!(idle.is_none(), "a seat is idle: {idle:?} of {party:?}");
    }
}

/// I4: whoever was passed over did not fit when it was their turn.
fn assert_order(before: &Party, after: &Party, command: Command) {
    let promoted: Vec<_> = before
        .guests
        .rsvps()
        .iter()
        .filter(|(guest, rsvp)| rsvp.answer.is_waiting() && command.guest() != Some(**guest))
        .filter(|(guest, _)| matches!(after.guests.answer(**guest), Some(Answer::Seated(_))))
        .map(|(_, rsvp)| (rsvp.place, rsvp.answer.heads().unwrap().get()))
        .collect();
    for (guest, rsvp) in before.guests.rsvps() {
        let Some(Answer::Waitlisted(heads)) = after.guests.answer(*guest) else { continue };
        let later = promoted.iter().filter(|(place, _)| *place > rsvp.place).map(|(_, heads)| heads).sum::<u32>();
        let fitted = rsvp.answer.is_waiting() && later > 0 && heads.get() <= after.guests.free_seats() + later;
        assert!(!fitted, "{guest:?} was passed over by {command:?} of {before:?}");
    }
}

/// I5, I6 and I8, and that a refusal changes nothing. Returns the party after the command.
fn run(before: &Party, command: Command, now: Timestamp) -> Party {
    let mut after = before.clone();
    let result = command.run(&mut after, now);
    if let Err(refusal) = &result {
        assert_eq!(&after, before, "refused {command:?}");
        if let Command::Decline(guest) = command {
            let is_seated = before.guests.seats_held(id(guest)) > 0;
            let is_cancelled = matches!(refusal, Refusal::Cancelled { .. });
            assert!(is_cancelled || !is_seated, "a seat could not be given up: {refusal} of {before:?}");
        }
        if now >= before.rsvp_deadline
            && let (Command::Accept(guest, heads), Refusal::Closed { .. }) = (command, refusal)
        {
            let held = before.guests.answer(id(guest)).and_then(Answer::heads);
            assert!(held.is_none_or(|held| heads > held.get()), "only more heads claim a seat: {before:?}");
        }
        return after;
    }
    if after == *before {
        return after;
    }
    let mut twice = after.clone();
    let again = command.run(&mut twice, now);
    assert!(State::of(&twice) == State::of(&after), "{command:?} twice: {again:?} of {before:?}");
    after
}

#[test]
fn every_reachable_state_keeps_the_invariants() {
    let template = party(1, MAX_HEADS - 1);
    let open = template.rsvp_deadline - Duration::from_hours(1);
    let (commands, mut seen, mut queue) = (commands(), BTreeSet::new(), VecDeque::new());
    for seats in 1..=MAX_SEATS {
        let empty = State { seats, is_cancelled: false, guests: vec![None; usize::from(GUESTS)] };
        seen.insert(empty.clone());
        queue.push_back(empty);
    }
    let mut transitions = 0u64;
    while let Some(state) = queue.pop_front() {
        for now in [open, template.rsvp_deadline] {
            let before = state.party(&template, now);
            for command in commands.iter().filter(|command| state.is_first_of_equals(**command)) {
                let after = run(&before, *command, now);
                transitions += 1;
                if after == before {
                    continue;
                }
                assert_invariants(&after);
                assert_order(&before, &after, *command);
                let next = State::of(&after);
                if seen.insert(next.clone()) {
                    queue.push_back(next);
                }
            }
        }
    }
    println!("{} states, {transitions} commands", seen.len());
    assert!(seen.len() > 10_000, "{} states", seen.len());
}
