//! Sealed payloads: HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305,
//! padded to size classes. The associated data binds handover, round, sender and recipient, so that a
//! payload cannot be moved elsewhere. Must never be handed to anybody but its recipient in clear.

use std::fmt;

use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256, rand_core::SeedableRng as _, single_shot_open,
    single_shot_seal_with_rng,
};
use maillage_proto::federation::v1 as proto;
use rand_chacha::ChaCha20Rng;

use crate::{
    ids::{HandoverKind, Id, NodeKind},
    limits,
};

const INFO: &[u8] = b"maillage/v1/sealed";

/// A private key that opens what was sealed to its public half.
pub struct SealingKey {
    private: <X25519HkdfSha256 as hpke::Kem>::PrivateKey,
    public: SealingPublicKey,
}

/// The public key others seal to: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealingPublicKey([u8; 32]);

/// Bytes that the recipient alone can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key_id: [u8; 8],
    encapsulated: [u8; 32],
    ciphertext: Vec<u8>,
}

/// What a payload is bound to: opening it in any other context fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// What kind of payload it is.
    pub kind: PayloadKind,
    /// The handover it belongs to.
    pub handover: Id<HandoverKind>,
    /// The round it was made in.
    pub round: u32,
    /// Who sealed it.
    pub sender: Id<NodeKind>,
    /// Who may open it.
    pub recipient: Id<NodeKind>,
}

/// Kind of a sealed payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadKind {
    /// Details of an award.
    Award,
    /// Details of an outcome.
    Outcome,
    /// A word between origin and holder.
    Word,
    /// Details of a change one of them asks for.
    Change,
    /// What a member has signed about a month; it belongs to no handover ([`Context::between`]).
    Settlement,
}

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The recipient's key is not valid.
    #[error("the recipient's sealing key is not valid")]
    BadKey,
    /// The plain text is too long.
    #[error("the details are too long to be sealed: {0} bytes")]
    TooLong(usize),
    /// Malformed.
    #[error("the sealed payload is malformed")]
    Malformed,
    /// Sealed to another key.
    #[error("the payload was sealed to another key")]
    OtherKey,
    /// Altered, or taken from another context.
    #[error("the payload cannot be opened: altered, or taken from another handover, round or node")]
    Refused,
}

impl SealingKey {
    /// The key derived from 32 secret bytes (RFC 9180, `DeriveKeyPair`).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (private, public) = X25519HkdfSha256::derive_keypair(seed);
        Self { private, public: SealingPublicKey(public.to_bytes().into()) }
    }

    /// The public half.
    pub fn public(&self) -> SealingPublicKey {
        self.public
    }

    /// Opens a payload in its context.
    ///
    /// # Errors
    /// Other keys, other contexts and altered bytes are refused.
    pub fn open(&self, sealed: &Sealed, context: &Context) -> Result<Vec<u8>, SealError> {
        if sealed.key_id != self.public.key_id() {
            return Err(SealError::OtherKey);
        }
        let encapsulated = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(&sealed.encapsulated)
            .map_err(|_| SealError::Malformed)?;
        let padded = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            INFO,
            &sealed.ciphertext,
            &context.associated_data(),
        )
        .map_err(|_| SealError::Refused)?;
        unpad(padded)
    }
}

impl SealingPublicKey {
    /// The key in 32 bytes.
    ///
    /// # Errors
    /// Other lengths are refused, and so are the few points nothing can be sealed to (RFC 7748, § 6.1): a key that is
    /// taken here is one that [`Self::seal`] works with.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| SealError::BadKey)?;
        let public =
            <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(&bytes).map_err(|_| SealError::BadKey)?;
        let mut generator = ChaCha20Rng::from_seed([0; 32]);
        X25519HkdfSha256::encap_with_rng(&public, None, &mut generator).map_err(|_| SealError::BadKey)?;
        Ok(Self(bytes))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals plain text to this key. `randomness` is 32 fresh random bytes, used once.
    ///
    /// # Errors
    /// A key that is no point of the curve and too long a text are refused.
    pub fn seal(&self, plain: &[u8], context: &Context, randomness: [u8; 32]) -> Result<Sealed, SealError> {
        let public =
            <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(&self.0).map_err(|_| SealError::BadKey)?;
        let (encapsulated, ciphertext) =
            single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &public,
                INFO,
                &pad(plain, context.kind.classes())?,
                &context.associated_data(),
                &mut ChaCha20Rng::from_seed(randomness),
            )
            .map_err(|_| SealError::BadKey)?;
        Ok(Sealed { key_id: self.key_id(), encapsulated: encapsulated.to_bytes().into(), ciphertext })
    }

    fn key_id(&self) -> [u8; 8] {
        let mut id = [0; 8];
        id.copy_from_slice(blake3::hash(&self.0).as_bytes().split_at(8).0);
        id
    }
}

impl PayloadKind {
    /// The sizes to which its plain text is padded.
    fn classes(self) -> &'static [usize] {
        match self {
            Self::Award | Self::Outcome | Self::Word | Self::Change => &limits::SEALED_CLASSES,
            Self::Settlement => &limits::SETTLEMENT_CLASSES,
        }
    }
}

impl Context {
    /// Of a payload between two members that belongs to no handover. What else it is about is signed in it.
    pub fn between(kind: PayloadKind, sender: Id<NodeKind>, recipient: Id<NodeKind>) -> Self {
        Self { kind, handover: Id::new(0, [0; 10]), round: 0, sender, recipient }
    }

