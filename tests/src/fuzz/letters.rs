//! Letters made of hostile texts: an e-mail has exactly the headers we write, each once and to one address, whatever people and
//! places are called; a text message is exactly the JSON the gateway's template describes.

use std::{collections::BTreeSet, sync::OnceLock};

use maillage_domain::{message::Topic, text::Email, trip::Leg};
use maillage_federation::{handover::Meeting, ids::Id};
use maillage_node::{
    app::messages::{Facts, LegFacts, Letter, StillFacts},
    messages::{
        Gateway, Mailer,
        settings::{SmsSettings, SmtpSecurity, SmtpSettings},
    },
};
use serde_json::Value;

use super::{calendar::catalog, choices::Choices};

/// Drives of one letter.
const LEGS: usize = 3;
/// What is posted for a text message.
const TEMPLATE: &str = r#"{"to": "{to}", "parts": ["{text}", "{id}"], "keep": "{no}"}"#;
/// The headers of an e-mail.
const HEADERS: [&str; 8] = [
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
];
/// Octets of a line of an e-mail without its end (RFC 5322 § 2.1.1).
const LINE: usize = 998;

/// A letter is read from the bytes.
pub(super) fn fuzz(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let letter = letter(&mut choices);
    if let Some(message) = mailer().message(catalog(), &letter) {
        let recipients: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
        assert_eq!(recipients.len(), 1, "{recipients:?}");
        check_email(&message.formatted());
    }
    check_sms(&gateway().body(catalog(), &letter), &letter);
}

fn letter(choices: &mut Choices<'_>) -> Letter {
    let id = Id::new(choices.number() >> 16, [choices.byte(); 10]);
    let topic = match choices.below(8) {
        0 => Topic::Offer(Id::new(1, [1; 10])),
        1 => Topic::OfferReminder(Id::new(1, [1; 10])),
        2 => Topic::OfferOver(Id::new(1, [1; 10])),
        3 => Topic::DriveConfirmed(Id::new(1, [1; 10])),
        4 => Topic::DriveCancelled(Id::new(1, [1; 10])),
        5 => Topic::TripConfirmed(Id::new(1, [1; 10])),
        6 => Topic::TripTomorrow(Id::new(1, [1; 10])),
        _ => Topic::TripCancelled(Id::new(1, [1; 10])),
    };
    let address = match choices.below(4) {
        0 => "odette@exemple.fr".to_owned(),
        1 => format!("odette{}@exemple.fr", choices.text()),
        2 => format!("odette@exemple{}.fr", choices.text()),
        _ => choices.text(),
    };
    // What the domain takes for an address, and what no check has seen: the last line of defence is here.
    let address = Email::parse(&address).map_or(address, |email| email.as_str().to_owned());
    let legs = (0..choices.below(LEGS + 1)).map(|_| leg(choices)).collect();
    let facts = Facts {
        recipient: choices.text(),
        legs,
        other: choices.text(),
        answer_by: (choices.byte().is_multiple_of(2)).then(|| choices.instant()),
        url: (choices.byte().is_multiple_of(2)).then(|| choices.text()),
        desk_phone: choices.text(),
        territory: choices.text(),
        still: Vec::new(),
    };
    let lost = matches!(topic, Topic::DriveCancelled(_));
    let still = (0..if lost { choices.below(LEGS + 1) } else { 0 }).map(|_| still(choices)).collect();
    let facts = Facts { still, ..facts };
    Letter { id, topic, address, facts }
}

fn still(choices: &mut Choices<'_>) -> StillFacts {
    StillFacts { start: choices.instant(), other: choices.text(), leg: leg(choices) }
}

fn leg(choices: &mut Choices<'_>) -> LegFacts {
    LegFacts {
        leg: choices.pick(&[Leg::Outbound, Leg::Return]),
        pickup: choices.instant(),
        from: choices.text(),
        to: choices.text(),
        meeting: choices.pick(&[None, Some(Meeting::AtPickup), Some(Meeting::AtDropoff)]),
    }
}

fn check_email(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("an e-mail is text");
    let lines: Vec<&str> = text.split("\r\n").collect();
    for line in &lines {
        assert!(!line.contains(['\r', '\n', '\0']), "a bare end of line: {line:?}");
        assert!(line.len() <= LINE, "{} octets", line.len());
    }
    let head: Vec<&str> = lines.into_iter().take_while(|line| !line.is_empty()).collect();
    // An address may have other letters (RFC 6532); whether the server takes those it says itself.
    assert!(head.iter().all(|line| line.is_ascii() || line.starts_with("To: ")), "{head:?}");
    let mut names: Vec<String> = Vec::new();
    for line in head.iter().filter(|line| !line.starts_with([' ', '\t'])) {
        let (name, _) = line.split_once(": ").unwrap_or_else(|| panic!("no header: {line:?}"));
        names.push(name.to_lowercase());
    }
    names.sort();
    assert_eq!(names, HEADERS, "{head:?}");
}

fn check_sms(body: &str, letter: &Letter) {
    let read: Value = serde_json::from_str(body).expect("what is posted is JSON");
    let Value::Object(fields) = read else { panic!("another shape: {body}") };
    let names: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["keep", "parts", "to"]));
    assert_eq!(fields.get("keep"), Some(&Value::from("{no}")));
    let to = fields.get("to").and_then(Value::as_str).unwrap_or_default();
    assert!(to.chars().all(|c| c.is_ascii_digit() || c == '+'), "{to:?}");
    let parts = fields.get("parts").and_then(Value::as_array).expect("a list");
    assert_eq!(parts.len(), 2);
    assert_eq!(parts.get(1), Some(&Value::from(letter.id.to_string())));
}

fn mailer() -> &'static Mailer {
    static MAILER: OnceLock<Mailer> = OnceLock::new();
    MAILER.get_or_init(|| {
        let settings = SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: 25,
            security: SmtpSecurity::None,
            username: None,
            password_file: None,
            from: "Mobilité <mobilite@alban.example>".to_owned(),
        };
        Mailer::new(&settings).expect("settings of a mail server")
    })
}

fn gateway() -> &'static Gateway {
    static GATEWAY: OnceLock<Gateway> = OnceLock::new();
    GATEWAY.get_or_init(|| {
        let settings = SmsSettings {
            url: "http://127.0.0.1:9/send".to_owned(),
            body: TEMPLATE.to_owned(),
            header: None,
            secret_file: None,
            success_field: None,
            success_value: None,
        };
        Gateway::new(&settings).expect("settings of a gateway")
    })
}
