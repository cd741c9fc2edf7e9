//! Service `Dispatch`.

use maillage_domain::roles::Operation;
use maillage_proto::node::v1::{self as proto, dispatch_server::Dispatch};
use tonic::{Request, Response, Status};

use super::{Services, allowed, convert::dispatch as convert, day};
use crate::app::roads;

#[tonic::async_trait]
impl Dispatch for Services {
    async fn show_roads(
        &self,
        request: Request<proto::ShowRoadsRequest>,
    ) -> Result<Response<proto::RoadsState>, Status> {
        let caller = allowed(&request, Operation::RoadsShow)?;
        Ok(Response::new(convert::roads(&roads::show(&self.app, &caller)?)))
    }

    async fn calibrate(
        &self,
        request: Request<proto::CalibrateRequest>,
    ) -> Result<Response<proto::CalibrateReply>, Status> {
        let caller = allowed(&request, Operation::RoadsCalibrate)?;
        let proto::CalibrateRequest { apply, from_day } = request.into_inner();
        let from = if from_day.trim().is_empty() { None } else { Some(day(&from_day)?) };
        let calibrated = roads::calibrate(&self.app, &caller, from, apply).await?;
        Ok(Response::new(convert::calibrated(&calibrated)))
    }
}
