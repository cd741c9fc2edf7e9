//! Pages of the team's part as plain values, and their frame. It must never show a button that a role does not have.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use maillage_platform::refusal::{Refusal, RefusalKind};

use super::{Team, audit, declared, door::Visit, invitations, nodes, reports};
use crate::{dashboard::words::Words, team::colleague::Act};

/// What stands around a page.
pub(super) struct Frame<'a> {
    pub(super) words: Words<'a>,
    pub(super) title: String,
    pub(super) federation: String,
    pub(super) files: [&'a str; 3],
    /// The forgery token of its forms.
    pub(super) token: String,
    /// Who is signed in, with the role.
    pub(super) who: Option<(String, String)>,
    /// The page in the other language.
    pub(super) other: String,
    /// What was said by the page before.
    pub(super) said: String,
    here: String,
}

/// A way on.
pub(super) struct Tab {
    path: &'static str,
    key: &'static str,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "team/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    entrance: Entrance<'a>,
}

/// What the page to sign in on is filled with.
#[derive(Default)]
pub(super) struct Entrance<'a> {
    /// A name that was typed.
    pub(super) name: &'a str,
    /// Where to go on.
    pub(super) next: &'a str,
    /// A reason that was typed before the session ended.
    pub(super) kept: &'a str,
    /// What is to be said.
    pub(super) notice: String,
    /// Whether that is bad news.
    pub(super) is_bad: bool,
}

#[derive(Template)]
#[template(path = "team/welcome.html")]
pub(super) struct WelcomePage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) action: String,
    pub(super) name: String,
    pub(super) full_name: String,
    pub(super) least: usize,
    pub(super) wrong_password: String,
    pub(super) wrong_again: String,
}

#[derive(Template)]
#[template(path = "team/password.html")]
pub(super) struct PasswordPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) name: String,
    pub(super) least: usize,
    pub(super) wrong_present: String,
    pub(super) wrong_password: String,
    pub(super) wrong_again: String,
}

#[derive(Template)]
#[template(path = "team/plain.html")]
struct PlainPage<'a> {
    frame: Frame<'a>,
    text: String,
}

#[derive(Template)]
#[template(path = "team/nodes.html")]
pub(super) struct NodesPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) summary: String,
    pub(super) rows: Vec<NodeRow>,
}

/// A node.
pub(super) struct NodeRow {
    pub(super) territory: String,
    pub(super) siren: String,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) badge: &'static str,
    pub(super) seen: String,
    pub(super) waiting: String,
    pub(super) version: String,
    pub(super) days: String,
    pub(super) days_badge: &'static str,
    pub(super) report: String,
}

#[derive(Template)]
#[template(path = "team/invitations.html")]
pub(super) struct InvitationsPage<'a> {
    pub(super) frame: Frame<'a>,
    /// What was made, which is shown this once.
    pub(super) made: Option<MadeShown>,
    pub(super) may_invite: bool,
    pub(super) territory: String,
    pub(super) hours: String,
    pub(super) most_hours: u32,
    pub(super) wrong_territory: String,
    pub(super) wrong_hours: String,
    pub(super) rows: Vec<InvitationRow>,
    /// Whether older ones are left out.
    pub(super) are_more: bool,
}

/// An invitation that was just made.
pub(super) struct MadeShown {
    pub(super) text: String,
    pub(super) enrolment: String,
}

/// An invitation.
pub(super) struct InvitationRow {
    pub(super) territory: String,
    pub(super) siren: String,
    pub(super) state: String,
    pub(super) badge: &'static str,
    pub(super) expires: String,
    /// By what it is taken back; empty for one that cannot be.
    pub(super) withdraws: String,
}

#[derive(Template)]
#[template(path = "team/reports.html")]
pub(super) struct ReportsPage<'a> {
    pub(super) frame: Frame<'a>,
    /// Tables; empty where there is nothing.
    pub(super) doubtful: String,
    pub(super) left_out: String,
    pub(super) nodes: Vec<NodeChoice>,
    /// Reports of the one that is chosen.
    pub(super) of_node: Option<String>,
}

/// A node that can be chosen.
pub(super) struct NodeChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

#[derive(Template)]
#[template(path = "team/report_rows.html")]
struct ReportTable<'a> {
    words: Words<'a>,
    rows: Vec<ReportRow>,
}

/// A report.
pub(super) struct ReportRow {
    pub(super) address: String,
    pub(super) territory: String,
    pub(super) period: String,
    pub(super) vocabulary: String,
    pub(super) received: String,
    pub(super) state: String,
    pub(super) badge: &'static str,
    pub(super) reason: String,
}

#[derive(Template)]
#[template(path = "team/report.html")]
pub(super) struct ReportPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) report: ReportRow,
    pub(super) hash: String,
    pub(super) decisions: Vec<String>,
    /// The form, for those who may decide.
    pub(super) decide: Option<Decide>,
}

/// The form by which somebody decides whether something counts.
#[derive(Default)]
pub(super) struct Decide {
    pub(super) action: String,
    pub(super) lifts: bool,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) hint: String,
    /// In whose name.
    pub(super) public_name: String,
    pub(super) reason: String,
    pub(super) wrong: String,
}

