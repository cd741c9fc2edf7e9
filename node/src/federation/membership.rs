//! Who this node is in its federation: keys and certificate in files only its own user can read. Keys are made here
//! and never leave the machine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use data_encoding::HEXLOWER;
use maillage_federation::{
    ids::{Id, NodeKind},
    name::FederationName,
    signing::{Signer, VerifyKey},
};
use maillage_platform::{
    clock::Clock,
    directory::DataDirectory,
    random::{self, Entropy},
    secrets::{self, Secret, SecretError},
    tls::{
        Identity, IdentityError, ReloadableIdentity, TlsError, certificates_from_pem,
        reloadable_client_config,
    },
};
use rustls::ClientConfig;
use serde::{Deserialize, Serialize};

use super::sealing_keys::SealingKeys;

/// Folder of keys and certificates inside the data directory.
pub(super) const FOLDER: &str = "identity";

/// Keys a node has before it joins anything.
#[derive(Debug)]
pub struct Keys {
    /// Signs what this node says.
    pub signer: Signer,
    /// Open what is sealed to this node.
    pub sealing: SealingKeys,
}

/// A node's place in a federation.
#[derive(Debug)]
pub struct Membership {
    /// The federation.
    pub federation: FederationName,
    /// This node.
    pub me: Id<NodeKind>,
    /// Where the hub listens.
    pub hub_url: String,
    /// What receipts, notices and directory are signed with.
    pub hub_key: VerifyKey,
    /// This node's keys.
    pub keys: Keys,
    /// Certificate and TLS key in use.
    pub identity: Arc<ReloadableIdentity>,
    authority_pem: String,
}

/// Why keys or membership cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// A secret file.
    #[error("a key file of this node cannot be used")]
    Secret(#[from] SecretError),
    /// A key that is none.
    #[error("the key in {0} is damaged: restore it from your backup")]
    DamagedKey(PathBuf),
    /// The description of the federation is damaged.
    #[error(
        "{0} is damaged: restore it from your backup, or ask the hub for a new invitation and join again"
    )]
    DamagedDescription(PathBuf),
    /// The certificate cannot be used.
    #[error("the certificate of this node cannot be used: ask the hub for a new invitation and join again")]
    Certificate(#[from] IdentityError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// The file system.
    #[error("{0} cannot be read or written")]
    File(PathBuf, #[source] std::io::Error),
}

/// What joining brought, as stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct Description {
    /// Federation name.
    pub federation: FederationName,
    /// This node.
    pub node_id: Id<NodeKind>,
    /// Where the hub listens.
    pub hub_url: String,
    /// Hub's signing key, hex.
    pub hub_signing_key: String,
    /// Certificate authority, PEM.
    pub authority_pem: String,
}

impl Keys {
    /// Makes the keys of a new node, durably.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(directory: &DataDirectory, entropy: &dyn Entropy) -> Result<Self, MembershipError> {
        let folder = directory.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|error| MembershipError::File(folder.clone(), error))?;
        let path = folder.join("signing.key");
        if !path.exists() {
            let seed = Secret::new(HEXLOWER.encode(&random::bytes::<32>(entropy)));
            secrets::write_secret(&path, seed.expose().as_bytes())?;
        }
        SealingKeys::begin(&folder, entropy)?;
        Self::load(directory)
    }

    /// Reads the keys of this node.
    ///
    /// # Errors
    /// Missing, damaged or readable-by-others key files.
    pub fn load(directory: &DataDirectory) -> Result<Self, MembershipError> {
        let folder = directory.join(FOLDER);
        Ok(Self {
            signer: Signer::from_seed(seed(&folder.join("signing.key"))?.expose()),
            sealing: SealingKeys::load(&folder)?,
        })
    }
}

