//! Pieces that several pages show: badges, trips in lists, who could drive, legal frames, lines of time.

use askama::Template;

use crate::texts::Texts;

/// A word that says how something stands, with the tone of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The word.
    pub text: String,
    /// Its tone: the colour never says more than the word does.
    pub tone: Tone,
}

/// A tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is well.
    Good,
    /// It waits for somebody.
    Wait,
    /// It is not well.
    Bad,
    /// Neither.
    Plain,
}

/// A trip in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripRow {
    /// Its page.
    pub path: String,
    /// When.
    pub when: String,
    /// Who travels.
    pub who: String,
    /// Where from.
    pub from: String,
    /// Where to.
    pub to: String,
    /// How it stands.
    pub badge: Badge,
    /// Who drives; may be empty.
    pub driver: String,
}

/// Who could drive and why, and who cannot and why not. The button of each sends the field `volunteer`.
#[derive(Debug, Clone, Template)]
#[template(path = "candidates.html")]
pub struct Candidates<'a> {
    /// The texts.
    pub texts: Texts<'a>,
    /// What the button of each says, with the name in it.
    pub ask: &'static str,
    /// What is said if nobody could.
    pub nobody: &'static str,
    /// Who could.
    pub can: Vec<Candidate>,
    /// Who cannot.
    pub cannot: Vec<Barred>,
    /// Where the distances come from; may be empty.
    pub source: String,
}

/// Somebody who could drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The volunteer.
    pub id: String,
    /// The name.
    pub name: String,
    /// When the person would be fetched.
    pub pickup: String,
    /// How far the drive is beyond the ride itself.
    pub extra: String,
    /// What else speaks for it.
    pub reasons: Vec<String>,
}

/// Somebody who cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barred {
    /// The name.
    pub name: String,
    /// Why not.
    pub reason: String,
}

/// A trip under the law: what frame, why, and what is asked of the person.
#[derive(Debug, Clone, Template)]
#[template(path = "legal.html")]
pub struct Legal<'a> {
    /// The texts.
    pub texts: Texts<'a>,
    /// The verdict.
    pub badge: Badge,
    /// The name of the frame; empty outside every one.
    pub name: String,
    /// The reasons, with what each does.
    pub reasons: Vec<Reason>,
    /// What is asked of the person; may be empty.
    pub asked: String,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it does: `for`, `against`, `doubt` or nothing.
    pub class: &'static str,
    /// What it does, in a word.
    pub effect: String,
    /// The sentence.
    pub text: String,
    /// The article it rests on; may be empty.
    pub article: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// More about it; may be empty.
    pub detail: String,
}

impl Badge {
    /// A word with a tone.
    pub fn new(text: String, tone: Tone) -> Self {
        Self { text, tone }
    }

    /// The class of its tone.
    pub fn class(&self) -> &'static str {
        match self.tone {
            Tone::Good => "badge good",
            Tone::Wait => "badge wait",
            Tone::Bad => "badge bad",
            Tone::Plain => "badge",
        }
    }
}
