//! A second opinion on a plan, from the rules alone: shares no code with the search, so that a mistake in one is seen by
//! the other. Run on every plan before it is kept.

use jiff::{SignedDuration, Timestamp};
use maillage_domain::{
    document::{Document, DocumentKind, RequiredDocuments},
    holidays::Calendar,
    trip::{Assignment, WhichVehicle},
};
use maillage_federation::{month::paris, needs::Need};
use maillage_geography::{Commune, Geography, InseeCode};

use crate::{
    ranking::{Candidate, LegRequest, Ranked},
    travel::{Journey, Roads},
};

/// Which rule a plan breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Not one drive per leg, or another driver's.
    #[error("the plan is not for these legs and this driver")]
    Shape,
    /// The driver is not to be asked.
    #[error("the driver is inactive")]
    Inactive,
    /// The passenger and the driver are not to travel together.
    #[error("the passenger of leg {0} and the driver are not to travel together")]
    Avoided(usize),
    /// A paper that has expired by then or was never seen.
    #[error("the driver's papers do not allow the drive of leg {0}")]
    Documents(usize),
    /// A stop where the driver does not stop.
    #[error("leg {0} leaves the driver's communes")]
    Communes(usize),
    /// More than the driver does in a week.
    #[error("the drive of leg {0} is too much for the driver's week")]
    Week(usize),
    /// Seats, wheelchair places or needs.
    #[error("the vehicle or the driver is not fit for leg {0}")]
    Fitness(usize),
    /// An unknown commune.
    #[error("no commune has the INSEE code {0}")]
    UnknownCommune(InseeCode),
    /// Pickup or arrival outside the window.
    #[error("leg {0} is outside its window")]
    Window(usize),
    /// Not enough time for a part of the road.
    #[error("leg {0} is too fast for its road")]
    TooFast(usize),
    /// The driver waits too long between two legs.
    #[error("the driver waits too long")]
    Wait,
    /// Not inside one availability window of one civil day.
    #[error("the drive of leg {0} is outside the driver's availability")]
    Availability(usize),
    /// Over a commitment, or the two legs over each other.
    #[error("the drive of leg {0} overlaps another one")]
    Overlap(usize),
    /// Longer than the driver's limit.
    #[error("the drive of leg {0} is longer than the driver's limit")]
    TooFar(usize),
    /// The extra metres are not those of the road.
    #[error("the extra distance is not the one of the road")]
    Extra,
}

impl Violation {
    /// Its code, as shown to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Inactive => "inactive",
            Self::Avoided(_) => "avoided",
            Self::Documents(_) => "documents",
            Self::Communes(_) => "communes",
            Self::Week(_) => "week",
            Self::Fitness(_) => "fitness",
            Self::UnknownCommune(_) => "commune-unknown",
            Self::Window(_) => "window",
            Self::TooFast(_) => "too-fast",
            Self::Wait => "wait",
            Self::Availability(_) => "availability",
            Self::Overlap(_) => "overlap",
            Self::TooFar(_) => "too-far",
            Self::Extra => "extra",
        }
    }

    /// The leg it is about; none if it is about all of them.
    pub fn leg(self) -> Option<usize> {
        match self {
            Self::Avoided(leg)
            | Self::Documents(leg)
            | Self::Communes(leg)
            | Self::Week(leg)
            | Self::Fitness(leg)
            | Self::Window(leg)
            | Self::TooFast(leg)
            | Self::Availability(leg)
            | Self::Overlap(leg)
            | Self::TooFar(leg) => Some(leg),
            Self::Shape | Self::Inactive | Self::UnknownCommune(_) | Self::Wait | Self::Extra => None,
        }
    }
}

/// Verifies that a plan keeps every rule.
///
/// # Errors
/// The first rule that is broken.
pub fn check(
    legs: &[LegRequest],
    candidate: &Candidate<'_>,
    plan: &Ranked,
    required: &RequiredDocuments,
    roads: &Roads,
    geography: &Geography,
) -> Result<(), Violation> {
    let volunteer = candidate.volunteer;
    let shaped =
        plan.volunteer == volunteer.id && plan.drives.iter().all(|drive| drive.volunteer == volunteer.id);
    if !shaped || plan.drives.len() != legs.len() {
        return Err(Violation::Shape);
    }
    if !volunteer.active {
        return Err(Violation::Inactive);
    }
    let ways = Ways { home: find(volunteer.details.home.commune, geography)?, roads, geography };
    for (index, (leg, drive)) in legs.iter().zip(&plan.drives).enumerate() {
        fitness(index, (leg, drive), candidate, required)?;
        standing(index, (leg, drive), candidate, required)?;
        week(index, drive, plan, candidate)?;
        let in_window = leg.earliest_pickup <= drive.pickup && drive.arrival <= leg.latest_arrival;
        if !in_window {
            return Err(Violation::Window(index));
        }
        if too_short(drive.pickup, drive.arrival, ways.ride(leg)?) {
            return Err(Violation::TooFast(index));
        }
    }
    let extra_m = match (legs, plan.drives.as_slice()) {
        ([there, back], [first, second]) if first.end == second.start && second.start == second.pickup => {
            ways.waiting([there, back], [first, second], candidate)?
        }
        _ => ways.apart(legs, &plan.drives, candidate)?,
    };
    let kept = plan.drives.iter().map(|drive| drive.empty_m).sum::<u32>();
    if extra_m == plan.extra_m && kept == extra_m { Ok(()) } else { Err(Violation::Extra) }
}

