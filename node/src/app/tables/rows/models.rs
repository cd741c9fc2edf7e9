//! Which participation model serves whom from when, and the territory's own amounts within a model. What has begun is history: a
//! row about a day that is over is taken in only if it says what is there.

use jiff::civil::Date;
use maillage_domain::{
    model_choice::{
        BETWEEN_BRACKETS, LocalParameters, ModelRule, NotABracket, ServedBy, read_bracket, written_bracket,
    },
    money::Cents,
    roles::Operation,
};
use maillage_federation::models::{LocalAmounts, ModelKey};

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
        let former = models::rules_of(desk.transaction)?.into_iter().find(|other| rule.replaces(other));
        if let Some(former) = former.as_ref().filter(|_| !row.has("carrier")) {
            rule.carrier = former.carrier;
        }
        if former.as_ref() == Some(&rule) {
            return Ok(Outcome::Unchanged);
        }
        models::put_rule(desk.app, desk.transaction, desk.caller, rule, |_| Ok(()))
            .map_err(|aborted| of_row(row, aborted))?;
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
        let mut set =
            LocalParameters { model: key(row)?, from: from(row)?, amounts: LocalAmounts::default() };
        let former = models::parameters_of(desk.transaction)?.into_iter().find(|other| set.replaces(other));
        if let Some(former) = &former {
            set.amounts = former.amounts.clone();
        }
        read(row, &mut set.amounts)?;
        if former.as_ref() == Some(&set) {
            return Ok(Outcome::Unchanged);
        }
        models::put_parameters(desk.app, desk.transaction, desk.caller, set, |_| Ok(()))
            .map_err(|aborted| of_row(row, aborted))?;
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
            let brackets: Vec<String> = brackets.iter().map(written_bracket).collect();
            vec![
                set.model.to_string(),
                set.from.to_string(),
                sum(flat_cents),
                sum(rate_cents),
                sum(cap_cents),
                sum(yearly_cents),
                sum(compensation_cents),
                sum(hourly_cents),
                brackets.join(&BETWEEN_BRACKETS.to_string()),
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
        let texts = row.cell("brackets").split(BETWEEN_BRACKETS).filter(|text| !text.trim().is_empty());
        let unreadable = |error: NotABracket| {
            row.bad("brackets", refusals::invalid("table-cell-form").with("example", error))
        };
        *brackets = texts.map(read_bracket).collect::<Result<_, _>>().map_err(unreadable)?;
    }
    Ok(())
}

fn euros(cents: u32) -> String {
    Cents::new(cents.into()).decimal_comma()
}
