//! How the node is: the link with the hub, backups, disk, clock and jobs, each with what to do where it is not well.

use axum::{
    extract::{Extension, State},
    response::Response,
};
use maillage_console::{
    parts::{Badge, Tone},
    status::{Check, Job, StatusPage},
};
use maillage_platform::{
    disk,
    refusal::Refusal,
    worker::{WorkerState, WorkerStatus},
};

use super::{
    Console,
    door::Visit,
    reply::{frame, page, refused, texts, words},
    statistics::model_name,
};
use crate::{
    app::status::{self, NodeView, is_old, is_tight},
    federation::link::LinkState,
};

/// Bytes of a gigabyte as disks are sold.
const GIGABYTE: u64 = 1_000_000_000;

/// The page.
pub(super) async fn show(State(console): State<Console>, Extension(visit): Extension<Visit>) -> Response {
    looked_at(&console, &visit).unwrap_or_else(|refusal| refused(&console, &visit, &refusal))
}

fn looked_at(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller) = (&console.app, visit.caller());
    let view = status::show(app, &caller)?;
    let statuses = console.room.workers.statuses();
    let mut checks: Vec<Check> = alarms(console, visit, &view).into_iter().collect();
    checks.extend([
        link(console, visit, &view),
        backup(console, visit, &view)?,
        space(console, visit),
        clock(console, visit),
        jobs_check(console, visit, &statuses),
    ]);
    let amiss = checks.iter().filter(|check| !check.advice.is_empty()).count();
    checks.sort_by_key(|check| check.advice.is_empty());
    Ok(page(&StatusPage {
        frame: frame(console, visit, texts(console, visit).say("console-status")),
        summary: texts(console, visit).count("console-status-amiss", amiss),
        attention: amiss > 0,
        checks,
        jobs: statuses.iter().map(|one| job(console, visit, one)).collect(),
        facts: facts(console, visit, &view),
    }))
}

