//! What people do, at the desk of a node and at the wheel: each through the use case that the interface calls. The rules may say
//! no; nothing may fail but a machine that is in trouble. It must never look at more than a desk sees.

use std::sync::Arc;

use maillage_domain::{
    handover::{Incoming, IncomingStanding, OutgoingStanding},
    ids::VolunteerKind,
    place::NewPlace,
    request::NewRequest,
    trip::{Absentee, CancelledBy, Custody, DriverRefusal, Trip, TripStatus, UnmetReason},
};
use maillage_federation::{
    handover::{DisputeReason, GiveBackReason},
    ids::{Id, TripKind},
};
use maillage_node::app::{
    App,
    caller::Caller,
    edits::NewTripChange,
    handover::{
        candidate, changes, origin,
        talk::{self, Judgement},
    },
    people,
    relays::{self, NewRelay},
    trips,
};
use maillage_platform::{clock::Clock as _, refusal::Refusal};
use maillage_store::handovers;

use crate::{
    federation::{Federation, is_of_the_machine},
    operations::{Kind, Operation},
    tell,
};

/// Where two drivers may meet.
const MEETINGS: [&str; 3] = ["81317", "81222", "81042"];

/// What came of something a person did.
type Done = Result<bool, Refusal>;

/// A person at the desk of a node, about to do something.
struct Desk<'a> {
    federation: &'a mut Federation,
    app: Arc<App>,
    by: Caller,
    at: usize,
    pick: usize,
}

impl Federation {
    /// A person does something. Tells whether it was done.
    ///
    /// # Errors
    /// Something failed that must not.
    pub(crate) async fn person_does(&mut self, operation: Operation) -> Result<bool, String> {
        let Operation { kind, at, pick } = operation;
        let (app, by) = (self.app(at), Caller::local());
        let done = Desk { federation: self, app, by, at, pick }.does(kind).await;
        match done {
            Ok(done) => {
                tell(|| format!("{operation}: {done}"));
                Ok(done)
            }
            Err(refusal) if !is_of_the_machine(&refusal) => {
                tell(|| format!("{operation}: {}", refusal.reason()));
                Ok(false)
            }
            Err(refusal) => {
                let life = &self.nodes[at].life;
                let excused = life.failing.is_some() || refusal.reason() == "store-disk-full";
                if excused { Ok(false) } else { Err(format!("{operation} failed: {}", refusal.reason())) }
            }
        }
    }
}

