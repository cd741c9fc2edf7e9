//! What an account of the team is, and what may become of it. Pure: no store, clock or hash is made here. It must never print a password's hash.

use std::{fmt, str::FromStr};

use crate::{
    limits,
    refusals::{self, Reason},
};

/// By which one signs in: small letters, digits, dots and hyphens, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColleagueName(String);

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Looks at everything.
    Reader,
    /// Also invites territories, and decides whether reports and declared accounts count.
    Operator,
}

/// What takes a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To look.
    See,
    /// To invite a territory, and to take an invitation back.
    Invite,
    /// To decide whether a report or declared accounts count.
    Decide,
}

/// A password as it is kept: a salted, slow hash in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A one-time link by which a password is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryLink {
    /// Hash of its secret.
    pub hash: [u8; 32],
    /// Not accepted from then on, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// An account of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// By which one signs in.
    pub name: ColleagueName,
    /// First and last name, told with what this person decides.
    pub full_name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_at_ms: i64,
    /// None before one was chosen.
    pub password: Option<PasswordHash>,
    /// The link that is open.
    pub link: Option<EntryLink>,
    /// Whether it has ended, for good.
    pub revoked: bool,
}

/// What is asked for with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// First and last name, if that is new.
    pub full_name: Option<String>,
    /// The role, if that is new.
    pub role: Option<Role>,
    /// The link.
    pub link: EntryLink,
    /// Now, milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// Something that was done by somebody of the team, or by a command on the hub's machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who.
    pub by: Doer,
    /// What.
    pub what: DeedKind,
    /// About whom or what: a name of an account, a territory, a node, a report. Nothing about a person who is accompanied.
    pub about: String,
}

/// Who has done something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// Somebody signed in, by full name and account.
    Colleague(String),
    /// Whoever gave a command on the hub's machine, by the name that was typed or that the machine knows; empty if there is none.
    Command(String),
}

macro_rules! deeds {
    ($($(#[$text:meta])* $name:ident = $code:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum DeedKind {
            $($(#[$text])* $name,)*
        }

        impl DeedKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its code, as it is stored.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

deeds! {
    /// A link was given out.
    Linked = "linked";
    /// A password was chosen by a link.
    Entered = "entered";
    /// A password was changed by whoever has it.
    PasswordChanged = "password-changed";
    /// Somebody signed in.
    SignedIn = "signed-in";
    /// An account was ended.
    ColleagueRevoked = "colleague-revoked";
    /// A territory was invited.
    Invited = "invited";
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation-withdrawn";
    /// A node was revoked.
    NodeRevoked = "node-revoked";
    /// A report was left out of every figure.
    Quarantined = "quarantined";
    /// A report counts again.
    Lifted = "lifted";
    /// What a node has declared about a year was left out of every figure.
    AccountsQuarantined = "accounts-quarantined";
    /// What a node has declared about a year counts again.
    AccountsLifted = "accounts-lifted";
}

impl Doer {
    /// Whoever gives a command, by a name that is typed: as much of it as fits on a line.
    pub fn command(typed: &str) -> Self {
        let line = typed.trim().chars().filter(|letter| !letter.is_control());
        Self::Command(line.take(limits::DECIDER_CHARS).collect())
    }
}

impl ColleagueName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ColleagueName {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        let text = text.trim();
        let fits = |(place, letter): (usize, char)| {
            letter.is_ascii_lowercase()
                || (place > 0 && (letter.is_ascii_digit() || matches!(letter, '.' | '-')))
        };
        let is_name =
            (2..=limits::COLLEAGUE_NAME_CHARS).contains(&text.len()) && text.chars().enumerate().all(fits);
        if is_name { Ok(Self(text.to_owned())) } else { Err(refusals::COLLEAGUE_NAME) }
    }
}

impl fmt::Display for ColleagueName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Reader, Self::Operator];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Operator => "operator",
        }
    }

    /// Whether it may do something.
    pub fn allows(self, act: Act) -> bool {
        match (self, act) {
            (Self::Operator, _) | (Self::Reader, Act::See) => true,
            (Self::Reader, Act::Invite | Act::Decide) => false,
        }
    }
}

