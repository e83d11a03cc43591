//! The table's rules, as functions of the crates. Each breach is one sentence that names the crate and the dependency.

use super::graph::{Crate, Dependency, Kind};
use super::table::{DEV_ONLY, FEATURES, NAMED_BY, Party, Row, TESTS_TOO};

/// Everything that the table forbids and `crates` do.
pub(super) fn breaches(crates: &[Crate]) -> Vec<String> {
    let ours: Vec<&str> = crates.iter().map(|each| each.name.as_str()).collect();
    crates.iter().flat_map(|each| of_crate(each, &ours)).collect()
}

fn of_crate(each: &Crate, ours: &[&str]) -> Vec<String> {
    let name = &each.name;
    let Some(row) = Row::of(name) else {
        return vec![format!("{name} has no row in the table (xtask/src/layers/table.rs)")];
    };
    let mut breaches = Vec::new();
    for dependency in &each.dependencies {
        breaches.extend(named(each, row, dependency, ours));
        breaches.extend(features(each, dependency));
        breaches.extend(party(each, row, dependency));
    }
    for never in row.never.iter().filter(|never| each.reach.contains(**never)) {
        breaches.push(format!("{name} ends up with {never}, which it must never"));
    }
    breaches
}

/// Whether it may be named at all.
fn named(each: &Crate, row: &Row, dependency: &Dependency, ours: &[&str]) -> Vec<String> {
    let (name, other) = (each.name.as_str(), dependency.name.as_str());
    let mut breaches = Vec::new();
    if dependency.kind != Kind::Development {
        if ours.contains(&other) && !row.ours.contains(&other) {
            breaches.push(format!("{name} depends on {other}; of ours it may only on {:?}", row.ours));
        }
        if let Some(others) = row.others.filter(|others| !ours.contains(&other) && !others.contains(&other)) {
            breaches.push(format!("{name} depends on {other}; of others it may only on {others:?}"));
        }
        if DEV_ONLY.contains(&other) {
            breaches.push(format!("{name} depends on {other}, which is only ever a dev-dependency"));
        }
    }
    let is_strange = ours.contains(&other) && !row.ours.contains(&other) && !DEV_ONLY.contains(&other);
    if dependency.kind == Kind::Development && TESTS_TOO.contains(&row.name) && is_strange {
        breaches
            .push(format!("{name} names {other} in its tests; of ours it may only {:?} and {DEV_ONLY:?}", row.ours));
    }
    for (_, by) in NAMED_BY.iter().filter(|(which, by)| *which == other && !by.contains(&name)) {
        breaches.push(format!("{name} names {other}; only {by:?} may, tests included"));
    }
    breaches
}

/// Whether a bounded dependency stays within its bounds.
fn features(each: &Crate, dependency: &Dependency) -> Option<String> {
    let bound = |(of, on, _): &&(&str, &str, _)| *of == each.name && *on == dependency.name;
    let (name, other, allowed) = FEATURES.iter().find(bound)?;
    let beyond: Vec<_> = dependency.features.iter().filter(|feature| !allowed.contains(&feature.as_str())).collect();
    let is_within = beyond.is_empty() && !dependency.default_features;
    (!is_within).then(|| {
        let defaults = dependency.default_features;
        format!("{name} takes {other} with default features: {defaults}, and {beyond:?}; it may only with {allowed:?}")
    })
}

