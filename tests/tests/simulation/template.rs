//! Three neighbours and their hub, enrolled, with people, drivers and agreements: made once, and copied for each play. Synthetic
//! throughout. It must never know what is played.

use std::sync::{Arc, OnceLock};

use maillage_domain::{
    ids::{PersonKind, VolunteerKind},
    person::NewPerson,
    place::NewPlace,
    volunteer::NewVolunteer,
};
use maillage_engine::{Engine, EngineError, MemoryDisk};
use maillage_federation::{
    agreement::{Rates, Trust},
    directory::Entry,
    ids::Id,
    matching::Reach,
    models::Catalogue,
    month::Month,
    sealed::SealingKey,
    signing::{Signer, VerifyKey},
};
use maillage_geography::{Geography, Siren};
use maillage_hub::{
    authority::{self, Authority},
    store::{Application, EmbeddedStore, Enrolled, Invitation, Repository as _},
    team::colleague::{Deed, DeedKind, Doer},
};
use maillage_node::{
    app::{
        agreements::{self, Carrier, NewTerms},
        caller::Caller,
        people,
    },
    federation::{
        membership::{Description, Keys, Membership},
        sealing_keys::SealingKeys,
    },
};
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    directory::DataDirectory,
    random::{Entropy, SeededEntropy},
    tls::Identity,
};
use maillage_store::settings::{self, ModelsInForce};

use crate::{
    federation::Federation,
    operations::{NODES, REQUESTS},
};

/// Name of the federation.
pub(crate) const FEDERATION: &str = "essai";
/// The morning on which every play begins.
pub(crate) const START: &str = "2026-10-01T06:00:00Z";
/// Monts d'Alban, Centre Tarn, Sidobre: each borders the others. With a commune of each.
const TERRITORIES: [(&str, &str); NODES] =
    [("200034031", "81003"), ("200034049", "81222"), ("200066561", "81042")];
/// Every day, from early to late.
const ALWAYS: &str = "lun 05:00-22:00,mar 05:00-22:00,mer 05:00-22:00,jeu 05:00-22:00,ven 05:00-22:00,\
                      sam 05:00-22:00,dim 05:00-22:00";
/// Somebody may live elsewhere and be like somebody else.
const MEANT: people::Confirmed = people::Confirmed { outside: true, duplicate: true };

/// What a person of a node is called, and what her address is: found nowhere they do not belong.
pub(crate) fn canaries(node: usize) -> [String; 2] {
    [format!("Canari-{node}-Essai"), format!("{node}2bis rue des Lilas d’essai")]
}

/// A node of the federation.
pub(crate) struct Place {
    pub(crate) number: usize,
    pub(crate) entry: Entry,
    hub_key: VerifyKey,
    certificate: Identity,
}

impl Place {
    fn keys(number: usize) -> Keys {
        let seed = u8::try_from(number + 1).unwrap();
        Keys {
            signer: Signer::from_seed(&[seed; 32]),
            sealing: SealingKeys::first(SealingKey::from_seed(&[seed + 100; 32])),
        }
    }

    fn entry(number: usize) -> Entry {
        let (siren, _) = TERRITORIES[number];
        let territory: Siren = siren.parse().unwrap();
        let communes = Geography::embedded().communes_of(&territory).map(|commune| commune.insee).collect();
        let (keys, seed) = (Self::keys(number), u8::try_from(number + 1).unwrap());
        Entry {
            node: Id::new(1_700_000_000_000, [seed; 10]),
            reach: Reach { territory, communes },
            signing_key: keys.signer.verify_key(),
            sealing_key: keys.sealing.public(),
            rotation: None,
            phone: "0563000000".into(),
            opening_hours: String::new(),
            revoked: false,
        }
    }

    /// Its place in the federation, with its keys.
    pub(crate) fn membership(&self) -> Membership {
        let description = Description {
            federation: FEDERATION.parse().unwrap(),
            node_id: self.entry.node,
            hub_url: "https://hub.example:4443".into(),
            hub_signing_key: String::new(),
            authority_pem: String::new(),
        };
        Membership::new(description, self.hub_key, Self::keys(self.number), self.certificate.clone())
    }

    /// The commune in which its people live.
    pub(crate) fn home(&self) -> &'static str {
        TERRITORIES[self.number].1
    }
}

/// The participation models.
pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::embedded().unwrap())
}

/// Who is registered at a node.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    /// Who travels: each asks once, for what one person may add to the figures is bounded.
    pub(crate) travellers: Vec<Id<PersonKind>>,
    pub(crate) drivers: Vec<Id<VolunteerKind>>,
}

/// A federation that plays are copied from.
pub(crate) struct Template {
    pub(crate) directory: DataDirectory,
    pub(crate) places: Arc<Vec<Place>>,
    pub(crate) hub: MemoryDisk,
    pub(crate) nodes: Vec<MemoryDisk>,
    /// Of each node.
    pub(crate) people: Vec<People>,
    _folder: tempfile::TempDir,
}

