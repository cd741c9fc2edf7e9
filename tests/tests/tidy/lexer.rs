//! Rust sources without what is said in them: comments and literals blanked, lines kept. Not a parser: it knows only
//! where comments, strings and characters begin and end.

/// The same text with the content of comments, strings and character literals replaced by spaces; line breaks stay,
/// so that a line of the result is the same line of the source.
pub(crate) fn code_only(source: &str) -> String {
    let mut blanked = String::with_capacity(source.len());
    let mut rest = source;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let length = said_length(rest, previous);
        let (taken, after) = rest.split_at(length.unwrap_or(first.len_utf8()));
        match length {
            Some(_) => blanked.extend(taken.chars().map(|said| if said == '\n' { '\n' } else { ' ' })),
            None => blanked.push_str(taken),
        }
        previous = taken.chars().last().unwrap_or(' ');
        rest = after;
    }
    blanked
}

/// Bytes of the comment or literal the text begins with, if it begins with one. `previous` is the character before,
/// which tells the end of a name such as `bar` from the beginning of `r"…"`.
fn said_length(text: &str, previous: char) -> Option<usize> {
    let inside_name = previous.is_alphanumeric() || previous == '_';
    match text.as_bytes() {
        [b'/', b'/', ..] => Some(text.find('\n').unwrap_or(text.len())),
        [b'/', b'*', ..] => Some(block_comment_length(text)),
        [b'"', ..] => Some(string_length(text)),
        [b'\'', ..] => character_length(text),
        [b'r', b'"' | b'#', ..] if !inside_name => raw_string_length(text, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !inside_name => raw_string_length(text, 2),
        _ => None,
    }
}

/// Block comments nest.
fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut position = 0;
    while let Some(rest) = text.get(position..).filter(|rest| !rest.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        position += if rest.starts_with("/*") || rest.starts_with("*/") { 2 } else { step };
        depth = match rest.get(..2) {
            Some("/*") => depth + 1,
            Some("*/") => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            return position;
        }
    }
    text.len()
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (position, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return position + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// A character literal; none for a lifetime or a loop label.
fn character_length(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let (_, first) = characters.next()?;
    let closing = match first {
        '\\' => characters.skip(1).find(|(_, character)| *character == '\''),
        _ => characters.next().filter(|(_, character)| *character == '\''),
    };
    closing.map(|(position, _)| position + 1)
}

/// A raw string after a prefix (`r`, `br`, `cr`) of so many bytes; none for a raw name such as `r#type`.
fn raw_string_length(text: &str, prefix: usize) -> Option<usize> {
    let after = text.get(prefix..)?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let content = after.get(hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let length = content.find(&closing).map_or(content.len(), |position| position + closing.len());
    Some(prefix + hashes + 1 + length)
}

#[test]
fn comments_and_literals_are_blanked_and_code_stays() {
    let cases = [
        ("a // b", "a     "),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("/* open\nend", "       \n   "),
        ("f(\"x\\\"y\") + 1", "f(      ) + 1"),
        ("f(\"a\\\\\") + 1", "f(     ) + 1"),
        ("r#\"a\"b\"# + 1", "         + 1"),
        ("br\"a\\\" + 1", "       + 1"),
        ("bar\"x\"", "bar   "),
        ("'{' + 'a", "    + 'a"),
        ("'\\'' + '\\u{7b}'", "     +         "),
        ("&'a str, 'b: loop {}", "&'a str, 'b: loop {}"),
        ("r#type + 1", "r#type + 1"),
        ("b'\"' + b\"{\"", "b    + b   "),
        ("\"é\n{\" + x", "  \n   + x"),
    ];
    for (source, expected) in cases {
        assert_eq!(code_only(source), expected, "{source}");
    }
}
