//! A commune as it is typed: by its INSEE code or by its name. Must never choose among several: it lists them.

use maillage_geography::{Commune, Geography, InseeCode, fold};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_proto::node::v1 as proto;

use super::failure::CommandError;

/// Most communes that are listed when a name is not enough.
const CHOICES: usize = 12;

/// A place as typed: its commune by code or name, and the address in it.
pub(super) fn typed_place(typed: &str, address: String) -> Result<proto::Place, CommandError> {
    Ok(proto::Place { commune: commune(typed)?, address, commune_name: String::new() })
}

/// The INSEE codes of what was typed.
pub(super) fn communes(typed: &[String]) -> Result<Vec<String>, CommandError> {
    typed.iter().map(|typed| commune(typed)).collect()
}

/// The INSEE code of a commune that was typed as a code or a name.
pub(super) fn code(typed: &str) -> Result<String, CommandError> {
    commune(typed)
}

/// The INSEE code of what was typed. A code is not looked up: the node refuses it if no commune has it.
fn commune(typed: &str) -> Result<String, CommandError> {
    let typed = typed.trim();
    match InseeCode::parse(typed) {
        Ok(code) => Ok(code.to_string()),
        Err(_) => named(Geography::embedded(), typed).map(|commune| commune.insee.to_string()),
    }
}

/// One commune whose name is what was typed, or the only one whose name begins so.
fn named<'a>(geography: &'a Geography, typed: &str) -> Result<&'a Commune, CommandError> {
    let found = geography.communes_named(typed, CHOICES + 1);
    let wanted = written_out(typed);
    let whole: Vec<&Commune> =
        found.iter().copied().filter(|commune| fold(&commune.name) == wanted).collect();
    match (whole.as_slice(), found.as_slice()) {
        ([only], _) | ([], [only]) => Ok(only),
        (_, []) => Err(CommandError::Usage {
            refusal: Refusal::new(RefusalKind::InvalidInput, "commune-not-found").with("name", typed),
            choices: Vec::new(),
        }),
        ([], several) | (several, _) => Err(ambiguous(typed, several)),
    }
}

fn ambiguous(typed: &str, communes: &[&Commune]) -> CommandError {
    let listed = || communes.iter().take(CHOICES);
    let codes: Vec<&str> = listed().map(|commune| commune.insee.as_str()).collect();
    let mut choices: Vec<String> = listed()
        .map(|commune| format!("{}  {} ({})", commune.insee, commune.name, commune.departement))
        .collect();
    if communes.len() > CHOICES {
        choices.push("…".to_owned());
    }
    let refusal = Refusal::new(RefusalKind::InvalidInput, "commune-ambiguous")
        .with("name", typed)
        .with("candidates", codes.join(" "));
    CommandError::Usage { refusal, choices }
}

/// The folded name with *St* and *Ste* written out.
fn written_out(typed: &str) -> String {
    let folded = fold(typed);
    let words = folded.split(' ').map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        other => other,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(typed: &str) -> (String, Vec<String>) {
        match commune(typed) {
            Err(CommandError::Usage { refusal, choices }) => (refusal.reason().to_owned(), choices),
            other => panic!("{typed}: {other:?}"),
        }
    }

    #[test]
    fn codes_and_names_that_are_enough_are_understood() {
        for (typed, code) in [
            ("81004", "81004"),
            (" 2a004 ", "2A004"),
            ("Albi", "81004"),
            ("albi", "81004"),
            ("St-Benoît-de-Carmaux", "81244"),
            ("Villefranche d'Albigeois", "81317"),
            ("villefranche-d'alb", "81317"),
        ] {
            assert_eq!(commune(typed).unwrap(), code, "{typed}");
        }
    }

    #[test]
    fn a_name_that_several_have_lists_them_with_code_and_departement() {
        let (reason, choices) = refused("Castres");
        assert_eq!(reason, "commune-ambiguous");
        assert!(choices.contains(&"81065  Castres (81)".to_owned()), "{choices:?}");
        assert!(choices.contains(&"02142  Castres (02)".to_owned()), "{choices:?}");
        assert_eq!(refused("St Juéry").1.len(), 3, "the whole name, with St written out");
        let (reason, choices) = refused("Saint");
        assert_eq!((reason.as_str(), choices.len()), ("commune-ambiguous", CHOICES + 1));
        assert_eq!(choices.last().map(String::as_str), Some("…"));
    }

    #[test]
    fn a_name_that_nobody_has_is_said_to_be_unknown() {
        for typed in ["Albuquerque", "", "   ", "8100x"] {
            assert_eq!(refused(typed).0, "commune-not-found", "{typed:?}");
        }
    }
}