impl Decide {
    /// With the name of who looks, and what was typed: just now, if that is wrong, or before a session ended. An address puts no words into
    /// anybody's mouth.
    pub(super) fn of(visit: &Visit, wrong: String) -> Self {
        let typed = if wrong.is_empty() { visit.told.typed.as_str() } else { visit.fields.text("reason") };
        Self {
            public_name: visit.colleague.as_ref().map(|by| by.full_name.clone()).unwrap_or_default(),
            reason: typed.to_owned(),
            wrong,
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "team/accounts.html")]
pub(super) struct AccountsPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) rows: Vec<AccountsRow>,
}

/// What a node has declared about a year.
pub(super) struct AccountsRow {
    pub(super) address: String,
    pub(super) territory: String,
    pub(super) year: String,
    pub(super) received: String,
    pub(super) state: String,
    pub(super) badge: &'static str,
    pub(super) reason: String,
}

#[derive(Template)]
#[template(path = "team/declared.html")]
pub(super) struct DeclaredPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) accounts: AccountsRow,
    pub(super) revision: String,
    pub(super) hash: String,
    /// Empty for what was taken back.
    pub(super) figures: Vec<Figure>,
    pub(super) decisions: Vec<String>,
    /// The form, for those who may decide.
    pub(super) decide: Option<Decide>,
}

/// A figure with its name.
pub(super) struct Figure {
    pub(super) label: String,
    pub(super) value: String,
}

#[derive(Template)]
#[template(path = "team/audit.html")]
pub(super) struct AuditPage<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) rows: Vec<DeedRow>,
    /// The address of older ones.
    pub(super) older: String,
}

/// A deed.
pub(super) struct DeedRow {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) what: String,
    pub(super) about: String,
}

impl Frame<'_> {
    fn tabs(&self) -> Vec<Tab> {
        let tab = |(path, key)| Tab { path, key, is_here: self.here.starts_with(path) };
        [
            (nodes::NODES, "team-tab-nodes"),
            (invitations::INVITATIONS, "team-tab-invitations"),
            (reports::REPORTS, "team-tab-reports"),
            (declared::ACCOUNTS, "team-tab-accounts"),
            (audit::AUDIT, "team-tab-audit"),
        ]
        .map(tab)
        .into()
    }
}

/// The frame of a page with a title.
pub(super) fn frame<'a>(team: &'a Team, visit: &Visit, title: &str) -> Frame<'a> {
    let words = words(team, visit);
    let who = visit.colleague.as_ref();
    let joint = if visit.here.contains('?') { '&' } else { '?' };
    let [design, own] = team.sheets.each_ref().map(|sheet| sheet.path.as_str());
    Frame {
        title: words.say(title),
        federation: team.hub.parts.federation.to_string(),
        files: [design, own, &team.icon.path],
        token: visit.token(team),
        who: who.map(|who| (who.full_name.clone(), words.say(&format!("team-role-{}", who.role.code())))),
        other: format!("{}{joint}lang={}", visit.here, words.other_code()),
        said: visit.told.said.map(|key| words.say(key)).unwrap_or_default(),
        here: visit.here.clone(),
        words,
    }
}

/// The texts in the reader's language.
pub(super) fn words<'a>(team: &'a Team, visit: &Visit) -> Words<'a> {
    Words::new(&team.catalog, visit.language)
}

/// A text in the reader's language.
pub(super) fn say(team: &Team, visit: &Visit, key: &str) -> String {
    words(team, visit).say(key)
}

/// A refusal in the reader's words.
pub(super) fn refusal(team: &Team, visit: &Visit, refusal: &Refusal) -> String {
    let details = refusal.details().iter();
    let arguments: Vec<_> = details.map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
    words(team, visit).with(&format!("refusal-{}", refusal.reason()), &arguments)
}

/// A table of reports; nothing without one.
pub(super) fn reports_table(words: Words<'_>, rows: Vec<ReportRow>) -> String {
    if rows.is_empty() { String::new() } else { ReportTable { words, rows }.render().unwrap_or_default() }
}

/// A page as it is sent; browsers keep none of them.
pub(super) fn page(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template cannot be filled");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that says one thing.
pub(super) fn plain(team: &Team, visit: &Visit, key: &str) -> Response {
    let text = say(team, visit, &format!("{key}-text"));
    page(&PlainPage { frame: frame(team, visit, key), text })
}

/// The page to sign in on.
pub(super) fn sign_in(team: &Team, visit: &Visit, entrance: Entrance<'_>) -> Response {
    page(&SignInPage { frame: frame(team, visit, "team-sign-in"), entrance })
}

/// Whether who looks may do something.
pub(super) fn may(visit: &Visit, act: Act) -> bool {
    visit.colleague.as_ref().is_some_and(|by| by.role.allows(act))
}

/// A page that says why something was refused.
pub(super) fn refused(team: &Team, visit: &Visit, refusal: &Refusal) -> Response {
    let status = match refusal.kind() {
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::InvalidInput => StatusCode::BAD_REQUEST,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::Exhausted => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Unavailable | RefusalKind::Internal => StatusCode::SERVICE_UNAVAILABLE,
    };
    let text = self::refusal(team, visit, refusal);
    (status, page(&PlainPage { frame: frame(team, visit, "team-refused"), text })).into_response()
}
