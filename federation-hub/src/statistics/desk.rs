//! What can be asked of the figures, answered from stored reports alone: the same whether a hub serves or its directory is read while it
//! is stopped. It must never read a store or a clock by itself.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use maillage_comparison::StudyError;
use maillage_federation::{
    half_year::HalfYear,
    handover::Thread,
    models::Catalogue,
    month::Month,
    statistics::{Period, Vocabulary},
};
use maillage_geography::{Geography, InseeCode, Siren};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1 as proto;

use super::{
    Question, Range, changed, changes,
    costs::{self, CostKey},
    coverage::{self, Served},
    doubt, flows,
    indicator::IndicatorKey,
    publishing, releases,
    series::{self, Followed},
    solutions, targets, told, views,
};
use crate::{
    accounts, ledger, limits,
    refusals::{self, Reason},
    store::{Members, Quarantine, ReceivedAccounts, ReceivedReport, ReportKey},
};

/// The reports and declarations, and what is public beside them.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) reports: Arc<Vec<ReceivedReport>>,
    pub(crate) accounts: Vec<ReceivedAccounts>,
    pub(crate) members: Arc<Members>,
    pub(crate) geography: &'static Geography,
    pub(crate) catalogue: Arc<Catalogue>,
    /// The territories of the pilot.
    pub(crate) pilot: Arc<BTreeSet<Siren>>,
}

impl Desk {
    /// With the reports alone that stand in what is published.
    pub(crate) fn released(&self, now: Timestamp) -> Self {
        Self {
            reports: Arc::new(releases::released(&self.reports, now)),
            accounts: self.accounts.clone(),
            members: Arc::clone(&self.members),
            geography: self.geography,
            catalogue: Arc::clone(&self.catalogue),
            pilot: Arc::clone(&self.pilot),
        }
    }

    /// Territories with an enrolled node.
    pub(crate) fn with_node(&self) -> BTreeSet<Siren> {
        self.served().territories
    }

    /// National sums of what is declared, by year, with those withheld that would tell something beside what models cost.
    pub(crate) fn account_sums(&self) -> Vec<accounts::YearSums> {
        let mut years = accounts::sums(&self.accounts, &self.members);
        for year in years.iter_mut().filter(|year| costs::tells_a_part(self, year.year)) {
            year.withhold_beside_costs();
        }
        years
    }

    /// Totals by model.
    pub(crate) fn totals(&self, request: &proto::TotalsRequest) -> Result<proto::TotalsReply, Refusal> {
        let proto::TotalsRequest { from, to } = request;
        let Range { from, to } = range(from, to)?;
        let totals = ledger::totals(&self.reports, from, to);
        Ok(proto::TotalsReply { models: totals.into_iter().map(|total| self.model_view(total)).collect() })
    }

    /// Models compared.
    pub(crate) fn compare(&self, request: &proto::CompareRequest) -> Result<proto::CompareReply, Refusal> {
        if let Ok(cost) = request.indicator.trim().parse() {
            return self.costs(cost, request);
        }
        let Question { indicator, range, against } = question(request)?;
        let answer = if request.published {
            publishing::published(&self.reports, self.geography, indicator, against)
        } else {
            super::answer(&self.reports, self.geography, &Question { indicator, range, against })
        };
        let answer = answer.map_err(impossible)?;
        let answer = answer.ok_or_else(|| Refusal::from(refusals::NOTHING_REPORTED))?;
        Ok(super::reply(answer, &self.catalogue))
    }

    /// What is associated with changing to a model.
    pub(crate) fn changes(&self, request: &proto::ChangesRequest) -> Result<proto::ChangesReply, Refusal> {
        let proto::ChangesRequest { indicator, model, from, to } = request;
        let asked = changes::Asked {
            indicator: indicator_or_rate(indicator)?,
            to: model.trim().parse().map_err(|_| malformed(model))?,
            half_years: (optional(from)?, optional(to)?),
        };
        let found = changes::changes(&self.reports, self.geography, &asked).map_err(impossible)?;
        let found = found.ok_or_else(|| Refusal::from(refusals::MODEL_NOT_REPORTED))?;
        Ok(changed::reply(&asked, found, &self.catalogue))
    }

