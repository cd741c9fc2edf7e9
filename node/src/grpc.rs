//! The node's gRPC services: messages to domain types, one use case, domain types to messages. Must never hold a rule.

mod accounts;
mod agreements;
mod changes;
pub mod convert;
mod dispatch;
pub mod door;
mod exchange;
mod fleet;
mod handovers;
mod legal;
mod loans;
mod models;
mod money;
mod obligations;
mod offers;
mod once;
mod partners;
mod pathways;
mod people;
mod planning;
mod reports;
mod series;
mod services;
mod settlements;
mod status;
mod tables;
mod trips;

use std::sync::Arc;

use maillage_domain::roles::Operation;
use maillage_platform::{
    grpc::REASON_TOKEN_MISSING,
    refusal::{Refusal, RefusalKind},
    worker::Workers,
};
use maillage_proto::node::v1 as proto;
use tonic::service::Routes;

pub use self::changes::Followers;
use crate::app::pages;
use crate::app::{App, caller::Caller, edit::Mask, noise::Noise};

/// Everything the services work with.
#[derive(Clone)]
pub struct Services {
    /// The node.
    pub app: Arc<App>,
    /// Its workers, to be shown.
    pub workers: Arc<Workers>,
    /// The noise of reports.
    pub noise: Arc<dyn Noise>,
    /// Who follows its changes.
    pub followers: Followers,
}

/// The routes of the local interface, with health and reflection.
///
/// # Errors
/// A contract that cannot be reflected: a fault of the build.
pub async fn routes(services: Services) -> Result<Routes, Box<dyn std::error::Error + Send + Sync>> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<proto::status_server::StatusServer<Services>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(maillage_proto::DESCRIPTORS)
        .build_v1()?;
    Ok(Routes::new(health)
        .add_service(reflection)
        .add_service(proto::accounts_server::AccountsServer::new(services.clone()))
        .add_service(proto::changes_server::ChangesServer::new(services.clone()))
        .add_service(proto::dispatch_server::DispatchServer::new(services.clone()))
        .add_service(proto::exchange_server::ExchangeServer::new(services.clone()))
        .add_service(proto::partners_server::PartnersServer::new(services.clone()))
        .add_service(proto::people_server::PeopleServer::new(services.clone()))
        .add_service(proto::trips_server::TripsServer::new(services.clone()))
        .add_service(proto::planning_server::PlanningServer::new(services.clone()))
        .add_service(proto::series_server::SeriesServer::new(services.clone()))
        .add_service(proto::handovers_server::HandoversServer::new(services.clone()))
        .add_service(proto::agreements_server::AgreementsServer::new(services.clone()))
        .add_service(proto::settlements_server::SettlementsServer::new(services.clone()))
        .add_service(proto::tables_server::TablesServer::new(services.clone()))
        .add_service(proto::fleet_server::FleetServer::new(services.clone()))
        .add_service(proto::loans_server::LoansServer::new(services.clone()))
        .add_service(proto::pathways_server::PathwaysServer::new(services.clone()))
        .add_service(proto::services_server::ServicesServer::new(services.clone()))
        .add_service(proto::money_server::MoneyServer::new(services.clone()))
        .add_service(proto::legal_server::LegalServer::new(services.clone()))
        .add_service(proto::models_server::ModelsServer::new(services.clone()))
        .add_service(proto::reference_server::ReferenceServer::new(services.clone()))
        .add_service(proto::offers_server::OffersServer::new(services.clone()))
        .add_service(proto::obligations_server::ObligationsServer::new(services.clone()))
        .add_service(proto::reports_server::ReportsServer::new(services.clone()))
        .add_service(proto::status_server::StatusServer::new(services)))
}

/// Who calls: what the door found out.
///
/// # Errors
/// `token-missing` for a request that came through no door.
pub(crate) fn caller<T>(request: &tonic::Request<T>) -> Result<Caller, Refusal> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| Refusal::new(RefusalKind::Unauthenticated, REASON_TOKEN_MISSING))
}

/// Who calls, if the caller may do it. Asked before the request is read, so that whoever may not do something is told that and
/// nothing about what was sent; the use case asks again.
///
/// # Errors
/// `token-missing`, `not-allowed`.
pub(crate) fn allowed<T>(request: &tonic::Request<T>, operation: Operation) -> Result<Caller, Refusal> {
    let caller = caller(request)?;
    caller.check(operation)?;
    Ok(caller)
}

/// Reads an identifier.
///
/// # Errors
/// `id-malformed` with the field's name.
pub(crate) fn id<K>(text: &str, field: &'static str) -> Result<maillage_federation::ids::Id<K>, Refusal> {
    text.parse().map_err(|_| crate::app::refusals::invalid("id-malformed").with("field", field))
}

/// Reads an identifier; none if nothing is given.
///
/// # Errors
/// `id-malformed` with the field's name.
pub(crate) fn optional_id<K>(
    text: &str,
    field: &'static str,
) -> Result<Option<maillage_federation::ids::Id<K>>, Refusal> {
    if text.trim().is_empty() { Ok(None) } else { id(text, field).map(Some) }
}

/// Reads a civil day.
///
/// # Errors
/// `day-format`.
pub(crate) fn day(text: &str) -> Result<jiff::civil::Date, Refusal> {
    text.trim().parse().map_err(|_| crate::app::refusals::invalid("day-format"))
}

/// The number of rows asked for.
///
/// # Errors
/// `limit-out-of-range`.
pub(crate) fn limit(asked: u32) -> Result<usize, Refusal> {
    match usize::try_from(asked).unwrap_or(usize::MAX) {
        0 => Ok(crate::limits::PAGE),
        asked if asked <= crate::limits::PAGE_MAX => Ok(asked),
        _ => Err(crate::app::refusals::invalid("limit-out-of-range").with("max", crate::limits::PAGE_MAX)),
    }
}

/// The place a page of a list that is worked out goes on after, and how many rows.
///
/// # Errors
/// `page-mark-malformed`, `limit-out-of-range`.
pub(crate) fn wanted<K>(after: &str, asked: u32) -> Result<(Option<pages::Mark<K>>, usize), Refusal> {
    Ok((mark(after)?, limit(asked)?))
}

/// The place a page begins after: none for the first page.
///
/// # Errors
/// `page-mark-malformed`.
pub(crate) fn mark<K>(after: &str) -> Result<Option<pages::Mark<K>>, Refusal> {
    let malformed = |_| crate::app::refusals::invalid("page-mark-malformed").with("field", "after");
    if after.is_empty() { Ok(None) } else { pages::read(after).map(Some).map_err(malformed) }
}

/// The identifier a page begins after: none for the first page.
///
/// # Errors
/// `id-malformed`.
pub(crate) fn after<K>(text: &str) -> Result<Option<maillage_federation::ids::Id<K>>, Refusal> {
    if text.is_empty() { Ok(None) } else { id(text, "after").map(Some) }
}

/// Where the page after this one begins: after its last row if it is full, nowhere otherwise.
pub(crate) fn next_after<T>(rows: &[T], limit: usize, key: impl Fn(&T) -> String) -> String {
    rows.last().filter(|_| rows.len() == limit).map(key).unwrap_or_default()
}

/// Reads a field mask; each path is one of `fields`.
///
/// # Errors
/// `mask-empty`, `mask-unknown`.
pub(crate) fn mask(mask: Option<prost_types::FieldMask>, fields: &[&str]) -> Result<Mask, Refusal> {
    Mask::parse(&mask.unwrap_or_default().paths, fields)
}
