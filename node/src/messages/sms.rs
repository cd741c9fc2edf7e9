//! Text messages by an HTTP gateway that the settings describe. Must never log what it answers: it may repeat the number.

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use maillage_domain::text::Phone;
use maillage_platform::i18n::Catalog;

use super::{
    settings::{self, SettingsError, SmsSettings},
    words,
    worker::{Sender, Sending},
};
use crate::{app::messages::Letter, limits::SMS_ANSWER_BYTES};

/// Longest wait for the gateway.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Sends text messages.
pub struct Gateway {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: Uri,
    body: String,
    success: Option<Success>,
    secret: Option<(HeaderName, HeaderValue)>,
}

/// Where an answer says that a message was taken, and how.
struct Success {
    pointer: String,
    value: String,
}

impl Success {
    fn new(settings: &SmsSettings) -> Result<Option<Self>, SettingsError> {
        let value = settings.success_value.clone();
        match settings.success_field.clone() {
            Some(pointer) if pointer.starts_with('/') => {
                Ok(Some(Self { pointer, value: value.unwrap_or_else(|| "true".to_owned()) }))
            }
            None if value.is_none() => Ok(None),
            Some(_) | None => Err(SettingsError::Success),
        }
    }

    /// Whether an answer says so; a text is compared as it is, anything else as JSON writes it.
    fn is_in(&self, answer: &[u8]) -> bool {
        let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
        match answer.pointer(&self.pointer) {
            Some(serde_json::Value::String(text)) => *text == self.value,
            Some(other) => serde_json::to_string(other).is_ok_and(|text| text == self.value),
            None => false,
        }
    }
}

impl Gateway {
    /// A gateway as the settings say.
    ///
    /// # Errors
    /// Settings that cannot be used.
    pub fn new(settings: &SmsSettings) -> Result<Self, SettingsError> {
        let url: Uri = settings.url.parse().map_err(|_| SettingsError::Gateway)?;
        let local = url.host().is_some_and(settings::is_this_machine);
        let protected = url.scheme_str() == Some("https") || (local && url.scheme_str() == Some("http"));
        let tried = filled(&settings.body, "1", "1", "1");
        let json = serde_json::from_str::<serde_json::Value>(&tried).is_ok();
        let whole = ["{to}", "{text}", "{id}"].iter().all(|place| settings.body.contains(place));
        if !protected || !json || !whole {
            return Err(SettingsError::Gateway);
        }
        let success = Success::new(settings)?;
        let secret = match (&settings.header, settings::secret(settings.secret_file.as_ref())?) {
            (Some(name), Some(secret)) => {
                let name: HeaderName = name.parse().map_err(|_| SettingsError::Gateway)?;
                let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| SettingsError::Gateway)?;
                value.set_sensitive(true);
                Some((name, value))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(SettingsError::Gateway),
        };
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, url, body: settings.body.clone(), success, secret })
    }

    /// What is posted to the gateway for a letter: the template, filled.
    pub fn body(&self, catalog: &Catalog, letter: &Letter) -> String {
        let to = international(&letter.address);
        filled(&self.body, &to, &words::short(catalog, letter), &letter.id.to_string())
    }

    fn request(&self, body: String) -> Option<Request<Full<Bytes>>> {
        let body = Full::new(Bytes::from(body));
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json");
        if let Some((name, value)) = &self.secret {
            request = request.header(name, value);
        }
        request.body(body).ok()
    }

    /// Hands a message over. An answer that does not arrive whole says nothing: the message is sent again, under its name.
    async fn hand_over(&self, request: Request<Full<Bytes>>) -> Sending {
        let Ok(reply) = self.client.request(request).await else { return Sending::Away };
        let sending = judged(reply.status());
        let Some(success) = self.success.as_ref().filter(|_| sending == Sending::Sent) else {
            return sending;
        };
        let answer = Limited::new(reply.into_body(), SMS_ANSWER_BYTES).collect().await;
        match answer.map(|answer| success.is_in(&answer.to_bytes())) {
            Ok(true) => Sending::Sent,
            Ok(false) => Sending::Refused,
            Err(_) => Sending::Away,
        }
    }
}

