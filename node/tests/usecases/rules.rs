//! Rules beside the policy: by model, trust and partner, what the node does by itself. A person who is to be asked is asked, nobody
//! worse is chosen meanwhile, and what nobody here can drive is offered once.

mod offering;
mod spoken;

use maillage_domain::handover::{Decision, Offering, Rule, Rules, Scope};
use maillage_federation::{
    agreement::Trust,
    handover::{GiveBackReason, State},
    ids::{HandoverKind, Id},
};
use maillage_node::app::{
    agreements::Carrier,
    caller::Caller,
    handover::{candidate, concerns, origin},
    people,
    policy_rules::{self, NamedScope, rule_etag},
};
use maillage_platform::refusal::Refusal;

use crate::{
    agreements::terms,
    driving::reason,
    world::{A, B, C, DAY, World, ready},
};

const ASK: Rule = Rule { offering: None, bidding: None, awarding: Some(Decision::Ask) };
const AUTO: Rule = Rule { awarding: Some(Decision::Auto), ..ASK };
const ASK_TO_BID: Rule = Rule { awarding: None, bidding: Some(Decision::Ask), ..ASK };

impl World {
    /// Sets a rule at a node, as somebody who has seen the present one.
    pub(crate) fn rule(&self, node: usize, scope: NamedScope, rule: Rule) {
        let seen = self
            .rules(node)
            .iter()
            .find(|(known, _)| is_named(known, &scope))
            .map(|(_, rule)| rule_etag(rule));
        self.set_rule(node, scope, rule, &seen.unwrap_or_default()).unwrap();
    }

    fn set_rule(&self, node: usize, scope: NamedScope, rule: Rule, seen: &str) -> Result<Rules, Refusal> {
        ready(policy_rules::set(self.app(node), &Caller::local(), scope, rule, seen.to_owned()))
    }

    fn remove_rule(&self, node: usize, scope: NamedScope, seen: &str) -> Result<Rules, Refusal> {
        ready(policy_rules::remove(self.app(node), &Caller::local(), scope, seen.to_owned()))
    }

    fn rules(&self, node: usize) -> Rules {
        policy_rules::list(self.app(node), &Caller::local()).unwrap()
    }

    fn partner(&self, other: usize) -> NamedScope {
        NamedScope::Partner(self.id(other).to_string())
    }

    pub(crate) fn concerned(&self, node: usize) -> Vec<&'static str> {
        let (found, _) = concerns::list(self.app(node), &Caller::local(), (None, 100)).unwrap();
        found.iter().flat_map(|(_, concerns)| concerns.iter().map(|concern| concern.what.code())).collect()
    }

    fn bidders(&self, handover: Id<HandoverKind>) -> Vec<usize> {
        let bids = self.outgoing(handover).bids;
        [A, B, C].into_iter().filter(|node| bids.contains_key(&self.id(*node))).collect()
    }
}

fn is_named(scope: &Scope, named: &NamedScope) -> bool {
    let name = match named {
        NamedScope::Model(name) | NamedScope::Partner(name) => name.clone(),
        NamedScope::Trust(trust) => trust.code().to_owned(),
    };
    scope.to_string() == name
}

fn model() -> NamedScope {
    NamedScope::Model("benevoles-association".to_owned())
}

#[test]
fn a_person_is_asked_about_the_best_bid_and_nobody_worse_is_chosen() {
    let mut world = World::empty(1);
    let driver = world.volunteer(B, "81222", true);
    world.volunteer(C, "81042", true);
    world.rule(A, world.partner(B), ASK);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.bidders(handover), [B, C]);
    world.pass(60);
    assert_eq!(world.hub.state(handover), State::Open, "C could be chosen, and is worse");
    assert_eq!(world.concerned(A), ["to-choose"]);
    // Once the best one is gone, the next is the best, and may be chosen.
    ready(people::add_absence(world.app(B), &Caller::local(), driver, DAY, DAY)).unwrap();
    world.pass(1);
    world.pass(1);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(C) });
}

#[test]
fn the_coordinator_who_is_asked_chooses_whom_she_wants() {
    for chosen in [B, C] {
        let mut world = World::new();
        world.rule(A, world.partner(B), ASK);
        let (_, handover) = world.offered();
        world.settle();
        ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(chosen)))).unwrap();
        world.settle();
        assert_eq!(world.hub.state(handover), State::Held { holder: world.id(chosen) });
    }
}

#[test]
fn a_worse_bidder_who_is_to_be_asked_about_is_nothing_to_ask_about() {
    let mut world = World::new();
    world.rule(A, world.partner(C), ASK);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.concerned(A), Vec::<&str>::new());
    world.pass(11);
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

