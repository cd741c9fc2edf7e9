//! Accounts: who may use a node beside whoever can read its data directory, as what, about whom, and until when. Must never
//! hold a token or anything a token could be made from: a hash of it alone.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use maillage_federation::ids::Id;

use crate::{
    ids::{AccountKind, PrescriberKind, VolunteerKind},
    limits::{ACCOUNT_DAYS, ACCOUNT_LABEL_CHARS, ACCOUNT_LABEL_CHARS_MIN, ENTRY_LINK_S},
    password::PasswordHash,
    roles::{Role, Roles},
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identity, for life.
    pub id: Id<AccountKind>,
    /// Its name in the journal, never given to another account.
    pub label: Label,
    /// What it may do.
    pub rights: Rights,
    /// The token that opens it.
    pub token: TokenHash,
    /// Until when that token is valid.
    pub expires: Timestamp,
    /// When the account was made.
    pub created: Timestamp,
    /// Since when it opens nothing any more.
    pub revoked: Option<Timestamp>,
    /// How often it was written, from 1.
    pub revision: u64,
    /// The password that opens the console to it, once one was chosen.
    pub password: Option<PasswordHash>,
    /// The one-time link by which a password can be chosen, while there is one.
    pub link: Option<EntryLink>,
}

/// A link by which somebody chooses the password of an account, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryLink {
    /// The hash of its secret.
    pub secret: TokenHash,
    /// Until when it is valid.
    pub expires: Timestamp,
}

/// The name of an account: lower-case letters without accents, digits, `.`, `-` and `_`, beginning with a letter. It stands in
/// the journal for as long as the journal is kept, so it should name a function rather than a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(String);

/// What an account may do: roles, and whose data they reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    roles: Roles,
    scope: Scope,
}

/// Whose data somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole node, as far as the roles go.
    Everything,
    /// What concerns one volunteer.
    Volunteer(Id<VolunteerKind>),
    /// What one prescriber referred.
    Prescriber(Id<PrescriberKind>),
}

/// The hash of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

/// How long a token is valid: 1 to [`ACCOUNT_DAYS`] days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(u16);

/// Whether an account opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Active,
    /// Not since its token expired.
    Expired,
    /// Not any more, and never again.
    Revoked,
}

/// Why a text is not the name of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Too short or too long.
    #[error("it has {0} characters; {ACCOUNT_LABEL_CHARS_MIN} to {ACCOUNT_LABEL_CHARS} are wanted")]
    Length(usize),
    /// A character that does not belong there.
    #[error("the character at position {0} is not a lower-case letter, a digit, '.', '-' or '_'")]
    Character(usize),
    /// The node itself is called so in the journal.
    #[error("it is reserved for the node itself")]
    Reserved,
}

/// Why roles and a scope do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RightsError {
    /// No role.
    #[error("no role is given")]
    NoRole,
    /// A driver who is no volunteer of this platform.
    #[error("a driver's account is for one volunteer")]
    DriverOfNobody,
    /// A prescriber who is none of this platform's.
    #[error("a prescriber's account is for one prescriber")]
    PrescriberOfNobody,
    /// A role of the whole platform beside a volunteer or prescriber.
    #[error("the role {0} reaches beyond one volunteer or prescriber")]
    TooWide(Role),
}

/// Why an account does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// It was revoked.
    #[error("the account was revoked")]
    Revoked,
}

/// Why a number of days is not how long a token is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} days; 1 to {ACCOUNT_DAYS} are allowed")]
pub struct LifetimeError(pub u32);

/// Names in the journal that are not accounts'.
const RESERVED: [&str; 2] = ["local", "platform"];

impl Account {
    /// A new account.
    pub fn open(id: Id<AccountKind>, label: Label, rights: Rights, key: Key, now: Timestamp) -> Self {
        let Key { token, lifetime } = key;
        let expires = lifetime.from(now);
        let (revoked, password, link) = (None, None, None);
        Self { id, label, rights, token, expires, created: now, revoked, revision: 1, password, link }
    }

    /// The account with another token; the one before opens nothing from now on.
    ///
    /// # Errors
    /// A revoked account stays so.
    pub fn renew(&self, key: Key, now: Timestamp) -> Result<Self, AccountError> {
        let Key { token, lifetime } = key;
        let renewed = self.changed()?;
        Ok(Self { token, expires: lifetime.from(now), ..renewed })
    }

    /// The account with other rights.
    ///
    /// # Errors
    /// A revoked account stays as it is.
    pub fn with_rights(&self, rights: Rights) -> Result<Self, AccountError> {
        Ok(Self { rights, ..self.changed()? })
    }

