//! The legal frame of each trip: asked when it is requested, when it is done, and when it is taken over from a neighbour.
//! The rules are the domain's; this module only brings the facts together and keeps what was decided.

use std::sync::Arc;

use jiff::civil::Date;
use maillage_domain::{
    civil::day_of,
    costing::asked_beyond,
    ids::{ExceptionKind, RequestKind},
    legal::{
        Area, Carrier, CarrierFacts, CarrierForm, ExceptionAbout, ExceptionSubject, FrameDecision,
        FrameException, HeldGround, Interchange, Rules, TripFacts, Verdict, evaluate,
    },
    money::Cents,
    person::Person,
    place::Place,
    roles::Operation,
    text::Notes,
    trip::{Assignment, Origin, Trip, TripStatus},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::{Id, TripKind};
use maillage_geography::{InseeCode, fold};
use maillage_platform::refusal::Refusal;
use maillage_store::{
    events::Subject,
    legal::{self, TripFrame},
    persons, reference, requests,
};

use super::{Aborted, App, access, caller::Caller, models, refusals, suggest::find};

/// What trips are admitted for.
pub struct Admission<'a> {
    /// The request they belong to.
    pub request: Id<RequestKind>,
    /// Who travels.
    pub person: &'a Person,
    /// Who signs an exception from the legal frames for them, and why; none if nobody does.
    pub exception: Option<(String, Notes)>,
    /// Who signs that they are served although nobody referred the person, and why; none if nobody does.
    pub access: Option<(String, Notes)>,
}

/// A frame with the exception it is carried out under.
#[derive(Debug, Clone)]
pub struct ShownFrame {
    /// The frame.
    pub frame: TripFrame,
    /// The exception.
    pub exception: Option<FrameException>,
}

/// Decides the frame of new trips and keeps it. What every frame excludes is refused, unless an exception is signed now
/// or was signed for the series; what has to be verified passes, flagged. Nothing is written when they are refused.
///
/// # Errors
/// `prescription-needed`, `out-of-frame` with the reasons; the store.
pub fn admit(
    app: &App,
    transaction: &mut Transaction<'_>,
    admission: &Admission<'_>,
    legs: &[Trip],
) -> Result<(), Aborted> {
    let access = access::admit(app, transaction, admission, legs)?;
    let mut decided = Vec::new();
    for trip in legs {
        decided.push(decide(app, transaction, trip, Some(admission.person))?);
    }
    let excluded = decided.iter().find(|frame| frame.decision.verdict == Verdict::Outside);
    let exception = match excluded {
        Some(frame) => {
            Some(excepted(app, transaction, admission, legs)?.ok_or_else(|| refused(&frame.decision))?)
        }
        None => None,
    };
    if let Some(access) = access {
        legal::put_exception(transaction, &access)?;
    }
    for mut frame in decided {
        frame.exception = exception.filter(|_| frame.decision.verdict == Verdict::Outside);
        legal::put_frame(transaction, &frame)?;
    }
    Ok(())
}

/// Decides the frame of a trip anew and keeps it, without ever refusing: the trip is there already.
///
/// # Errors
/// The store.
pub fn settle(app: &App, transaction: &mut Transaction<'_>, trip: &Trip) -> Result<TripFrame, Aborted> {
    let person = trip.person().map(|person| persons::find(transaction, person)).transpose()?.flatten();
    let mut frame = decide(app, transaction, trip, person.as_ref())?;
    frame.exception = signed_for(transaction, trip)?.map(|exception| exception.id);
    legal::put_frame(transaction, &frame)?;
    Ok(frame)
}

