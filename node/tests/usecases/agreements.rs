//! Agreements at two desks: proposed, accepted, ended, with the hub in reach or not; what a hub invents is not believed; bids
//! name what is in force.

use maillage_domain::{agreement::Known, handover::Decision};
use maillage_federation::{
    agreement::{NoticeKind, Rates, Trust},
    envelope::Body,
    handover::{Action, Command},
};
use maillage_node::app::{
    agreements::{self, Carrier, NewTerms},
    caller::Caller,
    handover::{notices::Disbelief, origin, receipts},
};
use maillage_platform::refusal::Refusal;
use maillage_store::events::{self, Subject};

use crate::world::{A, B, C, World, ready};

fn local() -> Caller {
    Caller::local()
}

pub(crate) fn terms(carrier: Carrier, trust: Trust) -> NewTerms {
    NewTerms {
        carrier,
        rates: Rates { loaded_km: 40, empty_km: 20, trip: 150, no_show: 500, at_the_door: 300 },
        contributions_deducted: false,
        trust,
        from: None,
        until: None,
    }
}

impl World {
    pub(crate) fn propose(&self, by: usize, to: usize, terms: NewTerms) -> Result<Known, Refusal> {
        ready(agreements::propose(self.app(by), &local(), self.id(to).to_string(), terms))
    }

    pub(crate) fn agree_to(&self, by: usize, from: usize, version: u32) -> Result<Known, Refusal> {
        ready(agreements::accept(self.app(by), &local(), self.id(from).to_string(), version))
    }

    fn end(&self, by: usize, with: usize, last_day: &str) -> Result<Known, Refusal> {
        let last_day = Some(last_day.parse().unwrap());
        ready(agreements::end(self.app(by), &local(), self.id(with).to_string(), last_day))
    }

    fn agreement(&self, at: usize, with: usize) -> Known {
        agreements::show(self.app(at), &local(), &self.id(with).to_string()).unwrap()
    }

    fn in_force(&self, at: usize, with: usize, day: &str) -> Option<u32> {
        self.agreement(at, with).in_force(day.parse().unwrap()).map(|version| version.number)
    }

    /// What everybody has to say is said and heard.
    pub(crate) fn talk(&mut self) {
        for node in [A, B, C, A, B, C] {
            self.carry_all(node);
            for other in [A, B, C] {
                self.deliver_all(other);
            }
        }
    }

    pub(crate) fn agree(&mut self, one: usize, other: usize, terms: NewTerms) -> u32 {
        let number = self.propose(one, other, terms).unwrap().said.unwrap().version;
        self.talk();
        self.agree_to(other, one, number).unwrap();
        self.talk();
        number
    }

    /// Offers a trip of A, to partners alone or to everybody.
    fn offer_to(&self, agreed_only: bool) -> maillage_domain::handover::Outgoing {
        let person = self.person(A, "always");
        let trip = self.request(A, person, false)[0];
        ready(origin::offer_out(self.app(A), &local(), trip, offered(agreed_only))).unwrap()
    }
}

fn offered(agreed_only: bool) -> origin::OfferTerms {
    origin::OfferTerms {
        single: false,
        reply_within_min: None,
        person_agrees: false,
        agreed_only,
        at_once: false,
    }
}

fn reason(refused: Result<Known, Refusal>) -> String {
    refused.unwrap_err().reason().to_owned()
}

