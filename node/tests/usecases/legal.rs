//! Legal frames, carriers, official tables, participation models and what trips cost, through the use cases.

use maillage_domain::{
    legal::{ExceptionAbout, ExceptionSubject, Headcount, NewCarrier, Verdict},
    model_choice::{LocalParameters, ModelRule},
    money::Cents,
    place::NewPlace,
    request::NewRequest,
    roles::{Role, Roles},
    trip::Trip,
    vehicle::{Vehicle, Vehicles},
};
use maillage_federation::{ids::Id, models::LocalAmounts};
use maillage_node::app::{
    caller::{Caller, Scope},
    carriers,
    edit::Mask,
    frames,
    models::{self, compare},
    reference::{self, NewTable},
    trips,
};
use maillage_store::{costs, legal, persons, reference::ReferenceTable, volunteers};

use crate::world::{A, World, ready};

/// Alban is rural; Albi, with a neighbour, is a unit of far more than 12 000 inhabitants. Synthetic.
const UNITS: &str = "insee,unite_urbaine_2020\n81003,81000\n81198,81000\n81004,81501\n81144,81501\n";

fn carrier() -> NewCarrier {
    NewCarrier {
        name: "Association de synthèse".into(),
        rna: "W812003456".into(),
        address: NewPlace { commune: "81003".into(), address: "1 place fictive".into() },
        headcounts: vec![(2026, Headcount { employees: 1, volunteers: 12, members: 40 })],
        ..NewCarrier::default()
    }
}

fn local() -> Caller {
    Caller::local()
}

/// A node with a carrier and the tables it needs.
pub(crate) fn prepared() -> World {
    let world = World::empty(1);
    ready(carriers::add(world.app(A), &local(), carrier())).unwrap();
    import(&world, ReferenceTable::UrbanUnits, UNITS);
    world
}

fn import(world: &World, table: ReferenceTable, content: &str) -> reference::Outcome {
    let new = NewTable { table, source: "synthèse".into(), content: content.into(), dry_run: false };
    ready(reference::import(world.app(A), &local(), new)).unwrap()
}

fn to(commune: &str, address: &str) -> NewRequest {
    NewRequest {
        dropoff: NewPlace { commune: commune.into(), address: address.into() },
        arrive_by: Some("2026-10-06T10:00".into()),
        purpose: "health".into(),
        ..NewRequest::default()
    }
}

fn ask(
    world: &World,
    new: NewRequest,
    reason: &str,
) -> Result<Vec<Trip>, maillage_platform::refusal::Refusal> {
    let person = world.person(A, "ask");
    let added = ready(trips::add_request_excepted(world.app(A), &local(), person, new, reason));
    added.map(|(_, trips)| trips)
}

fn verdict(world: &World, trip: &Trip) -> Verdict {
    frames::show(world.app(A), &local(), trip.id()).unwrap().frame.decision.verdict
}

#[test]
fn without_carrier_or_table_a_trip_passes_and_is_flagged() {
    let world = World::empty(1);
    let trips = ask(&world, to("81004", ""), "").unwrap();
    assert_eq!(verdict(&world, &trips[0]), Verdict::ToBeVerified);
    ready(carriers::add(world.app(A), &local(), carrier())).unwrap();
    let shown = ready(frames::reconsider(world.app(A), &local(), trips[0].id())).unwrap();
    assert_eq!(shown.frame.decision.verdict, Verdict::ToBeVerified);
    assert!(shown.frame.carrier.is_some());
    import(&world, ReferenceTable::UrbanUnits, UNITS);
    let shown = ready(frames::reconsider(world.app(A), &local(), trips[0].id())).unwrap();
    assert_eq!(shown.frame.decision.verdict, Verdict::Outside);
}

#[test]
fn a_trip_outside_every_frame_is_refused_or_signed_for() {
    let world = prepared();
    let refused = ask(&world, to("81004", ""), "").unwrap_err();
    assert_eq!(refused.reason(), "out-of-frame");
    let detail =
        |name: &str| refused.details().iter().find(|(key, _)| key.as_str() == name).unwrap().1.clone();
    assert_eq!((detail("reasons").as_str(), detail("articles").as_str()), ("perimeter-over", "R.3133-4"));
    assert!(trips::open(world.app(A), &local(), 9).unwrap().is_empty(), "nothing of it was kept");

    let trips = ask(&world, to("81004", ""), "Aucune autre solution (synthèse)").unwrap();
    let shown = frames::show(world.app(A), &local(), trips[0].id()).unwrap();
    let exception = shown.exception.unwrap();
    assert_eq!(shown.frame.decision.verdict, Verdict::Outside);
    assert_eq!((exception.by.as_str(), exception.at), ("local", world.now()));
    assert_eq!(frames::exceptions(world.app(A), &local(), None, 9).unwrap().len(), 1);
}