/// The driver is ready for the person, and the vehicle of the drive, or any of the driver's if none is named, takes
/// everybody and has its roadworthiness test.
fn fitness(
    index: usize,
    (leg, drive): (&LegRequest, &Assignment),
    candidate: &Candidate<'_>,
    required: &RequiredDocuments,
) -> Result<(), Violation> {
    let details = &candidate.volunteer.details;
    let wheelchair = leg.needs.wheelchair_place();
    let day = drive.end.to_zoned(paris()).date();
    let test = DocumentKind::RoadworthinessTest;
    let mut fit = details.vehicles.iter().enumerate().filter(|(place, vehicle)| {
        let of_it = |paper: &Document| {
            let number = paper.vehicle();
            paper.kind() == test && (number == Some(vehicle.number()) || (number.is_none() && *place == 0))
        };
        let mut papers = details.documents.iter().filter(of_it).peekable();
        let seen = papers.peek().is_some() || required.iter().all(|kind| kind != test);
        let own = |paper: &Document| paper.vehicle().is_some();
        let good = |paper: Document| paper.valid_until().is_none_or(|until| day <= until);
        let attributed: Vec<Document> = papers.collect();
        let decisive = attributed.iter().copied().find(own).or(attributed.first().copied());
        vehicle.takes(leg.seats, wheelchair) && seen && decisive.is_none_or(good)
    });
    let vehicle = fit.any(|(_, vehicle)| match drive.vehicle.map(|driven| driven.which) {
        Some(WhichVehicle::Own(number)) => number == vehicle.number(),
        Some(WhichVehicle::Fleet(_)) | None => true,
    });
    let needs = leg.needs.iter().all(|need| need == Need::TransferPossible || details.accepts.contains(need));
    if vehicle && needs { Ok(()) } else { Err(Violation::Fitness(index)) }
}

/// Papers, communes, and whether the two may travel together.
fn standing(
    index: usize,
    (leg, drive): (&LegRequest, &Assignment),
    candidate: &Candidate<'_>,
    required: &RequiredDocuments,
) -> Result<(), Violation> {
    let details = &candidate.volunteer.details;
    let unwanted = leg.avoid.iter().any(|driver| *driver == candidate.volunteer.id);
    if unwanted || details.avoid.iter().any(|person| leg.passenger == Some(*person)) {
        return Err(Violation::Avoided(index));
    }
    let day = drive.end.to_zoned(paris()).date();
    let of_vehicle = DocumentKind::RoadworthinessTest;
    let mut personal = details.documents.iter().filter(|paper| paper.kind() != of_vehicle);
    let expired = personal.any(|paper| paper.valid_until().is_some_and(|until| until < day));
    let mut wanted = required.iter().filter(|kind| *kind != of_vehicle);
    let missing = wanted.any(|kind| details.documents.iter().all(|paper| paper.kind() != kind));
    if expired || missing {
        return Err(Violation::Documents(index));
    }
    let communes = &details.limits.communes;
    let stops = communes.is_empty() || (communes.contains(&leg.pickup) && communes.contains(&leg.dropoff));
    if stops { Ok(()) } else { Err(Violation::Communes(index)) }
}

/// The trips and hours of the ISO week in which a drive begins.
fn week(index: usize, drive: &Assignment, plan: &Ranked, candidate: &Candidate<'_>) -> Result<(), Violation> {
    let limits = &candidate.volunteer.details.limits;
    let iso = |instant: Timestamp| {
        let day = instant.to_zoned(paris()).date().iso_week_date();
        (day.year(), day.week())
    };
    let taken = candidate.commitments.iter().chain(candidate.done).map(|taken| (taken.start, taken.end));
    let all = taken.chain(plan.drives.iter().map(|drive| (drive.start, drive.end)));
    let same: Vec<_> = all.filter(|(start, _)| iso(*start) == iso(drive.start)).collect();
    // A second with several people in the car counts once: taken at every boundary whether any drive covers what follows.
    let mut bounds: Vec<i64> =
        same.iter().flat_map(|(start, end)| [start.as_second(), end.as_second()]).collect();
    bounds.sort_unstable();
    let covered = |from: i64, to: i64| {
        same.iter().any(|(start, end)| start.as_second() <= from && to <= end.as_second())
    };
    let pairs = bounds.iter().zip(bounds.iter().skip(1));
    let seconds: i64 = pairs.filter(|(from, to)| covered(**from, **to)).map(|(from, to)| to - from).sum();
    let trips = limits.trips_per_week.is_none_or(|most| same.len() <= usize::from(most));
    let hours = limits.hours_per_week.is_none_or(|most| seconds <= i64::from(most) * 3600);
    if trips && hours { Ok(()) } else { Err(Violation::Week(index)) }
}

