//! A plain model of the table in `docs/RSVP.md`: lists of who is seated and who waits, with no stored totals.

use std::collections::BTreeMap;
use std::time::Duration;

use accounts_domain::Timestamp;
use accounts_domain::party::{Answer, Outcome, Party, PartyState, Refusal};

use crate::commands::{Command, id};

/// The time of a command, from the point of view of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    Open,
    Closed,
    UnderWay,
    Over,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    seats: u32,
    max_companions: u32,
    is_cancelled: bool,
    seated: Vec<(u8, u32)>,
    waiting: Vec<(u8, u32)>,
    /// "maybe", "declined", "invited" or "removed".
    others: BTreeMap<u8, &'static str>,
    /// What a guest gave up, and when.
    given_up: BTreeMap<u8, (u32, Timestamp)>,
}

impl Model {
    pub(crate) fn new(seats: u32, max_companions: u32) -> Self {
        let (seated, waiting, others, given_up) = Default::default();
        Self { seats, max_companions, is_cancelled: false, seated, waiting, others, given_up }
    }

    fn free(&self) -> u32 {
        self.seats - 1 - self.seated.iter().map(|(_, heads)| heads).sum::<u32>()
    }

    fn held(&self, guest: u8) -> Option<u32> {
        self.seated.iter().find(|(other, _)| *other == guest).map(|(_, heads)| *heads)
    }

    fn waits(&self, guest: u8) -> Option<u32> {
        self.waiting.iter().find(|(other, _)| *other == guest).map(|(_, heads)| *heads)
    }

    fn rank(&self, guest: u8) -> String {
        let rank = self.waiting.iter().position(|(other, _)| *other == guest).unwrap() + 1;
        format!("number {rank}, {} free", self.free())
    }

    fn forget(&mut self, guest: u8) {
        self.seated.retain(|(other, _)| *other != guest);
        self.waiting.retain(|(other, _)| *other != guest);
        self.others.remove(&guest);
    }

    fn promote(&mut self, moment: Moment) {
        if self.is_cancelled || moment >= Moment::UnderWay {
            return;
        }
        for (guest, heads) in self.waiting.clone() {
            if heads <= self.free() {
                self.forget(guest);
                self.seated.push((guest, heads));
            }
        }
    }

    fn seat_or_wait(&mut self, guest: u8, heads: u32, seated: &str) -> String {
        self.forget(guest);
        self.given_up.remove(&guest);
        if heads <= self.free() {
            self.seated.push((guest, heads));
            return seated.into();
        }
        self.waiting.push((guest, heads));
        self.rank(guest)
    }

    /// What happens: the outcome or the refusal in words.
    pub(crate) fn run(&mut self, command: Command, moment: Moment, now: Timestamp) -> String {
        match command {
            Command::Accept(guest, heads) => self.answer(guest, moment, |model| model.accept(guest, heads, moment)),
            Command::Maybe(guest) => self.answer(guest, moment, |model| model.maybe(guest, moment, now)),
            Command::Decline(guest) => self.answer(guest, moment, |model| model.decline(guest, moment, now)),
            Command::Undo(guest) => self.answer(guest, moment, |model| model.undo(guest, now)),
            Command::Add(..) | Command::Invite(_) | Command::Remove(_) | Command::Reinstate(_) => {
                if moment == Moment::Over { "over".into() } else { self.host(command, moment) }
            }
            Command::Seats(_) | Command::MaxCompanions(_) | Command::Cancel | Command::Restore => match moment {
                Moment::Over => "over".into(),
                Moment::UnderWay => "begun".into(),
                Moment::Open | Moment::Closed => self.host(command, moment),
            },
        }
    }

    fn answer(&mut self, guest: u8, moment: Moment, rule: impl FnOnce(&mut Self) -> String) -> String {
        match moment {
            Moment::Over => "over".into(),
            Moment::UnderWay => "begun".into(),
            _ if self.is_cancelled => "cancelled".into(),
            _ if self.others.get(&guest) == Some(&"removed") => "removed".into(),
            _ => rule(self),
        }
    }

    fn accept(&mut self, guest: u8, heads: u32, moment: Moment) -> String {
        let before = self.held(guest).or(self.waits(guest));
        if before == Some(heads) {
            return if self.held(guest).is_some() { "already seated".into() } else { self.rank(guest) };
        }
        if before.is_none_or(|before| heads > before) {
            if moment == Moment::Closed {
                return "closed".into();
            }
            if heads - 1 > self.max_companions {
                return "too many".into();
            }
        }
        if let Some(held) = self.held(guest) {
            if heads > held && heads - held > self.free() {
                return format!("{} free, {held} held", self.free());
            }
            self.seated.iter_mut().find(|(other, _)| *other == guest).unwrap().1 = heads;
            self.promote(moment);
            return format!("now {heads}");
        }
        if let Some(waits) = self.waits(guest).filter(|waits| heads < *waits) {
            self.waiting.iter_mut().find(|(other, _)| *other == guest).unwrap().1 = heads;
            assert!(heads < waits);
            self.promote(moment);
            return if self.held(guest).is_some() { "seat opened up".into() } else { self.rank(guest) };
        }
        let seated = if self.waits(guest).is_some() { "seat opened up" } else { "seated" };
        self.seat_or_wait(guest, heads, seated)
    }

