//! The federation's certificate authority and the hub's signing key: made once, kept in files that their owner alone
//! can read. It certifies keys under identities that the hub chose; it must never take a name from a request, and
//! never print, log or send a private key.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_federation::{
    ids::{Id, NodeKind},
    name::FederationName,
    signing::Signer,
};
use maillage_platform::{
    directory::DataDirectory,
    random::{self, Entropy},
    secrets::{self, Secret, SecretError},
    tls::{Identity, IdentityError, IdentityUri, PeerRole, UriReason, certificate_fingerprint},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, PublicKeyData, SanType, SerialNumber,
};
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject as _};

use crate::limits;

/// The authority of a federation, able to certify.
pub struct Authority {
    federation: FederationName,
    certificate_pem: String,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    entropy: Arc<dyn Entropy>,
}

/// What a node asks to be certified: its key alone counts.
pub struct NodeRequest(CertificateSigningRequestParams);

/// A certificate made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// The certificate, PEM.
    pub pem: String,
    /// Last instant at which it is valid.
    pub until: Timestamp,
}

/// Why the authority cannot work.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file with a secret cannot be used.
    #[error("a secret of the hub cannot be used")]
    Secret(#[from] SecretError),
    /// A key or certificate is damaged, or could not be made.
    #[error("a key or certificate of the hub cannot be made or used")]
    Certificate(#[from] rcgen::Error),
    /// The authority's certificate is damaged.
    #[error("the certificate of the authority is not valid PEM")]
    Pem,
    /// The signing key is damaged.
    #[error("the signing key of the hub is damaged")]
    SigningKey,
    /// The hub's own identity cannot be used.
    #[error("the identity of the hub cannot be used")]
    Identity(#[from] IdentityError),
    /// A name cannot stand in an identity.
    #[error("a name cannot stand in a certificate")]
    Name(#[from] UriReason),
}

/// Some text is not a certificate request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a certificate request signed by its own key")]
pub struct NodeRequestError;

/// The hub's own name among the hubs of a federation.
pub const HUB_ID: &str = "h1";

const AUTHORITY_KEY: &str = "authority.key";
const AUTHORITY_CERTIFICATE: &str = "authority.pem";
const SIGNING_KEY: &str = "signing.key";
/// PKCS #8 version 1 wraps the 32-byte seed of Ed25519 in a fixed prefix (RFC 8410, section 7).
const ED25519_PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Makes the authority and the signing key of a new federation in `directory`.
///
/// # Errors
/// A file that cannot be written.
pub fn create(
    directory: &DataDirectory,
    federation: &FederationName,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(), AuthorityError> {
    let key = new_key(entropy)?;
    let mut parameters = parameters(now, limits::AUTHORITY_LIFE, entropy);
    parameters.distinguished_name.push(DnType::CommonName, format!("Maillage {federation}"));
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = parameters.self_signed(&key)?.pem();
    let seed = Secret::new(random::bytes::<32>(entropy));
    let hex = Secret::new(data_encoding::HEXLOWER.encode(seed.expose()));
    let key_pem = Secret::new(key.serialize_pem());
    secrets::write_secret(&directory.join(AUTHORITY_KEY), key_pem.expose().as_bytes())?;
    secrets::write_secret(&directory.join(SIGNING_KEY), hex.expose().as_bytes())?;
    secrets::write_secret(&directory.join(AUTHORITY_CERTIFICATE), certificate.as_bytes())?;
    Ok(())
}

/// The key that receipts, directory and notices are signed with.
///
/// # Errors
/// The file cannot be read, others can read it, or it is damaged.
pub fn signer(directory: &DataDirectory) -> Result<Signer, AuthorityError> {
    let hex = secrets::read_secret_text(&directory.join(SIGNING_KEY))?;
    let bytes =
        data_encoding::HEXLOWER.decode(hex.expose().as_bytes()).map_err(|_| AuthorityError::SigningKey)?;
    let bytes = Secret::new(bytes);
    let seed: &[u8; 32] = bytes.expose().as_slice().try_into().map_err(|_| AuthorityError::SigningKey)?;
    Ok(Signer::from_seed(seed))
}

impl Authority {
    /// The authority that [`create`] made.
    ///
    /// # Errors
    /// A file cannot be read, others can read it, or it is damaged.
    pub fn load(
        directory: &DataDirectory,
        federation: FederationName,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, AuthorityError> {
        let key = secrets::read_secret_text(&directory.join(AUTHORITY_KEY))?;
        let key = KeyPair::from_pem(key.expose())?;
        let pem = secrets::read_secret_text(&directory.join(AUTHORITY_CERTIFICATE))?.expose().clone();
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| AuthorityError::Pem)?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key)?;
        Ok(Self { federation, certificate_pem: pem, certificate, issuer, entropy })
    }

    /// A certificate for a node, with the identity the hub gave it as its only name.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub fn certify_node(
        &self,
        request: &NodeRequest,
        node: Id<NodeKind>,
        now: Timestamp,
    ) -> Result<Certified, AuthorityError> {
        let id = node.to_string();
        let identity = IdentityUri::new(self.federation.as_str(), PeerRole::Node, &id)?;
        let mut parameters = parameters(now, limits::NODE_CERTIFICATE_LIFE, self.entropy.as_ref());
        parameters.distinguished_name.push(DnType::CommonName, id);
        parameters.subject_alt_names = vec![SanType::URI(identity.to_string().try_into()?)];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.certify(&parameters, &request.0.public_key, now, limits::NODE_CERTIFICATE_LIFE)
    }

    /// A new key and certificate for the hub itself, for these host names and addresses. The key lives in memory
    /// only: a hub makes a new one at each start.
    ///
    /// # Errors
    /// A name that cannot stand in a certificate.
    pub fn hub_identity(&self, hosts: &[String], now: Timestamp) -> Result<Identity, AuthorityError> {
        let identity = IdentityUri::new(self.federation.as_str(), PeerRole::Hub, HUB_ID)?;
        let key = new_key(self.entropy.as_ref())?;
        let mut parameters = parameters(now, limits::HUB_CERTIFICATE_LIFE, self.entropy.as_ref());
        parameters.distinguished_name.push(DnType::CommonName, format!("Maillage {} hub", self.federation));
        parameters.subject_alt_names = vec![SanType::URI(identity.to_string().try_into()?)];
        for host in hosts {
            let name = match host.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(host.clone().try_into()?),
            };
            parameters.subject_alt_names.push(name);
        }
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certified = self.certify(&parameters, &key, now, limits::HUB_CERTIFICATE_LIFE)?;
        let chain = format!("{}{}", certified.pem, self.certificate_pem);
        Ok(Identity::from_pem(&chain, &Secret::new(key.serialize_pem()))?)
    }

    /// The authority's certificate, PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// SHA-256 of the authority's certificate.
    pub fn fingerprint(&self) -> [u8; 32] {
        certificate_fingerprint(&self.certificate)
    }

    fn certify(
        &self,
        parameters: &CertificateParams,
        key: &impl PublicKeyData,
        now: Timestamp,
        life: Duration,
    ) -> Result<Certified, AuthorityError> {
        let certificate = parameters.signed_by(key, &self.issuer)?;
        Ok(Certified { pem: certificate.pem(), until: whole_second(end_of_life(now, life)) })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Authority").field("federation", &self.federation).finish_non_exhaustive()
    }
}

impl NodeRequest {
    /// Reads a certificate request and checks that it is signed by its own key.
    ///
    /// # Errors
    /// Anything else is refused.
    pub fn parse(pem: &str) -> Result<Self, NodeRequestError> {
        if pem.len() > limits::CERTIFICATE_REQUEST_BYTES {
            return Err(NodeRequestError);
        }
        CertificateSigningRequestParams::from_pem(pem).map(Self).map_err(|_| NodeRequestError)
    }
}

fn new_key(entropy: &dyn Entropy) -> Result<KeyPair, AuthorityError> {
    let mut document = ED25519_PKCS8_PREFIX.to_vec();
    document.extend_from_slice(Secret::new(random::bytes::<32>(entropy)).expose());
    let document = Secret::new(document);
    let der = PrivatePkcs8KeyDer::from(document.expose().as_slice());
    Ok(KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ED25519)?)
}

