//! Who saw somebody's data: the answer a person can ask for. Tables that were given out whole are in it for everybody they could
//! tell of, since the node does not keep who was in them.

use jiff::Timestamp;
use maillage_domain::roles::Operation;
use maillage_engine::{EngineError, View};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access, TableExport},
    events::Actor,
    holdings::Whose,
    partners, persons, referrals, volunteers,
};

use super::subject;
use crate::{
    app::{
        App,
        caller::Caller,
        tables::{OF_PERSONS, OF_REFERRALS, OF_VOLUNTEERS},
    },
    limits::ROWS_LOOKED_AT,
};

/// Somebody saw data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who, when and for what.
    pub access: Access,
    /// The table that was given out whole, if it was that.
    pub export: Option<TableExport>,
    /// The name of the partner without a node that saw it, if it was one.
    pub partner: Option<String>,
}

/// The partner without a node that an access was given to.
fn partner(view: &dyn View, access: &Access) -> Result<Option<String>, EngineError> {
    let Actor::Neighbour(id) = access.actor else { return Ok(None) };
    Ok(partners::find(view, id)?.map(|partner| partner.details.name.as_str().to_owned()))
}

/// At most `limit` accesses to somebody's data, newest first. Also of somebody who was erased: the log outlives the file.
///
/// # Errors
/// The store.
pub fn of(app: &App, caller: &Caller, whose: Whose, limit: usize) -> Result<Vec<Access>, Refusal> {
    let found = before(app, caller, whose, u64::MAX, limit)?;
    Ok(found.into_iter().map(|(_, seen)| seen.access).collect())
}

/// The same with the place of each in the log, before one of them.
///
/// # Errors
/// The store.
pub fn before(
    app: &App,
    caller: &Caller,
    whose: Whose,
    place: u64,
    limit: usize,
) -> Result<Vec<(u64, Seen)>, Refusal> {
    app.look(caller, Operation::AccessList, |_, view| {
        let own = access_log::of_before(view, subject(whose), place, limit)?;
        let mut found: Vec<(u64, Seen)> = Vec::with_capacity(own.len());
        for (place, access) in own {
            let partner = partner(view, &access)?;
            found.push((place, Seen { access, export: None, partner }));
        }
        found.extend(exports(view, whose, place, limit)?);
        found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        found.truncate(limit);
        Ok(found)
    })
}

/// At most `limit` tables that could tell of somebody, given out before a place and since the node knows the person, newest first.
fn exports(view: &dyn View, whose: Whose, place: u64, limit: usize) -> Result<Vec<(u64, Seen)>, EngineError> {
    let (tables, since) = match whose {
        Whose::Person(id) => (OF_PERSONS, persons::find(view, id)?.map(|person| person.created)),
        Whose::Volunteer(id) => {
            (OF_VOLUNTEERS, volunteers::find(view, id)?.map(|volunteer| volunteer.created))
        }
        Whose::Referral(id) => (OF_REFERRALS, referrals::find(view, id)?.map(|referral| referral.created)),
    };
    let since = since.unwrap_or(Timestamp::MIN);
    let (mut found, mut place) = (Vec::new(), place);
    loop {
        let page = access_log::exports_before(view, place, ROWS_LOOKED_AT)?;
        let (last, full) = (page.last().map(|(place, _)| *place), page.len() == ROWS_LOOKED_AT);
        for (place, export) in page {
            if export.at < since || found.len() == limit {
                return Ok(found);
            }
            if tables.contains(&&*export.table) {
                let (actor, purpose) = (export.actor.clone(), export.purpose.clone());
                let access = Access { at: export.at, subject: subject(whose), actor, purpose };
                found.push((place, Seen { access, export: Some(export), partner: None }));
            }
        }
        match last.filter(|_| full) {
            Some(last) => place = last,
            None => return Ok(found),
        }
    }
}
