//! Checks documents against the repository: each decision is listed, and quoted paths and links exist.

use std::collections::BTreeSet;

use crate::tree::Tree;

const INDEX: &str = "docs/adr/README.md";

/// Each decision (`docs/adr/0001-….md`) is linked in the index.
pub(super) fn decisions_are_listed(tree: &Tree) -> Vec<String> {
    let index = tree.text(INDEX).unwrap_or_default();
    let decisions = tree.files().filter_map(|(path, _)| path.strip_prefix("docs/adr/"));
    let decisions = decisions.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
    let missing = decisions.filter(|name| !index.contains(&format!("]({name})")));
    missing.map(|name| format!("docs/adr/{name} is not linked in {INDEX}")).collect()
}

/// Each path of the repository between backticks exists.
///
/// It may start at the top (`crates/web/src`) or in `crates` (`web/src/main.rs`). Patterns (`0001_….sql`, `{a,b}`) are
/// not checked.
pub(super) fn quoted_paths_exist(tree: &Tree) -> Vec<String> {
    let tops: BTreeSet<&str> = tree.files().filter_map(|(path, _)| Some(path.split_once('/')?.0)).collect();
    let mut violations = Vec::new();
    for (document, text) in documents(tree) {
        for (line, path) in quoted(text).filter(|(_, path)| path.contains('/') && path.chars().all(is_plain)) {
            let top = path.split('/').next().unwrap_or_default();
            let is_ours = tops.contains(top) || ["crates", "docs", "migrations", "xtask"].contains(&top);
            let is_crate = tree.exists(&format!("crates/{top}"))
                && ["/src", "/tests", "/examples"].iter().any(|f| path.contains(f));
            if (is_ours || is_crate) && !tree.exists(path) && !tree.exists(&format!("crates/{path}")) {
                violations.push(format!("{document}:{line} quotes `{path}`, which does not exist"));
            }
        }
    }
    violations
}

/// Each link to a file, relative to the document, leads to an existing file.
pub(super) fn links_resolve(tree: &Tree) -> Vec<String> {
    let mut violations = Vec::new();
    for (document, text) in documents(tree) {
        for (line, target) in links(text).filter(|(_, target)| !target.contains(':') && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or_default();
            if !tree.exists(&resolved(document, file)) {
                violations.push(format!("{document}:{line} links to {target}, which does not exist"));
            }
        }
    }
    violations
}

fn documents(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.ending(".md")
        .filter(|(path, _)| *path == "README.md" || path.starts_with("docs/") || path.starts_with("crates/"))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "./_-".contains(c)
}

/// The texts between single backticks outside of code blocks, with their line.
fn quoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(number, line)| line.split('`').skip(1).step_by(2).map(move |quoted| (number, quoted)))
}

/// The targets of `[text](target)` outside of code blocks, with their line.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(number, line)| {
        line.split("](").skip(1).filter_map(move |rest| Some((number, rest.split([')', ' ']).next()?)))
    })
}

fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_block = false;
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let is_fence = line.trim_start().starts_with("```");
        is_block ^= is_fence;
        (!is_block && !is_fence).then_some((number, line))
    })
}

/// The path of `target`, which is relative to the folder of `document`, from the top.
fn resolved(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decision_missing_from_index_is_a_violation() {
        let tree = Tree::of(&[
            ("docs/adr/README.md", "- [Two engines](0001-two-engines.md)\n- 0002-own-sessions.md"),
            ("docs/adr/0001-two-engines.md", ""),
            ("docs/adr/0002-own-sessions.md", ""),
        ]);

        assert_eq!(decisions_are_listed(&tree), ["docs/adr/0002-own-sessions.md is not linked in docs/adr/README.md"]);
    }

    #[test]
    fn quoted_path_that_does_not_exist_is_a_violation() {
        let text = "`crates/web/src/main.rs`, `web/src/main.rs`, `web/src/`, `a/b`, `GET /rsvp`, `domain/party`, `xtask/*.rs`\n\
            ```\n`crates/in/a/block`\n```\n`crates/gone/`\n`web/src/gone.rs` and `docs/GONE.md`";
        let tree = Tree::of(&[("README.md", text), ("crates/web/src/main.rs", ""), ("crates/domain/src/lib.rs", "")]);

        assert_eq!(
            quoted_paths_exist(&tree),
            [
                "README.md:5 quotes `crates/gone/`, which does not exist",
                "README.md:6 quotes `web/src/gone.rs`, which does not exist",
                "README.md:6 quotes `docs/GONE.md`, which does not exist",
            ]
        );
    }

    #[test]
    fn link_to_missing_file_is_a_violation() {
        let text = "[a](../README.md) [b](adr/README.md#top) [c](https://example.com) [d](#here) [e](gone.md)";
        let tree = Tree::of(&[("docs/X.md", text), ("README.md", ""), ("docs/adr/README.md", "")]);

        assert_eq!(links_resolve(&tree), ["docs/X.md:1 links to gone.md, which does not exist"]);
    }
}
