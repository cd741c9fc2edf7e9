//! A driver's own pages behind a secret address: the week, open offers, days off, expenses. The address proves who reads it, so it is
//! another one than that of the calendar feed, ends by itself, and can be ended at once. Must never answer an offer by looking.

use std::{collections::BTreeSet, sync::Arc};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};
use maillage_domain::{
    availability::Absence,
    civil::day_of,
    ids::{DriverOfferKind, VolunteerKind},
    ledger::{Expense, Statement},
    offer::DriverOffer,
    roles::Operation,
    volunteer::Volunteer,
};
use maillage_federation::ids::Id;
use maillage_platform::{random, refusal::Refusal, secrets::Secret};
use maillage_store::{
    driver_links::{self, DriverLink},
    driver_offers,
    events::Subject,
    trips, volunteers,
};

use super::{
    App,
    caller::Caller,
    day_sheets::{self, DaySheet},
    money::statements,
    offers::{self, Answer, LinkView, OfferFilter},
    people, refusals,
};
use crate::limits::{DRIVER_EXPENSES, DRIVER_LINK_DAYS, DRIVER_OFFERS, DRIVER_WEEK_DAYS, VOLUNTEERS};

/// A volunteer as the desk gives out links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Who.
    pub volunteer: Id<VolunteerKind>,
    /// The name.
    pub name: String,
    /// Until when there is a link that opens something.
    pub until: Option<Timestamp>,
}

/// What a driver has in hand.
#[derive(Debug, Clone)]
pub struct Week {
    /// The driver's name.
    pub name: String,
    /// The sheets of the coming days.
    pub sheets: Vec<DaySheet>,
    /// Whether who travels is left out of some of them, since it cannot be noted that it is seen.
    pub in_outline: bool,
    /// What waits for an answer, the most urgent first.
    pub offers: Vec<DriverOffer>,
    /// Days off that are not over.
    pub absences: Vec<Absence>,
    /// Expenses that wait for a statement.
    pub expenses: Vec<Expense>,
    /// Statements that were closed, newest first.
    pub statements: Vec<Statement>,
}

/// Makes the address of a volunteer's own pages; the former one ends. It is shown this once, with the name of the volunteer: whoever gets
/// somebody else's sees somebody else's passengers.
///
/// # Errors
/// `volunteer-unknown`; `web-not-public` without a public address; the store.
pub async fn make_link(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
) -> Result<(String, Secret<String>), Refusal> {
    caller.check(Operation::DriverLink)?;
    let base = app.outreach.public_url.clone().ok_or_else(|| refusals::conflict("web-not-public"))?;
    let token = BASE64URL_NOPAD.encode(&random::bytes::<32>(app.entropy.as_ref()));
    let hash = hash(&token);
    let by = caller.clone();
    let name = app
        .act(caller, Operation::DriverLink, move |app, transaction| {
            let found = people::volunteers::find(transaction, volunteer)?;
            driver_links::put(transaction, hash, DriverLink { volunteer, created: app.now() })?;
            app.note(transaction, &by, Operation::DriverLink, &[Subject::Volunteer(volunteer)])?;
            Ok(found.details.name.as_str().to_owned())
        })
        .await?;
    Ok((name, Secret::new(format!("{base}/d/{token}"))))
}

/// Ends the address of a volunteer's own pages; tells whether there was one.
///
/// # Errors
/// `volunteer-unknown`; the store.
pub async fn revoke_link(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
) -> Result<bool, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::DriverLink, move |app, transaction| {
        people::volunteers::find(transaction, volunteer)?;
        app.note(transaction, &by, Operation::DriverLink, &[Subject::Volunteer(volunteer)])?;
        Ok(driver_links::revoke(transaction, volunteer)?)
    })
    .await
}

