//! What the node does by itself about one trip, offer or bid, and which rule says so: the policy, and the rules by model, trust and
//! partner beside it. Must never choose a worse bid because a person is asked about a better one.

use jiff::Timestamp;
use maillage_domain::{
    handover::{Decided, Decision, Incoming, Offering, Outgoing, Policy, Rules, Scope},
    person::Sharing,
    trip::Trip,
};
use maillage_engine::{Transaction, View};
use maillage_federation::{
    ids::{Id, NodeKind},
    models::ModelKey,
};
use maillage_store::{handover_rules::HandoverRules, handovers, persons, settings as stored, trips};

use super::{Desk, arbiter, notices::consider, recovery};
use crate::app::{Aborted, App, agreements, relays, settings};

/// The policy, and the rules beside it.
#[derive(Debug, Clone)]
pub struct Deciding {
    /// What holds where no rule says anything.
    pub policy: Policy,
    /// The rules.
    pub rules: Rules,
}

impl Deciding {
    /// What is set at this node.
    ///
    /// # Errors
    /// The store.
    pub fn load(view: &dyn View) -> Result<Self, Aborted> {
        let rules = stored::find::<HandoverRules>(view)?.unwrap_or_default().rules()?;
        Ok(Self { policy: settings::policy(view)?, rules })
    }

    /// When a trip that nobody here can drive is offered.
    pub fn offering(&self, trip: &Trip) -> Decided<Offering> {
        self.rules.offering(&self.policy, &trip.terms.model)
    }

    /// Whether our drivers are proposed for an offer; `me` is this node.
    ///
    /// # Errors
    /// The store.
    pub fn bidding(
        &self,
        view: &dyn View,
        me: Id<NodeKind>,
        incoming: &Incoming,
    ) -> Result<Decided<Decision>, Aborted> {
        let trust = agreements::trust_to_carry(view, (me, incoming.origin), &incoming.offer)?;
        Ok(self.rules.bidding(&self.policy, (incoming.origin, trust)))
    }

    /// Whether a bidder may be chosen; without one, whether anybody may be for whom no rule says otherwise.
    ///
    /// # Errors
    /// The store.
    pub fn awarding(
        &self,
        view: &dyn View,
        outgoing: &Outgoing,
        bidder: Option<Id<NodeKind>>,
    ) -> Result<Decided<Decision>, Aborted> {
        let trust = agreements::trusting(view, outgoing)?;
        let names = |bidder| outgoing.bids.get(&bidder).is_some_and(|bid| bid.agreement.is_some());
        // What it names is not in force any more: what the two have agreed, a person has to say.
        let without = bidder.is_some_and(|bidder| names(bidder) && !trust.contains_key(&bidder));
        let bidder = bidder.map(|bidder| (bidder, trust.get(&bidder).copied()));
        let decided = self.rules.awarding(&self.policy, &models(view, outgoing)?, bidder);
        let is_named = matches!(decided.by, Some(Scope::Partner(_)));
        Ok(if without && !is_named { Decided { what: Decision::Ask, ..decided } } else { decided })
    }

    /// The bidder that this node chooses by itself now. If a rule wants a person to be asked about the best one, nobody is chosen,
    /// however many others could be: the coordinator decides among all of them.
    ///
    /// # Errors
    /// The store.
    pub fn winner(
        &self,
        view: &dyn View,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Option<Id<NodeKind>>, Aborted> {
        let Some(best) = self.eligible(view, outgoing, now)? else { return Ok(None) };
        // Nobody is brought half of the way: for the other stage somebody has to be found, or be chosen just as well.
        let chosen = |view: &dyn View, other: &Outgoing| Ok(self.eligible(view, other, now)?.is_some());
        let found = relays::others_are_found(view, outgoing, chosen)?;
        Ok(Some(best).filter(|_| found))
    }

    fn eligible(
        &self,
        view: &dyn View,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Option<Id<NodeKind>>, Aborted> {
        let trust = agreements::trusting(view, outgoing)?;
        let Some(best) = self.policy.choice(outgoing, &trust, now) else { return Ok(None) };
        // Where a restored node no longer knows what it told its partners, it chooses nobody.
        let asks = self.awarding(view, outgoing, Some(best))?.what == Decision::Ask
            || arbiter::is_in_doubt(view, outgoing.handover)?;
        Ok(Some(best).filter(|_| !asks))
    }

    /// Whether a trip that a neighbour gave back is offered again at once: where the node may choose by itself who carries it, and
    /// nobody who is to travel has said meanwhile that no neighbour may.
    ///
    /// # Errors
    /// The store.
    pub fn offers_again(&self, view: &dyn View, outgoing: &Outgoing) -> Result<bool, Aborted> {
        for id in &outgoing.trips {
            let person = trips::find(view, *id)?.and_then(|trip| trip.person());
            let person = person.map(|person| persons::find(view, person)).transpose()?.flatten();
            if person.is_some_and(|person| person.details.sharing == Sharing::Never) {
                return Ok(false);
            }
        }
        Ok(self.awarding(view, outgoing, None)?.what == Decision::Auto)
    }
}

/// The models that the trips of a handover are served under.
fn models(view: &dyn View, outgoing: &Outgoing) -> Result<Vec<ModelKey>, Aborted> {
    let mut models = Vec::new();
    for id in &outgoing.trips {
        models.extend(trips::find(view, *id)?.map(|trip| trip.terms.model));
    }
    Ok(models)
}

/// Offers that we did not bid for may be worth a bid by what is set now: whoever was to be asked about them is not any more.
///
/// # Errors
/// The store.
pub(in crate::app) fn reconsider(app: &App, transaction: &mut Transaction<'_>) -> Result<(), Aborted> {
    if app.link.membership().is_none() || recovery::is_to_reconcile(transaction)? {
        return Ok(());
    }
    let mut desk = Desk::open(app, transaction)?;
    for incoming in handovers::open_incoming(desk.transaction, desk.membership.me)? {
        consider(&mut desk, incoming)?;
    }
    Ok(())
}
