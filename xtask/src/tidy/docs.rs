//! Documents tell the truth about the repository: decisions are listed, quoted paths and links lead somewhere.

use std::collections::BTreeSet;

use crate::tree::Tree;

const INDEX: &str = "docs/adr/README.md";

/// Each decision (`docs/adr/0001-….md`) is linked in the index.
pub(super) fn decisions_listed(tree: &Tree) -> Vec<String> {
    let index = tree.text(INDEX).unwrap_or_default();
    let decisions = tree.files().filter_map(|(path, _)| path.strip_prefix("docs/adr/"));
    let decisions = decisions.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
    let missing = decisions.filter(|name| !index.contains(&format!("]({name})")));
    missing.map(|name| format!("docs/adr/{name} is not linked in {INDEX}")).collect()
}

/// Each path between backticks that looks like one of ours is there: from the top (`crates/web/src`), or from `crates`
/// (`web/src/main.rs`). A pattern (`0001_….sql`, `{a,b}`) is no path.
pub(super) fn paths_exist(tree: &Tree) -> Vec<String> {
    let tops: BTreeSet<&str> = tree.files().filter_map(|(path, _)| Some(path.split_once('/')?.0)).collect();
    let mut breaches = Vec::new();
    for (document, text) in documents(tree) {
        for (line, path) in quoted(text).filter(|(_, path)| path.contains('/') && path.chars().all(is_plain)) {
            let top = path.split('/').next().unwrap_or_default();
            let is_ours = tops.contains(top) || ["crates", "docs", "migrations", "xtask"].contains(&top);
            let is_crate = tree.exists(&format!("crates/{top}"))
                && ["/src", "/tests", "/examples"].iter().any(|f| path.contains(f));
            if (is_ours || is_crate) && !tree.exists(path) && !tree.exists(&format!("crates/{path}")) {
                breaches.push(format!("{document}:{line} quotes `{path}`, which is not there"));
            }
        }
    }
    breaches
}

/// Each link to a file of ours, relative to the document as Markdown has it, finds one.
pub(super) fn links_lead_somewhere(tree: &Tree) -> Vec<String> {
    let mut breaches = Vec::new();
    for (document, text) in documents(tree) {
        for (line, target) in links(text).filter(|(_, target)| !target.contains(':') && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap_or_default();
            if !tree.exists(&resolved(document, file)) {
                breaches.push(format!("{document}:{line} links to {target}, which is not there"));
            }
        }
    }
    breaches
}

fn documents(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.ending(".md")
        .filter(|(path, _)| *path == "README.md" || path.starts_with("docs/") || path.starts_with("crates/"))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "./_-".contains(c)
}

/// What stands between single backticks, with its line, code blocks aside.
fn quoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(number, line)| line.split('`').skip(1).step_by(2).map(move |quoted| (number, quoted)))
}

/// The targets of `[text](target)`, with their line.
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

/// `target` as seen from `document`'s folder, from the top.
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
    fn a_decision_that_the_index_does_not_link_is_a_breach() {
        let tree = Tree::of(&[
            ("docs/adr/README.md", "- [Two engines](0001-two-engines.md)\n- 0002-own-sessions.md"),
            ("docs/adr/0001-two-engines.md", ""),
            ("docs/adr/0002-own-sessions.md", ""),
        ]);

        assert_eq!(decisions_listed(&tree), ["docs/adr/0002-own-sessions.md is not linked in docs/adr/README.md"]);
    }

    #[test]
    fn a_quoted_path_that_is_gone_is_a_breach() {
        let text = "`crates/web/src/main.rs`, `web/src/main.rs`, `web/src/`, `a/b`, `GET /rsvp`, `domain/party`, `xtask/*.rs`\n\
            ```\n`crates/in/a/block`\n```\n`crates/gone/`\n`web/src/gone.rs` and `docs/GONE.md`";
        let tree = Tree::of(&[("README.md", text), ("crates/web/src/main.rs", ""), ("crates/domain/src/lib.rs", "")]);

        assert_eq!(
            paths_exist(&tree),
            [
                "README.md:5 quotes `crates/gone/`, which is not there",
                "README.md:6 quotes `web/src/gone.rs`, which is not there",
                "README.md:6 quotes `docs/GONE.md`, which is not there",
            ]
        );
    }

    #[test]
    fn a_link_to_a_file_that_is_gone_is_a_breach() {
        let text = "[a](../README.md) [b](adr/README.md#top) [c](https://example.com) [d](#here) [e](gone.md)";
        let tree = Tree::of(&[("docs/X.md", text), ("README.md", ""), ("docs/adr/README.md", "")]);

        assert_eq!(links_lead_somewhere(&tree), ["docs/X.md:1 links to gone.md, which is not there"]);
    }
}
