//! That no rule of the schema is left out: each that stands in the files is looked for in the list.

use std::fs;

use super::*;

/// Every migration, in whatever order.
fn files() -> String {
    let folder = |set: &str| format!("{}/../../migrations/{set}/sqlite", env!("CARGO_MANIFEST_DIR"));
    let files = ["accounts", "parties"].into_iter().flat_map(|set| fs::read_dir(folder(set)).unwrap());
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// What stands in the brackets that `text` begins with.
fn bracketed(text: &str) -> &str {
    let mut depth = 0;
    let end = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    &text[1..end.unwrap().0]
}

/// The rules of the files, each with its table.
fn written() -> Vec<(String, String)> {
    let (mut rules, mut table) = (Vec::new(), String::new());
    for line in files().lines() {
        let code = line.split("--").next().unwrap();
        if let Some(name) = code.strip_prefix("CREATE TABLE ") {
            name.split(' ').next().unwrap().clone_into(&mut table);
            continue;
        }
        if let Some((_, indexed)) = code.split_once("CREATE UNIQUE INDEX ") {
            let (table, columns) = indexed.split_once(" ON ").unwrap().1.split_once(' ').unwrap();
            rules.push((table.to_owned(), format!("UNIQUE ({})", bracketed(columns))));
            continue;
        }
        let code = code.strip_prefix("ALTER TABLE ").map_or(code, |altered| {
            let (name, column) = altered.split_once(" ADD COLUMN ").unwrap();
            name.clone_into(&mut table);
            column
        });
        let column = code.trim().split(' ').next().unwrap();
        let mut found = |rule: String| rules.push((table.clone(), rule));
        for (at, word) in code.match_indices("CHECK ") {
            found(format!("CHECK ({})", bracketed(&code[at + word.len()..])));
        }
        match code.trim().strip_prefix("UNIQUE ") {
            Some(columns) => found(format!("UNIQUE ({})", bracketed(columns))),
            None if code.contains(" UNIQUE") => found(format!("UNIQUE ({column})")),
            None => {}
        }
        if let Some((_, to)) = code.split_once("REFERENCES ") {
            found(format!("{column} REFERENCES {} (id)", to.split(' ').next().unwrap()));
        }
        if code.contains(" NOT NULL")
            && !code.contains("PRIMARY KEY")
            && !code.contains("CREATE INDEX")
            && column != "CHECK"
        {
            found(format!("{column} NOT NULL"));
        }
    }
    rules
}

#[test]
fn every_rule_of_the_schema_is_recomputed() {
    let written = written();
    assert!(written.len() > 50, "{written:?}");
    for (table, text) in &written {
        let is_recomputed =
            RULES.iter().filter(|rule| rule.table == table).any(|rule| match text.strip_suffix(" NOT NULL") {
                Some(column) => rule.text == "NOT NULL" && rule.broken.contains(&format!(" {column} IS NULL")),
                None => rule.text == text,
            });
        assert!(is_recomputed, "{table}: {text}");
    }
    let has = |rule: &Rule| written.iter().any(|(table, text)| table == rule.table && text.ends_with(rule.text));
    assert!(RULES.iter().all(has), "no rule is made up");
}