    /// The account that opens nothing any more.
    ///
    /// # Errors
    /// It was revoked already.
    pub fn revoke(&self, now: Timestamp) -> Result<Self, AccountError> {
        Ok(Self { revoked: Some(now), password: None, link: None, ..self.changed()? })
    }

    /// The account with a one-time link; the one before opens nothing from now on.
    ///
    /// # Errors
    /// A revoked account stays so.
    pub fn with_link(&self, secret: TokenHash, now: Timestamp) -> Result<Self, AccountError> {
        let expires = now.saturating_add(SignedDuration::from_secs(ENTRY_LINK_S)).unwrap_or(Timestamp::MAX);
        Ok(Self { link: Some(EntryLink { secret, expires }), ..self.changed()? })
    }

    /// The account with another password. Whatever link there was is used up.
    ///
    /// # Errors
    /// A revoked account stays so.
    pub fn with_password(&self, password: PasswordHash) -> Result<Self, AccountError> {
        Ok(Self { password: Some(password), link: None, ..self.changed()? })
    }

    /// Whether it opens anything at an instant.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.revoked {
            Some(_) => Standing::Revoked,
            None if now >= self.expires => Standing::Expired,
            None => Standing::Active,
        }
    }

    fn changed(&self) -> Result<Self, AccountError> {
        match self.revoked {
            Some(_) => Err(AccountError::Revoked),
            None => Ok(Self { revision: self.revision + 1, ..self.clone() }),
        }
    }
}

/// A token as an account keeps it, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its hash.
    pub token: TokenHash,
    /// How long it is valid.
    pub lifetime: Lifetime,
}

impl Rights {
    /// Roles over a scope. A driver's or prescriber's account is for one of them and for nothing else; every other role is
    /// about the whole platform.
    ///
    /// # Errors
    /// Why they do not go together.
    pub fn new(roles: Roles, scope: Scope) -> Result<Self, RightsError> {
        let own = match scope {
            Scope::Everything => None,
            Scope::Volunteer(_) => Some(Role::Driver),
            Scope::Prescriber(_) => Some(Role::Prescriber),
        };
        for role in &roles {
            match role {
                Role::Driver if own != Some(Role::Driver) => return Err(RightsError::DriverOfNobody),
                Role::Prescriber if own != Some(Role::Prescriber) => {
                    return Err(RightsError::PrescriberOfNobody);
                }
                Role::Coordinator | Role::Treasurer | Role::Administrator | Role::Auditor
                    if own.is_some() =>
                {
                    return Err(RightsError::TooWide(*role));
                }
                Role::Driver
                | Role::Prescriber
                | Role::Coordinator
                | Role::Treasurer
                | Role::Administrator
                | Role::Auditor => {}
            }
        }
        if roles.is_empty() { Err(RightsError::NoRole) } else { Ok(Self { roles, scope }) }
    }

    /// The roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Whose data they reach.
    pub fn scope(&self) -> Scope {
        self.scope
    }
}

impl Label {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let text = text.trim();
        let length = text.chars().count();
        if !(ACCOUNT_LABEL_CHARS_MIN..=ACCOUNT_LABEL_CHARS).contains(&length) {
            return Err(LabelError::Length(length));
        }
        let fits = |(index, letter): &(usize, char)| {
            letter.is_ascii_lowercase()
                || (*index > 0 && (letter.is_ascii_digit() || matches!(letter, '.' | '-' | '_')))
        };
        if let Some((index, _)) = text.chars().enumerate().find(|pair| !fits(pair)) {
            return Err(LabelError::Character(index + 1));
        }
        if RESERVED.contains(&text) { Err(LabelError::Reserved) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TokenHash {
    /// The bytes of a hash.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn to_array(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(…)")
    }
}

impl Lifetime {
    /// So many days.
    ///
    /// # Errors
    /// None, or too many.
    pub fn days(days: u32) -> Result<Self, LifetimeError> {
        match u16::try_from(days) {
            Ok(days) if (1..=ACCOUNT_DAYS).contains(&days) => Ok(Self(days)),
            Ok(_) | Err(_) => Err(LifetimeError(days)),
        }
    }

    /// When it ends if it begins now.
    fn from(self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(24 * i64::from(self.0))).unwrap_or(Timestamp::MAX)
    }
}

impl Standing {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(roles: &[Role]) -> Roles {
        roles.iter().copied().collect()
    }

