//! `volunteer`: who drives. Must never check what was typed beyond its form.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use maillage_platform::grpc::TokenInterceptor;
use maillage_proto::node::v1::{self as proto, people_client::PeopleClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use super::{
    arguments::{MAX_KM, Page},
    codes,
    commune::{communes, typed_place},
    failure::CommandError,
    obligations::{self, Rights},
    once,
    people::{Change, show_next, wanted},
    seen::Seen,
    session::Session,
    trips, vehicles,
    words::{place, place_commune},
};

type Client = PeopleClient<InterceptedService<Channel, TokenInterceptor>>;

/// Volunteers asked for at once when their names are wanted.
const NAMES_PAGE: u32 = 500;

/// Commands about volunteers.
#[derive(Debug, Subcommand)]
pub(super) enum Volunteer {
    Add(Box<VolunteerAdd>),
    Update(Box<VolunteerUpdate>),
    #[command(flatten)]
    Rights(Rights),
    #[command(flatten)]
    Daily(Daily),
}

/// Commands that need nothing worked out before they are sent.
#[derive(Debug, Subcommand)]
pub(super) enum Daily {
    List {
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    #[command(mut_arg("etag", |etag| etag.requires("remove")))]
    Absence {
        id: String,
        #[arg(value_name = "YYYY-MM-DD")]
        first: String,
        #[arg(value_name = "YYYY-MM-DD")]
        last: String,
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        seen: Seen,
    },
    Activate {
        id: String,
    },
    Deactivate {
        id: String,
    },
    Document {
        id: String,
        #[arg(value_name = "CODE", hide_possible_values = true, value_parser = codes::DOCUMENTS)]
        kind: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        seen: String,
        #[arg(long, default_value = "", value_name = "YYYY-MM-DD")]
        until: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        vehicle: u32,
        #[arg(long, conflicts_with_all = ["seen", "until"])]
        withdraw: bool,
        #[command(flatten)]
        version: Seen,
    },
    Expiries {
        #[arg(long, default_value_t = 60, value_name = "N")]
        days: u32,
    },
    RequiredDocuments {
        #[arg(long, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = codes::any_of_or_none(&codes::DOCUMENTS))]
        set: Option<Vec<String>>,
        #[command(flatten)]
        seen: Seen,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct VolunteerAdd {
    #[arg(long)]
    name: String,
    #[arg(long)]
    commune: String,
    #[arg(long, default_value = "")]
    address: String,
    #[arg(long, value_name = "N")]
    seats: u32,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    wheelchair_places: u32,
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "CV")]
    fiscal_power: u32,
    #[arg(long)]
    electric: bool,
    #[arg(long)]
    availability: String,
    #[command(flatten)]
    fields: Fields,
    #[arg(long)]
    standing_yes: bool,
    #[arg(long)]
    outside: bool,
    #[arg(long)]
    even_if_duplicate: bool,
}

#[derive(Debug, Args)]
pub(super) struct VolunteerUpdate {
    id: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    commune: Option<String>,
    #[arg(long, requires = "commune")]
    address: Option<String>,
    #[arg(long, value_name = "[N=]SEATS[:WHEELCHAIRS[:CV[:e]]][@LABEL]", value_delimiter = ',')]
    vehicle: Option<Vec<String>>,
    #[arg(long)]
    availability: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
    standing_yes: Option<String>,
    #[arg(long)]
    outside: bool,
    #[command(flatten)]
    seen: Seen,
}

/// What can be told when a volunteer is registered and when the file is changed; what is not given stays. An empty text,
/// or 0 for a limit, takes away what was kept.
#[derive(Debug, Args)]
struct Fields {
    #[arg(long)]
    phone: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::CHANNELS)]
    channel: Option<String>,
    #[arg(long, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = codes::any_of_or_none(&codes::NEEDS))]
    accepts: Option<Vec<String>>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=MAX_KM))]
    max_km: Option<u32>,
    #[arg(long, value_name = "N")]
    trips_per_week: Option<u32>,
    #[arg(long, value_name = "N")]
    hours_per_week: Option<u32>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=MAX_KM))]
    wished_km: Option<u32>,
    #[arg(long, value_name = "COMMUNE", value_delimiter = ',')]
    stays_in: Option<Vec<String>>,
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    avoid: Option<Vec<String>>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::DRIVER_STATUS)]
    status: Option<String>,
}

