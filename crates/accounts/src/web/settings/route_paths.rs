//! Paths of routes that a setting names, each with a value, in the syntax of Poem's [`Route::at`].

use futures_util::FutureExt;
use poem::endpoint::make_sync;
use poem::http::Uri;
use poem::{Endpoint, Request, Route};

use crate::BuildError;

/// Paths of routes, each with a value. They match as Poem's routing does, since it matches them.
pub(crate) struct RoutePaths<T>(Vec<(Route, T)>);

impl<T: Clone> RoutePaths<T> {
    /// # Errors
    /// [`BuildError::NotARoute`] for a text that is not the path of a route.
    pub(super) fn new(paths: &[(String, T)]) -> Result<Self, BuildError> {
        let routes = paths.iter().map(|(path, value)| {
            let route = Route::new().try_at(path, make_sync(|_| ())).ok().filter(|_| path.starts_with('/'));
            Ok((route.ok_or_else(|| BuildError::NotARoute(path.clone()))?, value.clone()))
        });
        routes.collect::<Result<_, _>>().map(Self)
    }
}

impl<T> RoutePaths<T> {
    /// The value of the first path that the path of `uri` matches.
    pub(crate) fn find(&self, uri: &Uri) -> Option<&T> {
        self.0.iter().find(|(route, _)| matches(route, uri)).map(|(_, value)| value)
    }
}

/// Whether a route has an endpoint for a path. The endpoint of [`RoutePaths::new`] is ready at once.
fn matches(route: &Route, uri: &Uri) -> bool {
    let request = Request::builder().uri(uri.clone()).finish();
    route.call(request).now_or_never().is_some_and(|outcome| outcome.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str], path: &str) -> Option<usize> {
        let paths: Vec<_> = paths.iter().enumerate().map(|(number, path)| ((*path).to_owned(), number)).collect();
        RoutePaths::new(&paths).unwrap().find(&path.parse().unwrap()).copied()
    }

    #[test]
    fn path_matches_as_a_route_does() {
        let paths = ["/hooks/stripe", "/hooks/:name/events", "/api/*rest", "/trips/:id<\\d+>/photo"];
        for (path, number) in [
            ("/hooks/stripe", 0),
            ("/hooks/stripe?x=1", 0),
            ("/hooks/a%2Fb/events", 1),
            ("/api/", 2),
            ("/api/trips/1", 2),
            ("/trips/12/photo", 3),
        ] {
            assert_eq!(found(&paths, path), Some(number), "{path}");
        }
        for path in ["/", "/hooks", "/hooks/stripe/", "/HOOKS/stripe", "/hooks/a/b/events", "/api", "/trips/x/photo"] {
            assert_eq!(found(&paths, path), None, "{path}");
        }
        assert_eq!(found(&[], "/"), None);
    }

    #[test]
    fn text_that_is_no_path_of_a_route_is_an_error() {
        for path in ["", "hooks", "/:", "/a/:id<(>", "/<>"] {
            let error = RoutePaths::new(&[(path.to_owned(), ())]).err().map(|error| error.to_string());
            assert_eq!(error.map(|error| error.contains("is not the path of a route")), Some(true), "{path:?}");
        }
    }
}
