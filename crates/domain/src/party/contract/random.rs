//! A contract function that compares a store with a plain party in memory, command by command.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{changing, edit_of, minutes, party_of, seats};
use crate::contract::{NOW, add_user};
use crate::party::{
    Allergies, Changed, Guest, GuestAnswer, GuestCommand, GuestList, GuestNote, Heads, NewParty, Outcome, Party,
    PartyId, PartyRepository, Refusal, Rsvp, RsvpDeadline, RsvpTexts, TextChange, TextChanges, UpdateError,
};
use crate::user::{User, UserId};
use crate::{AccountPorts, Notice, Timestamp};

/// The number of commands: enough that each row of the table and each refusal of a waiting list occurs several times.
const COMMANDS: u64 = 300;

/// Numbers that look random and are the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    /// A number below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }
}

/// What a guest or the host does.
#[derive(Debug, Clone)]
enum Command {
    Accept(Heads),
    Maybe,
    Decline,
    Undo,
    /// Keeps the answer, and replaces or removes a text.
    Write(TextChanges),
    Withdraw,
    Add(Heads),
    Invite,
    Remove,
    Reinstate,
    Seats(u32),
    Companions(u32),
    Cancel,
    Restore,
}

impl Command {
    fn next(random: &mut Random) -> Self {
        let heads = |random: &mut Random| Heads::new(1 + random.below(4)).unwrap();
        let text = |random: &mut Random| (random.below(3) > 0).then(|| format!("text {}", random.below(2)));
        match random.below(48) {
            0..=14 => Self::Accept(heads(random)),
            15 | 16 => Self::Maybe,
            17..=21 => Self::Decline,
            22..=24 => Self::Undo,
            25 => Self::Withdraw,
            26 => Self::Add(heads(random)),
            27 => Self::Invite,
            28..=30 => Self::Remove,
            31..=33 => Self::Reinstate,
            34 | 35 => Self::Seats(1 + random.below(12)),
            36 => Self::Companions(random.below(4)),
            37 => Self::Cancel,
            40..=43 => Self::Write(TextChanges {
                note: TextChange::Replace(text(random).map(|text| GuestNote::parse(&text).unwrap())),
                allergies: TextChange::Keep,
            }),
            44.. => Self::Write(TextChanges {
                note: TextChange::Keep,
                allergies: TextChange::Replace(text(random).map(|text| Allergies::parse(&text).unwrap())),
            }),
            _ => Self::Restore,
        }
    }

    /// Whether the command is the host's, and whether it concerns a guest.
    fn kind(&self) -> (bool, bool) {
        match self {
            Self::Accept(_) | Self::Maybe | Self::Decline | Self::Undo | Self::Write(_) | Self::Withdraw => {
                (false, true)
            }
            Self::Add(_) | Self::Invite | Self::Remove | Self::Reinstate => (true, true),
            Self::Seats(_) | Self::Companions(_) | Self::Cancel | Self::Restore => (true, false),
        }
    }

    fn run(&self, party: &mut Party, guest: &Guest, now: Timestamp) -> Result<Outcome, Refusal> {
        match self {
            Self::Accept(heads) => party.accept(guest.id, *heads, now),
            Self::Maybe => party.maybe(guest.id, now),
            Self::Decline => party.decline(guest.id, now),
            Self::Undo => party.undo(guest.id, now),
            Self::Write(texts) => {
                let answer = GuestAnswer { command: GuestCommand::Keep(None), texts: texts.clone() };
                party.answer(guest.id, &answer, now)
            }
            Self::Withdraw => party.withdraw(guest.id, now),
            Self::Add(heads) => party.add(guest, Some(*heads), now),
            Self::Invite => party.invite(guest, now),
            Self::Remove => party.remove(guest, now),
            Self::Reinstate => party.reinstate(guest, now),
            Self::Seats(number) => {
                let mut edit = edit_of(party);
                edit.seats = seats(*number);
                party.edit(edit, now)
            }
            Self::Companions(companions) => {
                let mut edit = edit_of(party);
                edit.max_companions = *companions;
                party.edit(edit, now)
            }
            Self::Cancel => party.cancel(now),
            Self::Restore => party.restore(now),
        }
    }
}

/// The party without the numbers on the waiting list, which depend on what is loaded.
fn without_ranks(party: Party) -> Party {
    with_ranks(party, |_, _| None)
}

/// The party with the numbers on the waiting list as they are now.
fn with_current_ranks(party: Party) -> Party {
    with_ranks(party, |rsvps, rsvp| {
        let is_before = |other: &&Rsvp| other.answer.is_waiting() && other.place <= rsvp.place;
        rsvp.answer.is_waiting().then(|| u32::try_from(rsvps.values().filter(is_before).count()).unwrap())
    })
}

