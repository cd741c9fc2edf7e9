//! The line between a node and a hub of this process: the real client and the real relay service, and between them whatever a
//! network does to a call. It must never look into what it carries, nor change it.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{Stream, StreamExt as _, stream};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use maillage_federation::ids::{Id, NodeKind};
use maillage_hub::relay::RelayService;
use maillage_platform::{
    grpc::ConnectionInfo,
    tls::{PeerIdentity, PeerRole},
};
use maillage_proto::federation::v1::{self as proto, relay_server};
use prost::Message as _;
use tokio::sync::{mpsc, watch};
use tonic::{
    Request, Response, Status,
    transport::{Channel, Endpoint, Server},
};
use tower::service_fn;

/// What happens to the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It does not arrive.
    Lost,
    /// It arrives, and the answer does not.
    AnswerLost,
    /// It arrives twice.
    Twice,
    /// Nobody hears an answer; an envelope arrives later, when [`Line::late`] says so.
    Late,
}

/// A line, as its tormentor holds it.
pub(crate) struct Line {
    state: Mutex<State>,
    /// Rises when every open stream has to end.
    ends: watch::Sender<u64>,
}

struct State {
    /// The hub at the other end; none while the line is cut.
    relay: Option<RelayService>,
    trouble: VecDeque<Trouble>,
    /// Envelopes that still pass before the line fails.
    room: usize,
    late: VecDeque<proto::SubmitRequest>,
    /// What was handed in and answered, with the receipt.
    said: Vec<(proto::SubmitRequest, Vec<u8>)>,
    /// What was heard.
    heard: Vec<proto::InboxItem>,
    /// The open stream also gives what comes here.
    again: Option<mpsc::UnboundedSender<proto::InboxItem>>,
    calls: u64,
}

impl Line {
    /// A line that is cut.
    pub(crate) fn new() -> Arc<Self> {
        let state = State {
            relay: None,
            trouble: VecDeque::new(),
            room: usize::MAX,
            late: VecDeque::new(),
            said: Vec::new(),
            heard: Vec::new(),
            again: None,
            calls: 0,
        };
        Arc::new(Self { state: Mutex::new(state), ends: watch::channel(0).0 })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the line, or ties it to a hub; open streams end.
    pub(crate) fn tie(&self, relay: Option<RelayService>) {
        self.state().relay = relay;
        self.end_streams();
    }

    /// Whether somebody is at the other end.
    pub(crate) fn is_tied(&self) -> bool {
        self.state().relay.is_some()
    }

    /// Open streams end.
    pub(crate) fn end_streams(&self) {
        self.state().again = None;
        self.ends.send_modify(|ends| *ends += 1);
    }

    /// The next call meets trouble.
    pub(crate) fn trouble(&self, trouble: Trouble) {
        self.state().trouble.push_back(trouble);
    }

    /// No more trouble, and room for everything.
    pub(crate) fn heal(&self) {
        let mut state = self.state();
        state.trouble.clear();
        state.room = usize::MAX;
    }

    /// So many more envelopes pass.
    pub(crate) fn room_for(&self, envelopes: usize) {
        self.state().room = envelopes;
    }

    /// Calls so far.
    pub(crate) fn calls(&self) -> u64 {
        self.state().calls
    }

    /// The oldest late envelope.
    pub(crate) fn late(&self) -> Option<proto::SubmitRequest> {
        self.state().late.pop_front()
    }

    /// What was handed in and answered.
    pub(crate) fn said(&self) -> Vec<(proto::SubmitRequest, Vec<u8>)> {
        self.state().said.clone()
    }

    /// A letter that was heard before comes again; whether there is one, and somebody listens.
    pub(crate) fn repeat(&self, pick: usize) -> bool {
        let state = self.state();
        let Some(again) = &state.again else { return false };
        let Some(item) = pick.checked_rem(state.heard.len()).and_then(|index| state.heard.get(index)) else {
            return false;
        };
        again.send(item.clone()).is_ok()
    }

    fn begin(&self, is_envelope: bool) -> Result<(RelayService, Option<Trouble>), Status> {
        let mut state = self.state();
        state.calls += 1;
        let relay = state.relay.clone().ok_or_else(cut)?;
        if is_envelope {
            state.room = state.room.checked_sub(1).ok_or_else(cut)?;
        }
        Ok((relay, state.trouble.pop_front()))
    }
}

fn cut() -> Status {
    Status::unavailable("the line is cut")
}

/// Who calls, as its certificate would say.
pub(crate) fn caller(federation: &str, node: Id<NodeKind>) -> ConnectionInfo {
    let peer = PeerIdentity {
        federation: federation.to_owned(),
        role: PeerRole::Node,
        id: node.to_string(),
        serial: "01".to_owned(),
        not_after: Timestamp::MAX,
    };
    ConnectionInfo::new(Some(peer), SocketAddr::from(([127, 0, 0, 1], 1)))
}

/// A request as the door of a hub passes it on.
pub(crate) fn from<T>(caller: &ConnectionInfo, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.extensions_mut().insert(caller.clone());
    request
}

/// The hub's end of a line.
struct Door {
    line: Arc<Line>,
    caller: ConnectionInfo,
}

type Answer<T> = Result<Response<T>, Status>;

impl Door {
    async fn pass<Q, R, F>(
        &self,
        request: Request<Q>,
        call: impl Fn(RelayService, Request<Q>) -> F + Send + Sync,
    ) -> Answer<R>
    where
        Q: Clone + Send + Sync + 'static,
        R: Send,
        F: Future<Output = Answer<R>> + Send,
    {
        let (relay, trouble) = self.line.begin(false)?;
        self.meet(relay, trouble, request.into_inner(), call).await
    }

