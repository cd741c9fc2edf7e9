//! Calls of a node's interface, several in a row, on a small platform: messages of arbitrary bytes, and well-formed ones with
//! hostile fields. Every call is answered or refused with a reason, none is a fault of ours; whoever is refused has written
//! nothing; and whatever was taken in, every table can still be given out.

use std::{str::FromStr as _, sync::Arc, sync::OnceLock};

use futures_util::{FutureExt as _, stream};
use maillage_node::{
    app::{App, caller::Caller, noise::SystemNoise, tables},
    grpc::{Followers, Services, routes},
};
use maillage_platform::{lifecycle::Shutdown, random::SeededEntropy, refusal::Refusal, worker::Workers};
use prost::{Message as _, bytes::Buf as _, bytes::BufMut as _};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    service::Routes,
};

use super::{choices::Choices, node::furnished};

/// Calls of one input.
const CALLS: usize = 8;
/// Messages of a streamed answer that are read.
const ANSWERS: usize = 4;
/// Depth of messages within messages.
const DEPTH: u8 = 3;
/// Elements of a list.
const ELEMENTS: usize = 3;
/// Bytes of a message as it comes.
const PLAIN: usize = 400;

/// What is looked up before, so that its identifiers are known: the call, and what has to be asked for.
const LISTS: [(&str, Option<&str>); 5] = [
    ("People/ListPersons", None),
    ("People/ListVolunteers", None),
    ("Trips/ListTrips", Some("open")),
    ("Fleet/ListAssets", None),
    ("Loans/ListLoans", Some("open")),
];

/// Texts that some field somewhere takes.
const CODES: [&str; 60] = [
    "81003",
    "81004",
    "81222",
    "75056",
    "200034031",
    "health",
    "work-training",
    "shopping",
    "car",
    "e-bike",
    "cash",
    "cheque",
    "card",
    "transfer",
    "phone",
    "sms",
    "email",
    "letter",
    "always",
    "ask",
    "never",
    "walking-aid",
    "wheelchair-manual",
    "companion",
    "licence",
    "insurance",
    "person",
    "volunteer",
    "desk",
    "no-driver",
    "no-vehicle",
    "weather",
    "outbound",
    "return",
    "this",
    "following",
    "all",
    "lun",
    "mar",
    "lun 08:00-18:00,mar 09:00-12:00",
    "2026-10-06T10:00",
    "2026-10-06 10:00",
    "2026-10-06",
    "2026-10-13",
    "2026-09-30",
    "2026-09",
    "2026",
    "10:30",
    "persons",
    "volunteers",
    "trips",
    "assets",
    "mileage",
    "fiscal-scale",
    "toll",
    "donation",
    "membership",
    "advice",
    "garage",
    "benevoles-association@1",
];

/// What is known of the node: identifiers and revisions that its answers told.
#[derive(Default)]
struct Known {
    ids: Vec<String>,
    etags: Vec<String>,
}

/// A node and its interface.
struct Desk {
    app: Arc<App>,
    routes: Routes,
}

/// Calls are read from the bytes.
pub(super) fn fuzz(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(conversation(Choices::new(bytes)));
}

async fn conversation(mut choices: Choices<'_>) {
    let desk = Desk::open().await;
    let mut known = Known::default();
    for (list, wanted) in LISTS {
        let method = methods().iter().find(|method| path(method).ends_with(list)).expect("a list");
        let mut request = DynamicMessage::new(method.input());
        if let Some(field) = wanted {
            request.set_field_by_name(field, Value::Bool(true));
        }
        desk.ask(method, request.encode_to_vec(), &mut known).await.expect("a list is given");
    }
    let before = desk.app.store.durable_sequence();
    for _ in 0..CALLS {
        if choices.are_over() {
            break;
        }
        let number = choices.below(methods().len());
        let method = methods().get(number).expect("a place below the length");
        let request = if choices.byte().is_multiple_of(8) {
            choices.bytes(PLAIN).to_vec()
        } else {
            filled(&method.input(), &mut choices, &known, DEPTH).encode_to_vec()
        };
        desk.try_call(method, request, &mut known).await;
    }
    if desk.app.store.durable_sequence() != before {
        desk.check_tables();
    }
}

impl Desk {
    async fn open() -> Self {
        let app = furnished();
        let shutdown = Shutdown::new();
        let workers = Workers::new(shutdown.clone(), Arc::clone(&app.clock), Arc::new(SeededEntropy::new(1)));
        let services = Services {
            app: Arc::clone(&app),
            workers: Arc::new(workers),
            noise: Arc::new(SystemNoise),
            followers: Followers::new(shutdown),
        };
        let routes = routes(services).await.expect("the contract can be reflected");
        Self { app, routes }
    }

    async fn try_call(&self, method: &MethodDescriptor, request: Vec<u8>, known: &mut Known) {
        let before = self.app.store.durable_sequence();
        let Err(status) = self.ask(method, request, known).await else { return };
        let refusal = Refusal::from_status(&status);
        let ours = [Code::Internal, Code::Unknown, Code::DataLoss, Code::Aborted].contains(&status.code());
        // What is no message at all is told by the decoder, which knows no better code.
        let undecodable = status.message().contains("decode");
        assert!(!ours || undecodable, "{}: {status:?}", path(method));
        assert!(undecodable || !refusal.reason().is_empty(), "{}: {status:?}", path(method));
        let after = self.app.store.durable_sequence();
        assert_eq!(after, before, "{} was refused ({}) and wrote", path(method), refusal.reason());
    }

