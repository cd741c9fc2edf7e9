//! What a backup is closed with and opened by. It must never print or keep a passphrase.

use std::io::{self, Read};
use std::path::Path;

use age::secrecy::SecretString;

use crate::limits::{PASSPHRASE_CHARS, SECRET_FILE_BYTES};
use crate::refusal::{Refusal, RefusalKind};
use crate::secrets::{self, Secret, SecretError};

/// How hard a passphrase is to try out: 2^16 rounds, 64 MiB of memory, so that the smallest machine can still open it.
const WORK: u8 = 16;
/// How much work is done for a backup at most.
const MOST_WORK: u8 = 20;
/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// What a backup is closed with.
pub struct Lock(Kind);

enum Kind {
    Passphrase(Secret<String>),
    Recipient(age::x25519::Recipient),
}

/// What opens a backup.
pub struct Key(Box<dyn age::Identity>);

/// A lock for one backup, with a key of our own that reads it back.
pub(super) struct Fitted {
    pub(super) encryptor: age::Encryptor,
    pub(super) key: Key,
}

impl Lock {
    /// The passphrase in a file (`-`: standard input).
    ///
    /// # Errors
    /// `passphrase-file`, `passphrase-file-exposed`, `passphrase-too-short`.
    pub fn passphrase(file: &Path) -> Result<Self, Refusal> {
        let passphrase = read_passphrase(file)?;
        if passphrase.expose().chars().count() < PASSPHRASE_CHARS {
            return Err(invalid("passphrase-too-short").with("least", PASSPHRASE_CHARS));
        }
        Ok(Self(Kind::Passphrase(passphrase)))
    }

    /// A public key, `age1…`.
    ///
    /// # Errors
    /// `recipient-format`.
    pub fn recipient(text: &str) -> Result<Self, Refusal> {
        let recipient = text.trim().parse().map_err(|_| invalid("recipient-format"))?;
        Ok(Self(Kind::Recipient(recipient)))
    }

    pub(super) fn fit(&self) -> Fitted {
        match &self.0 {
            Kind::Passphrase(passphrase) => {
                let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
                recipient.set_work_factor(WORK);
                Fitted { encryptor: encryptor(&[&recipient]), key: Key::of_passphrase(passphrase) }
            }
            Kind::Recipient(recipient) => {
                let ours = age::x25519::Identity::generate();
                let encryptor = encryptor(&[recipient, &ours.to_public()]);
                Fitted { encryptor, key: Key(Box::new(ours)) }
            }
        }
    }
}

impl Key {
    /// The passphrase in a file (`-`: standard input).
    ///
    /// # Errors
    /// `passphrase-file`, `passphrase-file-exposed`.
    pub fn passphrase(file: &Path) -> Result<Self, Refusal> {
        Ok(Self::of_passphrase(&read_passphrase(file)?))
    }

    /// The secret key in a file, as `age-keygen` writes it.
    ///
    /// # Errors
    /// `identity-file`, `identity-file-exposed`, `identity-format`.
    pub fn identity(file: &Path) -> Result<Self, Refusal> {
        let text = secrets::read_secret_text(file)
            .map_err(|error| of_file(&error, file, "identity-file", "identity-file-exposed"))?;
        let line = text.expose().lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-"));
        let identity: age::x25519::Identity =
            line.and_then(|line| line.parse().ok()).ok_or_else(|| invalid("identity-format"))?;
        Ok(Self(Box::new(identity)))
    }

    fn of_passphrase(passphrase: &Secret<String>) -> Self {
        let mut identity = age::scrypt::Identity::new(secret(passphrase));
        identity.set_max_work_factor(MOST_WORK);
        Self(Box::new(identity))
    }

    pub(super) fn identity_of_age(&self) -> &dyn age::Identity {
        self.0.as_ref()
    }
}

fn encryptor(recipients: &[&dyn age::Recipient]) -> age::Encryptor {
    age::Encryptor::with_recipients(recipients.iter().copied())
        .expect("one passphrase, or public keys alone, always go together")
}

fn secret(passphrase: &Secret<String>) -> SecretString {
    SecretString::from(passphrase.expose().clone())
}

fn read_passphrase(file: &Path) -> Result<Secret<String>, Refusal> {
    if file.as_os_str() != STANDARD_INPUT {
        return secrets::read_secret_text(file)
            .map_err(|error| of_file(&error, file, "passphrase-file", "passphrase-file-exposed"));
    }
    let mut text = String::new();
    let read = io::stdin().take(SECRET_FILE_BYTES).read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(|_| invalid("passphrase-file").with("path", file.display()))?;
    Ok(Secret::new(text.expose().trim().to_owned()))
}

fn of_file(error: &SecretError, file: &Path, unreadable: &'static str, exposed: &'static str) -> Refusal {
    let reason = if matches!(error, SecretError::Exposed { .. }) { exposed } else { unreadable };
    invalid(reason).with("path", file.display())
}

fn invalid(reason: &'static str) -> Refusal {
    Refusal::new(RefusalKind::InvalidInput, reason)
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Lock")
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key")
    }
}
