//! The bytes of fleet, loans, services, pathways and referrals, in every state they have, and the way to find them.

use jiff::{Timestamp, civil::date};
use maillage_domain::{
    fleet::{Asset, AssetCategory, NewAsset, Outage, OutageReason, Rate, RateUnit},
    loan::{Booking, Condition, HandOut, Loan, LoanAction, LoanCancelled, LoanDocument, NewLoan, TakeBack},
    money::Cents,
    pathway::{
        BasketItem, Contact, DeclineReason, Diagnosis, Entry, Exit, FollowUp, Milestone, Outcome, Pathway,
        PathwayAction, Referral,
    },
    service::{
        Case, Service, ServiceReason, ServiceSubject, ServiceType,
        advice::{Advice, AdviceForm, Conclusion},
        financial_aid::FinancialAid,
        garage::Garage,
        licence_aid::{Grant, LicenceAid, LicenceCategory},
        outreach::Outreach,
    },
    text::{Line, Name, Notes, Phone},
};
use maillage_engine::{EngineError, Transaction};

use super::check;
use crate::{
    assets::{self, AssetRecord},
    loans::{self, LoanPolicy, LoanRecord},
    pathways::{self, PathwayRecord},
    referrals::{self, ReferralRecord},
    samples::{at, engine, id, now},
    services::{self, ServiceRecord},
};

/// Every record against its line of a golden file.
fn check_all<R: maillage_engine::Record>(golden: &str, records: &[R]) {
    let lines: Vec<&str> = golden.lines().collect();
    assert_eq!(lines.len(), records.len());
    for (golden, record) in lines.iter().zip(records) {
        check(golden, record);
    }
}

fn write<T: Send + 'static>(
    engine: &maillage_engine::Engine,
    body: impl FnOnce(&mut Transaction<'_>) -> Result<T, EngineError> + Send + 'static,
) -> T {
    engine.transact("test", body).unwrap()
}

fn notes() -> Notes {
    Notes::parse("Canary").unwrap()
}

fn asset() -> Asset {
    let typed = NewAsset {
        label: "Canary Kangoo".to_owned(),
        category: "car".to_owned(),
        seats: 5,
        plate: "AB-123-CD".to_owned(),
        ownership: "lent-by-commune".to_owned(),
        inspection_due: "2026-11-30".to_owned(),
        insurance_until: "2027-03-31".to_owned(),
        service_due: "2026-12-15".to_owned(),
        service_due_m: 60_000_000,
        rate_per: "km".to_owned(),
        rate_cents: 15,
        deposit_cents: 30_000,
        notes: "Canary".to_owned(),
        ..NewAsset::default()
    };
    let mut asset = Asset::enter(id(110), typed.parse().unwrap(), 50_000_000, now()).unwrap();
    let from = at("2026-12-01T08:00:00Z");
    let until = Some(at("2026-12-03T08:00:00Z"));
    asset.withdraw(Outage { reason: OutageReason::Maintenance, from, until }).unwrap();
    asset.withdraw(Outage { reason: OutageReason::Damage, from, until: None }).unwrap();
    asset
}

fn bare_asset() -> Asset {
    let typed = NewAsset {
        label: "Canary".to_owned(),
        category: "bike".to_owned(),
        seats: 1,
        ownership: "own".to_owned(),
        ..NewAsset::default()
    };
    let mut asset = Asset::enter(id(111), typed.parse().unwrap(), 0, now()).unwrap();
    asset.retire(date(2026, 12, 31)).unwrap();
    asset
}

