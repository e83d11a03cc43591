//! The app: its endpoint and its routes.

use std::sync::Arc;
use std::time::Duration;

use accounts::web::{Layer, RoutesError, methods};
use accounts::{Accounts, BuildError, Builder, Maintenance, PasswordPolicy};
use domain::party::{Parties, PartyRepository};
use http_server::compression::Gzip;
use poem::http::{HeaderName, HeaderValue};
use poem::middleware::AddDataEndpoint;
use poem::{Endpoint, EndpointExt, Request, Response, Route};

use crate::export::export_parties;
use crate::jobs::{MarkPartiesOver, PurgeGuestTexts};
use crate::layout::DinnerPartyLayout;
use crate::pages::guests;
use crate::preview::PreviewRenderer;
use crate::services::Services;
use crate::state::AppState;
use crate::{assets, icons, messages, pages};

/// Why the app cannot be built. Its `Display` is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A setting is unsafe.
    #[error(transparent)]
    Setting(#[from] BuildError),
    /// Two pages have the same path.
    #[error(transparent)]
    Routes(#[from] RoutesError),
}

/// The whole app as one Poem endpoint.
pub struct App {
    endpoint: Gzip<AddDataEndpoint<Layer<Route>, Arc<AppState>>>,
    security_headers: Vec<(HeaderName, HeaderValue)>,
    body_limit: usize,
    accounts: Accounts,
    parties: Arc<dyn PartyRepository>,
    guest_texts_retention: Duration,
}

impl App {
    /// The security headers of every response, for the error responses of the HTTP server in front.
    #[must_use]
    pub fn security_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        self.security_headers.clone()
    }

    /// The most bytes of a request body, for the limits of the HTTP server in front.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// The maintenance of the accounts and of the parties.
    pub fn maintenance(&self) -> Maintenance {
        self.accounts
            .maintenance()
            .with_job(MarkPartiesOver(Arc::clone(&self.parties)))
            .with_job(PurgeGuestTexts { parties: Arc::clone(&self.parties), retention: self.guest_texts_retention })
    }
}

impl Endpoint for App {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.endpoint.call(request).await
    }
}

/// The password policy, for the pages and for the commands of the operator.
#[must_use]
pub fn password_policy() -> PasswordPolicy {
    PasswordPolicy::default().with_site_words(["DinnerParty", "dinner party"])
}

/// Builds the app.
///
/// `settings` holds what the operator chooses for the accounts: listen address, origin, trusted proxies. The layout, the
/// password policy, the clock and the random source are set here.
///
/// # Errors
/// [`AppError`]: a setting is unsafe, or two pages have the same path.
pub fn app(services: Services, settings: Builder) -> Result<App, AppError> {
    let Services { accounts: ports, parties, readiness, clock, random, time_zone, quotas, guest_texts_retention } =
        services;
    let settings = settings.csp_source("manifest-src", "'self'"); // the web manifest of `icons.rs`
    let settings = settings.layout(DinnerPartyLayout).password_policy(password_policy());
    let settings = settings.deletion_consequences(messages::DELETION_CONSEQUENCES);
    let settings = settings.clock(Arc::clone(&clock)).random(Arc::clone(&random));
    let stored_parties = Arc::clone(&parties);
    let settings = export_parties(settings, &parties);
    let parties = Parties::new(parties, clock).with_quotas(quotas);
    let invitations = parties.clone();
    let settings = settings.describe_next(move |next| pages::invitation::describe(invitations.clone(), next));
    let accounts = settings.build(ports.clone())?;
    let (accounts_of_state, users, notices) = (accounts.clone(), ports.users, ports.notices);
    let previews = PreviewRenderer::new();
    let state =
        AppState { accounts: accounts_of_state, parties, users, notices, readiness, random, time_zone, previews };
    let security_headers = accounts.security_headers().to_vec();
    let body_limit = accounts.body_limit();
    let endpoint = Gzip::around(accounts.routes(routes())?.data(Arc::new(state)));
    Ok(App { endpoint, security_headers, body_limit, accounts, parties: stored_parties, guest_texts_retention })
}

/// Every route of DinnerParty. `accounts` adds its account pages.
fn routes() -> Route {
    let icons = icons::ICONS.iter().fold(Route::new(), |route, icon| route.at(icon.path, methods().get(icons::serve)));
    icons
        .at("/", methods().get(pages::index::show))
        .at("/host", methods().get(pages::host::show).post(pages::host::submit))
        .at("/people", methods().get(pages::people::list))
        .at("/user/:username", methods().get(pages::user::show).post(pages::user::submit))
        .at("/rsvp", methods().get(pages::rsvp::list).post(pages::rsvp::rsvp_by_id))
        .at("/parties/:id", methods().get(pages::party::show))
        .at("/parties/:id<^[^/.]+>.ics", methods().get(pages::party::calendar_file::download))
        .at("/parties/:id/rsvp", methods().post(pages::party::rsvp).page("/parties/:id"))
        .at("/parties/:id/undo", methods().post(pages::party::undo).page("/parties/:id"))
        .at("/parties/:id/link", methods().post(pages::party::replace_link).page("/parties/:id"))
        .at("/parties/:id/edit", methods().get(pages::edit::show).post(pages::edit::submit))
        .at("/parties/:id/cancel", methods().get(pages::cancel::show).post(pages::cancel::submit))
        .at("/parties/:id/restore", methods().post(pages::cancel::restore).page("/parties/:id"))
        .at("/parties/:id/guests", methods().get(guests::show))
        .at("/parties/:id/guests/kitchen", methods().get(guests::kitchen::show))
        .at("/parties/:id/guests.csv", methods().get(guests::csv_file::download))
        .at(
            "/parties/:id/guests/add",
            methods().post(guests::submit::<guests::Add>::default()).page("/parties/:id/guests"),
        )
        .at(
            "/parties/:id/guests/invite",
            methods().post(guests::submit::<guests::Invite>::default()).page("/parties/:id/guests"),
        )
        .at("/parties/:id/guests/message", methods().get(guests::message::show).post(guests::message::submit))
        .at("/parties/:id/guests/remove", methods().get(guests::ask_to_remove).post(guests::remove))
        .at(
            "/parties/:id/guests/reinstate",
            methods().post(guests::submit::<guests::Reinstate>::default()).page("/parties/:id/guests"),
        )
        .at("/parties/:id/history", methods().get(pages::history::show))
        .at("/notices", methods().post(pages::notices::dismiss).page("/"))
        .at("/i/:token", methods().get(pages::invitation::show))
        .at("/i/:token/rsvp", methods().post(pages::invitation::rsvp).page("/i/:token"))
        .at("/i/:token/undo", methods().post(pages::invitation::undo).page("/i/:token"))
        .at("/i/:token/preview-:picture", methods().get(pages::invitation::picture))
        .at("/preview-:picture", methods().get(pages::preview::start_page))
        .at("/health/live", methods().get(pages::health::live))
        .at("/health/ready", methods().get(pages::health::ready))
        .at(assets::ROUTE, methods().get(assets::file))
}
