//! The raw head of a request, looked at once more where two lengths could stand in it. Parsing heads is hyper's.

use hyper::Method;

/// The start of what came for a request, as it came: hyper takes the `Content-Length` beside a `Transfer-Encoding` away
/// without a word, and whoever stands before us may have counted by it (RFC 9112, 6.1).
#[derive(Debug, Default)]
pub(super) struct Head(Vec<u8>);

impl Head {
    pub(super) fn push(&mut self, bytes: &[u8], most: usize) {
        let room = most.saturating_sub(self.0.len());
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether this is the whole head of a request with that method, and names no length. A head that came together with
    /// the request before it is not here, and is not vouched for: nobody sends a chunked form that way.
    pub(super) fn names_no_length(&self, method: &Method) -> bool {
        let blank = self.0.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let head = &self.0[blank..];
        if head.strip_prefix(method.as_str().as_bytes()).is_none_or(|rest| !rest.starts_with(b" ")) {
            return false;
        }
        for line in head.split_inclusive(|byte| *byte == b'\n').skip(1) {
            let Some(line) = line.strip_suffix(b"\n") else { return false };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                return true;
            }
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            if name.trim_ascii().eq_ignore_ascii_case(b"content-length") {
                return false;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(text: &str) -> bool {
        let mut head = Head::default();
        head.push(text.as_bytes(), 1_000);
        head.names_no_length(&Method::POST)
    }

    #[test]
    fn a_chunked_head_is_sound_whatever_its_body_says() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(is_sound(head) && is_sound(&head.replace('\r', "")) && is_sound(&format!("\r\n{head}")));
        assert!(is_sound(&format!("{head}2\r\nContent-Length: 5\r\n")));
        assert!(is_sound(&head.replace("Host: a", "X-Content-Length: 5")));
    }

    #[test]
    fn a_length_beside_it_is_found_however_it_is_spelled() {
        for length in ["Content-Length: 5", "content-length:5", "CONTENT-LENGTH : 5", "Content-Length:"] {
            let (before, after) =
                (format!("{length}\r\nTransfer-Encoding: chunked"), format!("Transfer-Encoding: chunked\r\n{length}"));
            for fields in [before, after] {
                assert!(!is_sound(&format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n")), "{fields}");
            }
        }
    }

    #[test]
    fn a_head_that_was_not_seen_whole_is_not_vouched_for() {
        assert!(!is_sound(""));
        assert!(!is_sound("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"));
        assert!(!is_sound("GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"));
        let mut short = Head::default();
        short.push(b"POST / HTTP/1.1\r\n\r\n", 17);
        assert!(!short.names_no_length(&Method::POST));
    }
}
