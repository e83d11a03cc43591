//! Where the request for an event came from: a client's network, or an operator.

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network of the client, as in [`crate::session::Device::network`].
    pub network: Option<String>,
    /// The id of the request, by which its lines in the log are found.
    pub request: Option<RequestId>,
    /// The operator, where the request was an operator's.
    pub operator: Option<OperatorName>,
}

/// The text is not an id or a name for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not 1 to 64 visible characters")]
pub struct OriginError;

/// The id of a request: 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// Parses an id, such as the value of `X-Request-Id`.
    ///
    /// # Errors
    /// [`OriginError`]
    pub fn parse(id: impl Into<String>) -> Result<Self, OriginError> {
        let id = id.into();
        let is_valid = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        if is_valid { Ok(Self(id)) } else { Err(OriginError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of an operator, such as the one on the machine: 1 to 64 code points without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OperatorName(String);

impl OperatorName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`OriginError`]
    pub fn parse(name: impl Into<String>) -> Result<Self, OriginError> {
        let name = name.into();
        let is_valid = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if is_valid { Ok(Self(name)) } else { Err(OriginError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_id_is_up_to_64_visible_characters() {
        assert_eq!(RequestId::parse("00ff").unwrap().as_str(), "00ff");
        assert!(RequestId::parse("x".repeat(64)).is_ok());
        for id in ["", "a b", "a\n", "ä", &"x".repeat(65)] {
            assert_eq!(RequestId::parse(id), Err(OriginError), "{id:?}");
        }
    }

    #[test]
    fn operator_name_is_up_to_64_code_points() {
        assert_eq!(OperatorName::parse("ada (uid 1000)").unwrap().as_str(), "ada (uid 1000)");
        assert!(OperatorName::parse("ä".repeat(64)).is_ok());
        for name in ["", "a\0", "a\n", &"ä".repeat(65)] {
            assert_eq!(OperatorName::parse(name), Err(OriginError), "{name:?}");
        }
    }
}
