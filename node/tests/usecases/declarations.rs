//! What a person declares about a year: proposed by the books, signed as it was shown, kept before it leaves, corrected by a higher
//! revision, and refused where a sum would tell of one person.

use maillage_domain::{
    declaration::{Dominance, DriverSum, Figure, Obstacle, Typed},
    ids::{PersonKind, VolunteerKind},
    ledger::{Basis, DueSource, Entry, Statement},
    person::NewPerson,
    place::NewPlace,
    request::NewRequest,
};
use maillage_federation::{
    accounts::{Declared, FORM, Said, VolunteerBand, rounded_cents},
    envelope::Body,
    ids::Id,
    statistics::WithdrawalReason,
};
use maillage_node::app::{
    caller::Caller,
    edit::Mask,
    money::{
        books::{self, NewBooking},
        statements::{self, NewSettlement},
    },
    people::{self, Edit},
    report::declaration::{self, Kept, NewSignatory, Preview},
    services::{self, NewService},
    trips,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{declarations::DeclarationState, outbox};

use crate::{
    driving::reason,
    half_years::set,
    world::{A, CANARIES, World, ready},
};

/// Who signs: found nowhere but on the node.
const SIGNATORY: [&str; 2] = ["Canariette Roux", "trésorière-canari"];

pub(crate) fn desk() -> Caller {
    Caller::local()
}

/// Somebody travels to Albi on a day with a driver.
fn drive(world: &World, person: Id<PersonKind>, driver: Id<VolunteerKind>, day: &str) {
    let new = NewRequest {
        dropoff: NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: Some(format!("{day}T10:00")),
        purpose: "health".into(),
        ..NewRequest::default()
    };
    let (_, legs) = ready(trips::add_request(world.app(A), &desk(), person, new)).unwrap();
    world.promise(A, legs[0].id(), driver);
    world.complete(A, legs[0].id());
}

/// Somebody owes something for advice, on a day or today.
fn owe(world: &World, person: Id<PersonKind>, cents: i64, day: &str) -> Entry {
    let advice = NewService {
        kind: "advice".into(),
        person: person.to_string(),
        form: "diagnosis".into(),
        at: "2026-10-01T10:00".into(),
        ..NewService::default()
    };
    let service = ready(services::open(world.app(A), &desk(), advice)).unwrap().id;
    let new = NewBooking { cents, day: day.into(), ..NewBooking::default() };
    ready(books::due(world.app(A), &desk(), person, DueSource::Service(service), new)).unwrap()
}

fn give(world: &World, person: Id<PersonKind>, cents: i64) {
    owe(world, person, cents, "");
}

/// People who travel with drivers, each on a day of October of their own.
pub(crate) fn driven(drivers: &[usize]) -> (World, Vec<Id<PersonKind>>) {
    let world = World::empty(1);
    let cars: Vec<_> = (0..3).map(|_| world.volunteer(A, "81003", false)).collect();
    let mut persons = Vec::new();
    for (day, driver) in (5..).zip(drivers) {
        let person = world.person(A, "never");
        drive(&world, person, cars[*driver], &format!("2026-10-{day:02}"));
        give(&world, person, 1_000);
        persons.push(person);
    }
    (world, persons)
}

/// Every statement of October is closed; what the model pays is paid, the rest is given up.
pub(crate) fn close_statements(world: &World) {
    for statement in closed(world) {
        let action = if statement.basis == Basis::Waived { "waive" } else { "pay" };
        settle(world, &statement, action, "2026-12-01");
    }
}

fn closed(world: &World) -> Vec<Statement> {
    let due = statements::due_in(world.app(A), &desk(), "2026-10".parse().unwrap()).unwrap();
    due.into_iter().map(|which| ready(statements::close(world.app(A), &desk(), which)).unwrap().0).collect()
}

fn settle(world: &World, statement: &Statement, action: &str, day: &str) {
    let method = if action == "pay" { "transfer" } else { "" };
    let new = NewSettlement { action: action.into(), day: day.into(), method: method.into() };
    ready(statements::settle(world.app(A), &desk(), statement.id, new)).unwrap();
}

/// Twelve people and three drivers, all statements closed, on 5 January 2027.
pub(crate) fn year() -> World {
    let (world, _) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    world
}

/// What the books do not know, typed.
pub(crate) fn typed(world: &World) -> Typed {
    let mut typed = Typed { volunteers: Some(VolunteerBand::Under5), ..Typed::default() };
    for figure in preview(world, &typed).missing {
        let value = match figure {
            Figure::FullCost => 4_000_000,
            Figure::Subsidy => 2_500_000,
            Figure::StaffFte => 150,
            Figure::SolutionsOpened => 1,
            Figure::Contributions
            | Figure::Compensation
            | Figure::Waivers
            | Figure::Vehicles
            | Figure::Volunteers => 0,
        };
        typed.figures.insert(figure, value);
    }
    typed
}

pub(crate) fn preview(world: &World, typed: &Typed) -> Preview {
    declaration::preview(world.app(A), &desk(), 2026, typed).unwrap()
}

pub(crate) fn signatory() -> NewSignatory {
    NewSignatory { name: SIGNATORY[0].into(), function: SIGNATORY[1].into() }
}

fn sign_as(world: &World, typed: &Typed, signatory: NewSignatory, etag: &str) -> Result<Kept, Refusal> {
    let asked = (2026, typed.clone());
    ready(declaration::sign(world.app(A), &desk(), asked, signatory, etag.to_owned()))
}

/// Looks, and signs what was shown.
pub(crate) fn sign(world: &World, typed: &Typed) -> Result<Kept, Refusal> {
    let seen = preview(world, typed);
    sign_as(world, typed, signatory(), &seen.etag)
}

pub(crate) fn costing(world: &World, full_cost: u64) -> Typed {
    let mut typed = typed(world);
    typed.figures.insert(Figure::FullCost, full_cost);
    typed
}

pub(crate) fn takes(world: &World) {
    world.app(A).link.note_forms([FORM.to_owned()]);
}

/// Declarations in the outbox of A.
pub(crate) fn leaving(world: &World) -> Vec<Declared> {
    let accounts = |body| match body {
        Body::Accounts(declared) => Some(declared),
        Body::Report(_)
        | Body::Withdrawal(_)
        | Body::Command(_)
        | Body::Notice(_)
        | Body::Agreement(_)
        | Body::AgreementNotice(_)
        | Body::Settlement(_)
        | Body::SettlementNotice(_) => None,
    };
    world.waiting(A).into_iter().filter_map(accounts).collect()
}

pub(crate) fn kept(world: &World) -> Vec<(u32, bool, DeclarationState)> {
    let all = declaration::list(world.app(A), &desk(), 9).unwrap();
    all.into_iter().map(|kept| (kept.signed.declared.revision, kept.in_force, kept.state)).collect()
}

#[test]
fn what_is_signed_is_what_was_shown_and_nothing_else() {
    let mut world = year();
    let nothing = preview(&world, &Typed::default());
    assert_eq!((nothing.declared, nothing.etag.as_str()), (None, ""));
    assert!(nothing.missing.contains(&Figure::Subsidy) && !nothing.missing.contains(&Figure::Contributions));
    assert_eq!(nothing.obstacles, []);
    let typed = typed(&world);
    let shown = preview(&world, &typed);
    assert_eq!((shown.books.trips.count, shown.books.beneficiaries, shown.revision), (12, 12, 1));
    let figures = shown.declared.as_ref().unwrap().figures().unwrap().clone();
    assert_eq!((figures.trips, figures.full_cost_cents), (0, 4_000_000), "twelve trips are rounded to 50");
    let owed = u64::try_from(shown.books.contributions.total()).unwrap();
    assert!(owed >= 12_000 && figures.contributions_cents == rounded_cents(owed));
    assert_eq!(reason(sign_as(&world, &typed, signatory(), "")), "etag-missing");
    let other = sign_as(&world, &typed, signatory(), "0123456789abcdef").unwrap_err();
    assert_eq!(
        (other.reason(), other.details().len()),
        ("declaration-not-as-shown", 0),
        "nothing to sign by"
    );
    let nobody = NewSignatory { name: " ".into(), ..signatory() };
    assert_eq!(reason(sign_as(&world, &typed, nobody, &shown.etag)), "declaration-signatory");
    give(&world, world.person(A, "never"), 500);
    assert_eq!(reason(sign_as(&world, &typed, signatory(), &shown.etag)), "accepted", "of another year");
    takes(&world);
    ready(declaration::post_waiting(world.app(A))).unwrap();
    world.settle();
    let (declared, _) = world.hub.accounts.last().unwrap();
    assert_eq!(*declared, shown.declared.unwrap());
    assert_eq!(kept(&world), [(1, true, DeclarationState::Sent)]);
}

#[test]
fn books_that_changed_meanwhile_are_shown_again_before_they_are_signed() {
    let (world, persons) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1]);
    set(&world, "2026-12-31T22:00:00Z");
    close_statements(&world);
    let typed = typed(&world);
    give(&world, persons[0], 20_000);
    set(&world, "2027-01-05T08:00:00Z");
    let shown = preview(&world, &typed);
    world.clock.set("2026-12-31T22:30:00Z".parse().unwrap());
    give(&world, persons[1], 20_000);
    set(&world, "2027-01-05T08:00:00Z");
    assert_eq!(reason(sign_as(&world, &typed, signatory(), &shown.etag)), "declaration-not-as-shown");
    assert_eq!(kept(&world), []);
}

