//! E-mail by SMTP. A letter keeps its `Message-ID` however often it is sent, so that a repetition is seen as one.

use std::time::Duration;

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, MIME_VERSION_1_0},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use maillage_platform::i18n::Catalog;

use super::{
    settings::{self, SettingsError, SmtpSecurity, SmtpSettings},
    words,
    worker::{Sender, Sending},
};
use crate::app::messages::Letter;

/// Longest wait for one answer of the mail server.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Longest time for one letter, whatever the server does.
const LETTER_WITHIN: Duration = Duration::from_mins(1);

/// Sends e-mails.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

impl Mailer {
    /// A mailer as the settings say.
    ///
    /// # Errors
    /// Settings that cannot be used.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        Self::with_patience(settings, ANSWER_WITHIN)
    }

    /// A mailer that waits so long for each answer of the server.
    ///
    /// # Errors
    /// Settings that cannot be used.
    pub fn with_patience(settings: &SmtpSettings, answer_within: Duration) -> Result<Self, SettingsError> {
        let tls = || TlsParameters::new(settings.host.clone()).map_err(SettingsError::Tls);
        let tls = match settings.security {
            SmtpSecurity::Tls => Tls::Wrapper(tls()?),
            SmtpSecurity::Starttls => Tls::Required(tls()?),
            SmtpSecurity::None if settings::is_this_machine(&settings.host) => Tls::None,
            SmtpSecurity::None => return Err(SettingsError::Unprotected),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(answer_within));
        let password = settings::secret(settings.password_file.as_ref())?;
        if let (Some(username), Some(password)) = (&settings.username, password) {
            transport = transport.credentials(Credentials::new(username.clone(), password.expose().clone()));
        }
        let from: Mailbox = settings.from.parse().map_err(|_| SettingsError::From)?;
        let domain = from.email.domain().to_owned();
        Ok(Self { transport: transport.build(), from, domain })
    }

    /// A letter as it leaves; none if it cannot be sent to its address.
    pub fn message(&self, catalog: &Catalog, letter: &Letter) -> Option<Message> {
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.address.parse().ok()?))
            .subject(words::subject(catalog, letter))
            .message_id(Some(format!("<{}@{}>", letter.id, self.domain)))
            // Without it nobody has to heed how the body is encoded (RFC 2045 § 4).
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(words::body(catalog, letter))
            .ok()
    }

    async fn hand_over(&self, message: Message) -> Sending {
        // Whether the server takes anything at all is found out first: what it refuses then, it refuses for good.
        match self.transport.test_connection().await {
            Ok(true) => {}
            Ok(false) | Err(_) => return Sending::Away,
        }
        let plain_address = message.envelope().to().iter().all(|to| to.to_string().is_ascii());
        match self.transport.send(message).await {
            Ok(_) => Sending::Sent,
            Err(error) if error.is_permanent() => Sending::Refused,
            Err(error) if error.is_transient() => Sending::Later,
            // A server without SMTPUTF8 (RFC 6531) is not even asked: others must not wait behind such an address.
            Err(error) if error.is_client() && !plain_address => Sending::Refused,
            Err(_) => Sending::Away,
        }
    }
}

#[async_trait]
impl Sender for Mailer {
    async fn send(&self, catalog: &Catalog, letter: &Letter) -> Sending {
        let Some(message) = self.message(catalog, letter) else { return Sending::Refused };
        tokio::time::timeout(LETTER_WITHIN, self.hand_over(message)).await.unwrap_or(Sending::Away)
    }
}