    async fn ask(
        &self,
        method: &MethodDescriptor,
        request: Vec<u8>,
        known: &mut Known,
    ) -> Result<(), Status> {
        // A stream of one request is what a single one is on the wire.
        let mut request = Request::new(stream::iter([request]));
        request.extensions_mut().insert(Caller::local());
        let mut client = Grpc::new(self.routes.clone());
        client.ready().await.map_err(|_| Status::internal("not ready"))?;
        let path = PathAndQuery::from_str(&path(method)).expect("a path");
        let mut answers = client.streaming(request, path, Plain).await?.into_inner();
        for _ in 0..ANSWERS {
            // Some answers follow what happens and never end: what is not there now is not waited for.
            let Some(answer) = answers.message().now_or_never() else { break };
            let Some(answer) = answer? else { break };
            let read = DynamicMessage::decode(method.output(), answer.as_slice())
                .expect("an answer is what it should be");
            known.learn(&read);
        }
        Ok(())
    }

    fn check_tables(&self) {
        for table in tables::TABLES {
            let given = tables::export(&self.app, &Caller::local(), table.code(), &tables::Page::default());
            given.unwrap_or_else(|refusal| panic!("{} cannot be given out: {refusal:?}", table.code()));
        }
    }
}

impl Known {
    fn learn(&mut self, message: &DynamicMessage) {
        for (field, value) in message.fields() {
            self.learn_value(field.name(), value);
        }
    }

    fn learn_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) if name == "etag" => self.etags.push(text.clone()),
            Value::String(text) if text.len() == 36 && !self.ids.contains(text) => {
                self.ids.push(text.clone());
            }
            Value::Message(message) => self.learn(message),
            Value::List(values) => values.iter().for_each(|value| self.learn_value(name, value)),
            Value::String(_)
            | Value::Bool(_)
            | Value::I32(_)
            | Value::I64(_)
            | Value::U32(_)
            | Value::U64(_)
            | Value::F32(_)
            | Value::F64(_)
            | Value::Bytes(_)
            | Value::EnumNumber(_)
            | Value::Map(_) => {}
        }
    }

    fn text(&self, name: &str, choices: &mut Choices<'_>) -> String {
        let known = match name {
            "etag" => &self.etags,
            _ => &self.ids,
        };
        match choices.below(8) {
            0..=2 if !known.is_empty() => {
                let last = known.len().min(200);
                known.iter().rev().nth(choices.below(last)).cloned().unwrap_or_default()
            }
            0..=5 => choices.pick(&CODES).to_owned(),
            _ => choices.text(),
        }
    }
}

/// A message with some of its fields set, hostile or plausible as the choices say.
fn filled(
    described: &MessageDescriptor,
    choices: &mut Choices<'_>,
    known: &Known,
    depth: u8,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(described.clone());
    for field in described.fields() {
        if choices.are_over() {
            break;
        }
        let skipped = choices.byte().is_multiple_of(4);
        if skipped || field.is_map() {
            continue;
        }
        if field.is_list() {
            let count = choices.below(ELEMENTS + 1);
            let values = (0..count).filter_map(|_| value(&field, choices, known, depth));
            message.set_field(&field, Value::List(values.collect()));
        } else if let Some(value) = value(&field, choices, known, depth) {
            message.set_field(&field, value);
        }
    }
    message
}

fn value(field: &FieldDescriptor, choices: &mut Choices<'_>, known: &Known, depth: u8) -> Option<Value> {
    Some(match field.kind() {
        Kind::String if field.parent_message().full_name() == "google.protobuf.FieldMask" => {
            Value::String(path_of_mask(choices))
        }
        Kind::String => Value::String(known.text(field.name(), choices)),
        Kind::Bytes => Value::Bytes(choices.bytes(PLAIN).to_vec().into()),
        Kind::Bool => Value::Bool(choices.byte() % 2 == 1),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(choices.short().cast_signed()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(choices.number().cast_signed()),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(choices.short()),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(choices.number()),
        Kind::Enum(_) => Value::EnumNumber(i32::from(choices.byte().cast_signed())),
        Kind::Message(message) => {
            let depth = depth.checked_sub(1)?;
            Value::Message(filled(&message, choices, known, depth))
        }
        Kind::Double => Value::F64(f64::from_bits(choices.number())),
        Kind::Float => Value::F32(f32::from_bits(choices.short())),
    })
}

/// A path of a field mask: fields that messages really have, or anything.
fn path_of_mask(choices: &mut Choices<'_>) -> String {
    const PATHS: [&str; 16] = [
        "name",
        "phone",
        "home",
        "needs",
        "notes",
        "label",
        "seats",
        "availability",
        "situation",
        "grounds",
        "pickup_at",
        "arrive_by",
        "weekdays",
        "until",
        "rate",
        "deposit",
    ];
    if choices.byte().is_multiple_of(8) { choices.text() } else { choices.pick(&PATHS).to_owned() }
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Every call of the node's interface, in the order of the contract.
fn methods() -> &'static [MethodDescriptor] {
    static METHODS: OnceLock<Vec<MethodDescriptor>> = OnceLock::new();
    METHODS.get_or_init(|| {
        let pool = DescriptorPool::decode(maillage_proto::DESCRIPTORS).expect("the contract is described");
        let ours = pool.services().filter(|service| service.full_name().starts_with("maillage.node.v1."));
        ours.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
    })
}

/// Messages as the bytes they are.
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, destination: &mut EncodeBuf<'_>) -> Result<(), Status> {
        destination.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let bytes = source.copy_to_bytes(source.remaining());
        Ok(Some(bytes.to_vec()))
    }
}
