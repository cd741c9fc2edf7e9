//! Registering a person, and correcting how to reach one: what a ride needs, and nothing more.

use askama::Template;

use crate::{
    form::{Choice, Input, Lines},
    frame::Frame,
};

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The name of the field.
    pub name: &'static str,
    /// What names it on its page.
    pub id: String,
    /// What it sends.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// The page on which a person is registered.
#[derive(Debug, Template)]
#[template(path = "register.html")]
pub struct RegisterPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Sent along, unseen.
    pub carried: Vec<(String, String)>,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Who is known already and very like: page, name, what tells people of one name apart.
    pub alike: Vec<(String, String, String)>,
    /// Confirmations that are asked for.
    pub confirm: Vec<Tick>,
    /// Communes that are suggested.
    pub communes: Vec<String>,
    /// Who it is, and how to reach the person.
    pub who: Vec<Input>,
    /// Where the person lives.
    pub home: Vec<Input>,
    /// What bears on who can drive.
    pub needs: Vec<Tick>,
    /// What the driver should know.
    pub notes: Lines,
    /// Whether trips may be given to neighbours.
    pub sharing: Choice,
    /// What the person was told and has chosen.
    pub choices: Vec<Tick>,
    /// What is rarely needed, as lines.
    pub more: Vec<Input>,
    /// What is rarely needed, as choices.
    pub more_choices: Vec<Choice>,
    /// What the desk alone should know.
    pub internal: Lines,
    /// Whether the rare things are in sight.
    pub more_open: bool,
}

/// The page on which the contact details of a person are corrected.
#[derive(Debug, Template)]
#[template(path = "contact.html")]
pub struct ContactPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The page of the person.
    pub path: String,
    /// The name: not in the title of the page, which histories keep.
    pub name: String,
    /// The state that was seen.
    pub etag: String,
    /// What is wrong, by field: name and words.
    pub wrong: Vec<(String, String)>,
    /// Confirmations that are asked for.
    pub confirm: Vec<Tick>,
    /// Communes that are suggested.
    pub communes: Vec<String>,
    /// Name, phone, e-mail.
    pub who: Vec<Input>,
    /// How the person wishes to be reached.
    pub channel: Choice,
    /// Where the person lives.
    pub home: Vec<Input>,
}