/// Runs a command about volunteers.
pub(super) async fn volunteer(session: &mut Session<'_>, command: Volunteer) -> Result<(), CommandError> {
    match command {
        Volunteer::Rights(command) => obligations::of_volunteer(session, command).await,
        Volunteer::Add(arguments) => add_volunteer(session, new_volunteer(*arguments)?).await,
        Volunteer::Update(arguments) => update_volunteer(session, *arguments).await,
        Volunteer::Daily(command) => daily(session, command).await,
    }
}

async fn add_volunteer(
    session: &mut Session<'_>,
    request: proto::AddVolunteerRequest,
) -> Result<(), CommandError> {
    let mut people = session.client(PeopleClient::with_interceptor).await?;
    let volunteer = once::ask(request, async |request| people.add_volunteer(request).await).await?;
    session.line("volunteer-added", &[])?;
    show_volunteer(session, &volunteer)
}

/// Everything but registering and editing.
async fn daily(session: &mut Session<'_>, command: Daily) -> Result<(), CommandError> {
    let mut people = session.client(PeopleClient::with_interceptor).await?;
    let reply = match command {
        Daily::List { page } => {
            let request = proto::ListVolunteersRequest { after: page.after, limit: page.limit };
            let reply = people.list_volunteers(request).await?.into_inner();
            return show_volunteers(session, &reply);
        }
        Daily::Show { id } => people.show_volunteer(proto::ShowVolunteerRequest { id }).await?,
        Daily::Absence { id, first, last, remove: true, seen } => {
            let request = without_absence(&mut people, id, (&first, &last), seen).await?;
            people.update_volunteer(request).await?
        }
        Daily::Absence { id, first, last, remove: false, seen: _ } => {
            let request = proto::AddAbsenceRequest { volunteer: id, first_day: first, last_day: last };
            people.add_absence(request).await?
        }
        Daily::Activate { id } => {
            people.activate_volunteer(proto::ActivateVolunteerRequest { volunteer: id, active: true }).await?
        }
        Daily::Deactivate { id } => {
            let request = proto::ActivateVolunteerRequest { volunteer: id.clone(), active: false };
            let reply = people.activate_volunteer(request).await?.into_inner();
            if session.json(&reply)? {
                return Ok(());
            }
            show_volunteer(session, &reply)?;
            return super::trips::show_promised(session, id).await;
        }
        Daily::Document { id, kind, vehicle, withdraw: true, version, .. } => {
            let etag = version.or_present(async || etag(&mut people, &id).await).await?;
            let request = proto::WithdrawDocumentRequest { volunteer: id, kind, vehicle, etag };
            people.withdraw_document(request).await?
        }
        Daily::Document { id, kind, seen, until, vehicle, withdraw: false, version } => {
            let document = Some(proto::Document { kind, seen_on: seen, valid_until: until, vehicle });
            let etag = version.or_present(async || etag(&mut people, &id).await).await?;
            people.record_document(proto::RecordDocumentRequest { volunteer: id, document, etag }).await?
        }
        Daily::Expiries { days } => {
            let request = proto::ListExpiriesRequest { within_days: days };
            let reply = people.list_expiries(request).await?.into_inner();
            return show_expiries(session, &reply);
        }
        Daily::RequiredDocuments { set, seen } => {
            let present = people.show_document_rules(proto::ShowDocumentRulesRequest {}).await?.into_inner();
            let rules = match set {
                Some(required) => {
                    let etag = seen.or(present.etag);
                    let rules = proto::DocumentRules { required: wanted(required), etag };
                    people.set_document_rules(rules).await?.into_inner()
                }
                None => present,
            };
            return show_rules(session, &rules);
        }
    };
    show_changed(session, &reply.into_inner())
}

