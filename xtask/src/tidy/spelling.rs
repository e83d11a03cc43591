//! American spelling, as far as a few endings show it. No British word stands here: each is made from its parts.

use crate::tree::Tree;

/// Words in -or, which end in -our elsewhere.
const OR: &[&str] = &["arm", "behavi", "col", "fav", "flav", "hon", "harb", "hum", "neighb"];

/// Words in -ize.
const IZE: &[&str] = &[
    "author", "capital", "initial", "local", "minim", "normal", "optim", "organ", "parallel", "random", "recogn",
    "serial", "summar", "synchron", "token",
];

/// What is read: sources, documents, pages.
const READ: &[&str] = &[".rs", ".md", ".toml", ".sql", ".html", ".css", ".yml"];

/// Each line without a British spelling.
pub(super) fn american(tree: &Tree) -> Vec<String> {
    let british: Vec<String> = OR
        .iter()
        .map(|stem| format!("{stem}our"))
        .chain(IZE.iter().flat_map(|stem| ["ise", "isi", "isa"].map(|end| format!("{stem}{end}"))))
        .chain([("cent", "re "), ("licen", "ce"), ("analy", "se ")].map(|(stem, end)| format!("{stem}{end}")))
        .collect();
    let mut breaches = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| READ.iter().any(|end| path.ends_with(end))) {
        for (line, number) in text.lines().zip(1..) {
            let line = line.to_lowercase();
            let found = british.iter().filter(|word| line.contains(word.as_str()));
            breaches.extend(found.map(|word| format!("{path}:{number} spells `{}` the British way", word.trim())));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_british_spelling_is_a_breach() {
        let text = format!("color, organize\nthe Col{}s we normal{}", "our", "ise");
        let tree = Tree::of(&[("a.md", &text), ("LICENSE", &text)]);

        assert_eq!(
            american(&tree),
            [
                format!("a.md:2 spells `col{}` the British way", "our"),
                format!("a.md:2 spells `normal{}` the British way", "ise"),
            ]
        );
    }
}
