//! What the door asks of a head before any page sees it: that it is not too long, and says one thing only.

use hyper::HeaderMap;
use hyper::header::{HOST, TRANSFER_ENCODING};
use poem::http::request::Parts;
use poem::http::{HeaderValue, StatusCode, Version};

use super::limits::Limits;

/// As many fields as hyper takes over HTTP/1: over HTTP/2 it counts none.
const FIELDS: usize = 100;

/// What a field costs us beside its bytes: its place in the map, its name and its value.
const FIELD: usize = 160;

/// How many bytes a head has, as far as it says something: its target, and all of it.
pub(super) fn sizes(parts: &Parts) -> (usize, usize) {
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len())
        + parts.uri.authority().map_or(0, |authority| authority.as_str().len());
    let fields = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    (target, target + fields.sum::<usize>())
}

/// What a head with that many bytes makes us hold.
pub(super) fn weight(parts: &Parts, head: usize) -> usize {
    head + parts.headers.len() * FIELD
}

/// Why a head of these [`sizes`] is refused, if it is. `is_sound` is whether it names one length only.
pub(super) fn refusal(
    parts: &Parts,
    (target, head): (usize, usize),
    is_sound: bool,
    limits: &Limits,
) -> Option<StatusCode> {
    if target > limits.target_size {
        Some(StatusCode::URI_TOO_LONG)
    } else if head > limits.head_size || parts.headers.len() > FIELDS {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else if !is_sound || !names_one_host(parts) {
        Some(StatusCode::BAD_REQUEST)
    } else {
        coding_refused(&parts.headers)
    }
}

/// Whether it says once for which host it is, without a name before it: `user@host` is not a host, and where target and
/// `Host` differ nobody knows which one counts for whom (RFC 9112, 3.2; RFC 9113, 8.3.1).
fn names_one_host(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter().map(HeaderValue::as_bytes);
    let (host, second) = (hosts.next(), hosts.next());
    let target = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    if second.is_some() || host.into_iter().chain(target).any(|name| name.contains(&b'@')) {
        return false;
    }
    match (host, target) {
        (Some(host), Some(target)) => host.eq_ignore_ascii_case(target),
        (None, _) => parts.version != Version::HTTP_11,
        (Some(_), None) => true,
    }
}

/// A body is as it is, or in chunks: with a coding that we do not know its length would be in doubt (RFC 9112, 6.1).
fn coding_refused(headers: &HeaderMap) -> Option<StatusCode> {
    let fields = headers.get_all(TRANSFER_ENCODING);
    let codings = fields.iter().flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let (mut count, mut is_unknown) = (0, false);
    for coding in codings.map(<[u8]>::trim_ascii) {
        count += 1;
        is_unknown |= !coding.is_empty() && !coding.eq_ignore_ascii_case(b"chunked");
    }
    match (is_unknown, count) {
        (true, _) => Some(StatusCode::NOT_IMPLEMENTED),
        (false, 0 | 1) => None, // an empty one is not chunked, and hyper has refused it
        (false, _) => Some(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use poem::http::{Method, Request};

    use super::*;

    fn told(target: &str, version: Version, fields: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().method(Method::POST).uri(target).version(version);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        refusal(&parts, sizes(&parts), true, &Limits::default()).map(|status| status.as_u16())
    }

    #[test]
    fn only_chunks_are_known() {
        let coded = |codings: &[&str]| {
            let mut fields = vec![("host", "door")];
            fields.extend(codings.iter().map(|coding| ("transfer-encoding", *coding)));
            told("/", Version::HTTP_11, &fields)
        };
        assert_eq!([&[][..], &["chunked"], &["Chunked"]].map(coded), [None; 3]);
        for unknown in
            [&["gzip, chunked"][..], &["gzip", "chunked"], &["chunked", "identity"], &["chunked;x=1"], &["x, y"]]
        {
            assert_eq!(coded(unknown), Some(501), "{unknown:?}");
        }
        for twice in [&["chunked, chunked"][..], &["chunked", "chunked"], &["", "chunked"], &["chunked,"]] {
            assert_eq!(coded(twice), Some(400), "{twice:?}");
        }
    }

    #[test]
    fn many_fields_are_refused_however_short_and_each_weighs_more_than_its_bytes() {
        let fields = |count| vec![("x", ""); count];
        for version in [Version::HTTP_10, Version::HTTP_2] {
            assert_eq!([100, 101].map(|count| told("/", version, &fields(count))), [None, Some(431)]);
        }
        let (parts, ()) = Request::builder().header("a", "b").header("a", "c").body(()).unwrap().into_parts();
        assert_eq!(weight(&parts, sizes(&parts).1), 1 + 2 * (6 + 160), "the target, and two fields");
    }

    #[test]
    fn a_host_is_named_once_and_without_a_user() {
        use Version as V;
        for (target, version, hosts) in [
            ("/", V::HTTP_11, &["door:80"][..]),
            ("/", V::HTTP_10, &[]),
            ("http://door/", V::HTTP_11, &["DOOR"]),
            ("http://door/", V::HTTP_2, &[]),
            ("http://door/", V::HTTP_2, &["door"]),
        ] {
            let hosts: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(told(target, version, &hosts), None, "{target} {version:?} {hosts:?}");
        }
        for (target, version, hosts) in [
            ("/", V::HTTP_11, &[][..]),
            ("/", V::HTTP_11, &["door", "door"]),
            ("/", V::HTTP_11, &["user@door"]),
            ("http://user@door/", V::HTTP_2, &[]),
            ("http://door/", V::HTTP_11, &["other"]),
            ("http://door/", V::HTTP_11, &["door:80"]),
            ("http://door/", V::HTTP_2, &["other"]),
        ] {
            let hosts: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(told(target, version, &hosts), Some(400), "{target} {version:?} {hosts:?}");
        }
    }
}
