//! Handovers: those that somebody has to look at, all of them, and one with who owns the trip now, what can be done, and how it
//! came to that.

use askama::Template;

use crate::{
    form::{Choice, Input, Lines},
    frame::Frame,
    parts::{Badge, Candidates, Moment, TripRow},
};

/// The page of all handovers.
#[derive(Debug, Template)]
#[template(path = "handovers.html")]
pub struct HandoversPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Whether this node has neighbours at all.
    pub is_member: bool,
    /// What somebody has to look at, what is due first first.
    pub pressing: Vec<Pressing>,
    /// Those under way.
    pub open: Vec<HandoverRow>,
    /// Those that are over, newest first.
    pub over: Vec<HandoverRow>,
    /// The page with more that somebody has to look at; empty if there are none.
    pub more_pressing: String,
    /// The page with more under way; empty if there are none.
    pub more_open: String,
    /// The page with older ones; empty if there are none.
    pub older: String,
    /// Whether the lists begin with the first of each.
    pub is_first: bool,
}

/// A handover that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressing {
    /// It.
    pub row: HandoverRow,
    /// Why, and what to do.
    pub concerns: Vec<Pressed>,
}

/// Why somebody has to look at a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    /// Why.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// By when; may be empty.
    pub until: String,
}

/// A handover in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRow {
    /// Its page.
    pub path: String,
    /// From where to where.
    pub way: String,
    /// When.
    pub when: String,
    /// Which way, and with whom.
    pub partner: String,
    /// Where it stands.
    pub badge: Badge,
}

/// The page of a handover.
#[derive(Debug, Template)]
#[template(path = "handover.html")]
pub struct HandoverPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its page.
    pub path: String,
    /// What the page shows, in short: a decision is taken only while it is still so.
    pub stand: String,
    /// Where it stands.
    pub badge: Badge,
    /// Who owns the trip now, in a sentence.
    pub owner: String,
    /// Whether that is not certain.
    pub is_unsure: bool,
    /// The phone of the other desk; may be empty.
    pub phone: String,
    /// Why somebody has to look at it.
    pub concerns: Vec<Pressed>,
    /// The way and the time of each leg, as offered.
    pub legs: Vec<[String; 3]>,
    /// What else there is to know.
    pub facts: Vec<(String, String)>,
    /// The trips in the books of this node.
    pub trips: Vec<TripRow>,
    /// Who proposes to carry it.
    pub bids: Vec<BidRow>,
    /// Who of ours could drive: with what a button does, as the last part of its address.
    pub candidates: Option<(&'static str, Candidates<'a>)>,
    /// What can be done.
    pub may: May,
    /// The change that waits for an answer.
    pub change: Option<ChangeAsked>,
    /// Where another time is asked for.
    pub ask_change: Option<AskChange>,
    /// Where the other desk is written to.
    pub message: Option<Lines>,
    /// What is booked of it: which leg, and what.
    pub settlement: Vec<(String, String)>,
    /// How it came to that, in the order the hub has decided.
    pub moments: Vec<Moment>,
    /// What was said and is not decided yet.
    pub waiting: Vec<Moment>,
}

/// A neighbour that proposes to carry a trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidRow {
    /// The neighbour.
    pub node: String,
    /// Its name.
    pub name: String,
    /// What it offers: how certain, how far, when, for how much.
    pub what: String,
    /// What the button says that chooses it; empty if it cannot be chosen.
    pub choose: String,
}

/// What can be done about a handover.
#[derive(Debug, Default)]
pub struct May {
    /// Say no to an offer, or take a proposal back: what the button says; empty for neither.
    pub decline: String,
    /// Say yes, with the driver that is counted on: what the button says.
    pub accept: String,
    /// Say no to an award: why.
    pub refuse: Option<Choice>,
    /// Give the trip back: why.
    pub release: Option<Choice>,
    /// Take it back.
    pub withdraw: bool,
    /// Say that the person does not travel.
    pub cancel: bool,
    /// Say what is thought of the account: for what it is disputed, and in what words.
    pub judge: Option<(Choice, Lines)>,
    /// Say that what a restore took was looked at.
    pub looked_at: bool,
}

/// A change that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeAsked {
    /// What it would be.
    pub what: String,
    /// Whether this desk has asked: it takes it back, and does not answer.
    pub is_own: bool,
    /// Whether our driver may be unable to.
    pub with_driver: bool,
}

/// Where another time is asked for.
#[derive(Debug)]
pub struct AskChange {
    /// For which trip; none if there is only one.
    pub trip: Option<Choice>,
    /// The only trip.
    pub only: String,
    /// To be there, or to be fetched.
    pub kind: Choice,
    /// The day and the time.
    pub when: Vec<Input>,
    /// Why.
    pub note: Lines,
    /// Whether it is in sight.
    pub open: bool,
}