#[test]
fn an_exception_signed_later_shows_in_the_frame() {
    let world = World::empty(1);
    let trips = ask(&world, to("81004", ""), "").unwrap();
    let subject = ExceptionSubject::Trip(trips[0].id());
    let empty =
        ready(frames::sign(world.app(A), &local(), (subject, ExceptionAbout::Frame), "  ")).unwrap_err();
    assert_eq!(empty.reason(), "exception-reason");
    let signed =
        ready(frames::sign(world.app(A), &local(), (subject, ExceptionAbout::Frame), "raison de synthèse"))
            .unwrap();
    let shown = frames::show(world.app(A), &local(), trips[0].id()).unwrap();
    assert_eq!(shown.exception.map(|exception| exception.id), Some(signed.id));
    let unknown = ExceptionSubject::Trip(Id::new(1, [9; 10]));
    let refused =
        ready(frames::sign(world.app(A), &local(), (unknown, ExceptionAbout::Frame), "raison")).unwrap_err();
    assert_eq!(refused.reason(), "trip-unknown");
}

#[test]
fn an_address_that_is_an_interchange_is_within_and_one_that_speaks_of_it_is_to_be_verified() {
    let world = prepared();
    assert_eq!(ask(&world, to("81004", "Gare d'Albi-Ville"), "").unwrap_err().reason(), "out-of-frame");
    import(&world, ReferenceTable::Interchanges, "insee;nom\n81004;Gare d’Albi-Ville\n");
    let going_to = |address: &str| verdict(&world, &ask(&world, to("81004", address), "").unwrap()[0]);
    assert_eq!(going_to("gare d'Albi Ville"), Verdict::Within);
    assert_eq!(going_to("parvis de la gare d'Albi Ville"), Verdict::ToBeVerified);
    assert_eq!(going_to("1 rue fictive"), Verdict::ToBeVerified);
    import(&world, ReferenceTable::Interchanges, "insee;nom\n81004;Gare\n");
    assert_eq!(going_to("rue de la Garenne"), Verdict::ToBeVerified);
    assert_eq!(going_to("rue de la Gare"), Verdict::ToBeVerified);
    assert_eq!(going_to("GARE"), Verdict::Within);
}

#[test]
fn a_table_comes_whole_or_not_at_all_and_twice_is_once() {
    let world = prepared();
    let again = import(&world, ReferenceTable::UrbanUnits, UNITS);
    assert!(again.unchanged && again.rows == 4);
    let bad = import(&world, ReferenceTable::UrbanUnits, "insee,unite_urbaine_2020\n81003,81501\n8,81000\n");
    assert_eq!(bad.bad_lines.len(), 1);
    let tables = reference::show(world.app(A), &local()).unwrap();
    assert_eq!(tables[0].1.as_ref().unwrap().rows, 4);
    let auditor = Caller::new("auditor", Roles::from([Role::Auditor]), Scope::Everything);
    let new = NewTable {
        table: ReferenceTable::UrbanUnits,
        source: "synthèse".into(),
        content: UNITS.into(),
        dry_run: true,
    };
    let refused = ready(reference::import(world.app(A), &auditor, new)).unwrap_err();
    assert_eq!(refused.reason(), "not-allowed");
}

#[test]
fn a_carrier_changes_only_by_somebody_who_saw_it() {
    let world = prepared();
    let app = world.app(A);
    let first = carriers::list(app, &local(), None, 9).unwrap().remove(0);
    assert_eq!(carriers::default(app, &local()).unwrap(), Some(first.id));
    let mask = || Mask::parse(&["tax_rate".to_owned()], &carriers::FIELDS).unwrap();
    let change = || NewCarrier { tax_rate: "75".into(), ..NewCarrier::default() };
    let changed = ready(carriers::update(app, &local(), first.id, "1".into(), (change(), mask()))).unwrap();
    assert_eq!((changed.details.tax_rate.percent(), changed.revision), (75, 2));
    assert_eq!(changed.details.name, first.details.name);
    let late = ready(carriers::update(app, &local(), first.id, "1".into(), (change(), mask()))).unwrap_err();
    assert_eq!(late.reason(), "changed-meanwhile");
    let second = ready(carriers::add(app, &local(), carrier())).unwrap();
    assert_eq!(carriers::default(app, &local()).unwrap(), Some(first.id));
    ready(carriers::set_default(app, &local(), second.id)).unwrap();
    assert_eq!(carriers::default(app, &local()).unwrap(), Some(second.id));
}