fn loans() -> Vec<Loan> {
    let typed = NewLoan {
        category: "car".to_owned(),
        from: "2026-10-05T09:00".to_owned(),
        until: "2026-10-07T09:00".to_owned(),
        purpose: "work-training".to_owned(),
        notes: "Canary".to_owned(),
    };
    let requested = Loan::request(id(120), id(1), typed.parse().unwrap(), now());
    let rate = Some(Rate { per: RateUnit::Kilometre, cents: Cents::new(15) });
    let deposit = Cents::new(30_000);
    let booking = Booking { asset: id(110), category: AssetCategory::Car, rate, deposit };
    let out = HandOut {
        at: at("2026-10-05T07:00:00.001Z"),
        condition: Condition::Good,
        odometer_m: Some(50_000_000),
        deposit,
        documents: [LoanDocument::DrivingLicence, LoanDocument::Contract].into(),
        by: Line::parse("Canary").unwrap(),
        notes: notes(),
    };
    let back = TakeBack {
        at: at("2026-10-06T18:00:00.002Z"),
        condition: Condition::Damaged,
        odometer_m: Some(50_120_000),
        by: Line::parse("Canary").unwrap(),
        damage: notes(),
    };
    let end = at("2026-10-08T08:00:00.003Z");
    let then = |loan: &Loan, action| loan.apply(action, end).unwrap();
    let booked = then(&requested, LoanAction::Book(booking));
    let handed_out = then(&booked, LoanAction::HandOut(out));
    let returned = then(&handed_out, LoanAction::TakeBack(back));
    let close = LoanAction::Close { contribution: None, deposit_kept: Cents::new(5_000) };
    let closed = then(&returned, close);
    let cancelled = then(&booked, LoanAction::Cancel(LoanCancelled::NotFetched));
    vec![requested, booked, handed_out, returned, closed, cancelled]
}

fn cases() -> Vec<(ServiceSubject, Case)> {
    let person = ServiceSubject::Person(id(1));
    let commune = ServiceSubject::Commune("81003".parse().unwrap());
    let (day, reason, cents) = (date(2026, 10, 2), ServiceReason::NotEligible, Cents::new);
    let grant = Grant { amount: cents(80_000), on: day, lesson_hours: 12 };
    let advice = |state| (person, Case::Advice(AdviceForm::Diagnosis, state));
    let licence = |state| (person, Case::LicenceAid(LicenceCategory::BAutomatic, state));
    let garage = |state| (person, Case::Garage(state));
    let aid = |state| (person, Case::FinancialAid(state));
    let visit = |state| (commune, Case::Outreach(state));
    let conclusions = [Conclusion::Loan, Conclusion::Garage].into();
    vec![
        advice(Advice::Planned { at: now() }),
        advice(Advice::Held { on: day, conclusions }),
        advice(Advice::Missed { on: day }),
        advice(Advice::Cancelled { reason }),
        licence(LicenceAid::Applied),
        licence(LicenceAid::Refused { reason }),
        licence(LicenceAid::Granted(grant)),
        licence(LicenceAid::Lessons(grant)),
        licence(LicenceAid::TheoryPassed(grant)),
        licence(LicenceAid::Obtained { grant, on: day }),
        licence(LicenceAid::Abandoned { grant: Some(grant), reason }),
        licence(LicenceAid::Abandoned { grant: None, reason }),
        garage(Garage::Requested),
        garage(Garage::Estimated { estimate: cents(50_000) }),
        garage(Garage::Agreed { estimate: cents(50_000), share: cents(9_000) }),
        garage(Garage::Repaired { amount: cents(45_000), share: cents(8_000), on: day }),
        garage(Garage::Refused { reason }),
        aid(FinancialAid::Asked { asked: cents(6_000) }),
        aid(FinancialAid::Granted { amount: cents(5_000) }),
        aid(FinancialAid::Refused { reason }),
        aid(FinancialAid::Paid { amount: cents(5_000), on: day }),
        visit(Outreach::Planned { at: now() }),
        visit(Outreach::Done { on: day, attendance: 14 }),
        visit(Outreach::Cancelled { reason }),
    ]
}

fn services() -> Vec<Service> {
    let service = |(number, (subject, case)): (u8, (ServiceSubject, Case))| {
        let (notes, created) = (notes(), now());
        Service { id: id(number), subject, case, notes, revision: 3, created }
    };
    (130..).zip(cases()).map(service).collect()
}

