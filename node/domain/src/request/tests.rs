//! Requests: what is refused and why, and the windows that follow from what was asked.

use jiff::Timestamp;
use maillage_federation::ids::Id;
use maillage_geography::{Geography, InseeCodeError};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::person::{Intake, NewPerson};

const NOW: &str = "2026-10-01T08:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn typed() -> NewRequest {
    NewRequest {
        dropoff: NewPlace { commune: "81004".to_owned(), address: "22 bd Canary".to_owned() },
        arrive_by: Some("2026-10-05T09:30".to_owned()),
        return_at: Some("2026-10-05T11:00".to_owned()),
        purpose: "health".to_owned(),
        ..NewRequest::default()
    }
}

fn person(needs: &[Need]) -> Person {
    let typed = NewPerson {
        name: "Canary Calvet".to_owned(),
        home: NewPlace { commune: "81003".to_owned(), address: "1 rue Canary".to_owned() },
        needs: needs.iter().map(|need| need.code().to_owned()).collect(),
        ..NewPerson::default()
    };
    let intake = Intake {
        geography: Geography::embedded(),
        territory: "200034031".parse().unwrap(),
        today: "2026-10-01".parse().unwrap(),
        allow_outside: false,
    };
    Person::register(Id::new(1, [1; 10]), typed.parse(&intake).unwrap(), now())
}

fn planning() -> Planning {
    Planning {
        request: Id::new(2, [2; 10]),
        outbound: Id::new(3, [3; 10]),
        back: Id::new(4, [4; 10]),
        model: "benevoles-association@1".parse().unwrap(),
        direct_m: 36_000,
        ride_s: 3_600,
        back_m: 36_000,
        back_s: 3_600,
        roads: RoadsSource::Estimate,
        occurrence: None,
        now: now(),
    }
}

fn parse(request: &NewRequest) -> Result<RequestDetails, RequestError> {
    request.parse(Geography::embedded(), now())
}

fn plan(request: &NewRequest, needs: &[Need]) -> Result<(Request, Vec<Trip>), RequestError> {
    plan_request(parse(request)?, &person(needs), &planning())
}

fn windows(trips: &[Trip]) -> Vec<String> {
    let window = |trip: &Trip| format!("{} {}", trip.terms.earliest_pickup, trip.terms.latest_arrival);
    trips.iter().map(window).collect()
}

#[test]
fn an_appointment_and_a_return_become_two_linked_trips() {
    let (request, trips) = plan(&typed(), &[]).unwrap();
    assert_eq!(
        windows(&trips),
        ["2026-10-05T06:00:00Z 2026-10-05T07:30:00Z", "2026-10-05T09:00:00Z 2026-10-05T10:30:00Z"]
    );
    let [there, back] = trips.as_slice() else { panic!("{trips:?}") };
    assert_eq!((there.terms.leg, back.terms.leg), (Leg::Outbound, Leg::Return));
    assert_eq!((there.terms.sibling, back.terms.sibling), (Some(back.id()), Some(there.id())));
    assert_eq!((&there.terms.pickup, &there.terms.dropoff), (&back.terms.dropoff, &back.terms.pickup));
    assert_eq!((there.terms.anchor, back.terms.anchor), (Anchor::Arrival, Anchor::Pickup));
    assert_eq!(there.terms.pickup, person(&[]).details.home);
    assert_eq!(request.trips, [there.id(), back.id()]);
    assert_eq!((there.request(), there.person()), (Some(request.id), Some(request.person)));
}

#[test]
fn a_pickup_time_and_no_return_become_one_trip() {
    let request = NewRequest {
        arrive_by: None,
        pickup_at: Some("2026-10-05 09:30".to_owned()),
        return_at: Some(" ".to_owned()),
        tolerance_s: Some(0),
        pickup: Some(NewPlace { commune: "81065".to_owned(), address: String::new() }),
        ..typed()
    };
    let (_, trips) = plan(&request, &[]).unwrap();
    assert_eq!(windows(&trips), ["2026-10-05T07:30:00Z 2026-10-05T08:30:00Z"]);
    assert_eq!(trips[0].terms.pickup.commune.as_str(), "81065");
    assert_eq!(trips[0].terms.sibling, None);
}

#[test]
fn no_window_begins_in_the_past() {
    let request = NewRequest { arrive_by: Some("2026-10-01T11:15".to_owned()), return_at: None, ..typed() };
    let (_, trips) = plan(&request, &[]).unwrap();
    assert_eq!(windows(&trips), ["2026-10-01T08:00:00Z 2026-10-01T09:15:00Z"]);
}

#[test]
fn seats_are_the_person_and_the_companions() {
    let seats = |companions: u8, needs: &[Need]| {
        plan(&NewRequest { companions, ..typed() }, needs).map(|(_, trips)| trips[0].terms.seats)
    };
    assert_eq!(seats(0, &[]), Ok(1));
    assert_eq!(seats(2, &[]), Ok(3));
    assert_eq!(seats(0, &[Need::Companion]), Ok(2));
    assert_eq!(seats(2, &[Need::Companion]), Ok(3));
    assert_eq!(seats(0, &[Need::WheelchairManual]), Ok(0));
    assert_eq!(seats(1, &[Need::WheelchairElectric]), Ok(1));
    assert_eq!(seats(0, &[Need::WheelchairManual, Need::TransferPossible]), Ok(1));
    assert_eq!(seats(8, &[]), Err(RequestError::Companions(8)));
}

