//! `cargo xtask package`: packs the crates that an embedder takes from the registry, and compiles each from its package alone.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::command;

/// The packages, each after those that it depends on.
const PACKAGES: &[&str] = &[
    "accounts-domain",
    "accounts-auth",
    "accounts-store",
    "accounts-http-server",
    "accounts-test-postgres",
    "accounts",
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata failed")?;
    let target = metadata.target_directory.as_std_path();
    let mut pack = command::cargo(root);
    pack.args(["package", "--quiet", "--no-verify", "--allow-dirty"]);
    command::run(pack.args(PACKAGES.iter().flat_map(|package| ["--package", package])))?;

    let folder = target.join("package").join("compiled");
    if folder.exists() {
        fs::remove_dir_all(&folder)?; // what an earlier run has unpacked
    }
    fs::create_dir_all(&folder)?;
    let folders: Vec<_> =
        PACKAGES.iter().map(|package| unpack(&metadata, package, &folder)).collect::<Result<_, _>>()?;
    compile(root, target, &folder, &folders)
}

/// Unpacks a package, and returns the name of its folder.
fn unpack(metadata: &Metadata, package: &str, folder: &Path) -> anyhow::Result<String> {
    let found = metadata.packages.iter().find(|each| each.name == package);
    let name = format!("{package}-{}", found.with_context(|| format!("there is no package {package}"))?.version);
    let file = metadata.target_directory.as_std_path().join("package").join(format!("{name}.crate"));
    println!("{name}: {} KB", fs::metadata(&file)?.len().div_ceil(1000));
    // With the time of now: a package has the same time in each of its files always, by which cargo would see no change.
    command::run(Command::new("tar").arg("-xzmf").arg(&file).arg("-C").arg(folder))?;
    for text in ["README.md", "LICENSE"] {
        ensure!(folder.join(&name).join(text).is_file(), "{name} has no {text}");
    }
    Ok(name)
}

/// Compiles the unpacked packages, each in place of the one that the registry would have. The versions, the profiles and the target folder
/// are those of the workspace, so that no dependency is compiled anew.
fn compile(root: &Path, target: &Path, folder: &Path, packages: &[String]) -> anyhow::Result<()> {
    let member = |package: &String| format!("{package:?}, ");
    let patch = |(package, folder): (&&str, &String)| format!("{package} = {{ path = {folder:?} }}\n");
    let members: String = packages.iter().map(member).collect();
    let patches: String = PACKAGES.iter().zip(packages).map(patch).collect();
    let workspace = fs::read_to_string(root.join("Cargo.toml"))?;
    let profiles = workspace.find("[profile.dev]").context("Cargo.toml has no [profile.dev]")?;
    let profiles = &workspace[profiles..];
    let manifest =
        format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[patch.crates-io]\n{patches}\n{profiles}");
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut check = command::cargo(folder);
    command::run(check.args(["check", "--quiet", "--workspace", "--all-features", "--target-dir"]).arg(target))
}
