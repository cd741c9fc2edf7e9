//! Who may use the platform, and who saw or changed whose data.

use askama::Template;

use crate::{
    form::{Choice, Input},
    frame::Frame,
    parts::Badge,
};

/// Everybody who may use the platform.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub struct UsersPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Whether the reader may make accounts.
    pub adds: bool,
    /// The accounts: those that open something first.
    pub accounts: Vec<AccountRow>,
}

/// An account in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its page.
    pub path: String,
    /// Its name.
    pub label: String,
    /// Its roles.
    pub roles: String,
    /// Whether it opens anything.
    pub badge: Badge,
    /// By what it is entered.
    pub way_in: String,
    /// Until when.
    pub until: String,
}

/// Somebody who shall use the platform.
#[derive(Debug, Template)]
#[template(path = "user_new.html")]
pub struct NewUserPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The name of the account.
    pub label: Input,
    /// What it may do.
    pub roles: RoleChoice<'a>,
    /// Whose data it reaches.
    pub whose: Choice,
}

/// An account.
#[derive(Debug, Template)]
#[template(path = "user.html")]
pub struct UserPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// Its address.
    pub path: String,
    /// Whether it opens anything.
    pub badge: Badge,
    /// What is known of it.
    pub facts: Vec<(String, String)>,
    /// What it was when it was looked at.
    pub etag: String,
    /// What it may do, to be changed; none where that is fixed.
    pub roles: Option<RoleChoice<'a>>,
    /// Whether a link can be given out for it.
    pub links: bool,
    /// Whether it can be closed.
    pub closes: bool,
}

/// The roles, each to be ticked.
#[derive(Debug, Template)]
#[template(path = "roles.html")]
pub struct RoleChoice<'a> {
    /// The texts.
    pub texts: crate::texts::Texts<'a>,
    /// The roles.
    pub roles: Vec<OfferedRole>,
    /// What is wrong; empty if nothing is.
    pub error: String,
}

/// A role that can be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedRole {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub meaning: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Who saw or changed whose data, on a day.
#[derive(Debug, Template)]
#[template(path = "journal.html")]
pub struct JournalPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The day as typed.
    pub day: String,
    /// Pages of the day before, of today (empty if it is shown), of the day after.
    pub days: [String; 3],
    /// What happened, in order.
    pub lines: Vec<JournalLine>,
    /// How many there are on that day, in words.
    pub count: String,
    /// The page before and the page after; empty for none.
    pub pages: [String; 2],
}

/// Something that happened to somebody's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// At what time.
    pub time: String,
    /// By whom.
    pub who: String,
    /// Whether it was seen, changed or given out.
    pub badge: Badge,
    /// For what.
    pub what: String,
    /// Which fields, of a change; may be empty.
    pub fields: String,
    /// Whose: page (may be empty), what somebody is, identifier.
    pub whose: Vec<(String, String, String)>,
}

/// The links of drivers' own pages.
#[derive(Debug, Template)]
#[template(path = "drivers.html")]
pub struct DriversPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The volunteers, by name.
    pub drivers: Vec<DriverRow>,
}

/// A volunteer who may have a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverRow {
    /// Where what is done with the link is sent.
    pub path: String,
    /// The name.
    pub name: String,
    /// Until when there is a link; empty for none.
    pub until: String,
}
