//! `dispatch`: who could drive a trip within the rounds of its day, plans of whole days, what to do when a driver drops
//! out, and the roads all of it is planned on. Must never plan anything itself.

mod rules;

use clap::{Args, Subcommand};
use maillage_proto::node::v1::{self as proto, planning_client::PlanningClient};

use super::{
    arguments::OneTrip,
    failure::CommandError,
    roads::{self, Roads},
    seen::Seen,
    session::Session,
    words::Words,
};

/// Millimetre-equivalents of a hundred metre-equivalents.
const HUNDRED_METRES: i64 = 100_000;

#[derive(Debug, Subcommand)]
pub(super) enum Dispatch {
    Suggest(OneTrip),
    WhyNot {
        id: String,
        #[arg(long, value_name = "ID")]
        volunteer: String,
    },
    Plan {
        #[command(flatten)]
        plan: PlanArguments,
        #[arg(long, value_name = "N")]
        days: Option<u32>,
    },
    Show {
        #[arg(value_name = "YYYY-MM-DD")]
        day: String,
    },
    Accept {
        #[arg(value_name = "YYYY-MM-DD")]
        day: String,
        #[arg(long, value_name = "ID")]
        plan: String,
        #[arg(long, value_name = "N", value_delimiter = ',')]
        line: Vec<u32>,
    },
    Rules {
        #[arg(value_name = "YYYY-MM-DD")]
        day: Option<String>,
    },
    SetRules {
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<String>,
        #[arg(long, value_name = "NAME=N", required = true, value_parser = number)]
        set: Vec<(String, u32)>,
        #[command(flatten)]
        seen: Seen,
    },
    Repair {
        #[command(flatten)]
        plan: PlanArguments,
        #[arg(long, value_name = "ID")]
        without: String,
    },
    #[command(flatten)]
    Roads(Roads),
}

/// Which day, and how hard to search.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    #[arg(value_name = "YYYY-MM-DD")]
    day: String,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    iterations: u64,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    seed: u64,
}

/// A number with its name.
fn number(text: &str) -> Result<(String, u32), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "NAME=N".to_owned())?;
    let value = value.trim().parse().map_err(|_| "NAME=N".to_owned())?;
    Ok((name.trim().to_owned(), value))
}

