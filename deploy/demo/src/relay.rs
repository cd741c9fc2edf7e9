//! One handover as both desks see it: the origin writes to whoever carries its trip, and at the end the lines that the two
//! share are shown. Everything in it is synthetic.

use anyhow::Context as _;
use jiff::Timestamp;
use maillage_federation::month::paris;
use maillage_proto::node::v1 as node;

use crate::{
    narrate::Narrator,
    processes::{Federation, Node},
    table,
};

/// What is told of a handover, in this order of words; the bids before the award are each desk's own.
const TOLD: [&str; 9] = [
    "awarded",
    "accepted",
    "carried-by",
    "driver-found",
    "driver-lost",
    "message",
    "picked-up",
    "outcome",
    "countersigned",
];

/// The origin of the first trip that is carried elsewhere writes to the other desk. Which handover it was.
pub(crate) async fn write(
    federation: &Federation,
    narrator: &Narrator,
) -> anyhow::Result<Option<(usize, String)>> {
    for (index, origin) in federation.nodes.iter().enumerate() {
        let mut client = node::handovers_client::HandoversClient::new(origin.local.clone());
        let request = node::ListHandoversRequest { limit: 500, open: true, after: String::new() };
        let open = client.list_handovers(request).await?.into_inner().handovers;
        let held = |handover: &&node::Handover| handover.direction == "outgoing" && handover.state == "held";
        if let Some(handover) = open.iter().find(held) {
            let text = narrator.text("demo-relay-message", &[]);
            client.send_message(node::SendMessageRequest { id: handover.id.clone(), text }).await?;
            return Ok(Some((index, handover.id.clone())));
        }
    }
    Ok(None)
}

/// The origin agrees with the account, and the lines of both desks are shown: they must be the same.
pub(crate) async fn show(
    federation: &Federation,
    (index, id): (usize, String),
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    let origin = federation.nodes.get(index).context("no such node")?;
    let mut client = node::handovers_client::HandoversClient::new(origin.local.clone());
    let countersign = node::JudgeOutcomeRequest { id: id.clone(), ..Default::default() };
    client.judge_outcome(countersign).await?;
    federation.settle().await?;
    let ours = lines(origin, &id).await?;
    let holder = ours.iter().find(|line| line.what == "accepted").map(|line| line.by.clone());
    let holder = holder.context("the handover was not accepted")?;
    let mut theirs = Vec::new();
    for other in &federation.nodes {
        if other.status().await?.node_id == holder {
            theirs = lines(other, &id).await?;
        }
    }
    anyhow::ensure!(ours == theirs, "the two desks of a handover see different lines");
    narrator.line("demo-relay", &[("origin", table::name(origin)), ("lines", ours.len().to_string())])?;
    for line in &ours {
        if TOLD.contains(&line.what.as_str()) {
            let what = narrator.text(&format!("demo-moment-{}", line.what), &[]);
            narrator.plain(&format!("    {}  {what}  ({})", instant(&line.at), line.territory))?;
        }
    }
    Ok(())
}

/// The lines from the award on.
async fn lines(node: &Node, id: &str) -> anyhow::Result<Vec<node::HandoverMoment>> {
    let mut client = node::handovers_client::HandoversClient::new(node.local.clone());
    let request = node::HandoverRequest { id: id.to_owned() };
    let moments = client.show_timeline(request).await?.into_inner().moments;
    Ok(moments.into_iter().skip_while(|moment| moment.what != "awarded").collect())
}

fn instant(text: &str) -> String {
    let instant: Result<Timestamp, _> = text.parse();
    instant.map(|at| at.to_zoned(paris()).strftime("%d/%m %H:%M").to_string()).unwrap_or_default()
}
