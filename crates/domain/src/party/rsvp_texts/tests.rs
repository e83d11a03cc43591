//! Tests of the texts of an RSVP.

use proptest::prelude::*;

use super::*;
use crate::party::fixtures::{BEN, CLEO, HOST, before, date, guest, heading, heads, with};
use crate::party::{Changed, PartyNotice, PartyState};

fn texts(note: &str, allergies: &str) -> RsvpTexts {
    let note = GuestNote::parse_optional(note).unwrap();
    RsvpTexts { note, allergies: Allergies::parse_optional(allergies).unwrap() }
}

/// What replaces both texts.
fn written(note: &str, allergies: &str) -> TextChanges {
    let RsvpTexts { note, allergies } = texts(note, allergies);
    TextChanges { note: TextChange::Replace(note), allergies: TextChange::Replace(allergies) }
}

fn with_nuts(command: GuestCommand) -> GuestAnswer {
    GuestAnswer { command, texts: written("Late!", "Nuts\nMilk") }
}

const COMMANDS: [GuestCommand; 4] =
    [GuestCommand::Accept(Heads::ONE), GuestCommand::Come, GuestCommand::Maybe, GuestCommand::Decline];

#[test]
fn texts_are_stored_with_any_answer_and_leave_its_outcome() {
    for command in COMMANDS {
        let (mut party, mut without) = (with(4, &[]), with(4, &[]));
        let outcome = party.answer(BEN, &with_nuts(command), before()).unwrap();
        assert_eq!(without.answer(BEN, &command.into(), before()), Ok(outcome), "{command:?}");
        assert_eq!(party.guests.texts(BEN), texts("Late!", "Nuts\nMilk"), "{command:?}");
        assert_eq!(party.guests.rsvps(), without.guests.rsvps(), "{command:?}");
        assert!(party.guests.texts(CLEO).is_empty());
    }
}

#[test]
fn texts_stay_with_later_answers_and_return_with_undone_ones() {
    let mut party = with(4, &[]);
    party.answer(BEN, &with_nuts(GuestCommand::Accept(heads(2))), before()).unwrap();
    for command in [
        GuestCommand::Decline,
        GuestCommand::Undo,
        GuestCommand::Maybe,
        GuestCommand::Decline,
        GuestCommand::Come,
        GuestCommand::Keep(None),
    ] {
        party.answer(BEN, &command.into(), before()).unwrap();
        assert_eq!(party.guests.texts(BEN), texts("Late!", "Nuts\nMilk"), "{command:?}");
    }
    party.invite(&guest(BEN), before()).unwrap();
    party.withdraw(BEN, before()).unwrap();
    assert_eq!(party.guests.texts(BEN), texts("Late!", "Nuts\nMilk"), "until the account is deleted");
}

#[test]
fn removed_guest_has_no_texts() {
    let mut party = with(4, &[]);
    party.answer(BEN, &with_nuts(GuestCommand::Come), before()).unwrap();
    party.remove(&guest(BEN), before()).unwrap();
    assert!(party.guests.all_texts().is_empty());
    let refused = party.answer(BEN, &with_nuts(GuestCommand::Keep(None)), before());
    assert!(matches!(refused, Err(Refusal::Removed { .. })), "{refused:?}");
    assert!(party.guests.all_texts().is_empty());
}

#[test]
fn each_text_is_kept_replaced_or_removed_by_itself() {
    let mut party = with(4, &[]);
    party.answer(BEN, &with_nuts(GuestCommand::Come), before()).unwrap();
    let soy = TextChange::Replace(Some(Allergies::parse("Soy").unwrap()));
    let (keep, remove) = (TextChange::Keep, TextChange::Replace(None));
    for (change, expected) in [
        (TextChanges::default(), texts("Late!", "Nuts\nMilk")),
        (TextChanges { note: TextChange::Keep, allergies: soy }, texts("Late!", "Soy")),
        (TextChanges { note: remove, allergies: TextChange::Keep }, texts("", "Soy")),
        (TextChanges { note: keep, allergies: TextChange::Replace(None) }, texts("", "")),
    ] {
        party.answer(BEN, &GuestAnswer { command: GuestCommand::Keep(None), texts: change }, before()).unwrap();
        assert_eq!(party.guests.texts(BEN), expected);
    }
    assert!(party.guests.all_texts().is_empty(), "a guest without texts has none stored");
}

