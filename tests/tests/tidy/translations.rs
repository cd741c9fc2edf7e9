//! Interface texts exist in French and in English, with the same messages and the same variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::Violation;

/// Text of all Fluent files of a folder, by language.
pub(crate) type Catalogues = BTreeMap<String, String>;

/// The languages every folder of texts has.
const LANGUAGES: [&str; 2] = ["fr", "en"];

/// Messages (and `message.attribute`) with the variables they use; those that stand twice.
#[derive(Default)]
struct Catalogue {
    variables: BTreeMap<String, BTreeSet<String>>,
    twice: Vec<String>,
}

/// Languages, messages and variables that one folder of texts lacks.
pub(crate) fn incomplete(folders: &BTreeMap<String, Catalogues>) -> Vec<Violation> {
    folders.iter().flat_map(|(folder, catalogues)| incomplete_folder(folder, catalogues)).collect()
}

/// French texts where a line could break before a mark that belongs to the word before it, or inside quotation marks.
pub(crate) fn breaking_spaces(folders: &BTreeMap<String, Catalogues>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (folder, catalogues) in folders {
        let text = catalogues.get("fr").map_or("", String::as_str);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let value = line.split_once(" = ").map_or(line, |(_, value)| value);
            if [" :", " ;", " ?", " !", "« ", " »"].iter().any(|mark| value.contains(mark)) {
                violations.push(Violation {
                    place: format!("{folder}/fr"),
                    wrong: format!("a breaking space in: {line}"),
                    mend: "write a non-breaking space (U+00A0) before : ; ? ! » and after «",
                });
            }
        }
    }
    violations
}

fn incomplete_folder(folder: &str, catalogues: &Catalogues) -> Vec<Violation> {
    let mut violations = Vec::new();
    let read = |language: &str| Catalogue::read(catalogues.get(language).map_or("", String::as_str));
    for (language, other) in LANGUAGES.into_iter().zip(LANGUAGES.into_iter().rev()) {
        let (here, there) = (read(language), read(other));
        let place = format!("{folder}/{language}");
        for message in &here.twice {
            let mend = "keep one of the two";
            violations.push(Violation {
                place: place.clone(),
                wrong: format!("{message} stands twice"),
                mend,
            });
        }
        for (message, variables) in &there.variables {
            let wrong = match here.variables.get(message) {
                None => format!("{message} is missing"),
                Some(same) if same == variables => continue,
                Some(others) => format!("{message} uses {others:?} and in {other} {variables:?}"),
            };
            let mend = "translate it: same messages, same variables in every language";
            violations.push(Violation { place: place.clone(), wrong, mend });
        }
    }
    violations
}

impl Catalogue {
    /// Reads what Fluent's syntax says of names and variables; values are not interpreted.
    fn read(text: &str) -> Self {
        let mut catalogue = Self::default();
        let (mut message, mut current) = (String::new(), None);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let declared = match (line.starts_with(' '), declaration(line.trim_start())) {
                (false, Some(name)) => {
                    name.clone_into(&mut message);
                    Some(name.to_owned())
                }
                (true, Some(name)) if name.starts_with('.') => Some(format!("{message}{name}")),
                _ => None,
            };
            if let Some(name) = declared {
                if catalogue.variables.insert(name.clone(), BTreeSet::new()).is_some() {
                    catalogue.twice.push(name.clone());
                }
                current = Some(name);
            }
            if let Some(known) = current.as_ref().and_then(|name| catalogue.variables.get_mut(name)) {
                known.extend(variables(line));
            }
        }
        catalogue
    }
}

/// The name before an equals sign: of a message, a term (`-brand`) or an attribute (`.title`).
fn declaration(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim_end();
    let bare = name.strip_prefix(['-', '.']).unwrap_or(name);
    let letter = bare.starts_with(|first: char| first.is_ascii_alphabetic());
    let known = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    (letter && bare.chars().all(known)).then_some(name)
}

/// Names after a dollar sign.
fn variables(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).filter_map(|rest| {
        let known =
            |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
        let name: String = rest.chars().take_while(|character| known(*character)).collect();
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: &str = "# Commentaire = rien\nbonjour = Bonjour { $nom }\n    .titre = Accueil\n\
                          trajets = { $nombre ->\n    [un] un trajet\n   *[autre] { $nombre } trajets\n}\n-marque = Maillage\n";

    fn found(french: &str, english: &str) -> Vec<String> {
        let languages =
            Catalogues::from([("fr".to_owned(), french.to_owned()), ("en".to_owned(), english.to_owned())]);
        let violations = incomplete(&BTreeMap::from([("node/locales".to_owned(), languages)]));
        violations.into_iter().map(|violation| format!("{}: {}", violation.place, violation.wrong)).collect()
    }

    #[test]
    fn complete_translations_pass() {
        let english =
            "bonjour = Hello { $nom }\n    .titre = Home\n-marque = Maillage\ntrajets = { $nombre } rides\n";
        assert_eq!(found(FRENCH, english), [""; 0]);
    }

    #[test]
    fn every_gap_is_found_on_its_side() {
        let english =
            "bonjour = Hello { $name }\nmore = x\ntrajets = { $nombre } rides\ntrajets = again { $nombre }\n";
        let expected = [
            "node/locales/fr: bonjour uses {\"nom\"} and in en {\"name\"}",
            "node/locales/fr: more is missing",
            "node/locales/en: trajets stands twice",
            "node/locales/en: -marque is missing",
            "node/locales/en: bonjour uses {\"name\"} and in fr {\"nom\"}",
            "node/locales/en: bonjour.titre is missing",
        ];
        assert_eq!(found(FRENCH, english), expected);
    }

    #[test]
    fn a_french_mark_that_could_begin_a_line_is_found() {
        let found = |french: &str| {
            let french = Catalogues::from([("fr".to_owned(), french.to_owned())]);
            breaking_spaces(&BTreeMap::from([("node/locales".to_owned(), french)])).len()
        };
        assert_eq!(found("# un titre : rien\na = Nom\u{a0}: «\u{a0}Oui\u{a0}»\u{a0}!\n"), 0);
        for wrong in ["a = Nom : Oui", "a = Oui ?", "b = « Oui", "a =\n    Oui ; non"] {
            assert_eq!(found(wrong), 1, "{wrong}");
        }
    }

    #[test]
    fn a_missing_language_is_found() {
        let only_french = Catalogues::from([("fr".to_owned(), "a = b\n".to_owned())]);
        let violations = incomplete(&BTreeMap::from([("node/locales".to_owned(), only_french)]));
        assert_eq!(violations.len(), 1);
    }
}
