//! `cargo xtask layers`: checks that each crate depends only on what the dependency table allows. The table is in
//! `table`, `graph` reads cargo's metadata, and `rules` and `named_crates` find the violations.

mod graph;
mod named_crates;
mod rules;
mod table;

use std::path::Path;

use crate::tree::Tree;

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut violations = rules::violations(&graph::read(root)?);
    violations.extend(named_crates::violations(&Tree::read(root)?));
    crate::report("layers", &violations)
}
