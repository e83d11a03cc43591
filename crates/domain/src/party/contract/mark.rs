//! `mark_over` of [`PartyRepository`].

use super::list::{add_at, everything};
use super::minutes;
use crate::PageSize;
use crate::contract::{NOW, add_user};
use crate::party::PartyRepository;
use crate::{AccountPorts, Timestamp};

/// Of five parties of a minute, three are over after 200 minutes. Two steps of two mark them; a clock that was ahead has marked
/// all, and two steps remove what is wrong. The list is the same each time.
pub async fn parties_that_are_over_are_marked_in_steps(accounts: &AccountPorts, parties: &dyn PartyRepository) {
    let ada = add_user(accounts, "ada").await;
    add_at(parties, &ada, &[0, 60, 120, 240, 300]).await;
    let list = async || {
        let page = parties.list(everything(), ada.id, minutes(200), None, PageSize::DEFAULT).await.unwrap();
        page.items.iter().map(|party| party.id).collect::<Vec<_>>()
    };
    let mark = async |now: Timestamp| parties.mark_over(now, 2).await.unwrap();
    let unmarked = list().await;
    assert_eq!(mark(NOW).await, 0);
    for (now, changed) in [(200, [2, 1, 0]), (600, [2, 0, 0]), (200, [2, 0, 0])] {
        for rows in changed {
            assert_eq!(mark(minutes(now)).await, rows, "at {now}");
            assert_eq!(list().await, unmarked, "at {now}");
        }
    }
}