#[test]
fn each_thing_is_refused_with_its_reason() {
    let check = |change: fn(&mut NewRequest), expected: RequestError| {
        let mut request = typed();
        change(&mut request);
        assert_eq!(plan(&request, &[]).err(), Some(expected));
    };
    let code = PlaceError::Code(InseeCodeError::Length(4));
    check(|request| request.dropoff.commune = "Albi".to_owned(), RequestError::Dropoff(code));
    let unknown = PlaceError::UnknownCommune("81999".parse().unwrap());
    check(
        |request| request.pickup = Some(NewPlace { commune: "81999".to_owned(), address: String::new() }),
        RequestError::Pickup(unknown),
    );
    check(|request| request.arrive_by = None, RequestError::OneTime);
    check(|request| request.pickup_at = Some("2026-10-05T08:00".to_owned()), RequestError::OneTime);
    let gap = CivilTimeError::Skipped("2027-03-28T02:30".parse().unwrap());
    check(
        |request| request.arrive_by = Some("2027-03-28T02:30".to_owned()),
        RequestError::Time(RequestTime::Outbound, gap),
    );
    check(
        |request| request.return_at = Some("noon".to_owned()),
        RequestError::Time(RequestTime::Return, CivilTimeError::Format),
    );
    check(
        |request| request.arrive_by = Some("2026-10-01T09:59".to_owned()),
        RequestError::InThePast(RequestTime::Outbound),
    );
    check(
        |request| request.return_at = Some("2026-09-05T11:00".to_owned()),
        RequestError::InThePast(RequestTime::Return),
    );
    check(
        |request| request.arrive_by = Some("2027-11-06T10:00".to_owned()),
        RequestError::TooFarAhead(RequestTime::Outbound),
    );
    check(
        |request| request.return_at = Some("2026-10-05T09:29".to_owned()),
        RequestError::ReturnBeforeArrival { arrival: "2026-10-05T07:30:00Z".parse().unwrap() },
    );
    let purpose = "dialysis".parse::<Purpose>().unwrap_err();
    check(|request| request.purpose = "dialysis".to_owned(), RequestError::Purpose(purpose));
    check(|request| request.tolerance_s = Some(TOLERANCE_S + 1), RequestError::Tolerance(TOLERANCE_S + 1));
    check(
        |request| {
            request.dropoff = NewPlace { commune: "81003".to_owned(), address: "1 rue Canary".to_owned() };
        },
        RequestError::SamePlace,
    );
}

#[test]
fn a_return_may_begin_as_the_appointment_does() {
    let request = NewRequest { return_at: typed().arrive_by, ..typed() };
    assert!(plan(&request, &[]).is_ok());
}

#[test]
fn debug_shows_no_place_and_no_purpose() {
    let (request, _) = plan(&typed(), &[]).unwrap();
    let shown = format!("{:?} {:?} {request:?}", typed(), request.details);
    for secret in ["Canary", "81004", "ealth"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_return_without_a_time_waits_for_the_call_until_the_end_of_the_day() {
    let open = NewRequest { return_at: None, call_when_done: true, ..typed() };
    let (_, trips) = plan(&open, &[]).unwrap();
    assert_eq!(trips[1].terms.anchor, Anchor::Call);
    assert!(trips[1].waits_for_call() && !trips[0].waits_for_call());
    assert_eq!(windows(&trips)[1], "2026-10-05T07:30:00Z 2026-10-05T21:59:59Z");
    let evening = NewRequest { arrive_by: Some("2026-10-05T23:30".to_owned()), ..open.clone() };
    assert_eq!(windows(&plan(&evening, &[]).unwrap().1)[1], "2026-10-05T21:30:00Z 2026-10-05T23:00:00Z");
    let both = NewRequest { return_at: typed().return_at, ..open };
    assert_eq!(parse(&both).err(), Some(RequestError::OneReturn));
}

#[test]
fn being_late_is_acceptable_only_if_it_is_said() {
    let late = NewRequest { late_ok: true, tolerance_s: Some(900), return_at: None, ..typed() };
    assert_eq!(windows(&plan(&late, &[]).unwrap().1), ["2026-10-05T06:15:00Z 2026-10-05T07:45:00Z"]);
    let punctual = NewRequest { late_ok: false, ..late };
    assert_eq!(windows(&plan(&punctual, &[]).unwrap().1), ["2026-10-05T06:15:00Z 2026-10-05T07:30:00Z"]);
}

proptest! {
    #[test]
    fn every_window_has_room_for_the_ride_and_the_tolerance(
        minute in 0..60 * 24 * 300_i64,
        ride_s in 1..20_000_u32,
        tolerance_s in 0..=TOLERANCE_S,
        by_arrival in proptest::bool::ANY,
        wait_min in 0..600_i64,
    ) {
        let at = now() + SignedDuration::from_hours(24) + SignedDuration::from_mins(minute);
        let outbound = if by_arrival { OutboundTime::ArriveBy(at) } else { OutboundTime::PickupAt(at) };
        let arrival = if by_arrival { at } else { at + SignedDuration::from_secs(ride_s.into()) };
        let details = RequestDetails {
            outbound,
            back: Some(ReturnTime::At(arrival + SignedDuration::from_mins(wait_min))),
            tolerance_s,
            ..parse(&typed()).unwrap()
        };
        let (_, trips) = plan_request(details, &person(&[]), &Planning { ride_s, back_s: ride_s, ..planning() }).unwrap();
        for trip in &trips {
            let window = trip.terms.earliest_pickup.duration_until(trip.terms.latest_arrival);
            prop_assert_eq!(window.as_secs(), i64::from(ride_s) + i64::from(tolerance_s));
        }
        prop_assert!(trips[1].terms.earliest_pickup >= arrival);
        prop_assert!(!by_arrival || trips[0].terms.latest_arrival == at);
        prop_assert!(by_arrival || trips[0].terms.earliest_pickup == at);
    }
}
