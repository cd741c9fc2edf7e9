//! The console as a browser meets it: its routes called in this process, with cookies, forms and tokens, and no network.

mod adversaries;
mod books;
mod browser;
mod comfort;
mod desk;
mod entry;
mod laboratory;
mod lasting;
mod live;
pub(crate) mod markup;
mod office;
mod pages;
mod requests;
mod users;

use std::sync::Arc;

use maillage_domain::account::Scope;
use maillage_node::{
    app::{
        App,
        accounts::{self, NewAccount},
        caller::Caller,
        entry as ways_in,
    },
    cli,
    console::{Console, Room},
};
use maillage_platform::{lifecycle::Shutdown, random::SeededEntropy, worker::Workers};

use self::browser::{Browser, Page};
use crate::{
    half_years::noise,
    world::{A, World, ready},
};

/// A password nobody tries first.
pub(super) const PASSWORD: &str = "correct cheval agrafe";

/// A desk whose node serves the console.
pub(super) struct Desk {
    pub(super) world: World,
    node: usize,
    routes: axum::Router,
}

impl Desk {
    pub(super) fn open() -> Self {
        Self::of(World::empty(1), false)
    }

    pub(super) fn of(world: World, secure: bool) -> Self {
        Self::at(world, A, secure)
    }

    /// The desk of one of the nodes.
    pub(super) fn at(mut world: World, node: usize, secure: bool) -> Self {
        let app = Arc::get_mut(&mut world.nodes[node].app).expect("nobody else has the node yet");
        app.outreach.console_url = Some("http://console.test".to_owned());
        let catalog = Arc::new(cli::catalog().unwrap());
        let clock = Arc::clone(&world.clock);
        let room = Room {
            noise: noise(),
            workers: Arc::new(Workers::new(Shutdown::new(), clock, Arc::new(SeededEntropy::new(1)))),
            data: std::env::temp_dir(),
        };
        let routes = Console::new((Arc::clone(world.app(node)), room), catalog, secure, false).routes();
        Self { world, node, routes }
    }

    pub(super) fn app(&self) -> &Arc<App> {
        self.world.app(self.node)
    }

    /// A browser that has never been here.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.routes.clone())
    }

    /// Makes an account.
    pub(super) fn account(&self, label: &str, role: &str) {
        let new =
            NewAccount { label: label.into(), roles: vec![role.into()], scope: Scope::Everything, days: 0 };
        ready(accounts::add(self.app(), &Caller::local(), new)).unwrap();
    }

    /// The path of a one-time link for an account.
    pub(super) fn link(&self, label: &str) -> String {
        let linked = ready(ways_in::link(self.app(), &Caller::local(), label)).unwrap();
        linked.url.expose().strip_prefix("http://console.test").unwrap().to_owned()
    }

    /// Chooses a password by a link: the browser is signed in by it.
    pub(super) async fn welcome(&self, browser: &mut Browser, link: &str) -> Page {
        browser.get(link).await;
        browser.send_form(link, &[("password", PASSWORD), ("again", PASSWORD)]).await
    }

    /// A browser that somebody with a role has signed in with.
    pub(super) async fn signed_in(&self, label: &str, role: &str) -> Browser {
        self.account(label, role);
        let mut browser = self.browser();
        let page = self.welcome(&mut browser, &self.link(label)).await;
        assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
        browser
    }
}

/// Signs in by name and password.
pub(super) async fn sign_in(browser: &mut Browser, label: &str, password: &str) -> Page {
    browser.get("/sign-in").await;
    browser.send_form("/sign-in", &[("account", label), ("password", password), ("next", "/")]).await
}
