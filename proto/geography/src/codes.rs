//! The codes that identify places: INSEE, SIREN, postal, département, region. Parsed at the edge, correct ever after.
//!
//! Says whether a code is well formed, never whether the place exists: that is [`crate::Geography`].

use std::{fmt, str::FromStr};

use thiserror::Error;

/// Why a text is not the INSEE code of a commune.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InseeCodeError {
    /// Not five characters.
    #[error("an INSEE commune code has 5 characters, this one has {0}")]
    Length(usize),
    /// A character that is not a digit, where only the second may be `A` or `B` and only after a `2`.
    #[error(
        "an INSEE commune code has digits only (or 2A, 2B in front), not {character:?} at position {position}"
    )]
    Character {
        /// Position of the character, from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// Well formed, but begins with no département.
    #[error("no département has the number this INSEE commune code begins with")]
    Departement,
}

/// INSEE code of a commune (Code officiel géographique): five characters such as `81004` or `2A004`.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct InseeCode([u8; 5]);

impl InseeCode {
    /// Reads a code; a lower-case `2a` or `2b` is accepted.
    pub fn parse(text: &str) -> Result<Self, InseeCodeError> {
        let bytes = exactly::<5>(text).map_err(InseeCodeError::Length)?;
        let corsican = matches!(bytes, [b'2', b'A' | b'B' | b'a' | b'b', ..]);
        let misplaced = text
            .chars()
            .enumerate()
            .find(|(index, character)| !(character.is_ascii_digit() || corsican && *index == 1));
        if let Some((index, character)) = misplaced {
            return Err(InseeCodeError::Character { position: index + 1, character });
        }
        let code = Self(bytes.map(|byte| byte.to_ascii_uppercase()));
        if DepartementCode::parse(code.departement_text()).is_err() {
            return Err(InseeCodeError::Departement);
        }
        Ok(code)
    }

    /// The five characters.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The département the code begins with.
    pub fn departement(&self) -> DepartementCode {
        DepartementCode::padded(self.departement_text())
    }

    /// Two characters, three overseas.
    fn departement_text(&self) -> &str {
        let length = if matches!(self.0, [b'9', b'7' | b'8', ..]) { 3 } else { 2 };
        self.as_str().get(..length).unwrap_or_default()
    }
}

/// Why a text is not a SIREN.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SirenError {
    /// Not nine characters.
    #[error("a SIREN has 9 digits, this one has {0} characters")]
    Length(usize),
    /// A character that is not a digit.
    #[error("a SIREN has digits only, not {character:?} at position {position}")]
    Character {
        /// Position of the character, from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// The check digit does not fit: most likely a mistyped digit.
    #[error("the check digit of this SIREN is wrong: one of its digits is mistyped")]
    CheckDigit,
}

/// SIREN of a territory: nine digits, the last a check digit (Luhn, as for every SIREN).
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Siren([u8; 9]);

