//! How much one hub carries: a real hub process, and a light synthetic node for every EPCI of France with its real neighbours, each
//! over its own mutual TLS connection. Everything is synthetic and seeded; communes and neighbours are real.
//!
//! `cargo bench -p maillage-tests --bench relaying` prints: joining, attaching and memory per attached node, complete handovers per
//! second with the time from offer to acceptance, all nodes coming back after the hub was killed, the mailbox of a node that was
//! away for thirty days, and the same number of durable messages through a broker off the shelf. `MAILLAGE_BENCH_NODES` takes fewer
//! nodes. Hub and nodes share the machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod broker;
mod light;
mod world;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::ToSpan as _;
use maillage_federation::{
    handover::{Action, Offer, OfferedLeg},
    ids::Id,
    needs::Needs,
};
use maillage_geography::{Geography, InseeCode, Siren};
use maillage_platform::{
    clock::{Clock as _, FileClock, SystemClock},
    random::{self, OsEntropy},
};
use maillage_proto::hub::v1::{self as hub, admin_client::AdminClient};
use maillage_simulation::member::Source;
use maillage_tests::programs::{Local, Programs, Role, Serving, answering};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use self::{
    light::Light,
    world::{Counted, OFFERED_DAY_MS, World},
};

const SEED: u64 = 20_261_129;
/// Complete handovers measured, and those under way at once.
const HANDOVERS: usize = 3_000;
const UNDER_WAY: [usize; 3] = [1, 16, 128];
/// Letters that wait for the node that was away.
const AWAY_LETTERS: u64 = 5_000;
const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_mins(2);

/// The hub as a process.
struct HubProcess {
    programs: Programs,
    data: PathBuf,
    log: PathBuf,
    listen: String,
    serving: Option<Serving>,
    local: Option<Local>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let root = tempfile::Builder::new().prefix("maillage-bench-").tempdir()?;
    let mut hub = HubProcess::create(root.path()).await?;
    let (world, nodes) = join_all(&hub).await?;
    attach_all(&hub, &world, &nodes).await?;
    let mut random = StdRng::seed_from_u64(SEED);
    let mut busiest: Option<(Counted, Duration)> = None;
    for under_way in UNDER_WAY {
        let handovers = if under_way == 1 { HANDOVERS / 10 } else { HANDOVERS };
        let measured = hand_over(&world, &nodes, (handovers, under_way), &mut random).await?;
        tell_handovers(under_way, &measured, &hub)?;
        busiest = Some(measured);
    }
    storm(&mut hub, &world, &nodes, &mut random).await?;
    away(&mut hub, &world, &nodes, &mut random).await?;
    let (counted, took) = busiest.context("nothing was measured")?;
    let messages = counted.submissions + counted.deliveries;
    let ours = messages as f64 / took.as_secs_f64();
    match broker::messages_per_second(root.path(), messages, UNDER_WAY[2]).await? {
        Some(floor) => println!(
            "Floor: {messages} durable messages through NATS JetStream, {} under way: {floor:.0}/s; the hub: {ours:.0}/s, {:.2} of it. \
             NATS checks no signature, decides nothing, and syncs its disk every two minutes; the hub does all three for each envelope.",
            UNDER_WAY[2],
            ours / floor
        ),
        None => println!("Floor: not measured, nats-server is not installed"),
    }
    Ok(())
}

impl HubProcess {
    async fn create(root: &std::path::Path) -> anyhow::Result<Self> {
        let programs = Programs::new(env!("CARGO_BIN_EXE_maillage-under-test"));
        let data = root.join("hub");
        let init = ["init", "--federation", "banc", "--url", "https://127.0.0.1:0"];
        programs.done(Role::Hub, &data, &init).await?;
        let (log, listen) = (root.join("hub.log"), "127.0.0.1:0".to_owned());
        let mut hub = Self { programs, data, log, listen, serving: None, local: None };
        hub.start(None).await?;
        Ok(hub)
    }

    /// Starts it at the same address as before, perhaps with a clock of its own.
    async fn start(&mut self, clock: Option<&str>) -> anyhow::Result<()> {
        let mut words = vec!["--listen", self.listen.as_str(), "--api-listen", "127.0.0.1:0"];
        words.extend(clock.into_iter().flat_map(|clock| ["--clock-file", clock]));
        let mut serving = self.programs.serve(Role::Hub, &self.data, &words, &self.log)?;
        self.local = Some(answering(Role::Hub, &self.data, &mut serving).await?);
        self.serving = Some(serving);
        let told = std::fs::read_to_string(self.data.join("run").join("federation.addr"))?;
        told.trim().clone_into(&mut self.listen);
        Ok(())
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        self.serving.take().context("no hub")?.kill().await
    }

    fn admin(&self) -> AdminClient<Local> {
        AdminClient::new(self.local.clone().unwrap())
    }

    /// Resident memory now and at its highest, in kB.
    fn memory(&self) -> anyhow::Result<(u64, u64)> {
        let id = self.serving.as_ref().and_then(Serving::id).context("no hub")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Ok((field("VmRSS:").context("no memory")?, field("VmHWM:").context("no memory")?))
    }
}

