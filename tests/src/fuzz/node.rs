//! A node on a disk in memory with a small synthetic platform in it, made anew from the same picture for every input: what one
//! input writes, no other sees.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt as _;
use maillage_dispatch::Estimator;
use maillage_engine::{Engine, EngineError, MemoryDisk};
use maillage_federation::{models::Catalogue, month::Month};
use maillage_geography::Geography;
use maillage_node::{
    app::{
        App, bell::Bell, caller::Caller, outreach::Outreach, people::search::Searcher, roads::RoadService,
        tables,
    },
    federation::link::Link,
    profile::Profile,
};
use maillage_platform::{
    clock::{Clock as _, ManualClock},
    random::SeededEntropy,
    secrets::Secret,
};
use maillage_store::settings::{self, ModelsInForce};

/// The morning on which everything happens.
const NOW: &str = "2026-10-01T06:00:00Z";

/// A platform's lists, in the order of a first import: the table, and what is in it. Synthetic.
const LISTS: [(&str, &str); 9] = [
    (
        "carriers",
        "reference;name;form;rna;commune;address;tax_rate\n\
         A-1;Association synthétique;association;W812003456;81003;1 place Imaginaire;75\n",
    ),
    ("professionals", "reference;name;function;may_drive;active\nS-1;Salariée synthétique;Conseil;oui;oui\n"),
    ("prescribers", "reference;organisation;contact\nP-1;CCAS synthétique;Agent Inventé\n"),
    (
        "volunteers",
        "reference;name;phone;commune;seats;fiscal_power;availability;active\n\
         V-1;Bénévole Un;05 63 00 00 10;81003;4;5;lun 08:00-18:00,mar 08:00-18:00;oui\n\
         V-2;Bénévole Deux;;81003;3;4;;oui\n",
    ),
    (
        "persons",
        "reference;name;phone;commune;birth_year;needs;grounds;prescriber;sharing\n\
         B-1;Odette Synthétique;05 63 00 00 01;81003;1941;walking-aid;aspa:2020-01-01:2030-12-31:2020-02-01;P-1;always\n\
         B-2;Marcel Synthétique;05 63 00 00 02;81003;1950;;;;\n",
    ),
    (
        "assets",
        "reference;label;category;seats;plate;ownership;rate_per;rate;deposit;odometer_m\n\
         F-1;Voiture synthétique;car;5;aa 000 aa;own;day;5.5;150;98000000\n",
    ),
    ("payments", "reference;person;amount;day;method;collector\nR-1;B-1;12,50;2026-09-30;cash;V-1\n"),
    (
        "loans",
        "reference;person;category;from;until;purpose\nL-1;B-2;car;2026-10-12T09:00;2026-10-19T09:00;work-training\n",
    ),
    (
        "requests",
        "reference;person;dropoff_commune;dropoff_address;arrive_by;return_at;purpose\n\
         D-1;B-1;81004;1 rue Imaginaire;2026-10-06T09:30;2026-10-06T11:00;health\n",
    ),
];

/// A node with the platform in it.
pub(super) fn furnished() -> Arc<App> {
    static PICTURE: OnceLock<MemoryDisk> = OnceLock::new();
    let picture = PICTURE.get_or_init(|| {
        let disk = MemoryDisk::new();
        let app = Arc::new(on(&disk, 1));
        furnish(&app);
        disk
    });
    Arc::new(on(&picture.fork(), 2))
}

/// The answer of a use case: on the memory engine it is there at once.
pub(super) fn ready<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("the memory engine answers at once")
}

fn furnish(app: &Arc<App>) {
    let model = app.catalogue.models.first().expect("a catalogue has models").key.clone();
    let models = ModelsInForce::default().with(model, Month::new(2000, 1).expect("a month"));
    let put = move |transaction: &mut maillage_engine::Transaction<'_>| settings::put(transaction, &models);
    app.store.transact::<(), EngineError, _>("fuzz.model", put).expect("a store in memory takes it");
    for (table, csv) in LISTS {
        let taken = ready(tables::import(app, &Caller::local(), table, csv.as_bytes().to_vec(), false));
        let taken = taken.expect("a list of the platform is read");
        assert!(!taken.nothing_written && taken.added > 0, "{table}: {:?}", taken.faults);
    }
}

fn on(disk: &MemoryDisk, seed: u64) -> App {
    let clock = Arc::new(ManualClock::new(NOW.parse().expect("an instant")));
    let (store, _) = Engine::memory_with(disk, maillage_store::options()).expect("a store in memory opens");
    let mut outreach = Outreach::calls_alone(Secret::new([7; 32]));
    outreach.email = true;
    outreach.sms = true;
    outreach.public_url = Some("https://alban.example".to_owned());
    App {
        store,
        link: Arc::new(Link::new(None, clock.now())),
        clock,
        clock_is_virtual: true,
        entropy: Arc::new(SeededEntropy::new(seed)),
        geography: Geography::embedded(),
        estimator: Estimator::DECLARED,
        roads: RoadService::none(),
        catalogue: Catalogue::embedded().expect("the embedded catalogue"),
        profile: Profile {
            territory: "200034031".parse().expect("a territory"),
            phone: "05 63 00 00 00".to_owned(),
            opening_hours: String::new(),
        },
        outreach,
        bell: Bell::default(),
        days: maillage_node::app::planning::DayMemory::default(),
        standing_bids: maillage_node::app::handover::watch::StandingBids::default(),
        looks: maillage_node::app::looks::Looks::default(),
        searcher: Searcher::default(),
    }
}
