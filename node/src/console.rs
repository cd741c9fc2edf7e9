//! The console of the desk: handlers alone. Each reads a form, asks one use case or a few, and fills a page of
//! `maillage-console`. Must never reach the store, decide what somebody may do, or put anything about a person into an address
//! or a log.

pub mod address;
mod books;
mod communes;
mod desk;
mod door;
mod drafts;
mod drivers;
mod entry;
mod fields;
mod journal;
mod laboratory;
mod lasting;
mod office;
mod people;
mod reply;
mod requests;
mod shown;
mod statistics;
mod status;
mod today;
mod trips;
mod unmet;
mod users;

use std::{ops::Deref, path::PathBuf, sync::Arc};

use axum::{
    Router,
    http::{HeaderMap, HeaderValue},
    routing::{get, post},
};
use jiff::SignedDuration;
use maillage_domain::{account::Account, ids::AccountKind};
use maillage_federation::ids::Id;
use maillage_platform::{
    i18n::Catalog,
    web::{
        assets::{Asset, DESIGN, HTMX, ICON},
        cookies::Cookies,
        forgery::Forgery,
        limit::{Asker, Limiter},
        sessions::{SessionTerms, Sessions},
    },
    worker::Workers,
};

pub use self::address::ConsoleAddress;
use self::drafts::Drafts;
use crate::{
    app::{App, entry::Stamp, noise::Noise},
    limits::{
        CONSOLE_REQUESTS_PER_MINUTE, CONSOLE_SESSIONS, SESSIONS_PER_ACCOUNT, SIGN_IN_NAMES,
        SIGN_INS_OF_ACCOUNT, SIGN_INS_PER_ACCOUNT, SIGN_INS_PER_ADDRESS, WEB_ADDRESSES,
    },
    web::sheet,
};

/// The cookie of whoever is signed in.
const SESSION: &str = "maillage-session";
/// The cookie that forms go with before anybody is signed in.
const DOOR: &str = "maillage-door";
/// The cookie that keeps the language, for a year.
const LANGUAGE: &str = "maillage-lang";

/// How long somebody stays signed in: over lunch, and for a long day's work.
const TERMS: SessionTerms = SessionTerms {
    idle: SignedDuration::from_hours(2),
    absolute: SignedDuration::from_hours(12),
    at_once: CONSOLE_SESSIONS,
};

/// Over which attempts to sign in are counted.
const QUARTER_OF_AN_HOUR: SignedDuration = SignedDuration::from_mins(15);

/// What the handlers work with.
#[derive(Clone)]
pub struct Console(Arc<Desk>);

/// What of the program around it the console shows, or sets going.
pub struct Room {
    /// Draws the noise of reports.
    pub noise: Arc<dyn Noise>,
    /// What the node does by itself.
    pub workers: Arc<Workers>,
    /// The data directory, to tell how much room there is.
    pub data: PathBuf,
}

/// One console.
pub struct Desk {
    app: Arc<App>,
    room: Room,
    catalog: Arc<Catalog>,
    territory: String,
    sessions: Sessions<Visitor>,
    forgery: Forgery,
    cookies: Cookies,
    style: Asset,
    icon: Asset,
    sheet: Asset,
    script: Asset,
    requests: Limiter<Asker>,
    sign_ins_by_address: Limiter<Asker>,
    sign_ins_by_account: Limiter<(String, Asker)>,
    sign_ins_of_account: Limiter<String>,
    trust_forwarded_for: bool,
}

/// What the session of somebody keeps.
#[derive(Clone)]
struct Visitor {
    account: Id<AccountKind>,
    stamp: Stamp,
    /// What was typed and could not be taken.
    drafts: Drafts,
    /// What is to be said on the next page: whether it is bad, and the words.
    said: Option<(bool, String)>,
}

