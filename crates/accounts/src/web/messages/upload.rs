//! The messages about uploads, whose files no page keeps.

use super::Message;

/// On the log-in page, for a file that was sent without a session.
pub(in crate::web) const LOG_IN_FOR_UPLOAD: &str = "Please log in first, then choose the file again.";
/// On the log-in page, for a file that was sent with a session that has ended.
pub(in crate::web) const SESSION_ENDED_UPLOAD: &str =
    "Your session has ended. Please log in again, then choose the file once more.";
/// On the page that asks for the password again, for a file that was sent.
pub(in crate::web) const CONFIRM_FOR_UPLOAD: &str = "Please choose the file again after this.";
/// The link to the page of the form.
pub(in crate::web) const CHOOSE_FILE: &str = "Choose the file again";

/// What a failed upload says beside the cause.
pub(in crate::web) fn upload_not_kept(message: Message) -> Message {
    let text = format!("{} A file can't be kept here: please choose it again.", message.text);
    Message { text: text.into(), ..message }
}

/// The message for an upload above its limit, in bytes.
pub(in crate::web) fn upload_too_large(limit: usize) -> Message {
    let limit = if limit < 1_000_000 {
        format!("{} KB", limit / 1_000)
    } else {
        format!("{}.{} MB", limit / 1_000_000, limit / 100_000 % 10)
    };
    let text = format!(
        "What was sent is larger than the {limit} that we take here. Nothing changed. Please choose a smaller file."
    );
    Message { title: "Too much at once", text: text.into() }
}
