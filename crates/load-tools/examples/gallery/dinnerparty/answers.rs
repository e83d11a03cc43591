//! The states of the answer card: a guest, Ben, at one party for each.

use std::time::Duration;

use accounts::UserId;
use accounts::test_kit::TestClient;
use anyhow::{Context as _, ensure};
use domain::party::{
    Address, Allergies, GuestAnswer, GuestCommand, GuestNote, Heads, HostCommand, NamesShownTo, NewParty, PartyId,
    RsvpDeadline, TextChange, TextChanges, Visibility,
};

use super::instance::DinnerParty;
use crate::state::{State, log_in, register};

/// The Party ID at which everything happens.
const CHANGED: i64 = 17;

fn heads(number: u32) -> anyhow::Result<Heads> {
    Heads::new(number).context("not a number of people")
}

/// The users of the site.
struct Guests {
    ada: UserId,
    ben: UserId,
    others: Vec<UserId>,
}

impl DinnerParty {
    /// A party in each state that it can have for a guest who answers with companions.
    pub(crate) async fn answers() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        register(&site.server, "ada", "ada").await?;
        let ben = register(&site.server, "ben", "ben").await?;
        let mut others = Vec::new();
        for (name, nick) in [("Chloe", "chloe"), ("Dan", "dan"), ("Eva", "eva"), ("Farid", "farid"), ("Gus", "gus")] {
            others.push(site.add_user(name, nick).await?);
        }
        let guests = Guests { ada: site.id_of("ada").await?, ben: site.id_of("ben").await?, others };
        let mut states = site.of_open_parties(&guests, &ben).await?;
        states.extend(site.of_full_parties(&guests, &ben).await?);
        states.extend(site.of_other_parties(&guests, &ben).await?);
        let visitor = TestClient::new(&site.server);
        let invitation = site.invitation(1, "ada").await?;
        states.push(site.state("invitation-maybe", &format!("{invitation}?answer=maybe"), &visitor));
        let ada = TestClient::new(&site.server);
        log_in(&ada, "ada").await?;
        states.push(site.state("answer-hosting", &page(PartyId::new(7)), &ada));
        states.extend(site.of_texts(&guests, (&ben, &ada)).await?);
        site.change_everything(&guests).await?;
        states.push(site.state("home-waiting", "/", &ben));
        states.push(site.state("home-hosting", "/", &ada));
        states.push(site.state("answer-promoted", &page(PartyId::new(CHANGED)), &ben));
        states.push(site.state("history-long", &format!("{}/history", page(PartyId::new(CHANGED))), &ada));
        let by_name = |party: &mut NewParty| {
            party.visibility = Visibility::ByInvitation;
            let closes_at = party.date.starts_at() - Duration::from_hours(24);
            party.rsvp_deadline = RsvpDeadline::of(&party.date, closes_at).unwrap_or(party.rsvp_deadline);
        };
        let by_name = page(site.host_groups(guests.ada, "Mole", 8, by_name).await?);
        states.push(site.state("answer-hosting-by-invitation", &by_name, &ada));
        states.push(site.state("guests-by-invitation", &format!("{by_name}/guests"), &ada));
        states.push(site.state("list-waiting", "/rsvp", &ben));
        Ok((site, states))
    }

    /// Parties 1 to 5: with free seats.
    async fn of_open_parties(&self, guests: &Guests, client: &TestClient) -> anyhow::Result<Vec<State>> {
        let party = async |dish| self.host_groups(guests.ada, dish, 8, |_| ()).await;
        let open = party("Ratatouille").await?;
        self.answer(open, guests.others[0], GuestCommand::Accept(heads(3)?)).await?;
        self.answer(open, guests.others[1], GuestCommand::Accept(Heads::ONE)).await?;
        let invited = party("Pancakes").await?;
        self.change_guest(invited, guests.ada, (guests.ben, "ben"), HostCommand::Invite).await?;
        let maybe = party("Shakshuka").await?;
        self.answer(maybe, guests.ben, GuestCommand::Maybe).await?;
        let group = self.host_groups(guests.ada, "Fish pie", 8, with_address).await?;
        self.answer(group, guests.ben, GuestCommand::Accept(heads(2)?)).await?;
        let given_up = party("Pierogi").await?;
        self.answer(given_up, guests.ben, GuestCommand::Accept(heads(2)?)).await?;
        self.answer(given_up, guests.ben, GuestCommand::Decline).await?;
        let state = |name, party| self.state(name, &page(party), client);
        Ok(vec![
            state("answer-group", open).measured(),
            state("answer-group-error", open).after_form(&rsvp(open), &[("answer", "yes"), ("heads", "7")]),
            state("answer-invited", invited),
            state("answer-maybe", maybe),
            state("answer-seated-group", group),
            state("answer-given-up", given_up),
        ])
    }

    /// Parties 6 to 8: full, and with a waiting list.
    async fn of_full_parties(&self, guests: &Guests, client: &TestClient) -> anyhow::Result<Vec<State>> {
        let full = self.host_groups(guests.ada, "Dal and rotis", 2, |_| ()).await?;
        self.answer(full, guests.others[0], GuestCommand::Accept(Heads::ONE)).await?;
        let waiting = self.host_groups(guests.ada, "Paella", 2, |_| ()).await?;
        for guest in &guests.others {
            self.answer(waiting, *guest, GuestCommand::Accept(Heads::ONE)).await?;
        }
        self.answer(waiting, guests.ben, GuestCommand::Accept(Heads::ONE)).await?;
        let group = self.host_groups(guests.ada, "Raclette", 3, |_| ()).await?;
        self.answer(group, guests.others[0], GuestCommand::Accept(Heads::ONE)).await?;
        self.answer(group, guests.ben, GuestCommand::Accept(heads(3)?)).await?;
        let state = |name, party| self.state(name, &page(party), client);
        Ok(vec![
            state("answer-full", full),
            state("answer-waiting", waiting),
            state("answer-waiting-group", group),
            state("answer-joined", full).after_form(&rsvp(full), &[("answer", "yes")]),
        ])
    }

    /// A party at which everything happens of which Ben gets a notice: he waits, gets a seat and a message, and the party is moved,
    /// cancelled and restored.
    async fn change_everything(&self, guests: &Guests) -> anyhow::Result<()> {
        let party = self.host_groups(guests.ada, "Lasagna", 4, |_| ()).await?;
        ensure!(party.get() == CHANGED, "it is party {}", party.get());
        self.answer(party, guests.others[0], GuestCommand::Accept(heads(3)?)).await?;
        self.answer(party, guests.others[1], GuestCommand::Maybe).await?;
        self.answer(party, guests.ben, GuestCommand::Accept(heads(2)?)).await?;
        self.answer(party, guests.others[0], GuestCommand::Decline).await?;
        self.answer(party, guests.others[0], GuestCommand::Undo).await?;
        self.change_guest(party, guests.ada, (guests.others[2], "Eva"), HostCommand::Add(Some(Heads::ONE))).await?;
        self.change_guest(party, guests.ada, (guests.others[2], "Eva"), HostCommand::Remove).await?;
        self.change_guest(party, guests.ada, (guests.others[2], "Eva"), HostCommand::Reinstate).await?;
        self.send_message(party.get(), guests.ada, "Please bring a chair each.").await?;
        self.change_date(party, guests.ada, "2026-03-15").await?;
        self.cancel(party, guests.ada).await?;
        self.restore(party, guests.ada).await
    }

    /// A party with guests who have written notes and allergies, for a guest and for the host.
    async fn of_texts(&self, guests: &Guests, (ben, ada): (&TestClient, &TestClient)) -> anyhow::Result<Vec<State>> {
        let party = self.host_groups(guests.ada, "Bibimbap", 9, |_| ()).await?;
        let written = |heads, note, allergies| written(GuestCommand::Accept(heads), note, allergies);
        let note = "I'll be twenty minutes late, the train is the train. Shall I bring the good knife?";
        self.answer(party, guests.ben, written(heads(2)?, note, "Peanuts and tree nuts\nCilla: none")?).await?;
        self.answer(party, guests.others[0], written(heads(3)?, "", "No pork\nMilk\nGluten, strictly: celiac")?)
            .await?;
        self.answer(party, guests.others[1], GuestCommand::Accept(Heads::ONE)).await?;
        let sorry = "So sorry, I'm in Lisbon that week.\nNext time!";
        self.answer(party, guests.others[2], self::written(GuestCommand::Decline, sorry, "")?).await?;
        let sheet = format!("{}/guests/kitchen", page(party));
        let long = "An allergy. ".repeat(30);
        let open = self.host_groups(guests.ada, "Feijoada", 8, |_| ()).await?;
        let typed = [("answer", "yes"), ("heads", "2"), ("note", "We look forward to it!"), ("allergies", &long)];
        Ok(vec![
            self.state("answer-texts", &page(party), ben),
            self.state("answer-texts-error", &page(open), ben).after_form(&rsvp(open), &typed),
            self.state("guests-texts", &format!("{}/guests", page(party)), ada),
            self.state("kitchen", &sheet, ada).measured(),
        ])
    }

    /// Parties that take no RSVPs, that have removed Ben, or that keep their guests' names.
    async fn of_other_parties(&self, guests: &Guests, client: &TestClient) -> anyhow::Result<Vec<State>> {
        let seated = self.host_groups(guests.ada, "Gumbo", 8, closes_soon).await?;
        self.answer(seated, guests.ben, GuestCommand::Accept(heads(3)?)).await?;
        let undecided = self.host_groups(guests.ada, "Ramen", 8, closes_soon).await?;
        self.answer(undecided, guests.ben, GuestCommand::Maybe).await?;
        let closed = self.host_groups(guests.ada, "Moussaka", 8, closes_soon).await?;
        let cancelled = self.host_groups(guests.ada, "Tacos", 8, |_| ()).await?;
        self.answer(cancelled, guests.ben, GuestCommand::Accept(heads(2)?)).await?;
        self.cancel(cancelled, guests.ada).await?;
        let removed = self.host_groups(guests.ada, "Khachapuri", 8, |_| ()).await?;
        self.answer(removed, guests.ben, GuestCommand::Accept(Heads::ONE)).await?;
        self.change_guest(removed, guests.ada, (guests.ben, "ben"), HostCommand::Remove).await?;
        let hidden =
            self.host_groups(guests.ada, "Dumplings", 8, |party| party.names_shown_to = NamesShownTo::Host).await?;
        self.answer(hidden, guests.others[0], GuestCommand::Accept(heads(2)?)).await?;
        let typed = [("answer", "yes"), ("note", "We look forward to it!"), ("allergies", "Peanuts\nCilla: none")];
        self.advance_minutes(2); // the deadlines have passed; what was given up can be taken back
        let state = |name, party| self.state(name, &page(party), client);
        Ok(vec![
            state("answer-seated-closed", seated),
            state("answer-undecided-closed", undecided),
            state("answer-not-sent", undecided).after_form(&rsvp(undecided), &[("answer", "yes"), ("heads", "3")]),
            state("answer-closed", closed),
            state("answer-seated-cancelled", cancelled),
            state("answer-unsent", cancelled).after_old_form(&rsvp(cancelled), &typed),
            state("answer-removed", removed),
            state("answer-names-hidden", hidden),
        ])
    }
}

/// An answer with both texts; a blank one is left out.
fn written(command: GuestCommand, note: &str, allergies: &str) -> anyhow::Result<GuestAnswer> {
    let note = TextChange::Replace(GuestNote::parse_optional(note)?);
    let texts = TextChanges { note, allergies: TextChange::Replace(Allergies::parse_optional(allergies)?) };
    Ok(GuestAnswer { command, texts })
}

fn page(party: PartyId) -> String {
    format!("/parties/{}", party.get())
}

fn rsvp(party: PartyId) -> String {
    format!("{}/rsvp", page(party))
}

fn with_address(party: &mut NewParty) {
    party.texts.address = Address::parse_optional("Linden Street 7, 3rd floor").unwrap_or_default();
}

/// RSVPs close a minute after the site has started.
fn closes_soon(party: &mut NewParty) {
    let closes_at = DinnerParty::START_TIME + Duration::from_mins(1);
    party.rsvp_deadline = RsvpDeadline::of(&party.date, closes_at).unwrap_or(party.rsvp_deadline);
}
