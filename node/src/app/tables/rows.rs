//! The tables there are, one module each: columns, one row in, rows out.

mod absences;
mod assets;
mod avoidances;
mod carriers;
mod documents;
mod exceptions;
mod expenses;
mod journal;
mod loans;
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
    &outs::Issuers,
    &outs::ModelRules,
    &outs::ModelParameters,
    &outs::Accounts,
    &journal::Journal,
    &outs::Accesses,
];

/// A yes or no, as the tables write it.
fn yes(yes: bool) -> String {
    (if yes { "oui" } else { "non" }).to_owned()
}

/// A number, or nothing.
fn number<N: ToString>(number: Option<N>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
