//! The life of an erasure: from what somebody asked for, or a term that ended, to the moment no file of the node holds
//! anything of the person any more. One transition function; must never know how a store forgets.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use maillage_federation::needs::Needs;

use crate::{
    availability::Availability,
    codes::{UnknownCode, coded},
    contact::Channel,
    document::Documents,
    text::{Address, Name},
    volunteer::{DriverLimits, Vehicles, Volunteer},
};

/// How long after being asked no file may hold anything of the person: RGPD art. 12, 3 gives one month.
pub const WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where an erasure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErasureState {
    /// The identity is gone; rows that hang on it are being gone through.
    Rows,
    /// No row tells of the person; the journal and the image on the disk still hold what was written before.
    Files,
    /// No file of the node holds anything of the person.
    Done,
}

/// Why somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErasureReason {
    /// The person asked (RGPD art. 17).
    Asked,
    /// The term of retention ended.
    Retention,
}

/// What happens to an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureStep {
    /// Rows were found that have to change.
    RowsFound,
    /// Every row was gone through, and none has to change.
    RowsClean,
    /// Old segments, snapshots and the old image are gone.
    FilesClean,
}

coded!(ErasureState { Rows = "rows", Files = "files", Done = "done" });
coded!(ErasureReason { Asked = "asked", Retention = "retention" });

impl ErasureState {
    /// The state after a step. Rows that turn up late lead back; nothing leaves `done` but such rows.
    #[must_use]
    pub fn after(self, step: ErasureStep) -> Self {
        match (self, step) {
            // Files are only clean once no row puts anything back into them.
            (_, ErasureStep::RowsFound) | (Self::Rows, ErasureStep::FilesClean) => Self::Rows,
            (Self::Rows | Self::Files, ErasureStep::RowsClean) => Self::Files,
            (Self::Files | Self::Done, ErasureStep::FilesClean) | (Self::Done, ErasureStep::RowsClean) => {
                Self::Done
            }
        }
    }
}

/// Takes out of a volunteer all that identifies; what the prefect's return counts (what was driven) stays, and nobody asks
/// this volunteer any more.
pub fn forget_volunteer(volunteer: &mut Volunteer) {
    let details = &mut volunteer.details;
    details.name = Name::withheld();
    (details.phone, details.email, details.channel) = (None, None, Channel::Letter);
    details.home.address = Address::default();
    let vehicles = details.vehicles.iter().map(|vehicle| vehicle.clone().with_label(None)).collect();
    if let Ok(unnamed) = Vehicles::new(vehicles) {
        details.vehicles = unnamed;
    }
    details.documents = Documents::default();
    details.accepts = Needs::default();
    details.availability = Availability::default();
    details.limits = DriverLimits::default();
    (details.standing_yes, volunteer.active) = (false, false);
    details.avoid.clear();
}

/// When an erasure has to be done.
pub fn deadline(asked: Timestamp) -> Timestamp {
    asked.saturating_add(WITHIN).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_from_every_state_leads_where_the_table_says() {
        use ErasureState::{Done, Files, Rows};
        use ErasureStep::{FilesClean, RowsClean, RowsFound};
        let table = [
            (Rows, RowsFound, Rows),
            (Rows, RowsClean, Files),
            (Rows, FilesClean, Rows),
            (Files, RowsFound, Rows),
            (Files, RowsClean, Files),
            (Files, FilesClean, Done),
            (Done, RowsFound, Rows),
            (Done, RowsClean, Done),
            (Done, FilesClean, Done),
        ];
        for (from, step, to) in table {
            assert_eq!(from.after(step), to, "{from} {step:?}");
        }
    }

    #[test]
    fn a_month_is_left() {
        let asked: Timestamp = "2026-10-01T08:00:00Z".parse().unwrap();
        assert_eq!(deadline(asked).to_string(), "2026-10-31T08:00:00Z");
    }
}
