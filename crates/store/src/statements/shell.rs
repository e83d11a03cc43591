//! Statements as text for the shells `sqlite3` and `psql`.

use super::NamedStatement;

impl NamedStatement {
    /// Whether `name` is the statement's name or its last parts, such as `FIND` or `users::FIND`.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
    }

    /// The statement for `sqlite3`, with `values` in place of its parameters; `None` where SQLite does not run it.
    #[must_use]
    pub fn for_sqlite3(&self, values: &[String]) -> Option<String> {
        Some(text(self.sqlite?, "char", values))
    }

    /// The statement for `psql`, with `values` in place of its parameters; `None` where PostgreSQL does not run it.
    #[must_use]
    pub fn for_psql(&self, values: &[String]) -> Option<String> {
        Some(text(self.postgres?, "chr", values))
    }
}

/// The text without the indentation of the source. The separators of delimited rows are calls of `separator`: a shell takes
/// control characters for commands.
fn text(sql: &str, separator: &str, values: &[String]) -> String {
    let indentation = |line: &&str| line.len() - line.trim_start().len();
    let lines = || sql.trim().lines();
    let common = lines().skip(1).map(|line| indentation(&line)).min().unwrap_or(0);
    let dedented = lines().map(|line| &line[common.min(indentation(&line))..]).collect::<Vec<_>>().join("\n");
    let printable =
        dedented.replace("'\u{1e}'", &format!("{separator}(30)")).replace("'\u{1f}'", &format!("{separator}(31)"));
    // From the last parameter on, since `$1` is also the beginning of `$10`.
    let numbered = values.iter().enumerate().rev();
    numbered.fold(printable, |sql, (n, value)| sql.replace(&format!("${}", n + 1), &literal(value))) + ";\n"
}

/// A number, NULL or a quoted text as it is, any other value as a text.
fn literal(value: &str) -> String {
    if value.parse::<i64>().is_ok() || value == "NULL" || value.starts_with('\'') {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::all;

    fn statement(sql: &'static str) -> NamedStatement {
        NamedStatement::new("store::accounts::users", "FIND", sql)
    }

    #[test]
    fn name_may_be_shortened_to_its_last_parts() {
        let statement = statement("SELECT 1");
        for name in ["accounts::users::FIND", "users::FIND", "FIND"] {
            assert!(statement.is_called(name), "{name}");
        }
        for name in ["IND", "users", "sessions::FIND"] {
            assert!(!statement.is_called(name), "{name}");
        }
    }

    #[test]
    fn text_is_dedented_and_has_printable_separators() {
        let statement = statement(
            "SELECT concat(id, '\u{1f}', name)
        FROM (
            SELECT $1
        )",
        );
        let sql = |function: &str| format!("SELECT concat(id, {function}(31), name)\nFROM (\n    SELECT $1\n);\n");
        assert_eq!(statement.for_sqlite3(&[]).unwrap(), sql("char"));
        assert_eq!(statement.for_psql(&[]).unwrap(), sql("chr"));
    }

    #[test]
    fn values_take_the_place_of_parameters() {
        let statement = statement("SELECT $1, ($2 + 0), $3, $10");
        let mut values = vec!["7".to_owned(), "NULL".to_owned(), "it's".to_owned()];
        values.resize(10, "-1".to_owned());
        assert_eq!(statement.for_psql(&values).unwrap(), "SELECT 7, (NULL + 0), 'it''s', -1;\n");
    }

    #[test]
    fn no_text_contains_control_characters() {
        for statement in all() {
            let texts = [statement.for_sqlite3(&[]), statement.for_psql(&[])];
            for text in texts.into_iter().flatten() {
                assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
            }
        }
    }
}
