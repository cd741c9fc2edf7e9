//! What the node does by itself as time passes: it chooses among bids once it has waited long enough, and looks after its own.
//! Where a restored node no longer knows what it told its partners, it chooses nobody: the coordinator asks them first.
//! A worker calls [`tend`]; everything it does goes through the same moves a coordinator makes.

use std::sync::Arc;

use maillage_platform::refusal::Refusal;
use maillage_store::handovers;

use super::{Desk, arbiter, deciding::Deciding, origin::award_to, watch};
use crate::app::{Aborted, App};

/// Chooses a bidder for every handover that is due. Returns how many awards were issued.
///
/// # Errors
/// The store.
pub async fn tend(app: &Arc<App>) -> Result<usize, Refusal> {
    let Some(membership) = app.link.membership() else { return Ok(0) };
    let me = membership.me;
    let ours = app.read_aside(move |app, view| watch::due(app, view, me)).await?;
    arbiter::elapse(app).await?;
    if ours.is_empty() && !anything_due(app)? {
        return Ok(0);
    }
    app.transact("handover.tend", move |app, transaction| {
        let mut desk = Desk::open(app, transaction)?;
        watch::act(&mut desk, &ours)?;
        let deciding = Deciding::load(desk.transaction)?;
        let mut awards = 0;
        for mut outgoing in handovers::open_outgoing(desk.transaction)? {
            let Some(winner) = deciding.winner(desk.transaction, &outgoing, desk.at)? else { continue };
            match award_to(&mut desk, outgoing.clone(), winner) {
                Ok(outgoing) => {
                    awards += 1;
                    desk.note_handover("handover.awarded-by-rule", outgoing.handover)?;
                }
                Err(Aborted::Refused(refusal)) => {
                    tracing::warn!(
                        reason = refusal.reason(),
                        "a bidder cannot be chosen: its bid is dropped"
                    );
                    outgoing.drop_bid(winner);
                    desk.keep_outgoing(&outgoing)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(awards)
    })
    .await
}

fn anything_due(app: &App) -> Result<bool, Refusal> {
    app.read(|app, view| {
        let deciding = Deciding::load(view)?;
        let now = app.now();
        for outgoing in handovers::open_outgoing(view)? {
            if deciding.winner(view, &outgoing, now)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    })
}
