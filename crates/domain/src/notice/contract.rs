//! The contract functions of [`NoticeRepository`](super::NoticeRepository).
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a contract function panics on a violation")]
