//! The time of the rules: an RSVP to a table of 10 and of 1,000 seats, and the parsers.
//!
//! The floor is the least possible work: a copy of the heading, a copy of the text.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "the setup is that of a test")]

use std::collections::BTreeMap;
use std::hint::black_box;

use accounts_domain::party::{
    Answer, GuestList, Heads, LinkToken, NewParty, Party, PartyDate, PartyId, Rsvp, Seats, ShortText, Totals, Zone,
};
use accounts_domain::party::{parse_date, parse_time};
use accounts_domain::user::{UserId, Username};
use accounts_domain::{Timestamp, caseless_key};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A party with one free seat, as the store loads it: the totals, and the answer of the acting guest.
fn party(seats: u32) -> Party {
    let (day, hour) = (parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(day, hour, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    let text = |text| ShortText::parse(text).unwrap();
    let (dish, venue, table) = (text("Soup"), text("Linden Street"), Seats::new(seats).unwrap());
    let new = NewParty::new(UserId::new(1), date, venue, dish, table, LinkToken::new([0; 16]));
    let mut party = Party::added(PartyId::new(1), Username::parse("ada").unwrap(), new);
    let rsvps =
        BTreeMap::from([(UserId::new(2), Rsvp { answer: Answer::Maybe, place: 0, rank: None, given_up: None })]);
    let totals = Totals { taken: seats - 1, ..party.guests.totals() };
    party.guests = GuestList::from_stored(totals, rsvps).unwrap();
    party
}

fn rsvp(criterion: &mut Criterion) {
    for seats in [10, 1000] {
        let (party, now) = (party(seats), Timestamp::from_millis(0));
        let mut group = criterion.benchmark_group(format!("RSVP to a table of {seats}"));
        let accept = |mut party: Party| party.accept(UserId::new(2), Heads::ONE, now);
        group.bench_function("ours", |b| b.iter_batched(|| party.clone(), accept, BatchSize::SmallInput));
        group.bench_function("floor", |b| b.iter(|| black_box(&party).heading.clone()));
        group.finish();
    }
}

fn parsers(criterion: &mut Criterion) {
    let name = "Ada_Lovelace";
    let mut group = criterion.benchmark_group("username and key");
    group.bench_function("ours", |b| b.iter(|| Username::parse(black_box(name)).map(|name| name.key())));
    group.bench_function("floor", |b| b.iter(|| [black_box(name).to_owned(), black_box(name).to_lowercase()]));
    group.finish();

    let row = "Ada_Lovelace\nAt the long table, Łódź\nŻurek with eggs";
    let mut group = criterion.benchmark_group("search key");
    group.bench_function("ours", |b| b.iter(|| caseless_key(black_box(row))));
    group.bench_function("floor", |b| b.iter(|| black_box(row).to_lowercase()));
    group.finish();

    let date = party(10).heading.date;
    let mut group = criterion.benchmark_group("formatted date");
    group.bench_function("ours", |b| b.iter(|| black_box(&date).to_string()));
    group.bench_function("floor", |b| b.iter(|| black_box("Saturday 14 March 2026, 19:00 (Berlin time)").to_owned()));
    group.finish();
}

criterion_group!(benches, rsvp, parsers);
criterion_main!(benches);
