//! Ways into the console: a one-time link by which somebody chooses a password, and the password. Only slow hashes of passwords
//! and fast ones of random secrets are kept. Must never log either, nor tell by an answer or the time it takes whether a name
//! is an account's.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{PasswordHash as Phc, SaltString},
};
use maillage_domain::{
    account::{Account, EntryLink, Label, Standing, TokenHash},
    ids::AccountKind,
    password::{NewPassword, PasswordHash},
    roles::Operation,
};
use maillage_engine::{Transaction, View};
use maillage_federation::ids::Id;
use maillage_platform::{
    random,
    refusal::{Refusal, RefusalKind},
    secrets::{Secret, equal_in_constant_time, random_token},
};
use maillage_store::accounts as stored;
use tokio::sync::Semaphore;

use super::{
    Aborted, App,
    accounts::{NewAccount, Opened, drafted, find, keep, keep_new},
    caller::Caller,
    refusals,
    refusals::accounts as refused,
};
use crate::limits::PASSWORDS_AT_ONCE;

/// What BLAKE3 is keyed with for the secrets of links.
const LINK_CONTEXT: &str = "maillage 2026 one-time link into the console of a node";

/// Cost of a hash: 19 MiB, two passes, one lane (OWASP Password Storage, argon2id). An old laptop takes some 50 ms.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Longest wait for a turn: hashes are made a few at a time, so that a flood of guesses takes neither memory nor the processor.
const TURN_WITHIN: Duration = Duration::from_secs(10);

static TURNS: Semaphore = Semaphore::const_new(PASSWORDS_AT_ONCE);

/// An account and its one-time link, which is shown this once.
#[derive(Debug)]
pub struct Linked {
    /// The account.
    pub account: Account,
    /// The address to open.
    pub url: Secret<String>,
    /// Until when it is valid.
    pub link: EntryLink,
}

/// What proves that the present password is the one somebody signed in with: differs when and only when the password does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp([u8; 32]);

/// Gives out a one-time link for an account; the one before is worth nothing from now on.
///
/// # Errors
/// `console-not-served`; `account-unknown`, `account-revoked`, `account-expired`; the store.
pub async fn link(app: &Arc<App>, caller: &Caller, which: &str) -> Result<Linked, Refusal> {
    caller.check(Operation::AccountLink)?;
    let base = base(app)?;
    let secret = random_token(app.entropy.as_ref());
    let hash = hash_of_link(secret.expose());
    let (by, which) = (caller.clone(), which.to_owned());
    let account = app
        .act(caller, Operation::AccountLink, move |app, transaction| {
            let account = find(transaction, &which)?;
            if account.standing(app.now()) == Standing::Expired {
                return Err(refusals::conflict("account-expired").into());
            }
            keep_link(app, transaction, &by, (account, hash))
        })
        .await?;
    linked_at(&base, account, &secret)
}

/// Makes an account with the one-time link by which its owner comes in, both in one transaction: there is no account that nobody
/// can enter because the second half failed. Its token is told to nobody.
///
/// # Errors
/// As [`super::accounts::add`] and [`link`].
pub async fn open(app: &Arc<App>, caller: &Caller, new: NewAccount) -> Result<Linked, Refusal> {
    caller.check(Operation::AccountAdd)?;
    caller.check(Operation::AccountLink)?;
    let base = base(app)?;
    let Opened { account, token: _ } = drafted(app, new)?;
    let secret = random_token(app.entropy.as_ref());
    let hash = hash_of_link(secret.expose());
    let by = caller.clone();
    let account = app
        .act(caller, Operation::AccountAdd, move |app, transaction| {
            let account = keep_new(app, transaction, &by, account)?;
            keep_link(app, transaction, &by, (account, hash))
        })
        .await?;
    linked_at(&base, account, &secret)
}

/// Where the console is.
fn base(app: &App) -> Result<String, Refusal> {
    app.outreach.console_url.clone().ok_or_else(|| refusals::conflict("console-not-served"))
}

fn keep_link(
    app: &App,
    transaction: &mut Transaction<'_>,
    by: &Caller,
    (account, hash): (Account, TokenHash),
) -> Result<Account, Aborted> {
    let linked = account.with_link(hash, app.now()).map_err(refused::account)?;
    keep(app, transaction, by, Operation::AccountLink, linked)
}

