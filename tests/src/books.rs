//! The books of all nodes and the hub's record of every handover, laid side by side: who executed what, and whether
//! everybody agrees. It reads through the programs' own interfaces only, and judges without trusting any of them.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::{ToSpan as _, civil::Date};
use maillage_proto::{hub::v1 as hub, node::v1 as node};

use crate::federation::Federation;

/// Where a handover can end.
const FINAL: [&str; 4] = ["done", "withdrawn", "expired", "cancelled"];

/// What one node has in its books.
#[derive(Debug, Clone)]
pub struct NodeBooks {
    /// The node.
    pub id: String,
    /// Trips asked for here, and neighbours' trips.
    pub trips: Vec<node::Trip>,
    /// Handovers in both directions.
    pub handovers: Vec<node::Handover>,
}

/// All books.
#[derive(Debug, Clone)]
pub struct Books {
    /// Those of the nodes.
    pub nodes: Vec<NodeBooks>,
    /// The hub's records.
    pub threads: BTreeMap<String, hub::ThreadView>,
}

/// How the trips of all nodes ended: what statistics should have counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Endings {
    /// Completed, here or by a neighbour.
    pub fulfilled: u64,
    /// Nobody could.
    pub not_fulfilled: u64,
    /// Called off by the person.
    pub cancelled: u64,
}

impl Books {
    /// Reads everything that concerns trips of `days` days from `first`.
    ///
    /// # Errors
    /// Somebody does not run or does not answer.
    pub async fn read(federation: &Federation, first: Date, days: i64) -> anyhow::Result<Self> {
        let mut nodes = Vec::new();
        for of in &federation.nodes {
            let mut trips = Vec::new();
            for day in 0..days {
                let day = first.checked_add(day.days())?.to_string();
                let request = node::ListTripsRequest { day, limit: 500, ..Default::default() };
                trips.extend(of.trips()?.list_trips(request).await?.into_inner().trips);
            }
            let handovers = of.all_handovers(false).await?;
            nodes.push(NodeBooks { id: of.id.clone(), trips, handovers });
        }
        let threads = federation.hub.threads().await?;
        let threads = threads.into_iter().map(|thread| (thread.id.clone(), thread)).collect();
        Ok(Self { nodes, threads })
    }

    /// How the trips ended that were asked for anywhere.
    pub fn endings(&self) -> Endings {
        let mut endings = Endings::default();
        for trip in self.own().map(|(_, trip)| trip) {
            match (trip.status.as_str(), trip.reason.as_str()) {
                ("completed", _) => endings.fulfilled += 1,
                ("unmet", _) | ("cancelled", "platform") => endings.not_fulfilled += 1,
                ("cancelled", _) => endings.cancelled += 1,
                _ => {}
            }
        }
        endings
    }

    /// Trips that neighbours drove.
    pub fn driven_by_neighbours(&self) -> usize {
        self.carried().filter(|(_, trip)| trip.status == "completed").count()
    }

    /// Trips asked for at each node.
    pub fn own(&self) -> impl Iterator<Item = (&NodeBooks, &node::Trip)> {
        let pairs = self.nodes.iter().flat_map(|node| node.trips.iter().map(move |trip| (node, trip)));
        pairs.filter(|(_, trip)| !is_carried(trip))
    }

    /// Neighbours' trips at each node.
    pub fn carried(&self) -> impl Iterator<Item = (&NodeBooks, &node::Trip)> {
        let pairs = self.nodes.iter().flat_map(|node| node.trips.iter().map(move |trip| (node, trip)));
        pairs.filter(|(_, trip)| is_carried(trip))
    }