    async fn meet<Q, R, F>(
        &self,
        relay: RelayService,
        trouble: Option<Trouble>,
        message: Q,
        call: impl Fn(RelayService, Request<Q>) -> F + Send + Sync,
    ) -> Answer<R>
    where
        Q: Clone + Send + Sync + 'static,
        R: Send,
        F: Future<Output = Answer<R>> + Send,
    {
        match trouble {
            None => call(relay, from(&self.caller, message)).await,
            Some(Trouble::Lost | Trouble::Late) => Err(cut()),
            Some(Trouble::AnswerLost) => {
                drop(call(relay, from(&self.caller, message)).await);
                Err(cut())
            }
            Some(Trouble::Twice) => {
                drop(call(relay.clone(), from(&self.caller, message.clone())).await);
                call(relay, from(&self.caller, message)).await
            }
        }
    }
}

#[tonic::async_trait]
impl relay_server::Relay for Door {
    type InboxStream = Pin<Box<dyn Stream<Item = Result<proto::InboxItem, Status>> + Send>>;

    async fn submit(&self, request: Request<proto::SubmitRequest>) -> Answer<proto::SubmitReply> {
        let (relay, trouble) = self.line.begin(true)?;
        let message = request.into_inner();
        if trouble == Some(Trouble::Late) {
            self.line.state().late.push_back(message);
            return Err(cut());
        }
        let answer = self
            .meet(relay, trouble, message.clone(), |relay: RelayService, request| async move {
                relay_server::Relay::submit(&relay, request).await
            })
            .await?;
        let receipt = answer.get_ref().receipt.clone().unwrap_or_default().encode_to_vec();
        self.line.state().said.push((message, receipt));
        Ok(answer)
    }

    async fn inbox(&self, request: Request<proto::InboxRequest>) -> Answer<Self::InboxStream> {
        let (relay, trouble) = self.line.begin(false)?;
        let mut message = request.into_inner();
        match trouble {
            Some(Trouble::Lost | Trouble::Late | Trouble::AnswerLost) => return Err(cut()),
            // The hub gives everything again that was not acknowledged.
            Some(Trouble::Twice) => message.cursor = 0,
            None => {}
        }
        let letters = relay_server::Relay::inbox(&relay, from(&self.caller, message)).await?.into_inner();
        let (again, repeated) = mpsc::unbounded_channel();
        self.line.state().again = Some(again);
        let listening = Listening {
            line: Arc::clone(&self.line),
            letters,
            repeated,
            ends: self.line.ends.subscribe(),
            over: false,
        };
        Ok(Response::new(Box::pin(stream::unfold(listening, Listening::next))))
    }

