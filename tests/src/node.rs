//! One node of a federation under test: its process, its wire to the hub, and what its coordinator asks of it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use maillage_proto::node::v1::{
    self as proto, agreements_client::AgreementsClient, handovers_client::HandoversClient,
    people_client::PeopleClient, reports_client::ReportsClient, settlements_client::SettlementsClient,
    status_client::StatusClient, trips_client::TripsClient,
};

use crate::{
    programs::{Local, Programs, Role, Serving, answering},
    proxy::Proxy,
};

/// A node.
#[derive(Debug)]
pub struct Node {
    /// SIREN of its territory.
    pub territory: &'static str,
    /// Its data directory.
    pub data: PathBuf,
    /// Its identifier in the federation.
    pub id: String,
    /// Its wire to the hub.
    pub wire: Proxy,
    pub(crate) programs: Programs,
    pub(crate) clock: PathBuf,
    pub(crate) log: PathBuf,
    running: Option<(Serving, Local)>,
}

/// How a node is made.
pub(crate) struct NewNode<'a> {
    pub(crate) territory: &'static str,
    pub(crate) root: &'a Path,
    pub(crate) programs: &'a Programs,
    pub(crate) clock: &'a Path,
    pub(crate) enrolment: &'a str,
    pub(crate) wire: Proxy,
}

impl Node {
    /// Initialises and enrols a node, and starts it with its wire in between.
    pub(crate) async fn enrolled(new: NewNode<'_>) -> anyhow::Result<Self> {
        let NewNode { territory, root, programs, clock, enrolment, wire } = new;
        let data = root.join(territory);
        programs
            .done(Role::Node, &data, &["init", "--territory", territory, "--phone", "05 00 00 00 00"])
            .await?;
        let clock_text = clock.to_str().context("a path that is no text")?;
        let joined =
            programs.json(Role::Node, &data, &["join", enrolment, "--clock-file", clock_text]).await?;
        let id = joined.get("node_id").and_then(serde_json::Value::as_str).context("no id")?.to_owned();
        through_wire(&data, &wire)?;
        let mut node = Self {
            territory,
            log: root.join(format!("{territory}.log")),
            data,
            id,
            wire,
            programs: programs.clone(),
            clock: clock.to_owned(),
            running: None,
        };
        node.start().await?;
        Ok(node)
    }

