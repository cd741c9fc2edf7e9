//! Who may depend on whom: the table of the architecture, held over `cargo metadata`.
//!
//! Direct dependencies with all features, build scripts included; what only tests need is free.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::Violation;

/// What one package may and may not depend on directly.
struct Edges {
    package: &'static str,
    /// Packages of ours.
    ours: Ours,
    /// Packages of others.
    others: Others,
}

/// Packages of ours that one may depend on.
enum Ours {
    /// Those, and no other.
    Only(&'static [&'static str]),
    /// Every one: programs that start everything.
    Any,
}

/// Packages of others that one may depend on.
enum Others {
    /// Those, and no other.
    Only(&'static [&'static str]),
    /// Every one but those.
    AllBut(&'static [&'static str]),
}

/// What rules never touch: runtimes, wires, stores, servers, randomness.
const EDGES_OF_THE_WORLD: &[&str] =
    &["tokio", "tokio-stream", "tokio-util", "tonic", "prost", "sled", "axum", "rand", "getrandom", "rustls"];

/// The table of the architecture.
const TABLE: [Edges; 17] = [
    Edges {
        package: "maillage-proto",
        ours: Ours::Only(&[]),
        others: Others::Only(&[
            "prost",
            "prost-build",
            "prost-types",
            "protox",
            "tonic",
            "tonic-prost",
            "tonic-prost-build",
        ]),
    },
    Edges {
        package: "maillage-federation",
        ours: Ours::Only(&["maillage-geography", "maillage-proto"]),
        others: Others::AllBut(&[
            "tokio",
            "tokio-stream",
            "tokio-util",
            "tonic",
            "sled",
            "axum",
            "rand",
            "getrandom",
        ]),
    },
    Edges {
        package: "maillage-geography",
        ours: Ours::Only(&[]),
        others: Others::Only(&["csv", "flate2", "serde_json", "thiserror"]),
    },
    Edges {
        package: "maillage-engine",
        ours: Ours::Only(&[]),
        others: Others::AllBut(&["tokio", "tonic", "prost", "axum"]),
    },
    Edges { package: "maillage-platform", ours: Ours::Only(&[]), others: Others::AllBut(&["sled", "prost"]) },
    Edges {
        package: "maillage-domain",
        ours: Ours::Only(&["maillage-federation", "maillage-geography"]),
        others: Others::AllBut(EDGES_OF_THE_WORLD),
    },
    Edges {
        package: "maillage-dispatch",
        ours: Ours::Only(&["maillage-domain", "maillage-federation", "maillage-geography"]),
        others: Others::AllBut(EDGES_OF_THE_WORLD),
    },
    Edges {
        package: "maillage-partners",
        ours: Ours::Only(&["maillage-domain", "maillage-federation", "maillage-geography"]),
        others: Others::Only(&["csv", "encoding_rs", "jiff", "mail-parser", "serde_json", "thiserror"]),
    },
    Edges {
        package: "maillage-store",
        ours: Ours::Only(&[
            "maillage-engine",
            "maillage-domain",
            "maillage-federation",
            "maillage-geography",
        ]),
        others: Others::AllBut(&["tokio", "tonic", "prost", "sled", "axum"]),
    },
    Edges {
        package: "maillage-console",
        ours: Ours::Only(&["maillage-domain", "maillage-platform"]),
        others: Others::Only(&["askama"]),
    },
    Edges {
        package: "maillage-node",
        ours: Ours::Only(&[
            "maillage-proto",
            "maillage-federation",
            "maillage-geography",
            "maillage-engine",
            "maillage-platform",
            "maillage-domain",
            "maillage-dispatch",
            "maillage-partners",
            "maillage-store",
            "maillage-console",
        ]),
        others: Others::AllBut(&["sled"]),
    },
    Edges {
        package: "maillage-comparison",
        ours: Ours::Only(&[]),
        others: Others::Only(&["statrs", "thiserror"]),
    },
    Edges {
        package: "maillage-hub",
        ours: Ours::Only(&[
            "maillage-comparison",
            "maillage-proto",
            "maillage-federation",
            "maillage-geography",
            "maillage-engine",
            "maillage-platform",
        ]),
        others: Others::AllBut(&["sled"]),
    },
    Edges { package: "maillage-demo", ours: Ours::Any, others: Others::AllBut(&["sled"]) },
    Edges { package: "maillage-simulation", ours: Ours::Any, others: Others::AllBut(&["sled"]) },
    Edges {
        package: "maillage-model",
        ours: Ours::Only(&["maillage-domain", "maillage-federation"]),
        others: Others::Only(&["jiff", "stateright"]),
    },
    Edges { package: "maillage-tests", ours: Ours::Any, others: Others::AllBut(&[]) },
];

/// Direct dependencies by package of the workspace.
pub(crate) type Packages = BTreeMap<String, BTreeSet<String>>;

/// What `cargo metadata` says of the workspace, read without network and without changing the lock file.
pub(crate) fn workspace_packages(root: &Path) -> Packages {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo metadata reads the workspace");
    let packages = metadata.packages.iter().map(|package| {
        let needed =
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        (package.name.to_string(), needed.map(|dependency| dependency.name.clone()).collect())
    });
    packages.collect()
}

