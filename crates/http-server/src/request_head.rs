//! Request-head validation: limits, and that a head means the same to every reader. hyper has parsed it: it has refused
//! differing lengths and more than a hundred fields, and ignores a `Content-Length` beside a `Transfer-Encoding`.

use hyper::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use hyper::http::HeaderValue;
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode, Version};

use crate::limits::Limits;

/// What a field costs in memory beside its bytes: its entry in the map, its name and its value.
const FIELD_OVERHEAD: usize = 160;

/// The sizes of a request head, in bytes.
pub(crate) struct HeadSize {
    target: usize,
    /// The target and all fields.
    head: usize,
    fields: usize,
}

impl HeadSize {
    pub(crate) fn of(parts: &Parts) -> Self {
        let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len())
            + parts.uri.authority().map_or(0, |authority| authority.as_str().len());
        let fields = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
        Self { target, head: target + fields.sum::<usize>(), fields: parts.headers.len() }
    }

    /// How much memory the request may buffer: its head, and the part of its body that the endpoint may read.
    pub(crate) fn reservation(&self, headers: &HeaderMap, has_body: bool, limits: &Limits) -> usize {
        let declared = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
        let body = if has_body { limits.body_size.min(declared().unwrap_or(usize::MAX)) } else { 0 };
        self.head + self.fields * FIELD_OVERHEAD + body
    }
}

/// Checks a head.
///
/// # Errors
/// The status of the error response: 400, 414, 431 or 501.
pub(crate) fn ensure_valid(parts: &Parts, size: &HeadSize, limits: &Limits) -> Result<(), StatusCode> {
    if size.target > limits.target_size {
        Err(StatusCode::URI_TOO_LONG)
    } else if size.head > limits.head_size {
        Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else if !has_one_host(parts) {
        Err(StatusCode::BAD_REQUEST)
    } else {
        ensure_known_coding(&parts.headers)
    }
}

/// Whether the host is named exactly once, without user information, and the target's authority is the same
/// (RFC 9112, 3.2). HTTP/1.0 may leave it out.
fn has_one_host(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter().map(HeaderValue::as_bytes);
    let (host, second) = (hosts.next(), hosts.next());
    let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    if second.is_some() || host.into_iter().chain(authority).any(|name| name.contains(&b'@')) {
        return false;
    }
    match (host, authority) {
        (Some(host), Some(authority)) => host.eq_ignore_ascii_case(authority),
        (None, _) => parts.version != Version::HTTP_11,
        (Some(_), None) => true,
    }
}

/// A body is sent as it is, or in chunks: with any other coding, its length would be in doubt (RFC 9112, 6.1).
fn ensure_known_coding(headers: &HeaderMap) -> Result<(), StatusCode> {
    let fields = headers.get_all(TRANSFER_ENCODING);
    let codings = fields.iter().flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let (mut count, mut is_unknown) = (0, false);
    for coding in codings.map(<[u8]>::trim_ascii) {
        count += 1;
        is_unknown |= !coding.is_empty() && !coding.eq_ignore_ascii_case(b"chunked");
    }
    match (is_unknown, count) {
        (true, _) => Err(StatusCode::NOT_IMPLEMENTED),
        (false, 0 | 1) => Ok(()), // hyper has refused an empty one
        (false, _) => Err(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use hyper::{Method, Request};

    use super::*;

    fn parts(target: &str, version: Version, fields: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(Method::POST).uri(target).version(version);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn status(target: &str, version: Version, fields: &[(&str, &str)]) -> Option<u16> {
        let parts = parts(target, version, fields);
        ensure_valid(&parts, &HeadSize::of(&parts), &Limits::default()).err().map(|status| status.as_u16())
    }

    #[test]
    fn transfer_coding_other_than_chunked_is_501_or_400() {
        let coded = |codings: &[&str]| {
            let mut fields = vec![("host", "a")];
            fields.extend(codings.iter().map(|coding| ("transfer-encoding", *coding)));
            status("/", Version::HTTP_11, &fields)
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
    fn long_target_is_414_and_long_head_is_431() {
        let sized = |target: usize, field: usize| {
            status(&format!("/{}", "x".repeat(target - 1)), Version::HTTP_10, &[("x", &"y".repeat(field))])
        };
        assert_eq!([sized(8 << 10, 0), sized((8 << 10) + 1, 0)], [None, Some(414)]);
        assert_eq!([sized(1, (16 << 10) - 6), sized(1, (16 << 10) - 5)], [None, Some(431)]);
    }

    #[test]
    fn request_reserves_its_head_and_the_body_that_may_be_buffered() {
        let limits = Limits { body_size: 1_000, ..Limits::default() };
        let reservation = |fields: &[(&str, &str)], has_body| {
            let parts = parts("/", Version::HTTP_11, fields);
            HeadSize::of(&parts).reservation(&parts.headers, has_body, &limits)
        };
        assert_eq!(reservation(&[("a", "b"), ("a", "c")], false), 1 + 2 * (6 + 160), "the target, and two fields");
        assert_eq!(reservation(&[("content-length", "10")], true), 1 + 20 + 160 + 10, "as much as is declared");
        assert_eq!(reservation(&[("content-length", "1000000")], true), 1 + 25 + 160 + 1_000, "as much as is read");
        assert_eq!(reservation(&[], true), 1 + 1_000, "chunked");
    }

    #[test]
    fn host_is_named_once_and_without_a_user() {
        use Version as V;
        for (target, version, hosts) in [
            ("/", V::HTTP_11, &["a:80"][..]),
            ("/", V::HTTP_10, &[]),
            ("http://a/", V::HTTP_11, &["A"]),
            ("http://a/", V::HTTP_10, &[]),
        ] {
            let hosts: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(status(target, version, &hosts), None, "{target} {version:?} {hosts:?}");
        }
        for (target, version, hosts) in [
            ("/", V::HTTP_11, &[][..]),
            ("/", V::HTTP_11, &["a", "a"]),
            ("/", V::HTTP_11, &["user@a"]),
            ("http://user@a/", V::HTTP_10, &[]),
            ("http://a/", V::HTTP_11, &["b"]),
            ("http://a/", V::HTTP_11, &["a:80"]),
            ("http://a/", V::HTTP_10, &["b"]),
        ] {
            let hosts: Vec<_> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(status(target, version, &hosts), Some(400), "{target} {version:?} {hosts:?}");
        }
    }
}
