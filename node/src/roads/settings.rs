//! What this node is told about its road router: a file `roads.toml` in the data directory. A node without it estimates.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use http::Uri;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::app::roads::RoadTerms;

/// Name of the file in the data directory.
pub const FILE: &str = "roads.toml";

/// Hexadecimal digits that tell one router from another.
const FINGERPRINT_DIGITS: usize = 16;

/// The road router of this node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoadSettings {
    /// Where an OSRM router answers, such as `http://127.0.0.1:5000`.
    pub url: String,
    /// The profile in its paths.
    #[serde(default = "profile")]
    pub profile: String,
    /// How far from a place the nearest road may be, in metres. Always sent: without it, a router answers from wherever its map
    /// ends.
    #[serde(default = "radius_m")]
    pub radius_m: u32,
    /// Longest wait for one answer, in milliseconds.
    #[serde(default = "answer_within_ms")]
    pub answer_within_ms: u64,
    /// Longest wait before a suggestion, in milliseconds.
    #[serde(default = "suggest_within_ms")]
    pub suggest_within_ms: u64,
    /// Places in one question: an OSRM router takes 100 unless told otherwise.
    #[serde(default = "places")]
    pub places: usize,
    /// Days that a road is kept.
    #[serde(default = "expiry_days")]
    pub expiry_days: u32,
    /// Days after which a road is asked for again that the router did not know.
    #[serde(default = "retry_days")]
    pub retry_days: u32,
    /// Failures in a row after which the router is left alone.
    #[serde(default = "failures")]
    pub failures: u32,
    /// Seconds that it is left alone.
    #[serde(default = "pause_s")]
    pub pause_s: u32,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RoadSettingsError {
    /// The file.
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    /// Not what is expected.
    #[error("{0} is not as expected")]
    Toml(PathBuf, #[source] Box<toml::de::Error>),
    /// The address.
    #[error(
        "url begins with https:// (or http:// on this machine or a private network address), without user, query or fragment"
    )]
    Url,
    /// The profile.
    #[error("profile is one word of letters, digits, - and _")]
    Profile,
    /// A number.
    #[error("{field} lies between {least} and {most}")]
    Number {
        /// Which one.
        field: &'static str,
        /// At least.
        least: u64,
        /// At most.
        most: u64,
    },
}

fn profile() -> String {
    "driving".to_owned()
}

fn radius_m() -> u32 {
    5_000
}

fn answer_within_ms() -> u64 {
    2_000
}

fn suggest_within_ms() -> u64 {
    3_000
}

fn places() -> usize {
    100
}

fn expiry_days() -> u32 {
    90
}

fn retry_days() -> u32 {
    7
}

fn failures() -> u32 {
    3
}

fn pause_s() -> u32 {
    60
}

