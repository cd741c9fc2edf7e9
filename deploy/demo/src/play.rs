//! Three months in a few seconds: each week people ask for rides, local drivers are asked, what nobody can drive is
//! offered to the neighbours, time passes, trips are driven, and months close. Every step goes through the nodes' own
//! interfaces; the play decides nothing that a coordinator would not decide.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};
use maillage_federation::month::{Month, paris};
use maillage_geography::Geography;
use maillage_proto::node::v1 as node;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::{
    country::TOWNS,
    desk::{self, Desk},
    narrate::Narrator,
    people::{self, Person},
    processes::{BEGIN, Federation, Node, until},
    relay, table,
};

/// How requests of one territory ended so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// Trips asked for.
    pub(crate) trips: u32,
    /// Driven by our own volunteers.
    pub(crate) local: u32,
    /// Driven by a neighbour.
    pub(crate) handed_over: u32,
    /// Nobody could, by reason.
    pub(crate) unmet: BTreeMap<String, u32>,
}

/// The play.
pub(crate) struct Play<'a> {
    federation: &'a Federation,
    generator: ChaCha20Rng,
    weeks: u32,
    persons: Vec<Vec<Person>>,
    tallies: Vec<Tally>,
    asked: Vec<Vec<String>>,
    stories: Vec<Story>,
    why_nobody: BTreeMap<String, BTreeMap<String, u32>>,
    desks: Vec<Desk>,
    /// The handover in which one desk wrote to the other, by its origin.
    written: Option<(usize, String)>,
}

/// A trip that nobody could drive at its own territory, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// Territory that was asked, by place among the nodes.
    pub(crate) index: usize,
    /// The trip, as its own node knows it at the end.
    pub(crate) trip: node::Trip,
    /// Why no local driver could, by code.
    pub(crate) why_nobody: BTreeMap<String, u32>,
    /// Territory that drove it; empty when nobody did.
    pub(crate) driven_by: String,
}

impl<'a> Play<'a> {
    /// A play with a seed.
    pub(crate) fn new(federation: &'a Federation, seed: u64, weeks: u32) -> Self {
        Self {
            federation,
            generator: ChaCha20Rng::seed_from_u64(seed),
            weeks,
            persons: Vec::new(),
            tallies: vec![Tally::default(); federation.nodes.len()],
            asked: vec![Vec::new(); federation.nodes.len()],
            stories: Vec::new(),
            why_nobody: BTreeMap::new(),
            desks: Vec::new(),
            written: None,
        }
    }

    /// Plays all weeks and shows the national table.
    pub(crate) async fn run(mut self, narrator: &mut Narrator) -> anyhow::Result<()> {
        for node in &self.federation.nodes {
            self.persons.push(people::settle_in(node, &mut self.generator).await?);
        }
        let begin: Timestamp = BEGIN.parse()?;
        for (node, persons) in self.federation.nodes.iter().zip(&self.persons) {
            let monday = begin.to_zoned(paris()).date();
            self.desks.push(desk::open(node, persons, monday).await?);
            desk::accompany(node, persons, monday, narrator).await?;
        }
        let first = Month::of(begin.checked_add(24.hours())?);
        let mut open = first;
        for week in 0..self.weeks {
            let monday = begin.to_zoned(paris()).date().checked_add(i64::from(week).weeks())?;
            self.week(monday, narrator).await?;
            let now = at(monday, 6, 20)?;
            while open.end() <= now {
                self.close(open, narrator).await?;
                open = open.next();
            }
        }
        let end = open.end().checked_add(30.hours())?;
        self.federation.set_clock(end)?;
        self.close(open, narrator).await?;
        table::territories(self.federation, &self.tallies, narrator)?;
        if let Some(written) = self.written.take() {
            relay::show(self.federation, written, narrator).await?;
        }
        narrator.line("demo-money", &[])?;
        for (node, persons) in self.federation.nodes.iter().zip(&self.persons) {
            desk::books(node, persons, narrator).await?;
        }
        if let Some(node) = self.federation.nodes.first() {
            desk::compare(node, &open.to_string(), narrator).await?;
        }
        table::national(self.federation, narrator).await
    }

