//! A month with another member as the rows of its table. Must never add what the month does not say.

use maillage_domain::{
    money::Cents,
    settlement::csv::{self, Row},
};
use maillage_federation::{agreement::Rates, settlement::Line};

use super::{Direction, Settlement};

/// The file; `other` is the SIREN of the other's territory.
pub(super) fn table(settlement: &Settlement, other: &str) -> String {
    let possible = settlement.directions.iter().filter(|direction| direction.is_possible());
    let mut rows: Vec<Row<'_>> = possible.flat_map(rows).collect();
    rows.push(Row::Net(settlement.net().map(Cents::new)));
    csv::table(settlement.month, other, &rows)
}

fn rows(direction: &Direction) -> Vec<Row<'_>> {
    let carrier = direction.account.carrier;
    let line = |(key, line): (&_, &Line)| {
        let amount = direction.reckoned.as_ref().ok().and_then(|reckoned| reckoned.amounts.get(key));
        Row::Leg(carrier, *key, *line, rates(direction, line.version), amount.copied().map(Cents::new))
    };
    let mut rows: Vec<_> = direction.now.lines.iter().map(line).collect();
    let ours = direction.account.ours.as_ref().map(|said| said.at);
    let theirs = direction.account.theirs.as_ref().map(|(_, at)| *at);
    let standing = direction.account.standing();
    rows.push(Row::Total(carrier, direction.total().map(Cents::new), standing, [ours, theirs]));
    rows
}

fn rates(direction: &Direction, version: u32) -> Option<&Rates> {
    Some(&direction.agreement.as_ref()?.version(version)?.terms.rates)
}
