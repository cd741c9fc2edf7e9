//! Months with other members from and to messages.

use maillage_domain::{
    settlement::{Booked, Typed},
    trip::CorrectionReason,
};
use maillage_federation::settlement::{Difference, LegKey, Line, SettlementError, What};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::handovers::desk;
use crate::{
    app::{
        App, refusals,
        settlements::{Direction, New, NewLine, Settlement},
    },
    grpc::id,
};

/// A line as somebody puts it right.
///
/// # Errors
/// `id-malformed`, `settlement-result`, `settlement-line-not-driven`, `correction-reason`.
pub fn new_line(request: &proto::CorrectSettlementLineRequest) -> Result<NewLine, Refusal> {
    let proto::CorrectSettlementLineRequest { loaded_m, empty_m, contribution_cents, .. } = *request;
    let numbers = [loaded_m, empty_m, contribution_cents];
    let new = match request.result.as_str() {
        "driven" => New::Typed(Typed::Driven { loaded_m, empty_m, contribution: contribution_cents }),
        _ if numbers.iter().any(Option::is_some) => {
            return Err(refusals::invalid("settlement-line-not-driven"));
        }
        "no-show" => New::Typed(Typed::NoShow),
        "at-the-door" => New::Typed(Typed::AtTheDoor),
        "nothing" => New::Typed(Typed::Nothing),
        "as-the-other" => New::AsTheOther,
        _ => return Err(refusals::invalid("settlement-result")),
    };
    let reason = request.reason.parse::<CorrectionReason>();
    Ok(NewLine {
        key: LegKey { handover: id(&request.handover, "handover")?, leg: request.leg.saturating_sub(1) },
        new,
        reason: reason.map_err(|_| refusals::invalid("correction-reason"))?,
    })
}

/// A month with another member.
pub fn settlement(app: &App, settlement: &Settlement) -> proto::Settlement {
    let desk = desk(app, Some(settlement.other));
    let possible = settlement.directions.iter().filter(|direction| direction.is_possible());
    proto::Settlement {
        node: settlement.other.to_string(),
        territory: desk.territory,
        phone: desk.phone,
        month: settlement.month.to_string(),
        directions: possible.map(direction).collect(),
        net_cents: settlement.net(),
        etag: settlement.etag(),
    }
}

fn direction(direction: &Direction) -> proto::SettlementDirection {
    let Direction { account, booked, reckoned, differences, .. } = direction;
    let (ours, theirs) = (account.ours.as_ref(), account.theirs.as_ref());
    let trouble = reckoned.as_ref().err().or_else(|| differences.as_ref().err());
    proto::SettlementDirection {
        carrier: account.carrier.code().to_owned(),
        lines: booked.iter().map(|leg| line(direction, leg)).collect(),
        total_cents: direction.total(),
        trouble: trouble.map(|error| trouble_code(*error).to_owned()).unwrap_or_default(),
        state: account.standing().code().to_owned(),
        signed_by_us: ours.map(|said| said.at.to_string()).unwrap_or_default(),
        signed_by_them: theirs.map(|(_, at)| at.to_string()).unwrap_or_default(),
        their_total_cents: direction.their_total(),
        changed_since: direction.has_changed(),
        sending: ours.is_some_and(|said| said.envelope.is_some()),
        last_refusal: ours.and_then(|said| said.refused.clone()).unwrap_or_default(),
        differences: differences
            .iter()
            .flatten()
            .map(|(key, found)| difference(direction, *key, *found))
            .collect(),
    }
}

fn trouble_code(error: SettlementError) -> &'static str {
    match error {
        SettlementError::Version(_) => "version",
        SettlementError::OtherMonth => "other-month",
        SettlementError::OtherPair => "no-agreement",
    }
}

fn line(direction: &Direction, leg: &Booked) -> proto::SettlementLine {
    let amount = direction.reckoned.as_ref().ok().and_then(|reckoned| reckoned.amounts.get(&leg.key));
    let nothing = || proto::SettlementLine {
        result: "nothing".to_owned(),
        ..written(leg.key, Line { day: leg.day, version: leg.version, what: What::NoShow })
    };
    let line = leg.counts().map_or_else(nothing, |line| written(leg.key, line));
    proto::SettlementLine {
        amount_cents: amount.copied(),
        corrected: leg.corrected.map(|correction| correction.reason.code().to_owned()).unwrap_or_default(),
        ..line
    }
}

fn written(key: LegKey, line: Line) -> proto::SettlementLine {
    let result = match line.what {
        What::Driven { .. } => "driven",
        What::NoShow => "no-show",
        What::AtTheDoor => "at-the-door",
    };
    let [loaded_m, empty_m, contribution_cents] = line.what.numbers();
    proto::SettlementLine {
        handover: key.handover.to_string(),
        leg: key.leg + 1,
        day: line.day.to_string(),
        version: line.version,
        result: result.to_owned(),
        loaded_m,
        empty_m,
        contribution_cents,
        amount_cents: None,
        corrected: String::new(),
    }
}

fn difference(direction: &Direction, key: LegKey, found: Difference) -> proto::SettlementDifference {
    let (kind, ours_cents, theirs_cents) = match found {
        Difference::MissingHere { theirs } => ("missing-here", 0, theirs),
        Difference::MissingThere { ours } => ("missing-there", ours, 0),
        Difference::Otherwise { ours, theirs } => ("otherwise", ours, theirs),
    };
    let signed = direction.account.theirs.as_ref();
    let theirs = signed.and_then(|(signed, _)| signed.statement.lines.get(&key));
    proto::SettlementDifference {
        handover: key.handover.to_string(),
        leg: key.leg + 1,
        kind: kind.to_owned(),
        ours_cents,
        theirs_cents,
        theirs: theirs
            .map(|line| proto::SettlementLine { amount_cents: Some(theirs_cents), ..written(key, *line) }),
    }
}