impl RoadSettings {
    /// Reads the settings of a data directory; none if there is no file.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load(path: &Path) -> Result<Option<Self>, RoadSettingsError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(RoadSettingsError::File(path.to_owned(), error)),
        };
        let settings: Self = toml::from_str(&text)
            .map_err(|error| RoadSettingsError::Toml(path.to_owned(), Box::new(error)))?;
        settings.check().map(Some)
    }

    /// The settings for a router, everything else as usual.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn of(url: &str) -> Result<Self, RoadSettingsError> {
        let settings = Self {
            url: url.to_owned(),
            profile: profile(),
            radius_m: radius_m(),
            answer_within_ms: answer_within_ms(),
            suggest_within_ms: suggest_within_ms(),
            places: places(),
            expiry_days: expiry_days(),
            retry_days: retry_days(),
            failures: failures(),
            pause_s: pause_s(),
        };
        settings.check()
    }

    /// What the use cases are told of it.
    pub fn terms(&self) -> RoadTerms {
        let told_apart = blake3::hash(format!("{} {}", self.url, self.profile).as_bytes()).to_hex();
        let days = |days: u32| SignedDuration::from_hours(i64::from(days) * 24);
        RoadTerms {
            router: told_apart.chars().take(FINGERPRINT_DIGITS).collect(),
            url: self.url.clone(),
            within: Duration::from_millis(self.suggest_within_ms),
            places: self.places,
            expiry: days(self.expiry_days),
            retry: days(self.retry_days),
            failures: self.failures,
            pause: SignedDuration::from_secs(i64::from(self.pause_s)),
        }
    }

    fn check(mut self) -> Result<Self, RoadSettingsError> {
        self.url.truncate(self.url.trim_end_matches('/').len());
        let uri: Uri = self.url.parse().map_err(|_| RoadSettingsError::Url)?;
        let near = uri.host().is_some_and(is_near);
        let protected = uri.scheme_str() == Some("https") || (near && uri.scheme_str() == Some("http"));
        let user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if !protected || user || uri.host().is_none() || uri.query().is_some() || self.url.contains('#') {
            return Err(RoadSettingsError::Url);
        }
        let word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        if self.profile.is_empty() || !self.profile.chars().all(word) {
            return Err(RoadSettingsError::Profile);
        }
        let numbers = [
            ("radius_m", u64::from(self.radius_m), 1, 50_000),
            ("answer_within_ms", self.answer_within_ms, 50, 30_000),
            ("suggest_within_ms", self.suggest_within_ms, 50, 30_000),
            ("places", u64::try_from(self.places).unwrap_or(u64::MAX), 2, 1_000),
            ("expiry_days", self.expiry_days.into(), 1, 3_660),
            ("retry_days", self.retry_days.into(), 1, 3_660),
            ("failures", self.failures.into(), 1, 100),
            ("pause_s", self.pause_s.into(), 1, 86_400),
        ];
        match numbers.into_iter().find(|(_, number, least, most)| !(*least..=*most).contains(number)) {
            Some((field, _, least, most)) => Err(RoadSettingsError::Number { field, least, most }),
            None => Ok(self),
        }
    }
}

/// Whether what is sent to a host stays on this machine or in a private network: places of people are in it.
fn is_near(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let private = |address: IpAddr| match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    };
    host == "localhost" || host.parse().is_ok_and(private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_protected_or_near() {
        for url in [
            "http://127.0.0.1:5000",
            "http://localhost:5000/",
            "http://[::1]:5000",
            "http://192.168.1.7:5000/osrm",
            "http://[fd00::7]:5000",
            "https://routes.example.fr",
        ] {
            assert!(RoadSettings::of(url).is_ok(), "{url}");
        }
        for url in [
            "http://routes.example.fr",
            "http://8.8.8.8:5000",
            "https://user:word@routes.example.fr",
            "https://routes.example.fr?key=1",
            "ftp://127.0.0.1",
            "127.0.0.1:5000",
            "",
        ] {
            assert!(matches!(RoadSettings::of(url), Err(RoadSettingsError::Url)), "{url}");
        }
    }

    #[test]
    fn another_address_or_profile_is_another_router_and_a_slash_is_not() {
        let router = |text: &str| {
            let settings: RoadSettings = toml::from_str(text).unwrap();
            settings.check().unwrap().terms().router
        };
        let first = router(r#"url = "http://127.0.0.1:5000""#);
        assert_eq!(first, router("url = \"http://127.0.0.1:5000/\"\nradius_m = 100"));
        assert_ne!(first, router(r#"url = "http://127.0.0.1:5001""#));
        assert_ne!(first, router("url = \"http://127.0.0.1:5000\"\nprofile = \"car\""));
    }

    #[test]
    fn numbers_have_their_bounds_and_nothing_unknown_is_taken() {
        let read = |text: &str| {
            let settings: RoadSettings =
                toml::from_str(&format!("url = \"http://127.0.0.1:5000\"\n{text}")).ok()?;
            Some(settings.check().is_ok())
        };
        assert_eq!(read("places = 1"), Some(false));
        assert_eq!(read("radius_m = 0"), Some(false));
        assert_eq!(read("answer_within_ms = 31000"), Some(false));
        assert_eq!(read("profile = \"../admin\""), Some(false));
        assert_eq!(read("places = 2"), Some(true));
        assert_eq!(read("radius = 5000"), None);
    }
}
