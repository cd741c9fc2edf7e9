//! The line to a hub, without network and on paused time: a hub of another version, one that says what nobody understands, and
//! one that does not decide yet. Whatever it answers, the node goes on.

use std::{
    collections::BTreeMap,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{Stream, stream};
use hyper_util::rt::TokioIo;
use maillage_federation::{
    accounts::FORM,
    agreement::Trust,
    envelope::{Body, Envelope},
};
use maillage_node::{
    app::{agreements::Carrier, handover::recovery},
    federation::{courier::Courier, hub::Hub, inbox::Inbox, link::LinkState},
};
use maillage_platform::{
    refusal::{Refusal, RefusalKind},
    worker::{WorkOutcome, Worker as _},
};
use maillage_proto::federation::v1::{self as proto, relay_server};
use maillage_store::outbox;
use tokio::runtime::{Builder, Runtime};
use tonic::{
    Request, Response, Status,
    transport::{Channel, Endpoint, Server},
};
use tower::service_fn;

use crate::{
    agreements::terms,
    world::{A, B, World},
};

/// What a hub answers.
#[derive(Default)]
struct Answers {
    epoch: u64,
    /// It knows nothing of agreements.
    older: bool,
    /// Forms of declarations it takes.
    forms: Vec<String>,
    handovers: Vec<proto::MyHandover>,
    agreements: Vec<proto::AgreementRecord>,
    /// Receipts by envelope; without one, it does not decide yet.
    receipts: Mutex<BTreeMap<Vec<u8>, proto::Receipt>>,
    submitted: AtomicUsize,
    given_back: AtomicUsize,
}

struct Relay(Arc<Answers>);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl relay_server::Relay for Relay {
    type InboxStream = Pin<Box<dyn Stream<Item = Result<proto::InboxItem, Status>> + Send>>;

    async fn greet(&self, _: Request<proto::GreetRequest>) -> Answer<proto::GreetReply> {
        Ok(Response::new(proto::GreetReply { epoch: self.0.epoch, forms: self.0.forms.clone() }))
    }

    async fn submit(&self, request: Request<proto::SubmitRequest>) -> Answer<proto::SubmitReply> {
        self.0.submitted.fetch_add(1, Ordering::SeqCst);
        let id = request.into_inner().envelope.unwrap_or_default().id;
        let receipt = self.0.receipts.lock().unwrap().get(&id).cloned();
        let undecided = || Refusal::new(RefusalKind::Unavailable, "handover-recovering");
        let receipt = receipt.ok_or_else(|| Status::from(undecided()))?;
        Ok(Response::new(proto::SubmitReply { receipt: Some(receipt), epoch: self.0.epoch }))
    }

    async fn inbox(&self, _: Request<proto::InboxRequest>) -> Answer<Self::InboxStream> {
        Ok(Response::new(Box::pin(stream::pending())))
    }

    async fn ack(&self, _: Request<proto::AckRequest>) -> Answer<proto::AckReply> {
        Ok(Response::new(proto::AckReply {}))
    }

    async fn fetch_directory(
        &self,
        _: Request<proto::FetchDirectoryRequest>,
    ) -> Answer<proto::SignedDirectory> {
        Ok(Response::new(proto::SignedDirectory::default()))
    }

    async fn look_up_handover(
        &self,
        _: Request<proto::LookUpHandoverRequest>,
    ) -> Answer<proto::LookUpHandoverReply> {
        Err(Status::unimplemented("nobody asks"))
    }

    async fn list_my_handovers(
        &self,
        _: Request<proto::ListMyHandoversRequest>,
    ) -> Answer<proto::ListMyHandoversReply> {
        let handovers = self.0.handovers.clone();
        Ok(Response::new(proto::ListMyHandoversReply { handovers, next: Vec::new() }))
    }

    async fn list_my_reports(
        &self,
        _: Request<proto::ListMyReportsRequest>,
    ) -> Answer<proto::ListMyReportsReply> {
        Ok(Response::new(proto::ListMyReportsReply::default()))
    }

    async fn present(&self, request: Request<proto::PresentRequest>) -> Answer<proto::PresentReply> {
        let presented = request.into_inner().presentations.into_iter();
        let standing = |proto::Presentation { handover_id, .. }| {
            let record = self.0.handovers.iter().filter_map(|known| known.record.clone());
            let record = record.into_iter().find(|record| record.handover_id == handover_id);
            proto::Standing { handover_id, record, ..proto::Standing::default() }
        };
        Ok(Response::new(proto::PresentReply { standings: presented.map(standing).collect() }))
    }

    async fn present_agreement(
        &self,
        _: Request<proto::PresentAgreementRequest>,
    ) -> Answer<proto::PresentAgreementReply> {
        if self.0.older {
            return Err(Status::unimplemented("this hub knows of no agreements"));
        }
        self.0.given_back.fetch_add(1, Ordering::SeqCst);
        let agreement = self.0.agreements.first().cloned();
        Ok(Response::new(proto::PresentAgreementReply { agreement }))
    }

    async fn list_my_agreements(
        &self,
        _: Request<proto::ListMyAgreementsRequest>,
    ) -> Answer<proto::ListMyAgreementsReply> {
        if self.0.older {
            return Err(Status::unimplemented("this hub knows of no agreements"));
        }
        let agreements = self.0.agreements.clone();
        Ok(Response::new(proto::ListMyAgreementsReply { agreements, next: Vec::new() }))
    }

    async fn change_sealing_key(
        &self,
        _: Request<proto::ChangeSealingKeyRequest>,
    ) -> Answer<proto::ChangeSealingKeyReply> {
        Err(Status::unimplemented("no key is changed on this line"))
    }
}

/// A line to a hub in this process.
fn line(answers: &Arc<Answers>) -> Channel {
    let (here, there) = tokio::io::duplex(1 << 20);
    let relay = relay_server::RelayServer::new(Relay(Arc::clone(answers)));
    let incoming = stream::iter([Ok::<_, io::Error>(there)]).chain_pending();
    tokio::spawn(Server::builder().add_service(relay).serve_with_incoming(incoming));
    let mut here = Some(here);
    Endpoint::from_static("http://hub.example").connect_with_connector_lazy(service_fn(move |_| {
        let here = here.take();
        async move { here.map(TokioIo::new).ok_or_else(|| io::Error::other("the line is cut")) }
    }))
}

trait ChainPending: Stream + Sized {
    /// The server goes on after the last connection has come.
    fn chain_pending(self) -> stream::Chain<Self, stream::Pending<Self::Item>>;
}

impl<S: Stream> ChainPending for S {
    fn chain_pending(self) -> stream::Chain<Self, stream::Pending<Self::Item>> {
        futures_util::StreamExt::chain(self, stream::pending())
    }
}

/// A runtime on which time stands, but for what is waited for.
fn paused() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

impl World {
    fn hub_at(&self, answers: &Arc<Answers>) -> Arc<Hub> {
        Arc::new(Hub::answering(Arc::clone(&self.clock) as _, line(answers)))
    }

    /// One turn of a node's inbox with such a hub: it attaches.
    fn attach(&self, node: usize, answers: Answers) -> (WorkOutcome, Arc<Answers>) {
        let answers = Arc::new(answers);
        let app = self.app(node);
        app.link.let_speak(false);
        let outcome =
            paused().block_on(async { Inbox::new(Arc::clone(app), self.hub_at(&answers)).work().await });
        (outcome, answers)
    }

    /// The agreement of A with B, that both have.
    fn agreed(&mut self) {
        self.propose(A, B, terms(Carrier::Both, Trust::Ordinary)).unwrap();
        self.settle();
        self.agree_to(B, A, 1).unwrap();
        self.settle();
    }
}

#[test]
fn what_a_hub_takes_is_what_it_says_when_it_is_greeted() {
    let world = World::new();
    let takes = |world: &World| world.app(A).link.takes_form(FORM);
    let newer = Answers { epoch: 1, forms: vec![FORM.to_owned()], ..Answers::default() };
    world.attach(A, newer);
    assert!(takes(&world));
    world.attach(A, Answers { epoch: 1, ..Answers::default() });
    assert!(!takes(&world), "an older one that has taken its place says nothing of it");
}

#[test]
fn a_hub_that_knows_of_no_agreements_is_given_none_and_asked_for_none() {
    let mut world = World::new();
    world.agreed();
    let (outcome, _) = world.attach(A, Answers { epoch: 9, older: true, ..Answers::default() });
    assert_eq!(outcome, WorkOutcome::Idle);
    assert_eq!(world.app(A).link.view().state, LinkState::Attached);
    assert!(world.app(A).link.may_speak());
    let backup = world.back_up(A);
    world.restore(A, backup);
    let (outcome, _) = world.attach(A, Answers { epoch: 9, older: true, ..Answers::default() });
    assert_eq!(outcome, WorkOutcome::Idle);
    assert!(!world.app(A).read(|_, view| recovery::is_to_reconcile(view)).unwrap());
    assert!(world.app(A).link.may_speak());
}

#[test]
fn what_nobody_understands_holds_up_nothing_else() {
    let mut world = World::new();
    world.agreed();
    let (_, handover, _) = world.held();
    let strange = proto::AgreementRecord { revision: 1, ..proto::AgreementRecord::default() };
    let record = proto::HandoverRecord::from(world.hub.record(handover).unwrap().clone());
    let newer = proto::MyHandover {
        record: Some(proto::HandoverRecord { state: 99, ..record }),
        ..proto::MyHandover::default()
    };
    let answers = || Answers {
        epoch: 9,
        handovers: vec![newer.clone()],
        agreements: vec![strange.clone()],
        ..Answers::default()
    };
    // Of a hub that was restored.
    let (outcome, hub) = world.attach(A, answers());
    assert_eq!(outcome, WorkOutcome::Idle);
    assert_eq!(hub.given_back.load(Ordering::SeqCst), 1);
    assert!(world.app(A).link.has_newer_mail());
    assert_eq!(world.lost(A), [handover], "somebody relies on it");
    // Of this node, restored.
    let backup = world.back_up(B);
    world.restore(B, backup);
    let (outcome, _) = world.attach(B, answers());
    assert_eq!(outcome, WorkOutcome::Idle);
    assert!(!world.app(B).read(|_, view| recovery::is_to_reconcile(view)).unwrap());
    assert!(world.app(B).link.has_newer_mail() && world.app(B).link.may_speak());
    assert_eq!(world.lost(B), [handover]);
}

#[test]
fn a_hub_that_does_not_decide_yet_is_asked_again_each_second_and_about_nothing_else_in_between() {
    let mut world = World::new();
    world.offered();
    let second = world.request(A, world.person(A, "always"), false)[0];
    let other = world.offer(second).handover;
    let answers = Arc::new(Answers { epoch: 1, ..Answers::default() });
    let app = Arc::clone(world.app(A));
    app.link.let_speak(true);
    let asked = || answers.submitted.load(Ordering::SeqCst);
    let runtime = paused();
    let mut courier = runtime.block_on(async { Courier::new(Arc::clone(&app), world.hub_at(&answers)) });
    let mut after = |ms| {
        runtime.block_on(async {
            tokio::time::advance(Duration::from_millis(ms)).await;
            assert_eq!(courier.work().await, WorkOutcome::Idle);
        });
        courier.status()
    };
    after(0);
    assert_eq!(asked(), 2, "once about each");
    for ms in [0, 250, 250, 250, 249] {
        after(ms);
        assert_eq!(asked(), 2, "it is not asked in between");
    }
    after(1);
    assert_eq!(asked(), 4, "a second later");
    // It decides about one of them.
    for (_, row) in outbox::pending(&app.store, usize::MAX).unwrap() {
        let said = Envelope::decode(&row.bytes).unwrap();
        let key = world.hub.directory.nodes[&world.id(A)].signing_key;
        let Ok(Body::Command(command)) = said.verify(&world.hub.federation, &key) else {
            panic!("no command")
        };
        if command.handover == other {
            let receipt = world.hub.submit(&row.bytes);
            answers.receipts.lock().unwrap().insert(row.envelope.to_bytes(), receipt);
        }
    }
    let status = after(1_000);
    assert_eq!(asked(), 6);
    assert_eq!(status, "1 waiting", "the other still waits");
    assert_eq!(outbox::pending(&app.store, usize::MAX).unwrap().len(), 1);
}
