//! The name of the operator.

use domain::event::{OperatorName, OriginError};

/// The name of the operator on this machine, before `sudo` if there was one; `unknown` where the environment has none.
///
/// # Errors
/// [`OriginError`]: the name in the environment is no name for the log.
pub fn operator_name() -> Result<OperatorName, OriginError> {
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    OperatorName::parse(name.unwrap_or_else(|| "unknown".to_owned()))
}
