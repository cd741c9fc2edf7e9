//! What all light nodes share: each other's keys, and the tally of what happened. It must never talk to the hub.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use maillage_federation::{
    ids::{HandoverKind, Id, NodeKind},
    sealed::SealingPublicKey,
};
use maillage_proto::federation::v1 as proto;
use tokio::sync::Notify;

/// The window of every offer of the bench, milliseconds since 1970 UTC: 2 January 2100, 10:00 to 12:00.
pub(crate) const OFFERED_DAY_MS: (i64, i64) = (4_102_567_200_000, 4_102_574_400_000);

/// Everything shared.
pub(crate) struct World {
    /// Sealing keys, as the directory has them.
    pub(crate) sealing: BTreeMap<Id<NodeKind>, SealingPublicKey>,
    /// Details of an award: somebody imaginary.
    pub(crate) details: proto::AwardDetails,
    /// The outcome of a trip.
    pub(crate) outcome: proto::OutcomeDetails,
    /// Nodes with an open mailbox.
    pub(crate) attached: AtomicUsize,
    /// Whether nobody bids.
    pub(crate) quiet: AtomicBool,
    away: Mutex<BTreeSet<Id<NodeKind>>>,
    watched: Mutex<BTreeMap<Id<NodeKind>, u64>>,
    submissions: AtomicU64,
    deliveries: AtomicU64,
    refusals: Mutex<BTreeMap<String, u64>>,
    handovers: Mutex<BTreeMap<Id<HandoverKind>, Times>>,
    ended: Notify,
    trouble: Mutex<Option<String>>,
}

#[derive(Default, Clone, Copy)]
struct Times {
    begun: Option<Instant>,
    chosen: bool,
    accepted: Option<Duration>,
    done: bool,
}

/// What was counted so far.
#[derive(Default, Clone)]
pub(crate) struct Counted {
    /// Envelopes answered durably.
    pub(crate) submissions: u64,
    /// Letters delivered.
    pub(crate) deliveries: u64,
    /// Refusals by reason.
    pub(crate) refusals: BTreeMap<String, u64>,
    /// From offer to acceptance, ascending.
    pub(crate) accepted: Vec<Duration>,
    /// Handovers carried to their outcome.
    pub(crate) done: usize,
}

impl World {
    /// A world of members.
    pub(crate) fn new(sealing: BTreeMap<Id<NodeKind>, SealingPublicKey>) -> Self {
        let leg = proto::AwardLeg {
            pickup_address: "12 rue Imaginaire".to_owned(),
            dropoff_address: "3 place Fictive".to_owned(),
            ..proto::AwardLeg::default()
        };
        Self {
            sealing,
            details: proto::AwardDetails {
                name: "Personne Imaginaire".to_owned(),
                phone: "05 63 00 00 00".to_owned(),
                legs: vec![leg],
                driver_notes: "Sonner deux fois.".to_owned(),
                ..proto::AwardDetails::default()
            },
            outcome: proto::OutcomeDetails { legs: vec![proto::LegOutcome::default()] },
            attached: AtomicUsize::new(0),
            quiet: AtomicBool::new(false),
            away: Mutex::default(),
            watched: Mutex::default(),
            submissions: AtomicU64::new(0),
            deliveries: AtomicU64::new(0),
            refusals: Mutex::default(),
            handovers: Mutex::default(),
            ended: Notify::new(),
            trouble: Mutex::default(),
        }
    }

    /// Whether a node is to hang up and not to come back.
    pub(crate) fn is_away(&self, node: Id<NodeKind>) -> bool {
        self.away.lock().unwrap().contains(&node)
    }

    /// Sends a node away, or brings it back.
    pub(crate) fn send_away(&self, node: Id<NodeKind>, away: bool) {
        let mut all = self.away.lock().unwrap();
        if away {
            all.insert(node);
        } else {
            all.remove(&node);
        }
    }

    /// Keeps what last went wrong between a node and the hub, for who waits in vain.
    pub(crate) fn trouble(&self, what: &str) {
        *self.trouble.lock().unwrap() = Some(what.to_owned());
    }

    /// What last went wrong.
    pub(crate) fn last_trouble(&self) -> String {
        self.trouble.lock().unwrap().clone().unwrap_or_else(|| "nothing went wrong".to_owned())
    }

    /// Whether nobody bids.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::SeqCst)
    }

    /// A letter was taken.
    pub(crate) fn delivered(&self, node: Id<NodeKind>) {
        self.deliveries.fetch_add(1, Ordering::SeqCst);
        *self.watched.lock().unwrap().entry(node).or_default() += 1;
    }

    /// Letters that a node has taken.
    pub(crate) fn taken_by(&self, node: Id<NodeKind>) -> u64 {
        self.watched.lock().unwrap().get(&node).copied().unwrap_or_default()
    }

    /// The hub has answered.
    pub(crate) fn submitted(&self, refused: Option<&str>) {
        self.submissions.fetch_add(1, Ordering::SeqCst);
        if let Some(reason) = refused {
            *self.refusals.lock().unwrap().entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// An offer is about to be handed in.
    pub(crate) fn begun(&self, id: Id<HandoverKind>) {
        self.handovers.lock().unwrap().entry(id).or_default().begun = Some(Instant::now());
    }

    /// The first bid is taken: true once for each handover.
    pub(crate) fn chooses(&self, id: Id<HandoverKind>) -> bool {
        let mut all = self.handovers.lock().unwrap();
        !std::mem::replace(&mut all.entry(id).or_default().chosen, true)
    }

    /// The origin knows that it is accepted.
    pub(crate) fn accepted(&self, id: Id<HandoverKind>) {
        let mut all = self.handovers.lock().unwrap();
        let times = all.entry(id).or_default();
        times.accepted = times.begun.map(|begun| begun.elapsed());
    }

    /// The origin knows the outcome.
    pub(crate) fn done(&self, id: Id<HandoverKind>) {
        self.handovers.lock().unwrap().entry(id).or_default().done = true;
        self.ended.notify_one();
    }

    /// Waits for the next outcome.
    pub(crate) async fn next_outcome(&self) {
        self.ended.notified().await;
    }

    /// Handovers begun and not done.
    pub(crate) fn under_way(&self) -> usize {
        self.handovers.lock().unwrap().values().filter(|times| !times.done).count()
    }

    /// Handovers that have come to their outcome.
    pub(crate) fn ended(&self) -> usize {
        self.handovers.lock().unwrap().values().filter(|times| times.done).count()
    }

    /// Envelopes answered.
    pub(crate) fn submissions(&self) -> u64 {
        self.submissions.load(Ordering::SeqCst)
    }

    /// What was counted since the last time; the count begins anew.
    pub(crate) fn count(&self) -> Counted {
        let handovers = std::mem::take(&mut *self.handovers.lock().unwrap());
        let mut accepted: Vec<Duration> = handovers.values().filter_map(|times| times.accepted).collect();
        accepted.sort();
        Counted {
            submissions: self.submissions.swap(0, Ordering::SeqCst),
            deliveries: self.deliveries.swap(0, Ordering::SeqCst),
            refusals: std::mem::take(&mut *self.refusals.lock().unwrap()),
            accepted,
            done: handovers.values().filter(|times| times.done).count(),
        }
    }
}
