//! A country around the three territories: made-up nodes of other real territories join the same hub and send two years of reports, so that
//! there is something to compare. It must never be shown without the word synthetic.

use std::{sync::Arc, time::Instant};

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _};
use maillage_federation::{half_year::HalfYear, month::Month};
use maillage_geography::{Geography, Siren};
use maillage_platform::clock::{Clock, FileClock};
use maillage_proto::hub::v1 as hub;
use maillage_simulation::{
    member::{Member, Source},
    plan::{self, MODELS, Plan, Planned, Wanted},
    reports,
};

use crate::{country::TERRITORIES, narrate::Narrator, processes::Federation};

/// How many territories are made up.
const MADE_UP: usize = 90;
/// Half-years that they report, and what one model is made to do.
const HALF_YEARS: usize = 4;
const EFFECT: f64 = 0.6;
/// Nodes that join, or send, at once.
const AT_ONCE: usize = 8;

/// Makes up a country, sends its reports and shows what the hub makes of all.
pub(crate) async fn show(federation: &Federation, seed: u64, narrator: &mut Narrator) -> anyhow::Result<()> {
    let without = TERRITORIES.iter().map(|territory| territory.siren.parse::<Siren>());
    let clock: Arc<dyn Clock> = Arc::new(FileClock::open(federation.clock())?);
    let wanted = Wanted {
        seed,
        territories: MADE_UP,
        without: without.collect::<Result<_, _>>().context("a territory of the demo")?,
        until: plan::before(HalfYear::of(Month::of(clock.now()))),
        half_years: HALF_YEARS,
        effect: EFFECT,
    };
    let plan = Plan::make(&wanted, Geography::embedded())?;
    narrator.line(
        "demo-nation",
        &[("number", MADE_UP.to_string()), ("model", MODELS[1].to_owned()), ("seed", seed.to_string())],
    )?;
    let begun = Instant::now();
    let mut tickets = Vec::new();
    let mut admin = hub::admin_client::AdminClient::new(federation.hub.clone());
    for Planned { siren, .. } in &plan.territories {
        let request = hub::InviteRequest { territory: siren.to_string(), valid_hours: 0, by: String::new() };
        tickets.push(admin.invite(request).await?.into_inner().enrolment_string);
    }
    let clock = &clock;
    let play = |(number, (planned, ticket)): (usize, (&Planned, String))| {
        let sent = reports::of(&plan, planned);
        async move {
            let sent = sent?.reports;
            let number_of_reports = sent.len();
            let mut member = Member::join(&ticket, Source::of(number), Arc::clone(clock)).await?;
            member.report(sent).await?;
            anyhow::Ok((member.name(), number_of_reports))
        }
    };
    let all = futures_util::stream::iter(plan.territories.iter().zip(tickets).enumerate()).map(play);
    let sent: Vec<(String, usize)> = all.buffer_unordered(AT_ONCE).try_collect().await?;
    let (nodes, sent): (Vec<String>, Vec<usize>) = sent.into_iter().unzip();
    narrator.line(
        "demo-nation-sent",
        &[
            ("reports", sent.iter().sum::<usize>().to_string()),
            ("seconds", format!("{:.0}", begun.elapsed().as_secs_f64())),
        ],
    )?;
    federation.hub_says(&["--lang", narrator.language().code(), "statistics", "compare"]).await?;
    // Nobody answers there: who goes on playing must not hand a trip over to them.
    for id in nodes {
        admin.revoke_node(hub::RevokeNodeRequest { id, by: String::new() }).await?;
    }
    Ok(())
}
