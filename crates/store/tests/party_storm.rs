//! Guests and a host do everything at once at one party, through two stores on one database, as two processes would. Then `check` finds
//! nothing. The negative control gives up a seat and promotes in two commits, and is found.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::common::{self, Fresh, NOW, accepting, add_user, party_of};
use accounts_store::{Inspection, Invariant, Violation};
use domain::FixedClock;
use domain::party::{
    Answer, Changed, Guest, GuestCommand, GuestList, Heads, HostCommand, NewParty, Opened, Outcome, Parties,
    PartyChange, PartyEdit, PartyEnd, PartyId, PartyTexts, PartyView, Refusal, Rsvp, RsvpDeadline, Seats, Totals,
    UpdateError,
};
use domain::user::{User, UserId};
use tokio::task::JoinSet;

const GUESTS: usize = 16;
const COMMANDS: u32 = 20;
const ROUNDS: u64 = 4;

/// Numbers that look random and are the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }

    fn heads(&mut self) -> Heads {
        Heads::new(1 + self.below(3)).unwrap()
    }
}

/// How often each outcome and each refusal came.
type Counts = BTreeMap<String, u32>;

fn count(counts: &mut Counts, result: Result<Outcome, UpdateError>) {
    let name = match result {
        Ok(outcome) => format!("{outcome:?}"),
        Err(UpdateError::Refused(refusal)) => format!("{refusal:?}"),
        Err(error) => panic!("{error:?}"),
    };
    let name = name.split([' ', '(']).next().unwrap().to_owned();
    *counts.entry(name).or_default() += 1;
}

async fn guest(parties: Parties, id: PartyId, user: UserId, seed: u64) -> Counts {
    let (mut random, mut counts) = (Random(seed), Counts::new());
    for _ in 0..COMMANDS {
        let command = match random.below(10) {
            0..=5 => GuestCommand::Accept(random.heads()),
            6 => GuestCommand::Maybe,
            7 | 8 => GuestCommand::Decline,
            _ => GuestCommand::Undo,
        };
        count(&mut counts, parties.answer(Opened::ById(id), user, command).await);
    }
    counts
}

/// The edit to another number of seats, of the party as the host saw it.
fn seats_edit(view: PartyView, seats: u32) -> PartyEdit {
    let summary = view.summary;
    PartyEdit {
        revision: view.revision,
        ends_at: PartyEnd::default_of(&summary.heading.date),
        rsvp_deadline: RsvpDeadline::default_of(&summary.heading.date),
        date: summary.heading.date,
        texts: PartyTexts {
            main_dish: summary.main_dish,
            venue: summary.venue,
            details: view.details,
            address: view.address,
        },
        seats: Seats::new(seats).unwrap(),
        max_companions: summary.max_companions,
        visibility: summary.visibility,
        names_shown_to: view.names_shown_to,
    }
}

async fn host(parties: Parties, id: PartyId, ada: UserId, guests: Vec<User>, seed: u64) -> Counts {
    let (mut random, mut counts) = (Random(seed), Counts::new());
    for n in 0..2 * COMMANDS {
        let user = &guests[random.below(16) as usize];
        let guest = Guest { id: user.id, username: user.username.clone() };
        let result = match random.below(10) {
            0..=2 => {
                let view = parties.find(id, ada).await.unwrap().unwrap();
                parties.edit(id, ada, seats_edit(view, 6 + random.below(24))).await
            }
            4 => parties.change_guest(id, ada, guest, HostCommand::Remove).await,
            5 => parties.change_guest(id, ada, guest, HostCommand::Reinstate).await,
            3 | 6 => parties.change_guest(id, ada, guest, HostCommand::Add(Some(random.heads()))).await,
            7 => parties.change_guest(id, ada, guest, HostCommand::Invite).await,
            8 if n % 8 == 0 => parties.cancel(id, ada).await, // seldom, since it refuses everything until the restore
            _ => parties.restore(id, ada).await,
        };
        count(&mut counts, result);
    }
    count(&mut counts, parties.restore(id, ada).await);
    counts
}

async fn violations(fresh: &Fresh) -> Vec<Violation> {
    let mut violations = Vec::new();
    let inspection = Inspection::of_parties(&fresh.url).await.unwrap();
    inspection.check(NOW, |_| true, |violation| violations.push(violation)).await.unwrap();
    violations
}