impl Siren {
    /// Reads nine digits without spaces and checks the last one.
    pub fn parse(text: &str) -> Result<Self, SirenError> {
        let digits = exactly::<9>(text).map_err(SirenError::Length)?;
        if let Some((position, character)) = not_a_digit(text) {
            return Err(SirenError::Character { position, character });
        }
        if luhn_sum(&digits).is_multiple_of(10) { Ok(Self(digits)) } else { Err(SirenError::CheckDigit) }
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

/// Sum of the Luhn formula (ISO/IEC 7812-1, annex B) over ASCII digits; a multiple of ten when the last digit fits.
fn luhn_sum(digits: &[u8]) -> u32 {
    let from_the_right = digits.iter().rev().map(|digit| u32::from(digit.saturating_sub(b'0')));
    from_the_right
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum()
}

/// Why a text is not a postal code.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum PostalCodeError {
    /// Not five characters.
    #[error("a postal code has 5 digits, this one has {0} characters")]
    Length(usize),
    /// A character that is not a digit.
    #[error("a postal code has digits only, not {character:?} at position {position}")]
    Character {
        /// Position of the character, from 1.
        position: usize,
        /// The character.
        character: char,
    },
}

/// Postal code of La Poste: five digits. One code often serves several communes, and a city has several.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PostalCode([u8; 5]);

impl PostalCode {
    /// Reads five digits.
    pub fn parse(text: &str) -> Result<Self, PostalCodeError> {
        let digits = exactly::<5>(text).map_err(PostalCodeError::Length)?;
        match not_a_digit(text) {
            Some((position, character)) => Err(PostalCodeError::Character { position, character }),
            None => Ok(Self(digits)),
        }
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

/// The text is not the number of a département or of an overseas collectivity.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a département is 01 to 19, 2A, 2B, 21 to 95, or three digits beginning with 97 or 98")]
pub struct DepartementCodeError;

/// Number of a département: `01` to `95` (`2A` and `2B` in place of 20), or three digits overseas.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DepartementCode([u8; 3]);

impl DepartementCode {
    /// Reads a number as INSEE writes it: two characters, three overseas.
    pub fn parse(text: &str) -> Result<Self, DepartementCodeError> {
        let known = match text.as_bytes() {
            b"00" | b"20" | [b'9', b'6'..=b'9'] => false,
            b"2A" | b"2B" | [b'9', b'7' | b'8', b'0'..=b'9'] => true,
            [first, second] => first.is_ascii_digit() && second.is_ascii_digit(),
            _ => false,
        };
        if known { Ok(Self::padded(text)) } else { Err(DepartementCodeError) }
    }

    /// The two or three characters.
    pub fn as_str(&self) -> &str {
        ascii(&self.0).trim_end()
    }

    /// A text already known to be a département.
    fn padded(text: &str) -> Self {
        let mut bytes = [b' '; 3];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        Self(bytes)
    }
}

/// The text is not the number of a region.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a region has the number 01 to 99, in two digits")]
pub struct RegionCodeError;

/// Number of a region (Code officiel géographique), shown in two digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RegionCode(u8);

impl RegionCode {
    /// Reads two digits.
    pub fn parse(text: &str) -> Result<Self, RegionCodeError> {
        let digits = exactly::<2>(text).map_err(|_| RegionCodeError)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(RegionCodeError);
        }
        match text.parse() {
            Ok(0) | Err(_) => Err(RegionCodeError),
            Ok(number) => Ok(Self(number)),
        }
    }

    /// The number.
    pub fn number(&self) -> u8 {
        self.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{:02}", self.0))
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// What every code held as text has in common: shown as it is written, read by its `parse`.
macro_rules! written_code {
    ($code:ident, $error:ident) => {
        impl fmt::Display for $code {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl fmt::Debug for $code {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($code), "({})"), self.as_str())
            }
        }

        impl FromStr for $code {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

written_code!(InseeCode, InseeCodeError);
written_code!(Siren, SirenError);
written_code!(PostalCode, PostalCodeError);
written_code!(DepartementCode, DepartementCodeError);

/// The bytes of a text of exactly `LENGTH` characters, or how many characters it has. A text with wider characters is
/// cut to its first bytes: the caller goes on to refuse the first character that is not ASCII.
fn exactly<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], usize> {
    let characters = text.chars().count();
    match text.as_bytes().first_chunk::<LENGTH>() {
        Some(bytes) if characters == LENGTH => Ok(*bytes),
        _ => Err(characters),
    }
}

/// Position (from 1) and value of the first character that is not a digit.
fn not_a_digit(text: &str) -> Option<(usize, char)> {
    let mut characters = text.chars().zip(1..);
    characters
        .find(|(character, _)| !character.is_ascii_digit())
        .map(|(character, position)| (position, character))
}

/// The text of bytes that were checked to be ASCII when the code was read.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insee_codes_are_read_or_refused_with_the_reason() {
        use InseeCodeError::{Character, Departement, Length};
        let cases: [(&str, Result<&str, InseeCodeError>); 17] = [
            ("81004", Ok("81004")),
            ("01001", Ok("01001")),
            ("2A004", Ok("2A004")),
            ("2b033", Ok("2B033")),
            ("97617", Ok("97617")),
            ("98901", Ok("98901")),
            ("", Err(Length(0))),
            ("8100", Err(Length(4))),
            ("810044", Err(Length(6))),
            ("é1004x", Err(Length(6))),
            ("8100x", Err(Character { position: 5, character: 'x' })),
            (" 8100", Err(Character { position: 1, character: ' ' })),
            ("é1004", Err(Character { position: 1, character: 'é' })),
            ("1A004", Err(Character { position: 2, character: 'A' })),
            ("2A0A4", Err(Character { position: 4, character: 'A' })),
            ("20004", Err(Departement)),
            ("99404", Err(Departement)),
        ];
        for (text, expected) in cases {
            let read = InseeCode::parse(text);
            assert_eq!(read.as_ref().map(InseeCode::as_str).map_err(|error| *error), expected, "{text:?}");
        }
    }

    #[test]
    fn sirens_are_read_or_refused_with_the_reason() {
        use SirenError::{Character, CheckDigit, Length};
        let cases: [(&str, Result<&str, SirenError>); 8] = [
            ("200034031", Ok("200034031")),
            ("994579670", Ok("994579670")),
            ("200034032", Err(CheckDigit)),
            ("200043031", Err(CheckDigit)),
            ("20003403", Err(Length(8))),
            ("200 034 031", Err(Length(11))),
            ("20003403X", Err(Character { position: 9, character: 'X' })),
            ("é00034031", Err(Character { position: 1, character: 'é' })),
        ];
        for (text, expected) in cases {
            let read = Siren::parse(text);
            assert_eq!(read.as_ref().map(Siren::as_str).map_err(|error| *error), expected, "{text:?}");
        }
    }

    #[test]
    fn every_single_mistyped_digit_of_a_siren_is_noticed() {
        for position in 0..9 {
            for digit in b'0'..=b'9' {
                let mut digits = *b"200034049";
                let original = std::mem::replace(&mut digits[position], digit);
                let accepted = Siren::parse(ascii(&digits)).is_ok();
                assert_eq!(accepted, original == digit, "digit {digit} at {position}");
            }
        }
    }

    #[test]
    fn postal_departement_and_region_codes_are_read_or_refused() {
        assert_eq!(PostalCode::parse("81000").map(|code| code.to_string()), Ok("81000".to_owned()));
        assert_eq!(PostalCode::parse("8100"), Err(PostalCodeError::Length(4)));
        let refused = PostalCodeError::Character { position: 2, character: 'A' };
        assert_eq!(PostalCode::parse("2A000"), Err(refused));
        for text in ["01", "19", "2A", "2B", "21", "81", "95", "971", "976", "988"] {
            assert_eq!(DepartementCode::parse(text).map(|code| code.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "1", "00", "20", "96", "97", "99", "2C", "081", "960", "97A", "é"] {
            assert_eq!(DepartementCode::parse(text), Err(DepartementCodeError), "{text:?}");
        }
        assert_eq!(RegionCode::parse("06").map(|code| code.to_string()), Ok("06".to_owned()));
        for text in ["", "6", "00", "+6", "076", "7x"] {
            assert_eq!(RegionCode::parse(text), Err(RegionCodeError), "{text:?}");
        }
    }

    #[test]
    fn the_departement_of_a_commune_is_in_its_code() {
        for (code, departement) in [("81004", "81"), ("2A004", "2A"), ("97105", "971"), ("98818", "988")] {
            let code = InseeCode::parse(code).expect("a real code");
            assert_eq!(code.departement().as_str(), departement);
        }
    }
}