/// The answer stays, so it needs neither an open party nor a free seat.
#[test]
fn texts_alone_are_changed_until_the_start_and_not_after() {
    let saved = Ok(Outcome::TextsSaved(heading()));
    for answer in [Answer::Seated(heads(3)), Answer::Waitlisted(heads(3)), Answer::Maybe, Answer::Declined] {
        let full = with(if answer.seats_held() > 0 { 4 } else { 1 }, &[(BEN, answer)]);
        let full = Party { rsvp_deadline: before(), ..full };
        let same = match answer {
            Answer::Maybe => GuestCommand::Maybe,
            Answer::Declined => GuestCommand::Decline,
            _ => GuestCommand::Come,
        };
        for command in [GuestCommand::Keep(None), GuestCommand::Keep(Some(heads(3))), same] {
            let mut party = full.clone();
            assert_eq!(party.answer(BEN, &with_nuts(command), before()), saved, "{answer:?} {command:?}");
            assert_eq!(party.guests.rsvps()[&BEN].answer, answer);
            let once = party.clone();
            assert!(party.answer(BEN, &with_nuts(command), before()).is_ok());
            assert_eq!(party, once, "the same twice");
        }
        let keep = with_nuts(GuestCommand::Keep(None));
        let cancelled = Party { state: PartyState::Cancelled, ..full.clone() };
        for (party, now) in [(full.clone(), date().starts_at()), (full.clone(), full.ends_at), (cancelled, before())] {
            let mut changed = party.clone();
            assert!(changed.answer(BEN, &keep, now).is_err(), "{answer:?} at {now:?}");
            assert_eq!(changed, party);
        }
    }
}

#[test]
fn guest_without_an_answer_keeps_none_and_host_writes_nothing() {
    let mut party = with(4, &[]);
    let unchanged = party.clone();
    for heads in [None, Some(Heads::ONE)] {
        let keep = with_nuts(GuestCommand::Keep(heads));
        assert_eq!(party.answer(BEN, &keep, before()), Err(Refusal::NoAnswer));
        assert_eq!(party.answer(HOST, &keep, before()), Err(Refusal::IsHost));
    }
    assert_eq!(party, unchanged);
}

/// A page that was opened before the answer changed takes no seat, and gives none up.
#[test]
fn kept_answer_changes_its_number_of_people_alone() {
    let keep = |party: &mut Party, number| {
        let outcome = party.answer(BEN, &GuestCommand::Keep(Some(heads(number))).into(), before());
        (outcome, party.guests.answer(BEN))
    };
    let three = Outcome::HeadsChanged { heading: heading(), heads: heads(3) };
    assert_eq!(keep(&mut with(4, &[(BEN, Answer::Seated(heads(2)))]), 3), (Ok(three), Some(Answer::Seated(heads(3)))));
    let mut full = with(3, &[(BEN, Answer::Seated(heads(2)))]);
    let refused = Refusal::NotEnoughSeats { free: 0, held: Some(heads(2)) };
    assert_eq!(keep(&mut full, 3), (Err(refused), Some(Answer::Seated(heads(2)))));
    let mut waits = with(1, &[(BEN, Answer::Waitlisted(heads(2)))]);
    assert_eq!(keep(&mut waits, 1).1, Some(Answer::Waitlisted(Heads::ONE)));
    for answer in [Answer::Maybe, Answer::Declined, Answer::Invited] {
        let saved = (Ok(Outcome::TextsSaved(heading())), Some(answer));
        assert_eq!(keep(&mut with(4, &[(BEN, answer)]), 2), saved);
    }
}

#[test]
fn offer_to_come_as_fewer_gives_up_no_seat() {
    let offer = |party: &mut Party| {
        let outcome = party.answer(BEN, &GuestCommand::ComeAs(Heads::ONE).into(), before()).unwrap();
        (outcome, party.guests.answer(BEN))
    };
    let seated = Some(Answer::Seated(Heads::ONE));
    let mut waits = with(2, &[(BEN, Answer::Waitlisted(heads(2)))]);
    assert_eq!(offer(&mut waits), (Outcome::SeatOpenedUp(heading()), seated));
    assert_eq!(offer(&mut with(2, &[])), (Outcome::Seated(heading()), seated));
    let two = Answer::Seated(heads(2));
    assert_eq!(
        offer(&mut with(3, &[(BEN, two)])),
        (Outcome::AlreadySeated(heading()), Some(two)),
        "promoted meanwhile"
    );
}

#[test]
fn refused_answer_changes_no_text() {
    let mut party = with(3, &[(BEN, Answer::Seated(heads(2)))]);
    party.answer(BEN, &with_nuts(GuestCommand::Keep(None)), before()).unwrap();
    let unchanged = party.clone();
    let answer = GuestAnswer { command: GuestCommand::Accept(heads(3)), texts: written("Earlier", "") };
    assert!(matches!(party.answer(BEN, &answer, before()), Err(Refusal::NotEnoughSeats { .. })));
    assert_eq!(party, unchanged);
}

