//! Every combination of what rules can say, and rules that could decide nothing.

use super::*;

const SAYS: [Option<Decision>; 3] = [None, Some(Decision::Auto), Some(Decision::Ask)];

fn node(number: u8) -> Id<NodeKind> {
    Id::new(1, [number; 10])
}

fn model(key: &str) -> ModelKey {
    key.parse().unwrap()
}

/// Rules for a model, a trust and a partner that say what is given about something, and others that concern nobody here.
fn rules(says: [Option<Decision>; 3], about: impl Fn(Option<Decision>) -> Rule) -> Rules {
    let [of_model, of_trust, of_partner] = says.map(about);
    let elsewhere = Rule {
        offering: Some(Offering::AtOnce),
        bidding: Some(Decision::Auto),
        awarding: Some(Decision::Ask),
    };
    Rules::from_iter([
        (Scope::Model("ours".to_owned()), of_model),
        (Scope::Trust(Trust::Trusted), of_trust),
        (Scope::Partner(node(1)), of_partner),
        (Scope::Model("theirs".to_owned()), elsewhere),
        (Scope::Trust(Trust::Preferred), elsewhere),
        (Scope::Partner(node(2)), elsewhere),
    ])
}

/// Every combination of what the three rules and the policy can say, with and without an agreement.
#[test]
fn the_most_specific_rule_that_says_something_decides() {
    for default in [Decision::Auto, Decision::Ask] {
        for of_model in SAYS {
            for of_trust in SAYS {
                for of_partner in SAYS {
                    let policy = Policy { bidding: default, awarding: default, ..Policy::default() };
                    let says = [of_model, of_trust, of_partner];
                    let awarding = rules(says, |awarding| Rule { awarding, ..Rule::default() });
                    let bidding = rules(says, |bidding| Rule { bidding, ..Rule::default() });
                    for trust in [None, Some(Trust::Trusted), Some(Trust::Ordinary)] {
                        let of_trust = of_trust.filter(|_| trust == Some(Trust::Trusted));
                        let expected = |of_model: Option<Decision>| {
                            let what = of_partner.or(of_trust).or(of_model).unwrap_or(default);
                            let by = match (of_partner, of_trust, of_model) {
                                (Some(_), ..) => Some(Scope::Partner(node(1))),
                                (None, Some(_), _) => Some(Scope::Trust(Trust::Trusted)),
                                (None, None, Some(_)) => Some(Scope::Model("ours".to_owned())),
                                (None, None, None) => None,
                            };
                            Decided { what, by }
                        };
                        let bidder = Some((node(1), trust));
                        let decided = awarding.awarding(&policy, &[model("ours@2")], bidder);
                        assert_eq!(decided, expected(of_model), "{says:?} {trust:?}");
                        assert_eq!(
                            bidding.bidding(&policy, (node(1), trust)),
                            expected(None),
                            "{says:?} {trust:?}"
                        );
                        // What a rule says of one question it does not say of another.
                        assert_eq!(awarding.bidding(&policy, (node(1), trust)).by, None);
                        assert_eq!(bidding.awarding(&policy, &[model("ours@1")], bidder).by, None);
                    }
                }
            }
        }
    }
}

#[test]
fn where_two_models_say_different_things_a_person_is_asked() {
    let ask = Rule { awarding: Some(Decision::Ask), ..Rule::default() };
    let rules = Rules::from_iter([(Scope::Model("b".to_owned()), ask)]);
    for models in [[model("a@1"), model("b@1")], [model("b@1"), model("a@1")]] {
        let decided = rules.awarding(&Policy::default(), &models, None);
        assert_eq!(decided, Decided { what: Decision::Ask, by: Some(Scope::Model("b".to_owned())) });
    }
    assert_eq!(rules.awarding(&Policy::default(), &[model("a@1")], None).what, Decision::Auto);
    assert_eq!(rules.awarding(&Policy::default(), &[], None).what, Decision::Auto);
}

#[test]
fn a_model_says_when_its_trips_are_offered() {
    let within = Rule { offering: Some(Offering::Within { hours: 24 }), ..Rule::default() };
    let rules = Rules::from_iter([(Scope::Model("ours".to_owned()), within)]);
    let policy = Policy { offering: Offering::AtOnce, ..Policy::default() };
    let decided = rules.offering(&policy, &model("ours@7"));
    assert_eq!(decided.what, Offering::Within { hours: 24 });
    assert_eq!(decided.by, Some(Scope::Model("ours".to_owned())));
    assert_eq!(rules.offering(&policy, &model("other@1")), Decided { what: Offering::AtOnce, by: None });
}

#[test]
fn a_trip_is_due_in_the_last_hours_before_its_pickup() {
    let pickup: Timestamp = "2026-10-06T08:00:00Z".parse().unwrap();
    let due = |offering: Offering, now: &str| offering.is_due(pickup, now.parse().unwrap());
    let day = Offering::Within { hours: 24 };
    assert!(!due(day, "2026-10-05T07:59:59Z"));
    assert!(due(day, "2026-10-05T08:00:00Z"));
    assert!(due(Offering::AtOnce, "2026-01-01T00:00:00Z"));
    assert!(!due(Offering::Ask, "2026-10-06T07:59:59Z"));
}

#[test]
fn a_rule_that_could_decide_nothing_is_refused() {
    let check = |scope: Scope, rule: Rule| rule.check(&scope).map(drop);
    let offering = |offering| Rule { offering: Some(offering), ..Rule::default() };
    let bidding = Rule { bidding: Some(Decision::Ask), ..Rule::default() };
    let awarding = Rule { awarding: Some(Decision::Ask), ..Rule::default() };
    let of_model = || Scope::Model("ours".to_owned());
    for scope in [of_model(), Scope::Trust(Trust::Ordinary), Scope::Partner(node(1))] {
        assert_eq!(check(scope.clone(), Rule::default()), Err(RuleError::Empty));
        assert_eq!(check(scope, awarding), Ok(()));
    }
    assert_eq!(check(of_model(), bidding), Err(RuleError::BiddingByModel));
    assert_eq!(check(Scope::Partner(node(1)), bidding), Ok(()));
    assert_eq!(check(Scope::Partner(node(1)), offering(Offering::Ask)), Err(RuleError::OfferingByPartner));
    assert_eq!(
        check(Scope::Trust(Trust::Preferred), offering(Offering::AtOnce)),
        Err(RuleError::OfferingByPartner)
    );
    for (hours, expected) in
        [(0, Err(RuleError::Hours)), (1, Ok(())), (720, Ok(())), (721, Err(RuleError::Hours))]
    {
        assert_eq!(check(of_model(), offering(Offering::Within { hours })), expected);
    }
}