/// Runs a command about days.
pub(super) async fn dispatch(session: &mut Session<'_>, command: Dispatch) -> Result<(), CommandError> {
    let mut client = session.client(PlanningClient::with_interceptor).await?;
    match command {
        Dispatch::Suggest(OneTrip { id, single }) => {
            let request = proto::SuggestInDayRequest { trip: id, single, limit: 0 };
            show_answer(session, &client.suggest_in_day(request).await?.into_inner())
        }
        Dispatch::WhyNot { id, volunteer } => {
            let request = proto::WhyNotRequest { trip: id, volunteer };
            let reply = client.why_not(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            if reply.possible {
                session.line("dispatch-possible", &[])?;
            } else {
                let why = session.words().obstacle(&reply.code, reply.missing);
                session.line("dispatch-not-possible", &[("why", why.into())])?;
            }
            roads::show_source(session, &reply.distance_source)
        }
        Dispatch::Plan { plan: PlanArguments { day, iterations, seed }, days: None } => {
            let request = proto::PlanDayRequest { day, iterations, seed };
            show_plan(session, &client.plan_day(request).await?.into_inner())
        }
        Dispatch::Plan { plan: PlanArguments { day, iterations, seed }, days: Some(days) } => {
            let request = proto::PlanDaysRequest { day, days, iterations, seed };
            show_plans(session, &client.plan_days(request).await?.into_inner())
        }
        Dispatch::Show { day } => {
            show_plan(session, &client.show_plan(proto::ShowPlanRequest { day }).await?.into_inner())
        }
        Dispatch::Accept { day, plan, line } => {
            let request = proto::AcceptPlanRequest { day, plan, lines: line };
            show_accepted(session, &client.accept_plan(request).await?.into_inner())
        }
        Dispatch::Rules { day } => {
            let request = proto::ShowPlanRulesRequest { day: day.unwrap_or_default() };
            rules::show(session, &client.show_plan_rules(request).await?.into_inner())
        }
        Dispatch::SetRules { from, set, seen } => {
            let from_day = from.unwrap_or_default();
            let present = async || {
                let request = proto::ShowPlanRulesRequest { day: from_day.clone() };
                Ok::<_, CommandError>(client.show_plan_rules(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let number = |(name, value)| proto::PlanNumber { name, value, least: 0, most: 0 };
            let numbers = set.into_iter().map(number).collect();
            let request = proto::SetPlanRulesRequest { from_day, numbers, etag };
            rules::show(session, &client.set_plan_rules(request).await?.into_inner())
        }
        Dispatch::Repair { plan: PlanArguments { day, iterations, seed }, without } => {
            let request = proto::DropOutRequest { volunteer: without, day, iterations, seed };
            let reply = client.drop_out(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            let released = i64::try_from(reply.released.len()).unwrap_or(i64::MAX);
            session.line("dispatch-released", &[("number", released.into())])?;
            show_plan(session, &reply.plan.unwrap_or_default())
        }
        Dispatch::Roads(command) => roads::roads(session, command).await,
    }
}

pub(super) fn show_answer(
    session: &mut Session<'_>,
    reply: &proto::SuggestInDayReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    if reply.candidates.is_empty() {
        session.line("suggest-nobody", &[])?;
    } else {
        session.line("suggest-candidates", &[])?;
        let rows: Vec<Vec<String>> = reply.candidates.iter().map(|found| candidate(words, found)).collect();
        session.columns(&CANDIDATE_HEADINGS, &rows)?;
    }
    if !reply.relaxations.is_empty() {
        session.line("dispatch-relaxations", &[])?;
        let row = |relaxation: &proto::Relaxation| {
            let then = relaxation.then.clone().unwrap_or_default();
            let gives = words.text(
                &format!("dispatch-relax-{}", relaxation.kind),
                &[("amount", amount_of(words, relaxation).into()), ("trip", relaxation.trip.clone().into())],
            );
            vec![gives, then.name, score(words, then.cost.as_ref()), then.volunteer]
        };
        let rows: Vec<Vec<String>> = reply.relaxations.iter().map(row).collect();
        session.columns(&["field-gives", "field-name", "field-score", "field-id"], &rows)?;
    }
    if !reply.refusals.is_empty() {
        show_refusals(session, reply)?;
    }
    roads::show_source(session, &reply.distance_source)?;
    match &reply.rules {
        Some(rules) => rules::in_words(session, rules),
        None => Ok(()),
    }
}

fn show_refusals(session: &mut Session<'_>, reply: &proto::SuggestInDayReply) -> Result<(), CommandError> {
    let words = session.words();
    session.line("suggest-others", &[])?;
    let refused =
        reply.refusals.iter().flat_map(|group| group.volunteers.iter().map(move |who| (group, who)));
    let rows: Vec<Vec<String>> = refused
        .map(|(group, who)| {
            vec![who.name.clone(), words.obstacle(&group.code, who.missing), who.volunteer.clone()]
        })
        .collect();
    Ok(session.columns(&["field-name", "field-why_not", "field-id"], &rows)?)
}

const CANDIDATE_HEADINGS: [&str; 6] =
    ["field-name", "field-score", "field-extra", "field-pickup_at", "field-reasons", "field-id"];

fn candidate(words: Words<'_>, found: &proto::DayCandidate) -> Vec<String> {
    let pickups: Vec<String> = found.drives.iter().map(|drive| drive.pickup.clone()).collect();
    let flags = found.flags.iter().map(|flag| {
        let amount = match flag.code.as_str() {
            "waits" => words.duration(u64::try_from(flag.amount).unwrap_or(0)),
            "over-wish" => format!("{}", flag.amount / 10),
            _ => flag.amount.to_string(),
        };
        words.text(&format!("dispatch-flag-{}", flag.code), &[("amount", amount.into())])
    });
    let affected = found.affected.len().to_string();
    let affected = (!found.affected.is_empty())
        .then(|| words.text("dispatch-flag-affected", &[("amount", affected.into())]));
    let terms = found.cost.as_ref().map(|cost| terms(words, cost)).unwrap_or_default();
    vec![
        found.name.clone(),
        score(words, found.cost.as_ref()),
        words.kilometres(u32::try_from(found.adds_deadhead_m.max(0)).unwrap_or(u32::MAX)),
        words.instants(&pickups),
        words.one_after_another(flags.chain(affected).chain(terms)),
        found.volunteer.clone(),
    ]
}

/// Where a score comes from: each term that is not nothing.
fn terms(words: Words<'_>, cost: &proto::PlanCost) -> Vec<String> {
    [
        ("deadhead", cost.deadhead),
        ("loaded", cost.loaded),
        ("waiting", cost.waiting),
        ("excess", cost.excess),
        ("fairness", cost.fairness),
        ("preferences", cost.preferences),
        ("changes", cost.changes),
    ]
    .into_iter()
    .filter(|(_, amount)| amount.abs() >= HUNDRED_METRES / 2)
    .map(|(term, amount)| {
        words.text(&format!("dispatch-term-{term}"), &[("amount", equivalent(words, amount).into())])
    })
    .collect()
}

fn score(words: Words<'_>, cost: Option<&proto::PlanCost>) -> String {
    equivalent(words, cost.map_or(0, |cost| cost.total))
}

/// Millimetre-equivalents as kilometre-equivalents with one decimal.
fn equivalent(words: Words<'_>, amount: i64) -> String {
    let hundreds = (amount.abs() + HUNDRED_METRES / 2) / HUNDRED_METRES;
    let sign = if amount < 0 && hundreds > 0 { "−" } else { "" };
    let (whole, tenth) = (format!("{sign}{}", hundreds / 10), (hundreds % 10).to_string());
    words.text("distance-km", &[("whole", whole.into()), ("tenth", tenth.into())])
}

fn amount_of(words: Words<'_>, relaxation: &proto::Relaxation) -> String {
    match relaxation.kind.as_str() {
        "longer-ride" => words.duration(u64::try_from(relaxation.amount).unwrap_or(0)),
        _ => format!("{:+}", relaxation.amount),
    }
}

pub(super) fn show_plan(session: &mut Session<'_>, plan: &proto::DayPlan) -> Result<(), CommandError> {
    if session.json(plan)? {
        return Ok(());
    }
    let words = session.words();
    let row = |line: &proto::DayPlanLine| {
        let pickups: Vec<String> = line.drives.iter().map(|drive| drive.pickup.clone()).collect();
        let outcome = match (line.code.as_str(), line.accepted) {
            ("", true) => words.text("dispatch-line-accepted", &[]),
            ("", false) => words.text("dispatch-line-proposed", &[]),
            (code, _) => words.obstacle(code, line.missing),
        };
        let empty = u32::try_from(line.empty_m).unwrap_or(u32::MAX);
        let empty = if line.code.is_empty() { words.kilometres(empty) } else { String::new() };
        vec![
            line.number.to_string(),
            line.name.clone(),
            words.instants(&pickups),
            empty,
            outcome,
            line.trips.join(" "),
        ]
    };
    let rows: Vec<Vec<String>> = plan.lines.iter().map(row).collect();
    let headings =
        ["field-line", "field-driver", "field-pickup_at", "field-extra", "field-outcome", "field-trips"];
    session.columns(&headings, &rows)?;
    show_company(session, plan)?;
    let words = session.words();
    let km = |metres: u64| words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX));
    let iterations = i64::try_from(plan.iterations).unwrap_or(i64::MAX);
    session.fields(&[
        ("field-plan", plan.id.clone()),
        ("field-deadhead", km(plan.deadhead_m)),
        ("field-loaded", km(plan.loaded_m)),
        ("field-iterations", iterations.to_string()),
    ])?;
    roads::show_source(session, &plan.distance_source)?;
    show_loads(session, plan)?;
    if plan.cut_short {
        session.line("dispatch-cut-short", &[])?;
    }
    let open = plan.lines.iter().any(|line| line.code.is_empty() && !line.accepted);
    if !open {
        return Ok(());
    }
    let next = [("day", plan.day.clone().into()), ("plan", plan.id.clone().into())];
    Ok(session.line("dispatch-accept-with", &next)?)
}

/// Who rides with whom, how long that takes and how long it may.
fn show_company(session: &mut Session<'_>, plan: &proto::DayPlan) -> Result<(), CommandError> {
    let words = session.words();
    let drives = plan.lines.iter().flat_map(|line| line.drives.iter().map(move |drive| (line, drive)));
    let row = |(line, drive): (&proto::DayPlanLine, &proto::ProposedDrive)| {
        let limit = if drive.limit_s == 0 { String::new() } else { words.duration(drive.limit_s.into()) };
        vec![
            line.number.to_string(),
            drive.trip.clone(),
            words.duration(drive.ride_s.into()),
            words.duration(drive.direct_s.into()),
            limit,
            drive.rides_with.join(" "),
        ]
    };
    let rows: Vec<Vec<String>> = drives.filter(|(_, drive)| !drive.rides_with.is_empty()).map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    session.line("dispatch-company", &[])?;
    let headings = [
        "field-line",
        "field-trip",
        "field-ride",
        "field-direct_ride",
        "field-longest_ride",
        "field-rides_with",
    ];
    Ok(session.columns(&headings, &rows)?)
}

/// How the kilometres of 28 days lie on the volunteers, before and after.
fn show_loads(session: &mut Session<'_>, plan: &proto::DayPlan) -> Result<(), CommandError> {
    if plan.loads.is_empty() {
        return Ok(());
    }
    let words = session.words();
    let km = |metres: u64| words.kilometres(u32::try_from(metres).unwrap_or(u32::MAX));
    let row = |load: &proto::PlannedLoad| {
        let wished = if load.wished_m == 0 { String::new() } else { km(load.wished_m) };
        let share = match load.wished_m {
            0 => String::new(),
            wished => {
                let percent = (load.after_m * 100 / wished).to_string();
                words.text("dispatch-percent", &[("percent", percent.into())])
            }
        };
        vec![load.name.clone(), km(load.before_m), km(load.after_m), wished, share]
    };
    let rows: Vec<Vec<String>> = plan.loads.iter().map(row).collect();
    session.line("dispatch-loads", &[])?;
    session.columns(
        &["field-name", "field-load_before", "field-load_after", "field-wished", "field-load_share"],
        &rows,
    )?;
    let permille = |share: u32| format!("0.{share:03}");
    let (before, after) = (permille(plan.gini_before_permille), permille(plan.gini_after_permille));
    Ok(session.line("dispatch-gini", &[("before", before.into()), ("after", after.into())])?)
}

/// Several days, each under its date.
fn show_plans(session: &mut Session<'_>, reply: &proto::PlanDaysReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    for plan in &reply.plans {
        session.line("dispatch-day", &[("day", plan.day.clone().into())])?;
        show_plan(session, plan)?;
    }
    Ok(())
}

fn show_accepted(session: &mut Session<'_>, reply: &proto::AcceptPlanReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let offered = i64::try_from(reply.offered.len()).unwrap_or(i64::MAX);
    session.line("dispatch-offered", &[("number", offered.into())])?;
    for line in &reply.stale {
        let why = words.text(&format!("dispatch-{}", line.code), &[]);
        session.line("dispatch-stale", &[("line", line.number.to_string().into()), ("why", why.into())])?;
    }
    Ok(())
}
