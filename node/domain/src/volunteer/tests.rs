//! Volunteers: what is read, what is refused and why.

use super::*;
use crate::document::{Document, DocumentKind};

fn typed() -> NewVolunteer {
    NewVolunteer {
        name: "Canary Roques".to_owned(),
        phone: "0563000000".to_owned(),
        home: NewPlace { commune: "81003".to_owned(), address: "2 rue Canary".to_owned() },
        seats: 3,
        wheelchair_places: 1,
        documents: vec![NewDocument { kind: "licence".to_owned(), ..NewDocument::default() }],
        availability: "lun 08:00-18:00".to_owned(),
        absences: vec!["2026-12-24".to_owned()],
        max_trip_m: Some(80_000),
        trips_per_week: Some(4),
        hours_per_week: Some(10),
        communes: vec!["81003".to_owned(), "81004".to_owned(), "81003".to_owned()],
        avoid: vec!["01932f5e-7c3a-7000-8000-0123456789ac".to_owned()],
        ..NewVolunteer::default()
    }
}

fn parse(volunteer: &NewVolunteer) -> Result<VolunteerDetails, VolunteerError> {
    volunteer.parse(&Intake {
        geography: Geography::embedded(),
        territory: "200034031".parse().unwrap(),
        today: "2026-10-01".parse().unwrap(),
        allow_outside: false,
    })
}

#[test]
fn a_volunteer_is_read() {
    let details = parse(&typed()).unwrap();
    let vehicle = details.vehicles.iter().next().unwrap();
    assert_eq!((vehicle.seats(), vehicle.wheelchair_places(), vehicle.fiscal_power()), (3, 1, None));
    assert_eq!(details.availability.to_string(), "mon 08:00-18:00");
    assert_eq!(details.availability.absences().len(), 1);
    assert_eq!(details.channel, Channel::Phone);
    assert!(
        details.limits.covers("81004".parse().unwrap()) && !details.limits.covers("81065".parse().unwrap())
    );
    let licence = Document::new(DocumentKind::Licence, "2026-10-01".parse().unwrap(), None);
    assert_eq!(details.documents.iter().collect::<Vec<_>>(), [licence]);
    assert!(DriverLimits::default().covers("81065".parse().unwrap()));
}

#[test]
fn what_is_shown_for_an_edit_reads_back_the_same() {
    let details = parse(&typed()).unwrap();
    assert_eq!(parse(&NewVolunteer::of(&details)).as_ref(), Ok(&details));
}

#[test]
fn each_field_is_refused_with_its_reason() {
    let check = |change: fn(&mut NewVolunteer), expected: VolunteerError| {
        let mut volunteer = typed();
        change(&mut volunteer);
        assert_eq!(parse(&volunteer), Err(expected));
    };
    check(|v| v.name = String::new(), VolunteerError::Name(TextError::Empty));
    check(|v| v.phone = "1".to_owned(), VolunteerError::Phone(PhoneError::Length { digits: 1 }));
    check(|v| v.channel = "email".to_owned(), VolunteerError::Channel(ChannelError::NoEmail));
    let outside = PlaceError::OutsideTerritory {
        commune: "81004".parse().unwrap(),
        territory: "200034031".parse().unwrap(),
    };
    check(|v| v.home.commune = "81004".to_owned(), VolunteerError::Home(outside));
    check(|v| v.seats = 0, VolunteerError::Vehicle(VehicleError::Seats(0)));
    check(|v| v.seats = 9, VolunteerError::Vehicle(VehicleError::Seats(9)));
    check(|v| v.wheelchair_places = 6, VolunteerError::Vehicle(VehicleError::TooManyPlaces(9)));
    check(|v| v.accepts = vec!["x".to_owned()], VolunteerError::Need(UnknownNeed("x".to_owned())));
    let slot = VolunteerError::Availability(AvailabilityError::Slot(1));
    check(|v| v.availability = "always".to_owned(), slot);
    check(|v| v.absences = vec!["x".to_owned()], VolunteerError::Absence(AbsenceError::Format));
    check(|v| v.max_trip_m = Some(0), VolunteerError::MaxTrip(0));
    check(|v| v.wished_m = Some(4_000_001), VolunteerError::Wished(4_000_001));
    check(|v| v.trips_per_week = Some(0), VolunteerError::TripsPerWeek(0));
    check(|v| v.hours_per_week = Some(169), VolunteerError::HoursPerWeek(169));
    let unknown = PlaceError::UnknownCommune("81999".parse().unwrap());
    check(|v| v.communes = vec!["81999".to_owned()], VolunteerError::Commune(unknown));
    check(
        |v| v.communes = vec!["81003".to_owned(); COMMUNES + 1],
        VolunteerError::TooManyCommunes(COMMUNES + 1),
    );
}

#[test]
fn being_asked_or_not_is_an_edit_only_when_it_changes() {
    let volunteer = Volunteer::register(Id::new(1, [1; 10]), parse(&typed()).unwrap(), Timestamp::UNIX_EPOCH);
    let revisions = [true, false, false, true].map(|active| volunteer.clone().with_active(active).revision);
    assert_eq!(revisions, [1, 2, 2, 1]);
}

#[test]
fn debug_shows_the_identifier_alone() {
    let details = parse(&typed()).unwrap();
    let volunteer = Volunteer::register(Id::new(1, [1; 10]), details.clone(), Timestamp::UNIX_EPOCH);
    let shown = format!("{:?} {details:?} {volunteer:?}", typed());
    assert!(!shown.contains("Canary") && !shown.contains("81003"), "{shown}");
}
