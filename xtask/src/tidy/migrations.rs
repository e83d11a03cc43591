//! Checks the migrations: each set has the same files for both engines, numbered from 1 without a gap.

use std::collections::BTreeSet;

use crate::tree::Tree;

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Checks every set: each folder of `migrations/`, and the one that a crate brings in its own `migrations/`.
pub(super) fn paired(tree: &Tree) -> Vec<String> {
    let mut violations = Vec::new();
    let mut files = BTreeSet::new(); // (set, file), for either engine
    for (path, _) in tree.files() {
        let form = match path.split('/').collect::<Vec<_>>()[..] {
            ["migrations", _, engine, file] | ["crates", _, "migrations", engine, file]
                if ENGINES.contains(&engine) && number(file).is_some() =>
            {
                let set = path.trim_end_matches(file).trim_end_matches('/').trim_end_matches(engine);
                files.insert((set.trim_end_matches('/'), file));
                continue;
            }
            ["migrations", ..] => "migrations/SET",
            ["crates", _, "migrations", ..] => "crates/CRATE/migrations",
            _ => continue,
        };
        violations.push(format!("{path} is not named {form}/sqlite|postgres/NNNN_what.sql"));
    }
    let mut expected = ("", 0);
    for (set, file) in files {
        expected = if expected.0 == set { (set, expected.1 + 1) } else { (set, 1) };
        if number(file) != Some(expected.1) {
            violations.push(format!("{set}: {file} should have number {:04}", expected.1));
        }
        for engine in ENGINES {
            let path = format!("{set}/{engine}/{file}");
            if tree.text(&path).is_none() {
                violations.push(format!("{path} is missing: the other engine has it"));
            }
        }
    }
    violations
}

/// The number of `0012_what_it_does.sql`.
fn number(file: &str) -> Option<u32> {
    let (number, what) = file.strip_suffix(".sql")?.split_once('_')?;
    (number.len() == 4 && !what.is_empty()).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(paths: &[&str]) -> String {
        paired(&Tree::of(&paths.iter().map(|path| (*path, "")).collect::<Vec<_>>())).join("\n")
    }

    #[test]
    fn set_with_same_files_for_both_engines_passes() {
        let both = ["sqlite", "postgres"].map(|engine| {
            ["accounts/{}/0001_users.sql", "accounts/{}/0002_more.sql", "party/{}/0001_parties.sql"]
                .map(|path| format!("migrations/{}", path.replace("{}", engine)))
        });

        assert_eq!(violations_of(&both.as_flattened().iter().map(String::as_str).collect::<Vec<_>>()), "");
    }

    #[test]
    fn migration_for_one_engine_only_is_a_violation() {
        let violations = violations_of(&["migrations/party/sqlite/0001_parties.sql"]);

        assert_eq!(violations, "migrations/party/postgres/0001_parties.sql is missing: the other engine has it");
    }

    #[test]
    fn set_of_a_crate_is_checked_too() {
        let both = ["sqlite", "postgres"].map(|engine| format!("crates/trips/migrations/{engine}/0001_posts.sql"));
        assert_eq!(violations_of(&[&both[0], &both[1]]), "");
        assert_eq!(violations_of(&[&both[0]]), format!("{} is missing: the other engine has it", both[1]));
    }

    #[test]
    fn gap_and_duplicate_number_are_violations() {
        let file = |name: &str| [format!("migrations/a/sqlite/{name}"), format!("migrations/a/postgres/{name}")];
        let gap = [file("0001_a.sql"), file("0003_c.sql")];
        let doubled = [file("0001_a.sql"), file("0001_b.sql")];

        for (files, wrong) in [(gap, "0003_c.sql"), (doubled, "0001_b.sql")] {
            let violations = violations_of(&files.as_flattened().iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(violations, format!("migrations/a: {wrong} should have number 0002"));
        }
    }

    #[test]
    fn file_with_another_name_is_a_violation() {
        for path in [
            "migrations/a/mysql/0001_a.sql",
            "migrations/a/sqlite/1_a.sql",
            "migrations/notes.md",
            "crates/x/migrations/1.sql",
        ] {
            assert!(violations_of(&[path]).starts_with(&format!("{path} is not named")), "{path}");
        }
    }
}
