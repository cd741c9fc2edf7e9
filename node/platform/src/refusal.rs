//! How a use case's refusal travels: reason code and details through gRPC (`google.rpc.ErrorInfo`), words at the
//! reader's end through Fluent.
//!
//! It must never carry personal data: details are logged and shown to operators. Keeping names, addresses and
//! contacts out of them is the duty of whoever builds the refusal; put identifiers of records, dates and limits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::limits::{REFUSAL_DETAIL_BYTES, REFUSAL_DETAILS};

/// What kind of refusal it is; one gRPC code each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalKind {
    /// What was asked makes no sense (`INVALID_ARGUMENT`).
    InvalidInput,
    /// What was asked about does not exist (`NOT_FOUND`).
    NotFound,
    /// It does not fit the present state (`FAILED_PRECONDITION`).
    Conflict,
    /// The caller may not (`PERMISSION_DENIED`).
    Forbidden,
    /// The caller is not known (`UNAUTHENTICATED`).
    Unauthenticated,
    /// Not now; try again later (`UNAVAILABLE`).
    Unavailable,
    /// A limit is reached (`RESOURCE_EXHAUSTED`).
    Exhausted,
    /// Our fault (`INTERNAL`).
    Internal,
}

/// A request that was understood and refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: RefusalKind,
    reason: Cow<'static, str>,
    details: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal with its reason: a kebab-case code; the text for people is the Fluent message `refusal-<reason>`.
    pub fn new(kind: RefusalKind, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, reason: reason.into(), details: BTreeMap::new() }
    }

    /// Adds an argument of the text. No personal data. Cut to [`REFUSAL_DETAIL_BYTES`] bytes, and dropped beyond
    /// [`REFUSAL_DETAILS`] details.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        if self.details.len() < REFUSAL_DETAILS {
            let mut value = value.to_string();
            value.truncate(value.floor_char_boundary(REFUSAL_DETAIL_BYTES));
            self.details.insert(name.into(), value);
        }
        self
    }

    /// The refusal as a gRPC status: `google.rpc.ErrorInfo`, and `google.rpc.BadRequest` beside it when what was typed in one
    /// field (detail `field`) is refused, so that a form can say it there.
    pub fn into_status(self) -> Status {
        let message = self.to_string();
        let field = self.details.get(FIELD).cloned();
        let details: std::collections::HashMap<String, String> = self.details.into_iter().collect();
        let mut rich = ErrorDetails::with_error_info(self.reason.clone(), DOMAIN, details);
        if let (RefusalKind::InvalidInput, Some(field)) = (self.kind, field) {
            rich.add_bad_request_violation(field, self.reason);
        }
        Status::with_error_details(self.kind.code(), message, rich)
    }

    /// The refusal within a gRPC status. A status of another origin (a broken connection, another server) becomes
    /// a refusal with one of the reasons `rpc-…` known to the platform's texts.
    pub fn from_status(status: &Status) -> Self {
        let info = status.get_details_error_info().filter(|info| info.domain == DOMAIN);
        let Some(info) = info.filter(|info| is_reason(&info.reason)) else {
            let (kind, reason) = foreign(status.code());
            return Self::new(kind, reason);
        };
        let refusal = Self::new(kind_of(status.code()), info.reason);
        let details: BTreeMap<String, String> = info.metadata.into_iter().collect();
        details.into_iter().fold(refusal, |refusal, (name, value)| refusal.with(name, value))
    }

    /// What kind of refusal it is.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// The reason code.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The arguments of the text.
    pub fn details(&self) -> &BTreeMap<String, String> {
        &self.details
    }

    /// The Fluent message with the text for people.
    pub fn message_id(&self) -> String {
        format!("refusal-{}", self.reason)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "refused: {}", self.reason)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.into_status()
    }
}

impl RefusalKind {
    /// The gRPC code of this kind.
    pub fn code(self) -> Code {
        match self {
            Self::InvalidInput => Code::InvalidArgument,
            Self::NotFound => Code::NotFound,
            Self::Conflict => Code::FailedPrecondition,
            Self::Forbidden => Code::PermissionDenied,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Unavailable => Code::Unavailable,
            Self::Exhausted => Code::ResourceExhausted,
            Self::Internal => Code::Internal,
        }
    }
}

/// Name of the detail that says which field of the request is wrong.
const FIELD: &str = "field";
/// Domain of our reasons in `google.rpc.ErrorInfo`.
const DOMAIN: &str = "maillage";

fn kind_of(code: Code) -> RefusalKind {
    foreign(code).0
}

