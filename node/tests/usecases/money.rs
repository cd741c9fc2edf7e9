//! The books: what is owed and paid, statements that never change, receipts without gaps whatever the power does.

use jiff::civil::Date;
use maillage_domain::{
    ids::{CarrierKind, PersonKind, StatementKind, VolunteerKind},
    ledger::{
        Basis, Books, DueSource, Entry, Expense, NewExpense, NewIssuer, Paper, Party, Receipt, Settlement,
        VehicleClass,
    },
    legal::NewCarrier,
    loan::NewLoan,
    money::Cents,
    place::NewPlace,
    roles::Role,
};
use maillage_federation::{
    ids::{Id, TripKind},
    models::Compensation,
};
use maillage_node::app::{
    Aborted,
    caller::{Caller, Scope},
    carriers, loans,
    money::{
        books::{self, CarriedOut, Driven, EVER, NewBooking},
        export::{self, Asked, Kind},
        receipts,
        statements::{self, NewSettlement, Shown, Which},
    },
    services::{self, NewService},
};
use maillage_platform::refusal::Refusal;
use maillage_store::ledger;

use crate::{
    driving::reason,
    world::{A, World, ready},
};

pub(crate) const SCALE: Compensation =
    Compensation::FiscalScale { empty_kilometres: true, electric_rise: true };

fn desk() -> Caller {
    Caller::local()
}

fn booking(cents: i64) -> NewBooking {
    NewBooking { cents, ..NewBooking::default() }
}

fn pay(world: &World, person: Id<PersonKind>, cents: i64) -> Result<Entry, Refusal> {
    let how = ("cash".to_owned(), None);
    ready(books::receive(world.app(A), &desk(), person, how, booking(cents)))
}

fn owed(world: &World, person: Id<PersonKind>) -> i64 {
    books::balance_of_person(world.app(A), &desk(), person, EVER).unwrap().closing.get()
}

fn donate(world: &World, person: Id<PersonKind>, cents: i64) -> Result<Entry, Refusal> {
    ready(books::due(world.app(A), &desk(), person, DueSource::Donation, booking(cents)))
}

pub(crate) fn issuer(world: &World, quality: &str) {
    let new = NewIssuer {
        name: "Association d’essai".into(),
        address: "1 rue d’essai, 81250 Alban".into(),
        identifier: "W812000000".into(),
        object: "Aider à se déplacer".into(),
        quality: quality.into(),
        signatory: "Le trésorier".into(),
        tax_rate_percent: 66,
    };
    let seen = receipts::show_issuer(world.app(A), &desk(), None);
    let etag = seen.map(|seen| receipts::issuer_etag(&seen)).unwrap_or_default();
    ready(receipts::set_issuer(world.app(A), &desk(), new, None, etag)).unwrap();
}

/// A trip of a person with a volunteer that was carried out on a day, 40 km of which 20 empty, for 9 €.
pub(crate) fn carried_out(
    world: &World,
    on: &str,
    (person, volunteer): (Id<PersonKind>, Id<VolunteerKind>),
    compensation: Compensation,
) -> Id<TripKind> {
    let trip = world.app(A).new_id();
    let driven = Driven {
        volunteer,
        loaded_m: 20_000,
        empty_m: 20_000,
        compensation,
        vehicle: VehicleClass { power: 5, electric: false },
    };
    let done = CarriedOut {
        trip,
        books: Books(None),
        day: on.parse().unwrap(),
        due: Some((person, Cents::new(900))),
        driven: Some(driven),
    };
    let noted = world.app(A).transact("test.trip", move |app, transaction| {
        books::carried_out(app, transaction, done)?;
        books::carried_out(app, transaction, done)?;
        Ok::<_, Aborted>(())
    });
    ready(noted).unwrap();
    trip
}

fn which(volunteer: Id<VolunteerKind>, month: &str, basis: Basis) -> Which {
    Which { volunteer, month: month.parse().unwrap(), basis, carrier: None }
}

