//! What the rules cost: an answer on a table of ten and of a thousand, and the reading of what people type. The floor is
//! what cannot be had for less: a copy of the same party, a copy of the same text.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "what is measured is made as a test makes it")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::party::{Answer, GuestList, Heads, Party, PartyDate, PartyHeading, PartyId, PartyState, Seats, Zone};
use domain::party::{parse_date, parse_time};
use domain::user::{UserId, Username};
use domain::{Timestamp, caseless_key};

/// A table with one seat left, as the store loads it: its totals, and the acting guest's own answer.
fn party(seats: u32) -> Party {
    let (day, hour) = (parse_date("2030-01-15").unwrap(), parse_time("19:00").unwrap());
    let date = PartyDate::resolve(day, hour, Zone::parse("Europe/Berlin").unwrap()).unwrap();
    let answers = BTreeMap::from([(UserId::new(2), Answer::Maybe)]);
    Party {
        id: PartyId::new(1),
        host: UserId::new(1),
        rsvp_deadline: date.starts_at(),
        heading: PartyHeading { host: Username::parse("ada").unwrap(), date },
        state: PartyState::Scheduled,
        guests: GuestList::from_stored(Seats::new(seats).unwrap(), seats - 1, 0, answers).unwrap(),
    }
}

fn rules(criterion: &mut Criterion) {
    for seats in [10, 1000] {
        let (party, now) = (party(seats), Timestamp::from_millis(0));
        let mut group = criterion.benchmark_group(format!("an RSVP to a table of {seats}"));
        let accept = |mut party: Party| party.accept(UserId::new(2), Heads::ONE, now);
        group.bench_function("ours", |b| b.iter_batched(|| party.clone(), accept, BatchSize::SmallInput));
        group.bench_function("floor", |b| b.iter(|| black_box(&party).heading.clone()));
        group.finish();
    }
}

fn reading(criterion: &mut Criterion) {
    let name = "Ada_Lovelace";
    let mut group = criterion.benchmark_group("a username and its key");
    group.bench_function("ours", |b| b.iter(|| Username::parse(black_box(name)).map(|name| name.key())));
    group.bench_function("floor", |b| b.iter(|| [black_box(name).to_owned(), black_box(name).to_lowercase()]));
    group.finish();

    let row = "Ada_Lovelace\nAt the long table, Łódź\nŻurek with eggs";
    let mut group = criterion.benchmark_group("a search key");
    group.bench_function("ours", |b| b.iter(|| caseless_key(black_box(row))));
    group.bench_function("floor", |b| b.iter(|| black_box(row).to_lowercase()));
    group.finish();

    let date = party(10).heading.date;
    let mut group = criterion.benchmark_group("a date in words");
    group.bench_function("ours", |b| b.iter(|| black_box(&date).to_string()));
    group.bench_function("floor", |b| b.iter(|| black_box("Saturday 14 March 2026, 19:00 (Europe/Berlin)").to_owned()));
    group.finish();
}

criterion_group!(benches, rules, reading);
criterion_main!(benches);