    /// Models by what they cost. Nothing of it is published with the rest: amounts have no noise that would hide what a revision changes.
    fn costs(&self, cost: CostKey, request: &proto::CompareRequest) -> Result<proto::CompareReply, Refusal> {
        let proto::CompareRequest { indicator: _, from, to, against, published } = request;
        if *published {
            return Err(refusals::COSTS_NOT_PUBLISHED.into());
        }
        let (range, against) = (range(from, to)?, optional(against)?);
        let costs = costs::costs(self, cost, range, against.as_ref()).map_err(impossible)?;
        let costs = costs.ok_or_else(|| Refusal::from(refusals::NOTHING_REPORTED))?;
        Ok(views::costs(&costs, &self.catalogue))
    }

    /// An indicator or the cells of a vocabulary over time.
    pub(crate) fn series(&self, request: &proto::SeriesRequest) -> Result<proto::SeriesReply, Refusal> {
        let proto::SeriesRequest { indicator, vocabulary, from, to, published: _ } = request;
        let (followed, range) = (followed(indicator, vocabulary)?, range(from, to)?);
        let series = series::series(&self.reports, self.geography, followed, range).map_err(impossible)?;
        Ok(told::series(series, &self.catalogue))
    }

    /// What is served, by department and of the whole.
    pub(crate) fn coverage(&self, request: &proto::CoverageRequest) -> Result<proto::CoverageReply, Refusal> {
        let proto::CoverageRequest { from, to, published: _ } = request;
        let range = range(from, to)?;
        Ok(told::coverage(coverage::coverage(&self.reports, self.geography, &self.served(), range)))
    }

    /// Communes that no node serves; reports are not looked at.
    pub(crate) fn deserts(
        &self,
        request: &proto::ListDesertsRequest,
    ) -> Result<proto::ListDesertsReply, Refusal> {
        let proto::ListDesertsRequest { departement, after, limit } = request;
        let (departement, after) = (optional(departement)?, optional(after)?);
        let (communes, more) =
            coverage::deserts(self.geography, &self.served(), departement, after, page(*limit));
        let last = communes.last().filter(|_| more).map(|commune| commune.insee.to_string());
        Ok(proto::ListDesertsReply {
            communes: communes.into_iter().map(told::unserved).collect(),
            next: last.unwrap_or_default(),
        })
    }

    /// Territories with a node or with reports.
    pub(crate) fn territories(
        &self,
        request: &proto::ListTerritoriesRequest,
    ) -> Result<proto::ListTerritoriesReply, Refusal> {
        let proto::ListTerritoriesRequest { half_year, after, limit, published: _ } = request;
        let asked: Option<HalfYear> = optional(half_year)?;
        let after = optional(after)?;
        let half_year = asked.or_else(|| coverage::newest_half_year(&self.reports));
        let all =
            coverage::territories(&self.reports, self.geography, &self.served(), &self.pilot, half_year);
        let mut rest = all.into_iter().filter(|one| after.is_none_or(|after| one.siren > after)).peekable();
        let shown: Vec<_> = rest.by_ref().take(page(*limit)).collect();
        let last = shown.last().filter(|_| rest.peek().is_some()).map(|one| one.siren.to_string());
        Ok(proto::ListTerritoriesReply {
            territories: shown.iter().map(|one| told::territory(one, self.geography)).collect(),
            next: last.unwrap_or_default(),
            half_year: half_year.map(|half_year| half_year.to_string()).unwrap_or_default(),
        })
    }

