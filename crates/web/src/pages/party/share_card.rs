//! The host's share card: the link to the invitation, as text and as a QR code.

use accounts::web::PageContext;
use domain::party::{PartyView, Visibility};

use crate::messages;
use crate::pages::invitation;
use crate::qr::QrCode;

/// The link that the host sends to friends.
pub(super) struct ShareCard {
    /// Whether the link opens the party to its visitors, and not only to those whom the host has invited.
    pub(super) is_invitation: bool,
    pub(super) link: String,
    /// The title of a shared link.
    pub(super) title: String,
    /// `None` for a link that is too long for a QR code.
    pub(super) qr: Option<QrCode>,
}

impl ShareCard {
    /// The card for the host; `None` for other viewers.
    pub(super) fn of(page: &PageContext, view: &PartyView) -> Option<Self> {
        let link = format!("{}{}", page.origin()?, invitation::path(view.link?));
        let qr = QrCode::new(&link, messages::QR_CODE);
        let is_invitation = view.summary.visibility != Visibility::ByInvitation;
        Some(Self { is_invitation, link, title: messages::party_title(&view.summary), qr })
    }
}