#[test]
fn both_desks_see_the_same_version_once_both_have_signed() {
    let mut world = World::empty(1);
    let sent = world.propose(A, B, terms(Carrier::Them, Trust::Trusted)).unwrap();
    assert_eq!(sent.code("2026-10-01".parse().unwrap()), "sending");
    assert_eq!(reason(world.end(A, B, "2026-12-31")), "agreement-under-way");
    world.talk();
    let seen = world.agreement(B, A);
    assert_eq!(seen.code("2026-10-01".parse().unwrap()), "proposed");
    assert_eq!(seen.theirs().unwrap().terms.rates.loaded_km, 40);
    assert_eq!(reason(world.agree_to(B, A, 2)), "agreement-nothing-proposed", "only what was read");
    assert_eq!(reason(world.propose(B, A, terms(Carrier::Us, Trust::Ordinary))), "agreement-pending");
    assert_eq!(reason(world.agree_to(A, B, 1)), "agreement-nothing-proposed", "nobody accepts for the other");
    world.agree_to(B, A, 1).unwrap();
    assert_eq!(world.in_force(B, A, "2026-10-01"), None, "not before the hub says so");
    world.talk();
    assert_eq!(world.agreement(A, B).agreement, world.agreement(B, A).agreement);
    assert_eq!((world.in_force(A, B, "2026-10-01"), world.in_force(B, A, "2026-10-01")), (Some(1), Some(1)));
    assert_eq!(world.agreement(A, B).said, None);

    let next =
        NewTerms { from: Some("2027-01-01".parse().unwrap()), ..terms(Carrier::Both, Trust::Preferred) };
    world.propose(B, A, next).unwrap();
    world.talk();
    assert_eq!(world.in_force(A, B, "2027-01-01"), Some(1), "the old one until the new one is accepted");
    world.agree_to(A, B, 2).unwrap();
    world.talk();
    assert_eq!((world.in_force(B, A, "2026-12-31"), world.in_force(B, A, "2027-01-01")), (Some(1), Some(2)));
    world.end(A, B, "2026-12-15").unwrap();
    world.talk();
    for (at, with) in [(A, B), (B, A)] {
        assert_eq!(
            (world.in_force(at, with, "2026-12-15"), world.in_force(at, with, "2026-12-16")),
            (Some(1), None)
        );
    }
    let heard: Vec<String> = events::after(&world.app(A).store, 0, 99)
        .unwrap()
        .into_iter()
        .filter(|event| event.subjects.contains(&Subject::Node(world.id(B))))
        .map(|event| event.kind)
        .collect();
    assert_eq!(
        heard,
        [
            "agreement.propose",
            "notice.agreement-accepted",
            "notice.agreement-proposed",
            "agreement.accept",
            "agreement.end"
        ]
    );
}

#[test]
fn a_proposal_can_be_declined_or_taken_back_and_words_that_cross_give_way_to_the_hub() {
    let mut world = World::empty(1);
    world.propose(A, B, terms(Carrier::Both, Trust::Ordinary)).unwrap();
    world.talk();
    ready(agreements::decline(world.app(B), &local(), world.id(A).to_string())).unwrap();
    world.talk();
    assert_eq!(world.agreement(A, B).code("2026-10-01".parse().unwrap()), "none");
    let withdraw =
        |world: &World| ready(agreements::withdraw(world.app(A), &local(), world.id(B).to_string()));
    assert_eq!(reason(withdraw(&world)), "agreement-nothing-of-ours");
    world.propose(A, B, terms(Carrier::Both, Trust::Ordinary)).unwrap();
    world.talk();
    // B accepts while A takes it back: the hub hears A first.
    withdraw(&world).unwrap();
    world.agree_to(B, A, 2).unwrap();
    assert_eq!(world.carry(A), Some(None));
    assert_eq!(world.carry(B), Some(Some("agreement-wrong-state".to_owned())));
    world.talk();
    let known = world.agreement(B, A);
    assert_eq!((known.said.clone(), known.last_refusal.as_deref()), (None, Some("agreement-wrong-state")));
    assert_eq!(world.in_force(B, A, "2026-10-01"), None);
    // Both propose at once: the first is the proposal, the other is told which.
    world.propose(A, B, terms(Carrier::Us, Trust::Ordinary)).unwrap();
    world.propose(B, A, terms(Carrier::Us, Trust::Ordinary)).unwrap();
    assert_eq!(world.carry(B), Some(None));
    assert_eq!(world.carry(A), Some(Some("agreement-stale".to_owned())));
    assert!(world.agreement(A, B).theirs().is_ok(), "the receipt told it");
    world.talk();
    assert_eq!(world.agreement(A, B).agreement, world.agreement(B, A).agreement);
}