    /// Starts the process and waits until it answers.
    ///
    /// # Errors
    /// It does not answer in time.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.running.is_none(), "{} runs already", self.territory);
        let clock = self.clock.to_str().context("a path that is no text")?;
        let any = "127.0.0.1:0";
        let words = ["--api-listen", any, "--console-listen", any, "--clock-file", clock];
        let mut serving = self.programs.serve(Role::Node, &self.data, &words, &self.log)?;
        let local = answering(Role::Node, &self.data, &mut serving).await?;
        self.running = Some((serving, local));
        Ok(())
    }

    /// Kills the process as a power cut would.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let (serving, _) = self.running.take().context("the node does not run")?;
        serving.kill().await
    }

    /// Asks the process to end, and waits until it has.
    ///
    /// # Errors
    /// It does not run, or does not end well.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let (serving, _) = self.running.take().context("the node does not run")?;
        serving.stop().await
    }

    /// Whether its process runs.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// What it logged so far.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> anyhow::Result<Vec<u8>> {
        Ok(std::fs::read(&self.log)?)
    }

    /// Makes an account with a role, and gives the link by which its password is chosen.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn console_link(&self, label: &str, role: &str) -> anyhow::Result<String> {
        let add = ["account", "add", label, "--role", role];
        self.programs.json(Role::Node, &self.data, &add).await?;
        let link = self.programs.json(Role::Node, &self.data, &["account", "link", label]).await?;
        Ok(link.get("link").and_then(serde_json::Value::as_str).context("no link")?.to_owned())
    }

    /// Its local interface.
    ///
    /// # Errors
    /// It does not run.
    pub fn local(&self) -> anyhow::Result<Local> {
        let (_, local) = self.running.as_ref().context("the node does not run")?;
        Ok(local.clone())
    }

    /// Beneficiaries and volunteers.
    ///
    /// # Errors
    /// It does not run.
    pub fn people(&self) -> anyhow::Result<PeopleClient<Local>> {
        Ok(PeopleClient::new(self.local()?))
    }

    /// Requests and trips.
    ///
    /// # Errors
    /// It does not run.
    pub fn trips(&self) -> anyhow::Result<TripsClient<Local>> {
        Ok(TripsClient::new(self.local()?))
    }

    /// Handovers.
    ///
    /// # Errors
    /// It does not run.
    pub fn handovers(&self) -> anyhow::Result<HandoversClient<Local>> {
        Ok(HandoversClient::new(self.local()?))
    }

    /// Agreements.
    ///
    /// # Errors
    /// It does not run.
    pub fn agreements(&self) -> anyhow::Result<AgreementsClient<Local>> {
        Ok(AgreementsClient::new(self.local()?))
    }

    /// Months with other members.
    ///
    /// # Errors
    /// It does not run.
    pub fn settlements(&self) -> anyhow::Result<SettlementsClient<Local>> {
        Ok(SettlementsClient::new(self.local()?))
    }

    /// Reports.
    ///
    /// # Errors
    /// It does not run.
    pub fn reports(&self) -> anyhow::Result<ReportsClient<Local>> {
        Ok(ReportsClient::new(self.local()?))
    }

    /// How the node is.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn status(&self) -> anyhow::Result<proto::NodeStatus> {
        let mut client = StatusClient::new(self.local()?);
        Ok(client.show_status(proto::ShowStatusRequest {}).await?.into_inner())
    }

    /// Its workers.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn jobs(&self) -> anyhow::Result<Vec<proto::Job>> {
        let mut client = StatusClient::new(self.local()?);
        Ok(client.list_jobs(proto::ListJobsRequest {}).await?.into_inner().jobs)
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Changes what the node does by itself.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn set_policy(&self, change: impl FnOnce(&mut proto::Policy)) -> anyhow::Result<()> {
        let mut policy = self.status().await?.policy.context("no policy")?;
        change(&mut policy);
        StatusClient::new(self.local()?).set_policy(policy).await?;
        Ok(())
    }

    /// Handovers it knows, newest first.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn all_handovers(&self, open: bool) -> anyhow::Result<Vec<proto::Handover>> {
        let request = proto::ListHandoversRequest { limit: 500, open, after: String::new() };
        Ok(self.handovers()?.list_handovers(request).await?.into_inner().handovers)
    }

    /// One handover, if it knows it.
    ///
    /// # Errors
    /// It does not run or does not answer.
    pub async fn handover(&self, id: &str) -> anyhow::Result<Option<proto::Handover>> {
        Ok(self.all_handovers(false).await?.into_iter().find(|handover| handover.id == id))
    }

    /// One trip.
    ///
    /// # Errors
    /// It does not run or does not know the trip.
    pub async fn trip(&self, id: &str) -> anyhow::Result<proto::Trip> {
        Ok(self.trips()?.show_trip(proto::ShowTripRequest { id: id.to_owned() }).await?.into_inner())
    }

    /// Registers a volunteer who drives every day from seven to ten, accepts the usual needs, and may be promised
    /// without asking if told so.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn volunteer(&self, commune: &str, standing_yes: bool) -> anyhow::Result<proto::Volunteer> {
        let days = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"];
        let week: Vec<String> = days.iter().map(|day| format!("{day} 05:00-23:00")).collect();
        let request = proto::AddVolunteerRequest {
            name: "Bénévole fictif".to_owned(),
            phone: "05 00 00 00 01".to_owned(),
            home: Some(place(commune, "adresse fictive")),
            seats: 4,
            accepts: vec!["walking-aid".to_owned()],
            availability: week.join(","),
            standing_yes,
            even_if_duplicate: true,
            ..Default::default()
        };
        Ok(self.people()?.add_volunteer(request).await?.into_inner())
    }

    /// A new person asks for a ride to a commune, there by a civil time, and back at another unless it is empty. A
    /// person each, so that the bound on what one adds to a report never bites.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn request(&self, wanted: Wanted<'_>) -> anyhow::Result<Vec<proto::Trip>> {
        let person = proto::AddPersonRequest {
            name: wanted.name.to_owned(),
            phone: wanted.phone.to_owned(),
            home: Some(place(wanted.from, wanted.street)),
            needs: wanted.needs.iter().map(|need| (*need).to_owned()).collect(),
            sharing: "always".to_owned(),
            driver_notes: wanted.notes.to_owned(),
            even_if_duplicate: true,
            ..Default::default()
        };
        let person = self.people()?.add_person(person).await?.into_inner();
        let request = proto::AddRequestRequest {
            person: person.id,
            dropoff: Some(place(wanted.to, wanted.destination)),
            arrive_by: wanted.arrive_by.to_owned(),
            return_at: wanted.return_at.to_owned(),
            purpose: "health".to_owned(),
            ..Default::default()
        };
        Ok(self.trips()?.add_request(request).await?.into_inner().trips)
    }

    /// Offers a trip and its sibling to the neighbours.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn offer_out(&self, trip: &str, reply_within_min: u32) -> anyhow::Result<proto::Handover> {
        let offer = proto::OfferOutRequest {
            trip: trip.to_owned(),
            reply_within_min,
            person_agrees: true,
            single: false,
            ..Default::default()
        };
        Ok(self.handovers()?.offer_out(offer).await?.into_inner())
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Name of the person.
    pub name: &'a str,
    /// Phone.
    pub phone: &'a str,
    /// Commune of the home, INSEE code.
    pub from: &'a str,
    /// Street of the home.
    pub street: &'a str,
    /// Commune of destination, INSEE code.
    pub to: &'a str,
    /// Street of the destination.
    pub destination: &'a str,
    /// To be there by, civil time of Europe/Paris.
    pub arrive_by: &'a str,
    /// To be fetched for the way back; empty for none.
    pub return_at: &'a str,
    /// Codes of needs.
    pub needs: &'a [&'a str],
    /// What the driver should know.
    pub notes: &'a str,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self {
            name: "Personne fictive",
            phone: "05 00 00 00 02",
            from: "",
            street: "adresse fictive",
            to: "81004",
            destination: "adresse fictive",
            arrive_by: "",
            return_at: "",
            needs: &[],
            notes: "",
        }
    }
}

/// A place.
pub fn place(commune: &str, address: &str) -> proto::Place {
    proto::Place { commune: commune.to_owned(), address: address.to_owned(), ..Default::default() }
}

/// Puts a wire between a node that has joined and its hub.
fn through_wire(data: &Path, wire: &Proxy) -> anyhow::Result<()> {
    let path = data.join("identity").join("federation.json");
    let mut description: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    *description.get_mut("hub_url").context("no hub_url")? = serde_json::Value::from(wire.url());
    // Written in place: the file keeps its permissions.
    Ok(std::fs::write(&path, serde_json::to_vec(&description)?)?)
}