    /// Everything that is not as it must be once nothing is under way any more.
    ///
    /// # Errors
    /// A trip names a handover that nobody knows.
    pub fn violations(&self) -> anyhow::Result<Vec<String>> {
        let mut wrong = Vec::new();
        for (at, trip) in self.own() {
            wrong.extend(self.wrong_with_own(at, trip));
        }
        for (at, trip) in self.carried() {
            wrong.extend(self.wrong_with_carried(at, trip)?);
        }
        for thread in self.threads.values() {
            if !FINAL.contains(&thread.state.as_str()) {
                wrong.push(format!("handover {} has not ended: {}", thread.id, thread.state));
            }
        }
        for (at, handover) in self.nodes.iter().flat_map(|at| at.handovers.iter().map(move |h| (at, h))) {
            wrong.extend(self.wrong_with_handover(at, handover));
        }
        Ok(wrong)
    }

    /// Who drove a trip asked for at a node, all neighbours considered.
    fn executors(&self, at: &NodeBooks, trip: &node::Trip) -> Vec<String> {
        let mut executors = Vec::new();
        if trip.status == "completed" && trip.custody == "local" {
            executors.push(at.id.clone());
        }
        for handover in at.handovers.iter().filter(|handover| handover.direction == "outgoing") {
            let Some(leg) = handover.trips.iter().position(|id| *id == trip.id) else { continue };
            let drove = |carried: &node::Trip| {
                carried.handover == handover.id && carried.status == "completed" && leg_of(carried) == leg
            };
            executors.extend(
                self.carried().filter(|(_, carried)| drove(carried)).map(|(node, _)| node.id.clone()),
            );
        }
        executors
    }

    fn wrong_with_own(&self, at: &NodeBooks, trip: &node::Trip) -> Vec<String> {
        let executors = self.executors(at, trip);
        let wanted = usize::from(trip.status == "completed");
        let mut wrong = Vec::new();
        if executors.len() != wanted {
            wrong.push(format!("trip {} is {} and was driven by {executors:?}", trip.id, trip.status));
        }
        if !["completed", "cancelled", "unmet"].contains(&trip.status.as_str()) {
            wrong.push(format!("trip {} has not ended: {} {}", trip.id, trip.status, trip.custody));
        }
        wrong
    }

    fn wrong_with_carried(&self, at: &NodeBooks, trip: &node::Trip) -> anyhow::Result<Vec<String>> {
        let thread = self
            .threads
            .get(&trip.handover)
            .with_context(|| format!("the hub does not know the handover of the carried trip {}", trip.id))?;
        let theirs = thread.holder == at.id && ["held", "done"].contains(&thread.state.as_str());
        let active = trip.status != "cancelled";
        let mut wrong = Vec::new();
        if active && !theirs {
            wrong.push(format!(
                "{} has the trip {} as {}, the hub says {} of {}",
                at.id, trip.id, trip.status, thread.state, thread.holder
            ));
        }
        if !trip.counted_in.is_empty() {
            wrong.push(format!("the carried trip {} was counted in {}", trip.id, trip.counted_in));
        }
        Ok(wrong)
    }

    fn wrong_with_handover(&self, at: &NodeBooks, handover: &node::Handover) -> Vec<String> {
        let Some(thread) = self.threads.get(&handover.id) else {
            return vec![format!("the hub does not know the handover {}", handover.id)];
        };
        let mut wrong = Vec::new();
        let differs = handover.direction == "outgoing" && handover.state != thread.state;
        let claims = handover.direction == "incoming" && ["held", "done"].contains(&handover.state.as_str());
        if differs || (claims && thread.holder != at.id) {
            wrong.push(format!(
                "{} has the {} handover {} as {}, the hub as {} of {}",
                at.id, handover.direction, handover.id, handover.state, thread.state, thread.holder
            ));
        }
        if !handover.uncertain_since.is_empty() {
            wrong.push(format!("{} is still uncertain about {}", at.id, handover.id));
        }
        wrong
    }
}

fn is_carried(trip: &node::Trip) -> bool {
    trip.person.is_empty()
}

fn leg_of(trip: &node::Trip) -> usize {
    usize::from(trip.leg == "return")
}
