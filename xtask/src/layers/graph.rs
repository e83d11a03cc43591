//! Reads the workspace's dependencies from `cargo metadata`. Which are allowed is in `table`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, PackageId};

pub(super) use cargo_metadata::DependencyKind as Kind;

/// One crate of the workspace.
#[derive(Debug, Default)]
pub(super) struct Crate {
    /// The name of its folder, which is the name that other crates use. Some packages have a longer one.
    pub name: String,
    /// The dependencies in its manifest.
    pub dependencies: Vec<Dependency>,
    /// Its features, and which others each enables.
    pub features: BTreeMap<String, Vec<String>>,
    /// Every crate that it depends on, directly or not, by normal and build dependencies with all features.
    pub transitive: BTreeSet<String>,
}

/// One dependency in a manifest.
#[derive(Debug)]
pub(super) struct Dependency {
    pub name: String,
    pub kind: Kind,
    pub default_features: bool,
    pub features: Vec<String>,
}

/// The crates of the workspace at `root`.
pub(super) fn read(root: &Path) -> anyhow::Result<Vec<Crate>> {
    let mut command = MetadataCommand::new();
    command.current_dir(root).features(CargoOpt::AllFeatures);
    // Without the host's target, cargo would download the dependencies of other systems.
    command.other_options(["--filter-platform".to_owned(), host()?]);
    Ok(crates(&command.exec().context("could not read `cargo metadata`")?))
}

fn host() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("could not run `rustc -vV`")?;
    let version = String::from_utf8(output.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

fn crates(metadata: &Metadata) -> Vec<Crate> {
    let folders = Folders::of(metadata);
    let to_crate = |package: &cargo_metadata::Package| Crate {
        name: folders.name(&package.name),
        dependencies: package.dependencies.iter().map(|each| Dependency::read(each, &folders)).collect(),
        features: package.features.clone(),
        transitive: transitive(metadata, &package.id).into_iter().map(|name| folders.name(&name)).collect(),
    };
    metadata.workspace_packages().into_iter().map(to_crate).collect()
}

/// The folder of each package of the workspace.
struct Folders(BTreeMap<String, String>);

impl Folders {
    fn of(metadata: &Metadata) -> Self {
        let folder = |package: &&cargo_metadata::Package| {
            let folder = package.manifest_path.parent()?.file_name()?;
            Some((package.name.to_string(), folder.to_owned()))
        };
        Self(metadata.workspace_packages().iter().filter_map(folder).collect())
    }

    /// The folder of a package of the workspace, or the name of another one.
    fn name(&self, package: &str) -> String {
        self.0.get(package).map_or(package, String::as_str).to_owned()
    }
}

impl Dependency {
    fn read(dependency: &cargo_metadata::Dependency, folders: &Folders) -> Self {
        Self {
            name: folders.name(&dependency.name),
            kind: dependency.kind,
            default_features: dependency.uses_default_features,
            features: dependency.features.clone(),
        }
    }
}

fn transitive(metadata: &Metadata, from: &PackageId) -> BTreeSet<String> {
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: BTreeMap<_, _> = nodes.map(|node| (&node.id, node)).collect();
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(id) = next.pop() {
        for dependency in nodes.get(id).into_iter().flat_map(|node| &node.deps) {
            let counts = dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development);
            if counts && reached.insert(&dependency.pkg) {
                next.push(&dependency.pkg);
            }
        }
    }
    metadata.packages.iter().filter(|p| reached.contains(&p.id)).map(|p| p.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn transitive_dependencies_exclude_dev_dependencies() {
        let folder = tempfile::tempdir().unwrap();
        for (folder_name, dependencies) in [
            (
                "top",
                "[dependencies]\nmiddle = { package = 'long-middle', path = '../middle' }\n[dev-dependencies]\naside = { path = '../aside' }",
            ),
            ("middle", "[build-dependencies]\nbottom = { path = '../bottom', default-features = false }"),
            ("bottom", ""),
            ("aside", ""),
        ] {
            fs::create_dir_all(folder.path().join(folder_name).join("src")).unwrap();
            fs::write(folder.path().join(folder_name).join("src/lib.rs"), "").unwrap();
            let name = if folder_name == "middle" { "long-middle" } else { folder_name };
            let manifest = format!("[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2024'\n{dependencies}\n");
            fs::write(folder.path().join(folder_name).join("Cargo.toml"), manifest).unwrap();
        }
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\nresolver = '3'\nmembers = ['*']\n").unwrap();

        let crates = read(folder.path()).unwrap();

        let find = |name: &str| crates.iter().find(|each| each.name == name).unwrap();
        assert_eq!(find("top").transitive, ["bottom", "middle"].map(str::to_owned).into());
        assert_eq!(find("top").dependencies.iter().filter(|each| each.kind == Kind::Development).count(), 1);
        assert!(!find("middle").dependencies[0].default_features);
    }
}
