//! Commands that ask the running hub over its local interface and print the answer.

use std::path::PathBuf;

use maillage_federation::month::Month;
use maillage_platform::{
    cli::{Failure, Output},
    grpc::{TokenInterceptor, connect_local},
};
use maillage_proto::hub::v1::{
    self as proto, admin_client::AdminClient, declared_accounts_client::DeclaredAccountsClient,
    statistics_client::StatisticsClient,
};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use super::{
    accounts,
    arguments::{Accounts, Decision, Invite, Link, Nodes, Reports, Team, Threads, Totals, Verdict},
    open_directory, team, views,
};

/// What is asked.
pub(super) enum Question {
    Invite(Invite),
    Nodes(Nodes),
    Threads(Threads),
    Totals(Totals),
    Reports(Reports),
    Accounts(Accounts),
    Team(Team),
    Status,
}

/// Asks and prints.
pub(super) fn run(data: PathBuf, question: Question, output: &mut Output<'_>) -> Result<(), Failure> {
    let directory = open_directory(data)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async {
        let (channel, token) = connect_local(&directory).await?;
        let hub = Connection { channel, token };
        match question {
            Question::Invite(wanted) => hub.invite(wanted, output).await,
            Question::Nodes(Nodes::List) => hub.list_nodes(output).await,
            Question::Nodes(Nodes::Revoke { id, doer }) => hub.revoke(id, doer.name(), output).await,
            Question::Threads(Threads::List { limit }) => hub.list_threads(limit, output).await,
            Question::Totals(wanted) => hub.totals(&wanted, output).await,
            Question::Reports(Reports::List { node }) => hub.list_reports(node, output).await,
            Question::Reports(Reports::Quarantine(decision)) => hub.decide(decision, false, output).await,
            Question::Reports(Reports::Lift(decision)) => hub.decide(decision, true, output).await,
            Question::Accounts(Accounts::List { year, node }) => hub.list_accounts(year, node, output).await,
            Question::Accounts(Accounts::Totals { year }) => hub.sum_accounts(year, output).await,
            Question::Accounts(Accounts::Quarantine(verdict)) => hub.judge(verdict, false, output).await,
            Question::Accounts(Accounts::Lift(verdict)) => hub.judge(verdict, true, output).await,
            Question::Team(Team::Link(wanted)) => hub.link(wanted, output).await,
            Question::Team(Team::List) => hub.list_colleagues(output).await,
            Question::Team(Team::Revoke { name, doer }) => {
                hub.revoke_colleague(name, doer.name(), output).await
            }
            Question::Status => hub.status(output).await,
        }
    })
}

/// A month as the interface has it.
pub(super) fn text(month: Option<Month>) -> String {
    month.map(|month| month.to_string()).unwrap_or_default()
}

struct Connection {
    channel: Channel,
    token: TokenInterceptor,
}

impl Connection {
    fn admin(&self) -> AdminClient<InterceptedService<Channel, TokenInterceptor>> {
        AdminClient::with_interceptor(self.channel.clone(), self.token.clone())
    }

    fn statistics(&self) -> StatisticsClient<InterceptedService<Channel, TokenInterceptor>> {
        StatisticsClient::with_interceptor(self.channel.clone(), self.token.clone())
    }

    async fn invite(&self, wanted: Invite, output: &mut Output<'_>) -> Result<(), Failure> {
        let Invite { territory, valid_hours, doer } = wanted;
        let request = proto::InviteRequest { territory, valid_hours, by: doer.name() };
        let reply = self.admin().invite(request).await?.into_inner();
        views::invitation(output, reply).map_err(Failure::internal)
    }

    async fn list_nodes(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let reply = self.admin().list_nodes(proto::ListNodesRequest {}).await?.into_inner();
        views::nodes(output, reply.nodes).map_err(Failure::internal)
    }

