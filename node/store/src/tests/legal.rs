//! Carriers, frames, exceptions, reference tables, costs.

use std::collections::BTreeMap;

use maillage_domain::{
    costing::{CarFacts, CostFacts, Side, YearBefore, cost},
    legal::{
        Area, Carrier, CarrierFacts, CarrierForm, ExceptionAbout, ExceptionSubject, FrameException,
        Headcount, HeldGround, NewCarrier, Rules, TripFacts, evaluate,
    },
    model_choice::{LocalParameters, ModelRule, ServedBy},
    money::Cents,
    place::NewPlace,
    text::Notes,
};
use maillage_engine::decode_record;
use maillage_federation::models::{Catalogue, LocalAmounts};
use maillage_geography::{Geography, InseeCode};

use super::write;
use crate::{
    costs::{
        self, CarYearRecord, DriverYearRecord, LocalParametersSetting, ModelRules, TripCost, TripCostRecord,
    },
    golden::{check, unhex},
    legal::{self, CarrierRecord, DefaultCarrier, ExceptionRecord, TripFrame, TripFrameRecord},
    reference::{
        self, ImportRecord, Imported, ImportsRecord, InterchangeRecord, NamedInterchange, ReferenceTable,
        SchoolHolidaysRecord, SchoolRowRecord, UrbanCommune, UrbanCommuneRecord, UrbanUnit,
    },
    samples::{engine, id, now},
    settings,
};

fn carrier(number: u8) -> Carrier {
    let typed = NewCarrier {
        name: "Canary Association".to_owned(),
        rna: "W812003456".to_owned(),
        address: NewPlace { commune: "81003".to_owned(), address: "1 place Canary".to_owned() },
        object: "Canary object".to_owned(),
        private_service: true,
        tax_rate: "75".to_owned(),
        headcounts: vec![(2026, Headcount { employees: 2, volunteers: 30, members: 90 })],
        ..NewCarrier::default()
    };
    let details = typed.parse(Geography::embedded()).unwrap();
    Carrier { id: id(number), details, revision: 3, created: now() }
}

fn frame(number: u8, distance_m: u32) -> TripFrame {
    let held = HeldGround { code: "rsa".to_owned(), from: "2026-01-01".parse().unwrap(), until: None };
    let facts = TripFacts {
        on: "2026-10-05".parse().unwrap(),
        carrier: Some(CarrierFacts { form: CarrierForm::Association, private_service: false }),
        residence: Some(Area::Rural),
        pickup: Area::Rural,
        dropoff: Area::Rural,
        grounds: vec![held],
        member: false,
        distance_m,
        places: Some(5),
        contribution: Some(Cents::new(300)),
        own_trip: false,
        in_territory: true,
    };
    let decision = evaluate(Rules::embedded(), &facts);
    TripFrame { trip: id(number), carrier: Some(id(90)), decision, exception: Some(id(91)), at: now() }
}

fn exception(number: u8, subject: ExceptionSubject) -> FrameException {
    let reason = Notes::parse("Canary: no other way").unwrap();
    FrameException {
        id: id(number),
        subject,
        about: ExceptionAbout::Frame,
        by: "local".to_owned(),
        reason,
        at: now(),
    }
}

fn trip_cost(number: u8) -> TripCost {
    let model = "benevoles-association@1".parse().unwrap();
    let facts = CostFacts {
        on: "2026-10-05".parse().unwrap(),
        loaded_m: 30_000,
        empty_m: 20_000,
        asked_m: None,
        paid_m: 0,
        vehicle: Some(CarFacts { power: 5, electric: true }),
        quotient_euros: Some(640),
        cap: Some(Cents::new(960)),
        side: Side::Both,
        employee: false,
        fleet: false,
        drive_s: None,
    };
    let before = YearBefore { loaded_m: 1_000, empty_m: 2_000, valued_m: None };
    let costing = cost(&facts, Catalogue::embedded().unwrap().model(&model).unwrap(), before).unwrap();
    let local = LocalAmounts { rate_cents: Some(32), ..LocalAmounts::default() };
    TripCost {
        trip: id(number),
        person: Some(id(1)),
        volunteer: Some(id(3)),
        model,
        local,
        facts,
        before,
        costing,
        at: now(),
    }
}

fn rules() -> [ModelRule; 2] {
    let model = |key: &str| key.parse().unwrap();
    let from = "2026-10-01".parse().unwrap();
    [
        ModelRule { service: None, commune: None, from, model: model("quotient-familial@1"), carrier: None },
        ModelRule {
            service: Some(ServedBy::Loan),
            commune: Some("81003".parse().unwrap()),
            from,
            model: model("entraide-pairs@1"),
            carrier: None,
        },
    ]
}

fn parameters() -> [LocalParameters; 1] {
    let amounts = LocalAmounts { yearly_cents: Some(2_000), ..LocalAmounts::default() };
    let from = "2026-10-01".parse().unwrap();
    [LocalParameters { model: "membres-association@1".parse().unwrap(), from, amounts }]
}

