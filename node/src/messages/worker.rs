//! The workers: one per medium, so that a mail server that hangs holds no text message up, and one that lets offers, and what
//! was not told in time, follow the time.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use maillage_domain::message::Medium;
use maillage_platform::{
    i18n::Catalog,
    refusal::Refusal,
    worker::{WorkOutcome, Worker},
};

use crate::app::{
    App,
    messages::{self, Letter, Outcome},
    offers,
};

/// Longest pause of real time before a worker looks again by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Puts a letter into words and hands it over.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Tries once, within a bounded time.
    async fn send(&self, catalog: &Catalog, letter: &Letter) -> Sending;
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// The server has taken it.
    Sent,
    /// The server will never take it.
    Refused,
    /// The server takes this one later.
    Later,
    /// The server takes nothing now.
    Away,
}

/// The worker that empties the queue of one medium.
pub struct Post {
    app: Arc<App>,
    catalog: Arc<Catalog>,
    medium: Medium,
    sender: Box<dyn Sender>,
    sent: usize,
}

impl Post {
    /// A worker for a medium.
    pub fn new(app: Arc<App>, catalog: Arc<Catalog>, medium: Medium, sender: Box<dyn Sender>) -> Self {
        Self { app, catalog, medium, sender, sent: 0 }
    }

    async fn step(&mut self) -> Result<WorkOutcome, Refusal> {
        let Some(letter) = messages::next_letter(&self.app, self.medium).await? else {
            return Ok(WorkOutcome::Idle);
        };
        let sending = self.sender.send(&self.catalog, &letter).await;
        let outcome = match sending {
            Sending::Sent => Outcome::Sent,
            Sending::Refused => Outcome::Refused,
            Sending::Later | Sending::Away => Outcome::Later,
        };
        messages::record(&self.app, letter.id, outcome).await?;
        self.sent += usize::from(sending == Sending::Sent);
        Ok(match sending {
            Sending::Sent | Sending::Refused | Sending::Later => WorkOutcome::Busy,
            Sending::Away => WorkOutcome::Failed { error: "server-away".to_owned(), retry_after: None },
        })
    }
}

#[async_trait]
impl Worker for Post {
    fn name(&self) -> &'static str {
        match self.medium {
            Medium::Email => "email",
            Medium::Sms => "sms",
            Medium::Call => "calls",
        }
    }

    fn status(&self) -> String {
        format!("{} sent", self.sent)
    }

    async fn work(&mut self) -> WorkOutcome {
        self.step().await.unwrap_or_else(failed)
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The worker that lets offers follow the time.
pub struct OfferTending {
    app: Arc<App>,
    changed: usize,
}

impl OfferTending {
    /// A worker for a node.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, changed: 0 }
    }

    async fn step(&mut self) -> Result<(), Refusal> {
        messages::expire(&self.app).await?;
        self.changed += offers::tend(&self.app).await?;
        Ok(())
    }
}

#[async_trait]
impl Worker for OfferTending {
    fn name(&self) -> &'static str {
        "offers"
    }

    fn status(&self) -> String {
        format!("{} offers tended", self.changed)
    }

    async fn work(&mut self) -> WorkOutcome {
        match self.step().await {
            Ok(()) => WorkOutcome::Idle,
            Err(refusal) => failed(refusal),
        }
    }

    async fn wait_for_work(&mut self) {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn failed(refusal: Refusal) -> WorkOutcome {
    WorkOutcome::Failed { error: refusal.reason().to_owned(), retry_after: None }
}