    /// Every territory of today by SIREN, as its line would be in the answer above, and the half-year of the persons.
    pub(crate) fn everywhere(&self) -> (String, Vec<proto::TerritoryView>) {
        let half_year = coverage::newest_half_year(&self.reports);
        let all = coverage::everywhere(&self.reports, self.geography, &self.served(), &self.pilot, half_year);
        let told = all.iter().map(|one| told::territory(one, self.geography)).collect();
        (half_year.map(|half_year| half_year.to_string()).unwrap_or_default(), told)
    }

    /// Communes that at least one node serves.
    pub(crate) fn served_communes(&self) -> BTreeSet<InseeCode> {
        self.served().communes
    }

    /// The targets; published, without what is declared.
    pub(crate) fn targets(&self, request: proto::TargetsRequest) -> Result<proto::TargetsReply, Refusal> {
        let proto::TargetsRequest { year, published } = request;
        let year = if year == 0 { None } else { Some(a_year(year)?) };
        let mut reply = told::targets(targets::targets(&self.reports, self.geography, &self.pilot, year));
        let opened = if published {
            Err(targets::Unknown::DeclaredNotPublished)
        } else {
            solutions::opened(&self.accounts, &self.members, year)
        };
        told::opened(&mut reply, opened);
        Ok(reply)
    }

    /// Who drove for whom in a year, by the hub's threads.
    pub(crate) fn flows(
        &self,
        request: proto::FlowsRequest,
        threads: &[Thread],
        now: Timestamp,
    ) -> Result<proto::FlowsReply, Refusal> {
        let proto::FlowsRequest { year } = request;
        let known = a_year(year)?;
        if !flows::is_over(known, now) {
            return Err(Refusal::from(refusals::YEAR_NOT_OVER).with("year", known));
        }
        Ok(told::flows(year, &flows::flows(threads, &self.members, known)))
    }

    /// Reports as received.
    pub(crate) fn list(&self) -> proto::ListReportsReply {
        let doubtful = doubt::doubtful(&self.reports);
        let listed = |report: &ReceivedReport| {
            let plausibility =
                if doubtful.contains(&doubt::key(&key(report))) { doubt::TOO_MANY_TRIPS } else { "" };
            proto::ReceivedReport { plausibility: plausibility.to_owned(), ..received(report) }
        };
        proto::ListReportsReply { reports: self.reports.iter().map(listed).collect() }
    }

    fn served(&self) -> Served {
        Served::by(&self.members)
    }

    fn model_view(&self, total: ledger::ModelTotal) -> proto::ModelTotals {
        let ledger::ModelTotal { model, vocabulary, territories, reports, cells, withheld } = total;
        let known = self.catalogue.model(&model);
        proto::ModelTotals {
            model: model.to_string(),
            name_fr: known.map(|model| model.name_fr.clone()).unwrap_or_default(),
            name_en: known.map(|model| model.name_en.clone()).unwrap_or_default(),
            territories,
            reports,
            cells: cells.into_iter().map(told::cell).collect(),
            publishable: withheld.is_none(),
            vocabulary: vocabulary.to_owned(),
            not_publishable_because: withheld.map(|withheld| withheld.code().to_owned()).unwrap_or_default(),
        }
    }
}

fn key(report: &ReceivedReport) -> ReportKey {
    let ReceivedReport { node, period, vocabulary, .. } = report;
    ReportKey { node: *node, period: *period, vocabulary: vocabulary.clone() }
}

/// A report as it is listed, without a word about whether it is plausible: that takes the others of its node.
pub(crate) fn received(report: &ReceivedReport) -> proto::ReceivedReport {
    let withdrawn = report.withdrawn.as_ref();
    let quarantined = report.quarantined();
    proto::ReceivedReport {
        node: report.node.to_string(),
        territory: report.territory.to_string(),
        period: period(&report.vocabulary, report.period),
        hash: data_encoding::HEXLOWER.encode(&report.hash),
        received_at: instant(report.received_at_ms),
        withdrawn_at: withdrawn.map(|taken| instant(taken.at_ms)).unwrap_or_default(),
        withdrawn_because: withdrawn.map(|taken| taken.reason.code().to_owned()).unwrap_or_default(),
        vocabulary: report.vocabulary.clone(),
        plausibility: String::new(),
        quarantined_at: quarantined.map(|decision| instant(decision.at_ms)).unwrap_or_default(),
        quarantined_by: quarantined.map(|decision| decision.by.clone()).unwrap_or_default(),
        quarantined_because: quarantined.map(|decision| decision.reason.clone()).unwrap_or_default(),
        decisions: report.quarantine.iter().map(decision).collect(),
    }
}

