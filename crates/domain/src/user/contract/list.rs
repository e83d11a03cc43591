//! The contract functions of `list`.

use crate::contract::add_user;
use crate::{AccountPorts, PageSize};

/// `list` returns each user once, the newest first. Only the last page has no cursor.
pub async fn users_are_listed_newest_first_in_pages(store: &AccountPorts) {
    for name in ["ada", "ben", "cleo", "dan", "eve"] {
        add_user(store, name).await;
    }
    let (mut pages, mut before) = (vec![], None);
    for _ in 0..3 {
        let page = store.users.list(before, PageSize::clamped(2)).await.unwrap();
        pages.push(page.items.iter().map(|user| user.username.to_string()).collect::<Vec<_>>().join(" "));
        before = page.next;
    }
    assert_eq!((pages.join(", "), before), ("eve dan, cleo ben, ada".to_owned(), None));
}

/// The next page starts after the last user of the previous one, although a newer user was added in between.
pub async fn new_user_does_not_shift_next_page(store: &AccountPorts) {
    let ada = add_user(store, "ada").await;
    let ben = add_user(store, "ben").await;
    let first = store.users.list(None, PageSize::clamped(1)).await.unwrap();
    add_user(store, "cleo").await;
    let second = store.users.list(first.next, PageSize::clamped(1)).await.unwrap();
    assert_eq!((first.items, second.items, second.next), (vec![ben], vec![ada], None));
}