    fn maybe(&mut self, guest: u8, moment: Moment, now: Timestamp) -> String {
        if self.held(guest).is_some() {
            return self.give_up(guest, "maybe", moment, now);
        }
        if self.others.get(&guest) != Some(&"maybe") {
            if moment == Moment::Closed {
                return "closed".into();
            }
            self.forget_for(guest, "maybe");
        }
        "maybe".into()
    }

    fn decline(&mut self, guest: u8, moment: Moment, now: Timestamp) -> String {
        if self.held(guest).is_some() {
            return self.give_up(guest, "declined", moment, now);
        }
        self.forget_for(guest, "declined");
        "declined".into()
    }

    fn forget_for(&mut self, guest: u8, answer: &'static str) {
        if !matches!(self.others.get(&guest), Some(&("maybe" | "declined"))) {
            self.given_up.remove(&guest);
        }
        self.forget(guest);
        self.others.insert(guest, answer);
    }

    fn give_up(&mut self, guest: u8, answer: &'static str, moment: Moment, now: Timestamp) -> String {
        let held = self.held(guest).unwrap();
        self.forget(guest);
        self.others.insert(guest, answer);
        self.given_up.insert(guest, (held, now));
        self.promote(moment);
        "gave up".into()
    }

    fn undo(&mut self, guest: u8, now: Timestamp) -> String {
        if self.held(guest).is_some() {
            return "already seated".into();
        }
        if self.waits(guest).is_some() {
            return self.rank(guest);
        }
        match self.given_up.get(&guest) {
            Some((heads, at)) if now.since(*at) < Duration::from_mins(10) => self.seat_or_wait(guest, *heads, "seated"),
            _ => "nothing to undo".into(),
        }
    }

    fn is_on_list(&self, guest: u8) -> bool {
        self.seated.iter().chain(&self.waiting).any(|(listed, _)| *listed == guest) || self.others.contains_key(&guest)
    }

    /// By hand. A group that waits is not bound by the companions that are allowed now, unless it becomes larger.
    fn add(&mut self, guest: u8, heads: Option<u32>) -> String {
        let waiting = self.waits(guest);
        let heads = heads.or(waiting).unwrap_or(1);
        match heads {
            heads if heads > waiting.unwrap_or(0) && heads - 1 > self.max_companions => "too many".into(),
            heads if heads > self.free() => format!("{} free", self.free()),
            heads => self.seat_or_wait(guest, heads, "added"),
        }
    }

    fn host(&mut self, command: Command, moment: Moment) -> String {
        match command {
            Command::Remove(guest) => {
                self.forget(guest);
                self.given_up.remove(&guest);
                self.others.insert(guest, "removed");
                self.promote(moment);
                "removed by host".into()
            }
            Command::Reinstate(guest) if self.others.get(&guest) == Some(&"removed") => {
                self.others.insert(guest, "invited");
                "reinstated".into()
            }
            Command::Reinstate(guest) if self.is_on_list(guest) => "answered".into(),
            Command::Reinstate(_) => "not on the list".into(),
            Command::Add(..) | Command::Invite(_) if self.is_cancelled => "cancelled".into(),
            Command::Add(guest, _) | Command::Invite(guest) if self.others.get(&guest) == Some(&"removed") => {
                "guest removed".into()
            }
            Command::Add(guest, _) if self.held(guest).is_some() => "answered".into(),
            Command::Add(guest, heads) => self.add(guest, heads),
            Command::Invite(guest) => match self.others.get(&guest) {
                Some(&"invited") => "invited".into(),
                Some(&"maybe") => "answered".into(),
                None if self.held(guest).is_some() || self.waits(guest).is_some() => "answered".into(),
                _ => {
                    self.given_up.remove(&guest);
                    self.others.insert(guest, "invited");
                    "invited".into()
                }
            },
            Command::Seats(seats) if seats == self.seats => "unchanged".into(),
            Command::Seats(seats) if seats < self.seats - self.free() => format!("{} taken", self.seats - self.free()),
            Command::Seats(seats) => {
                self.seats = seats;
                self.promote(moment);
                "edited".into()
            }
            Command::MaxCompanions(max) if max == self.max_companions => "unchanged".into(),
            Command::MaxCompanions(max) => {
                self.max_companions = max;
                "edited".into()
            }
            Command::Cancel => {
                self.is_cancelled = true;
                "cancelled by host".into()
            }
            Command::Restore => {
                self.is_cancelled = false;
                self.promote(moment);
                "restored".into()
            }
            Command::Accept(..) | Command::Maybe(_) | Command::Decline(_) | Command::Undo(_) => unreachable!(),
        }
    }