/// Dependencies the table does not allow.
pub(crate) fn forbidden_edges(packages: &Packages) -> Vec<Violation> {
    let mut violations = Vec::new();
    for edges in &TABLE {
        for dependency in packages.get(edges.package).into_iter().flatten() {
            if let Some(mend) = edges.forbids(dependency) {
                let wrong = format!("depends on {dependency}");
                violations.push(Violation { place: edges.package.to_owned(), wrong, mend });
            }
        }
    }
    violations
}

/// Packages the table does not know, and rows of the table that are no package.
pub(crate) fn outside_the_table(packages: &Packages) -> Vec<Violation> {
    let table: BTreeSet<&str> = TABLE.iter().map(|edges| edges.package).collect();
    let workspace: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let unknown = workspace.difference(&table).map(|package| Violation {
        place: (*package).to_owned(),
        wrong: "is not in the table of allowed dependencies".to_owned(),
        mend: "decide what it may depend on and add its row to TABLE in tests/tests/tidy/edges.rs",
    });
    let gone = table.difference(&workspace).map(|package| Violation {
        place: (*package).to_owned(),
        wrong: "is in the table of allowed dependencies but not in the workspace".to_owned(),
        mend: "remove its row from TABLE in tests/tests/tidy/edges.rs",
    });
    unknown.chain(gone).collect()
}

impl Edges {
    /// How to mend a dependency that is not allowed; none if it is.
    fn forbids(&self, dependency: &str) -> Option<&'static str> {
        if dependency.starts_with("maillage-") {
            let allowed = match self.ours {
                Ours::Only(names) => names.contains(&dependency),
                Ours::Any => true,
            };
            return (!allowed)
                .then_some("move the code to the side that may know both, or pass in what it needs");
        }
        let allowed = match self.others {
            Others::Only(names) => names.contains(&dependency),
            Others::AllBut(names) => !names.contains(&dependency),
        };
        (!allowed).then_some(
            "keep the rule here and move what touches the outside world to the node, hub or platform",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(package: &str, dependencies: &[&str]) -> Vec<String> {
        let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
        let violations = forbidden_edges(&Packages::from([(package.to_owned(), dependencies)]));
        violations.into_iter().map(|violation| format!("{} {}", violation.place, violation.wrong)).collect()
    }

    #[test]
    fn every_edge_that_must_not_be_is_found() {
        let forbidden = [
            ("maillage-proto", "maillage-federation"),
            ("maillage-proto", "tokio"),
            ("maillage-federation", "tokio"),
            ("maillage-federation", "sled"),
            ("maillage-federation", "axum"),
            ("maillage-federation", "rand"),
            ("maillage-federation", "maillage-domain"),
            ("maillage-geography", "maillage-federation"),
            ("maillage-geography", "tokio"),
            ("maillage-engine", "maillage-domain"),
            ("maillage-platform", "maillage-proto"),
            ("maillage-platform", "maillage-store"),
            ("maillage-domain", "tonic"),
            ("maillage-domain", "prost"),
            ("maillage-domain", "maillage-store"),
            ("maillage-domain", "maillage-proto"),
            ("maillage-dispatch", "maillage-store"),
            ("maillage-dispatch", "tokio"),
            ("maillage-store", "tokio"),
            ("maillage-store", "tonic"),
            ("maillage-store", "prost"),
            ("maillage-store", "sled"),
            ("maillage-store", "maillage-proto"),
            ("maillage-console", "maillage-store"),
            ("maillage-console", "tonic"),
            ("maillage-node", "maillage-hub"),
            ("maillage-node", "sled"),
            ("maillage-comparison", "maillage-federation"),
            ("maillage-comparison", "rand"),
            ("maillage-comparison", "serde"),
            ("maillage-hub", "maillage-node"),
            ("maillage-hub", "maillage-domain"),
            ("maillage-hub", "maillage-store"),
            ("maillage-hub", "maillage-dispatch"),
            ("maillage-model", "maillage-node"),
            ("maillage-model", "rand"),
        ];
        for (package, dependency) in forbidden {
            let expected = format!("{package} depends on {dependency}");
            assert_eq!(found(package, &[dependency]), [expected]);
        }
    }

    #[test]
    fn allowed_edges_pass() {
        let none: [&str; 0] = [];
        assert_eq!(found("maillage-store", &["maillage-engine", "maillage-domain", "serde"]), none);
        assert_eq!(found("maillage-demo", &["maillage-node", "maillage-hub", "tokio"]), none);
        assert_eq!(found("maillage-geography", &["csv", "flate2", "thiserror"]), none);
    }

    #[test]
    fn a_new_package_needs_a_row_and_a_row_a_package() {
        let mut packages: Packages =
            TABLE.iter().map(|edges| (edges.package.to_owned(), BTreeSet::new())).collect();
        assert!(outside_the_table(&packages).is_empty());
        packages.remove("maillage-hub");
        packages.insert("maillage-new".to_owned(), BTreeSet::new());
        let places: Vec<String> =
            outside_the_table(&packages).into_iter().map(|violation| violation.place).collect();
        assert_eq!(places, ["maillage-new", "maillage-hub"]);
    }
}