#[async_trait]
impl Sender for Gateway {
    async fn send(&self, catalog: &Catalog, letter: &Letter) -> Sending {
        let Some(request) = self.request(self.body(catalog, letter)) else { return Sending::Refused };
        tokio::time::timeout(ANSWER_WITHIN, self.hand_over(request)).await.unwrap_or(Sending::Away)
    }
}

/// What the gateway's status means: what is wrong with our account, or busy, may be mended; what is wrong with the message
/// is not.
fn judged(status: StatusCode) -> Sending {
    match status {
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::PAYMENT_REQUIRED => Sending::Away,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Sending::Later,
        status if status.is_success() => Sending::Sent,
        status if status.is_client_error() => Sending::Refused,
        _ => Sending::Away,
    }
}

/// The template with its places filled, each as the inside of a JSON text; in one pass, so that no text is a template.
fn filled(template: &str, to: &str, text: &str, id: &str) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let places = [("to}", to), ("text}", text), ("id}", id)];
        let place = places.iter().find_map(|(name, value)| Some((after.strip_prefix(name)?, value)));
        if let Some((after, value)) = place {
            filled.push_str(&inside(value));
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// A text as it stands inside the quotes of a JSON text.
fn inside(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let end = quoted.len().saturating_sub(1);
    quoted.get(1..end).unwrap_or_default().to_owned()
}

/// A number as gateways want it: `+33600000001` for `06 00 00 00 01`, one that is dialled in one country alone by its digits.
fn international(typed: &str) -> String {
    let dialled = Phone::parse(typed).ok().and_then(|phone| phone.international());
    dialled.unwrap_or_else(|| typed.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_made_international_where_that_can_be_said() {
        assert_eq!(international("06 00 00 00 01"), "+33600000001");
        assert_eq!(international("39 39"), "3939");
    }

    fn settings(body: &str) -> SmsSettings {
        SmsSettings {
            url: "http://127.0.0.1:1/send".to_owned(),
            body: body.to_owned(),
            success_field: None,
            success_value: None,
            header: None,
            secret_file: None,
        }
    }

    #[test]
    fn a_template_that_would_not_tell_a_repetition_is_refused() {
        let whole = r#"{"to": "{to}", "text": "{text}", "ref": "{id}"}"#;
        assert!(Gateway::new(&settings(whole)).is_ok());
        for place in ["{to}", "{text}", "{id}"] {
            let refused = Gateway::new(&settings(&whole.replace(place, "")));
            assert!(matches!(refused, Err(SettingsError::Gateway)), "{place}");
        }
        for (field, value) in [(Some("status"), None), (None, Some("ok"))] {
            let success_field = field.map(ToOwned::to_owned);
            let success_value = value.map(ToOwned::to_owned);
            let refused = Gateway::new(&SmsSettings { success_field, success_value, ..settings(whole) });
            assert!(matches!(refused, Err(SettingsError::Success)), "{field:?}");
        }
    }

    #[test]
    fn an_answer_is_read_as_the_settings_say() {
        let success = |pointer: &str, value: &str| Success { pointer: pointer.into(), value: value.into() };
        let answer = br#"{"messages": [{"status": "queued", "code": 0}], "ok": true}"#;
        for (field, value, taken) in [
            ("/messages/0/status", "queued", true),
            ("/messages/0/status", "sent", false),
            ("/messages/0/code", "0", true),
            ("/ok", "true", true),
            ("/nothing", "true", false),
        ] {
            assert_eq!(success(field, value).is_in(answer), taken, "{field}");
        }
        assert!(!success("/ok", "true").is_in(b"<html>"));
    }

    #[test]
    fn no_text_breaks_out_of_the_template() {
        let template = r#"{"to": "{to}", "text": "{text}", "n": {"id": "{id}"}}"#;
        let text = "a \"b\" {to} \\ \n é";
        let read: serde_json::Value = serde_json::from_str(&filled(template, "+33", text, "7")).unwrap();
        assert_eq!(read, serde_json::json!({"to": "+33", "text": text, "n": {"id": "7"}}));
    }
}
