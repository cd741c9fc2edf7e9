//! The fleet: what has to be looked after first, then every vehicle with where it is.

use std::collections::BTreeSet;

use axum::{
    extract::{Extension, State},
    response::Response,
};
use maillage_console::{
    lasting::{ListPage, Row, Section},
    parts::{Badge, Tone},
};
use maillage_domain::{fleet::Asset, ids::AssetKind, loan::LoanState, roles::Operation};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;

use super::{
    super::{
        Console, desk,
        door::Visit,
        reply::{frame, page, texts, words},
    },
    fleet_new, loans,
};
use crate::{
    app::{
        fleet::{self, UpkeepDue},
        loans::{self as loans_of, LoanQuery},
    },
    limits::{FLEET, PAGE_MAX},
};

/// Days ahead in which something that has to be done is told of.
const DUE_WITHIN: u16 = 60;

/// The fleet.
pub(in crate::console) async fn list(
    State(console): State<Console>,
    Extension(visit): Extension<Visit>,
) -> Response {
    desk::shown(&console, &visit, all(&console, &visit))
}

fn all(console: &Console, visit: &Visit) -> Result<Response, Refusal> {
    let (app, caller, texts) = (&console.app, visit.caller(), texts(console, visit));
    let due = fleet::upkeep(app, &caller, DUE_WITHIN)?;
    let mut assets = fleet::list(app, &caller, None, FLEET)?;
    assets.sort_by_cached_key(|asset| asset.details.label.as_str().to_lowercase());
    let out: BTreeSet<Id<AssetKind>> = loans_of::list(app, &caller, LoanQuery::Open, PAGE_MAX)?
        .into_iter()
        .filter(|loan| matches!(loan.state, LoanState::Out(..)))
        .filter_map(|loan| loan.booking().map(|booking| booking.asset))
        .collect();
    let (gone, kept): (Vec<_>, Vec<_>) = assets.into_iter().partition(|asset| asset.retired.is_some());
    let rows = |assets: &[Asset]| -> Vec<Row> {
        assets.iter().map(|asset| row(console, visit, asset, out.contains(&asset.id))).collect()
    };
    let mut sections = vec![
        Section {
            id: "due",
            title: texts.say("lasting-fleet-due"),
            none: texts.say("lasting-fleet-due-none"),
            urgent: true,
            rows: due.iter().map(|due| due_row(console, visit, due)).collect(),
            ..Section::default()
        },
        Section {
            id: "kept",
            title: texts.count("lasting-fleet-count", kept.len()),
            none: texts.say("lasting-fleet-none"),
            rows: rows(&kept),
            ..Section::default()
        },
    ];
    if !gone.is_empty() {
        sections.push(Section {
            id: "gone",
            title: texts.say("lasting-fleet-gone"),
            rows: rows(&gone),
            ..Section::default()
        });
    }
    let mut ways = vec![("/loans".to_owned(), texts.say("lasting-loans"))];
    if Operation::LoanAsk.allows(caller.roles()) {
        ways.insert(0, (loans::NEW.to_owned(), texts.say("lasting-loan-new")));
    }
    if Operation::AssetAdd.allows(caller.roles()) {
        ways.push((fleet_new::NEW.to_owned(), texts.say("lasting-fleet-new")));
    }
    Ok(page(&ListPage {
        frame: frame(console, visit, texts.say("lasting-fleet")),
        text: texts.say("lasting-fleet-text"),
        ways,
        sections,
    }))
}

fn due_row(console: &Console, visit: &Visit, due: &UpkeepDue) -> Row {
    let (texts, words) = (texts(console, visit), words(console, visit));
    let what = words.code("upkeep", due.due.kind.code());
    let when = match (due.due.on, due.due.left_m) {
        (Some(on), _) if due.due.late => texts.about("lasting-due-since", &words.day(on)),
        (Some(on), _) => texts.about("lasting-due-by", &words.day(on)),
        (None, Some(left)) if left > 0 => {
            let left = words.kilometres(u32::try_from(left).unwrap_or(u32::MAX));
            texts.about("lasting-due-in", &left)
        }
        (None, _) => texts.say("lasting-due-driven"),
    };
    Row {
        path: format!("/fleet/{}", due.asset.id),
        title: due.asset.details.label.as_str().to_owned(),
        what,
        badge: Some(Badge::new(when, if due.due.late { Tone::Bad } else { Tone::Wait })),
        presses: Vec::new(),
    }
}

fn row(console: &Console, visit: &Visit, asset: &Asset, is_out: bool) -> Row {
    let words = words(console, visit);
    let details = &asset.details;
    let plate = details.plate.as_ref().map(|plate| plate.as_str().to_owned());
    let seats = texts(console, visit).count("lasting-seats", usize::from(details.seats));
    let kilometres = (asset.odometer_m > 0).then(|| words.kilometres(asset.odometer_m));
    let parts = [Some(words.code("asset-category", details.category.code())), Some(seats), plate, kilometres];
    Row {
        path: format!("/fleet/{}", asset.id),
        title: details.label.as_str().to_owned(),
        what: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        badge: Some(badge(console, visit, asset, is_out)),
        presses: Vec::new(),
    }
}

/// How a thing of the fleet stands.
pub(super) fn badge(console: &Console, visit: &Visit, asset: &Asset, is_out: bool) -> Badge {
    let (texts, words) = (texts(console, visit), words(console, visit));
    match (asset.retired, asset.outage_at(console.app.now())) {
        (Some(_), _) => Badge::new(words.code("asset-state", "retired"), Tone::Plain),
        (None, Some(outage)) => {
            let why = words.code("outage", outage.reason.code());
            Badge::new(texts.about("lasting-out-of-service", &why), Tone::Bad)
        }
        (None, None) if is_out => Badge::new(texts.say("lasting-is-lent"), Tone::Wait),
        (None, None) => Badge::new(words.code("asset-state", "in-service"), Tone::Good),
    }
}
