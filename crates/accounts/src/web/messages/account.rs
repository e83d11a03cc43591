//! The messages of the pages of one's own account.

use std::time::Duration;

use domain::user::Username;

/// The title of the account page, and of the link to it.
pub(in crate::web) const ACCOUNT_TITLE: &str = "Your account";
/// The link to the page to change the username, and its title.
pub(in crate::web) const USERNAME_MENU: &str = "Change your username";
/// Below the field.
pub(in crate::web) const USERNAME_HINT: &str = "Everyone sees it. Your former one stays reserved for you for 90 days.";
/// The link to the page to change the e-mail address, and its title.
pub(in crate::web) const EMAIL_MENU: &str = "Change your email";
/// The link to the page to change the password, and its title.
pub(in crate::web) const PASSWORD_MENU: &str = "Change your password";
/// Above the button that changes the password.
pub(in crate::web) const PASSWORD_CHANGE_ENDS: &str =
    "You stay logged in here. All other sessions end, and no other browser is remembered.";
/// The password was changed.
pub(in crate::web) const PASSWORD_CHANGED: &str = "Your password is changed. All other sessions have ended.";
/// The password was changed in a session that has ended meanwhile.
pub(in crate::web) const PASSWORD_CHANGED_LOG_IN: &str = "Your password is changed. Please log in with it.";
/// The link to the list of sessions.
pub(in crate::web) const SESSIONS_MENU: &str = "See where you are logged in";
/// The title of the list of sessions.
pub(in crate::web) const SESSIONS_TITLE: &str = "Where you are logged in";
/// The link to the page that deletes the account.
pub(in crate::web) const DELETE_MENU: &str = "Delete your account";
/// The link to the download of everything that is stored about the user.
pub(in crate::web) const EXPORT_MENU: &str = "Download your data";
/// Above the button that ends all other sessions.
pub(in crate::web) const END_OTHERS_HINT: &str =
    "Someone else may have your session? End all others. You stay logged in here, and no other browser is remembered.";
/// The user has no session with that id.
pub(in crate::web) const NO_SUCH_SESSION: &str = "That session doesn't exist, or not anymore.";
/// The session of the request was to end.
pub(in crate::web) const OWN_SESSION: &str = "That is the session you are using. To end it, log out.";
/// A session was ended from the list.
pub(in crate::web) const SESSION_ENDED_HERE: &str = "That session has ended.";
/// The e-mail address was changed.
pub(in crate::web) const EMAIL_CHANGED: &str = "Your email is changed.";

/// The user was renamed.
pub(in crate::web) fn renamed(username: &Username) -> String {
    format!("You are {username} now.")
}

/// All other sessions were ended.
pub(in crate::web) fn other_sessions_ended(ended: u64) -> String {
    match ended {
        0 => "There was no other session.".into(),
        1 => "The other session has ended.".into(),
        ended => format!("{ended} other sessions have ended."),
    }
}

/// How long ago something was, in the largest whole unit: "5 minutes ago".
pub(in crate::web) fn ago(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (number, unit) = match seconds {
        ..60 => return "just now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}
