//! The enumerations of the profile, each way. A code without a counterpart is told, never guessed.

use maillage_federation::{handover::GiveBackReason, needs::Need};

use crate::messages::CallOff;

/// The code a need is written with. A need of clear words is written as an alert of the driver: the profile's own codes for
/// it (`IDD`, `MI`) name a diagnosis. Needs that are not here go into `transportServices` by their own code.
pub const NEEDS: &[(Need, &str)] = &[
    (Need::WheelchairManual, "W"),
    (Need::WheelchairElectric, "E"),
    (Need::WalkingAid, "WA"),
    (Need::Visual, "VI"),
    (Need::Hearing, "HI"),
    (Need::Cognitive, "DA"),
    (Need::AssistanceDog, "SA"),
    (Need::DoorToDoor, "D2D"),
];

/// Further codes that are read as a need; `A` (walks) is none.
pub const NEEDS_READ: &[(&str, Need)] = &[
    ("C", Need::WalkingAid),
    ("CU", Need::WalkingAid),
    ("WAK", Need::WalkingAid),
    ("S", Need::WheelchairElectric),
    ("WT", Need::TransferPossible),
    ("DTD", Need::DoorToDoor),
    ("IDD", Need::Cognitive),
    ("MI", Need::Cognitive),
];

/// No need at all.
pub(super) const AMBULATORY: &str = "A";

/// The code of a need; none for one that the profile does not have.
pub(super) fn of_need(need: Need) -> Option<&'static str> {
    NEEDS.iter().find(|(known, _)| *known == need).map(|(_, code)| *code)
}

/// The need of a code.
pub(super) fn need(code: &str) -> Option<Need> {
    let written = NEEDS.iter().find(|(_, known)| *known == code).map(|(need, _)| *need);
    written.or_else(|| NEEDS_READ.iter().find(|(known, _)| *known == code).map(|(_, need)| *need))
}

/// Every code of a need that is read.
pub(super) fn need_codes() -> impl Iterator<Item = &'static str> {
    std::iter::once(AMBULATORY)
        .chain(NEEDS.iter().map(|(_, code)| *code))
        .chain(NEEDS_READ.iter().map(|(code, _)| *code))
}

/// Why a provider does not carry; the first of a reason is the one that is written.
pub(super) const REJECTIONS: &[(&str, GiveBackReason)] = &[
    ("UNABLE_TO_SERVICE_TRIP", GiveBackReason::NoDriver),
    ("WRONG_SERVICE_LEVEL", GiveBackReason::Needs),
    ("NO_VEHICLES_AVAILABLE", GiveBackReason::Vehicle),
    ("INVALID_PICKUP_ADDRESS", GiveBackReason::Details),
    ("INVALID_DROPOFF_ADDRESS", GiveBackReason::Details),
    ("INVALID_USER", GiveBackReason::Details),
    ("OTHER", GiveBackReason::Coordinator),
    ("NOT_IN_SERVICE_AREA", GiveBackReason::Coordinator),
    ("INVALID_SERVICE_HOURS", GiveBackReason::NoDriver),
    ("BAD_WEATHER", GiveBackReason::NoDriver),
];

/// Why a person does not travel.
pub(super) const CALL_OFF: &[(&str, CallOff)] = &[
    ("BOOKED_BY_MISTAKE", CallOff::Mistake),
    ("BOOKING_TIME", CallOff::Time),
    ("CHANGED_MY_MIND", CallOff::NotNeeded),
    ("UNABLE_TO_MAKE_TRIP", CallOff::Unable),
    ("OTHER", CallOff::Other),
];

/// What a provider's own cancellation (6B) means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProviderCancel {
    /// The person was not there, or not ready: an account.
    NoShow,
    /// The provider does not carry: given back.
    GivenBack,
}

pub(super) const PROVIDER_CANCEL: &[(&str, ProviderCancel)] = &[
    ("NO_CLIENT", ProviderCancel::NoShow),
    ("CANCEL_AT_DOOR", ProviderCancel::NoShow),
    ("NOT_READY", ProviderCancel::NoShow),
    ("PROVIDER_ADMIN_CANCEL", ProviderCancel::GivenBack),
];

/// Units of a distance, in millionths of a metre for a thousandth of the unit.
pub(super) const UNITS: &[(&str, u64)] = &[("Kilometers", 1_000_000), ("Miles", 1_609_344)];

/// Ways of paying; one of them says that nobody was there.
pub(super) const PAYMENTS: &[(&str, bool)] = &[
    ("cash", false),
    ("card", false),
    ("account", false),
    ("ticket", false),
    ("noShow", true),
    ("providerCompensation", false),
];

/// What a vehicle did with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskStatus {
    Performed,
    NoShow,
    NoPickup,
}

pub(super) const TASK: &[(&str, TaskStatus)] = &[
    ("performed", TaskStatus::Performed),
    ("no show", TaskStatus::NoShow),
    ("no pickup", TaskStatus::NoPickup),
];

/// The first code of a value.
pub(super) fn code<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, known)| known == value).map_or("", |(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use maillage_federation::{handover::GiveBackReason, needs::Need};

    use super::{CALL_OFF, REJECTIONS, code, need, need_codes, of_need};
    use crate::messages::CallOff;

    #[test]
    fn every_code_that_is_written_is_read_back() {
        for known in Need::ALL {
            if let Some(code) = of_need(known) {
                assert_eq!(need(code), Some(known));
            }
        }
        let codes: Vec<_> = need_codes().collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "a code twice");
        for reason in [
            GiveBackReason::NoDriver,
            GiveBackReason::Needs,
            GiveBackReason::Vehicle,
            GiveBackReason::Details,
            GiveBackReason::Coordinator,
        ] {
            let written = code(REJECTIONS, &reason);
            assert_eq!(REJECTIONS.iter().find(|(code, _)| *code == written).map(|(_, r)| *r), Some(reason));
        }
        for reason in [CallOff::Mistake, CallOff::Time, CallOff::NotNeeded, CallOff::Unable, CallOff::Other] {
            assert!(!code(CALL_OFF, &reason).is_empty());
        }
    }

    #[test]
    fn no_diagnosis_is_written() {
        for known in Need::ALL {
            assert!(!matches!(of_need(known), Some("IDD" | "MI" | "SD" | "TD" | "SI")), "{known}");
        }
    }
}