/// Decides the frame of a trip anew after what was asked for it, or who drives it, was changed, and keeps it. A change that
/// takes the trip out of every frame is refused, unless an exception is signed now or was signed before; `moved` says
/// whether where or when it goes was changed. A trip that stays where it was stays possible, whatever has become known.
///
/// # Errors
/// `out-of-frame` with the reasons; the store.
pub fn follow(
    app: &App,
    transaction: &mut Transaction<'_>,
    trip: &Trip,
    moved: bool,
    signing: Option<(String, Notes)>,
) -> Result<TripFrame, Aborted> {
    let person = trip.person().map(|person| persons::find(transaction, person)).transpose()?.flatten();
    let mut frame = decide(app, transaction, trip, person.as_ref())?;
    frame.exception = signed_for(transaction, trip)?.map(|exception| exception.id);
    if frame.decision.verdict == Verdict::Outside && frame.exception.is_none() {
        let former = legal::frame(transaction, trip.id())?;
        let was_outside = former.is_some_and(|former| former.decision.verdict == Verdict::Outside);
        match signing {
            Some((by, reason)) => {
                let (id, at) = (app.new_id(), app.now());
                let subject = ExceptionSubject::Trip(trip.id());
                legal::put_exception(
                    transaction,
                    &FrameException { id, subject, about: ExceptionAbout::Frame, by, reason, at },
                )?;
                frame.exception = Some(id);
            }
            None if was_outside && !moved => {}
            None => return Err(refused(&frame.decision).into()),
        }
    }
    legal::put_frame(transaction, &frame)?;
    Ok(frame)
}

/// Whether the law lets this node take a neighbour's trip, for its own association.
///
/// # Errors
/// `out-of-frame` with the reasons; the store.
pub fn check_taking(app: &App, view: &dyn View, trip: &Trip) -> Result<(), Aborted> {
    let decision = decide(app, view, trip, None)?.decision;
    if decision.verdict == Verdict::Outside { Err(refused(&decision).into()) } else { Ok(()) }
}

/// The frame of a trip as it was decided.
///
/// # Errors
/// `frame-unknown`; the store.
pub fn show(app: &App, caller: &Caller, trip: Id<TripKind>) -> Result<ShownFrame, Refusal> {
    app.look(caller, Operation::FrameShow, |_, view| {
        let frame = legal::frame(view, trip)?;
        with_exception(view, frame.ok_or_else(|| refusals::unknown("frame-unknown").with("id", trip))?)
    })
}

