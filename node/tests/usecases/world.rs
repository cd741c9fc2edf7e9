//! Nodes as they are in service, on disks in memory, with a clock moved by hand. Monts d'Alban (A), Centre Tarn (B) and
//! Sidobre (C) border one another; a node of Finistère (FAR) is nobody's neighbour here.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use maillage_dispatch::Estimator;
use maillage_domain::{
    handover::{Decision, Incoming, Outgoing, Policy},
    ids::{PersonKind, VolunteerKind},
    person::NewPerson,
    place::NewPlace,
    request::NewRequest,
    trip::Trip,
    volunteer::NewVolunteer,
};
use maillage_engine::{Engine, EngineError, MemoryDisk, View as _};
use maillage_federation::{
    directory::Entry,
    envelope::Envelope,
    ids::{HandoverKind, Id, NodeKind, TripKind},
    matching::Reach,
    models::Catalogue,
    month::Month,
    sealed::SealingKey,
    signing::Signer,
};
use maillage_geography::{Geography, Siren};
use maillage_node::{
    app::{
        App, bell::Bell, caller::Caller, handover::origin, outreach::Outreach, people, roads::RoadService,
        settings as policies, trips,
    },
    federation::{
        link::Link,
        membership::{Description, Keys, Membership},
        sealing_keys::SealingKeys,
    },
    profile::Profile,
};
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    random::SeededEntropy,
    secrets::Secret,
    tls::Identity,
};
use maillage_store::{
    handovers,
    settings::{self, ModelsInForce},
};

use crate::hub::Hub;

pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;
pub(crate) const C: usize = 2;
pub(crate) const FAR: usize = 3;

/// A name, a phone, a street and a note that must be found nowhere they do not belong.
pub(crate) const CANARIES: [&str; 4] = ["Canari", "0563000001", "12 rue des Lilas", "sonnette verte"];
/// Every day, from early to late.
const ALWAYS: &str = "lun 05:00-22:00,mar 05:00-22:00,mer 05:00-22:00,jeu 05:00-22:00,ven 05:00-22:00,\
                      sam 05:00-22:00,dim 05:00-22:00";
/// Somebody may live elsewhere and be like somebody else.
pub(crate) const MEANT: people::Confirmed = people::Confirmed { outside: true, duplicate: true };
/// The day of the trips, five days after the start.
pub(crate) const DAY: &str = "2026-10-06";

/// A federation of a few nodes.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) hub: Hub,
    pub(crate) nodes: Vec<Node>,
}

/// A node and its disk.
pub(crate) struct Node {
    pub(crate) id: Id<NodeKind>,
    pub(crate) app: Arc<App>,
    pub(crate) disk: MemoryDisk,
}