/// Kind and reason of a status that is none of ours.
fn foreign(code: Code) -> (RefusalKind, &'static str) {
    match code {
        Code::InvalidArgument | Code::OutOfRange => (RefusalKind::InvalidInput, "rpc-invalid"),
        Code::NotFound => (RefusalKind::NotFound, "rpc-not-found"),
        Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted => {
            (RefusalKind::Conflict, "rpc-conflict")
        }
        Code::PermissionDenied => (RefusalKind::Forbidden, "rpc-forbidden"),
        Code::Unauthenticated => (RefusalKind::Unauthenticated, "rpc-unauthenticated"),
        Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded => {
            (RefusalKind::Unavailable, "rpc-unavailable")
        }
        Code::ResourceExhausted => (RefusalKind::Exhausted, "rpc-exhausted"),
        Code::Unimplemented => (RefusalKind::Internal, "rpc-unimplemented"),
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss => (RefusalKind::Internal, "rpc-internal"),
    }
}

/// A reason becomes part of a message identifier; anything else from a peer is not taken as one.
fn is_reason(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Reasons that [`Refusal::from_status`] and the local API can give; each has its platform text.
pub const PLATFORM_REASONS: [&str; 12] = [
    "rpc-invalid",
    "rpc-not-found",
    "rpc-conflict",
    "rpc-forbidden",
    "rpc-unauthenticated",
    "rpc-unavailable",
    "rpc-exhausted",
    "rpc-unimplemented",
    "rpc-internal",
    crate::grpc::REASON_TOKEN_MISSING,
    crate::grpc::REASON_TOKEN_WRONG,
    crate::grpc::REASON_TOKEN_TOO_MANY,
];

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [RefusalKind; 8] = [
        RefusalKind::InvalidInput,
        RefusalKind::NotFound,
        RefusalKind::Conflict,
        RefusalKind::Forbidden,
        RefusalKind::Unauthenticated,
        RefusalKind::Unavailable,
        RefusalKind::Exhausted,
        RefusalKind::Internal,
    ];

    #[test]
    fn a_refusal_survives_the_journey_through_a_status() {
        for kind in KINDS {
            let refusal = Refusal::new(kind, "commune-outside").with("commune", "81004").with("km", 12);
            // Over the wire a status is its headers.
            let headers = refusal.clone().into_status().into_http::<()>().into_parts().0.headers;
            let received = Status::from_header_map(&headers).unwrap();
            assert_eq!(Refusal::from_status(&received), refusal);
        }
    }

    #[test]
    fn a_field_that_is_wrong_is_named_for_the_form() {
        let violations = |refusal: Refusal| {
            let details = refusal.into_status().get_details_bad_request();
            let violations = details.map(|details| details.field_violations).unwrap_or_default();
            violations.into_iter().map(|found| (found.field, found.description)).collect::<Vec<_>>()
        };
        let refusal = |kind| Refusal::new(kind, "text-empty").with("field", "name");
        let named = [("name".to_owned(), "text-empty".to_owned())];
        assert_eq!(violations(refusal(RefusalKind::InvalidInput)), named);
        assert_eq!(violations(refusal(RefusalKind::Conflict)), []);
        assert_eq!(violations(Refusal::new(RefusalKind::InvalidInput, "text-empty")), []);
    }

    #[test]
    fn the_message_of_a_status_holds_the_reason_and_no_detail() {
        let status = Refusal::new(RefusalKind::Conflict, "already-taken").with("trip", "t-1").into_status();
        assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "refused: already-taken"));
    }

    #[test]
    fn a_status_of_another_origin_keeps_its_kind_and_tells_nothing_else() {
        let refused = Refusal::from_status(&Status::unavailable("connection reset"));
        assert_eq!((refused.kind(), refused.reason()), (RefusalKind::Unavailable, "rpc-unavailable"));
        let details = || ErrorDetails::with_error_info("x", "elsewhere.example", [("a".into(), "b".into())]);
        let foreign = Status::with_error_details(Code::NotFound, "", details());
        let refused = Refusal::from_status(&foreign);
        assert_eq!((refused.reason(), refused.details().len()), ("rpc-not-found", 0));
        let odd = ErrorDetails::with_error_info("Not A Reason\n", DOMAIN, [("a".into(), "b".into())]);
        let odd = Status::with_error_details(Code::Internal, "", odd);
        assert_eq!(Refusal::from_status(&odd).reason(), "rpc-internal");
        for code in 0..=16 {
            let refused = Refusal::from_status(&Status::new(Code::from_i32(code), ""));
            assert!(PLATFORM_REASONS.contains(&refused.reason()), "{code}");
        }
    }

    #[test]
    fn details_are_bounded() {
        let long = "é".repeat(REFUSAL_DETAIL_BYTES);
        let many = (0..100).fold(Refusal::new(RefusalKind::Internal, "x"), |refusal, number| {
            refusal.with(format!("d{number:03}"), &long)
        });
        assert_eq!(many.details().len(), REFUSAL_DETAILS);
        assert!(many.details().values().all(|value| value.len() <= REFUSAL_DETAIL_BYTES));
    }
}
