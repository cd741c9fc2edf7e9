//! National sums of what is declared, by year, whatever the participation models. Integers only. It must never show a sum as publishable
//! that rests on fewer than three territories or mostly on one.

use std::collections::BTreeMap;

use maillage_federation::accounts::{Figures, VolunteerBand};

use super::in_force;
use crate::{
    ledger::Withheld,
    limits,
    store::{Members, ReceivedAccounts},
};

/// The figure that counts solutions opened.
pub(crate) const SOLUTIONS: &str = "solutions-opened";

/// The sums of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearSums {
    /// The civil year.
    pub year: i16,
    /// Territories with a declaration in force.
    pub territories: u32,
    /// Those among them that have corrected it.
    pub corrected: u32,
    /// By figure, in the order they are declared.
    pub sums: Vec<FigureSum>,
    /// Territories by band of volunteers; none where they are withheld.
    pub bands: BTreeMap<VolunteerBand, u32>,
    /// Why the bands are withheld; none when they may be published.
    pub bands_withheld: Option<Withheld>,
}

/// A figure summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureSum {
    /// Its name.
    pub figure: &'static str,
    /// Cents, hundredths of full-time equivalents, or a number.
    pub total: u64,
    /// Why it is not to be published; none when it may be.
    pub withheld: Option<Withheld>,
}

/// Sums of the declarations in force, by year, oldest first.
pub fn sums(received: &[ReceivedAccounts], members: &Members) -> Vec<YearSums> {
    let mut years: BTreeMap<i16, Vec<&ReceivedAccounts>> = BTreeMap::new();
    for ((year, _), counting) in in_force(received, members) {
        years.entry(year).or_default().push(counting);
    }
    years.into_iter().map(|(year, declared)| sum(year, &declared)).collect()
}

