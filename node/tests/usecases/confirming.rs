//! What a person gets in writing: who carries, in which frame, and whom to call; of a neighbour's drive as the neighbour has told
//! it; nothing while it is not known who drives, and never why somebody travels.

use maillage_domain::{
    legal::{Frame, NewCarrier},
    place::NewPlace,
};
use maillage_federation::ids::{Id, TripKind};
use maillage_node::app::{
    caller::Caller,
    carriers,
    confirmations::{self, Confirmation},
    people,
};
use maillage_platform::{i18n::Language, refusal::Refusal};

use crate::world::{A, B, World, ready};

impl World {
    fn confirmation(&self, node: usize, trip: Id<TripKind>) -> Result<Confirmation, Refusal> {
        ready(confirmations::confirmation(self.app(node), &Caller::local(), trip))
    }

    fn association(&self, node: usize, name: &str) {
        let address = NewPlace { commune: "81003".into(), address: "1 place fictive".into() };
        let new = NewCarrier { name: name.into(), address, ..NewCarrier::default() };
        ready(carriers::add(self.app(node), &Caller::local(), new)).unwrap();
    }
}

fn reason(refused: Result<Confirmation, Refusal>) -> String {
    refused.unwrap_err().reason().to_owned()
}

fn page(confirmation: &Confirmation, language: Language) -> String {
    let catalog = maillage_node::cli::catalog().unwrap();
    maillage_node::web::confirmation::page(&catalog, language, confirmation)
}

#[test]
fn a_neighbours_drive_is_confirmed_with_the_association_and_the_frame_that_it_has_told() {
    let mut world = World::new();
    world.association(A, "Association d’ici");
    world.association(B, "Association voisine");
    let (trip, handover) = world.offered();
    assert_eq!(reason(world.confirmation(A, trip)), "confirmation-nobody");
    world.settle();
    world.wait(11);
    world.tend(A);
    assert_eq!(reason(world.confirmation(A, trip)), "confirmation-uncertain");
    world.settle();
    let carried = world.carried(B, handover)[0].id();
    assert_eq!(reason(world.confirmation(B, carried)), "confirmation-carried");
    let confirmation = world.confirmation(A, trip).unwrap();
    let leg = &confirmation.legs[0];
    assert_eq!((leg.carrier.as_str(), leg.driver.as_str()), ("Association voisine", ""));
    let told = maillage_store::legal::frame(&world.app(B).store, carried).unwrap().unwrap();
    assert_eq!(leg.frame, told.decision.frame.map(Frame::code).unwrap_or_default());
    assert!(!leg.neighbour.is_empty() && !leg.neighbour_phone.is_empty());
    let html = page(&confirmation, Language::default());
    for part in ["Association voisine", &leg.neighbour, &leg.neighbour_phone, &world.app(A).profile.phone] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        !html.contains("Association d’ici") && !html.contains("health") && !html.contains("santé"),
        "{html}"
    );
    // Given back: nobody drives it until somebody else does.
    ready(maillage_node::app::handover::candidate::release(
        world.app(B),
        &Caller::local(),
        handover,
        maillage_federation::handover::GiveBackReason::NoDriver,
    ))
    .unwrap();
    world.settle();
    assert_eq!(reason(world.confirmation(A, trip)), "confirmation-nobody");
}

#[test]
fn our_own_drive_names_the_first_name_alone_and_both_ways_once_both_are_promised() {
    let world = World::empty(1);
    world.association(A, "Association d’ici");
    let person = world.person(A, "ask");
    let trips = world.request(A, person, true);
    let driver = world.volunteer(A, "81003", false);
    ready(maillage_node::app::trips::offer_to_driver(world.app(A), &Caller::local(), trips[0], driver, true))
        .unwrap();
    assert_eq!(reason(world.confirmation(A, trips[0])), "confirmation-nobody", "she has not said yes");
    ready(maillage_node::app::trips::driver_accepts(world.app(A), &Caller::local(), trips[0], true)).unwrap();
    let partial = world.confirmation(A, trips[0]).unwrap();
    assert_eq!((partial.legs.len(), partial.is_partial), (1, true));
    world.promise(A, trips[1], driver);
    let whole = world.confirmation(A, trips[1]).unwrap();
    assert_eq!((whole.legs.len(), whole.is_partial), (2, false));
    let name = people::show_volunteer(world.app(A), &Caller::local(), driver).unwrap();
    let name = name.details.name.as_str().to_owned();
    let leg = &whole.legs[0];
    assert_eq!(leg.carrier, "Association d’ici");
    assert!(name.starts_with(&leg.driver) && !leg.driver.is_empty() && !leg.driver.contains(' '), "{name}");
    let french = page(&whole, Language::default());
    let english = page(&whole, "en".parse().unwrap());
    assert!(french.contains("Votre trajet est organisé") && french.contains("lang=\"fr\""), "{french}");
    assert!(english.contains("Your journey is arranged") && english.contains("lang=\"en\""), "{english}");
    assert_eq!(french.matches("<section>").count(), 2);
}