/// Frames in the order their trips were made, after one of them; only those with a verdict, if one is given.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    verdict: Option<Verdict>,
    after: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<ShownFrame>, Refusal> {
    app.look(caller, Operation::FrameShow, |_, view| {
        let (mut found, mut from) = (Vec::new(), after);
        loop {
            let page = legal::frames(view, from, limit)?;
            let Some(last) = page.last() else { break };
            from = Some(last.trip);
            for frame in page {
                if found.len() < limit && verdict.is_none_or(|verdict| frame.decision.verdict == verdict) {
                    found.push(with_exception(view, frame)?);
                }
            }
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    })
}

/// Decides the frame of a trip anew, with what is known now. That of a closed trip is history and stays: under whom and
/// on which ground it was carried out is what the return to the prefect tells.
///
/// # Errors
/// `trip-unknown`, `frame-closed`; the store.
pub async fn reconsider(app: &Arc<App>, caller: &Caller, trip: Id<TripKind>) -> Result<ShownFrame, Refusal> {
    let by = caller.clone();
    app.act(caller, Operation::FrameEvaluate, move |app, transaction| {
        let trip = find(transaction, trip)?;
        if !trip.is_open() && legal::frame(transaction, trip.id())?.is_some() {
            return Err(refusals::conflict("frame-closed").with("status", trip.status().code()).into());
        }
        let frame = settle(app, transaction, &trip)?;
        app.note(transaction, &by, Operation::FrameEvaluate, &[Subject::Trip(trip.id())])?;
        with_exception(transaction, frame)
    })
    .await
}

/// Signs an exception for a trip, a request or a series; it shows in the frames of the trips that are there.
///
/// # Errors
/// `exception-reason`, `trip-unknown`, `request-unknown`; the store.
pub async fn sign(
    app: &Arc<App>,
    caller: &Caller,
    (subject, about): (ExceptionSubject, ExceptionAbout),
    reason: &str,
) -> Result<FrameException, Refusal> {
    let reason = parse_reason(reason)?;
    let (id, by) = (app.new_id(), caller.clone());
    app.act_once(caller, Operation::FrameExcept, move |app, transaction| {
        let signer = by.label().to_owned();
        let exception = FrameException { id, subject, about, by: signer, reason, at: app.now() };
        for trip in concerned(transaction, subject)? {
            if about == ExceptionAbout::Frame
                && let Some(mut frame) = legal::frame(transaction, trip)?
            {
                frame.exception = Some(id);
                legal::put_frame(transaction, &frame)?;
            }
        }
        legal::put_exception(transaction, &exception)?;
        let about = match subject {
            ExceptionSubject::Trip(trip) => Subject::Trip(trip),
            ExceptionSubject::Request(request) => Subject::Request(request),
            ExceptionSubject::Series(series) => Subject::Series(series),
        };
        app.note(transaction, &by, Operation::FrameExcept, &[about, Subject::Exception(id)])?;
        Ok(exception)
    })
    .await
}

/// Exceptions in the order they were signed, after one of them.
///
/// # Errors
/// The store.
pub fn exceptions(
    app: &App,
    caller: &Caller,
    after: Option<Id<ExceptionKind>>,
    limit: usize,
) -> Result<Vec<FrameException>, Refusal> {
    app.look(caller, Operation::FrameExceptions, |_, view| Ok(legal::exceptions(view, after, limit)?))
}

/// Reads why an exception is signed.
///
/// # Errors
/// `exception-reason` for an empty or unreadable one.
pub fn parse_reason(reason: &str) -> Result<Notes, Refusal> {
    match Notes::parse(reason) {
        Ok(notes) if !notes.as_str().is_empty() => Ok(notes),
        Ok(_) | Err(_) => Err(refusals::invalid("exception-reason")),
    }
}

/// The facts of a trip under a carrier, for whoever asks what its frame would be.
///
/// # Errors
/// The store.
pub fn facts_of(
    app: &App,
    view: &dyn View,
    trip: &Trip,
    person: Option<&Person>,
    carrier: Option<&Carrier>,
) -> Result<TripFacts, Aborted> {
    let distance_m = match trip.status() {
        TripStatus::Completed { loaded_m, .. }
            if trip.assignment().is_none_or(|drive| drive.shared.is_none()) =>
        {
            loaded_m
        }
        // In company what is asked is asked for the direct road.
        TripStatus::Requested
        | TripStatus::Offered
        | TripStatus::Confirmed
        | TripStatus::PickedUp
        | TripStatus::Completed { .. }
        | TripStatus::Cancelled { .. }
        | TripStatus::NoShow(_)
        | TripStatus::Unmet(_) => trip.terms.direct_m,
    };
    let question = Question {
        person,
        ends: (&trip.terms.pickup, &trip.terms.dropoff),
        distance_m,
        on: day_of(trip.terms.earliest_pickup),
        drive: trip.assignment(),
    };
    facts(app, view, carrier, &question)
}

/// Most that the law lets a carrier ask for a distance; none where the carrier sets its own fares.
pub fn legal_cap(carrier: Option<&Carrier>, on: Date, distance_m: u32) -> Option<Cents> {
    let own_fares = carrier.is_some_and(|carrier| carrier.details.form == CarrierForm::Authority);
    let rule = Rules::embedded().social_on(on).filter(|_| !own_fares)?;
    Some(Cents::new(i64::try_from(rule.contribution_cap_cents(distance_m)).unwrap_or(i64::MAX)))
}

/// What is asked about a trip.
struct Question<'a> {
    person: Option<&'a Person>,
    ends: (&'a Place, &'a Place),
    distance_m: u32,
    on: Date,
    drive: Option<Assignment>,
}

/// The frame of a trip that is not there yet, and what would be asked of the person for it.
///
/// # Errors
/// The store.
pub fn foreseen(
    app: &App,
    view: &dyn View,
    trip: &Trip,
    person: &Person,
) -> Result<(FrameDecision, Option<Cents>), Aborted> {
    let decision = decide(app, view, trip, Some(person))?.decision;
    let carrier = models::carrier_for(view, trip, Some(person))?;
    let facts = facts_of(app, view, trip, Some(person), carrier.as_ref())?;
    let asked = contribution(app, view, trip, Some(person), &facts, carrier.as_ref())?;
    Ok((decision, asked))
}

fn decide(app: &App, view: &dyn View, trip: &Trip, person: Option<&Person>) -> Result<TripFrame, Aborted> {
    let carrier = models::carrier_for(view, trip, person)?;
    let mut facts = facts_of(app, view, trip, person, carrier.as_ref())?;
    facts.contribution = contribution(app, view, trip, person, &facts, carrier.as_ref())?;
    Ok(TripFrame {
        trip: trip.id(),
        carrier: carrier.map(|carrier| carrier.id),
        decision: evaluate(Rules::embedded(), &facts),
        exception: None,
        at: app.now(),
    })
}

