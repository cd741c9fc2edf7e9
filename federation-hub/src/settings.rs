//! What `init` wrote down about this hub: the name of the federation and where nodes reach it. No secret is here.

use std::{collections::BTreeSet, fmt, fs, io, path::PathBuf, str::FromStr};

use maillage_federation::name::FederationName;
use maillage_geography::Siren;
use maillage_platform::{
    directory::DataDirectory,
    secrets::{self, SecretError},
};
use serde::{Deserialize, Serialize};

/// What `init` wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Version of this file.
    format: u32,
    /// Name of the federation.
    pub federation: FederationName,
    /// Where nodes reach the hub; port 0 means the port bound when it serves.
    pub url: HubUrl,
    /// Other names and addresses the hub's certificate is for.
    pub addresses: Vec<String>,
    /// SIREN of the territories of the pilot.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", with = "sirens")]
    pub pilot: BTreeSet<Siren>,
}

/// Where nodes reach the hub: `https://host:port` and nothing after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HubUrl {
    host: String,
    port: u16,
}

/// Some text is not the address of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of a hub is written https://host:port")]
pub struct HubUrlError;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// `init` was not run, or did not end.
    #[error("{path} is not there: the hub was not initialised")]
    Missing {
        /// The settings file.
        path: PathBuf,
    },
    /// A hub is there already.
    #[error("{path} is there already: a hub is never overwritten")]
    Exists {
        /// The settings file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The settings file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("the settings cannot be written")]
    Unwritable(#[from] SecretError),
    /// The file is damaged.
    #[error("{path} is not what init wrote")]
    Malformed {
        /// The settings file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// Written by a newer version.
    #[error("{path} was written by a newer version (format {found}): upgrade the program")]
    Newer {
        /// The settings file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
}

/// Territories by their nine digits.
mod sirens {
    use std::collections::BTreeSet;

    use maillage_geography::Siren;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(sirens: &BTreeSet<Siren>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(sirens.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<Siren>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| text.parse().map_err(|_| D::Error::custom("no SIREN"))).collect()
    }
}

const FORMAT: u32 = 1;
const FILE: &str = "hub.json";

impl Settings {
    /// Settings of a new hub.
    pub fn new(federation: FederationName, url: HubUrl, addresses: Vec<String>) -> Self {
        Self { format: FORMAT, federation, url, addresses, pilot: BTreeSet::new() }
    }

    /// Whether a hub is in this directory already.
    ///
    /// # Errors
    /// [`SettingsError::Exists`] if there is one.
    pub fn refuse_existing(directory: &DataDirectory) -> Result<(), SettingsError> {
        let path = directory.join(FILE);
        if path.exists() { Err(SettingsError::Exists { path }) } else { Ok(()) }
    }

    /// Writes the settings; the last thing `init` does, so that a half-made hub never looks like one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, directory: &DataDirectory) -> Result<(), SettingsError> {
        let path = directory.join(FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|source| SettingsError::Malformed { path: path.clone(), source })?;
        Ok(secrets::write_secret(&path, &text)?)
    }

    /// Reads what `init` wrote.
    ///
    /// # Errors
    /// Missing, damaged and newer files.
    pub fn load(directory: &DataDirectory) -> Result<Self, SettingsError> {
        let path = directory.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SettingsError::Missing { path });
            }
            Err(source) => return Err(SettingsError::Unreadable { path, source }),
        };
        let malformed = |source| SettingsError::Malformed { path: path.clone(), source };
        let bare: serde_json::Value = serde_json::from_str(&text).map_err(malformed)?;
        let found = bare.get("format").and_then(serde_json::Value::as_u64).unwrap_or_default();
        if found > u64::from(FORMAT) {
            return Err(SettingsError::Newer { path, found: u32::try_from(found).unwrap_or(u32::MAX) });
        }
        serde_json::from_value(bare).map_err(malformed)
    }
}

impl HubUrl {
    /// The host alone, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address with the port really bound, where `init` left it open.
    #[must_use]
    pub fn bound_to(&self, port: u16) -> Self {
        let port = if self.port == 0 { port } else { self.port };
        Self { host: self.host.clone(), port }
    }
}

impl fmt::Display for HubUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(formatter, "https://{open}{}{close}:{}", self.host, self.port)
    }
}

impl FromStr for HubUrl {
    type Err = HubUrlError;

    fn from_str(text: &str) -> Result<Self, HubUrlError> {
        let rest = text.trim().strip_prefix("https://").ok_or(HubUrlError)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = rest.rsplit_once(':').ok_or(HubUrlError)?;
        let bare = match host.strip_prefix('[') {
            Some(inside) => {
                inside.strip_suffix(']').filter(|inside| inside.contains(':')).ok_or(HubUrlError)?
            }
            None => host,
        };
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        let valid = if host.starts_with('[') {
            bare.parse::<std::net::Ipv6Addr>().is_ok()
        } else {
            !bare.is_empty() && bare.len() <= 253 && bare.chars().all(name)
        };
        let port = port.parse().map_err(|_| HubUrlError)?;
        if valid { Ok(Self { host: bare.to_ascii_lowercase(), port }) } else { Err(HubUrlError) }
    }
}

impl From<HubUrl> for String {
    fn from(url: HubUrl) -> Self {
        url.to_string()
    }
}

impl TryFrom<String> for HubUrl {
    type Error = HubUrlError;

    fn try_from(text: String) -> Result<Self, HubUrlError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use maillage_platform::directory::DataDirectory;

    use super::{HubUrl, HubUrlError, Settings, SettingsError};

    #[test]
    fn addresses_are_read_and_written_and_others_refused() {
        for text in ["https://hub.example.org:4443", "https://127.0.0.1:0", "https://[::1]:4443"] {
            assert_eq!(text.parse::<HubUrl>().unwrap().to_string(), text);
        }
        for text in
            ["http://a:1", "https://a", "https://:1", "https://a:1/x", "https://a:70000", "https://[a]:1"]
        {
            assert_eq!(text.parse::<HubUrl>(), Err(HubUrlError), "{text}");
        }
    }

    #[test]
    fn the_port_left_open_is_the_port_bound() {
        let open: HubUrl = "https://127.0.0.1:0".parse().unwrap();
        assert_eq!(open.bound_to(4711).to_string(), "https://127.0.0.1:4711");
        let fixed: HubUrl = "https://hub.example.org:443".parse().unwrap();
        assert_eq!(fixed.bound_to(4711).to_string(), "https://hub.example.org:443");
    }

    #[test]
    fn settings_read_back_and_a_newer_or_damaged_file_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let directory = DataDirectory::create(parent.path().join("hub"), "maillage-hub").unwrap();
        assert!(matches!(Settings::load(&directory), Err(SettingsError::Missing { .. })));
        let settings =
            Settings::new("essai".parse().unwrap(), "https://localhost:0".parse().unwrap(), vec![]);
        settings.save(&directory).unwrap();
        assert_eq!(Settings::load(&directory).unwrap(), settings);
        let pilot = Settings { pilot: ["200034031".parse().unwrap()].into(), ..settings.clone() };
        pilot.save(&directory).unwrap();
        assert_eq!(Settings::load(&directory).unwrap(), pilot);
        settings.save(&directory).unwrap();
        assert!(matches!(Settings::refuse_existing(&directory), Err(SettingsError::Exists { .. })));
        let path = directory.join("hub.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
        assert!(matches!(Settings::load(&directory), Err(SettingsError::Newer { found: 2, .. })));
        std::fs::write(&path, "{").unwrap();
        assert!(matches!(Settings::load(&directory), Err(SettingsError::Malformed { .. })));
    }
}
