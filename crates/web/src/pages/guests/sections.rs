//! The guests of a party by their answer, in pages.

use domain::party::{Answer, GuestRow};

/// The guests of a page: 50.
const ROWS: usize = 50;

/// What the guests of one part of the list have answered, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Coming,
    Waiting,
    Maybe,
    Invited,
    Declined,
    Removed,
}

impl Section {
    /// Every section, in the order of `GuestOverview::guests`.
    pub(crate) const ALL: [Self; 6] =
        [Self::Coming, Self::Waiting, Self::Maybe, Self::Invited, Self::Declined, Self::Removed];

    /// The section of an answer.
    pub(crate) fn of(answer: Answer) -> Self {
        match answer {
            Answer::Seated(_) => Self::Coming,
            Answer::Waitlisted(_) => Self::Waiting,
            Answer::Maybe => Self::Maybe,
            Answer::Invited => Self::Invited,
            Answer::Declined => Self::Declined,
            Answer::Removed => Self::Removed,
        }
    }

    /// The number of guests in each section, in the order of [`Section::ALL`].
    pub(super) fn counts(guests: &[GuestRow]) -> [usize; 6] {
        Self::ALL.map(|section| guests.iter().filter(|guest| Self::of(guest.answer) == section).count())
    }
}

/// A section with those of its guests that are on the page.
pub(super) struct SectionView<'a> {
    pub(super) section: Section,
    /// The number of all its guests.
    pub(super) count: usize,
    pub(super) guests: Vec<&'a GuestRow>,
}

/// A page of the list.
pub(super) struct GuestPage<'a> {
    /// The sections with guests on this page.
    pub(super) sections: Vec<SectionView<'a>>,
    /// The number of the page before.
    pub(super) previous: Option<usize>,
    /// The number of the page after.
    pub(super) next: Option<usize>,
    /// Whether the page has all guests, and no forms.
    pub(super) is_for_print: bool,
}

impl<'a> GuestPage<'a> {
    /// The page of that number, 1 for the first. A number without a page shows the nearest one.
    pub(super) fn of(guests: &'a [GuestRow], number: i64) -> Self {
        let last = guests.len().div_ceil(ROWS).max(1);
        let number = usize::try_from(number).unwrap_or(1).clamp(1, last);
        let rows = guests.get((number - 1) * ROWS..).unwrap_or_default();
        let previous = (number > 1).then(|| number - 1);
        let next = (number < last).then_some(number + 1);
        Self { sections: sections(guests, &rows[..rows.len().min(ROWS)]), previous, next, is_for_print: false }
    }

    /// All guests.
    pub(super) fn all(guests: &'a [GuestRow]) -> Self {
        Self { sections: sections(guests, guests), previous: None, next: None, is_for_print: true }
    }
}

fn sections<'a>(all: &[GuestRow], rows: &'a [GuestRow]) -> Vec<SectionView<'a>> {
    let counts = Section::counts(all);
    let views = Section::ALL.into_iter().zip(counts).map(|(section, count)| {
        let guests = rows.iter().filter(|guest| Section::of(guest.answer) == section).collect();
        SectionView { section, count, guests }
    });
    views.filter(|view| !view.guests.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use domain::party::{Heads, RsvpTexts};
    use domain::user::{UserId, Username};

    use super::*;

    fn guests(number: usize) -> Vec<GuestRow> {
        let row = |n| GuestRow {
            id: UserId::new(n),
            username: Username::parse(&format!("guest{n}")).unwrap(),
            answer: if n < 60 { Answer::Seated(Heads::ONE) } else { Answer::Declined },
            rank: None,
            texts: RsvpTexts::default(),
        };
        (0..i64::try_from(number).unwrap()).map(row).collect()
    }

    #[test]
    fn pages_have_50_guests_and_each_guest_once() {
        for number in [0, 1, 49, 50, 51, 100, 101, 149] {
            let all = guests(number);
            let (mut seen, mut next) = (Vec::new(), Some(1));
            while let Some(page) = next {
                let shown = GuestPage::of(&all, i64::try_from(page).unwrap());
                let ids: Vec<_> = shown.sections.iter().flat_map(|view| &view.guests).map(|guest| guest.id).collect();
                assert!(ids.len() <= ROWS && (!ids.is_empty() || number == 0), "{number}");
                assert_eq!(shown.previous, (page > 1).then(|| page - 1), "{number}");
                seen.extend(ids);
                next = shown.next;
            }
            assert_eq!(seen, all.iter().map(|guest| guest.id).collect::<Vec<_>>(), "{number}");
            assert_eq!(GuestPage::all(&all).sections.iter().map(|view| view.guests.len()).sum::<usize>(), number);
        }
    }

    #[test]
    fn page_without_guests_is_the_nearest_one() {
        let all = guests(149);
        for (number, previous, next) in
            [(i64::MIN, None, Some(2)), (0, None, Some(2)), (2, Some(1), Some(3)), (i64::MAX, Some(2), None)]
        {
            let page = GuestPage::of(&all, number);
            assert_eq!((page.previous, page.next), (previous, next), "{number}");
        }
    }

    #[test]
    fn section_on_two_pages_has_the_count_of_all_its_guests() {
        let all = guests(70);
        let second = GuestPage::of(&all, 2);
        let shown: Vec<_> = second.sections.iter().map(|view| (view.section, view.count, view.guests.len())).collect();
        assert_eq!(shown, [(Section::Coming, 60, 10), (Section::Declined, 10, 10)]);
    }
}
