//! Service `Tables`.

use std::sync::Arc;

use futures_util::{Stream, stream};
use maillage_platform::refusal::Refusal;
use maillage_proto::node::v1::{self as proto, tables_server::Tables};
use tonic::{Request, Response, Status, Streaming};

use super::{Operation, Services, allowed, caller};
use crate::app::{
    App,
    caller::Caller,
    refusals,
    tables::{self, Imported, Page, Table, limits, sheet::BadCell},
};

/// What an export still has to give.
struct Remaining {
    app: Arc<App>,
    caller: Caller,
    table: String,
    page: Page,
}

type Chunks = std::pin::Pin<Box<dyn Stream<Item = Result<proto::TableChunk, Status>> + Send>>;

#[tonic::async_trait]
impl Tables for Services {
    async fn list_tables(
        &self,
        request: Request<proto::ListTablesRequest>,
    ) -> Result<Response<proto::ListTablesReply>, Status> {
        let caller = caller(&request)?;
        let tables = tables::list(&caller)?.into_iter().map(description).collect();
        Ok(Response::new(proto::ListTablesReply { tables }))
    }

    async fn template(
        &self,
        request: Request<proto::TemplateRequest>,
    ) -> Result<Response<proto::TableFile>, Status> {
        let caller = caller(&request)?;
        let csv = tables::template(&caller, &request.into_inner().table)?;
        Ok(Response::new(proto::TableFile { csv }))
    }

    async fn import_table(
        &self,
        request: Request<Streaming<proto::ImportTableRequest>>,
    ) -> Result<Response<proto::ImportTableReply>, Status> {
        let caller = caller(&request)?;
        let mut pieces = request.into_inner();
        let Some(first) = pieces.message().await? else {
            return Err(refusals::unknown("table-unknown").into());
        };
        let proto::ImportTableRequest { table, dry_run, mut csv } = first;
        while let Some(piece) = pieces.message().await? {
            csv.extend(piece.csv);
            if csv.len() > limits::SHEET_BYTES {
                return Err(refusals::invalid("table-too-large").with("bytes", limits::SHEET_BYTES).into());
            }
        }
        let imported = tables::import(&self.app, &caller, &table, csv, dry_run).await?;
        Ok(Response::new(reply(imported)))
    }

    type ExportTableStream = Chunks;

    async fn export_table(
        &self,
        request: Request<proto::ExportTableRequest>,
    ) -> Result<Response<Chunks>, Status> {
        let caller = allowed(&request, Operation::TableExport)?;
        let proto::ExportTableRequest { table, from, to } = request.into_inner();
        let (from, to) = (day(&from)?, day(&to)?);
        let (csv, next) = tables::begin_export(&self.app, &caller, &table, (from, to)).await?;
        let remaining = next.map(|cursor| {
            let page = Page { cursor: Some(cursor), from, to };
            Remaining { app: Arc::clone(&self.app), caller, table, page }
        });
        let first = stream::iter([Ok(proto::TableChunk { csv })]);
        let rest = stream::try_unfold(remaining, |remaining| async move {
            let Some(remaining) = remaining else { return Ok(None) };
            remaining.next().map(Some).map_err(Status::from)
        });
        Ok(Response::new(Box::pin(stream::StreamExt::chain(first, rest))))
    }
}

impl Remaining {
    fn next(mut self) -> Result<(proto::TableChunk, Option<Self>), Refusal> {
        let (csv, next) = tables::export(&self.app, &self.caller, &self.table, &self.page)?;
        let remaining = next.map(|cursor| {
            self.page.cursor = Some(cursor);
            self
        });
        Ok((proto::TableChunk { csv }, remaining))
    }
}

fn description(table: &dyn Table) -> proto::TableDescription {
    let column = |column: &tables::sheet::Column| proto::ColumnDescription {
        name: column.name.to_owned(),
        required: column.required,
        example: column.example.to_owned(),
    };
    proto::TableDescription {
        code: table.code().to_owned(),
        importable: table.importing().is_some(),
        columns: table.columns().iter().map(column).collect(),
    }
}

fn reply(imported: Imported) -> proto::ImportTableReply {
    let Imported { nothing_written, added, changed, unchanged, faults } = imported;
    let fault = |bad: BadCell| proto::TableFault {
        line: bad.line,
        column: bad.column,
        reason: bad.refusal.reason().to_owned(),
        details: bad.refusal.details().clone().into_iter().collect(),
    };
    let fault_count = u32::try_from(faults.len()).unwrap_or(u32::MAX);
    let faults = faults.into_iter().take(limits::FAULTS).map(fault).collect();
    proto::ImportTableReply { nothing_written, added, changed, unchanged, faults, fault_count }
}

fn day(text: &str) -> Result<Option<jiff::civil::Date>, Refusal> {
    let given = Some(text.trim()).filter(|text| !text.is_empty());
    given.map(|text| text.parse().map_err(|_| refusals::invalid("day-format"))).transpose()
}
