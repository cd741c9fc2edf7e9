//! The engine case by case, with the article each answer must name. The communes are made up: a rural one, a small urban
//! unit of 11 999, one of exactly 12 000, a large one, with and without interchange.

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::money::Cents;

const RURAL: Area = Area::Rural;
const SMALL: Area = unit(11_999, Interchange::None);
const LIMIT: Area = unit(12_000, Interchange::None);
const LARGE: Area = unit(75_000, Interchange::None);
const STATION: Area = unit(75_000, Interchange::Named { neighbouring: true });
const MAYBE_STATION: Area = unit(75_000, Interchange::InCommune { neighbouring: true });
const FAR_STATION: Area = unit(75_000, Interchange::Named { neighbouring: false });
const FAR_MAYBE: Area = unit(75_000, Interchange::InCommune { neighbouring: false });

const fn unit(population: u32, interchange: Interchange) -> Area {
    Area::Unit { population, interchange }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A trip of 20 km between rural communes, for somebody who lives in one, with an association: everything fits.
fn facts() -> TripFacts {
    TripFacts {
        on: day("2026-10-05"),
        carrier: Some(CarrierFacts { form: CarrierForm::Association, private_service: false }),
        residence: Some(RURAL),
        pickup: RURAL,
        dropoff: RURAL,
        grounds: Vec::new(),
        member: false,
        distance_m: 20_000,
        places: None,
        contribution: None,
        own_trip: false,
        in_territory: true,
    }
}

fn held(code: &str) -> HeldGround {
    HeldGround { code: code.to_owned(), from: day("2026-01-01"), until: None }
}

fn until(code: &str, last: &str) -> HeldGround {
    HeldGround { until: Some(day(last)), ..held(code) }
}

fn carried_by(form: CarrierForm) -> impl Fn(&mut TripFacts) {
    move |facts| facts.carrier = Some(CarrierFacts { form, private_service: false })
}

/// `verdict frame ground`, and then every expected reason as `code article`; others may be there too.
fn check(name: &str, expected: &str, reasons: &[&str], change: impl FnOnce(&mut TripFacts)) {
    let mut facts = facts();
    change(&mut facts);
    let decision = evaluate(Rules::embedded(), &facts);
    let frame = decision.frame.map_or("none", Frame::code);
    let ground = decision.ground.as_ref().map_or_else(|| "none".to_owned(), Ground::written);
    assert_eq!(format!("{} {frame} {ground}", decision.verdict), expected, "{name}: {:#?}", decision.reasons);
    for reason in reasons {
        let said = decision.reasons.iter().map(|said| format!("{} {}", said.code, said.article));
        let said: Vec<String> = said.collect();
        assert!(said.contains(&(*reason).to_owned()), "{name}: {reason} is not in {said:?}");
    }
}

const BY_HOME: &str = "within tus residence";
const RSA: &str = "within tus resources:rsa";
const OUT: &str = "outside none none";

#[test]
fn by_residence() {
    let rural = "residence-rural R.3133-1, 1°";
    let small = "residence-small-unit R.3133-1, 1°";
    let large = "residence-large-unit R.3133-1, 1°";
    let inside = "perimeter-within R.3133-4";
    let outside = "perimeter-over R.3133-4";
    check("rural everywhere", BY_HOME, &[rural, inside, "carrier-association L.3133-1"], |_| {});
    check("home in a small unit", BY_HOME, &[small, inside], |f| f.residence = Some(SMALL));
    check("home in a unit of 12 000", OUT, &[large], |f| f.residence = Some(LIMIT));
    check("home in a large unit", OUT, &[large], |f| f.residence = Some(LARGE));
    check("to a small unit", BY_HOME, &[inside], |f| f.dropoff = SMALL);
    check("from a small unit", BY_HOME, &[inside], |f| f.pickup = SMALL);
    check("between small units", BY_HOME, &[inside], |f| (f.pickup, f.dropoff) = (SMALL, SMALL));
    check("to a unit of 12 000", OUT, &[outside], |f| f.dropoff = LIMIT);
    check("to a large unit", OUT, &[outside], |f| f.dropoff = LARGE);
    check("back from a large unit", OUT, &[outside], |f| f.pickup = LARGE);
    check("within large units", OUT, &[outside], |f| (f.pickup, f.dropoff) = (LARGE, LARGE));
    check("a large home and rural ends", OUT, &[large], |f| f.residence = Some(LARGE));
}

#[test]
fn to_an_interchange() {
    let within = "interchange-within R.3133-4";
    check("to the interchange of a neighbouring unit", BY_HOME, &[within], |f| f.dropoff = STATION);
    check("back from it", BY_HOME, &[within], |f| f.pickup = STATION);
    check("to it from a small unit", BY_HOME, &[within], |f| (f.pickup, f.dropoff) = (SMALL, STATION));
    let verify = "interchange-to-verify R.3133-4";
    let doubtful = "to-be-verified tus residence";
    check("into a town that has one", doubtful, &[verify], |f| f.dropoff = MAYBE_STATION);
    check("back from such a town", doubtful, &[verify], |f| f.pickup = MAYBE_STATION);
    let far = "interchange-far R.3133-4";
    check("to one that is not in a neighbouring unit", OUT, &[far], |f| f.dropoff = FAR_STATION);
    check("back from there", OUT, &[far], |f| f.pickup = FAR_STATION);
    let over = "perimeter-over R.3133-4";
    check("into a far town that has one", OUT, &[over], |f| f.dropoff = FAR_MAYBE);
    check("from one interchange to another", OUT, &[over], |f| (f.pickup, f.dropoff) = (STATION, STATION));
    check("from a large unit to one", OUT, &[over], |f| (f.pickup, f.dropoff) = (LARGE, STATION));
    let large = "residence-large-unit R.3133-1, 1°";
    check("by somebody of a large unit", OUT, &[large], |f| {
        (f.residence, f.dropoff) = (Some(LARGE), STATION);
    });
}

#[test]
fn by_resources() {
    let resources = "ground-resources R.3133-1, 2°";
    let rsa = |f: &mut TripFacts| f.grounds = vec![held("rsa")];
    check("anywhere, for a rural home", RSA, &[resources], rsa);
    check("a benefit knows no perimeter", RSA, &[resources], |f| {
        rsa(f);
        (f.residence, f.pickup, f.dropoff) = (Some(LARGE), LARGE, LARGE);
    });
    check("nor needs the table", RSA, &[resources], |f| {
        rsa(f);
        (f.residence, f.pickup, f.dropoff) = (Some(Area::Unknown), Area::Unknown, Area::Unknown);
    });
    for code in ["css", "css-ceiling", "rso", "ada", "pacea", "ass", "ata", "av", "aspa", "asi", "aah"] {
        let expected = format!("within tus resources:{code}");
        check(code, &expected, &[resources], |f| {
            f.grounds = vec![held(code)];
            f.dropoff = LARGE;
        });
    }
    let listed = "ground-not-listed R.3133-1, 2°";
    check("a benefit that is not in the list", OUT, &[listed], |f| {
        (f.grounds, f.dropoff) = (vec![held("apl")], LARGE);
    });
    check("the same within the perimeter", BY_HOME, &["perimeter-within R.3133-4"], |f| {
        f.grounds = vec![held("apl")];
    });
    check("a second benefit counts when the first does not", RSA, &[resources], |f| {
        (f.grounds, f.dropoff) = (vec![held("apl"), held("rsa")], LARGE);
    });
}

#[test]
fn benefits_have_dates() {
    let resources = "ground-resources R.3133-1, 2°";
    let expired = "ground-expired R.3133-1, 2°";
    let to_town = |f: &mut TripFacts, ground: HeldGround| {
        (f.grounds, f.dropoff) = (vec![ground], LARGE);
    };
    check("the last day counts", RSA, &[resources], |f| to_town(f, until("rsa", "2026-10-05")));
    check("the day after does not", OUT, &[expired, "perimeter-over R.3133-4"], |f| {
        to_town(f, until("rsa", "2026-10-04"));
    });
    check("the first day counts", RSA, &[resources], |f| {
        to_town(f, HeldGround { from: day("2026-10-05"), ..held("rsa") });
    });
    check("the day before does not", OUT, &[expired], |f| {
        to_town(f, HeldGround { from: day("2026-10-06"), ..held("rsa") });
    });
    check("without it the home may still qualify", BY_HOME, &["residence-rural R.3133-1, 1°"], |f| {
        f.grounds = vec![until("rsa", "2026-10-04")];
    });
    check("a benefit that was abolished", OUT, &["ground-not-listed R.3133-1, 2°"], |f| {
        to_town(f, held("cmu-c"));
    });
    check("and counted before", "within tus resources:cmu-c", &[resources], |f| {
        f.on = day("2020-10-31");
        to_town(f, HeldGround { from: day("2020-01-01"), ..held("cmu-c") });
    });
}

#[test]
fn distance_places_and_contribution() {
    let far = "distance-over R.3133-4";
    check("exactly 100 km", BY_HOME, &["distance-within R.3133-4"], |f| f.distance_m = 100_000);
    check("a metre more", OUT, &[far], |f| f.distance_m = 100_001);
    check("no benefit helps against distance", OUT, &[far], |f| {
        (f.distance_m, f.grounds) = (100_001, vec![held("rsa")]);
    });
    check("nine places", BY_HOME, &["places-within R.3133-5"], |f| f.places = Some(9));
    check("ten places", OUT, &["places-over R.3133-5"], |f| f.places = Some(10));
    let (within, over) = ("contribution-within R.3133-3", "contribution-over R.3133-3");
    let asked = |cents: i64, metres: u32| {
        move |f: &mut TripFacts| (f.contribution, f.distance_m) = (Some(Cents::new(cents)), metres)
    };
    check("nothing", BY_HOME, &[within], asked(0, 20_000));
    check("nothing for nothing", BY_HOME, &[within], asked(0, 0));
    check("0.32 € per km", BY_HOME, &[within], asked(640, 20_000));
    check("a cent more", OUT, &[over], asked(641, 20_000));
    check("31.9 cents worth of metres", BY_HOME, &[within], asked(31, 999));
    check("are not 32", OUT, &[over], asked(32, 999));
    check("a kilometre is", BY_HOME, &[within], asked(32, 1_000));
    check("100 km at the cap", BY_HOME, &[within], asked(3_200, 100_000));
    check("100 km and a cent", OUT, &[over], asked(3_201, 100_000));
    check("a flat 3 € for 9.375 km", BY_HOME, &[within], asked(300, 9_375));
    check("a flat 3 € for a metre less", OUT, &[over], asked(300, 9_374));
    check("no benefit helps against the cap", OUT, &[over], |f| {
        asked(300, 1_000)(f);
        f.grounds = vec![held("rsa")];
    });
}

#[test]
fn who_carries() {
    let association = "carrier-not-association L.3133-1";
    check("a company", OUT, &[association], |f| carried_by(CarrierForm::Other)(f));
    check("a company with the best of grounds", OUT, &[association], |f| {
        carried_by(CarrierForm::Other)(f);
        f.grounds = vec![held("rsa")];
    });
    let public = "within public-service none";
    let authority = |f: &mut TripFacts| carried_by(CarrierForm::Authority)(f);
    check("the authority in its territory", public, &["public-within L.1231-1-1"], authority);
    check("however far and dear", public, &["public-within L.1231-1-1"], |f| {
        authority(f);
        (f.distance_m, f.contribution, f.residence) = (150_000, Some(Cents::new(9_000)), Some(LARGE));
    });
    let beyond = "to-be-verified public-service none";
    check("the authority beyond its territory", beyond, &["public-beyond L.1231-1-1"], |f| {
        authority(f);
        f.in_territory = false;
    });
    let unknown = "to-be-verified none none";
    check("nobody declared", unknown, &["carrier-unknown ", "perimeter-within R.3133-4"], |f| {
        f.carrier = None;
    });
    check("nobody declared, too far", unknown, &["carrier-unknown ", "distance-over R.3133-4"], |f| {
        (f.carrier, f.distance_m) = (None, 200_000);
    });
}

#[test]
fn other_frames_of_an_association() {
    let carpool = "within carpool none";
    let too_far = |f: &mut TripFacts| f.distance_m = 150_000;
    check("the driver's own trip, nothing asked", carpool, &["carpool-own-trip L.3132-1"], |f| {
        too_far(f);
        (f.own_trip, f.contribution) = (true, Some(Cents::ZERO));
    });
    let share = "carpool-share L.3132-1";
    check("the driver's own trip, shared", "to-be-verified carpool none", &[share], |f| {
        too_far(f);
        (f.own_trip, f.contribution) = (true, Some(Cents::new(500)));
    });
    check("not known what is asked", "to-be-verified carpool none", &[share], |f| {
        too_far(f);
        f.own_trip = true;
    });
    check("a company's driver on the way", carpool, &["carpool-own-trip L.3132-1"], |f| {
        carried_by(CarrierForm::Other)(f);
        (f.own_trip, f.contribution) = (true, Some(Cents::ZERO));
    });
    check("the better known frame first", BY_HOME, &["residence-rural R.3133-1, 1°"], |f| {
        (f.own_trip, f.contribution) = (true, Some(Cents::ZERO));
    });
    let private = |f: &mut TripFacts| {
        f.carrier = Some(CarrierFacts { form: CarrierForm::Association, private_service: true });
    };
    check(
        "a member, beyond the perimeter",
        "within private-service none",
        &["private-member R.3131-2"],
        |f| {
            private(f);
            (f.member, f.dropoff) = (true, LARGE);
        },
    );
    let verify = "to-be-verified private-service none";
    check("a member who is asked for something", verify, &["private-contribution R.3131-2"], |f| {
        private(f);
        (f.member, f.dropoff, f.contribution) = (true, LARGE, Some(Cents::new(100)));
    });
    check("no member", OUT, &["private-no-member R.3131-2", "perimeter-over R.3133-4"], |f| {
        private(f);
        f.dropoff = LARGE;
    });
    check("a member, not in the statutes", OUT, &["private-not-declared R.3131-2"], |f| {
        (f.member, f.dropoff) = (true, LARGE);
    });
}

#[test]
fn what_is_not_known_is_to_be_verified() {
    let missing = "urban-units-missing R.3133-1, 1°";
    let table = "to-be-verified tus none";
    check("no table at all", table, &[missing, "urban-units-missing R.3133-4"], |f| {
        (f.residence, f.pickup, f.dropoff) = (Some(Area::Unknown), Area::Unknown, Area::Unknown);
    });
    check("no table, too far", OUT, &["distance-over R.3133-4"], |f| {
        (f.residence, f.pickup, f.dropoff) = (Some(Area::Unknown), Area::Unknown, Area::Unknown);
        f.distance_m = 100_001;
    });
    let end = "to-be-verified tus residence";
    check("an end the table lacks", end, &["urban-units-missing R.3133-4"], |f| f.dropoff = Area::Unknown);
    check("an unknown end and the interchange", end, &["urban-units-missing R.3133-4"], |f| {
        (f.pickup, f.dropoff) = (Area::Unknown, STATION);
    });
    check("an unknown end and a town", OUT, &["perimeter-over R.3133-4"], |f| {
        (f.pickup, f.dropoff) = (Area::Unknown, LARGE);
    });
    check("an unknown home and a town", OUT, &[missing, "perimeter-over R.3133-4"], |f| {
        (f.residence, f.dropoff) = (Some(Area::Unknown), LARGE);
    });
    let told = "residence-not-told R.3133-1, 1°";
    check("a neighbour's trip", table, &[told, "perimeter-within R.3133-4"], |f| f.residence = None);
    check("a neighbour's trip into town", table, &[told], |f| (f.residence, f.dropoff) = (None, LARGE));
    check("a neighbour's trip, too far", OUT, &["distance-over R.3133-4"], |f| {
        (f.residence, f.distance_m) = (None, 100_001);
    });
    check("before the law", table, &["rules-missing "], |f| f.on = day("2019-10-24"));
    check("its first day", BY_HOME, &["residence-rural R.3133-1, 1°"], |f| f.on = day("2019-10-25"));
}

#[test]
fn reasons_have_their_figures_and_the_decision_its_version() {
    let decision = evaluate(
        Rules::embedded(),
        &TripFacts { distance_m: 120_500, contribution: Some(Cents::new(5_000)), dropoff: LARGE, ..facts() },
    );
    let figures = |code: ReasonCode| {
        let reason = decision.reasons.iter().find(|reason| reason.code == code).unwrap();
        let figures = reason.figures.iter().map(|(name, value)| format!("{name}={value}"));
        figures.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(figures(ReasonCode::DistanceOver), "distance_m=120500 limit_m=100000");
    assert_eq!(
        figures(ReasonCode::ContributionOver),
        "asked_cents=5000 distance_m=120500 limit_cents=3856 rate_cents=32"
    );
    assert_eq!(figures(ReasonCode::PerimeterOver), "limit=12000 population=75000");
    assert!(decision.against().count() == decision.reasons.len(), "a refusal tells what is against alone");
    assert_eq!((decision.rules_version.as_str(), decision.on), ("2026-11", day("2026-10-05")));
}

#[test]
fn tables_that_contradict_themselves_are_refused() {
    let embedded = include_str!("../../data/legal/frames.toml");
    let twice = format!("{embedded}\n[[ground]]\ncode = \"rsa\"\nname = \"again\"\nfrom = \"2024-01-01\"\n");
    assert_eq!(Rules::parse(&twice), Err(RulesError::Periods("ground")));
    let backwards = embedded.replace("until = \"2020-10-31\"", "until = \"2018-10-31\"");
    assert_eq!(Rules::parse(&backwards), Err(RulesError::Periods("ground")));
    let unknown = format!("{embedded}\nsurprise = 1\n");
    assert!(matches!(Rules::parse(&unknown), Err(RulesError::Toml(_))));
}

#[test]
fn carriers_are_read_or_refused_with_the_reason() {
    use maillage_geography::Geography;

    use crate::{place::NewPlace, text::TextError};
    let typed = || NewCarrier {
        name: "Association de synthèse".to_owned(),
        rna: " w81 2003456".to_owned(),
        address: NewPlace { commune: "81003".to_owned(), address: "1 place fictive".to_owned() },
        headcounts: vec![(2025, Headcount { employees: 1, volunteers: 12, members: 40 })],
        ..NewCarrier::default()
    };
    let parse = |carrier: &NewCarrier| carrier.parse(Geography::embedded());
    let details = parse(&typed()).unwrap();
    assert_eq!(details.rna.as_ref().map(Rna::as_str), Some("W812003456"));
    assert_eq!((details.form, details.tax_rate.percent()), (CarrierForm::Association, 66));
    let refused = |change: fn(&mut NewCarrier)| {
        let mut carrier = typed();
        change(&mut carrier);
        parse(&carrier).unwrap_err()
    };
    assert_eq!(refused(|carrier| carrier.name.clear()), CarrierError::Name(TextError::Empty));
    assert_eq!(refused(|carrier| carrier.rna = "812003456".to_owned()), CarrierError::Rna(RnaError));
    assert!(matches!(refused(|carrier| carrier.tax_rate = "60".to_owned()), CarrierError::TaxRate(_)));
    assert!(matches!(refused(|carrier| carrier.form = "club".to_owned()), CarrierError::Form(_)));
    assert_eq!(refused(|carrier| carrier.headcounts[0].0 = 20), CarrierError::Year(20));
    assert_eq!(refused(|carrier| carrier.headcounts.push(carrier.headcounts[0])), CarrierError::Year(2025));
    for (text, good) in
        [("W2A1234567", true), ("W2C1234567", false), ("W12345678", false), ("X123456789", false)]
    {
        assert_eq!(text.parse::<Rna>().is_ok(), good, "{text}");
    }
}

#[test]
fn grounds_read_back() {
    for ground in [Ground::Residence, Ground::Resources("rsa".to_owned())] {
        assert_eq!(Ground::read(&ground.written()), Some(ground));
    }
    for text in ["", "resources", "resources:", "other:rsa"] {
        assert_eq!(Ground::read(text), None, "{text}");
    }
}

fn any_area() -> impl Strategy<Value = Area> {
    let interchange = prop_oneof![
        Just(Interchange::None),
        any::<bool>().prop_map(|neighbouring| Interchange::InCommune { neighbouring }),
        any::<bool>().prop_map(|neighbouring| Interchange::Named { neighbouring }),
    ];
    prop_oneof![
        Just(Area::Unknown),
        Just(Area::Rural),
        (0..200_000_u32, interchange).prop_map(|(population, interchange)| unit(population, interchange)),
    ]
}

prop_compose! {
    fn any_facts()(
        form in prop_oneof![
            Just(None),
            Just(Some(CarrierForm::Association)),
            Just(Some(CarrierForm::Authority)),
            Just(Some(CarrierForm::Other)),
        ],
        residence in proptest::option::of(any_area()),
        (pickup, dropoff) in (any_area(), any_area()),
        grounds in proptest::collection::vec(prop_oneof![Just("rsa"), Just("apl"), Just("cmu-c")], 0..3),
        (private_service, member, own_trip, in_territory) in any::<(bool, bool, bool, bool)>(),
        distance_m in 0..200_000_u32,
        places in proptest::option::of(1..12_u8),
        contribution in proptest::option::of(0..10_000_i64),
    ) -> TripFacts {
        TripFacts {
            carrier: form.map(|form| CarrierFacts { form, private_service }),
            residence, pickup, dropoff,
            grounds: grounds.into_iter().map(held).collect(),
            member, distance_m, places, own_trip, in_territory,
            contribution: contribution.map(Cents::new),
            ..facts()
        }
    }
}

proptest! {
    /// The verdict is what its reasons say, and a transport d'utilité sociale never breaks one of its limits.
    #[test]
    fn a_verdict_follows_from_its_reasons(facts in any_facts()) {
        let decision = evaluate(Rules::embedded(), &facts);
        let worst = decision.reasons.iter().map(|reason| reason.code.effect()).max();
        prop_assert!(!decision.reasons.is_empty());
        match decision.verdict {
            Verdict::Within => prop_assert!(worst <= Some(Effect::Explains)),
            Verdict::ToBeVerified => prop_assert!(worst == Some(Effect::Doubts) || facts.carrier.is_none()),
            Verdict::Outside => prop_assert_eq!(worst, Some(Effect::Excludes)),
        }
        if decision.frame == Some(Frame::SocialTransport) {
            prop_assert!(facts.distance_m <= 100_000 && facts.places.is_none_or(|places| places <= 9));
            let asked = facts.contribution.map_or(0, Cents::get);
            prop_assert!(asked * 1_000 <= 32 * i64::from(facts.distance_m));
        }
    }

    /// A benefit never makes a verdict worse: the better ground is chosen.
    #[test]
    fn a_benefit_never_harms(facts in any_facts()) {
        let without = TripFacts { grounds: Vec::new(), ..facts.clone() };
        let with = TripFacts { grounds: vec![held("rsa")], ..facts };
        prop_assert!(
            evaluate(Rules::embedded(), &with).verdict <= evaluate(Rules::embedded(), &without).verdict
        );
    }
}
