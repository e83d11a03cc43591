//! Checks the crates against the table. Each violation is one sentence that names the crate and the dependency.

use super::graph::{Crate, Dependency, Kind};
use super::table::{DEV_ONLY, FEATURES, Party, ROWS_FOR_TESTS_TOO, Row};

/// All violations of the table.
pub(super) fn violations(crates: &[Crate]) -> Vec<String> {
    let workspace: Vec<&str> = crates.iter().map(|each| each.name.as_str()).collect();
    crates.iter().flat_map(|each| crate_violations(each, &workspace)).collect()
}

fn crate_violations(each: &Crate, workspace: &[&str]) -> Vec<String> {
    let name = &each.name;
    let Some(row) = Row::of(name) else {
        return vec![format!("{name} has no row in the table (xtask/src/layers/table.rs)")];
    };
    let mut violations = Vec::new();
    for dependency in &each.dependencies {
        violations.extend(dependency_violation(each, row, dependency, workspace));
        violations.extend(feature_violation(each, dependency));
        violations.extend(party_violations(each, row, dependency));
    }
    for never in row.never.iter().filter(|never| each.transitive.contains(**never)) {
        violations.push(format!("{name} depends on {never} through others, which it must never"));
    }
    violations
}

/// Whether the row allows the dependency.
fn dependency_violation(each: &Crate, row: &Row, dependency: &Dependency, workspace: &[&str]) -> Option<String> {
    let (name, other) = (each.name.as_str(), dependency.name.as_str());
    let is_ours = workspace.contains(&other);
    if dependency.kind == Kind::Development {
        let is_allowed = !is_ours || row.workspace.contains(other) || DEV_ONLY.contains(&other);
        let is_restricted = ROWS_FOR_TESTS_TOO.contains(&row.name);
        return (is_restricted && !is_allowed).then(|| {
            format!("{name} has the dev-dependency {other}; of the workspace it may have {:?}", row.workspace)
        });
    }
    if DEV_ONLY.contains(&other) && !DEV_ONLY.contains(&name) {
        return Some(format!("{name} depends on {other}, which may only be a dev-dependency"));
    }
    let allowed = if is_ours { row.workspace } else { row.external };
    (!allowed.contains(other)).then(|| format!("{name} depends on {other}; allowed is {allowed:?}"))
}

/// Whether a dependency with limited features stays within its limits.
fn feature_violation(each: &Crate, dependency: &Dependency) -> Option<String> {
    let is_limited = |(of, on, _): &&(&str, &str, _)| *of == each.name && *on == dependency.name;
    let (name, other, allowed) = FEATURES.iter().find(is_limited)?;
    let excess: Vec<_> = dependency.features.iter().filter(|feature| !allowed.contains(&feature.as_str())).collect();
    (!excess.is_empty() || dependency.default_features).then(|| {
        let defaults = dependency.default_features;
        format!("{name} depends on {other} with default features: {defaults}, and {excess:?}; allowed are {allowed:?}")
    })
}

