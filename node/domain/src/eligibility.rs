//! Why a person qualifies for solidarity mobility: situation, and grounds that were seen, with their dates. Which grounds
//! count under which law is a dated table elsewhere; this module must never know it.

use std::{fmt, str::FromStr};

use jiff::civil::Date;

use crate::{
    civil::{DateError, parse_date, parse_optional_date},
    codes::{UnknownCode, coded},
    limits::{GROUND_CODE_CHARS, GROUNDS},
};

/// What a person does for a living, or is kept from doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// Looks for work.
    Jobseeker,
    /// Works.
    Employed,
    /// Is in training.
    Training,
    /// Is retired.
    Retired,
    /// Lives with a recognised disability.
    Disability,
    /// Lives on a minimum income.
    MinimumIncome,
    /// Something else.
    Other,
    /// Was not said.
    #[default]
    Unknown,
}

coded!(Situation {
    Jobseeker = "jobseeker",
    Employed = "employed",
    Training = "training",
    Retired = "retired",
    Disability = "disability",
    MinimumIncome = "minimum-income",
    Other = "other",
    Unknown = "unknown",
});

/// The code of a ground, such as `rsa` or `css`: lower-case letters, digits and hyphens, a letter first. Open, since the
/// list of what counts changes with the law.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroundCode(String);

/// A ground of eligibility whose proof was seen; the proof itself is not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Ground {
    kind: GroundCode,
    from: Date,
    until: Option<Date>,
    seen: Date,
}

/// A ground as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewGround {
    /// Its code.
    pub kind: String,
    /// First day, `YYYY-MM-DD`; blank means the day the proof was seen.
    pub from: String,
    /// Last day, or blank.
    pub until: String,
    /// The day the proof was seen; blank means today.
    pub seen: String,
}

/// Why a ground is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroundError {
    /// Not a code.
    #[error("the code of a ground has 2 to {GROUND_CODE_CHARS} letters, digits and hyphens, such as rsa")]
    Code,
    /// A date that is none.
    #[error("a date of a ground is not accepted")]
    Date(#[source] DateError),
    /// It ends before it begins.
    #[error("a ground ends on the day it begins, or later")]
    Order,
    /// The proof was seen in the future.
    #[error("a proof cannot have been seen in the future")]
    SeenLater,
    /// Too many of them.
    #[error("{0} grounds; at most {GROUNDS} are kept")]
    TooMany(usize),
}

impl GroundCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroundCode {
    type Err = GroundError;

    fn from_str(text: &str) -> Result<Self, GroundError> {
        let text = text.trim();
        let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let sized = (2..=GROUND_CODE_CHARS).contains(&text.len());
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if sized && begins && text.bytes().all(usual) {
            Ok(Self(text.to_owned()))
        } else {
            Err(GroundError::Code)
        }
    }
}

impl fmt::Display for GroundCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Ground {
    /// A ground from a day on, up to and with another if it ends.
    ///
    /// # Errors
    /// It ends before it begins.
    pub fn new(kind: GroundCode, from: Date, until: Option<Date>, seen: Date) -> Result<Self, GroundError> {
        if until.is_some_and(|until| until < from) {
            return Err(GroundError::Order);
        }
        Ok(Self { kind, from, until, seen })
    }

    /// Its code.
    pub fn kind(&self) -> &GroundCode {
        &self.kind
    }

    /// First day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// Last day included, if it ends.
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// The day its proof was seen.
    pub fn seen(&self) -> Date {
        self.seen
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl NewGround {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self, today: Date) -> Result<Ground, GroundError> {
        let seen = parse_optional_date(&self.seen).map_err(GroundError::Date)?.unwrap_or(today);
        if seen > today {
            return Err(GroundError::SeenLater);
        }
        let from = if self.from.trim().is_empty() { Ok(seen) } else { parse_date(&self.from) };
        let until = parse_optional_date(&self.until).map_err(GroundError::Date)?;
        Ground::new(self.kind.parse()?, from.map_err(GroundError::Date)?, until, seen)
    }

    /// As it would be typed.
    pub fn of(ground: &Ground) -> Self {
        let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        Self {
            kind: ground.kind.to_string(),
            from: ground.from.to_string(),
            until: text(ground.until),
            seen: ground.seen.to_string(),
        }
    }
}

/// Reads all grounds of a person, in the order of their codes and first days, each once.
///
/// # Errors
/// The first that is not acceptable; too many.
pub(crate) fn parse_grounds(grounds: &[NewGround], today: Date) -> Result<Vec<Ground>, GroundError> {
    if grounds.len() > GROUNDS {
        return Err(GroundError::TooMany(grounds.len()));
    }
    let mut read: Vec<Ground> = grounds.iter().map(|ground| ground.parse(today)).collect::<Result<_, _>>()?;
    read.sort_by(|one, other| (&one.kind, one.from, one.until).cmp(&(&other.kind, other.from, other.until)));
    read.dedup();
    Ok(read)
}

impl fmt::Debug for Ground {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ground(…)")
    }
}

impl fmt::Debug for NewGround {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewGround(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_ground_holds_from_its_first_day_to_its_last() {
        let typed = NewGround { kind: "rsa".into(), until: "2026-12-31".into(), ..NewGround::default() };
        let ground = typed.parse(day("2026-10-01")).unwrap();
        let held =
            ["2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01"].map(|on| ground.holds_on(day(on)));
        assert_eq!(held, [false, true, true, false]);
        assert_eq!(NewGround::of(&ground).parse(day("2027-01-01")), Ok(ground));
    }

    #[test]
    fn other_grounds_are_refused_with_the_reason() {
        let check = |kind: &str, from: &str, until: &str, seen: &str, expected| {
            let typed =
                NewGround { kind: kind.into(), from: from.into(), until: until.into(), seen: seen.into() };
            assert_eq!(typed.parse(day("2026-10-01")).map(|_| ()), Err(expected), "{typed:?}");
        };
        for code in ["", "r", "RSA", "1rsa", "rsa activité", &"r".repeat(GROUND_CODE_CHARS + 1)] {
            check(code, "", "", "", GroundError::Code);
        }
        check("rsa", "", "2026-09-30", "", GroundError::Order);
        check("rsa", "", "", "2026-10-02", GroundError::SeenLater);
        check("rsa", "hier", "", "", GroundError::Date(DateError));
        let many = vec![NewGround::default(); GROUNDS + 1];
        assert_eq!(parse_grounds(&many, day("2026-10-01")), Err(GroundError::TooMany(GROUNDS + 1)));
    }
}
