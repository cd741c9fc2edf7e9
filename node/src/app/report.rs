//! Closing a period of statistics: count, draw noise once, charge the budget, mark what was counted, freeze and put into the outbox, all
//! in one transaction, so that at most one draw can ever leave. What leaves again after a lost answer is the same bytes. Here is what
//! months and half-years have in common, and the month; [`half_year`] counts persons, [`journal`] keeps what is not sent or taken back,
//! [`restored`] what a backup has forgotten, [`due`] says what waits. [`declaration`] is apart from all that: what a person declares about a year, without noise.

pub mod declaration;
pub mod due;
pub mod half_year;
pub mod journal;
pub mod restored;
mod year_books;

use std::{collections::BTreeMap, sync::Arc};

use maillage_domain::{
    pulse::{self, Pulse, PulseCounts},
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    envelope::Body,
    models::ModelKey,
    month::Month,
    statistics::{Period, Report, Section, Vocabulary, rho_per_year},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    budget::{self, BudgetError, Share},
    erasures, persons,
    report_notes::{self, TrueCounts, WithdrawnReport},
    report_states::{self, ReportState},
    reports::{self, FreezeError, FrozenReport},
    settings::{self, ModelsInForce},
    trips,
};
use num_rational::Ratio;
use prost::Message as _;

pub use self::journal::Closed;
use super::{Aborted, App, caller::Caller, handover::Desk, noise::Noise, refusals, suggest::find};
use crate::limits::{REPORT_TRIPS, REPORTS_SENT_AGAIN};

pub use maillage_federation::statistics::BUDGET_UNITS;

/// A frozen report and what became of it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The report.
    pub frozen: FrozenReport,
    /// Its contents.
    pub report: Report,
    /// What became of it.
    pub state: ReportState,
    /// Whether it was taken back.
    pub withdrawn: Option<WithdrawnReport>,
    /// Budget units used in its year so far.
    pub spent: u64,
}

/// True counts of a month, before noise. Never leaves this node.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The month.
    pub period: Month,
    /// True cells by model in force.
    pub sections: BTreeMap<ModelKey, [u64; 2]>,
    /// Budget units used in the year so far.
    pub spent: u64,
    /// Budget units of a year.
    pub limit: u64,
}

/// What a month's report would count now. Draws nothing, spends nothing.
///
/// # Errors
/// `model-missing`; the store.
pub fn preview(app: &App, caller: &Caller, period: Month) -> Result<Preview, Refusal> {
    app.look(caller, Operation::ReportPreview, |_, view| {
        let pulse = count(view, period)?;
        Ok(Preview {
            period,
            sections: cells(view, period, &pulse)?,
            spent: budget::spent(view, year(period))?,
            limit: units(rho_per_year())?,
        })
    })
}

/// Closes a month. A month that is closed already answers with the report that was frozen then.
///
/// # Errors
/// `report-period-not-over`, `report-later-month-closed`, `report-withheld`, `report-budget-exhausted`, `model-missing`,
/// `not-joined`; the store.
pub async fn close(
    app: &Arc<App>,
    caller: &Caller,
    month: Month,
    noise: Arc<dyn Noise>,
) -> Result<Kept, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReportClose, move |app, transaction| {
        let period = Period::Month(month);
        match journal::find(transaction, period)? {
            Some(Closed::Report(kept)) => return journal::again(app, transaction, *kept),
            Some(Closed::Silent(..)) => {
                return Err(refusals::conflict("report-withheld").with("period", period).into());
            }
            None => {}
        }
        in_order(app, transaction, period)?;
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::ReportClose, &[])?;
        let pulse = count(desk.transaction, month)?;
        let truth = in_order_of_cells(cells(desk.transaction, month, &pulse)?);
        use_up(desk.transaction, &pulse, month)?;
        freeze(&mut desk, period, truth, noise.as_ref())
    })
    .await
}

/// Reports made, newest first.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, limit: usize) -> Result<Vec<Kept>, Refusal> {
    app.look(caller, Operation::ReportList, |_, view| {
        reports::list(view, limit)?.into_iter().map(|frozen| kept(view, frozen)).collect()
    })
}

/// What a report's fraction of the budget is in ledger units.
///
/// # Errors
/// `report-accounting` for a vocabulary whose accounting does not fit the unit: then nothing is reported.
pub fn units(rho: Ratio<u64>) -> Result<u64, Aborted> {
    let units = rho * BUDGET_UNITS;
    if units.is_integer() {
        Ok(units.to_integer())
    } else {
        Err(refusals::conflict("report-accounting").into())
    }
}

