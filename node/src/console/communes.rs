//! Communes as people type them: a name, or a code. The territory and its neighbours come first, since that is where trips go.
//! Must never choose among several: it tells them.

use std::collections::BTreeSet;

use maillage_geography::{Commune, Geography, InseeCode, Siren, fold};

/// Most communes that are told when a name is not enough.
const TOLD: usize = 6;

/// Why no commune is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unclear {
    /// Nobody has that name.
    Unknown,
    /// Several have it.
    Several(Vec<String>),
}

/// The code of what was typed.
pub(super) fn code(geography: &Geography, own: &Siren, typed: &str) -> Result<String, Unclear> {
    let typed = typed.trim();
    let within = typed.rsplit_once('(').and_then(|(_, code)| code.strip_suffix(')'));
    if let Ok(code) = InseeCode::parse(within.unwrap_or(typed).trim()) {
        return Ok(code.to_string());
    }
    let found = geography.communes_named(typed, 200);
    let wanted = fold(typed);
    let near: BTreeSet<InseeCode> = around(geography, own).map(|commune| commune.insee).collect();
    let is_near = |commune: &&Commune| near.contains(&commune.insee);
    let is_whole = |commune: &&Commune| fold(&commune.name) == wanted;
    let all = || found.iter().copied();
    let tries: [Vec<&Commune>; 4] = [
        all().filter(is_near).filter(is_whole).collect(),
        all().filter(is_whole).collect(),
        all().filter(is_near).collect(),
        all().collect(),
    ];
    for found in &tries {
        match found.as_slice() {
            [] => {}
            [only] => return Ok(only.insee.to_string()),
            several => {
                return Err(Unclear::Several(several.iter().take(TOLD).map(|one| shown(one)).collect()));
            }
        }
    }
    Err(Unclear::Unknown)
}

/// What is suggested while somebody types: the communes of the territory and around it.
pub(super) fn suggested(geography: &Geography, own: &Siren) -> Vec<String> {
    around(geography, own).map(shown).collect()
}

/// A commune as it is suggested, and read again.
pub(super) fn shown(commune: &Commune) -> String {
    format!("{} ({})", commune.name, commune.insee)
}

fn around<'a>(geography: &'a Geography, own: &Siren) -> impl Iterator<Item = &'a Commune> {
    let neighbours = geography.neighbours(own).into_iter().map(|neighbour| neighbour.siren);
    let territories: Vec<Siren> = std::iter::once(*own).chain(neighbours).collect();
    territories.into_iter().flat_map(|siren| geography.communes_of(&siren))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_meant_first_and_nothing_is_guessed() {
        let geography = Geography::embedded();
        let own: Siren = "200034031".parse().unwrap();
        let code = |typed: &str| super::code(geography, &own, typed);
        for (typed, expected) in [
            ("81004", "81004"),
            ("Albi", "81004"),
            ("Albi (81004)", "81004"),
            ("alban", "81003"),
            ("villefranche-d'alb", "81317"),
            ("Brest (29019)", "29019"),
        ] {
            assert_eq!(code(typed), Ok(expected.to_owned()), "{typed}");
        }
        assert_eq!(code("Albuquerque"), Err(Unclear::Unknown));
        assert!(matches!(code("Saint"), Err(Unclear::Several(told)) if (2..=TOLD).contains(&told.len())));
        let suggested = suggested(geography, &own);
        assert!(suggested.contains(&"Alban (81003)".to_owned()));
    }
}
