//! What a node says and hears first on a connection to the hub: in which life it is and which epoch it knows, then, after a restore
//! of either, what has to be given back or pulled, and only then its outbox. Holds no rule: those are in
//! [`recovery`].

use std::sync::Arc;

use maillage_federation::{
    accounts::Declared,
    agreement::Agreement,
    ids::Id,
    limits::MESSAGE_BYTES,
    lives,
    statistics::{Report, Withdrawal},
};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_proto::federation::v1::{
    AgreementRecord, GreetRequest, ListMyAgreementsRequest, ListMyHandoversRequest, ListMyReportsReply,
    ListMyReportsRequest, LiveBid, LiveBids, MyHandover, PresentAgreementRequest, PresentRequest,
    Presentation, Standing, relay_client::RelayClient,
};
use prost::Message as _;
use tonic::{Code, Response, Status, transport::Channel};

use super::{inbox::answered, membership::Membership};
use crate::{
    app::{
        App, agreements,
        handover::{
            notices::is_of_the_rules,
            recovery::{self, Told, Waiting},
        },
        refusals,
        report::{declaration, restored::HubReports},
    },
    limits::PRESENTED_AT_ONCE,
};

/// Bytes of the handovers presented in one request: the hub takes twice as much.
const PRESENTED_BYTES: usize = MESSAGE_BYTES / 2;

/// The relay of the hub.
type Relay = RelayClient<Channel>;

/// Greets the hub. Tells what has to be presented again later.
///
/// # Errors
/// `hub-of-the-past` for an old copy of the hub, `node-superseded` for an old copy of this node; the hub is out of reach.
pub(super) async fn greet(
    app: &Arc<App>,
    membership: &Membership,
    relay: &mut Relay,
) -> Result<Waiting, Refusal> {
    let (known, incarnation) = recovery::lives_of(app)?;
    let to_reconcile = app.read(|_, view| recovery::is_to_reconcile(view))?;
    let greeting =
        GreetRequest { incarnation, known_epoch: known.known, version: env!("CARGO_PKG_VERSION").to_owned() };
    let epoch = match asked(app, relay.greet(greeting)).await {
        Said::Answer(reply) => {
            app.link.note_forms(reply.forms);
            reply.epoch
        }
        // A hub of an older version was never restored, and knows of no lives.
        Said::TooOld(_) if !to_reconcile && !lives::is_of_the_past(0, known.known) => {
            app.link.note_forms([]);
            app.link.let_speak(true);
            return Ok(Waiting::new());
        }
        Said::TooOld(refusal) | Said::Refused(refusal) => return Err(refusal),
    };
    let to_present = recovery::enter_epoch(app, epoch).await?;
    if to_reconcile {
        pull(app, membership, relay).await?;
    }
    if to_present {
        give_agreements_back(app, relay, incarnation).await?;
        let reports = reports_of(app, relay, incarnation).await?;
        recovery::send_reports_again(app, reports).await?;
    }
    let waiting = if to_present { present(app, membership, relay, None).await? } else { Waiting::new() };
    declaration::post_waiting(app).await?;
    app.link.let_speak(true);
    Ok(waiting)
}

/// Presents what this node has, of all handovers or of those given; gives those about which the hub still waits for another node.
///
/// # Errors
/// The hub is out of reach or refuses; the store.
pub(super) async fn present(
    app: &Arc<App>,
    membership: &Membership,
    relay: &mut Relay,
    only: Option<&Waiting>,
) -> Result<Waiting, Refusal> {
    let standings = give_back(app, membership, relay, only).await?;
    let number = standings.len();
    let waiting = recovery::learn(app, standings).await?;
    tracing::info!(number, waiting = waiting.len(), "the hub was presented what it may have forgotten");
    if waiting.is_empty() {
        recovery::presented(app).await?;
    }
    Ok(waiting)
}