/// A period is closed once it is over, and never one before a period that is closed.
fn in_order(app: &App, view: &dyn View, period: Period) -> Result<(), Aborted> {
    if app.now() < period.month().end() {
        return Err(refusals::conflict("report-period-not-over").with("period", period).into());
    }
    let vocabulary = period.vocabulary();
    match newest(view, &vocabulary)? {
        Some(later) if later > period.month() => {
            let later = Period::of(vocabulary.name, later).unwrap_or(Period::Month(later));
            Err(refusals::conflict("report-later-month-closed").with("period", later).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// The months that closed periods of a vocabulary go by, with a report or without one.
fn closed_months(view: &dyn View, vocabulary: &Vocabulary) -> Result<Vec<Month>, Aborted> {
    let reports = reports::list(view, REPORTS_SENT_AGAIN)?;
    let silences = report_notes::silences(view, REPORTS_SENT_AGAIN)?;
    let reports = reports.into_iter().map(|report| (report.vocabulary, report.month));
    let all = reports.chain(silences.into_iter().map(|silence| (silence.vocabulary, silence.month)));
    Ok(all.filter(|(named, _)| named == vocabulary.name).map(|(_, month)| month).collect())
}

fn newest(view: &dyn View, vocabulary: &Vocabulary) -> Result<Option<Month>, Aborted> {
    Ok(closed_months(view, vocabulary)?.into_iter().max())
}

/// Draws the noise of each cell, once, and freezes what leaves.
fn freeze(
    desk: &mut Desk<'_, '_>,
    period: Period,
    truth: TrueCounts,
    noise: &dyn Noise,
) -> Result<Kept, Aborted> {
    let (vocabulary, month) = (period.vocabulary(), period.month());
    let mut sections = Vec::new();
    for (model, counts) in &truth.sections {
        let mut noisy = Vec::new();
        for (count, (group, _)) in counts.iter().zip(vocabulary.cells()) {
            let drawn = noise.draw(group.sigma).map_err(refusals::internal)?;
            noisy.push(i64::try_from(*count).unwrap_or(i64::MAX).saturating_add(drawn));
        }
        sections.push(Section { model: model.clone(), cells: noisy });
    }
    let report = Report { period: month, vocabulary: vocabulary.name.to_owned(), sections };
    report.check().map_err(refusals::internal)?;
    charge(desk.transaction, period)?;
    let frozen = FrozenReport {
        month,
        vocabulary: report.vocabulary.clone(),
        bytes: proto::StatisticalReport::from(report.clone()).encode_to_vec(),
        frozen_at: desk.at,
    };
    reports::put(desk.transaction, &frozen).map_err(|error| match error {
        FreezeError::Frozen(_) => Aborted::from(refusals::conflict("report-frozen").with("period", period)),
        FreezeError::Engine(error) => error.into(),
    })?;
    report_notes::put_truth(desk.transaction, (month, vocabulary.name), truth)?;
    report_states::put(desk.transaction, month, vocabulary.name, &ReportState::Frozen)?;
    desk.post(Body::Report(report))?;
    kept(desk.transaction, frozen)
}

/// Charges a period to its share of the year, whether it has a report or not: a period that somebody has looked at and kept to
/// themselves leaves nothing over for another look.
fn charge(transaction: &mut Transaction<'_>, period: Period) -> Result<(), Aborted> {
    let vocabulary = period.vocabulary();
    let share = match period {
        Period::Month(_) => Share::Months,
        Period::HalfYear(_) => Share::HalfYears,
    };
    let (amount, limit) = (units(vocabulary.rho_per_report())?, units(vocabulary.rho_per_year())?);
    match budget::charge(transaction, (year(period.month()), share), amount, limit) {
        Ok(_) => Ok(()),
        Err(BudgetError::Exhausted { year, .. }) => {
            Err(refusals::conflict("report-budget-exhausted").with("year", year).into())
        }
        Err(BudgetError::Engine(error)) => Err(error.into()),
    }
}

/// Marks what a month has used up.
fn use_up(transaction: &mut Transaction<'_>, pulse: &Pulse, month: Month) -> Result<(), Aborted> {
    for id in &pulse.consumed {
        let counted = find(transaction, *id)?.count_in(month).map_err(refusals::trip)?;
        trips::put(transaction, &counted)?;
    }
    Ok(())
}

fn count(view: &dyn View, period: Month) -> Result<Pulse, Aborted> {
    let waiting = trips::uncounted(view, period.end(), REPORT_TRIPS)?;
    let cap = Vocabulary::pulse().person_bound("trips");
    // Somebody who was erased is objected for by the erasure.
    let mut objectors = persons::objectors(view)?;
    objectors.extend(erasures::objectors(view)?);
    Ok(pulse::count(&waiting, &objectors, period.end(), cap))
}

/// The cells of every model in force in the month, zeros included: which models those are is public, so that it
/// tells nothing about people. Trips under an earlier model (closed late) count under the one in force.
fn cells(view: &dyn View, period: Month, pulse: &Pulse) -> Result<BTreeMap<ModelKey, [u64; 2]>, Aborted> {
    let models = settings::find::<ModelsInForce>(view)?.unwrap_or_default();
    let current = models.in_month(period).cloned().ok_or_else(|| refusals::conflict("model-missing"))?;
    let mut sections = BTreeMap::from([(current.clone(), [0, 0])]);
    for (model, PulseCounts { fulfilled, not_fulfilled }) in &pulse.by_model {
        let model = if sections.contains_key(model) { model } else { &current };
        if let Some([first, second]) = sections.get_mut(model) {
            *first += u64::from(*fulfilled);
            *second += u64::from(*not_fulfilled);
        }
    }
    Ok(sections)
}

fn in_order_of_cells(cells: BTreeMap<ModelKey, [u64; 2]>) -> TrueCounts {
    TrueCounts { sections: cells.into_iter().map(|(model, cells)| (model, cells.to_vec())).collect() }
}

fn kept(view: &dyn View, frozen: FrozenReport) -> Result<Kept, Aborted> {
    let message = proto::StatisticalReport::decode(frozen.bytes.as_slice());
    let report = message.ok().and_then(|message| Report::try_from(message).ok());
    let report = report.ok_or_else(|| refusals::conflict("report-unreadable"))?;
    let state = report_states::find(view, frozen.month, &frozen.vocabulary)?;
    let withdrawn = report_notes::withdrawal(view, frozen.month, &frozen.vocabulary)?;
    let spent = budget::spent(view, year(frozen.month))?;
    Ok(Kept { frozen, report, state, withdrawn, spent })
}

fn year(period: Month) -> u16 {
    u16::try_from(period.year()).unwrap_or_default()
}
