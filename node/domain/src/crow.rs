//! Needs in the open vocabulary of travellers' characteristics that CROW keeps and the TOMP-API carries. Must never make up
//! a code: what was not read in a source has none.

use std::sync::LazyLock;

use maillage_federation::needs::{Need, Needs};

/// Version of the table.
pub const VERSION: u32 = 1;

const TABLE: &str = include_str!("../data/crow/needs.csv");
static CODES: LazyLock<Vec<CrowCode>> = LazyLock::new(|| TABLE.lines().filter_map(read).collect());

/// An entry of the dictionary for one of our needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrowCode {
    /// Our need.
    pub need: Need,
    /// Category of the dictionary, such as `HR`; empty where no entry is known.
    pub category: &'static str,
    /// Number in the category, such as `01`.
    pub number: &'static str,
    /// Whether the entry was read in the source that the table names.
    pub verified: bool,
}

/// The entries of some needs, those without one left out, in the order of the needs. A wheelchair that its owner can
/// leave has none: both entries are of people who stay in it.
pub fn codes(needs: &Needs) -> Vec<CrowCode> {
    let stays = !needs.contains(Need::TransferPossible);
    CODES
        .iter()
        .copied()
        .filter(|code| stays && needs.contains(code.need) && !code.category.is_empty())
        .collect()
}

/// The whole table.
pub fn table() -> &'static [CrowCode] {
    &CODES
}

fn read(line: &'static str) -> Option<CrowCode> {
    let mut cells = line.split(';');
    let need = cells.next()?.parse().ok()?;
    let (category, number, _name) = (cells.next()?, cells.next()?, cells.next()?);
    Some(CrowCode { need, category, number, verified: cells.next()? == "yes" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_in_the_table_and_only_what_was_read_has_a_code() {
        assert_eq!(table().iter().map(|code| code.need).collect::<Vec<_>>(), Need::ALL);
        assert!(table().iter().all(|code| code.verified != code.category.is_empty()));
    }

    #[test]
    fn a_wheelchair_is_told_when_its_owner_stays_in_it() {
        let told = |needs: &[Need]| -> Vec<String> {
            let needs: Needs = needs.iter().copied().collect();
            codes(&needs).iter().map(|code| format!("{} {}", code.category, code.number)).collect()
        };
        assert_eq!(told(&[Need::WheelchairManual, Need::Luggage]), ["HR 01"]);
        assert_eq!(told(&[Need::WheelchairElectric]), ["HR 02"]);
        assert!(told(&[Need::WheelchairManual, Need::TransferPossible]).is_empty());
    }
}