    fn account() -> Account {
        let rights = Rights::new(roles(&[Role::Coordinator]), Scope::Everything).unwrap();
        let key = Key { token: TokenHash::new([1; 32]), lifetime: Lifetime::days(1).unwrap() };
        Account::open(Id::new(1, [1; 10]), "guichet".parse().unwrap(), rights, key, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn labels_are_read_or_refused_with_their_reason() {
        for (text, expected) in [
            ("guichet", None),
            (" accueil-albi_2.b ", None),
            ("a", Some(LabelError::Length(1))),
            (&"a".repeat(41), Some(LabelError::Length(41))),
            ("2guichet", Some(LabelError::Character(1))),
            ("Guichet", Some(LabelError::Character(1))),
            ("gui chet", Some(LabelError::Character(4))),
            ("accès", Some(LabelError::Character(4))),
            ("local", Some(LabelError::Reserved)),
            ("platform", Some(LabelError::Reserved)),
        ] {
            assert_eq!(text.parse::<Label>().err(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_scoped_role_is_alone_and_reaches_its_own() {
        let (driver, prescriber) =
            (Scope::Volunteer(Id::new(1, [1; 10])), Scope::Prescriber(Id::new(1, [2; 10])));
        let error = |of: &[Role], scope| Rights::new(roles(of), scope).err();
        assert_eq!(error(&[], Scope::Everything), Some(RightsError::NoRole));
        assert_eq!(error(&[], driver), Some(RightsError::NoRole));
        for role in Role::ALL.iter().copied() {
            let expected = |scope| match (role, scope) {
                (Role::Driver, Scope::Volunteer(_)) | (Role::Prescriber, Scope::Prescriber(_)) => None,
                (Role::Driver, _) => Some(RightsError::DriverOfNobody),
                (Role::Prescriber, _) => Some(RightsError::PrescriberOfNobody),
                (_, Scope::Everything) => None,
                (_, _) => Some(RightsError::TooWide(role)),
            };
            for scope in [Scope::Everything, driver, prescriber] {
                assert_eq!(error(&[role], scope), expected(scope), "{role} {scope:?}");
            }
        }
        let both = [Role::Coordinator, Role::Driver];
        assert_eq!(error(&both, driver), Some(RightsError::TooWide(Role::Coordinator)));
        assert_eq!(error(&both, Scope::Everything), Some(RightsError::DriverOfNobody));
    }

    #[test]
    fn an_account_opens_until_its_last_instant_and_never_after_it_was_revoked() {
        let account = account();
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(account.standing(at(86_399)), Standing::Active);
        assert_eq!(account.standing(at(86_400)), Standing::Expired);
        let key = Key { token: TokenHash::new([2; 32]), lifetime: Lifetime::days(730).unwrap() };
        let renewed = account.renew(key, at(100_000)).unwrap();
        assert_eq!((renewed.standing(at(100_001)), renewed.revision), (Standing::Active, 2));
        let revoked = renewed.revoke(at(100_002)).unwrap();
        assert_eq!((revoked.standing(at(100_001)), revoked.revision), (Standing::Revoked, 3));
        assert_eq!(revoked.renew(key, at(100_003)), Err(AccountError::Revoked));
        assert_eq!(revoked.with_rights(revoked.rights.clone()), Err(AccountError::Revoked));
        assert_eq!(revoked.revoke(at(100_003)), Err(AccountError::Revoked));
    }

    #[test]
    fn a_password_uses_its_link_up_and_a_revoked_account_has_neither() {
        let now = Timestamp::UNIX_EPOCH;
        let linked = account().with_link(TokenHash::new([3; 32]), now).unwrap();
        assert_eq!(linked.link.unwrap().expires.as_second(), ENTRY_LINK_S);
        let hash = PasswordHash::from_phc("$argon2id$…".to_owned());
        let entered = linked.with_password(hash.clone()).unwrap();
        assert_eq!((entered.link, entered.password.as_ref(), entered.revision), (None, Some(&hash), 3));
        let revoked = entered.with_link(TokenHash::new([4; 32]), now).unwrap().revoke(now).unwrap();
        assert_eq!((revoked.link, revoked.password.clone()), (None, None));
        assert_eq!(revoked.with_link(TokenHash::new([5; 32]), now), Err(AccountError::Revoked));
        assert_eq!(revoked.with_password(hash), Err(AccountError::Revoked));
    }

    #[test]
    fn tokens_are_valid_for_a_day_to_two_years() {
        for (days, fits) in [(0, false), (1, true), (730, true), (731, false), (u32::MAX, false)] {
            assert_eq!(Lifetime::days(days).is_ok(), fits, "{days}");
        }
    }

    #[test]
    fn a_hash_is_not_printed() {
        assert!(format!("{:?}", account()).contains("TokenHash(…)"));
    }
}