/// Whether Party is forced on whoever depends on this crate.
fn party(each: &Crate, row: &Row, dependency: &Dependency) -> Vec<String> {
    let (name, other) = (&each.name, &dependency.name);
    let can_bring = ["domain", "store"].contains(&other.as_str()) && dependency.kind != Kind::Development;
    if !can_bring || row.party == Party::Always {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    if dependency.default_features || dependency.features.iter().any(|feature| feature == "party") {
        breaches.push(format!("{name} forces Party: its line for {other} enables `party` or the default features"));
    }
    let brings = |enabled: &String| {
        let forwarded = enabled.replace('?', "");
        ["party", "default"].iter().any(|feature| forwarded == format!("{other}/{feature}"))
    };
    for (feature, _) in each.features.iter().filter(|(_, enabled)| enabled.iter().any(brings)) {
        if row.party == Party::Never {
            breaches.push(format!("{name} can bring Party: its feature `{feature}` enables that of {other}"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(name: &str) -> Dependency {
        Dependency { name: name.to_owned(), kind: Kind::Normal, default_features: false, features: Vec::new() }
    }

    fn krate(name: &str, dependencies: Vec<Dependency>) -> Crate {
        Crate { name: name.to_owned(), dependencies, ..Crate::default() }
    }

    fn with(name: &str, features: &[&str]) -> Dependency {
        Dependency { features: features.iter().map(|&feature| feature.to_owned()).collect(), ..on(name) }
    }

    /// The whole house as it should be, with `replaced` instead of the crate of that name.
    fn house(replaced: Crate) -> Vec<Crate> {
        let mut store = krate("store", vec![on("domain"), on("sqlx"), on("tokio")]);
        store.features.insert("party".to_owned(), vec!["domain/party".to_owned()]);
        let dev = Dependency { kind: Kind::Development, ..on("test-support") };
        let mut house = vec![
            krate("domain", vec![with("jiff", &["alloc", "tzdb-bundle-always"]), on("thiserror")]),
            krate("auth", vec![on("domain"), on("sha2")]),
            krate("accounts", vec![on("auth"), on("domain"), on("poem")]),
            store,
            krate("web", vec![on("accounts"), on("store"), with("domain", &["party"]), on("poem"), dev]),
            krate("test-support", vec![on("sqlx")]),
        ];
        house.retain(|each| each.name != replaced.name);
        house.push(replaced);
        house
    }

    fn breach_of(replaced: Crate) -> String {
        breaches(&house(replaced)).join("\n")
    }

    #[test]
    fn the_house_as_it_should_be_is_in_order() {
        assert_eq!(breach_of(krate("xtask", vec![on("clap")])), "");
    }

    #[test]
    fn a_crate_without_a_row_is_a_breach() {
        assert!(breach_of(krate("helpers", vec![])).contains("helpers has no row"));
    }

    #[test]
    fn a_crate_of_ours_that_the_row_does_not_list_is_a_breach() {
        assert!(breach_of(krate("web", vec![on("auth")])).starts_with("web depends on auth; of ours"));
        assert!(breach_of(krate("xtask", vec![on("domain")])).starts_with("xtask depends on domain"));
        let build = Dependency { kind: Kind::Build, ..on("store") };
        assert!(breach_of(krate("accounts", vec![build])).starts_with("accounts depends on store"));
    }

    #[test]
    fn the_domain_names_only_the_crates_listed() {
        assert!(breach_of(krate("domain", vec![on("serde")])).starts_with("domain depends on serde; of others"));
    }

    #[test]
    fn what_must_never_be_is_found_through_others_too() {
        let mut accounts = krate("accounts", vec![on("innocent")]);
        accounts.reach.insert("sqlx".to_owned());

        assert_eq!(breach_of(accounts), "accounts ends up with sqlx, which it must never");
    }

    #[test]
    fn sqlx_is_named_by_the_store_alone_in_tests_too() {
        let dev = Dependency { kind: Kind::Development, ..on("sqlx") };

        assert!(breach_of(krate("example-triplanned", vec![dev])).starts_with("example-triplanned names sqlx"));
    }

    #[test]
    fn an_example_names_no_other_service_not_even_in_its_tests() {
        let dev = |name| Dependency { kind: Kind::Development, ..on(name) };
        let example = |name| breach_of(krate("example-secret-recipe", vec![dev(name)]));

        assert_eq!(
            example("web"),
            "example-secret-recipe names web in its tests; of ours it may only [\"accounts\", \"store\"] and [\"test-support\"]"
        );
        assert!(example("domain").contains("domain in its tests"));
        assert_eq!((example("test-support"), example("accounts"), example("tempfile")), Default::default());
    }

    #[test]
    fn test_support_is_a_dev_dependency_only() {
        assert!(breach_of(krate("store", vec![on("test-support")])).contains("only ever a dev-dependency"));
    }

    #[test]
    fn jiff_comes_without_the_system_in_it() {
        let defaults = Dependency { default_features: true, ..on("jiff") };

        assert!(breach_of(krate("domain", vec![with("jiff", &["tz-system"])])).contains("tz-system"));
        assert!(breach_of(krate("domain", vec![defaults])).contains("default features: true"));
    }

    #[test]
    fn nobody_forces_party_on_an_embedder() {
        let defaults = Dependency { default_features: true, ..on("domain") };
        let mut by_feature = krate("accounts", vec![on("domain")]);
        by_feature.features.insert("poem".to_owned(), vec!["domain?/party".to_owned()]);

        assert!(breach_of(krate("accounts", vec![with("domain", &["party"])])).starts_with("accounts forces Party"));
        assert!(breach_of(krate("store", vec![defaults])).starts_with("store forces Party"));
        assert!(breach_of(by_feature).starts_with("accounts can bring Party: its feature `poem`"));
    }
}
