//! Service `Fleet`.

use maillage_proto::node::v1::{self as proto, fleet_server::Fleet};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, allowed, caller, convert::fleet as convert, id, limit, next_after,
    once::allowed_once,
};
use crate::app::{
    edit::Mask,
    fleet::{self, FIELDS, NewOutage},
    refusals,
};

/// Days ahead when none are named.
const UPKEEP_DAYS: u16 = 30;

#[tonic::async_trait]
impl Fleet for Services {
    async fn add_asset(
        &self,
        request: Request<proto::AddAssetRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let (caller, asked) = allowed_once(request, Operation::AssetAdd)?;
        let proto::AddAssetRequest { details, odometer_m, request_id: _ } = asked;
        let asset = fleet::add(&self.app, &caller, convert::new_asset(details), odometer_m).await?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn show_asset(
        &self,
        request: Request<proto::ShowAssetRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let caller = caller(&request)?;
        let asset = fleet::show(&self.app, &caller, id(&request.into_inner().id, "id")?)?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn list_assets(
        &self,
        request: Request<proto::ListAssetsRequest>,
    ) -> Result<Response<proto::ListAssetsReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListAssetsRequest { after, limit: asked } = request.into_inner();
        let after = if after.is_empty() { None } else { Some(id(&after, "after")?) };
        let limit = limit(asked)?;
        let found = fleet::list(&self.app, &caller, after, limit)?;
        let next_after = next_after(&found, limit, |last| last.id.to_string());
        let assets = found.iter().map(|asset| convert::asset(asset, self.app.now())).collect();
        Ok(Response::new(proto::ListAssetsReply { assets, next_after }))
    }

    async fn update_asset(
        &self,
        request: Request<proto::UpdateAssetRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let caller = allowed(&request, Operation::AssetUpdate)?;
        let proto::UpdateAssetRequest { id: asset, details, update_mask, etag } = request.into_inner();
        let mask = Mask::parse(&update_mask.unwrap_or_default().paths, &FIELDS)?;
        let new = convert::new_asset(details);
        let asset = fleet::update(&self.app, &caller, id(&asset, "id")?, new, (mask, etag)).await?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn read_odometer(
        &self,
        request: Request<proto::ReadOdometerRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let caller = caller(&request)?;
        let proto::ReadOdometerRequest { id: asset, odometer_m } = request.into_inner();
        let asset = fleet::read_odometer(&self.app, &caller, id(&asset, "id")?, odometer_m).await?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn withdraw_asset(
        &self,
        request: Request<proto::WithdrawAssetRequest>,
    ) -> Result<Response<proto::WithdrawAssetReply>, Status> {
        let caller = allowed(&request, Operation::AssetWithdraw)?;
        let proto::WithdrawAssetRequest { id: asset, reason, from, until } = request.into_inner();
        let new = NewOutage { reason, from, until };
        let (asset, booked) = fleet::withdraw(&self.app, &caller, id(&asset, "id")?, new).await?;
        let booked = booked.iter().map(ToString::to_string).collect();
        let asset = Some(convert::asset(&asset, self.app.now()));
        Ok(Response::new(proto::WithdrawAssetReply { asset, booked }))
    }

    async fn restore_asset(
        &self,
        request: Request<proto::RestoreAssetRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let caller = caller(&request)?;
        let asset = fleet::restore(&self.app, &caller, id(&request.into_inner().id, "id")?).await?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn retire_asset(
        &self,
        request: Request<proto::RetireAssetRequest>,
    ) -> Result<Response<proto::Asset>, Status> {
        let caller = caller(&request)?;
        let proto::RetireAssetRequest { id: asset, on } = request.into_inner();
        let asset = fleet::retire(&self.app, &caller, id(&asset, "id")?, &on).await?;
        Ok(Response::new(convert::asset(&asset, self.app.now())))
    }

    async fn list_upkeep(
        &self,
        request: Request<proto::ListUpkeepRequest>,
    ) -> Result<Response<proto::ListUpkeepReply>, Status> {
        let caller = caller(&request)?;
        let within = match request.into_inner().within_days {
            0 => UPKEEP_DAYS,
            days => u16::try_from(days).unwrap_or(u16::MAX),
        };
        let due = fleet::upkeep(&self.app, &caller, within)?;
        Ok(Response::new(proto::ListUpkeepReply { due: due.iter().map(convert::upkeep).collect() }))
    }

    async fn show_capacity(
        &self,
        request: Request<proto::ShowCapacityRequest>,
    ) -> Result<Response<proto::Capacity>, Status> {
        let caller = caller(&request)?;
        let year = match request.into_inner().year {
            0 => None,
            year => Some(i16::try_from(year).map_err(|_| refusals::invalid("year-out-of-range"))?),
        };
        let (year, capacity) = fleet::capacity(&self.app, &caller, year)?;
        Ok(Response::new(convert::capacity(year, capacity)))
    }
}
