//! Monthly statements of volunteers against the tables of the scale. Must never know a store.

use maillage_federation::{models::Compensation, month::Month};
use proptest::prelude::*;

use super::*;
use crate::mileage::Scale;

const SCALE: Compensation = Compensation::FiscalScale { empty_kilometres: true, electric_rise: true };
const CAR: VehicleClass = VehicleClass { power: 5, electric: false };

fn drive(trip: u8, on: &str, km: (u32, u32), compensation: Compensation) -> Drive {
    Drive {
        trip: id(trip),
        volunteer: id(1),
        books: Books(None),
        day: day(on),
        loaded_m: km.0 * 1_000,
        empty_m: km.1 * 1_000,
        rate: Rate::of(compensation),
        vehicle: CAR,
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn amounts(drawn: &DrawnUp) -> Vec<i64> {
    drawn.lines.iter().map(|line| line.amount.get()).collect()
}

#[test]
fn each_rate_counts_what_its_model_says() {
    let flat = |empty_kilometres| Compensation::Flat { rate_cents: 40, empty_kilometres };
    let drives = [
        drive(1, "2025-03-02", (10, 5), flat(true)),
        drive(2, "2025-03-03", (10, 5), flat(false)),
        drive(3, "2025-03-04", (10, 5), SCALE),
        drive(
            4,
            "2025-03-05",
            (10, 5),
            Compensation::FiscalScale { empty_kilometres: false, electric_rise: true },
        ),
        drive(5, "2025-03-06", (10, 5), Compensation::Waived),
    ];
    let drawn = draw_up(month("2025-03"), &drives, &[], &Mileage::new()).unwrap();
    assert_eq!(amounts(&drawn), [600, 400, 954, 636, 954]);
    assert_eq!(drawn.totals.total(), Cents::new(3_544));
    assert_eq!((drawn.totals.loaded_m, drawn.totals.empty_m), (50_000, 25_000));
    assert_eq!(drawn.totals.counted_m, 65_000);
    assert_eq!(drawn.mileage[&(2025, CAR)], 40_000);
}

#[test]
fn the_scale_goes_on_through_the_year_and_begins_again_in_the_next() {
    let before = Mileage::from([((2025, CAR), 4_990_000)]);
    let drives = [drive(1, "2025-12-30", (20, 0), SCALE), drive(2, "2026-01-02", (20, 0), SCALE)];
    let drawn = draw_up(month("2026-01"), &drives, &[], &before).unwrap();
    // 10 km at 0.636 up to 5 000 km, then 5 010 km at 0.357 + 1 395 = 3 183.57.
    assert_eq!(amounts(&drawn), [318_357 - 317_364, 1_272]);
    assert_eq!(drawn.lines.iter().map(|line| line.arrears).collect::<Vec<_>>(), [true, false]);
    assert_eq!(drawn.continued_from().into_iter().collect::<Vec<_>>(), [2025], "2026 continues 2025");
}

#[test]
fn an_electric_car_gets_its_rise_where_the_model_gives_it() {
    let electric = |electric_rise| Drive {
        vehicle: VehicleClass { power: 5, electric: true },
        ..drive(
            1,
            "2025-03-02",
            (100, 0),
            Compensation::FiscalScale { empty_kilometres: true, electric_rise },
        )
    };
    let amount =
        |drive: Drive| amounts(&draw_up(month("2025-03"), &[drive], &[], &Mileage::new()).unwrap())[0];
    assert_eq!((amount(electric(true)), amount(electric(false))), (7_632, 6_360));
}

#[test]
fn a_statement_is_closed_when_it_can_be() {
    let drives = [drive(1, "2025-03-02", (10, 0), SCALE)];
    let drawn = draw_up(month("2025-03"), &drives, &[], &Mileage::new()).unwrap();
    let march = month("2025-03");
    assert_eq!(drawn.check(march, month("2025-04"), Some(month("2025-02"))), Ok(()));
    assert_eq!(drawn.check(march, march, None), Err(StatementError::NotOver(march)));
    assert_eq!(drawn.check(march, month("2025-04"), Some(march)), Err(StatementError::Closed(march)));
    let april = month("2025-04");
    assert_eq!(drawn.check(march, month("2025-05"), Some(april)), Err(StatementError::Closed(april)));
    let february = draw_up(month("2025-02"), &drives, &[], &Mileage::new()).unwrap();
    assert_eq!(february.check(month("2025-02"), april, None), Err(StatementError::Empty));
    let correction = Expense {
        id: id(7),
        volunteer: id(1),
        books: Books(None),
        basis: Basis::Reimbursed,
        kind: ExpenseType::Correction,
        day: day("2025-03-31"),
        amount: Cents::new(-637),
        trip: None,
        note: Line::default(),
    };
    let negative = draw_up(march, &drives, std::slice::from_ref(&correction), &Mileage::new()).unwrap();
    assert_eq!(negative.check(march, april, None), Err(StatementError::Negative));
    let nil = Expense { amount: Cents::new(-636), ..correction };
    assert_eq!(draw_up(march, &drives, &[nil], &Mileage::new()).unwrap().check(march, april, None), Ok(()));
    let old = [drive(1, "2021-03-02", (10, 0), SCALE)];
    assert_eq!(draw_up(march, &old, &[], &Mileage::new()), Err(StatementError::ScaleUnknown(2021)));
}

#[test]
fn an_expense_is_accepted_with_a_proof_or_a_reason() {
    let typed = |kind: &str, amount: &str, proof_seen, note: &str| NewExpense {
        kind: kind.to_owned(),
        basis: String::new(),
        day: "2026-11-20".to_owned(),
        amount: Cents::parse(amount).unwrap(),
        proof_seen,
        note: note.to_owned(),
    };
    let read = |new: NewExpense| new.parse(id(1), id(2), Books(None), day("2026-11-23"));
    assert_eq!(read(typed("toll", "4,60", true, "")).unwrap().amount, Cents::new(460));
    assert_eq!(read(typed("toll", "4,60", false, "")), Err(ExpenseError::NoProof));
    assert_eq!(read(typed("toll", "-4,60", true, "")), Err(ExpenseError::Impossible));
    assert_eq!(read(typed("toll", "0", true, "")), Err(ExpenseError::Impossible));
    assert_eq!(read(typed("correction", "-4,60", false, "")), Err(ExpenseError::NoNote));
    assert_eq!(read(typed("correction", "-4,60", false, "twice")).unwrap().amount, Cents::new(-460));
    assert!(matches!(read(typed("ferry", "4", true, "")), Err(ExpenseError::Kind(_))));
    let late = NewExpense { day: "2026-11-24".to_owned(), ..typed("toll", "4", true, "") };
    assert_eq!(read(late), Err(ExpenseError::Future(day("2026-11-24"))));
}

#[test]
fn a_settlement_goes_where_it_may_and_nowhere_else() {
    let on = day("2026-12-01");
    let open = Settlement::Open;
    let paid = Settlement::Paid { day: on, method: Method::Transfer };
    let waived = |receipt| Settlement::Waived { signed: on, receipt };
    let pay = SettlementAction::Pay { day: on, method: Method::Transfer };
    let waive = SettlementAction::Waive { signed: on };
    let acknowledge = SettlementAction::Acknowledge(id(1));
    let (release, other) = (SettlementAction::Release(id(1)), SettlementAction::Release(id(2)));
    let undo = SettlementAction::Undo;
    let (free, held) = (waived(None), waived(Some(id(1))));
    let wrong = |state| Err(SettlementError::Wrong { state });
    let held_back = Err(SettlementError::Acknowledged);
    let table = [
        (open, [Ok(paid), Ok(free), wrong("closed"), wrong("closed"), wrong("closed"), wrong("closed")]),
        (paid, [wrong("paid"), wrong("paid"), Ok(open), wrong("paid"), wrong("paid"), wrong("paid")]),
        (free, [wrong("waived"), wrong("waived"), Ok(open), Ok(held), wrong("waived"), wrong("waived")]),
        (held, [wrong("waived"), wrong("waived"), held_back, held_back, Ok(free), wrong("waived")]),
    ];
    for (from, expected) in table {
        for (action, expected) in [pay, waive, undo, acknowledge, release, other].into_iter().zip(expected) {
            assert_eq!(from.apply(action, Basis::Reimbursed), expected, "{from:?} {action:?}");
            let unpayable = (from, action) == (open, pay);
            let expected = if unpayable { Err(SettlementError::NotPayable) } else { expected };
            assert_eq!(from.apply(action, Basis::Waived), expected, "waived: {from:?} {action:?}");
        }
    }
}

#[test]
fn an_issuer_says_all_that_the_form_asks_for() {
    let typed = NewIssuer {
        name: "Association d’essai".to_owned(),
        address: "1 rue d’essai, 81000 Albi".to_owned(),
        identifier: "W812000000".to_owned(),
        object: "Aider à se déplacer".to_owned(),
        quality: "general-interest".to_owned(),
        signatory: "Le trésorier".to_owned(),
        tax_rate_percent: 0,
    };
    let read = typed.parse().unwrap();
    assert_eq!((read.tax_rate_percent, read.gives_tax_receipts()), (66, true));
    let other = |change: fn(&mut NewIssuer)| {
        let mut typed = typed.clone();
        change(&mut typed);
        typed.parse().unwrap_err()
    };
    assert_eq!(other(|typed| typed.tax_rate_percent = 60), IssuerError::TaxRate(60));
    assert!(matches!(other(|typed| typed.identifier.clear()), IssuerError::Text("identifier", _)));
    assert!(matches!(other(|typed| typed.quality.clear()), IssuerError::Quality(_)));
}

proptest! {
    /// Whatever the order in which trips are noted, the months they are stated in and the cars they are driven with, a
    /// year's statements come to the scale of the year's kilometres.
    #[test]
    fn a_year_of_statements_comes_to_the_scale_of_its_kilometres(
        trips in prop::collection::vec((1_i8..=12, 1_i8..=28, 0_u32..300_000, 0_u32..90_000, 0_usize..3), 0..120),
        late in prop::collection::vec(0_i8..14, 120),
    ) {
        let cars = [CAR, VehicleClass { power: 3, electric: true }, VehicleClass { power: 9, electric: false }];
        let drives: Vec<(i8, Drive)> = (0_u8..).zip(trips.iter().zip(&late)).map(|(trip, (drawn, late))| {
            let (month, day, loaded_m, empty_m, car) = *drawn;
            let on = Date::new(2025, month, day).unwrap().to_string();
            let drive = Drive { loaded_m, empty_m, vehicle: cars[car], ..drive(trip, &on, (0, 0), SCALE) };
            ((month + late).min(14), drive)
        }).collect();
        let mut mileage = Mileage::new();
        let mut stated = Cents::ZERO;
        // Fourteen months, the last two in the year after: each takes what was noted for it by then.
        for noted in 1..=14_i8 {
            let month = if noted <= 12 { Month::new(2025, noted) } else { Month::new(2026, noted - 12) }.unwrap();
            let waiting: Vec<Drive> =
                drives.iter().filter(|(when, _)| *when == noted).map(|(_, drive)| *drive).collect();
            let drawn = draw_up(month, &waiting, &[], &mileage).unwrap();
            prop_assert_eq!(drawn.lines.len(), waiting.len());
            stated = stated.plus(drawn.totals.total());
            mileage = drawn.mileage;
        }
        let scale = Scale::of_year(2025).unwrap();
        let annual = cars.iter().map(|car| {
            let metres = drives.iter().filter(|(_, drive)| drive.vehicle == *car);
            scale.annual(car.power, car.electric, metres.map(|(_, drive)| drive.counted_m()).sum())
        });
        prop_assert_eq!(stated, annual.sum::<Cents>());
    }

    /// Whatever waits, and whenever it is stated: each drive and each expense is one line of one statement, a line of a day before
    /// the month is in arrears, and the lines add up to the statement.
    #[test]
    fn lines_add_up_to_the_statement_and_nothing_is_lost_or_double(
        drives in prop::collection::vec((1_i8..=12, 0_u32..300_000, any::<bool>()), 0..60),
        expenses in prop::collection::vec((1_i8..=12, -9_000_i64..9_000), 0..40),
    ) {
        let on = |month: i8| Date::new(2025, month, 15).unwrap();
        let flat = Compensation::Flat { rate_cents: 37, empty_kilometres: true };
        let mut drives: Vec<Drive> = (0_u8..).zip(drives).map(|(trip, (month, loaded_m, scale))| {
            let rate = if scale { SCALE } else { flat };
            Drive { loaded_m, empty_m: loaded_m / 3, ..drive(trip, &on(month).to_string(), (0, 0), rate) }
        }).collect();
        let mut expenses: Vec<Expense> = (100_u8..).zip(expenses).map(|(number, (month, cents))| Expense {
            id: id(number),
            volunteer: id(1),
            books: Books(None),
            basis: Basis::Reimbursed,
            kind: ExpenseType::Correction,
            day: on(month),
            amount: Cents::new(cents),
            trip: None,
            note: Line::default(),
        }).collect();
        let (all_drives, all_expenses) = (drives.len(), expenses.len());
        let spent: Cents = expenses.iter().map(|expense| expense.amount).sum();
        let (mut mileage, mut stated, mut lines) = (Mileage::new(), Cents::ZERO, (0, 0));
        // Every third month only: what waits longer is in arrears then.
        for month in [3, 6, 9, 12] {
            let first = Date::new(2025, month, 1).unwrap();
            let drawn = draw_up(Month::new(2025, month).unwrap(), &drives, &expenses, &mileage).unwrap();
            prop_assert_eq!(drawn.totals.total(), drawn.lines.iter().map(|line| line.amount).sum::<Cents>());
            for line in &drawn.lines {
                prop_assert_eq!(line.arrears, line.day < first);
                match line.of {
                    LineOf::Drive { loaded_m, empty_m, counted_m, .. } => {
                        lines.0 += 1;
                        prop_assert_eq!(counted_m, u64::from(loaded_m) + u64::from(empty_m));
                    }
                    LineOf::Expense { .. } => {
                        lines.1 += 1;
                        stated = stated.plus(line.amount);
                    }
                }
            }
            drives.retain(|drive| drive.day > first.last_of_month());
            expenses.retain(|expense| expense.day > first.last_of_month());
            mileage = drawn.mileage;
        }
        prop_assert_eq!((lines, stated), ((all_drives, all_expenses), spent));
    }
}
