//! Numbers of papers: 1, 2, 3 … of each civil year, in each carrier's books, without gaps.

use std::{fmt, str::FromStr};

/// Not the number of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is written like RC-2026-000012")]
pub struct NumberError;

/// A number written as its letters, the year and six digits.
macro_rules! number {
    ($(#[$documentation:meta])* $number:ident, $letters:literal) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $number {
            /// Civil year of issue.
            pub year: i16,
            /// 1, 2, 3 …
            pub sequence: u64,
        }

        impl fmt::Display for $number {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($letters, "-{:04}-{:06}"), self.year, self.sequence)
            }
        }

        impl FromStr for $number {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                let rest = text.trim().strip_prefix(concat!($letters, "-")).ok_or(NumberError)?;
                let (year, sequence) = rest.split_once('-').ok_or(NumberError)?;
                let (year, sequence) = (year.parse().ok(), sequence.parse().ok());
                Ok(Self { year: year.ok_or(NumberError)?, sequence: sequence.ok_or(NumberError)? })
            }
        }
    };
}

number!(
    /// Number of a receipt, credit notes included.
    ReceiptNumber,
    "RC"
);
number!(
    /// Number of a volunteer's statement.
    StatementNumber,
    "EF"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_and_are_not_taken_for_one_another() {
        let number = ReceiptNumber { year: 2026, sequence: 12 };
        assert_eq!((number.to_string().as_str(), "RC-2026-000012".parse()), ("RC-2026-000012", Ok(number)));
        for text in ["", "RC", "RC-2026", "EF-2026-000012", "RC-x-1", "RC-2026-x", "RC-2026-1-1"] {
            assert_eq!(text.parse::<ReceiptNumber>(), Err(NumberError), "{text}");
        }
    }
}
