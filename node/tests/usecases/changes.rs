//! The journal as followers see it: nothing lost, nothing twice, nothing that is not theirs.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use maillage_domain::{account::Scope, roles::Role};
use maillage_node::{
    app::{
        accounts::{self, NewAccount},
        caller::Caller,
        changes::{self, Kinds},
        trips,
    },
    grpc::{Followers, Services},
};
use maillage_platform::{
    clock::Clock, lifecycle::Shutdown, random::SeededEntropy, refusal::Refusal, worker::Workers,
};
use maillage_proto::node::v1::{self as proto, changes_server::Changes as _};
use maillage_store::events::{Actor, Subject};
use tonic::{Request, Status};

use crate::world::{A, B, World, ready};

fn local() -> Caller {
    Caller::local()
}

fn kinds(kinds: &[&str]) -> Kinds {
    Kinds::parse(kinds.iter().map(|kind| (*kind).to_owned()).collect()).unwrap()
}

/// Everything after a cursor, by pages of so many.
fn pages(world: &World, caller: &Caller, limit: usize) -> Vec<u64> {
    let (mut after, mut sequences) = (0, Vec::new());
    loop {
        let page = changes::list(world.app(A), caller, after, &kinds(&[]), limit).unwrap();
        assert!(page.events.len() <= limit);
        sequences.extend(page.events.iter().map(|event| event.sequence));
        after = page.next_after;
        if !page.more {
            return sequences;
        }
    }
}

#[test]
fn pages_of_any_size_hold_every_change_once() {
    let world = World::empty(1);
    for _ in 0..7 {
        world.person(A, "always");
    }
    for limit in 1..9 {
        assert_eq!(pages(&world, &local(), limit), (1..=7).collect::<Vec<_>>(), "{limit}");
    }
}

#[test]
fn kinds_are_chosen_by_name_or_beginning_and_the_cursor_goes_on_all_the_same() {
    let world = World::empty(1);
    world.person(A, "always");
    world.volunteer(A, "81003", false);
    let list = |wanted: &[&str]| {
        let page = changes::list(world.app(A), &local(), 0, &kinds(wanted), 9).unwrap();
        (page.events.into_iter().map(|event| event.kind).collect::<Vec<_>>(), page.next_after)
    };
    assert_eq!(list(&["person."]), (vec!["person.add".to_owned()], 2));
    assert_eq!(list(&["volunteer.add", "trip."]), (vec!["volunteer.add".to_owned()], 2));
    assert_eq!(list(&["person"]), (Vec::new(), 2));
    assert!(Kinds::parse(vec!["Trip!".to_owned()]).is_err());
    assert!(Kinds::parse(vec!["trip.".to_owned(); 51]).is_err());
}

#[test]
fn a_driver_hears_of_own_trips_alone_without_who_travels() {
    let world = World::empty(1);
    let (own, other) = (world.volunteer(A, "81003", false), world.volunteer(A, "81003", false));
    let person = world.person(A, "always");
    let trip = world.request(A, person, false)[0];
    ready(trips::offer_to_driver(world.app(A), &local(), trip, own, true)).unwrap();
    let driver = |id| Caller::new("conducteur", [Role::Driver].into(), Scope::Volunteer(id));
    let heard = changes::list(world.app(A), &driver(own), 0, &kinds(&["trip."]), 9).unwrap().events;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].kind, "trip.offer");
    assert!(heard[0].subjects.contains(&Subject::Trip(trip)));
    assert!(!heard[0].subjects.contains(&Subject::Person(person)));
    assert_eq!(heard[0].actor, Actor::Platform);
    assert!(changes::list(world.app(A), &driver(other), 0, &kinds(&["trip."]), 9).unwrap().events.is_empty());
    let history =
        |caller: &Caller, subject| changes::history(world.app(A), caller, subject, None, 9).unwrap().0.len();
    assert_eq!(history(&driver(own), Subject::Trip(trip)), 1);
    assert_eq!(history(&driver(own), Subject::Person(person)), 0);
    assert!(history(&local(), Subject::Person(person)) >= 3);
}

