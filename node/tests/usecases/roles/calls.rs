//! Every call of the node's interface, with a request that is well formed: what its fields are called says what to put there.
//! Must never know a service by name: what is added to the contract is tried as it comes.

use std::{fmt, str::FromStr as _};

use futures_util::stream;
use http::uri::PathAndQuery;
use maillage_node::app::caller::Caller;
use maillage_platform::refusal::Refusal;
use prost::{
    Message as _,
    bytes::{Buf as _, BufMut as _},
};
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use tonic::{
    Request, Status, Streaming,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    service::Routes,
};

/// An identifier of nothing.
const NOBODY: &str = "01890000-0000-7000-8000-000000000001";

/// A call of the contract, and a request for it.
pub(crate) struct Call {
    path: String,
    request: Vec<u8>,
}

/// Every call of `maillage.node.v1`.
pub(crate) fn every_call() -> Vec<Call> {
    let pool = DescriptorPool::decode(maillage_proto::DESCRIPTORS).unwrap();
    let services: Vec<_> =
        pool.services().filter(|service| service.full_name().starts_with("maillage.node.v1.")).collect();
    let calls = services.iter().flat_map(|service| {
        service.methods().map(|method| {
            let path = format!("/{}/{}", service.full_name(), method.name());
            Call { path, request: filled(method.input(), 3).encode_to_vec() }
        })
    });
    let calls: Vec<Call> = calls.collect();
    assert!(calls.len() > 60, "the contract has {} calls only", calls.len());
    calls
}

impl Call {
    pub(crate) fn new(path: String, request: &DynamicMessage) -> Self {
        Self { path, request: request.encode_to_vec() }
    }

    /// Asks, and hangs up on what it is told.
    pub(crate) async fn ask(&self, routes: &Routes, caller: Option<&Caller>) -> Result<(), Status> {
        self.answers(routes, caller).await.map(drop)
    }

    /// Asks, and takes the first answer.
    pub(crate) async fn first_answer(&self, routes: &Routes, caller: &Caller) -> Result<Vec<u8>, Status> {
        let first = self.answers(routes, Some(caller)).await?.message().await?;
        Ok(first.unwrap_or_default())
    }

    async fn answers(&self, routes: &Routes, caller: Option<&Caller>) -> Result<Streaming<Vec<u8>>, Status> {
        // A stream of one request is what a single one is on the wire.
        let mut request = Request::new(stream::iter([self.request.clone()]));
        request.extensions_mut().extend(caller.map(extension).unwrap_or_default());
        let mut client = Grpc::new(routes.clone());
        client.ready().await.map_err(|_| Status::internal("not ready"))?;
        let path = PathAndQuery::from_str(&self.path).unwrap();
        client.streaming(request, path, Plain).await.map(tonic::Response::into_inner)
    }

    /// What somebody is told, for the message of a test.
    pub(crate) async fn answer(&self, routes: &Routes, caller: &Caller) -> String {
        match self.ask(routes, Some(caller)).await {
            Ok(()) => "done".to_owned(),
            Err(status) => {
                let refusal = Refusal::from_status(&status);
                format!("{} {:?}", refusal.reason(), refusal.details())
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.path)
    }
}

fn extension(caller: &Caller) -> http::Extensions {
    let mut extensions = http::Extensions::new();
    extensions.insert(caller.clone());
    extensions
}

/// A message whose fields hold what their names ask for.
fn filled(described: MessageDescriptor, depth: u8) -> DynamicMessage {
    let mut message = DynamicMessage::new(described.clone());
    for field in described.fields() {
        // Of several ways to say something, the first alone; what may be left out is.
        let other_way = field.containing_oneof().is_some_and(|one_of| {
            one_of.is_synthetic()
                || one_of.fields().next().is_some_and(|first| first.number() != field.number())
        });
        if field.is_map() || other_way {
            continue;
        }
        if let Some(value) = value(&field, depth) {
            let value = if field.is_list() { Value::List(vec![value]) } else { value };
            message.set_field(&field, value);
        }
    }
    message
}

fn value(field: &FieldDescriptor, depth: u8) -> Option<Value> {
    let kind = field.kind();
    if matches!(kind, Kind::String) {
        return text(field.name()).map(|text| Value::String(text.to_owned()));
    }
    let message = kind.as_message().filter(|message| message.full_name().starts_with("maillage."))?;
    (depth > 0).then(|| Value::Message(filled(message.clone(), depth - 1)))
}

/// What a text field of that name holds.
fn text(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" | "person" | "volunteer" | "trip" | "asset" | "loan" | "pathway" | "service" | "handover"
        | "carrier" | "message" | "offer" | "series" | "request" | "statement" | "entry" | "referral" => {
            NOBODY
        }
        "day" | "date" | "on" | "from" | "first_day" | "first" => "2026-10-06",
        "until" | "last_day" | "last" | "to" => "2026-10-07",
        "period" | "month" => "2026-09",
        _ => return None,
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
