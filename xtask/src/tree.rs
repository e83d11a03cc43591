//! The repository's files in memory, by path (from the top, with `/`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// All files that git does not ignore.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads every file below `root`, except for `.git`, the patterns of `.gitignore` and symbolic links.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let ignore = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let mut tree = Self::default();
        tree.read_folder(root, "", &ignore)?;
        Ok(tree)
    }

    fn read_folder(&mut self, root: &Path, folder: &str, ignore: &str) -> anyhow::Result<()> {
        for entry in root.join(folder).read_dir().with_context(|| format!("could not read {folder:?}"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if path == ".git" || is_ignored(&path, ignore) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                continue; // to a file or a folder that is in the tree already
            }
            if kind.is_dir() {
                self.read_folder(root, &path, ignore)?;
            } else {
                // Images are read too: their paths are checked.
                let bytes = fs::read(entry.path()).with_context(|| format!("could not read {path}"))?;
                self.files.insert(path, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(())
    }

    /// Every file's path and text, by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose path ends with `end`, such as `.rs`.
    pub(crate) fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether a file or a folder with files exists.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = format!("{path}/");
        self.files.contains_key(path)
            || self.files.range(inside.clone()..).next().is_some_and(|(f, _)| f.starts_with(&inside))
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }
}

/// Supports the two forms that our `.gitignore` uses: `/name` at the top, and `*.end` anywhere.
fn is_ignored(path: &str, ignore: &str) -> bool {
    ignore.lines().any(|line| match (line.strip_prefix('/'), line.strip_prefix('*')) {
        (Some(top), _) => path == top.trim_end_matches('/'),
        (_, Some(end)) => !end.is_empty() && path.ends_with(end),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in
            [(".gitignore", "/target\n*.db\n"), ("target/a.rs", ""), ("dinner.db", ""), ("x/target/b.rs", "fn b() {}")]
        {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }

        let tree = Tree::read(folder.path()).unwrap();

        let paths: Vec<_> = tree.files().map(|(path, _)| path).collect();
        assert_eq!(paths, [".gitignore", "x/target/b.rs"]);
        assert_eq!(tree.text("x/target/b.rs"), Some("fn b() {}"));
        assert!(tree.exists("x/target/") && !tree.exists("x/tar") && !tree.exists("target"));
    }
}
