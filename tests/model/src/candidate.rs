//! A node that may carry the trip: the real [`Incoming`], and the thinnest possible mirror of what the use cases of a node
//! do around it in one transaction. A candidate here proposes, answers and drives when it likes, which covers what a node
//! does by itself. It must decide nothing by itself that the real type decides.

use maillage_domain::{
    handover::{Incoming, IncomingStanding, Reservation},
    trip::{CancelReason, CancelledBy, Custody, TripAction, TripStatus},
};
use maillage_federation::handover::{NoticeKind, Record, State};

use crate::{
    Break, Rules,
    origin::Undone,
    scene::{Party, Scene},
    state::{Answer, CandidateSide, Carried, Letter, Line, Said, Say},
};

impl CandidateSide {
    /// A node that has not heard of it.
    pub fn new() -> Self {
        Self { incoming: None, carried: Vec::new(), lost_in: None, line: Line::default() }
    }

    /// Proposes to carry it. Mirrors `app::handover::candidate::bid`.
    ///
    /// # Errors
    /// As the use case.
    pub fn bid(&mut self, scene: &Scene) -> Result<(), Undone> {
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.may_bid(scene.at)).ok_or(Undone)?;
        incoming.bid = Some(Reservation { round: incoming.record.round, ..scene.reservation.clone() });
        self.line.say(incoming.record.round, Say::Bid);
        Ok(())
    }

    /// Takes its bid back: the driver it counted on can no longer. Mirrors `app::handover::watch::act` and `replace`.
    ///
    /// # Errors
    /// Nothing is to be done.
    pub fn lose_driver(&mut self, me: Party) -> Result<(), Undone> {
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.bid.is_some()).ok_or(Undone)?;
        if incoming.standing(me.id()) != IncomingStanding::Candidate {
            return Err(Undone);
        }
        incoming.bid = None;
        self.lost_in = Some(incoming.record.round);
        self.line.say(incoming.record.round, Say::Unbid);
        Ok(())
    }

    /// Takes what it was awarded. Mirrors `app::handover::candidate::accept`.
    ///
    /// # Errors
    /// As the use case.
    pub fn accept(&mut self, scene: &Scene, me: Party) -> Result<(), Undone> {
        let incoming =
            self.incoming.as_mut().filter(|incoming| incoming.is_chosen(me.id(), scene.at)).ok_or(Undone)?;
        let round = incoming.record.round;
        if incoming.details.is_none() || incoming.accepted_round == Some(round) {
            return Err(Undone);
        }
        incoming.accepted_round = Some(round);
        self.line.say(round, Say::Accept);
        Ok(())
    }

    /// Does not take what it was awarded. Mirrors `app::handover::candidate::refuse`.
    ///
    /// # Errors
    /// As the use case.
    pub fn refuse(&mut self, scene: &Scene, rules: Rules, me: Party) -> Result<(), Undone> {
        let incoming =
            self.incoming.as_mut().filter(|incoming| incoming.is_chosen(me.id(), scene.at)).ok_or(Undone)?;
        let round = incoming.record.round;
        if incoming.accepted_round == Some(round) || incoming.refused_round == Some(round) {
            return Err(Undone);
        }
        let before = incoming.details.clone();
        incoming.note_refusal();
        if rules.are_broken_by(Break::DetailsKept) {
            incoming.details = before;
        }
        self.line.say(round, Say::Refuse);
        Ok(())
    }

    /// Gives it back before anybody was fetched. Mirrors `app::handover::candidate::release`.
    ///
    /// # Errors
    /// As the use case.
    pub fn release(&mut self, scene: &Scene, me: Party) -> Result<(), Undone> {
        let incoming = self.incoming.as_mut().filter(|incoming| ours(incoming, me)).ok_or(Undone)?;
        for trip in self.carried.iter_mut().filter(|trip| incoming.trips.contains(&trip.trip)) {
            match trip.status {
                TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {}
                TripStatus::PickedUp
                | TripStatus::Completed { .. }
                | TripStatus::Cancelled { .. }
                | TripStatus::NoShow(_)
                | TripStatus::Unmet(_) => return Err(Undone),
            }
            let (by, reason) = (CancelledBy::Platform, CancelReason::Unspecified);
            trip.apply(scene, TripAction::Cancel { by, reason })?;
        }
        incoming.declined = true;
        self.line.say(incoming.record.round, Say::Release);
        Ok(())
    }

    /// A driver of this node sets out and has the person on board.
    ///
    /// # Errors
    /// As the real trip; nothing to carry.
    pub fn set_out(&mut self, scene: &Scene) -> Result<(), Undone> {
        let drive = scene.drive();
        let trip = self.first_that_may(scene, TripAction::OfferTo(drive))?;
        trip.apply(scene, TripAction::DriverAccepts(drive.volunteer))?;
        trip.apply(scene, TripAction::PickUp)
    }

    /// The driver arrives, and the origin is told. Mirrors `app::trips::complete` and `change_each`.
    ///
    /// # Errors
    /// As the real trip; nobody on board.
    pub fn arrive(&mut self, scene: &Scene, me: Party) -> Result<(), Undone> {
        self.first_that_may(scene, Scene::arrival())?;
        self.account_for(me);
        Ok(())
    }

    fn first_that_may(&mut self, scene: &Scene, action: TripAction) -> Result<&mut Carried, Undone> {
        self.carried.iter_mut().find_map(|trip| trip.apply(scene, action).ok().map(|()| trip)).ok_or(Undone)
    }

    /// Applies a letter. Mirrors `notices::to_candidate` and `consider_award`; to propose by itself is left to
    /// [`Self::bid`], and to keep a firm bid to [`Self::accept`].
    ///
    /// # Errors
    /// A rule said no: the letter is passed over.
    pub fn read(&mut self, scene: &Scene, rules: Rules, me: Party, letter: &Letter) -> Result<(), Undone> {
        if self.incoming.is_none() {
            let Some(Said { what: Say::Offer { .. }, .. }) = letter.cause else { return Ok(()) };
            let record = letter.record.clone();
            let incoming = Incoming::offered(Party::A.id(), scene.offer.clone(), record, scene.at);
            self.incoming = Some(incoming);
        }
        self.learn(scene, rules, me, Some(letter.record.clone()))?;
        if letter.kind != NoticeKind::Awarded {
            return Ok(());
        }
        let round = letter.record.round;
        let Some(incoming) = &mut self.incoming else { return Ok(()) };
        if !incoming.may_open(me.id(), round, scene.at) {
            return Ok(());
        }
        match letter.cause {
            Some(Said { what: Say::Award { winner }, round }) if winner == me => {
                let details = scene.details(round, winner);
                if !incoming.fits(&details) {
                    return self.refuse(scene, rules, me);
                }
                incoming.details = Some(details);
                if incoming.bid.is_none() { self.refuse(scene, rules, me) } else { Ok(()) }
            }
            Some(_) | None => self.refuse(scene, rules, me),
        }
    }

    /// Applies a receipt. Mirrors `receipts::to_candidate` and `refused`.
    ///
    /// # Errors
    /// A rule said no: the command is put aside.
    pub fn answered(
        &mut self,
        (scene, rules): (&Scene, Rules),
        me: Party,
        said: Said,
        answer: &Answer,
    ) -> Result<(), Undone> {
        if self.incoming.is_none() {
            return Ok(());
        }
        self.learn(scene, rules, me, answer.record.clone())?;
        let Some(incoming) = self.incoming.as_mut().filter(|_| answer.refused) else {
            return Ok(());
        };
        let standing = incoming.standing(me.id());
        match said.what {
            // One that another was chosen before is kept and said again: to say it is left to `Self::bid`.
            Say::Bid if standing == IncomingStanding::Candidate && incoming.record.state == State::Open => {
                incoming.lose_bid(said.round);
            }
            Say::Accept if incoming.accepted_round == Some(said.round) => incoming.accepted_round = None,
            Say::Release if standing == IncomingStanding::Ours => self.account_for(me),
            Say::Bid
            | Say::Unbid
            | Say::Accept
            | Say::Offer { .. }
            | Say::Award { .. }
            | Say::Withdraw { .. }
            | Say::Refuse
            | Say::Release
            | Say::Cancel
            | Say::Outcome { .. } => {}
        }
        Ok(())
    }

    /// Whether a driver of this node may drive it.
    pub fn may_drive(&self, scene: &Scene) -> bool {
        self.carried.iter().any(|trip| scene.lets_drive(trip.status, Custody::Local))
    }

    /// Mirrors `settle::learn_incoming`.
    fn learn(
        &mut self,
        scene: &Scene,
        rules: Rules,
        me: Party,
        record: Option<Record>,
    ) -> Result<(), Undone> {
        let Some(incoming) = &mut self.incoming else { return Ok(()) };
        if let Some(record) = record {
            if record.round > incoming.record.round {
                drop_carried(&mut self.carried, incoming, scene)?;
            }
            if rules.are_broken_by(Break::StaleBelieved) {
                incoming.record.revision = 0;
            }
            let before = incoming.details.clone();
            incoming.learn(record, me.id());
            if rules.are_broken_by(Break::DetailsKept) {
                incoming.details = incoming.details.take().or(before);
            }
        }
        match incoming.standing(me.id()) {
            IncomingStanding::Ours if incoming.trips.is_empty() => self.take_over(),
            IncomingStanding::Cancelled | IncomingStanding::Over => {
                drop_carried(&mut self.carried, incoming, scene)?;
            }
            IncomingStanding::Ours
            | IncomingStanding::Candidate
            | IncomingStanding::Chosen { .. }
            | IncomingStanding::Done => {}
        }
        self.carried
            .retain(|trip| !matches!(trip.status, TripStatus::Cancelled { .. }) || trip.knows_passenger);
        Ok(())
    }

    /// Mirrors `settle::take_over`.
    fn take_over(&mut self) {
        let Some(incoming) = &mut self.incoming else { return };
        let round = incoming.record.round;
        match &incoming.details {
            Some(_) => {
                let trip = Scene::carried(round);
                self.carried.push(Carried { trip, status: TripStatus::Requested, knows_passenger: true });
                incoming.trips = vec![trip];
            }
            None if incoming.declined => {}
            None => {
                incoming.declined = true;
                self.line.say(round, Say::Release);
            }
        }
    }

    /// Mirrors `settle::account_for`.
    fn account_for(&mut self, me: Party) {
        let Some(incoming) = &self.incoming else { return };
        let standing = incoming.standing(me.id());
        if !matches!(standing, IncomingStanding::Ours | IncomingStanding::Cancelled) {
            return;
        }
        let mine = || self.carried.iter().filter(|trip| incoming.trips.contains(&trip.trip));
        if mine().any(|trip| !trip.status.is_closed()) {
            return;
        }
        let driven = mine().any(|trip| matches!(trip.status, TripStatus::Completed { .. }));
        if standing == IncomingStanding::Cancelled && !driven {
            return;
        }
        self.line.say(incoming.record.round, Say::Outcome { driven });
    }
}

