//! The way into a participation model: one that is on prescription serves people whom a prescriber referred, or for whom
//! somebody signs why not. Must never decide a legal frame.

use maillage_domain::{
    legal::{ExceptionAbout, ExceptionSubject, FrameException},
    trip::Trip,
};
use maillage_engine::View;
use maillage_federation::models::Access;
use maillage_store::{legal, pathways};

use super::{Aborted, App, frames::Admission, refusals};

/// Lets the trips of a person in, if the model they are served under lets them. Gives the exception that was needed and is
/// signed, to be kept with them; writes nothing.
///
/// # Errors
/// `prescription-needed`; the store.
pub fn admit(
    app: &App,
    view: &dyn View,
    admission: &Admission<'_>,
    legs: &[Trip],
) -> Result<Option<FrameException>, Aborted> {
    let models = legs.iter().filter_map(|trip| app.catalogue.model(&trip.terms.model));
    let Some(model) = models.into_iter().find(|model| model.access == Access::PrescriptionOnly) else {
        return Ok(None);
    };
    if is_referred(view, admission)? || is_signed(view, legs)? {
        return Ok(None);
    }
    let Some((by, reason)) = admission.access.clone() else {
        return Err(refusals::conflict("prescription-needed").with("model", &model.key).into());
    };
    Ok(Some(FrameException {
        id: app.new_id(),
        subject: ExceptionSubject::Request(admission.request),
        about: ExceptionAbout::Access,
        by,
        reason,
        at: app.now(),
    }))
}

/// Whether a prescriber is noted in the person's file, or a referral was accepted: it opened a pathway.
fn is_referred(view: &dyn View, admission: &Admission<'_>) -> Result<bool, Aborted> {
    if admission.person.details.prescriber.is_some() {
        return Ok(true);
    }
    let pathways = pathways::of_person(view, admission.person.id, usize::MAX)?;
    Ok(pathways.iter().any(|pathway| pathway.referral.is_some() || pathway.prescriber.is_some()))
}

/// Whether it was signed for the series.
fn is_signed(view: &dyn View, legs: &[Trip]) -> Result<bool, Aborted> {
    let Some(day) = legs.iter().find_map(|trip| trip.terms.occurrence) else { return Ok(false) };
    let subject = ExceptionSubject::Series(day.series);
    Ok(legal::exception_from(view, subject, ExceptionAbout::Access)?.is_some())
}
