//! Taking somebody out of the node: out of every row at once, out of every file within a month. The rows go by the table of
//! [`maillage_store::holdings`]; the files by two snapshots, which retire the journal, and an image made anew. A node that
//! stops in the middle goes on where it was. Must never touch what the law keeps.

use std::{collections::BTreeMap, sync::Arc};

use maillage_domain::{
    erasure::{ErasureReason, ErasureState, ErasureStep},
    ids::ReferralKind,
    pathway::{DeclineReason, ReferralState},
    roles::Operation,
};
use maillage_engine::{EngineError, Transaction, Tree};
use maillage_federation::ids::Id;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::{
    erasures::{self, Erasure},
    holdings::{self, Whose},
    persons, referrals,
};

use super::{check_known, obstacles, subject};
use crate::{
    app::{Aborted, App, accounts, caller::Caller, refusals},
    limits::ERASED_AT_ONCE,
};

/// Erases somebody who asked. Gives the erasure once no row tells of the person; the files follow.
///
/// # Errors
/// `person-unknown`, `volunteer-unknown`, `referral-unknown`; `erasure-obstacle` with what has to be ended first;
/// `erasure-referral-accepted` for a referral that led to a file; the store.
pub async fn erase(
    app: &Arc<App>,
    caller: &Caller,
    whose: Whose,
    objection: bool,
) -> Result<Erasure, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::SubjectErase, move |app, transaction| {
        check_known(transaction, whose)?;
        if let Some(obstacle) = obstacles(transaction, whose)?.first() {
            return Err(refusals::conflict("erasure-obstacle").with("obstacle", obstacle).into());
        }
        begin(app, transaction, &by, whose, (ErasureReason::Asked, objection))?;
        app.note(transaction, &by, Operation::SubjectErase, &[subject(whose)])
    })
    .await?;
    clean_rows(app).await?;
    app.read(|_, view| Ok(erasures::find(view, whose)?.ok_or_else(|| refusals::unknown("erasure-unknown"))?))
}

/// At most `limit` erasures, after one of them.
///
/// # Errors
/// The store.
pub fn list(app: &App, caller: &Caller, after: Option<Whose>, limit: usize) -> Result<Vec<Erasure>, Refusal> {
    app.look(caller, Operation::ErasureList, |_, view| Ok(erasures::list(view, after, limit)?))
}

/// Notes that somebody is to be erased. An objection to statistics that the person had made outlives the file; a volunteer's
/// accounts and a referral nobody had decided about end with it.
pub(super) fn begin(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    whose: Whose,
    (reason, objection): (ErasureReason, bool),
) -> Result<(), Aborted> {
    let objected = match whose {
        Whose::Person(id) => {
            persons::find(transaction, id)?.is_some_and(|person| person.details.statistics_objection)
        }
        Whose::Volunteer(id) => {
            accounts::close_of_volunteer(app, transaction, by, id)?;
            false
        }
        Whose::Referral(id) => {
            end_referral(app, transaction, id, reason)?;
            false
        }
    };
    let erasure = Erasure {
        whose,
        reason,
        asked: app.now(),
        objection: objection || objected,
        state: ErasureState::Rows,
        rows: 0,
        done: None,
    };
    Ok(erasures::put(transaction, &erasure)?)
}

/// Answers a referral nobody had decided about, so that it names nobody and the desk does not go on looking at it.
fn end_referral(
    app: &App,
    transaction: &mut Transaction<'_>,
    id: Id<ReferralKind>,
    reason: ErasureReason,
) -> Result<(), Aborted> {
    let Some(referral) = referrals::find(transaction, id)? else { return Ok(()) };
    let why = match reason {
        ErasureReason::Asked => DeclineReason::NotWanted,
        ErasureReason::Retention => DeclineReason::NotReached,
    };
    match referral.state {
        ReferralState::Received => {
            let declined = referral.decline(why, app.now()).map_err(refusals::services::referral)?;
            Ok(referrals::put(transaction, &declined)?)
        }
        ReferralState::Accepted { .. } => Err(refusals::conflict("erasure-referral-accepted").into()),
        ReferralState::Declined { .. } | ReferralState::Withdrawn { .. } => Ok(()),
    }
}