/// What is asked of the person for a trip of this node; `None` where its model does not say.
///
/// # Errors
/// The store.
pub fn asked_of(app: &App, view: &dyn View, trip: &Trip) -> Result<Option<Cents>, Aborted> {
    let person = trip.person().map(|person| persons::find(view, person)).transpose()?.flatten();
    let carrier = models::carrier_for(view, trip, person.as_ref())?;
    let facts = facts_of(app, view, trip, person.as_ref(), carrier.as_ref())?;
    contribution(app, view, trip, person.as_ref(), &facts, carrier.as_ref())
}

/// What is asked of the person here: never more than the law allows, and nothing of a neighbour's.
fn contribution(
    app: &App,
    view: &dyn View,
    trip: &Trip,
    person: Option<&Person>,
    facts: &TripFacts,
    carrier: Option<&Carrier>,
) -> Result<Option<Cents>, Aborted> {
    if matches!(trip.terms.origin, Origin::Carried { .. }) {
        return Ok(Some(Cents::ZERO));
    }
    let Some(model) = models::local_model(app, view, &trip.terms.model, facts.on)? else { return Ok(None) };
    let quotient = person.and_then(|person| person.details.quotient_euros);
    let paid = trip.terms.relay.map_or((0, facts.distance_m), |stage| (stage.paid_from_m, stage.paid_to_m));
    let asked = asked_beyond(&model, quotient, paid);
    Ok(Some(legal_cap(carrier, facts.on, facts.distance_m).map_or(asked, |cap| asked.min(cap))))
}

fn facts(
    app: &App,
    view: &dyn View,
    carrier: Option<&Carrier>,
    question: &Question<'_>,
) -> Result<TripFacts, Aborted> {
    let Question { person, ends: (pickup, dropoff), distance_m, on, drive } = *question;
    let home = person.map(|person| &person.details.home);
    let territory = |commune: &InseeCode| app.geography.commune(commune).and_then(|known| known.territory);
    let own = Some(app.profile.territory);
    let held = |person: &Person| {
        let grounds = person.details.grounds.iter();
        let ground = grounds.map(|ground| HeldGround {
            code: ground.kind().to_string(),
            from: ground.from(),
            until: ground.until(),
        });
        ground.collect::<Vec<_>>()
    };
    Ok(TripFacts {
        on,
        carrier: carrier.map(|carrier| CarrierFacts {
            form: carrier.details.form,
            private_service: carrier.details.private_service,
        }),
        residence: home.map(|home| area(app, view, home, home, on)).transpose()?,
        pickup: area(app, view, pickup, home.unwrap_or(dropoff), on)?,
        dropoff: area(app, view, dropoff, home.unwrap_or(pickup), on)?,
        grounds: person.map(held).unwrap_or_default(),
        member: person.is_some_and(|person| person.details.member_on(on)),
        distance_m,
        places: drive.and_then(|drive| drive.vehicle).map(|vehicle| vehicle.places),
        contribution: None,
        own_trip: drive.is_some_and(|drive| drive.own_trip),
        in_territory: territory(&pickup.commune) == own && territory(&dropoff.commune) == own,
    })
}

