//! The public dashboard: the published figures as pages for people, in French and English. Everything in it comes from the same desk as the
//! command line and the export, from the reports that stand in what is published. It must never show what that does not, ask anything of
//! another server, run a script, nor log who reads.

mod charts;
mod map;
mod pages;
mod words;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use maillage_platform::{
    i18n::{Catalog, Language},
    refusal::Refusal,
    web::{
        assets::{Asset, CACHE_FOR_EVER, DESIGN, ICON},
        headers, language,
    },
};
use serde::Deserialize;

use self::{pages::Page, words::Words};
use crate::{cli::texts, hub::Hub, limits, statistics::published_desk};

/// What the dashboard has beyond the shared design.
const OWN_STYLE: &str = include_str!("../assets/dashboard.css");

/// The public dashboard of a hub.
#[derive(Clone)]
pub struct Dashboard {
    hub: Arc<Hub>,
    catalog: Arc<Catalog>,
    sheets: Arc<[Asset; 2]>,
    icon: Arc<Asset>,
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
    /// Held by whoever makes a page: all figures take a processor, and the first readers of a minute wait for one of them.
    making: Arc<tokio::sync::Mutex<()>>,
}

/// A page that was made, and when.
#[derive(Debug, Clone)]
struct Kept {
    at: Timestamp,
    kind: &'static str,
    body: Arc<[u8]>,
}

/// What is asked of a page beyond its address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    indicator: String,
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Dashboard").finish_non_exhaustive()
    }
}

impl Dashboard {
    /// The dashboard of a hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        let sheet = |content| Asset::new("style", "css", "text/css; charset=utf-8", content);
        Self {
            hub,
            catalog: Arc::new(texts()),
            sheets: Arc::new([DESIGN, OWN_STYLE].map(sheet)),
            icon: Arc::new(Asset::new("icon", "svg", "image/svg+xml", ICON)),
            kept: Arc::default(),
            making: Arc::default(),
        }
    }

    /// Its routes.
    pub fn routes(self) -> Router {
        let files = self.sheets.iter().chain([&*self.icon]);
        let files = files.fold(Router::new(), |routes, file| {
            let told = [(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, CACHE_FOR_EVER)];
            let content = file.content;
            routes.route(&file.path, get(move || async move { (told, content) }))
        });
        files
            .route("/", get(choose_language))
            .route("/{language}", get(with_slash))
            .route("/{language}/", get(overview))
            .route("/{language}/{page}", get(show))
            .fallback(nothing)
            .layer(axum::middleware::from_fn(protect))
            .with_state(self)
    }

    fn frame(&self, language: Language, here: String, path: &'static str) -> pages::Frame<'_> {
        let words = Words::new(&self.catalog, language);
        let federation = self.hub.parts.federation.to_string();
        let [design, own] = self.sheets.each_ref().map(|sheet| sheet.path.as_str());
        let files = pages::Files { design, own, icon: &self.icon.path };
        pages::Frame { words, title: String::new(), federation, here, path, files }
    }

    /// A page, made anew when it is older than it may be.
    async fn page(&self, language: Language, page: Page) -> Result<Kept, Refusal> {
        let key = format!("{} {page:?}", language.code());
        if let Some(kept) = self.fresh(&key) {
            return Ok(kept);
        }
        // On its own: a reader who goes away does not take the page along.
        let own = self.clone();
        let making = tokio::spawn(async move {
            let _making = own.making.lock().await;
            match own.fresh(&key) {
                Some(kept) => Ok(kept),
                None => own.made(key, language, page).await,
            }
        });
        making.await.map_err(|_| Refusal::from(crate::refusals::COMPARISON_IMPOSSIBLE))?
    }

    async fn made(&self, key: String, language: Language, page: Page) -> Result<Kept, Refusal> {
        let (at, desk) = (self.hub.parts.clock.now(), published_desk(&self.hub).await?);
        let own = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let frame = own.frame(language, page.address(language), page.path());
            page.made(frame, &desk)
        });
        let (kind, body) =
            made.await.map_err(|_| Refusal::from(crate::refusals::COMPARISON_IMPOSSIBLE))??;
        let kept = Kept { at, kind, body: body.into() };
        self.kept().insert(key, kept.clone());
        Ok(kept)
    }

    /// A page that is young enough.
    fn fresh(&self, key: &str) -> Option<Kept> {
        let now = self.hub.parts.clock.now();
        let fresh = |kept: &&Kept| now.duration_since(kept.at).abs() < limits::PAGES_KEPT;
        self.kept().get(key).filter(fresh).cloned()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// That there is no such page, in the language of its address if it has one.
    fn nothing(&self, language: &str) -> Response {
        let language = language.parse().unwrap_or_default();
        self.notice(language, StatusCode::NOT_FOUND, "dashboard-not-there")
    }

    fn notice(&self, language: Language, status: StatusCode, key: &str) -> Response {
        let body = pages::notice(self.frame(language, format!("/{}/", language.code()), "-"), key);
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
    }
}

async fn protect(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let mut response = next.run(request).await;
    headers::protect(response.headers_mut(), false);
    // What is public may be found.
    response.headers_mut().remove("x-robots-tag");
    response
}

async fn choose_language(asked: HeaderMap) -> Redirect {
    let wished = asked.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Redirect::to(&format!("/{}/", language::wished(wished.unwrap_or_default()).code()))
}

/// A language without its slash.
async fn with_slash(State(dashboard): State<Dashboard>, Path(language): Path<String>) -> Response {
    match language.parse::<Language>() {
        Ok(known) if known.code() == language => Redirect::to(&format!("/{language}/")).into_response(),
        Ok(_) | Err(_) => dashboard.nothing(&language),
    }
}

async fn overview(State(dashboard): State<Dashboard>, Path(language): Path<String>) -> Response {
    answer(&dashboard, &language, Some(Page::Overview)).await
}

async fn show(
    State(dashboard): State<Dashboard>,
    Path((language, page)): Path<(String, String)>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let page = asked.ok().and_then(|Query(asked)| Page::at(&page, &asked.indicator));
    answer(&dashboard, &language, page).await
}

async fn answer(dashboard: &Dashboard, language: &str, page: Option<Page>) -> Response {
    let known = language.parse::<Language>().ok().filter(|known| known.code() == language);
    let (Some(known), Some(page)) = (known, page) else { return dashboard.nothing(language) };
    match dashboard.page(known, page).await {
        Ok(Kept { kind, body, .. }) => {
            let told = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
            ];
            let mut response = (told, body.to_vec()).into_response();
            if kind == map::KIND {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        }
        Err(refusal) => {
            tracing::error!(reason = refusal.reason(), "a page of the dashboard cannot be made");
            dashboard.notice(known, StatusCode::SERVICE_UNAVAILABLE, "dashboard-out-of-order")
        }
    }
}

async fn nothing(State(dashboard): State<Dashboard>) -> Response {
    dashboard.nothing("")
}
