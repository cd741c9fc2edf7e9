//! Parts that several records share, and their way from and to the domain. Must never turn what makes no sense into
//! something else: it is an error that names the kind of record and nothing of it.

use std::{ops::Bound, str::FromStr};

use jiff::{Timestamp, civil::Date};
use maillage_domain::{
    place::Place,
    text::{Address, Email, Name, Phone},
};
use maillage_engine::{EngineError, RecordError};
use maillage_federation::{
    ids::Id,
    needs::{Need, Needs},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A place: INSEE code and address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaceRecord {
    pub(crate) commune: String,
    pub(crate) address: String,
}

/// Reads the payload of an older version.
pub(crate) fn upgraded<T: DeserializeOwned>(kind: u16, payload: &[u8]) -> Result<T, RecordError> {
    rmp_serde::from_slice(payload).map_err(|_| RecordError::Payload(kind))
}

/// The error of a record that makes no sense.
pub(crate) fn broken(kind: u16) -> EngineError {
    EngineError::Record(RecordError::Payload(kind))
}

/// Reads the written form of a value.
pub(crate) fn parsed<T: FromStr>(text: &str, kind: u16) -> Result<T, EngineError> {
    text.parse().map_err(|_| broken(kind))
}

/// The instant of milliseconds since 1970 UTC.
pub(crate) fn instant(unix_ms: i64, kind: u16) -> Result<Timestamp, EngineError> {
    Timestamp::from_millisecond(unix_ms).map_err(|_| broken(kind))
}

/// Milliseconds since 1970 UTC as a key that sorts as time does.
pub(crate) fn time_key(instant: Timestamp) -> u64 {
    instant.as_millisecond().wrapping_sub(i64::MIN).cast_unsigned()
}

/// Codes of needs.
pub(crate) fn need_codes(needs: &Needs) -> Vec<String> {
    needs.iter().map(|need| need.code().to_owned()).collect()
}

/// Needs of codes.
pub(crate) fn needs(codes: &[String], kind: u16) -> Result<Needs, EngineError> {
    codes.iter().map(|code| parsed::<Need>(code, kind)).collect()
}

/// A phone as it was typed; empty for none.
pub(crate) fn phone_text(phone: Option<&Phone>) -> String {
    phone.map(Phone::as_str).unwrap_or_default().to_owned()
}

/// The phone of a text.
pub(crate) fn phone(text: &str, kind: u16) -> Result<Option<Phone>, EngineError> {
    Phone::parse_optional(text).map_err(|_| broken(kind))
}

/// An e-mail address as it was typed; empty for none.
pub(crate) fn email_text(email: Option<&Email>) -> String {
    email.map(Email::as_str).unwrap_or_default().to_owned()
}

/// The e-mail address of a text.
pub(crate) fn email(text: &str, kind: u16) -> Result<Option<Email>, EngineError> {
    Email::parse_optional(text).map_err(|_| broken(kind))
}

/// A name as it was typed; empty for none.
pub(crate) fn name_text(name: Option<&Name>) -> String {
    name.map(Name::as_str).unwrap_or_default().to_owned()
}

/// The name of a text, if it is not empty.
pub(crate) fn named(text: &str, kind: u16) -> Result<Option<Name>, EngineError> {
    if text.is_empty() { Ok(None) } else { Name::parse(text).map(Some).map_err(|_| broken(kind)) }
}

/// A day as `YYYY-MM-DD`; empty for none.
pub(crate) fn date_text(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// The day of a text, if it is not empty.
pub(crate) fn dated(text: &str, kind: u16) -> Result<Option<Date>, EngineError> {
    if text.is_empty() { Ok(None) } else { parsed(text, kind).map(Some) }
}

impl PlaceRecord {
    /// The place of this record, which is part of a record of a kind.
    pub(crate) fn place(&self, kind: u16) -> Result<Place, EngineError> {
        let address = Address::parse(&self.address).map_err(|_| broken(kind))?;
        Ok(Place { commune: parsed(&self.commune, kind)?, address })
    }
}

impl From<&Place> for PlaceRecord {
    fn from(place: &Place) -> Self {
        Self { commune: place.commune.as_str().to_owned(), address: place.address.as_str().to_owned() }
    }
}

/// The keys after an identifier, or all.
pub(crate) fn after<K>(id: Option<Id<K>>) -> (Bound<[u8; 16]>, Bound<[u8; 16]>) {
    (id.map_or(Bound::Unbounded, |id| Bound::Excluded(id.to_array())), Bound::Unbounded)
}

/// The keys before an identifier, for lists that begin with the newest; all without one.
pub(crate) fn before<K>(id: Option<Id<K>>) -> (Bound<[u8; 16]>, Bound<[u8; 16]>) {
    (Bound::Unbounded, id.map_or(Bound::Unbounded, |id| Bound::Excluded(id.to_array())))
}

/// Bytes as one `MessagePack` binary instead of a list of numbers.
pub(crate) mod bytes {
    use std::fmt;

    use serde::{Deserializer, Serializer, de::Visitor};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }

    struct BytesVisitor;

    impl Visitor<'_> for BytesVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("bytes")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }
    }
}
