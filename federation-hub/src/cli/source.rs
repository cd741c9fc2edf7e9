//! Where figures come from: the running hub, or the store of one that is stopped. Both give the same answers, since both come from the same
//! desk. It must never write anything but what opening a store takes.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use maillage_federation::{handover::Thread, models::Catalogue};
use maillage_geography::Geography;
use maillage_platform::{
    cli::Failure,
    clock::{Clock as _, SystemClock},
    directory::{DataDirectory, DirectoryError},
    grpc::{TokenInterceptor, connect_local},
};
use maillage_proto::hub::v1::{self as proto, statistics_client::StatisticsClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{
    backup::{STORE, store_refused},
    refusals::store_failed,
    settings::Settings,
    statistics::Desk,
    store::{EmbeddedStore, Repository as _},
};

/// Whom to ask.
pub(super) enum Source {
    /// A hub that serves.
    Running(Box<StatisticsClient<InterceptedService<Channel, TokenInterceptor>>>),
    /// The store of one that does not.
    Stopped(Box<Stopped>),
}

/// What was read of a stopped hub.
pub(super) struct Stopped {
    desk: Desk,
    /// The same with what stands in what is published alone, once it is asked for.
    released: OnceLock<Desk>,
    threads: Vec<Thread>,
    now: Timestamp,
}

impl Source {
    /// Of a data directory: whoever holds its lock is asked, and if nobody does, its store is read.
    pub(super) async fn of(directory: &DataDirectory) -> Result<Self, Failure> {
        match directory.lock() {
            Ok(_lock) => Ok(Self::Stopped(Box::new(Stopped::read(directory).await?))),
            // Somebody holds it who does not answer: another command, or a hub that begins or ends.
            Err(error @ DirectoryError::InUse { .. }) => match connect_local(directory).await {
                Ok((channel, token)) => {
                    Ok(Self::Running(Box::new(StatisticsClient::with_interceptor(channel, token))))
                }
                Err(_) => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Reports as received.
    pub(super) async fn reports(&self) -> Result<Vec<proto::ReceivedReport>, Failure> {
        let reply = match self {
            Self::Running(hub) => {
                hub.as_ref().clone().list_reports(proto::ListReportsRequest::default()).await?.into_inner()
            }
            Self::Stopped(stopped) => stopped.desk.list(),
        };
        Ok(reply.reports)
    }

    /// Models compared.
    pub(super) async fn compare(
        &self,
        request: proto::CompareRequest,
    ) -> Result<proto::CompareReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().compare(request).await?.into_inner()),
            Self::Stopped(stopped) => Ok(stopped.desk(request.published).compare(&request)?),
        }
    }

    /// What is associated with changing to a model.
    pub(super) async fn changes(
        &self,
        request: proto::ChangesRequest,
    ) -> Result<proto::ChangesReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().changes(request).await?.into_inner()),
            Self::Stopped(stopped) => Ok(stopped.desk.changes(&request)?),
        }
    }

    /// An indicator or the cells of a vocabulary over time.
    pub(super) async fn series(&self, request: proto::SeriesRequest) -> Result<proto::SeriesReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().series(request).await?.into_inner()),
            Self::Stopped(stopped) => Ok(stopped.desk(request.published).series(&request)?),
        }
    }

    /// What is served.
    pub(super) async fn coverage(
        &self,
        request: proto::CoverageRequest,
    ) -> Result<proto::CoverageReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().coverage(request).await?.into_inner()),
            Self::Stopped(stopped) => Ok(stopped.desk(request.published).coverage(&request)?),
        }
    }

    /// Every commune that no node serves, page after page.
    pub(super) async fn deserts(&self, departement: &str) -> Result<Vec<proto::UnservedCommune>, Failure> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request =
                proto::ListDesertsRequest { departement: departement.to_owned(), after, limit: u32::MAX };
            let reply = match self {
                Self::Running(hub) => hub.as_ref().clone().list_deserts(request).await?.into_inner(),
                Self::Stopped(stopped) => stopped.desk.deserts(&request)?,
            };
            all.extend(reply.communes);
            after = reply.next;
            if after.is_empty() {
                return Ok(all);
            }
        }
    }

    /// Every territory with a node or with reports, page after page, and the half-year of their persons.
    pub(super) async fn territories(
        &self,
        half_year: &str,
        published: bool,
    ) -> Result<(String, Vec<proto::TerritoryView>), Failure> {
        let mut half_year = half_year.to_owned();
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request = proto::ListTerritoriesRequest {
                half_year: half_year.clone(),
                after,
                limit: u32::MAX,
                published,
            };
            let reply = match self {
                Self::Running(hub) => hub.as_ref().clone().list_territories(request).await?.into_inner(),
                Self::Stopped(stopped) => stopped.desk(published).territories(&request)?,
            };
            all.extend(reply.territories);
            // Pages of one half-year, even if a newer one is reported meanwhile.
            (after, half_year) = (reply.next, reply.half_year);
            if after.is_empty() {
                return Ok((half_year, all));
            }
        }
    }

    /// The targets.
    pub(super) async fn targets(
        &self,
        request: proto::TargetsRequest,
    ) -> Result<proto::TargetsReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().targets(request).await?.into_inner()),
            Self::Stopped(stopped) => Ok(stopped.desk(request.published).targets(request)?),
        }
    }

    /// Who drove for whom.
    pub(super) async fn flows(&self, request: proto::FlowsRequest) -> Result<proto::FlowsReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().flows(request).await?.into_inner()),
            Self::Stopped(stopped) => {
                let Stopped { desk, threads, now, released: _ } = stopped.as_ref();
                Ok(desk.flows(request, threads, *now)?)
            }
        }
    }
}

impl Stopped {
    /// The desk, with the reports alone that stand in what is published if that is wanted.
    fn desk(&self, published: bool) -> &Desk {
        if published { self.released.get_or_init(|| self.desk.released(self.now)) } else { &self.desk }
    }

    async fn read(directory: &DataDirectory) -> Result<Self, Failure> {
        let opened = EmbeddedStore::open(&directory.join(STORE));
        let (store, _) = opened.map_err(|error| store_refused(&error))?;
        let failed = |error| store_failed(&error);
        Ok(Self {
            desk: Desk {
                reports: Arc::new(store.reports(None).await.map_err(failed)?),
                accounts: store.accounts(None).await.map_err(failed)?,
                members: Arc::new(store.members().await.map_err(failed)?),
                geography: Geography::embedded(),
                catalogue: Arc::new(Catalogue::embedded().map_err(Failure::internal)?),
                pilot: Arc::new(Settings::load(directory)?.pilot),
            },
            released: OnceLock::new(),
            threads: store.threads(usize::MAX).await.map_err(failed)?,
            now: SystemClock.now(),
        })
    }
}
