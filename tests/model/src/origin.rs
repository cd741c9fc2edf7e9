//! The node that offers: the real [`Outgoing`], its real trip, and the thinnest possible mirror of what the use cases of a
//! node do around them in one transaction. It must decide nothing by itself that those types decide.

use maillage_domain::{
    handover::{Outgoing, OutgoingStanding, TakeBack},
    trip::{CancelReason, CancelledBy, Custody, HolderResult, TripAction, TripError, TripStatus},
};
use maillage_federation::handover::{NoticeKind, Record, WithdrawReason};

use crate::{
    Break, Rules,
    scene::{Party, Scene, reply_by_ms},
    state::{Answer, Letter, Line, OriginSide, OwnTrip, Said, Say},
};

/// A rule said no: nothing of the transaction is kept.
#[derive(Debug, Clone, Copy)]
pub struct Undone;

impl From<TripError> for Undone {
    fn from(_: TripError) -> Self {
        Self
    }
}

/// A trip that has just been offered, in a round as if there had been others before.
///
/// # Panics
/// Never: such a trip can be offered.
pub(crate) fn begin(scene: &Scene, round: u32) -> OriginSide {
    OriginSide::offered(scene, round).expect("a trip that can be offered")
}

impl OriginSide {
    /// Mirrors `app::handover::origin::offer_out`.
    fn offered(scene: &Scene, round: u32) -> Result<Self, Undone> {
        let trip = OwnTrip { status: TripStatus::Requested, custody: Custody::Local };
        let trip = trip.apply(scene, TripAction::GiveOut { handover: scene.handover })?;
        let id = scene.own(&trip).id();
        let mut outgoing = Outgoing::offered(scene.handover, vec![id], scene.offer.clone(), scene.at);
        outgoing.round = round;
        let mut line = Line::default();
        line.say(round, Say::Offer { reply_by_ms: reply_by_ms(0).ok_or(Undone)? });
        Ok(Self { outgoing, trip, line })
    }

    /// Chooses a bidder. Mirrors `app::handover::origin::award_to`.
    ///
    /// # Errors
    /// As the use case.
    pub fn award(&mut self, scene: &Scene, rules: Rules, winner: Party) -> Result<(), Undone> {
        if !self.may_award(scene, winner) {
            return Err(Undone);
        }
        self.outgoing.note_award(winner.id(), scene.at);
        self.settle(scene, rules)?;
        self.line.say(self.outgoing.round, Say::Award { winner });
        Ok(())
    }

    /// What `app::handover::origin::award_to` and `require_given_out` ask for.
    pub fn may_award(&self, scene: &Scene, winner: Party) -> bool {
        self.outgoing.take_back() == TakeBack::AtOnce
            && !self.outgoing.is_released()
            && self.outgoing.bids.contains_key(&winner.id())
            && self.trip.custody == Custody::OfferedOut { handover: scene.handover }
            && self.trip.status == TripStatus::Requested
    }

    /// Takes the trip back. Mirrors `app::handover::origin::take_back`.
    ///
    /// # Errors
    /// As the use case.
    pub fn take_back(&mut self, scene: &Scene, rules: Rules, reason: WithdrawReason) -> Result<(), Undone> {
        match self.way_back(rules) {
            TakeBack::AtOnce => self.outgoing.taken_back = true,
            TakeBack::AskHub => {}
            TakeBack::Impossible => return Err(Undone),
        }
        self.settle(scene, rules)?;
        self.line.say(self.outgoing.round, Say::Withdraw { reason });
        Ok(())
    }

    /// How the trip can be taken back, or could by the broken rule.
    pub fn way_back(&self, rules: Rules) -> TakeBack {
        match self.outgoing.take_back() {
            TakeBack::AskHub if rules.are_broken_by(Break::ReclaimAtOnce) => TakeBack::AtOnce,
            way @ (TakeBack::AtOnce | TakeBack::AskHub | TakeBack::Impossible) => way,
        }
    }

