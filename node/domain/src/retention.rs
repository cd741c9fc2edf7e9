//! How long what is held about people is kept, and what keeps it longer. Rules are dated data with their source. Must never
//! delete anything: it says what is due, and why the rest is not.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::OnceLock};

use jiff::{Span, civil::Date};
use serde::Deserialize;

use crate::codes::{UnknownCode, coded};

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A beneficiary's file, from the last contact.
    Beneficiary,
    /// A volunteer's file, from the day the volunteer left.
    Volunteer,
    /// A referral that led to no file, from the day it was received or answered.
    Referral,
    /// A neighbour's person on a trip that we carried, from the day it was over.
    CarriedPassenger,
    /// A line of the log of who saw what.
    AccessLog,
    /// An envelope that could not be delivered.
    DeadLetter,
    /// The mark of an envelope that was received.
    InboxMark,
    /// A piece of the books, from the end of its civil year.
    AccountingPiece,
    /// A message or a call that is over, from the trip or the drive it was about.
    Message,
    /// A question to a driver that is closed, from the trip it was about.
    DriverOffer,
    /// A drive that a volunteer has lost, from the day it was lost: what a calendar shows as called off.
    LostDrive,
}

coded!(Kind {
    Beneficiary = "beneficiary",
    Volunteer = "volunteer",
    Referral = "referral",
    CarriedPassenger = "carried-passenger",
    AccessLog = "access-log",
    DeadLetter = "dead-letter",
    InboxMark = "inbox-mark",
    AccountingPiece = "accounting-piece",
    Message = "message",
    DriverOffer = "driver-offer",
    LostDrive = "lost-drive",
});

/// What keeps somebody's file although its term is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// A trip is not over.
    OpenTrip,
    /// A series goes on.
    OpenSeries,
    /// A loan is not back.
    OpenLoan,
    /// A pathway is not at its end.
    OpenPathway,
    /// A service is not at its end.
    OpenService,
    /// Something is owed, either way.
    UnpaidBalance,
    /// Kilometres or expenses are in no closed statement.
    OpenStatement,
    /// A handover is not over.
    OpenHandover,
}

coded!(Obstacle {
    OpenTrip = "open-trip",
    OpenSeries = "open-series",
    OpenLoan = "open-loan",
    OpenPathway = "open-pathway",
    OpenService = "open-service",
    UnpaidBalance = "unpaid-balance",
    OpenStatement = "open-statement",
    OpenHandover = "open-handover",
});

/// A rule: how long, since when it holds, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub kind: Kind,
    /// The first day it holds.
    pub from: Date,
    /// How long, counted in civil time.
    pub keep: Keep,
    /// Where it comes from.
    pub source: String,
}

/// A term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Years, to the same day.
    Years(i16),
    /// Days.
    Days(i32),
}

/// The rules of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(BTreeMap<Kind, Rule>);

/// What is to become of somebody's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Its term is not over; the day it will be.
    NotBefore(Date),
    /// It goes.
    Now,
    /// Its term is over, and something keeps it.
    Kept(Vec<Obstacle>),
}

#[derive(Deserialize)]
struct Stored {
    rules: Vec<StoredRule>,
}

#[derive(Deserialize)]
struct StoredRule {
    code: String,
    from: String,
    years: Option<i16>,
    days: Option<i32>,
    source: String,
}

impl Rules {
    /// The rules that hold on a day.
    pub fn on(day: Date) -> Self {
        let mut rules = BTreeMap::new();
        for rule in all().iter().filter(|rule| rule.from <= day) {
            let newest = rules.entry(rule.kind).or_insert_with(|| rule.clone());
            if newest.from < rule.from {
                *newest = rule.clone();
            }
        }
        Self(rules)
    }

    /// The rule about something; none if nothing holds yet.
    pub fn about(&self, kind: Kind) -> Option<&Rule> {
        self.0.get(&kind)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.values()
    }