impl World {
    /// Three neighbours on the morning of 1 October 2026, with nobody registered.
    pub(crate) fn empty(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::new("2026-10-01T06:00:00Z".parse().unwrap()));
        let places = ["200034031", "200034049", "200066561"];
        let (entries, keys): (Vec<Entry>, Vec<Keys>) =
            (1..).zip(places).map(|(number, siren)| party(number, siren)).unzip();
        let hub = Hub::new(entries.clone(), Arc::clone(&clock));
        let nodes = (0..).zip(entries.iter().zip(keys)).map(|(number, (entry, keys))| {
            let entropy = SeededEntropy::new(seed * 10 + number);
            Node::new(entry, keys, &hub, &clock, entropy)
        });
        let nodes = nodes.collect();
        Self { clock, hub, nodes }
    }

    /// The three neighbours, with a driver of standing word at B and at C; B's home is nearer.
    pub(crate) fn new() -> Self {
        let world = Self::empty(1);
        world.volunteer(B, "81222", true);
        world.volunteer(C, "81042", true);
        world
    }

    /// The three neighbours and somebody far away.
    pub(crate) fn with_a_stranger() -> Self {
        let mut world = Self::empty(1);
        let (entry, keys) = party(4, "200066868");
        world.hub.directory.nodes.insert(entry.node, entry.clone());
        let node = Node::new(&entry, keys, &world.hub, &world.clock, SeededEntropy::new(4));
        world.nodes.push(node);
        for node in &world.nodes {
            node.app.link.take_directory(world.hub.directory.clone());
        }
        world
    }

    pub(crate) fn app(&self, node: usize) -> &Arc<App> {
        &self.nodes[node].app
    }

    pub(crate) fn id(&self, node: usize) -> Id<NodeKind> {
        self.nodes[node].id
    }

    /// Moves time, without the hub or a node noticing.
    pub(crate) fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    /// Does something when the drive of a trip has begun, and comes back to the present: what follows is not about time.
    pub(crate) fn when_begun<T>(&self, node: usize, trip: Id<TripKind>, does: impl FnOnce() -> T) -> T {
        let now = self.now();
        self.clock.set(self.trip(node, trip).begins().unwrap_or(now).max(now));
        let done = does();
        self.clock.set(now);
        done
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn policy(&self, node: usize, bidding: Decision, awarding: Decision) {
        let policy = Policy { bidding, awarding, ..Policy::default() };
        let app = self.app(node);
        let seen = app.read(|_, view| policies::policy(view)).unwrap();
        ready(policies::set_policy(app, &Caller::local(), policy, policies::policy_etag(&seen))).unwrap();
    }

    pub(crate) fn volunteer(&self, node: usize, home: &str, standing_yes: bool) -> Id<VolunteerKind> {
        let new = NewVolunteer {
            name: "Bénévole".into(),
            home: NewPlace { commune: home.into(), address: String::new() },
            seats: 4,
            availability: ALWAYS.into(),
            standing_yes,
            ..NewVolunteer::default()
        };
        ready(people::add_volunteer(self.app(node), &Caller::local(), new, MEANT)).unwrap().id
    }

    pub(crate) fn person(&self, node: usize, sharing: &str) -> Id<PersonKind> {
        self.person_who(node, sharing, false)
    }

    pub(crate) fn person_who(&self, node: usize, sharing: &str, objects: bool) -> Id<PersonKind> {
        let new = NewPerson {
            name: CANARIES[0].into(),
            phone: CANARIES[1].into(),
            home: NewPlace { commune: "81003".into(), address: CANARIES[2].into() },
            sharing: sharing.into(),
            driver_notes: CANARIES[3].into(),
            statistics_objection: objects,
            ..NewPerson::default()
        };
        ready(people::add_person(
            self.app(node),
            &Caller::local(),
            new,
            people::Confirmed { outside: true, duplicate: true },
        ))
        .unwrap()
        .id
    }

    /// From Alban to Albi, to be there at ten; back at noon if `back`.
    pub(crate) fn request(&self, node: usize, person: Id<PersonKind>, back: bool) -> Vec<Id<TripKind>> {
        let new = NewRequest {
            dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
            arrive_by: Some(format!("{DAY}T10:00")),
            return_at: back.then(|| format!("{DAY}T12:00")),
            purpose: "health".into(),
            ..NewRequest::default()
        };
        let (_, trips) = ready(trips::add_request(self.app(node), &Caller::local(), person, new)).unwrap();
        trips.iter().map(Trip::id).collect()
    }

    /// A trip of a person of A who has agreed to sharing once and for all, offered to the neighbours.
    pub(crate) fn offered(&self) -> (Id<TripKind>, Id<HandoverKind>) {
        let person = self.person(A, "always");
        let trip = self.request(A, person, false)[0];
        (trip, self.offer(trip).handover)
    }

    pub(crate) fn offer(&self, trip: Id<TripKind>) -> Outgoing {
        let terms = origin::OfferTerms {
            single: false,
            reply_within_min: None,
            person_agrees: false,
            agreed_only: false,
            at_once: false,
        };
        ready(origin::offer_out(self.app(A), &Caller::local(), trip, terms)).unwrap()
    }

    pub(crate) fn trip(&self, node: usize, trip: Id<TripKind>) -> Trip {
        trips::show(self.app(node), &Caller::local(), trip).unwrap()
    }

    /// Status and custody of a trip, as their codes.
    pub(crate) fn at(&self, node: usize, trip: Id<TripKind>) -> (&'static str, &'static str) {
        let trip = self.trip(node, trip);
        (trip.status().code(), trip.custody().code())
    }

    pub(crate) fn outgoing(&self, handover: Id<HandoverKind>) -> Outgoing {
        handovers::outgoing(&self.app(A).store, handover).unwrap().unwrap()
    }

    pub(crate) fn incoming(&self, node: usize, handover: Id<HandoverKind>) -> Incoming {
        handovers::incoming(&self.app(node).store, handover).unwrap().unwrap()
    }

    /// The trips a node carries, or carried, in a handover.
    pub(crate) fn carried(&self, node: usize, handover: Id<HandoverKind>) -> Vec<Trip> {
        let incoming = handovers::incoming(&self.app(node).store, handover).unwrap();
        let trips = incoming.map(|incoming| incoming.trips).unwrap_or_default();
        trips.into_iter().map(|trip| self.trip(node, trip)).collect()
    }

    /// Whether anything the hub has put into a node's mailbox, or the node keeps of handovers, names another node.
    pub(crate) fn was_told_of(&self, node: usize, other: usize) -> bool {
        let name = self.id(other).to_bytes();
        let letters = self.hub.mail.get(&self.id(node)).into_iter().flatten().map(Envelope::encode);
        let kept = self.app(node).store.scan_prefix(handovers::INCOMING_TREE, &[], usize::MAX).unwrap();
        let mut told = letters.chain(kept.into_iter().map(|(_, bytes)| bytes));
        told.any(|bytes| bytes.windows(name.len()).any(|window| window == name))
    }

    /// Whether any stored record of a node's handovers holds one of the canaries.
    pub(crate) fn knows_the_person(&self, node: usize) -> bool {
        let rows = |tree| self.app(node).store.scan_prefix(tree, &[], usize::MAX).unwrap();
        let mut records = rows(handovers::INCOMING_TREE);
        records.extend(rows(maillage_store::trips::TREE));
        records.iter().any(|(_, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            CANARIES.iter().any(|canary| text.contains(canary))
        })
    }
}