impl Console {
    /// The console of a node; `secure` if browsers come over TLS.
    pub fn new(
        (app, room): (Arc<App>, Room),
        catalog: Arc<Catalog>,
        secure: bool,
        trust_forwarded_for: bool,
    ) -> Self {
        let minute = SignedDuration::from_mins(1);
        let territory = app.geography.territory(&app.profile.territory);
        Self(Arc::new(Desk {
            territory: territory.map(|found| found.short_name.clone()).unwrap_or_default(),
            forgery: Forgery::new(app.outreach.console_secret().expose()),
            sessions: Sessions::new(TERMS),
            cookies: Cookies { secure },
            style: Asset::new("console", "css", "text/css; charset=utf-8", DESIGN),
            icon: Asset::new("maillage", "svg", "image/svg+xml", ICON),
            sheet: Asset::new("sheet", "css", "text/css; charset=utf-8", sheet::STYLE),
            script: Asset::new("htmx", "js", "text/javascript; charset=utf-8", HTMX),
            requests: Limiter::new(CONSOLE_REQUESTS_PER_MINUTE, minute, WEB_ADDRESSES),
            sign_ins_by_address: Limiter::new(SIGN_INS_PER_ADDRESS, QUARTER_OF_AN_HOUR, WEB_ADDRESSES),
            sign_ins_by_account: Limiter::new(SIGN_INS_PER_ACCOUNT, QUARTER_OF_AN_HOUR, SIGN_IN_NAMES),
            sign_ins_of_account: Limiter::new(SIGN_INS_OF_ACCOUNT, QUARTER_OF_AN_HOUR, SIGN_IN_NAMES),
            app,
            room,
            catalog,
            trust_forwarded_for,
        }))
    }

    /// Its routes.
    pub fn routes(self) -> Router {
        let files = [&self.style, &self.icon, &self.sheet, &self.script];
        let files = files.into_iter().cloned().fold(Router::new(), |routes, file| {
            let path = file.path.clone();
            routes.route(&path, get(move |asked: HeaderMap| async move { file.answer(&asked) }))
        });
        files
            .route("/sign-in", get(entry::show_sign_in).post(entry::sign_in))
            .route("/sign-out", post(entry::sign_out))
            .route("/welcome/{account}/{secret}", get(entry::show_welcome).post(entry::welcome))
            .route("/password", get(entry::show_password).post(entry::change_password))
            .route("/", get(today::home))
            .route("/sheets/{day}", get(today::day_sheet))
            .route(requests::PAGE, get(requests::show_new).post(requests::send))
            .route("/trips/{id}", get(trips::show))
            .route("/trips/{id}/{what}", post(trips::act))
            .route("/people", get(people::show_search).post(people::search))
            .route("/people/{id}", get(people::show))
            .route("/drafts", post(drafts::begin_anew))
            .merge(books::routes())
            .merge(office::routes())
            .merge(desk::routes())
            .merge(lasting::routes())
            .fallback(reply::nothing)
            .layer(axum::middleware::from_fn_with_state(self.clone(), door::guard))
            .with_state(self)
    }

    /// Whether somebody may try a password of an account once more. The address is asked first: who has no more tries from there
    /// takes none from the account.
    fn may_try(&self, label: &str, asker: Asker) -> bool {
        let now = self.app.now();
        self.sign_ins_by_address.admits(asker, now)
            && self.sign_ins_by_account.admits((label.to_owned(), asker), now)
            && self.sign_ins_of_account.admits(label.to_owned(), now)
    }

    /// What the forms of an account carry in their tokens, so that a draft comes back to whoever typed it and to nobody else.
    fn draft_mark(&self, label: &str) -> String {
        self.forgery.token(&format!("draft of {label}"))
    }

    /// Opens a session for an account, and gives the cookie for it. What the reader came with opens nothing any more; what waited in
    /// it goes on waiting for the same account.
    fn admit(&self, account: &Account, former: Option<&str>, drafts: Drafts) -> Option<HeaderValue> {
        let former = former.and_then(|former| self.sessions.take(former));
        let former = former.filter(|former| former.account == account.id).map(|former| former.drafts);
        let drafts = drafts.after(former.unwrap_or_default());
        let visitor = Visitor { account: account.id, stamp: Stamp::of(account), drafts, said: None };
        let is_same = |other: &Visitor| other.account == account.id;
        let now = self.app.now();
        let cookie =
            self.sessions.open(self.app.entropy.as_ref(), visitor, now, (SESSIONS_PER_ACCOUNT, is_same));
        self.cookies.set(SESSION, cookie.expose(), None)
    }
}

impl Deref for Console {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}
