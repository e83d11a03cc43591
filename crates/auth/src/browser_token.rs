//! The browser tokens: the secrets in the cookie by which a browser is recognized after a log-out.

use domain::known_browser::BrowserDigest;

use crate::{Random, SessionToken};

/// 32 random bytes that identify a browser to one account. They authenticate nobody: an account that has logged in with the
/// browser counts the browser's failures apart from those of strangers. Wiped on drop; `Debug` hides them.
///
/// The store keeps only the [`BrowserDigest`].
#[derive(Debug, Clone)]
pub struct BrowserToken(SessionToken);

impl BrowserToken {
    /// Makes a new token.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(SessionToken::new(random))
    }

    /// Parses the text of [`BrowserToken::expose`]. `None` for any other spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        SessionToken::parse(text).map(Self)
    }

    /// The token's text, for the cookie only: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.expose()
    }

    /// The key under which the browser is stored: the SHA-256 of the token.
    #[must_use]
    pub fn digest(&self) -> BrowserDigest {
        BrowserDigest::new(*self.0.digest().as_bytes())
    }
}

/// The tokens in a browser's device cookie: one for each account that has logged in with it, the latest log-in first.
///
/// A token that no account knows is kept like any other: another site may have set it, so an account never adopts it.
#[derive(Debug, Clone, Default)]
pub struct BrowserTokens(Vec<BrowserToken>);

impl BrowserTokens {
    /// The most tokens of a cookie, which is 351 bytes long then. A log-in to one more account drops the oldest.
    pub const MOST: usize = 8;

    /// The most tokens that a log-in tries: each may cost a query.
    const MOST_TRIED: usize = 2 * Self::MOST;

    /// Reads the values of all device cookies of a request. Text that is no token is skipped.
    ///
    /// The first tokens of all cookies come before the second ones, so that another cookie of the name, of whatever length,
    /// hides no recent token. At most 16 are read.
    #[must_use]
    pub fn parse<'a>(cookies: impl IntoIterator<Item = &'a str>) -> Self {
        let tokens = |cookie: &'a str| cookie.split('.').filter_map(BrowserToken::parse);
        let mut cookies: Vec<_> = cookies.into_iter().map(tokens).take(Self::MOST).collect();
        let by_place = (0..Self::MOST).flat_map(|_| cookies.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>());
        Self(by_place.take(Self::MOST_TRIED).collect())
    }

    /// The value of the device cookie: up to eight tokens, with dots between them.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.iter().take(Self::MOST).map(BrowserToken::expose).collect::<Vec<_>>().join(".")
    }

    /// The tokens, the latest first.
    pub fn iter(&self) -> impl Iterator<Item = &BrowserToken> {
        self.0.iter()
    }

    /// The tokens after a log-in that `latest` is for.
    #[must_use]
    pub fn with_latest(&self, latest: BrowserToken) -> Self {
        let digest = latest.digest();
        let others = self.0.iter().filter(|token| token.digest() != digest).cloned();
        Self([latest].into_iter().chain(others).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fake::Counting;

    #[test]
    fn token_is_parsed_from_its_text_and_stored_by_its_digest() {
        let token = BrowserToken::new(&Counting::default());
        let text = token.expose();
        assert_eq!(text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        let parsed = BrowserToken::parse(&text).unwrap();
        assert_eq!((parsed.expose(), parsed.digest()), (text.clone(), token.digest()));
        assert_eq!(token.digest().as_bytes(), SessionToken::parse(&text).unwrap().digest().as_bytes());
        assert!(BrowserToken::parse(&text[..42]).is_none());
    }

    #[test]
    fn debug_output_hides_token() {
        assert_eq!(format!("{:?}", BrowserToken::new(&Counting::default())), "BrowserToken(SessionToken(..))");
    }

    struct Repeated(u8);

    impl Random for Repeated {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn tokens<const N: usize>() -> [BrowserToken; N] {
        std::array::from_fn(|n| BrowserToken::new(&Repeated(u8::try_from(n).unwrap())))
    }

    fn digests(tokens: &BrowserTokens) -> Vec<BrowserDigest> {
        tokens.iter().map(BrowserToken::digest).collect()
    }

    #[test]
    fn latest_token_comes_first_and_the_ninth_is_dropped() {
        let tokens = tokens::<9>();
        let log_in = |all: &BrowserTokens, token: &BrowserToken| {
            let cookie = all.with_latest(token.clone()).expose();
            assert!(cookie.len() <= 351, "{cookie}");
            BrowserTokens::parse([&*cookie])
        };
        let latest_first = |from: &[BrowserToken]| from.iter().rev().map(BrowserToken::digest).collect::<Vec<_>>();
        let five = tokens[..5].iter().fold(BrowserTokens::default(), |all, token| log_in(&all, token));
        let again = log_in(&five, &tokens[1]);
        assert_eq!(digests(&again), latest_first(&[0, 2, 3, 4, 1].map(|n| tokens[n].clone())), "a token moves");
        let nine = tokens.iter().fold(BrowserTokens::default(), |all, token| log_in(&all, token));
        assert_eq!(digests(&nine), latest_first(&tokens[1..]));
    }

    #[test]
    fn every_cookie_is_read_and_none_hides_the_latest_tokens_of_another() {
        let [a, b, c] = tokens::<3>();
        let own = BrowserTokens::default().with_latest(b.clone()).with_latest(a.clone()).expose();
        let foreign = vec![c.expose(); 1_000].join(".");
        let read = BrowserTokens::parse(["", "no token", &foreign, &own]);
        assert_eq!(digests(&read)[..4], [c.digest(), a.digest(), c.digest(), b.digest()]);
        assert_eq!(BrowserTokens::parse([&*foreign; 100]).iter().count(), 16);
        assert_eq!(digests(&BrowserTokens::parse([&*format!("x.{}..", b.expose())])), [b.digest()]);
        assert_eq!(BrowserTokens::parse([]).expose(), "");
    }
}
