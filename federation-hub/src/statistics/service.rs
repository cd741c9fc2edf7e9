//! The figures, over the local interface: the reports are read and everything is computed from them, away from the threads that serve
//! nodes. It must never keep a figure, nor hold a rule of display.

use std::sync::Arc;

use maillage_federation::ids::{Id, NodeKind};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1::{self as proto, statistics_server};
use tonic::{Request, Response, Status};

use super::{desk::Desk, told};
use crate::{
    hub::Hub,
    refusals::{self, store_failed},
    store::ReceivedReport,
};

/// The statistics of a hub.
#[derive(Debug, Clone)]
pub struct StatisticsService {
    hub: Arc<Hub>,
}

impl StatisticsService {
    /// The statistics of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn reports(&self, node: Option<Id<NodeKind>>) -> Result<Arc<Vec<ReceivedReport>>, Refusal> {
        let failed = |error| store_failed(&error);
        match node {
            None => self.hub.reports().await.map_err(failed),
            Some(_) => self.hub.store().reports(node).await.map(Arc::new).map_err(failed),
        }
    }

    fn desk(&self, reports: Arc<Vec<ReceivedReport>>) -> Desk {
        desk(&self.hub, reports)
    }

    /// Answers something from all reports. A second's work for a national federation is none for the threads that serve nodes.
    async fn answer<T: Send + 'static>(
        &self,
        published: bool,
        work: impl FnOnce(&Desk) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let accounts = self.hub.store().accounts(None).await.map_err(|error| store_failed(&error))?;
        let desk = Desk { accounts, ..self.desk(self.reports(None).await?) };
        let now = self.hub.parts.clock.now();
        let work = move || if published { work(&desk.released(now)) } else { work(&desk) };
        let done = tokio::task::spawn_blocking(work).await;
        Ok(Response::new(done.map_err(|_| Refusal::from(refusals::COMPARISON_IMPOSSIBLE))??))
    }
}

/// A desk of a hub with these reports, and without declarations.
pub(crate) fn desk(hub: &Hub, reports: Arc<Vec<ReceivedReport>>) -> Desk {
    Desk {
        reports,
        accounts: Vec::new(),
        members: hub.roll.current(),
        geography: hub.geography,
        catalogue: Arc::clone(&hub.catalogue),
        pilot: Arc::clone(&hub.parts.pilot),
    }
}

/// The desk of a hub, with the reports alone that stand in what is published.
pub(crate) async fn published_desk(hub: &Hub) -> Result<Desk, Refusal> {
    let reports = hub.reports().await.map_err(|error| store_failed(&error))?;
    let (desk, now) = (desk(hub, reports), hub.parts.clock.now());
    let released = tokio::task::spawn_blocking(move || desk.released(now)).await;
    released.map_err(|_| Refusal::from(refusals::COMPARISON_IMPOSSIBLE))
}

#[tonic::async_trait]
impl statistics_server::Statistics for StatisticsService {
    async fn totals(
        &self,
        request: Request<proto::TotalsRequest>,
    ) -> Result<Response<proto::TotalsReply>, Status> {
        let request = request.into_inner();
        self.answer(false, move |desk| desk.totals(&request)).await
    }

    async fn compare(
        &self,
        request: Request<proto::CompareRequest>,
    ) -> Result<Response<proto::CompareReply>, Status> {
        let request = request.into_inner();
        self.answer(request.published, move |desk| desk.compare(&request)).await
    }

    async fn changes(
        &self,
        request: Request<proto::ChangesRequest>,
    ) -> Result<Response<proto::ChangesReply>, Status> {
        let request = request.into_inner();
        self.answer(false, move |desk| desk.changes(&request)).await
    }

    async fn list_reports(
        &self,
        request: Request<proto::ListReportsRequest>,
    ) -> Result<Response<proto::ListReportsReply>, Status> {
        let proto::ListReportsRequest { node } = request.into_inner();
        let node = match node.trim() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refusal::from(refusals::NODE_UNKNOWN).with("node", id))?),
        };
        Ok(Response::new(self.desk(self.reports(node).await?).list()))
    }

    async fn list_indicators(
        &self,
        _request: Request<proto::ListIndicatorsRequest>,
    ) -> Result<Response<proto::ListIndicatorsReply>, Status> {
        Ok(Response::new(told::indicators()))
    }

    async fn series(
        &self,
        request: Request<proto::SeriesRequest>,
    ) -> Result<Response<proto::SeriesReply>, Status> {
        let request = request.into_inner();
        self.answer(request.published, move |desk| desk.series(&request)).await
    }

    async fn coverage(
        &self,
        request: Request<proto::CoverageRequest>,
    ) -> Result<Response<proto::CoverageReply>, Status> {
        let request = request.into_inner();
        self.answer(request.published, move |desk| desk.coverage(&request)).await
    }

    async fn list_deserts(
        &self,
        request: Request<proto::ListDesertsRequest>,
    ) -> Result<Response<proto::ListDesertsReply>, Status> {
        Ok(Response::new(self.desk(Arc::default()).deserts(request.get_ref())?))
    }

    async fn list_territories(
        &self,
        request: Request<proto::ListTerritoriesRequest>,
    ) -> Result<Response<proto::ListTerritoriesReply>, Status> {
        let request = request.into_inner();
        self.answer(request.published, move |desk| desk.territories(&request)).await
    }

    async fn targets(
        &self,
        request: Request<proto::TargetsRequest>,
    ) -> Result<Response<proto::TargetsReply>, Status> {
        let request = request.into_inner();
        self.answer(request.published, move |desk| desk.targets(request)).await
    }

    async fn flows(
        &self,
        request: Request<proto::FlowsRequest>,
    ) -> Result<Response<proto::FlowsReply>, Status> {
        let (request, now) = (request.into_inner(), self.hub.parts.clock.now());
        let threads = self.hub.store().threads(usize::MAX).await.map_err(|error| store_failed(&error))?;
        Ok(Response::new(self.desk(Arc::default()).flows(request, &threads, now)?))
    }
}
