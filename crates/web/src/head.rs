//! The metadata of a page that can be shared: the title, the text and the picture that chats show with its link.

use domain::Timestamp;
use domain::party::InvitationView;

use crate::messages;
use crate::preview::{PartyPreview, Preview};

/// The Open Graph metadata of a page. A handler passes it to the layout, which writes it into the head.
pub(crate) struct SharedPage {
    /// The title: "Mushroom risotto at Marta's".
    pub(crate) title: String,
    /// The text below the title: "Saturday 12 December, 19:00 · 2 seats left". It is the page's description too.
    pub(crate) description: String,
    /// The path of the preview picture.
    pub(crate) picture: String,
    /// The text alternative of the picture.
    pub(crate) picture_text: String,
}

impl SharedPage {
    /// The metadata of the start page.
    pub(crate) fn start_page() -> Self {
        Self {
            title: messages::SERVICE.to_owned(),
            description: messages::page_description("/").to_owned(),
            picture: format!("/preview-{}.png", Preview::of_start_page().content_hash()),
            picture_text: messages::START_PICTURE.to_owned(),
        }
    }

    /// The metadata of an invitation at a path.
    pub(crate) fn of_invitation(invitation: &InvitationView, path: &str, now: Timestamp) -> Self {
        Self {
            title: messages::invitation_title(invitation),
            description: messages::invitation_description(invitation, now),
            picture: format!("{path}/preview-{}.png", preview_of(invitation, now).content_hash()),
            picture_text: messages::invitation_seats(invitation),
        }
    }
}

/// The preview picture of an invitation.
pub(crate) fn preview_of(invitation: &InvitationView, now: Timestamp) -> Preview {
    Preview::of_party(PartyPreview {
        dish: invitation.main_dish.as_str(),
        host: invitation.heading.host.as_str(),
        date: &invitation.heading.date.short().to_string(),
        state: &messages::invitation_state(invitation, now),
        seats: invitation.seats.get(),
        taken: invitation.taken,
        is_open: invitation.is_open(now) && invitation.free_seats() > 0,
    })
}