pub(crate) fn close(world: &World, volunteer: Id<VolunteerKind>, month: &str) -> Result<i64, Refusal> {
    let closed = ready(statements::close(world.app(A), &desk(), which(volunteer, month, Basis::Reimbursed)));
    closed.map(|(statement, _)| statement.totals.total().get())
}

fn settle(
    world: &World,
    statement: Id<StatementKind>,
    (action, day): (&str, &str),
) -> Result<Settlement, Refusal> {
    let new = NewSettlement { action: action.into(), day: day.into(), method: "transfer".into() };
    ready(statements::settle(world.app(A), &desk(), statement, new)).map(|statement| statement.settlement)
}

fn file(world: &World, kind: Kind) -> String {
    let mut file = String::new();
    let mut after = None;
    loop {
        let asked = Asked { kind, period: EVER, carrier: None, after };
        let (page, next) = export::page(world.app(A), &desk(), asked).unwrap();
        file.push_str(&page);
        match next {
            Some(_) => after = next,
            None => return file,
        }
    }
}

#[test]
fn what_is_owed_is_paid_in_parts_and_too_much_is_a_credit() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let volunteer = world.volunteer(A, "81003", false);
    carried_out(&world, "2026-09-10", (person, volunteer), SCALE);
    assert_eq!(owed(&world, person), 900);
    pay(&world, person, 500).unwrap();
    assert_eq!(owed(&world, person), 400);
    let refund = |cents| ready(books::refund(world.app(A), &desk(), person, "cash".into(), booking(cents)));
    assert_eq!(reason(refund(1)), "money-more-than-there");
    let too_much = pay(&world, person, 600).unwrap();
    assert_eq!(owed(&world, person), -200);
    assert_eq!(reason(refund(201)), "money-more-than-there");
    let back = ready(books::counter(world.app(A), &desk(), too_much.id, "typed twice".into())).unwrap();
    assert_eq!((back.counters, owed(&world, person)), (Some(too_much.id), 400));
    let again = ready(books::counter(world.app(A), &desk(), too_much.id, String::new()));
    assert_eq!(reason(again), "entry-already-countered");
    let give_up =
        |cents| ready(books::write_off(world.app(A), &desk(), person, "hardship".into(), booking(cents)));
    assert_eq!(reason(give_up(401)), "money-more-than-there");
    give_up(400).unwrap();
    assert_eq!(owed(&world, person), 0);
    assert_eq!(reason(pay(&world, person, 0)), "money-amount");
    let tomorrow = NewBooking { cents: 1, day: "2026-10-02".into(), ..NewBooking::default() };
    let cash = ("cash".to_owned(), None);
    let early = ready(books::receive(world.app(A), &desk(), person, cash, tomorrow));
    assert_eq!(reason(early), "money-day-future");
}

#[test]
fn a_closed_month_never_changes_and_what_comes_late_goes_into_the_next() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let volunteer = world.volunteer(A, "81003", false);
    carried_out(&world, "2026-08-10", (person, volunteer), SCALE);
    let toll = NewExpense {
        kind: "toll".into(),
        day: "2026-08-10".into(),
        amount: Cents::new(460),
        proof_seen: true,
        ..NewExpense::default()
    };
    ready(statements::add_expense(world.app(A), &desk(), volunteer, toll, (None, None))).unwrap();
    assert_eq!(reason(close(&world, volunteer, "2026-10")), "statement-month-not-over");
    let mut which = which(volunteer, "2026-08", Basis::Reimbursed);
    assert!(matches!(statements::show(world.app(A), &desk(), which), Ok(Shown::Draft(..))));
    assert_eq!(close(&world, volunteer, "2026-08"), Ok(2_544 + 460));
    let shown = || statements::show(world.app(A), &desk(), which).unwrap();
    let august = shown();
    let Shown::Closed(statement, lines) = &august else { panic!("it was closed") };
    assert_eq!((statement.number.to_string().as_str(), lines.len()), ("EF-2026-000001", 2));
    assert_eq!(reason(close(&world, volunteer, "2026-08")), "statement-closed");
    assert_eq!(reason(close(&world, volunteer, "2026-09")), "statement-empty");
    carried_out(&world, "2026-08-31", (person, volunteer), SCALE);
    assert_eq!(shown(), august, "late trips change nothing");
    assert_eq!(close(&world, volunteer, "2026-09"), Ok(2_544));
    which.month = "2026-09".parse().unwrap();
    let Shown::Closed(_, lines) = statements::show(world.app(A), &desk(), which).unwrap() else {
        panic!("it was closed")
    };
    assert!(lines[0].arrears);
    let balance = books::balance_of_volunteer(world.app(A), &desk(), volunteer, EVER).unwrap();
    assert_eq!(balance.closing, Cents::new(2 * 2_544 + 460));
}