fn linked_at(base: &str, account: Account, secret: &Secret<String>) -> Result<Linked, Refusal> {
    let link = account.link.ok_or_else(link_over)?;
    let url = Secret::new(format!("{base}/welcome/{}/{}", account.id, secret.expose()));
    Ok(Linked { account, url, link })
}

/// The account that a link opens, without using it up.
///
/// # Errors
/// `link-over` for one that is unknown, used, replaced or too old: which of these is told to nobody.
pub fn linked(app: &App, id: &str, secret: &str) -> Result<Account, Refusal> {
    app.read(|app, view| by_link(app, view, id, secret))
}

/// Chooses the password of an account by its link, which is used up with it.
///
/// # Errors
/// `link-over`; `password-…` for what is not acceptable as one; the store.
pub async fn enter_by_link(
    app: &Arc<App>,
    (id, secret): (&str, &str),
    typed: &str,
) -> Result<Account, Refusal> {
    let account = linked(app, id, secret)?;
    let hash = hashed(app, accepted(typed, &account.label)?).await?;
    let (id, secret) = (id.to_owned(), secret.to_owned());
    app.transact(Operation::AccountPassword.code(), move |app, transaction| {
        let account = by_link(app, transaction, &id, &secret)?;
        let by = Caller::of_account(&account);
        let entered = account.with_password(hash).map_err(refused::account)?;
        keep(app, transaction, &by, Operation::AccountPassword, entered)
    })
    .await
}

/// The account of a name and a password. Whatever is wrong, the answer is the same and takes a hash.
///
/// # Errors
/// `sign-in-wrong`; `sign-in-busy`; `account-expired` to whoever knows the password; the store.
pub async fn sign_in(app: &Arc<App>, label: &str, typed: &str) -> Result<Account, Refusal> {
    let label = label.trim().to_lowercase().parse::<Label>().ok();
    let found =
        app.read(|_, view| Ok(label.map(|label| stored::labelled(view, &label)).transpose()?.flatten()))?;
    let known = found.as_ref().and_then(|account| account.password.clone());
    let is_right = verified(app, known, typed.to_owned()).await?;
    let account = found.filter(|_| is_right).ok_or_else(sign_in_wrong)?;
    match account.standing(app.now()) {
        Standing::Active => Ok(account),
        Standing::Expired => Err(account_expired()),
        Standing::Revoked => Err(sign_in_wrong()),
    }
}

/// Changes one's own password.
///
/// # Errors
/// `account-unknown` for the node's owner, who has none; `sign-in-wrong` for another present password; `password-…`; the store.
pub async fn change_password(
    app: &Arc<App>,
    caller: &Caller,
    present: &str,
    typed: &str,
) -> Result<Account, Refusal> {
    caller.check(Operation::AccountPassword)?;
    let unknown = || refusals::unknown("account-unknown").with("field", "account");
    let (id, _) = caller.account().ok_or_else(unknown)?;
    let account = app.read(|_, view| Ok(stored::find(view, id)?))?.ok_or_else(unknown)?;
    if !verified(app, account.password.clone(), present.to_owned()).await? {
        return Err(sign_in_wrong());
    }
    let (seen, hash) = (Stamp::of(&account), hashed(app, accepted(typed, &account.label)?).await?);
    let by = caller.clone();
    app.act(caller, Operation::AccountPassword, move |app, transaction| {
        let account = stored::find(transaction, id)?.ok_or_else(unknown)?;
        if Stamp::of(&account) != seen {
            return Err(sign_in_wrong().into());
        }
        let changed = account.with_password(hash).map_err(refused::account)?;
        keep(app, transaction, &by, Operation::AccountPassword, changed)
    })
    .await
}

/// Who somebody that signed in is now: with the present roles, as long as account and password are those of then.
///
/// # Errors
/// `session-over`; the store.
pub fn still(app: &App, id: Id<AccountKind>, stamp: Stamp) -> Result<Caller, Refusal> {
    let over = || Refusal::new(RefusalKind::Unauthenticated, "session-over");
    let account = app.read(|_, view| Ok(stored::find(view, id)?))?.ok_or_else(over)?;
    let holds = account.standing(app.now()) == Standing::Active && Stamp::of(&account) == stamp;
    if holds { Ok(Caller::of_account(&account)) } else { Err(over()) }
}

