//! Service `Accounts`.

use maillage_domain::account::Scope;
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, accounts_server::Accounts};
use tonic::{Request, Response, Status};

use super::{
    Operation, Services, after, allowed, caller, convert::accounts as convert, id, limit, next_after,
};
use crate::app::{
    accounts::{self, NewAccount},
    entry, refusals,
};

#[tonic::async_trait]
impl Accounts for Services {
    async fn add_account(
        &self,
        request: Request<proto::AddAccountRequest>,
    ) -> Result<Response<proto::AccountWithToken>, Status> {
        let caller = allowed(&request, Operation::AccountAdd)?;
        let proto::AddAccountRequest { label, roles, volunteer, prescriber, days } = request.into_inner();
        let scope = scope(&volunteer, &prescriber)?;
        let opened = accounts::add(&self.app, &caller, NewAccount { label, roles, scope, days }).await?;
        Ok(Response::new(convert::opened(&self.app, &opened)))
    }

    async fn list_accounts(
        &self,
        request: Request<proto::ListAccountsRequest>,
    ) -> Result<Response<proto::ListAccountsReply>, Status> {
        let caller = caller(&request)?;
        let proto::ListAccountsRequest { after: from, limit: asked } = request.into_inner();
        let limit = limit(asked)?;
        let found = accounts::list(&self.app, &caller, after(&from)?, limit)?;
        let accounts = found.iter().map(|account| convert::account(&self.app, account)).collect();
        let next_after = next_after(&found, limit, |account| account.id.to_string());
        Ok(Response::new(proto::ListAccountsReply { accounts, next_after }))
    }

    async fn revoke_account(
        &self,
        request: Request<proto::RevokeAccountRequest>,
    ) -> Result<Response<proto::RevokeAccountReply>, Status> {
        let caller = caller(&request)?;
        let closed = accounts::revoke(&self.app, &caller, &request.into_inner().account).await?;
        Ok(Response::new(proto::RevokeAccountReply {
            account: Some(convert::account(&self.app, &closed.account)),
            no_administrator_left: closed.no_administrator_left,
        }))
    }

    async fn renew_token(
        &self,
        request: Request<proto::RenewTokenRequest>,
    ) -> Result<Response<proto::AccountWithToken>, Status> {
        let caller = caller(&request)?;
        let proto::RenewTokenRequest { account, days } = request.into_inner();
        let opened = accounts::renew(&self.app, &caller, &account, days).await?;
        Ok(Response::new(convert::opened(&self.app, &opened)))
    }

    async fn set_roles(
        &self,
        request: Request<proto::SetRolesRequest>,
    ) -> Result<Response<proto::Account>, Status> {
        let caller = allowed(&request, Operation::AccountRoles)?;
        let proto::SetRolesRequest { account, roles, volunteer, prescriber, etag } = request.into_inner();
        let rights = (roles, scope(&volunteer, &prescriber)?);
        let changed = accounts::set_rights(&self.app, &caller, &account, &etag, rights).await?;
        Ok(Response::new(convert::account(&self.app, &changed)))
    }

    async fn link_account(
        &self,
        request: Request<proto::LinkAccountRequest>,
    ) -> Result<Response<proto::AccountWithLink>, Status> {
        let caller = caller(&request)?;
        let linked = entry::link(&self.app, &caller, &request.into_inner().account).await?;
        Ok(Response::new(convert::linked(&self.app, &linked)))
    }
}

/// Whose data an account reaches.
fn scope(volunteer: &str, prescriber: &str) -> Result<Scope, Refusal> {
    match (volunteer, prescriber) {
        ("", "") => Ok(Scope::Everything),
        (volunteer, "") => Ok(Scope::Volunteer(id(volunteer, "volunteer")?)),
        ("", prescriber) => Ok(Scope::Prescriber(id(prescriber, "prescriber")?)),
        (_, _) => Err(refusals::invalid("account-one-scope").with("field", "prescriber")),
    }
}