impl Desk<'_> {
    async fn does(mut self, kind: Kind) -> Done {
        match kind {
            Kind::Request => self.request().await,
            Kind::Share | Kind::Rejoin => self.shares(kind).await,
            Kind::Offer | Kind::Award | Kind::Withdraw | Kind::Cancel => self.as_origin(kind).await,
            Kind::Bid | Kind::Decline | Kind::Accept | Kind::Refuse | Kind::Release => {
                self.as_candidate(kind).await
            }
            Kind::AskChange | Kind::Agree | Kind::Disagree | Kind::Message | Kind::Judge => {
                self.talks(kind).await
            }
            Kind::DriverCannot => self.driver_cannot().await,
            _ => self.drives(kind).await,
        }
    }

    async fn request(&mut self) -> Done {
        let made = self.federation.chronicle.requests.get(&self.at).copied().unwrap_or_default();
        let person = self.federation.nodes[self.at].people.travellers.get(made).copied();
        let Some(person) = person else { return Ok(false) };
        let (day, hour) = (6 + self.pick % 4, 8 + self.pick / 4 % 7);
        let new = NewRequest {
            dropoff: NewPlace { commune: "81004".into(), address: "1 place Lapérouse".into() },
            arrive_by: Some(format!("2026-10-{day:02}T{hour:02}:00")),
            return_at: self.pick.is_multiple_of(3).then(|| format!("2026-10-{day:02}T{:02}:30", hour + 2)),
            purpose: "health".into(),
            ..NewRequest::default()
        };
        let (_, trips) = trips::add_request(&self.app, &self.by, person, new).await?;
        *self.federation.chronicle.requests.entry(self.at).or_default() += 1;
        // Most platforms ask their neighbours at once.
        if !self.pick.is_multiple_of(5)
            && let Some(trip) = trips.first()
        {
            origin::offer_out(&self.app, &self.by, trip.id(), self.terms()).await?;
        }
        Ok(true)
    }

    /// A journey is shared between two drivers, or is one again.
    async fn shares(&self, kind: Kind) -> Done {
        let own = self.open().into_iter().filter(|trip| !trip.is_carried()).collect();
        let fits = |trip: &Trip| trip.needs_decision() && trip.is_stage() == (kind == Kind::Rejoin);
        let Some(trip) = self.rather(own, fits).map(|trip| trip.id()) else { return Ok(false) };
        let single = self.pick.is_multiple_of(4);
        if kind == Kind::Rejoin {
            relays::rejoin(&self.app, &self.by, trip, single).await?;
            return Ok(true);
        }
        let commune = MEETINGS.get(self.pick % MEETINGS.len()).copied().unwrap_or_default().into();
        let place = NewPlace { commune, address: "arrêt d’essai".into() };
        relays::split(&self.app, &self.by, trip, NewRelay { place, slack_min: None, single }).await?;
        Ok(true)
    }

    fn terms(&self) -> origin::OfferTerms {
        let single = self.pick.is_multiple_of(7);
        origin::OfferTerms {
            single,
            reply_within_min: None,
            person_agrees: false,
            agreed_only: false,
            at_once: true,
        }
    }

    async fn as_origin(&self, kind: Kind) -> Done {
        if kind == Kind::Offer || kind == Kind::Cancel {
            let own = self.open().into_iter().filter(|trip| !trip.is_carried()).collect();
            let rather = |trip: &Trip| trip.needs_decision() || kind == Kind::Cancel;
            let Some(trip) = self.rather(own, rather).map(|trip| trip.id()) else { return Ok(false) };
            if kind == Kind::Offer && self.pick.is_multiple_of(5) {
                origin::offer_each(&self.app, &self.by, trip, self.terms()).await?;
            } else if kind == Kind::Offer {
                origin::offer_out(&self.app, &self.by, trip, self.terms()).await?;
            } else {
                let by =
                    if self.pick.is_multiple_of(4) { CancelledBy::Platform } else { CancelledBy::Person };
                trips::cancel(&self.app, &self.by, trip, by, self.pick.is_multiple_of(3)).await?;
            }
            return Ok(true);
        }
        let open = handovers::open_outgoing(&self.app.store).unwrap_or_default();
        let Some(outgoing) = self.rather(open, |outgoing| !outgoing.bids.is_empty()) else {
            return Ok(false);
        };
        if kind == Kind::Award {
            origin::award(&self.app, &self.by, outgoing.handover, None).await?;
        } else {
            origin::withdraw(&self.app, &self.by, outgoing.handover).await?;
        }
        Ok(true)
    }

    async fn as_candidate(&self, kind: Kind) -> Done {
        let known = handovers::list_incoming(&self.app.store, None, 100).unwrap_or_default();
        let me = self.federation.places[self.at].entry.node;
        let fits = |incoming: &Incoming| match incoming.standing(me) {
            IncomingStanding::Candidate => matches!(kind, Kind::Bid | Kind::Decline),
            IncomingStanding::Chosen { .. } => matches!(kind, Kind::Accept | Kind::Refuse),
            IncomingStanding::Ours => kind == Kind::Release,
            IncomingStanding::Done | IncomingStanding::Cancelled | IncomingStanding::Over => false,
        };
        let Some(handover) = self.rather(known, fits).map(|known| known.handover) else { return Ok(false) };
        let driver = if self.pick.is_multiple_of(3) { self.driver() } else { None };
        let (app, by, why) = (&self.app, &self.by, GiveBackReason::NoDriver);
        match kind {
            Kind::Bid => candidate::place_bid(app, by, handover, driver).await.map(drop)?,
            Kind::Decline => candidate::decline(app, by, handover).await.map(drop)?,
            Kind::Accept => candidate::accept_award(app, by, handover, driver).await.map(drop)?,
            Kind::Refuse => candidate::refuse_award(app, by, handover, why).await.map(drop)?,
            _ => candidate::release(app, by, handover, why).await.map(drop)?,
        }
        Ok(true)
    }

    /// One desk writes to the other.
    async fn talks(&self, kind: Kind) -> Done {
        let outgoing = handovers::list_outgoing(&self.app.store, None, 100).unwrap_or_default();
        let incoming = handovers::list_incoming(&self.app.store, None, 100).unwrap_or_default();
        let me = self.federation.places[self.at].entry.node;
        let mut about = Vec::new();
        for known in &outgoing {
            let done = matches!(known.standing(), OutgoingStanding::Done { .. });
            let theirs = matches!(known.standing(), OutgoingStanding::Theirs { .. });
            about.push((known.handover, &known.trips, if kind == Kind::Judge { done } else { theirs }));
        }
        for known in &incoming {
            let ours = known.standing(me) == IncomingStanding::Ours;
            about.push((known.handover, &known.trips, ours && kind != Kind::Judge));
        }
        let Some((handover, trips, _)) = self.rather(about, |(_, _, fits)| *fits) else { return Ok(false) };
        let (app, by) = (&self.app, &self.by);
        match kind {
            Kind::Message => talk::send_message(app, by, handover, "Un mot d’essai.".to_owned()).await?,
            Kind::Judge => {
                let judgement = if self.pick.is_multiple_of(2) {
                    Judgement::Countersign
                } else {
                    Judgement::Dispute { reason: DisputeReason::Distance, text: String::new() }
                };
                talk::judge(app, by, handover, judgement).await?;
            }
            Kind::AskChange => {
                let Some(trip) = self.one_of(trips.clone()) else { return Ok(false) };
                let known = trips::show(app, by, trip)?;
                let day = known.terms.earliest_pickup.to_zoned(maillage_federation::month::paris()).date();
                let time = format!("{day}T{:02}:15", 8 + self.pick % 9);
                let new = NewTripChange { arrive_by: Some(time), ..NewTripChange::default() };
                changes::ask(app, by, (handover, trip), new, String::new()).await?;
            }
            _ => {
                let answer = (kind == Kind::Agree, self.pick.is_multiple_of(3));
                changes::answer(app, by, handover, answer).await?;
            }
        }
        Ok(true)
    }

    async fn driver_cannot(&self) -> Done {
        let Some(driver) = self.driver() else { return Ok(false) };
        let day = format!("2026-10-{:02}", 6 + self.pick % 4);
        people::add_absence(&self.app, &self.by, driver, &day, &day).await?;
        Ok(true)
    }

    /// Somebody is asked to drive, answers, drives.
    async fn drives(&mut self, kind: Kind) -> Done {
        let fits = |trip: &Trip| {
            trip.custody() == Custody::Local
                && match trip.status() {
                    TripStatus::Requested => matches!(kind, Kind::Ask | Kind::Unmet),
                    TripStatus::Offered => matches!(kind, Kind::Yes | Kind::No),
                    _ => matches!(kind, Kind::PickUp | Kind::Complete | Kind::NoShow),
                }
        };
        let Some(trip) = self.rather(self.open(), fits).map(|trip| trip.id()) else { return Ok(false) };
        let (app, by, single) = (Arc::clone(&self.app), self.by.clone(), self.pick.is_multiple_of(2));
        match kind {
            Kind::Ask => {
                let Some(driver) = self.driver() else { return Ok(false) };
                trips::offer_to_driver(&app, &by, trip, driver, single).await.map(drop)?;
            }
            Kind::Yes => trips::driver_accepts(&app, &by, trip, single).await.map(drop)?,
            Kind::No => {
                trips::driver_refuses(&app, &by, trip, DriverRefusal::NotFree, single).await.map(drop)?;
            }
            Kind::Unmet => {
                trips::declare_unmet(&app, &by, trip, UnmetReason::NoDriver, single).await.map(drop)?;
            }
            _ => return self.federation.on_the_road(kind, self.at, trip).await,
        }
        Ok(true)
    }

    fn open(&self) -> Vec<Trip> {
        let all = maillage_store::trips::list(&self.app.store, None, 1_000).unwrap_or_default();
        all.into_iter().filter(Trip::is_open).collect()
    }

    fn driver(&self) -> Option<Id<VolunteerKind>> {
        self.one_of(self.federation.nodes[self.at].people.drivers.clone())
    }

    /// One of those that fit, if there are any; now and then whichever, for people are mistaken.
    fn rather<T>(&self, of: Vec<T>, fits: impl Fn(&T) -> bool) -> Option<T> {
        if self.pick.is_multiple_of(11) || !of.iter().any(&fits) {
            return self.one_of(of);
        }
        self.one_of(of.into_iter().filter(fits).collect())
    }

    fn one_of<T>(&self, of: Vec<T>) -> Option<T> {
        let index = self.pick.checked_rem(of.len())?;
        of.into_iter().nth(index)
    }
}

