//! The tables there are, one module each: columns, one row in, rows out.

mod absences;
mod assets;
mod avoidances;
mod carriers;
mod documents;
mod exceptions;
mod expenses;
mod issuers;
mod journal;
mod loans;
mod models;
mod movements;
mod offers;
mod outs;
mod papers;
mod partners;
mod past_trips;
mod pathways;
mod payments;
mod persons;
mod requests;
mod series;
mod services;
mod trips;
mod unmet;
mod vehicles;
mod volunteers;

use super::Table;

/// Every table, in the order of a first import: what others refer to comes first.
pub static TABLES: &[&dyn Table] = &[
    &carriers::Carriers,
    &partners::Professionals,
    &partners::Prescribers,
    &volunteers::Volunteers,
    &vehicles::Vehicles,
    &documents::Documents,
    &absences::Absences,
    &persons::Persons,
    &avoidances::Avoidances,
    &assets::Assets,
    &payments::Contributions,
    &payments::Payments,
    &movements::Movements,
    &expenses::Expenses,
    &loans::Loans,
    &requests::Requests,
    &series::Series,
    &past_trips::PastTrips,
    &trips::Trips,
    &unmet::Unmet,
    &offers::Offers,
    &papers::Statements,
    &papers::Receipts,
    &papers::Waivers,
    &services::Services,
    &pathways::Pathways,
    &exceptions::Exceptions,
    &outs::Referrals,
    &outs::Handovers,
    &issuers::Issuers,
    &models::ModelRules,
    &models::ModelParameters,
    &outs::Accounts,
    &journal::Journal,
    &outs::Accesses,
];

/// The tables that tell of beneficiaries: by name, reference or identifier, by a trip of theirs, or in a reason that was typed.
pub const OF_PERSONS: &[&str] = &[
    "persons",
    "avoidances",
    "contributions",
    "payments",
    "movements",
    "expenses",
    "loans",
    "requests",
    "series",
    "past-trips",
    "trips",
    "unmet",
    "driver-offers",
    "receipts",
    "services",
    "pathways",
    "frame-exceptions",
    "referrals",
    "handovers",
    "journal",
    "accesses",
];

/// The tables that tell of volunteers.
pub const OF_VOLUNTEERS: &[&str] = &[
    "volunteers",
    "vehicles",
    "documents",
    "absences",
    "avoidances",
    "payments",
    "movements",
    "expenses",
    "past-trips",
    "trips",
    "driver-offers",
    "statements",
    "receipts",
    "waivers",
    "accounts",
    "journal",
    "accesses",
];

/// The tables that tell of people who were referred.
pub const OF_REFERRALS: &[&str] = &["referrals", "journal", "accesses"];

/// A yes or no, as the tables write it.
fn yes(yes: bool) -> String {
    (if yes { "oui" } else { "non" }).to_owned()
}

/// A number, or nothing.
fn number<N: ToString>(number: Option<N>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
