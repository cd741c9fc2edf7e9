//! Holds the contract still: every line of `contract.lock` must go on being true. A new field, message or call is
//! added to the lock by `MAILLAGE_EXTEND_CONTRACT=1 cargo test -p maillage-proto`; nothing ever takes a line out. A field may
//! come to tell "not set" from nothing (`optional`): no byte of a message changes by it.

use std::{collections::BTreeSet, env, fs};

use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
};

const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/contract.lock");

#[test]
fn the_contract_changes_by_addition_only() {
    let current = lines(&FileDescriptorSet::decode(maillage_proto::DESCRIPTORS).unwrap());
    let text = fs::read_to_string(LOCK).unwrap_or_default();
    let locked: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let holds = |line: &str| current.contains(line) || current.contains(&with_presence(line));
    let broken: Vec<_> = locked.iter().filter(|line| !holds(line)).collect();
    assert!(broken.is_empty(), "these promises of the contract were broken, restore them:\n{broken:#?}");
    let added: Vec<_> = current.difference(&locked).collect();
    if env::var_os("MAILLAGE_EXTEND_CONTRACT").is_some() {
        let text: String = current.iter().map(|line| format!("{line}\n")).collect();
        fs::write(LOCK, text).unwrap();
        return;
    }
    assert!(
        added.is_empty(),
        "the contract grew; if that is meant, run `MAILLAGE_EXTEND_CONTRACT=1 cargo test -p maillage-proto` and \
         commit contract.lock:\n{added:#?}"
    );
}

#[test]
fn every_message_field_of_substance_and_call_is_documented() {
    let set = FileDescriptorSet::decode(maillage_proto::DESCRIPTORS).unwrap();
    let mut bare = Vec::new();
    for file in ours(&set) {
        let documented: BTreeSet<Vec<i32>> = file
            .source_code_info
            .iter()
            .flat_map(|info| &info.location)
            .filter(|location| location.leading_comments.as_ref().is_some_and(|text| !text.trim().is_empty()))
            .map(|location| location.path.clone())
            .collect();
        let place = |kind: i32, index: usize| vec![kind, i32::try_from(index).unwrap()];
        for (index, message) in file.message_type.iter().enumerate() {
            if !documented.contains(&place(4, index)) {
                bare.push(format!("{}: message {}", file.name(), message.name()));
            }
        }
        for (index, service) in file.service.iter().enumerate() {
            for (number, method) in service.method.iter().enumerate() {
                let mut path = place(6, index);
                path.extend(place(2, number));
                if !documented.contains(&path) {
                    bare.push(format!("{}: call {}.{}", file.name(), service.name(), method.name()));
                }
            }
        }
    }
    assert!(bare.is_empty(), "write a comment above each of these:\n{bare:#?}");
}

fn ours(set: &FileDescriptorSet) -> impl Iterator<Item = &FileDescriptorProto> {
    set.file.iter().filter(|file| file.package().starts_with("maillage."))
}

fn lines(set: &FileDescriptorSet) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for file in ours(set) {
        for message in &file.message_type {
            add_message(&mut lines, file.package(), message);
        }
        for declared in &file.enum_type {
            add_enum(&mut lines, file.package(), declared);
        }
        for service in &file.service {
            for method in &service.method {
                let stream = if method.server_streaming() { "stream " } else { "" };
                lines.insert(format!(
                    "rpc {}.{}/{} {} -> {stream}{}",
                    file.package(),
                    service.name(),
                    method.name(),
                    method.input_type(),
                    method.output_type()
                ));
            }
        }
    }
    lines
}

fn add_message(lines: &mut BTreeSet<String>, scope: &str, message: &DescriptorProto) {
    let name = format!("{scope}.{}", message.name());
    lines.insert(format!("message {name}"));
    for field in &message.field {
        lines.insert(field_line(&name, message, field));
    }
    for nested in &message.nested_type {
        add_message(lines, &name, nested);
    }
    for declared in &message.enum_type {
        add_enum(lines, &name, declared);
    }
}

fn field_line(name: &str, message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let one_of = field
        .oneof_index
        .and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?))
        .map(|one_of| format!(" in {}", one_of.name()))
        .unwrap_or_default();
    let kind = if field.type_name().is_empty() {
        format!("{:?}", field.r#type()).to_lowercase()
    } else {
        field.type_name().to_owned()
    };
    let repeated = format!("{:?}", field.label()).to_lowercase();
    format!("field {name} {} = {} {repeated} {kind}{one_of}", field.name(), field.number())
}

/// A line of a field as it is when the field is made `optional`: protoc puts it alone into a oneof of its own name.
fn with_presence(line: &str) -> String {
    let name = line.split(' ').nth(2).unwrap_or_default();
    format!("{line} in _{name}")
}

#[test]
fn a_field_may_gain_presence_and_nothing_else() {
    let plain = "field maillage.node.v1.Line amount_cents = 9 optional int64";
    assert_eq!(with_presence(plain), format!("{plain} in _amount_cents"));
    let one_of = format!("{plain} in what");
    assert_ne!(with_presence(plain), one_of, "to become one of several is another meaning");
}

fn add_enum(lines: &mut BTreeSet<String>, scope: &str, declared: &EnumDescriptorProto) {
    for value in &declared.value {
        lines.insert(format!("enum {scope}.{} {} = {}", declared.name(), value.name(), value.number()));
    }
}
