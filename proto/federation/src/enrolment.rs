//! The enrolment string: everything a node needs to join, in one copy-paste line with a checksum, and what a
//! node signs to prove its keys. The string holds a secret: it must never be logged.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use maillage_geography::Siren;
use maillage_proto::federation::v1 as proto;
use prost::Message as _;

use crate::signing::{Purpose, SignatureError, Signer, VerifyKey};

const PREFIX: &str = "MAILLAGE1";
const CHECKSUM_BYTES: usize = 4;

/// What an enrolment string says.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Where the hub listens, `https://host:port`.
    pub hub_url: String,
    /// SHA-256 of the federation's certificate authority, DER.
    pub authority_fingerprint: [u8; 32],
    /// One-time secret.
    pub secret: [u8; 32],
    /// The invited territory.
    pub territory: Siren,
    /// Not accepted from then on, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// Why a text is not an enrolment string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Does not begin as one.
    #[error("an enrolment string begins with MAILLAGE1")]
    Prefix,
    /// Characters are missing, wrong or in excess.
    #[error("the enrolment string is incomplete or mistyped: copy it again in full")]
    Checksum,
    /// The contents are not those of an invitation.
    #[error("the enrolment string is not readable by this version")]
    Contents,
}

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = proto::EnrolmentTicket {
            hub_url: self.hub_url.clone(),
            authority_fingerprint: self.authority_fingerprint.to_vec(),
            secret: self.secret.to_vec(),
            territory: self.territory.to_string(),
            expires_at_ms: self.expires_at_ms,
        }
        .encode_to_vec();
        bytes.extend_from_slice(&checksum(&bytes));
        write!(formatter, "{PREFIX}-{}", BASE32_NOPAD.encode(&bytes))
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let encoded = compact
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix('-'))
            .ok_or(TicketError::Prefix)?;
        let bytes = BASE32_NOPAD.decode(encoded.as_bytes()).map_err(|_| TicketError::Checksum)?;
        let (message, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(TicketError::Checksum)?;
        if sum != &checksum(message) {
            return Err(TicketError::Checksum);
        }
        let proto::EnrolmentTicket { hub_url, authority_fingerprint, secret, territory, expires_at_ms } =
            proto::EnrolmentTicket::decode(message).map_err(|_| TicketError::Contents)?;
        Ok(Self {
            hub_url,
            authority_fingerprint: authority_fingerprint.try_into().map_err(|_| TicketError::Contents)?,
            secret: secret.try_into().map_err(|_| TicketError::Contents)?,
            territory: territory.parse().map_err(|_| TicketError::Contents)?,
            expires_at_ms,
        })
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ticket({}, {}, …)", self.hub_url, self.territory)
    }
}

/// Signs an enrolment request with the key it presents.
pub fn prove_enrolment(mut request: proto::EnrolRequest, signer: &Signer) -> proto::EnrolRequest {
    request.proof.clear();
    request.proof = signer.sign(Purpose::Enrolment, &[&request.encode_to_vec()]);
    request
}

/// Checks that whoever asks to be enrolled holds the signing key it presents.
///
/// # Errors
/// A key or proof that does not hold.
pub fn check_enrolment(request: &proto::EnrolRequest) -> Result<VerifyKey, SignatureError> {
    let key = VerifyKey::from_bytes(&request.signing_key)?;
    let mut unsigned = request.clone();
    unsigned.proof.clear();
    key.verify(Purpose::Enrolment, &[&unsigned.encode_to_vec()], &request.proof)?;
    Ok(key)
}

/// Signs a renewal request.
pub fn prove_renewal(mut request: proto::RenewRequest, signer: &Signer) -> proto::RenewRequest {
    request.proof.clear();
    request.proof = signer.sign(Purpose::Renewal, &[&request.encode_to_vec()]);
    request
}

/// Checks a renewal against the key the node enrolled with.
///
/// # Errors
/// A proof that does not hold.
pub fn check_renewal(request: &proto::RenewRequest, key: &VerifyKey) -> Result<(), SignatureError> {
    let mut unsigned = request.clone();
    unsigned.proof.clear();
    key.verify(Purpose::Renewal, &[&unsigned.encode_to_vec()], &request.proof)
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(blake3::hash(bytes).as_bytes().split_at(CHECKSUM_BYTES).0);
    sum
}

#[cfg(test)]
mod tests {
    use super::{Ticket, TicketError};

    fn ticket() -> Ticket {
        Ticket {
            hub_url: "https://127.0.0.1:4443".into(),
            authority_fingerprint: [1; 32],
            secret: [2; 32],
            territory: "200034031".parse().unwrap(),
            expires_at_ms: 1_800_000_000_000,
        }
    }

    #[test]
    fn a_string_reads_back_also_in_lower_case_and_broken_over_lines() {
        let text = ticket().to_string();
        assert_eq!(text.parse(), Ok(ticket()));
        let (start, end) = text.split_at(40);
        assert_eq!(format!(" {}\n {end} ", start.to_lowercase()).parse(), Ok(ticket()));
    }

    #[test]
    fn every_mistyped_character_and_every_missing_end_is_noticed() {
        let text = ticket().to_string();
        for position in 10..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let mistyped = String::from_utf8(bytes).unwrap();
            assert_eq!(mistyped.parse::<Ticket>(), Err(TicketError::Checksum), "{position}");
            let truncated = &text[..position];
            assert_eq!(truncated.parse::<Ticket>(), Err(TicketError::Checksum), "{position}");
        }
        assert_eq!("https://hub.example".parse::<Ticket>(), Err(TicketError::Prefix));
    }

    #[test]
    fn debug_output_keeps_the_secret() {
        assert!(!format!("{:?}", ticket()).contains("2, 2"));
    }
}
