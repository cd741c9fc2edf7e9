//! Referrals, services and pathways: what a prescriber learns and what not, and who counts as accompanied.

use std::collections::BTreeSet;

use jiff::civil::date;
use maillage_domain::{
    ids::{PersonKind, PrescriberKind, ServiceKind},
    pathway::{BasketItem, DeclineReason, Milestone, NewReferral, Outcome},
    roles::Role,
    service::{
        Service, ServiceAction,
        advice::{AdviceAction, Conclusion},
        financial_aid::FinancialAidAction,
    },
};
use maillage_federation::ids::Id;
use maillage_node::{
    app::{
        accompanied,
        caller::{Caller, Scope},
        pathways, people, referrals,
        services::{self, NewService, ServiceQuery},
    },
    grpc::convert::pathways as convert,
};
use maillage_platform::refusal::Refusal;
use maillage_store::{access_log, events::Subject};

use crate::{
    driving::reason,
    world::{A, CANARIES, World, ready},
};

fn local() -> Caller {
    Caller::local()
}

fn prescriber(number: u8) -> (Id<PrescriberKind>, Caller) {
    let id = Id::new(1, [number; 10]);
    (id, Caller::new("ccas", [Role::Prescriber].into(), Scope::Prescriber(id)))
}

fn typed() -> NewReferral {
    NewReferral {
        reference: "dossier 12".into(),
        name: CANARIES[0].into(),
        phone: CANARIES[1].into(),
        commune: "81003".into(),
        person_agrees: true,
    }
}

fn open(world: &World, kind: &str, person: Id<PersonKind>) -> Service {
    let form = if kind == "advice" { "diagnosis" } else { "b" };
    let new = NewService {
        kind: kind.into(),
        person: person.to_string(),
        form: form.into(),
        at: "2026-10-01T10:00".into(),
        amount_cents: 5_000,
        notes: "une note du guichet".into(),
        ..NewService::default()
    };
    ready(services::open(world.app(A), &local(), new)).unwrap()
}

fn act(
    world: &World,
    caller: &Caller,
    id: Id<ServiceKind>,
    action: ServiceAction,
) -> Result<Service, Refusal> {
    ready(services::act(world.app(A), caller, (id, String::new()), move |_| Ok(action)))
}

fn hold(world: &World, person: Id<PersonKind>) -> Service {
    let planned = open(world, "advice", person);
    let conclusions = BTreeSet::from([Conclusion::Loan]);
    let hold = AdviceAction::Hold { on: date(2026, 10, 1), conclusions };
    act(world, &local(), planned.id, ServiceAction::Advice(hold)).unwrap()
}

