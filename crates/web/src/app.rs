//! The service: how it is put together, and where its pages are.

use std::sync::Arc;

use accounts::web::gzip::Gzip;
use accounts::web::{Layer, RoutesError, methods};
use accounts::{BuildError, Builder};
use domain::party::Parties;
use poem::middleware::AddDataEndpoint;
use poem::{EndpointExt, Route};

use crate::dinner::Dinner;
use crate::layout::DinnerParty;
use crate::services::Services;
use crate::{assets, pages};

/// Why the service cannot be put together: one clear line.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A setting is unsafe.
    #[error(transparent)]
    Setting(#[from] BuildError),
    /// A page stands where another one does.
    #[error(transparent)]
    Routes(#[from] RoutesError),
}

/// The whole service as one endpoint.
pub type App = Gzip<AddDataEndpoint<Layer<Route>, Arc<Dinner>>>;

/// The service, as an endpoint. `settings` says what there is to choose of the accounts: the address it listens on, its
/// origin, its proxies. The layout, the policy and the clock are chosen here.
///
/// # Errors
/// [`AppError`]: an unsafe setting.
pub fn app(services: Services, settings: Builder) -> Result<App, AppError> {
    let Services { accounts: ports, parties, readiness, clock, time_zone } = services;
    let policy = accounts::PasswordPolicy::default().with_site_words(["DinnerParty", "dinner party"]);
    let settings = settings.layout(DinnerParty).password_policy(policy).clock(Arc::clone(&clock));
    let accounts = settings.build(ports.clone())?;
    let dinner = Dinner { parties: Parties::new(parties, clock), users: ports.users, readiness, time_zone };
    assets::assets(); // compressed now, and not while the first visitor waits
    Ok(Gzip::around(accounts.routes(sitemap())?.data(Arc::new(dinner))))
}

/// Every address of DinnerParty; `/register`, `/login` and `/logout` are the accounts'.
fn sitemap() -> Route {
    Route::new()
        .at("/", methods().get(pages::index::show))
        .at("/user/:username", methods().get(pages::user::show).post(pages::user::host))
        .at("/rsvp", methods().get(pages::rsvp::list).post(pages::rsvp::by_id))
        .at("/parties/:id", methods().get(pages::party::show))
        .at("/parties/:id/rsvp", methods().post(pages::party::answer))
        .at("/health/live", methods().get(pages::health::live))
        .at("/health/ready", methods().get(pages::health::ready))
        .at(assets::ROUTE, methods().get(assets::file))
}
