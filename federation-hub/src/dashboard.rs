//! The public dashboard: the published figures as pages for people, in French and English. Everything in it comes from the same desk as the
//! command line and the export, from the reports that stand in what is published. It must never show what that does not, ask anything of
//! another server, run a script, nor log who reads.

mod charts;
mod files;
mod keep;
mod lists;
mod lookups;
mod map;
mod pages;
pub mod team;
mod words;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use maillage_geography::Siren;
use maillage_platform::{
    cli::Failure,
    i18n::{Catalog, Language},
    refusal::Refusal,
    web::{
        assets::{Asset, DESIGN, ICON},
        compress::compressed,
        headers, language,
    },
};
use serde::Deserialize;

use self::{files::Files, keep::Keep, lists::Lists, lookups::Lookup, pages::Page, words::Words};
use crate::{cli::texts, hub::Hub, refusals, source::Read, statistics::published_desk};

/// How long browsers may keep a page: they ask again before it is made anew.
const FOR_A_MINUTE: &str = "public, max-age=60";

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
    lists: Arc<Keep<Lists>>,
    files: Arc<Keep<Files>>,
    /// Held by whoever makes a page: all figures take a processor, and the first readers of a minute wait for one of them.
    making: Arc<tokio::sync::Mutex<()>>,
}

/// A page that was made, and when.
#[derive(Debug, Clone)]
struct Kept {
    at: Timestamp,
    kind: &'static str,
    body: Bytes,
}

/// What is asked of a page beyond its address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    indicator: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    departement: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    year: String,
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Dashboard").finish_non_exhaustive()
    }
}

impl Dashboard {
    /// The dashboard of a hub.
    pub fn new(hub: Arc<Hub>) -> Self {
        let (sheets, icon) = files_of_pages();
        Self {
            hub,
            catalog: Arc::new(texts()),
            sheets: Arc::new(sheets),
            icon: Arc::new(icon),
            kept: Arc::default(),
            lists: Arc::default(),
            files: Arc::default(),
            making: Arc::default(),
        }
    }

    /// Its routes.
    pub fn routes(self) -> Router {
        let files = self.sheets.iter().chain([&*self.icon]);
        let files = files.fold(Router::new(), |routes, file| {
            let (path, file) = (file.path.clone(), file.clone());
            routes.route(&path, get(move |asked: HeaderMap| async move { file.answer(&asked) }))
        });
        files
            .route("/", get(choose_language))
            .route("/{language}", get(with_slash))
            .route("/{language}/", get(overview))
            .route("/{language}/{page}", get(show))
            .route("/{language}/territories/{siren}", get(territory))
            .route("/downloads/{file}", get(download))
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
        making.await.map_err(|_| impossible())?
    }

