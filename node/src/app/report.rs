//! Closing a month: count, draw noise once, charge the budget, mark what was counted, freeze and put into the outbox, all
//! in one transaction, so that at most one draw can ever leave. What leaves again after a lost answer is the same bytes.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use maillage_domain::{
    pulse::{self, Pulse, PulseCounts},
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    envelope::Body,
    models::ModelKey,
    month::Month,
    statistics::{Report, Section, Vocabulary},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::federation::v1 as proto;
use maillage_store::{
    budget::{self, BudgetError},
    erasures, persons,
    report_states::{self, ReportState},
    reports::{self, FreezeError, FrozenReport},
    settings::{self, ModelsInForce},
    trips,
};
use num_rational::Ratio;
use prost::Message as _;

use super::{Aborted, App, caller::Caller, handover::Desk, noise::Noise, refusals, suggest::find};
use crate::limits::{REPORT_TRIPS, REPORTS_SENT_AGAIN};

/// One unit of the budget ledger is 1/3200 of rho: every release of vocabulary v1 is a whole number of them.
pub const BUDGET_UNITS: u64 = 3200;

/// A frozen report and what became of it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The report.
    pub frozen: FrozenReport,
    /// Its contents.
    pub report: Report,
    /// What became of it.
    pub state: ReportState,
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
            limit: units(Vocabulary::pulse().rho_per_year())?,
        })
    })
}

/// Closes a month. A month that is closed already answers with the report that was frozen then.
///
/// # Errors
/// `report-period-not-over`, `report-budget-exhausted`, `model-missing`, `not-joined`; the store.
pub async fn close(
    app: &Arc<App>,
    caller: &Caller,
    period: Month,
    noise: Arc<dyn Noise>,
) -> Result<Kept, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReportClose, move |app, transaction| {
        let vocabulary = Vocabulary::pulse();
        if let Some(frozen) = reports::find(transaction, period, vocabulary.name)? {
            return kept(transaction, frozen);
        }
        if app.now() < period.end() {
            return Err(refusals::conflict("report-period-not-over").with("period", period).into());
        }
        if let Some(later) = reports::list(transaction, 1)?.first()
            && later.month > period
        {
            return Err(refusals::conflict("report-later-month-closed").with("period", later.month).into());
        }
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::ReportClose, &[])?;
        freeze(&mut desk, period, &vocabulary, noise.as_ref())
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
/// `internal` for a vocabulary whose accounting does not fit the unit: then nothing is reported.
pub fn units(rho: Ratio<u64>) -> Result<u64, Aborted> {
    let units = rho * BUDGET_UNITS;
    if units.is_integer() {
        Ok(units.to_integer())
    } else {
        Err(refusals::conflict("report-accounting").into())
    }
}

fn freeze(
    desk: &mut Desk<'_, '_>,
    period: Month,
    vocabulary: &Vocabulary,
    noise: &dyn Noise,
) -> Result<Kept, Aborted> {
    let pulse = count(desk.transaction, period)?;
    let mut sections = Vec::new();
    for (model, counts) in cells(desk.transaction, period, &pulse)? {
        let mut noisy = Vec::new();
        for count in counts {
            let drawn = noise.draw(vocabulary.sigma).map_err(refusals::internal)?;
            noisy.push(i64::try_from(count).unwrap_or(i64::MAX).saturating_add(drawn));
        }
        sections.push(Section { model, cells: noisy });
    }
    let report = Report { period, vocabulary: vocabulary.name.to_owned(), sections };
    report.check().map_err(refusals::internal)?;
    charge(desk, period, vocabulary)?;
    for id in &pulse.consumed {
        let counted = find(desk.transaction, *id)?.count_in(period).map_err(refusals::trip)?;
        trips::put(desk.transaction, &counted)?;
    }
    let frozen = FrozenReport {
        month: period,
        vocabulary: report.vocabulary.clone(),
        bytes: proto::StatisticalReport::from(report.clone()).encode_to_vec(),
        frozen_at: desk.at,
    };
    reports::put(desk.transaction, &frozen).map_err(|error| match error {
        FreezeError::Frozen(month) => {
            Aborted::from(refusals::conflict("report-frozen").with("period", month))
        }
        FreezeError::Engine(error) => error.into(),
    })?;
    report_states::put(desk.transaction, period, vocabulary.name, &ReportState::Frozen)?;
    desk.post(Body::Report(report))?;
    kept(desk.transaction, frozen)
}