/// The folded words of a text.
fn words(text: &str) -> Vec<String> {
    let words = fold(text);
    words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What the official tables say of a place on a day, seen from where somebody comes from.
fn area(app: &App, view: &dyn View, place: &Place, from: &Place, on: Date) -> Result<Area, Aborted> {
    let Some(known) = reference::urban_commune(view, &place.commune)? else { return Ok(Area::Unknown) };
    let Some(unit) = known.unit else { return Ok(Area::Rural) };
    let limit = Rules::embedded().social_on(on).map(|rule| rule.perimeter_population);
    // What is known of an incomplete unit is that it has so many inhabitants or more.
    if !unit.complete && limit.is_none_or(|limit| unit.population < limit) {
        return Ok(Area::Unknown);
    }
    let population = unit.population;
    let listed = reference::interchanges_of(view, &place.commune)?;
    let neighbouring = neighbouring(app, place.commune, from.commune);
    // The address names an interchange when it is its name and nothing else: « rue de la Gare » is not « Gare ».
    let address = words(place.address.as_str());
    let named = |name: &str| !address.is_empty() && words(name) == address;
    let interchange = if listed.iter().any(|interchange| named(&interchange.name)) {
        Interchange::Named { neighbouring }
    } else if listed.is_empty() {
        Interchange::None
    } else {
        Interchange::InCommune { neighbouring }
    };
    Ok(Area::Unit { population, interchange })
}

/// Whether an urban unit counts as neighbouring: its commune lies in the same territory as where the person comes from,
/// or in one that borders it. The text says *unité urbaine voisine* without a definition; this reading is the widest
/// that still is a neighbourhood.
fn neighbouring(app: &App, commune: InseeCode, from: InseeCode) -> bool {
    let territory = |commune: InseeCode| app.geography.commune(&commune).and_then(|known| known.territory);
    match (territory(commune), territory(from)) {
        (Some(there), Some(here)) => {
            there == here || app.geography.neighbours(&here).iter().any(|neighbour| neighbour.siren == there)
        }
        (Some(_) | None, _) => false,
    }
}

/// The exception for trips that are admitted: the one signed now, or the last one for the series.
fn excepted(
    app: &App,
    transaction: &mut Transaction<'_>,
    admission: &Admission<'_>,
    legs: &[Trip],
) -> Result<Option<Id<ExceptionKind>>, Aborted> {
    if let Some((by, reason)) = &admission.exception {
        let subject = ExceptionSubject::Request(admission.request);
        let exception = FrameException {
            id: app.new_id(),
            subject,
            about: ExceptionAbout::Frame,
            by: by.clone(),
            reason: reason.clone(),
            at: app.now(),
        };
        legal::put_exception(transaction, &exception)?;
        return Ok(Some(exception.id));
    }
    let Some(occurrence) = legs.iter().find_map(|trip| trip.terms.occurrence) else { return Ok(None) };
    let found = legal::exception_for(transaction, ExceptionSubject::Series(occurrence.series))?;
    Ok(found.map(|exception| exception.id))
}

/// The last exception that covers a trip: its own, its request's, its series'.
fn signed_for(view: &dyn View, trip: &Trip) -> Result<Option<FrameException>, Aborted> {
    if let Some(own) = legal::exception_for(view, ExceptionSubject::Trip(trip.id()))? {
        return Ok(Some(own));
    }
    if let Some(request) = trip.request()
        && let Some(found) = legal::exception_for(view, ExceptionSubject::Request(request))?
    {
        return Ok(Some(found));
    }
    let Some(occurrence) = trip.terms.occurrence else { return Ok(None) };
    Ok(legal::exception_for(view, ExceptionSubject::Series(occurrence.series))?)
}

/// The trips an exception shows in at once. Those of a series take it when they are made.
fn concerned(view: &dyn View, subject: ExceptionSubject) -> Result<Vec<Id<TripKind>>, Aborted> {
    match subject {
        ExceptionSubject::Trip(trip) => Ok(vec![find(view, trip)?.id()]),
        ExceptionSubject::Request(request) => {
            let found = requests::find(view, request)?;
            let found = found.ok_or_else(|| refusals::unknown("request-unknown").with("id", request))?;
            Ok(found.trips)
        }
        ExceptionSubject::Series(_) => Ok(Vec::new()),
    }
}

fn with_exception(view: &dyn View, frame: TripFrame) -> Result<ShownFrame, Aborted> {
    let exception = frame.exception.map(|id| legal::exception(view, id)).transpose()?.flatten();
    Ok(ShownFrame { frame, exception })
}

/// The refusal, with the codes of what is against, the first of them with its article.
fn refused(decision: &FrameDecision) -> Refusal {
    let codes: Vec<&str> = decision.against().map(|reason| reason.code.code()).collect();
    let articles: Vec<&str> = decision
        .against()
        .map(|reason| reason.article.as_str())
        .filter(|article| !article.is_empty())
        .collect();
    refusals::conflict("out-of-frame").with("reasons", codes.join(",")).with("articles", articles.join(" ; "))
}