async fn give_back(
    app: &Arc<App>,
    membership: &Membership,
    relay: &mut Relay,
    only: Option<&Waiting>,
) -> Result<Vec<Standing>, Refusal> {
    let (_, incarnation) = recovery::lives_of(app)?;
    let mut standings = Vec::new();
    let all = recovery::presentations(app, membership, only)?;
    for presentations in batches(all) {
        let request = PresentRequest { incarnation, presentations };
        standings.extend(answered(app, relay.present(request)).await?.into_inner().standings);
    }
    Ok(standings)
}

/// Presentations in requests that the hub takes: not too many at once, nor too large. Another member has a say in how large they are.
fn batches(all: Vec<Presentation>) -> Vec<Vec<Presentation>> {
    let mut batches: Vec<Vec<Presentation>> = Vec::new();
    let mut room = 0;
    for presentation in all {
        let bytes = presentation.encoded_len();
        if bytes > PRESENTED_BYTES {
            tracing::error!(
                bytes,
                "what the hub may have forgotten of a handover is too large to be presented"
            );
            continue;
        }
        let fits = |batch: &&mut Vec<Presentation>| bytes <= room && batch.len() < PRESENTED_AT_ONCE;
        if let Some(batch) = batches.last_mut().filter(fits) {
            batch.push(presentation);
        } else {
            batches.push(vec![presentation]);
            room = PRESENTED_BYTES;
        }
        room -= bytes;
    }
    batches
}

