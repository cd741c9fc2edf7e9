//! When one driver can drive: the times of a single leg, or of an outbound and return that are driven in one go (the
//! driver waits) or apart (the driver goes home in between). Exact: if there is a way within the given stretches, one is
//! found. Must never look at seats or needs.

use maillage_domain::{
    ids::VolunteerKind,
    trip::{Anchor, Assignment},
};
use maillage_federation::ids::Id;

use crate::{
    drive::Tour,
    ranking::{LegRequest, Merit},
    spans::{Span, at_or_after, at_or_before, moment},
    travel::Journey,
};

/// One leg with the driver's roads.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) leg: &'a LegRequest,
    pub(crate) tour: Tour,
}

/// Two legs in one go.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'a> {
    pub(crate) first: Task<'a>,
    pub(crate) second: Task<'a>,
    /// The way from the first arrival to the second pickup.
    pub(crate) link: Journey,
    /// Longest wait, in seconds.
    pub(crate) wait_s: u32,
}

/// A way to drive.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) drives: Vec<Assignment>,
    pub(crate) extra_m: u32,
    pub(crate) merit: Option<Merit>,
}

impl Task<'_> {
    /// When the person can be fetched, as far as the leg is concerned; none if the window is too short.
    pub(crate) fn window(self) -> Option<Span> {
        let start = at_or_after(self.leg.earliest_pickup);
        let end = at_or_before(self.leg.latest_arrival) - self.tour.ride_s();
        (start <= end).then_some(Span { start, end })
    }

    /// When the person can be fetched so that the whole drive lies in one of the stretches.
    pub(crate) fn pickups(self, free: &[Span]) -> Vec<Span> {
        let Some(window) = self.window() else { return Vec::new() };
        let fits = |span: &Span| {
            let latest = span.end - self.tour.ride_s() - self.tour.after_s();
            window.within(span.start + self.tour.before_s(), latest)
        };
        free.iter().filter_map(fits).collect()
    }

    /// The time nearest to what the person asked for.
    fn choose(self, pickups: impl Iterator<Item = Span>) -> Option<i64> {
        match self.leg.anchor {
            Anchor::Pickup | Anchor::Call => pickups.map(|span| span.start).min(),
            Anchor::Arrival => pickups.map(|span| span.end).max(),
        }
    }

    /// When the driver is home again after fetching the person at an instant.
    fn home_at(self, pickup: i64) -> i64 {
        pickup + self.tour.ride_s() + self.tour.after_s()
    }

    fn assignment(self, volunteer: Id<VolunteerKind>, pickup: i64) -> Assignment {
        Assignment {
            volunteer,
            start: moment(pickup - self.tour.before_s()),
            pickup: moment(pickup),
            arrival: moment(pickup + self.tour.ride_s()),
            end: moment(self.home_at(pickup)),
            empty_m: self.tour.empty_m(),
            vehicle: None,
            own_trip: false,
            shared: None,
        }
    }
}

/// A single leg.
pub(crate) fn alone(volunteer: Id<VolunteerKind>, task: Task<'_>, free: &[Span]) -> Option<Plan> {
    let pickup = task.choose(task.pickups(free).into_iter())?;
    Some(Plan { drives: vec![task.assignment(volunteer, pickup)], extra_m: task.tour.empty_m(), merit: None })
}

/// Two legs, with the driver at home in between.
pub(crate) fn apart(
    volunteer: Id<VolunteerKind>,
    [first, second]: [Task<'_>; 2],
    free: &[Span],
) -> Option<Plan> {
    let between = first.home_at(0) + second.tour.before_s();
    let (early, late) = (first.pickups(free), second.pickups(free));
    let last = late.iter().map(|span| span.end).max()?;
    let outward = early.iter().filter_map(|span| span.within(i64::MIN, last - between));
    let pickup = first.choose(outward)?;
    let back = second.choose(late.iter().filter_map(|span| span.within(pickup + between, i64::MAX)))?;
    Some(Plan {
        drives: vec![first.assignment(volunteer, pickup), second.assignment(volunteer, back)],
        extra_m: first.tour.empty_m().saturating_add(second.tour.empty_m()),
        merit: Some(Merit::GoesHomeBetween),
    })
}

/// How much later the second leg would have to be for the driver to be home in between, in seconds; each leg alone must
/// be possible.
pub(crate) fn missing_between([first, second]: [Task<'_>; 2], free: &[Span]) -> u32 {
    let home = first.pickups(free).iter().map(|span| first.home_at(span.start)).min();
    let out = second.pickups(free).iter().map(|span| span.end - second.tour.before_s()).max();
    let missing = home.zip(out).map_or(0, |(home, out)| home - out);
    u32::try_from(missing).unwrap_or(0)
}

impl Chain<'_> {
    /// Metres without passenger.
    fn empty_m(self) -> u32 {
        let ends = self.first.tour.before.distance_m.saturating_add(self.second.tour.after.distance_m);
        ends.saturating_add(self.link.distance_m)
    }

    /// Metres from home back to home.
    pub(crate) fn length_m(self) -> u32 {
        let rides = self.first.tour.ride.distance_m.saturating_add(self.second.tour.ride.distance_m);
        self.empty_m().saturating_add(rides)
    }

    /// Two legs in one go, with the driver waiting in between.
    pub(crate) fn plan(self, volunteer: Id<VolunteerKind>, free: &[Span]) -> Option<Plan> {
        let ways = free.iter().filter_map(|span| self.pickups(*span));
        let (pickup, back) = match self.first.leg.anchor {
            Anchor::Pickup | Anchor::Call => ways.min(),
            Anchor::Arrival => ways.max(),
        }?;
        let mut there = self.first.assignment(volunteer, pickup);
        let mut home = self.second.assignment(volunteer, back);
        (there.end, home.start) = (home.pickup, home.pickup);
        there.empty_m = self.first.tour.before.distance_m.saturating_add(self.link.distance_m);
        home.empty_m = self.second.tour.after.distance_m;
        let waited = back - pickup - self.to_second_s();
        Some(Plan {
            drives: vec![there, home],
            extra_m: self.empty_m(),
            merit: Some(Merit::Waits { wait_s: u32::try_from(waited).unwrap_or(0) }),
        })
    }

    /// Seconds from the first pickup to the second at the earliest.
    fn to_second_s(self) -> i64 {
        self.first.tour.ride_s() + i64::from(self.link.duration_s)
    }

    /// The two pickups within one stretch.
    fn pickups(self, free: Span) -> Option<(i64, i64)> {
        let (first, second) = (self.first.window()?, self.second.window()?);
        let (to_second, wait) = (self.to_second_s(), i64::from(self.wait_s));
        let last = free.end - self.second.tour.ride_s() - self.second.tour.after_s();
        let second = second.within(i64::MIN, last)?;
        let first = first.within(free.start + self.first.tour.before_s(), i64::MAX)?;
        let first = first.within(second.start - wait - to_second, second.end - to_second)?;
        let pickup = self.first.choose(std::iter::once(first))?;
        let back = second.within(pickup + to_second, pickup + to_second + wait)?;
        Some((pickup, self.second.choose(std::iter::once(back))?))
    }
}