/// Goes through the rows of every erasure that is not done, all of them in one reading of the store; gives how many rows were
/// changed.
///
/// # Errors
/// The store.
pub async fn clean_rows(app: &Arc<App>) -> Result<u64, Refusal> {
    let open: Vec<Whose> =
        app.read(|_, view| Ok(erasures::open(view)?.into_iter().map(|erasure| erasure.whose).collect()))?;
    let mut changed = 0;
    let mut former = Vec::new();
    while !open.is_empty() {
        let rows = clean_some(app, open.clone()).await?;
        if rows.is_empty() {
            break;
        }
        // A family whose rows stay as they are: a fault of the program, which must not turn in a circle.
        if rows == former {
            return Err(Refusal::new(RefusalKind::Internal, "erasure-stuck"));
        }
        changed += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        former = rows;
    }
    Ok(changed)
}

/// Changes some rows of erasures and gives their keys; none once every row was gone through.
async fn clean_some(app: &Arc<App>, people: Vec<Whose>) -> Result<Vec<(Tree, Vec<u8>)>, Refusal> {
    // Outside the transaction: it reads the whole store. A row that is written meanwhile is found by the next reading, and
    // the last one before the files are made anew finds none.
    let named = people.clone();
    let rows =
        app.read_aside(move |_, view| Ok(holdings::outstanding_of(view, &named, ERASED_AT_ONCE)?)).await?;
    let keys: Vec<(Tree, Vec<u8>)> = rows.iter().map(|row| (row.holding.tree, row.key.clone())).collect();
    app.transact("erasure.rows", move |_, transaction| {
        let mut counts: BTreeMap<Whose, u64> = BTreeMap::new();
        for row in &rows {
            holdings::forget(transaction, row)?;
            *counts.entry(row.whose).or_default() += 1;
        }
        if rows.is_empty() {
            people.iter().try_for_each(|whose| advance(transaction, *whose, ErasureStep::RowsClean, 0))?;
        } else {
            counts.into_iter().try_for_each(|(whose, changed)| {
                advance(transaction, whose, ErasureStep::RowsFound, changed)
            })?;
        }
        Ok(())
    })
    .await?;
    Ok(keys)
}

fn advance(
    transaction: &mut Transaction<'_>,
    whose: Whose,
    step: ErasureStep,
    changed: u64,
) -> Result<(), EngineError> {
    let Some(erasure) = erasures::find(transaction, whose)? else { return Ok(()) };
    let state = erasure.state.after(step);
    let rows = erasure.rows.saturating_add(changed);
    erasures::put(transaction, &Erasure { state, rows, ..erasure })
}

/// Erasures whose rows are clean and whose files are not.
///
/// # Errors
/// The store.
pub fn waiting_for_files(app: &App) -> Result<Vec<Erasure>, Refusal> {
    let mut open = app.read(|_, view| Ok(erasures::open(view)?))?;
    open.retain(|erasure| erasure.state == ErasureState::Files);
    Ok(open)
}

/// Begins to clean the files: from here on the newest snapshot holds nothing of the erased. Blocks the thread.
///
/// # Errors
/// The store.
pub fn snapshot(app: &App) -> Result<(), Refusal> {
    app.store.snapshot().map(drop).map_err(refusals::engine)
}

/// Writes a row, so that the next snapshot is another one than the last: only then do older segments go.
///
/// # Errors
/// The store.
pub async fn between_snapshots(app: &Arc<App>, cleaned: Vec<Erasure>) -> Result<(), Refusal> {
    app.transact("erasure.files", move |_, transaction| {
        Ok(cleaned.iter().try_for_each(|erasure| erasures::put(transaction, erasure))?)
    })
    .await
}

/// Makes the second snapshot, which retires the journal before the first, and the image anew. Blocks the thread.
///
/// # Errors
/// The store; a failed image is only made anew by a restart.
pub fn retire(app: &App) -> Result<(), Refusal> {
    snapshot(app)?;
    app.store.renew_image().map_err(refusals::engine)
}

/// Notes that no file holds anything of the erased any more.
///
/// # Errors
/// The store.
pub async fn finish(app: &Arc<App>, cleaned: Vec<Erasure>) -> Result<(), Refusal> {
    app.transact("erasure.done", move |app, transaction| {
        for erasure in cleaned {
            let Some(present) = erasures::find(transaction, erasure.whose)? else { continue };
            let state = present.state.after(ErasureStep::FilesClean);
            let done = (state == ErasureState::Done).then(|| app.now());
            erasures::put(transaction, &Erasure { state, done, ..present })?;
        }
        Ok(())
    })
    .await
}
