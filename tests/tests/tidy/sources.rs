//! Rules on Rust sources: length of files and functions, what is never written, the header of each module.

use crate::{Violation, lexer::code_only};

/// Lines of a file.
const FILE_LINES_MAX: usize = 600;

/// Lines of the body of a function, with its comments and blank lines: a screen.
const FUNCTION_LINES_MAX: usize = 70;

/// What no source contains outside of comments and texts, and what to do instead.
const NEVER_WRITTEN: [(&str, &str); 7] = [
    (
        "#[allow(",
        "mend what the lint says, or #[expect(lint, reason = \"…\")], which goes when it is no longer needed",
    ),
    (
        "#![allow(",
        "mend what the lint says, or #![expect(lint, reason = \"…\")], which goes when it is no longer needed",
    ),
    ("todo!(", "write it, or leave the whole thing out"),
    ("unimplemented!(", "write it, or make it an error that says why not"),
    ("dbg!(", "remove it; what is worth knowing goes through tracing"),
    (
        "thread::sleep(",
        "wait for what you wait for (a channel, a condition, an exit), never for time to pass",
    ),
    ("#[ignore", "make the test fast and certain enough to run always, or document it as a command"),
];

/// A file that is too long to be of one subject.
pub(crate) fn too_long(path: &str, source: &str) -> Vec<Violation> {
    let lines = source.lines().count();
    let wrong = format!("{lines} lines, at most {FILE_LINES_MAX}");
    let mend = "move one of its subjects into a module of its own";
    let violation = Violation { place: path.to_owned(), wrong, mend };
    if lines > FILE_LINES_MAX { vec![violation] } else { Vec::new() }
}

/// Functions whose body is longer than a screen.
pub(crate) fn long_functions(path: &str, source: &str) -> Vec<Violation> {
    let code = code_only(source);
    let mut violations = Vec::new();
    for (position, name) in functions(&code) {
        let Some(lines) = body_lines(&code, position) else { continue };
        if lines > FUNCTION_LINES_MAX {
            violations.push(Violation {
                place: format!("{path}:{}", line_of(&code, position)),
                wrong: format!("the body of {name} has {lines} lines, at most {FUNCTION_LINES_MAX}"),
                mend: "give its steps names: one function each",
            });
        }
    }
    violations
}

/// Attributes and macros that no source contains.
pub(crate) fn never_written(path: &str, source: &str) -> Vec<Violation> {
    let code = code_only(source);
    let mut violations = Vec::new();
    for (pattern, mend) in NEVER_WRITTEN {
        for (position, _) in code.match_indices(pattern) {
            let place = format!("{path}:{}", line_of(&code, position));
            violations.push(Violation { place, wrong: format!("contains {pattern}"), mend });
        }
    }
    violations
}

/// A module that does not say what it is.
pub(crate) fn without_header(path: &str, source: &str) -> Vec<Violation> {
    if source.starts_with("//! ") {
        return Vec::new();
    }
    let mend = "begin the file with //!: what it is, and what it must never do";
    vec![Violation { place: path.to_owned(), wrong: "does not begin with //!".to_owned(), mend }]
}

/// Position and name of each function.
fn functions(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices("fn ").filter_map(|(position, keyword)| {
        let before = code.get(..position).and_then(|before| before.chars().next_back());
        let continues = before.is_some_and(|character| character.is_alphanumeric() || character == '_');
        let name = code.get(position + keyword.len()..)?.trim_start();
        let end =
            name.find(|character: char| !character.is_alphanumeric() && character != '_' && character != '#');
        let name = name.get(..end?).filter(|name| !name.is_empty())?;
        (!continues).then_some((position, name))
    })
}

/// Lines between the braces of the function that begins at `position`; none if it has no body.
fn body_lines(code: &str, position: usize) -> Option<usize> {
    let declaration = code.get(position..)?;
    let opening = body_opening(declaration)?;
    let mut depth = 0_usize;
    for (index, character) in declaration.char_indices().skip_while(|(index, _)| *index < opening) {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let breaks = declaration.get(opening..index)?.matches('\n').count();
            return Some(breaks.saturating_sub(1));
        }
    }
    None
}

/// The brace that opens the body: the first that stands in no parenthesis or bracket; none if a semicolon ends it.
fn body_opening(declaration: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, character) in declaration.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return Some(index),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn line_of(code: &str, position: usize) -> usize {
    code.get(..position).map_or(0, |before| before.matches('\n').count()) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrongs(violations: &[Violation]) -> Vec<String> {
        violations.iter().map(|violation| format!("{} {}", violation.place, violation.wrong)).collect()
    }

    #[test]
    fn a_file_of_601_lines_is_too_long() {
        assert!(too_long("a.rs", &"x\n".repeat(600)).is_empty());
        assert_eq!(wrongs(&too_long("a.rs", &"x\n".repeat(601))), ["a.rs 601 lines, at most 600"]);
    }

    #[test]
    fn a_body_of_71_lines_is_too_long_wherever_it_stands() {
        let function = |lines: usize| {
            format!(
                "impl A {{\n    fn run(a: [u8; 2]) -> B\n    {{\n{}    }}\n}}\n",
                "        // }\n".repeat(lines)
            )
        };
        assert!(long_functions("a.rs", &function(70)).is_empty());
        let expected = ["a.rs:2 the body of run has 71 lines, at most 70"];
        assert_eq!(wrongs(&long_functions("a.rs", &function(71))), expected);
    }

    #[test]
    fn two_short_functions_are_not_one_long_one() {
        let short = format!("fn a() {{\n{}}}\nfn b();\n", "    x();\n".repeat(60));
        assert!(long_functions("a.rs", &short.repeat(2)).is_empty());
        assert!(long_functions("a.rs", &format!("type F = fn (u8);\n{}", "x\n".repeat(200))).is_empty());
    }

    #[test]
    fn each_forbidden_thing_is_found_in_code_and_only_there() {
        for (pattern, _) in NEVER_WRITTEN {
            let found = never_written("a.rs", &format!("//! x\nfn a() {{\n    {pattern}x)]\n}}\n"));
            assert_eq!(wrongs(&found), [format!("a.rs:3 contains {pattern}")]);
            assert!(
                never_written("a.rs", &format!("// {pattern}\nconst A: &str = \"{pattern}\";\n")).is_empty()
            );
        }
        assert!(never_written("a.rs", "#[expect(dead_code, reason = \"x\")]").is_empty());
    }

    #[test]
    fn a_module_says_what_it_is() {
        assert!(without_header("a.rs", "//! A thing.\n").is_empty());
        for source in ["", "use std::fmt;\n", "\n//! A thing.\n", "// A thing.\n", "//!\n"] {
            assert_eq!(
                wrongs(&without_header("a.rs", source)),
                ["a.rs does not begin with //!"],
                "{source:?}"
            );
        }
    }
}