#[test]
fn a_prescriber_learns_what_became_of_the_own_referrals_and_nothing_else() {
    let world = World::empty(1);
    let app = world.app(A);
    let ((mine, me), (theirs, they)) = (prescriber(1), prescriber(2));
    let referral = ready(referrals::add(app, &me, None, typed())).unwrap().referral;
    assert_eq!(referral.prescriber, Some(mine), "under the own name");
    assert_eq!(reason(ready(referrals::add(app, &me, Some(theirs), typed()))), "not-yours");
    assert_eq!(reason(referrals::show(app, &they, referral.id)), "referral-unknown");
    assert_eq!(reason(ready(referrals::withdraw(app, &they, referral.id))), "referral-unknown");
    assert!(referrals::list(app, &they, false, None, 9).unwrap().is_empty());
    assert_eq!(referrals::list(app, &me, true, None, 9).unwrap().len(), 1);
    assert_eq!(reason(ready(referrals::accept(app, &me, referral.id, None))), "not-allowed");
    let pathway = ready(referrals::accept(app, &local(), referral.id, None)).unwrap();
    ready(pathways::note(app, &local(), pathway.id, "une note du guichet", "1".into())).unwrap();
    let advice = hold(&world, pathway.person);
    ready(pathways::diagnose(app, &local(), (pathway.id, String::new()), "", Some(advice.id))).unwrap();
    let seen = referrals::show(app, &me, referral.id).unwrap();
    assert_eq!((seen.standing.code(), seen.standing.outcome(), seen.pathway), ("under-way", "", None));
    let told = format!("{:?}", convert::referral(app, &seen));
    for secret in CANARIES.iter().chain(&["note", &pathway.person.to_string(), &pathway.id.to_string()]) {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    ready(pathways::exit(app, &local(), pathway.id, "", Outcome::CareKeptUp)).unwrap();
    let seen = referrals::show(app, &me, referral.id).unwrap();
    assert_eq!((seen.standing.code(), seen.standing.outcome()), ("ended", "care-kept-up"));
    assert_eq!(reason(ready(pathways::show(app, &me, pathway.id))), "not-allowed");
    assert_eq!(reason(ready(services::show(app, &me, advice.id))), "not-allowed");
    let query = ServiceQuery::OfPerson(pathway.person, None);
    assert_eq!(reason(services::list(app, &me, query, 9)), "not-allowed");
    assert_eq!(reason(ready(people::show_person(app, &me, pathway.person))), "not-allowed");
}

#[test]
fn a_prescribers_account_that_names_no_prescriber_sees_nothing_rather_than_everything() {
    let world = World::empty(1);
    ready(referrals::add(world.app(A), &prescriber(1).1, None, typed())).unwrap();
    let nobody = Caller::new("ccas", [Role::Prescriber].into(), Scope::Everything);
    assert_eq!(reason(referrals::list(world.app(A), &nobody, false, None, 9)), "not-yours");
    assert_eq!(reason(ready(referrals::add(world.app(A), &nobody, None, typed()))), "not-yours");
}

#[test]
fn a_person_is_registered_from_a_referral_with_what_was_given_or_found_and_has_one_open_pathway() {
    let world = World::empty(1);
    let app = world.app(A);
    let first = ready(referrals::add(app, &local(), None, typed())).unwrap().referral;
    let pathway = ready(referrals::accept(app, &local(), first.id, None)).unwrap();
    let person = pathway.person;
    assert_eq!(reason(ready(referrals::accept(app, &local(), first.id, None))), "referral-decided");
    let second = ready(referrals::add(app, &local(), None, typed())).unwrap().referral;
    assert_eq!(reason(ready(pathways::open(app, &local(), person, ("", "")))), "pathway-open-already");
    ready(pathways::exit(app, &local(), pathway.id, "", Outcome::GaveUp)).unwrap();
    ready(referrals::accept(app, &local(), second.id, Some(person))).unwrap();
    assert_eq!(pathways::of_person(app, &local(), person, 9).unwrap().len(), 2);
    let third = ready(referrals::add(app, &local(), None, typed())).unwrap().referral;
    let declined = ready(referrals::decline(app, &local(), third.id, DeclineReason::Full)).unwrap();
    assert!(declined.referral.contact.is_none(), "a contact without a file is gone");
    assert!(referrals::list(app, &local(), true, None, 9).unwrap().is_empty());
    let refused = NewReferral { person_agrees: false, ..typed() };
    assert_eq!(reason(ready(referrals::add(app, &local(), None, refused))), "referral-not-agreed");
}

#[test]
fn a_second_prescriber_of_somebody_who_is_accompanied_learns_what_became_of_it() {
    let world = World::empty(1);
    let app = world.app(A);
    let ((_, me), (_, they)) = (prescriber(1), prescriber(2));
    let first = ready(referrals::add(app, &me, None, typed())).unwrap().referral;
    let pathway = ready(referrals::accept(app, &local(), first.id, None)).unwrap();
    let second = ready(referrals::add(app, &they, None, typed())).unwrap().referral;
    let linked = ready(referrals::accept(app, &local(), second.id, Some(pathway.person))).unwrap();
    assert_eq!((linked.id, linked.referral), (pathway.id, Some(first.id)), "the same pathway goes on");
    assert_eq!(pathways::of_person(app, &local(), pathway.person, 9).unwrap().len(), 1);
    let seen = || referrals::show(app, &they, second.id).unwrap();
    assert_eq!((seen().standing.code(), seen().pathway), ("under-way", None));
    ready(pathways::exit(app, &local(), pathway.id, "", Outcome::JobFound)).unwrap();
    assert_eq!((seen().standing.code(), seen().standing.outcome()), ("ended", "job-found"));
}

#[test]
fn accepting_a_referral_of_somebody_very_like_a_known_person_is_refused_unless_it_is_meant() {
    use maillage_node::app::referrals::Referred;

    let world = World::empty(1);
    let app = world.app(A);
    let known = world.person(A, "ask");
    let referral = ready(referrals::add(app, &local(), None, typed())).unwrap().referral;
    let refused = ready(referrals::accept(app, &local(), referral.id, None)).unwrap_err();
    assert_eq!(refused.reason(), "person-duplicate");
    assert_eq!(refused.details()["candidates"], known.to_string());
    let received = referrals::list(app, &local(), true, None, 9).unwrap();
    assert_eq!(received.len(), 1, "nothing was decided");
    let pathway = ready(referrals::accept(app, &local(), referral.id, Referred::NewAnyway)).unwrap();
    assert_ne!(pathway.person, known);
    let kinds = |person| {
        let about = Subject::Person(person);
        let events = maillage_store::events::about(&app.store, about, None, 9).unwrap();
        events.into_iter().map(|event| event.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(pathway.person), ["referral.accept", "person.add"]);
}

#[test]
fn a_series_goes_into_the_basket_of_whoever_travels() {
    use maillage_domain::series::NewSeries;
    use maillage_node::app::series;

    let world = World::empty(1);
    let app = world.app(A);
    let (person, other) = (world.person(A, "ask"), world.person(A, "ask"));
    let pathway = ready(pathways::open(app, &local(), person, ("", ""))).unwrap().id;
    ready(pathways::diagnose(app, &local(), (pathway, String::new()), "", Some(hold(&world, person).id)))
        .unwrap();
    let weekly = || NewSeries {
        weekdays: "mar".into(),
        first: "2026-10-06".into(),
        dropoff: maillage_domain::place::NewPlace { commune: "81004".into(), address: String::new() },
        arrive_by: "10:00".into(),
        purpose: "health".into(),
        ..NewSeries::default()
    };
    let series = |person| ready(series::add(app, &local(), person, weekly())).unwrap().series.id;
    let put = |item| reason(ready(pathways::change_basket(app, &local(), pathway, item, false)));
    assert_eq!(put(BasketItem::Series(series(person))), "accepted");
    assert_eq!(put(BasketItem::Series(series(other))), "pathway-other-person");
    assert_eq!(put(BasketItem::Series(Id::new(1, [9; 10]))), "series-unknown");
}

#[test]
fn a_basket_holds_the_persons_own_things_and_a_diagnosis_rests_on_advice_that_was_held() {
    let world = World::empty(1);
    let app = world.app(A);
    let (person, other) = (world.person(A, "ask"), world.person(A, "ask"));
    let pathway = ready(pathways::open(app, &local(), person, ("", ""))).unwrap().id;
    let diagnose = |service| {
        reason(ready(pathways::diagnose(app, &local(), (pathway, String::new()), "", Some(service))))
    };
    assert_eq!(diagnose(open(&world, "advice", person).id), "pathway-no-diagnosis");
    assert_eq!(diagnose(open(&world, "garage", person).id), "pathway-no-diagnosis");
    assert_eq!(diagnose(hold(&world, other).id), "pathway-other-person");
    let put = |item| reason(ready(pathways::change_basket(app, &local(), pathway, item, false)));
    let own = BasketItem::Service(open(&world, "licence-aid", person).id);
    assert_eq!(put(own), "pathway-wrong-stage");
    assert_eq!(diagnose(hold(&world, person).id), "accepted");
    assert_eq!(put(BasketItem::Service(open(&world, "garage", other).id)), "pathway-other-person");
    assert_eq!(put(BasketItem::Loan(Id::new(1, [9; 10]))), "loan-unknown");
    assert_eq!(reason(ready(pathways::agree_basket(app, &local(), pathway, ""))), "pathway-basket-empty");
    assert_eq!(put(own), "accepted");
    let agreed = ready(pathways::agree_basket(app, &local(), pathway, "")).unwrap();
    assert_eq!(agreed.due_on(Milestone::ThreeMonths), date(2027, 1, 1));
}

#[test]
fn follow_ups_come_up_when_they_are_due_until_the_exit() {
    let world = World::empty(1);
    let app = world.app(A);
    let pathway = ready(pathways::open(app, &local(), world.person(A, "ask"), ("", ""))).unwrap().id;
    let due = |within| pathways::follow_ups(app, &local(), within, (None, 9)).unwrap().0.len();
    assert_eq!((due(91), due(92)), (0, 1), "three months after 1 October");
    world.wait(92 * 24 * 60);
    assert_eq!(due(0), 1);
    let call = |heard| {
        reason(ready(pathways::follow_up(app, &local(), pathway, (Milestone::ThreeMonths, ""), heard)))
    };
    assert_eq!(call(None), "accepted");
    assert_eq!(due(0), 0, "nobody was reached; the next call is at six months");
    assert_eq!(call(Some(Outcome::JobFound)), "accepted");
    assert_eq!(call(Some(Outcome::JobKept)), "pathway-already-heard");
    world.wait(91 * 24 * 60);
    assert_eq!(due(0), 1);
    ready(pathways::exit(app, &local(), pathway, "", Outcome::JobKept)).unwrap();
    assert_eq!(due(u16::MAX), 0);
}

#[test]
fn a_long_list_of_calls_goes_on_where_the_page_before_ended_though_its_last_was_called_meanwhile() {
    let world = World::empty(1);
    let app = world.app(A);
    let open = || ready(pathways::open(app, &local(), world.person(A, "ask"), ("", ""))).unwrap().id;
    let mut all: Vec<_> = (0..5).map(|_| open()).collect();
    all.sort();
    world.wait(92 * 24 * 60);
    let page = |after| {
        let (found, next) = pathways::follow_ups(app, &local(), 0, (after, 2)).unwrap();
        (found.iter().map(|found| found.id).collect::<Vec<_>>(), next)
    };
    let (first, next) = page(None);
    assert_eq!(first, all[..2]);
    ready(pathways::follow_up(app, &local(), all[1], (Milestone::ThreeMonths, ""), None)).unwrap();
    let (second, next) = page(next);
    assert_eq!(second, all[2..4]);
    let (third, next) = page(next);
    assert_eq!((third, next), (all[4..].to_vec(), None));
}

#[test]
fn a_person_is_counted_once_however_much_was_rendered_and_not_for_what_was_only_asked() {
    let world = World::empty(1);
    let (person, other, objecting) =
        (world.person(A, "ask"), world.person(A, "ask"), world.person_who(A, "ask", true));
    let driver = world.volunteer(A, "81003", true);
    let trip = world.request(A, person, false)[0];
    world.promise(A, trip, driver);
    world.complete(A, trip);
    hold(&world, person);
    hold(&world, objecting);
    open(&world, "garage", other);
    world.request(A, other, false);
    let count = |first, last| accompanied::count(world.app(A), &local(), first, last).unwrap();
    let year = count(date(2026, 1, 1), date(2026, 12, 31));
    assert_eq!(year.accompanied.persons, BTreeSet::from([person]));
    assert_eq!(year.accompanied.by_year[&2026].len(), 1);
    assert_eq!(year.objecting, 1);
    let october_first = count(date(2026, 10, 1), date(2026, 10, 1));
    assert_eq!(october_first.accompanied.persons.len(), 1, "advice alone");
    assert!(count(date(2026, 11, 1), date(2026, 12, 31)).accompanied.persons.is_empty());
    let wrong = |first, last| reason(accompanied::count(world.app(A), &local(), first, last));
    assert_eq!(wrong(date(2026, 2, 1), date(2026, 1, 1)), "period-order");
    assert_eq!(wrong(date(2000, 1, 1), date(2026, 1, 1)), "period-too-long");
}

#[test]
fn those_who_keep_the_books_pay_aid_and_do_nothing_else_to_services() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let (aid, advice) = (open(&world, "financial-aid", person), open(&world, "advice", person));
    let books = Caller::new("books", [Role::Treasurer].into(), Scope::Everything);
    let grant = FinancialAidAction::Grant { amount: maillage_domain::money::Cents::new(4_000) };
    act(&world, &books, aid.id, ServiceAction::FinancialAid(grant)).unwrap();
    let pay = ServiceAction::FinancialAid(FinancialAidAction::Pay { on: date(2026, 10, 1) });
    assert_eq!(act(&world, &books, aid.id, pay.clone()).unwrap().case.state(), "paid");
    assert_eq!(reason(act(&world, &books, advice.id, pay.clone())), "not-allowed");
    assert_eq!(reason(act(&world, &local(), advice.id, pay)), "service-wrong-kind");
}

#[test]
fn opening_a_pathway_a_loan_or_a_service_is_in_the_access_log_of_the_person() {
    let world = World::empty(1);
    let person = world.person(A, "ask");
    let pathway = ready(pathways::open(world.app(A), &local(), person, ("", ""))).unwrap().id;
    ready(pathways::show(world.app(A), &local(), pathway)).unwrap();
    ready(services::show(world.app(A), &local(), open(&world, "garage", person).id)).unwrap();
    let seen = access_log::of(&world.app(A).store, Subject::Person(person), 9).unwrap();
    let purposes: Vec<&str> = seen.iter().map(|access| access.purpose.as_ref()).collect();
    assert_eq!(purposes, ["service.show", "pathway.show"]);
}
