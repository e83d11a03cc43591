//! Tests of the notices, the history, and what is counted.

use super::*;
use crate::party::fixtures::{BEN, CLEO, DAN, HOST, before, guest, heads, party, with};
use crate::party::{Heads, LinkToken, NamesShownTo, PartyEdit, PartyEnd, RsvpDeadline, Seats, ShortText};

const ONE: Heads = Heads::ONE;

fn seated(n: u32) -> Answer {
    Answer::Seated(heads(n))
}

fn waiting(n: u32) -> Answer {
    Answer::Waitlisted(heads(n))
}

type Rule = fn(&mut Party) -> Result<Outcome, Refusal>;

/// Each notice with its recipient, and the user that it names.
fn notices(changed: &Changed) -> Vec<(UserId, Option<UserId>, PartyNotice)> {
    let read = |notice: &Notice| PartyNotice::from_stored(notice.kind, &notice.parameters).unwrap();
    assert!(changed.notices.iter().all(|notice| notice.subject == 7));
    changed.notices.iter().map(|notice| (notice.user, notice.about, read(notice))).collect()
}

#[test]
fn host_is_told_of_each_answer_of_a_guest() {
    type Case = (Option<Answer>, Rule, Option<PartyNotice>, bool);
    let cases: [Case; 13] = [
        (None, |party| party.accept(BEN, heads(2), before()), Some(PartyNotice::Accepted(heads(2))), true),
        (None, |party| party.accept(BEN, heads(3), before()), Some(PartyNotice::JoinedWaitingList(heads(3))), true),
        (None, |party| party.maybe(BEN, before()), Some(PartyNotice::SaidMaybe), true),
        (None, |party| party.decline(BEN, before()), Some(PartyNotice::Declined), true),
        (Some(Answer::Invited), |party| party.decline(BEN, before()), Some(PartyNotice::Declined), false),
        (Some(seated(1)), |party| party.accept(BEN, heads(2), before()), Some(PartyNotice::Accepted(heads(2))), true),
        (Some(seated(2)), |party| party.accept(BEN, ONE, before()), Some(PartyNotice::Accepted(ONE)), false),
        (Some(seated(2)), |party| party.accept(BEN, heads(2), before()), None, false),
        (Some(seated(2)), |party| party.decline(BEN, before()), Some(PartyNotice::GaveUpSeat(heads(2))), false),
        (Some(seated(2)), |party| party.maybe(BEN, before()), Some(PartyNotice::GaveUpSeat(heads(2))), false),
        (Some(waiting(3)), |party| party.decline(BEN, before()), Some(PartyNotice::Declined), false),
        (Some(Answer::Maybe), |party| party.maybe(BEN, before()), None, false),
        (Some(Answer::Declined), |party| party.decline(BEN, before()), None, false),
    ];
    for (n, (start, rule, expected, is_counted)) in cases.into_iter().enumerate() {
        let list: Vec<_> = start.map(|answer| (BEN, answer)).into_iter().collect();
        let mut party = with(3, &list);
        let changed = Changed::by(&mut party, BEN, Some(BEN), rule).unwrap();
        assert_eq!(
            notices(&changed),
            expected.map(|notice| (HOST, Some(BEN), notice)).into_iter().collect::<Vec<_>>(),
            "{n}"
        );
        let after = party.guests.answer(BEN).unwrap();
        let entry = HistoryEntry { by: Some(BEN), what: HistoryKind::Answer { guest: BEN, before: start, after } };
        assert_eq!(changed.history, if start == Some(after) { vec![] } else { vec![entry] }, "{n}");
        assert_eq!(changed.is_counted, is_counted, "{n}");
    }
}

