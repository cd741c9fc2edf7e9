//! Carriers, the frame decided for each trip, signed exceptions. A frame is kept apart from its trip, so that neither
//! changes with the other; an exception is never changed nor deleted.

mod records;

use maillage_domain::{
    ids::{CarrierKind, ExceptionKind},
    legal::{Carrier, ExceptionAbout, ExceptionSubject, FrameDecision, FrameException},
};
use maillage_engine::{EngineError, Key as _, Record, RecordError, Table, Transaction, Tree, View};
use maillage_federation::ids::{Id, TripKind};
use serde::{Deserialize, Serialize};

pub(crate) use self::records::{CarrierRecord, ExceptionRecord, TripFrameRecord};
use crate::{
    fields::after,
    kinds,
    settings::{self, Setting},
};

/// Carriers by identifier.
pub const CARRIERS_TREE: Tree = Tree::named("carriers");
/// Frames by trip.
pub const TRIP_FRAMES_TREE: Tree = Tree::named("trip_frames");
/// Exceptions by identifier.
pub const EXCEPTIONS_TREE: Tree = Tree::named("frame_exceptions");
/// Exceptions by what they are for.
pub const EXCEPTIONS_BY_SUBJECT_TREE: Tree = Tree::named("frame_exceptions_by_subject");

const CARRIERS: Table<[u8; 16], CarrierRecord> = Table::new(CARRIERS_TREE);
const FRAMES: Table<[u8; 16], TripFrameRecord> = Table::new(TRIP_FRAMES_TREE);
const EXCEPTIONS: Table<[u8; 16], ExceptionRecord> = Table::new(EXCEPTIONS_TREE);

/// The frame of a trip as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripFrame {
    /// The trip.
    pub trip: Id<TripKind>,
    /// The carrier it was decided for; none if the node had not declared any.
    pub carrier: Option<Id<CarrierKind>>,
    /// What was decided.
    pub decision: FrameDecision,
    /// The exception it is carried out under, if every frame excludes it.
    pub exception: Option<Id<ExceptionKind>>,
    /// When it was decided.
    pub at: jiff::Timestamp,
}

/// The carrier of trips that do not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultCarrier {
    /// Which.
    pub carrier: Id<CarrierKind>,
}

impl Record for DefaultCarrier {
    const KIND: u16 = kinds::DEFAULT_CARRIER;
    const VERSION: u16 = 1;
}

impl Setting for DefaultCarrier {
    const NAME: &'static str = "default-carrier";
}

/// Writes a carrier.
pub fn put_carrier(transaction: &mut Transaction<'_>, carrier: &Carrier) -> Result<(), EngineError> {
    CARRIERS.put(transaction, &carrier.id.to_array(), &CarrierRecord::from(carrier))
}

/// One carrier.
pub fn carrier(view: &(impl View + ?Sized), id: Id<CarrierKind>) -> Result<Option<Carrier>, EngineError> {
    CARRIERS.get(view, &id.to_array())?.map(Carrier::try_from).transpose()
}

/// At most `limit` carriers in the order they were declared, after one of them.
pub fn carriers(
    view: &(impl View + ?Sized),
    from: Option<Id<CarrierKind>>,
    limit: usize,
) -> Result<Vec<Carrier>, EngineError> {
    let rows = CARRIERS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// The carrier of trips that do not say otherwise; none if the node has not declared any.
pub fn default_carrier(view: &(impl View + ?Sized)) -> Result<Option<Carrier>, EngineError> {
    match settings::find::<DefaultCarrier>(view)? {
        Some(default) => carrier(view, default.carrier),
        None => Ok(None),
    }
}

/// Writes the frame of a trip, replacing any former one.
pub fn put_frame(transaction: &mut Transaction<'_>, frame: &TripFrame) -> Result<(), EngineError> {
    FRAMES.put(transaction, &frame.trip.to_array(), &TripFrameRecord::from(frame))
}

/// The frame of a trip.
pub fn frame(view: &(impl View + ?Sized), trip: Id<TripKind>) -> Result<Option<TripFrame>, EngineError> {
    FRAMES.get(view, &trip.to_array())?.map(TripFrame::try_from).transpose()
}

/// At most `limit` frames in the order their trips were made, after one of them.
pub fn frames(
    view: &(impl View + ?Sized),
    from: Option<Id<TripKind>>,
    limit: usize,
) -> Result<Vec<TripFrame>, EngineError> {
    let rows = FRAMES.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// Keeps a signed exception.
pub fn put_exception(
    transaction: &mut Transaction<'_>,
    exception: &FrameException,
) -> Result<(), EngineError> {
    let key = (exception.subject.bytes(), exception.id.to_array()).to_key();
    transaction.put(EXCEPTIONS_BY_SUBJECT_TREE, key, Vec::new())?;
    EXCEPTIONS.put(transaction, &exception.id.to_array(), &ExceptionRecord::from(exception))
}

/// One exception.
pub fn exception(
    view: &(impl View + ?Sized),
    id: Id<ExceptionKind>,
) -> Result<Option<FrameException>, EngineError> {
    EXCEPTIONS.get(view, &id.to_array())?.map(FrameException::try_from).transpose()
}

/// At most `limit` exceptions in the order they were signed, after one of them.
pub fn exceptions(
    view: &(impl View + ?Sized),
    from: Option<Id<ExceptionKind>>,
    limit: usize,
) -> Result<Vec<FrameException>, EngineError> {
    let rows = EXCEPTIONS.scan(view, after(from), limit)?;
    rows.into_iter().map(|(_, record)| record.try_into()).collect()
}

/// The last exception from the legal frames signed for something.
pub fn exception_for(
    view: &(impl View + ?Sized),
    subject: ExceptionSubject,
) -> Result<Option<FrameException>, EngineError> {
    exception_from(view, subject, ExceptionAbout::Frame)
}

/// The last exception from a rule signed for something.
pub fn exception_from(
    view: &(impl View + ?Sized),
    subject: ExceptionSubject,
    about: ExceptionAbout,
) -> Result<Option<FrameException>, EngineError> {
    for (key, _) in view.scan_prefix_reverse(EXCEPTIONS_BY_SUBJECT_TREE, &subject.bytes(), usize::MAX)? {
        let id = *key.last_chunk::<16>().ok_or(RecordError::Key("an index row of an exception"))?;
        let found = EXCEPTIONS.get(view, &id)?.map(FrameException::try_from).transpose()?;
        if let Some(found) = found.filter(|found| (found.subject, found.about) == (subject, about)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
