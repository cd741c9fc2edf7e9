//! A month with another member as a table for the accountant, in the format of the other tables of the books: semicolons,
//! decimal commas, French headings. Must never hold who travelled or where.

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    agreement::Rates,
    month::{Month, paris},
    settlement::{LegKey, Line, What},
};

use super::{Carrier, Standing};
use crate::{
    ledger::{BYTE_ORDER_MARK, csv_line},
    money::Cents,
};

const HEADING: [&str; 18] = [
    "Mois",
    "Autre territoire (SIREN)",
    "Qui transporte",
    "Ligne",
    "Jour",
    "Relais",
    "Trajet",
    "Accord (version)",
    "Km avec la personne",
    "Km à vide",
    "Tarif du km",
    "Tarif du km à vide",
    "Forfait",
    "Participation encaissée",
    "Montant",
    "État",
    "Signé par nous",
    "Signé par l'autre",
];

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A leg, with the rates of its version and what it comes to, where that can be said.
    Leg(Carrier, LegKey, Line, Option<&'a Rates>, Option<Cents>),
    /// A direction, with what the two have signed and when.
    Total(Carrier, Option<Cents>, Standing, [Option<Timestamp>; 2]),
    /// What the other owes this node, less what this node owes the other.
    Net(Option<Cents>),
}

/// The file.
pub fn table(month: Month, other: &str, rows: &[Row<'_>]) -> String {
    let mut file = String::from(BYTE_ORDER_MARK);
    csv_line(&mut file, &HEADING.map(str::to_owned));
    for row in rows {
        let mut cells = [month.to_string(), other.to_owned()].to_vec();
        cells.extend(row.cells());
        csv_line(&mut file, &cells);
    }
    file
}

impl Row<'_> {
    fn cells(&self) -> [String; 16] {
        let none = String::new;
        match self {
            Self::Leg(carrier, key, line, rates, amount) => {
                let (name, km, flat, contribution) = of_leg(line.what, *rates);
                let [km, empty_km, rate, empty_rate] = km;
                [
                    side(*carrier),
                    name.to_owned(),
                    day(line.day),
                    key.handover.to_string(),
                    (key.leg + 1).to_string(),
                    line.version.to_string(),
                    km,
                    empty_km,
                    rate,
                    empty_rate,
                    flat,
                    contribution,
                    sum_or_not(*amount),
                    none(),
                    none(),
                    none(),
                ]
            }
            Self::Total(carrier, amount, standing, [ours, theirs]) => {
                let mut cells = sum(&side(*carrier), "total", *amount);
                let signed = [state(*standing).to_owned(), at(*ours), at(*theirs)];
                for (cell, text) in cells.iter_mut().skip(13).zip(signed) {
                    *cell = text;
                }
                cells
            }
            Self::Net(amount) => sum("", "solde en notre faveur", *amount),
        }
    }
}

/// The name of a line, kilometres and their rates, the flat amount, what was collected.
fn of_leg(what: What, rates: Option<&Rates>) -> (&'static str, [String; 4], String, String) {
    let none = || [const { String::new() }; 4];
    let rate = |of: fn(&Rates) -> u32| rates.map(|rates| euros(of(rates))).unwrap_or_default();
    match what {
        What::Driven { loaded_m, empty_m, contribution } => {
            let (loaded, empty) = (rate(|rates| rates.loaded_km), rate(|rates| rates.empty_km));
            let km = [kilometres(loaded_m), kilometres(empty_m), loaded, empty];
            ("trajet effectué", km, rate(|rates| rates.trip), euros(contribution))
        }
        What::NoShow => ("personne absente", none(), rate(|rates| rates.no_show), String::new()),
        What::AtTheDoor => ("annulé à la porte", none(), rate(|rates| rates.at_the_door), String::new()),
    }
}

/// An amount; "non calculable" where it cannot be said, so that nobody adds it up as nothing.
fn sum_or_not(amount: Option<Cents>) -> String {
    amount.map_or_else(|| "non calculable".to_owned(), Cents::decimal_comma)
}

fn sum(side: &str, name: &str, amount: Option<Cents>) -> [String; 16] {
    let mut cells = [const { String::new() }; 16];
    for (place, text) in [(0, side.to_owned()), (1, name.to_owned()), (12, sum_or_not(amount))] {
        if let Some(cell) = cells.get_mut(place) {
            *cell = text;
        }
    }
    cells
}

fn side(carrier: Carrier) -> String {
    match carrier {
        Carrier::Us => "nous pour l'autre".to_owned(),
        Carrier::Them => "l'autre pour nous".to_owned(),
    }
}

fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "non signé",
        Standing::SignedByUs => "signé par nous",
        Standing::SignedByThem => "signé par l'autre",
        Standing::Settled => "signé des deux, identique",
        Standing::Different => "signé des deux, différent",
    }
}

fn euros(cents: u32) -> String {
    Cents::new(i64::from(cents)).decimal_comma()
}

/// Kilometres to the metre.
fn kilometres(metres: u32) -> String {
    format!("{},{:03}", metres / 1000, metres % 1000)
}

fn day(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

fn at(instant: Option<Timestamp>) -> String {
    instant.map(|instant| day(instant.to_zoned(paris()).date())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use maillage_federation::ids::Id;

    use super::*;

    #[test]
    fn a_month_is_a_table_with_totals_and_signatures() {
        let rates = Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 };
        let key = LegKey { handover: Id::new(3, [7; 10]), leg: 1 };
        let driven = What::Driven { loaded_m: 12_345, empty_m: 3_100, contribution: 250 };
        let line = |what| Line { day: "2026-10-06".parse().unwrap(), version: 1, what };
        let noon = "2026-11-02T12:00:00Z".parse().unwrap();
        let rows = [
            Row::Leg(Carrier::Us, key, line(driven), Some(&rates), Some(Cents::new(456))),
            Row::Leg(Carrier::Us, key, line(What::NoShow), Some(&rates), Some(Cents::new(500))),
            Row::Total(Carrier::Us, Some(Cents::new(956)), Standing::SignedByUs, [Some(noon), None]),
            Row::Net(Some(Cents::new(-44))),
        ];
        let file = table("2026-10".parse().unwrap(), "200034031", &rows);
        let lines: Vec<&str> = file.split("\r\n").collect();
        let handover = key.handover;
        assert!(file.starts_with('\u{feff}'));
        assert_eq!(
            lines[1],
            format!(
                "2026-10;200034031;nous pour l'autre;trajet effectué;06/10/2026;{handover};2;1;12,345;3,100;0,40;0,20;1,50;2,50;4,56;;;"
            )
        );
        assert!(
            lines[2].ends_with(&format!(";personne absente;06/10/2026;{handover};2;1;;;;;5,00;;5,00;;;"))
        );
        assert_eq!(
            lines[3],
            "2026-10;200034031;nous pour l'autre;total;;;;;;;;;;;9,56;signé par nous;02/11/2026;"
        );
        assert_eq!(lines[4], "2026-10;200034031;;solde en notre faveur;;;;;;;;;;;-0,44;;;");
        assert!(lines.iter().filter(|line| !line.is_empty()).all(|line| line.matches(';').count() == 17));
    }
}
