//! Cuts pairs of communes into questions of a table each. Must never leave a pair out.

use std::collections::{BTreeMap, BTreeSet};

use maillage_dispatch::Pair;
use maillage_geography::InseeCode;

/// One question: the roads from each of these to each of those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) from: Vec<InseeCode>,
    pub(super) to: Vec<InseeCode>,
}

/// Questions that together ask for every pair, each of at most `places` places: one for all if they are few, else one for all
/// communes of departure that go to the same ones.
pub(super) fn blocks(pairs: &BTreeSet<Pair>, places: usize) -> Vec<Block> {
    let half = (places / 2).max(1);
    let everything: BTreeSet<InseeCode> = pairs.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut by_from: BTreeMap<InseeCode, Vec<InseeCode>> = BTreeMap::new();
    for (from, to) in pairs {
        by_from.entry(*from).or_default().push(*to);
    }
    let by_to = alike(by_from);
    if by_to.len() > 1 && everything.len() <= half {
        let all: Vec<InseeCode> = everything.into_iter().collect();
        return vec![Block { from: all.clone(), to: all }];
    }
    let mut blocks = Vec::new();
    for (to, from) in by_to {
        // What one side does not need, the other may take.
        let width = if from.len() < half { places.saturating_sub(from.len()).max(1) } else { half };
        for to in to.chunks(width) {
            let height = places.saturating_sub(to.len()).max(1);
            let block = |from: &[InseeCode]| Block { from: from.to_vec(), to: to.to_vec() };
            blocks.extend(from.chunks(height).map(block));
        }
    }
    blocks
}

/// Communes of departure by where they go to. From one to itself there is no pair, and it may be asked for: communes that all go
/// to each other go to the same ones.
fn alike(by_from: BTreeMap<InseeCode, Vec<InseeCode>>) -> BTreeMap<Vec<InseeCode>, Vec<InseeCode>> {
    let with_itself = |from: InseeCode, to: &[InseeCode]| {
        let all: BTreeSet<InseeCode> = to.iter().copied().chain([from]).collect();
        all.into_iter().collect::<Vec<_>>()
    };
    let mut counts: BTreeMap<Vec<InseeCode>, usize> = BTreeMap::new();
    for (from, to) in &by_from {
        *counts.entry(to.clone()).or_default() += 1;
        *counts.entry(with_itself(*from, to)).or_default() += 1;
    }
    let mut by_to: BTreeMap<Vec<InseeCode>, Vec<InseeCode>> = BTreeMap::new();
    for (from, to) in by_from {
        let wider = with_itself(from, &to);
        let to = if counts.get(&wider) > counts.get(&to) { wider } else { to };
        by_to.entry(to).or_default().push(from);
    }
    by_to
}

#[cfg(test)]
mod tests {
    use maillage_geography::Geography;

    use super::*;

    fn communes(count: usize) -> Vec<InseeCode> {
        Geography::embedded().communes().iter().take(count).map(|commune| commune.insee).collect()
    }

    fn check(pairs: &BTreeSet<Pair>, places: usize) -> usize {
        let blocks = blocks(pairs, places);
        assert!(blocks.iter().all(|block| block.from.len() + block.to.len() <= places), "{places} places");
        let asked =
            |(from, to): &Pair| blocks.iter().any(|block| block.from.contains(from) && block.to.contains(to));
        assert!(pairs.iter().all(asked), "a pair is left out with {places} places");
        blocks.len()
    }

    #[test]
    fn every_pair_is_asked_for_in_few_questions() {
        let all = communes(60);
        let star: BTreeSet<Pair> =
            all[1..].iter().flat_map(|home| [(*home, all[0]), (all[0], *home)]).collect();
        let whole: BTreeSet<Pair> = all
            .iter()
            .flat_map(|from| all.iter().map(move |to| (*from, *to)))
            .filter(|(a, b)| a != b)
            .collect();
        assert_eq!(check(&star, 100), 2);
        assert_eq!(check(&star, 120), 1);
        assert_eq!(check(&whole, 120), 1);
        // A day: its communes go to each other, and some homes beside to all of them.
        let (stops, homes) = all.split_at(40);
        let day: BTreeSet<Pair> = stops
            .iter()
            .flat_map(|stop| all.iter().flat_map(move |other| [(*stop, *other), (*other, *stop)]))
            .filter(|(a, b)| a != b)
            .collect();
        assert_eq!(day.len(), 40 * 39 + 2 * 40 * homes.len());
        assert_eq!(check(&day, 100), 2);
        assert_eq!(check(&whole, 50), 8);
        for places in [2, 3, 7, 50] {
            check(&star, places);
            check(&whole, places);
        }
        assert_eq!(check(&BTreeSet::new(), 100), 0);
    }
}
