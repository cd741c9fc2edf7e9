//! Ed25519 signatures (RFC 8032) over domain-separated, length-prefixed fields, so that a signature made
//! for one purpose never passes for another. Must never generate a key by itself.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An envelope between parties.
    Envelope,
    /// The hub's receipt.
    Receipt,
    /// The hub's directory.
    Directory,
    /// A node proves at enrolment that it holds its signing key.
    Enrolment,
    /// A node asks for a new certificate.
    Renewal,
    /// What one member has carried for another in a month.
    Settlement,
    /// A node announces a new key to seal to.
    SealingKey,
}

/// A private signing key.
#[derive(Clone)]
pub struct Signer(SigningKey);

/// A public key that signatures are checked with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyKey([u8; 32]);

/// A signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is not a point of the curve.
    #[error("the signing key is not valid")]
    BadKey,
    /// Not 64 bytes.
    #[error("a signature has 64 bytes")]
    WrongLength,
    /// Signed by another key, or altered since.
    #[error("the signature does not hold: signed by another key, or altered since")]
    Mismatch,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Envelope => b"maillage/v1/envelope",
            Self::Receipt => b"maillage/v1/receipt",
            Self::Directory => b"maillage/v1/directory",
            Self::Enrolment => b"maillage/v1/enrolment",
            Self::Renewal => b"maillage/v1/renewal",
            Self::Settlement => b"maillage/v1/settlement",
            Self::SealingKey => b"maillage/v1/sealing-key",
        }
    }

    fn message(self, fields: &[&[u8]]) -> Vec<u8> {
        let mut message = Vec::new();
        for field in std::iter::once(&self.label()).chain(fields) {
            message.extend_from_slice(&(field.len() as u64).to_le_bytes());
            message.extend_from_slice(field);
        }
        message
    }
}

impl Signer {
    /// The key that these 32 secret bytes are.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Signs fields for a purpose: 64 bytes.
    pub fn sign(&self, purpose: Purpose, fields: &[&[u8]]) -> Vec<u8> {
        self.0.sign(&purpose.message(fields)).to_bytes().to_vec()
    }

    /// The public half.
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key().to_bytes())
    }
}

impl VerifyKey {
    /// The key in 32 bytes.
    ///
    /// # Errors
    /// Other lengths and bytes that are no key are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| SignatureError::BadKey)?;
        VerifyingKey::from_bytes(&bytes).map_err(|_| SignatureError::BadKey)?;
        Ok(Self(bytes))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature over fields for a purpose.
    ///
    /// # Errors
    /// Says whether key, length or signature is at fault.
    pub fn verify(&self, purpose: Purpose, fields: &[&[u8]], signature: &[u8]) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::BadKey)?;
        let signature = Signature::from_slice(signature).map_err(|_| SignatureError::WrongLength)?;
        key.verify_strict(&purpose.message(fields), &signature).map_err(|_| SignatureError::Mismatch)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signer(…)")
    }
}

impl fmt::Debug for VerifyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifyKey({})", data_encoding::HEXLOWER.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, SignatureError, Signer, VerifyKey};

    #[test]
    fn a_signature_holds_for_its_purpose_key_and_fields_alone() {
        let signer = Signer::from_seed(&[7; 32]);
        let key = signer.verify_key();
        let signature = signer.sign(Purpose::Envelope, &[b"ab", b"c"]);
        assert_eq!(key.verify(Purpose::Envelope, &[b"ab", b"c"], &signature), Ok(()));
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(key.verify(Purpose::Receipt, &[b"ab", b"c"], &signature), mismatch);
        assert_eq!(key.verify(Purpose::Envelope, &[b"a", b"bc"], &signature), mismatch);
        let other = Signer::from_seed(&[8; 32]).verify_key();
        assert_eq!(other.verify(Purpose::Envelope, &[b"ab", b"c"], &signature), mismatch);
        let truncated = signature.get(..63).unwrap();
        assert_eq!(
            key.verify(Purpose::Envelope, &[b"ab", b"c"], truncated),
            Err(SignatureError::WrongLength)
        );
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        assert_eq!(VerifyKey::from_bytes(&[1; 31]), Err(SignatureError::BadKey));
    }
}
