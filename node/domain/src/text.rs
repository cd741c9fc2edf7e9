//! Texts that people type, validated: trimmed, bounded, without control characters. They describe people, so
//! `Debug` never prints them and there is no `Display`: whoever shows one asks for it by `as_str`.

use std::fmt;

use maillage_geography::fold;

use crate::limits::{
    ADDRESS_CHARS, EMAIL_CHARS, LINE_CHARS, NAME_CHARS, NOTES_CHARS, PHONE_CHARS, PHONE_DIGITS_MAX,
    PHONE_DIGITS_MIN,
};

/// Why a text is not accepted. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or only spaces.
    #[error("it is empty")]
    Empty,
    /// Too many characters.
    #[error("it has {chars} characters; at most {limit} are allowed")]
    TooLong {
        /// Characters after trimming.
        chars: usize,
        /// The limit.
        limit: usize,
    },
    /// A tab, a line break where one line is wanted, or another control character.
    #[error("it contains a control character at position {position}")]
    ControlCharacter {
        /// Position of the character after trimming, from 1.
        position: usize,
    },
}

/// Why a text is not a phone number. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// A character other than digits, spaces and `+ . - / ( )`, or a `+` that is not in front.
    #[error("it contains {character:?} at position {position}; digits, spaces and + . - / ( ) are allowed")]
    Character {
        /// Position of the character after trimming, from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// Too few or too many digits, or far too many separators.
    #[error("it has {digits} digits; {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} are wanted")]
    Length {
        /// Digits found.
        digits: usize,
    },
}

/// Why a text is not an e-mail address. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Too many characters, or a control character.
    #[error("it is not accepted as a text")]
    Text(#[source] TextError),
    /// Not one `@` between a mailbox and a domain with a dot.
    #[error("it is not of the form name@example.fr")]
    Form,
}

/// A person's name: one line, 1 to [`NAME_CHARS`] characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(String);

/// The part of an address below the commune: one line, at most [`ADDRESS_CHARS`] characters, may be empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address(String);

/// Notes for the driver: at most [`NOTES_CHARS`] characters, line breaks allowed, may be empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notes(String);

/// A label, title or subject: one line, at most [`LINE_CHARS`] characters, may be empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Line(String);

