//! `statistics`: what the reports received say, printed or written to files. It must never compute a figure by itself.

use std::path::PathBuf;

use maillage_federation::{half_year::HalfYear, statistics::Vocabulary};
use maillage_platform::cli::{Failure, Output};
use maillage_proto::hub::v1 as proto;

use super::{
    arguments::{Changes, Compare, Series, Statistics, Totals},
    ask::text,
    changes, comparison, export, figures, open_directory,
};
use crate::{
    source::{Source, is_nothing_reported},
    statistics::IndicatorKey,
};

/// Asks and prints.
pub(super) fn run(data: PathBuf, wanted: Statistics, output: &mut Output<'_>) -> Result<(), Failure> {
    if let Statistics::Indicators = wanted {
        return figures::indicators(output).map_err(Failure::internal);
    }
    let directory = open_directory(data)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(async { answer(&Source::of(&directory).await?, wanted, output).await })
}

async fn answer(source: &Source, wanted: Statistics, output: &mut Output<'_>) -> Result<(), Failure> {
    let printed = match wanted {
        Statistics::Indicators => figures::indicators(output),
        Statistics::Compare(wanted) => {
            comparison::comparison(output, &source.compare(compared(wanted)).await?)
        }
        Statistics::Changes(Changes { model, indicator, from, to }) => {
            let half_year = |one: Option<HalfYear>| one.map(|one| one.to_string()).unwrap_or_default();
            let indicator = indicator.unwrap_or_default();
            let request =
                proto::ChangesRequest { indicator, model, from: half_year(from), to: half_year(to) };
            changes::changes(output, &source.changes(request).await?)
        }
        Statistics::Series(wanted) => figures::series(output, &source.series(followed(wanted)).await?),
        Statistics::Coverage(Totals { from, to }) => {
            let request = proto::CoverageRequest { from: text(from), to: text(to), published: false };
            figures::coverage(output, &source.coverage(request).await?)
        }
        Statistics::Deserts { departement } => {
            figures::deserts(output, &source.deserts(&departement.unwrap_or_default()).await?)
        }
        Statistics::Territories { half_year } => {
            let half_year = half_year.map(|half_year| half_year.to_string()).unwrap_or_default();
            let (half_year, territories) = source.territories(&half_year, false).await?;
            figures::territories(output, &half_year, &territories)
        }
        Statistics::Targets { year } => {
            let request = proto::TargetsRequest { year: year.unwrap_or_default(), published: false };
            figures::targets(output, &source.targets(request).await?)
        }
        Statistics::Flows { year } => {
            figures::flows(output, &source.flows(proto::FlowsRequest { year }).await?)
        }
        Statistics::Recompute => return recompute(source, output).await,
        Statistics::Export { to } => return export::run(source, &to, output).await,
    };
    printed.map_err(Failure::internal)
}

/// Everything that is published, one after the other, each with the reports it rests on: what an indicator is not
/// reported for is passed over.
async fn recompute(source: &Source, output: &mut Output<'_>) -> Result<(), Failure> {
    for indicator in IndicatorKey::ALL {
        let indicator_key = indicator.code().to_owned();
        let request =
            proto::CompareRequest { indicator: indicator_key, published: true, ..Default::default() };
        match source.compare(request).await {
            Ok(reply) => comparison::comparison(output, &reply).map_err(Failure::internal)?,
            Err(error) if is_nothing_reported(&error) => continue,
            Err(error) => return Err(error),
        }
        let request = proto::SeriesRequest {
            indicator: indicator.code().to_owned(),
            published: true,
            ..Default::default()
        };
        figures::series(output, &source.series(request).await?).map_err(Failure::internal)?;
    }
    for vocabulary in Vocabulary::all() {
        let request = proto::SeriesRequest {
            vocabulary: vocabulary.name.to_owned(),
            published: true,
            ..Default::default()
        };
        figures::series(output, &source.series(request).await?).map_err(Failure::internal)?;
    }
    let targets = source.targets(proto::TargetsRequest { published: true, ..Default::default() }).await?;
    figures::targets(output, &targets).map_err(Failure::internal)
}

fn compared(wanted: Compare) -> proto::CompareRequest {
    let Compare { indicator, from, to, against, published } = wanted;
    proto::CompareRequest {
        indicator: indicator.unwrap_or_default(),
        from: text(from),
        to: text(to),
        against: against.unwrap_or_default(),
        published,
    }
}

fn followed(wanted: Series) -> proto::SeriesRequest {
    let Series { indicator, vocabulary, from, to } = wanted;
    proto::SeriesRequest {
        indicator: indicator.unwrap_or_default(),
        vocabulary: vocabulary.unwrap_or_default(),
        from: text(from),
        to: text(to),
        published: false,
    }
}