#[test]
fn promoted_guests_and_the_host_are_told_and_the_system_did_it() {
    let mut party = with(3, &[(BEN, seated(2)), (DAN, waiting(1)), (CLEO, waiting(1))]);
    let changed = Changed::by(&mut party, BEN, Some(BEN), |party| party.decline(BEN, before())).unwrap();
    let expected = [
        (HOST, Some(BEN), PartyNotice::GaveUpSeat(heads(2))),
        (DAN, None, PartyNotice::SeatOpenedUp),
        (HOST, Some(DAN), PartyNotice::Promoted(ONE)),
        (CLEO, None, PartyNotice::SeatOpenedUp),
        (HOST, Some(CLEO), PartyNotice::Promoted(ONE)),
    ];
    assert_eq!(notices(&changed), expected);
    assert_eq!(changed.history.iter().map(|entry| entry.by).collect::<Vec<_>>(), [Some(BEN), None, None]);
}

fn removed() -> PartyNotice {
    let party = with(3, &[]);
    PartyNotice::Removed { date: party.heading.date, main_dish: party.texts.main_dish }
}

#[test]
fn guest_is_told_what_the_host_did() {
    type Case = (Option<Answer>, Rule, Option<PartyNotice>);
    let cases: [Case; 7] = [
        (None, |party| party.add(&guest(BEN), Some(heads(2)), before()), Some(PartyNotice::Added)),
        (Some(waiting(3)), |party| party.add(&guest(BEN), Some(heads(2)), before()), Some(PartyNotice::Added)),
        (None, |party| party.invite(&guest(BEN), before()), Some(PartyNotice::Invited)),
        (Some(Answer::Removed), |party| party.reinstate(&guest(BEN), before()), Some(PartyNotice::Invited)),
        (Some(seated(2)), |party| party.remove(&guest(BEN), before()), Some(removed())),
        (None, |party| party.remove(&guest(BEN), before()), None),
        (Some(seated(2)), |party| party.invite(&guest(BEN), before()), None),
    ];
    // A notice of a removal names the host.
    let by = |notice: &PartyNotice| matches!(notice, PartyNotice::Removed { .. }).then_some(HOST);
    for (n, (start, rule, expected)) in cases.into_iter().enumerate() {
        let list: Vec<_> = start.map(|answer| (BEN, answer)).into_iter().collect();
        let mut party = with(3, &list);
        let changed = Changed::by(&mut party, HOST, Some(BEN), rule).unwrap();
        assert_eq!(
            notices(&changed),
            expected.map(|notice| (BEN, by(&notice), notice)).into_iter().collect::<Vec<_>>(),
            "{n}"
        );
        let is_same = start == party.guests.answer(BEN);
        let is_removal = start.is_some() && party.guests.answer(BEN) == Some(Answer::Removed);
        assert_eq!(
            (changed.is_counted, changed.history.len()),
            (!is_same && !is_removal, usize::from(!is_same)),
            "{n}"
        );
        assert!(changed.history.iter().all(|entry| entry.by == Some(HOST)));
    }
}

fn edit(party: &mut Party, change: impl FnOnce(&mut PartyEdit)) -> Changed {
    let date = party.heading.date.clone();
    let mut edit = PartyEdit {
        revision: party.revision,
        ends_at: PartyEnd::of(&date, party.ends_at).unwrap(),
        rsvp_deadline: RsvpDeadline::of(&date, party.rsvp_deadline).unwrap(),
        date,
        texts: party.texts.clone(),
        seats: party.guests.totals().seats,
        max_companions: party.guests.totals().max_companions,
        visibility: party.visibility,
        names_shown_to: NamesShownTo::Everyone,
    };
    change(&mut edit);
    Changed::by(party, HOST, None, |party| party.edit(edit, before())).unwrap()
}

/// One guest of each answer, at a table that is full.
fn guests() -> Vec<(UserId, Answer)> {
    let answers = [seated(1), waiting(2), Answer::Maybe, Answer::Declined, Answer::Invited, Answer::Removed];
    answers.into_iter().zip(2..).map(|(answer, id)| (UserId::new(id), answer)).collect()
}

