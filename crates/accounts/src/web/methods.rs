//! Which methods an address answers to. Poem's own routing answers 405 without the `Allow` that RFC 9110 asks for.

use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response};

use super::problem::Problem;

/// Begins the methods of an address: `methods().get(page).post(form)`.
#[must_use]
pub fn methods() -> Methods {
    Methods::default()
}

/// The methods of an address. Any other gets a 405 that lists them; HEAD is a GET without its body.
#[derive(Default)]
pub struct Methods {
    get: Option<BoxEndpoint<'static>>,
    post: Option<BoxEndpoint<'static>>,
}

impl Methods {
    /// Answers GET and HEAD.
    #[must_use]
    pub fn get<E>(self, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self { get: Some(endpoint.into_endpoint().map_to_response().boxed()), ..self }
    }

    /// Answers POST.
    #[must_use]
    pub fn post<E>(self, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self { post: Some(endpoint.into_endpoint().map_to_response().boxed()), ..self }
    }

    fn allowed(&self) -> &'static str {
        match (&self.get, &self.post) {
            (Some(_), Some(_)) => EVERY,
            (Some(_), None) => "GET, HEAD",
            (None, Some(_)) => "POST",
            (None, None) => "",
        }
    }
}

impl Endpoint for Methods {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        match (request.method().clone(), &self.get, &self.post) {
            (Method::GET, Some(get), _) => get.call(request).await,
            (Method::HEAD, Some(get), _) => {
                request.set_method(Method::GET);
                get.call(request).await // the server leaves the body out, and keeps its length
            }
            (Method::POST, _, Some(post)) => post.call(request).await,
            _ => Err(not_allowed(self.allowed())),
        }
    }
}

/// The methods that an address would have answered to, for the 405 page.
#[derive(Debug, Clone)]
pub(super) struct Allow(&'static str);

impl Allow {
    pub(super) fn add(self, response: &mut Response) {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(self.0));
    }
}

/// The methods that pages answer to at most.
pub(super) const EVERY: &str = "GET, HEAD, POST";

/// A 405 that lists the methods there are.
pub(super) fn not_allowed(allowed: &'static str) -> poem::Error {
    let mut error: poem::Error = Problem::MethodNotAllowed.into();
    error.set_data(Allow(allowed));
    error
}