/// The volunteers who are asked to drive, by name, with whether each has a link.
///
/// # Errors
/// The store.
pub fn links(app: &App, caller: &Caller) -> Result<Vec<Linked>, Refusal> {
    app.look(caller, Operation::DriverLink, |app, view| {
        let mut found = Vec::new();
        for Volunteer { id, details, active, .. } in volunteers::list(view, None, VOLUNTEERS)? {
            let until = driver_links::of_volunteer(view, id)?.map(|link| ends(&link));
            let until = until.filter(|until| *until > app.now());
            if active || until.is_some() {
                found.push(Linked { volunteer: id, name: details.name.as_str().to_owned(), until });
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    })
}

/// Whether a link opens something. Nothing of anybody is told, and nothing noted.
///
/// # Errors
/// `link-unknown` for whatever opens nothing; the store.
pub fn opens(app: &App, token: &str) -> Result<(), Refusal> {
    proven(app, token).map(drop)
}

/// What the driver of a link has in hand. Whose data it shows is noted once in a while ([`day_sheets::of_driver`]).
///
/// # Errors
/// `link-unknown` for whatever opens nothing; the store.
pub async fn week(app: &Arc<App>, token: &str) -> Result<Week, Refusal> {
    let volunteer = proven(app, token)?;
    let caller = driver(&volunteer);
    let today = day_of(app.now());
    let mut days: BTreeSet<Date> =
        (0..DRIVER_WEEK_DAYS).filter_map(|offset| today.checked_add(offset.days()).ok()).collect();
    // Whoever has just said yes to a trip further off sees it too.
    days.extend(promised(app, volunteer.id)?);
    let days: Vec<Date> = days.into_iter().collect();
    let (sheets, in_outline) = day_sheets::of_driver(app, &caller, days, volunteer.id).await?;
    let filter = OfferFilter::Volunteer(volunteer.id, None);
    let mut open = offers::list(app, &caller, filter, DRIVER_OFFERS)?.offers;
    open.retain(|offer| offer.is_open() && app.now() < offer.terms.departs_at);
    open.sort_by_key(|offer| offer.terms.departs_at);
    let mut absences: Vec<Absence> = volunteer.details.availability.absences().to_vec();
    absences.retain(|absence| absence.last() >= today);
    let mut statements = statements::of_volunteer(app, &caller, volunteer.id, None)?;
    statements.sort_by_key(|statement| std::cmp::Reverse(statement.month));
    Ok(Week {
        name: volunteer.details.name.as_str().to_owned(),
        sheets,
        in_outline,
        offers: open,
        absences,
        expenses: statements::waiting_expenses(app, &caller, Some(volunteer.id), None, DRIVER_EXPENSES)?,
        statements,
    })
}

/// Days on which a volunteer has promised to drive, from now on.
fn promised(app: &App, volunteer: Id<VolunteerKind>) -> Result<Vec<Date>, Refusal> {
    app.read(|app, view| {
        let drives = trips::commitments_of(view, volunteer, app.now(), Timestamp::MAX)?;
        Ok(drives.into_iter().map(|(_, drive)| day_of(drive.start)).collect())
    })
}

/// Answers an open offer to the driver of a link, as the offer's own link would.
///
/// # Errors
/// `link-unknown`, also for an offer to somebody else; the store.
pub async fn answer(
    app: &Arc<App>,
    token: &str,
    offer: Id<DriverOfferKind>,
    answer: Answer,
) -> Result<LinkView, Refusal> {
    let volunteer = proven(app, token)?;
    let offer = app.read(|_, view| Ok(driver_offers::find(view, offer)?))?;
    let offer = offer.filter(|offer| offer.terms.volunteer == volunteer.id).ok_or_else(unknown)?;
    offers::answer_by_link(app, app.outreach.offer_token(&offer), answer).await
}

/// Notes days off of the driver of a link. Trips promised on them stay promised.
///
/// # Errors
/// `link-unknown`; dates that are none, too many absences; the store.
pub async fn add_absence(app: &Arc<App>, token: &str, (first, last): (&str, &str)) -> Result<usize, Refusal> {
    let volunteer = proven(app, token)?;
    let noted = people::add_absence(app, &driver(&volunteer), volunteer.id, first, last).await?;
    Ok(noted.trips.len())
}

/// The volunteer of a link that opens something: neither too old nor of somebody who is not asked any more.
fn proven(app: &App, token: &str) -> Result<Volunteer, Refusal> {
    app.read(|app, view| {
        let link = driver_links::find(view, hash(token))?.filter(|link| app.now() < ends(link));
        let volunteer = link.map(|link| volunteers::find(view, link.volunteer)).transpose()?.flatten();
        volunteer.filter(|volunteer| volunteer.active).ok_or_else(|| unknown().into())
    })
}

/// The driver of a link, about own trips alone. Who sees the data of a passenger is told from others in the journal.
fn driver(volunteer: &Volunteer) -> Caller {
    Caller::by_link(volunteer.id)
}

fn ends(link: &DriverLink) -> Timestamp {
    let days = SignedDuration::from_hours(24 * DRIVER_LINK_DAYS);
    link.created.saturating_add(days).unwrap_or(Timestamp::MAX)
}

fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

fn unknown() -> Refusal {
    refusals::unknown("link-unknown")
}