/// An e-mail address: one `@`, a domain with a dot, at most [`EMAIL_CHARS`] characters, no spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A phone number as typed: [`PHONE_DIGITS_MIN`] to [`PHONE_DIGITS_MAX`] digits, a leading `+`, usual separators.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Name {
    /// Stands where a name has been taken out again.
    pub fn withheld() -> Self {
        Self("–".to_owned())
    }

    /// Reads a name; outer spaces go.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name = line(text, NAME_CHARS)?;
        if name.is_empty() { Err(TextError::Empty) } else { Ok(Self(name)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a name, or the beginning of one, is searched by: lower case, no accents, one space between words.
pub fn search_key(text: &str) -> String {
    fold(text)
}

impl Address {
    /// Reads an address; outer spaces go.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, ADDRESS_CHARS).map(Self)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Notes {
    /// Reads notes; outer spaces go.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        bounded(text, NOTES_CHARS, |character| character.is_control() && character != '\n').map(Self)
    }

    /// The notes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Line {
    /// Reads a line; outer spaces go.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, LINE_CHARS).map(Self)
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Email {
    /// Reads an address, or none if the text is blank.
    pub fn parse_optional(text: &str) -> Result<Option<Self>, EmailError> {
        if text.trim().is_empty() { Ok(None) } else { Self::parse(text).map(Some) }
    }

    /// Reads an address; outer spaces go. Whether it works only a message can tell.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = line(text, EMAIL_CHARS).map_err(EmailError::Text)?;
        let (mailbox, domain) = address.rsplit_once('@').ok_or(EmailError::Form)?;
        let labels = domain.split('.');
        let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '-');
        let formed =
            labels.clone().count() >= 2 && labels.clone().all(|label| !label.is_empty() && plain(label));
        let mailbox_formed = !mailbox.is_empty()
            && mailbox.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        if formed && mailbox_formed { Ok(Self(address)) } else { Err(EmailError::Form) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Phone {
    /// Reads a number, or none if the text is blank.
    pub fn parse_optional(text: &str) -> Result<Option<Self>, PhoneError> {
        if text.trim().is_empty() { Ok(None) } else { Self::parse(text).map(Some) }
    }

    /// Reads a number; outer spaces go, inner separators stay as they were typed.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let trimmed = text.trim();
        for (character, position) in trimmed.chars().zip(1..) {
            let usual =
                matches!(character, '0'..='9' | ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '/' | '(' | ')');
            if !usual && (character, position) != ('+', 1) {
                return Err(PhoneError::Character { position, character });
            }
        }
        let digits = trimmed.chars().filter(char::is_ascii_digit).count();
        let reasonable = (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits);
        if reasonable && trimmed.chars().count() <= PHONE_CHARS {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(PhoneError::Length { digits })
        }
    }

    /// The number as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it is dialled from anywhere, `+33600000001` for `06 00 00 00 01` (E.164); `None` for one that is dialled
    /// within one country alone, such as `3939`. A number without a country is French; those of overseas departments have the
    /// country code of their own (national numbering plan, ARCEP).
    pub fn international(&self) -> Option<String> {
        let without_zero = self.0.replace("(0)", "");
        let digits: String = without_zero.chars().filter(char::is_ascii_digit).collect();
        let abroad = match digits.strip_prefix("00") {
            Some(abroad) => Some(abroad),
            None => without_zero.starts_with('+').then_some(digits.as_str()),
        };
        if let Some(abroad) = abroad {
            return E164_DIGITS.contains(&abroad.len()).then(|| format!("+{abroad}"));
        }
        let national = digits.strip_prefix('0').filter(|national| national.len() == 9)?;
        let country =
            |(prefix, country): &(&str, &'static str)| national.starts_with(prefix).then_some(*country);
        match OVERSEAS.iter().find_map(country) {
            Some("") => None,
            country => Some(format!("+{}{national}", country.unwrap_or("33"))),
        }
    }
}

/// How many digits a number has with its country (ITU-T E.164; the least is what a small country uses).
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Beginnings of national numbers of the overseas departments, without the zero, with their country code; none where one
/// beginning serves several of them.
const OVERSEAS: [(&str, &str); 15] = [
    ("262", "262"),
    ("263", "262"),
    ("269", "262"),
    ("639", "262"),
    ("692", "262"),
    ("693", "262"),
    ("590", "590"),
    ("690", "590"),
    ("691", "590"),
    ("594", "594"),
    ("694", "594"),
    ("596", "596"),
    ("696", "596"),
    ("697", "596"),
    ("976", ""),
];

fn line(text: &str, limit: usize) -> Result<String, TextError> {
    bounded(text, limit, char::is_control)
}

fn bounded(text: &str, limit: usize, forbidden: impl Fn(char) -> bool) -> Result<String, TextError> {
    let trimmed = text.trim();
    let chars = trimmed.chars().count();
    if chars > limit {
        return Err(TextError::TooLong { chars, limit });
    }
    match trimmed.chars().position(forbidden) {
        Some(index) => Err(TextError::ControlCharacter { position: index + 1 }),
        None => Ok(trimmed.to_owned()),
    }
}

/// A `Debug` that tells the kind of text and nothing of it.
macro_rules! redacted_debug {
    ($($text:ident),*) => {$(
        impl fmt::Debug for $text {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($text), "(…)"))
            }
        }
    )*};
}

