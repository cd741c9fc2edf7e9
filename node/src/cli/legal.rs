//! `carrier`, `frame` and `reference`: who carries, under which legal frame, and the official tables it rests on. Must never
//! decide a frame.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use maillage_platform::i18n::FluentValue;
use maillage_proto::node::v1::{self as proto, legal_client::LegalClient, reference_client::ReferenceClient};

use super::{
    arguments::Page,
    commune::typed_place,
    failure::CommandError,
    once,
    seen::Seen,
    session::Session,
    tables,
    words::{Words, place},
};

#[derive(Debug, Subcommand)]
pub(super) enum Carrier {
    Add(CarrierFields),
    Update {
        id: String,
        #[command(flatten)]
        seen: Seen,
        #[command(flatten)]
        fields: CarrierFields,
    },
    List {
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    Default {
        id: String,
    },
}

/// What is told of a carrier. With `update`, what is given changes.
#[derive(Debug, Args)]
pub(super) struct CarrierFields {
    #[arg(long)]
    name: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = ["association", "authority", "other"])]
    form: Option<String>,
    #[arg(long)]
    rna: Option<String>,
    #[arg(long)]
    commune: Option<String>,
    #[arg(long, requires = "commune")]
    address: Option<String>,
    #[arg(long)]
    object: Option<String>,
    #[arg(long, value_name = "true|false")]
    private_service: Option<bool>,
    #[arg(long, value_name = "66|75", hide_possible_values = true, value_parser = ["66", "75"])]
    tax_rate: Option<String>,
    #[arg(long, value_name = "YYYY:N:N:N")]
    headcount: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Frame {
    Show {
        trip: String,
    },
    List {
        #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = ["within", "to-be-verified", "outside"])]
        verdict: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    Evaluate {
        trip: String,
    },
    Except {
        #[arg(value_name = "CODE", hide_possible_values = true, value_parser = ["trip", "request", "series"])]
        subject: String,
        id: String,
        #[arg(long)]
        reason: String,
        #[arg(long, default_value = "", value_name = "CODE", hide_possible_values = true, value_parser = ["frame", "access"])]
        about: String,
    },
    Exceptions {
        #[command(flatten)]
        page: Page,
    },
    Rules {
        #[arg(long, default_value = "", hide_default_value = true, value_name = "YYYY-MM-DD")]
        on: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Reference {
    Import {
        #[arg(value_name = "TABLE", hide_possible_values = true, value_parser = ["urban-units", "interchanges", "school-holidays"])]
        table: String,
        file: PathBuf,
        #[arg(long)]
        source: String,
        #[arg(long)]
        dry_run: bool,
    },
    Show,
}

/// Runs a command about carriers.
pub(super) async fn carrier(session: &mut Session<'_>, command: Carrier) -> Result<(), CommandError> {
    let mut client = session.client(LegalClient::with_interceptor).await?;
    let carrier = match command {
        Carrier::Add(fields) => {
            let (carrier, _) = fields.read()?;
            let request = proto::AddCarrierRequest { carrier: Some(carrier), request_id: once::name() };
            let added = once::ask(request, async |request| client.add_carrier(request).await).await?;
            return show_carrier(session, &added);
        }
        Carrier::Update { id, seen, fields } => {
            let (carrier, paths) = fields.read()?;
            let present = async || {
                let request = proto::ShowCarrierRequest { id: id.clone() };
                Ok::<_, CommandError>(client.show_carrier(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let carrier = Some(proto::Carrier { id, ..carrier });
            let update_mask = Some(prost_types::FieldMask { paths });
            client.update_carrier(proto::UpdateCarrierRequest { carrier, etag, update_mask }).await?
        }
        Carrier::Show { id } => client.show_carrier(proto::ShowCarrierRequest { id }).await?,
        Carrier::Default { id } => client.set_default_carrier(proto::ShowCarrierRequest { id }).await?,
        Carrier::List { page: Page { after, limit } } => {
            let reply = client.list_carriers(proto::ListCarriersRequest { after, limit }).await?.into_inner();
            return list_carriers(session, &reply);
        }
    };
    show_carrier(session, &carrier.into_inner())
}

/// Runs a command about legal frames.
pub(super) async fn frame(session: &mut Session<'_>, command: Frame) -> Result<(), CommandError> {
    let mut client = session.client(LegalClient::with_interceptor).await?;
    match command {
        Frame::Show { trip } => {
            let frame = client.show_frame(proto::ShowFrameRequest { trip }).await?.into_inner();
            show_frame(session, &frame)
        }
        Frame::Evaluate { trip } => {
            let frame = client.evaluate_frame(proto::ShowFrameRequest { trip }).await?.into_inner();
            show_frame(session, &frame)
        }
        Frame::List { verdict, page: Page { after, limit } } => {
            let verdict = verdict.unwrap_or_default();
            let request = proto::ListFramesRequest { verdict, after, limit };
            list_frames(session, &client.list_frames(request).await?.into_inner())
        }
        Frame::Except { subject, id, reason, about } => {
            let request_id = once::name();
            let request = proto::SignExceptionRequest { subject, subject_id: id, reason, about, request_id };
            let signed = once::ask(request, async |asked| client.sign_exception(asked).await).await?;
            if session.json(&signed)? {
                return Ok(());
            }
            Ok(session.line("exception-signed", &[("id", signed.id.into())])?)
        }
        Frame::Exceptions { page: Page { after, limit } } => {
            let request = proto::ListExceptionsRequest { after, limit };
            list_exceptions(session, &client.list_exceptions(request).await?.into_inner())
        }
        Frame::Rules { on } => {
            show_rules(session, &client.show_rules(proto::ShowRulesRequest { on }).await?.into_inner())
        }
    }
}

/// Runs a command about official tables.
pub(super) async fn reference(session: &mut Session<'_>, command: Reference) -> Result<(), CommandError> {
    let mut client = session.client(ReferenceClient::with_interceptor).await?;
    match command {
        Reference::Import { table, file, source, dry_run } => {
            let content = tables::read(&file)?;
            let request = proto::ImportReferenceRequest { table, source, content, dry_run };
            show_import(session, &client.import_reference(request).await?.into_inner())
        }
        Reference::Show => {
            let reply = client.show_reference(proto::ShowReferenceRequest {}).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            let words = session.words();
            let row = |table: &proto::ReferenceTable| {
                let rows = if table.source.is_empty() { String::new() } else { table.rows.to_string() };
                let name = words.code("reference", &table.table);
                vec![name, table.source.clone(), rows, words.instant(&table.imported_at)]
            };
            let rows: Vec<Vec<String>> = reply.tables.iter().map(row).collect();
            Ok(session.columns(
                &["legal-field-table", "legal-field-source", "legal-field-rows", "field-at"],
                &rows,
            )?)
        }
    }
}

/// The reasons of a frame as sentences, each with its article.
fn reasons(words: Words<'_>, frame: &proto::TripFrame) -> Vec<Vec<String>> {
    let row = |reason: &proto::FrameReason| {
        vec![words.code("effect", &reason.effect), sentence(words, reason), reason.article.clone()]
    };
    frame.reasons.iter().map(row).collect()
}

/// A reason of a frame as a sentence.
pub(crate) fn sentence(words: Words<'_>, reason: &proto::FrameReason) -> String {
    let figures: Vec<(&str, String)> = reason
        .figures
        .iter()
        .map(|(name, value)| {
            let worded = match name.as_str() {
                "ground" => words.code("ground", value),
                name if name.ends_with("_m") => value.parse().map_or(value.clone(), |m| words.kilometres(m)),
                name if name.ends_with("_cents") => euros(words, value.parse().unwrap_or_default()),
                _ => value.clone(),
            };
            (name.as_str(), worded)
        })
        .collect();
    let args: Vec<(&str, FluentValue<'_>)> =
        figures.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
    words.text(&format!("frame-{}", reason.code), &args)
}

/// Cents as euros, as the reader writes them.
pub(crate) fn euros(words: Words<'_>, cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!("{sign}{whole}{}{rest:02} €", words.text("decimal-mark", &[]))
}

fn show_frame(session: &mut Session<'_>, frame: &proto::TripFrame) -> Result<(), CommandError> {
    if session.json(frame)? {
        return Ok(());
    }
    let words = session.words();
    let ground = frame
        .ground
        .strip_prefix("resources:")
        .map_or_else(|| words.code("ground", &frame.ground), |code| words.code("ground", code));
    let signed = frame.exception.as_ref().map(|exception| format!("{} – {}", exception.by, exception.reason));
    session.fields(&[
        ("field-trip", frame.trip.clone()),
        ("legal-field-verdict", words.code("verdict", &frame.verdict)),
        ("legal-field-frame", words.code("legal-frame", &frame.frame)),
        ("legal-field-ground", ground),
        ("legal-field-carrier", frame.carrier.clone()),
        ("legal-field-exception", signed.unwrap_or_default()),
        ("legal-field-rules", format!("{} ({})", frame.rules_version, words.moment(&frame.on))),
    ])?;
    let rows = reasons(words, frame);
    Ok(session.columns(&["legal-field-effect", "legal-field-reason", "legal-field-article"], &rows)?)
}

fn list_frames(session: &mut Session<'_>, reply: &proto::ListFramesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |frame: &proto::TripFrame| {
        let against = frame.reasons.iter().filter(|reason| reason.effect != "supports");
        let why = words.one_after_another(against.map(|reason| sentence(words, reason)));
        let (verdict, legal) =
            (words.code("verdict", &frame.verdict), words.code("legal-frame", &frame.frame));
        vec![words.moment(&frame.on), verdict, legal, why, frame.trip.clone()]
    };
    let rows: Vec<Vec<String>> = reply.frames.iter().map(row).collect();
    let headings =
        ["field-when", "legal-field-verdict", "legal-field-frame", "legal-field-reason", "field-trip"];
    Ok(session.columns(&headings, &rows)?)
}

fn list_exceptions(
    session: &mut Session<'_>,
    reply: &proto::ListExceptionsReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |exception: &proto::FrameException| {
        let subject = words.code("exception-subject", &exception.subject);
        let (by, reason) = (exception.by.clone(), exception.reason.clone());
        vec![words.instant(&exception.signed_at), by, subject, exception.subject_id.clone(), reason]
    };
    let rows: Vec<Vec<String>> = reply.exceptions.iter().map(row).collect();
    let headings = ["field-at", "legal-field-by", "legal-field-subject", "field-id", "legal-field-reason"];
    Ok(session.columns(&headings, &rows)?)
}

fn show_rules(session: &mut Session<'_>, rules: &proto::LegalRules) -> Result<(), CommandError> {
    if session.json(rules)? {
        return Ok(());
    }
    let words = session.words();
    session.fields(&[
        ("legal-field-rules", format!("{} ({})", rules.version, words.moment(&rules.on))),
        ("legal-field-max_distance", words.kilometres(rules.max_distance_m)),
        ("legal-field-perimeter", rules.perimeter_population.to_string()),
        ("legal-field-max_places", rules.max_places.to_string()),
        ("legal-field-rate_cap", euros(words, rules.rate_cap_cents_per_km.into())),
        ("legal-field-source", rules.source.clone()),
        ("legal-field-unverified", rules.unverified_articles.join(", ")),
    ])?;
    let row = |ground: &proto::QualifyingGround| {
        vec![ground.code.clone(), ground.name.clone(), words.moment(&ground.from)]
    };
    let rows: Vec<Vec<String>> = rules.grounds.iter().map(row).collect();
    Ok(session.columns(&["legal-field-code", "legal-field-ground", "legal-field-since"], &rows)?)
}

fn show_import(session: &mut Session<'_>, reply: &proto::ImportReferenceReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    if reply.bad_lines.is_empty() {
        let key = if reply.unchanged { "reference-unchanged" } else { "reference-imported" };
        let args = [("rows", reply.rows.into()), ("unknown", reply.unknown_communes.into())];
        session.line(key, &args)?;
        if reply.incomplete_units > 0 {
            session.line("reference-incomplete", &[("units", reply.incomplete_units.into())])?;
        }
        return Ok(());
    }
    session.line("reference-bad", &[])?;
    let words = session.words();
    let row = |bad: &proto::BadLine| {
        vec![bad.line.to_string(), bad.column.clone(), words.code("bad-line", &bad.reason)]
    };
    let rows: Vec<Vec<String>> = reply.bad_lines.iter().map(row).collect();
    Ok(session.columns(&["legal-field-line", "legal-field-column", "legal-field-reason"], &rows)?)
}

fn show_carrier(session: &mut Session<'_>, carrier: &proto::Carrier) -> Result<(), CommandError> {
    if session.json(carrier)? {
        return Ok(());
    }
    let words = session.words();
    let people = carrier.headcounts.iter().map(|people| {
        words.text(
            "carrier-people",
            &[
                ("year", people.year.to_string().into()),
                ("employees", people.employees.into()),
                ("volunteers", people.volunteers.into()),
                ("members", people.members.into()),
            ],
        )
    });
    Ok(session.fields(&[
        ("field-name", carrier.name.clone()),
        ("legal-field-form", words.code("carrier-form", &carrier.form)),
        ("legal-field-rna", carrier.rna.clone()),
        ("field-address", place(carrier.address.as_ref())),
        ("legal-field-object", carrier.object.clone()),
        ("legal-field-private_service", words.yes(carrier.private_service)),
        ("legal-field-tax_rate", format!("{} %", carrier.tax_rate)),
        ("legal-field-people", words.one_after_another(people)),
        ("legal-field-default", words.yes(carrier.default)),
        ("legal-field-etag", carrier.etag.clone()),
        ("field-id", carrier.id.clone()),
    ])?)
}

fn list_carriers(session: &mut Session<'_>, reply: &proto::ListCarriersReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |carrier: &proto::Carrier| {
        let form = words.code("carrier-form", &carrier.form);
        vec![carrier.name.clone(), form, carrier.rna.clone(), words.yes(carrier.default), carrier.id.clone()]
    };
    let rows: Vec<Vec<String>> = reply.carriers.iter().map(row).collect();
    Ok(session.columns(
        &["field-name", "legal-field-form", "legal-field-rna", "legal-field-default", "field-id"],
        &rows,
    )?)
}

impl CarrierFields {
    /// The carrier as typed, and the fields that were given.
    fn read(self) -> Result<(proto::Carrier, Vec<String>), CommandError> {
        let mut given = Vec::new();
        let mut note = |is: bool, field: &str| {
            if is {
                given.push(field.to_owned());
            }
        };
        note(self.name.is_some(), "name");
        note(self.form.is_some(), "form");
        note(self.rna.is_some(), "rna");
        note(self.commune.is_some(), "address");
        note(self.object.is_some(), "object");
        note(self.private_service.is_some(), "private_service");
        note(self.tax_rate.is_some(), "tax_rate");
        note(!self.headcount.is_empty(), "headcounts");
        let address = self.address.unwrap_or_default();
        let carrier = proto::Carrier {
            name: self.name.unwrap_or_default(),
            form: self.form.unwrap_or_default(),
            rna: self.rna.unwrap_or_default(),
            address: self.commune.map(|commune| typed_place(&commune, address)).transpose()?,
            object: self.object.unwrap_or_default(),
            private_service: self.private_service.unwrap_or_default(),
            tax_rate: self.tax_rate.unwrap_or_default(),
            headcounts: self.headcount.iter().map(|text| headcount(text)).collect(),
            ..proto::Carrier::default()
        };
        Ok((carrier, given))
    }
}

/// `2026:2:30:90`: year, employees, volunteers, members. What does not read is a year that the node refuses.
fn headcount(text: &str) -> proto::Headcount {
    let mut numbers = text.split(':').map(|part| part.trim().parse::<u32>().unwrap_or(u32::MAX));
    let mut next = || numbers.next().unwrap_or(u32::MAX);
    let [year, employees, volunteers, members] = [next(), next(), next(), next()];
    let readable = [employees, volunteers, members].iter().all(|number| *number != u32::MAX);
    let year = if readable { i32::try_from(year).unwrap_or_default() } else { 0 };
    proto::Headcount { year, employees, volunteers, members }
}
