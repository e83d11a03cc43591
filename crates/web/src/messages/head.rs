//! The texts that search engines and chats show with the link to a page: in its head, and on its preview picture.

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

/// The name of the service.
pub(crate) const SERVICE: &str = "DinnerParty";
/// The title of the start page, on its preview picture.
pub(crate) const START_TITLE: &str = "Dinner is better with friends";
/// The text below the title of the start page, on its preview picture.
pub(crate) const START_TEXT: &str = "Cook for your friends, or take a seat.";
/// The text alternative of the start page's preview picture.
pub(crate) const START_PICTURE: &str = "A table for eight with five taken seats";

/// The line above the dish on a preview picture: "Dinner at Marta's".
pub(crate) fn preview_heading(host: &str) -> String {
    format!("Dinner at {host}’s")
}