impl Node {
    fn new(entry: &Entry, keys: Keys, hub: &Hub, clock: &Arc<ManualClock>, entropy: SeededEntropy) -> Self {
        let disk = MemoryDisk::new();
        let (store, _) = Engine::memory_with(&disk, maillage_store::options()).unwrap();
        let description = Description {
            federation: hub.federation.clone(),
            node_id: entry.node,
            hub_url: "https://hub.example".into(),
            hub_signing_key: String::new(),
            authority_pem: String::new(),
        };
        let membership = Membership::new(description, hub.signer.verify_key(), keys, certificate());
        let link = Link::new(Some(Arc::new(membership)), clock.now());
        link.take_directory(hub.directory.clone());
        let model = catalogue().models[0].key.clone();
        let models = ModelsInForce::default().with(model, Month::new(2000, 1).unwrap());
        store
            .transact::<(), EngineError, _>("test.model", move |transaction| {
                settings::put(transaction, &models)
            })
            .unwrap();
        let app = App {
            store,
            clock: Arc::clone(clock) as _,
            clock_is_virtual: true,
            entropy: Arc::new(entropy),
            geography: Geography::embedded(),
            estimator: Estimator::DECLARED,
            roads: RoadService::none(),
            catalogue: catalogue().clone(),
            profile: Profile {
                territory: entry.reach.territory,
                phone: entry.phone.clone(),
                opening_hours: String::new(),
            },
            link: Arc::new(link),
            outreach: outreach(),
            bell: Bell::default(),
            days: maillage_node::app::planning::DayMemory::default(),
            standing_bids: maillage_node::app::handover::watch::StandingBids::default(),
            looks: maillage_node::app::looks::Looks::default(),
            searcher: maillage_node::app::people::search::Searcher::default(),
        };
        Self { id: entry.node, app: Arc::new(app), disk }
    }

