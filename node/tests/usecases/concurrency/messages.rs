//! Messages of the contract written as JSON, and read by the names of their fields. Knows no call.

use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor};
use serde_json::Value;

/// Every call of the node's interface.
pub(crate) fn methods() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(maillage_proto::DESCRIPTORS).unwrap();
    let ours = pool.services().filter(|service| service.full_name().starts_with("maillage.node.v1."));
    ours.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// Whether a message, or one within it, gives back what was seen.
pub(super) fn is_etag(described: &MessageDescriptor, depth: u8) -> bool {
    described.fields().any(|field| {
        let within = field.kind().as_message().filter(|_| depth > 0).cloned();
        let own = matches!(field.name(), "etag" | "former");
        own || (!field.is_list() && within.is_some_and(|within| is_etag(&within, depth - 1)))
    })
}

/// A message with the fields of a JSON object.
pub(crate) fn message(described: &MessageDescriptor, fields: &Value) -> DynamicMessage {
    let mut message = DynamicMessage::new(described.clone());
    for (name, value) in fields.as_object().unwrap() {
        let field = described.get_field_by_name(name).unwrap_or_else(|| panic!("no {name} in {described:?}"));
        let value = match value {
            Value::Array(values) => {
                prost_reflect::Value::List(values.iter().map(|value| single(&field.kind(), value)).collect())
            }
            value @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_)) => single(&field.kind(), value),
        };
        message.set_field(&field, value);
    }
    message
}

fn single(kind: &Kind, value: &Value) -> prost_reflect::Value {
    use prost_reflect::Value as Written;
    match (kind, value) {
        (Kind::Message(described), value) => Written::Message(message(described, value)),
        (_, Value::String(text)) => Written::String(text.clone()),
        (_, Value::Bool(truth)) => Written::Bool(*truth),
        (Kind::Int64, value) => Written::I64(value.as_i64().unwrap()),
        (Kind::Uint32, value) => Written::U32(value.as_u64().unwrap().try_into().unwrap()),
        (kind, value) => panic!("{value} as {kind:?}"),
    }
}

/// A request with an etag and something new in their places.
pub(super) fn place(request: &Value, etag: &str, new: &Value) -> Value {
    match request {
        Value::String(text) if text == "$etag" => Value::from(etag),
        Value::String(text) if text == "$new" => new.clone(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), place(value, etag, new))).collect()
        }
        Value::Array(values) => values.iter().map(|value| place(value, etag, new)).collect(),
        value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => value.clone(),
    }
}

/// The text at a place such as `policy.etag`; of a list, that of its first element, and empty if there is none.
pub(crate) fn told(message: &DynamicMessage, at: &str) -> String {
    let (name, rest) = at.split_once('.').map_or((at, None), |(name, rest)| (name, Some(rest)));
    let value = message.get_field_by_name(name).unwrap_or_else(|| panic!("no {name}"));
    let first = match value.as_list() {
        Some(list) => list.first().cloned(),
        None => Some(value.into_owned()),
    };
    match (first, rest) {
        (Some(value), Some(rest)) => told(value.as_message().unwrap(), rest),
        (Some(value), None) => value.as_str().unwrap().to_owned(),
        (None, _) => String::new(),
    }
}
