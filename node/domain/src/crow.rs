//! Needs in the open vocabulary of travellers' characteristics that CROW keeps and the TOMP-API carries. Must never make up
//! a code: what was not read in a source has none.

use std::sync::LazyLock;

use maillage_federation::needs::{Need, Needs};

/// Version of the table.
pub const VERSION: u32 = 2;

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

/// The entries of some needs, those without one left out, in the order of the needs. A wheelchair that its owner can leave
/// has none: the dictionary then asks whether it folds, which nobody has told.
pub fn codes(needs: &Needs) -> Vec<CrowCode> {
    CODES.iter().copied().filter(|code| needs.contains(code.need) && has_entry(*code, needs)).collect()
}

/// The needs for which no entry was verified, in their order: to be told in words, since no code tells them.
pub fn without_code(needs: &Needs) -> Vec<Need> {
    let told = codes(needs);
    needs.iter().filter(|need| told.iter().all(|code| code.need != *need)).collect()
}

/// The whole table.
pub fn table() -> &'static [CrowCode] {
    &CODES
}

fn has_entry(code: CrowCode, needs: &Needs) -> bool {
    let wheelchair = matches!(code.need, Need::WheelchairManual | Need::WheelchairElectric);
    !code.category.is_empty() && (!wheelchair || needs.wheelchair_place())
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

    fn told(needs: &[Need]) -> String {
        let needs: Needs = needs.iter().copied().collect();
        let codes = codes(&needs).into_iter().map(|code| format!("{}-{}", code.category, code.number));
        codes.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_need_is_in_the_table_and_only_what_was_read_has_a_code() {
        assert_eq!(table().iter().map(|code| code.need).collect::<Vec<_>>(), Need::ALL);
        assert!(table().iter().all(|code| code.verified != code.category.is_empty()));
    }

    #[test]
    fn a_wheelchair_is_told_when_its_owner_stays_in_it() {
        assert_eq!(told(&[Need::WheelchairManual, Need::Luggage]), "HR-01");
        assert_eq!(told(&[Need::WheelchairElectric]), "HR-02");
        assert_eq!(told(&[Need::WheelchairManual, Need::TransferPossible]), "");
    }

    #[test]
    fn leaving_the_wheelchair_takes_no_other_code_away() {
        let needs = [Need::WheelchairManual, Need::TransferPossible, Need::Visual, Need::AssistanceDog];
        assert_eq!(told(&needs), "K-01 HR-12");
        assert_eq!(told(&[Need::Hearing, Need::Cognitive, Need::DoorToDoor]), "K-02 K-03 AB-02");
    }

    #[test]
    fn a_need_without_a_code_is_named() {
        let needs: Needs = [Need::WheelchairManual, Need::TransferPossible, Need::WalkingAid, Need::Visual]
            .into_iter()
            .collect();
        let unnamed = [Need::WheelchairManual, Need::TransferPossible, Need::WalkingAid];
        assert_eq!(without_code(&needs), unnamed);
        let all: Needs = Need::ALL.into_iter().collect();
        assert_eq!(codes(&all).len() + without_code(&all).len(), Need::ALL.len());
    }
}
