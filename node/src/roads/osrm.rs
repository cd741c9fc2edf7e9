//! Asks an OSRM router over HTTP: its `table` service, and `route` for one single road. Places are sent as coordinates of town
//! halls, never an address. `radiuses` is in every question: without it a router answers from wherever its map ends.

use std::{fmt::Write as _, time::Duration};

use async_trait::async_trait;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use maillage_geography::Coordinates;

use super::{
    reply::{Asked, Reply, Verdict},
    settings::{RoadSettings, RoadSettingsError},
};
use crate::{
    app::roads::{Answer, Router, RouterError},
    limits::ROUTER_ANSWER_BYTES,
};

/// An OSRM router.
pub struct Osrm {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    url: String,
    profile: String,
    radius_m: u32,
    within: Duration,
}

impl Osrm {
    /// A router as the settings say.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn new(settings: &RoadSettings) -> Result<Self, RoadSettingsError> {
        let RoadSettings { url, profile, radius_m, answer_within_ms, .. } = settings.clone();
        let _: Uri = url.parse().map_err(|_| RoadSettingsError::Url)?;
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, url, profile, radius_m, within: Duration::from_millis(answer_within_ms) })
    }

    /// Asks for one road.
    ///
    /// # Errors
    /// A router that does not answer, or answers what cannot be a road.
    pub async fn route(&self, from: Coordinates, to: Coordinates) -> Result<Answer, RouterError> {
        let asked = Asked { from: &[from], to: &[to], radius_m: self.radius_m };
        let reply = self.get(&self.query("route", &[from, to], "overview=false&steps=false")).await?;
        match reply.route(asked)? {
            Verdict::Answer(answer) => Ok(answer),
            Verdict::OffTheMap(_) => Ok(Answer::nothing(1, 1)),
        }
    }

    /// Asks for every road of a table. Places off the map have no road, and the others are asked for without them.
    async fn whole_table(&self, from: &[Coordinates], to: &[Coordinates]) -> Result<Answer, RouterError> {
        let mut whole = Answer::nothing(from.len(), to.len());
        let mut rows: Vec<usize> = (0..from.len()).collect();
        let mut columns: Vec<usize> = (0..to.len()).collect();
        while !rows.is_empty() && !columns.is_empty() {
            let picked = |all: &[Coordinates], kept: &[usize]| -> Vec<Coordinates> {
                kept.iter().filter_map(|index| all.get(*index)).copied().collect()
            };
            let (sources, destinations) = (picked(from, &rows), picked(to, &columns));
            let asked = Asked { from: &sources, to: &destinations, radius_m: self.radius_m };
            let reply = self.get(&self.table_query(&sources, &destinations)).await?;
            match reply.table(asked)? {
                Verdict::Answer(answer) => {
                    whole.take(&rows, &columns, &answer);
                    return Ok(whole);
                }
                Verdict::OffTheMap(Some(index)) => match index.checked_sub(sources.len()) {
                    None => {
                        rows.remove(index);
                    }
                    Some(column) => {
                        columns.remove(column);
                    }
                },
                Verdict::OffTheMap(None) => {
                    rows = self.on_the_map(from, rows).await?;
                    columns = self.on_the_map(to, columns).await?;
                }
            }
        }
        Ok(whole)
    }

    /// Which places a road is near to, each asked for by itself: for a router that does not say which one is off its map.
    async fn on_the_map(&self, all: &[Coordinates], kept: Vec<usize>) -> Result<Vec<usize>, RouterError> {
        let mut near = Vec::new();
        for index in kept {
            let Some(place) = all.get(index) else { continue };
            let asked = Asked { from: &[*place], to: &[*place], radius_m: self.radius_m };
            let reply = self.get(&self.table_query(&[*place], &[*place])).await?;
            if let Verdict::Answer(_) = reply.table(asked)? {
                near.push(index);
            }
        }
        Ok(near)
    }

    fn table_query(&self, from: &[Coordinates], to: &[Coordinates]) -> String {
        let places: Vec<Coordinates> = from.iter().chain(to).copied().collect();
        let indexes = |range: std::ops::Range<usize>| {
            range.map(|index| index.to_string()).collect::<Vec<_>>().join(";")
        };
        let (sources, destinations) = (indexes(0..from.len()), indexes(from.len()..places.len()));
        let options = format!("annotations=duration,distance&sources={sources}&destinations={destinations}");
        self.query("table", &places, &options)
    }

    fn query(&self, service: &str, places: &[Coordinates], options: &str) -> String {
        let mut query = format!("{}/{service}/v1/{}/", self.url, self.profile);
        for (index, place) in places.iter().enumerate() {
            let separator = if index == 0 { "" } else { ";" };
            let (longitude, latitude) = (place.longitude_degrees(), place.latitude_degrees());
            let _ = write!(query, "{separator}{longitude:.6},{latitude:.6}");
        }
        let radiuses = vec![self.radius_m.to_string(); places.len()].join(";");
        let _ = write!(query, "?{options}&generate_hints=false&radiuses={radiuses}");
        query
    }

    async fn get(&self, url: &str) -> Result<Reply, RouterError> {
        let request = Request::get(url).body(Empty::new()).map_err(|_| RouterError::Unreachable)?;
        let answer = async {
            let reply = self.client.request(request).await.map_err(|_| RouterError::Unreachable)?;
            let status = reply.status();
            let body = Limited::new(reply.into_body(), ROUTER_ANSWER_BYTES).collect().await;
            let body = body.map_err(|error| {
                let too_large = error.is::<http_body_util::LengthLimitError>();
                if too_large { RouterError::TooLarge } else { RouterError::Unreachable }
            })?;
            // What is wrong with a question comes with 400 and its reason.
            if status != StatusCode::OK && status != StatusCode::BAD_REQUEST {
                return Err(RouterError::Status(status.as_u16()));
            }
            Reply::read(&body.to_bytes())
        };
        tokio::time::timeout(self.within, answer).await.unwrap_or(Err(RouterError::TimedOut))
    }
}

#[async_trait]
impl Router for Osrm {
    fn engine(&self) -> &'static str {
        "osrm"
    }

    async fn table(&self, from: &[Coordinates], to: &[Coordinates]) -> Result<Answer, RouterError> {
        match (from, to) {
            ([from], [to]) => self.route(*from, *to).await,
            _ => self.whole_table(from, to).await,
        }
    }
}
