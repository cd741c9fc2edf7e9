//! Locked legs come first: each with its driver, at its promised times, or an error that names those that contradict one
//! another. Must never unlock anything.
#![expect(clippy::indexing_slicing, reason = "indices are those of the prepared day")]

use super::{dice::Dice, fill::Filler, prepared::Prepared, refuse::DayError, state::State};

/// Orders tried before locked legs are called contradictory.
const TRIES: usize = 200;

/// Puts every absent locked leg in.
pub(crate) fn place_locked(
    prepared: &Prepared,
    state: &mut State,
    filler: &mut Filler,
) -> Result<(), DayError> {
    let mut todo: Vec<usize> =
        state.absent.iter().copied().filter(|request| prepared.asks[*request].locked).collect();
    todo.sort_unstable_by_key(|request| (prepared.nodes[2 * request].open, *request));
    filler.greedy(prepared, state, &todo, None);
    let left: Vec<usize> =
        todo.into_iter().filter(|request| state.home[*request] == super::prepared::NONE).collect();
    for request in left {
        // Another leg of the same driver may have settled it already.
        if state.home[request] == super::prepared::NONE {
            try_orders(prepared, state, filler, prepared.asks[request].announced)?;
        }
    }
    Ok(())
}

/// All locked legs of one driver in other orders, beside what is planned.
fn try_orders(
    prepared: &Prepared,
    state: &mut State,
    filler: &mut Filler,
    driver: usize,
) -> Result<(), DayError> {
    let of_driver =
        |request: &usize| prepared.asks[*request].locked && prepared.asks[*request].announced == driver;
    let mut locked: Vec<usize> = (0..prepared.asks.len()).filter(of_driver).collect();
    if fits_in_some_order(prepared, state, filler, &locked) {
        return Ok(());
    }
    // Leave out one after the other as long as they still contradict.
    let mut at = 0;
    while at < locked.len() && locked.len() > 1 {
        let without: Vec<usize> = locked.iter().copied().filter(|request| *request != locked[at]).collect();
        take_out(prepared, state, filler, &locked);
        if fits_in_some_order(prepared, state, filler, &without) {
            at += 1;
        } else {
            locked = without;
        }
    }
    Err(DayError::LocksContradict { driver: prepared.wheels[driver].index, requests: locked })
}

fn fits_in_some_order(prepared: &Prepared, state: &mut State, filler: &mut Filler, legs: &[usize]) -> bool {
    let mut dice = Dice::new(0);
    let mut order = legs.to_vec();
    for _ in 0..TRIES {
        take_out(prepared, state, filler, legs);
        filler.greedy(prepared, state, &order, None);
        if order.iter().all(|request| state.home[*request] != super::prepared::NONE) {
            return true;
        }
        dice.shuffle(&mut order);
    }
    false
}

fn take_out(prepared: &Prepared, state: &mut State, filler: &mut Filler, legs: &[usize]) {
    for request in legs {
        state.remove(prepared, *request, &mut filler.inserter.sheet);
    }
}
