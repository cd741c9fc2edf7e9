//! The team's part of the dashboard: for people with an account, on the public listener if the operator says so. Handlers read a form, ask a use
//! case and fill a page. It must never decide what somebody may do, keep a page, or put anything about a person into an address or a log.

mod audit;
mod declared;
mod door;
mod entry;
mod fields;
mod invitations;
mod nodes;
mod reports;
mod shown;
mod views;

use std::{ops::Deref, sync::Arc};

use axum::{Router, http::HeaderValue, response::Redirect, routing::get};
use jiff::SignedDuration;
use maillage_platform::{
    i18n::Catalog,
    random,
    secrets::Secret,
    web::{
        assets::Asset,
        cookies::Cookies,
        forgery::Forgery,
        limit::{Asker, Limiter},
        sessions::{SessionTerms, Sessions},
    },
};

use self::{door::Visit, reports::Board};
use super::keep::Keep;
use crate::{
    cli::texts,
    hub::Hub,
    limits,
    team::{
        Stamp, TeamAddress,
        colleague::{Colleague, ColleagueName},
    },
};

/// The cookie of whoever is signed in.
const SESSION: &str = "maillage-team";
/// The cookie that forms go with before anybody is signed in.
const DOOR: &str = "maillage-team-door";
/// The cookie that keeps the language, for a year.
const LANGUAGE: &str = "maillage-team-lang";

/// How long somebody stays signed in.
const TERMS: SessionTerms = SessionTerms {
    idle: SignedDuration::from_hours(1),
    absolute: SignedDuration::from_hours(12),
    at_once: limits::COLLEAGUES,
};
/// Over which attempts to sign in are counted.
const QUARTER_OF_AN_HOUR: SignedDuration = SignedDuration::from_mins(15);

/// The team's part of a hub's dashboard.
#[derive(Clone)]
pub struct Team(Arc<Desk>);

/// What its handlers work with.
pub struct Desk {
    hub: Arc<Hub>,
    catalog: Catalog,
    address: TeamAddress,
    sessions: Sessions<Visitor>,
    forgery: Forgery,
    cookies: Cookies,
    sheets: [Asset; 2],
    icon: Asset,
    board: Keep<Board>,
    requests: Limiter<Asker>,
    sign_ins_by_address: Limiter<Asker>,
    sign_ins_by_account: Limiter<(String, Asker)>,
    sign_ins_of_account: Limiter<String>,
    trust_forwarded_for: bool,
}

/// What the session of somebody keeps.
#[derive(Clone)]
struct Visitor {
    name: ColleagueName,
    stamp: Stamp,
    told: Told,
}

/// What a session says or gives back on its next page, that once.
#[derive(Clone, Default)]
struct Told {
    /// The key of what is to be said.
    said: Option<&'static str>,
    /// An invitation that was just made.
    made: Option<Arc<Made>>,
    /// A reason that was typed before the session before ended.
    typed: String,
}

/// An invitation that was just made, with its secret: in memory until the next page, and nowhere else.
struct Made {
    territory: String,
    expires_at: String,
    enrolment: Secret<String>,
}

impl Team {
    /// The team's part of a hub, at an address. `trust_forwarded_for` if a proxy on this machine says who asks.
    pub fn new(hub: Arc<Hub>, address: TeamAddress, trust_forwarded_for: bool) -> Self {
        hub.team.get_or_init(|| address.clone());
        let (sheets, icon) = super::files_of_pages();
        let names = limits::SIGN_IN_NAMES;
        Self(Arc::new(Desk {
            catalog: texts(),
            sessions: Sessions::new(TERMS),
            forgery: Forgery::new(&random::bytes::<32>(hub.parts.entropy.as_ref())),
            cookies: Cookies { secure: address.is_secure() },
            sheets,
            icon,
            board: Keep::of_a_minute(),
            requests: Limiter::new(limits::TEAM_REQUESTS, SignedDuration::from_mins(1), limits::ADDRESSES),
            sign_ins_by_address: Limiter::new(
                limits::SIGN_INS_PER_ADDRESS,
                QUARTER_OF_AN_HOUR,
                limits::ADDRESSES,
            ),
            sign_ins_by_account: Limiter::new(limits::SIGN_INS_PER_ACCOUNT, QUARTER_OF_AN_HOUR, names),
            sign_ins_of_account: Limiter::new(limits::SIGN_INS_OF_ACCOUNT, QUARTER_OF_AN_HOUR, names),
            hub,
            address,
            trust_forwarded_for,
        }))
    }

    /// Its routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/team", get(back))
            .route("/team/", get(back))
            .route(entry::SIGN_IN, get(entry::show_sign_in).post(entry::sign_in))
            .route(entry::SIGN_OUT, get(back).post(entry::sign_out))
            .route(entry::PASSWORD, get(entry::show_password).post(entry::change_password))
            .route("/team/welcome/{secret}", get(entry::show_welcome).post(entry::welcome))
            .route(nodes::NODES, get(nodes::nodes))
            .route(invitations::INVITATIONS, get(invitations::invitations).post(invitations::invite))
            .route(invitations::WITHDRAW, get(back).post(invitations::withdraw))
            .route(reports::REPORTS, get(reports::reports))
            .route("/team/reports/{node}/{period}", get(reports::report).post(reports::decide))
            .route(declared::ACCOUNTS, get(declared::accounts))
            .route("/team/accounts/{node}/{year}", get(declared::show).post(declared::decide))
            .route(audit::AUDIT, get(audit::audit))
            .layer(axum::middleware::from_fn_with_state(self.clone(), door::guard))
            .with_state(self)
    }

    /// Whether somebody may try a password of an account once more. The address is asked first: who has no more tries from there
    /// takes none from the account.
    fn may_try(&self, name: &str, asker: Asker) -> bool {
        let now = self.hub.parts.clock.now();
        self.sign_ins_by_address.admits(asker, now)
            && self.sign_ins_by_account.admits((name.to_owned(), asker), now)
            && self.sign_ins_of_account.admits(name.to_owned(), now)
    }

    /// Opens a session for an account, and gives the cookie for it. What the reader came with is worth nothing any more.
    fn admit(&self, colleague: &Colleague, former: Option<&str>, told: Told) -> Option<HeaderValue> {
        if let Some(former) = former {
            self.sessions.close(former);
        }
        let visitor = Visitor { name: colleague.name.clone(), stamp: Stamp::of(colleague), told };
        let same = colleague.name.clone();
        let is_same = move |other: &Visitor| other.name == same;
        let (entropy, now) = (self.hub.parts.entropy.as_ref(), self.hub.parts.clock.now());
        let cookie = self.sessions.open(entropy, visitor, now, (limits::SESSIONS_PER_COLLEAGUE, is_same));
        self.cookies.set(SESSION, cookie.expose(), None)
    }

    /// Notes what the next page of a session is to say.
    fn tell(&self, visit: &Visit, note: impl FnOnce(&mut Told)) {
        if let Some(cookie) = &visit.session {
            self.sessions.change(cookie, |visitor| note(&mut visitor.told));
        }
    }
}

/// To where the team's part begins: from addresses that are no page of it.
async fn back() -> Redirect {
    Redirect::to(nodes::NODES)
}

impl Deref for Team {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}

impl std::fmt::Debug for Team {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Team").field("address", &self.address).finish_non_exhaustive()
    }
}
