//! Who saw somebody's data: the answer a person can ask for.

use maillage_domain::roles::Operation;
use maillage_platform::refusal::Refusal;
use maillage_store::{
    access_log::{self, Access},
    holdings::Whose,
};

use super::subject;
use crate::app::{App, caller::Caller};

/// At most `limit` accesses to somebody's data, newest first. Also of somebody who was erased: the log outlives the file.
///
/// # Errors
/// The store.
pub fn of(app: &App, caller: &Caller, whose: Whose, limit: usize) -> Result<Vec<Access>, Refusal> {
    let found = before(app, caller, whose, u64::MAX, limit)?;
    Ok(found.into_iter().map(|(_, access)| access).collect())
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
) -> Result<Vec<(u64, Access)>, Refusal> {
    app.look(caller, Operation::AccessList, |_, view| {
        Ok(access_log::of_before(view, subject(whose), place, limit)?)
    })
}