    fn associated_data(&self) -> Vec<u8> {
        let kind: u8 = match self.kind {
            PayloadKind::Award => 1,
            PayloadKind::Outcome => 2,
            PayloadKind::Word => 3,
            PayloadKind::Change => 4,
            PayloadKind::Settlement => 5,
        };
        let mut data = vec![kind];
        data.extend_from_slice(&self.handover.to_array());
        data.extend_from_slice(&self.round.to_be_bytes());
        data.extend_from_slice(&self.sender.to_array());
        data.extend_from_slice(&self.recipient.to_array());
        data
    }
}

impl TryFrom<proto::Sealed> for Sealed {
    type Error = SealError;

    fn try_from(message: proto::Sealed) -> Result<Self, SealError> {
        let proto::Sealed { key_id, encapsulated, ciphertext } = message;
        let longest = limits::SETTLEMENT_CLASSES.last().copied().unwrap_or_default() + 16;
        if ciphertext.len() > longest {
            return Err(SealError::TooLong(ciphertext.len()));
        }
        Ok(Self {
            key_id: key_id.try_into().map_err(|_| SealError::Malformed)?,
            encapsulated: encapsulated.try_into().map_err(|_| SealError::Malformed)?,
            ciphertext,
        })
    }
}

impl From<Sealed> for proto::Sealed {
    fn from(sealed: Sealed) -> Self {
        Self {
            key_id: sealed.key_id.to_vec(),
            encapsulated: sealed.encapsulated.to_vec(),
            ciphertext: sealed.ciphertext,
        }
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealingKey(…)")
    }
}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SealingPublicKey({})", data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.ciphertext.len())
    }
}

fn pad(plain: &[u8], classes: &[usize]) -> Result<Vec<u8>, SealError> {
    let length = u32::try_from(plain.len()).map_err(|_| SealError::TooLong(plain.len()))?;
    let class = classes
        .iter()
        .copied()
        .find(|class| plain.len() + 4 <= *class)
        .ok_or(SealError::TooLong(plain.len()))?;
    let mut padded = Vec::with_capacity(class);
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(class, 0);
    Ok(padded)
}

fn unpad(mut padded: Vec<u8>) -> Result<Vec<u8>, SealError> {
    let (length, _) = padded.split_first_chunk::<4>().ok_or(SealError::Malformed)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > padded.len() - 4 {
        return Err(SealError::Malformed);
    }
    padded.truncate(length + 4);
    Ok(padded.split_off(4))
}

#[cfg(test)]
mod tests {
    use super::{Context, PayloadKind, SealError, SealingKey, SealingPublicKey};
    use crate::{ids::Id, limits};

    fn context() -> Context {
        Context {
            kind: PayloadKind::Award,
            handover: Id::new(1, [1; 10]),
            round: 1,
            sender: Id::new(1, [2; 10]),
            recipient: Id::new(1, [3; 10]),
        }
    }

    #[test]
    fn the_recipient_opens_what_was_sealed_to_it() {
        let key = SealingKey::from_seed(&[1; 32]);
        let sealed = key.public().seal(b"Rue des Lilas", &context(), [9; 32]).unwrap();
        assert_eq!(key.open(&sealed, &context()), Ok(b"Rue des Lilas".to_vec()));
    }

    #[test]
    fn no_other_key_and_no_other_context_opens_it() {
        let key = SealingKey::from_seed(&[1; 32]);
        let sealed = key.public().seal(b"x", &context(), [9; 32]).unwrap();
        let stranger = SealingKey::from_seed(&[2; 32]);
        assert_eq!(stranger.open(&sealed, &context()), Err(SealError::OtherKey));
        let elsewhere = [
            Context { kind: PayloadKind::Outcome, ..context() },
            Context { round: 2, ..context() },
            Context { handover: Id::new(2, [1; 10]), ..context() },
            Context { sender: context().recipient, ..context() },
            Context { recipient: context().sender, ..context() },
        ];
        for other in elsewhere {
            assert_eq!(key.open(&sealed, &other), Err(SealError::Refused), "{other:?}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let key = SealingKey::from_seed(&[1; 32]);
        let sealed = key.public().seal(b"x", &context(), [9; 32]).unwrap();
        for position in (0..sealed.ciphertext.len()).step_by(37) {
            let mut altered = sealed.clone();
            altered.ciphertext[position] ^= 1;
            assert_eq!(key.open(&altered, &context()), Err(SealError::Refused));
        }
    }

    #[test]
    fn a_key_nothing_can_be_sealed_to_is_no_key() {
        assert_eq!(SealingPublicKey::from_bytes(&[0; 32]), Err(SealError::BadKey));
        assert_eq!(SealingPublicKey::from_bytes(&[9; 31]), Err(SealError::BadKey));
        let good = SealingKey::from_seed(&[1; 32]).public();
        assert_eq!(SealingPublicKey::from_bytes(good.as_bytes()), Ok(good));
    }

    #[test]
    fn lengths_within_a_class_look_the_same_and_too_long_is_refused() {
        let public = SealingKey::from_seed(&[1; 32]).public();
        let short = public.seal(b"", &context(), [9; 32]).unwrap();
        let longer = public.seal(&[b'x'; 1000], &context(), [8; 32]).unwrap();
        assert_eq!(short.ciphertext.len(), longer.ciphertext.len());
        let largest = vec![b'x'; limits::SEALED_PLAIN_BYTES];
        assert!(public.seal(&largest, &context(), [8; 32]).is_ok());
        let too_long = vec![b'x'; limits::SEALED_PLAIN_BYTES + 1];
        assert_eq!(public.seal(&too_long, &context(), [8; 32]), Err(SealError::TooLong(too_long.len())));
    }
}
