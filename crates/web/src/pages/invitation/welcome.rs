//! The invitation as a visitor sees it who is logged out.

use accounts::web::{AccountPage, PageContext, ReturnPath};
use askama::Template;
use domain::Timestamp;
use domain::party::{InvitationView, PartyState, Phase};

use crate::linked_text::LinkedText;
use crate::messages;
use crate::pages::party::SelectedAnswer;
use crate::pages::unsent::Unsent;
use crate::table::Table;

#[derive(Template)]
#[template(path = "invitation.html")]
pub(super) struct WelcomePage<'a> {
    invitation: &'a InvitationView,
    /// The start and the end.
    when: String,
    /// "2 seats left", "Cancelled".
    state: String,
    /// The RSVP deadline, until it has passed.
    rsvp_by: Option<String>,
    details: Option<LinkedText<'a>>,
    table: Table,
    card: WelcomeCard,
    /// The way to an account, and back to the invitation with the selected answer.
    register: String,
    can_register: bool,
    log_in: String,
    path: &'a str,
}

/// The state of the answer card of an invitation.
enum WelcomeCard {
    /// Seats are free.
    Open,
    /// The visitor may come, and may tell the host.
    Undecided,
    /// The visitor cannot come, and may tell the host.
    Declining,
    /// Every seat is taken: the visitor can join the waiting list.
    Full,
    /// The party takes no RSVPs, but a "no" until it begins. The host and its guests may still log in.
    Closed { reason: String, can_decline: bool },
}

impl<'a> WelcomePage<'a> {
    pub(super) fn new(
        page: &PageContext,
        invitation: &'a InvitationView,
        path: &'a str,
        selected: Option<SelectedAnswer>,
        now: Timestamp,
    ) -> Self {
        let can_decline = invitation.state == PartyState::Scheduled && invitation.phase(now) == Phase::Upcoming;
        let card = match (messages::invitation_closed_reason(invitation, now), selected) {
            (Some(_), Some(SelectedAnswer::Decline)) if can_decline => WelcomeCard::Declining,
            (Some(reason), _) => WelcomeCard::Closed { reason, can_decline },
            (None, Some(SelectedAnswer::Maybe)) => WelcomeCard::Undecided,
            (None, Some(SelectedAnswer::Decline)) => WelcomeCard::Declining,
            (None, Some(SelectedAnswer::Accept) | None) if invitation.free_seats() == 0 => WelcomeCard::Full,
            (None, Some(SelectedAnswer::Accept) | None) => WelcomeCard::Open,
        };
        let selected = match card {
            WelcomeCard::Open | WelcomeCard::Full => Some(SelectedAnswer::Accept),
            WelcomeCard::Undecided => Some(SelectedAnswer::Maybe),
            WelcomeCard::Declining => Some(SelectedAnswer::Decline),
            WelcomeCard::Closed { .. } => None,
        };
        let next = selected.map_or_else(|| path.to_owned(), |answer| format!("{path}?answer={}", answer.as_str()));
        let way_to = |account_page| match ReturnPath::parse(&next) {
            Some(next) => page.account_path_to(account_page, &next),
            None => page.account_path(account_page),
        };
        Self {
            invitation,
            when: invitation.heading.date.until(invitation.ends_at).to_string(),
            state: messages::invitation_state(invitation, now),
            rsvp_by: messages::invitation_rsvp_by(invitation, now),
            details: invitation.details.as_ref().map(|details| LinkedText(details.as_str())),
            table: Table::of_invitation(invitation),
            card,
            // Where registration is closed, a guest with an account may still answer.
            register: way_to(if page.can_register() { AccountPage::Register } else { AccountPage::LogIn }),
            can_register: page.can_register(),
            log_in: way_to(AccountPage::LogIn),
            path,
        }
    }

    pub(super) fn title(&self) -> String {
        messages::invited_to_dinner(&self.invitation.heading.host)
    }
}

#[derive(Template)]
#[template(path = "unknown_link.html")]
pub(super) struct UnknownLinkPage {
    /// What was typed with an answer, where one was sent.
    pub(super) unsent: Unsent,
}