impl Membership {
    /// Reads this node's place in its federation; `None` when it has not joined one.
    ///
    /// # Errors
    /// Damaged files, each with what to do.
    pub fn load(directory: &DataDirectory) -> Result<Option<Self>, MembershipError> {
        let path = description_path(directory);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(MembershipError::File(path, error)),
        };
        let damaged = || MembershipError::DamagedDescription(path.clone());
        let description: Description = serde_json::from_str(&text).map_err(|_| damaged())?;
        let key = HEXLOWER.decode(description.hub_signing_key.as_bytes()).map_err(|_| damaged())?;
        let hub_key = VerifyKey::from_bytes(&key).map_err(|_| damaged())?;
        Ok(Some(Self::new(description, hub_key, Keys::load(directory)?, load_identity(directory)?)))
    }

    /// A place in a federation, from what joining brought.
    pub fn new(description: Description, hub_key: VerifyKey, keys: Keys, identity: Identity) -> Self {
        let Description { federation, node_id, hub_url, hub_signing_key: _, authority_pem } = description;
        let identity = Arc::new(ReloadableIdentity::new(identity));
        Self { federation, me: node_id, hub_url, hub_key, keys, identity, authority_pem }
    }

    /// Client side TLS as this node.
    ///
    /// # Errors
    /// An authority that is no certificate.
    pub fn client_config(&self, clock: Arc<dyn Clock>) -> Result<Arc<ClientConfig>, MembershipError> {
        let authority = certificates_from_pem(&self.authority_pem)?;
        Ok(reloadable_client_config(&authority, Arc::clone(&self.identity), clock)?)
    }

    /// Client side TLS without a certificate: for the hub's open door.
    ///
    /// # Errors
    /// An authority that is no certificate.
    pub fn anonymous_config(&self, clock: Arc<dyn Clock>) -> Result<Arc<ClientConfig>, MembershipError> {
        let authority = certificates_from_pem(&self.authority_pem)?;
        Ok(maillage_platform::tls::client_config(&authority, None, clock)?)
    }
}

/// Writes what joining brought: certificate and key first, the description last, since its presence says that the
/// node has joined.
///
/// # Errors
/// Those of the file system.
pub fn store(
    directory: &DataDirectory,
    description: &Description,
    chain_pem: &str,
    key_pem: &Secret<String>,
) -> Result<(), MembershipError> {
    store_certificate(directory, chain_pem, key_pem)?;
    let path = description_path(directory);
    let text = serde_json::to_string_pretty(description)
        .map_err(|_| MembershipError::DamagedDescription(path.clone()))?;
    Ok(secrets::write_secret(&path, text.as_bytes())?)
}

/// Writes a certificate and its key in one file, so that one never stands without the other.
///
/// # Errors
/// Those of the file system.
pub fn store_certificate(
    directory: &DataDirectory,
    chain_pem: &str,
    key_pem: &Secret<String>,
) -> Result<Identity, MembershipError> {
    let both = Secret::new(format!("{}\n{}", chain_pem.trim_end(), key_pem.expose()));
    Identity::from_pem(both.expose(), &both)?;
    secrets::write_secret(&certificate_path(directory), both.expose().as_bytes())?;
    load_identity(directory)
}

fn load_identity(directory: &DataDirectory) -> Result<Identity, MembershipError> {
    let both = secrets::read_secret_text(&certificate_path(directory))?;
    Ok(Identity::from_pem(both.expose(), &both)?)
}

fn certificate_path(directory: &DataDirectory) -> PathBuf {
    directory.join(FOLDER).join("node.pem")
}

fn description_path(directory: &DataDirectory) -> PathBuf {
    directory.join(FOLDER).join("federation.json")
}

/// Reads 32 secret bytes.
///
/// # Errors
/// Missing, damaged or readable-by-others files.
pub(super) fn seed(path: &Path) -> Result<Secret<[u8; 32]>, MembershipError> {
    let text = secrets::read_secret_text(path)?;
    let damaged = || MembershipError::DamagedKey(path.to_owned());
    let bytes = HEXLOWER.decode(text.expose().trim().as_bytes()).map_err(|_| damaged())?;
    Ok(Secret::new(bytes.try_into().map_err(|_| damaged())?))
}
