//! What a node was told at `init`: its territory, the phone and hours of its desk. A file of its own, because joining
//! needs it while the store may be in use by the running node.

use std::path::PathBuf;

use maillage_geography::Siren;
use maillage_platform::{directory::DataDirectory, secrets};
use serde::{Deserialize, Serialize};

const FILE: &str = "profile.json";

/// Territory and desk of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The territory.
    pub territory: Siren,
    /// Phone of the desk.
    pub phone: String,
    /// Opening hours of the desk.
    pub opening_hours: String,
}

/// Why the profile cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file system.
    #[error("{0} cannot be read: was this directory made by `maillage-node init`?")]
    File(PathBuf, #[source] std::io::Error),
    /// Not what `init` wrote.
    #[error("{0} is damaged: restore it from your backup")]
    Damaged(PathBuf),
    /// It cannot be written.
    #[error("the profile cannot be written")]
    Write(#[from] secrets::SecretError),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    territory: String,
    phone: String,
    opening_hours: String,
}

impl Profile {
    /// Reads the profile of a data directory.
    ///
    /// # Errors
    /// A missing or damaged file.
    pub fn load(directory: &DataDirectory) -> Result<Self, ProfileError> {
        let path = directory.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(|error| ProfileError::File(path.clone(), error))?;
        let stored: Stored = serde_json::from_str(&text).map_err(|_| ProfileError::Damaged(path.clone()))?;
        let territory = stored.territory.parse().map_err(|_| ProfileError::Damaged(path))?;
        Ok(Self { territory, phone: stored.phone, opening_hours: stored.opening_hours })
    }

    /// Writes the profile, durably.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn store(&self, directory: &DataDirectory) -> Result<(), ProfileError> {
        let path = directory.join(FILE);
        let stored = Stored {
            version: 1,
            territory: self.territory.to_string(),
            phone: self.phone.clone(),
            opening_hours: self.opening_hours.clone(),
        };
        let text = serde_json::to_string_pretty(&stored).map_err(|_| ProfileError::Damaged(path.clone()))?;
        Ok(secrets::write_secret(&path, text.as_bytes())?)
    }

    /// Whether a data directory has been made by `init` already.
    pub fn exists(directory: &DataDirectory) -> bool {
        directory.join(FILE).exists()
    }
}
