//! Which requests are near one another in place and time, computed once for a day. Must never know a plan.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::prepared::Prepared;

/// How many neighbours are kept for each request.
const NEIGHBOURS: usize = 100;

/// For each request the others, nearest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nearness {
    near: Vec<Vec<usize>>,
}

impl Nearness {
    pub(crate) fn new(prepared: &Prepared) -> Self {
        let count = prepared.asks.len();
        let near = (0..count).map(|request| {
            let others = (0..count).filter(|other| *other != request);
            let mut ranked: Vec<(i64, usize)> =
                others.map(|other| (distance(prepared, request, other), other)).collect();
            if ranked.len() > NEIGHBOURS {
                ranked.select_nth_unstable(NEIGHBOURS);
                ranked.truncate(NEIGHBOURS);
            }
            ranked.sort_unstable();
            ranked.into_iter().map(|(_, other)| other).collect()
        });
        Self { near: near.collect() }
    }

    pub(crate) fn of(&self, request: usize) -> &[usize] {
        &self.near[request]
    }
}

/// Seconds between the nearest ends of two requests, and between the times they can be driven at.
fn distance(prepared: &Prepared, a: usize, b: usize) -> i64 {
    let nodes = |request: usize| [prepared.nodes[2 * request], prepared.nodes[2 * request + 1]];
    let mut total = 0;
    for end in nodes(a) {
        let nearest = nodes(b).into_iter().map(|other| {
            let road = prepared.seconds(end.place, other.place).min(prepared.seconds(other.place, end.place));
            let apart = (other.open - end.close).max(end.open - other.close).max(0);
            let middles = (end.open + end.close - other.open - other.close).abs() / 2;
            road + apart + middles / 4
        });
        total += nearest.min().unwrap_or(0);
    }
    total
}