    /// The last day that is too old on a day: what was last needed then or before has to go. None if there is no rule.
    pub fn too_old(&self, kind: Kind, today: Date) -> Option<Date> {
        let span = match self.about(kind)?.keep {
            Keep::Years(years) => Span::new().years(years),
            Keep::Days(days) => Span::new().days(days),
        };
        Some(today.saturating_sub(span))
    }

    /// What is to become of a file that was last needed on a day, with what would keep it.
    pub fn due(&self, kind: Kind, last: Date, today: Date, obstacles: Vec<Obstacle>) -> Due {
        let Some(rule) = self.about(kind) else { return Due::NotBefore(Date::MAX) };
        let end = rule.keep.after(last);
        if end > today {
            Due::NotBefore(end)
        } else if obstacles.is_empty() {
            Due::Now
        } else {
            Due::Kept(obstacles)
        }
    }
}

impl Keep {
    /// The day a term is over that begins on a day.
    pub fn after(self, day: Date) -> Date {
        match self {
            Self::Years(years) => day.saturating_add(Span::new().years(years)),
            Self::Days(days) => day.saturating_add(Span::new().days(days)),
        }
    }
}

/// Every rule there ever was. A file that does not read leaves none: nothing is purged then, and a test says so.
fn all() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| read(include_str!("../data/retention/rules.toml")).unwrap_or_default())
}

fn read(text: &str) -> Option<Vec<Rule>> {
    let stored: Stored = toml::from_str(text).ok()?;
    let rule = |stored: StoredRule| {
        let keep = match (stored.years, stored.days) {
            (Some(years), None) => Keep::Years(years),
            (None, Some(days)) => Keep::Days(days),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some(Rule {
            kind: stored.code.parse().ok()?,
            from: stored.from.parse().ok()?,
            keep,
            source: stored.source,
        })
    };
    stored.rules.into_iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_kind_has_a_rule_with_a_source() {
        let rules = Rules::on(day("2026-10-01"));
        for kind in Kind::ALL {
            let rule = rules.about(*kind).unwrap_or_else(|| panic!("no rule about {kind}"));
            assert!(rule.source.len() > 20, "{kind}");
        }
        assert!(Rules::on(day("2018-05-24")).about(Kind::Beneficiary).is_none());
    }

    fn check(last: &str, today: &str, obstacles: &[Obstacle], expected: Due) {
        let today = day(today);
        let due = Rules::on(today).due(Kind::Beneficiary, day(last), today, obstacles.to_vec());
        assert_eq!(due, expected, "last contact {last}, today {today}");
    }

    #[test]
    fn two_years_end_on_the_same_day_whatever_february_does() {
        check("2024-10-01", "2026-09-30", &[], Due::NotBefore(day("2026-10-01")));
        check("2024-10-01", "2026-10-01", &[], Due::Now);
        check("2024-02-29", "2026-02-27", &[], Due::NotBefore(day("2026-02-28")));
        check("2024-02-29", "2026-02-28", &[], Due::Now);
    }

    #[test]
    fn what_is_open_keeps_a_file_whose_term_is_over_and_no_other() {
        let open = [Obstacle::OpenLoan, Obstacle::UnpaidBalance];
        check("2024-10-01", "2026-10-02", &open, Due::Kept(open.to_vec()));
        check("2025-10-01", "2026-10-02", &open, Due::NotBefore(day("2027-10-01")));
    }

    proptest! {
        #[test]
        fn nothing_goes_before_its_term_and_everything_after_it(last in 0_i32..4_000, later in 0_i32..4_000) {
            let last = day("2018-06-01").saturating_add(Span::new().days(last));
            let today = last.saturating_add(Span::new().days(later));
            let rules = Rules::on(today);
            let end = last.saturating_add(Span::new().years(2));
            let due = rules.due(Kind::Beneficiary, last, today, Vec::new());
            prop_assert_eq!(due == Due::Now, today >= end);
        }
    }
}