fn with_ranks(mut party: Party, rank: impl Fn(&BTreeMap<UserId, Rsvp>, &Rsvp) -> Option<u32>) -> Party {
    let rsvps = party.guests.rsvps();
    let rsvps = rsvps.iter().map(|(guest, rsvp)| (*guest, Rsvp { rank: rank(rsvps, rsvp), ..*rsvp })).collect();
    let ranked = GuestList::from_stored(party.guests.totals(), rsvps).unwrap();
    let texts = party.guests.all_texts().clone();
    party.guests = texts.into_iter().fold(ranked, |list, (guest, texts)| list.with_texts(guest, texts));
    party
}

/// The party without texts, which a change of the party itself does not load.
fn without_texts(mut party: Party) -> Party {
    party.guests = GuestList::from_stored(party.guests.totals(), party.guests.rsvps().clone()).unwrap();
    party
}

/// The notices of each user, the oldest first, as [`NoticeRepository`](crate::NoticeRepository) keeps them.
#[derive(Default)]
struct Told(BTreeMap<UserId, Vec<Notice>>);

impl Told {
    fn add(&mut self, notices: Vec<Notice>) {
        for notice in notices {
            let of_user = self.0.entry(notice.user).or_default();
            of_user.retain(|earlier| earlier.about.is_none() || earlier.about != notice.about);
            of_user.push(notice);
            let surplus = of_user.len().saturating_sub(20);
            of_user.drain(..surplus);
        }
    }
}

/// Asserts that the store has the party, the texts and the notices of the model.
async fn assert_same(
    accounts: &AccountPorts,
    parties: &dyn PartyRepository,
    (model, told): (&Party, &Told),
    users: &BTreeMap<UserId, User>,
    step: &str,
) {
    let stored = super::waiting_list::seen(parties, model.id, None).await;
    assert_eq!(without_ranks(stored), without_texts(without_ranks(model.clone())), "{step}");
    let overview = parties.guests(model.id, model.host).await.unwrap().unwrap();
    let texts = overview.guests.into_iter().map(|guest| (guest.id, guest.texts)).filter(|(_, texts)| !texts.is_empty());
    let texts: BTreeMap<UserId, RsvpTexts> = texts.collect();
    assert_eq!(&texts, model.guests.all_texts(), "{step}");
    for user in users.keys() {
        let mut stored = accounts.notices.list(*user, 100).await.unwrap();
        stored.reverse();
        let stored: Vec<_> = stored
            .into_iter()
            .map(|notice| (notice.kind, notice.parameters, notice.about.map(|name| name.to_string())))
            .collect();
        let name = |user: UserId| users[&user].username.to_string();
        let expected: Vec<_> = told
            .0
            .get(user)
            .into_iter()
            .flatten()
            .map(|notice| (notice.kind.to_owned(), notice.parameters.clone(), notice.about.map(name)))
            .collect();
        assert_eq!(stored, expected, "{step}, to {}", name(*user));
    }
}

/// After each of 300 commands of eight guests and a host, the store has the same RSVPs, texts, totals and notices as a party in memory whose
/// whole guest list every rule sees.
pub async fn store_equals_a_party_in_memory(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    let mut users = BTreeMap::from([(ada.id, ada.clone())]);
    let mut guests = vec![];
    for n in 0..8 {
        let user = add_user(accounts, &format!("guest{n}")).await;
        guests.push(Guest { id: user.id, username: user.username.clone() });
        users.insert(user.id, user);
    }
    let mut party = NewParty { seats: seats(6), max_companions: 3, ..party_of(&ada) };
    party.rsvp_deadline = RsvpDeadline::of(&party.date, minutes(280)).unwrap();
    let id: PartyId = parties.add(party.clone(), None).await.unwrap();
    let (mut model, mut told) = (Party::added(id, ada.username.clone(), party), Told::default());
    let mut random = Random(14);
    for step in 0..COMMANDS {
        let (command, guest) = (Command::next(&mut random), guests[random.below(8) as usize].clone());
        let now = NOW + Duration::from_mins(step);
        let (by_host, concerns_guest) = command.kind();
        let actor = if by_host { ada.id } else { guest.id };
        let concerned = concerns_guest.then_some(guest.id);
        let what = format!("step {step}: {command:?} of {}", guest.username);

        let mut after = with_current_ranks(model.clone());
        let expected = Changed::by(&mut after, actor, concerned, |party| command.run(party, &guest, now));
        let change = changing(actor, concerned, move |party| command.run(party, &guest, now));
        let result = parties.update(id, concerned, change, None, now).await;

        match (expected, result) {
            (Ok(changed), Ok(outcome)) => {
                assert_eq!(changed.outcome, outcome, "{what}");
                model = after;
                told.add(changed.notices);
            }
            (Err(refusal), Err(UpdateError::Refused(refused))) => assert_eq!(refusal, refused, "{what}"),
            (expected, result) => panic!("{what}: {expected:?}, {result:?}"),
        }
        assert_same(accounts, parties, (&model, &told), &users, &what).await;
    }
}
