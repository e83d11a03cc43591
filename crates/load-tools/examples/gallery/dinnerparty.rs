//! The states of DinnerParty: without parties, with many, with unusual names, and without its database. Starting and
//! filling an instance is in `instance`, the parties are in `parties`, the pages of one's own account in `account`.

mod account;
mod answers;
mod instance;
mod parties;

use accounts::RegistrationPolicy;
use accounts::test_kit::TestClient;

pub(crate) use self::instance::DinnerParty;
use self::parties::{PartiesByState, host_many, host_unusual};
use crate::state::{PASSWORD, State, log_in, register};

/// A registration with an error in each field.
const INVALID_REGISTRATION: [(&str, &str); 4] =
    [("username", "a b"), ("email", "ada@"), ("password", "short"), ("password2", "?")];
/// A registration with a code that nobody has made. The form has the code already.
const UNKNOWN_CODE: [(&str, &str); 4] =
    [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("password2", PASSWORD)];
/// A log-in with a wrong password.
const WRONG_PASSWORD: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", "wrong")];
/// A party with an error in each field.
const INVALID_PARTY: [(&str, &str); 4] =
    [("date", "2025-01-01"), ("time_zone", "Mars"), ("venue", ""), ("number_seats", "0")];
/// A change of a party from a form that was opened before the party was changed.
const STALE_EDIT: [(&str, &str); 4] =
    [("revision", "7"), ("main_dish", "Stew"), ("time", "20:00"), ("venue", "The garden")];

/// A message of several lines with a link.
const MESSAGE: &str = "The bell is broken, so please knock.\n\nHow to get here: https://example.com/map?from=station";

impl DinnerParty {
    fn state(&self, name: &str, path: &str, client: &TestClient) -> State {
        State::of(&format!("dinnerparty-{name}"), &self.server.url(""), path, client)
    }