#[test]
fn who_refuses_is_followed_by_one_who_is_to_be_asked_about() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", false);
    world.volunteer(C, "81042", false);
    world.rule(A, world.partner(C), ASK);
    let (_, handover) = world.offered();
    world.settle();
    world.pass(11);
    ready(candidate::refuse_award(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
        .unwrap();
    world.settle();
    assert_eq!(world.bidders(handover), [C]);
    world.pass(60);
    assert_eq!((world.hub.state(handover), world.outgoing(handover).round), (State::Open, 2));
    assert_eq!(world.concerned(A), ["to-choose"]);
}

/// The bid was there before the rule, and the rule before the choice.
#[test]
fn a_rule_holds_from_the_moment_it_is_set_until_it_is_gone() {
    let mut world = World::new();
    world.policy(C, Decision::Ask, Decision::Ask);
    let (_, handover) = world.offered();
    world.settle();
    world.wait(11);
    world.rule(A, world.partner(B), ASK);
    assert_eq!(world.tend(A), 0);
    let seen = rule_etag(&ASK);
    world.remove_rule(A, world.partner(B), &seen).unwrap();
    assert_eq!(world.tend(A), 1);
    // Said, and not heard by the hub: the rule comes too late, and nothing is chosen twice.
    world.rule(A, world.partner(B), ASK);
    assert_eq!(world.tend(A), 0);
    world.settle();
    assert_eq!(world.hub.state(handover), State::Held { holder: world.id(B) });
}

/// C waits for its coordinator; what it offers is nearer once B's is no more.
#[test]
fn a_better_bid_that_comes_while_the_node_waits_is_the_one_that_is_asked_about() {
    let mut world = World::new();
    world.policy(B, Decision::Ask, Decision::Ask);
    world.rule(A, world.partner(B), ASK);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.bidders(handover), [C]);
    world.wait(5);
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    world.settle();
    world.pass(30);
    assert_eq!(world.hub.state(handover), State::Open);
    assert_eq!(world.concerned(A), ["to-choose"]);
}

#[test]
fn a_partner_goes_before_a_trust_and_a_trust_before_a_model() {
    let held = |rules: &dyn Fn(&World) -> Vec<(NamedScope, Rule)>| {
        let mut world = World::empty(1);
        world.volunteer(B, "81222", true);
        world.agree(A, B, terms(Carrier::Both, Trust::Preferred));
        for (scope, rule) in rules(&world) {
            world.rule(A, scope, rule);
        }
        let (_, handover) = world.offered();
        world.settle();
        world.pass(11);
        matches!(world.hub.state(handover), State::Held { .. })
    };
    let preferred = || NamedScope::Trust(Trust::Preferred);
    assert!(held(&|_| Vec::new()), "the policy");
    assert!(!held(&|_| vec![(model(), ASK)]));
    assert!(held(&|_| vec![(model(), ASK), (preferred(), AUTO)]));
    assert!(!held(&|_| vec![(model(), AUTO), (preferred(), ASK)]));
    assert!(held(&|_| vec![(NamedScope::Trust(Trust::Trusted), ASK)]), "another trust");
    assert!(held(&|world| vec![(model(), ASK), (preferred(), ASK), (world.partner(B), AUTO)]));
    assert!(!held(&|world| vec![(preferred(), AUTO), (world.partner(B), ASK)]));
    assert!(
        !held(&|world| vec![(preferred(), ASK), (world.partner(B), ASK_TO_BID)]),
        "it says nothing of it"
    );
}

#[test]
fn an_offer_that_waits_for_our_word_is_pointed_at_until_somebody_says_it() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.rule(B, world.partner(A), ASK_TO_BID);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!((world.bidders(handover), world.concerned(B)), (vec![], vec!["to-bid"]));
    let (found, _) = concerns::list(world.app(B), &Caller::local(), (None, 100)).unwrap();
    let until = found[0].1[0].until.unwrap();
    assert_eq!(until.as_millisecond(), world.incoming(B, handover).record.reply_by_ms);
    ready(candidate::place_bid(world.app(B), &Caller::local(), handover, None)).unwrap();
    assert_eq!(world.concerned(B), Vec::<&str>::new());
    world.settle();
    assert_eq!(world.bidders(handover), [B]);
}

#[test]
fn it_is_pointed_at_no_longer_than_a_bid_can_be_placed() {
    let mut world = World::empty(1);
    world.rule(B, world.partner(A), ASK_TO_BID);
    let (_, handover) = world.offered();
    world.settle();
    let left = world.incoming(B, handover).record.reply_by_ms - world.now().as_millisecond();
    world.wait(u64::try_from(left).unwrap() / 60_000 - 1);
    assert_eq!(world.concerned(B), ["to-bid"]);
    world.wait(1);
    assert_eq!(world.concerned(B), Vec::<&str>::new());
}

#[test]
fn what_waited_for_a_person_is_bid_for_once_a_rule_says_so() {
    let by_rule =
        |world: &World| world.rule(B, world.partner(A), Rule { bidding: Some(Decision::Auto), ..ASK_TO_BID });
    let by_removal = |world: &World| {
        world.remove_rule(B, world.partner(A), &rule_etag(&ASK_TO_BID)).unwrap();
    };
    for change in [&by_rule as &dyn Fn(&World), &by_removal] {
        let mut world = World::empty(1);
        world.volunteer(B, "81222", true);
        world.rule(B, world.partner(A), ASK_TO_BID);
        let (_, handover) = world.offered();
        world.settle();
        change(&world);
        assert_eq!(world.concerned(B), Vec::<&str>::new());
        world.settle();
        assert_eq!(world.bidders(handover), [B], "nobody is told any more: the node has to do it");
    }
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.policy(B, Decision::Ask, Decision::Ask);
    let (_, handover) = world.offered();
    world.settle();
    assert_eq!(world.concerned(B), ["to-bid"], "the policy asks as well");
    world.policy(B, Decision::Auto, Decision::Ask);
    world.settle();
    assert_eq!(world.bidders(handover), [B]);
}

