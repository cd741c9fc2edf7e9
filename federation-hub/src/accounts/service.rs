//! What is declared about years, as the national team's own programs ask for it. It must never decide what may be published: that is in
//! [`super::sums`].

use std::sync::Arc;

use jiff::Timestamp;
use maillage_federation::{
    accounts::{Figures, Said, VolunteerBand},
    ids::{Id, NodeKind},
};
use maillage_platform::refusal::Refusal;
use maillage_proto::hub::v1::{self as proto, declared_accounts_server};
use tonic::{Request, Response, Status};

use super::{YearSums, in_force};
use crate::{
    hub::Hub,
    refusals::{self, store_failed},
    statistics::{Desk, decision, desk},
    store::ReceivedAccounts,
};

/// The local service of a hub about declared accounts.
#[derive(Debug, Clone)]
pub struct AccountsService {
    hub: Arc<Hub>,
}

impl AccountsService {
    /// The service of this hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// Of all nodes: what counts for a territory is seen beside what others have declared for it.
    async fn received(&self, year: u32) -> Result<Vec<ReceivedAccounts>, Refusal> {
        let all = self.hub.store().accounts(None).await.map_err(|error| store_failed(&error))?;
        let is_asked = |one: &ReceivedAccounts| year == 0 || written(one.declared.year) == year;
        Ok(all.into_iter().filter(is_asked).collect())
    }

    /// Declarations as they stand among each other, by year, territory, node and revision.
    ///
    /// # Errors
    /// What is asked for is no node; the store.
    pub(crate) async fn list(
        &self,
        request: proto::ListAccountsRequest,
    ) -> Result<proto::ListAccountsReply, Refusal> {
        let proto::ListAccountsRequest { year, node } = request;
        let node: Option<Id<NodeKind>> = match node.trim() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refusal::from(refusals::NODE_UNKNOWN).with("node", id))?),
        };
        let received = self.received(year).await?;
        let members = self.hub.roll.current();
        let counting = in_force(&received, &members);
        let is_asked = |one: &&ReceivedAccounts| node.is_none_or(|node| node == one.node);
        let mut ordered: Vec<&ReceivedAccounts> = received.iter().filter(is_asked).collect();
        ordered.sort_by_key(|one| (one.declared.year, one.territory, one.node, one.declared.revision));
        let accounts = ordered.into_iter().map(|one| {
            let counts = counting.get(&(one.declared.year, one.territory));
            let in_force = counts.is_some_and(|counts| std::ptr::eq(*counts, one));
            self.view(one, in_force, members.live(one.node).is_none())
        });
        Ok(proto::ListAccountsReply { accounts: accounts.collect() })
    }

    /// One declaration as it stands among the others.
    pub(crate) async fn show(&self, declared: &ReceivedAccounts) -> Result<proto::ReceivedAccounts, Refusal> {
        let (year, revision) = (written(declared.declared.year), declared.declared.revision);
        let request = proto::ListAccountsRequest { year, node: declared.node.to_string() };
        let listed = self.list(request).await?.accounts.into_iter().find(|one| one.revision == revision);
        listed.ok_or_else(|| Refusal::from(refusals::ACCOUNTS_UNKNOWN).with("year", year))
    }

    fn view(&self, received: &ReceivedAccounts, in_force: bool, revoked: bool) -> proto::ReceivedAccounts {
        let ReceivedAccounts { node, territory, declared, hash, received_at_ms, envelope: _, quarantine } =
            received;
        let quarantined = received.quarantined();
        let place = self.hub.geography.territory(territory);
        let (figures, withdrawn_because) = match &declared.said {
            Said::Figures(figures) => (Some(Figures::clone(figures).into()), String::new()),
            Said::Withdrawn(reason) => (None, reason.code().to_owned()),
        };
        proto::ReceivedAccounts {
            year: written(declared.year),
            node: node.to_string(),
            territory: territory.to_string(),
            territory_name: place.map(|place| place.short_name.clone()).unwrap_or_default(),
            revision: declared.revision,
            in_force,
            revoked,
            corrects: declared.revision > 1 && figures.is_some(),
            withdrawn_because,
            figures,
            hash: data_encoding::HEXLOWER.encode(hash),
            received_at: instant(*received_at_ms),
            quarantined_at: quarantined.map(|decision| instant(decision.at_ms)).unwrap_or_default(),
            quarantined_by: quarantined.map(|decision| decision.by.clone()).unwrap_or_default(),
            quarantined_because: quarantined.map(|decision| decision.reason.clone()).unwrap_or_default(),
            decisions: quarantine.iter().map(decision).collect(),
        }
    }
}

#[tonic::async_trait]
impl declared_accounts_server::DeclaredAccounts for AccountsService {
    async fn list_accounts(
        &self,
        request: Request<proto::ListAccountsRequest>,
    ) -> Result<Response<proto::ListAccountsReply>, Status> {
        Ok(Response::new(self.list(request.into_inner()).await?))
    }

    async fn sum_accounts(
        &self,
        request: Request<proto::SumAccountsRequest>,
    ) -> Result<Response<proto::SumAccountsReply>, Status> {
        let proto::SumAccountsRequest { year } = request.into_inner();
        let received = self.received(year).await?;
        let reports = self.hub.reports().await.map_err(|error| store_failed(&error))?;
        let desk = Desk { accounts: received, ..desk(&self.hub, reports) };
        let summed_up = tokio::task::spawn_blocking(move || proto::SumAccountsReply {
            years: desk.account_sums().into_iter().map(summed).collect(),
        });
        let reply = summed_up.await.map_err(|_| Refusal::from(refusals::COMPARISON_IMPOSSIBLE))?;
        Ok(Response::new(reply))
    }
}

fn summed(sums: YearSums) -> proto::AccountsYear {
    let YearSums { year, territories, corrected, sums, bands, bands_withheld } = sums;
    proto::AccountsYear {
        year: written(year),
        territories,
        corrected,
        sums: sums
            .into_iter()
            .map(|sum| proto::AccountsSum {
                figure: sum.figure.to_owned(),
                total: sum.total,
                publishable: sum.withheld.is_none(),
                not_publishable_because: sum
                    .withheld
                    .map(|withheld| withheld.code().to_owned())
                    .unwrap_or_default(),
            })
            .collect(),
        bands_not_publishable_because: bands_withheld
            .map(|withheld| withheld.code().to_owned())
            .unwrap_or_default(),
        bands: VolunteerBand::ALL
            .into_iter()
            .filter(|_| bands_withheld.is_none())
            .map(|band| proto::VolunteerBandCount {
                band: band.code().to_owned(),
                territories: bands.get(&band).copied().unwrap_or_default(),
            })
            .collect(),
    }
}

fn written(year: i16) -> u32 {
    u32::try_from(year).unwrap_or_default()
}

/// RFC 3339, to the second.
fn instant(at_ms: i64) -> String {
    Timestamp::from_second(at_ms.div_euclid(1000)).map(|instant| instant.to_string()).unwrap_or_default()
}
