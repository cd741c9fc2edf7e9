//! Why people, their vehicles and papers are not accepted. Must never repeat what was typed.

use maillage_domain::{
    civil::DateError,
    contact::ChannelError,
    document::DocumentError,
    eligibility::GroundError,
    person::{AvoidError, PersonError},
    prescriber::PartnerError,
    text::EmailError,
    volunteer::{VehicleError, VolunteerError},
};
use maillage_platform::refusal::Refusal;

use super::{absence, availability, invalid, phone, place, text};

/// A beneficiary.
pub fn person(error: PersonError) -> Refusal {
    match error {
        PersonError::Name(error) => text("name", error),
        PersonError::Phone(error) => phone(error),
        PersonError::Email(error) => email(error),
        PersonError::Channel(error) => channel(error),
        PersonError::Home(error) => place("home", error),
        PersonError::BirthYear(_) => invalid("birth-year"),
        PersonError::Need(_) => invalid("need-unknown"),
        PersonError::Situation(_) => invalid("situation-unknown"),
        PersonError::Ground(error) => ground(error),
        PersonError::Quotient(_) => invalid("quotient").with("max", maillage_domain::limits::QUOTIENT_EUROS),
        PersonError::MemberUntil(error) => date("member_until", error),
        PersonError::Prescriber(_) => invalid("id-malformed").with("field", "prescriber"),
        PersonError::InformedOn(error) => date("informed_on", error),
        PersonError::InformedLater => invalid("date-in-the-future").with("field", "informed_on"),
        PersonError::Sharing(_) => invalid("sharing-unknown"),
        PersonError::Pooling(_) => invalid("pooling-unknown"),
        PersonError::DriverNotes(error) => text("notes", error),
        PersonError::InternalNotes(error) => text("internal_notes", error),
        PersonError::Avoid(error) => avoid(error),
    }
}

/// A volunteer.
pub fn volunteer(error: VolunteerError) -> Refusal {
    match error {
        VolunteerError::Name(error) => text("name", error),
        VolunteerError::Phone(error) => phone(error),
        VolunteerError::Email(error) => email(error),
        VolunteerError::Channel(error) => channel(error),
        VolunteerError::Home(error) => place("home", error),
        VolunteerError::Vehicle(error) => vehicle(error),
        VolunteerError::Document(error) => document(error),
        VolunteerError::Need(_) => invalid("need-unknown"),
        VolunteerError::Availability(error) => availability(error),
        VolunteerError::Absence(error) => absence(error),
        VolunteerError::MaxTrip(metres) => invalid("max-trip").with("metres", metres),
        VolunteerError::Wished(metres) => invalid("wished-m").with("metres", metres),
        VolunteerError::TripsPerWeek(trips) => invalid("trips-per-week").with("trips", trips),
        VolunteerError::HoursPerWeek(hours) => invalid("hours-per-week").with("hours", hours),
        VolunteerError::Commune(error) => place("communes", error),
        VolunteerError::TooManyCommunes(communes) => invalid("too-many-communes").with("communes", communes),
        VolunteerError::Avoid(error) => avoid(error),
        VolunteerError::Status(_) => invalid("driver-status"),
    }
}

/// A prescriber or a professional.
pub fn partner(error: PartnerError) -> Refusal {
    match error {
        PartnerError::Name(error) => text("name", error),
        PartnerError::Contact(error) => text("contact", error),
        PartnerError::Function(error) => text("function", error),
        PartnerError::Phone(error) => phone(error),
        PartnerError::Email(error) => email(error),
    }
}

/// A paper.
pub fn document(error: DocumentError) -> Refusal {
    match error {
        DocumentError::Kind(_) => invalid("document-kind-unknown"),
        DocumentError::Date(error) => date("document", error),
        DocumentError::SeenLater => invalid("date-in-the-future").with("field", "seen_on"),
        DocumentError::Vehicle => invalid("document-vehicle"),
    }
}

fn vehicle(error: VehicleError) -> Refusal {
    match error {
        VehicleError::Seats(seats) => invalid("seats").with("seats", seats),
        VehicleError::TooManyPlaces(places) => invalid("places").with("places", places),
        VehicleError::Label(error) => text("label", error),
        VehicleError::FiscalPower(power) => invalid("fiscal-power").with("power", power),
        VehicleError::Count(vehicles) => invalid("vehicles").with("vehicles", vehicles),
    }
}

fn ground(error: GroundError) -> Refusal {
    match error {
        GroundError::Code => invalid("ground-code"),
        GroundError::Date(error) => date("ground", error),
        GroundError::Order => invalid("ground-order"),
        GroundError::SeenLater => invalid("date-in-the-future").with("field", "seen"),
        GroundError::TooMany(grounds) => invalid("too-many-grounds").with("grounds", grounds),
    }
}

fn channel(error: ChannelError) -> Refusal {
    match error {
        ChannelError::Unknown(_) => invalid("channel-unknown"),
        ChannelError::NoPhone(channel) => invalid("channel-no-phone").with("channel", channel),
        ChannelError::NoEmail => invalid("channel-no-email"),
    }
}

fn avoid(error: AvoidError) -> Refusal {
    match error {
        AvoidError::Id(_) => invalid("id-malformed").with("field", "avoid"),
        AvoidError::TooMany(people) => invalid("too-many-to-avoid").with("people", people),
    }
}

pub(crate) fn email(error: EmailError) -> Refusal {
    match error {
        EmailError::Text(error) => text("email", error),
        EmailError::Form => invalid("email-form"),
    }
}

fn date(field: &'static str, _: DateError) -> Refusal {
    invalid("date-format").with("field", field)
}
