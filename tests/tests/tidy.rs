//! The rules of the house that no compiler holds: who may depend on whom, how long a file may be, what never stands
//! in a source. Every rule is a function over text that returns its violations; all are printed together.
//!
//! Reads the checkout, changes nothing. A rule never has an exception for a single file: it is right or it goes.

#[path = "tidy/edges.rs"]
mod edges;
#[path = "tidy/lexer.rs"]
mod lexer;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/surroundings.rs"]
mod surroundings;
#[path = "tidy/translations.rs"]
mod translations;
#[path = "tidy/tree.rs"]
mod tree;

use std::fmt;

use tree::Tree;

/// One place that breaks a rule.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Violation {
    /// File (with line) or package.
    place: String,
    /// What is wrong there.
    wrong: String,
    /// How to mend it.
    mend: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}\n    mend: {}", self.place, self.wrong, self.mend)
    }
}

#[test]
fn the_tree_is_tidy() {
    let tree = Tree::read();
    let packages = edges::workspace_packages(&tree.root);
    let mut violations = edges::forbidden_edges(&packages);
    violations.extend(edges::outside_the_table(&packages));
    for file in tree.rust_files() {
        violations.extend(sources::too_long(&file.path, &file.text));
        violations.extend(sources::long_functions(&file.path, &file.text));
        violations.extend(sources::never_written(&file.path, &file.text));
        violations.extend(sources::without_header(&file.path, &file.text));
    }
    for file in &tree.files {
        violations.extend(surroundings::workplace_traces(&file.path, &file.text));
    }
    violations.extend(surroundings::unexpected_top_level(&tree.top_level));
    violations.extend(surroundings::unexplained_dependencies(tree.text("Cargo.toml")));
    violations.extend(translations::incomplete(&tree.translations()));
    violations.extend(translations::breaking_spaces(&tree.translations()));
    violations.sort();
    let listed: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(listed.is_empty(), "{} places are not tidy:\n{}\n", listed.len(), listed.join("\n"));
}

#[test]
fn the_tree_that_is_checked_is_this_one() {
    let tree = Tree::read();
    for path in ["tests/tests/tidy.rs", "proto/geography/src/lib.rs", "node/src/lib.rs"] {
        assert!(tree.rust_files().any(|file| file.path == path), "{path} was not read");
    }
    assert!(!tree.text("Cargo.toml").is_empty());
    assert!(!tree.files.iter().any(|file| file.path.starts_with("target/")));
    assert!(tree.top_level.iter().any(|name| name == "proto"));
}
