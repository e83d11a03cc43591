//! Why the account of a host is not deleted, as a sentence. The embedder's hook of the accounts refuses it by this sentence.

use super::{PartyDate, ShortText};

/// A party of a host that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedAhead {
    /// What is served.
    pub main_dish: ShortText,
    /// When it begins.
    pub date: PartyDate,
}

/// The sentence that refuses the deletion of a host. `all` is the number of parties that are not over, of which `first` has the
/// soonest.
#[must_use]
pub fn refused_deletion(first: &[HostedAhead], all: u64) -> String {
    let named: Vec<_> = first.iter().map(|party| format!("{} on {}", party.main_dish, party.date)).collect();
    let more = all.saturating_sub(named.len() as u64);
    let list = match (&named[..], more) {
        ([one], 0) => {
            return format!(
                "You host a dinner party that isn't over yet: {one}. You can delete your account once it's over."
            );
        }
        ([named @ .., last], 0) => format!("{}, and {last}", named.join(", ")),
        (named, more) => format!("{}, and {more} more", named.join(", ")),
    };
    format!(
        "You host {all} dinner parties that aren't over yet: {list}. You can delete your account once they're over."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Zone, parse_date, parse_time};

    #[test]
    fn refusal_names_the_soonest_parties_and_counts_the_rest() {
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
        for (first, all, expected) in [
            (
                1,
                1,
                format!(
                    "You host a dinner party that isn't over yet: {soup}. You can delete your account once it's over."
                ),
            ),
            (
                2,
                2,
                format!(
                    "You host 2 dinner parties that aren't over yet: {soup}, and {pie}. You can delete your account once they're over."
                ),
            ),
            (
                3,
                5,
                format!(
                    "You host 5 dinner parties that aren't over yet: {soup}, {pie}, {fish}, and 2 more. You can delete your account once they're over."
                ),
            ),
        ] {
            assert_eq!(refused_deletion(&parties[..first], all), expected);
        }
    }
}
