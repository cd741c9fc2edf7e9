//! The name of a federation: what separates two federations that run the same software.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A federation's name: lower-case letters, digits and hyphens, 2 to 40 of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FederationName(String);

/// Why some text is not a federation's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a federation's name has 2 to 40 lower-case letters, digits and hyphens")]
pub struct FederationNameError;

impl FederationName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FederationName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for FederationName {
    type Err = FederationNameError;

    fn from_str(text: &str) -> Result<Self, FederationNameError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (2..=40).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(FederationNameError)
        }
    }
}

impl From<FederationName> for String {
    fn from(name: FederationName) -> Self {
        name.0
    }
}

impl TryFrom<String> for FederationName {
    type Error = FederationNameError;

    fn try_from(text: String) -> Result<Self, FederationNameError> {
        text.parse()
    }
}
