//! Passwords of accounts: what is accepted as one, and the form in which it is kept. A rule of length and nothing about kinds of
//! characters (ANSSI-PG-078, NIST SP 800-63B § 3.1.1.2), but none that everybody else has too. Must never be printed.

use std::fmt;

use crate::{
    account::Label,
    limits::{PASSWORD_CHARS, PASSWORD_CHARS_MIN},
};

/// A password as typed, accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

/// A password as it is kept: a salted, slow hash in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Why a text is not accepted as a password. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too few characters.
    #[error("it has fewer than {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Too many characters.
    #[error("it has more than {PASSWORD_CHARS} characters")]
    TooLong,
    /// One of those that are tried first.
    #[error("it is one of those that are tried first")]
    Common,
    /// The name of the account is most of it.
    #[error("the name of the account is most of it")]
    LikeLabel,
}

/// Texts that are tried first: what is left of a password without digits and signs is none of them.
const COMMON: [&str; 40] = [
    "",
    "motdepasse",
    "motdepassemotdepasse",
    "password",
    "passwordpassword",
    "azerty",
    "azertyuiop",
    "azertyazerty",
    "azertyuiopqsdfghjklm",
    "qwerty",
    "qwertyuiop",
    "qwertyqwerty",
    "qwertyuiopasdfghjkl",
    "qsdfghjklm",
    "wxcvbn",
    "abcdef",
    "abcdefgh",
    "abcdefghijkl",
    "abcdefghijklmnopqrstuvwxyz",
    "bonjour",
    "bonjourbonjour",
    "soleil",
    "doudou",
    "jetaime",
    "marseille",
    "toulouse",
    "admin",
    "administrateur",
    "administrator",
    "utilisateur",
    "coordination",
    "coordinateur",
    "coordinatrice",
    "welcome",
    "letmein",
    "iloveyou",
    "changeme",
    "changezmoi",
    "maillage",
    "mobilitesolidaire",
];

impl NewPassword {
    /// Reads a password for an account. Nothing is trimmed: what is typed is what counts.
    ///
    /// # Errors
    /// Too short, too long, one that is tried first, or the account's own name.
    pub fn parse(typed: &str, label: &Label) -> Result<Self, PasswordError> {
        match typed.chars().count() {
            count if count < PASSWORD_CHARS_MIN => return Err(PasswordError::TooShort),
            count if count > PASSWORD_CHARS => return Err(PasswordError::TooLong),
            _ => {}
        }
        let folded = maillage_geography::fold(typed);
        let letters: String = folded.chars().filter(|letter| letter.is_alphabetic()).collect();
        if COMMON.contains(&letters.as_str()) && digits_are_common(&folded) || repeats(&folded) {
            return Err(PasswordError::Common);
        }
        let own: String = label.as_str().chars().filter(|letter| letter.is_alphabetic()).collect();
        if letters == own { Err(PasswordError::LikeLabel) } else { Ok(Self(typed.to_owned())) }
    }

    /// The password itself. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether what is not letters adds nothing that could not be guessed: a year, a row of the keyboard, a sign at the end.
fn digits_are_common(folded: &str) -> bool {
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let rows = ["01234567890123456789", "98765432109876543210", "12345678901234567890"];
    digits.len() <= 4 || rows.iter().any(|row| row.contains(&digits)) || repeats(&digits)
}

/// Whether a text is one piece of at most four characters over and over.
fn repeats(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=4).any(|length| {
        letters.len() >= 2 * length
            && letters.iter().zip(letters.iter().skip(length)).all(|(one, other)| one == other)
    })
}

impl PasswordHash {
    /// A hash in the PHC string format, as it was made or stored.
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// Its PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_what_everybody_has_does_not_pass() {
        let label: Label = "guichet.albi".parse().unwrap();
        for (typed, expected) in [
            ("onze lettre", Some(PasswordError::TooShort)),
            ("douze lettre", None),
            ("été à Réalmont", None),
            ("correct cheval agrafe", None),
            ("            ", Some(PasswordError::Common)),
            ("aaaaaaaaaaaaa", Some(PasswordError::Common)),
            ("abcdabcdabcd", Some(PasswordError::Common)),
            ("123456789012", Some(PasswordError::Common)),
            ("Motdepasse2026", Some(PasswordError::Common)),
            ("Mot de passe !", Some(PasswordError::Common)),
            ("azertyuiop123", Some(PasswordError::Common)),
            ("Maillage-2026!", Some(PasswordError::Common)),
            ("password 81-4711-2907", None),
            ("guichet-albi-2026", Some(PasswordError::LikeLabel)),
            ("guichet d’Albi, au marché", None),
        ] {
            assert_eq!(NewPassword::parse(typed, &label).err(), expected, "{typed:?}");
        }
        assert_eq!(NewPassword::parse(&"ab cd e".repeat(60), &label).err(), Some(PasswordError::TooLong));
    }

    #[test]
    fn neither_a_password_nor_its_hash_is_printed() {
        let label = "guichet".parse().unwrap();
        let password = NewPassword::parse("correct cheval agrafe", &label).unwrap();
        let hash = PasswordHash::from_phc("$argon2id$secret".to_owned());
        assert_eq!(format!("{password:?} {hash:?}"), "NewPassword(…) PasswordHash(…)");
    }
}
