//! The tables the demo ends with. Figures come from the nodes and the hub; nothing is computed here but sums and shares.

use jiff::civil::Date;
use maillage_geography::Geography;
use maillage_platform::i18n::Language;
use maillage_proto::{hub::v1 as hub, node::v1 as node};

use crate::{
    narrate::Narrator,
    play::{Story, Tally},
    processes::{Federation, Node},
};

/// What happened in a week, one line a territory.
pub(crate) fn week(
    federation: &Federation,
    monday: Date,
    before: &[Tally],
    after: &[Tally],
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    narrator.line("demo-week", &[("monday", monday.strftime("%d/%m/%Y").to_string())])?;
    for ((node, before), after) in federation.nodes.iter().zip(before).zip(after) {
        let unmet = after.unmet.values().sum::<u32>() - before.unmet.values().sum::<u32>();
        narrator.line(
            "demo-week-territory",
            &[
                ("name", padded(&name(node), 38)),
                ("trips", format!("{:>3}", after.trips - before.trips)),
                ("local", format!("{:>3}", after.local - before.local)),
                ("handed", format!("{:>3}", after.handed_over - before.handed_over)),
                ("unmet", format!("{unmet:>3}")),
            ],
        )?;
    }
    Ok(())
}

/// What became of trips nobody could drive at home, and why nobody could.
pub(crate) fn stories(
    federation: &Federation,
    stories: &[Story],
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    for story in stories {
        let why: Vec<String> = story
            .why_nobody
            .iter()
            .map(|(code, count)| format!("{count} {}", narrator.text(&format!("demo-why-{code}"), &[])))
            .collect();
        let commune = |place: &Option<node::Place>| place.clone().unwrap_or_default().commune_name;
        let key = if story.driven_by.is_empty() { "demo-story-unmet" } else { "demo-story-handed-over" };
        narrator.line(
            key,
            &[
                ("territory", federation.nodes.get(story.index).map(name).unwrap_or_default()),
                ("from", commune(&story.trip.pickup)),
                ("to", commune(&story.trip.dropoff)),
                ("why", why.join(", ")),
                ("by", story.driven_by.clone()),
            ],
        )?;
    }
    Ok(())
}

/// What happened at each territory over the whole play, from its own books.
pub(crate) fn territories(
    federation: &Federation,
    tallies: &[Tally],
    narrator: &mut Narrator,
) -> anyhow::Result<()> {
    narrator.line("demo-territories", &[])?;
    for (node, tally) in federation.nodes.iter().zip(tallies) {
        let reasons: Vec<String> = tally
            .unmet
            .iter()
            .map(|(code, count)| format!("{} {count}", narrator.text(&format!("demo-unmet-{code}"), &[])))
            .collect();
        narrator.line(
            "demo-territory",
            &[
                ("name", padded(&name(node), 38)),
                ("trips", format!("{:>4}", tally.trips)),
                ("local", format!("{:>4}", tally.local)),
                ("handed", format!("{:>4}", tally.handed_over)),
                ("unmet", reasons.join(", ")),
            ],
        )?;
    }
    Ok(())
}

/// The national table by participation model, as the hub has it.
pub(crate) async fn national(federation: &Federation, narrator: &mut Narrator) -> anyhow::Result<()> {
    let mut client = hub::statistics_client::StatisticsClient::new(federation.hub.clone());
    let totals = client.totals(hub::TotalsRequest::default()).await?.into_inner();
    narrator.line("demo-national", &[])?;
    for model in totals.models {
        let title = match narrator.language() {
            Language::French => model.name_fr,
            Language::English => model.name_en,
        };
        narrator.plain(&format!("  {title}"))?;
        for cell in model.cells {
            let label = narrator.text(&format!("demo-cell-{}", cell.cell), &[]);
            narrator.plain(&format!("    {} {:>6} ± {}", padded(&label, 26), cell.total, cell.noise_2sd))?;
        }
        let args = [("territories", model.territories.to_string()), ("reports", model.reports.to_string())];
        narrator.line("demo-national-basis", &args)?;
        if !model.publishable {
            let because = narrator.text(&format!("demo-not-{}", model.not_publishable_because), &[]);
            narrator.line("demo-not-publishable", &[("because", because)])?;
        }
    }
    Ok(narrator.line("demo-national-note", &[])?)
}

/// Where everything is and how to look around.
pub(crate) fn explore(federation: &Federation, keep: bool, narrator: &mut Narrator) -> anyhow::Result<()> {
    narrator.line("demo-where", &[("path", federation.root.display().to_string())])?;
    if !keep {
        return Ok(narrator.line("demo-keep-hint", &[])?);
    }
    let program = std::env::current_exe()?.display().to_string();
    narrator.line("demo-explore", &[])?;
    let hub = federation.hub_data.display();
    for words in ["status", "nodes list", "threads list", "totals"] {
        narrator.plain(&format!("  {program} {} --data {hub} {words}", crate::AS_HUB))?;
    }
    if let Some(node) = federation.nodes.first() {
        let data = node.data.display();
        for words in [
            "status",
            "person list",
            "trip list --open",
            "handover list",
            "models compare --period 2026-11",
            "table list",
            "jobs list",
        ] {
            narrator.plain(&format!("  {program} {} --data {data} {words}", crate::AS_NODE))?;
        }
    }
    Ok(narrator.line("demo-stop-hint", &[])?)
}

/// Short name of a node's territory.
pub(crate) fn name(node: &Node) -> String {
    let territory = node.territory.siren.parse().ok();
    let territory = territory.and_then(|siren| Geography::embedded().territory(&siren));
    territory.map_or_else(|| node.territory.folder.to_owned(), |territory| territory.short_name.clone())
}

fn padded(text: &str, width: usize) -> String {
    let short: String = text.chars().take(width).collect();
    format!("{short:<width$}")
}
