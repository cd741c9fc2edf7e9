//! Every reason the hub can refuse with, its kind, and nothing else: the words are in the Fluent texts
//! `refusal-<code>`. A code is part of the contract and never changes its meaning.

use maillage_federation::{
    accounts::AccountsError,
    agreement::AgreementError,
    envelope::EnvelopeError,
    handover::{CommandError, Refused},
};
use maillage_platform::refusal::{Refusal, RefusalKind};

use crate::store::{EnrolmentRefused, KeyChanged, RenewalRefused, StoreError};

/// A reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Short code in kebab-case.
    pub code: &'static str,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
}

macro_rules! reasons {
    ($($(#[$text:meta])* $name:ident = $code:literal, $kind:ident;)*) => {
        $($(#[$text])* pub const $name: Reason = Reason { code: $code, kind: RefusalKind::$kind };)*

        /// All of them, in the order they are written down here.
        pub const ALL: &[Reason] = &[$($name),*];
    };
}

reasons! {
    /// The request lacks something or is malformed.
    ENROLMENT_MALFORMED = "enrolment-malformed", InvalidInput;
    /// No such invitation.
    ENROLMENT_UNKNOWN = "enrolment-unknown", Forbidden;
    /// Used by another node.
    ENROLMENT_USED = "enrolment-used", Forbidden;
    /// Too late.
    ENROLMENT_EXPIRED = "enrolment-expired", Forbidden;
    /// For another territory.
    ENROLMENT_WRONG_TERRITORY = "enrolment-wrong-territory", Forbidden;
    /// The proof does not hold.
    ENROLMENT_BAD_PROOF = "enrolment-bad-proof", Forbidden;
    /// The certificate request is not one.
    ENROLMENT_BAD_REQUEST = "enrolment-bad-request", InvalidInput;
    /// A commune served is not known.
    ENROLMENT_UNKNOWN_COMMUNE = "enrolment-unknown-commune", InvalidInput;
    /// The territory has a node already.
    TERRITORY_TAKEN = "territory-taken", Conflict;
    /// No such territory.
    TERRITORY_UNKNOWN = "territory-unknown", InvalidInput;
    /// The territory was merged into another.
    TERRITORY_MERGED = "territory-merged", InvalidInput;
    /// An invitation cannot be valid for so long.
    INVITATION_TOO_LONG = "invitation-too-long", InvalidInput;
    /// The proof of a renewal does not hold.
    RENEWAL_BAD_PROOF = "renewal-bad-proof", Forbidden;
    /// The clocks are too far apart.
    RENEWAL_SKEW = "renewal-skew", Conflict;
    /// Not newer than the last renewal.
    RENEWAL_STALE = "renewal-stale", Conflict;
    /// The announcement of a sealing key does not hold.
    SEALING_KEY_BAD_PROOF = "sealing-key-bad-proof", Forbidden;
    /// Not above the number of the key that the directory has.
    SEALING_KEY_STALE = "sealing-key-stale", Conflict;
    /// The last change is too fresh.
    SEALING_KEY_TOO_SOON = "sealing-key-too-soon", Exhausted;
    /// Too many attempts from this address.
    TOO_MANY_ATTEMPTS = "too-many-attempts", Exhausted;
    /// Too many envelopes from this member.
    TOO_MANY_ENVELOPES = "too-many-envelopes", Exhausted;
    /// Too much at once.
    HUB_BUSY = "hub-busy", Unavailable;
    /// No client certificate.
    CERTIFICATE_REQUIRED = "certificate-required", Unauthenticated;
    /// The certificate is not one of a node of this federation.
    OTHER_FEDERATION = "other-federation", Forbidden;
    /// Not a member.
    NODE_UNKNOWN = "node-unknown", Forbidden;
    /// Revoked.
    NODE_REVOKED = "node-revoked", Forbidden;
    /// There is no envelope.
    ENVELOPE_MISSING = "envelope-missing", InvalidInput;
    /// Signed or sent in another's name.
    ENVELOPE_NOT_YOURS = "envelope-not-yours", Forbidden;
    /// For somebody else than the hub.
    ENVELOPE_NOT_FOR_HUB = "envelope-not-for-hub", InvalidInput;
    /// For another federation.
    ENVELOPE_OTHER_FEDERATION = "envelope-other-federation", Forbidden;
    /// Too large.
    ENVELOPE_TOO_LARGE = "envelope-too-large", InvalidInput;
    /// The signature does not hold.
    ENVELOPE_BAD_SIGNATURE = "envelope-bad-signature", Forbidden;
    /// Not readable.
    ENVELOPE_MALFORMED = "envelope-malformed", InvalidInput;
    /// The id was used for another body.
    ENVELOPE_ID_REUSED = "envelope-id-reused", Conflict;
    /// Says something this version does not know.
    UNKNOWN_KIND = "unknown-kind", InvalidInput;
    /// A notice, which only the hub writes.
    NOTICE_FROM_NODE = "notice-from-node", Forbidden;
    /// A letter about a month for nobody.
    SETTLEMENT_NO_SUCH_MEMBER = "settlement-no-such-member", NotFound;
    /// A letter about a month between two that have agreed on nothing.
    SETTLEMENT_NO_AGREEMENT = "settlement-no-agreement", Conflict;
    /// The other does not read its letters about months.
    SETTLEMENT_TOO_MANY = "settlement-too-many", Exhausted;
    /// The command cannot be understood.
    COMMAND_MALFORMED = "command-malformed", InvalidInput;
    /// The report cannot be understood.
    REPORT_MALFORMED = "report-malformed", InvalidInput;
    /// There is no such report of this node to be taken back.
    REPORT_NOT_RECEIVED = "report-not-received", NotFound;
    /// The report that is to be taken back is not the one that was received.
    REPORT_IS_ANOTHER = "report-is-another", Conflict;
    /// Another report for the month is there already.
    REPORT_ALREADY_RECEIVED = "report-already-received", Conflict;
    /// A model that is not in the catalogue.
    REPORT_UNKNOWN_MODEL = "report-unknown-model", InvalidInput;
    /// The declaration cannot be understood.
    ACCOUNTS_MALFORMED = "accounts-malformed", InvalidInput;
    /// The trips of the declaration are not rounded.
    ACCOUNTS_NOT_ROUNDED = "accounts-not-rounded", InvalidInput;
    /// No platform declares this year.
    ACCOUNTS_YEAR_UNKNOWN = "accounts-year-unknown", InvalidInput;
    /// The year is not over.
    ACCOUNTS_YEAR_NOT_OVER = "accounts-year-not-over", Unavailable;
    /// A newer revision is there already.
    ACCOUNTS_STALE = "accounts-stale", Conflict;
    /// Another declaration under the same revision is there already.
    ACCOUNTS_ALREADY_RECEIVED = "accounts-already-received", Conflict;
    /// The address for the nodes cannot be listened on.
    LISTEN_ADDRESS_IN_USE = "listen-address-in-use", Unavailable;
    /// The address of the local interface cannot be listened on.
    API_ADDRESS_IN_USE = "api-address-in-use", Unavailable;
    /// The address of the dashboard is taken.
    WEB_ADDRESS_IN_USE = "web-address-in-use", Unavailable;
    /// The month is not over.
    REPORT_PERIOD_NOT_CLOSED = "report-period-not-closed", Unavailable;
    /// No such handover, or none of this node's business.
    HANDOVER_UNKNOWN = "handover-unknown", NotFound;
    /// A newer stream of the same node is open.
    REPLACED_BY_NEWER_STREAM = "replaced-by-newer-stream", Conflict;
    /// The hub is about to stop.
    HUB_STOPPING = "hub-stopping", Unavailable;
    /// The store cannot do it now.
    STORE_UNAVAILABLE = "store-unavailable", Unavailable;
    /// Text that is not what it should be.
    MALFORMED_ARGUMENT = "malformed-argument", InvalidInput;
    /// There is a hub in this directory already.
    HUB_EXISTS = "hub-exists", Conflict;
    /// There is no hub in this directory.
    HUB_MISSING = "hub-missing", NotFound;
    /// The store was written by a newer version.
    STORE_NEWER = "store-newer", Conflict;
    /// Stored data does not check.
    STORE_DAMAGED = "store-damaged", Internal;
    /// The disk is full.
    STORE_DISK_FULL = "store-disk-full", Unavailable;
    /// A node that was restored since speaks for it now.
    NODE_SUPERSEDED = "node-superseded", Forbidden;
    /// The hub was restored and waits for the nodes that may know better.
    HANDOVER_RECOVERING = "handover-recovering", Unavailable;
    /// No report of these months can be compared.
    NOTHING_REPORTED = "nothing-reported", NotFound;
    /// What is declared stands in nothing that is published.
    COSTS_NOT_PUBLISHED = "costs-not-published", InvalidInput;
    /// No report of these months is under this model.
    MODEL_NOT_REPORTED = "model-not-reported", NotFound;
    /// What is stored cannot be compared.
    COMPARISON_IMPOSSIBLE = "comparison-impossible", Internal;
    /// Flows are told of years that are over.
    YEAR_NOT_OVER = "year-not-over", InvalidInput;
    /// No such report.
    REPORT_UNKNOWN = "report-unknown", NotFound;
    /// A node has declared nothing about a year.
    ACCOUNTS_UNKNOWN = "accounts-unknown", NotFound;
    /// A decision needs who and why, and not too much of it.
    DECISION_MALFORMED = "decision-malformed", InvalidInput;
    /// What is typed is no address of a site.
    TEAM_ADDRESS = "team-address", InvalidInput;
    /// Others than this machine could reach the team's part without TLS.
    TEAM_EXPOSED = "team-exposed", InvalidInput;
    /// The team's part is not served.
    TEAM_NOT_SERVED = "team-not-served", Conflict;
    /// The role does not allow it.
    TEAM_FORBIDDEN = "team-forbidden", Forbidden;
    /// No name of an account.
    COLLEAGUE_NAME = "colleague-name", InvalidInput;
    /// No full name.
    COLLEAGUE_FULL_NAME = "colleague-full-name", InvalidInput;
    /// No such role.
    COLLEAGUE_ROLE = "colleague-role", InvalidInput;
    /// The account has ended.
    COLLEAGUE_REVOKED = "colleague-revoked", Conflict;
    /// No such account.
    COLLEAGUE_UNKNOWN = "colleague-unknown", NotFound;
    /// Too many accounts.
    COLLEAGUES_TOO_MANY = "colleagues-too-many", Exhausted;
    /// A one-time link that opens nothing.
    LINK_OVER = "link-over", NotFound;
    /// Name or password are wrong.
    SIGN_IN_WRONG = "sign-in-wrong", Unauthenticated;
    /// The password is too short.
    PASSWORD_SHORT = "password-short", InvalidInput;
    /// The password is too long.
    PASSWORD_LONG = "password-long", InvalidInput;
    /// The password is one that is tried first.
    PASSWORD_COMMON = "password-common", InvalidInput;
    /// It is so already.
    DECISION_ALREADY = "decision-already", Conflict;
    /// No such invitation.
    INVITATION_UNKNOWN = "invitation-unknown", NotFound;
    /// A node has used the invitation.
    INVITATION_USED = "invitation-used", Conflict;
    /// Too much was decided about one report.
    DECISION_TOO_MANY = "decision-too-many", Exhausted;
    /// Something is where the export should be.
    EXPORT_EXISTS = "export-exists", Conflict;
    /// Reports came in while the figures were read.
    EXPORT_UNSTEADY = "export-unsteady", Unavailable;
    /// The export cannot be written there.
    EXPORT_UNWRITABLE = "export-unwritable", InvalidInput;
}

/// Codes that receipts carry for commands of a handover.
pub const HANDOVER_CODES: [Refused; 17] = [
    Refused::Unknown,
    Refused::Exists,
    Refused::NotYours,
    Refused::WrongRound,
    Refused::WrongState,
    Refused::TooLate,
    Refused::NotEligible,
    Refused::NoLiveBid,
    Refused::BadDeadline,
    Refused::BadTerms,
    Refused::TooManyWords,
    Refused::ChangePending,
    Refused::NoSuchChange,
    Refused::ChangeLocked,
    Refused::NoAgreement,
    Refused::AgreementNotInForce,
    Refused::AgreementOtherWay,
];

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason.kind, reason.code)
    }
}

impl From<Reason> for tonic::Status {
    fn from(reason: Reason) -> Self {
        Refusal::from(reason).into()
    }
}

impl From<EnrolmentRefused> for Reason {
    fn from(refused: EnrolmentRefused) -> Self {
        match refused {
            EnrolmentRefused::Unknown => ENROLMENT_UNKNOWN,
            EnrolmentRefused::Used => ENROLMENT_USED,
            EnrolmentRefused::Expired => ENROLMENT_EXPIRED,
            EnrolmentRefused::WrongTerritory => ENROLMENT_WRONG_TERRITORY,
            EnrolmentRefused::TerritoryTaken => TERRITORY_TAKEN,
            EnrolmentRefused::Revoked => NODE_REVOKED,
        }
    }
}

/// What a new sealing key is refused for.
///
/// # Errors
/// The reason.
pub fn key_changed(changed: KeyChanged) -> Result<(), Reason> {
    match changed {
        KeyChanged::Done | KeyChanged::Again => Ok(()),
        KeyChanged::Unknown => Err(NODE_UNKNOWN),
        KeyChanged::Stale => Err(SEALING_KEY_STALE),
        KeyChanged::TooSoon => Err(SEALING_KEY_TOO_SOON),
    }
}

impl From<RenewalRefused> for Reason {
    fn from(refused: RenewalRefused) -> Self {
        match refused {
            RenewalRefused::Unknown => NODE_UNKNOWN,
            RenewalRefused::Revoked => NODE_REVOKED,
            RenewalRefused::Stale => RENEWAL_STALE,
        }
    }
}

impl From<&EnvelopeError> for Reason {
    fn from(error: &EnvelopeError) -> Self {
        match error {
            EnvelopeError::TooLarge(_) => ENVELOPE_TOO_LARGE,
            EnvelopeError::OtherFederation => ENVELOPE_OTHER_FEDERATION,
            EnvelopeError::UnknownKind
            | EnvelopeError::Handover(CommandError::Unknown(_))
            | EnvelopeError::Agreement(AgreementError::Unknown(_))
            | EnvelopeError::Accounts(AccountsError::Form) => UNKNOWN_KIND,
            EnvelopeError::Signature(_) => ENVELOPE_BAD_SIGNATURE,
            EnvelopeError::Handover(_) | EnvelopeError::Agreement(_) | EnvelopeError::Settlement(_) => {
                COMMAND_MALFORMED
            }
            EnvelopeError::Report(_) => REPORT_MALFORMED,
            EnvelopeError::Accounts(AccountsError::Year(_)) => ACCOUNTS_YEAR_UNKNOWN,
            EnvelopeError::Accounts(AccountsError::NotRounded) => ACCOUNTS_NOT_ROUNDED,
            EnvelopeError::Accounts(_) => ACCOUNTS_MALFORMED,
            EnvelopeError::Name(_) | EnvelopeError::Id(_) | EnvelopeError::Unreadable => ENVELOPE_MALFORMED,
        }
    }
}

/// A failure of the store, told once in the log, and to the caller without its cause.
pub(crate) fn store_failed(error: &StoreError) -> Refusal {
    tracing::error!(error = error as &dyn std::error::Error, "the store could not do it");
    STORE_UNAVAILABLE.into()
}