#[test]
fn nobodys_name_is_in_what_leaves() {
    let mut world = year();
    takes(&world);
    sign(&world, &typed(&world)).unwrap();
    let retracted = (2026, 1, "test-data".to_owned());
    ready(declaration::withdraw(world.app(A), &desk(), retracted, signatory())).unwrap();
    let rows = outbox::pending(&world.app(A).store, 99).unwrap();
    assert_eq!(rows.len(), 2);
    world.settle();
    for bytes in
        rows.iter().map(|(_, row)| &row.bytes).chain(world.hub.accounts.iter().map(|(_, bytes)| bytes))
    {
        let text = String::from_utf8_lossy(bytes);
        assert!(SIGNATORY.iter().chain(&CANARIES).all(|canary| !text.contains(canary)), "{text}");
    }
    let kept = declaration::list(world.app(A), &desk(), 9).unwrap();
    let known = kept.iter().map(|kept| kept.signed.signatory.as_ref().unwrap().name.as_str());
    assert_eq!(known.collect::<Vec<_>>(), [SIGNATORY[0]; 2], "the node knows who signed");
    assert!(!format!("{kept:?}").contains(SIGNATORY[0]), "and tells no log");
}

/// Why nothing is signed, with a detail of it.
fn refused(world: &World, detail: &str) -> (String, String) {
    let typed = typed(world);
    let shown = preview(world, &typed);
    assert_eq!(shown.etag, "", "nothing to sign");
    let refusal = sign_as(world, &typed, signatory(), "0123456789abcdef").unwrap_err();
    assert_eq!((kept(world), leaving(world)), (vec![], vec![]));
    (refusal.reason().to_owned(), refusal.details().get(detail).cloned().unwrap_or_default())
}

