//! Passwords of the team: what is accepted as one, and slow hashes of them, a few at a time (argon2id with the cost of the OWASP Password Storage
//! cheat sheet). It must never log one, nor take a shorter time for a name that is no account's.

use std::{sync::OnceLock, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{PasswordHash as Phc, SaltString},
};
use maillage_platform::{
    random::{self, Entropy, OsEntropy},
    refusal::Refusal,
    secrets::{Secret, random_token},
};
use tokio::sync::Semaphore;

use super::colleague::{ColleagueName, PasswordHash};
use crate::{limits, refusals};

/// Cost of a hash: 19 MiB, two passes, one lane.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Longest wait for a turn: a flood of guesses takes neither memory nor the processor.
const TURN_WITHIN: Duration = Duration::from_secs(10);
/// What is tried first, with digits and signs around it.
const COMMON: [&str; 10] = [
    "motdepasse",
    "password",
    "azerty",
    "qwerty",
    "bonjour",
    "bienvenue",
    "administrateur",
    "maillage",
    "federation",
    "mobilite",
];
/// Letters that a password has beyond what is tried first.
const BEYOND: usize = 4;
/// Different characters of a password.
const DIFFERENT: usize = 6;

static TURNS: Semaphore = Semaphore::const_new(limits::PASSWORDS_AT_ONCE);

/// A password as typed, accepted for an account. A rule of length (ANSSI-PG-078), and none that everybody has. Nothing is trimmed.
///
/// # Errors
/// Too short or too long; one that is tried first; the account's own name.
pub(super) fn accepted(typed: &str, name: &ColleagueName) -> Result<Secret<String>, Refusal> {
    let length = typed.chars().count();
    if length < limits::PASSWORD_CHARS_MIN {
        return Err(Refusal::from(refusals::PASSWORD_SHORT).with("least", limits::PASSWORD_CHARS_MIN));
    }
    if length > limits::PASSWORD_CHARS {
        return Err(Refusal::from(refusals::PASSWORD_LONG).with("most", limits::PASSWORD_CHARS));
    }
    let folded = maillage_geography::fold(typed);
    let letters: String = folded.chars().filter(|letter| letter.is_alphabetic()).collect();
    let own: String = name.as_str().chars().filter(|letter| letter.is_alphabetic()).collect();
    let mut rest = letters.clone();
    for common in COMMON.iter().copied().chain([own.as_str()]) {
        rest = rest.replace(common, "");
    }
    let different: std::collections::BTreeSet<char> = folded.chars().collect();
    let was_common = rest.len() < letters.len() || letters.is_empty();
    if different.len() < DIFFERENT || (was_common && rest.chars().count() < BEYOND) {
        return Err(refusals::PASSWORD_COMMON.into());
    }
    Ok(Secret::new(typed.to_owned()))
}

/// A password as it is kept.
///
/// # Errors
/// Too many at once.
pub(super) async fn hashed(entropy: &dyn Entropy, password: Secret<String>) -> Result<PasswordHash, Refusal> {
    let salt: [u8; 16] = random::bytes(entropy);
    in_turn(move || hash_of(password.expose(), &salt)).await?
}

/// Whether a password is the one that is kept; a hash is made where none is kept, so that both take the same time.
///
/// # Errors
/// Too many at once.
pub(super) async fn verified(kept: Option<PasswordHash>, typed: String) -> Result<bool, Refusal> {
    static NOBODYS: OnceLock<PasswordHash> = OnceLock::new();
    let typed = Secret::new(typed);
    in_turn(move || {
        let is_known = kept.is_some();
        let kept = match (kept, NOBODYS.get()) {
            (Some(kept), _) => kept,
            (None, Some(nobodys)) => nobodys.clone(),
            (None, None) => {
                let made = hash_of(random_token(&OsEntropy).expose(), &random::bytes::<16>(&OsEntropy))?;
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
    let turn = tokio::time::timeout(TURN_WITHIN, TURNS.acquire()).await;
    let turn = turn.map_err(|_| refusals::HUB_BUSY)?.map_err(|_| refusals::HUB_BUSY)?;
    // The turn goes along: whoever hangs up meanwhile does not make room for another.
    let taken = move || {
        let _turn = turn;
        body()
    };
    tokio::task::spawn_blocking(taken).await.map_err(|_| refusals::HUB_BUSY.into())
}

/// A hash that cannot be made; its error says nothing of what was typed.
fn unhashed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a password cannot be hashed");
    refusals::HUB_BUSY.into()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_name_that_is_no_accounts_waits_for_a_hash_as_any_other() {
        let name: ColleagueName = "claire.exemple".parse().unwrap();
        let typed = "quatre mots sans rime";
        let known = hashed(&OsEntropy, accepted(typed, &name).unwrap()).await.unwrap();
        assert!(known.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verified(Some(known.clone()), typed.to_owned()).await.unwrap());
        assert!(!verified(Some(known.clone()), "quatre mots sans rimes".to_owned()).await.unwrap());
        assert!(!verified(None, typed.to_owned()).await.unwrap());
        let all = u32::try_from(limits::PASSWORDS_AT_ONCE).unwrap();
        let turns = TURNS.acquire_many(all).await.unwrap();
        for kept in [Some(known), None] {
            assert!(verified(kept, typed.to_owned()).now_or_never().is_none(), "not without its turn");
        }
        drop(turns);
    }

    #[test]
    fn length_counts_and_what_everybody_has_does_not_pass() {
        let name: ColleagueName = "claire.exemple".parse().unwrap();
        for (typed, refused) in [
            ("onze lettre", Some("password-short")),
            ("quatre mots sans rime", None),
            ("été à Réalmont", None),
            ("            ", Some("password-common")),
            ("abcdabcdabcd", Some("password-common")),
            ("123456789012", Some("password-common")),
            ("Motdepasse2026", Some("password-common")),
            ("Maillage-2026!", Some("password-common")),
            ("claire-exemple-26", Some("password-common")),
            ("motdepasse de la girafe", None),
            (&"a".repeat(129), Some("password-long")),
        ] {
            let found = accepted(typed, &name).err().map(|refusal| refusal.reason().to_owned());
            assert_eq!(found.as_deref(), refused, "{typed:?}");
        }
    }
}