/// Validity and serial number; names and uses are the caller's.
fn parameters(now: Timestamp, life: Duration, entropy: &dyn Entropy) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    let since_1970 =
        |instant: Timestamp| Duration::from_secs(u64::try_from(instant.as_second()).unwrap_or(0));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let backdated = now.checked_sub(limits::CERTIFICATE_BACKDATE).unwrap_or(Timestamp::UNIX_EPOCH);
    parameters.not_before = epoch + since_1970(backdated);
    parameters.not_after = epoch + since_1970(end_of_life(now, life));
    let mut serial = random::bytes::<16>(entropy);
    // A positive number without leading zero bytes, whatever was drawn (RFC 5280, section 4.1.2.2).
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    parameters.serial_number = Some(SerialNumber::from_slice(&serial));
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters
}

fn end_of_life(now: Timestamp, life: Duration) -> Timestamp {
    now.checked_add(life).unwrap_or(Timestamp::MAX)
}

fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

    use jiff::Timestamp;
    use maillage_federation::ids::Id;
    use maillage_platform::{
        directory::DataDirectory,
        random::SeededEntropy,
        tls::{IdentityUri, PeerIdentity, PeerRole, certificates_from_pem, identity_request},
    };

    use super::{Authority, NodeRequest, create, signer};

    fn made() -> (tempfile::TempDir, DataDirectory, Authority, Timestamp) {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("hub"), "maillage-hub").unwrap();
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        let entropy = Arc::new(SeededEntropy::new(1));
        create(&directory, &"essai".parse().unwrap(), now, entropy.as_ref()).unwrap();
        let authority = Authority::load(&directory, "essai".parse().unwrap(), entropy).unwrap();
        (parent, directory, authority, now)
    }

    #[test]
    fn secrets_are_private_and_two_federations_differ() {
        let (_parent, directory, _, now) = made();
        for name in ["authority.key", "signing.key"] {
            let mode = fs::metadata(directory.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let first = signer(&directory).unwrap().verify_key();
        create(&directory, &"autre".parse().unwrap(), now, &SeededEntropy::new(2)).unwrap();
        assert_ne!(signer(&directory).unwrap().verify_key(), first);
    }

    #[test]
    fn a_node_gets_the_name_the_hub_chose_and_not_the_one_it_asked_for() {
        let (_parent, _directory, authority, now) = made();
        let wished = IdentityUri::new("autre", PeerRole::Hub, "moi").unwrap();
        let csr = identity_request(&wished, &SeededEntropy::new(3)).unwrap().csr_pem;
        let request = NodeRequest::parse(&csr).unwrap();
        let node = Id::new(1, [7; 10]);
        let certified = authority.certify_node(&request, node, now).unwrap();
        let certificates = certificates_from_pem(&certified.pem).unwrap();
        let peer = PeerIdentity::from_certificate(&certificates[0]).unwrap();
        assert_eq!(
            (peer.federation.as_str(), peer.role, peer.id),
            ("essai", PeerRole::Node, node.to_string())
        );
        assert_eq!(peer.not_after, certified.until);
        let again = authority.certify_node(&request, node, now).unwrap();
        assert_ne!(again.pem, certified.pem, "each certificate has its own serial number");
    }

    #[test]
    fn an_altered_request_is_refused() {
        let wished = IdentityUri::new("essai", PeerRole::Node, "moi").unwrap();
        let csr = identity_request(&wished, &SeededEntropy::new(3)).unwrap().csr_pem;
        assert!(NodeRequest::parse(&csr).is_ok());
        let body = csr.lines().nth(1).unwrap();
        let altered = csr.replace(body, &body.chars().rev().collect::<String>());
        assert!(NodeRequest::parse(&altered).is_err());
        assert!(NodeRequest::parse("bonjour").is_err());
        assert!(NodeRequest::parse(&"x".repeat(9_000)).is_err());
    }

    #[test]
    fn the_hub_presents_itself_and_its_authority() {
        let (_parent, _directory, authority, now) = made();
        let identity = authority.hub_identity(&["localhost".into(), "127.0.0.1".into()], now).unwrap();
        assert_eq!(identity.own().unwrap().role, PeerRole::Hub);
        assert_eq!(identity.chain().last().unwrap(), authority.certificate());
    }
}