/// A request that a volunteer drove: 30 km with the person, 20 km without.
pub(crate) fn driven(world: &World) -> Trip {
    let volunteer = world.volunteer(A, "81003", true);
    let trip = ask(world, to("81198", ""), "").unwrap().remove(0).id();
    ready(trips::offer_to_driver(world.app(A), &local(), trip, volunteer, false)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, false)).unwrap();
    let complete = || ready(trips::complete(world.app(A), &local(), trip, 30_000, 20_000));
    world.when_begun(A, trip, complete).unwrap().remove(0)
}

#[test]
fn what_every_frame_excludes_is_kept_as_a_need_if_that_is_meant() {
    use maillage_domain::trip::{TripStatus, UnmetReason};
    use maillage_node::app::unserved;

    let world = prepared();
    let far = || to("81004", "");
    assert_eq!(ask(&world, far(), "").unwrap_err().reason(), "out-of-frame");
    let person = world.person(A, "ask");
    let kept =
        ready(unserved::add_or_record(world.app(A), &local(), person, far(), trips::Signed::default()))
            .unwrap();
    let trip = world.trip(A, kept.1[0].id());
    assert_eq!(trip.status(), TripStatus::Unmet(UnmetReason::OutOfFrame));
    let frame = frames::show(world.app(A), &local(), trip.id()).unwrap().frame;
    assert_eq!(frame.decision.verdict, Verdict::Outside);
}

#[test]
fn a_completed_trip_has_its_cost_once_and_for_all() {
    let world = prepared();
    let trip = driven(&world);
    let frozen = costs::find(&world.app(A).store, trip.id()).unwrap().unwrap();
    // 0.32 € per km with the person, 0.40 € per km home to home; the power of the car is not known: 5 CV assumed.
    assert_eq!(frozen.costing.contribution, Cents::new(960));
    assert_eq!(frozen.costing.compensation, Cents::new(2_000));
    assert_eq!(frozen.costing.cost, Cents::new(3_180));
    assert!(frozen.costing.vehicle_assumed);
    let volunteer = trip.volunteer().unwrap();
    let year = costs::driver_year(&world.app(A).store, volunteer, 2026, frozen.facts.car()).unwrap();
    assert_eq!((year.loaded_m, year.empty_m), (30_000, 20_000));
    let shown = models::show_cost(world.app(A), &local(), trip.id()).unwrap();
    assert_eq!(shown.recomputed, Some(frozen.costing));
    // Other amounts from today on: what was frozen stays, the recomputation says what it would be.
    let amounts = LocalAmounts { rate_cents: Some(10), ..LocalAmounts::default() };
    let from = "2026-10-01".parse().unwrap();
    let set = LocalParameters { model: trip.terms.model.clone(), from, amounts };
    ready(models::set_parameters(world.app(A), &local(), set, String::new())).unwrap();
    let shown = models::show_cost(world.app(A), &local(), trip.id()).unwrap();
    assert_eq!(shown.recomputed.unwrap().contribution, Cents::new(300));
    assert_eq!(shown.frozen.unwrap().costing, frozen.costing);
    let frame = legal::frame(&world.app(A).store, trip.id()).unwrap().unwrap();
    assert_eq!(frame.decision.verdict, Verdict::Within);
}

#[test]
fn every_trip_of_a_period_is_costed_under_every_model() {
    let world = prepared();
    let first = driven(&world);
    let second = driven(&world);
    assert_ne!(first.person(), second.person());
    ask(&world, to("81198", ""), "").unwrap();
    let compared = compare::compare(world.app(A), &local(), "2026-10").unwrap();
    assert_eq!((compared.trips, compared.people, compared.not_completed), (2, 2, 1));
    assert_eq!((compared.loaded_m, compared.empty_m), (60_000, 40_000));
    assert_eq!(compared.models.len(), world.app(A).catalogue.models.len());
    for outcome in &compared.models {
        let total = outcome.total;
        assert_eq!(total.contribution.plus(total.carrier).plus(total.volunteer), total.cost);
        assert_eq!(
            total.cost,
            Cents::new(2 * 3_180),
            "the kilometres cost the same under {}",
            outcome.model.key
        );
        assert_eq!(outcome.within + outcome.to_be_verified + outcome.outside, 2);
    }
    let of = |id: &str| compared.models.iter().find(|outcome| outcome.model.key.id() == id).unwrap();
    let association = of("benevoles-association");
    assert_eq!((association.total.contribution, association.served), (Cents::new(1_920), 2));
    assert_eq!(association.total.contribution.plus(association.total.deficit()), association.total.cost);
    // 63.60 € − 19.20 € over 60 km: 0.740 € per km.
    assert_eq!(association.deficit_milli_per_km(compared.loaded_m), 740);
    assert_eq!((association.within, of("service-prescription").served), (2, 0));
    // Two people, a twelfth of 15 € each.
    assert_eq!(of("membres-association").membership, Cents::new(250));
    let later = compare::compare(world.app(A), &local(), "2026-11").unwrap();
    assert_eq!((later.trips, later.not_completed), (0, 0));
    let refused = compare::compare(world.app(A), &local(), "octobre").unwrap_err();
    assert_eq!(refused.reason(), "period-format");
}

