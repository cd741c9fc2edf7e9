//! What the coordinators do to bring everything to an end: drive what was promised, answer awards, give back what
//! cannot be driven, take back what nobody wants, and write down what nobody could serve.

use jiff::{Timestamp, civil::Date};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use crate::{books::Books, federation::Federation, node::Node, wait::until};

/// States of a trip after which nothing happens to it.
const ENDED: [&str; 4] = ["completed", "cancelled", "no-show", "unmet"];

/// Works through every open trip of `days` days from `first`, and every open handover, of every node until none is
/// left, asking again as long as something is under way. What is refused because the world has moved on meanwhile is
/// looked at again.
///
/// # Errors
/// Something is still open in the end, or somebody does not answer.
pub async fn finish(federation: &Federation, first: Date, days: i64) -> anyhow::Result<()> {
    until("every trip and every handover has ended", async || {
        let books = Books::read(federation, first, days).await?;
        let mut open = 0;
        for (node, books) in federation.nodes.iter().zip(&books.nodes) {
            open += answer_handovers(node).await?;
            for trip in books.trips.iter().filter(|trip| !ENDED.contains(&trip.status.as_str())) {
                open += 1;
                work_off(federation, node, trip).await?;
            }
        }
        Ok(open == 0 && federation.is_settled().await?)
    })
    .await?;
    federation.settle().await
}

/// Accepts what was awarded here and takes back what is offered or was given back; tells how many are open.
async fn answer_handovers(node: &Node) -> anyhow::Result<usize> {
    let open = node.all_handovers(true).await?;
    let mut client = node.handovers()?;
    let mut left = 0;
    for handover in open {
        let id = handover.id.clone();
        match (handover.direction.as_str(), handover.state.as_str()) {
            ("incoming", "awarded") => {
                tolerate(
                    client.accept_award(proto::AcceptAwardRequest { id, volunteer: String::new() }).await,
                )?;
            }
            ("outgoing", "sending" | "open" | "awarded" | "released") => {
                tolerate(client.withdraw_offer(proto::HandoverRequest { id }).await)?;
            }
            // Ends when its holder has driven, or its origin has decided.
            _ => {}
        }
        left += 1;
    }
    Ok(left)
}

/// One step for an open trip. One that has not begun yet takes everybody to the day it does.
async fn work_off(federation: &Federation, node: &Node, trip: &proto::Trip) -> anyhow::Result<()> {
    let mut trips = node.trips()?;
    let (trip_id, reason) = (trip.id.clone(), "no-driver".to_owned());
    let this = proto::TripRequest { trip: trip_id.clone(), single: true, ..Default::default() };
    match (trip.status.as_str(), trip.custody.as_str()) {
        ("offered", _) => tolerate(trips.driver_accepts(this).await),
        ("confirmed" | "picked-up", _) => {
            let done = trips.complete(proto::CompleteRequest { trip: trip_id, ..Default::default() }).await;
            if let Some(begins) = done.as_ref().err().and_then(begins) {
                federation.set_instant(begins?)?;
            }
            tolerate(done)
        }
        ("requested", "carried-for-neighbour") => {
            let back = proto::GiveBackRequest { id: trip.handover.clone(), reason };
            tolerate(node.handovers()?.release_trip(back).await)
        }
        ("requested", "local") => {
            let unmet = proto::DeclareUnmetRequest { trip: trip_id, reason, single: true };
            tolerate(trips.declare_unmet(unmet).await)
        }
        // A neighbour or the hub has the next word.
        _ => Ok(()),
    }
}

/// When a trip begins that cannot be over yet, if that is why it was refused.
fn begins(status: &tonic::Status) -> Option<anyhow::Result<Timestamp>> {
    let refusal = Refusal::from_status(status);
    let begins = refusal.details().get("begins").filter(|_| refusal.reason() == "trip-not-begun")?;
    Some(begins.parse().map_err(anyhow::Error::from))
}

/// A refusal of the rules is an answer; anything else is a failure.
fn tolerate<T>(reply: Result<T, tonic::Status>) -> anyhow::Result<()> {
    match reply {
        Ok(_) => Ok(()),
        Err(status) if status.code() == tonic::Code::FailedPrecondition => Ok(()),
        Err(status) => Err(status.into()),
    }
}
