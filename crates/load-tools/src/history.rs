//! What clients asked for and how it was answered, compared with what the database holds: an acknowledged write is
//! stored, a refused one is not, and one with an unknown outcome may be either.

use std::collections::BTreeMap;

use anyhow::bail;

/// How a write was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The change was acknowledged.
    Acknowledged,
    /// The server said that nothing changed.
    Refused,
    /// The connection was lost, or the server did not know the outcome itself.
    Unknown,
}

/// Something that a client can store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Record {
    /// An account, by its username.
    User(String),
    /// A party, by its main dish.
    Party(String),
    /// A guest's seat.
    Seat {
        /// The party's id.
        party: i64,
        /// The guest's username.
        guest: String,
    },
}

/// All answers so far, and what must be stored because of them.
#[derive(Debug, Default)]
pub struct History {
    /// Whether a record must be stored; `None` where either is right.
    expected: BTreeMap<Record, Option<bool>>,
    /// How many answers of each kind there were.
    pub counts: Counts,
}

/// How many answers of each kind there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Acknowledged changes.
    pub acknowledged: u64,
    /// Refused changes.
    pub refused: u64,
    /// Changes with an unknown outcome.
    pub unknown: u64,
}

impl History {
    /// A history in which `records` are stored already.
    #[must_use]
    pub fn with_stored(records: impl IntoIterator<Item = Record>) -> Self {
        let expected = records.into_iter().map(|record| (record, Some(true))).collect();
        Self { expected, counts: Counts::default() }
    }

    /// Notes the answer to a client that wanted `record` to be stored, or not to be stored.
    pub fn note(&mut self, record: Record, wanted: bool, answer: Answer) {
        let expected = self.expected.entry(record).or_insert(Some(false));
        match answer {
            Answer::Acknowledged => {
                self.counts.acknowledged += 1;
                *expected = Some(wanted);
            }
            Answer::Refused => self.counts.refused += 1,
            Answer::Unknown => {
                self.counts.unknown += 1;
                if *expected != Some(wanted) {
                    *expected = None;
                }
            }
        }
    }

    /// Compares the history with the stored records. A record with an unknown outcome is known from then on.
    ///
    /// # Errors
    /// A record is stored that must not be, or is missing; the error lists each.
    pub fn compare(&mut self, stored: &BTreeMap<Record, bool>) -> anyhow::Result<()> {
        let mut wrong = Vec::new();
        for (record, expected) in &mut self.expected {
            let is_stored = stored.get(record).copied().unwrap_or(false);
            if expected.is_some_and(|expected| expected != is_stored) {
                let fault =
                    if is_stored { "is stored without an acknowledgment" } else { "was acknowledged and is lost" };
                wrong.push(format!("{record:?} {fault}"));
            }
            *expected = Some(is_stored);
        }
        let unasked = stored.iter().filter(|(record, is)| **is && !self.expected.contains_key(*record));
        wrong.extend(unasked.map(|(record, _)| format!("{record:?} is stored without a request")));
        if !wrong.is_empty() {
            bail!("{} of {} records are wrong:\n{}", wrong.len(), self.expected.len(), wrong.join("\n"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Record {
        Record::User(name.to_owned())
    }

    fn stored(names: &[&str]) -> BTreeMap<Record, bool> {
        names.iter().map(|name| (user(name), true)).collect()
    }

    #[test]
    fn acknowledged_record_must_be_stored_and_refused_one_must_not() {
        let mut history = History::default();
        history.note(user("ada"), true, Answer::Acknowledged);
        history.note(user("ben"), true, Answer::Refused);

        assert!(history.compare(&stored(&["ada"])).is_ok());
        assert!(history.compare(&stored(&[])).unwrap_err().to_string().contains("was acknowledged and is lost"));
        let error = History::default().compare(&stored(&["eve"])).unwrap_err().to_string();
        assert!(error.contains("is stored without a request"), "{error}");
        history.note(user("cem"), true, Answer::Refused);
        assert!(history.compare(&stored(&["cem"])).unwrap_err().to_string().contains("without an acknowledgment"));
    }

    #[test]
    fn unknown_outcome_may_be_either_and_is_known_after_comparison() {
        for found in [&["ada"][..], &[]] {
            let mut history = History::default();
            history.note(user("ada"), true, Answer::Unknown);
            assert!(history.compare(&stored(found)).is_ok());
            let other: &[&str] = if found.is_empty() { &["ada"] } else { &[] };
            assert!(history.compare(&stored(other)).is_err());
        }
    }
}