impl FromStr for Role {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        Self::ALL.into_iter().find(|role| role.code() == text.trim()).ok_or(refusals::COLLEAGUE_ROLE)
    }
}

impl PasswordHash {
    /// A hash in the PHC string format, as it was made or stored.
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// Its PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

impl Colleague {
    /// An account that gets a link: a new one, or one that is there. The link before is worth nothing any more.
    ///
    /// # Errors
    /// The account has ended; a new one without a full name.
    pub fn linked(known: Option<Self>, name: ColleagueName, wish: Wish) -> Result<Self, Reason> {
        let Wish { full_name, role, link, now_ms } = wish;
        let known = match known {
            Some(known) if known.revoked => return Err(refusals::COLLEAGUE_REVOKED),
            Some(known) => known,
            None => Self {
                name,
                full_name: full_name.clone().ok_or(refusals::COLLEAGUE_FULL_NAME)?,
                role: Role::Reader,
                made_at_ms: now_ms,
                password: None,
                link: None,
                revoked: false,
            },
        };
        Ok(Self {
            full_name: full_name.unwrap_or(known.full_name),
            role: role.unwrap_or(known.role),
            link: Some(link),
            ..known
        })
    }

    /// With a password that was chosen by a link, which is used up.
    #[must_use]
    pub fn with_password(self, password: PasswordHash) -> Self {
        Self { password: Some(password), link: None, ..self }
    }

    /// Ended: no password and no link opens it any more.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { password: None, link: None, revoked: true, ..self }
    }

    /// The code of how it stands.
    pub fn state(&self) -> &'static str {
        match (self.revoked, &self.password) {
            (true, _) => "revoked",
            (false, Some(_)) => "active",
            (false, None) => "invited",
        }
    }

    /// Who it is, as it is noted down.
    pub fn signature(&self) -> Doer {
        Doer::Colleague(format!("{} ({})", self.full_name, self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(full_name: Option<&str>, role: Option<Role>) -> Wish {
        let link = EntryLink { hash: [1; 32], expires_at_ms: 9 };
        Wish { full_name: full_name.map(str::to_owned), role, link, now_ms: 5 }
    }

    #[test]
    fn an_account_is_made_by_its_first_link_and_ends_for_good() {
        let name: ColleagueName = "claire.exemple".parse().unwrap();
        let nameless = Colleague::linked(None, name.clone(), wish(None, None));
        assert_eq!(nameless, Err(refusals::COLLEAGUE_FULL_NAME));
        let made = Colleague::linked(None, name.clone(), wish(Some("Claire Exemple"), None)).unwrap();
        assert_eq!((made.role, made.state(), made.made_at_ms), (Role::Reader, "invited", 5));
        let entered = made.with_password(PasswordHash::from_phc("secret".to_owned()));
        assert_eq!((entered.state(), entered.link), ("active", None));
        assert!(!format!("{entered:?}").contains("secret"));
        let again = Colleague::linked(Some(entered), name.clone(), wish(None, Some(Role::Operator))).unwrap();
        assert_eq!(
            (again.full_name.as_str(), again.role, again.state()),
            ("Claire Exemple", Role::Operator, "active")
        );
        let ended = again.ended();
        assert_eq!((ended.state(), &ended.password, ended.link), ("revoked", &None, None));
        assert_eq!(Colleague::linked(Some(ended), name, wish(None, None)), Err(refusals::COLLEAGUE_REVOKED));
    }

    #[test]
    fn names_are_plain_and_roles_know_their_limits() {
        for (text, fits) in [
            ("claire", true),
            ("c2", true),
            (" jean-paul.b ", true),
            ("c", false),
            ("2c", false),
            ("Claire", false),
            ("é.b", false),
            ("a/b", false),
            ("", false),
            (&"a".repeat(41), false),
        ] {
            assert_eq!(text.parse::<ColleagueName>().is_ok(), fits, "{text:?}");
        }
        assert!(Role::Reader.allows(Act::See) && Role::Operator.allows(Act::See));
        for act in [Act::Invite, Act::Decide] {
            assert!(!Role::Reader.allows(act) && Role::Operator.allows(act), "{act:?}");
        }
    }
}
