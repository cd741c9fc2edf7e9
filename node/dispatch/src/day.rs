//! Planning a whole day, or several: who drives whom, together with whom, at which promised times; what else could be
//! done, and why not.
//!
//! [`Board`] holds one day; [`audit`](fn@audit) verifies every plan by other means. Places, roads, requests and drivers
//! are plain numbers, so that published instances and real days go through the same code. The same day, seed and budget
//! give the same plan, and the numbering of drivers changes nothing.
//!
//! Pure: must never know a store, a network, a clock or the system's random generator, and never assigns anybody: a
//! suggestion becomes a promise only by the driver's yes, and comes back as a locked leg.

mod audit;
mod board;
mod check_day;
mod destroy;
mod dice;
mod fairness;
mod fill;
mod insertion;
mod local;
mod locks;
mod model;
mod nearness;
mod objective;
mod pair;
mod places;
mod plan;
mod positions;
#[cfg(test)]
mod positions_tests;
mod prepared;
mod price;
mod refuse;
mod relax;
mod repair;
mod route;
mod schedule;
mod search;
#[cfg(test)]
#[path = "../tests/dispatch/day_support.rs"]
#[expect(dead_code, reason = "shared with the tests of the planner from outside, which use all of it")]
mod small_days;
mod state;
mod suggest;
mod week;
mod why_not;

pub use self::{
    audit::{Breach, audit},
    board::{Board, plan_day},
    fairness::{DriverLoad, LoadReport, gini, load_report},
    model::{
        Bar, Day, DetourLimit, Driver, Halt, Hold, Load, Matrix, Priority, Promise, Request, Road, Rules,
        Span, Window,
    },
    objective::{Cost, KILOMETRE, STEEPEST, Weights},
    places::Places,
    plan::{Ending, Figures, Plan, PlannedStop, Refused, Tour},
    refuse::{DayError, End},
    relax::Relaxation,
    repair::{Mishap, Repair},
    search::Budget,
    suggest::{Affected, Flag, RefusalGroup, SuggestedLeg, Suggestion, Suggestions, Wish},
    week::plan_week,
    why_not::Obstacle,
};
