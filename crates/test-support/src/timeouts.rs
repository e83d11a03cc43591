//! Every timeout of this crate. Each is generous: a machine that does much else is slow.

use std::time::Duration;

/// How long a browser's driver may take to start.
pub(crate) const DRIVER_START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a command to the driver may take.
pub(crate) const DRIVER_COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a text, an element or a tab may take to appear.
pub(crate) const APPEARANCE_TIMEOUT: Duration = Duration::from_secs(30);
/// The time between two looks for something that may appear.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(50);
