//! What a node says and hears first on a connection to the hub: in which life it is and which epoch it knows, then, after a restore
//! of either, what has to be given back or pulled, and only then its outbox. Holds no rule: those are in
//! [`recovery`].

use std::sync::Arc;

use maillage_federation::{agreement::Agreement, ids::Id, lives, statistics::Report};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_proto::federation::v1::{
    GreetRequest, ListMyAgreementsRequest, ListMyHandoversRequest, ListMyReportsRequest, LiveBid, LiveBids,
    MyHandover, PresentAgreementRequest, PresentRequest, Standing, relay_client::RelayClient,
};
use tonic::{Code, transport::Channel};

use super::{inbox::answered, membership::Membership};
use crate::{
    app::{
        App, agreements,
        handover::recovery::{self, Told, Waiting},
    },
    limits::PRESENTED_AT_ONCE,
};

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
    let greeting = GreetRequest { incarnation, known_epoch: known.known };
    let mut too_old = false;
    let greeted = answered(app, async {
        let reply = relay.greet(greeting).await;
        too_old = reply.as_ref().is_err_and(|status| status.code() == Code::Unimplemented);
        reply
    });
    let epoch = match greeted.await {
        Ok(reply) => reply.into_inner().epoch,
        // A hub of an older version was never restored, and knows of no lives.
        Err(_) if too_old && !to_reconcile && !lives::is_of_the_past(0, known.known) => {
            app.link.let_speak(true);
            return Ok(Waiting::new());
        }
        Err(refusal) => return Err(refusal),
    };
    let to_present = recovery::enter_epoch(app, epoch).await?;
    if to_reconcile {
        pull(app, membership, relay).await?;
    }
    if to_present {
        give_agreements_back(app, relay, incarnation).await?;
    }
    if to_present {
        let reports = reports_of(app, relay, incarnation).await?;
        recovery::send_reports_again(app, reports).await?;
    }
    let waiting = if to_present { present(app, membership, relay, None).await? } else { Waiting::new() };
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
    for presentations in all.chunks(PRESENTED_AT_ONCE) {
        let request = PresentRequest { incarnation, presentations: presentations.to_vec() };
        standings.extend(answered(app, relay.present(request)).await?.into_inner().standings);
    }
    Ok(standings)
}

/// Presents what this node has agreed with others, and learns where it stands.
async fn give_agreements_back(app: &Arc<App>, relay: &mut Relay, incarnation: u64) -> Result<(), Refusal> {
    for known in agreements::presentable(app)? {
        let agreement = Some(known.into());
        let request = PresentAgreementRequest { incarnation, agreement };
        let reply = answered(app, relay.present_agreement(request)).await?.into_inner();
        let record = reply.agreement.map(Agreement::try_from).transpose().map_err(|_| unusable())?;
        agreements::heard(app, record.into_iter().collect()).await?;
    }
    Ok(())
}

/// Pulls what the hub knows of this node's agreements.
async fn pull_agreements(app: &Arc<App>, relay: &mut Relay, incarnation: u64) -> Result<(), Refusal> {
    let mut after = Vec::new();
    loop {
        let request = ListMyAgreementsRequest { incarnation, after };
        let reply = answered(app, relay.list_my_agreements(request)).await?.into_inner();
        let records = reply.agreements.into_iter().map(Agreement::try_from).collect::<Result<Vec<_>, _>>();
        agreements::heard(app, records.map_err(|_| unusable())?).await?;
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
    let (handovers, months) = (told.len(), reports.len());
    recovery::reconcile(app, told, standings, reports).await?;
    tracing::info!(handovers, months, "this restored node has heard where it stands");
    Ok(())
}

/// The reports the hub has of this node.
async fn reports_of(app: &App, relay: &mut Relay, incarnation: u64) -> Result<Vec<Report>, Refusal> {
    let reply = answered(app, relay.list_my_reports(ListMyReportsRequest { incarnation })).await?;
    let reports = reply.into_inner().reports.into_iter().map(Report::try_from);
    reports.collect::<Result<_, _>>().map_err(|_| unusable())
}

fn read(handover: MyHandover) -> Option<Told> {
    let MyHandover { record, offer, bids } = handover;
    let live = |LiveBid { node, bid }: LiveBid| Some((Id::from_bytes(&node).ok()?, bid?.into()));
    let bids = bids.map(|LiveBids { bids }| bids.into_iter().filter_map(live).collect());
    Some(Told { record: record?.try_into().ok()?, offer: offer?.try_into().ok()?, bids })
}

fn unusable() -> Refusal {
    Refusal::new(RefusalKind::Unavailable, "hub-answer-unusable")
}
