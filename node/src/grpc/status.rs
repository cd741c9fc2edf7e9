//! Service `Status`.

use maillage_domain::roles::Operation;
use maillage_platform::{refusal::Refusal, worker::WorkerState};
use maillage_proto::node::v1::{self as proto, status_server::Status as StatusService};
use tonic::{Request, Response, Status};

use super::{Services, allowed, caller, convert::policy};
use crate::app::{
    caller::Caller,
    members::{self, Member},
    policy_rules, refusals, settings, status,
};

#[tonic::async_trait]
impl StatusService for Services {
    async fn show_status(
        &self,
        request: Request<proto::ShowStatusRequest>,
    ) -> Result<Response<proto::NodeStatus>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.status(&caller)?))
    }

    async fn list_jobs(
        &self,
        request: Request<proto::ListJobsRequest>,
    ) -> Result<Response<proto::ListJobsReply>, Status> {
        caller(&request)?.check(Operation::StatusShow)?;
        let jobs = self
            .workers
            .statuses()
            .into_iter()
            .map(|worker| proto::Job {
                name: worker.name.to_owned(),
                status: state(worker.state).to_owned(),
                detail: worker.status,
                last_error: worker.last_error.unwrap_or_default(),
                failures: worker.failures,
            })
            .collect();
        Ok(Response::new(proto::ListJobsReply { jobs }))
    }

    async fn list_members(
        &self,
        request: Request<proto::ListMembersRequest>,
    ) -> Result<Response<proto::ListMembersReply>, Status> {
        let members = members::list(&self.app, &caller(&request)?)?;
        let members = members.into_iter().map(|member| self.member(member)).collect();
        Ok(Response::new(proto::ListMembersReply { members }))
    }

    async fn set_model(
        &self,
        request: Request<proto::SetModelRequest>,
    ) -> Result<Response<proto::NodeStatus>, Status> {
        let caller = allowed(&request, Operation::SettingsModel)?;
        let proto::SetModelRequest { model, former } = request.into_inner();
        let model = model.parse().map_err(|_| refusals::invalid("model-format"))?;
        settings::set_model(&self.app, &caller, model, former).await?;
        Ok(Response::new(self.status(&caller)?))
    }

    async fn set_policy(
        &self,
        request: Request<proto::Policy>,
    ) -> Result<Response<proto::NodeStatus>, Status> {
        let caller = allowed(&request, Operation::SettingsPolicy)?;
        let request = request.into_inner();
        let (etag, change) = (request.etag.clone(), policy::change(&request)?);
        settings::change_policy(&self.app, &caller, etag, change).await?;
        Ok(Response::new(self.status(&caller)?))
    }

    async fn list_policy_rules(
        &self,
        request: Request<proto::ListPolicyRulesRequest>,
    ) -> Result<Response<proto::PolicyRules>, Status> {
        let rules = policy_rules::list(&self.app, &caller(&request)?)?;
        Ok(Response::new(policy::rules(&self.app, &rules)))
    }

    async fn set_policy_rule(
        &self,
        request: Request<proto::PolicyRule>,
    ) -> Result<Response<proto::PolicyRules>, Status> {
        let caller = allowed(&request, Operation::SettingsPolicy)?;
        let request = request.into_inner();
        let (scope, rule) = (policy::scope(&request)?, policy::rule(&request)?);
        let rules = policy_rules::set(&self.app, &caller, scope, rule, request.etag).await?;
        Ok(Response::new(policy::rules(&self.app, &rules)))
    }

    async fn remove_policy_rule(
        &self,
        request: Request<proto::RemovePolicyRuleRequest>,
    ) -> Result<Response<proto::PolicyRules>, Status> {
        let caller = allowed(&request, Operation::SettingsPolicy)?;
        let rule = request.into_inner().rule.unwrap_or_default();
        let rules = policy_rules::remove(&self.app, &caller, policy::scope(&rule)?, rule.etag).await?;
        Ok(Response::new(policy::rules(&self.app, &rules)))
    }

    async fn make_snapshot(
        &self,
        request: Request<proto::MakeSnapshotRequest>,
    ) -> Result<Response<proto::Snapshot>, Status> {
        let caller = allowed(&request, Operation::BackupMake)?;
        let made = crate::backup::snapshot(&self.app, &caller).await?;
        Ok(Response::new(proto::Snapshot { sequence: made.sequence, rows: made.rows }))
    }
}

impl Services {
    fn member(&self, member: Member) -> proto::Member {
        let Member { entry, is_me, fingerprint, differs_since } = member;
        let territory = self.app.geography.territory(&entry.reach.territory);
        proto::Member {
            node_id: entry.node.to_string(),
            territory: entry.reach.territory.to_string(),
            territory_name: territory.map(|territory| territory.name.clone()).unwrap_or_default(),
            sealing_key_number: entry.sealing_number(),
            phone: entry.phone,
            opening_hours: entry.opening_hours,
            is_me,
            revoked: entry.revoked,
            fingerprint,
            differs_since: differs_since.map(|since| since.to_string()).unwrap_or_default(),
        }
    }

    fn status(&self, caller: &Caller) -> Result<proto::NodeStatus, Refusal> {
        let app = &self.app;
        let view = status::show(app, caller)?;
        let membership = app.link.membership();
        let territory = app.geography.territory(&app.profile.territory);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(proto::NodeStatus {
            territory: app.profile.territory.to_string(),
            territory_name: territory.map(|territory| territory.name.clone()).unwrap_or_default(),
            model: view.model.map(|model| model.to_string()).unwrap_or_default(),
            federation: membership.as_ref().map(|m| m.federation.to_string()).unwrap_or_default(),
            node_id: membership.as_ref().map(|m| m.me.to_string()).unwrap_or_default(),
            link: view.link.state.code().to_owned(),
            link_since: view.link.since.to_string(),
            link_reason: view.link.reason,
            certificate_until: view.certificate_until,
            outbox: count(view.outbox),
            dead_letters: count(view.dead_letters),
            directory_version: app.link.directory().head.version,
            durable_sequence: view.durable_sequence,
            clock: app.now().to_string(),
            clock_is_virtual: app.clock_is_virtual,
            policy: Some(policy::policy(&view.policy)),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            inbox_cursor: view.inbox_cursor,
            alarms: view.alarms.into_iter().map(str::to_owned).collect(),
            restored_at: view.restored.map(|(at, _)| at.to_string()).unwrap_or_default(),
            backup_at: view.restored.map(|(_, backup)| backup.to_string()).unwrap_or_default(),
        })
    }
}

fn state(state: WorkerState) -> &'static str {
    match state {
        WorkerState::Busy => "busy",
        WorkerState::Idle => "idle",
        WorkerState::BackingOff => "backing-off",
        WorkerState::Stopped => "stopped",
    }
}
