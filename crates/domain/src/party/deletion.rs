//! Why the account of a host is not deleted, as a sentence. The embedder's hook of the accounts refuses it by this sentence.

use super::{PartyDate, ShortText};
use crate::Timestamp;

/// A party of a host that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedAhead {
    /// What is served.
    pub main_dish: ShortText,
    /// When it begins.
    pub date: PartyDate,
}

/// The sentence that refuses the deletion of a host at `now`. `all` is the number of scheduled parties that are not over, of which
/// `first` has the soonest, in their order. It offers to cancel those that have not begun.
#[must_use]
pub fn refused_deletion(first: &[HostedAhead], all: u64, now: Timestamp) -> String {
    let named: Vec<_> = first.iter().map(|party| format!("{} on {}", party.main_dish, party.date)).collect();
    let more = all.saturating_sub(named.len() as u64);
    let has_begun = |party: Option<&HostedAhead>| party.is_some_and(|party| party.date.has_begun(now));
    let list = match (&named[..], more) {
        ([one], 0) => {
            let or_cancel = if has_begun(first.first()) { "" } else { ", or cancel it and delete your account then" };
            return format!(
                "You host a dinner party that isn't over yet: {one}. You can delete your account once it's over{or_cancel}."
            );
        }
        ([named @ .., last], 0) => format!("{}, and {last}", named.join(", ")),
        (named, more) => format!("{}, and {more} more", named.join(", ")),
    };
    let or_cancel = match (has_begun(first.first()), has_begun(first.last())) {
        (false, _) => ", or cancel them and delete your account then",
        (true, false) => "; those that haven't begun can be cancelled",
        (true, true) => "",
    };
    format!(
        "You host {all} dinner parties that aren't over yet: {list}. You can delete your account once they're over{or_cancel}."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Zone, parse_date, parse_time};

    #[test]
    fn refusal_names_the_soonest_parties_and_offers_to_cancel_those_that_have_not_begun() {
        let party = |dish: &str, day: &str| HostedAhead {
            main_dish: ShortText::parse(dish).unwrap(),
            date: PartyDate::resolve(
                parse_date(day).unwrap(),
                parse_time("19:00").unwrap(),
                Zone::parse("Europe/Berlin").unwrap(),
            )
            .unwrap(),
        };
        let parties = [party("Soup", "2026-03-14"), party("Pie", "2026-03-15"), party("Fish", "2026-03-16")];
        let at = |day: &str| format!("{day} March 2026, 19:00 (Berlin time)");
        let (soup, pie, fish) = (at("Soup on Saturday 14"), at("Pie on Sunday 15"), at("Fish on Monday 16"));
        let one =
            format!("You host a dinner party that isn't over yet: {soup}. You can delete your account once it's over");
        let two = format!(
            "You host 2 dinner parties that aren't over yet: {soup}, and {pie}. You can delete your account once they're over"
        );
        let five = format!(
            "You host 5 dinner parties that aren't over yet: {soup}, {pie}, {fish}, and 2 more. You can delete your account once \
             they're over"
        );
        let start = |party: usize| parties[party].date.starts_at();
        let before = Timestamp::from_millis(start(0).as_millis() - 1);
        for (first, all, now, sentence, end) in [
            (1, 1, before, &one, ", or cancel it and delete your account then."),
            (1, 1, start(0), &one, "."),
            (2, 2, before, &two, ", or cancel them and delete your account then."),
            (2, 2, start(0), &two, "; those that haven't begun can be cancelled."),
            (2, 2, start(1), &two, "."),
            (3, 5, before, &five, ", or cancel them and delete your account then."),
        ] {
            assert_eq!(refused_deletion(&parties[..first], all, now), format!("{sentence}{end}"));
        }
    }
}