/// The template; must be asked for outside of any runtime.
pub(crate) fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| crate::paused().block_on(make()))
}

async fn make() -> Template {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::create(folder.path().join("hub"), "maillage-hub").unwrap();
    let clock = ManualClock::new(START.parse().unwrap());
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
    let name = || FEDERATION.parse().unwrap();
    authority::create(&directory, &name(), clock.now(), entropy.as_ref()).unwrap();
    let authority = Authority::load(&directory, name(), Arc::clone(&entropy)).unwrap();
    let certificate = authority.hub_identity(&["hub.example".to_owned()], clock.now()).unwrap();
    let hub_key = authority::signer(&directory).unwrap().verify_key();
    let hub = MemoryDisk::new();
    let store = EmbeddedStore::open_memory(&hub).unwrap();
    let (mut places, mut nodes) = (Vec::new(), Vec::new());
    for number in 0..NODES {
        let entry = Place::entry(number);
        enrol(&store, &entry, clock.now().as_millisecond()).await;
        nodes.push(disk());
        let certificate = certificate.clone();
        places.push(Place { number, entry, hub_key, certificate });
    }
    drop(store);
    let places = Arc::new(places);
    let mut template = Template { directory, places, hub, nodes, people: Vec::new(), _folder: folder };
    let mut federation = Federation::open(&template, u64::from(u32::MAX) + 1).await;
    federation.settle().await.unwrap();
    let found = settle_in(&mut federation).await;
    federation.settle().await.unwrap();
    (template.hub, template.nodes) = federation.disks();
    template.people = found;
    template
}

async fn enrol(store: &EmbeddedStore, entry: &Entry, now_ms: i64) {
    let secret_hash = entry.node.to_array().repeat(2).try_into().unwrap();
    let territory = entry.reach.territory;
    let deed = Deed {
        at_ms: now_ms,
        by: Doer::Command(String::new()),
        what: DeedKind::Invited,
        about: territory.to_string(),
    };
    let invitation = Invitation { secret_hash, territory, expires_at_ms: now_ms + 1_000 };
    store.invite(invitation, deed).await.unwrap();
    let certificate_until_ms = now_ms + 365 * 86_400_000;
    let application = Application { secret_hash, entry: entry.clone(), now_ms, certificate_until_ms };
    assert_eq!(store.enrol(application).await.unwrap(), Enrolled::New(entry.node));
}

/// An empty store of a node, with a model in force.
fn disk() -> MemoryDisk {
    let disk = MemoryDisk::new();
    let (store, _) = Engine::memory_with(&disk, maillage_store::options()).unwrap();
    let models =
        ModelsInForce::default().with(catalogue().models[0].key.clone(), Month::new(2000, 1).unwrap());
    let put = move |transaction: &mut maillage_engine::Transaction<'_>| settings::put(transaction, &models);
    store.transact::<(), EngineError, _>("test.model", put).unwrap();
    store.close().unwrap();
    disk
}

/// People, drivers and agreements.
async fn settle_in(federation: &mut Federation) -> Vec<People> {
    let mut found = Vec::new();
    let by = Caller::local();
    for number in 0..NODES {
        let app = Arc::clone(&federation.nodes[number].life.app);
        let home = federation.places[number].home();
        let mut settled = People::default();
        for _ in 0..REQUESTS {
            let [name, address] = canaries(number);
            let new = NewPerson {
                name,
                phone: "0563000001".into(),
                home: NewPlace { commune: home.into(), address },
                sharing: "always".into(),
                ..NewPerson::default()
            };
            settled.travellers.push(people::add_person(&app, &by, new, MEANT).await.unwrap().id);
        }
        for standing_yes in [true, false] {
            let new = NewVolunteer {
                name: "Bénévole d’essai".into(),
                home: NewPlace { commune: home.into(), address: String::new() },
                seats: 4,
                availability: ALWAYS.into(),
                standing_yes,
                ..NewVolunteer::default()
            };
            settled.drivers.push(people::add_volunteer(&app, &by, new, MEANT).await.unwrap().id);
        }
        found.push(settled);
    }
    agree(federation).await;
    found
}

/// Each carries for each of the others, under the same terms.
async fn agree(federation: &mut Federation) {
    let by = Caller::local();
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let (near, far) = (federation.places[one].entry.node, federation.places[other].entry.node);
        let terms = NewTerms {
            carrier: Carrier::Both,
            rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
            contributions_deducted: true,
            trust: Trust::Ordinary,
            from: None,
            until: None,
        };
        let app = Arc::clone(&federation.nodes[one].life.app);
        agreements::propose(&app, &by, far.to_string(), terms).await.unwrap();
        federation.settle().await.unwrap();
        let app = Arc::clone(&federation.nodes[other].life.app);
        agreements::accept(&app, &by, near.to_string(), 1).await.unwrap();
        federation.settle().await.unwrap();
    }
}