impl Default for CandidateSide {
    fn default() -> Self {
        Self::new()
    }
}

impl Carried {
    /// The trip does something, as the real one does.
    fn apply(&mut self, scene: &Scene, action: TripAction) -> Result<(), Undone> {
        self.status = scene.trip(self.status, Custody::Local).apply(action, scene.at)?.status();
        Ok(())
    }
}

/// Mirrors `settle::drop_carried`: what is under way or was driven is kept, of anything else who was to travel is forgotten.
fn drop_carried(carried: &mut [Carried], incoming: &Incoming, scene: &Scene) -> Result<(), Undone> {
    for trip in carried.iter_mut().filter(|trip| incoming.trips.contains(&trip.trip)) {
        match trip.status {
            TripStatus::Requested | TripStatus::Offered | TripStatus::Confirmed => {
                let (by, reason) = (CancelledBy::Origin, CancelReason::Unspecified);
                trip.apply(scene, TripAction::Cancel { by, reason })?;
            }
            TripStatus::Cancelled { .. } | TripStatus::Unmet(_) => {}
            TripStatus::PickedUp | TripStatus::Completed { .. } | TripStatus::NoShow(_) => continue,
        }
        trip.knows_passenger = false;
    }
    Ok(())
}

fn ours(incoming: &Incoming, me: Party) -> bool {
    incoming.standing(me.id()) == IncomingStanding::Ours
}