#[test]
fn what_is_typed_wrong_is_said_to_be() {
    let world = World::empty(1);
    let base = || terms(Carrier::Both, Trust::Ordinary);
    let refused = |terms| reason(world.propose(A, B, terms));
    let rates = Rates { empty_km: 1_001, ..base().rates };
    assert_eq!(refused(NewTerms { rates, ..base() }), "agreement-rate");
    assert_eq!(refused(NewTerms { until: Some("2026-09-30".parse().unwrap()), ..base() }), "agreement-days");
    assert_eq!(reason(world.propose(A, A, base())), "agreement-with-oneself");
    let to = |other: &str| ready(agreements::propose(world.app(A), &local(), other.to_owned(), base()));
    assert_eq!(reason(to("200066868")), "desk-unknown");
    assert_eq!(reason(world.end(A, B, "2026-12-31")), "agreement-nothing-agreed");
    assert_eq!(to("200034049").unwrap().other, world.id(B));
}

#[test]
fn what_the_hub_will_never_take_was_never_said() {
    let world = World::empty(1);
    world.propose(A, B, terms(Carrier::Both, Trust::Ordinary)).unwrap();
    let (sequence, row) = world.oldest(A).unwrap();
    let said = world.said(A, &row);
    assert!(matches!(said, Body::Agreement(_)));
    // As a hub that knows nothing of agreements answers.
    ready(receipts::bury(world.app(A), sequence, "unknown-kind".to_owned(), Some(said))).unwrap();
    let known = world.agreement(A, B);
    assert_eq!((known.said, known.last_refusal.as_deref()), (None, Some("unknown-kind")));
    world.propose(A, B, terms(Carrier::Both, Trust::Ordinary)).unwrap();
}

#[test]
fn a_hub_invents_no_terms_no_acceptance_and_forgets_none() {
    let mut world = World::empty(1);
    world.agree(A, B, terms(Carrier::Both, Trust::Ordinary));
    let (true_one, honest) = (world.agreement(A, B), world.letters(A).last().unwrap().clone());
    let Ok(Body::AgreementNotice(notice)) =
        honest.verify(&world.hub.federation, &world.hub.signer.verify_key())
    else {
        panic!("a notice about an agreement")
    };
    let letter = |world: &World, alter: &dyn Fn(&mut maillage_federation::agreement::AgreementNotice)| {
        let mut told = (*notice).clone();
        told.agreement.revision += 1;
        alter(&mut told);
        world.hub.agreement_letter(world.id(A), told.agreement, told.kind, told.cause)
    };
    let altered = letter(&world, &|told| told.agreement.versions[0].terms.rates.loaded_km = 999);
    assert!(matches!(world.believe(A, &altered), Err(Disbelief::Unproven(_))));
    let swapped = letter(&world, &|told| {
        told.agreement.versions[0].accepted = told.agreement.versions[0].proposed.clone();
    });
    assert!(matches!(world.believe(A, &swapped), Err(Disbelief::Unproven(_))));
    let other_kind = letter(&world, &|told| told.kind = NoticeKind::Declined);
    assert!(matches!(world.believe(A, &other_kind), Err(Disbelief::ForeignCause)));
    let own_cause = letter(&world, &|told| told.cause = told.agreement.versions[0].proposed.clone());
    assert!(matches!(world.believe(A, &own_cause), Err(Disbelief::ForeignCause)));
    let for_another =
        world.hub.agreement_letter(world.id(C), notice.agreement.clone(), notice.kind, notice.cause.clone());
    assert!(matches!(world.believe(C, &for_another), Err(Disbelief::Address)));
    // Signed by both, and yet a step back: a version that both have signed is gone. The letter is read, and nothing learnt.
    let ended = world.end(B, A, "2026-12-31").and_then(|_| world.agree_to(B, A, 9));
    assert!(ended.is_err());
    world.talk();
    let now = world.agreement(A, B);
    assert_ne!(now.agreement, true_one.agreement);
    let older = letter(&world, &|told| {
        told.agreement.revision += 9;
        told.agreement.versions[0].end = None;
    });
    world.hub.mail.get_mut(&world.id(A)).unwrap().push(older);
    world.deliver_all(A);
    assert_eq!(world.agreement(A, B).agreement, now.agreement);
    assert_eq!(world.in_force(A, B, "2027-01-01"), None);
}

