//! An image of what a process has in its writable memory, read from Linux's `/proc` as a debugger does, and searched for secrets.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use anyhow::{Context as _, ensure};

/// The unit in which memory without content is skipped.
const PAGE: usize = 4096;
const EMPTY_PAGE: [u8; PAGE] = [0; PAGE];
/// How many bytes are read at a time.
const CHUNK: usize = 256 * PAGE;

/// Runs of pages that are not all zeros. Allocators map much more than they use.
#[derive(Debug, Default)]
pub struct MemoryImage(Vec<Vec<u8>>);

impl MemoryImage {
    /// Reads the memory of a process. Needs its user's rights, or root's.
    ///
    /// # Errors
    /// The process has ended, its memory may not be read, or the system has no `/proc`.
    pub fn read(pid: u32) -> anyhow::Result<Self> {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).context("the process has ended")?;
        let memory = File::open(format!("/proc/{pid}/mem")).context("the memory of the process may not be read")?;
        let (mut image, mut chunk) = (Self::default(), vec![0; CHUNK]);
        for (start, end) in maps.lines().filter_map(parse_writable) {
            let mut is_contiguous = false;
            for at in (start..end).step_by(CHUNK) {
                let length = usize::try_from(end - at)?.min(CHUNK);
                if memory.read_exact_at(&mut chunk[..length], at).is_err() {
                    is_contiguous = false; // it was unmapped in the meantime
                    continue;
                }
                is_contiguous = image.add(&chunk[..length], is_contiguous);
            }
        }
        ensure!(image.size() > 0, "the process has no memory that can be read");
        Ok(image)
    }

    /// Adds pages, which follow the last one or not. Returns whether the last page was added.
    fn add(&mut self, pages: &[u8], is_contiguous: bool) -> bool {
        let mut is_contiguous = is_contiguous;
        for page in pages.chunks(PAGE) {
            if page == &EMPTY_PAGE[..page.len()] {
                is_contiguous = false;
                continue;
            }
            match self.0.last_mut().filter(|_| is_contiguous) {
                Some(run) => run.extend_from_slice(page),
                None => self.0.push(page.to_vec()),
            }
            is_contiguous = true;
        }
        is_contiguous
    }

    /// The bytes of all pages that are not empty.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// How often each secret occurs, in one pass. A secret has 4 bytes or more.
    #[must_use]
    pub fn copies(&self, secrets: &[&[u8]]) -> Vec<usize> {
        let mut counts = vec![0; secrets.len()];
        let mut begins_some = vec![false; 1 << 16]; // by the first two bytes: a hash of each position would take minutes
        let mut by_start: HashMap<[u8; 4], Vec<usize>> = HashMap::new();
        for (index, secret) in secrets.iter().enumerate() {
            if let Some(start) = secret.first_chunk::<4>() {
                begins_some[first_two(start)] = true;
                by_start.entry(*start).or_default().push(index);
            }
        }
        for run in &self.0 {
            for (at, start) in run.windows(4).enumerate().filter(|(_, start)| begins_some[first_two(start)]) {
                let Some(found) = start.first_chunk::<4>().and_then(|start| by_start.get(start)) else { continue };
                for index in found.iter().filter(|index| run[at..].starts_with(secrets[**index])) {
                    counts[*index] += 1;
                }
            }
        }
        counts
    }
}

fn first_two(start: &[u8]) -> usize {
    usize::from(start[0]) << 8 | usize::from(start[1])
}

/// The start and the end of a region that the process can write. All others come from files.
fn parse_writable(line: &str) -> Option<(u64, u64)> {
    let mut columns = line.split_whitespace();
    let (range, rights) = (columns.next()?, columns.next()?);
    let (start, end) = range.split_once('-')?;
    let range = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    rights.starts_with("rw").then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writable_regions_are_read() {
        assert_eq!(parse_writable("7f00a000-7f00b000 rw-p 00000000 00:00 0  [heap]"), Some((0x7f00_a000, 0x7f00_b000)));
        assert_eq!(parse_writable("7f00a000-7f00b000 r--p 00000000 08:01 42 /usr/lib/libc.so.6"), None);
        assert_eq!(parse_writable("nonsense"), None);
    }

    #[test]
    fn copies_are_counted_also_over_the_end_of_a_page() {
        let mut pages = vec![0; 4 * PAGE];
        for at in [0, PAGE - 3, 3 * PAGE, 3 * PAGE + 6] {
            pages[at..at + 6].copy_from_slice(b"secret");
        }
        pages[100..105].copy_from_slice(b"secre");
        let mut image = MemoryImage::default();
        let is_contiguous = image.add(&pages[..PAGE], false);
        assert!(is_contiguous && image.add(&pages[PAGE..], is_contiguous));
        assert_eq!(image.copies(&[b"secret", b"secretsecret", b"another", b"cret"]), [4, 1, 0, 4]);
        assert_eq!((image.size(), image.0.len()), (3 * PAGE, 2), "an empty page is left out");
    }

    #[test]
    fn own_memory_has_a_copy_of_a_value() {
        let value = std::hint::black_box(format!("walnut {}", 8_134_987));
        let image = MemoryImage::read(std::process::id()).unwrap();
        assert!(image.copies(&[value.as_bytes()])[0] >= 1);
    }
}
