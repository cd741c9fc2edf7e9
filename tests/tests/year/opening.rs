//! What a platform sets up before its first day: its association, official tables, models, receipts, vehicles. The table
//! of urban units here is a synthetic extract: real communes, and units that hold their neighbours only roughly.

use std::fmt::Write as _;

use jiff::civil::Date;
use maillage_proto::node::v1 as node;
use maillage_tests::node::place;

use crate::{
    cast::{AMOUNTS, COMMUNES, REALMONT, RULES, STATIONS},
    platform::Platform,
};

/// The fleet: label, category, seats, whose, price per day in cents.
const FLEET: [(&str, &str, u32, &str, i64); 5] = [
    ("Minibus (synthétique)", "minibus", 9, "own", 0),
    ("Citadine (synthétique)", "car", 5, "own", 500),
    ("Voiture prêtée (synthétique)", "car", 4, "lent-by-commune", 300),
    ("Scooter (synthétique)", "scooter", 2, "own", 200),
    ("Vélo (synthétique)", "electric-bike", 1, "own", 150),
];

/// What the platform has once it is open.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// The carrying association.
    pub(crate) carrier: String,
    /// The fleet, in the order of [`FLEET`].
    pub(crate) fleet: Vec<String>,
    /// Every model of the catalogue with its amounts, as the node gives it out (JSON), before any amount of its own.
    pub(crate) models: Vec<node::ParticipationModel>,
}

/// Sets everything up.
pub(crate) async fn open(platform: &Platform) -> anyhow::Result<Opened> {
    let carrier = carrier(platform).await?;
    tables(platform).await?;
    let models = platform.models().list_models(node::ListModelsRequest {}).await?.into_inner().models;
    choices(platform).await?;
    let issuer = node::Issuer {
        name: "Association fictive (synthétique)".to_owned(),
        address: "1 rue Imaginaire, Réalmont".to_owned(),
        identifier: "W811000000".to_owned(),
        object: "transport solidaire".to_owned(),
        quality: "general-interest".to_owned(),
        signatory: "Trésorière fictive".to_owned(),
        tax_rate_percent: 66,
        ..Default::default()
    };
    let issuer = node::SetIssuerRequest { issuer: Some(issuer), ..Default::default() };
    platform.money().set_issuer(issuer).await?;
    let mut fleet = Vec::new();
    for (label, category, seats, ownership, rate_cents) in FLEET {
        let details = node::AssetDetails {
            label: label.to_owned(),
            category: category.to_owned(),
            seats,
            ownership: ownership.to_owned(),
            rate_per: if rate_cents > 0 { "day".to_owned() } else { String::new() },
            rate_cents,
            deposit_cents: 10_000,
            ..Default::default()
        };
        let new =
            node::AddAssetRequest { details: Some(details), odometer_m: 10_000_000, ..Default::default() };
        fleet.push(platform.fleet().add_asset(new).await?.into_inner().id);
    }
    Ok(Opened { carrier, fleet, models })
}

async fn carrier(platform: &Platform) -> anyhow::Result<String> {
    let carrier = node::Carrier {
        name: "Association fictive (synthétique)".to_owned(),
        form: "association".to_owned(),
        rna: "W811000000".to_owned(),
        address: Some(place(REALMONT, "1 rue Imaginaire")),
        object: "transport solidaire".to_owned(),
        tax_rate: "66".to_owned(),
        headcounts: vec![node::Headcount { year: 2026, employees: 2, volunteers: 12, members: 57 }],
        ..Default::default()
    };
    let new = node::AddCarrierRequest { carrier: Some(carrier), ..Default::default() };
    Ok(platform.legal().add_carrier(new).await?.into_inner().id)
}

async fn tables(platform: &Platform) -> anyhow::Result<()> {
    // Réalmont is a small unit of its own, the other communes are rural.
    let unit = |commune: &str| if commune == REALMONT { "81204;3400" } else { "81000;" };
    // Of each unit some communes alone: how many live in the whole of it (rounded) is told.
    let mut units =
        "insee;unite_urbaine_2020;population_uu\n81004;81501;73000\n81257;81501;73000\n81065;81402;42000\n\
                     81105;81403;12900\n31555;31701;1050000\n"
            .to_owned();
    for commune in COMMUNES {
        writeln!(units, "{commune};{}", unit(commune))?;
    }
    let stations: Vec<String> =
        STATIONS.iter().map(|(commune, name)| format!("{commune};{name}\n")).collect();
    let stations = format!("insee;nom\n{}", stations.concat());
    for (table, content) in [("urban-units", units), ("interchanges", stations)] {
        let import = node::ImportReferenceRequest {
            table: table.to_owned(),
            source: "extrait synthétique".to_owned(),
            content: content.into_bytes(),
            dry_run: false,
        };
        let done = platform.reference().import_reference(import).await?.into_inner();
        anyhow::ensure!(done.bad_lines.is_empty(), "{table}: {:?}", done.bad_lines);
    }
    Ok(())
}

async fn choices(platform: &Platform) -> anyhow::Result<()> {
    for (commune, from, model) in RULES {
        let (commune, from, model) = (commune.to_owned(), from.to_string(), model.to_owned());
        platform
            .models()
            .add_model_rule(node::ModelRule {
                commune,
                from,
                model,
                service: String::new(),
                ..Default::default()
            })
            .await?;
    }
    let (model, from, rate, compensation): (&str, Date, u32, u32) = AMOUNTS;
    let amounts = node::LocalParameters {
        model: model.to_owned(),
        from: from.to_string(),
        rate_cents: Some(rate),
        compensation_cents: Some(compensation),
        ..Default::default()
    };
    platform.models().set_parameters(amounts).await?;
    Ok(())
}
