//! What becomes of a declaration on its way: an older hub, what another life of the node has said, what the hub refuses, a backup.

use maillage_engine::Transaction;
use maillage_federation::{
    accounts::{Declared, Said},
    envelope::Body,
    statistics::WithdrawalReason,
};
use maillage_node::app::{
    App,
    handover::{receipts, recovery},
    report::{declaration, restored::HubReports},
};
use maillage_store::declarations::DeclarationState;

use crate::{
    declarations::{
        close_statements, costing, driven, kept, leaving, object, preview, sign, takes, typed, year,
    },
    driving::reason,
    half_years::set,
    world::{A, ready},
};

#[test]
fn an_older_hub_is_sent_nothing_until_it_says_that_it_takes_declarations() {
    let mut world = year();
    let signed = sign(&world, &typed(&world)).unwrap();
    assert_eq!((signed.state, leaving(&world)), (DeclarationState::Waiting, vec![]));
    ready(declaration::post_waiting(world.app(A))).unwrap();
    assert_eq!(leaving(&world), []);
    takes(&world);
    ready(declaration::post_waiting(world.app(A))).unwrap();
    assert_eq!(leaving(&world), std::slice::from_ref(&signed.signed.declared));
    ready(declaration::post_waiting(world.app(A))).unwrap();
    assert_eq!(leaving(&world).len(), 1, "posted once");
    // A hub that has said so and is replaced by an older one does not understand it.
    let (sequence, _) = world.oldest(A).unwrap();
    let said = Some(Body::Accounts(signed.signed.declared.clone()));
    ready(receipts::bury(world.app(A), sequence, "unknown-kind".into(), said)).unwrap();
    assert_eq!(kept(&world), [(1, true, DeclarationState::Refused("unknown-kind".into()))]);
    ready(declaration::post_waiting(world.app(A))).unwrap();
    assert_eq!(
        leaving(&world),
        std::slice::from_ref(&signed.signed.declared),
        "the same, once it is updated"
    );
    world.settle();
    assert_eq!(kept(&world), [(1, true, DeclarationState::Sent)]);
}

#[test]
fn what_waits_leaves_before_what_is_signed_after_it() {
    let mut world = year();
    sign(&world, &costing(&world, 4_000_000)).unwrap();
    takes(&world);
    sign(&world, &costing(&world, 4_100_000)).unwrap();
    let revisions: Vec<u32> = leaving(&world).iter().map(|declared| declared.revision).collect();
    assert_eq!(revisions, [1, 2], "the hub would refuse the first after the second");
    world.settle();
    assert_eq!(kept(&world).len(), 2);
}

#[test]
fn an_answer_to_what_another_life_has_replaced_changes_nothing() {
    let world = year();
    takes(&world);
    let signed = sign(&world, &costing(&world, 4_000_000)).unwrap();
    let said = Said::Withdrawn(WithdrawalReason::Other);
    let first = Declared { revision: 2, said, ..signed.signed.declared.clone() };
    let hub = HubReports { accounts: vec![signed.signed.declared, first.clone()], ..HubReports::default() };
    ready(recovery::reconcile(world.app(A), Vec::new(), Vec::new(), hub)).unwrap();
    let other = Declared { said: Said::Withdrawn(WithdrawalReason::TestData), ..first };
    let answer = move |_: &App, transaction: &mut Transaction<'_>| {
        declaration::answered(transaction, &other, Some("accounts-already-received"))
    };
    ready(world.app(A).transact("test.answer", answer)).unwrap();
    assert_eq!(kept(&world)[0], (2, true, DeclarationState::Sent));
}

#[test]
fn what_another_life_has_replaced_leaves_no_more() {
    let world = year();
    takes(&world);
    let signed = sign(&world, &costing(&world, 4_000_000)).unwrap().signed;
    assert_eq!(leaving(&world).len(), 1);
    let mut figures = signed.declared.figures().unwrap().clone();
    figures.subsidy_cents = 0;
    let other = Declared { said: Said::Figures(Box::new(figures)), ..signed.declared };
    let hub = HubReports { accounts: vec![other], ..HubReports::default() };
    ready(recovery::reconcile(world.app(A), Vec::new(), Vec::new(), hub)).unwrap();
    assert_eq!((leaving(&world), kept(&world)), (vec![], vec![(1, true, DeclarationState::Sent)]));
}

