//! What a typed or pasted text leads to: a party by its ID or its link, or an invitation by its link.
//!
//! A link counts where it is one of this service: a Party ID of another service is another party.

use domain::party::{LinkToken, PartyId};
use domain::trim_invisible;
use url::Url;

/// What a text leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pasted {
    Party(PartyId),
    Invitation(LinkToken),
}

/// The path of a party's page, before its id.
const PARTY: &str = "/parties/";
/// The path of an invitation, before its token.
const INVITATION: &str = "/i/";

impl Pasted {
    /// Reads a Party ID, or the first link of the service at `origin` with any text around it. The path of a link may stand
    /// alone. `None` for any other text.
    pub(super) fn parse(text: &str, origin: Option<&str>) -> Option<Self> {
        if let Some(path) = own_path(text, INVITATION, origin) {
            let token = &path[INVITATION.len()..];
            let end =
                token.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(token.len());
            return LinkToken::parse(&token[..end]).ok().map(Self::Invitation);
        }
        PartyId::parse(own_path(text, PARTY, origin).unwrap_or(text)).ok().map(Self::Party)
    }
}

/// The text from the first path that begins with `prefix` and is one of this service.
fn own_path<'t>(text: &'t str, prefix: &str, origin: Option<&str>) -> Option<&'t str> {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '(' | '<' | '"' | '\'' | '“' | '„' | '«');
    text.match_indices(prefix).find_map(|(at, _)| {
        let site = text[..at].rsplit(is_around).next().map(trim_invisible).unwrap_or_default();
        (site.is_empty() || is_own(site, origin)).then(|| &text[at..])
    })
}

/// Whether the text before a path, such as `https://dinner.example` or `dinner.example`, is this service. A link that was made
/// before the service had TLS counts too.
fn is_own(site: &str, origin: Option<&str>) -> bool {
    let parse = |url: &str| Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(own) = origin.and_then(parse) else { return false };
    let with_scheme = format!("{}://{site}", own.scheme());
    let Some(site) = parse(if site.contains("://") { site } else { &with_scheme }) else { return false };
    let has_path = site.path() != "/" || site.query().is_some() || site.fragment().is_some();
    let has_user = !site.username().is_empty() || site.password().is_some();
    let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
    !has_path && !has_user && host(&site) == host(&own) && site.port() == own.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Option<&str> = Some("https://dinner.example");
    const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

    fn party(text: &str, origin: Option<&str>) -> Option<i64> {
        match Pasted::parse(text, origin) {
            Some(Pasted::Party(id)) => Some(id.get()),
            _ => None,
        }
    }

    #[test]
    fn link_of_this_service_is_a_party() {
        for text in [
            "12",
            "#12",
            "/parties/12",
            "Come: /parties/12, please",
            "https://dinner.example/parties/12",
            "HTTPS://Dinner.Example/parties/12",
            "https://dinner.example./parties/12",
            "https://dinner.example:443/parties/12",
            "http://dinner.example/parties/12?from=chat#who",
            "dinner.example/parties/12/edit",
            "Ratatouille at ada's, https://dinner.example/parties/12.",
            "(https://dinner.example/parties/12)",
            "<https://dinner.example/parties/12>",
            "\u{200b}https://dinner.example/parties/12\u{200b}",
            "https://other.example/parties/53 or https://dinner.example/parties/12",
        ] {
            assert_eq!(party(text, ORIGIN), Some(12), "{text}");
        }
        assert_eq!(party("http://nas.lan:21011/parties/12", Some("http://nas.lan:21011")), Some(12));
        assert_eq!(party("nas.lan:21011/parties/12", Some("http://nas.lan:21011")), Some(12));
        assert_eq!(party("http://[::1]:8000/parties/12", Some("http://[::1]:8000")), Some(12));
    }

    #[test]
    fn link_of_another_service_is_no_party() {
        for text in [
            "https://other.example/parties/53",
            "other.example/parties/53",
            "https://dinner.example.other.example/parties/53",
            "https://dinner.example:8443/parties/53",
            "https://sub.dinner.example/parties/53",
            "https://dinner.example@other.example/parties/53",
            "https://ada@dinner.example/parties/53",
            "https://other.example/dinner.example/parties/53",
            "https://other.example/?to=https://dinner.example/parties/53",
            "https://dinner.example/x/parties/53",
            "https://dinner.example?x/parties/53",
            "ftp://dinner.example/parties/53",
            "javascript:dinner.example/parties/53",
            "//other.example/parties/53",
            "x/parties/53",
        ] {
            assert_eq!(Pasted::parse(text, ORIGIN), None, "{text}");
            assert_eq!(Pasted::parse(&text.replace("parties/53", &format!("i/{TOKEN}")), ORIGIN), None, "{text}");
        }
        assert_eq!(party("http://nas.lan/parties/53", Some("http://nas.lan:21011")), None);
        assert_eq!(party("https://dinner.example/parties/53", None), None, "where the origin is unknown");
        assert_eq!(party("/parties/53", None), Some(53));
    }

    #[test]
    fn link_of_an_invitation_is_an_invitation() {
        let token = LinkToken::parse(TOKEN).unwrap();
        for text in [format!("/i/{TOKEN}"), format!("Come! https://dinner.example/i/{TOKEN}?from=chat. See you")] {
            assert_eq!(Pasted::parse(&text, ORIGIN), Some(Pasted::Invitation(token)), "{text}");
        }
        for text in ["/i/", "/i/abc", "https://dinner.example/i/"] {
            assert_eq!(Pasted::parse(text, ORIGIN), None, "{text}");
        }
    }
}
