//! Names as people type them: without accents, hyphens, apostrophes or ligatures. Never an identity.

use crate::limits::NAME_QUERY_CHARS_MAX;

/// Articles that people leave out: *Mans* finds *Le Mans*.
const ARTICLES: [&str; 4] = ["le ", "la ", "les ", "l "];

/// A name reduced to what people type: lower case, no accents, `œ` as `oe`, `æ` as `ae`, and one space for any run of
/// hyphens, apostrophes, spaces and other signs. `L'Haÿ-les-Roses` becomes `l hay les roses`.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        if is_combining_mark(character) {
            continue;
        }
        match plain(character) {
            Some(letters) => folded.push_str(letters),
            None if character.is_alphanumeric() => folded.push(character),
            None if folded.is_empty() || folded.ends_with(' ') => {}
            None => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A query, folded, with *St* and *Ste* written out. The last word stays, since it may be the beginning of another:
/// *St* alone also finds *Strasbourg*.
pub(crate) fn fold_query(query: &str) -> String {
    let shortened: String = query.chars().take(NAME_QUERY_CHARS_MAX).collect();
    let folded = fold(&shortened);
    let Some((complete, last)) = folded.rsplit_once(' ') else { return folded };
    let words = complete.split(' ').map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        other => other,
    });
    words.chain([last]).collect::<Vec<_>>().join(" ")
}

/// A folded name without its article, if it has one.
pub(crate) fn without_article(folded: &str) -> Option<&str> {
    ARTICLES.iter().find_map(|article| folded.strip_prefix(article))
}

/// The letters a lower-case letter with a mark stands for.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        _ => return None,
    })
}

/// An accent typed apart from its letter, as some keyboards and file systems do (Unicode block 0300 to 036F).
fn is_combining_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn names_fold_to_what_people_type() {
        let cases = [
            ("Albi", "albi"),
            ("ALBI", "albi"),
            ("L'Haÿ-les-Roses", "l hay les roses"),
            ("L’HAŸ les roses", "l hay les roses"),
            ("Œuilly", "oeuilly"),
            ("Bonnœil", "bonnoeil"),
            ("Plouëc-du-Trieux", "plouec du trieux"),
            ("E\u{301}vreux", "evreux"),
            ("Château-Chinon (Ville)", "chateau chinon ville"),
            ("  Saint -- Alban ", "saint alban"),
            ("", ""),
            ("-'", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(fold(name), expected, "{name:?}");
        }
    }

    #[test]
    fn saint_may_be_shortened_except_in_the_last_word() {
        let cases = [
            ("St Alban", "saint alban"),
            ("Ste-Croix", "sainte croix"),
            ("Mont-St-Mi", "mont saint mi"),
            ("St", "st"),
            ("Stras", "stras"),
        ];
        for (query, expected) in cases {
            assert_eq!(fold_query(query), expected, "{query:?}");
        }
    }

    #[test]
    fn an_overlong_query_is_cut() {
        assert_eq!(fold_query(&"a".repeat(10_000)).len(), NAME_QUERY_CHARS_MAX);
    }

    #[test]
    fn articles_come_off_once() {
        assert_eq!(without_article("le mans"), Some("mans"));
        assert_eq!(without_article("l hay les roses"), Some("hay les roses"));
        assert_eq!(without_article("lens"), None);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,40}") {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn case_and_separators_do_not_matter(words in proptest::collection::vec("[a-zéèœçÿ]{1,8}", 1..5)) {
            let hyphens = fold(&words.join("-"));
            prop_assert_eq!(&hyphens, &fold(&words.join("' ")));
            prop_assert_eq!(&hyphens, &fold(&words.join(" ").to_uppercase()));
            prop_assert!(hyphens.bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase()));
        }
    }
}