    async fn revoke(&self, id: String, by: String, output: &mut Output<'_>) -> Result<(), Failure> {
        let node = self.admin().revoke_node(proto::RevokeNodeRequest { id, by }).await?.into_inner();
        views::revoked(output, node).map_err(Failure::internal)
    }

    async fn list_threads(&self, limit: u32, output: &mut Output<'_>) -> Result<(), Failure> {
        let reply = self.admin().list_threads(proto::ListThreadsRequest { limit }).await?.into_inner();
        views::threads(output, reply.threads).map_err(Failure::internal)
    }

    async fn totals(&self, wanted: &Totals, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = proto::TotalsRequest { from: text(wanted.from), to: text(wanted.to) };
        let reply = self.statistics().totals(request).await?.into_inner();
        views::totals(output, reply.models).map_err(Failure::internal)
    }

    async fn list_reports(&self, node: Option<String>, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = proto::ListReportsRequest { node: node.unwrap_or_default() };
        let reply = self.statistics().list_reports(request).await?.into_inner();
        views::reports(output, reply.reports).map_err(Failure::internal)
    }

    async fn decide(&self, wanted: Decision, lift: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        let Decision { node, period, by, reason } = wanted;
        let request = proto::QuarantineReportRequest { node, period, by, reason, lift };
        let report = self.admin().quarantine_report(request).await?.into_inner();
        let key = if lift { "reports-lifted" } else { "reports-quarantined" };
        output.line(key, &[]).map_err(Failure::internal)?;
        views::reports(output, vec![report]).map_err(Failure::internal)
    }

    async fn judge(&self, wanted: Verdict, lift: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        let Verdict { node, year, by, reason } = wanted;
        let request = proto::QuarantineAccountsRequest { node, year, by, reason, lift };
        let declared = self.admin().quarantine_accounts(request).await?.into_inner();
        let key = if lift { "accounts-lifted" } else { "accounts-quarantined" };
        output.line(key, &[]).map_err(Failure::internal)?;
        accounts::list(output, vec![declared]).map_err(Failure::internal)
    }

    fn accounts(&self) -> DeclaredAccountsClient<InterceptedService<Channel, TokenInterceptor>> {
        DeclaredAccountsClient::with_interceptor(self.channel.clone(), self.token.clone())
    }

    async fn list_accounts(
        &self,
        year: u32,
        node: Option<String>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let request = proto::ListAccountsRequest { year, node: node.unwrap_or_default() };
        let reply = self.accounts().list_accounts(request).await?.into_inner();
        accounts::list(output, reply.accounts).map_err(Failure::internal)
    }

    async fn sum_accounts(&self, year: u32, output: &mut Output<'_>) -> Result<(), Failure> {
        let reply = self.accounts().sum_accounts(proto::SumAccountsRequest { year }).await?.into_inner();
        accounts::totals(output, reply.years).map_err(Failure::internal)
    }

    async fn link(&self, wanted: Link, output: &mut Output<'_>) -> Result<(), Failure> {
        let Link { name, full_name, role, valid_hours, doer } = wanted;
        let (full_name, role) = (full_name.unwrap_or_default(), role.unwrap_or_default());
        let request = proto::LinkColleagueRequest { name, full_name, role, valid_hours, by: doer.name() };
        let reply = self.admin().link_colleague(request).await?.into_inner();
        team::linked(output, reply).map_err(Failure::internal)
    }

    async fn list_colleagues(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let reply = self.admin().list_colleagues(proto::ListColleaguesRequest {}).await?.into_inner();
        team::list(output, reply.colleagues).map_err(Failure::internal)
    }

    async fn revoke_colleague(
        &self,
        name: String,
        by: String,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let request = proto::RevokeColleagueRequest { name, by };
        let colleague = self.admin().revoke_colleague(request).await?.into_inner();
        team::revoked(output, colleague).map_err(Failure::internal)
    }

    async fn status(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let status = self.admin().show_status(proto::ShowStatusRequest {}).await?.into_inner();
        views::status(output, status).map_err(Failure::internal)
    }
}