#[test]
fn an_offer_that_is_not_for_us_is_nothing_to_look_at() {
    let mut world = World::empty(1);
    world.rule(B, world.partner(A), ASK_TO_BID);
    let trip = world.request(A, world.person(A, "always"), false)[0];
    let terms = origin::OfferTerms { agreed_only: true, ..origin::OfferTerms::default() };
    ready(origin::offer_out(world.app(A), &Caller::local(), trip, terms)).unwrap();
    world.settle();
    assert_eq!(world.concerned(B), Vec::<&str>::new());
}

#[test]
fn the_trust_of_the_agreement_decides_whether_we_bid() {
    let mut world = World::empty(1);
    world.volunteer(B, "81222", true);
    world.policy(B, Decision::Ask, Decision::Ask);
    world.rule(
        B,
        NamedScope::Trust(Trust::Trusted),
        Rule { bidding: Some(Decision::Auto), ..Rule::default() },
    );
    let (_, before) = world.offered();
    world.settle();
    assert_eq!(world.bidders(before), Vec::<usize>::new());
    world.agree(A, B, terms(Carrier::Both, Trust::Trusted));
    world.settle();
    assert_eq!(world.bidders(before), [B], "the agreement is news for what waits");
}

#[test]
fn what_comes_back_is_offered_again_where_the_node_may_choose() {
    let state = |awarding: Option<Decision>, offering| {
        let mut world = World::new();
        let rule = Rule { awarding, offering, ..Rule::default() };
        if rule != Rule::default() {
            world.rule(A, model(), rule);
        }
        let (_, handover) = world.offered();
        world.settle();
        ready(origin::award(world.app(A), &Caller::local(), handover, Some(world.id(B)))).unwrap();
        world.settle();
        ready(candidate::release(world.app(B), &Caller::local(), handover, GiveBackReason::NoDriver))
            .unwrap();
        world.settle();
        world.hub.state(handover)
    };
    assert_eq!(state(None, None), State::Open);
    assert_eq!(state(Some(Decision::Ask), None), State::Withdrawn);
    assert_eq!(
        state(Some(Decision::Ask), Some(Offering::AtOnce)),
        State::Withdrawn,
        "once, and now it is hers"
    );
}

#[test]
fn what_is_no_rule_is_refused_and_says_why() {
    let world = World::empty(1);
    let refused = |scope: NamedScope, rule: Rule| reason(world.set_rule(A, scope, rule, "").map(drop));
    let offering = Rule { offering: Some(Offering::AtOnce), ..Rule::default() };
    let hours = Rule { offering: Some(Offering::Within { hours: 0 }), ..Rule::default() };
    assert_eq!(refused(model(), Rule::default()), "policy-rule-empty");
    assert_eq!(refused(model(), ASK_TO_BID), "policy-rule-bidding");
    assert_eq!(refused(world.partner(B), offering), "policy-rule-offering");
    assert_eq!(refused(model(), hours), "policy-offering-hours");
    assert_eq!(refused(NamedScope::Model("benevoles-association@1".to_owned()), ASK), "policy-rule-model");
    assert_eq!(refused(NamedScope::Partner("200066868".to_owned()), ASK), "desk-unknown");
    assert_eq!(refused(world.partner(A), ASK), "policy-rule-oneself");
    assert_eq!(refused(NamedScope::Partner("200034049".to_owned()), ASK), "accepted");
    assert_eq!(world.rules(A).len(), 1);
    assert_eq!(reason(world.remove_rule(A, model(), "").map(drop)), "policy-rule-unknown");
}

#[test]
fn a_rule_is_replaced_or_taken_out_only_by_somebody_who_has_seen_it() {
    let world = World::empty(1);
    let set = |rule: Rule, seen: &str| reason(world.set_rule(A, world.partner(B), rule, seen).map(drop));
    let remove = |seen: &str| reason(world.remove_rule(A, world.partner(B), seen).map(drop));
    assert_eq!(set(ASK, ""), "accepted");
    assert_eq!(set(ASK, ""), "accepted", "the same again is no change");
    assert_eq!(set(AUTO, ""), "etag-missing");
    assert_eq!(set(AUTO, &rule_etag(&AUTO)), "changed-meanwhile");
    assert_eq!(set(AUTO, &rule_etag(&ASK)), "accepted");
    assert_eq!((remove(""), remove(&rule_etag(&ASK))), ("etag-missing".into(), "changed-meanwhile".into()));
    assert_eq!(remove(&rule_etag(&AUTO)), "accepted");
    assert_eq!(remove(&rule_etag(&AUTO)), "policy-rule-unknown");
}
