//! The size of each page at a first visit, and its budget.

/// The limit of HTML and style sheet before compression, in bytes of the bodies. It holds for a list of 20 parties.
const RAW_LIMIT: usize = 40_000;
/// The limit of everything that a first visit loads, compressed, in bytes of the bodies.
const TRANSFER_LIMIT: usize = 14_000;

/// The size of a page in bytes.
#[derive(Debug, Default, Clone, Copy)]
pub struct PageSize {
    /// The page itself, uncompressed.
    pub html: usize,
    /// Its style sheets, uncompressed.
    pub css: usize,
    /// The page and every file that it loads, as sent with gzip.
    pub transferred: usize,
}

impl PageSize {
    /// One sentence for each limit that is exceeded.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let raw = self.html + self.css;
        let mut findings = Vec::new();
        if raw > RAW_LIMIT {
            findings.push(format!("HTML and CSS have {raw} bytes; the limit is {RAW_LIMIT}"));
        }
        if self.transferred > TRANSFER_LIMIT {
            findings.push(format!("a first visit loads {} bytes; the limit is {TRANSFER_LIMIT}", self.transferred));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_at_its_limits_passes_and_one_byte_more_is_reported() {
        assert_eq!(PageSize { html: 30_000, css: 10_000, transferred: 14_000 }.findings(), [""; 0]);
        assert_eq!(PageSize { html: 30_000, css: 10_001, transferred: 14_001 }.findings().len(), 2);
    }
}