impl Federation {
    /// Something happens on the road, when the drive has begun; then it is now again, for what follows is not about time.
    pub(crate) async fn on_the_road(&mut self, kind: Kind, at: usize, trip: Id<TripKind>) -> Done {
        let (app, by) = (self.app(at), Caller::local());
        let known = trips::show(&app, &by, trip)?;
        let (clock, ahead) = (Arc::clone(&self.nodes[at].life.clock), self.nodes[at].life.clock.ahead());
        let early = known.begins().map_or(0, |begins| begins.as_millisecond() - clock.now().as_millisecond());
        clock.set_ahead(ahead + early.max(0));
        let done = match kind {
            Kind::PickUp => trips::pick_up(&app, &by, trip).await,
            Kind::NoShow => trips::no_show(&app, &by, trip, Absentee::Person, true).await,
            _ => {
                let collected_cents = if known.is_carried() { 250 } else { 0 };
                let driven = trips::Driven { loaded_m: 30_000, empty_m: Some(12_000), collected_cents };
                trips::complete_driven(&app, &by, trip, driven).await
            }
        };
        clock.set_ahead(ahead);
        for trip in done? {
            if matches!(trip.status(), TripStatus::Completed { .. }) {
                self.chronicle.note_driven(at, &trip);
            }
        }
        Ok(true)
    }

    /// Whoever still has a trip of a neighbour's to drive comes to an end with it.
    ///
    /// # Errors
    /// Something failed that must not.
    pub(crate) async fn finish(&mut self, at: usize) -> Result<(), String> {
        let (app, by) = (self.app(at), Caller::local());
        let failed = |refusal: Refusal| format!("a carried trip cannot be finished: {}", refusal.reason());
        for trip in self.trips(at)?.into_iter().filter(|trip| trip.is_carried() && trip.is_open()) {
            let id = trip.id();
            match trip.status() {
                TripStatus::Requested => {
                    trips::declare_unmet(&app, &by, id, UnmetReason::NoDriver, true).await.map_err(failed)?;
                }
                TripStatus::Offered => {
                    trips::driver_accepts(&app, &by, id, true).await.map_err(failed)?;
                    self.on_the_road(Kind::Complete, at, id).await.map_err(failed)?;
                }
                _ => {
                    self.on_the_road(Kind::Complete, at, id).await.map_err(failed)?;
                }
            }
        }
        Ok(())
    }
}
