//! The texts in the head of a page, which search engines and chats show with its link.

/// The description of the page at a path: the text that a search engine or a chat shows below its link.
pub(crate) fn page_description(path: &str) -> &'static str {
    let first = path.split('/').nth(1).unwrap_or_default();
    match first {
        "login" => "Log in to DinnerParty to take a seat at a friend's table, or to host a dinner party.",
        "register" => "Make an account on DinnerParty to take a seat at a friend's table, or to host a dinner party.",
        "parties" => "A dinner party: what there is to eat, when and where it is, and how many seats are left.",
        "rsvp" => "All dinner parties, with what there is to eat and how many seats are left.",
        "host" => "Host a dinner party: say what there is to eat, when, and how many seats there are.",
        "people" => "The people who cook for one another here.",
        "user" => "A host of dinner parties, and the parties to come.",
        _ => "Friends cook for one another: say what there is to eat, and your friends take a seat with one press.",
    }
}