    /// Fails where the party differs.
    pub(crate) fn assert_equals(&self, party: &Party) {
        let totals = party.guests.totals();
        assert_eq!((totals.seats.get(), totals.max_companions), (self.seats, self.max_companions));
        assert_eq!(party.state == PartyState::Cancelled, self.is_cancelled);
        let in_order = |is_it: fn(Answer) -> bool| {
            let mut list: Vec<_> = party.guests.rsvps().iter().filter(|(_, rsvp)| is_it(rsvp.answer)).collect();
            list.sort_by_key(|(_, rsvp)| rsvp.place);
            list.into_iter().map(|(guest, rsvp)| (*guest, rsvp.answer.heads().unwrap().get())).collect::<Vec<_>>()
        };
        let ids = |list: &[(u8, u32)]| list.iter().map(|(guest, heads)| (id(*guest), *heads)).collect::<Vec<_>>();
        assert_eq!(in_order(|answer| answer.seats_held() > 0), ids(&self.seated));
        assert_eq!(in_order(Answer::is_waiting), ids(&self.waiting));
        for (guest, answer) in &self.others {
            let stored = party.guests.answer(id(*guest));
            let name = match stored {
                Some(Answer::Maybe) => "maybe",
                Some(Answer::Declined) => "declined",
                Some(Answer::Invited) => "invited",
                Some(Answer::Removed) => "removed",
                _ => panic!("{guest}: {stored:?}"),
            };
            assert_eq!(name, *answer, "{guest}");
        }
        assert_eq!(party.guests.rsvps().len(), self.seated.len() + self.waiting.len() + self.others.len());
    }
}

/// The outcome or the refusal of the rules in the words of the model.
pub(crate) fn words(result: &Result<Outcome, Refusal>) -> String {
    match result {
        Ok(Outcome::Seated(_)) => "seated".into(),
        Ok(Outcome::Waitlisted { rank, free, .. }) => format!("number {rank}, {free} free"),
        Ok(Outcome::AlreadySeated(_)) => "already seated".into(),
        Ok(Outcome::HeadsChanged { heads, .. }) => format!("now {}", heads.get()),
        Ok(Outcome::Maybe) => "maybe".into(),
        Ok(Outcome::GaveUpSeat) => "gave up".into(),
        Ok(Outcome::Declined(_)) => "declined".into(),
        Ok(Outcome::SeatOpenedUp(_)) => "seat opened up".into(),
        Ok(Outcome::Removed(_)) => "removed by host".into(),
        Ok(Outcome::Reinstated(_)) => "reinstated".into(),
        Ok(Outcome::Added(_)) => "added".into(),
        Ok(Outcome::Invited(_)) => "invited".into(),
        Ok(Outcome::AlreadyAnswered(_)) => "answered".into(),
        Ok(Outcome::Edited) => "edited".into(),
        Ok(Outcome::Unchanged) => "unchanged".into(),
        Ok(Outcome::Cancelled) => "cancelled by host".into(),
        Ok(Outcome::Restored) => "restored".into(),
        Err(Refusal::Over) => "over".into(),
        Err(Refusal::Begun) => "begun".into(),
        Err(Refusal::Cancelled { .. }) => "cancelled".into(),
        Err(Refusal::Removed { .. }) => "removed".into(),
        Err(Refusal::GuestRemoved(_)) => "guest removed".into(),
        Err(Refusal::NotOnList(_)) => "not on the list".into(),
        Err(Refusal::Closed { .. }) => "closed".into(),
        Err(Refusal::TooManyCompanions { .. }) => "too many".into(),
        Err(Refusal::NotEnoughSeats { free, held: Some(held) }) => format!("{free} free, {} held", held.get()),
        Err(Refusal::NotEnoughSeats { free, held: None }) => format!("{free} free"),
        Err(Refusal::BelowTaken { taken }) => format!("{taken} taken"),
        Err(Refusal::NothingToUndo) => "nothing to undo".into(),
        Ok(Outcome::TextsSaved(_)) => panic!("no command writes texts"),
        Ok(Outcome::LinkReplaced) => panic!("no command replaces the link"),
        Err(other @ (Refusal::IsHost | Refusal::DateInThePast | Refusal::Stale | Refusal::NoAnswer)) => {
            panic!("{other}")
        }
    }
}