#[test]
fn the_figures_that_a_hub_has_refused_for_good_are_signed_again_as_the_next_revision() {
    let world = year();
    takes(&world);
    let typed = costing(&world, 4_000_000);
    let first = sign(&world, &typed).unwrap();
    assert!(preview(&world, &typed).unchanged && !first.unchanged);
    let declared = first.signed.declared.clone();
    let answer = move |_: &App, transaction: &mut Transaction<'_>| {
        declaration::answered(transaction, &declared, Some("accounts-stale"))
    };
    ready(world.app(A).transact("test.answer", answer)).unwrap();
    assert!(!preview(&world, &typed).unchanged);
    let second = sign(&world, &typed).unwrap();
    assert_eq!(
        (second.signed.declared.revision, second.signed.declared.said),
        (2, first.signed.declared.said)
    );
}

#[test]
fn a_node_restored_from_before_it_first_signed_declares_the_trips_that_were_declared() {
    let people: Vec<usize> = (0..26).map(|number| number % 3).collect();
    let (mut world, persons) = driven(&people);
    set(&world, "2027-01-05T08:00:00Z");
    close_statements(&world);
    takes(&world);
    let backup = world.back_up(A);
    let first = sign(&world, &costing(&world, 4_000_000)).unwrap().signed;
    assert_eq!(first.declared.figures().unwrap().trips, 50, "26 of them, rounded");
    world.settle();
    world.restore(A, backup);
    let hub = HubReports { accounts: vec![first.declared], ..HubReports::default() };
    ready(recovery::reconcile(world.app(A), Vec::new(), Vec::new(), hub)).unwrap();
    for person in &persons[..2] {
        object(&world, *person);
    }
    for revision in [2, 3] {
        let again = sign(&world, &costing(&world, 4_000_000 + 10_000 * u64::from(revision))).unwrap();
        assert_eq!(again.signed.declared.revision, revision);
        let figures = again.signed.declared.figures().unwrap();
        assert_eq!(figures.trips, 50, "24 without those who object today would be none");
    }
}

#[test]
fn a_restored_node_takes_over_what_it_declared_and_a_restored_hub_gets_it_again() {
    let mut world = year();
    takes(&world);
    let backup = world.back_up(A);
    let first = sign(&world, &costing(&world, 4_000_000)).unwrap();
    let second = sign(&world, &costing(&world, 4_100_000)).unwrap();
    world.settle();
    ready(recovery::send_reports_again(world.app(A), HubReports::default())).unwrap();
    let declared = [first.signed.declared.clone(), second.signed.declared.clone()];
    assert_eq!(leaving(&world), declared, "the same, in order");
    world.settle();
    // What waits to leave goes behind what the hub has forgotten, and what it has a newer one of is not missed.
    let waits = sign(&world, &costing(&world, 4_200_000)).unwrap().signed.declared;
    assert_eq!(leaving(&world), std::slice::from_ref(&waits));
    ready(recovery::send_reports_again(world.app(A), HubReports::default())).unwrap();
    assert_eq!(leaving(&world), [declared.as_slice(), std::slice::from_ref(&waits)].concat());
    world.settle();
    let newer = HubReports { accounts: vec![waits.clone()], ..HubReports::default() };
    ready(recovery::send_reports_again(world.app(A), newer)).unwrap();
    assert_eq!(leaving(&world), []);
    world.restore(A, backup);
    let again = costing(&world, 4_000_000);
    assert_eq!(reason(sign(&world, &again)), "restored-not-reconciled");
    let hub = HubReports { accounts: declared.into_iter().chain([waits]).collect(), ..HubReports::default() };
    ready(recovery::reconcile(world.app(A), Vec::new(), Vec::new(), hub)).unwrap();
    let sent = |revision| (revision, revision == 3, DeclarationState::Sent);
    assert_eq!(kept(&world), [sent(3), sent(2), sent(1)]);
    let fourth = sign(&world, &again).unwrap();
    assert_eq!(fourth.signed.declared.revision, 4, "no revision is used twice");
}
