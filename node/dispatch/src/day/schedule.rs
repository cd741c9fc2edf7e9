//! The exact times of one round: is there any schedule, and which one to print.
//!
//! A round is a line of points with windows, roads between them and longest rides: a system of difference constraints.
//! Its least solution is found by raising lower bounds to a fixpoint; a bound that passes its window proves that there
//! is none. Its greatest solution is found the same way from the other side. Must never know what a round costs.
#![expect(
    clippy::indexing_slicing,
    reason = "positions are made by the same module, in the hottest loop of all"
)]

use super::prepared::{NONE, Prepared, UNLIMITED};

/// One point of a round: where it starts, a stop, or where it ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// Node of the request; none for start and end.
    pub(crate) node: usize,
    pub(crate) place: usize,
    pub(crate) open: i64,
    pub(crate) close: i64,
    pub(crate) service: i64,
    /// Seconds to the next point.
    pub(crate) travel: i64,
    /// Longest ride that ends here, from the end of service at the mate; unlimited where none ends.
    pub(crate) ride_max: i64,
    /// Position of the other end of the same ride; of the end for the start, and the other way round.
    pub(crate) mate: usize,
}

impl Point {
    pub(crate) fn of(prepared: &Prepared, node: usize) -> Self {
        let what = &prepared.nodes[node];
        let ride_max = if node & 1 == 1 { prepared.asks[node / 2].ride_max } else { UNLIMITED };
        Self {
            node,
            place: what.place,
            open: what.open,
            close: what.close,
            service: what.service,
            travel: 0,
            ride_max,
            mate: NONE,
        }
    }

    pub(crate) fn is_pickup(&self) -> bool {
        self.node != NONE && self.node & 1 == 0
    }

    pub(crate) fn is_dropoff(&self) -> bool {
        self.node != NONE && self.node & 1 == 1
    }
}

/// Raises the lower bounds `begin` from position `from` on to the least fixpoint; false if there is no schedule.
///
/// `begin` holds valid lower bounds. From position `settled` on, `known[position - 2]` is a fixpoint of the rest: once a
/// bound equals it, nothing after it changes. Give an empty `known` where nothing is known.
pub(crate) fn raise(line: &[Point], begin: &mut [i64], from: usize, known: &[i64], settled: usize) -> bool {
    let mut at = from.max(1);
    while at < line.len() {
        let before = &line[at - 1];
        let here = &line[at];
        let time = begin[at].max(begin[at - 1] + before.service + before.travel);
        if time > here.close {
            return false;
        }
        begin[at] = time;
        if here.ride_max < UNLIMITED {
            let mate = here.mate;
            let needed = time - here.ride_max - line[mate].service;
            if needed > begin[mate] {
                if needed > line[mate].close || path(line, mate, at) > here.ride_max {
                    return false;
                }
                begin[mate] = needed;
                at = mate + 1;
                continue;
            }
        }
        if at >= settled && known.get(at - 2) == Some(&time) {
            return true;
        }
        at += 1;
    }
    true
}

/// Seconds from the end of service at `from` to `to` without waiting.
fn path(line: &[Point], from: usize, to: usize) -> i64 {
    let between: i64 = line[from..to].iter().map(|point| point.service + point.travel).sum();
    between - line[from].service
}

/// Lowers the upper bounds `late` to the greatest fixpoint; a schedule exists, as [`raise`] found.
pub(crate) fn lower(line: &[Point], late: &mut [i64]) {
    let mut at = line.len().saturating_sub(1);
    while at > 0 {
        at -= 1;
        let here = &line[at];
        let time = late[at].min(late[at + 1] - here.service - here.travel);
        late[at] = time;
        let mate = here.mate;
        if mate > at && mate < line.len() && line[mate].ride_max < UNLIMITED {
            let latest = time + here.service + line[mate].ride_max;
            if late[mate] > latest {
                late[mate] = latest;
                at = mate;
            }
        }
    }
}

/// Buffers for [`print`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) begin: Vec<i64>,
    late: Vec<i64>,
}

impl Sheet {
    /// The times to print, given the least fixpoint `early`: back as early as possible, leave as late as that allows,
    /// and nobody gets in earlier than what follows needs.
    pub(crate) fn print(&mut self, line: &[Point], early: &[i64]) {
        let Some(last) = line.len().checked_sub(1) else { return };
        self.late.clear();
        self.late.extend(line.iter().map(|point| point.close));
        self.late[last] = early[last];
        lower(line, &mut self.late);
        self.begin.clear();
        self.begin.extend_from_slice(early);
        self.begin[0] = self.late[0];
        let feasible = raise(line, &mut self.begin, 1, &[], usize::MAX);
        debug_assert!(feasible, "leaving later than the earliest and not later than the latest is feasible");
        for at in (0..last).rev() {
            if !line[at].is_dropoff() {
                let latest = self.begin[at + 1] - line[at].service - line[at].travel;
                self.begin[at] = self.begin[at].max(latest.min(line[at].close));
            }
        }
    }
}
