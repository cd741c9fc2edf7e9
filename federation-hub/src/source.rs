//! Where figures come from: the running hub, or what was read of its store: that of one that is stopped, or this very hub's own. All
//! give the same answers, since all come from the same desk. It must never write anything but what opening a store takes.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use maillage_federation::{handover::Thread, models::Catalogue};
use maillage_geography::Geography;
use maillage_platform::{
    cli::Failure,
    clock::{Clock as _, SystemClock},
    directory::{DataDirectory, DirectoryError},
    grpc::{TokenInterceptor, connect_local},
    refusal::Refusal,
};
use maillage_proto::hub::v1::{self as proto, statistics_client::StatisticsClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use crate::{
    backup::{STORE, store_refused},
    hub::Hub,
    refusals::{self, store_failed},
    settings::Settings,
    statistics::{Desk, desk},
    store::{EmbeddedStore, Repository as _},
};

/// Whom to ask.
pub(crate) enum Source {
    /// A hub that serves.
    Running(Box<StatisticsClient<InterceptedService<Channel, TokenInterceptor>>>),
    /// What was read of a store.
    Read(Box<Read>),
}

/// What was read of the store of a hub.
pub(crate) struct Read {
    desk: Desk,
    /// The same with what stands in what is published alone, once it is asked for.
    released: OnceLock<Desk>,
    threads: Vec<Thread>,
    now: Timestamp,
}

impl Source {
    /// Of a data directory: whoever holds its lock is asked, and if nobody does, its store is read.
    pub(crate) async fn of(directory: &DataDirectory) -> Result<Self, Failure> {
        match directory.lock() {
            Ok(_lock) => Ok(Read::of_directory(directory).await?.into()),
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
    pub(crate) async fn reports(&self) -> Result<Vec<proto::ReceivedReport>, Failure> {
        let reply = match self {
            Self::Running(hub) => {
                hub.as_ref().clone().list_reports(proto::ListReportsRequest::default()).await?.into_inner()
            }
            Self::Read(read) => read.desk.list(),
        };
        Ok(reply.reports)
    }

    /// Models compared.
    pub(crate) async fn compare(
        &self,
        request: proto::CompareRequest,
    ) -> Result<proto::CompareReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().compare(request).await?.into_inner()),
            Self::Read(read) => Ok(read.desk(request.published).compare(&request)?),
        }
    }

    /// What is associated with changing to a model.
    pub(crate) async fn changes(
        &self,
        request: proto::ChangesRequest,
    ) -> Result<proto::ChangesReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().changes(request).await?.into_inner()),
            Self::Read(read) => Ok(read.desk.changes(&request)?),
        }
    }

    /// An indicator or the cells of a vocabulary over time.
    pub(crate) async fn series(&self, request: proto::SeriesRequest) -> Result<proto::SeriesReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().series(request).await?.into_inner()),
            Self::Read(read) => Ok(read.desk(request.published).series(&request)?),
        }
    }

    /// What is served.
    pub(crate) async fn coverage(
        &self,
        request: proto::CoverageRequest,
    ) -> Result<proto::CoverageReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().coverage(request).await?.into_inner()),
            Self::Read(read) => Ok(read.desk(request.published).coverage(&request)?),
        }
    }

    /// Every commune that no node serves, page after page.
    pub(crate) async fn deserts(&self, departement: &str) -> Result<Vec<proto::UnservedCommune>, Failure> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request =
                proto::ListDesertsRequest { departement: departement.to_owned(), after, limit: u32::MAX };
            let reply = match self {
                Self::Running(hub) => hub.as_ref().clone().list_deserts(request).await?.into_inner(),
                Self::Read(read) => read.desk.deserts(&request)?,
            };
            all.extend(reply.communes);
            after = reply.next;
            if after.is_empty() {
                return Ok(all);
            }
        }
    }

    /// Every territory with a node or with reports, page after page, and the half-year of their persons.
    pub(crate) async fn territories(
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
                Self::Read(read) => read.desk(published).territories(&request)?,
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
    pub(crate) async fn targets(
        &self,
        request: proto::TargetsRequest,
    ) -> Result<proto::TargetsReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().targets(request).await?.into_inner()),
            Self::Read(read) => Ok(read.desk(request.published).targets(request)?),
        }
    }

    /// Who drove for whom.
    pub(crate) async fn flows(&self, request: proto::FlowsRequest) -> Result<proto::FlowsReply, Failure> {
        match self {
            Self::Running(hub) => Ok(hub.as_ref().clone().flows(request).await?.into_inner()),
            Self::Read(read) => {
                let Read { desk, threads, now, released: _ } = read.as_ref();
                Ok(desk.flows(request, threads, *now)?)
            }
        }
    }
}

impl From<Read> for Source {
    fn from(read: Read) -> Self {
        Self::Read(Box::new(read))
    }
}

impl Read {
    /// When it was read.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// With the reports alone that stand in what is published.
    pub(crate) fn published(&self) -> &Desk {
        self.desk(true)
    }

    /// Reports as received, with those that are implausible.
    pub(crate) fn reports(&self) -> Vec<proto::ReceivedReport> {
        self.desk.list().reports
    }

    /// Who drove for whom, of every year that is over, from that of the first report.
    ///
    /// # Errors
    /// The desk's.
    pub(crate) fn flows(&self) -> Result<Vec<proto::FlowsReply>, Refusal> {
        let mut all = Vec::new();
        for year in first_year(&self.reports()).into_iter().flat_map(|first| first..) {
            match self.desk.flows(proto::FlowsRequest { year }, &self.threads, self.now) {
                Ok(reply) => all.push(reply),
                Err(refusal) if refusal.reason() == refusals::YEAR_NOT_OVER.code => break,
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(all)
    }

    /// The desk, with the reports alone that stand in what is published if that is wanted.
    fn desk(&self, published: bool) -> &Desk {
        if published { self.released.get_or_init(|| self.desk.released(self.now)) } else { &self.desk }
    }

    /// Of this very hub, without what is declared: nothing of that is published.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn of_hub(hub: &Hub) -> Result<Self, Refusal> {
        let reports = hub.reports().await.map_err(|error| store_failed(&error))?;
        let threads = hub.store().threads(usize::MAX).await.map_err(|error| store_failed(&error))?;
        let now = hub.parts.clock.now();
        Ok(Self { desk: desk(hub, reports), released: OnceLock::new(), threads, now })
    }

    async fn of_directory(directory: &DataDirectory) -> Result<Self, Failure> {
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

/// The year of the first report, from which on flows are told.
pub(crate) fn first_year(reports: &[proto::ReceivedReport]) -> Option<u32> {
    reports.iter().filter_map(|report| report.period.get(..4)?.parse::<u32>().ok()).min()
}

/// Whether there is only nothing to compare.
pub(crate) fn is_nothing_reported(error: &Failure) -> bool {
    let code = refusals::NOTHING_REPORTED.code;
    matches!(error, Failure::Refused(refusal) if refusal.reason() == code)
}
