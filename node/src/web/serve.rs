//! The web interfaces of the node on their listener. Holds nothing but how many connections there may be.

use axum::Router;
use maillage_platform::{lifecycle::Shutdown, web};
use tokio::net::TcpListener;

use crate::limits::WEB_CONNECTIONS;

/// Serves a web interface until shutdown.
pub async fn serve(listener: TcpListener, routes: Router, shutdown: Shutdown) {
    web::serve::serve(listener, routes, shutdown, WEB_CONNECTIONS).await;
}