    async fn made(&self, key: String, language: Language, page: Page) -> Result<Kept, Refusal> {
        let (at, desk) = (self.hub.parts.clock.now(), published_desk(&self.hub).await?);
        let own = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let frame = own.frame(language, page.address(language), page.path());
            page.made(frame, &desk)
        });
        let (kind, body) = made.await.map_err(|_| impossible())??;
        let kept = Kept { at, kind, body: body.into() };
        self.kept().insert(key, kept.clone());
        Ok(kept)
    }

    /// A page that is young enough.
    fn fresh(&self, key: &str) -> Option<Kept> {
        let now = self.hub.parts.clock.now();
        let fresh = |kept: &&Kept| keep::is_fresh(kept.at, now);
        self.kept().get(key).filter(fresh).cloned()
    }

    /// What many pages are made from, made anew when it is older than it may be.
    async fn made_of<T: Send + Sync + 'static>(
        &self,
        keep: &Arc<Keep<T>>,
        make: fn(Read) -> Result<T, Failure>,
    ) -> Result<Arc<T>, Refusal> {
        if let Some(made) = keep.fresh(self.hub.parts.clock.now()) {
            return Ok(made);
        }
        let (own, keep) = (self.clone(), Arc::clone(keep));
        let making = tokio::spawn(async move {
            let _making = own.making.lock().await;
            let now = own.hub.parts.clock.now();
            if let Some(made) = keep.fresh(now) {
                return Ok(made);
            }
            let read = Read::of_hub(&own.hub).await?;
            let made = tokio::task::spawn_blocking(move || make(read)).await.map_err(|_| impossible())?;
            let made = Arc::new(made.map_err(refused)?);
            keep.put(now, Arc::clone(&made));
            Ok(made)
        });
        making.await.map_err(|_| impossible())?
    }

    async fn looked_up(&self, language: Language, lookup: Lookup) -> Result<Option<Vec<u8>>, Refusal> {
        let frame = || self.frame(language, lookup.address(language), lookup.path());
        if lookup == Lookup::Downloads {
            let files = self.made_of(&self.files, Files::of).await?;
            return pages::downloads::downloads(frame(), &files).map(Some);
        }
        let lists = self.made_of(&self.lists, |read| Lists::of(&read)).await?;
        match &lookup {
            Lookup::Territories(search) => pages::places::list(frame(), &lists, search).map(Some),
            Lookup::Territory(siren) => pages::places::territory(frame(), &lists, siren).transpose(),
            Lookup::Flows(year) => pages::flows::flows(frame(), &lists, *year).transpose(),
            Lookup::Downloads => Ok(None),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// That there is no such page, in the language of its address if it has one.
    fn nothing(&self, language: &str) -> Response {
        let language = language.parse().unwrap_or_default();
        self.notice(language, StatusCode::NOT_FOUND, "dashboard-not-there")
    }

    fn out_of_order(&self, language: Language, refusal: &Refusal) -> Response {
        tracing::error!(reason = refusal.reason(), "a page of the dashboard cannot be made");
        self.notice(language, StatusCode::SERVICE_UNAVAILABLE, "dashboard-out-of-order")
    }

    fn notice(&self, language: Language, status: StatusCode, key: &str) -> Response {
        let body = pages::notice(self.frame(language, format!("/{}/", language.code()), "-"), key);
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
    }
}

/// What every page loads: the style sheets and the sign.
fn files_of_pages() -> ([Asset; 2], Asset) {
    let sheet = |content| Asset::new("style", "css", "text/css; charset=utf-8", content);
    ([DESIGN, OWN_STYLE].map(sheet), Asset::new("icon", "svg", "image/svg+xml", ICON))
}

async fn protect(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let asked = request.headers().clone();
    let mut response = compressed(&asked, next.run(request).await).await;
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
    let Ok(Query(asked)) = asked else { return dashboard.nothing(&language) };
    if let Some(lookup) = Lookup::at(&page, &asked) {
        return look_up(&dashboard, &language, lookup).await;
    }
    answer(&dashboard, &language, Page::at(&page, &asked.indicator)).await
}

/// A territory; that of today for one that was merged.
async fn territory(
    State(dashboard): State<Dashboard>,
    Path((language, siren)): Path<(String, String)>,
) -> Response {
    let Ok(siren) = siren.parse::<Siren>() else { return dashboard.nothing(&language) };
    match (dashboard.hub.geography.territory(&siren), dashboard.hub.geography.successor(&siren)) {
        (None, Some(today)) if known(&language).is_some() => {
            Redirect::permanent(&format!("/{language}/territories/{today}")).into_response()
        }
        (None, _) => dashboard.nothing(&language),
        (Some(_), _) => look_up(&dashboard, &language, Lookup::Territory(siren)).await,
    }
}

/// A file to be kept by whoever loads it.
async fn download(State(dashboard): State<Dashboard>, Path(file): Path<String>) -> Response {
    match dashboard.made_of(&dashboard.files, Files::of).await {
        Ok(files) => files.named(&file).map_or_else(
            || dashboard.nothing(""),
            |file| {
                let told = [
                    (header::CONTENT_TYPE, file.kind.to_owned()),
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
                    (header::CACHE_CONTROL, FOR_A_MINUTE.to_owned()),
                ];
                (told, file.bytes.clone()).into_response()
            },
        ),
        Err(refusal) => dashboard.out_of_order(Language::default(), &refusal),
    }
}

async fn look_up(dashboard: &Dashboard, language: &str, lookup: Lookup) -> Response {
    let Some(known) = known(language) else { return dashboard.nothing(language) };
    match dashboard.looked_up(known, lookup).await {
        Ok(Some(html)) => {
            ([(header::CONTENT_TYPE, pages::HTML), (header::CACHE_CONTROL, FOR_A_MINUTE)], html)
                .into_response()
        }
        Ok(None) => dashboard.nothing(language),
        Err(refusal) => dashboard.out_of_order(known, &refusal),
    }
}

/// A language as addresses have it.
fn known(language: &str) -> Option<Language> {
    language.parse::<Language>().ok().filter(|known| known.code() == language)
}

async fn answer(dashboard: &Dashboard, language: &str, page: Option<Page>) -> Response {
    let (Some(known), Some(page)) = (known(language), page) else { return dashboard.nothing(language) };
    match dashboard.page(known, page).await {
        Ok(Kept { kind, body, .. }) => {
            let told = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::CACHE_CONTROL, HeaderValue::from_static(FOR_A_MINUTE)),
            ];
            let mut response = (told, body).into_response();
            if kind == map::KIND {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        }
        Err(refusal) => dashboard.out_of_order(known, &refusal),
    }
}

fn impossible() -> Refusal {
    refusals::COMPARISON_IMPOSSIBLE.into()
}

/// What pages cannot be made for.
fn refused(failure: Failure) -> Refusal {
    match failure {
        Failure::Refused(refusal) => refusal,
        Failure::NotRunning(cause) | Failure::Internal(cause) => {
            tracing::error!(error = &*cause as &dyn std::error::Error, "what is published cannot be read");
            impossible()
        }
    }
}

async fn nothing(State(dashboard): State<Dashboard>) -> Response {
    dashboard.nothing("")
}
