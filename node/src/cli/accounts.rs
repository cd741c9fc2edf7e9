//! `account`: who may use the node. Must never print a token but in the reply that made it.

use clap::{Args, Subcommand};
use maillage_proto::node::v1::{self as proto, accounts_client::AccountsClient};

use super::{arguments::Page, codes, failure::CommandError, people::show_next, session::Session};

#[derive(Debug, Subcommand)]
pub(super) enum Account {
    Add {
        label: String,
        #[command(flatten)]
        rights: Rights,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        days: u32,
    },
    List {
        #[command(flatten)]
        page: Page,
    },
    Revoke {
        account: String,
    },
    Renew {
        account: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        days: u32,
    },
    Link {
        account: String,
    },
    Roles {
        account: String,
        #[command(flatten)]
        rights: Rights,
        #[arg(long, value_name = "VERSION")]
        etag: String,
    },
}

/// What an account may do.
#[derive(Debug, Args)]
pub(super) struct Rights {
    #[arg(long, required = true, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = codes::ROLES)]
    role: Vec<String>,
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ID")]
    volunteer: String,
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        value_name = "ID",
        conflicts_with = "volunteer"
    )]
    prescriber: String,
}

/// Runs a command about accounts.
pub(super) async fn account(session: &mut Session<'_>, command: Account) -> Result<(), CommandError> {
    let mut accounts = session.client(AccountsClient::with_interceptor).await?;
    match command {
        Account::Add { label, rights, days } => {
            let Rights { role: roles, volunteer, prescriber } = rights;
            let request = proto::AddAccountRequest { label, roles, volunteer, prescriber, days };
            let reply = accounts.add_account(request).await?.into_inner();
            show_token(session, &reply)
        }
        Account::List { page } => {
            let request = proto::ListAccountsRequest { after: page.after, limit: page.limit };
            let reply = accounts.list_accounts(request).await?.into_inner();
            show_accounts(session, &reply)
        }
        Account::Revoke { account } => {
            let request = proto::RevokeAccountRequest { account };
            let reply = accounts.revoke_account(request).await?.into_inner();
            show_revoked(session, &reply)
        }
        Account::Renew { account, days } => {
            let request = proto::RenewTokenRequest { account, days };
            let reply = accounts.renew_token(request).await?.into_inner();
            show_token(session, &reply)
        }
        Account::Link { account } => {
            let reply = accounts.link_account(proto::LinkAccountRequest { account }).await?.into_inner();
            show_link(session, &reply)
        }
        Account::Roles { account, rights, etag } => {
            let Rights { role: roles, volunteer, prescriber } = rights;
            let request = proto::SetRolesRequest { account, roles, volunteer, prescriber, etag };
            let reply = accounts.set_roles(request).await?.into_inner();
            show_account(session, &reply)
        }
    }
}

fn show_token(session: &mut Session<'_>, reply: &proto::AccountWithToken) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let proto::AccountWithToken { account, token } = reply;
    let mut shown = fields(session, account.as_ref());
    shown.push(("field-account-token", token.clone()));
    session.fields(&shown)?;
    Ok(session.line("account-token-once", &[])?)
}

fn show_link(session: &mut Session<'_>, reply: &proto::AccountWithLink) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let proto::AccountWithLink { account, link, link_expires_at } = reply;
    let label = account.as_ref().map(|account| account.label.clone()).unwrap_or_default();
    let until = session.words().instant(link_expires_at);
    session.fields(&[
        ("field-account-label", label),
        ("field-account-link", link.clone()),
        ("field-account-link-until", until),
    ])?;
    Ok(session.line("account-link-once", &[])?)
}

fn show_account(session: &mut Session<'_>, account: &proto::Account) -> Result<(), CommandError> {
    if session.json(account)? {
        return Ok(());
    }
    let shown = fields(session, Some(account));
    Ok(session.fields(&shown)?)
}

fn show_revoked(session: &mut Session<'_>, reply: &proto::RevokeAccountReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let proto::RevokeAccountReply { account, no_administrator_left } = reply;
    let shown = fields(session, account.as_ref());
    session.fields(&shown)?;
    if *no_administrator_left {
        session.line("account-no-administrator", &[])?;
    }
    Ok(())
}

fn show_accounts(session: &mut Session<'_>, reply: &proto::ListAccountsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |account: &proto::Account| {
        vec![
            account.label.clone(),
            words.codes("role", &account.roles),
            words.code("standing", &account.standing),
            words.instant(&account.expires_at),
            account.etag.clone(),
            account.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.accounts.iter().map(row).collect();
    let headings = [
        "field-account-label",
        "field-account-roles",
        "field-account-standing",
        "field-account-expires",
        "field-account-version",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn fields(session: &Session<'_>, account: Option<&proto::Account>) -> Vec<(&'static str, String)> {
    let words = session.words();
    let proto::Account {
        id,
        label,
        roles,
        volunteer,
        prescriber,
        standing,
        expires_at,
        created_at,
        revoked_at,
        etag,
    } = account.cloned().unwrap_or_default();
    vec![
        ("field-account-label", label),
        ("field-account-roles", words.codes("role", &roles)),
        ("field-account-volunteer", volunteer),
        ("field-account-prescriber", prescriber),
        ("field-account-standing", words.code("standing", &standing)),
        ("field-account-expires", words.instant(&expires_at)),
        ("field-created_at", words.instant(&created_at)),
        ("field-account-revoked", words.instant(&revoked_at)),
        ("field-account-version", etag),
        ("field-id", id),
    ]
}