    async fn week(&mut self, monday: Date, narrator: &mut Narrator) -> anyhow::Result<()> {
        self.federation.set_clock(at(monday, 0, 8)?)?;
        let before = self.tallies.clone();
        for index in 0..self.federation.nodes.len() {
            self.requests(index, monday).await?;
            self.series(index).await?;
        }
        self.lend(monday).await?;
        self.federation.settle().await?;
        self.wait_for_awards(at(monday, 0, 9)?).await?;
        self.federation.set_clock(at(monday, 1, 10)?)?;
        self.wait_for_expiries().await?;
        for (node, desk) in self.federation.nodes.iter().zip(&self.desks) {
            desk::hand_out(node, desk).await?;
        }
        self.federation.settle().await?;
        for index in 0..self.federation.nodes.len() {
            self.confirm_carried(index, monday).await?;
        }
        if self.written.is_none() {
            self.written = relay::write(self.federation, narrator).await?;
            self.federation.settle().await?;
        }
        self.federation.set_clock(at(monday, 6, 20)?)?;
        for index in 0..self.federation.nodes.len() {
            self.drive(index, monday).await?;
        }
        for (node, desk) in self.federation.nodes.iter().zip(&mut self.desks) {
            desk::take_back(node, desk, narrator).await?;
        }
        self.federation.settle().await?;
        for index in 0..self.federation.nodes.len() {
            self.account(index).await?;
        }
        table::week(self.federation, monday, &before, &self.tallies, narrator)?;
        table::stories(self.federation, &std::mem::take(&mut self.stories), narrator)
    }

    /// A territory's requests of a week: asked on Monday, for Wednesday to Saturday.
    async fn requests(&mut self, index: usize, monday: Date) -> anyhow::Result<()> {
        let node = self.federation.nodes.get(index).context("no node")?;
        for _ in 0..node.territory.requests_a_week {
            let persons = self.persons.get(index).context("no people")?;
            let person =
                persons.get(self.generator.random_range(0..persons.len())).context("nobody")?.clone();
            let wanted = self.wanted(node, &person, monday)?;
            let mut trips = node::trips_client::TripsClient::new(node.local.clone());
            let reply = match trips.add_request(wanted).await {
                Ok(reply) => reply.into_inner(),
                Err(status) if status.code() == tonic::Code::InvalidArgument => continue,
                Err(status) => return Err(status.into()),
            };
            let ids: Vec<String> = reply.trips.iter().map(|trip| trip.id.clone()).collect();
            let first = ids.first().context("a request without trips")?.clone();
            self.asked.get_mut(index).context("no node")?.extend(ids);
            self.find_driver(node, &first, &person).await?;
        }
        Ok(())
    }

    /// Trips that series call for this week get a driver like any other.
    async fn series(&mut self, index: usize) -> anyhow::Result<()> {
        let node = self.federation.nodes.get(index).context("no node")?;
        let made = desk::due(node).await?;
        self.asked.get_mut(index).context("no node")?.extend(made.iter().cloned());
        let mut trips = node::trips_client::TripsClient::new(node.local.clone());
        for id in made {
            let trip = trips.show_trip(node::ShowTripRequest { id: id.clone() }).await?.into_inner();
            if trip.status == "requested" && trip.custody == "local" {
                let person = Person { id: trip.person.clone(), sharing: "ask" };
                self.find_driver(node, &id, &person).await?;
            }
        }
        Ok(())
    }

    /// In the second week somebody borrows the car.
    async fn lend(&mut self, monday: Date) -> anyhow::Result<()> {
        let begin: Timestamp = BEGIN.parse()?;
        let weeks = begin.to_zoned(paris()).date().until((jiff::Unit::Week, monday))?.get_weeks();
        if weeks != 1 {
            return Ok(());
        }
        for ((node, desk), persons) in self.federation.nodes.iter().zip(&mut self.desks).zip(&self.persons) {
            desk::lend(node, desk, persons, monday).await?;
        }
        Ok(())
    }

    fn wanted(
        &mut self,
        node: &Node,
        person: &Person,
        monday: Date,
    ) -> anyhow::Result<node::AddRequestRequest> {
        let day = monday.checked_add(i64::from(self.generator.random_range(2..6_i32)).days())?;
        let (commune, purpose) = self.destination(node)?;
        let hour = self.generator.random_range(9..16_i32);
        let minute = [0, 15, 30, 45].get(self.generator.random_range(0..4_usize)).copied().unwrap_or(0);
        let back = self.generator.random_bool(0.6);
        Ok(node::AddRequestRequest {
            person: person.id.clone(),
            pickup: None,
            dropoff: Some(node::Place { commune, address: "adresse fictive".into(), ..Default::default() }),
            arrive_by: format!("{day}T{hour:02}:{minute:02}"),
            pickup_at: String::new(),
            return_at: if back { format!("{day}T{:02}:{minute:02}", hour + 2) } else { String::new() },
            companions: u32::from(self.generator.random_bool(0.1)),
            purpose: purpose.to_owned(),
            // One of the territories serves on prescription; its desk signs for who comes by himself.
            access_reason: "demande de synthèse, sans prescripteur".to_owned(),
            ..Default::default()
        })
    }

