//! The link to the hub as the rest of the node sees it: who we are, which directory is in force, whether the hub is
//! reached. Connections are made by the workers; nothing here waits for the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use maillage_federation::{
    directory::{Compared, Directory, Heads, Sight},
    ids::{Id, NodeKind},
};
use tokio::sync::Notify;

use super::membership::Membership;

/// Longest pause of real time before a worker looks again by itself.
pub const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// The link to the hub.
#[derive(Debug)]
pub struct Link {
    membership: RwLock<Option<Arc<Membership>>>,
    directory: ArcSwap<Directory>,
    outbox_bell: Notify,
    directory_bell: Notify,
    view: Mutex<LinkView>,
    doubt: AtomicBool,
    speaks: AtomicBool,
    newer_mail: AtomicBool,
    said_key: AtomicU32,
    /// Forms of declarations that the hub takes, as it said last.
    forms: ArcSwap<BTreeSet<String>>,
    heads: ArcSwap<Heads>,
    /// What members see of the directory that this node does not know yet.
    sights: Mutex<BTreeMap<Id<NodeKind>, Sight>>,
}

/// How the link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Its state.
    pub state: LinkState,
    /// Since when.
    pub since: Timestamp,
    /// Why, when it is down: a code.
    pub reason: String,
}

/// State of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// The node has joined no federation.
    NotJoined,
    /// The hub is not reached at the moment.
    Connecting,
    /// Mail flows.
    Attached,
    /// The hub refuses this node.
    Refused,
}

impl Link {
    /// A link for a node that may have joined already.
    pub fn new(membership: Option<Arc<Membership>>, now: Timestamp) -> Self {
        let state = if membership.is_some() { LinkState::Connecting } else { LinkState::NotJoined };
        let none = Directory { head: maillage_federation::directory::Head::default(), nodes: [].into() };
        Self {
            membership: RwLock::new(membership),
            directory: ArcSwap::from_pointee(none),
            outbox_bell: Notify::new(),
            directory_bell: Notify::new(),
            view: Mutex::new(LinkView { state, since: now, reason: String::new() }),
            doubt: AtomicBool::new(false),
            speaks: AtomicBool::new(false),
            newer_mail: AtomicBool::new(false),
            said_key: AtomicU32::new(0),
            forms: ArcSwap::default(),
            heads: ArcSwap::default(),
            sights: Mutex::new(BTreeMap::new()),
        }
    }

    /// The hub has said something that only a newer version of this program understands.
    pub fn note_newer_mail(&self) {
        self.newer_mail.store(true, Ordering::SeqCst);
    }

    /// Whether it has, since this program was started.
    pub fn has_newer_mail(&self) -> bool {
        self.newer_mail.load(Ordering::SeqCst)
    }

    /// The hub names this node's sealing key with a number.
    pub fn note_said_key(&self, number: u32) {
        self.said_key.store(number, Ordering::SeqCst);
    }

    /// The number of this node's sealing key, as the hub names it.
    pub fn said_key(&self) -> u32 {
        self.said_key.load(Ordering::SeqCst)
    }

    /// The hub says which forms of declarations it takes; an older one says nothing of it.
    pub fn note_forms(&self, forms: impl IntoIterator<Item = String>) {
        self.forms.store(Arc::new(forms.into_iter().collect()));
    }

    /// Whether the hub has said that it takes declarations of a form.
    pub fn takes_form(&self, form: &str) -> bool {
        self.forms.load().contains(form)
    }

    /// Who this node is in its federation.
    pub fn membership(&self) -> Option<Arc<Membership>> {
        self.membership.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The node has joined.
    pub fn joined(&self, membership: Arc<Membership>) {
        *self.membership.write().unwrap_or_else(PoisonError::into_inner) = Some(membership);
    }

    /// The directory in force.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// A newer directory, already verified.
    pub fn take_directory(&self, directory: Directory) {
        self.directory.store(Arc::new(directory));
    }

    /// The heads of the directory that were verified here.
    pub fn heads(&self) -> Arc<Heads> {
        self.heads.load_full()
    }

    /// Heads that were verified, and kept.
    pub fn take_heads(&self, heads: Heads) {
        self.heads.store(Arc::new(heads));
    }

    /// A member sees a directory that is not known here yet: its newest word counts.
    pub fn compare_later(&self, node: Id<NodeKind>, sight: Sight) {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner).insert(node, sight);
    }

    /// What members see and was not known here yet; those that are still ahead are asked for again.
    pub fn sights_to_compare(&self) -> BTreeMap<Id<NodeKind>, Sight> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what members see in an epoch: it was compared with the newest directory there is.
    pub fn forget_sights(&self, epoch: u64) {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, sight| sight.epoch > epoch);
    }

    /// Forgets what can be compared by now.
    pub fn forget_compared(&self) {
        let heads = self.heads();
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        sights.retain(|_, sight| heads.compare(*sight) == Compared::NotYet);
    }

    /// Somebody asked for a member that the directory in force does not know: there may be a newer one. Asked often, it is
    /// fetched once.
    pub fn ask_directory(&self) {
        self.directory_bell.notify_one();
    }

    /// Ends when somebody has asked for a newer directory.
    pub async fn directory_asked(&self) {
        self.directory_bell.notified().await;
    }

    /// There may be something to send.
    pub fn ring_outbox(&self) {
        self.outbox_bell.notify_one();
    }

    /// Ends when there may be something to send, or after [`LOOK_AGAIN`].
    pub async fn outbox_rung(&self) {
        let _ = tokio::time::timeout(LOOK_AGAIN, self.outbox_bell.notified()).await;
    }

    /// The hub has turned this node's certificate away: somebody should ask at the open door why.
    pub fn doubt(&self) {
        self.doubt.store(true, Ordering::SeqCst);
    }

    /// Whether somebody should ask; it is asked once.
    pub fn take_doubt(&self) -> bool {
        self.doubt.swap(false, Ordering::SeqCst)
    }

    /// Whether this node has greeted the hub, and given back and heard what there is after a restore: before that nothing is
    /// sent.
    pub fn may_speak(&self) -> bool {
        self.speaks.load(Ordering::SeqCst)
    }

    /// Lets the outbox go, or holds it.
    pub fn let_speak(&self, speaks: bool) {
        self.speaks.store(speaks, Ordering::SeqCst);
    }

    /// Whether the hub is in sight: mail flows.
    pub fn is_attached(&self) -> bool {
        self.view().state == LinkState::Attached
    }

    /// How the link is.
    pub fn view(&self) -> LinkView {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes how the link is; the same state again keeps its "since".
    pub fn note(&self, state: LinkState, reason: &str, now: Timestamp) {
        let mut view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        if view.state != state || view.reason != reason {
            *view = LinkView { state, since: now, reason: reason.to_owned() };
        }
    }
}

impl LinkState {
    /// Its name, for people and programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJoined => "not-joined",
            Self::Connecting => "connecting",
            Self::Attached => "attached",
            Self::Refused => "refused",
        }
    }
}