    /// One user, no parties. The error states are here too.
    pub(crate) async fn empty() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let (guest, ada) = (TestClient::new(&site.server), register(&site.server, "ada", "ada").await?);
        let states = vec![
            site.state("welcome", "/", &guest).measured(),
            site.state("register", "/register", &guest).measured(),
            site.state("register-error", "/register", &guest).after_form("/register", &INVALID_REGISTRATION),
            site.state("login", "/login", &guest).measured(),
            site.state("login-asked", "/rsvp", &guest),
            site.state("login-error", "/login", &guest).after_form("/login", &WRONG_PASSWORD),
            site.state("home-empty", "/", &ada),
            site.state("list-empty", "/rsvp", &ada),
            site.state("host", "/host", &ada).measured(),
            site.state("host-error", "/host", &ada).after_form("/host", &INVALID_PARTY),
            site.state("user-empty", "/user/ada", &ada),
            site.state("user-error", "/user/ada", &ada).after_form("/user/ada", &INVALID_PARTY),
            site.state("stale", "/rsvp", &ada).after_form("/rsvp", &[("csrf_token", "stale"), ("party_id", "1")]),
            site.state("account-changed", "/host", &ada).after_form("/host", &[("csrf_token", "stale.9")]),
            site.state("nowhere", "/nowhere", &guest),
        ];
        Ok((site, states))
    }

    /// Registration by code, and closed.
    pub(crate) async fn invited() -> anyhow::Result<([Self; 2], Vec<State>)> {
        let by_code = Self::with(RegistrationPolicy::Code).await?;
        let closed = Self::with(RegistrationPolicy::Closed).await?;
        let [guest, other] = [&by_code, &closed].map(|site| TestClient::new(&site.server));
        let link = "/register?code=01234-56789-ABCDE-FGHJK";
        let states = vec![
            by_code.state("register-code", link, &guest),
            by_code.state("register-code-error", link, &guest).after_form("/register", &INVALID_REGISTRATION),
            by_code.state("register-code-unusable", link, &guest).after_form("/register", &UNKNOWN_CODE),
            by_code.state("login-code", "/login", &guest),
            closed.state("register-closed", "/register", &other),
            closed.state("login-closed", "/login", &other),
            closed.state("welcome-closed", "/", &other),
        ];
        Ok(([by_code, closed], states))
    }

    /// More parties than a page holds, in each state that a party can have for a guest.
    pub(crate) async fn full() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        for nick in ["ada", "ben", "chloe", "dan"] {
            register(&site.server, nick, nick).await?;
        }
        let PartiesByState { open, mine, full, declined, cancelled, past, begun, unlisted } = host_many(&site).await?;
        let [ada, ben, chloe, dan] = [(); 4].map(|()| TestClient::new(&site.server));
        for (client, nick) in [(&ada, "ada"), (&ben, "ben"), (&chloe, "chloe"), (&dan, "dan")] {
            log_in(client, nick).await?; // again: their sessions have expired
        }
        let party = |id: i64| format!("/parties/{id}");
        let edit = |id: i64| format!("/parties/{id}/edit");
        let guests = |id: i64| format!("/parties/{id}/guests");
        let answer = |id: i64| format!("/parties/{id}/rsvp");
        site.send_message(open, site.id_of("ada").await?, MESSAGE).await?;
        let write = |id: i64| format!("{}/message", guests(id));
        let [invited, closed] = [site.invitation(open, "ada").await?, site.invitation(cancelled, "ada").await?];
        let (to_full, visitor) = (site.invitation(full, "chloe").await?, TestClient::new(&site.server));
        let to_answer = format!("/register?next={}%3Fanswer%3Dyes", invited.replace('/', "%2F"));
        let states = vec![
            site.state("invitation", &invited, &visitor).measured(),
            site.state("invitation-declining", &format!("{invited}?answer=no"), &visitor),
            site.state("invitation-full", &to_full, &visitor),
            site.state("invitation-cancelled", &closed, &visitor),
            site.state("invitation-unknown", "/i/unknown", &visitor),
            site.state("invitation-register", &to_answer, &visitor),
            site.state("invitation-selected", &format!("{invited}?answer=yes"), &dan),
            site.state("home", "/", &ben).measured(),
            site.state("home-taken", "/", &dan).after_form("/rsvp", &[("party_id", &declined.to_string())]),
            site.state("people", "/people", &ben).measured(),
            site.state("people-last", "/people?before=3", &ben),
            site.state("list", "/rsvp", &ben).measured(),
            site.state("list-taken", "/rsvp?seats=1", &dan).after_form("/rsvp", &[("party_id", &full.to_string())]),
            site.state("list-words", "/rsvp?q=a+b+c+d+e+f+g+h+i", &ben),
            site.state("list-none", "/rsvp?q=tofu&seats=1", &ben),
            site.state("list-refused", "/rsvp", &ben).after_form("/rsvp", &[("party_id", "99999")]),
            site.state("user", "/user/ada", &ada).measured(),
            site.state("delete-refused", "/account/delete", &ada).after_form("/account/delete", &[]),
            site.state("user-other", "/user/ada", &ben).measured(),
            site.state("user-other-empty", "/user/Eva", &ben),
            site.state("user-going", "/user/ben", &ben),
            site.state("party-host", &party(mine), &ada),
            site.state("party-host-unlisted", &party(unlisted), &ada),
            site.state("party-host-cancelled", &party(cancelled), &ada),
            site.state("party-host-begun", &party(begun), &chloe),
            site.state("party-host-past", &party(past), &ada),
            site.state("host-again", &format!("/host?again={mine}"), &ada),
            site.state("edit", &edit(mine), &ada).measured(),
            site.state("edit-error", &edit(mine), &ada).after_form(&edit(mine), &INVALID_PARTY),
            site.state("edit-stale", &edit(mine), &ada).after_form(&edit(mine), &STALE_EDIT),
            site.state("cancel", &format!("{}/cancel", party(mine)), &ada),
            site.state("restore", &format!("{}/cancel", party(cancelled)), &ada),
            site.state("guests", &guests(mine), &ada).measured(),
            site.state("guests-error", &guests(mine), &ada)
                .after_form(&format!("{}/invite", guests(mine)), &[("guest", "nobody")]),
            site.state("guests-print", &format!("{}?all=1", guests(mine)), &ada),
            site.state("guests-empty", &guests(cancelled), &ada),
            site.state("guests-over", &guests(past), &ada),
            site.state("guests-remove", &format!("{}/remove?guest=ben", guests(mine)), &ada),
            site.state("message", &write(mine), &ada).measured(),
            site.state("message-error", &write(mine), &ada).after_form(&write(mine), &[("text", "")]),
            site.state("message-preview", &write(mine), &ada)
                .after_form(&write(mine), &[("coming", "on"), ("waiting", "on"), ("text", MESSAGE), ("preview", "on")]),
            site.state("history", &format!("{}/history", party(mine)), &ada),
            site.state("party-open", &party(open), &dan).measured(),
            site.state("party-seated", &party(open), &ben),
            site.state("party-full", &party(full), &dan),
            site.state("party-declined", &party(declined), &ben),
            site.state("party-cancelled", &party(cancelled), &ben),
            site.state("party-begun", &party(begun), &ben),
            site.state("party-past", &party(past), &ben),
            site.state("party-taken", &party(open), &dan).after_form(&answer(open), &[("answer", "yes")]),
            site.state("party-left", &party(open), &dan).after_form(&answer(open), &[("answer", "no")]),
        ];
        Ok((site, states))
    }

    /// Parties of every size, and names and dishes in many scripts.
    pub(crate) async fn odd() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let maryam = register(&site.server, "مريم", "maryam").await?;
        let (parties, long) = host_unusual(&site).await?;
        let mut states: Vec<_> =
            parties.into_iter().map(|(name, id)| site.state(&name, &format!("/parties/{id}"), &maryam)).collect();
        states.extend([
            site.state("home-odd", "/", &maryam),
            site.state("list-odd", "/rsvp", &maryam),
            site.state("user-rtl", "/user/مريم", &maryam),
            site.state("user-long", &format!("/user/{long}"), &maryam),
            site.state("account-odd", "/account", &maryam),
        ]);
        site.advance_hours(1); // the log-in is not recent any more
        states.extend(site.confirmation(&maryam).await?);
        Ok((site, states))
    }

    /// A logged-in user, after the database was closed.
    pub(crate) async fn broken() -> anyhow::Result<(Self, Vec<State>)> {
        let site = Self::start().await?;
        let ada = register(&site.server, "ada", "ada").await?;
        site.close_database().await;
        let states = vec![site.state("broken", "/rsvp", &ada)];
        Ok((site, states))
    }
}