    /// The person does not travel. Mirrors `app::trips::cancel` and `settle::person_cancelled`.
    ///
    /// # Errors
    /// As the use case.
    pub fn person_cancels(&mut self, scene: &Scene, rules: Rules) -> Result<(), Undone> {
        let concerns_neighbours = self.trip.custody.handover().is_some();
        let (by, reason) = (CancelledBy::Person, CancelReason::Unspecified);
        self.trip = self.trip.apply(scene, TripAction::Cancel { by, reason })?;
        if concerns_neighbours { self.pursue_cancellation(scene, rules) } else { Ok(()) }
    }

    /// A driver of this node sets out and has the person on board.
    ///
    /// # Errors
    /// As the real trip: a trip that is not ours to drive.
    pub fn set_out(&mut self, scene: &Scene) -> Result<(), Undone> {
        let drive = scene.drive();
        let asked = self.trip.apply(scene, TripAction::OfferTo(drive))?;
        let promised = asked.apply(scene, TripAction::DriverAccepts(drive.volunteer))?;
        self.trip = promised.apply(scene, TripAction::PickUp)?;
        Ok(())
    }

    /// The driver of this node arrives.
    ///
    /// # Errors
    /// As the real trip.
    pub fn arrive(&mut self, scene: &Scene) -> Result<(), Undone> {
        self.trip = self.trip.apply(scene, Scene::arrival())?;
        Ok(())
    }

    /// Applies a letter; `auto` is the policy to offer again what was given back. Mirrors `notices::to_origin`.
    ///
    /// # Errors
    /// A rule said no: the letter is passed over.
    pub fn read(
        &mut self,
        scene: &Scene,
        rules: Rules,
        (letter, auto): (&Letter, bool),
        tick: u8,
    ) -> Result<(), Undone> {
        self.learn(rules, letter.record.clone());
        let cause = letter.cause.map(|said| said.what);
        match (letter.kind, letter.caused_by, cause) {
            (NoticeKind::Bid, Some(bidder), Some(Say::Bid)) => {
                self.outgoing.take_bid(bidder.id(), scene.reservation.bid.clone(), scene.at);
            }
            (NoticeKind::Bid, Some(bidder), Some(Say::Unbid)) => self.outgoing.drop_bid(bidder.id()),
            _ => {}
        }
        self.settle(scene, rules)?;
        if let Some(Said { what: Say::Outcome { driven }, .. }) = letter.cause {
            self.take_outcome(scene, driven)?;
        }
        let released = letter.kind == NoticeKind::Released && self.outgoing.is_released();
        if released && !self.is_called_off() {
            self.offer_again_or_take_back(scene, rules, (auto, tick))
        } else {
            self.pursue_cancellation(scene, rules)
        }
    }

    /// Applies a receipt. Mirrors `receipts::to_origin` and `insist`.
    ///
    /// # Errors
    /// A rule said no: the command is put aside.
    pub fn answered(
        &mut self,
        scene: &Scene,
        rules: Rules,
        said: Said,
        answer: &Answer,
    ) -> Result<(), Undone> {
        let refused = answer.refused;
        let award = matches!(said.what, Say::Award { .. });
        let offer = matches!(said.what, Say::Offer { .. });
        if refused && award && said.round == self.outgoing.round {
            self.outgoing.award_refused(answer.record.clone());
        } else if let Some(record) = answer.record.clone() {
            self.learn(rules, record);
        } else if refused && offer {
            self.outgoing.taken_back = true;
        }
        self.settle(scene, rules)?;
        if !refused || answer.record.is_none() {
            return Ok(());
        }
        match said.what {
            Say::Offer { .. } if self.outgoing.is_released() => {
                self.take_back(scene, rules, WithdrawReason::Coordinator)
            }
            Say::Withdraw { reason } if self.way_back(rules) == TakeBack::AtOnce => {
                self.take_back(scene, rules, reason)
            }
            Say::Withdraw { .. } | Say::Cancel => self.pursue_cancellation(scene, rules),
            Say::Offer { .. }
            | Say::Bid
            | Say::Unbid
            | Say::Award { .. }
            | Say::Accept
            | Say::Refuse
            | Say::Release
            | Say::Outcome { .. } => Ok(()),
        }
    }