#[test]
fn a_statement_is_paid_or_given_up_and_a_mistake_is_undone_in_the_books() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let volunteer = world.volunteer(A, "81003", false);
    carried_out(&world, "2026-08-10", (person, volunteer), SCALE);
    carried_out(&world, "2026-08-11", (person, volunteer), Compensation::Waived);
    let closed = |basis| {
        ready(statements::close(world.app(A), &desk(), which(volunteer, "2026-08", basis))).unwrap().0
    };
    let (paid, waived) = (closed(Basis::Reimbursed), closed(Basis::Waived));
    let still_owed = || books::balance_of_volunteer(world.app(A), &desk(), volunteer, EVER).unwrap().closing;
    assert_eq!(still_owed(), Cents::new(2_544), "what a model does not pay is not owed");
    settle(&world, paid.id, ("pay", "2026-09-05")).unwrap();
    assert_eq!(still_owed(), Cents::ZERO);
    assert_eq!(reason(settle(&world, paid.id, ("waive", "2026-09-05"))), "settlement-wrong-state");
    assert_eq!(reason(settle(&world, waived.id, ("pay", ""))), "settlement-not-payable");
    assert_eq!(reason(settle(&world, waived.id, ("waive", ""))), "money-day");
    settle(&world, waived.id, ("waive", "2026-09-05")).unwrap();
    assert_eq!(still_owed(), Cents::ZERO);
    settle(&world, paid.id, ("undo", "")).unwrap();
    settle(&world, waived.id, ("undo", "")).unwrap();
    assert_eq!(still_owed(), Cents::new(2_544));
    settle(&world, paid.id, ("waive", "2026-09-30")).unwrap();
    settle(&world, waived.id, ("waive", "2026-09-30")).unwrap();
    assert_eq!(still_owed(), Cents::ZERO);
    for kind in ["contributions", "payments", "statements", "waivers"] {
        let file = file(&world, kind.parse().unwrap());
        let sum = |column: usize| -> Cents {
            let cells = file.lines().skip(1).map(|line| line.split(';').nth(column).unwrap());
            cells.filter(|cell| !cell.is_empty()).map(|cell| Cents::parse(cell).unwrap()).sum()
        };
        assert!(sum(6).is_positive(), "{kind}");
        assert_eq!(sum(6), sum(7), "{kind}");
    }
    assert!(file(&world, Kind::Waivers).contains(";75412;Abandons de frais par les bénévoles;"));
}

