//! What became of each period: the report that was frozen for it, or why there is none. A period can be withheld, which uses it up like
//! a report that nobody gets, and a report can be taken back, which leaves it where it is and tells the hub not to count it. Must never
//! lead to a second draw.

use std::sync::Arc;

use maillage_domain::roles::Operation;
use maillage_engine::{Transaction, View};
use maillage_federation::{
    envelope::Body,
    statistics::{Period, Withdrawal, WithdrawalReason, rho_per_year},
};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    budget,
    report_notes::{self, Silence, SilenceReason, TrueCounts, WithdrawnReport},
    report_states::{self, ReportState},
    reports,
};

use super::{Kept, cells, charge, count, half_year, in_order, in_order_of_cells, kept, units, use_up, year};
use crate::app::{Aborted, App, caller::Caller, handover::Desk, refusals};

/// A period that is closed.
#[derive(Debug, Clone)]
pub enum Closed {
    /// With a report.
    Report(Box<Kept>),
    /// Without one, and the budget units used in its year so far.
    Silent(Silence, u64),
}

/// What a period counts, what leaves or has left, and what it costs. Stays on this node.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The period.
    pub period: Period,
    /// True counts by model: those the report was made of, or those it would be made of now. None for a closed period whose
    /// counts are not known.
    pub truth: Option<TrueCounts>,
    /// What became of it, once it is closed.
    pub closed: Option<Closed>,
    /// Whether it would be closed without a report, since few people are registered.
    pub few: bool,
    /// Budget units used in the year so far.
    pub spent: u64,
    /// Budget units of a year.
    pub limit: u64,
}

/// Shows a period before it leaves, or beside what has left. Draws nothing, spends nothing.
///
/// # Errors
/// `model-missing`; the store.
pub fn show(app: &App, caller: &Caller, period: Period) -> Result<Shown, Refusal> {
    app.look(caller, Operation::ReportPreview, |app, view| {
        let closed = find(view, period)?;
        let truth = match (&closed, period) {
            (Some(_), _) => report_notes::truth(view, period.month(), period.vocabulary().name)?,
            (None, Period::Month(month)) => {
                Some(in_order_of_cells(cells(view, month, &count(view, month)?)?))
            }
            (None, Period::HalfYear(half_year)) => Some(half_year::count(app, view, half_year)?),
        };
        let is_open_half_year = closed.is_none() && matches!(period, Period::HalfYear(_));
        Ok(Shown {
            period,
            truth,
            closed,
            few: is_open_half_year && half_year::is_small(view)?,
            spent: budget::spent(view, year(period.month()))?,
            limit: units(rho_per_year())?,
        })
    })
}

/// What became of each period, newest first.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, limit: usize) -> Result<Vec<Closed>, Refusal> {
    app.look(caller, Operation::ReportList, |_, view| {
        let mut all = Vec::new();
        for frozen in reports::list(view, limit)? {
            all.push(Closed::Report(Box::new(kept(view, frozen)?)));
        }
        for silence in report_notes::silences(view, limit)? {
            all.push(silent(view, silence)?);
        }
        // A half-year comes before the month it goes by.
        all.sort_by_key(|closed| (std::cmp::Reverse(closed.month()), closed.vocabulary().to_owned()));
        all.truncate(limit);
        Ok(all)
    })
}

/// Closes a period without a report. Nothing is drawn or sent, now or later, and what it would have counted is used up and charged
/// like any other: what somebody has looked at and kept back does not come out of a later report instead.
///
/// # Errors
/// `report-frozen` if it has a report; those of closing it.
pub async fn withhold(app: &Arc<App>, caller: &Caller, period: Period) -> Result<Closed, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReportWithhold, move |app, transaction| {
        match find(transaction, period)? {
            Some(Closed::Report(_)) => {
                return Err(refusals::conflict("report-frozen").with("period", period).into());
            }
            Some(silent @ Closed::Silent(..)) => return Ok(silent),
            None => {}
        }
        in_order(app, transaction, period)?;
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::ReportWithhold, &[])?;
        match period {
            Period::Month(month) => {
                let pulse = count(desk.transaction, month)?;
                use_up(desk.transaction, &pulse, month)?;
            }
            Period::HalfYear(half) => {
                half_year::months_are_closed(desk.transaction, half)?;
                half_year::use_up(desk.transaction, half)?;
            }
        }
        close_silently(&mut desk, period, SilenceReason::Withheld)
    })
    .await
}