fn sum(year: i16, declared: &[&ReceivedAccounts]) -> YearSums {
    let figures: Vec<&Figures> = declared.iter().filter_map(|one| one.declared.figures()).collect();
    let mut parts: Vec<(&'static str, Vec<u64>)> = Vec::new();
    let mut bands = BTreeMap::new();
    let bands_withheld = too_few(figures.len());
    for one in &figures {
        if bands_withheld.is_none() {
            *bands.entry(one.volunteers).or_default() += 1;
        }
        for (place, (name, value)) in one.sums().into_iter().enumerate() {
            match parts.get_mut(place) {
                Some((_, values)) => values.push(value),
                None => parts.push((name, vec![value])),
            }
        }
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    YearSums {
        year,
        territories: count(figures.len()),
        corrected: count(declared.iter().filter(|one| one.declared.revision > 1).count()),
        sums: parts.into_iter().map(|(figure, values)| FigureSum::of(figure, &values)).collect(),
        bands,
        bands_withheld,
    }
}

impl YearSums {
    /// Beside what models cost, its full cost or trips would tell what a few territories have declared.
    pub fn withhold_beside_costs(&mut self) {
        for sum in self.sums.iter_mut().filter(|sum| ["full-cost", "trips"].contains(&sum.figure)) {
            sum.withheld = sum.withheld.or(Some(Withheld::TellsAPart));
        }
    }
}

fn too_few(territories: usize) -> Option<Withheld> {
    (territories < limits::TERRITORIES_TO_PUBLISH as usize).then_some(Withheld::TooFewTerritories)
}

impl FigureSum {
    /// A solution that was opened is no secret of anybody: that one territory has opened most of them withholds nothing.
    fn of(figure: &'static str, parts: &[u64]) -> Self {
        let total = parts.iter().fold(0_u64, |total, part| total.saturating_add(*part));
        let withheld = if figure == SOLUTIONS { too_few(parts.len()) } else { withheld(parts) };
        Self { figure, total, withheld }
    }
}

/// Why a sum of what each of these territories has declared is not to be published: there are fewer than three, or one is nearly all.
pub(crate) fn withheld(parts: &[u64]) -> Option<Withheld> {
    let total: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let dominates = |part: &u64| i128::from(*part) * 100 > total * limits::DOMINANCE_PERCENT;
    let dominated = || parts.iter().any(dominates).then_some(Withheld::OneTerritoryDominates);
    too_few(parts.len()).or_else(dominated)
}

#[cfg(test)]
mod tests {
    use maillage_federation::{
        accounts::{Declared, Figures, Said, VolunteerBand},
        ids::Id,
        statistics::WithdrawalReason,
    };

    use super::{Members, ReceivedAccounts, Withheld, YearSums};
    use crate::{accounts::tests::members, store::Quarantine};

    const THREE: [&str; 3] = ["200034031", "200034049", "200066561"];

    fn figures(full_cost_cents: u64, trips: u32) -> Said {
        Said::Figures(Box::new(Figures {
            models: vec!["hybride-guichet@1".parse().unwrap()],
            full_cost_cents,
            subsidy_cents: 1_000,
            contributions_cents: 0,
            compensation_cents: 300,
            waivers_cents: 20,
            vehicles: 1,
            staff_fte_hundredths: 150,
            volunteers: VolunteerBand::From10To19,
            trips,
            solutions_opened: 0,
        }))
    }

    fn received(territory: usize, (node, revision): (u8, u32), said: Said) -> ReceivedAccounts {
        ReceivedAccounts {
            node: Id::new(1, [node; 10]),
            territory: THREE[territory].parse().unwrap(),
            declared: Declared { year: 2026, revision, said },
            hash: [0; 32],
            received_at_ms: i64::from(revision),
            envelope: vec![],
            quarantine: vec![],
        }
    }

    fn sums(received: &[ReceivedAccounts]) -> Vec<YearSums> {
        super::sums(received, &Members::default())
    }

    fn of(received: &[ReceivedAccounts], figure: &str) -> (u64, Option<Withheld>) {
        let years = sums(received);
        let sum = years[0].sums.iter().find(|sum| sum.figure == figure).unwrap();
        (sum.total, sum.withheld)
    }

    #[test]
    fn each_territory_counts_once_by_its_newest_revision() {
        let corrected = [
            received(0, (1, 1), figures(900_000, 50)),
            received(0, (1, 2), figures(1_000, 100)),
            received(1, (2, 1), figures(2_000, 50)),
            received(2, (3, 1), figures(3_000, 50)),
        ];
        assert_eq!(of(&corrected, "full-cost"), (6_000, None));
        assert_eq!(of(&corrected, "staff-fte"), (450, None));
        assert_eq!(of(&corrected, "contributions"), (0, None), "nothing of nothing is no share");
        let year = &sums(&corrected)[0];
        assert_eq!((year.year, year.territories, year.corrected), (2026, 3, 1));
        assert_eq!(year.bands, [(VolunteerBand::From10To19, 3)].into());
        let mut replaced = corrected.to_vec();
        replaced.push(received(0, (9, 1), figures(4_000, 50)));
        assert_eq!(of(&replaced, "full-cost"), (9_000, None), "a new node of the same territory");
    }

    #[test]
    fn a_sum_rests_on_three_territories_and_on_none_of_them_alone() {
        let two = [received(0, (1, 1), figures(1, 50)), received(1, (2, 1), figures(1, 50))];
        assert_eq!(of(&two, "full-cost"), (2, Some(Withheld::TooFewTerritories)));
        let year = &sums(&two)[0];
        assert_eq!((year.bands.len(), year.bands_withheld), (0, Some(Withheld::TooFewTerritories)));
        let giant = [
            received(0, (1, 1), figures(86, 50)),
            received(1, (2, 1), figures(7, 50)),
            received(2, (3, 1), figures(7, 50)),
        ];
        assert_eq!(of(&giant, "full-cost"), (100, Some(Withheld::OneTerritoryDominates)));
        assert_eq!(of(&giant, "trips"), (150, None), "each figure by itself");
    }

    #[test]
    fn what_was_taken_back_is_in_no_sum() {
        let back = Said::Withdrawn(WithdrawalReason::TestData);
        let taken_back = [received(0, (1, 1), figures(1, 50)), received(0, (1, 2), back)];
        assert_eq!(sums(&taken_back), []);
    }

    #[test]
    fn who_takes_figures_back_takes_back_those_of_no_other_node() {
        let back = Said::Withdrawn(WithdrawalReason::TestData);
        let declared = [
            received(0, (1, 1), figures(1_000, 50)),
            received(1, (2, 1), figures(2_000, 50)),
            received(2, (3, 1), figures(3_000, 50)),
            received(0, (9, 1), figures(9_000, 50)),
        ];
        assert_eq!(of(&declared, "full-cost"), (14_000, None), "the successor's");
        let taken_back = [declared.as_slice(), &[received(0, (9, 2), back)]].concat();
        assert_eq!(of(&taken_back, "full-cost"), (6_000, None), "the predecessor's again");
    }

    #[test]
    fn what_a_node_has_declared_stays_its_territorys_until_another_declares_the_year() {
        let mut declared = vec![
            received(0, (9, 1), figures(1_000, 50)),
            received(1, (2, 1), figures(2_000, 50)),
            received(2, (3, 1), figures(3_000, 50)),
        ];
        let total = |declared: &[ReceivedAccounts], members: &Members| {
            let sum = super::sums(declared, members).remove(0).sums.remove(0);
            (sum.total, sum.withheld)
        };
        assert_eq!(
            total(&declared, &members(&[(9, 10, true), (2, 20, false), (3, 30, false)])),
            (6_000, None)
        );
        // Its successor, whose id sorts before and whose figures came first.
        let successor = received(0, (1, 1), figures(4_000, 50));
        declared.push(ReceivedAccounts { received_at_ms: 0, ..successor });
        let after = members(&[(9, 10, true), (2, 20, false), (3, 30, false), (1, 40, false)]);
        assert_eq!(total(&declared, &after), (9_000, None), "the successor's");
        let both = members(&[(9, 10, false), (2, 20, false), (3, 30, false), (1, 40, false)]);
        assert_eq!(total(&declared, &both), (9_000, None), "who enrolled last, whenever figures came");
        let gone = members(&[(9, 10, false), (2, 20, false), (3, 30, false), (1, 40, true)]);
        assert_eq!(total(&declared, &gone), (6_000, None), "who is there before who is not");
    }

    #[test]
    fn what_somebody_left_out_is_in_no_sum_until_it_is_corrected_or_taken_back_in() {
        let decision =
            |lift| Quarantine { at_ms: 1, by: "A".to_owned(), reason: "à vérifier".to_owned(), lift };
        let mut declared = vec![
            received(0, (1, 1), figures(1_000, 50)),
            received(1, (2, 1), figures(2_000, 50)),
            received(2, (3, 1), figures(3_000, 50)),
            received(0, (9, 1), figures(9_000, 50)),
        ];
        declared[3].quarantine.push(decision(false));
        assert_eq!(of(&declared, "full-cost"), (6_000, None), "the predecessor's again");
        declared.push(received(0, (9, 2), figures(8_000, 50)));
        assert_eq!(of(&declared, "full-cost"), (13_000, None), "a correction counts");
        declared.pop();
        declared[3].quarantine.push(decision(true));
        assert_eq!(of(&declared, "full-cost"), (14_000, None));
    }

    #[test]
    fn solutions_that_one_territory_opened_alone_are_no_secret_but_two_territories_are_too_few() {
        let opened = |number: u32| {
            let mut one = received(
                usize::try_from(number % 3).unwrap(),
                (1 + u8::try_from(number).unwrap(), 1),
                figures(1, 50),
            );
            if let Said::Figures(figures) = &mut one.declared.said {
                figures.solutions_opened = if number == 0 { 6 } else { 0 };
            }
            one
        };
        let three: Vec<_> = (0..3).map(opened).collect();
        assert_eq!(of(&three, "solutions-opened"), (6, None));
        assert_eq!(of(&three[..2], "solutions-opened").1, Some(Withheld::TooFewTerritories));
    }
}