/// Whether depending on this crate enables Party.
fn party_violations(each: &Crate, row: &Row, dependency: &Dependency) -> Vec<String> {
    let (name, other) = (&each.name, &dependency.name);
    let has_party = ["domain", "store"].contains(&other.as_str()) && dependency.kind != Kind::Development;
    if !has_party || row.party == Party::Always {
        return Vec::new();
    }
    let mut violations = Vec::new();
    if dependency.default_features || dependency.features.iter().any(|feature| feature == "party") {
        violations.push(format!("{name} forces Party: its line for {other} enables `party` or the default features"));
    }
    let enables_party = |enabled: &String| {
        let forwarded = enabled.replace('?', "");
        ["party", "default"].iter().any(|feature| forwarded == format!("{other}/{feature}"))
    };
    for (feature, _) in each.features.iter().filter(|(_, enabled)| enabled.iter().any(enables_party)) {
        if row.party == Party::Never {
            violations.push(format!("{name} can enable Party: its feature `{feature}` enables that of {other}"));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(name: &str) -> Dependency {
        Dependency { name: name.to_owned(), kind: Kind::Normal, default_features: false, features: Vec::new() }
    }

    fn dev(name: &str) -> Dependency {
        Dependency { kind: Kind::Development, ..on(name) }
    }

    fn with(name: &str, features: &[&str]) -> Dependency {
        Dependency { features: features.iter().map(|&feature| feature.to_owned()).collect(), ..on(name) }
    }

    fn krate(name: &str, dependencies: Vec<Dependency>) -> Crate {
        Crate { name: name.to_owned(), dependencies, ..Crate::default() }
    }

    /// A workspace without violations, in which `replaced` replaces the crate of that name.
    fn workspace(replaced: Crate) -> Vec<Crate> {
        let mut store = krate("store", vec![on("domain"), on("sqlx"), on("tokio")]);
        store.features.insert("party".to_owned(), vec!["domain/party".to_owned()]);
        let mut crates = vec![
            krate("domain", vec![with("jiff", &["alloc", "tzdb-bundle-always"]), on("thiserror")]),
            krate("auth", vec![on("domain"), on("sha2")]),
            krate("accounts", vec![on("auth"), on("domain"), on("poem")]),
            store,
            krate(
                "web",
                vec![on("accounts"), on("store"), with("domain", &["party"]), on("poem"), dev("test-support")],
            ),
            krate("test-postgres", vec![on("sqlx")]),
            krate("test-support", vec![on("test-postgres")]),
        ];
        crates.retain(|each| each.name != replaced.name);
        crates.push(replaced);
        crates
    }

    fn violations_of(replaced: Crate) -> String {
        violations(&workspace(replaced)).join("\n")
    }

    #[test]
    fn allowed_workspace_has_no_violations() {
        assert_eq!(violations_of(krate("xtask", vec![on("clap")])), "");
        assert_eq!(violations_of(krate("load-tools", vec![on("web"), dev("test-support")])), "");
    }

    #[test]
    fn crate_without_row_is_a_violation() {
        assert!(violations_of(krate("helpers", vec![])).contains("helpers has no row"));
    }

    #[test]
    fn workspace_crate_outside_the_row_is_a_violation() {
        assert!(violations_of(krate("web", vec![on("auth")])).starts_with("web depends on auth; allowed"));
        assert!(violations_of(krate("xtask", vec![on("domain")])).starts_with("xtask depends on domain"));
        let build = Dependency { kind: Kind::Build, ..on("store") };
        assert!(violations_of(krate("accounts", vec![build])).starts_with("accounts depends on store"));
    }

    #[test]
    fn domain_depends_only_on_listed_crates() {
        assert!(violations_of(krate("domain", vec![on("serde")])).starts_with("domain depends on serde; allowed"));
    }

    #[test]
    fn forbidden_crate_is_found_through_others() {
        let mut accounts = krate("accounts", vec![on("innocent")]);
        accounts.transitive.insert("sqlx".to_owned());

        assert_eq!(violations_of(accounts), "accounts depends on sqlx through others, which it must never");
    }

    #[test]
    fn example_has_no_other_service_as_dev_dependency() {
        let example = |name| violations_of(krate("example-secret-recipe", vec![dev(name)]));

        assert!(example("web").starts_with("example-secret-recipe has the dev-dependency web"));
        assert!(example("domain").starts_with("example-secret-recipe has the dev-dependency domain"));
        assert_eq!((example("test-support"), example("accounts"), example("tempfile")), Default::default());
    }

    #[test]
    fn test_support_is_a_dev_dependency_only() {
        assert!(violations_of(krate("store", vec![on("test-support")])).contains("may only be a dev-dependency"));
    }

    #[test]
    fn jiff_reads_nothing_of_the_system() {
        let defaults = Dependency { default_features: true, ..on("jiff") };

        assert!(violations_of(krate("domain", vec![with("jiff", &["tz-system"])])).contains("tz-system"));
        assert!(violations_of(krate("domain", vec![defaults])).contains("default features: true"));
    }

    #[test]
    fn party_is_not_forced_on_embedders() {
        let defaults = Dependency { default_features: true, ..on("domain") };
        let mut by_feature = krate("accounts", vec![on("domain")]);
        by_feature.features.insert("poem".to_owned(), vec!["domain?/party".to_owned()]);

        let accounts = krate("accounts", vec![with("domain", &["party"])]);
        assert!(violations_of(accounts).starts_with("accounts forces Party"));
        assert!(violations_of(krate("store", vec![defaults])).starts_with("store forces Party"));
        assert!(violations_of(by_feature).starts_with("accounts can enable Party: its feature `poem`"));
    }
}