/// A volunteer, and the trips that do not fit any more.
fn show_changed(session: &mut Session<'_>, volunteer: &proto::Volunteer) -> Result<(), CommandError> {
    show_volunteer(session, volunteer)?;
    if session.is_json() { Ok(()) } else { trips::show_touched(session, &volunteer.touched_trips) }
}

/// The file of a volunteer without an absence that is noted.
async fn without_absence(
    people: &mut Client,
    id: String,
    (first, last): (&str, &str),
    seen: Seen,
) -> Result<proto::UpdateVolunteerRequest, CommandError> {
    let request = proto::ShowVolunteerRequest { id: id.clone() };
    let present = people.show_volunteer(request).await?.into_inner();
    let absence = format!("{}..{}", first.trim(), last.trim());
    let absences: Vec<String> = present.absences.iter().filter(|noted| **noted != absence).cloned().collect();
    if absences.len() == present.absences.len() {
        return Err(CommandError::usage("absence-not-noted"));
    }
    let mut change = Change { paths: Vec::new() };
    let mut volunteer = proto::Volunteer { id, ..proto::Volunteer::default() };
    change.set("absences", &mut volunteer.absences, Some(absences));
    Ok(proto::UpdateVolunteerRequest {
        volunteer: Some(volunteer),
        update_mask: Some(change.mask()),
        etag: seen.or(present.etag),
        outside: false,
    })
}

/// The present revision of a volunteer.
async fn etag(people: &mut Client, id: &str) -> Result<String, CommandError> {
    Ok(people.show_volunteer(proto::ShowVolunteerRequest { id: id.to_owned() }).await?.into_inner().etag)
}

/// The names of all volunteers by identifier.
pub(super) async fn volunteer_names(session: &Session<'_>) -> Result<BTreeMap<String, String>, CommandError> {
    let mut people = session.client(PeopleClient::with_interceptor).await?;
    let mut names = BTreeMap::new();
    let mut after = String::new();
    loop {
        let request = proto::ListVolunteersRequest { after, limit: NAMES_PAGE };
        let reply = people.list_volunteers(request).await?.into_inner();
        names.extend(reply.volunteers.into_iter().map(|volunteer| (volunteer.id, volunteer.name)));
        after = reply.next_after;
        if after.is_empty() {
            return Ok(names);
        }
    }
}

fn new_volunteer(arguments: VolunteerAdd) -> Result<proto::AddVolunteerRequest, CommandError> {
    let VolunteerAdd {
        name,
        commune,
        address,
        seats,
        wheelchair_places,
        fiscal_power,
        electric,
        availability,
        fields,
        standing_yes,
        outside,
        even_if_duplicate,
    } = arguments;
    let label = String::new();
    let vehicle = proto::Vehicle { label, seats, wheelchair_places, fiscal_power, electric, number: 0 };
    Ok(proto::AddVolunteerRequest {
        name,
        home: Some(typed_place(&commune, address)?),
        seats,
        wheelchair_places,
        availability,
        standing_yes,
        outside,
        vehicles: vec![vehicle],
        documents: Vec::new(),
        phone: fields.phone.unwrap_or_default(),
        email: fields.email.unwrap_or_default(),
        channel: fields.channel.unwrap_or_default(),
        accepts: wanted(fields.accepts.unwrap_or_default()),
        max_trip_m: fields.max_km.map_or(0, metres),
        trips_per_week: fields.trips_per_week.unwrap_or_default(),
        hours_per_week: fields.hours_per_week.unwrap_or_default(),
        wished_m: fields.wished_km.map_or(0, metres),
        communes: communes(&wanted(fields.stays_in.unwrap_or_default()))?,
        avoid: wanted(fields.avoid.unwrap_or_default()),
        status: fields.status.unwrap_or_default(),
        request_id: once::name(),
        even_if_duplicate,
    })
}

