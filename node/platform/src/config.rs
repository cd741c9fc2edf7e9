//! Layered configuration: defaults < TOML file < environment `MAILLAGE_*` < flags, and where each value comes from.
//! It must never hold a secret: secrets are files named by a configuration key.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::limits::CONFIGURATION_FILE_BYTES;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The program.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// This environment variable.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    /// For logs and JSON; for people see the texts `origin-…`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment(name) => formatter.write_str(name),
            Self::Flag => formatter.write_str("command line"),
        }
    }
}

/// A configuration with the origin of each of its values.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The configuration.
    pub value: T,
    /// The entries of `config show`, by dotted key: value as JSON text, and origin.
    pub entries: BTreeMap<String, (String, Origin)>,
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No such key exists.
    #[error("{origin}: there is no setting {key:?}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: Origin,
    },
    /// The value is not of the kind the key wants.
    #[error("{origin}: the value of {key:?} cannot be used")]
    BadValue {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// What the value should be.
        source: serde_json::Error,
    },
    /// The values are right one by one but not together.
    #[error("the settings do not go together")]
    Together(#[source] serde_json::Error),
    /// The file is not TOML.
    #[error("{path} is not valid TOML")]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where the mistake is.
        source: Box<toml::de::Error>,
    },
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is larger than [`CONFIGURATION_FILE_BYTES`].
    #[error("{path} is larger than {CONFIGURATION_FILE_BYTES} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The program's defaults are not a table of settings: a mistake in the program.
    #[error("the default settings cannot be used")]
    Defaults(#[source] serde_json::Error),
}

/// The layers, put on in their order. `T::default()` says which keys exist: write optional settings as `Option`
/// without `skip_serializing_if`, and free tables not at all.
#[derive(Debug)]
pub struct Layers {
    defaults: BTreeMap<String, Value>,
    set: BTreeMap<String, (Value, Origin)>,
}

/// Variables with our prefix that are no settings.
const OTHER_VARIABLES: [&str; 2] = ["MAILLAGE_LANG", "MAILLAGE_CONFIG"];
const PREFIX: &str = "MAILLAGE_";

impl Layers {
    /// The defaults alone.
    pub fn new<T: Default + Serialize>() -> Result<Self, ConfigError> {
        let value = serde_json::to_value(T::default()).map_err(ConfigError::Defaults)?;
        let mut defaults = BTreeMap::new();
        flatten("", value, &mut defaults);
        Ok(Self { defaults, set: BTreeMap::new() })
    }

    /// Puts the TOML file on, which must exist.
    pub fn file(self, path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::File { path: path.to_owned(), source };
        let mut text = String::new();
        let file = File::open(path).map_err(failed)?;
        file.take(CONFIGURATION_FILE_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > CONFIGURATION_FILE_BYTES {
            return Err(ConfigError::TooLarge { path: path.to_owned() });
        }
        self.toml(&text, path)
    }

    /// Puts the content of a TOML file on; `path` is its name in messages.
    pub fn toml(mut self, text: &str, path: &Path) -> Result<Self, ConfigError> {
        let table: Map<String, Value> = toml::from_str(text)
            .map_err(|source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) })?;
        let mut values = BTreeMap::new();
        flatten("", Value::Object(table), &mut values);
        for (key, value) in values {
            self.put(key, value, Origin::File(path.to_owned()))?;
        }
        Ok(self)
    }

    /// Puts the variables `MAILLAGE_<KEY>` on (dots become underscores); `MAILLAGE_LANG`, `MAILLAGE_CONFIG` and
    /// those in `reserved` are no settings, any other with the prefix must be one.
    pub fn environment(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
        reserved: &[&str],
    ) -> Result<Self, ConfigError> {
        for (name, text) in variables {
            let other = OTHER_VARIABLES.contains(&name.as_str()) || reserved.contains(&name.as_str());
            if !name.starts_with(PREFIX) || other {
                continue;
            }
            let key = self.defaults.keys().find(|key| variable_of(key) == name).cloned();
            let origin = Origin::Environment(name.clone());
            let Some(key) = key else {
                return Err(ConfigError::UnknownKey { key: name, origin });
            };
            let value = self.parse(&key, text);
            self.put(key, value, origin)?;
        }
        Ok(self)
    }

    /// Puts flags of the command line on, by dotted key; absent flags are `None`.
    pub fn flags<'k>(
        mut self,
        flags: impl IntoIterator<Item = (&'k str, Option<String>)>,
    ) -> Result<Self, ConfigError> {
        for (key, text) in flags {
            if let Some(text) = text {
                let value = self.parse(key, text);
                self.put(key.to_owned(), value, Origin::Flag)?;
            }
        }
        Ok(self)
    }

    /// The configuration that results.
    pub fn load<T: DeserializeOwned>(self) -> Result<Loaded<T>, ConfigError> {
        for (key, (value, origin)) in &self.set {
            let mut alone = self.defaults.clone();
            alone.insert(key.clone(), value.clone());
            serde_json::from_value::<T>(unflatten(alone)).map_err(|source| ConfigError::BadValue {
                key: key.clone(),
                origin: origin.clone(),
                source,
            })?;
        }
        let mut all: BTreeMap<String, (Value, Origin)> =
            self.defaults.into_iter().map(|(key, value)| (key, (value, Origin::Default))).collect();
        all.extend(self.set);
        let entries = all
            .iter()
            .map(|(key, (value, origin))| (key.clone(), (value.to_string(), origin.clone())))
            .collect();
        let values = all.into_iter().map(|(key, (value, _))| (key, value)).collect();
        let value = serde_json::from_value(unflatten(values)).map_err(ConfigError::Together)?;
        Ok(Loaded { value, entries })
    }

    fn put(&mut self, key: String, value: Value, origin: Origin) -> Result<(), ConfigError> {
        if !self.defaults.contains_key(&key) {
            return Err(ConfigError::UnknownKey { key, origin });
        }
        self.set.insert(key, (value, origin));
        Ok(())
    }

    /// A text as the kind of value the default has; an optional or list setting is read as JSON if it can be.
    fn parse(&self, key: &str, text: String) -> Value {
        match self.defaults.get(key) {
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Null) => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            Some(Value::String(_) | Value::Object(_)) | None => Value::String(text),
        }
    }
}

fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace(['.', '-'], "_").to_ascii_uppercase())
}

fn flatten(prefix: &str, value: Value, flat: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                flatten(&key, value, flat);
            }
        }
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            flat.insert(prefix.to_owned(), leaf);
        }
    }
}

fn unflatten(flat: BTreeMap<String, Value>) -> Value {
    let mut root = Map::new();
    for (key, value) in flat {
        nest(&mut root, &key, value);
    }
    Value::Object(root)
}

fn nest(table: &mut Map<String, Value>, key: &str, value: Value) {
    let Some((name, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return;
    };
    if let Value::Object(inner) = table.entry(name).or_insert_with(|| Value::Object(Map::new())) {
        nest(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Settings {
        log: String,
        hub: Option<String>,
        api: Api,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Api {
        port: u16,
        open: bool,
    }

    impl Default for Settings {
        fn default() -> Self {
            Self { log: "info".to_owned(), hub: None, api: Api { port: 0, open: false } }
        }
    }

    const FILE: &str = "node.toml";

    fn layers() -> Layers {
        Layers::new::<Settings>().unwrap()
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_layer_covers_the_one_below_and_says_so() {
        let loaded = layers()
            .toml("log = \"warn\"\nhub = \"https://file\"\n[api]\nport = 1", Path::new(FILE))
            .unwrap()
            .environment(
                variables(&[("MAILLAGE_API_PORT", "2"), ("MAILLAGE_HUB", "https://env"), ("HOME", "/")]),
                &[],
            )
            .unwrap()
            .flags([("api.port", Some("3".to_owned())), ("log", None)])
            .unwrap()
            .load::<Settings>()
            .unwrap();
        let api = Api { port: 3, open: false };
        assert_eq!(
            loaded.value,
            Settings { log: "warn".to_owned(), hub: Some("https://env".to_owned()), api }
        );
        let origin = |key: &str| loaded.entries[key].1.clone();
        assert_eq!(origin("api.open"), Origin::Default);
        assert_eq!(origin("log"), Origin::File(FILE.into()));
        assert_eq!(origin("hub"), Origin::Environment("MAILLAGE_HUB".to_owned()));
        assert_eq!(origin("api.port"), Origin::Flag);
        assert_eq!(loaded.entries["api.port"].0, "3");
    }

    #[test]
    fn unknown_keys_are_refused_by_name_in_every_layer() {
        let named = |result: Result<Layers, ConfigError>| {
            let error = result.unwrap_err();
            let ConfigError::UnknownKey { key, .. } = error else { panic!("{error}") };
            key
        };
        assert_eq!(named(layers().toml("[api]\nprot = 1", Path::new(FILE))), "api.prot");
        assert_eq!(named(layers().toml("[log]\nlevel = 1", Path::new(FILE))), "log.level");
        assert_eq!(named(layers().environment(variables(&[("MAILLAGE_LOGS", "x")]), &[])), "MAILLAGE_LOGS");
        assert_eq!(named(layers().flags([("api.host", Some("x".to_owned()))])), "api.host");
        let reserved = variables(&[("MAILLAGE_LANG", "fr"), ("MAILLAGE_DATA", "x")]);
        assert!(layers().environment(reserved, &["MAILLAGE_DATA"]).is_ok());
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_key_and_origin() {
        let error = layers()
            .toml("log = \"warn\"", Path::new(FILE))
            .unwrap()
            .environment(variables(&[("MAILLAGE_API_PORT", "many")]), &[])
            .unwrap()
            .load::<Settings>()
            .unwrap_err();
        let ConfigError::BadValue { key, origin, .. } = error else { panic!("{error}") };
        assert_eq!((key.as_str(), origin), ("api.port", Origin::Environment("MAILLAGE_API_PORT".to_owned())));
        let whole_table = layers().toml("api = 3", Path::new(FILE));
        assert!(matches!(whole_table, Err(ConfigError::UnknownKey { key, .. }) if key == "api"));
    }

    #[test]
    fn broken_absent_and_huge_files_are_refused() {
        assert!(matches!(layers().toml("log =", Path::new(FILE)), Err(ConfigError::Toml { .. })));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        assert!(matches!(layers().file(&path), Err(ConfigError::File { .. })));
        let size = usize::try_from(CONFIGURATION_FILE_BYTES).unwrap();
        std::fs::write(&path, "#".repeat(size)).unwrap();
        assert!(layers().file(&path).is_ok());
        std::fs::write(&path, "#".repeat(size + 1)).unwrap();
        assert!(matches!(layers().file(&path), Err(ConfigError::TooLarge { .. })));
    }
}
