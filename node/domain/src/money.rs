//! Sums of money: whole cents, checked. Must never hold or pass through a floating-point number.

use std::{fmt, iter::Sum};

use crate::limits::AMOUNT_CENTS;

/// A sum in cents of a euro; may be negative (a credit, a counter-entry).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

/// Why a text is not a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum is written like 12,50 or 12.50, in euros with at most two decimals")]
pub struct MoneyError;

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A sum of whole cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// Whole cents.
    pub const fn get(self) -> i64 {
        self.0
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

    /// Whether it is a sum that somebody may type: at most [`AMOUNT_CENTS`] either way.
    pub const fn is_believable(self) -> bool {
        self.0.unsigned_abs() <= AMOUNT_CENTS.unsigned_abs()
    }

    /// Sum of two sums; at the edge of what 64 bits hold, the edge.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of a sum after another.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum the other way round.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// As an accountant's table has it: decimal comma, no grouping, no sign of euro (`-1234,50`).
    pub fn decimal_comma(self) -> String {
        self.to_string().replace('.', ",")
    }

    /// Reads euros as typed, `12`, `12,5`, `12.50`, `1 234,50`, with or without the sign `€`.
    ///
    /// # Errors
    /// Anything else, more than two decimals, more than twelve digits.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let spaces = |c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}';
        let text: String = text.trim().trim_end_matches('€').chars().filter(|c| !spaces(*c)).collect();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
        let (euros, decimals) = digits.split_once([',', '.']).unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if euros.is_empty() || euros.len() > 12 || decimals.len() > 2 || !plain(euros) || !plain(decimals) {
            return Err(MoneyError);
        }
        if digits.ends_with([',', '.']) {
            return Err(MoneyError);
        }
        let cents: i64 = format!("{euros}{decimals:0<2}").parse().map_err(|_| MoneyError)?;
        Ok(Self(if negative { -cents } else { cents }))
    }
}

impl fmt::Display for Cents {
    /// Euros with two decimals and a point, such as `-12.50`: the form of programs; people get it through Fluent.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::ZERO, Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn sums_are_read_as_people_write_them_or_refused() {
        for (text, cents) in [
            ("12", 1200),
            ("12,5", 1250),
            (" 12.50 € ", 1250),
            ("1\u{202f}234,05€", 123_405),
            ("-0,01", -1),
            ("0", 0),
        ] {
            assert_eq!(Cents::parse(text), Ok(Cents::new(cents)), "{text}");
        }
        for text in ["", "€", "12,", ".5", "1,234", "1,2,3", "12€50", "--1", "+1", "1e3", "1234567890123"]
        {
            assert_eq!(Cents::parse(text), Err(MoneyError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_sum_reads_back(cents in -99_999_999_999_999_i64..=99_999_999_999_999) {
            let sum = Cents::new(cents);
            prop_assert_eq!(Cents::parse(&sum.to_string()), Ok(sum));
            prop_assert_eq!(Cents::parse(&sum.decimal_comma()), Ok(sum));
        }
    }
}