async fn update_volunteer(session: &mut Session<'_>, arguments: VolunteerUpdate) -> Result<(), CommandError> {
    let VolunteerUpdate {
        id,
        name,
        commune,
        address,
        vehicle,
        availability,
        fields,
        standing_yes,
        outside,
        mut seen,
    } = arguments;
    let mut change = Change { paths: Vec::new() };
    let mut volunteer = proto::Volunteer { id: id.clone(), ..proto::Volunteer::default() };
    if let Some(commune) = commune {
        change.paths.push("home".to_owned());
        volunteer.home = Some(typed_place(&commune, address.unwrap_or_default())?);
    }
    let stays_in = fields.stays_in.map(|texts| communes(&wanted(texts))).transpose()?;
    let mut people = session.client(PeopleClient::with_interceptor).await?;
    let vehicles = match vehicle {
        Some(texts) => {
            let request = proto::ShowVolunteerRequest { id: id.clone() };
            let present = people.show_volunteer(request).await?.into_inner();
            // What was merged is sent as a change of what it was merged with, unless another version is named.
            seen = Seen::of(seen.or(present.etag));
            Some(vehicles::typed(&texts, &present.vehicles)?)
        }
        None => None,
    };
    change.set("name", &mut volunteer.name, name);
    change.set("phone", &mut volunteer.phone, fields.phone);
    change.set("email", &mut volunteer.email, fields.email);
    change.set("channel", &mut volunteer.channel, fields.channel);
    change.set("vehicles", &mut volunteer.vehicles, vehicles);
    change.set("accepts", &mut volunteer.accepts, fields.accepts.map(wanted));
    change.set("availability", &mut volunteer.availability, availability);
    change.set("max_trip_m", &mut volunteer.max_trip_m, fields.max_km.map(metres));
    change.set("trips_per_week", &mut volunteer.trips_per_week, fields.trips_per_week);
    change.set("hours_per_week", &mut volunteer.hours_per_week, fields.hours_per_week);
    change.set("wished_m", &mut volunteer.wished_m, fields.wished_km.map(metres));
    change.set("communes", &mut volunteer.communes, stays_in);
    change.set("standing_yes", &mut volunteer.standing_yes, standing_yes.map(|word| word == "yes"));
    change.set("avoid", &mut volunteer.avoid, fields.avoid.map(wanted));
    change.set("status", &mut volunteer.status, fields.status);
    let etag = seen.or_present(async || etag(&mut people, &id).await).await?;
    let update_mask = Some(change.mask());
    let request = proto::UpdateVolunteerRequest { volunteer: Some(volunteer), update_mask, etag, outside };
    let volunteer = people.update_volunteer(request).await?.into_inner();
    session.line("volunteer-updated", &[])?;
    show_changed(session, &volunteer)
}

fn metres(kilometres: u32) -> u32 {
    kilometres.saturating_mul(1000)
}

