//! Content negotiation (RFC 9110, 12.5.1), as far as an error needs it: whether a client wants JSON or a page.

use poem::Request;
use poem::http::header;

/// Whether a client asks for JSON and not for HTML. A program that names neither gets JSON.
pub(super) fn wants_json(request: &Request, is_program: bool) -> bool {
    let accepts = |is_wanted: fn(&str) -> bool| media_types(request).any(|media_type| is_wanted(&media_type));
    !accepts(|media_type| media_type == "text/html") && (is_program || accepts(is_json))
}

fn is_json(media_type: &str) -> bool {
    let subtype = media_type.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// The media types of `Accept` in lower case, without those that the client refuses by a weight of 0.
fn media_types(request: &Request) -> impl Iterator<Item = String> {
    let values = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next()?.to_ascii_lowercase();
        let mut weights =
            parts.filter_map(|parameter| parameter.strip_prefix(['q', 'Q'])?.strip_prefix('=')?.parse().ok());
        let is_refused = weights.any(|weight: f32| weight <= 0.0);
        (!is_refused).then_some(media_type)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &'static str) -> [bool; 2] {
        let request = Request::builder().header(header::ACCEPT, accept).finish();
        [false, true].map(|is_program| wants_json(&request, is_program))
    }

    #[test]
    fn client_that_asks_for_json_alone_gets_json() {
        for accept in [
            "application/json",
            "Application/JSON",
            "application/problem+json",
            "application/vnd.api+json;q=0.5, */*;q=0.1",
            "text/html;q=0, application/json",
        ] {
            assert_eq!(wants(accept), [true, true], "{accept}");
        }
    }

    #[test]
    fn client_that_takes_html_gets_a_page() {
        for accept in ["text/html,application/json;q=0.9,*/*;q=0.8", "application/json, TEXT/HTML", "text/html;q=0.1"] {
            assert_eq!(wants(accept), [false, false], "{accept}");
        }
    }

    #[test]
    fn client_that_names_neither_gets_json_if_it_is_a_program() {
        for accept in
            ["", "*/*", "application/json;q=0", "application/json;q=0.000", "application/json-seq", "text/plain"]
        {
            assert_eq!(wants(accept), [false, true], "{accept}");
        }
    }
}
