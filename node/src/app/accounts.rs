//! Accounts and their tokens: who may use this node beside its owner, who can read the data directory. A token is shown once,
//! when it is made, and kept as a hash. Must never log a token, nor let one through that was replaced, revoked or has expired.

use std::sync::Arc;

use maillage_domain::{
    account::{Account, Key, Label, Lifetime, Rights, Scope, Standing, TokenHash},
    ids::{AccountKind, VolunteerKind},
    roles::{Operation, Role, Roles},
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::{
    grpc::wrong_token,
    refusal::{Refusal, RefusalKind},
    secrets::{Secret, random_token},
};
use maillage_store::{accounts, events::Subject, volunteers};

use super::{Aborted, App, caller::Caller, edit::check_etag, refusals, refusals::accounts as refused};
use crate::limits::{ACCOUNTS, TOKEN_DAYS};

/// What BLAKE3 is keyed with, so that a hash of a token is of no use for anything else.
const TOKEN_CONTEXT: &str = "maillage 2026 token of an account of a node";

/// An account as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its name.
    pub label: String,
    /// Codes of its roles.
    pub roles: Vec<String>,
    /// Whose data it reaches.
    pub scope: Scope,
    /// Days until its token expires; 0 for [`TOKEN_DAYS`].
    pub days: u32,
}

/// An account and its token, which is shown this once.
#[derive(Debug)]
pub struct Opened {
    /// The account.
    pub account: Account,
    /// The token.
    pub token: Secret<String>,
}

/// An account that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The account.
    pub account: Account,
    /// Nobody but the node's owner can administer it any more.
    pub no_administrator_left: bool,
}

/// Makes an account.
///
/// # Errors
/// What was typed that is not acceptable; `account-label-taken`, `account-too-many`, `volunteer-unknown`; the store.
pub async fn add(app: &Arc<App>, caller: &Caller, new: NewAccount) -> Result<Opened, Refusal> {
    caller.check(Operation::AccountAdd)?;
    let Opened { account, token } = drafted(app, new)?;
    let by = caller.clone();
    let account = app
        .act(caller, Operation::AccountAdd, move |app, transaction| keep_new(app, transaction, &by, account))
        .await?;
    Ok(Opened { account, token })
}

/// An account as it is to be made, with its token; nothing is written yet.
///
/// # Errors
/// What was typed that is not acceptable.
pub(super) fn drafted(app: &App, new: NewAccount) -> Result<Opened, Refusal> {
    let label: Label = new.label.parse().map_err(refused::label)?;
    let rights = rights(&new.roles, new.scope)?;
    let (token, key) = fresh(app, new.days)?;
    let account = Account::open(app.new_id(), label, rights, key, app.now());
    Ok(Opened { account, token })
}

/// Makes an account inside a transaction.
///
/// # Errors
/// `account-label-taken`, `account-too-many`, `volunteer-unknown`; the store.
pub(super) fn keep_new(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    account: Account,
) -> Result<Account, Aborted> {
    if accounts::labelled(transaction, &account.label)?.is_some() {
        return Err(refusals::conflict("account-label-taken").with("field", "label").into());
    }
    if accounts::list(transaction, None, ACCOUNTS)?.len() == ACCOUNTS {
        return Err(refusals::conflict("account-too-many").with("max", ACCOUNTS).into());
    }
    check_scope(transaction, account.rights.scope())?;
    keep(app, transaction, by, Operation::AccountAdd, account)
}

/// Accounts in the order they were made, after one of them.
///
/// # Errors
/// The store.
pub fn list(
    app: &App,
    caller: &Caller,
    after: Option<Id<AccountKind>>,
    limit: usize,
) -> Result<Vec<Account>, Refusal> {
    app.look(caller, Operation::AccountList, |_, view| Ok(accounts::list(view, after, limit)?))
}

/// The account of an identifier or a name.
///
/// # Errors
/// `account-unknown`; the store.
pub fn show(app: &App, caller: &Caller, which: &str) -> Result<Account, Refusal> {
    app.look(caller, Operation::AccountList, |_, view| find(view, which))
}

/// Closes an account at once and for good: its next request is refused, a stream it follows ends. The last administrator's may
/// be closed too, since the owner of the node remains.
///
/// # Errors
/// `account-unknown`, `account-revoked`; the store.
pub async fn revoke(app: &Arc<App>, caller: &Caller, which: &str) -> Result<Closed, Refusal> {
    let (by, which) = (caller.clone(), which.to_owned());
    app.act(caller, Operation::AccountRevoke, move |app, transaction| {
        let account = find(transaction, &which)?.revoke(app.now()).map_err(refused::account)?;
        let account = keep(app, transaction, &by, Operation::AccountRevoke, account)?;
        let all = accounts::list(transaction, None, ACCOUNTS)?;
        let administers = |account: &Account| {
            account.standing(app.now()) == Standing::Active
                && account.rights.roles().contains(&Role::Administrator)
        };
        let was_one = account.rights.roles().contains(&Role::Administrator);
        Ok(Closed { account, no_administrator_left: was_one && !all.iter().any(administers) })
    })
    .await
}

/// Closes every account of a volunteer, inside the transaction by which the volunteer leaves or is forgotten.
///
/// # Errors
/// The store.
pub(crate) fn close_of_volunteer(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    volunteer: Id<VolunteerKind>,
) -> Result<(), Aborted> {
    for account in accounts::list(transaction, None, ACCOUNTS)? {
        if account.rights.scope() == Scope::Volunteer(volunteer) && account.revoked.is_none() {
            let closed = account.revoke(app.now()).map_err(refused::account)?;
            keep(app, transaction, by, Operation::AccountRevoke, closed)?;
        }
    }
    Ok(())
}