async fn storm(fresh: Fresh) {
    let other = fresh.another().await;
    let (accounts, ada) = (fresh.accounts(), add_user(&fresh.accounts(), "ada").await);
    let processes = [&fresh.store, &other].map(|store| Parties::new(store.parties(), Arc::new(FixedClock(NOW))));
    let mut users = vec![];
    for n in 0..GUESTS {
        users.push(add_user(&accounts, &format!("guest{n}")).await);
    }
    let mut counts = Counts::new();
    for round in 0..ROUNDS {
        let party = NewParty { max_companions: 2, ..party_of(&ada, 10) };
        let id = processes[0].host(party).await.unwrap();
        let mut running = JoinSet::new();
        for (n, user) in users.iter().enumerate() {
            running.spawn(guest(processes[n % 2].clone(), id, user.id, round * 100 + n as u64));
        }
        for (n, process) in processes.iter().enumerate() {
            running.spawn(host(process.clone(), id, ada.id, users.clone(), round * 100 + 50 + n as u64));
        }
        for of_one in running.join_all().await {
            for (name, times) in of_one {
                *counts.entry(name).or_default() += times;
            }
        }
        let found = violations(&fresh).await;
        assert!(found.is_empty(), "round {round}: {found:?}");
    }
    for outcome in ["Seated", "Waitlisted", "HeadsChanged", "GaveUpSeat", "Edited", "Removed", "Added", "Cancelled"] {
        assert!(counts.contains_key(outcome), "{outcome} never came: {counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_storm_of_guests_and_hosts_breaks_no_invariant() {
    storm(common::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_storm_of_guests_and_hosts_breaks_no_invariant() {
    storm(common::postgres().await).await;
}

/// What declining does, without the promotion.
fn leaving(guest: UserId) -> PartyChange {
    Arc::new(move |party| {
        let changed = Changed::by(party, guest, Some(guest), |party| {
            let mut rsvps = party.guests.rsvps().clone();
            rsvps.insert(guest, Rsvp { answer: Answer::Declined, place: 0, rank: None, given_up: None });
            let totals = party.guests.totals();
            let totals = Totals { taken: totals.taken - 1, ..totals };
            party.guests = GuestList::from_stored(totals, rsvps).unwrap();
            Ok::<_, Refusal>(Outcome::GaveUpSeat)
        });
        Ok(changed?)
    })
}

/// Ben has the only seat, Cleo waits, and Dan accepts right after Ben has given up the seat: Cleo was first.
async fn give_up_a_seat(fresh: &Fresh, is_promoted_in_the_commit: bool) -> (usize, [Option<Answer>; 2]) {
    let accounts = fresh.accounts();
    let mut users = vec![];
    for name in ["ada", "ben", "cleo", "dan"] {
        users.push(add_user(&accounts, name).await);
    }
    let parties = fresh.parties();
    let id = parties.add(party_of(&users[0], 2), None).await.unwrap();
    for user in &users[1..3] {
        parties.update(id, Some(user.id), accepting(user.id), None, NOW).await.unwrap();
    }
    let use_cases = Parties::new(Arc::clone(&parties), Arc::new(FixedClock(NOW)));
    if is_promoted_in_the_commit {
        use_cases.answer(Opened::ById(id), users[1].id, GuestCommand::Decline).await.unwrap();
    } else {
        parties.update(id, Some(users[1].id), leaving(users[1].id), None, NOW).await.unwrap();
    }
    let is_idle =
        |violation: &Violation| matches!(violation, Violation::Invariant { invariant: Invariant::NoSeatIsIdle, .. });
    let idle = violations(fresh).await.iter().filter(|violation| is_idle(violation)).count();
    use_cases.answer(Opened::ById(id), users[3].id, GuestCommand::Accept(Heads::ONE)).await.unwrap();
    let mut answers = [None; 2];
    for (answer, user) in answers.iter_mut().zip(&users[2..]) {
        *answer = parties.find(id, user.id).await.unwrap().unwrap().summary.my_answer;
    }
    (idle, answers)
}

#[tokio::test]
async fn promotion_outside_the_commit_leaves_a_seat_idle() {
    let (seated, waits) = (Some(Answer::Seated(Heads::ONE)), Some(Answer::Waitlisted(Heads::ONE)));
    for (outside, inside) in
        [(common::sqlite().await, common::sqlite().await), (common::postgres().await, common::postgres().await)]
    {
        assert_eq!(give_up_a_seat(&outside, false).await, (1, [waits, seated]), "found, and Dan was faster");
        assert_eq!(give_up_a_seat(&inside, true).await, (0, [seated, waits]));
    }
}