fn show_volunteer(session: &mut Session<'_>, volunteer: &proto::Volunteer) -> Result<(), CommandError> {
    if session.json(volunteer)? {
        return Ok(());
    }
    let words = session.words();
    let number = |limit: u32| if limit == 0 { String::new() } else { limit.to_string() };
    let furthest = volunteer.max_trip_m;
    let limit = if furthest == 0 { words.text("no-limit", &[]) } else { words.kilometres(furthest) };
    let wished = if volunteer.wished_m == 0 { String::new() } else { words.kilometres(volunteer.wished_m) };
    let vehicles: Vec<String> =
        volunteer.vehicles.iter().map(|vehicle| shown_vehicle(words, vehicle)).collect();
    let documents: Vec<String> =
        volunteer.documents.iter().map(|document| shown_document(words, document)).collect();
    Ok(session.fields(&[
        ("field-name", volunteer.name.clone()),
        ("field-phone", volunteer.phone.clone()),
        ("field-email", volunteer.email.clone()),
        ("field-channel", words.code("channel", &volunteer.channel)),
        ("field-home", place(volunteer.home.as_ref())),
        ("field-active", words.yes(volunteer.active)),
        ("field-driver_status", words.code("driver-status", &volunteer.status)),
        ("field-seats", volunteer.seats.to_string()),
        ("field-wheelchair_places", volunteer.wheelchair_places.to_string()),
        ("field-vehicles", vehicles.join(" / ")),
        ("field-documents", documents.join(", ")),
        ("field-accepts", words.codes("need", &volunteer.accepts)),
        ("field-availability", words.availability(&volunteer.availability)),
        ("field-max_trip", limit),
        ("field-trips_per_week", number(volunteer.trips_per_week)),
        ("field-hours_per_week", number(volunteer.hours_per_week)),
        ("field-wished", wished),
        ("field-stays_in", volunteer.communes.join(", ")),
        ("field-standing_yes", words.yes(volunteer.standing_yes)),
        ("field-absences", words.absences(&volunteer.absences)),
        ("field-avoid", volunteer.avoid.join(", ")),
        ("field-etag", volunteer.etag.clone()),
        ("field-id", volunteer.id.clone()),
    ])?)
}

fn shown_vehicle(words: super::words::Words<'_>, vehicle: &proto::Vehicle) -> String {
    let proto::Vehicle { label, seats, wheelchair_places, fiscal_power, electric, number } = vehicle;
    let args = [
        ("number", (*number).into()),
        ("seats", (*seats).into()),
        ("places", (*wheelchair_places).into()),
        ("power", (*fiscal_power).into()),
        ("electric", if *electric { "yes" } else { "no" }.into()),
    ];
    let shown = words.text("vehicle-shown", &args);
    if label.is_empty() { shown } else { format!("{shown} ({label})") }
}

fn shown_document(words: super::words::Words<'_>, document: &proto::Document) -> String {
    let mut kind = words.code("document", &document.kind);
    if document.vehicle > 0 {
        kind =
            words.text("document-of-vehicle", &[("kind", kind.into()), ("number", document.vehicle.into())]);
    }
    if document.valid_until.is_empty() { kind } else { format!("{kind} ({})", document.valid_until) }
}

fn show_volunteers(
    session: &mut Session<'_>,
    reply: &proto::ListVolunteersReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |volunteer: &proto::Volunteer| {
        vec![
            volunteer.name.clone(),
            place_commune(volunteer.home.as_ref()),
            volunteer.phone.clone(),
            volunteer.seats.to_string(),
            volunteer.wheelchair_places.to_string(),
            words.availability(&volunteer.availability),
            volunteer.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.volunteers.iter().map(row).collect();
    let headings = [
        "field-name",
        "field-commune",
        "field-phone",
        "field-seats",
        "field-wheelchair_places",
        "field-availability",
        "field-id",
    ];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_expiries(session: &mut Session<'_>, reply: &proto::ListExpiriesReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |expiry: &proto::Expiry| {
        let document = expiry.document.as_ref();
        vec![
            expiry.name.clone(),
            document
                .map(|document| {
                    shown_document(words, &proto::Document { valid_until: String::new(), ..document.clone() })
                })
                .unwrap_or_default(),
            document.map(|document| document.valid_until.clone()).unwrap_or_default(),
            words.yes(expiry.expired),
            expiry.phone.clone(),
            expiry.volunteer.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.expiries.iter().map(row).collect();
    let headings =
        ["field-name", "field-document", "field-valid_until", "field-expired", "field-phone", "field-id"];
    Ok(session.columns(&headings, &rows)?)
}

fn show_rules(session: &mut Session<'_>, rules: &proto::DocumentRules) -> Result<(), CommandError> {
    if session.json(rules)? {
        return Ok(());
    }
    let required = session.words().codes("document", &rules.required);
    let required = if required.is_empty() { session.words().text("documents-none", &[]) } else { required };
    Ok(session.fields(&[("field-required", required), ("field-etag", rules.etag.clone())])?)
}
