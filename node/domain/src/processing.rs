//! What a platform does with data about people, for the register of processings (RGPD art. 30). Codes only: their words are
//! texts of the interface. The operator verifies it with its data protection officer; it describes this program, not what
//! else the platform does.

use crate::retention::Kind;

/// A processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// Its code.
    pub code: &'static str,
    /// Code of its legal basis (RGPD art. 6, and art. 9 for data about health).
    pub legal_basis: &'static str,
    /// Whom it is about.
    pub people: &'static [&'static str],
    /// What is kept about them.
    pub categories: &'static [&'static str],
    /// Who gets it.
    pub recipients: &'static [&'static str],
    /// How it is protected.
    pub security: &'static [&'static str],
    /// The terms it is kept for.
    pub retention: &'static [Kind],
}

/// What protects everything in the store.
const STORE: &[&str] = &["local-store", "roles", "access-log", "no-logs"];
/// What protects what leaves for another node.
const SEALED: &[&str] = &["local-store", "roles", "access-log", "no-logs", "sealed-award", "mutual-tls"];

/// Every processing of this program.
pub const ALL: &[Processing] = &[
    Processing {
        code: "people",
        legal_basis: "public-interest-or-contract",
        people: &["beneficiaries", "volunteers", "staff", "prescribers"],
        categories: &[
            "identity",
            "contacts",
            "home",
            "needs",
            "situation",
            "eligibility",
            "choices",
            "documents",
        ],
        recipients: &["desk", "driver-minimum"],
        security: STORE,
        retention: &[Kind::Beneficiary, Kind::Volunteer],
    },
    Processing {
        code: "rides",
        legal_basis: "public-interest-or-contract",
        people: &["beneficiaries", "volunteers"],
        categories: &["places", "times", "purpose", "needs", "drives"],
        recipients: &["desk", "driver-minimum"],
        security: STORE,
        retention: &[Kind::Beneficiary],
    },
    Processing {
        code: "handovers",
        legal_basis: "consent-sharing",
        people: &["beneficiaries", "neighbours-people"],
        categories: &["identity", "contacts", "places", "times", "needs"],
        recipients: &["winning-node", "chosen-partner", "hub-blind"],
        security: SEALED,
        retention: &[Kind::CarriedPassenger, Kind::DeadLetter, Kind::InboxMark],
    },
    Processing {
        code: "frames",
        legal_basis: "legal-obligation",
        people: &["beneficiaries"],
        categories: &["eligibility", "places"],
        recipients: &["desk", "prefect-figures"],
        security: STORE,
        retention: &[Kind::Beneficiary],
    },
    Processing {
        code: "pathways",
        legal_basis: "public-interest-or-contract",
        people: &["beneficiaries", "prescribers"],
        categories: &["situation", "services", "outcomes", "notes"],
        recipients: &["desk", "prescriber-outcome"],
        security: STORE,
        retention: &[Kind::Beneficiary, Kind::Referral],
    },
    Processing {
        code: "messages",
        legal_basis: "public-interest-or-contract",
        people: &["beneficiaries", "volunteers"],
        categories: &["contacts", "times"],
        recipients: &["driver-minimum", "mail-and-sms-providers"],
        security: STORE,
        retention: &[Kind::Beneficiary, Kind::Volunteer, Kind::Message, Kind::DriverOffer, Kind::LostDrive],
    },
    Processing {
        code: "money",
        legal_basis: "legal-obligation",
        people: &["beneficiaries", "volunteers"],
        categories: &["identity", "home", "amounts", "drives"],
        recipients: &["treasurer", "accountant", "tax-office"],
        security: STORE,
        retention: &[Kind::AccountingPiece],
    },
    Processing {
        code: "traceability",
        legal_basis: "legal-obligation",
        people: &["beneficiaries", "volunteers", "staff"],
        categories: &["actions"],
        recipients: &["auditor", "the-person"],
        security: STORE,
        retention: &[Kind::AccessLog],
    },
    Processing {
        code: "statistics",
        legal_basis: "public-interest-objection",
        people: &["beneficiaries"],
        categories: &["noisy-counts"],
        recipients: &["hub-counts"],
        security: &["differential-privacy", "mutual-tls"],
        retention: &[],
    },
    Processing {
        code: "node",
        legal_basis: "legitimate-interest",
        people: &[],
        categories: &["settings"],
        recipients: &["desk"],
        security: STORE,
        retention: &[],
    },
];