    /// Half of the trips leave for Albi or Castres, the others for the main commune of the territory.
    fn destination(&mut self, node: &Node) -> anyhow::Result<(String, &'static str)> {
        if self.generator.random_bool(0.55) {
            let town = TOWNS.get(self.generator.random_range(0..TOWNS.len())).context("no town")?;
            return Ok(((*town).to_owned(), "health"));
        }
        let siren = node.territory.siren.parse().context("a territory")?;
        let territory = Geography::embedded().territory(&siren).context("a territory")?;
        Ok((territory.main_commune.to_string(), "shopping"))
    }

    /// Asks the best local drivers; offers to the neighbours when nobody can.
    async fn find_driver(&mut self, node: &Node, trip: &str, person: &Person) -> anyhow::Result<()> {
        let mut trips = node::trips_client::TripsClient::new(node.local.clone());
        let request = node::SuggestRequest { trip: trip.to_owned(), single: false };
        let suggested = trips.suggest(request).await?.into_inner();
        for candidate in suggested.candidates.iter().take(3) {
            let offer = node::OfferToDriverRequest {
                trip: trip.to_owned(),
                volunteer: candidate.volunteer.clone(),
                single: false,
                ..Default::default()
            };
            match trips.offer_to_driver(offer).await {
                Ok(_) => {}
                // Reserved for a neighbour's trip since the suggestion was made: the next one is asked.
                Err(status) if status.code() == tonic::Code::FailedPrecondition => continue,
                Err(status) => return Err(status.into()),
            }
            let both = node::TripRequest { trip: trip.to_owned(), single: false, ..Default::default() };
            if candidate.standing_yes || self.generator.random_bool(0.8) {
                trips.driver_accepts(both).await?;
                return Ok(());
            }
            trips
                .driver_refuses(node::DriverRefusesRequest {
                    trip: trip.to_owned(),
                    reason: "not-free".to_owned(),
                    single: false,
                })
                .await?;
        }
        let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
        for refusal in &suggested.refusals {
            let code = refusal.reason.as_ref().map(|reason| reason.code.clone()).unwrap_or_default();
            *reasons.entry(code).or_default() += 1;
        }
        if !suggested.candidates.is_empty() {
            let said_no = u32::try_from(suggested.candidates.len().min(3))?;
            reasons.insert("said-no".to_owned(), said_no);
        }
        self.why_nobody.insert(trip.to_owned(), reasons);
        let agrees =
            person.sharing == "always" || (person.sharing == "ask" && self.generator.random_bool(0.8));
        if agrees {
            let offer =
                node::OfferOutRequest { trip: trip.to_owned(), person_agrees: true, ..Default::default() };
            let mut handovers = node::handovers_client::HandoversClient::new(node.local.clone());
            handovers.offer_out(offer).await?;
        }
        Ok(())
    }