redacted_debug!(Name, Address, Notes, Phone, Line, Email);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_made_international_and_none_is_made_up() {
        for (typed, dialled) in [
            ("06 00 00 00 01", Some("+33600000001")),
            ("+33 (0)6.00.00.00.01", Some("+33600000001")),
            ("(0033) 600000001", Some("+33600000001")),
            ("+44 7700 900001", Some("+447700900001")),
            ("+33600000001", Some("+33600000001")),
            ("0262 00 00 01", Some("+262262000001")),
            ("0262 00 00 00 1", None),
            ("0690 00 00 01", Some("+590690000001")),
            ("0690-00-00-01-0", None),
            ("0639000001", Some("+262639000001")),
            ("0976000001", None),
            ("3939", None),
            ("600000001", None),
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!(phone.international().as_deref(), dialled, "{typed}");
        }
    }

    #[test]
    fn names_are_trimmed_or_refused_with_the_reason() {
        let long = "é".repeat(NAME_CHARS + 1);
        let cases = [
            ("  Odette Calvet ", Ok("Odette Calvet")),
            (&long[..NAME_CHARS * 2], Ok(&long[..NAME_CHARS * 2])),
            ("", Err(TextError::Empty)),
            (" \t\n", Err(TextError::Empty)),
            (&long, Err(TextError::TooLong { chars: NAME_CHARS + 1, limit: NAME_CHARS })),
            ("Odette\nCalvet", Err(TextError::ControlCharacter { position: 7 })),
            ("Odette\u{7f}", Err(TextError::ControlCharacter { position: 7 })),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Name::parse(text).as_ref().map(Name::as_str).map_err(|error| *error),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn addresses_and_notes_may_be_empty_and_notes_have_lines() {
        assert_eq!(Address::parse("  ").unwrap(), Address::default());
        assert_eq!(Address::parse("a\nb"), Err(TextError::ControlCharacter { position: 2 }));
        assert_eq!(Notes::parse(" ring twice\nblue door ").unwrap().as_str(), "ring twice\nblue door");
        assert_eq!(Notes::parse("a\u{1b}[31m"), Err(TextError::ControlCharacter { position: 2 }));
        let long = "n".repeat(NOTES_CHARS + 1);
        assert!(matches!(Notes::parse(&long), Err(TextError::TooLong { .. })));
    }

    #[test]
    fn phones_are_read_loosely_or_refused_with_the_reason() {
        for text in ["05 63 12 34 56", "+33 (0)5.63.12.34.56", "3939", "05-63-12-34-56", "06\u{a0}12\u{a0}34"]
        {
            assert_eq!(Phone::parse(text).unwrap().as_str(), text);
        }
        let character = |position, character| Err(PhoneError::Character { position, character });
        assert_eq!(Phone::parse("05 63 CALL"), character(7, 'C'));
        assert_eq!(Phone::parse("05+63"), character(3, '+'));
        assert_eq!(Phone::parse("123"), Err(PhoneError::Length { digits: 3 }));
        assert_eq!(Phone::parse(&"1".repeat(16)), Err(PhoneError::Length { digits: 16 }));
        assert_eq!(Phone::parse(&format!("1{}234", " ".repeat(40))), Err(PhoneError::Length { digits: 4 }));
        assert_eq!(Phone::parse_optional(" \n"), Ok(None));
        assert_eq!(Phone::parse_optional("x"), Err(PhoneError::Character { position: 1, character: 'x' }));
    }

    #[test]
    fn addresses_of_mail_are_read_or_refused() {
        for text in ["a@b.fr", " odette.calvet+taxi@mairie-alban.example.fr ", "é@exämple.fr"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text.trim());
        }
        for text in
            ["a", "a@b", "@b.fr", "a@.fr", "a@b.", "a b@c.fr", "a@b@c.fr", "a@b c.fr", "a,b@c.fr", "<a@b.fr>"]
        {
            assert_eq!(Email::parse(text), Err(EmailError::Form), "{text}");
        }
        let inner = TextError::ControlCharacter { position: 2 };
        assert_eq!(Email::parse("a\r\nBcc: x@y.fr"), Err(EmailError::Text(inner)));
        assert_eq!(Email::parse_optional("  "), Ok(None));
    }

    #[test]
    fn debug_tells_nothing() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            Name::parse("Canary").unwrap(),
            Address::parse("Canary").unwrap(),
            Notes::parse("Canary").unwrap(),
            Phone::parse("0563123456").unwrap()
        );
        assert_eq!(shown, "Name(…) Address(…) Notes(…) Phone(…)");
    }
}
