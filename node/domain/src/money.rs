//! Amounts of money: whole euro cents, never fractions, never floats. Must never overflow silently: sums are checked, and
//! an amount beyond [`AMOUNT_CENTS`] is no amount a platform deals with.

use std::{fmt, str::FromStr};

use crate::limits::AMOUNT_CENTS;

/// An amount in euro cents; below zero where a ledger takes something back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

/// Why something is not an amount. Never repeats what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not an amount in euros.
    #[error("an amount is written in euros with at most two decimals, such as 12,50")]
    Format,
    /// More than [`AMOUNT_CENTS`] either way.
    #[error("an amount beyond {} € is not accepted", AMOUNT_CENTS / 100)]
    TooLarge,
}

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// Reads an amount in euros as people type it: `12`, `12,5`, `12.50`, with a sign or a euro sign if they like.
    ///
    /// # Errors
    /// Anything else, more than two decimals, an amount beyond the limit.
    pub fn parse_euros(text: &str) -> Result<Self, AmountError> {
        let plain: String = text
            .trim()
            .trim_end_matches('€')
            .chars()
            .filter(|character| !matches!(character, ' ' | '\u{a0}' | '\u{202f}'))
            .collect();
        let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |digits| (-1, digits));
        let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, ""));
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(decimals) || decimals.len() > 2 {
            return Err(AmountError::Format);
        }
        if digits.ends_with([',', '.']) {
            return Err(AmountError::Format);
        }
        let cents = format!("{whole}{decimals:0<2}").parse::<i64>().map_err(|_| AmountError::TooLarge)?;
        Self::bounded(sign * cents)
    }

    /// So many cents, if a platform may deal with so much.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn bounded(cents: i64) -> Result<Self, AmountError> {
        if cents.unsigned_abs() > AMOUNT_CENTS.unsigned_abs() {
            Err(AmountError::TooLarge)
        } else {
            Ok(Self(cents))
        }
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Both together, unless that overflows.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// The difference, unless that overflows.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(cents) => Some(Self(cents)),
            None => None,
        }
    }

    /// All of them together, unless that overflows.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The same amount the other way.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if self <= other { self } else { other }
    }

    /// As an accountant's table has it: decimal comma, no grouping, no sign of euro (`-1234,50`).
    pub fn decimal_comma(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{},{:02}", magnitude / 100, magnitude % 100)
    }
}

/// `12.50`, as programs read it.
impl fmt::Display for Cents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.decimal_comma().replace(',', "."))
    }
}

impl FromStr for Cents {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::parse_euros(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them_or_refused() {
        let cases = [
            ("12", Ok(1_200)),
            ("12,5", Ok(1_250)),
            (" 1 234,56 € ", Ok(123_456)),
            ("12.05", Ok(1_205)),
            ("-0,10", Ok(-10)),
            ("0", Ok(0)),
            ("10000000", Ok(1_000_000_000)),
            ("10000000,01", Err(AmountError::TooLarge)),
            ("99999999999999999999", Err(AmountError::TooLarge)),
            ("", Err(AmountError::Format)),
            (",5", Err(AmountError::Format)),
            ("12,", Err(AmountError::Format)),
            ("12,345", Err(AmountError::Format)),
            ("1,2,3", Err(AmountError::Format)),
            ("+12", Err(AmountError::Format)),
            ("--12", Err(AmountError::Format)),
            ("12e3", Err(AmountError::Format)),
        ];
        for (text, expected) in cases {
            assert_eq!(Cents::parse_euros(text).map(Cents::get), expected, "{text:?}");
        }
    }

    #[test]
    fn an_overflow_is_told_instead_of_wrapped() {
        assert_eq!(Cents::new(i64::MAX).checked_add(Cents::new(1)), None);
        assert_eq!(Cents::new(i64::MIN).checked_sub(Cents::new(1)), None);
        assert_eq!(Cents::checked_sum([Cents::new(i64::MAX), Cents::new(1), Cents::new(-5)]), None);
        assert_eq!(Cents::new(-5).decimal_comma(), "-0,05");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in -AMOUNT_CENTS..=AMOUNT_CENTS) {
            let amount = Cents::new(cents);
            prop_assert_eq!(amount.decimal_comma().parse(), Ok(amount));
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
    }
}
