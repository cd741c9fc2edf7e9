//! What this node is told about the servers that carry its messages: a file `messages.toml` in the data directory. Secrets
//! are files of their own, named in it.

use std::path::{Path, PathBuf};

use maillage_platform::secrets::{self, Secret, SecretError};
use serde::Deserialize;

/// Name of the file in the data directory.
pub const FILE: &str = "messages.toml";

/// Servers and public address of this node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageSettings {
    /// Where people reach the web interface, such as `https://mobilite.example.fr`; none if they do not.
    pub public_url: Option<String>,
    /// Whether a proxy on this machine tells in `X-Forwarded-For` who asks.
    #[serde(default)]
    pub trust_forwarded_for: bool,
    /// The server for e-mails.
    pub smtp: Option<SmtpSettings>,
    /// The gateway for text messages.
    pub sms: Option<SmsSettings>,
}

/// A server for e-mails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Its name, which its certificate carries.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// The account, if it wants one.
    pub username: Option<String>,
    /// The file that holds the password.
    pub password_file: Option<PathBuf>,
    /// The sender, such as `Mobilité <mobilite@example.fr>`.
    pub from: String,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after STARTTLS, required (port 587).
    Starttls,
    /// Nothing: a server on this machine only.
    None,
}

/// A gateway for text messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// Where a message is posted.
    pub url: String,
    /// JSON in which `{to}`, `{text}` and `{id}` are put. The identifier stays the same when a message is sent again, so that
    /// the gateway can see that it has it already.
    pub body: String,
    /// Where the gateway's answer, JSON, says whether it took the message, as a pointer such as `/status` (RFC 6901); none if
    /// its HTTP status says everything.
    pub success_field: Option<String>,
    /// What stands there then; `true` if nothing is said here.
    pub success_value: Option<String>,
    /// The header that carries the secret, such as `Authorization`.
    pub header: Option<String>,
    /// The file that holds the header's value.
    pub secret_file: Option<PathBuf>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file.
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    /// Not what is expected.
    #[error("{0} is not as expected")]
    Toml(PathBuf, #[source] Box<toml::de::Error>),
    /// The public address.
    #[error("public_url begins with https:// (or http:// on this machine), without a query")]
    PublicUrl,
    /// An unprotected connection that leaves the machine.
    #[error("security = \"none\" is for a mail server on this machine only")]
    Unprotected,
    /// The sender.
    #[error("smtp.from is not an e-mail address")]
    From,
    /// The TLS of the mail server.
    #[error("smtp.host cannot be used for TLS")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// The gateway.
    #[error(
        "sms.url, sms.header and sms.body: a URL, a header name, and JSON with {{to}}, {{text}} and {{id}}"
    )]
    Gateway,
    /// Where the gateway tells its success.
    #[error("sms.success_field is a pointer such as /status; sms.success_value goes with it")]
    Success,
    /// A secret.
    #[error("a secret named in the settings cannot be read")]
    Secret(#[source] SecretError),
}

impl MessageSettings {
    /// Reads the settings of a data directory; a node without the file calls everybody.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(SettingsError::File(path.to_owned(), error)),
        };
        let settings: Self =
            toml::from_str(&text).map_err(|error| SettingsError::Toml(path.to_owned(), Box::new(error)))?;
        settings.check()
    }

    fn check(mut self) -> Result<Self, SettingsError> {
        if let Some(url) = &mut self.public_url {
            let parsed: http::Uri = url.parse().map_err(|_| SettingsError::PublicUrl)?;
            let local = parsed.host().is_some_and(is_this_machine);
            let secure = parsed.scheme_str() == Some("https");
            if parsed.query().is_some() || !(secure || (local && parsed.scheme_str() == Some("http"))) {
                return Err(SettingsError::PublicUrl);
            }
            url.truncate(url.trim_end_matches('/').len());
        }
        Ok(self)
    }
}

/// Whether a host name is this machine's own.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The secret in a file, if one is named.
pub(super) fn secret(path: Option<&PathBuf>) -> Result<Option<Secret<String>>, SettingsError> {
    path.map(|path| secrets::read_secret_text(path)).transpose().map_err(SettingsError::Secret)
}
