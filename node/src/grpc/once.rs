//! Requests that their callers may name, so that asking again does nothing twice.

use maillage_domain::roles::Operation;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1 as proto;
use prost::Message;
use tonic::Request;

use super::allowed;
use crate::app::{caller::Caller, once::Once};

/// A request with a place for its caller's name for it.
pub(super) trait Nameable: Message {
    /// The name; empty for none.
    fn request_id(&mut self) -> &mut String;
}

/// As [`allowed`], with what was asked: the caller bears the name of the request, if it has one.
///
/// # Errors
/// As [`allowed`]; `request-id-malformed`.
pub(super) fn allowed_once<T: Nameable>(
    request: Request<T>,
    operation: Operation,
) -> Result<(Caller, T), Refusal> {
    let caller = allowed(&request, operation)?;
    let mut asked = request.into_inner();
    let name = std::mem::take(asked.request_id());
    let once = Once::read(&name, operation, &asked.encode_to_vec())?;
    Ok((caller.asking_once(once), asked))
}

macro_rules! nameable {
    ($($message:ident),* $(,)?) => {
        $(impl Nameable for proto::$message {
            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }
        })*
    };
}

nameable!(
    AddAssetRequest,
    AddCarrierRequest,
    AddDueRequest,
    AddExpenseRequest,
    AddPartnerRequest,
    AddPersonRequest,
    AddPrescriberRequest,
    AddProfessionalRequest,
    AddReferralRequest,
    AddRequestRequest,
    AddSeriesRequest,
    AddVolunteerRequest,
    AskForLoanRequest,
    OpenPathwayRequest,
    OpenServiceRequest,
    RecordPaymentRequest,
    RecordRefundRequest,
    RecordRemittanceRequest,
    ShowOfferRequest,
    SignExceptionRequest,
    WriteOffRequest,
);
