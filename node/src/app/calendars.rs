//! Calendar feeds of volunteers: a secret address each, and what it shows. Must never show who travels.

use std::{collections::BTreeSet, sync::Arc};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, ToSpan as _};
use maillage_domain::{calendar::CalendarEntry, ids::VolunteerKind, roles::Operation, trip::Trip};
use maillage_engine::View;
use maillage_federation::{ids::Id, month::paris};
use maillage_geography::InseeCode;
use maillage_platform::{random, refusal::Refusal, secrets::Secret};
use maillage_store::{
    calendar_links::{self, CalendarLink},
    events::Subject,
    lost_drives, trips, volunteers,
};

use super::{Aborted, App, caller::Caller, refusals};
use crate::limits::{CALENDAR_DAYS_AHEAD, CALENDAR_DAYS_BACK};

/// A trip in a calendar with the communes it goes between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The entry.
    pub entry: CalendarEntry,
    /// Commune of pickup.
    pub from: String,
    /// Commune of arrival.
    pub to: String,
}

/// Makes the address of a volunteer's calendar feed; the former one ends. It is shown this once.
///
/// # Errors
/// `not-yours`, `volunteer-unknown`; `web-not-public` without a public address; the store.
pub async fn make_link(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
) -> Result<Secret<String>, Refusal> {
    caller.check(Operation::CalendarLink)?;
    caller.check_volunteer(Some(volunteer))?;
    let base = app.outreach.public_url.clone().ok_or_else(|| refusals::conflict("web-not-public"))?;
    let token = BASE64URL_NOPAD.encode(&random::bytes::<32>(app.entropy.as_ref()));
    let hash = *blake3::hash(token.as_bytes()).as_bytes();
    let by = caller.clone();
    app.act(caller, Operation::CalendarLink, move |app, transaction| {
        known(transaction, volunteer)?;
        calendar_links::put(transaction, hash, CalendarLink { volunteer, created: app.now() })?;
        app.note(transaction, &by, Operation::CalendarLink, &[Subject::Volunteer(volunteer)])
    })
    .await?;
    Ok(Secret::new(format!("{base}/c/{token}.ics")))
}

/// Ends the address of a volunteer's calendar feed; tells whether there was one.
///
/// # Errors
/// `not-yours`, `volunteer-unknown`; the store.
pub async fn revoke_link(
    app: &Arc<App>,
    caller: &Caller,
    volunteer: Id<VolunteerKind>,
) -> Result<bool, Refusal> {
    caller.check_volunteer(Some(volunteer))?;
    let by = caller.clone();
    app.act(caller, Operation::CalendarLink, move |app, transaction| {
        known(transaction, volunteer)?;
        app.note(transaction, &by, Operation::CalendarLink, &[Subject::Volunteer(volunteer)])?;
        Ok(calendar_links::revoke(transaction, volunteer)?)
    })
    .await
}

/// The entries of the feed with a token, by time.
///
/// # Errors
/// `link-unknown`; the store.
pub fn feed(app: &App, token: &str) -> Result<Vec<FeedEntry>, Refusal> {
    let hash = *blake3::hash(token.as_bytes()).as_bytes();
    app.read(|app, view| {
        let link = calendar_links::find(view, hash)?.ok_or_else(|| refusals::unknown("link-unknown"))?;
        entries(app, view, link.volunteer)
    })
}

fn entries(app: &App, view: &dyn View, volunteer: Id<VolunteerKind>) -> Result<Vec<FeedEntry>, Aborted> {
    let now = app.now();
    let today = now.to_zoned(paris()).date();
    let mut found: std::collections::BTreeMap<_, Trip> = std::collections::BTreeMap::new();
    // What is over or called off is found by its day; what is still to be driven, however far ahead, by its driver.
    for offset in -CALENDAR_DAYS_BACK..=CALENDAR_DAYS_AHEAD {
        let Ok(day) = today.checked_add(offset.days()) else { continue };
        found.extend(trips::on_day(view, day)?.into_iter().map(|trip| (trip.id(), trip)));
    }
    let far = now + SignedDuration::from_hours(24 * 500);
    for (id, _) in trips::commitments_of(view, volunteer, now, far)? {
        found.extend(trips::find(view, id)?.map(|trip| (id, trip)));
    }
    let name = |commune: &InseeCode| {
        app.geography.commune(commune).map(|commune| commune.name.clone()).unwrap_or_default()
    };
    let entry = |trip: &Trip| {
        let entry = CalendarEntry::of(trip, volunteer)?;
        let (from, to) = (name(&trip.terms.pickup.commune), name(&trip.terms.dropoff.commune));
        Some(FeedEntry { entry, from, to })
    };
    let mut entries: Vec<FeedEntry> = found.values().filter_map(entry).collect();
    // What was lost of late is told as called off: some calendars keep what simply is not there any more.
    let since = now - SignedDuration::from_hours(24 * i64::from(CALENDAR_DAYS_BACK));
    let shown: BTreeSet<_> = entries.iter().map(|entry| entry.entry.trip).collect();
    for lost in lost_drives::of_volunteer(view, volunteer)? {
        if lost.lost_at >= since && !shown.contains(&lost.trip) {
            let (from, to) = (name(&lost.from), name(&lost.to));
            entries.push(FeedEntry { entry: CalendarEntry::lost(&lost), from, to });
        }
    }
    entries.sort_by_key(|entry| (entry.entry.start, entry.entry.trip));
    Ok(entries)
}

fn known(view: &dyn View, volunteer: Id<VolunteerKind>) -> Result<(), Aborted> {
    match volunteers::find(view, volunteer)? {
        Some(_) => Ok(()),
        None => Err(refusals::unknown("volunteer-unknown").with("id", volunteer).into()),
    }
}
