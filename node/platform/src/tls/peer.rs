//! Who the peer is: the identity in the URI name of its certificate, `maillage://<federation>/node/<id>`.
//! It must never take an identity from anything but a certificate whose chain was verified by the caller.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::limits::IDENTITY_PART_BYTES;

/// What a program is in its federation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeerRole {
    /// The node of one territory.
    Node,
    /// The federation hub.
    Hub,
}

impl PeerRole {
    /// As it stands in the URI: `node` or `hub`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Hub => "hub",
        }
    }
}

impl fmt::Display for PeerRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The URI `maillage://<federation>/<role>/<id>`; both parts are lower-case letters, digits, `-`, `.` and `_`,
/// 1 to [`IDENTITY_PART_BYTES`] bytes, and begin with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityUri {
    federation: String,
    role: PeerRole,
    id: String,
}

/// What is wrong with an identity URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UriReason {
    /// It does not begin with `maillage://`.
    #[error("it does not begin with maillage://")]
    Scheme,
    /// It has not exactly three parts.
    #[error("it is not of the form maillage://<federation>/<role>/<id>")]
    Shape,
    /// The role is neither `node` nor `hub`.
    #[error("its role is neither node nor hub")]
    Role,
    /// Federation or identifier has a character that is not allowed, is empty or too long.
    #[error("its federation or identifier is empty, too long or has a character that is not allowed")]
    Part,
}

impl IdentityUri {
    /// Checks the parts.
    pub fn new(federation: &str, role: PeerRole, id: &str) -> Result<Self, UriReason> {
        if is_part(federation) && is_part(id) {
            Ok(Self { federation: federation.to_owned(), role, id: id.to_owned() })
        } else {
            Err(UriReason::Part)
        }
    }

    /// The federation.
    pub fn federation(&self) -> &str {
        &self.federation
    }

    /// The role.
    pub fn role(&self) -> PeerRole {
        self.role
    }

    /// The identifier within the federation.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for IdentityUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}{}/{}/{}", self.federation, self.role, self.id)
    }
}

impl FromStr for IdentityUri {
    type Err = UriReason;

    fn from_str(text: &str) -> Result<Self, UriReason> {
        let rest = text.strip_prefix(SCHEME).ok_or(UriReason::Scheme)?;
        let mut parts = rest.split('/');
        let (Some(federation), Some(role), Some(id), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(UriReason::Shape);
        };
        let role = match role {
            "node" => PeerRole::Node,
            "hub" => PeerRole::Hub,
            _ => return Err(UriReason::Role),
        };
        Self::new(federation, role, id)
    }
}

/// Who presented a verified certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerIdentity {
    /// The federation that certified it.
    pub federation: String,
    /// What it is there.
    pub role: PeerRole,
    /// Its identifier there.
    pub id: String,
    /// Serial number of the certificate, lower-case hexadecimal.
    pub serial: String,
    /// Last instant at which the certificate is valid.
    pub not_after: Timestamp,
}

/// Why a certificate says nothing about who presents it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerIdentityError {
    /// The certificate cannot be parsed.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// No URI name is in the certificate.
    #[error("the certificate carries no maillage identity")]
    NoIdentity,
    /// More than one URI name is in the certificate: which one counts would be a guess.
    #[error("the certificate carries more than one identity")]
    SeveralIdentities,
    /// The URI name is not an identity.
    #[error("the identity in the certificate is malformed")]
    Malformed(#[from] UriReason),
}

impl PeerIdentity {
    /// Reads the identity of a certificate. The caller has verified the chain.
    pub fn from_certificate(certificate: &CertificateDer<'_>) -> Result<Self, PeerIdentityError> {
        let (_, parsed) =
            X509Certificate::from_der(certificate.as_ref()).map_err(|_| PeerIdentityError::Unreadable)?;
        let names = parsed
            .subject_alternative_name()
            .map_err(|_| PeerIdentityError::Unreadable)?
            .ok_or(PeerIdentityError::NoIdentity)?;
        let uris: Vec<&str> = names.value.general_names.iter().filter_map(uri_of).collect();
        let IdentityUri { federation, role, id } = match uris.as_slice() {
            [] => return Err(PeerIdentityError::NoIdentity),
            [uri] => uri.parse()?,
            [_, _, ..] => return Err(PeerIdentityError::SeveralIdentities),
        };
        let not_after = Timestamp::from_second(parsed.validity().not_after.timestamp())
            .map_err(|_| PeerIdentityError::Unreadable)?;
        Ok(Self { federation, role, id, serial: HEXLOWER.encode(parsed.raw_serial()), not_after })
    }

    /// Whether the certificate is still valid at `now`; a connection can outlive its certificate.
    pub fn is_current(&self, now: Timestamp) -> bool {
        now <= self.not_after
    }
}

const SCHEME: &str = "maillage://";

fn uri_of<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    if let GeneralName::URI(uri) = name { Some(uri) } else { None }
}

fn is_part(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_');
    text.len() <= IDENTITY_PART_BYTES
        && text.bytes().all(allowed)
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_uri_is_read_and_written() {
        for text in ["maillage://tarn/node/200034031", "maillage://fr-81.test/hub/h1"] {
            assert_eq!(text.parse::<IdentityUri>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_uris_are_refused_with_their_reason() {
        let long = format!("maillage://{}/node/1", "a".repeat(IDENTITY_PART_BYTES + 1));
        for (text, reason) in [
            ("https://tarn/node/1", UriReason::Scheme),
            ("MAILLAGE://tarn/node/1", UriReason::Scheme),
            ("maillage://tarn/node", UriReason::Shape),
            ("maillage://tarn/node/1/2", UriReason::Shape),
            ("maillage://tarn/node/1/", UriReason::Shape),
            ("maillage://tarn/driver/1", UriReason::Role),
            ("maillage://tarn/Node/1", UriReason::Role),
            ("maillage:///node/1", UriReason::Part),
            ("maillage://tarn/node/", UriReason::Part),
            ("maillage://Tarn/node/1", UriReason::Part),
            ("maillage://tarn/node/é", UriReason::Part),
            ("maillage://tarn/node/..", UriReason::Part),
            ("maillage://tarn/node/1?x", UriReason::Part),
            (long.as_str(), UriReason::Part),
        ] {
            assert_eq!(text.parse::<IdentityUri>(), Err(reason), "{text}");
        }
    }
}
