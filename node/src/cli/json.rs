//! Replies of the node as JSON: every field of the contract, by its name there, in its order. Must never rename, add or
//! leave out a field: programs rely on them.

use std::{collections::BTreeMap, sync::LazyLock};

use prost::Name;
use prost_reflect::{DescriptorPool, DynamicMessage, MapKey, ReflectMessage as _, Value};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};

/// The contract. `None` cannot be: it was compiled into this program, and a test reads it.
static CONTRACT: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(maillage_proto::DESCRIPTORS).ok());

/// A message of the contract that serde can write.
pub(super) struct Json<'a, T>(pub(super) &'a T);

impl<T: Name> Serialize for Json<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pool = CONTRACT.as_ref().ok_or_else(|| S::Error::custom("the contract cannot be read"))?;
        let described = pool.get_message_by_name(&T::full_name());
        let described = described.ok_or_else(|| S::Error::custom("a message outside the contract"))?;
        let mut message = DynamicMessage::new(described);
        message.transcode_from(self.0).map_err(S::Error::custom)?;
        Written(&Value::Message(message)).serialize(serializer)
    }
}

/// A value of a message.
struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I32(value) | Value::EnumNumber(value) => serializer.serialize_i32(*value),
            Value::I64(value) => serializer.serialize_i64(*value),
            Value::U32(value) => serializer.serialize_u32(*value),
            Value::U64(value) => serializer.serialize_u64(*value),
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::String(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.serialize_str(&data_encoding::BASE64.encode(value)),
            Value::Message(message) => fields(message, serializer),
            Value::List(values) => serializer.collect_seq(values.iter().map(Written)),
            // In the order of the keys, so that the same reply is the same text.
            Value::Map(values) => {
                let ordered: BTreeMap<String, &Value> =
                    values.iter().map(|(key, value)| (text(key), value)).collect();
                serializer.collect_map(ordered.into_iter().map(|(key, value)| (key, Written(value))))
            }
        }
    }
}

/// Every field in the order of the contract; an absent message is null.
fn fields<S: Serializer>(message: &DynamicMessage, serializer: S) -> Result<S::Ok, S::Error> {
    let described = message.descriptor();
    let mut written = serializer.serialize_map(Some(described.fields().len()))?;
    for field in described.fields() {
        let absent = field.supports_presence() && !message.has_field(&field);
        if absent {
            written.serialize_entry(field.name(), &None::<()>)?;
        } else {
            written.serialize_entry(field.name(), &Written(&message.get_field(&field)))?;
        }
    }
    written.end()
}

fn text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use maillage_proto::node::v1 as proto;

    use super::*;

    fn text<T: Name>(message: &T) -> String {
        serde_json::to_string(&Json(message)).unwrap()
    }

    #[test]
    fn a_message_is_an_object_of_its_fields_in_the_order_of_the_contract() {
        let home = proto::Place { commune: "81003".to_owned(), ..proto::Place::default() };
        let person = proto::Person {
            id: "p".to_owned(),
            name: "Zoé".to_owned(),
            home: Some(home),
            needs: vec!["luggage".to_owned()],
            ..proto::Person::default()
        };
        let written = text(&person);
        let expected = "{\"id\":\"p\",\"name\":\"Zoé\",\"phone\":\"\",\
             \"home\":{\"commune\":\"81003\",\"address\":\"\",\"commune_name\":\"\"},\
             \"needs\":[\"luggage\"],\"sharing\":\"\",\"statistics_objection\":false,\
             \"driver_notes\":\"\",\"created_at\":\"\"";
        assert!(written.starts_with(expected), "{written}");
    }

    #[test]
    fn absent_messages_are_null_negative_counts_stay_and_figures_are_ordered() {
        assert!(text(&proto::Trip::default()).contains("\"pickup\":null"));
        let section = proto::ReportSection { noisy_counts: vec![-12], ..proto::ReportSection::default() };
        assert_eq!(text(&section), "{\"model\":\"\",\"cells\":[],\"noisy_counts\":[-12],\"noise_2sd\":[]}");
        let figures = ["wanted_m", "limit_m", "a"].map(|name| (name.to_owned(), "1".to_owned()));
        let reason = proto::Reason { code: "too-far".to_owned(), figures: figures.into_iter().collect() };
        assert_eq!(
            text(&reason),
            "{\"code\":\"too-far\",\"figures\":{\"a\":\"1\",\"limit_m\":\"1\",\"wanted_m\":\"1\"}}"
        );
    }
}