#[test]
fn records_of_version_1() {
    check(include_str!("../../golden/carrier.v1.hex"), &CarrierRecord::from(&carrier(90)));
    let golden = include_str!("../../golden/trip_frame.v1.hex");
    let frames = [frame(4, 20_000), frame(5, 120_000)];
    assert_eq!(golden.lines().count(), frames.len());
    for (golden, frame) in golden.lines().zip(&frames) {
        check(golden, &TripFrameRecord::from(frame));
    }
    let golden = include_str!("../../golden/frame_exception.v1.hex");
    let subjects =
        [ExceptionSubject::Trip(id(4)), ExceptionSubject::Request(id(5)), ExceptionSubject::Series(id(6))];
    assert_eq!(golden.lines().count(), subjects.len());
    for (golden, subject) in golden.lines().zip(subjects) {
        check(golden, &ExceptionRecord::from(&exception(91, subject)));
    }
    check(include_str!("../../golden/trip_cost.v1.hex"), &TripCostRecord::from(&trip_cost(4)));
    let year = DriverYearRecord { loaded_m: 4_000_000, empty_m: 2_500_000, cars: Vec::new() };
    check(include_str!("../../golden/driver_year.v1.hex"), &year);
    let cars = vec![CarYearRecord { power: 5, electric: true, loaded_m: 70, empty_m: 300 }];
    let by_car = DriverYearRecord { cars, ..year };
    check(include_str!("../../golden/driver_year_by_car.v1.hex"), &by_car);
    let valued =
        TripCost { before: YearBefore { valued_m: Some(4_000_000), ..trip_cost(4).before }, ..trip_cost(4) };
    let record = TripCostRecord::from(&valued);
    assert_eq!(TripCost::try_from(record).unwrap(), valued);
    let row = |zone: &str| SchoolRowRecord {
        zone: zone.to_owned(),
        period: "Hiver".to_owned(),
        first: "2026-02-07".to_owned(),
        back: "2026-02-23".to_owned(),
    };
    let holidays = SchoolHolidaysRecord { source: "Synthétique".to_owned(), rows: vec![row("C"), row("")] };
    check(include_str!("../../golden/school_holidays.v1.hex"), &holidays);
    check(include_str!("../../golden/default_carrier.v1.hex"), &DefaultCarrier { carrier: id(90) });
    let commune = UrbanCommuneRecord { unit: "81501".to_owned(), population: 75_000, complete: false };
    check(include_str!("../../golden/urban_commune.v1.hex"), &commune);
    let interchange = InterchangeRecord { name: "Gare de synthèse".to_owned() };
    check(include_str!("../../golden/interchange.v1.hex"), &interchange);
    let import = ImportRecord { source: "INSEE".to_owned(), rows: 3, hash: "ab".to_owned(), at_ms: 1 };
    let imports = ImportsRecord { tables: BTreeMap::from([("urban-units".to_owned(), import)]) };
    check(include_str!("../../golden/reference_imports.v1.hex"), &imports);
    check(include_str!("../../golden/model_rules.v1.hex"), &ModelRules::from(&rules()[..]));
    let local = LocalParametersSetting::from(&parameters()[..]);
    check(include_str!("../../golden/local_parameters.v1.hex"), &local);
}

#[test]
fn carriers_frames_and_exceptions_are_found_as_they_were_written() {
    let engine = engine();
    assert_eq!(legal::default_carrier(&engine), Ok(None));
    let (written, frames) = (carrier(90), [frame(4, 20_000), frame(5, 120_000)]);
    let (kept, kept_frames) = (written.clone(), frames.clone());
    write(&engine, move |transaction| {
        legal::put_carrier(transaction, &kept)?;
        settings::put(transaction, &DefaultCarrier { carrier: kept.id })?;
        kept_frames.iter().try_for_each(|frame| legal::put_frame(transaction, frame))?;
        legal::put_exception(transaction, &exception(91, ExceptionSubject::Trip(id(4))))?;
        legal::put_exception(transaction, &exception(92, ExceptionSubject::Trip(id(4))))?;
        legal::put_exception(transaction, &exception(93, ExceptionSubject::Request(id(5))))
    });
    assert_eq!(legal::default_carrier(&engine), Ok(Some(written.clone())));
    assert_eq!(legal::carriers(&engine, None, 9), Ok(vec![written]));
    assert_eq!(legal::frame(&engine, id(4)), Ok(Some(frames[0].clone())));
    assert_eq!(legal::frames(&engine, Some(id(4)), 9), Ok(vec![frames[1].clone()]));
    let found = |subject| legal::exception_for(&engine, subject).unwrap().map(|found| found.id);
    assert_eq!(found(ExceptionSubject::Trip(id(4))), Some(id(92)));
    assert_eq!(found(ExceptionSubject::Request(id(5))), Some(id(93)));
    assert_eq!(found(ExceptionSubject::Request(id(4))), None);
    assert_eq!(legal::exceptions(&engine, None, 2).unwrap().len(), 2);
}

fn code(text: &str) -> InseeCode {
    text.parse().unwrap()
}

