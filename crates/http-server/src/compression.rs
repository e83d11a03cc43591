//! Compression of responses: [`Gzip`] around an endpoint, and [`gzip_file`] for files that are compressed once.

pub use crate::content_coding::{accepts_gzip, gzip_file};
pub use crate::endpoint::Gzip;
