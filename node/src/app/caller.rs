//! Who calls a use case, and what that allows. Every door (the local interface, the console, a link in a message) makes a
//! [`Caller`] of what it checked; the use cases ask it, and the doors decide nothing.

pub use maillage_domain::account::Scope;
use maillage_domain::{
    account::{Account, TokenHash},
    ids::{AccountKind, PrescriberKind, VolunteerKind},
    roles::{Operation, Role, Roles},
};
use maillage_federation::ids::{HandoverKind, Id};
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_store::events::Actor;

use super::{handover::stand::Stand, once::Once};

/// What stands before a volunteer's identifier in the journal, where it was the volunteer's link that asked.
pub const BY_LINK: &str = "link:";

/// Somebody at this node who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    label: String,
    roles: Roles,
    scope: Scope,
    account: Option<(Id<AccountKind>, TokenHash)>,
    once: Option<Once>,
    seen: Option<(Id<HandoverKind>, Stand)>,
}

impl Caller {
    /// Whoever can read the node's data directory: every role.
    pub fn local() -> Self {
        Self::new("local", Role::ALL.iter().copied().collect(), Scope::Everything)
    }

    /// Somebody with an account; `label` names the account in the journal, at most
    /// [`maillage_store::limits::CODE_CHARS`] characters.
    pub fn new(label: impl Into<String>, roles: Roles, scope: Scope) -> Self {
        Self { label: label.into(), roles, scope, account: None, once: None, seen: None }
    }

    /// Whoever holds the token of an account.
    pub fn of_account(account: &Account) -> Self {
        let (roles, scope) = (account.rights.roles().clone(), account.rights.scope());
        Self { account: Some((account.id, account.token)), ..Self::new(account.label.as_str(), roles, scope) }
    }

    /// The volunteer of a link in a message or of own pages: told from others in the journal by the volunteer's identifier.
    pub fn by_link(volunteer: Id<VolunteerKind>) -> Self {
        Self::new(format!("{BY_LINK}{volunteer}"), [Role::Driver].into(), Scope::Volunteer(volunteer))
    }

    /// Whether one of the caller's roles may do it.
    ///
    /// # Errors
    /// `not-allowed` with the operation's code.
    pub fn check(&self, operation: Operation) -> Result<(), Refusal> {
        if operation.allows(&self.roles) { Ok(()) } else { Err(not_allowed(operation)) }
    }

    /// Whether the caller may see what concerns a volunteer: anybody of the desk, or that volunteer.
    ///
    /// # Errors
    /// `not-yours`.
    pub fn check_volunteer(&self, volunteer: Option<Id<VolunteerKind>>) -> Result<(), Refusal> {
        match self.scope {
            Scope::Everything => Ok(()),
            Scope::Volunteer(own) if volunteer == Some(own) => Ok(()),
            Scope::Volunteer(_) | Scope::Prescriber(_) => Err(not_yours()),
        }
    }

    /// Whether the caller may see what a prescriber referred: anybody of the desk, or that prescriber.
    ///
    /// # Errors
    /// `not-yours`.
    pub fn check_prescriber(&self, prescriber: Option<Id<PrescriberKind>>) -> Result<(), Refusal> {
        match self.scope {
            Scope::Everything => Ok(()),
            Scope::Prescriber(own) if prescriber == Some(own) => Ok(()),
            Scope::Volunteer(_) | Scope::Prescriber(_) => Err(not_yours()),
        }
    }

    /// Whose data the caller may see.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The caller's roles.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    /// Whether the caller has a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The account the caller came with, and the token that opened it; none for the node's owner.
    pub fn account(&self) -> Option<(Id<AccountKind>, TokenHash)> {
        self.account
    }

    /// The caller with a name for what is asked, so that asking again does nothing twice.
    #[must_use]
    pub fn asking_once(self, once: Option<Once>) -> Self {
        Self { once, ..self }
    }

    /// What the caller calls what is asked, if that was named.
    pub fn once(&self) -> Option<Once> {
        self.once
    }

    /// The caller deciding about a handover as she or he saw it, and in no other state.
    #[must_use]
    pub fn seeing(self, id: Id<HandoverKind>, stand: Stand) -> Self {
        Self { seen: Some((id, stand)), ..self }
    }

    /// The handover that the caller saw and decides about, if that was said.
    pub fn seen(&self) -> Option<(Id<HandoverKind>, Stand)> {
        self.seen
    }

    /// The account, as it signs.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The caller in the journal.
    pub fn actor(&self) -> Actor {
        Actor::Operator(self.label.clone())
    }
}

fn not_allowed(operation: Operation) -> Refusal {
    Refusal::new(RefusalKind::Forbidden, "not-allowed").with("operation", operation)
}

fn not_yours() -> Refusal {
    Refusal::new(RefusalKind::Forbidden, "not-yours")
}