    /// The nodes choose among bids by themselves, and the chosen answer.
    async fn wait_for_awards(&self, mut now: Timestamp) -> anyhow::Result<()> {
        until("every bid has been answered", async || {
            self.federation.set_clock(now)?;
            now += SignedDuration::from_secs(1);
            for node in &self.federation.nodes {
                let open = open_handovers(node).await?;
                let undecided = |handover: &node::Handover| {
                    handover.direction == "outgoing"
                        && handover.state != "held"
                        && (!handover.bids.is_empty() || handover.state == "awarded")
                        && handover.uncertain_since.is_empty()
                };
                if open.iter().any(undecided) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
        self.accept_unconfirmed().await?;
        self.federation.settle().await
    }

    /// Bids that needed a person's confirmation: the coordinator calls the driver, who says yes.
    async fn accept_unconfirmed(&self) -> anyhow::Result<()> {
        self.federation.settle().await?;
        for node in &self.federation.nodes {
            for handover in open_handovers(node).await? {
                if handover.direction == "incoming" && handover.state == "awarded" {
                    let accept =
                        node::AcceptAwardRequest { id: handover.id.clone(), volunteer: String::new() };
                    let mut client = node::handovers_client::HandoversClient::new(node.local.clone());
                    // A firm bid has been accepted by the node itself in the meantime.
                    let _ = client.accept_award(accept).await;
                }
            }
        }
        Ok(())
    }

    /// Offers nobody bid for come back to their coordinator.
    async fn wait_for_expiries(&self) -> anyhow::Result<()> {
        until("unanswered offers have expired", async || {
            for node in &self.federation.nodes {
                let waiting =
                    |handover: &node::Handover| handover.direction == "outgoing" && handover.state != "held";
                if open_handovers(node).await?.iter().any(waiting) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// Trips taken from neighbours whose driver has been asked and not answered: the driver says yes.
    async fn confirm_carried(&self, index: usize, monday: Date) -> anyhow::Result<()> {
        let node = self.federation.nodes.get(index).context("no node")?;
        let mut client = node::trips_client::TripsClient::new(node.local.clone());
        for trip in of_week(node, monday).await? {
            if trip.custody == "carried-for-neighbour" && trip.status == "offered" {
                client
                    .driver_accepts(node::TripRequest { trip: trip.id, single: true, ..Default::default() })
                    .await?;
            }
        }
        Ok(())
    }

    /// What was promised is driven; what nobody could drive goes into the ledger of unmet need.
    async fn drive(&mut self, index: usize, monday: Date) -> anyhow::Result<()> {
        let node = self.federation.nodes.get(index).context("no node")?;
        let mut client = node::trips_client::TripsClient::new(node.local.clone());
        for trip in of_week(node, monday).await? {
            match (trip.status.as_str(), trip.custody.as_str()) {
                ("confirmed", _) if self.generator.random_bool(0.02) => {
                    client
                        .no_show(node::TripRequest { trip: trip.id, single: true, ..Default::default() })
                        .await?;
                }
                ("confirmed", _) => {
                    client.complete(node::CompleteRequest { trip: trip.id, ..Default::default() }).await?;
                }
                ("requested", "local") => {
                    let reason = "no-driver".to_owned();
                    client
                        .declare_unmet(node::DeclareUnmetRequest { trip: trip.id, reason, single: true })
                        .await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts how this week's trips ended, from the node's own books.
    async fn account(&mut self, index: usize) -> anyhow::Result<()> {
        let node = self.federation.nodes.get(index).context("no node")?;
        let asked = std::mem::take(self.asked.get_mut(index).context("no node")?);
        let tally = self.tallies.get_mut(index).context("no node")?;
        let mut client = node::trips_client::TripsClient::new(node.local.clone());
        for id in asked {
            let trip = client.show_trip(node::ShowTripRequest { id }).await?.into_inner();
            if let Some(why_nobody) = self.why_nobody.remove(&trip.id) {
                let driven_by = driven_by(node, &trip).await?;
                self.stories.push(Story { index, trip: trip.clone(), why_nobody, driven_by });
            }
            tally.trips += 1;
            match (trip.status.as_str(), trip.custody.as_str()) {
                ("completed" | "no-show", "local") => tally.local += 1,
                ("completed" | "no-show", _) => tally.handed_over += 1,
                (status, _) => {
                    let reason = if trip.reason.is_empty() { status.to_owned() } else { trip.reason };
                    *tally.unmet.entry(reason).or_default() += 1;
                }
            }
        }
        Ok(())
    }

    /// Closes a month at every node; the figures leave with noise.
    async fn close(&self, month: Month, narrator: &mut Narrator) -> anyhow::Result<()> {
        for node in &self.federation.nodes {
            let mut client = node::reports_client::ReportsClient::new(node.local.clone());
            client.close_month(node::PeriodRequest { period: month.to_string() }).await?;
            desk::close_statements(node, &month.to_string(), month.end().to_zoned(paris()).date()).await?;
        }
        self.federation.settle().await?;
        Ok(narrator.line("demo-month-closed", &[("month", month.to_string())])?)
    }
}

/// The neighbour that holds a trip.
async fn driven_by(node: &Node, trip: &node::Trip) -> anyhow::Result<String> {
    if trip.custody != "held-by-neighbour" {
        return Ok(String::new());
    }
    let mut client = node::handovers_client::HandoversClient::new(node.local.clone());
    let shown = client.show_handover(node::ShowHandoverRequest { id: trip.handover.clone() }).await?;
    Ok(shown.into_inner().partner_territory)
}

async fn open_handovers(node: &Node) -> anyhow::Result<Vec<node::Handover>> {
    let mut client = node::handovers_client::HandoversClient::new(node.local.clone());
    let request = node::ListHandoversRequest { limit: 500, open: true, after: String::new() };
    Ok(client.list_handovers(request).await?.into_inner().handovers)
}

async fn of_week(node: &Node, monday: Date) -> anyhow::Result<Vec<node::Trip>> {
    let mut client = node::trips_client::TripsClient::new(node.local.clone());
    let mut found = Vec::new();
    for day in 2..7_i64 {
        let day = monday.checked_add(day.days())?.to_string();
        let request = node::ListTripsRequest { day, limit: 500, ..Default::default() };
        found.extend(client.list_trips(request).await?.into_inner().trips);
    }
    Ok(found)
}

/// An instant of the week that begins on a Monday: day from 0, civil hour in Paris.
fn at(monday: Date, day: i64, hour: i8) -> anyhow::Result<Timestamp> {
    let date = monday.checked_add(SignedDuration::from_hours(24 * day))?;
    Ok(date.at(hour, 0, 0, 0).to_zoned(paris())?.timestamp())
}