async fn join_all(hub: &HubProcess) -> anyhow::Result<(Arc<World>, Vec<Arc<Light>>)> {
    let wanted = std::env::var("MAILLAGE_BENCH_NODES").ok().and_then(|text| text.parse().ok());
    let territories = some_territories(wanted.unwrap_or(usize::MAX));
    let mut admin = hub.admin();
    let mut tickets = Vec::new();
    for territory in territories {
        let request =
            hub::InviteRequest { territory: territory.to_string(), valid_hours: 0, by: String::new() };
        tickets.push(admin.invite(request).await?.into_inner().enrolment_string);
    }
    let begun = Instant::now();
    let join =
        |(number, ticket): (usize, String)| async move { Light::enrol(&ticket, Source::of(number)).await };
    let joining = futures_util::stream::iter(tickets.into_iter().enumerate()).map(join);
    let nodes: Vec<Light> = joining.buffer_unordered(AT_ONCE).try_collect().await?;
    let took = begun.elapsed();
    println!("Joining: {} nodes in {:.1} s", nodes.len(), took.as_secs_f64());
    let sealing: BTreeMap<_, _> = nodes.iter().map(|node| (node.me, node.sealing)).collect();
    Ok((Arc::new(World::new(sealing)), nodes.into_iter().map(Arc::new).collect()))
}

async fn attach_all(hub: &HubProcess, world: &Arc<World>, nodes: &[Arc<Light>]) -> anyhow::Result<()> {
    let (before, _) = hub.memory()?;
    let begun = Instant::now();
    for node in nodes {
        node.live(world);
    }
    attached(world, nodes.len()).await?;
    let took = begun.elapsed();
    let (after, _) = hub.memory()?;
    println!(
        "Attaching: {} nodes in {:.1} s; the hub: {} kB before, {} kB after, {:.1} kB per attached node",
        nodes.len(),
        took.as_secs_f64(),
        before,
        after,
        after.saturating_sub(before) as f64 / nodes.len() as f64
    );
    Ok(())
}

async fn attached(world: &World, wanted: usize) -> anyhow::Result<()> {
    wait(world, "all are attached", || world.attached.load(Ordering::SeqCst) >= wanted).await
}

async fn wait(world: &World, what: &str, so: impl Fn() -> bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !so() {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "waited in vain until {what}: {}", world.last_trouble());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// A node and a neighbour of it that is there too. As [`some_territories`] are chosen, every node has one.
fn neighbours<'a>(nodes: &'a [Arc<Light>], random: &mut StdRng) -> (&'a Light, Siren) {
    let origin = &nodes[random.random_range(0..nodes.len())];
    let all = Geography::embedded().neighbours(&origin.territory);
    let there = |siren: &Siren| nodes.iter().any(|node| node.territory == *siren);
    let known: Vec<Siren> = all.iter().map(|neighbour| neighbour.siren).filter(there).collect();
    (origin, known[random.random_range(0..known.len())])
}

/// So many territories that each has a neighbour among them: those that have any, from neighbour to neighbour.
fn some_territories(wanted: usize) -> Vec<Siren> {
    let geography = Geography::embedded();
    let (mut chosen, mut seen) = (Vec::new(), BTreeSet::new());
    for start in geography.territories() {
        let mut next = VecDeque::from([start.siren]);
        while let Some(siren) = next.pop_front() {
            let near = geography.neighbours(&siren);
            if near.is_empty() || !seen.insert(siren) {
                continue;
            }
            chosen.push(siren);
            next.extend(near.iter().map(|neighbour| neighbour.siren));
        }
    }
    chosen.truncate(wanted.max(2));
    chosen
}

/// A node offers a trip from one of its communes to one of a neighbour's.
fn offers(origin: &Light, to: Siren, random: &mut StdRng) {
    let mut commune = |territory: &Siren| -> InseeCode {
        let all = Geography::embedded().communes_of(territory);
        let all: Vec<InseeCode> = all.map(|commune| commune.insee).collect();
        all[random.random_range(0..all.len())]
    };
    let ends = (commune(&origin.territory), commune(&to));
    let now_ms = SystemClock.now().as_millisecond();
    let offer = Offer {
        origin_territory: origin.territory,
        legs: vec![OfferedLeg::rounded(ends, OFFERED_DAY_MS, 20_000)],
        seats: 1,
        needs: Needs::none(),
        reply_by_ms: now_ms + 45 * 24 * 3_600_000,
        accept_within_s: 24 * 3_600,
        agreed_only: false,
        widening: None,
        goes_with: None,
    };
    let id = Id::new(now_ms.unsigned_abs(), random::bytes(&OsEntropy));
    origin.say(id, 1, Action::Offer(offer));
}

fn offered(nodes: &[Arc<Light>], random: &mut StdRng) {
    let (origin, to) = neighbours(nodes, random);
    offers(origin, to, random);
}

