//! Ways into the team's part: a one-time link by which somebody chooses a password, and the password. It must never tell by an answer or the time
//! it takes whether a name is an account's.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use maillage_platform::{
    refusal::Refusal,
    secrets::{Secret, equal_in_constant_time, random_token},
};

use super::{
    colleague::{Colleague, ColleagueName, Deed, DeedKind, Doer, EntryLink, PasswordHash, Role, Wish},
    passwords::{accepted, hashed, verified},
};
use crate::{
    hub::Hub,
    limits,
    refusals::{self, store_failed},
    store::ColleagueRule,
};

/// What BLAKE3 is keyed with for the secrets of links.
const LINK_CONTEXT: &str = "maillage 2026 one-time link into the team part of a hub";

/// An account and its one-time link, which is shown this once.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) colleague: Colleague,
    /// The address to open.
    pub(crate) url: Secret<String>,
    /// Until when.
    pub(crate) expires_at_ms: i64,
}

/// What proves that the present password is the one somebody signed in with: differs when and only when the password does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp([u8; 32]);

/// Gives out a one-time link for an account, and makes the account if there is none.
///
/// # Errors
/// The team's part is not served; a name, full name or role that is none; the account has ended; too long a time; the store.
pub(crate) async fn link(
    hub: &Arc<Hub>,
    (name, full_name, role): (&str, &str, &str),
    valid_hours: u32,
    by: Doer,
) -> Result<Linked, Refusal> {
    let base = hub.team.get().ok_or(refusals::TEAM_NOT_SERVED)?.as_str().to_owned();
    let name: ColleagueName = name.parse()?;
    let full_name = optional(full_name).map(checked).transpose()?;
    let role: Option<Role> = optional(role).map(str::parse).transpose()?;
    let hours = if valid_hours == 0 { limits::INVITATION_HOURS_DEFAULT } else { valid_hours };
    if hours > limits::INVITATION_HOURS {
        return Err(Refusal::from(refusals::INVITATION_TOO_LONG).with("most", limits::INVITATION_HOURS));
    }
    let now = hub.parts.clock.now();
    let expires = now.checked_add(Duration::from_hours(u64::from(hours))).unwrap_or(Timestamp::MAX);
    let secret = random_token(hub.parts.entropy.as_ref());
    let link = EntryLink { hash: hash_of_link(secret.expose()), expires_at_ms: expires.as_millisecond() };
    // What is new with the link holds at once: whose word made somebody an operator must be found again.
    let about = [Some(name.as_str()), role.map(Role::code), full_name.as_deref()];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let wish = Wish { full_name, role, link, now_ms: now.as_millisecond() };
    let own = name.clone();
    let rule: ColleagueRule = Box::new(move |known| Colleague::linked(known, own, wish));
    let colleague = changed(hub, (name, about), rule, DeedKind::Linked, by).await?;
    // Who it is for is not said in it: proxies write addresses down.
    let url = Secret::new(format!("{base}/team/welcome/{}", secret.expose()));
    Ok(Linked { colleague, url, expires_at_ms: link.expires_at_ms })
}

/// The account that a link opens, without using it up.
///
/// # Errors
/// `link-over` for one that is unknown, used, replaced or too old: which of these is told to nobody.
pub(crate) async fn linked(hub: &Hub, secret: &str) -> Result<Colleague, Refusal> {
    let (given, now_ms) = (hash_of_link(secret), hub.now_ms());
    let all = hub.store().colleagues().await.map_err(|error| store_failed(&error))?;
    let found = all.into_iter().find_map(|one| by_link(Some(one), given, now_ms).ok());
    Ok(found.ok_or(refusals::LINK_OVER)?)
}

/// Chooses the password of an account by its link, which is used up with it.
///
/// # Errors
/// `link-over`; `password-…` for what is not acceptable as one; the store.
pub(crate) async fn enter_by_link(hub: &Arc<Hub>, secret: &str, typed: &str) -> Result<Colleague, Refusal> {
    let colleague = linked(hub, secret).await?;
    let password = accepted(typed, &colleague.name)?;
    let hash = hashed(hub.parts.entropy.as_ref(), password).await?;
    let (given, now_ms) = (hash_of_link(secret), hub.now_ms());
    let rule: ColleagueRule = Box::new(move |known| Ok(by_link(known, given, now_ms)?.with_password(hash)));
    let by = colleague.signature();
    changed(hub, named(colleague.name), rule, DeedKind::Entered, by).await
}