/// Takes a report back, for a reason by its code. It stays frozen, and so does its charge; the hub is told not to count it, again
/// as long as it has not answered that it does. Said again, it stays as it was said first.
///
/// # Errors
/// `report-unknown`, `withdrawal-reason`, `report-not-received` if the hub has refused it, `not-joined`; the store.
pub async fn withdraw(
    app: &Arc<App>,
    caller: &Caller,
    period: Period,
    reason: String,
) -> Result<Closed, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::ReportWithdraw, move |app, transaction| {
        let reason: WithdrawalReason = reason.parse().map_err(|_| refusals::invalid("withdrawal-reason"))?;
        let Some(Closed::Report(kept)) = find(transaction, period)? else {
            return Err(refusals::unknown("report-unknown").with("period", period).into());
        };
        if kept.withdrawn.as_ref().is_some_and(|withdrawn| withdrawn.told) {
            return Ok(Closed::Report(kept));
        }
        if matches!(kept.state, ReportState::Refused(_)) {
            return Err(refusals::conflict("report-not-received").into());
        }
        let mut desk = Desk::open(app, transaction)?;
        app.note(desk.transaction, &by, Operation::ReportWithdraw, &[])?;
        // The hub takes it twice for once; what it has refused before, or never heard, is said again as it was said first.
        let first = WithdrawnReport { reason, at: desk.at, told: false };
        let withdrawn = kept.withdrawn.clone().unwrap_or(first);
        say(&mut desk, &kept, &withdrawn)?;
        Ok(Closed::Report(Box::new(Kept { withdrawn: Some(withdrawn), ..*kept })))
    })
    .await
}

/// Notes that a report is taken back, and tells the hub.
pub(super) fn say(desk: &mut Desk<'_, '_>, kept: &Kept, withdrawn: &WithdrawnReport) -> Result<(), Aborted> {
    let report = &kept.report;
    report_notes::put_withdrawal(desk.transaction, (report.period, &report.vocabulary), withdrawn)?;
    desk.post(Body::Withdrawal(Withdrawal {
        period: report.period,
        vocabulary: report.vocabulary.clone(),
        report_hash: report.hash(),
        reason: withdrawn.reason,
    }))?;
    Ok(())
}

/// The hub's answer to a report taken back; a refusal leaves it to be seen that the hub was not told.
///
/// # Errors
/// The store.
pub fn answered(
    transaction: &mut Transaction<'_>,
    withdrawal: &Withdrawal,
    refused: Option<&str>,
) -> Result<(), Aborted> {
    let Withdrawal { period, vocabulary, .. } = withdrawal;
    if let Some(reason) = refused {
        tracing::error!(%period, vocabulary, reason, "the hub does not take a report back");
    }
    if let Some(known) = report_notes::withdrawal(transaction, *period, vocabulary)? {
        let told = WithdrawnReport { told: refused.is_none(), ..known };
        report_notes::put_withdrawal(transaction, (*period, vocabulary), &told)?;
    }
    Ok(())
}

/// What became of a period; none while it is open.
pub(super) fn find(view: &dyn View, period: Period) -> Result<Option<Closed>, Aborted> {
    let (month, vocabulary) = (period.month(), period.vocabulary());
    if let Some(frozen) = reports::find(view, month, vocabulary.name)? {
        return Ok(Some(Closed::Report(Box::new(kept(view, frozen)?))));
    }
    report_notes::silence(view, month, vocabulary.name)?.map(|silence| silent(view, silence)).transpose()
}

/// A report asked for again: the very same. One that the hub did not understand, or whose model it did not know, is put into the outbox
/// again, as it was frozen, and with it that it was taken back: the hub has kept nothing of it, and may be of a newer version now.
pub(super) fn again(app: &App, transaction: &mut Transaction<'_>, mut known: Kept) -> Result<Kept, Aborted> {
    if matches!(&known.state, ReportState::Refused(code) if NOT_KEPT.contains(&code.as_str())) {
        let mut desk = Desk::open(app, transaction)?;
        known.state = ReportState::Frozen;
        report_states::put(desk.transaction, known.frozen.month, &known.frozen.vocabulary, &known.state)?;
        desk.post(Body::Report(known.report.clone()))?;
        if let Some(withdrawn) = &known.withdrawn {
            say(&mut desk, &known, withdrawn)?;
        }
    }
    Ok(known)
}

/// What a hub says that does not know the vocabulary of a report, or a model in it.
const NOT_KEPT: [&str; 2] = ["report-malformed", "report-unknown-model"];

/// Closes a period without a report.
pub(super) fn close_silently(
    desk: &mut Desk<'_, '_>,
    period: Period,
    reason: SilenceReason,
) -> Result<Closed, Aborted> {
    charge(desk.transaction, period)?;
    let silence = Silence {
        month: period.month(),
        vocabulary: period.vocabulary().name.to_owned(),
        reason,
        at: desk.at,
    };
    report_notes::put_silence(desk.transaction, &silence)?;
    silent(desk.transaction, silence)
}

fn silent(view: &dyn View, silence: Silence) -> Result<Closed, Aborted> {
    let spent = budget::spent(view, year(silence.month))?;
    Ok(Closed::Silent(silence, spent))
}

impl Closed {
    /// The month that the period goes by.
    pub fn month(&self) -> maillage_federation::month::Month {
        match self {
            Self::Report(kept) => kept.frozen.month,
            Self::Silent(silence, _) => silence.month,
        }
    }

    /// The vocabulary that it was reported in, or would have been.
    pub fn vocabulary(&self) -> &str {
        match self {
            Self::Report(kept) => &kept.frozen.vocabulary,
            Self::Silent(silence, _) => &silence.vocabulary,
        }
    }

    /// The report, if there is one.
    pub fn report(&self) -> Option<&Kept> {
        match self {
            Self::Report(kept) => Some(kept),
            Self::Silent(..) => None,
        }
    }
}
