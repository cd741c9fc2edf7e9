//! What stands around every page: title, territory, the ways on that a role has, language, sign-out, what was just done.

use maillage_domain::roles::{Operation, Roles};

use crate::texts::Texts;

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// The texts of the reader.
    pub texts: Texts<'a>,
    /// What the page is called.
    pub title: String,
    /// The territory of the node.
    pub territory: &'a str,
    /// Addresses of what every page loads.
    pub files: Files<'a>,
    /// The address of this page, for the other language.
    pub here: String,
    /// Who is signed in.
    pub user: Option<User>,
    /// What was just done, or cannot be.
    pub notice: Option<Notice>,
    /// The page, if it shows what was typed before: it can be begun anew. Otherwise empty.
    pub begin_anew: String,
    /// The forgery token of every form on it.
    pub token: String,
}

/// Addresses of what every page loads.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The style sheet.
    pub style: &'a str,
    /// The sign.
    pub icon: &'a str,
    /// What lets parts of a page follow what is typed.
    pub script: &'a str,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name of the account.
    pub label: String,
    /// Where the account can go, every day.
    pub tabs: Vec<Tab>,
    /// Where else; empty where all of them have room side by side.
    pub more: Vec<Tab>,
    /// Whether the account may look for people.
    pub searches: bool,
}

/// A way on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its address.
    pub path: &'static str,
    /// The message that names it.
    pub key: &'static str,
    /// Whether the reader is there.
    pub is_here: bool,
}

/// Something to be told first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether something went wrong.
    pub is_bad: bool,
    /// What.
    pub text: String,
}

/// How many ways on have room side by side, and how many of more are those of every day.
const SIDE_BY_SIDE: usize = 8;
const DAILY: usize = 6;

/// Where a prescriber is at home.
const REFERRALS: &str = "/referrals";

/// Every way on, those of every day first, with what one must be allowed to for it.
const TABS: [(&str, &str, Operation); 20] = [
    ("/", "console-tab-today", Operation::TripList),
    ("/requests/new", "console-tab-request", Operation::RequestAdd),
    ("/planning", "desk-tab-planning", Operation::PlanShow),
    ("/handovers", "desk-tab-handovers", Operation::HandoverShow),
    ("/people", "console-tab-people", Operation::PeopleSearch),
    ("/volunteers", "desk-tab-volunteers", Operation::VolunteerExpiries),
    ("/drivers", "console-tab-drivers", Operation::DriverLink),
    (REFERRALS, "lasting-tab-referrals", Operation::ReferralShow),
    ("/series", "lasting-tab-series", Operation::SeriesList),
    ("/pathways", "lasting-tab-pathways", Operation::PathwayList),
    ("/loans", "lasting-tab-loans", Operation::LoanList),
    ("/fleet", "lasting-tab-fleet", Operation::AssetShow),
    ("/money", "books-tab-money", Operation::SettlementShow),
    ("/unmet", "console-tab-unmet", Operation::UnmetList),
    ("/models", "console-tab-models", Operation::ModelsCompare),
    ("/statistics", "console-tab-statistics", Operation::ReportList),
    ("/obligations", "books-tab-obligations", Operation::TusReturn),
    ("/status", "console-tab-status", Operation::StatusShow),
    ("/users", "console-tab-users", Operation::AccountList),
    ("/journal", "console-tab-journal", Operation::AccessList),
];

impl User {
    /// Somebody with roles who is at an address.
    pub fn new(label: &str, roles: &Roles, here: &str) -> Self {
        let allowed = TABS.iter().filter(|(_, _, operation)| operation.allows(roles));
        let mut tabs: Vec<Tab> =
            allowed.map(|(path, key, _)| Tab { path, key, is_here: is_within(here, path) }).collect();
        let is_home = tabs.first().is_some_and(|tab| tab.path == REFERRALS);
        if !Operation::TripList.allows(roles) && !is_home {
            tabs.insert(0, Tab { path: "/", key: "console-tab-home", is_here: here == "/" });
        }
        let more = if tabs.len() > SIDE_BY_SIDE { tabs.split_off(DAILY) } else { Vec::new() };
        let searches = Operation::PeopleSearch.allows(roles);
        Self { label: label.to_owned(), tabs, more, searches }
    }

    /// Everywhere the account can go.
    pub fn ways(&self) -> impl Iterator<Item = &Tab> {
        self.tabs.iter().chain(&self.more)
    }

    /// Whether the reader is where the second row of ways leads.
    pub fn is_in_more(&self) -> bool {
        self.more.iter().any(|tab| tab.is_here)
    }
}

impl Notice {
    /// Something that was done.
    pub fn good(text: String) -> Self {
        Self { is_bad: false, text }
    }

    /// Something that went wrong.
    pub fn bad(text: String) -> Self {
        Self { is_bad: true, text }
    }
}

impl Frame<'_> {
    /// The address of this page in the other language.
    pub fn other_language(&self) -> String {
        let separator = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{separator}lang={}", self.here, self.texts.say("console-other-language-code"))
    }
}

fn is_within(here: &str, path: &str) -> bool {
    let here = here.split('?').next().unwrap_or_default();
    here == path || (path != "/" && here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use maillage_domain::roles::Role;

    use super::*;

    #[test]
    fn the_ways_on_are_those_of_the_roles() {
        let paths = |role: Role| -> Vec<&str> {
            User::new("x", &[role].into(), "/").ways().map(|tab| tab.path).collect()
        };
        assert_eq!(
            paths(Role::Coordinator),
            [
                "/",
                "/requests/new",
                "/planning",
                "/handovers",
                "/people",
                "/volunteers",
                "/drivers",
                "/referrals",
                "/series",
                "/pathways",
                "/loans",
                "/fleet",
                "/money",
                "/unmet",
                "/models",
                "/statistics",
                "/obligations",
                "/status",
            ]
        );
        let figures = ["/", "/money", "/unmet", "/models", "/statistics", "/obligations", "/status"];
        let of_books = [&["/", "/loans", "/fleet"], figures.get(1..).unwrap_or_default()].concat();
        assert_eq!(paths(Role::Treasurer), of_books);
        for role in [Role::Administrator, Role::Auditor] {
            assert_eq!(paths(role), [figures.as_slice(), &["/users", "/journal"]].concat(), "{role}");
        }
        assert_eq!(paths(Role::Driver), ["/"]);
        assert_eq!(paths(Role::Prescriber), ["/referrals"], "which is home");
        let here = |path: &str| -> Vec<&str> {
            let user = User::new("x", &[Role::Coordinator].into(), path);
            user.ways().filter(|tab| tab.is_here).map(|tab| tab.path).collect()
        };
        assert_eq!(here("/people/018f"), ["/people"]);
        assert_eq!(here("/?day=2026-10-06"), ["/"]);
        assert_eq!(here("/statistics/2026-10"), ["/statistics"]);
        let user = |role: Role| User::new("x", &[role].into(), "/status");
        assert_eq!(user(Role::Coordinator).tabs.len(), DAILY);
        assert!(user(Role::Coordinator).searches && !user(Role::Auditor).searches);
        assert!(user(Role::Coordinator).is_in_more() && user(Role::Prescriber).more.is_empty());
    }
}