/// Takes back, after a restore, what the hub has of this node: each month it has a report for is frozen with that report, charged
/// and sent, and never drawn again. Trips that were closed in time were counted in it.
///
/// # Errors
/// The store.
pub fn take_back(
    transaction: &mut Transaction<'_>,
    reports: &[Report],
    at: Timestamp,
) -> Result<(), Aborted> {
    let vocabulary = Vocabulary::pulse();
    let known = |report: &&Report| report.vocabulary == vocabulary.name;
    for report in reports.iter().filter(known) {
        let period = report.period;
        if reports::find(transaction, period, vocabulary.name)?.is_none() {
            let pulse = count(transaction, period)?;
            for id in &pulse.consumed {
                let counted = find(transaction, *id)?.count_in(period).map_err(refusals::trip)?;
                trips::put(transaction, &counted)?;
            }
            let bytes = proto::StatisticalReport::from(report.clone()).encode_to_vec();
            let frozen =
                FrozenReport { month: period, vocabulary: report.vocabulary.clone(), bytes, frozen_at: at };
            reports::put(transaction, &frozen).map_err(|_| refusals::conflict("report-frozen"))?;
            let (amount, limit) = (units(vocabulary.rho_per_report())?, units(vocabulary.rho_per_year())?);
            // More than a year allows cannot have been drawn; if it was, nothing more will be.
            match budget::charge(transaction, year(period), amount, limit) {
                Ok(_) | Err(BudgetError::Exhausted { .. }) => {}
                Err(BudgetError::Engine(error)) => return Err(error.into()),
            }
        }
        report_states::put(transaction, period, vocabulary.name, &ReportState::Sent)?;
    }
    Ok(())
}

/// Puts the reports into the outbox again that the hub does not have any more: as they were frozen.
///
/// # Errors
/// The store.
pub fn send_again(desk: &mut Desk<'_, '_>, hub_has: &[Report]) -> Result<(), Aborted> {
    for frozen in reports::list(desk.transaction, REPORTS_SENT_AGAIN)? {
        let has = |report: &Report| report.period == frozen.month && report.vocabulary == frozen.vocabulary;
        let state = report_states::find(desk.transaction, frozen.month, &frozen.vocabulary)?;
        if state != ReportState::Sent || hub_has.iter().any(has) {
            continue;
        }
        let Kept { frozen, report, .. } = kept(desk.transaction, frozen)?;
        report_states::put(desk.transaction, frozen.month, &frozen.vocabulary, &ReportState::Frozen)?;
        desk.post(Body::Report(report))?;
    }
    Ok(())
}

fn charge(desk: &mut Desk<'_, '_>, period: Month, vocabulary: &Vocabulary) -> Result<(), Aborted> {
    let (amount, limit) = (units(vocabulary.rho_per_report())?, units(vocabulary.rho_per_year())?);
    match budget::charge(desk.transaction, year(period), amount, limit) {
        Ok(_) => Ok(()),
        Err(BudgetError::Exhausted { year, .. }) => {
            Err(refusals::conflict("report-budget-exhausted").with("year", year).into())
        }
        Err(BudgetError::Engine(error)) => Err(error.into()),
    }
}

fn count(view: &dyn View, period: Month) -> Result<Pulse, Aborted> {
    let waiting = trips::uncounted(view, period.end(), REPORT_TRIPS)?;
    let cap = Vocabulary::pulse().person_cap;
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

fn kept(view: &dyn View, frozen: FrozenReport) -> Result<Kept, Aborted> {
    let message = proto::StatisticalReport::decode(frozen.bytes.as_slice());
    let report = message.ok().and_then(|message| Report::try_from(message).ok());
    let report = report.ok_or_else(|| refusals::conflict("report-unreadable"))?;
    let state = report_states::find(view, frozen.month, &frozen.vocabulary)?;
    let spent = budget::spent(view, year(frozen.month))?;
    Ok(Kept { frozen, report, state, spent })
}

fn year(period: Month) -> u16 {
    u16::try_from(period.year()).unwrap_or_default()
}
