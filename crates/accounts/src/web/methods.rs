//! The methods of a path. Poem's routing responds 405 without the `Allow` header that RFC 9110 (15.5.6) requires.

use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Middleware, Request, Response};
use url::Url;

use super::page::{Problem, redirect};
use super::request::{RequestContext, ReturnPath};

/// An endpoint without methods, to add them: `methods().get(page).post(form)`.
#[must_use]
pub fn methods() -> Methods {
    Methods::default()
}

/// The methods of a path. Any other method gets a 405 page with `Allow`. HEAD is GET without the body.
#[derive(Default)]
pub struct Methods {
    get: Option<BoxEndpoint<'static>>,
    post: Option<BoxEndpoint<'static>>,
    page: Option<String>,
}

impl Methods {
    /// The handler for GET and HEAD.
    #[must_use]
    pub fn get<E>(self, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self { get: Some(endpoint.into_endpoint().map_to_response().boxed()), ..self }
    }

    /// The handler for POST.
    #[must_use]
    pub fn post<E>(self, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self { post: Some(endpoint.into_endpoint().map_to_response().boxed()), ..self }
    }

    /// Names the page of the form that is sent here by POST: a path with the parameters of this route, such as
    /// `/trips/:id` for a route at `/trips/:id/wish`.
    ///
    /// A log-in that the form required leads back to that page, and GET on this path is redirected (303) to it.
    #[must_use]
    pub fn page(self, path: impl Into<String>) -> Self {
        Self { page: Some(path.into()), ..self }
    }

    /// The path of the form's page for a request.
    fn form_page(&self, request: &Request) -> Option<ReturnPath> {
        let mut url = Url::parse("http://here.invalid/").ok()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(
            self.page.as_ref()?.split('/').skip(1).map(|segment| {
                segment.strip_prefix(':').and_then(|name| request.raw_path_param(name)).unwrap_or(segment)
            }),
        );
        ReturnPath::parse(url.path())
    }

    /// Protects each handler. Any other method gets a 405 page still, from every visitor.
    pub(super) fn protected_by<M>(self, guard: M) -> Self
    where
        M: Middleware<BoxEndpoint<'static>>,
        M::Output: 'static,
    {
        let protect = |endpoint| guard.transform(endpoint).map_to_response().boxed();
        Self { get: self.get.map(protect), post: self.post.map(protect), page: self.page }
    }

    /// The value of `Allow`.
    pub(super) fn allowed(&self) -> &'static str {
        match (&self.get, &self.post) {
            (Some(_), Some(_)) => ALL_METHODS,
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
                get.call(request).await // the HTTP server drops the body and keeps its length
            }
            (Method::POST, _, Some(post)) => {
                if let (Some(page), Ok(context)) = (self.form_page(&request), RequestContext::of(&request)) {
                    context.set_form_page(page);
                }
                post.call(request).await
            }
            (Method::GET | Method::HEAD, None, Some(_)) if let Some(page) = self.form_page(&request) => {
                Ok(redirect(page.as_str()))
            }
            _ => Err(method_not_allowed(self.allowed())),
        }
    }
}

/// The value of `Allow` for the 405 page, attached to the error.
#[derive(Debug, Clone)]
pub(super) struct Allow(&'static str);

impl Allow {
    pub(super) fn add(self, response: &mut Response) {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(self.0));
    }
}

/// All methods that a path can have.
pub(super) const ALL_METHODS: &str = "GET, HEAD, POST";

/// A 405 error with the value of `Allow`.
pub(super) fn method_not_allowed(allowed: &'static str) -> poem::Error {
    let mut error: poem::Error = Problem::MethodNotAllowed.into();
    error.set_data(Allow(allowed));
    error
}
