//! Leases: which process does a job that one process does at a time.

mod repository;

#[cfg(feature = "contract")]
pub mod contract;

use std::fmt;

pub use repository::LeaseRepository;
#[cfg(feature = "mock")]
pub use repository::MockLeaseRepository;

/// The holder of a lease: 16 random bytes, drawn once by each process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseHolder([u8; 16]);

impl LeaseHolder {
    /// Wraps 16 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for LeaseHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseHolder({:08x})", u128::from_be_bytes(self.0) >> 96)
    }
}
