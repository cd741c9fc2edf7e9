//! The use cases of a node: authorise, load, ask the domain, write one named transaction. Effects on the outside world
//! only through the outbox row written in it. Must never know gRPC messages, pages or the command line.

pub mod access;
pub mod accompanied;
pub mod accounts;
pub mod agreements;
pub mod attention;
pub mod bell;
pub mod calendars;
pub mod caller;
pub mod carriers;
pub mod changes;
pub mod company;
pub mod confirmations;
pub mod corrections;
pub mod day_sheets;
pub mod driver_pages;
pub mod driving;
pub mod edit;
pub mod edits;
pub mod entry;
pub mod exchange;
pub mod find;
pub mod fleet;
pub mod frames;
pub mod handover;
pub mod loans;
pub mod looks;
pub mod members;
mod memo;
pub mod messages;
pub mod models;
pub mod money;
pub mod noise;
pub mod obligations;
pub mod offers;
pub mod once;
pub mod outreach;
pub mod pages;
pub mod pathways;
pub mod people;
pub mod planning;
pub mod policy_rules;
pub mod reference;
pub mod referrals;
pub mod refusals;
pub mod relays;
pub mod report;
pub mod roads;
pub mod series;
pub mod services;
pub mod settings;
pub mod settlements;
pub mod sight;
pub mod status;
pub mod suggest;
pub mod tables;
pub mod trips;
pub mod unmet;
pub mod unserved;

use std::sync::Arc;

use jiff::Timestamp;
use maillage_dispatch::Estimator;
use maillage_domain::roles::Operation;
use maillage_engine::{Engine, EngineError, Transaction, View};
use maillage_federation::{
    ids::Id,
    models::{Catalogue, ModelKey},
};
use maillage_geography::Geography;
use maillage_platform::{
    clock::Clock,
    random::{self, Entropy},
    refusal::Refusal,
};
use maillage_store::events::{self, FieldChange, NewEvent, Subject};

use self::{bell::Bell, caller::Caller, outreach::Outreach, roads::RoadService};
use crate::{federation::link::Link, profile::Profile};

/// Everything a use case works with.
pub struct App {
    /// The node's store.
    pub store: Engine,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Whether time is a simulated one.
    pub clock_is_virtual: bool,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Communes and territories.
    pub geography: &'static Geography,
    /// Assumptions of estimated roads, where no calibration is in force.
    pub estimator: Estimator,
    /// The road router, if there is one.
    pub roads: RoadService,
    /// The participation models there are.
    pub catalogue: Catalogue,
    /// Territory and desk.
    pub profile: Profile,
    /// The federation, if this node has joined one.
    pub link: Arc<Link>,
    /// By what people are reached.
    pub outreach: Outreach,
    /// Rings after each commit, for those who wait for changes.
    pub bell: Bell,
    /// The day that was asked about last.
    pub days: planning::DayMemory,
    /// Bids to neighbours that were found possible.
    pub standing_bids: handover::watch::StandingBids,
    /// Whose names were seen in lists of late.
    pub looks: looks::Looks,
    /// The index by which people are found.
    pub searcher: people::search::Searcher,
}

/// Why a transaction of a use case ends without writing.
#[derive(Debug)]
pub enum Aborted {
    /// A rule says no.
    Refused(Refusal),
    /// The store failed.
    Engine(EngineError),
}

impl App {
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new identifier.
    pub fn new_id<K>(&self) -> Id<K> {
        let ms = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        Id::new(ms, random::bytes(self.entropy.as_ref()))
    }

    /// The participation model in force.
    ///
    /// # Errors
    /// Those of the store.
    pub fn model(&self, view: &dyn View) -> Result<ModelKey, Aborted> {
        settings::model(self, view)
    }

