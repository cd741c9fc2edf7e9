//! The catalogue of participation models and its limits. Must never know a node.

use std::collections::BTreeSet;

use super::*;

#[test]
fn the_embedded_catalogue_reads_and_keeps_the_models_it_had() {
    let catalogue = Catalogue::embedded().unwrap();
    assert_eq!(catalogue.version, 2);
    for key in ["benevoles-association@1", "hybride-guichet@1", "service-prescription@1"] {
        assert!(catalogue.model(&key.parse().unwrap()).is_some(), "{key}");
    }
    let rates = catalogue.models.iter().flat_map(|model| {
        let quotients = [None, Some(0), Some(700), Some(5_000)];
        quotients.map(|quotient| (&model.key, model.contribution.tariff(quotient)))
    });
    for (key, tariff) in rates {
        if let Tariff::PerKilometre { rate_cents, .. } = tariff {
            assert!(rate_cents <= 32, "{key} asks more than 0.32 € per km");
        }
    }
}

/// The word of an axis, as the catalogue writes it.
fn axis(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap();
    let word = value.as_str().map(str::to_owned);
    word.unwrap_or_else(|| value.as_object().unwrap().keys().next().unwrap().clone())
}

/// The models can be compared axis by axis only if every value of every axis is there.
#[test]
fn every_value_of_every_axis_is_in_the_catalogue() {
    let catalogue = Catalogue::embedded().unwrap();
    let seen =
        |name: fn(&Model) -> String| -> BTreeSet<String> { catalogue.models.iter().map(name).collect() };
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    let roles = set(&["carrier", "funder", "partner-in-kind", "shared-platform"]);
    assert_eq!(seen(|model| axis(model.territory_role)), roles);
    let workforces = set(&["hybrid", "peers", "professionals", "volunteers"]);
    assert_eq!(seen(|model| axis(model.workforce)), workforces);
    let contributions = set(&["donation", "flat", "free", "income-brackets", "membership", "per-kilometre"]);
    assert_eq!(seen(|model| axis(&model.contribution)), contributions);
    assert_eq!(seen(|model| axis(model.compensation)), set(&["fiscal-scale", "flat", "waived"]));
    assert_eq!(seen(|model| axis(model.access)), set(&["open", "prescription-only", "single-desk"]));
}

#[test]
fn brackets_reach_to_their_end_and_an_unknown_quotient_pays_as_the_last() {
    let flat = |amount_cents| Tariff::Flat { amount_cents };
    let bracket = |up_to_euros, cents| Bracket { up_to_euros, tariff: flat(cents) };
    let brackets = vec![bracket(Some(400), 100), bracket(Some(800), 200), bracket(None, 400)];
    let contribution = Contribution::IncomeBrackets { brackets };
    for (quotient, cents) in
        [(Some(0), 100), (Some(400), 100), (Some(401), 200), (Some(800), 200), (Some(801), 400), (None, 400)]
    {
        assert_eq!(contribution.tariff(quotient), flat(cents), "{quotient:?}");
    }
    let member = Contribution::Membership { yearly_cents: 1_000, then: Box::new(contribution) };
    assert_eq!(member.tariff(Some(1)), flat(100));
    assert_eq!(member.yearly_cents(), Some(1_000));
}

#[test]
fn a_model_that_makes_no_sense_is_refused() {
    let model = |contribution| Model { contribution, ..Catalogue::embedded().unwrap().models[0].clone() };
    let bracket = |up_to_euros| Bracket { up_to_euros, tariff: Tariff::Free };
    let brackets = |ends: &[Option<u32>]| Contribution::IncomeBrackets {
        brackets: ends.iter().map(|end| bracket(*end)).collect(),
    };
    for ends in [&[][..], &[Some(1)], &[None, None], &[Some(2), Some(2), None], &[Some(3), Some(2), None]] {
        assert_eq!(model(brackets(ends)).check(), Err(ModelError::Brackets), "{ends:?}");
    }
    assert_eq!(model(brackets(&[Some(0), None])).check(), Ok(()));
    let member = |then| Contribution::Membership { yearly_cents: 1, then: Box::new(then) };
    assert_eq!(model(member(member(Contribution::Free))).check(), Err(ModelError::NestedMembership));
    let dear = Contribution::Flat { amount_cents: AMOUNT_CENTS + 1 };
    assert_eq!(model(member(dear)).check(), Err(ModelError::Amount(AMOUNT_CENTS + 1)));
}

