//! Rules beside the policy of handovers: what the node does by itself may differ by participation model, by how far a partner is
//! trusted, and by partner. Of those that say something about a question the most specific one decides; where none does, the policy.
//! Must never hold a rule that could decide nothing.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};
use maillage_federation::{
    agreement::Trust,
    ids::{Id, NodeKind},
    models::ModelKey,
};

use super::{Decision, Policy};

/// A trip is offered at the earliest so long before its pickup, in hours: 30 days. Where that is not enough there is
/// [`Offering::AtOnce`].
const LONGEST_H: u32 = 30 * 24;

/// When a trip that nobody here can drive is offered to the neighbours by the node itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Offering {
    /// Never: the coordinator is asked.
    #[default]
    Ask,
    /// As soon as it is known.
    AtOnce,
    /// In the last hours before its pickup.
    Within {
        /// So many.
        hours: u32,
    },
}

/// What a rule is for. A later one in this order is more specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Trips served under a participation model, by its id: in every version.
    Model(String),
    /// Partners with whom the agreement that counts says so.
    Trust(Trust),
    /// A member of the federation, or a partner without a node.
    Partner(Id<NodeKind>),
}

/// What a rule says; it need not say something about everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rule {
    /// When to offer what nobody here can drive.
    pub offering: Option<Offering>,
    /// Propose our drivers for a neighbour's offer.
    pub bidding: Option<Decision>,
    /// Choose a bidder.
    pub awarding: Option<Decision>,
}

/// Why a rule is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It says nothing at all.
    #[error("a rule has to say something")]
    Empty,
    /// Who will answer an offer is not known when it is made.
    #[error("whether to offer a trip cannot depend on who will carry it")]
    OfferingByPartner,
    /// An offer does not say under which model its trips are served.
    #[error("a neighbour's offer does not say under which model it is served")]
    BiddingByModel,
    /// Too few or too many hours.
    #[error("a trip is offered between 1 hour and 30 days before its pickup")]
    Hours,
}

/// The rules of a node, by what they are for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(BTreeMap<Scope, Rule>);

/// What was decided, and which rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<T> {
    /// What.
    pub what: T,
    /// What the rule is for; `None`: no rule says anything, the policy decides.
    pub by: Option<Scope>,
}

impl Offering {
    /// Checks the range.
    ///
    /// # Errors
    /// `Hours`.
    pub fn check(self) -> Result<Self, RuleError> {
        match self {
            Self::Within { hours } if !(1..=LONGEST_H).contains(&hours) => Err(RuleError::Hours),
            Self::Ask | Self::AtOnce | Self::Within { .. } => Ok(self),
        }
    }

    /// Whether a trip that nobody here can drive is to be offered now.
    pub fn is_due(self, pickup: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Ask => false,
            Self::AtOnce => true,
            Self::Within { hours } => pickup.duration_since(now) <= SignedDuration::from_hours(hours.into()),
        }
    }

    /// Its name in messages to programs; the hours are told apart.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::AtOnce => "at-once",
            Self::Within { .. } => "within",
        }
    }
}

impl Decision {
    /// Its name in messages to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ask => "ask",
        }
    }
}

impl Scope {
    /// Its kind in messages to people and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Model(_) => "model",
            Self::Trust(_) => "trust",
            Self::Partner(_) => "partner",
        }
    }
}

/// Which model, trust or partner, as programs name it.
impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(id) => formatter.write_str(id),
            Self::Trust(trust) => formatter.write_str(trust.code()),
            Self::Partner(id) => write!(formatter, "{id}"),
        }
    }
}

impl Rule {
    /// Whether this is a rule for something.
    ///
    /// # Errors
    /// Why not.
    pub fn check(self, scope: &Scope) -> Result<Self, RuleError> {
        if self == Self::default() {
            return Err(RuleError::Empty);
        }
        match scope {
            Scope::Model(_) if self.bidding.is_some() => return Err(RuleError::BiddingByModel),
            Scope::Trust(_) | Scope::Partner(_) if self.offering.is_some() => {
                return Err(RuleError::OfferingByPartner);
            }
            Scope::Model(_) | Scope::Trust(_) | Scope::Partner(_) => {}
        }
        self.offering.map_or(Ok(Offering::Ask), Offering::check)?;
        Ok(self)
    }
}

impl FromIterator<(Scope, Rule)> for Rules {
    fn from_iter<I: IntoIterator<Item = (Scope, Rule)>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl Rules {
    /// Puts a rule in the place of the one that is for the same, if there is one.
    pub fn set(&mut self, scope: Scope, rule: Rule) {
        self.0.insert(scope, rule);
    }

    /// Takes a rule out; gives it.
    pub fn remove(&mut self, scope: &Scope) -> Option<Rule> {
        self.0.remove(scope)
    }

    /// The rule for something.
    pub fn get(&self, scope: &Scope) -> Option<&Rule> {
        self.0.get(scope)
    }

    /// Every rule, the least specific first.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &Rule)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When a trip that nobody here can drive is offered by the node itself.
    pub fn offering(&self, policy: &Policy, model: &ModelKey) -> Decided<Offering> {
        self.decide([of_model(model)], |rule| rule.offering, policy.offering)
    }

    /// Whether the node proposes our drivers for an offer by itself; `trust` is that of the agreement under which it would be
    /// carried, if there is one.
    pub fn bidding(
        &self,
        policy: &Policy,
        (origin, trust): (Id<NodeKind>, Option<Trust>),
    ) -> Decided<Decision> {
        let scopes = std::iter::once(Scope::Partner(origin)).chain(trust.map(Scope::Trust));
        self.decide(scopes, |rule| rule.bidding, policy.bidding)
    }

    /// Whether the node may choose a bidder by itself, for trips that are served under these models; `trust` is that of the agreement
    /// that its bid names. Where the models say different things, a person is asked.
    pub fn awarding<'a>(
        &self,
        policy: &Policy,
        models: impl IntoIterator<Item = &'a ModelKey>,
        bidder: Option<(Id<NodeKind>, Option<Trust>)>,
    ) -> Decided<Decision> {
        let partner = bidder.map(|(bidder, _)| Scope::Partner(bidder));
        let trust = bidder.and_then(|(_, trust)| trust).map(Scope::Trust);
        let of_bidder: Vec<Scope> = partner.into_iter().chain(trust).collect();
        let of = |model: Option<&ModelKey>| {
            let scopes = of_bidder.iter().cloned().chain(model.map(of_model));
            self.decide(scopes, |rule| rule.awarding, policy.awarding)
        };
        let mut decided: Vec<_> = models.into_iter().map(|model| of(Some(model))).collect();
        decided.sort_by_key(|decided| decided.what == Decision::Auto);
        decided.into_iter().next().unwrap_or_else(|| of(None))
    }

    /// What the first of some scopes says that says something; they come from the most specific on.
    fn decide<T>(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        says: impl Fn(&Rule) -> Option<T>,
        otherwise: T,
    ) -> Decided<T> {
        let said = scopes.into_iter().find_map(|scope| {
            let what = self.0.get(&scope).and_then(&says)?;
            Some(Decided { what, by: Some(scope) })
        });
        said.unwrap_or(Decided { what: otherwise, by: None })
    }
}

fn of_model(model: &ModelKey) -> Scope {
    Scope::Model(model.id().to_owned())
}