#[test]
fn a_tax_receipt_counts_each_waiver_once_and_a_credit_note_sets_them_free() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let volunteer = world.volunteer(A, "81003", false);
    carried_out(&world, "2026-08-10", (person, volunteer), SCALE);
    let statement =
        ready(statements::close(world.app(A), &desk(), which(volunteer, "2026-08", Basis::Reimbursed)));
    let statement = statement.unwrap().0.id;
    let give = |year| ready(receipts::issue_waiver(world.app(A), &desk(), (volunteer, year), None));
    assert_eq!(reason(give(2026)), "issuer-missing");
    issuer(&world, "none");
    assert_eq!(reason(give(2026)), "issuer-without-quality");
    issuer(&world, "general-interest");
    assert_eq!(reason(give(2026)), "receipt-nothing-waived");
    settle(&world, statement, ("waive", "2026-09-30")).unwrap();
    assert_eq!(reason(give(2025)), "receipt-nothing-waived");
    let receipt = give(2026).unwrap();
    assert_eq!(receipt.letters(), "vingt-cinq euros et quarante-quatre centimes");
    assert_eq!(receipt.indicative_reduction(), Cents::new(1_679));
    assert_eq!(reason(give(2026)), "receipt-nothing-waived");
    assert_eq!(reason(settle(&world, statement, ("undo", ""))), "settlement-acknowledged");
    let cancel = |reason: &str| ready(receipts::cancel(world.app(A), &desk(), receipt.id, reason.into()));
    assert_eq!(reason(cancel(" ")), "receipt-reason-missing");
    let note = cancel("wrong address").unwrap();
    assert_eq!((note.number.sequence, note.amount), (2, receipt.amount));
    assert_eq!(reason(cancel("again")), "receipt-already-cancelled");
    let of_note = ready(receipts::cancel(world.app(A), &desk(), note.id, "no".into()));
    assert_eq!(reason(of_note), "receipt-is-credit-note");
    assert_eq!(receipts::show(world.app(A), &desk(), receipt.id).unwrap().cancelled_by, Some(note.number));
    let second = give(2026).unwrap();
    assert_eq!((second.number.sequence, second.amount), (3, receipt.amount));
}

#[test]
fn a_payment_is_receipted_once_and_its_text_stays_as_it_was() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    issuer(&world, "none");
    donate(&world, person, 500).unwrap();
    let paid = pay(&world, person, 500).unwrap();
    let issue = |entry| ready(receipts::issue(world.app(A), &desk(), entry));
    let receipt = issue(paid.id).unwrap();
    assert_eq!(reason(issue(paid.id)), "entry-has-receipt");
    let due = donate(&world, person, 100).unwrap();
    assert_eq!(reason(issue(due.id)), "receipt-not-a-payment");
    let back = ready(books::counter(world.app(A), &desk(), paid.id, String::new()));
    assert_eq!(reason(back), "entry-has-receipt");
    issuer(&world, "public-utility");
    let shown = receipts::show(world.app(A), &desk(), receipt.id).unwrap().receipt;
    assert_eq!(shown, receipt, "the issuer's new quality changes no receipt that was given");
    assert!(receipt.recipient.address.as_str().contains("Alban"));
    let all = receipts::list(world.app(A), &desk(), (Some(Party::Person(person)), None), None, 9).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn no_receipt_is_missing_double_or_lost_wherever_the_power_fails() {
    for (step, seed) in (0..12_u64).flat_map(|step| [(step, 0), (step, step + 1)]) {
        let mut world = World::empty(1);
        let person = world.person(A, "ask");
        issuer(&world, "none");
        let payments: Vec<Entry> = (1..=6).map(|cents| pay(&world, person, cents).unwrap()).collect();
        world.nodes[A].disk.fail_after_operations(step);
        let mut acknowledged: Vec<Receipt> = Vec::new();
        for payment in &payments {
            acknowledged.extend(ready(receipts::issue(world.app(A), &desk(), payment.id)).ok());
        }
        world.nodes[A].crash(seed);
        let held = || ledger::receipts_after(&world.app(A).store, Books(None), None, 99).unwrap();
        for receipt in &acknowledged {
            assert!(held().contains(receipt), "step {step} seed {seed}: an acknowledged receipt is lost");
        }
        // Whoever asks again gets what is missing, and nothing twice.
        for payment in &payments {
            match ready(receipts::issue(world.app(A), &desk(), payment.id)) {
                Ok(_) => {}
                Err(refusal) => assert_eq!(refusal.reason(), "entry-has-receipt", "step {step} seed {seed}"),
            }
        }
        let held = held();
        let numbers: Vec<u64> = held.iter().map(|receipt| receipt.number.sequence).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6], "step {step} seed {seed}");
        let entries = held.iter().map(|receipt| match receipt.paper {
            Paper::Contribution { entry, .. } => entry,
            Paper::Waiver { .. } | Paper::CreditNote { .. } => panic!("nobody asked for it"),
        });
        let entries: std::collections::BTreeSet<_> = entries.collect();
        assert_eq!(entries.len(), payments.len(), "step {step} seed {seed}: two receipts of one payment");
    }
}