/// Changes the password of somebody signed in, who gives the present one: a session alone does not do.
///
/// # Errors
/// `sign-in-wrong` for another password than the present one; `password-…` for what is not acceptable as one; too many at once; the store.
pub(crate) async fn change_password(
    hub: &Arc<Hub>,
    by: &Colleague,
    (present, typed): (&str, &str),
) -> Result<Colleague, Refusal> {
    if !verified(by.password.clone(), present.to_owned()).await? {
        return Err(refusals::SIGN_IN_WRONG.into());
    }
    let hash = hashed(hub.parts.entropy.as_ref(), accepted(typed, &by.name)?).await?;
    let stamp = Stamp::of(by);
    let rule: ColleagueRule = Box::new(move |known| {
        let same = known.filter(|known| !known.revoked && Stamp::of(known) == stamp);
        Ok(same.ok_or(refusals::SIGN_IN_WRONG)?.with_password(hash))
    });
    changed(hub, named(by.name.clone()), rule, DeedKind::PasswordChanged, by.signature()).await
}

/// The account of a name and a password. Whatever is wrong, the answer is the same and takes a hash.
///
/// # Errors
/// `sign-in-wrong`; too many at once; the store.
pub(crate) async fn sign_in(hub: &Arc<Hub>, name: &str, typed: &str) -> Result<Colleague, Refusal> {
    let name = name.trim().to_lowercase().parse::<ColleagueName>().ok();
    let found = match &name {
        Some(name) => hub.store().colleague(name).await.map_err(|error| store_failed(&error))?,
        None => None,
    };
    let known = found.as_ref().and_then(|colleague| colleague.password.clone());
    let is_right = verified(known, typed.to_owned()).await?;
    let colleague = found.filter(|found| is_right && !found.revoked).ok_or(refusals::SIGN_IN_WRONG)?;
    let deed = Deed {
        at_ms: hub.now_ms(),
        by: colleague.signature(),
        what: DeedKind::SignedIn,
        about: colleague.name.to_string(),
    };
    hub.store().note(deed).await.map_err(|error| store_failed(&error))?;
    Ok(colleague)
}

/// Who somebody that signed in is now: with the present role, as long as account and password are those of then.
///
/// # Errors
/// The session is over; the store.
pub(crate) async fn still(hub: &Hub, name: &ColleagueName, stamp: Stamp) -> Result<Colleague, Refusal> {
    let found = hub.store().colleague(name).await.map_err(|error| store_failed(&error))?;
    let holds = |found: &Colleague| !found.revoked && Stamp::of(found) == stamp;
    Ok(found.filter(holds).ok_or(refusals::SIGN_IN_WRONG)?)
}

/// Ends an account.
///
/// # Errors
/// No such account; the store.
pub(crate) async fn revoke(hub: &Arc<Hub>, name: &str, by: Doer) -> Result<Colleague, Refusal> {
    let name: ColleagueName = name.parse()?;
    let rule: ColleagueRule =
        Box::new(|known| known.map(Colleague::ended).ok_or(refusals::COLLEAGUE_UNKNOWN));
    changed(hub, named(name), rule, DeedKind::ColleagueRevoked, by).await
}

impl Stamp {
    /// Of an account as it is.
    pub(crate) fn of(colleague: &Colleague) -> Self {
        let phc = colleague.password.as_ref().map(PasswordHash::as_phc).unwrap_or_default();
        Self(*blake3::hash(phc.as_bytes()).as_bytes())
    }
}

/// An account of which nothing but the deed itself is to be told.
fn named(name: ColleagueName) -> (ColleagueName, String) {
    let about = name.to_string();
    (name, about)
}

async fn changed(
    hub: &Arc<Hub>,
    (name, about): (ColleagueName, String),
    rule: ColleagueRule,
    what: DeedKind,
    by: Doer,
) -> Result<Colleague, Refusal> {
    let deed = Deed { at_ms: hub.now_ms(), by, what, about };
    let kept = hub.store().change_colleague(name, rule, deed).await.map_err(|error| store_failed(&error))?;
    let colleague = kept?;
    tracing::info!(what = what.code(), "an account of the team changed");
    Ok(colleague)
}

fn by_link(found: Option<Colleague>, given: [u8; 32], now_ms: i64) -> Result<Colleague, refusals::Reason> {
    let holds = |found: &Colleague| {
        let link = found.link.filter(|link| now_ms < link.expires_at_ms);
        !found.revoked && link.is_some_and(|link| equal_in_constant_time(&given, &link.hash))
    };
    found.filter(holds).ok_or(refusals::LINK_OVER)
}

fn hash_of_link(secret: &str) -> [u8; 32] {
    blake3::derive_key(LINK_CONTEXT, secret.as_bytes())
}

fn optional(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A full name on one line.
fn checked(text: &str) -> Result<String, refusals::Reason> {
    let fits = text.chars().count() <= limits::FULL_NAME_CHARS && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(refusals::COLLEAGUE_FULL_NAME) }
}