#[test]
fn seated_waiting_and_maybe_are_told_which_parts_changed() {
    let mut party = with(2, &guests());
    let moved = |edit: &mut PartyEdit| {
        edit.date = edit.date.at_in_same_zone(edit.date.starts_at() + std::time::Duration::from_hours(1));
        edit.rsvp_deadline = RsvpDeadline::default_of(&edit.date);
        edit.texts.venue = ShortText::parse("At the lake").unwrap();
    };
    let changed = edit(&mut party, moved);
    let changed_parts = vec![PartyPart::Date, PartyPart::Venue]; // the deadline is the start, as before
    let told = |id| (UserId::new(id), None, PartyNotice::Edited(changed_parts.clone()));
    assert_eq!(notices(&changed), [2, 3, 4].map(told));
    assert_eq!(changed.history, [HistoryEntry { by: Some(HOST), what: HistoryKind::Edited(changed_parts) }]);
    assert!(changed.is_counted);

    let nothing = edit(&mut party, |_| ());
    assert_eq!((nothing.notices, nothing.history, nothing.is_counted), (vec![], vec![], false));
}

#[test]
fn change_that_concerns_no_guest_is_in_the_history_and_counted() {
    let mut party = with(2, &guests());
    let hidden = edit(&mut party, |edit| edit.names_shown_to = NamesShownTo::Host);
    let link = Changed::by(&mut party, HOST, None, |party| Ok(party.replace_link(LinkToken::new([7; 16])))).unwrap();
    for (changed, part) in [(hidden, PartyPart::Names), (link, PartyPart::Link)] {
        let entry = HistoryEntry { by: Some(HOST), what: HistoryKind::Edited(vec![part]) };
        assert_eq!((changed.notices, changed.history, changed.is_counted), (vec![], vec![entry], true));
    }
}

#[test]
fn more_seats_are_told_to_those_who_get_one() {
    let mut party = with(2, &guests());
    let changed = edit(&mut party, |edit| edit.seats = Seats::new(4).unwrap());
    assert_eq!(notices(&changed), [(UserId::new(3), None, PartyNotice::SeatOpenedUp)]);
    let guest = UserId::new(3);
    let promoted = HistoryKind::Answer { guest, before: Some(waiting(2)), after: seated(2) };
    let expected =
        [HistoryEntry { by: Some(HOST), what: HistoryKind::Seats(4) }, HistoryEntry { by: None, what: promoted }];
    assert_eq!(changed.history, expected);
}

#[test]
fn cancelling_and_restoring_is_told_to_all_but_declined_and_removed() {
    let mut party = with(2, &guests());
    let cancelled = Changed::by(&mut party, HOST, None, |party| party.cancel(before())).unwrap();
    assert_eq!(notices(&cancelled), [2, 3, 4, 6].map(|id| (UserId::new(id), None, PartyNotice::Cancelled)));
    assert_eq!(cancelled.history, [HistoryEntry { by: Some(HOST), what: HistoryKind::Cancelled }]);
    let again = Changed::by(&mut party, HOST, None, |party| party.cancel(before())).unwrap();
    assert_eq!((again.notices, again.is_counted, cancelled.is_counted), (vec![], false, false));
    let edited = notices(&edit(&mut party, |edit| edit.max_companions = 0));
    let expected = |id| (UserId::new(id), None, PartyNotice::Edited(vec![PartyPart::Companions]));
    assert_eq!(edited, [2, 3, 4].map(expected), "the restore does not say what was changed meanwhile");
    let restored = Changed::by(&mut party, HOST, None, |party| party.restore(before())).unwrap();
    assert_eq!(notices(&restored), [2, 3, 4, 6].map(|id| (UserId::new(id), None, PartyNotice::Restored)));
    assert!(restored.is_counted);
}

#[test]
fn refusal_has_no_notice() {
    let refused = Changed::by(&mut party(1), BEN, Some(BEN), |party| party.undo(BEN, before()));
    assert_eq!(refused, Err(Refusal::NothingToUndo));
}