#[test]
fn the_day_of_the_books_is_that_of_paris() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    // 31 December 23:30 in UTC is next year in Paris.
    let minutes = 91 * 24 * 60 + 17 * 60 + 30;
    world.wait(minutes);
    assert_eq!(world.now().to_string(), "2026-12-31T23:30:00Z");
    let entry = pay(&world, person, 100).unwrap();
    assert_eq!(entry.day, Date::constant(2027, 1, 1));
    assert_eq!(entry.number.to_string(), "RG-2027-000001");
}

#[test]
fn what_is_due_for_a_loan_or_a_service_is_due_from_its_own_person_alone() {
    let world = World::empty(1);
    let app = world.app(A);
    let (mine, other) = (world.person(A, "ask"), world.person(A, "ask"));
    let wish = NewLoan {
        category: "car".into(),
        from: "2026-10-12T09:00".into(),
        until: "2026-10-19T09:00".into(),
        purpose: "work-training".into(),
        notes: String::new(),
    };
    let loan = ready(loans::ask(app, &desk(), mine, wish)).unwrap().id;
    let advice = NewService {
        kind: "advice".into(),
        person: mine.to_string(),
        form: "diagnosis".into(),
        at: "2026-10-01T10:00".into(),
        ..NewService::default()
    };
    let service = ready(services::open(app, &desk(), advice)).unwrap().id;
    let due = |payer, source| ready(books::due(app, &desk(), payer, source, booking(500)));
    for source in [DueSource::Loan(loan), DueSource::Service(service)] {
        assert_eq!(reason(due(other, source)), "money-source-of-another", "{source:?}");
    }
    assert_eq!(reason(due(mine, DueSource::Loan(app.new_id()))), "money-source-unknown");
    assert_eq!(reason(due(mine, DueSource::Service(app.new_id()))), "money-source-unknown");
    assert_eq!(owed(&world, other), 0);
    for source in [DueSource::Loan(loan), DueSource::Service(service)] {
        due(mine, source).unwrap();
        assert_eq!(reason(due(mine, source)), "money-already-due", "{source:?}");
    }
    assert_eq!(owed(&world, mine), 1_000);
}

/// A second association, and a default one: whose books are whose.
fn associations(world: &World) -> [Id<CarrierKind>; 2] {
    let add = |name: &str| {
        let new = NewCarrier {
            name: name.into(),
            rna: "W812003456".into(),
            address: NewPlace { commune: "81003".into(), address: "1 place fictive".into() },
            ..NewCarrier::default()
        };
        ready(carriers::add(world.app(A), &desk(), new)).unwrap().id
    };
    [add("Première association synthétique"), add("Seconde association synthétique")]
}

#[test]
fn one_association_gives_back_nothing_that_another_one_got() {
    let world = World::empty(1);
    let app = world.app(A);
    let (person, volunteer) = (world.person(A, "ask"), world.volunteer(A, "81003", false));
    // From before any association was declared: it can still be given up, though these books cannot be named.
    ready(books::due(app, &desk(), person, DueSource::Donation, booking(300))).unwrap();
    let [first, second] = associations(&world);
    let of = |carrier, cents| NewBooking { carrier: Some(carrier), ..booking(cents) };
    let cash = || ("cash".to_owned(), Some(volunteer));
    ready(books::receive(app, &desk(), person, cash(), of(first, 900))).unwrap();
    ready(books::due(app, &desk(), person, DueSource::Donation, of(second, 700))).unwrap();
    assert_eq!(owed(&world, person), 300 - 900 + 700);
    let refund = |new| reason(ready(books::refund(app, &desk(), person, "cash".into(), new)));
    assert_eq!(refund(of(second, 1)), "money-more-than-there");
    assert_eq!(refund(of(first, 901)), "money-more-than-there");
    ready(books::refund(app, &desk(), person, "cash".into(), of(first, 900))).unwrap();
    let give_up = |new| ready(books::write_off(app, &desk(), person, "goodwill".into(), new));
    assert_eq!(reason(give_up(of(first, 1))), "money-more-than-there");
    assert_eq!(give_up(of(second, 700)).unwrap().books, Books(Some(second)));
    assert_eq!(give_up(booking(300)).unwrap().books, Books(None));
    assert_eq!(owed(&world, person), 0);
    let remit = |new| ready(books::remit(app, &desk(), volunteer, "cash".into(), new));
    assert_eq!(reason(remit(of(second, 900))), "money-more-than-there");
    remit(of(first, 900)).unwrap();
}

