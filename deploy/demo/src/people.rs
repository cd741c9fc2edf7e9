//! Synthetic people: drawn from the real communes of a territory in proportion to their population, with a fixed seed,
//! and named so that nobody takes them for real.

use anyhow::Context as _;
use maillage_geography::{Commune, Geography};
use maillage_proto::node::v1 as node;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

use crate::processes::Node;

const AVAILABILITIES: [&str; 4] = [
    "mer 08:00-19:00,jeu 08:00-19:00,ven 08:00-19:00,sam 08:00-19:00",
    "mer 08:00-19:00,ven 08:00-19:00",
    "jeu 08:00-13:00,ven 13:00-19:00,sam 08:00-19:00",
    "mer 08:00-19:00,jeu 08:00-19:00",
];

/// One person of the demo, as far as the play must know.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Identifier at the node.
    pub(crate) id: String,
    /// May neighbours be asked.
    pub(crate) sharing: &'static str,
}

/// Registers volunteers and beneficiaries at a node.
pub(crate) async fn settle_in(node: &Node, generator: &mut ChaCha20Rng) -> anyhow::Result<Vec<Person>> {
    let siren = node.territory.siren.parse().context("a territory of the demo")?;
    let communes: Vec<&Commune> = Geography::embedded().communes_of(&siren).collect();
    let mut client = node::people_client::PeopleClient::new(node.local.clone());
    for number in 1..=node.territory.volunteers {
        client.add_volunteer(volunteer(number, &communes, generator)?).await?;
    }
    let mut persons = Vec::new();
    for number in 1..=node.territory.persons {
        let sharing = match generator.random_range(0..10) {
            0..7 => "always",
            7..9 => "ask",
            _ => "never",
        };
        let request = person(number, sharing, &communes, generator)?;
        let added = client.add_person(request).await?.into_inner();
        persons.push(Person { id: added.id, sharing });
    }
    Ok(persons)
}

fn volunteer(
    number: u32,
    communes: &[&Commune],
    generator: &mut ChaCha20Rng,
) -> anyhow::Result<node::AddVolunteerRequest> {
    let adapted = number.is_multiple_of(4);
    let mut accepts = vec!["walking-aid", "hearing", "visual", "companion", "door-to-door", "luggage"];
    if adapted {
        accepts.push("wheelchair-manual");
    }
    let vehicle = node::Vehicle {
        label: "voiture fictive".to_owned(),
        seats: 4,
        wheelchair_places: u32::from(adapted),
        fiscal_power: 4 + number % 3,
        electric: number.is_multiple_of(3),
        ..Default::default()
    };
    let availability = AVAILABILITIES.get(generator.random_range(0..AVAILABILITIES.len()));
    Ok(node::AddVolunteerRequest {
        name: format!("Bénévole fictif {number:02} (synthétique)"),
        phone: "05 00 00 00 01".to_owned(),
        home: Some(place(communes, generator)?),
        accepts: accepts.into_iter().map(str::to_owned).collect(),
        availability: availability.copied().unwrap_or_default().to_owned(),
        max_trip_m: 0,
        standing_yes: generator.random_bool(0.6),
        outside: false,
        vehicles: vec![vehicle],
        documents: insurance(number),
        even_if_duplicate: true,
        ..Default::default()
    })
}

/// The first volunteer's insurer has agreed until October only: from then on the node asks the others.
fn insurance(number: u32) -> Vec<node::Document> {
    let valid_until = if number == 1 { "2026-10-18" } else { "2027-06-30" };
    vec![node::Document {
        kind: "insurer-acceptance".to_owned(),
        seen_on: "2026-06-30".to_owned(),
        valid_until: valid_until.to_owned(),
        ..Default::default()
    }]
}

fn person(
    number: u32,
    sharing: &str,
    communes: &[&Commune],
    generator: &mut ChaCha20Rng,
) -> anyhow::Result<node::AddPersonRequest> {
    let needs: Vec<String> = match generator.random_range(0..10) {
        0 => vec!["wheelchair-manual".to_owned()],
        1..4 => vec!["walking-aid".to_owned()],
        _ => Vec::new(),
    };
    Ok(node::AddPersonRequest {
        name: format!("Personne fictive {number:03} (synthétique)"),
        phone: "05 00 00 00 02".to_owned(),
        home: Some(place(communes, generator)?),
        needs,
        sharing: sharing.to_owned(),
        statistics_objection: generator.random_bool(0.03),
        // Invented people resemble one another more than real ones do.
        even_if_duplicate: true,
        ..Default::default()
    })
}

/// A place in a commune drawn in proportion to its population.
fn place(communes: &[&Commune], generator: &mut ChaCha20Rng) -> anyhow::Result<node::Place> {
    let total: u32 = communes.iter().map(|commune| commune.population).sum();
    let mut drawn = generator.random_range(0..total.max(1));
    for commune in communes {
        if drawn < commune.population {
            return Ok(node::Place {
                commune: commune.insee.to_string(),
                address: "adresse fictive".to_owned(),
                commune_name: String::new(),
            });
        }
        drawn -= commune.population;
    }
    anyhow::bail!("a territory without inhabitants")
}