#[test]
fn a_territory_sets_amounts_that_the_model_has_and_no_others() {
    let catalogue = Catalogue::embedded().unwrap();
    let model = |key: &str| catalogue.model(&key.parse().unwrap()).unwrap();
    let km = model("benevoles-association@1");
    let local = LocalAmounts { rate_cents: Some(20), cap_cents: Some(900), ..LocalAmounts::default() };
    let set = km.with_local(&local).unwrap();
    let expected = Tariff::PerKilometre { rate_cents: 20, cap_cents: Some(900) };
    assert_eq!(set.contribution.tariff(None), expected);
    assert_eq!(km.with_local(&LocalAmounts::default()).as_ref(), Ok(km));
    let flat = LocalAmounts { flat_cents: Some(100), ..LocalAmounts::default() };
    assert_eq!(km.with_local(&flat), Err(ModelError::NotOfModel("amount per trip")));
    let yearly = LocalAmounts { yearly_cents: Some(100), ..LocalAmounts::default() };
    assert_eq!(km.with_local(&yearly), Err(ModelError::NotOfModel("membership")));
    let paid = LocalAmounts { compensation_cents: Some(35), ..LocalAmounts::default() };
    assert!(km.with_local(&paid).is_ok());
    let scale = model("hybride-guichet@1");
    assert_eq!(scale.with_local(&paid), Err(ModelError::NotOfModel("compensation")));
    let dear = LocalAmounts { flat_cents: Some(AMOUNT_CENTS + 1), ..LocalAmounts::default() };
    assert_eq!(scale.with_local(&dear), Err(ModelError::Amount(AMOUNT_CENTS + 1)));
}

#[test]
fn keys_read_back_and_wrong_ones_are_refused() {
    let key: ModelKey = "hybride-guichet@2".parse().unwrap();
    assert_eq!(key.to_string(), "hybride-guichet@2");
    for text in ["hybride", "@1", "Hybride@1", "hybride@", "hybride@01", "hybride@0", "hybride@70000"] {
        assert_eq!(text.parse::<ModelKey>(), Err(ModelKeyError), "{text}");
    }
}

#[test]
fn a_double_model_is_refused() {
    let mut catalogue = Catalogue::embedded().unwrap();
    catalogue.models.insert(0, catalogue.models[0].clone());
    let json = serde_json::to_string(&catalogue).unwrap();
    assert!(matches!(Catalogue::parse(&json), Err(CatalogueError::Order(_))));
}

#[test]
fn a_territory_sets_its_own_thresholds_and_what_an_hour_costs() {
    let catalogue = Catalogue::embedded().unwrap();
    let by_income = catalogue.model(&"quotient-familial@1".parse().unwrap()).unwrap();
    let bracket = |up_to_euros, amount_cents| Bracket { up_to_euros, tariff: Tariff::Flat { amount_cents } };
    let own = |brackets: Vec<Bracket>| LocalAmounts { brackets, ..LocalAmounts::default() };
    let set = by_income.with_local(&own(vec![bracket(Some(650), 100), bracket(None, 400)])).unwrap();
    assert_eq!(set.contribution.tariff(Some(650)), Tariff::Flat { amount_cents: 100 });
    assert_eq!(set.contribution.tariff(Some(651)), Tariff::Flat { amount_cents: 400 });
    assert_eq!(set.contribution.tariff(None), Tariff::Flat { amount_cents: 400 });
    let open = by_income.with_local(&own(vec![bracket(Some(650), 100)]));
    assert_eq!(open, Err(ModelError::Brackets));
    let dear = by_income.with_local(&own(vec![bracket(None, AMOUNT_CENTS + 1)]));
    assert_eq!(dear, Err(ModelError::Amount(AMOUNT_CENTS + 1)));
    let other = catalogue.models.iter().find(|model| model.contribution == Contribution::Free).unwrap();
    let refused = other.with_local(&own(vec![bracket(None, 100)]));
    assert_eq!(refused, Err(ModelError::NotOfModel("brackets")));
    let hourly = LocalAmounts { hourly_cents: Some(2_200), ..LocalAmounts::default() };
    assert_eq!(other.with_local(&hourly).unwrap().hourly_cents, Some(2_200));
}