#[test]
fn tables_are_replaced_and_the_same_again_writes_nothing() {
    let engine = engine();
    let unit = |population| UrbanCommune {
        unit: Some(UrbanUnit { code: "81501".to_owned(), population, complete: population > 1 }),
    };
    let rural = UrbanCommune { unit: None };
    let table =
        |population| BTreeMap::from([(code("81003"), rural.clone()), (code("81004"), unit(population))]);
    let import = |population| {
        let table = table(population);
        write(&engine, move |transaction| reference::replace_urban_units(transaction, &table));
        engine.status().durable_sequence
    };
    let (first, again, other) = (import(1), import(1), import(2));
    assert_eq!(first, again, "nothing changed, nothing written");
    assert_ne!(again, other);
    assert_eq!(reference::urban_commune(&engine, &code("81003")), Ok(Some(rural.clone())));
    assert_eq!(reference::urban_commune(&engine, &code("81004")), Ok(Some(unit(2))));
    assert_eq!(reference::urban_commune(&engine, &code("81005")), Ok(None));
    write(&engine, move |transaction| reference::replace_urban_units(transaction, &BTreeMap::new()));
    assert_eq!(reference::urban_commune(&engine, &code("81003")), Ok(None));

    let named = |name: &str| NamedInterchange { commune: code("81004"), name: name.to_owned() };
    write(&engine, move |transaction| {
        reference::replace_interchanges(transaction, &[named("Gare"), named("Halte")])?;
        reference::replace_interchanges(transaction, &[named("Halte"), named("Pôle")])
    });
    let names = reference::interchanges_of(&engine, &code("81004")).unwrap();
    assert_eq!(names, [named("Halte"), named("Pôle")]);
    assert_eq!(reference::interchanges(&engine).unwrap(), names);

    let imported = Imported { source: "INSEE".to_owned(), rows: 2, hash: "ab".to_owned(), at: now() };
    let noted = imported.clone();
    write(&engine, move |transaction| {
        reference::note_import(transaction, ReferenceTable::UrbanUnits, &noted)
    });
    assert_eq!(reference::imported(&engine, ReferenceTable::UrbanUnits), Ok(Some(imported)));
    assert_eq!(reference::imported(&engine, ReferenceTable::Interchanges), Ok(None));
}

/// What was written before cars were told apart counts for whichever car, and what is driven from then on for its own.
#[test]
fn a_year_from_before_cars_were_told_apart_goes_on() {
    let engine = engine();
    let old: DriverYearRecord =
        decode_record(&unhex(include_str!("../../golden/driver_year.v1.hex"))).unwrap();
    let [own, other] = [(5, false), (3, true)].map(|(power, electric)| CarFacts { power, electric });
    let facts = CostFacts { vehicle: Some(own), loaded_m: 1_000, empty_m: 10, ..trip_cost(4).facts };
    write(&engine, move |transaction| {
        costs::put_year(transaction, id(3), 2026, &old)?;
        costs::drive(transaction, id(3), 2026, &facts)
    });
    let before = |car| {
        let YearBefore { loaded_m, empty_m, .. } = costs::driver_year(&engine, id(3), 2026, car).unwrap();
        (loaded_m, empty_m)
    };
    assert_eq!(before(own), (4_001_000, 2_500_010));
    assert_eq!(before(other), (4_000_000, 2_500_000));
}

#[test]
fn costs_and_choices_are_found_as_they_were_written() {
    let engine = engine();
    let [own, other] = [(5, false), (3, true)].map(|(power, electric)| CarFacts { power, electric });
    let drive =
        |car: CarFacts, loaded_m: u32| CostFacts { vehicle: Some(car), loaded_m, ..trip_cost(4).facts };
    let driven = |loaded_m: u64, trips: u64| YearBefore {
        loaded_m,
        empty_m: trips * u64::from(trip_cost(4).facts.empty_m),
        valued_m: None,
    };
    write(&engine, move |transaction| {
        costs::put(transaction, &trip_cost(4))?;
        costs::drive(transaction, id(3), 2026, &drive(own, 4_000))?;
        costs::drive(transaction, id(3), 2026, &drive(other, 500))?;
        costs::drive(transaction, id(3), 2026, &drive(own, 70))?;
        costs::undrive(transaction, id(3), 2026, &drive(own, 4_000))?;
        settings::put(transaction, &ModelRules::from(&rules()[..]))?;
        settings::put(transaction, &LocalParametersSetting::from(&parameters()[..]))
    });
    assert_eq!(costs::find(&engine, id(4)), Ok(Some(trip_cost(4))));
    assert_eq!(costs::list(&engine, None, 9), Ok(vec![trip_cost(4)]));
    assert_eq!(costs::driver_year(&engine, id(3), 2026, own), Ok(driven(70, 1)));
    assert_eq!(costs::driver_year(&engine, id(3), 2026, other), Ok(driven(500, 1)));
    assert_eq!(costs::driver_year(&engine, id(3), 2027, own), Ok(YearBefore::default()));
    let read = settings::find::<ModelRules>(&engine).unwrap().unwrap();
    assert_eq!(read.rules().unwrap(), rules());
    let read = settings::find::<LocalParametersSetting>(&engine).unwrap().unwrap();
    assert_eq!(read.parameters().unwrap(), parameters());
}