impl Stamp {
    /// Of an account as it is.
    pub fn of(account: &Account) -> Self {
        let phc = account.password.as_ref().map(PasswordHash::as_phc).unwrap_or_default();
        Self(*blake3::hash(phc.as_bytes()).as_bytes())
    }
}

fn by_link(app: &App, view: &dyn View, id: &str, secret: &str) -> Result<Account, Aborted> {
    let id: Id<AccountKind> = id.parse().map_err(|_| link_over())?;
    let account = stored::find(view, id)?.ok_or_else(link_over)?;
    let link = account.link.filter(|link| app.now() < link.expires).ok_or_else(link_over)?;
    let typed = hash_of_link(secret).to_array();
    let holds = equal_in_constant_time(&typed, &link.secret.to_array());
    // A link for an account that opens nothing would be a way round its end.
    let holds = holds && account.standing(app.now()) == Standing::Active;
    if holds { Ok(account) } else { Err(link_over().into()) }
}

fn hash_of_link(secret: &str) -> TokenHash {
    TokenHash::new(blake3::derive_key(LINK_CONTEXT, secret.as_bytes()))
}

fn accepted(typed: &str, label: &Label) -> Result<NewPassword, Refusal> {
    NewPassword::parse(typed, label).map_err(refused::password)
}

/// A password as it is kept.
async fn hashed(app: &App, password: NewPassword) -> Result<PasswordHash, Refusal> {
    let salt: [u8; 16] = random::bytes(app.entropy.as_ref());
    in_turn(move || hash_of(password.expose(), &salt)).await?
}

/// Whether a password is the one that is kept; a hash is made where none is kept, so that both take the same time.
async fn verified(app: &App, kept: Option<PasswordHash>, typed: String) -> Result<bool, Refusal> {
    static NOBODYS: OnceLock<PasswordHash> = OnceLock::new();
    let salt: [u8; 16] = random::bytes(app.entropy.as_ref());
    let typed = Secret::new(typed);
    in_turn(move || {
        let is_known = kept.is_some();
        let kept = match (kept, NOBODYS.get()) {
            (Some(kept), _) => kept,
            (None, Some(nobodys)) => nobodys.clone(),
            (None, None) => {
                let made = hash_of(random_token(&random::OsEntropy).expose(), &salt)?;
                NOBODYS.get_or_init(|| made).clone()
            }
        };
        let Ok(phc) = Phc::new(kept.as_phc()) else { return Ok(false) };
        let matches = argon2()?.verify_password(typed.expose().as_bytes(), &phc).is_ok();
        Ok(matches && is_known)
    })
    .await?
}

fn hash_of(password: &str, salt: &[u8]) -> Result<PasswordHash, Refusal> {
    let salt = SaltString::encode_b64(salt).map_err(unhashed)?;
    let made = argon2()?.hash_password(password.as_bytes(), &salt).map_err(unhashed)?;
    Ok(PasswordHash::from_phc(made.to_string()))
}

fn argon2() -> Result<Argon2<'static>, Refusal> {
    let (memory_kib, passes, lanes) = COST;
    let parameters = Params::new(memory_kib, passes, lanes, None).map_err(unhashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// Does something slow when it is its turn, on a thread where nobody waits for it.
async fn in_turn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let busy = || Refusal::new(RefusalKind::Unavailable, "sign-in-busy");
    let turn = tokio::time::timeout(TURN_WITHIN, TURNS.acquire()).await;
    let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    // The turn goes along: whoever hangs up meanwhile does not make room for another.
    let taken = move || {
        let _turn = turn;
        body()
    };
    tokio::task::spawn_blocking(taken).await.map_err(refusals::internal)
}

/// A hash that cannot be made; its error says nothing of what was typed.
fn unhashed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a password cannot be hashed");
    Refusal::new(RefusalKind::Internal, "internal")
}

fn sign_in_wrong() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "sign-in-wrong")
}

fn account_expired() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "account-expired")
}

fn link_over() -> Refusal {
    Refusal::new(RefusalKind::NotFound, "link-over")
}
