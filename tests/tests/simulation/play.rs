//! One play: operations one by one, what must hold after each, then everything heals and comes to an end. A play depends on its
//! seed and its operations alone. It must never choose an operation by what came of another.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

use crate::{
    checks::Ends,
    federation::Federation,
    forging,
    operations::{Flavour, Kind, NODES, Operation},
    template::template,
};

/// Operations of a play that is drawn.
const STEPS: usize = 200;

/// What is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) seed: u64,
    pub(crate) operations: Vec<Operation>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) ends: Ends,
    pub(crate) plays: usize,
    pub(crate) calls: u64,
}

impl Tally {
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            ends: self.ends.with(other.ends),
            plays: self.plays + other.plays,
            calls: self.calls + other.calls,
        }
    }
}

impl Script {
    /// The play of a seed.
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut dice = ChaCha20Rng::seed_from_u64(seed);
        let first =
            (0..NODES).map(|at| Operation { kind: Kind::Request, at, pick: dice.random_range(0..1_000) });
        let mut operations: Vec<_> = first.collect();
        while operations.len() < STEPS {
            let drawn = Operation::drawn(&mut dice, Flavour::of(seed));
            operations.push(drawn);
            // Trouble is there for something that is said.
            if drawn.kind.is_trouble() {
                operations.push(Operation { kind: Kind::Carry, ..drawn });
            }
        }
        Self { seed, operations }
    }

    /// Its text, as a reproduction is kept.
    pub(crate) fn text(&self) -> String {
        let lines = self.operations.iter().map(|operation| format!("{operation}\n"));
        std::iter::once(format!("seed {}\n", self.seed)).chain(lines).collect()
    }

    /// The play that a text tells. Lines that begin with a number sign are for the reader.
    ///
    /// # Errors
    /// The line that is not one of a play.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let seed =
            lines.next().and_then(|line| line.strip_prefix("seed ")).and_then(|seed| seed.parse().ok());
        let operations = lines.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { seed: seed.ok_or("the first line names no seed")?, operations })
    }

    /// Plays it.
    ///
    /// # Errors
    /// What did not hold, and after which step.
    pub(crate) fn play(&self) -> Result<Tally, String> {
        let template = template();
        let play = || {
            crate::paused().block_on(async {
                let mut federation = Federation::open(template, self.seed).await;
                federation.set_policies(self.seed).await;
                let done = act(&mut federation, &self.operations).await?;
                let calls = federation.nodes.iter().map(|node| node.life.line.calls()).sum();
                Ok(Tally { ends: done, plays: 1, calls })
            })
        };
        catch_unwind(AssertUnwindSafe(play)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("panic: {}", text.unwrap_or_default()))
        })
    }
}

async fn act(federation: &mut Federation, operations: &[Operation]) -> Result<Ends, String> {
    for (step, operation) in operations.iter().enumerate() {
        let before = federation.mark();
        let told = |what: String| format!("{what} (step {step}: {operation})");
        if federation.happen(*operation).await.is_none() {
            match operation.kind {
                Kind::Arrive | Kind::Replay | Kind::Forge => {
                    forging::happen(federation, *operation).await.map_err(told)?;
                }
                _ => {
                    federation.person_does(*operation).await.map_err(told)?;
                }
            }
        }
        federation.restart_the_failed().await;
        if federation.mark() != before {
            federation.look_around().await.map_err(told)?;
            federation.check().map_err(told)?;
        }
    }
    end(federation).await
}

/// Everything heals, time passes, and holders finish what they hold.
async fn end(federation: &mut Federation) -> Result<Ends, String> {
    let told = |what: String| format!("{what} (at the end)");
    federation.heal().await;
    federation.settle().await.map_err(told)?;
    look(federation).await?;
    haunt(federation).await?;
    for _ in 0..3 {
        federation.pass(48 * 60).await.map_err(told)?;
        look(federation).await?;
    }
    for _ in 0..2 {
        for at in 0..NODES {
            federation.finish(at).await.map_err(told)?;
        }
        federation.settle().await.map_err(told)?;
        look(federation).await?;
        federation.pass(12).await.map_err(told)?;
    }
    federation.pass(48 * 60).await.map_err(told)?;
    look(federation).await?;
    let ends = federation.check_the_end().await.map_err(told)?;
    if federation.nodes.iter().any(|node| node.restores > 0) {
        federation.sign_months().await.map_err(told)?;
        federation.check_differences().map_err(told)?;
    }
    Ok(ends)
}

/// An older life that still runs moves nothing once the newer one has spoken.
async fn haunt(federation: &mut Federation) -> Result<(), String> {
    for at in 0..NODES {
        let before = revisions(federation).await;
        if let Some(ghost) = &mut federation.nodes[at].ghost {
            ghost.line.heal();
            ghost.line.tie(Some(federation.hub.relay.clone()));
        }
        federation.happen(Operation { kind: Kind::Ghost, at, pick: 0 }).await;
        if revisions(federation).await != before {
            return Err(format!("the older life of node {at} has moved something (at the end)"));
        }
        federation.nodes[at].ghost = None;
    }
    Ok(())
}

/// The records of the hub, as they stand.
pub(crate) async fn revisions(federation: &Federation) -> Vec<(String, u64)> {
    let threads = federation.hub.hub.store().threads(1_000).await.unwrap_or_default();
    threads.iter().map(|thread| (thread.record.handover.to_string(), thread.record.revision)).collect()
}

async fn look(federation: &mut Federation) -> Result<(), String> {
    federation.look_around().await?;
    federation.check().map_err(|what| format!("{what} (at the end)"))
}
