//! Which reports stand in what is published: they enter on the first of a month, and never one or two behind others, so that two figures of the same
//! period, published one after the other, do not tell the report that came in between. It must never look at a count, nor leave a report out
//! for good that three others would come with.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maillage_federation::{models::ModelKey, month::Month};
use maillage_geography::Siren;

use super::material::{Counting, counting};
use crate::{limits, store::ReceivedReport};

/// Reports by what they tell of: a vocabulary and a period.
type Told<'a> = BTreeMap<(&'static str, Month), BTreeMap<Month, Vec<Counting<'a>>>>;

/// The reports that stand in what is published at an instant.
pub(super) fn released(reports: &[ReceivedReport], now: Timestamp) -> Vec<ReceivedReport> {
    let mut told: Told<'_> = BTreeMap::new();
    for one in counting(reports) {
        let Some(enters) = enters(one.received) else { continue };
        if enters.start() <= now {
            let waves = told.entry((one.vocabulary.name, one.received.period)).or_default();
            waves.entry(enters).or_default().push(one);
        }
    }
    told.into_values().flat_map(admitted).cloned().collect()
}

/// The month with which a report may enter: the next after it was received.
fn enters(received: &ReceivedReport) -> Option<Month> {
    let at = Timestamp::from_millisecond(received.received_at_ms).ok()?;
    Some(Month::of(at).next())
}

/// Those of one vocabulary and period that entered, month after month. Whoever comes later waits until so many territories can enter together,
/// in all and of each model that is published already.
fn admitted(waves: BTreeMap<Month, Vec<Counting<'_>>>) -> Vec<&ReceivedReport> {
    let mut inside: Vec<&ReceivedReport> = Vec::new();
    let mut models: BTreeSet<ModelKey> = BTreeSet::new();
    let mut waiting: Vec<Counting<'_>> = Vec::new();
    for arrived in waves.into_values() {
        waiting.extend(arrived);
        let entering = together(&waiting, &models, inside.is_empty());
        let (enter, wait): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|one| entering.contains(&one.received.hash));
        models.extend(enter.iter().flat_map(|one| one.report.sections.iter().map(|part| part.model.clone())));
        inside.extend(enter.iter().map(|one| one.received));
        waiting = wait;
    }
    inside
}

/// Hashes of those that can enter together.
fn together(waiting: &[Counting<'_>], published: &BTreeSet<ModelKey>, first: bool) -> BTreeSet<[u8; 32]> {
    let enough = |territories: usize| territories >= limits::TERRITORIES_TO_PUBLISH as usize;
    let mut entering: Vec<&Counting<'_>> = waiting.iter().collect();
    loop {
        let mut territories: BTreeMap<&ModelKey, BTreeSet<Siren>> = BTreeMap::new();
        for one in &entering {
            for section in &one.report.sections {
                territories.entry(&section.model).or_default().insert(one.received.territory);
            }
        }
        let too_few = |model: &ModelKey| {
            published.contains(model) && territories.get(model).is_some_and(|own| !enough(own.len()))
        };
        let stay = |one: &&Counting<'_>| !one.report.sections.iter().any(|part| too_few(&part.model));
        let before = entering.len();
        let kept: Vec<&Counting<'_>> = entering.iter().copied().filter(stay).collect();
        drop(territories);
        entering = kept;
        if entering.len() == before {
            break;
        }
    }
    let all: BTreeSet<Siren> = entering.iter().map(|one| one.received.territory).collect();
    if first || enough(all.len()) {
        entering.iter().map(|one| one.received.hash).collect()
    } else {
        [].into()
    }
}
