//! How many new solutions territories have declared, since the first year that was declared. It must never add a year up that may not be
//! shown by itself.

use maillage_comparison::Withheld;

use super::{series::NATIONAL, targets::Unknown};
use crate::{
    accounts::{FigureSum, SOLUTIONS, YearSums, sums},
    ledger, limits,
    store::{Members, ReceivedAccounts},
};

/// Solutions opened as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    /// How many.
    pub(super) total: u64,
    /// First and last of the years that are added up.
    pub(super) years: [i16; 2],
    /// Declarations that are added up: one a territory and year.
    pub(super) declarations: u32,
    /// Whether a declared year may not be shown and is not added up.
    pub(super) incomplete: bool,
}

/// The solutions opened in the declared years up to one, or in all of them.
pub(super) fn opened(
    accounts: &[ReceivedAccounts],
    members: &Members,
    until: Option<i16>,
) -> Result<Opened, Unknown> {
    let years: Vec<YearSums> = sums(accounts, members)
        .into_iter()
        .filter(|one| until.is_none_or(|until| one.year <= until))
        .collect();
    let of = |year: &YearSums| year.sums.iter().find(|sum| sum.figure == SOLUTIONS).cloned();
    let all: Vec<(&YearSums, FigureSum)> = years.iter().filter_map(|year| Some((year, of(year)?))).collect();
    let shown: Vec<_> = all.iter().filter(|(_, sum)| sum.withheld.is_none()).collect();
    let ([(first, _), ..], [.., (last, _)]) = (shown.as_slice(), shown.as_slice()) else {
        return Err(match all.last() {
            Some((year, FigureSum { withheld: Some(reason), .. })) => {
                Unknown::Withheld(in_words(*reason, year.territories))
            }
            _ => Unknown::NotDeclared,
        });
    };
    Ok(Opened {
        total: shown.iter().fold(0_u64, |total, (_, sum)| total.saturating_add(sum.total)),
        years: [first.year, last.year],
        declarations: shown.iter().map(|(year, _)| year.territories).sum(),
        incomplete: shown.len() < all.len(),
    })
}

/// The reason of the ledger, as the comparison says it.
fn in_words(reason: ledger::Withheld, territories: u32) -> Withheld {
    let arm = NATIONAL.to_owned();
    match reason {
        ledger::Withheld::TooFewTerritories => {
            Withheld::TooFewTerritories { arm, has: territories, needed: limits::TERRITORIES_TO_PUBLISH }
        }
        ledger::Withheld::OneTerritoryDominates => Withheld::OneTerritoryDominates { arm },
        ledger::Withheld::TellsAPart => Withheld::TellsAPart { arm },
    }
}
