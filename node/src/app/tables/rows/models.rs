//! Which participation model serves whom from when, and the territory's own amounts within a model. What has begun is history: a
//! row about a day that is over is taken in only if it says what is there.

use jiff::civil::Date;
use maillage_domain::{
    model_choice::{LocalParameters, ModelRule, ServedBy},
    money::Cents,
    roles::Operation,
};
use maillage_federation::models::{Bracket, LocalAmounts, ModelKey, Tariff};
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        ExportDesk, Exported, ImportDesk, Outcome, RowError, Table, of_row,
        sheet::{Column, Row},
    },
    number,
};
use crate::app::{Aborted, models, refusals};

/// One row is one choice of a participation model.
pub(super) struct ModelRules;

/// One row is what the territory has set within a model from a day on.
pub(super) struct ModelParameters;

const RULES: &[Column] = &[
    Column::optional("service", ""),
    Column::optional("commune", "81003"),
    Column::optional("from", "2026-10-01"),
    Column::optional("model", "exemple@1"),
    Column::later("carrier", ""),
];
const PARAMETERS: &[Column] = &[
    Column::optional("model", "exemple@1"),
    Column::optional("from", "2026-10-01"),
    Column::optional("flat", "3,00"),
    Column::optional("rate", "0,30"),
    Column::optional("cap", ""),
    Column::optional("yearly", ""),
    Column::optional("compensation", "0,40"),
    Column::later("hourly", ""),
    Column::later("brackets", ""),
];

impl Table for ModelRules {
    fn code(&self) -> &'static str {
        "model-rules"
    }

    fn columns(&self) -> &'static [Column] {
        RULES
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::ModelsChoose)
    }

    fn exporting(&self) -> Operation {
        Operation::ModelsShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let service = row.cell("service");
        let service: Option<ServedBy> = if service.is_empty() {
            None
        } else {
            Some(service.parse().map_err(|_| row.bad("service", refusals::invalid("service-unknown")))?)
        };
        let mut rule = ModelRule {
            service,
            commune: row.parsed("commune")?,
            from: from(row)?,
            model: key(row)?,
            carrier: desk.subject_if_given(row, "carrier", "carriers")?,
        };
        let same = |other: &&ModelRule| {
            (other.service, other.commune, other.from) == (rule.service, rule.commune, rule.from)
        };
        let former = models::rules_of(desk.transaction)?.iter().find(same).cloned();
        if let Some(former) = former.as_ref().filter(|_| !row.has("carrier")) {
            rule.carrier = former.carrier;
        }
        if former.as_ref() == Some(&rule) {
            return Ok(Outcome::Unchanged);
        }
        let said = former.as_ref().map(|former| former.model.to_string()).unwrap_or_default();
        models::put_rule(desk.app, desk.transaction, desk.caller, (rule, &said))
            .map_err(|aborted| of_choice(row, aborted))?;
        Ok(if former.is_some() { Outcome::Changed } else { Outcome::Added })
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let mut rows = Vec::new();
        for rule in models::rules_of(desk.view)? {
            rows.push(vec![
                number(rule.service.map(ServedBy::code)),
                number(rule.commune),
                rule.from.to_string(),
                rule.model.to_string(),
                desk.name_if_any("carriers", rule.carrier)?,
            ]);
        }
        Ok(Exported { rows, next: None })
    }
}

impl Table for ModelParameters {
    fn code(&self) -> &'static str {
        "model-parameters"
    }

    fn columns(&self) -> &'static [Column] {
        PARAMETERS
    }

    fn importing(&self) -> Option<Operation> {
        Some(Operation::ModelsParameters)
    }

    fn exporting(&self) -> Operation {
        Operation::ModelsShow
    }

    fn import(&self, desk: &mut ImportDesk<'_, '_>, row: &Row) -> Result<Outcome, RowError> {
        let (model, from) = (key(row)?, from(row)?);
        let same = |other: &&LocalParameters| (&other.model, other.from) == (&model, from);
        let former = models::parameters_of(desk.transaction)?.iter().find(same).cloned();
        let mut amounts = former.as_ref().map(|former| former.amounts.clone()).unwrap_or_default();
        read(row, &mut amounts)?;
        let set = LocalParameters { model, from, amounts };
        if former.as_ref() == Some(&set) {
            return Ok(Outcome::Unchanged);
        }
        let said = former.as_ref().map(models::parameters_etag).unwrap_or_default();
        models::put_parameters(desk.app, desk.transaction, desk.caller, (set, &said))
            .map_err(|aborted| of_choice(row, aborted))?;
        Ok(if former.is_some() { Outcome::Changed } else { Outcome::Added })
    }

    fn export(&self, desk: &ExportDesk<'_>) -> Result<Exported, Aborted> {
        let rows = models::parameters_of(desk.view)?.into_iter().map(|set| {
            let LocalAmounts {
                flat_cents,
                rate_cents,
                cap_cents,
                yearly_cents,
                compensation_cents,
                hourly_cents,
                brackets,
            } = set.amounts;
            let sum = |cents: Option<u32>| cents.map(euros).unwrap_or_default();
            let brackets: Vec<String> = brackets.iter().map(written).collect();
            vec![
                set.model.to_string(),
                set.from.to_string(),
                sum(flat_cents),
                sum(rate_cents),
                sum(cap_cents),
                sum(yearly_cents),
                sum(compensation_cents),
                sum(hourly_cents),
                brackets.join("|"),
            ]
        });
        Ok(Exported { rows: rows.collect(), next: None })
    }
}