/// A volunteer who has another car and a person who shows another notice since do not change what a trip would have cost.
#[test]
fn a_comparison_takes_car_and_quotient_as_they_were_when_the_trip_was_driven() {
    let world = prepared();
    let trip = driven(&world);
    let totals = || {
        let compared = compare::compare(world.app(A), &local(), "2026-10").unwrap();
        compared.models.into_iter().map(|outcome| outcome.total).collect::<Vec<_>>()
    };
    let before = totals();
    let (driver, traveller) = (trip.volunteer().unwrap(), trip.person().unwrap());
    let changed = world.app(A).store.transact("test", move |transaction| {
        let mut volunteer = volunteers::find(transaction, driver)?.unwrap();
        let car = Vehicle::new(4, 0).unwrap().with_fiscal_power(7).unwrap();
        volunteer.details.vehicles = Vehicles::one(car.with_electric(true));
        volunteers::put(transaction, &volunteer)?;
        let mut person = persons::find(transaction, traveller)?.unwrap();
        person.details.quotient_euros = Some(100);
        persons::put(transaction, &person)
    });
    changed.unwrap();
    assert_eq!(totals(), before);
}

#[test]
fn no_more_than_the_law_allows_is_asked_whatever_the_model() {
    let world = prepared();
    let rule = ModelRule {
        service: None,
        commune: Some("81003".parse().unwrap()),
        from: "2026-10-02".parse().unwrap(),
        model: "hybride-guichet@1".parse().unwrap(),
        carrier: None,
    };
    ready(models::add_rule(world.app(A), &local(), rule.clone(), String::new())).unwrap();
    let trip = driven(&world);
    assert_eq!(trip.terms.model, rule.model);
    let past = ModelRule { from: "2026-09-30".parse().unwrap(), ..rule.clone() };
    let refused = ready(models::add_rule(world.app(A), &local(), past, String::new())).unwrap_err();
    assert_eq!(refused.reason(), "model-rule-past");
    let (_, rules) = ready(models::remove_rule(world.app(A), &local(), rule)).unwrap();
    assert!(rules.is_empty());
    // A flat 3 € for 5 km would be more than 0.32 € per km: 1.60 € is asked.
    let short = ready_short(&world);
    let frozen = costs::find(&world.app(A).store, short.id()).unwrap().unwrap();
    assert_eq!(frozen.costing.contribution, Cents::new(160));
    let compared = compare::compare(world.app(A), &local(), "2026-10").unwrap();
    let hybrid = compared.models.iter().find(|outcome| outcome.model.key.id() == "hybride-guichet").unwrap();
    assert_eq!(hybrid.over_cap, 1);
    // As the model stands, 3 € for 5 km is outside every frame; it is said that capping it would mend that.
    assert_eq!((hybrid.outside, hybrid.outside_for_the_cap), (1, 1));
}

/// A drive of 5 km, asked for under the model with a flat contribution.
fn ready_short(world: &World) -> Trip {
    let volunteer = world.volunteer(A, "81003", true);
    let new = NewRequest { model: Some("hybride-guichet@1".into()), ..to("81198", "") };
    let trip = ask(world, new, "").unwrap().remove(0).id();
    ready(trips::offer_to_driver(world.app(A), &local(), trip, volunteer, false)).unwrap();
    ready(trips::driver_accepts(world.app(A), &local(), trip, false)).unwrap();
    let complete = || ready(trips::complete(world.app(A), &local(), trip, 5_000, 0));
    world.when_begun(A, trip, complete).unwrap().remove(0)
}