fn pathways() -> Vec<Pathway> {
    let entry =
        Entry { person: id(1), referral: Some(id(170)), prescriber: Some(id(171)), on: date(2026, 1, 5) };
    let then = |pathway: &Pathway, action| pathway.apply(action, now()).unwrap();
    let entered = Pathway::open(id(160), entry, notes(), now()).unwrap();
    let diagnosis = Diagnosis { on: date(2026, 1, 6), service: Some(id(131)) };
    let diagnosed = then(&entered, PathwayAction::Diagnose(diagnosis));
    let items = [
        BasketItem::Request(id(10)),
        BasketItem::Series(id(11)),
        BasketItem::Loan(id(120)),
        BasketItem::Service(id(130)),
    ];
    let filled =
        items.into_iter().fold(diagnosed.clone(), |path, item| then(&path, PathwayAction::Add(item)));
    let agreed = then(&filled, PathwayAction::AgreeBasket { on: date(2026, 1, 9) });
    let heard = FollowUp { on: date(2026, 4, 9), heard: Some(Outcome::JobKept) };
    let agreed = then(&agreed, PathwayAction::FollowUp(Milestone::ThreeMonths, heard));
    let silent = FollowUp { on: date(2026, 7, 9), heard: None };
    let agreed = then(&agreed, PathwayAction::FollowUp(Milestone::SixMonths, silent));
    let exit = PathwayAction::Exit(Exit { on: date(2026, 9, 1), outcome: Outcome::Autonomy });
    let (exited, early) = (then(&agreed, exit.clone()), then(&entered, exit));
    vec![entered, diagnosed, agreed, exited, early]
}

fn referrals() -> Vec<Referral> {
    let contact = Contact {
        name: Name::parse("Canary Calvet").unwrap(),
        phone: Phone::parse("0563123456").unwrap(),
        commune: "81003".parse().unwrap(),
    };
    let reference = Line::parse("CCAS 12").unwrap();
    let received = Referral::receive(id(170), Some(id(171)), (reference.clone(), contact.clone()), now());
    let unsent = Referral::receive(id(172), None, (reference, contact), now());
    vec![
        received.accept(id(1), id(160), now()).unwrap(),
        received.decline(DeclineReason::Full, now()).unwrap(),
        received.withdraw(now()).unwrap(),
        received,
        unsent,
    ]
}

#[test]
fn fleet_and_loans_of_version_1() {
    let fleet = [AssetRecord::from(&asset()), AssetRecord::from(&bare_asset())];
    check_all(include_str!("../../golden/asset.v1.hex"), &fleet);
    let loans: Vec<LoanRecord> = loans().iter().map(LoanRecord::from).collect();
    check_all(include_str!("../../golden/loan.v1.hex"), &loans);
    check(include_str!("../../golden/loan_policy.v1.hex"), &LoanPolicy { handover_min: 45 });
}

#[test]
fn services_pathways_and_referrals_of_version_1() {
    let services: Vec<ServiceRecord> = services().iter().map(ServiceRecord::from).collect();
    check_all(include_str!("../../golden/service.v1.hex"), &services);
    let pathways: Vec<PathwayRecord> = pathways().iter().map(PathwayRecord::from).collect();
    check_all(include_str!("../../golden/pathway.v1.hex"), &pathways);
    let referrals: Vec<ReferralRecord> = referrals().iter().map(ReferralRecord::from).collect();
    check_all(include_str!("../../golden/referral.v1.hex"), &referrals);
}

