//! What the settings say of the body of a request, before a byte of it is read.

use poem::Request;
use poem::http::header;

use super::{Exemption, is_unsafe};
use crate::web::settings::Settings;

/// What a setting says of the bodies at a path: see [`crate::Builder::body_limit_at`] and [`crate::Builder::upload_at`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BodyRule {
    /// The most bytes.
    pub(crate) limit: usize,
    /// Whether it is read for a user only.
    pub(crate) is_for_users: bool,
}

/// The body of an unsafe request, as it may be.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExpectedBody {
    /// The most bytes.
    pub(crate) limit: usize,
    /// Whether it is read for a user only.
    pub(crate) is_for_users: bool,
    /// Whether it is a form with files.
    pub(crate) is_upload: bool,
}

impl ExpectedBody {
    /// Files are taken on the paths of the settings only. On an open route they stay in the body, whose signature the handler verifies.
    pub(super) fn of(request: &Request, settings: &Settings, exemption: Option<&Exemption>) -> Self {
        let rule = if is_unsafe(request.method()) { settings.body_rules.find(request.uri()).copied() } else { None };
        let BodyRule { limit, is_for_users } =
            rule.unwrap_or(BodyRule { limit: settings.body_limit, is_for_users: false });
        let takes_files = rule.is_some() && !matches!(exemption, Some(Exemption::OpenRoute));
        Self { limit, is_for_users, is_upload: takes_files && is_multipart(request) }
    }
}

/// Whether the media type is that of a form with files (RFC 7578).
fn is_multipart(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("multipart/form-data")
}