/// Presents what this node has agreed with others, and learns where it stands. One that the hub does not take, or whose answer
/// cannot be read, holds up no other.
async fn give_agreements_back(app: &Arc<App>, relay: &mut Relay, incarnation: u64) -> Result<(), Refusal> {
    for known in agreements::presentable(app)? {
        let agreement = Some(known.into());
        let request = PresentAgreementRequest { incarnation, agreement };
        if request.encoded_len() > MESSAGE_BYTES {
            tracing::error!("an agreement is too large to be presented");
            continue;
        }
        match asked(app, relay.present_agreement(request)).await {
            Said::Answer(reply) => hear(app, reply.agreement.into_iter().collect()).await?,
            Said::TooOld(_) => return Ok(()),
            Said::Refused(refusal) if is_of_the_rules(&refusal) && !is_of_this_node(&refusal) => {
                tracing::error!(reason = refusal.reason(), "the hub does not take an agreement");
            }
            Said::Refused(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

/// Whether a refusal is about this node, and not about what it has said.
fn is_of_this_node(refusal: &Refusal) -> bool {
    matches!(refusal.kind(), RefusalKind::Forbidden | RefusalKind::Unauthenticated)
}

/// Takes in agreements as the hub tells them; those that cannot be read are of a newer version, and hold up no other.
async fn hear(app: &Arc<App>, told: Vec<AgreementRecord>) -> Result<(), Refusal> {
    let mut records = Vec::new();
    for record in told {
        match Agreement::try_from(record) {
            Ok(record) => records.push(record),
            Err(error) => {
                app.link.note_newer_mail();
                let error = refusals::chain(&error);
                tracing::error!(error, "an agreement that the hub tells cannot be read: update this program");
            }
        }
    }
    agreements::heard(app, records).await
}

/// Pulls what the hub knows of this node's agreements; an older hub knows of none.
async fn pull_agreements(app: &Arc<App>, relay: &mut Relay, incarnation: u64) -> Result<(), Refusal> {
    let mut after = Vec::new();
    loop {
        let request = ListMyAgreementsRequest { incarnation, after };
        let reply = match asked(app, relay.list_my_agreements(request)).await {
            Said::Answer(reply) => reply,
            Said::TooOld(_) => return Ok(()),
            Said::Refused(refusal) => return Err(refusal),
        };
        hear(app, reply.agreements).await?;
        if reply.next.is_empty() {
            return Ok(());
        }
        after = reply.next;
    }
}

/// Pulls what the hub knows of this node.
async fn pull(app: &Arc<App>, membership: &Membership, relay: &mut Relay) -> Result<(), Refusal> {
    let (_, incarnation) = recovery::lives_of(app)?;
    let standings = give_back(app, membership, relay, None).await?;
    let (mut told, mut after) = (Vec::new(), Vec::new());
    loop {
        let request = ListMyHandoversRequest { incarnation, after: after.clone() };
        let reply = answered(app, relay.list_my_handovers(request)).await?.into_inner();
        for handover in reply.handovers {
            let id = handover.record.as_ref().and_then(|record| Id::from_bytes(&record.handover_id).ok());
            match read(handover) {
                Some(one) => told.push(one),
                None => recovery::not_understood(app, id).await?,
            }
        }
        if reply.next.is_empty() {
            break;
        }
        after = reply.next;
    }
    pull_agreements(app, relay, incarnation).await?;
    let reports = reports_of(app, relay, incarnation).await?;
    let (handovers, months) = (told.len(), reports.reports.len());
    recovery::reconcile(app, told, standings, reports).await?;
    tracing::info!(handovers, months, "this restored node has heard where it stands");
    Ok(())
}

/// The reports the hub has of this node. One that cannot be read is of a newer version of this program, and this one stays silent: what
/// it passed over, it would draw again once it is updated.
async fn reports_of(app: &App, relay: &mut Relay, incarnation: u64) -> Result<HubReports, Refusal> {
    let reply = answered(app, relay.list_my_reports(ListMyReportsRequest { incarnation })).await?;
    let ListMyReportsReply { reports, withdrawals, accounts } = reply.into_inner();
    let reports = reports.into_iter().map(Report::try_from).collect::<Result<_, _>>();
    let withdrawals = withdrawals.into_iter().map(Withdrawal::try_from).collect::<Result<_, _>>();
    let accounts = accounts.into_iter().map(Declared::try_from).collect::<Result<_, _>>();
    Ok(HubReports {
        reports: reports.map_err(|_| unusable())?,
        withdrawals: withdrawals.map_err(|_| unusable())?,
        accounts: accounts.map_err(|_| unusable())?,
    })
}

fn read(handover: MyHandover) -> Option<Told> {
    let MyHandover { record, offer, bids } = handover;
    let live = |LiveBid { node, bid }: LiveBid| Some((Id::from_bytes(&node).ok()?, bid?.into()));
    let bids = bids.map(|LiveBids { bids }| bids.into_iter().filter_map(live).collect());
    Some(Told { record: record?.try_into().ok()?, offer: offer?.try_into().ok()?, bids })
}

/// What the hub says to a question.
enum Said<T> {
    Answer(T),
    /// It is of an older version, and does not know the question.
    TooOld(Refusal),
    Refused(Refusal),
}

async fn asked<T>(app: &App, call: impl Future<Output = Result<Response<T>, Status>>) -> Said<T> {
    let mut too_old = false;
    let reply = answered(app, async {
        let reply = call.await;
        too_old = reply.as_ref().is_err_and(|status| status.code() == Code::Unimplemented);
        reply
    });
    match reply.await {
        Ok(reply) => Said::Answer(reply.into_inner()),
        Err(refusal) if too_old => Said::TooOld(refusal),
        Err(refusal) => Said::Refused(refusal),
    }
}

fn unusable() -> Refusal {
    Refusal::new(RefusalKind::Unavailable, "hub-answer-unusable")
}

#[cfg(test)]
mod tests {
    //! How what is presented is divided. It must never need a hub.

    use maillage_proto::federation::v1::{Envelope, presentation::Proof};

    use super::*;

    #[test]
    fn no_request_is_larger_than_the_hub_takes_whatever_others_have_signed() {
        let presentation = |kilobytes: usize| {
            let body = vec![7; kilobytes * 1024];
            let proof = Some(Proof::Notice(Envelope { body, ..Envelope::default() }));
            Presentation { proof, ..Presentation::default() }
        };
        for (kilobytes, expected) in [
            (vec![], vec![]),
            (vec![1; 45], vec![20, 20, 5]),
            (vec![64, 63, 60, 1], vec![2, 2]),
            (vec![1, 300, 127, 1], vec![1, 1, 1]),
        ] {
            let batches = batches(kilobytes.into_iter().map(presentation).collect());
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), expected);
            assert!(batches.into_iter().all(|presentations| {
                PresentRequest { incarnation: u64::MAX, presentations }.encoded_len() <= MESSAGE_BYTES
            }));
        }
    }
}
