//! When something of the fleet has to be looked after, and what of that forbids to lend it.

use std::{fmt, str::FromStr};

use jiff::{ToSpan as _, civil::Date};

use crate::codes::{UnknownCode, coded};

/// What has to be done by when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Last day before which the technical inspection has to be done (art. R.323-1 code de la route).
    pub inspection_due: Option<Date>,
    /// Last day of the insurance (art. L.211-1 code des assurances).
    pub insurance_until: Option<Date>,
    /// Day by which the next service has to be done.
    pub service_due: Option<Date>,
    /// Metres on the odometer at which the next service has to be done.
    pub service_due_m: Option<u32>,
}

/// What has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpkeepKind {
    /// The technical inspection.
    Inspection,
    /// The insurance.
    Insurance,
    /// The service.
    Service,
}

coded!(UpkeepKind { Inspection = "inspection", Insurance = "insurance", Service = "service" });

/// Something that has to be done soon, or should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub kind: UpkeepKind,
    /// By which day, if it goes by days.
    pub on: Option<Date>,
    /// Metres left until it has to be done, negative beyond; if it goes by metres.
    pub left_m: Option<i64>,
    /// Whether the day is past, or the metres are driven.
    pub late: bool,
}

/// A service is due soon when fewer metres than this are left.
const SERVICE_SOON_M: i64 = 1_000_000;

impl Upkeep {
    /// What forbids driving before a day has ended, with the last day it allows: inspection and insurance are the law's, a
    /// late service only wears.
    pub fn lapses_before(&self, day: Date) -> Option<(UpkeepKind, Date)> {
        let law =
            [(UpkeepKind::Inspection, self.inspection_due), (UpkeepKind::Insurance, self.insurance_until)];
        let lapsed = law.into_iter().filter_map(|(kind, until)| until.map(|until| (kind, until)));
        lapsed.filter(|(_, until)| *until < day).min_by_key(|(_, until)| *until)
    }

    /// What has to be done within a number of days, or soon by its metres.
    pub fn due(&self, today: Date, within_days: u16, odometer_m: u32) -> Vec<Due> {
        let horizon = today.saturating_add(i64::from(within_days).days());
        let days = [
            (UpkeepKind::Inspection, self.inspection_due),
            (UpkeepKind::Insurance, self.insurance_until),
            (UpkeepKind::Service, self.service_due),
        ];
        let by_day = days.into_iter().filter_map(|(kind, on)| {
            let on = on.filter(|on| *on <= horizon)?;
            Some(Due { kind, on: Some(on), left_m: None, late: on < today })
        });
        let left = self.service_due_m.map(|due_m| i64::from(due_m) - i64::from(odometer_m));
        let by_metres = left.filter(|left_m| *left_m < SERVICE_SOON_M).map(|left_m| Due {
            kind: UpkeepKind::Service,
            on: None,
            left_m: Some(left_m),
            late: left_m <= 0,
        });
        by_day.chain(by_metres).collect()
    }
}
