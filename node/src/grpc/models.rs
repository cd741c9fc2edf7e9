//! Service `Models`.

use maillage_domain::{
    model_choice::{LocalParameters, ModelRule},
    roles::Operation,
};
use maillage_federation::models::{LocalAmounts, ModelKey};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, models_server::Models};
use tonic::{Request, Response, Status};

use super::{Services, allowed, convert::models as convert, id, legal::day};
use crate::app::{
    models::{self, compare},
    refusals,
};

#[tonic::async_trait]
impl Models for Services {
    async fn list_models(
        &self,
        request: Request<proto::ListModelsRequest>,
    ) -> Result<Response<proto::ListModelsReply>, Status> {
        let caller = allowed(&request, Operation::ModelsShow)?;
        let mut shown = Vec::new();
        for (model, local, in_force) in models::list(&self.app, &caller)? {
            shown.push(convert::model(&model, local, in_force).map_err(refusals::internal)?);
        }
        let version = self.app.catalogue.version;
        Ok(Response::new(proto::ListModelsReply { version, models: shown }))
    }

    async fn add_model_rule(
        &self,
        request: Request<proto::ModelRule>,
    ) -> Result<Response<proto::ListModelRulesReply>, Status> {
        let caller = allowed(&request, Operation::ModelsChoose)?;
        let request = request.into_inner();
        let rule = rule(&request)?;
        let (general, rules) = models::add_rule(&self.app, &caller, rule, request.former).await?;
        Ok(Response::new(convert::rules(&general, &rules)))
    }

    async fn remove_model_rule(
        &self,
        request: Request<proto::ModelRule>,
    ) -> Result<Response<proto::ListModelRulesReply>, Status> {
        let caller = allowed(&request, Operation::ModelsChoose)?;
        let rule = rule(&request.into_inner())?;
        let (general, rules) = models::remove_rule(&self.app, &caller, rule).await?;
        Ok(Response::new(convert::rules(&general, &rules)))
    }

    async fn list_model_rules(
        &self,
        request: Request<proto::ListModelRulesRequest>,
    ) -> Result<Response<proto::ListModelRulesReply>, Status> {
        let (general, rules) = models::rules(&self.app, &allowed(&request, Operation::ModelsShow)?)?;
        Ok(Response::new(convert::rules(&general, &rules)))
    }

    async fn set_parameters(
        &self,
        request: Request<proto::LocalParameters>,
    ) -> Result<Response<proto::ListParametersReply>, Status> {
        let caller = allowed(&request, Operation::ModelsParameters)?;
        let request = request.into_inner();
        let set = parameters(&request)?;
        let all = models::set_parameters(&self.app, &caller, set, request.etag).await?;
        Ok(Response::new(convert::parameters(&all)))
    }

    async fn list_parameters(
        &self,
        request: Request<proto::ListParametersRequest>,
    ) -> Result<Response<proto::ListParametersReply>, Status> {
        let all = models::parameters(&self.app, &allowed(&request, Operation::ModelsShow)?)?;
        Ok(Response::new(convert::parameters(&all)))
    }

    async fn show_cost(
        &self,
        request: Request<proto::ShowCostRequest>,
    ) -> Result<Response<proto::ShowCostReply>, Status> {
        let caller = allowed(&request, Operation::CostShow)?;
        let trip = request.into_inner().trip;
        let shown = models::show_cost(&self.app, &caller, id(&trip, "trip")?)?;
        Ok(Response::new(convert::cost(trip, &shown)))
    }

    async fn compare_models(
        &self,
        request: Request<proto::CompareModelsRequest>,
    ) -> Result<Response<proto::ModelComparison>, Status> {
        let caller = allowed(&request, Operation::ModelsCompare)?;
        let comparison = compare::compare(&self.app, &caller, &request.into_inner().period)?;
        Ok(Response::new(convert::comparison(&comparison)))
    }
}

fn rule(message: &proto::ModelRule) -> Result<ModelRule, Refusal> {
    let proto::ModelRule { service, commune, from, model, carrier, former: _ } = message;
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let service = given(service).map(|code| code.parse()).transpose();
    let commune = given(commune).map(|code| code.parse()).transpose();
    Ok(ModelRule {
        service: service.map_err(|_| refusals::invalid("service-unknown"))?,
        commune: commune.map_err(|_| refusals::invalid("commune-code").with("field", "commune"))?,
        from: day(from)?.ok_or_else(|| refusals::invalid("date-format"))?,
        model: key(model)?,
        carrier: if carrier.trim().is_empty() { None } else { Some(id(carrier.trim(), "carrier")?) },
    })
}

fn parameters(message: &proto::LocalParameters) -> Result<LocalParameters, Refusal> {
    let proto::LocalParameters {
        model,
        from,
        flat_cents,
        rate_cents,
        cap_cents,
        yearly_cents,
        compensation_cents,
        hourly_cents,
        brackets,
        etag: _,
    } = message;
    let brackets: Option<_> = brackets.iter().map(convert::bracket_of).collect();
    Ok(LocalParameters {
        model: key(model)?,
        from: day(from)?.ok_or_else(|| refusals::invalid("date-format"))?,
        amounts: LocalAmounts {
            flat_cents: *flat_cents,
            rate_cents: *rate_cents,
            cap_cents: *cap_cents,
            yearly_cents: *yearly_cents,
            compensation_cents: *compensation_cents,
            hourly_cents: *hourly_cents,
            brackets: brackets.ok_or_else(|| refusals::invalid("model-brackets"))?,
        },
    })
}

fn key(text: &str) -> Result<ModelKey, Refusal> {
    text.trim().parse().map_err(|_| refusals::invalid("model-key"))
}