#[test]
fn loans_are_found_by_the_time_their_thing_is_taken_while_they_are_open_and_by_person() {
    let engine = engine();
    let ids = |loans: Vec<Loan>| loans.iter().map(|loan| loan.id).collect::<Vec<_>>();
    for (loan, taken, open) in loans()
        .into_iter()
        .zip([0, 1, 1, 1, 1, 0])
        .zip([1, 1, 1, 1, 0, 0])
        .map(|((loan, taken), open)| (loan, taken, open))
    {
        let written = loan.clone();
        write(&engine, move |transaction| loans::put(transaction, &written));
        assert!(loans::find(&engine, loan.id).unwrap() == Some(loan.clone()));
        let taking = loans::taking(&engine, id(110), at("2026-10-06T17:59:59Z")).unwrap();
        assert_eq!(ids(taking).len(), taken, "{loan:?}");
        assert_eq!(ids(loans::open(&engine, 9).unwrap()).len(), open, "{loan:?}");
        assert_eq!(ids(loans::of_person(&engine, id(1), None, 9).unwrap()), [loan.id]);
        assert!(loans::of_person(&engine, id(1), Some(loan.id), 9).unwrap().is_empty());
    }
    let [_, booked, out, ..]: [Loan; 6] = loans().try_into().unwrap_or_else(|_| panic!());
    let taking = |loan: &Loan, since: Timestamp| {
        let written = loan.clone();
        write(&engine, move |transaction| loans::put(transaction, &written));
        loans::taking(&engine, id(110), since).unwrap().len()
    };
    assert_eq!(taking(&booked, at("2026-10-07T07:00:00.001Z")), 0, "over by then");
    assert_eq!(taking(&out, at("2027-10-07T07:00:00Z")), 1, "until it is back");
    assert_eq!(loans::policy(&engine).unwrap(), LoanPolicy::default());
}

#[test]
fn the_others_are_found_by_what_they_are_indexed_by() {
    let engine = engine();
    write(&engine, |transaction| {
        assets::put(transaction, &asset())?;
        services().iter().try_for_each(|service| services::put(transaction, service))?;
        referrals().iter().try_for_each(|referral| referrals::put(transaction, referral))
    });
    assert!(assets::list(&engine, None, 9).unwrap() == [asset()]);
    let of_type = |kind| services::of_type(&engine, kind, None, 99).unwrap().len();
    assert_eq!(ServiceType::ALL.iter().map(|kind| of_type(*kind)).collect::<Vec<_>>(), [4, 8, 5, 4, 3]);
    assert_eq!(services::of_person(&engine, id(1), None, 99).unwrap().len(), 21);
    let open = services::open(&engine, None, 99).unwrap();
    assert!(open.iter().all(|service| service.case.is_open()) && open.len() == 12);
    assert_eq!(services::open(&engine, open.first().map(|first| first.id), 99).unwrap().len(), 11);
    assert_eq!(referrals::open(&engine, None, 9).unwrap().len(), 2);
    assert_eq!(referrals::of_prescriber(&engine, id(171), None, 9).unwrap().len(), 1);
    assert!(referrals::of_prescriber(&engine, id(99), None, 9).unwrap().is_empty());
}

#[test]
fn a_pathway_is_open_and_due_until_it_is_over() {
    let engine = engine();
    for (pathway, due) in pathways().into_iter().zip(["2026-04-05", "2026-04-05", "2027-01-09", "", ""]) {
        let written = pathway.clone();
        write(&engine, move |transaction| pathways::put(transaction, &written));
        assert!(pathways::find(&engine, pathway.id).unwrap() == Some(pathway.clone()));
        let open = pathways::open_of(&engine, id(1)).unwrap();
        assert_eq!(open.is_some(), pathway.is_open());
        assert_eq!(pathways::of_person(&engine, id(1), 9).unwrap().len(), 1);
        let until = |day| pathways::due(&engine, day, None, 9).unwrap().len();
        match due.parse::<jiff::civil::Date>() {
            Ok(due) => assert_eq!((until(due.yesterday().unwrap()), until(due)), (0, 1), "{pathway:?}"),
            Err(_) => assert_eq!(until(date(2099, 1, 1)), 0, "{pathway:?}"),
        }
    }
}
