//! The metadata of a page that can be shared: the title, the text and the picture that chats show with its link.

use crate::messages;
use crate::preview::Preview;

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
}
