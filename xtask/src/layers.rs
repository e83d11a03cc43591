//! `cargo xtask layers`: proves that each crate depends only on what it may. The table is data, in `table`; the rules
//! are functions of values, in `rules` and `sources`; reading cargo's metadata is in `graph`.

mod graph;
mod rules;
mod sources;
mod table;

use std::path::Path;

use crate::tree::Tree;

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut breaches = rules::breaches(&graph::read(root)?);
    breaches.extend(sources::breaches(&Tree::read(root)?));
    crate::report("layers", &breaches)
}