fn told(reason: &str, detail: &str) -> (String, String) {
    (reason.to_owned(), detail.to_owned())
}

#[test]
fn a_year_is_declared_when_it_is_over_and_from_eleven_people_on() {
    let (world, _) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    takes(&world);
    set(&world, "2026-12-31T22:59:59Z");
    close_statements(&world);
    assert_eq!(refused(&world, "year"), told("declaration-year-not-over", "2026"));
    set(&world, "2026-12-31T23:00:00Z");
    assert_eq!(refused(&world, "served"), told("declaration-few-beneficiaries", "10"));
    let early = declaration::preview(world.app(A), &desk(), 2018, &Typed::default());
    assert_eq!(reason(early), "year-format");
    let (world, _) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    let objector = world.person_who(A, "never", true);
    let driver = world.volunteer(A, "81003", false);
    drive(&world, objector, driver, "2026-10-20");
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    let shown = preview(&world, &typed(&world));
    assert_eq!((shown.books.trips.count, shown.books.beneficiaries), (10, 10), "who objects is not counted");
    assert_eq!(shown.obstacles, [Obstacle::FewBeneficiaries { served: 10 }]);
}

#[test]
fn nothing_is_declared_that_is_one_persons_for_the_most_part() {
    let (world, persons) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    give(&world, persons[0], 1_000_000);
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    let (code, most) = refused(&world, "most");
    assert_eq!((code.as_str(), most.as_str()), ("declaration-one-payer", "85"));
    let (world, _) = driven(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    assert_eq!(refused(&world, "sum"), told("declaration-one-driver", "trips"));
    assert_eq!(
        refused(&world, "missing"),
        told("declaration-one-driver", "1"),
        "11 of 12; 11 of 13 are allowed"
    );
}

#[test]
fn what_would_be_needed_is_told_to_the_next_ten_euros_and_trips_one_by_one() {
    let missing = |obstacle: fn(Dominance) -> Obstacle, missing| {
        let refusal = declaration::refused(obstacle(Dominance { percent: 87, missing }), 2026);
        refusal.details().get("missing").cloned().unwrap()
    };
    for (cents, told) in [(1, "10,00"), (1_000, "10,00"), (1_001, "20,00"), (123_456, "1240,00")] {
        assert_eq!(missing(Obstacle::OnePayer, cents), told, "{cents}");
        let paid = |dominance| Obstacle::OneDriver(DriverSum::Compensation, dominance);
        assert_eq!(missing(paid, cents), told, "{cents}");
    }
    assert_eq!(missing(|dominance| Obstacle::OneDriver(DriverSum::Trips, dominance), 3), "3");
}

#[test]
fn a_node_that_loses_power_anywhere_sends_the_same_bytes_or_none() {
    let mut counted = [0, 0];
    for (step, seed) in (0..10_u64).flat_map(|step| [(step, 0), (step, 2 * step + 1)]) {
        let mut world = year();
        takes(&world);
        let typed = typed(&world);
        world.nodes[A].disk.fail_after_operations(step);
        let told = sign(&world, &typed);
        world.nodes[A].crash(seed);
        let left = leaving(&world);
        assert!(left.len() <= 1 && (told.is_err() || left.len() == 1), "{step} {seed}");
        assert_eq!(kept(&world).len(), left.len(), "{step} {seed}: kept if and only if it is on its way");
        counted[left.len()] += 1;
        let after = sign(&world, &typed).unwrap();
        assert_eq!(leaving(&world), std::slice::from_ref(&after.signed.declared), "{step} {seed}");
        let before: Vec<_> = outbox::pending(&world.app(A).store, 9).unwrap();
        world.carry_and_lose_the_answer(A);
        world.nodes[A].crash(seed + 1);
        let again: Vec<_> = outbox::pending(&world.app(A).store, 9).unwrap();
        assert_eq!(again, before, "{step} {seed}: what is sent again is the same bytes");
        world.settle();
        let declared: Vec<_> = world.hub.accounts.iter().map(|(declared, _)| declared).collect();
        assert_eq!(declared, [&after.signed.declared], "{step} {seed}");
        assert_eq!(kept(&world), [(1, true, DeclarationState::Sent)], "{step} {seed}");
    }
    assert!(counted[0] > 0 && counted[1] > 0, "the power never failed on both sides: {counted:?}");
}

#[test]
fn a_mistake_is_answered_by_a_higher_revision_and_every_one_is_kept() {
    let mut world = year();
    takes(&world);
    let first = sign(&world, &costing(&world, 4_000_000)).unwrap();
    let again = sign(&world, &costing(&world, 4_000_000)).unwrap();
    assert_eq!((again.signed, again.unchanged), (first.signed.clone(), true), "the same is no second one");
    assert_eq!(leaving(&world).len(), 1);
    let second = sign(&world, &costing(&world, 4_100_000)).unwrap();
    assert_eq!(second.signed.declared.revision, 2);
    world.settle();
    let withdraw_of = |revision: u32, reason: &str| {
        let asked = (2026, revision, reason.to_owned());
        ready(declaration::withdraw(world.app(A), &desk(), asked, signatory()))
    };
    assert_eq!(reason(withdraw_of(1, "other")), "declaration-other-revision", "another one was seen");
    let withdraw = |reason: &str| withdraw_of(2, reason);
    assert_eq!(reason(withdraw("Mme Calvet")), "withdrawal-reason");
    let third = withdraw("wrong-counts").unwrap();
    assert_eq!(third.signed.declared.said, Said::Withdrawn(WithdrawalReason::WrongCounts));
    assert_eq!(withdraw("other").unwrap().signed, third.signed, "taken back once");
    let fourth = sign(&world, &costing(&world, 4_000_000)).unwrap();
    assert_eq!((fourth.signed.declared.revision, fourth.in_force), (4, true));
    world.settle();
    let revisions: Vec<u32> = world.hub.accounts.iter().map(|(declared, _)| declared.revision).collect();
    assert_eq!(revisions, [1, 2, 3, 4]);
    let sent = |revision| (revision, revision == 4, DeclarationState::Sent);
    assert_eq!(kept(&world), [sent(4), sent(3), sent(2), sent(1)]);
    let unknown = (2025, 1, "other".to_owned());
    let unknown = ready(declaration::withdraw(world.app(A), &desk(), unknown, signatory()));
    assert_eq!(reason(unknown), "declaration-unknown");
}

#[test]
fn what_is_taken_back_after_new_year_is_not_owed_for_the_year_before() {
    let (world, persons) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    let owed = |world: &World| preview(world, &Typed::default()).books.contributions.total();
    let before = owed(&world);
    for source in [DueSource::Donation, DueSource::Membership(2026)] {
        let new = NewBooking { cents: 5_000, ..NewBooking::default() };
        ready(books::due(world.app(A), &desk(), persons[0], source, new)).unwrap();
    }
    assert_eq!(owed(&world), before, "neither gifts nor memberships are contributions");
    let mistake = owe(&world, persons[0], 700, "");
    assert_eq!(owed(&world), before + 700);
    set(&world, "2027-01-05T08:00:00Z");
    ready(books::counter(world.app(A), &desk(), mistake.id, "erreur".into())).unwrap();
    assert_eq!(owed(&world), before);
    owe(&world, persons[0], 300, "2026-12-30");
    assert_eq!(owed(&world), before + 300, "put right, and counted once");
}

#[test]
fn what_is_not_settled_is_open_and_a_waiver_counts_in_the_year_it_is_signed() {
    let (world, _) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    set(&world, "2027-01-05T08:00:00Z");
    let of_volunteers = |year| {
        let books = declaration::preview(world.app(A), &desk(), year, &Typed::default()).unwrap().books;
        let open = books.open.compensation.total() + books.open.waivers.total();
        (books.statements_open, open, books.compensation.total(), books.waivers.total())
    };
    let (drivers, all, ..) = of_volunteers(2026);
    assert!(drivers == 3 && all > 0, "no statement has taken it, and it is valued all the same");
    let statements = closed(&world);
    assert_eq!(of_volunteers(2026), (3, all, 0, 0), "neither paid nor given up");
    let total = |statement: &Statement| statement.totals.total().get();
    let (late, in_time, paid) = (&statements[0], &statements[1], &statements[2]);
    settle(&world, late, "waive", "2027-01-04");
    settle(&world, in_time, "waive", "2026-12-31");
    assert_eq!(of_volunteers(2026), (1, total(paid), 0, total(in_time)));
    assert_eq!(of_volunteers(2027), (0, 0, 0, total(late)));
    assert_eq!(paid.basis, Basis::Reimbursed, "what is paid can be compensation");
    settle(&world, paid, "pay", "2027-01-04");
    assert_eq!(of_volunteers(2026), (0, 0, total(paid), total(in_time)));
}

pub(crate) fn object(world: &World, person: Id<PersonKind>) {
    let known = ready(people::show_person(world.app(A), &desk(), person)).unwrap();
    let change = Edit {
        typed: NewPerson { statistics_objection: true, ..NewPerson::default() },
        mask: Mask::parse(&["statistics_objection".to_owned()], &["statistics_objection"]).unwrap(),
        etag: known.revision.to_string(),
        outside: true,
    };
    ready(people::update_person(world.app(A), &desk(), person, change)).unwrap();
}

#[test]
fn two_revisions_tell_of_nobody_who_objected_between_them_nor_of_a_few_euros() {
    let (world, persons) = driven(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    takes(&world);
    object(&world, persons[1]);
    let counted = |world: &World| {
        let books = preview(world, &Typed::default()).books;
        (books.trips.count, books.beneficiaries)
    };
    assert_eq!(counted(&world), (12, 12));
    let first = sign(&world, &costing(&world, 4_000_000)).unwrap();
    object(&world, persons[0]);
    assert_eq!(counted(&world), (12, 12), "as it was counted first");
    owe(&world, persons[2], 1, "2026-12-30");
    let again = sign(&world, &costing(&world, 4_000_049)).unwrap();
    assert_eq!((again.unchanged, again.signed), (true, first.signed));
    assert_eq!(leaving(&world).len(), 1);
}
