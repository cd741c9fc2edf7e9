//! Accounts to messages.

use maillage_domain::account::{Account, Scope};
use maillage_proto::node::v1 as proto;

use crate::app::{App, accounts::Opened, entry::Linked};

/// An account.
pub fn account(app: &App, account: &Account) -> proto::Account {
    let (volunteer, prescriber) = match account.rights.scope() {
        Scope::Everything => (String::new(), String::new()),
        Scope::Volunteer(volunteer) => (volunteer.to_string(), String::new()),
        Scope::Prescriber(prescriber) => (String::new(), prescriber.to_string()),
    };
    proto::Account {
        id: account.id.to_string(),
        label: account.label.to_string(),
        roles: account.rights.roles().iter().map(|role| role.code().to_owned()).collect(),
        volunteer,
        prescriber,
        standing: account.standing(app.now()).code().to_owned(),
        expires_at: account.expires.to_string(),
        created_at: account.created.to_string(),
        revoked_at: account.revoked.map(|at| at.to_string()).unwrap_or_default(),
        etag: account.revision.to_string(),
    }
}

/// An account with its token, this once.
pub fn opened(app: &App, opened: &Opened) -> proto::AccountWithToken {
    proto::AccountWithToken {
        account: Some(account(app, &opened.account)),
        token: opened.token.expose().clone(),
    }
}

/// An account with its one-time link, this once.
pub fn linked(app: &App, linked: &Linked) -> proto::AccountWithLink {
    proto::AccountWithLink {
        account: Some(account(app, &linked.account)),
        link: linked.url.expose().clone(),
        link_expires_at: linked.link.expires.to_string(),
    }
}
