//! Tables in and out of the running node. Must never look into a table: the node tells what is wrong with it.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_proto::node::v1::{self as proto, tables_client::TablesClient};

use super::{failure::CommandError, session::Session};

/// Commands about tables.
#[derive(Debug, Subcommand)]
pub(super) enum Table {
    List,
    Template {
        table: String,
    },
    Import {
        table: String,
        file: PathBuf,
        #[arg(long)]
        dry_run: bool,
    },
    Export {
        table: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        from: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        to: String,
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Bytes of one message of an import.
const PIECE_BYTES: usize = 64 * 1024;

pub(super) async fn table(session: &mut Session<'_>, command: Table) -> Result<(), CommandError> {
    match command {
        Table::List => list(session).await,
        Table::Template { table } => {
            let request = proto::TemplateRequest { table };
            let reply = session.client(TablesClient::with_interceptor).await?.template(request).await?;
            Ok(session.raw(&reply.into_inner().csv)?)
        }
        Table::Import { table, file, dry_run } => import(session, &table, &file, dry_run).await,
        Table::Export { table, from, to, output } => {
            let request = proto::ExportTableRequest { table, from, to };
            export(session, request, output.as_deref()).await
        }
    }
}

async fn list(session: &mut Session<'_>) -> Result<(), CommandError> {
    let mut client = session.client(TablesClient::with_interceptor).await?;
    let reply = client.list_tables(proto::ListTablesRequest {}).await?.into_inner();
    if session.json(&reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |table: &proto::TableDescription| {
        let mark = |column: &proto::ColumnDescription| {
            if column.required { format!("{}*", column.name) } else { column.name.clone() }
        };
        let columns: Vec<String> = table.columns.iter().map(mark).collect();
        vec![table.code.clone(), words.yes(table.importable), columns.join(" ")]
    };
    let rows: Vec<Vec<String>> = reply.tables.iter().map(row).collect();
    session.columns(&["field-table", "field-importable", "field-columns"], &rows)?;
    Ok(session.line("table-columns-required", &[])?)
}

async fn import(
    session: &mut Session<'_>,
    table: &str,
    file: &Path,
    dry_run: bool,
) -> Result<(), CommandError> {
    let bytes = read(file)?;
    let mut pieces: Vec<proto::ImportTableRequest> = bytes
        .chunks(PIECE_BYTES)
        .map(|piece| proto::ImportTableRequest { csv: piece.to_vec(), ..Default::default() })
        .collect();
    let first = proto::ImportTableRequest { table: table.to_owned(), dry_run, csv: Vec::new() };
    pieces.insert(0, first);
    let mut client = session.client(TablesClient::with_interceptor).await?;
    let reply = client.import_table(futures_util::stream::iter(pieces)).await?.into_inner();
    tell(session, &reply)?;
    if reply.fault_count == 0 {
        return Ok(());
    }
    let refusal =
        Refusal::new(RefusalKind::InvalidInput, "table-has-faults").with("faults", reply.fault_count);
    Err(refusal.into())
}

fn tell(session: &mut Session<'_>, reply: &proto::ImportTableReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    for fault in &reply.faults {
        let details = fault.details.iter();
        let refusal = details
            .fold(Refusal::new(RefusalKind::InvalidInput, fault.reason.clone()), |refusal, (name, value)| {
                refusal.with(name.clone(), value)
            });
        let place = match (fault.line, fault.column.as_str()) {
            (0, _) => words.text("table-fault-file", &[]),
            (line, "") => words.text("table-fault-line", &[("line", line.into())]),
            (line, column) => {
                words.text("table-fault-cell", &[("line", line.into()), ("column", column.to_owned().into())])
            }
        };
        let text = words.catalog().refusal(words.language(), &refusal);
        session.line("table-fault", &[("place", place.into()), ("text", text.into())])?;
    }
    let key = match (reply.fault_count, reply.nothing_written) {
        (0, false) => "table-imported",
        (0, true) => "table-would-import",
        (1.., _) => return Ok(()),
    };
    Ok(session.line(
        key,
        &[
            ("added", reply.added.into()),
            ("changed", reply.changed.into()),
            ("unchanged", reply.unchanged.into()),
        ],
    )?)
}

async fn export(
    session: &mut Session<'_>,
    request: proto::ExportTableRequest,
    output: Option<&Path>,
) -> Result<(), CommandError> {
    let mut client = session.client(TablesClient::with_interceptor).await?;
    let mut chunks = client.export_table(request).await?.into_inner();
    let mut file = output.map(create).transpose()?;
    while let Some(chunk) = chunks.message().await? {
        match &mut file {
            Some(file) => file.write_all(&chunk.csv)?,
            None => session.raw(&chunk.csv)?,
        }
    }
    if let Some(file) = file {
        file.sync_all()?;
    }
    Ok(())
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, CommandError> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(|_| unusable(file))
}

/// Tables hold people's data: a file for its owner alone, and never over another one.
pub(super) fn create(file: &Path) -> Result<std::fs::File, CommandError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(file).map_err(|_| unusable(file))
}

pub(super) fn unusable(file: &Path) -> CommandError {
    Refusal::new(RefusalKind::InvalidInput, "file-unusable").with("path", file.display()).into()
}
