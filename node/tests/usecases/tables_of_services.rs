//! Services and pathways as tables: what differs, what went on meanwhile, and what is wrong with a row.

use maillage_domain::{
    ids::ServiceKind,
    money::Cents,
    service::{ServiceAction, financial_aid::FinancialAidAction},
};
use maillage_federation::ids::Id;
use maillage_node::app::{caller::Caller, services};

use crate::{
    tables::{export, import, reasons, whole_platform},
    world::{A, World, ready},
};

#[test]
fn a_service_or_pathway_that_differs_is_refused_and_one_that_went_on_is_still_the_same() {
    let world = World::empty(1);
    whole_platform(&world);
    let services = export(&world, "services");
    for (was, is) in [
        ("AC-1;advice", "AC-1;garage"),
        ("2026-10-05T09:00", "2026-10-05T09:30"),
        ("120,50", "121,50"),
        (";81003;", ";81004;"),
        ("B-2;;b;", "B-2;;am;"),
        ("AC-3;garage;B-2", "AC-3;garage;B-1"),
        ("Embrayage", "Freins"),
    ] {
        assert!(services.contains(was), "{was}: {services}");
        let told = import(&world, "services", &services.replace(was, is), false);
        assert_eq!(told.faults.len(), 1, "{was} to {is}: {:?}", told.faults);
        let fault = &told.faults[0];
        assert_eq!((fault.column.as_str(), fault.refusal.reason()), ("reference", "table-service-differs"));
    }
    assert_eq!(export(&world, "services"), services);
    // Once money is granted, what was asked for is not kept: neither the first file nor a new one is another service.
    let id: Id<ServiceKind> = services
        .lines()
        .find(|line| line.starts_with("AC-4"))
        .unwrap()
        .rsplit(';')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let grant = |_| Ok(ServiceAction::FinancialAid(FinancialAidAction::Grant { amount: Cents::new(9_000) }));
    ready(services::act(world.app(A), &Caller::local(), (id, String::new()), grant)).unwrap();
    assert_eq!(import(&world, "services", &services, false).unchanged, 5);
    let given = export(&world, "services");
    assert!(given.contains("AC-4;financial-aid;B-2;;;;;;granted;"), "{given}");
    assert_eq!(import(&world, "services", &given, false).unchanged, 5);
    let pathways = export(&world, "pathways");
    for (was, is) in
        [("PA-2;B-2;2026-03-14", "PA-2;B-2;2026-03-15"), ("Ne plus", "Plus"), ("PA-1;B-1", "PA-1;B-2")]
    {
        let told = import(&world, "pathways", &pathways.replace(was, is), false);
        assert_eq!(told.faults.len(), 1, "{was} to {is}: {:?}", told.faults);
        assert_eq!(told.faults[0].refusal.reason(), "table-pathway-differs");
    }
    assert_eq!(export(&world, "pathways"), pathways);
}

#[test]
fn what_is_wrong_with_a_service_or_pathway_is_told_where_it_is() {
    let world = World::empty(1);
    whole_platform(&world);
    let before = [export(&world, "services"), export(&world, "pathways")];
    let csv = "reference;kind;person;commune;form;at;amount\n\
               1;taxi;B-1;;;;\n2;advice;B-9;;advice;2026-10-05T09:00;\n3;advice;B-1;;chat;2026-10-05T09:00;\n\
               4;advice;B-1;;advice;demain;\n5;financial-aid;B-1;;;;beaucoup\n6;financial-aid;B-1;;;;0\n\
               7;outreach;B-1;;;2026-10-05T09:00;\n8;outreach;;81999;;2026-10-05T09:00;\n9;garage;B-1;;;;\n";
    let told = import(&world, "services", csv, false);
    assert_eq!(
        reasons(&told),
        [
            (2, "kind", "service-kind-unknown"),
            (3, "person", "table-reference-unknown"),
            (4, "form", "service-form-unknown"),
            (5, "at", "time-format"),
            (6, "amount", "table-cell-form"),
            (7, "amount", "service-amount"),
            (8, "", "service-subject"),
            (9, "commune", "commune-unknown"),
        ]
    );
    let csv =
        "reference;person;entered_on\n1;B-9;2026-01-05\n2;B-1;hier\n3;B-1;2999-01-01\n4;B-1;2026-01-05\n";
    let told = import(&world, "pathways", csv, false);
    assert_eq!(
        reasons(&told),
        [
            (2, "person", "table-reference-unknown"),
            (3, "entered_on", "day-format"),
            (4, "entered_on", "day-in-the-future"),
            (5, "person", "pathway-open-already"),
        ]
    );
    assert_eq!([export(&world, "services"), export(&world, "pathways")], before);
    let dry = import(&world, "services", "reference;kind;person\n1;garage;B-1\n", true);
    assert_eq!((dry.nothing_written, dry.added), (true, 1));
    assert_eq!(export(&world, "services"), before[0]);
}