    /// Whether a driver of this node may drive it.
    pub fn may_drive(&self, scene: &Scene) -> bool {
        scene.lets_drive(self.trip.status, self.trip.custody)
    }

    fn learn(&mut self, rules: Rules, record: Record) {
        if rules.are_broken_by(Break::StaleBelieved)
            && let Some(known) = &mut self.outgoing.record
        {
            known.revision = 0;
        }
        self.outgoing.learn(record);
    }

    /// Mirrors `settle::settle_outgoing` and `settled`.
    fn settle(&mut self, scene: &Scene, rules: Rules) -> Result<(), Undone> {
        let settled = match self.settled(scene) {
            Err(_) if self.way_back(rules) == TakeBack::AtOnce => {
                self.outgoing.taken_back = true;
                let reason = WithdrawReason::Coordinator;
                self.line.say(self.outgoing.round, Say::Withdraw { reason });
                self.settled(scene)
            }
            settled => settled,
        };
        self.trip = settled?;
        Ok(())
    }

    fn settled(&self, scene: &Scene) -> Result<OwnTrip, TripError> {
        let actions = self.outgoing.custody_actions(&scene.own(&self.trip));
        actions.into_iter().try_fold(self.trip, |trip, action| trip.apply(scene, action))
    }

    /// Mirrors `settle::pursue_cancellation`.
    fn pursue_cancellation(&mut self, scene: &Scene, rules: Rules) -> Result<(), Undone> {
        if !self.is_called_off() {
            return Ok(());
        }
        match self.outgoing.standing() {
            OutgoingStanding::Ours | OutgoingStanding::Uncertain { .. } => {
                self.take_back(scene, rules, WithdrawReason::Cancelled)
            }
            OutgoingStanding::Theirs { .. } => {
                self.line.say(self.outgoing.round, Say::Cancel);
                Ok(())
            }
            OutgoingStanding::Back | OutgoingStanding::Cancelled | OutgoingStanding::Done { .. } => Ok(()),
        }
    }

    /// Mirrors `settle::is_called_off`.
    fn is_called_off(&self) -> bool {
        matches!(self.trip.status, TripStatus::Cancelled { .. })
    }

    /// Mirrors `notices::re_offer`.
    fn offer_again_or_take_back(
        &mut self,
        scene: &Scene,
        rules: Rules,
        (auto, tick): (bool, u8),
    ) -> Result<(), Undone> {
        if auto && self.offer_again(scene, tick).is_ok() {
            return Ok(());
        }
        self.take_back(scene, rules, WithdrawReason::Coordinator)
    }

    /// Mirrors `app::handover::origin::offer_again`; nothing has changed if it fails.
    fn offer_again(&mut self, scene: &Scene, tick: u8) -> Result<(), Undone> {
        if !self.outgoing.is_released() || self.outgoing.standing() != OutgoingStanding::Ours {
            return Err(Undone);
        }
        let reply_by_ms = reply_by_ms(tick).ok_or(Undone)?;
        self.trip = self.trip.apply(scene, TripAction::GiveOut { handover: scene.handover })?;
        self.line.say(self.outgoing.round, Say::Offer { reply_by_ms });
        Ok(())
    }

    /// Mirrors `settle::take_outcome`.
    fn take_outcome(&mut self, scene: &Scene, driven: bool) -> Result<(), Undone> {
        let (result, loaded_m, empty_m) =
            if driven { (HolderResult::Completed, 1, 1) } else { (HolderResult::NotDone, 0, 0) };
        let action = TripAction::OutcomeFromHolder { result, loaded_m, empty_m };
        self.trip = self.trip.apply(scene, action)?;
        Ok(())
    }
}
