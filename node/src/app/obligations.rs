//! What a platform owes: the prefect's return, the register of processings, and to the people whose data it holds their copy,
//! the log of accesses, erasure and the end of retention. Must never keep a name longer than the person or the law asks.

pub mod accesses;
pub mod erasure;
pub mod export;
pub mod journal;
pub mod register;
pub mod retention;
pub mod tus_return;

use jiff::civil::Date;
use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    ledger::{Party, PersonBalance, VolunteerBalance},
    loan::Loan,
    retention::Obstacle,
    trip::Trip,
};
use maillage_engine::{EngineError, View};
use maillage_federation::ids::Id;
use maillage_store::{
    events::Subject, handovers, holdings::Whose, ledger, loans, pathways, persons, referrals, services,
    trips, volunteers,
};

use super::{Aborted, refusals};

/// Somebody in the journals.
pub(crate) fn subject(whose: Whose) -> Subject {
    match whose {
        Whose::Person(id) => Subject::Person(id),
        Whose::Volunteer(id) => Subject::Volunteer(id),
        Whose::Referral(id) => Subject::Referral(id),
    }
}

/// Whether the node knows somebody.
///
/// # Errors
/// `person-unknown`, `volunteer-unknown`, `referral-unknown`; the store.
pub(crate) fn check_known(view: &(impl View + ?Sized), whose: Whose) -> Result<(), Aborted> {
    let (known, refusal) = match whose {
        Whose::Person(id) => {
            (persons::find(view, id)?.is_some(), refusals::unknown("person-unknown").with("id", id))
        }
        Whose::Volunteer(id) => {
            (volunteers::find(view, id)?.is_some(), refusals::unknown("volunteer-unknown").with("id", id))
        }
        Whose::Referral(id) => {
            (referrals::find(view, id)?.is_some(), refusals::unknown("referral-unknown").with("id", id))
        }
    };
    if known { Ok(()) } else { Err(refusal.into()) }
}

/// What is still open about somebody, in the order of [`Obstacle`].
pub(crate) fn obstacles(view: &(impl View + ?Sized), whose: Whose) -> Result<Vec<Obstacle>, EngineError> {
    match whose {
        Whose::Person(id) => of_person(view, id),
        Whose::Volunteer(id) => of_volunteer(view, id),
        Whose::Referral(_) => Ok(Vec::new()),
    }
}

fn of_person(view: &(impl View + ?Sized), id: Id<PersonKind>) -> Result<Vec<Obstacle>, EngineError> {
    let mine = trips::of_person(view, id, usize::MAX)?;
    let mut handed_over = false;
    for handover in mine.iter().filter_map(|trip| trip.custody().handover()) {
        handed_over |= handovers::outgoing(view, handover)?.is_some_and(|outgoing| !outgoing.is_over());
    }
    let open = [
        (Obstacle::OpenTrip, mine.iter().any(Trip::is_open)),
        (Obstacle::OpenLoan, loans::of_person(view, id, None, usize::MAX)?.iter().any(Loan::is_open)),
        (Obstacle::OpenPathway, pathways::open_of(view, id)?.is_some()),
        (
            Obstacle::OpenService,
            services::of_person(view, id, None, usize::MAX)?.iter().any(|service| service.case.is_open()),
        ),
        (Obstacle::UnpaidBalance, owes(view, id)?),
        (Obstacle::OpenHandover, handed_over),
    ];
    Ok(open.into_iter().filter(|(_, open)| *open).map(|(obstacle, _)| obstacle).collect())
}

fn owes(view: &(impl View + ?Sized), id: Id<PersonKind>) -> Result<bool, EngineError> {
    let entries = ledger::entries_of(view, Party::Person(id), None, usize::MAX)?;
    Ok(!PersonBalance::of(id, &entries, ALWAYS).closing.is_zero())
}

fn of_volunteer(view: &(impl View + ?Sized), id: Id<VolunteerKind>) -> Result<Vec<Obstacle>, EngineError> {
    let bound = trips::commitments_of(view, id, jiff::Timestamp::MIN, jiff::Timestamp::MAX)?;
    let entries = ledger::entries_of(view, Party::Volunteer(id), None, usize::MAX)?;
    let balance = VolunteerBalance::of(id, &entries, ALWAYS);
    let waits = ledger::waiting_volunteers(view)?.iter().any(|(_, waiting)| *waiting == id);
    let open = [
        (Obstacle::OpenTrip, !bound.is_empty()),
        (Obstacle::UnpaidBalance, !(balance.closing.is_zero() && balance.to_hand_over.is_zero())),
        (Obstacle::OpenStatement, waits),
    ];
    Ok(open.into_iter().filter(|(_, open)| *open).map(|(obstacle, _)| obstacle).collect())
}

/// All days.
const ALWAYS: (Date, Date) = (Date::MIN, Date::MAX);