    /// The power of the node fails, and comes back. What was not durable is lost as `seed` decides.
    pub(crate) fn crash(&mut self, seed: u64) {
        self.disk.cut_power(seed);
        let (store, _) = Engine::memory_with(&self.disk, maillage_store::options()).unwrap();
        self.app = Arc::new(self.with_store(store));
    }

    /// The same node over another store.
    pub(crate) fn with_store(&self, store: Engine) -> App {
        let old = &self.app;
        App {
            store,
            clock: Arc::clone(&old.clock),
            clock_is_virtual: true,
            entropy: Arc::clone(&old.entropy),
            geography: old.geography,
            estimator: old.estimator,
            roads: RoadService::none(),
            catalogue: old.catalogue.clone(),
            profile: old.profile.clone(),
            link: Arc::clone(&old.link),
            outreach: outreach(),
            bell: Bell::default(),
            days: maillage_node::app::planning::DayMemory::default(),
            standing_bids: maillage_node::app::handover::watch::StandingBids::default(),
            looks: maillage_node::app::looks::Looks::default(),
            searcher: maillage_node::app::people::search::Searcher::default(),
        }
    }
}

/// The answer of a use case: on the memory engine it is there at once.
pub(crate) fn ready<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("the memory engine answers at once")
}

/// A node of the directory, with its keys.
fn party(number: u8, siren: &str) -> (Entry, Keys) {
    let territory: Siren = siren.parse().unwrap();
    let keys = Keys {
        signer: Signer::from_seed(&[number; 32]),
        sealing: SealingKeys::first(SealingKey::from_seed(&[number + 100; 32])),
    };
    let communes = Geography::embedded().communes_of(&territory).map(|commune| commune.insee).collect();
    let entry = Entry {
        node: Id::new(1_700_000_000_000, [number; 10]),
        reach: Reach { territory, communes },
        signing_key: keys.signer.verify_key(),
        sealing_key: keys.sealing.public(),
        rotation: None,
        phone: "0563000000".into(),
        opening_hours: String::new(),
        revoked: false,
    };
    (entry, keys)
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::embedded().unwrap())
}

/// Nobody connects in these tests; a membership has a certificate all the same.
fn certificate() -> Identity {
    static CERTIFICATE: OnceLock<Identity> = OnceLock::new();
    let make = || {
        let uri = "maillage://essai/node/01890000-0000-7000-8000-000000000001";
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.subject_alt_names = vec![rcgen::SanType::URI(uri.try_into().unwrap())];
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Identity::from_pem(&certificate.pem(), &Secret::new(key.serialize_pem())).unwrap()
    };
    CERTIFICATE.get_or_init(make).clone()
}

/// E-mails and text messages leave, and people reach the node's pages.
fn outreach() -> Outreach {
    let mut outreach = Outreach::calls_alone(Secret::new([7; 32]));
    outreach.email = true;
    outreach.sms = true;
    outreach.public_url = Some("https://alban.example".to_owned());
    outreach
}

/// A list read one by one, from its first page to its last.
///
/// # Panics
/// When a page is empty and another is said to follow, or holds more than one.
pub(crate) fn page_by_page<T, M>(page: impl Fn(Option<M>) -> (Vec<T>, Option<M>)) -> Vec<T> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let (found, next) = page(after);
        assert_eq!(found.len(), usize::from(next.is_some() || !found.is_empty()));
        all.extend(found);
        let Some(next) = next else { return all };
        after = Some(next);
    }
}
