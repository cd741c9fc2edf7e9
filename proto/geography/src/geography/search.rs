//! Finding communes by the beginning of their name. An index over folded names; never an identity.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::{
    names::{fold, fold_query, without_article},
    places::Commune,
};

/// Folded names, ascending, with and without their article.
#[derive(Debug)]
pub(super) struct NameIndex {
    keys: Vec<NameKey>,
}

/// One way to begin typing the name of a commune.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct NameKey {
    folded: Box<str>,
    without_article: bool,
    /// Position in the communes the index was built from.
    commune: usize,
}

/// How well a name fits, best first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Fit {
    WholeName,
    WholeNameButArticle,
    Beginning,
}

impl NameIndex {
    pub(super) fn new(communes: &[Commune]) -> Self {
        let mut keys = Vec::with_capacity(communes.len() + communes.len() / 8);
        for (position, commune) in communes.iter().enumerate() {
            let folded = fold(&commune.name);
            if let Some(rest) = without_article(&folded) {
                keys.push(NameKey { folded: rest.into(), without_article: true, commune: position });
            }
            keys.push(NameKey { folded: folded.into(), without_article: false, commune: position });
        }
        keys.sort_unstable();
        Self { keys }
    }

    /// Positions of at most `limit` communes, best fit first, then most populous, then by code. `communes` are those
    /// the index was built from.
    pub(super) fn beginning_like(&self, prefix: &str, limit: usize, communes: &[Commune]) -> Vec<usize> {
        let query = fold_query(prefix);
        if query.is_empty() {
            return Vec::new();
        }
        let start = self.keys.partition_point(|key| *key.folded < *query);
        let matching = self.keys.iter().skip(start).take_while(|key| key.folded.starts_with(&query));
        let mut ranked: Vec<(Fit, Reverse<u32>, usize)> = matching
            .filter_map(|key| {
                let commune = communes.get(key.commune)?;
                Some((key.fit(&query), Reverse(commune.population), key.commune))
            })
            .collect();
        ranked.sort_unstable();
        let mut seen = BTreeSet::new();
        ranked
            .into_iter()
            .map(|(.., position)| position)
            .filter(|position| seen.insert(*position))
            .take(limit)
            .collect()
    }
}

impl NameKey {
    fn fit(&self, query: &str) -> Fit {
        match (*self.folded == *query, self.without_article) {
            (true, false) => Fit::WholeName,
            (true, true) => Fit::WholeNameButArticle,
            (false, _) => Fit::Beginning,
        }
    }
}
