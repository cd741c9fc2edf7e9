//! A scripted year of one territory, synthetic and seeded, through the interface of a real node on a virtual clock; then
//! an independent recount of its year-end return, statements, unmet need and model comparison, to the cent and the metre.
//!
//! `cargo test -p maillage-tests --test year -- --nocapture` prints the figures of the year.

use anyhow::Context as _;
use jiff::civil::{DateTime, date};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

#[path = "year/cast.rs"]
mod cast;
#[path = "year/desk.rs"]
mod desk;
#[path = "year/exports.rs"]
mod exports;
#[path = "year/findings.rs"]
mod findings;
#[path = "year/help.rs"]
mod help;
#[path = "year/helped.rs"]
mod helped;
#[path = "year/laboratory.rs"]
mod laboratory;
#[path = "year/memory.rs"]
mod memory;
#[path = "year/naive.rs"]
mod naive;
#[path = "year/opening.rs"]
mod opening;
#[path = "year/platform.rs"]
mod platform;
#[path = "year/recount.rs"]
mod recount;
#[path = "year/routines.rs"]
mod routines;
#[path = "year/script.rs"]
mod script;
#[path = "year/summary.rs"]
mod summary;
#[path = "year/wishes.rs"]
mod wishes;
#[path = "year/yearly.rs"]
mod yearly;

use cast::{GENERAL, TERRITORY};
use findings::Findings;
use platform::Platform;
use recount::Recount;
use script::Script;

/// The programs.
const BINARY: &str = env!("CARGO_BIN_EXE_maillage-under-test");
/// When everything is set up: the first working day of the year.
const OPENS: DateTime = date(2026, 1, 2).at(9, 0, 0, 0);
/// What chance begins with.
const SEED: u64 = 2026;

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_one_territory_agrees_with_a_naive_recount() -> anyhow::Result<()> {
    let platform = Platform::open(BINARY, (TERRITORY, GENERAL), OPENS).await?;
    let outcome = match play_and_recount(&platform).await {
        Ok((summary, found)) => {
            println!("{summary}");
            found.verdict()
        }
        Err(error) => Err(error),
    };
    platform.end(outcome).await
}

async fn play_and_recount(platform: &Platform) -> anyhow::Result<(String, Findings)> {
    let opened = opening::open(platform).await?;
    let cast = cast::settle_in(platform, &mut ChaCha20Rng::seed_from_u64(SEED)).await?;
    let played = Script::new(platform, cast, opened, SEED, OPENS).play().await?;
    let facts = naive::facts(&played.cast, &played.memory)?;
    let models = naive::Model::read(&played.opened.models)?;
    let recount = Recount { platform, played: &played, facts: &facts, models: &models };
    let mut found = Findings::default();
    recount.trips(&mut found).await.context("trips")?;
    recount.unmet(&mut found).await.context("unmet")?;
    recount.dues(&mut found).await.context("dues")?;
    recount.numbers(&mut found).await.context("numbers")?;
    recount.tus_return(&mut found).await.context("tus_return")?;
    recount.statements(&mut found).await.context("statements")?;
    recount.receipts(&mut found).await.context("receipts")?;
    recount.helped(&mut found).await.context("helped")?;
    let accompanied = recount.accompanied(&mut found).await.context("accompanied")?;
    for period in ["2026-04", "2026-05", "2026-06", "2026"] {
        recount.laboratory(&mut found, period).await?;
    }
    let summary = recount.summary(accompanied, &mut found).await?;
    Ok((summary, found))
}