    async fn ack(&self, request: Request<proto::AckRequest>) -> Answer<proto::AckReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::ack(&relay, request).await
        })
        .await
    }

    async fn greet(&self, request: Request<proto::GreetRequest>) -> Answer<proto::GreetReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::greet(&relay, request).await
        })
        .await
    }

    async fn list_my_handovers(
        &self,
        request: Request<proto::ListMyHandoversRequest>,
    ) -> Answer<proto::ListMyHandoversReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::list_my_handovers(&relay, request).await
        })
        .await
    }

    async fn list_my_reports(
        &self,
        request: Request<proto::ListMyReportsRequest>,
    ) -> Answer<proto::ListMyReportsReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::list_my_reports(&relay, request).await
        })
        .await
    }

    async fn present(&self, request: Request<proto::PresentRequest>) -> Answer<proto::PresentReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::present(&relay, request).await
        })
        .await
    }

    async fn present_agreement(
        &self,
        request: Request<proto::PresentAgreementRequest>,
    ) -> Answer<proto::PresentAgreementReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::present_agreement(&relay, request).await
        })
        .await
    }

    async fn list_my_agreements(
        &self,
        request: Request<proto::ListMyAgreementsRequest>,
    ) -> Answer<proto::ListMyAgreementsReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::list_my_agreements(&relay, request).await
        })
        .await
    }

    async fn change_sealing_key(
        &self,
        request: Request<proto::ChangeSealingKeyRequest>,
    ) -> Answer<proto::ChangeSealingKeyReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::change_sealing_key(&relay, request).await
        })
        .await
    }

    async fn fetch_directory(
        &self,
        request: Request<proto::FetchDirectoryRequest>,
    ) -> Answer<proto::SignedDirectory> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::fetch_directory(&relay, request).await
        })
        .await
    }

    async fn look_up_handover(
        &self,
        request: Request<proto::LookUpHandoverRequest>,
    ) -> Answer<proto::LookUpHandoverReply> {
        self.pass(request, |relay: RelayService, request| async move {
            relay_server::Relay::look_up_handover(&relay, request).await
        })
        .await
    }
}

/// A stream of letters on a line.
struct Listening {
    line: Arc<Line>,
    letters: <RelayService as relay_server::Relay>::InboxStream,
    repeated: mpsc::UnboundedReceiver<proto::InboxItem>,
    ends: watch::Receiver<u64>,
    over: bool,
}

impl Listening {
    async fn next(mut self) -> Option<(Result<proto::InboxItem, Status>, Self)> {
        if self.over {
            return None;
        }
        let (letters, repeated, ends) = (&mut self.letters, &mut self.repeated, &mut self.ends);
        let item = tokio::select! {
            biased;
            _ = ends.changed() => Err(cut()),
            Some(item) = repeated.recv() => Ok(item),
            item = letters.next() => item.unwrap_or_else(|| Err(cut())),
        };
        match &item {
            Ok(item) => self.line.state().heard.push(item.clone()),
            Err(_) => self.over = true,
        }
        Some((item, self))
    }
}

/// The node's end of a line: a channel as to any hub.
pub(crate) fn channel(line: &Arc<Line>, caller: ConnectionInfo) -> Channel {
    let door = relay_server::RelayServer::new(Door { line: Arc::clone(line), caller });
    let (dialled, incoming) = mpsc::unbounded_channel();
    let incoming = stream::unfold(incoming, |mut incoming: mpsc::UnboundedReceiver<_>| async move {
        incoming.recv().await.map(|there| (Ok::<tokio::io::DuplexStream, io::Error>(there), incoming))
    });
    tokio::spawn(Server::builder().add_service(door).serve_with_incoming(incoming));
    Endpoint::from_static("http://hub.example").connect_with_connector_lazy(service_fn(move |_| {
        let (here, there) = tokio::io::duplex(1 << 20);
        let dialled = dialled.send(there).map_err(|_| io::Error::other("nobody answers"));
        async move { dialled.map(|()| TokioIo::new(here)) }
    }))
}