#[test]
fn what_neighbours_and_the_node_itself_do_is_heard_of_too() {
    let mut world = World::new();
    let (trip, handover) = world.offered();
    world.settle();
    world.wait(11);
    assert_eq!(world.tend(A), 1);
    world.settle();
    let about = |node: usize, subject| {
        let (events, _) = changes::history(world.app(node), &local(), subject, None, 50).unwrap();
        events.into_iter().map(|event| (event.kind, event.actor)).collect::<Vec<_>>()
    };
    let heard = |node: usize, subject, kind: &str, actor| {
        let heard = about(node, subject);
        assert!(heard.contains(&(kind.to_owned(), actor)), "{kind}: {heard:?}");
    };
    let (ours, platform) = (Subject::Handover(handover), Actor::Platform);
    heard(A, ours, "notice.bid", Actor::Neighbour(world.id(B)));
    heard(A, ours, "handover.awarded-by-rule", platform.clone());
    heard(A, ours, "notice.accepted", Actor::Neighbour(world.id(B)));
    heard(A, Subject::Trip(trip), "trip.settled", platform.clone());
    heard(B, ours, "notice.offered", Actor::Neighbour(world.id(A)));
    let carried = world.carried(B, handover).remove(0);
    heard(B, Subject::Trip(carried.id()), "trip.carried", platform);
}

pub(crate) fn services(world: &World, shutdown: &Shutdown) -> Services {
    let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::clone(&world.clock) as _;
    let workers = Workers::new(shutdown.clone(), clock, std::sync::Arc::new(SeededEntropy::new(1)));
    Services {
        app: std::sync::Arc::clone(world.app(A)),
        workers: std::sync::Arc::new(workers),
        noise: std::sync::Arc::new(maillage_node::app::noise::SystemNoise),
        followers: Followers::new(shutdown.clone()),
    }
}

type Stream = <Services as proto::changes_server::Changes>::WatchChangesStream;

async fn follow(services: &Services, caller: Caller, after: u64) -> Result<Stream, Status> {
    let mut request = Request::new(proto::WatchChangesRequest { after, kinds: Vec::new() });
    request.extensions_mut().insert(caller);
    Ok(services.watch_changes(request).await?.into_inner())
}

async fn next(stream: &mut Stream) -> Option<Result<proto::Change, Status>> {
    tokio::time::timeout(Duration::from_mins(1), stream.next()).await.expect("a change in time")
}

async fn sequence(stream: &mut Stream) -> u64 {
    next(stream).await.unwrap().unwrap().sequence
}

#[tokio::test]
async fn a_follower_is_woken_by_a_commit_and_comes_back_without_loss() {
    let world = World::empty(1);
    let services = services(&world, &Shutdown::new());
    world.person(A, "always");
    let mut stream = follow(&services, local(), 0).await.unwrap();
    assert_eq!(sequence(&mut stream).await, 1);
    assert!(stream.next().now_or_never().is_none(), "nothing more has happened");
    world.person(A, "always");
    // Woken by the bell, long before the follower would look again by itself.
    let woken = tokio::time::timeout(Duration::from_secs(2), sequence(&mut stream)).await;
    assert_eq!(woken, Ok(2));
    drop(stream);
    world.person(A, "always");
    world.person(A, "always");
    let mut stream = follow(&services, local(), 2).await.unwrap();
    assert_eq!((sequence(&mut stream).await, sequence(&mut stream).await), (3, 4));
    assert!(stream.next().now_or_never().is_none());
}

#[tokio::test]
async fn a_followers_stream_ends_when_the_account_is_revoked_or_the_node_stops() {
    let world = World::empty(1);
    let shutdown = Shutdown::new();
    let services = services(&world, &shutdown);
    let new = NewAccount {
        label: "ecran".into(),
        roles: vec!["coordinator".into()],
        scope: Scope::Everything,
        days: 0,
    };
    let opened = accounts::add(world.app(A), &local(), new).await.unwrap();
    let caller = accounts::admit(world.app(A), opened.token.expose().as_bytes()).unwrap();
    let mut revoked = follow(&services, caller, 1).await.unwrap();
    let mut stopped = follow(&services, local(), 2).await.unwrap();
    assert!(revoked.next().now_or_never().is_none());
    accounts::revoke(world.app(A), &local(), "ecran").await.unwrap();
    let end = next(&mut revoked).await.unwrap().unwrap_err();
    assert_eq!(Refusal::from_status(&end).reason(), "token-revoked");
    shutdown.trigger();
    assert!(next(&mut stopped).await.is_none());
}

#[tokio::test]
async fn followers_are_bounded_and_leave_their_place() {
    let world = World::empty(1);
    let services = services(&world, &Shutdown::new());
    let mut streams = Vec::new();
    for _ in 0..maillage_node::limits::FOLLOWERS {
        streams.push(follow(&services, local(), 0).await.unwrap());
    }
    let refused = follow(&services, local(), 0).await.err().unwrap();
    assert_eq!(Refusal::from_status(&refused).reason(), "changes-too-many-followers");
    streams.pop();
    assert!(follow(&services, local(), 0).await.is_ok());
}