    /// Does something for a caller, in a transaction named after the operation: durable when it returns, or nothing written.
    ///
    /// # Errors
    /// `not-allowed` before anything else; the refusal of a rule, or what is wrong with the store.
    pub async fn act<T, F>(
        self: &Arc<Self>,
        caller: &Caller,
        operation: Operation,
        body: F,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction<'_>) -> Result<T, Aborted> + Send + 'static,
    {
        caller.check(operation)?;
        self.transact(operation.code(), body).await
    }

    /// Looks something up for a caller.
    ///
    /// # Errors
    /// `not-allowed` before anything else; the refusal of a rule, or what is wrong with the store.
    pub fn look<T>(
        &self,
        caller: &Caller,
        operation: Operation,
        body: impl FnOnce(&Self, &dyn View) -> Result<T, Aborted>,
    ) -> Result<T, Refusal> {
        caller.check(operation)?;
        self.read(body)
    }

    /// Notes in the journal that a caller did something to something.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note(
        &self,
        transaction: &mut Transaction<'_>,
        caller: &Caller,
        operation: Operation,
        subjects: &[Subject],
    ) -> Result<(), Aborted> {
        self.note_changes(transaction, caller, operation, (subjects, Vec::new()))
    }

    /// Notes in the journal that a caller changed fields of something.
    ///
    /// # Errors
    /// Those of the store.
    pub fn note_changes(
        &self,
        transaction: &mut Transaction<'_>,
        caller: &Caller,
        operation: Operation,
        (subjects, changes): (&[Subject], Vec<FieldChange>),
    ) -> Result<(), Aborted> {
        let event = NewEvent {
            at: self.now(),
            kind: operation.code(),
            subjects: subjects.to_vec(),
            actor: caller.actor(),
        };
        events::record_changes(transaction, event, changes)?;
        Ok(())
    }

    /// Runs a named transaction of the node's own: durable when it returns, or nothing written. For callers there is
    /// [`App::act`].
    ///
    /// # Errors
    /// The refusal of a rule, or what is wrong with the store.
    pub async fn transact<T, F>(self: &Arc<Self>, name: &'static str, body: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut Transaction<'_>) -> Result<T, Aborted> + Send + 'static,
    {
        let app = Arc::clone(self);
        let outcome = self.store.submit(name, move |transaction| body(&app, transaction)).await;
        self.link.ring_outbox();
        self.bell.ring(self.store.durable_sequence());
        outcome.map_err(|error| match error {
            maillage_engine::TransactError::Aborted(Aborted::Refused(refusal)) => refusal,
            maillage_engine::TransactError::Aborted(Aborted::Engine(error))
            | maillage_engine::TransactError::Engine(error) => refusals::engine(error),
        })
    }

    /// Reads much of the store for the node itself, on a thread of its own, so that nobody else waits.
    ///
    /// # Errors
    /// As [`App::read`].
    pub async fn read_aside<T: Send + 'static>(
        self: &Arc<Self>,
        body: impl FnOnce(&Self, &dyn View) -> Result<T, Aborted> + Send + 'static,
    ) -> Result<T, Refusal> {
        // Without a runtime, such as in a simulation, there is nobody who could wait.
        if tokio::runtime::Handle::try_current().is_err() {
            return self.read(body);
        }
        let app = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || app.read(body)).await;
        read.unwrap_or_else(|error| Err(refusals::internal(error)))
    }

    /// Reads from the store for the node itself. For callers there is [`App::look`].
    ///
    /// # Errors
    /// The refusal of a rule, or what is wrong with the store.
    pub fn read<T>(&self, body: impl FnOnce(&Self, &dyn View) -> Result<T, Aborted>) -> Result<T, Refusal> {
        body(self, &self.store).map_err(Refusal::from)
    }
}

impl From<Refusal> for Aborted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<EngineError> for Aborted {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<Aborted> for Refusal {
    fn from(aborted: Aborted) -> Self {
        match aborted {
            Aborted::Refused(refusal) => refusal,
            Aborted::Engine(error) => refusals::engine(error),
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("App").field("territory", &self.profile.territory).finish_non_exhaustive()
    }
}