#[test]
fn bids_name_the_version_in_force_and_none_when_it_has_ended() {
    let mut world = World::new();
    for node in [A, B, C] {
        world.policy(node, Decision::Auto, Decision::Ask);
    }
    world.agree(A, B, terms(Carrier::Them, Trust::Trusted));
    let outgoing = world.offer_to(false);
    world.talk();
    let bids = world.outgoing(outgoing.handover).bids;
    assert_eq!(bids[&world.id(B)].agreement, Some(1));
    assert_eq!(bids[&world.id(C)].agreement, None);
    // The day of the trip is 6 October: the agreement ends before.
    world.end(A, B, "2026-10-05").unwrap();
    world.volunteer(B, "81222", true);
    world.talk();
    let outgoing = world.offer_to(false);
    world.talk();
    assert_eq!(world.outgoing(outgoing.handover).bids[&world.id(B)].agreement, None);
}

#[test]
fn a_bid_under_an_agreement_that_ended_meanwhile_is_refused_and_made_anew_without_it() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    world.policy(C, Decision::Ask, Decision::Ask);
    world.agree(A, B, terms(Carrier::Them, Trust::Trusted));
    let outgoing = world.offer_to(false);
    world.carry_all(A);
    world.deliver_all(B);
    // B has bid under the first version; A ends it, and the hub hears A first.
    world.end(A, B, "2026-10-05").unwrap();
    assert_eq!(world.carry(A), Some(None));
    assert_eq!(world.carry(B), Some(Some("handover-agreement-not-in-force".to_owned())));
    assert!(!world.outgoing(outgoing.handover).bids.contains_key(&world.id(B)));
    world.talk();
    let bid = &world.outgoing(outgoing.handover).bids[&world.id(B)];
    assert_eq!(bid.agreement, None, "the notice of the end makes the node look at it again");
}

#[test]
fn an_offer_for_partners_reaches_them_alone() {
    let mut world = World::new();
    world.policy(A, Decision::Auto, Decision::Ask);
    world.agree(A, B, terms(Carrier::Them, Trust::Trusted));
    // Under this one A carries for C.
    world.agree(A, C, terms(Carrier::Us, Trust::Trusted));
    let outgoing = world.offer_to(true);
    world.talk();
    let bids = world.outgoing(outgoing.handover).bids;
    assert_eq!(bids.keys().collect::<Vec<_>>(), [&world.id(B)]);
    assert!(maillage_store::handovers::incoming(&world.app(C).store, outgoing.handover).unwrap().is_none());
}

#[test]
fn whom_the_agreement_trusts_is_chosen_before_somebody_nearer() {
    let mut world = World::new();
    world.agree(A, C, terms(Carrier::Both, Trust::Preferred));
    world.agree(B, A, terms(Carrier::Us, Trust::Ordinary));
    let outgoing = world.offer_to(false);
    world.talk();
    let bids = world.outgoing(outgoing.handover).bids;
    assert!(bids[&world.id(B)].extra_m < bids[&world.id(C)].extra_m, "B is nearer: {bids:?}");
    world.wait(11);
    assert_eq!(world.tend(A), 1);
    let award = world.waiting(A).into_iter().find_map(|said| {
        let Body::Command(Command { action: Action::Award { winner, .. }, .. }) = said else { return None };
        Some(winner)
    });
    assert_eq!(award, Some(world.id(C)));
}
