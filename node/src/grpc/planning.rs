//! Service `Planning`.

use std::collections::BTreeSet;

use maillage_domain::roles::Operation;
use maillage_proto::node::v1::{self as proto, planning_server::Planning};
use tonic::{Request, Response, Status};

use super::{
    Services, allowed,
    convert::{planning as convert, trips::attribution},
    day, id,
};
use crate::{
    app::{
        planning::{self, NewNumber, PlanWish},
        refusals,
    },
    limits,
};

#[tonic::async_trait]
impl Planning for Services {
    async fn suggest_in_day(
        &self,
        request: Request<proto::SuggestInDayRequest>,
    ) -> Result<Response<proto::SuggestInDayReply>, Status> {
        let caller = allowed(&request, Operation::TripSuggest)?;
        let proto::SuggestInDayRequest { trip, single, limit } = request.into_inner();
        let limit = match usize::try_from(limit).unwrap_or(usize::MAX) {
            0 => limits::SUGGESTED,
            limit => limit.min(limits::PAGE_MAX),
        };
        let answer = planning::suggest(&self.app, &caller, (id(&trip, "trip")?, single), limit).await?;
        Ok(Response::new(convert::answer(&answer)))
    }

    async fn why_not(
        &self,
        request: Request<proto::WhyNotRequest>,
    ) -> Result<Response<proto::WhyNotReply>, Status> {
        let caller = allowed(&request, Operation::TripSuggest)?;
        let proto::WhyNotRequest { trip, volunteer } = request.into_inner();
        let (trip, volunteer) = (id(&trip, "trip")?, id(&volunteer, "volunteer")?);
        let (obstacle, roads) = planning::why_not(&self.app, &caller, trip, volunteer).await?;
        Ok(Response::new(proto::WhyNotReply {
            possible: obstacle.is_none(),
            code: obstacle.map(|obstacle| obstacle.code().to_owned()).unwrap_or_default(),
            missing: obstacle.as_ref().map_or(0, planning::missing),
            distance_source: roads.code().to_owned(),
            attribution: attribution(roads),
        }))
    }

    async fn plan_day(
        &self,
        request: Request<proto::PlanDayRequest>,
    ) -> Result<Response<proto::DayPlan>, Status> {
        let caller = allowed(&request, Operation::DayPlan)?;
        let proto::PlanDayRequest { day: date, iterations, seed } = request.into_inner();
        let wish = PlanWish { date: day(&date)?, iterations: (iterations > 0).then_some(iterations), seed };
        let proposal = planning::plan_day(&self.app, &caller, wish).await?;
        Ok(Response::new(convert::plan(&self.app, &proposal)))
    }

    async fn plan_days(
        &self,
        request: Request<proto::PlanDaysRequest>,
    ) -> Result<Response<proto::PlanDaysReply>, Status> {
        let caller = allowed(&request, Operation::DayPlan)?;
        let proto::PlanDaysRequest { day: date, days, iterations, seed } = request.into_inner();
        let wish = PlanWish { date: day(&date)?, iterations: (iterations > 0).then_some(iterations), seed };
        let days = u8::try_from(days).unwrap_or(u8::MAX);
        let proposals = planning::plan_days(&self.app, &caller, wish, days).await?;
        let plans = proposals.iter().map(|proposal| convert::plan(&self.app, proposal)).collect();
        Ok(Response::new(proto::PlanDaysReply { plans }))
    }

    async fn show_plan(
        &self,
        request: Request<proto::ShowPlanRequest>,
    ) -> Result<Response<proto::DayPlan>, Status> {
        let caller = allowed(&request, Operation::PlanShow)?;
        let proposal = planning::show(&self.app, &caller, day(&request.into_inner().day)?)?;
        Ok(Response::new(convert::plan(&self.app, &proposal)))
    }

    async fn accept_plan(
        &self,
        request: Request<proto::AcceptPlanRequest>,
    ) -> Result<Response<proto::AcceptPlanReply>, Status> {
        let caller = allowed(&request, Operation::PlanAccept)?;
        let proto::AcceptPlanRequest { day: date, plan, lines } = request.into_inner();
        let number = |line: u32| {
            u16::try_from(line).map_err(|_| refusals::unknown("plan-line-unknown").with("line", line))
        };
        let numbers: BTreeSet<u16> = lines.into_iter().map(number).collect::<Result<_, _>>()?;
        let lines = (!numbers.is_empty()).then_some(numbers);
        let accepted = planning::accept(&self.app, &caller, (day(&date)?, id(&plan, "plan")?), lines).await?;
        Ok(Response::new(convert::accepted(&accepted)))
    }

    async fn drop_out(
        &self,
        request: Request<proto::DropOutRequest>,
    ) -> Result<Response<proto::DropOutReply>, Status> {
        let caller = allowed(&request, Operation::DayPlan)?;
        let proto::DropOutRequest { volunteer, day: date, iterations, seed } = request.into_inner();
        let wish = PlanWish { date: day(&date)?, iterations: (iterations > 0).then_some(iterations), seed };
        let volunteer = id(&volunteer, "volunteer")?;
        let (released, proposal) = planning::drop_out(&self.app, &caller, volunteer, wish).await?;
        Ok(Response::new(proto::DropOutReply {
            released: released.iter().map(|trip| trip.id().to_string()).collect(),
            plan: Some(convert::plan(&self.app, &proposal)),
        }))
    }

    async fn show_plan_rules(
        &self,
        request: Request<proto::ShowPlanRulesRequest>,
    ) -> Result<Response<proto::PlanRules>, Status> {
        let caller = allowed(&request, Operation::PlanRulesShow)?;
        let date = some_day(&request.into_inner().day)?;
        let seen = planning::show_rules(&self.app, &caller, date)?;
        Ok(Response::new(convert::rules(&seen)))
    }

    async fn set_plan_rules(
        &self,
        request: Request<proto::SetPlanRulesRequest>,
    ) -> Result<Response<proto::PlanRules>, Status> {
        let caller = allowed(&request, Operation::PlanRulesSet)?;
        let proto::SetPlanRulesRequest { from_day, numbers, etag } = request.into_inner();
        let numbers = numbers.into_iter().map(|number| NewNumber { name: number.name, value: number.value });
        let from = some_day(&from_day)?;
        let seen = planning::set_rules(&self.app, &caller, from, numbers.collect(), etag).await?;
        Ok(Response::new(convert::rules(&seen)))
    }
}

/// A day, if one was given.
fn some_day(text: &str) -> Result<Option<jiff::civil::Date>, Status> {
    Ok((!text.trim().is_empty()).then(|| day(text)).transpose()?)
}
