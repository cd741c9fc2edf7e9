//! Rules on what surrounds the sources: traces of a workplace, the visible top level, reasons of dependencies.

use crate::Violation;

/// What names a machine or a service of whoever works here. Written in two halves, so as not to be found here.
const WORKPLACE: [&str; 9] = [
    concat!("/wo", "rk/"),
    concat!("..", "/shared"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("static", ".crates.io"),
    concat!("index", ".crates.io"),
    concat!("sparse", "+http"),
    concat!("replace", "-with"),
    concat!("[source", "."),
];

/// The only source of packages a lock file may name.
const PUBLIC_INDEX: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// What is visible at the top of the checkout.
const TOP_LEVEL: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE",
    "node",
    "proto",
    "federation-hub",
    "deploy",
    "tests",
];

/// A word: the shortest reason that says something.
const REASON_LETTERS_MIN: usize = 6;

/// Paths of a machine, and hosts that packages came from.
pub(crate) fn workplace_traces(path: &str, text: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let trace = WORKPLACE.iter().find(|trace| line.contains(**trace)).copied();
        let other_source =
            path.ends_with("Cargo.lock") && line.starts_with("source = ") && line != PUBLIC_INDEX;
        if let Some(trace) =
            trace.or(other_source.then_some("another source of packages than the public index"))
        {
            violations.push(Violation {
                place: format!("{path}:{number}"),
                wrong: format!("contains {trace}"),
                mend: "nothing of one machine belongs here: use a path from the checkout, a parameter or a placeholder",
            });
        }
    }
    violations
}

/// Names that are there and should not, or should be and are not.
pub(crate) fn unexpected_top_level(names: &[String]) -> Vec<Violation> {
    let visible = names.iter().filter(|name| !name.starts_with('.') && *name != "target");
    let unexpected = visible.filter(|name| !TOP_LEVEL.contains(&name.as_str())).map(|name| Violation {
        place: name.clone(),
        wrong: "does not belong at the top of the checkout".to_owned(),
        mend: "move it into the folder it belongs to; a tool's own file begins with a dot",
    });
    let missing =
        TOP_LEVEL.iter().filter(|name| !names.iter().any(|there| there == *name)).map(|name| Violation {
            place: (*name).to_owned(),
            wrong: "is missing at the top of the checkout".to_owned(),
            mend: "restore it, or change the layout in the architecture first",
        });
    unexpected.chain(missing).collect()
}

/// Dependencies of the workspace without a word on what they spare us.
pub(crate) fn unexplained_dependencies(manifest: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut inside = false;
    for (line, number) in manifest.lines().zip(1..) {
        if line.starts_with('[') {
            inside = line.starts_with("[workspace.dependencies]");
            continue;
        }
        let name = line.split(['=', '.']).next().unwrap_or_default().trim();
        let declares = inside && line.contains('=') && !line.trim_start().starts_with('#');
        if declares && !name.starts_with("maillage-") && !has_reason(line) {
            violations.push(Violation {
                place: format!("Cargo.toml:{number}"),
                wrong: format!("{name} has no reason"),
                mend: "end the line with a comment: what it is for here",
            });
        }
    }
    violations
}

/// Whether a line of TOML ends with a comment of some length, outside of its strings.
fn has_reason(line: &str) -> bool {
    let mut quoted = false;
    for (position, character) in line.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '#' if !quoted => {
                return line
                    .get(position + 1..)
                    .is_some_and(|reason| reason.trim().len() >= REASON_LETTERS_MIN);
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(violations: &[Violation]) -> Vec<&str> {
        violations.iter().map(|violation| violation.place.as_str()).collect()
    }

    #[test]
    fn every_trace_is_found_with_its_line() {
        for trace in WORKPLACE {
            let text = format!("first\nsee {trace}x for it\n");
            assert_eq!(places(&workplace_traces("a.md", &text)), ["a.md:2"], "{trace}");
        }
        let clean = "workshop, rooted, homely, shared, https://crates.io/crates/csv\n";
        assert!(workplace_traces("a.md", clean).is_empty());
    }

    #[test]
    fn a_lock_file_names_the_public_index_only() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\n{source}\n");
        assert!(workplace_traces("Cargo.lock", &lock(PUBLIC_INDEX)).is_empty());
        let mirror = lock("source = \"registry+https://mirror.example/index\"");
        assert_eq!(places(&workplace_traces("Cargo.lock", &mirror)), ["Cargo.lock:3"]);
        let git = lock("source = \"git+https://example.org/a\"");
        assert_eq!(places(&workplace_traces("tests/fuzz/Cargo.lock", &git)), ["tests/fuzz/Cargo.lock:3"]);
    }

    #[test]
    fn the_top_level_is_exactly_what_it_is() {
        let mut names: Vec<String> = TOP_LEVEL.iter().map(|name| (*name).to_owned()).collect();
        names.extend([".ci".to_owned(), "target".to_owned()]);
        assert!(unexpected_top_level(&names).is_empty());
        names.push("notes.md".to_owned());
        names.retain(|name| name != "README.md");
        assert_eq!(places(&unexpected_top_level(&names)), ["notes.md", "README.md"]);
    }

    #[test]
    fn a_dependency_without_reason_is_found() {
        let manifest = "[workspace]\na = 1\n[workspace.dependencies]\nmaillage-x = { path = \"x\" }\n# Group.\n\
                        good = \"1\" # reads tables\nbad = \"1\"\nalso.version = \"1#not a comment\"\n\
                        short = \"1\" # x\n[workspace.lints]\nlint = \"deny\"\n";
        let found = places(&unexplained_dependencies(manifest)).join(" ");
        assert_eq!(found, "Cargo.toml:7 Cargo.toml:8 Cargo.toml:9");
    }
}
