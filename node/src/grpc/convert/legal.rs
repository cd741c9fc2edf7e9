//! Carriers, frames, exceptions and rules to messages, and typed carriers from them.

use maillage_domain::legal::{
    Carrier, CarrierDetails, Effect, FrameException, Ground, Headcount, NewCarrier, Reason, Rna, Rules,
    SocialTransport,
};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;

use super::people::{new_place, place};
use crate::app::{App, frames::ShownFrame, reference, refusals};

/// A carrier; `default` is whether it carries what does not say otherwise.
pub fn carrier(app: &App, carrier: &Carrier, default: bool) -> proto::Carrier {
    let Carrier { id, details, revision, created } = carrier;
    let CarrierDetails { name, form, rna, address, object, private_service, tax_rate, headcounts } = details;
    proto::Carrier {
        id: id.to_string(),
        name: name.as_str().to_owned(),
        form: form.code().to_owned(),
        rna: rna.as_ref().map(Rna::as_str).unwrap_or_default().to_owned(),
        address: Some(place(app, address)),
        object: object.as_str().to_owned(),
        private_service: *private_service,
        tax_rate: tax_rate.code().to_owned(),
        headcounts: headcounts.iter().map(|(year, people)| headcount(*year, people)).collect(),
        default,
        etag: revision.to_string(),
        created_at: created.to_string(),
    }
}

/// A carrier as typed.
///
/// # Errors
/// `carrier-year` for a year that is none.
pub fn new_carrier(carrier: Option<proto::Carrier>) -> Result<NewCarrier, Refusal> {
    let proto::Carrier {
        id: _,
        name,
        form,
        rna,
        address,
        object,
        private_service,
        tax_rate,
        headcounts,
        default: _,
        etag: _,
        created_at: _,
    } = carrier.unwrap_or_default();
    let people = |message: proto::Headcount| {
        let proto::Headcount { year, employees, volunteers, members } = message;
        let year = i16::try_from(year).map_err(|_| refusals::invalid("carrier-year").with("year", year))?;
        Ok((year, Headcount { employees, volunteers, members }))
    };
    Ok(NewCarrier {
        name,
        form,
        rna,
        address: new_place(address),
        object,
        private_service,
        tax_rate,
        headcounts: headcounts.into_iter().map(people).collect::<Result<_, Refusal>>()?,
    })
}

/// The frame of a trip.
pub fn frame(shown: &ShownFrame) -> proto::TripFrame {
    let ShownFrame { frame, exception: signed } = shown;
    let decision = &frame.decision;
    proto::TripFrame {
        trip: frame.trip.to_string(),
        carrier: frame.carrier.map(|id| id.to_string()).unwrap_or_default(),
        verdict: decision.verdict.code().to_owned(),
        frame: decision.frame.map(|frame| frame.code().to_owned()).unwrap_or_default(),
        ground: decision.ground.as_ref().map(Ground::written).unwrap_or_default(),
        reasons: decision.reasons.iter().map(reason).collect(),
        rules_version: decision.rules_version.clone(),
        on: decision.on.to_string(),
        decided_at: frame.at.to_string(),
        exception: signed.as_ref().map(exception),
    }
}

/// A signed exception.
pub fn exception(exception: &FrameException) -> proto::FrameException {
    let FrameException { id, subject, about, by, reason, at } = exception;
    proto::FrameException {
        id: id.to_string(),
        subject: subject.code().to_owned(),
        subject_id: subject.id_text(),
        by: by.clone(),
        reason: reason.as_str().to_owned(),
        signed_at: at.to_string(),
        about: about.code().to_owned(),
    }
}

/// The rules of a day.
pub fn rules(rules: &Rules, social: &SocialTransport, on: jiff::civil::Date) -> proto::LegalRules {
    let articles = &social.articles;
    let all = [
        &articles.association,
        &articles.residence,
        &articles.resources,
        &articles.contribution,
        &articles.journey,
        &articles.places,
    ];
    let qualifying = rules.grounds().iter().filter(|ground| rules.qualifies(&ground.code, on));
    proto::LegalRules {
        version: rules.version.clone(),
        on: on.to_string(),
        max_distance_m: social.max_distance_m,
        perimeter_population: social.perimeter_population,
        max_places: social.max_places.into(),
        rate_cap_cents_per_km: social.rate_cap_cents_per_km,
        source: social.source.clone(),
        unverified_articles: all
            .into_iter()
            .filter(|article| !article.verified)
            .map(|article| article.article.clone())
            .collect(),
        grounds: qualifying
            .map(|ground| proto::QualifyingGround {
                code: ground.code.clone(),
                name: ground.name.clone(),
                from: ground.from.to_string(),
                until: ground.until.map(|until| until.to_string()).unwrap_or_default(),
            })
            .collect(),
    }
}

/// What an import did.
pub fn outcome(outcome: reference::Outcome) -> proto::ImportReferenceReply {
    let reference::Outcome { rows, unknown_communes, incomplete_units, bad_lines, unchanged } = outcome;
    let bad = |bad: reference::BadLine| proto::BadLine {
        line: u32::try_from(bad.line).unwrap_or(u32::MAX),
        column: bad.column.to_owned(),
        reason: bad.reason.to_owned(),
    };
    let bad_lines = bad_lines.into_iter().map(bad).collect();
    proto::ImportReferenceReply { rows, unknown_communes, bad_lines, unchanged, incomplete_units }
}

fn headcount(year: i16, people: &Headcount) -> proto::Headcount {
    let Headcount { employees, volunteers, members } = *people;
    proto::Headcount { year: year.into(), employees, volunteers, members }
}

/// A reason of a frame.
pub fn reason(reason: &Reason) -> proto::FrameReason {
    proto::FrameReason {
        code: reason.code.code().to_owned(),
        article: reason.article.clone(),
        figures: reason.figures.clone().into_iter().collect(),
        effect: match reason.code.effect() {
            Effect::Supports => "supports",
            Effect::Explains => "explains",
            Effect::Doubts => "doubts",
            Effect::Excludes => "excludes",
        }
        .to_owned(),
    }
}