struct Ways<'a> {
    home: &'a Commune,
    roads: &'a Roads,
    geography: &'a Geography,
}

impl Ways<'_> {
    fn ride(&self, leg: &LegRequest) -> Result<Journey, Violation> {
        let (from, to) = (find(leg.pickup, self.geography)?, find(leg.dropoff, self.geography)?);
        Ok(self.roads.ride(from, to))
    }

    fn home(&self, commune: InseeCode) -> Result<Journey, Violation> {
        Ok(self.roads.drive(self.home, find(commune, self.geography)?))
    }

    /// Each leg from home back to home; gives the metres without passenger.
    fn apart(
        &self,
        legs: &[LegRequest],
        drives: &[Assignment],
        candidate: &Candidate<'_>,
    ) -> Result<u32, Violation> {
        let mut extra_m = 0;
        let mut free_from = Timestamp::MIN;
        for (index, (leg, drive)) in legs.iter().zip(drives).enumerate() {
            let (out, back) = (self.home(leg.pickup)?, self.home(leg.dropoff)?);
            if too_short(drive.start, drive.pickup, out) || too_short(drive.arrival, drive.end, back) {
                return Err(Violation::TooFast(index));
            }
            if drive.start < free_from {
                return Err(Violation::Overlap(index));
            }
            free_from = drive.end;
            let empty_m = out.distance_m + back.distance_m;
            stretch(index, [drive.start, drive.end], empty_m + self.ride(leg)?.distance_m, candidate)?;
            extra_m += empty_m;
        }
        Ok(extra_m)
    }

    /// Both legs in one go; gives the metres without passenger.
    fn waiting(
        &self,
        [there, back]: [&LegRequest; 2],
        [first, second]: [&Assignment; 2],
        candidate: &Candidate<'_>,
    ) -> Result<u32, Violation> {
        let (out, home) = (self.home(there.pickup)?, self.home(back.dropoff)?);
        let link = if there.dropoff == back.pickup {
            Journey::default()
        } else {
            let (from, to) = (find(there.dropoff, self.geography)?, find(back.pickup, self.geography)?);
            self.roads.drive(from, to)
        };
        if too_short(first.start, first.pickup, out) || too_short(first.arrival, second.pickup, link) {
            return Err(Violation::TooFast(0));
        }
        if too_short(second.arrival, second.end, home) {
            return Err(Violation::TooFast(1));
        }
        let between = first.arrival.duration_until(second.pickup);
        if between > duration(link.duration_s) + duration(self.roads.estimator().wait_s) {
            return Err(Violation::Wait);
        }
        let empty_m = out.distance_m + link.distance_m + home.distance_m;
        let length_m = empty_m + self.ride(there)?.distance_m + self.ride(back)?.distance_m;
        stretch(0, [first.start, second.end], length_m, candidate)?;
        Ok(empty_m)
    }
}

/// A drive from home back to home: available, free, and not too far.
fn stretch(
    index: usize,
    [start, end]: [Timestamp; 2],
    length_m: u32,
    candidate: &Candidate<'_>,
) -> Result<(), Violation> {
    let details = &candidate.volunteer.details;
    let calendar = Calendar::of(details.home.commune).with_imported(candidate.schools);
    let windows = details.availability.windows_on(start.to_zoned(paris()).date(), calendar);
    if !windows.iter().any(|window| window.start <= start && end <= window.end) {
        return Err(Violation::Availability(index));
    }
    if candidate.commitments.iter().any(|taken| taken.start < end.min(taken.end) && start < taken.end) {
        return Err(Violation::Overlap(index));
    }
    if details.limits.max_trip_m.is_some_and(|limit_m| length_m > limit_m) {
        return Err(Violation::TooFar(index));
    }
    Ok(())
}

fn find(code: InseeCode, geography: &Geography) -> Result<&Commune, Violation> {
    geography.commune(&code).ok_or(Violation::UnknownCommune(code))
}

fn too_short(from: Timestamp, to: Timestamp, journey: Journey) -> bool {
    from.duration_until(to) < duration(journey.duration_s)
}

fn duration(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(seconds))
}