/// The notice to the host does not contain the texts. A change of the texts alone has no history entry and is not counted for a quota.
#[test]
fn host_is_told_of_changed_texts_without_the_texts() {
    let answers =
        [Answer::Seated(heads(2)), Answer::Waitlisted(heads(2)), Answer::Maybe, Answer::Declined, Answer::Invited];
    for answer in answers {
        let mut party = with(if answer.seats_held() > 0 { 3 } else { 1 }, &[(BEN, answer)]);
        let mut write = |answer: &GuestAnswer| {
            Changed::by(&mut party, BEN, Some(BEN), |party| party.answer(BEN, answer, before())).unwrap()
        };
        let changed = write(&with_nuts(GuestCommand::Keep(None)));
        let [notice] = &changed.notices[..] else { panic!("{changed:?}") };
        assert_eq!((notice.user, notice.about), (HOST, Some(BEN)));
        assert_eq!(PartyNotice::from_stored(notice.kind, &notice.parameters), Some(PartyNotice::Wrote(answer)));
        assert!(!format!("{notice:?}").contains("Nuts") && !format!("{notice:?}").contains("Late"), "{notice:?}");
        assert_eq!((changed.history.len(), changed.is_counted), (0, false), "{answer:?}");
        let again = write(&with_nuts(GuestCommand::Keep(None)));
        assert_eq!((again.notices.len(), again.history.len(), again.is_counted), (0, 0, false), "the same twice");
    }
}

#[test]
fn new_answer_with_texts_is_one_notice() {
    let mut party = with(4, &[]);
    let answer = with_nuts(GuestCommand::Accept(heads(2)));
    let changed = Changed::by(&mut party, BEN, Some(BEN), |party| party.answer(BEN, &answer, before())).unwrap();
    let kinds: Vec<_> = changed.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!((kinds, changed.history.len(), changed.is_counted), (vec!["accepted"], 1, true));
    let removed = Changed::by(&mut party, HOST, Some(BEN), |party| party.remove(&guest(BEN), before())).unwrap();
    let kinds: Vec<_> = removed.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, ["removed"], "the host knows");
}

fn command() -> impl Strategy<Value = GuestCommand> {
    let heads = (1..4u32).prop_map(heads);
    prop_oneof![
        3 => heads.clone().prop_map(GuestCommand::Accept),
        1 => Just(GuestCommand::Come),
        1 => Just(GuestCommand::Maybe),
        2 => Just(GuestCommand::Decline),
        2 => Just(GuestCommand::Undo),
        2 => prop::option::of(heads).prop_map(GuestCommand::Keep),
    ]
}

fn change<T: std::fmt::Debug + Clone>(parse: fn(&str) -> Option<T>) -> impl Strategy<Value = TextChange<T>> {
    prop_oneof![
        2 => Just(TextChange::Keep),
        1 => Just(TextChange::Replace(None)),
        2 => "[a-c]".prop_map(move |text| TextChange::Replace(parse(&text))),
    ]
}

proptest! {
    /// Seats, notices of answers, history and quota are those of the same answers without texts, and the same twice changes nothing.
    #[test]
    fn texts_change_nothing_but_themselves(
        seats in 1..6u32,
        steps in prop::collection::vec(
            (
                prop_oneof![Just(BEN), Just(CLEO)],
                command(),
                change(|text| GuestNote::parse(text).ok()),
                change(|text| Allergies::parse(text).ok()),
                prop::bool::weighted(0.1),
            ),
            0..40,
        ),
    ) {
        let (mut party, mut plain) = (with(seats, &[]), with(seats, &[]));
        for (who, command, note, allergies, is_removal) in steps {
            let before_step = party.clone();
            if is_removal {
                party.remove(&guest(who), before()).unwrap();
                plain.remove(&guest(who), before()).unwrap();
                prop_assert!(party.guests.texts(who).is_empty());
                party.reinstate(&guest(who), before()).unwrap();
                plain.reinstate(&guest(who), before()).unwrap();
                continue;
            }
            let answer = GuestAnswer { command, texts: TextChanges { note, allergies } };
            let run = |party: &mut Party, answer: &GuestAnswer| {
                Changed::by(party, who, Some(who), |party| party.answer(who, answer, before()))
            };
            let (written, unwritten) = (run(&mut party, &answer), run(&mut plain, &command.into()));
            prop_assert_eq!(party.guests.rsvps(), plain.guests.rsvps());
            prop_assert_eq!(party.guests.totals(), plain.guests.totals());
            match (written, unwritten) {
                (Ok(written), Ok(unwritten)) => {
                    let expected = answer.texts.apply(&before_step.guests.texts(who));
                    prop_assert_eq!(party.guests.texts(who), expected);
                    prop_assert_eq!(&written.history, &unwritten.history);
                    prop_assert_eq!(written.is_counted, unwritten.is_counted);
                    let of_answers = written.notices.into_iter().filter(|notice| notice.kind != "wrote");
                    prop_assert_eq!(of_answers.collect::<Vec<_>>(), unwritten.notices);
                    let once = party.clone();
                    if let Ok(again) = run(&mut party, &answer) {
                        prop_assert_eq!(&party, &once, "{:?} twice", answer);
                        prop_assert_eq!((again.notices, again.history), (vec![], vec![]));
                    }
                }
                (Err(written), Err(unwritten)) => {
                    prop_assert_eq!(written, unwritten);
                    prop_assert_eq!(&party, &before_step);
                }
                (written, unwritten) => prop_assert!(false, "{:?} {:?}", written, unwritten),
            }
        }
    }
}