/// Gives an account another token; the one before opens nothing from now on.
///
/// # Errors
/// `account-unknown`, `account-revoked`, `account-days`; the store.
pub async fn renew(app: &Arc<App>, caller: &Caller, which: &str, days: u32) -> Result<Opened, Refusal> {
    caller.check(Operation::AccountRenew)?;
    let (token, key) = fresh(app, days)?;
    let (by, which) = (caller.clone(), which.to_owned());
    let account = app
        .act(caller, Operation::AccountRenew, move |app, transaction| {
            let account = find(transaction, &which)?.renew(key, app.now()).map_err(refused::account)?;
            keep(app, transaction, &by, Operation::AccountRenew, account)
        })
        .await?;
    Ok(Opened { account, token })
}

/// Changes what an account may do, from its next request on. Nobody changes the own account: neither to see more, nor, by mistake, so that
/// nobody administers the node any more.
///
/// # Errors
/// `account-own-roles`, `account-unknown`, `account-revoked`, `changed-meanwhile`; rights that do not go together; the store.
pub async fn set_rights(
    app: &Arc<App>,
    caller: &Caller,
    which: &str,
    etag: &str,
    (roles, scope): (Vec<String>, Scope),
) -> Result<Account, Refusal> {
    caller.check(Operation::AccountRoles)?;
    let rights = rights(&roles, scope)?;
    let (by, which, etag) = (caller.clone(), which.to_owned(), etag.to_owned());
    app.act(caller, Operation::AccountRoles, move |app, transaction| {
        let account = find(transaction, &which)?;
        if by.account().is_some_and(|(own, _)| own == account.id) {
            return Err(refusals::forbidden("account-own-roles").into());
        }
        check_etag(&etag, account.revision)?;
        check_scope(transaction, rights.scope())?;
        let account = account.with_rights(rights).map_err(refused::account)?;
        keep(app, transaction, &by, Operation::AccountRoles, account)
    })
    .await
}

/// Who holds a token. A guess is looked up by its hash, which whoever guesses cannot choose: how long that takes tells nothing
/// about the tokens there are.
///
/// # Errors
/// `token-wrong`, `token-revoked`, `token-expired`; the store.
pub fn admit(app: &App, token: &[u8]) -> Result<Caller, Refusal> {
    let hash = hash(token);
    let account = app.read(|_, view| Ok(accounts::with_token(view, hash)?))?;
    admitted(app, &account.ok_or_else(wrong_token)?, hash)
}

/// The caller as of now: somebody who follows a stream may have been revoked, renewed or given other roles since.
///
/// # Errors
/// `token-revoked`, `token-expired`; the store.
pub fn still(app: &App, caller: &Caller) -> Result<Caller, Refusal> {
    let Some((id, token)) = caller.account() else { return Ok(caller.clone()) };
    let account = app.read(|_, view| Ok(accounts::find(view, id)?))?;
    admitted(app, &account.ok_or_else(wrong_token)?, token)
}

fn admitted(app: &App, account: &Account, token: TokenHash) -> Result<Caller, Refusal> {
    let refuse = |reason| Err(Refusal::new(RefusalKind::Unauthenticated, reason));
    match account.standing(app.now()) {
        Standing::Revoked => refuse("token-revoked"),
        Standing::Active | Standing::Expired if account.token != token => refuse("token-revoked"),
        Standing::Expired => refuse("token-expired"),
        Standing::Active => Ok(Caller::of_account(account)),
    }
}

/// 256 random bits need no slow hash: nobody tries them all. The hash keeps whoever reads the store from using them.
fn hash(token: &[u8]) -> TokenHash {
    TokenHash::new(blake3::derive_key(TOKEN_CONTEXT, token))
}

fn fresh(app: &App, days: u32) -> Result<(Secret<String>, Key), Refusal> {
    let lifetime = Lifetime::days(if days == 0 { TOKEN_DAYS } else { days }).map_err(refused::lifetime)?;
    let token = random_token(app.entropy.as_ref());
    let key = Key { token: hash(token.expose().as_bytes()), lifetime };
    Ok((token, key))
}

fn rights(codes: &[String], scope: Scope) -> Result<Rights, Refusal> {
    let roles: Result<Roles, _> = codes.iter().map(|code| code.parse::<Role>()).collect();
    Rights::new(roles.map_err(refused::role)?, scope).map_err(refused::rights)
}

/// Whoever an account is for must be known here.
fn check_scope(view: &dyn View, scope: Scope) -> Result<(), Aborted> {
    match scope {
        Scope::Everything | Scope::Prescriber(_) => Ok(()),
        Scope::Volunteer(id) => match volunteers::find(view, id)? {
            Some(_) => Ok(()),
            None => Err(refusals::unknown("volunteer-unknown").with("id", id).into()),
        },
    }
}

/// The account of an identifier or a name.
pub(super) fn find(view: &dyn View, which: &str) -> Result<Account, Aborted> {
    let found = match (which.parse::<Id<AccountKind>>(), which.parse::<Label>()) {
        (Ok(id), _) => accounts::find(view, id)?,
        (Err(_), Ok(label)) => accounts::labelled(view, &label)?,
        (Err(_), Err(_)) => None,
    };
    found.ok_or_else(|| refusals::unknown("account-unknown").with("field", "account").into())
}

/// Writes an account, and who changed it.
pub(super) fn keep(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    operation: Operation,
    account: Account,
) -> Result<Account, Aborted> {
    accounts::put(transaction, &account)?;
    app.note(transaction, by, operation, &[Subject::Account(account.id)])?;
    Ok(account)
}