fn key(row: &Row) -> Result<ModelKey, RowError> {
    Ok(row.cell("model").parse().map_err(|_| row.bad("model", refusals::invalid("model-key")))?)
}

fn from(row: &Row) -> Result<Date, RowError> {
    Ok(row.date("from").parse().map_err(|_| row.bad("from", refusals::invalid("date-format")))?)
}

/// A refusal about when a choice begins is told under its day.
fn of_choice(row: &Row, aborted: Aborted) -> RowError {
    match aborted {
        Aborted::Refused(refusal) if refusal.reason() == "model-rule-past" => {
            RowError::Bad(row.bad("from", refusal))
        }
        Aborted::Refused(refusal) => of_row(row, refusal),
        Aborted::Engine(error) => RowError::Store(Aborted::Engine(error)),
    }
}

/// Takes the amounts of the columns that the file has.
fn read(row: &Row, amounts: &mut LocalAmounts) -> Result<(), RowError> {
    let LocalAmounts {
        flat_cents,
        rate_cents,
        cap_cents,
        yearly_cents,
        compensation_cents,
        hourly_cents,
        brackets,
    } = amounts;
    let sums = [
        ("flat", flat_cents),
        ("rate", rate_cents),
        ("cap", cap_cents),
        ("yearly", yearly_cents),
        ("compensation", compensation_cents),
        ("hourly", hourly_cents),
    ];
    for (column, place) in sums {
        if row.has(column) {
            let cents = row.euros(column)?.map(|sum| u32::try_from(sum.get()));
            *place = cents.transpose().map_err(|_| row.malformed(column))?;
        }
    }
    if row.has("brackets") {
        let texts = row.cell("brackets").split('|').map(str::trim).filter(|text| !text.is_empty());
        let read: Option<Vec<Bracket>> = texts.map(bracket).collect();
        *brackets = read.ok_or_else(|| row.bad("brackets", unreadable()))?;
    }
    Ok(())
}

fn unreadable() -> Refusal {
    refusals::invalid("table-cell-form").with("example", "700:1,50|1200:0,20/km<5,00|:free")
}

/// A bracket: the quotient it reaches to in euros (nothing for the last one), a colon, and what a trip costs in it: a sum, a sum
/// per kilometre with perhaps the most it comes to, `free` or `donation`.
fn written(bracket: &Bracket) -> String {
    let tariff = match bracket.tariff {
        Tariff::Free => "free".to_owned(),
        Tariff::Donation => "donation".to_owned(),
        Tariff::Flat { amount_cents } => euros(amount_cents),
        Tariff::PerKilometre { rate_cents, cap_cents } => {
            let cap = cap_cents.map(|cents| format!("<{}", euros(cents))).unwrap_or_default();
            format!("{}/km{cap}", euros(rate_cents))
        }
    };
    format!("{}:{tariff}", number(bracket.up_to_euros))
}

fn bracket(text: &str) -> Option<Bracket> {
    let (end, tariff) = text.split_once(':')?;
    let end = end.trim();
    let up_to_euros = if end.is_empty() { None } else { Some(end.parse().ok()?) };
    let cents = |text: &str| u32::try_from(Cents::parse(text.trim()).ok()?.get()).ok();
    let tariff = match (tariff.trim(), tariff.split_once("/km")) {
        ("free", _) => Tariff::Free,
        ("donation", _) => Tariff::Donation,
        (_, Some((rate, rest))) => {
            let cap_cents = match rest.trim().strip_prefix('<') {
                Some(cap) => Some(cents(cap)?),
                None if rest.trim().is_empty() => None,
                None => return None,
            };
            Tariff::PerKilometre { rate_cents: cents(rate)?, cap_cents }
        }
        (sum, None) => Tariff::Flat { amount_cents: cents(sum)? },
    };
    Some(Bracket { up_to_euros, tariff })
}

fn euros(cents: u32) -> String {
    Cents::new(cents.into()).decimal_comma()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_reads_as_it_is_written() {
        let check = |up_to_euros, tariff, text: &str| {
            let known = Bracket { up_to_euros, tariff };
            assert_eq!((written(&known).as_str(), bracket(text)), (text, Some(known)));
        };
        check(Some(700), Tariff::Flat { amount_cents: 150 }, "700:1,50");
        check(Some(900), Tariff::PerKilometre { rate_cents: 20, cap_cents: None }, "900:0,20/km");
        check(Some(1200), Tariff::PerKilometre { rate_cents: 20, cap_cents: Some(500) }, "1200:0,20/km<5,00");
        check(Some(300), Tariff::Free, "300:free");
        check(None, Tariff::Donation, ":donation");
        for text in ["", "700", "x:1,50", "700:", "700:1,50/km>5", "700:-1", ":gratuit"] {
            assert_eq!(bracket(text), None, "{text}");
        }
    }
}