async fn hand_over(
    world: &World,
    nodes: &[Arc<Light>],
    (handovers, at_once): (usize, usize),
    random: &mut StdRng,
) -> anyhow::Result<(Counted, Duration)> {
    world.count();
    let begun = Instant::now();
    let mut started = 0;
    let mut moved = Instant::now();
    while started < handovers || world.under_way() > 0 {
        let trouble = || (world.count().refusals, world.last_trouble());
        anyhow::ensure!(moved.elapsed() < PATIENCE, "handovers stand still: {:?}", trouble());
        while started < handovers && started < world.ended() + at_once {
            offered(nodes, random);
            started += 1;
            moved = Instant::now();
        }
        if tokio::time::timeout(Duration::from_millis(100), world.next_outcome()).await.is_ok() {
            moved = Instant::now();
        }
    }
    let took = begun.elapsed();
    Ok((world.count(), took))
}

fn tell_handovers(at_once: usize, measured: &(Counted, Duration), hub: &HubProcess) -> anyhow::Result<()> {
    let (counted, took) = measured;
    let at = |percent: usize| {
        let place = counted.accepted.len().saturating_sub(1) * percent / 100;
        counted.accepted.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    let (now, highest) = hub.memory()?;
    println!(
        "Handovers, {at_once} under way: {} complete, {:.1}/s; offer to acceptance p50 {:.1} ms, p99 {:.1} ms; {:.1} envelopes and \
         {:.1} letters each, {:.0} durable messages/s; refused {:?}; the hub: {now} kB, at most {highest} kB",
        counted.done,
        counted.done as f64 / took.as_secs_f64(),
        at(50),
        at(99),
        counted.submissions as f64 / counted.done as f64,
        counted.deliveries as f64 / counted.done as f64,
        (counted.submissions + counted.deliveries) as f64 / took.as_secs_f64(),
        counted.refusals,
    );
    Ok(())
}

/// The hub is killed amid its work and started again: everybody comes back, and what was under way is carried to its end.
async fn storm(
    hub: &mut HubProcess,
    world: &Arc<World>,
    nodes: &[Arc<Light>],
    random: &mut StdRng,
) -> anyhow::Result<()> {
    world.count();
    for _ in 0..UNDER_WAY[2] {
        offered(nodes, random);
    }
    wait(world, "some are accepted", || world.ended() > UNDER_WAY[2] / 4).await?;
    hub.kill().await?;
    wait(world, "everybody has noticed", || world.attached.load(Ordering::SeqCst) == 0).await?;
    let begun = Instant::now();
    hub.start(None).await?;
    let serving = begun.elapsed();
    attached(world, nodes.len()).await?;
    let back = begun.elapsed();
    wait(world, "all are done", || world.under_way() == 0).await?;
    let drained = begun.elapsed();
    let counted = world.count();
    println!(
        "Storm: the hub killed and started (answers after {:.1} s): {} nodes attached after {:.1} s, {} handovers carried to their end \
         after {:.1} s; refused {:?}",
        serving.as_secs_f64(),
        nodes.len(),
        back.as_secs_f64(),
        counted.done,
        drained.as_secs_f64(),
        counted.refusals,
    );
    Ok(())
}

/// A node is away for thirty days while its neighbours offer; its certificate runs out; it comes back and takes everything.
async fn away(
    hub: &mut HubProcess,
    world: &Arc<World>,
    nodes: &[Arc<Light>],
    random: &mut StdRng,
) -> anyhow::Result<()> {
    let geography = Geography::embedded();
    let near = |one: &Arc<Light>| -> Vec<Arc<Light>> {
        let near = |other: &&Arc<Light>| geography.are_neighbours(&one.territory, &other.territory);
        nodes.iter().filter(near).map(Arc::clone).collect()
    };
    let traveller = nodes.iter().max_by_key(|node| near(node).len()).context("no nodes")?;
    let near = near(traveller);
    world.quiet.store(true, Ordering::SeqCst);
    world.send_away(traveller.me, true);
    hub.kill().await?;
    wait(world, "everybody has noticed", || world.attached.load(Ordering::SeqCst) == 0).await?;
    let clock = hub.data.with_extension("clock");
    FileClock::write(&clock, SystemClock.now())?;
    hub.start(clock.to_str()).await?;
    attached(world, nodes.len() - 1).await?;
    world.count();
    let taken = world.taken_by(traveller.me);
    for number in 0..AWAY_LETTERS {
        let origin = &near[usize::try_from(number)? % near.len()];
        offers(origin, traveller.territory, random);
    }
    wait(world, "the offers are in", || world.submissions() >= AWAY_LETTERS).await?;
    let later = SystemClock.now().checked_add((24 * 30).hours())?;
    FileClock::write(&clock, later)?;
    traveller.renew(later.as_millisecond()).await?;
    world.send_away(traveller.me, false);
    let begun = Instant::now();
    traveller.live(world);
    wait(world, "it has everything", || world.taken_by(traveller.me) >= taken + AWAY_LETTERS).await?;
    println!(
        "Away thirty days: {AWAY_LETTERS} letters waited, certificate renewed, all taken in order in {:.1} s; refused {:?}",
        begun.elapsed().as_secs_f64(),
        world.count().refusals,
    );
    Ok(())
}