fn check(
    (id, title): (&'static str, String),
    badge: Badge,
    (told, advice): (Vec<String>, Option<String>),
) -> Check {
    Check { id, title, badge, told, advice: advice.unwrap_or_default() }
}

/// What the desk has to know after a restore, or of the federation.
fn alarms(console: &Console, visit: &Visit, view: &NodeView) -> Option<Check> {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let told: Vec<String> = view.alarms.iter().map(|code| words.code("alarm", code)).collect();
    let badge = Badge::new(texts.say("console-status-look"), Tone::Bad);
    let title = ("check-alarms", texts.say("console-status-alarms"));
    (!told.is_empty()).then(|| check(title, badge, (told, Some(texts.say("console-status-alarms-do")))))
}

fn link(console: &Console, visit: &Visit, view: &NodeView) -> Check {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let (tone, advice) = match view.link.state {
        LinkState::Attached => (Tone::Good, None),
        LinkState::NotJoined => (Tone::Plain, None),
        LinkState::Connecting => (Tone::Wait, Some("console-status-connecting-do")),
        LinkState::Refused => (Tone::Bad, Some("console-status-refused-do")),
    };
    let mut told = vec![texts.about("console-status-since", &words.instant(&view.link.since.to_string()))];
    let joined = view.link.state != LinkState::NotJoined;
    if !view.link.reason.is_empty() {
        told.push(words.refusal_code(&view.link.reason));
    }
    if joined {
        told.push(texts.count("console-status-outbox", view.outbox));
        told.push(texts.about("console-status-certificate", &words.instant(&view.certificate_until)));
    } else {
        told.push(texts.say("console-status-alone"));
    }
    let mut advice = advice.map(|key| texts.say(key));
    if view.dead_letters > 0 {
        told.push(texts.count("console-status-dead", view.dead_letters));
        advice = advice.or_else(|| Some(texts.say("console-status-dead-do")));
    }
    let badge = Badge::new(words.code("link", view.link.state.code()), tone);
    check(("check-link", texts.say("console-status-link")), badge, (told, advice))
}

fn backup(console: &Console, visit: &Visit, view: &NodeView) -> Result<Check, Refusal> {
    let (app, texts, words) = (&console.app, texts(console, visit), words(console, visit));
    let made = status::last_backup(app, &visit.caller())?;
    let (key, tone, advice) = match made {
        Some(made) if is_old(made, app.now()) => {
            ("console-status-backup-old", Tone::Bad, Some("console-status-backup-old-do"))
        }
        Some(_) => ("console-status-backup-good", Tone::Good, None),
        None => ("console-status-backup-none", Tone::Wait, Some("console-status-backup-none-do")),
    };
    let mut told = Vec::new();
    if let Some(made) = made {
        told.push(texts.about("console-status-backup-made", &words.instant(&made.to_string())));
    }
    if let Some((at, of)) = view.restored {
        let args =
            [("at", words.instant(&at.to_string()).into()), ("of", words.instant(&of.to_string()).into())];
        told.push(texts.with("console-status-restored", &args));
    }
    let title = ("check-backup", texts.say("console-status-backup"));
    Ok(check(title, Badge::new(texts.say(key), tone), (told, advice.map(|key| texts.say(key)))))
}

fn space(console: &Console, visit: &Visit) -> Check {
    let texts = texts(console, visit);
    let title = ("check-disk", texts.say("console-status-disk"));
    let Ok(space) = disk::space(&console.room.data) else {
        let badge = Badge::new(texts.say("console-status-disk-unknown"), Tone::Wait);
        return check(title, badge, (Vec::new(), Some(texts.say("console-status-disk-unknown-do"))));
    };
    let gigabytes = |bytes: u64| {
        let tenths = bytes / (GIGABYTE / 10);
        let mark = words(console, visit).text("decimal-mark", &[]);
        format!("{}{mark}{}", tenths / 10, tenths % 10)
    };
    let args = [("free", gigabytes(space.free_bytes).into()), ("total", gigabytes(space.total_bytes).into())];
    let told = vec![texts.with("console-status-disk-room", &args)];
    let (key, tone, advice) = if is_tight(space) {
        ("console-status-disk-tight", Tone::Bad, Some(texts.say("console-status-disk-do")))
    } else {
        ("console-status-disk-good", Tone::Good, None)
    };
    check(title, Badge::new(texts.say(key), tone), (told, advice))
}

fn clock(console: &Console, visit: &Visit) -> Check {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let now = words.instant(&console.app.now().to_string());
    let (key, tone) = if console.app.clock_is_virtual {
        ("console-status-clock-virtual", Tone::Wait)
    } else {
        ("console-status-clock-good", Tone::Plain)
    };
    let told = vec![texts.about("console-status-clock-now", &now), texts.say("console-status-clock-hint")];
    check(("check-clock", texts.say("console-status-clock")), Badge::new(texts.say(key), tone), (told, None))
}

/// Whether something that the node does by itself has stopped, or fails again and again.
fn jobs_check(console: &Console, visit: &Visit, statuses: &[WorkerStatus]) -> Check {
    let texts = texts(console, visit);
    let fails = |one: &&WorkerStatus| matches!(one.state, WorkerState::BackingOff | WorkerState::Stopped);
    let failing: Vec<String> =
        statuses.iter().filter(fails).map(|one| words(console, visit).code("job", one.name)).collect();
    let title = ("check-jobs", texts.say("console-status-jobs"));
    if failing.is_empty() {
        let badge = Badge::new(texts.say("console-status-jobs-good"), Tone::Good);
        return check(title, badge, (Vec::new(), None));
    }
    let badge = Badge::new(texts.count("console-status-jobs-failing", failing.len()), Tone::Wait);
    check(title, badge, (failing, Some(texts.say("console-status-jobs-do"))))
}

fn job(console: &Console, visit: &Visit, status: &WorkerStatus) -> Job {
    let words = words(console, visit);
    let (code, tone) = match status.state {
        WorkerState::Busy => ("busy", Tone::Good),
        WorkerState::Idle => ("idle", Tone::Good),
        WorkerState::BackingOff => ("backing-off", Tone::Wait),
        WorkerState::Stopped => ("stopped", Tone::Bad),
    };
    Job {
        name: words.code("job", status.name),
        badge: Badge::new(words.code("worker", code), tone),
        failures: status.failures.to_string(),
        error: words.refusal_code(status.last_error.as_deref().unwrap_or_default()),
    }
}

fn facts(console: &Console, visit: &Visit, view: &NodeView) -> Vec<(String, String)> {
    let (texts, app) = (texts(console, visit), &console.app);
    let territory = app.geography.territory(&app.profile.territory);
    let name = territory.map(|territory| territory.name.clone()).unwrap_or_default();
    let model = view.model.as_ref().map(|key| model_name(console, visit, key)).unwrap_or_default();
    let node = app.link.membership().map(|membership| membership.me.to_string()).unwrap_or_default();
    let rows = [
        ("console-status-territory", name),
        ("console-status-model", model),
        ("console-status-node", node),
        ("console-status-version", env!("CARGO_PKG_VERSION").to_owned()),
        ("console-status-written", view.durable_sequence.to_string()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(key, value)| (texts.say(key), value)).collect()
}