fn toll(world: &World, volunteer: Id<VolunteerKind>, cents: i64) -> Expense {
    let new = NewExpense {
        kind: "toll".into(),
        day: "2026-09-10".into(),
        amount: Cents::new(cents),
        proof_seen: true,
        ..NewExpense::default()
    };
    ready(statements::add_expense(world.app(A), &desk(), volunteer, new, (None, None))).unwrap()
}

#[test]
fn expenses_that_wait_are_listed_page_by_page_until_they_are_taken_out() {
    let world = World::empty(1);
    let app = world.app(A);
    let (one, two) = (world.volunteer(A, "81003", false), world.volunteer(A, "81003", false));
    let mut all = vec![toll(&world, one, 100), toll(&world, two, 200), toll(&world, one, 300)];
    let list = |whose, after: Option<&[u8]>, limit| {
        statements::waiting_expenses(app, &desk(), whose, after, limit).unwrap()
    };
    let first = list(None, None, 2);
    let rest = list(None, Some(&statements::expense_mark(&first[1])), 2);
    let mut found: Vec<Expense> = first.into_iter().chain(rest).collect();
    found.sort_by_key(|expense| expense.id);
    all.sort_by_key(|expense| expense.id);
    assert_eq!(found, all);
    assert_eq!(list(Some(one), None, 9).iter().map(|found| found.amount.get()).sum::<i64>(), 400);
    let own = Caller::new("driver", [Role::Driver].into(), Scope::Volunteer(two));
    assert_eq!(statements::waiting_expenses(app, &own, Some(two), None, 9).unwrap().len(), 1);
    assert_eq!(reason(statements::waiting_expenses(app, &own, None, None, 9)), "not-yours");
    ready(statements::remove_expense(app, &desk(), two, list(Some(two), None, 1)[0].id)).unwrap();
    assert!(list(Some(two), None, 9).is_empty());
}

#[test]
fn what_is_to_be_closed_and_what_somebody_got_come_page_by_page() {
    let world = World::empty(1);
    let app = world.app(A);
    let month = "2026-09".parse().unwrap();
    let mut drivers: Vec<_> = (0..3).map(|_| world.volunteer(A, "81003", false)).collect();
    for driver in &drivers {
        toll(&world, *driver, 500);
    }
    let mut seen = Vec::new();
    let mut after = None;
    while let Some(which) = statements::due_after(app, &desk(), month, after, 1).unwrap().pop() {
        after = Some((Books(which.carrier), which.volunteer, which.basis));
        seen.push(which.volunteer);
    }
    seen.sort();
    drivers.sort();
    assert_eq!(seen, drivers);
    assert_eq!(statements::due_in(app, &desk(), month).unwrap().len(), 3);

    let person = world.person(A, "ask");
    issuer(&world, "general-interest");
    let mut receipts: Vec<_> = (1..4)
        .map(|cents| {
            let paid = pay(&world, person, cents).unwrap();
            ready(receipts::issue(app, &desk(), paid.id)).unwrap().id
        })
        .collect();
    // All of the same instant: their order is that of their identifiers.
    receipts.sort();
    let party = Party::Person(person);
    let page = |after, limit| {
        let found = receipts::of_party(app, &desk(), party, after, limit).unwrap();
        found.into_iter().map(|shown| shown.receipt.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2), receipts[..2]);
    assert_eq!(page(Some(receipts[1]), 2), receipts[2..]);
    assert!(page(Some(receipts[2]), 2).is_empty());
}