/// A decision as it is listed.
pub(crate) fn decision(decision: &Quarantine) -> proto::QuarantineDecision {
    let Quarantine { at_ms, by, reason, lift } = decision.clone();
    proto::QuarantineDecision { at: instant(at_ms), by, reason, lift }
}

/// What is to be compared, read.
fn question(request: &proto::CompareRequest) -> Result<Question, Refusal> {
    let proto::CompareRequest { indicator, from, to, against, published } = request;
    if let Some(given) = [from, to].into_iter().find(|given| *published && !given.trim().is_empty()) {
        return Err(malformed(given));
    }
    Ok(Question {
        indicator: indicator_or_rate(indicator)?,
        range: range(from, to)?,
        against: optional(against)?,
    })
}

fn indicator_or_rate(text: &str) -> Result<IndicatorKey, Refusal> {
    match text.trim() {
        "" => Ok(IndicatorKey::FulfilmentRate),
        key => key.parse().map_err(|()| malformed(key)),
    }
}

/// What is to be followed, read: exactly one of the two.
fn followed(indicator: &str, vocabulary: &str) -> Result<Followed, Refusal> {
    match (indicator.trim(), vocabulary.trim()) {
        ("", "") => Ok(Followed::Indicator(IndicatorKey::FulfilmentRate)),
        (key, "") => Ok(Followed::Indicator(key.parse().map_err(|()| malformed(key))?)),
        ("", name) => Ok(Followed::Vocabulary(Vocabulary::named(name).ok_or_else(|| malformed(name))?)),
        (_, name) => Err(malformed(name)),
    }
}

/// What was put together is no study.
fn impossible(error: StudyError) -> Refusal {
    let reason: Reason = match error {
        StudyError::Reference => refusals::MODEL_NOT_REPORTED,
        StudyError::Arms
        | StudyError::ArmTwice
        | StudyError::TooManyTerritories
        | StudyError::TerritoryTwice(_)
        | StudyError::Population(_)
        | StudyError::Count(_)
        | StudyError::NoRest(_)
        | StudyError::Factor
        | StudyError::Privacy
        | StudyError::Periods
        | StudyError::Change(_) => refusals::COMPARISON_IMPOSSIBLE,
    };
    reason.into()
}

fn malformed(text: &str) -> Refusal {
    Refusal::from(refusals::MALFORMED_ARGUMENT).with("value", text)
}

/// A value, if it is given.
fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, Refusal> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| malformed(text)),
    }
}

fn range(from: &str, to: &str) -> Result<Range, Refusal> {
    Ok(Range { from: optional(from)?, to: optional(to)? })
}

/// A year that months have.
fn a_year(year: u32) -> Result<i16, Refusal> {
    let known = i16::try_from(year).ok().filter(|year| Month::new(*year, 1).is_ok());
    known.ok_or_else(|| malformed(&year.to_string()))
}

/// Rows of a page.
fn page(limit: u32) -> usize {
    let rows = if limit == 0 { limits::PAGE_ROWS_DEFAULT } else { limit.min(limits::PAGE_ROWS) };
    rows as usize
}

/// A period as people write it.
fn period(vocabulary: &str, month: Month) -> String {
    Period::of(vocabulary, month).map_or_else(|| month.to_string(), |period| period.to_string())
}

/// RFC 3339, to the second.
fn instant(at_ms: i64) -> String {
    Timestamp::from_second(at_ms.div_euclid(1000)).map(|instant| instant.to_string()).unwrap_or_default()
}
