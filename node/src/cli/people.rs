//! `person`: who travels. Must never check what was typed beyond its form.

use clap::{Args, Subcommand};
use maillage_platform::grpc::TokenInterceptor;
use maillage_proto::node::v1::{self as proto, people_client::PeopleClient};
use tonic::{service::interceptor::InterceptedService, transport::Channel};

use super::{
    arguments::Page,
    codes,
    commune::typed_place,
    failure::CommandError,
    obligations::{self, Rights},
    once,
    seen::Seen,
    session::Session,
    trips,
    words::{place, place_commune},
};

/// Commands about beneficiaries.
#[derive(Debug, Subcommand)]
pub(super) enum Person {
    #[command(flatten)]
    Rights(Rights),
    Add(Box<PersonAdd>),
    Update(Box<PersonUpdate>),
    List {
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
    Search {
        text: Vec<String>,
        #[arg(long, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = codes::SEARCH_KINDS)]
        kind: Vec<String>,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        limit: u32,
    },
    History {
        id: String,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        before: u64,
        #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
        limit: u32,
    },
}

#[derive(Debug, Args)]
pub(super) struct PersonAdd {
    #[arg(long)]
    name: String,
    #[arg(long)]
    commune: String,
    #[arg(long, default_value = "")]
    address: String,
    #[command(flatten)]
    fields: Fields,
    #[arg(long)]
    outside: bool,
    #[arg(long)]
    even_if_duplicate: bool,
}

#[derive(Debug, Args)]
pub(super) struct PersonUpdate {
    id: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    commune: Option<String>,
    #[arg(long, requires = "commune")]
    address: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[arg(long)]
    statistics: bool,
    #[arg(long)]
    outside: bool,
    #[command(flatten)]
    seen: Seen,
}

/// What can be told when a person is registered and when the file is changed; what is not given stays. An empty text takes
/// away what was kept.
#[derive(Debug, Args)]
struct Fields {
    #[arg(long)]
    phone: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::CHANNELS)]
    channel: Option<String>,
    #[arg(long, value_name = "YYYY")]
    birth_year: Option<i32>,
    #[arg(long, value_name = "CODE", value_delimiter = ',', hide_possible_values = true, value_parser = codes::any_of_or_none(&codes::NEEDS))]
    need: Option<Vec<String>>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::SITUATIONS)]
    situation: Option<String>,
    #[arg(long, value_name = "CODE[:FROM[:UNTIL]]", value_delimiter = ',')]
    ground: Option<Vec<String>>,
    #[arg(long, value_name = "EUR")]
    quotient: Option<u32>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    member_until: Option<String>,
    #[arg(long, value_name = "ID")]
    prescriber: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    informed_on: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::SHARING)]
    sharing: Option<String>,
    #[arg(long, value_name = "CODE", hide_possible_values = true, value_parser = codes::POOLING)]
    pooling: Option<String>,
    #[arg(long)]
    no_statistics: bool,
    #[arg(long)]
    notes: Option<String>,
    #[arg(long)]
    internal_notes: Option<String>,
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    avoid: Option<Vec<String>>,
}

/// Runs a command about beneficiaries.
pub(super) async fn person(session: &mut Session<'_>, command: Person) -> Result<(), CommandError> {
    match command {
        Person::Rights(command) => obligations::of_person(session, command).await,
        Person::Add(arguments) => add_person(session, new_person(*arguments)?).await,
        Person::Update(arguments) => update_person(session, *arguments).await,
        Person::List { name, page } => {
            let request = proto::ListPersonsRequest { after: page.after, limit: page.limit, name };
            let reply = people(session).await?.list_persons(request).await?.into_inner();
            show_persons(session, &reply)
        }
        Person::Show { id } => {
            let person =
                people(session).await?.show_person(proto::ShowPersonRequest { id }).await?.into_inner();
            show_person(session, &person)
        }
        Person::Search { text, kind, limit } => {
            let request = proto::SearchPeopleRequest { text: text.join(" "), kinds: kind, limit };
            let reply = people(session).await?.search_people(request).await?.into_inner();
            show_hits(session, &reply)
        }
        Person::History { id, before, limit } => {
            let request = proto::PersonHistoryRequest { id, before, limit };
            let reply = people(session).await?.person_history(request).await?.into_inner();
            show_history(session, &reply)
        }
    }
}

async fn people(
    session: &Session<'_>,
) -> Result<PeopleClient<InterceptedService<Channel, TokenInterceptor>>, CommandError> {
    session.client(PeopleClient::with_interceptor).await
}

async fn add_person(session: &mut Session<'_>, request: proto::AddPersonRequest) -> Result<(), CommandError> {
    let mut client = people(session).await?;
    let person = once::ask(request, async |request| client.add_person(request).await).await?;
    session.line("person-added", &[])?;
    show_person(session, &person)
}

fn new_person(arguments: PersonAdd) -> Result<proto::AddPersonRequest, CommandError> {
    let PersonAdd { name, commune, address, fields, outside, even_if_duplicate } = arguments;
    Ok(proto::AddPersonRequest {
        name,
        home: Some(typed_place(&commune, address)?),
        phone: fields.phone.unwrap_or_default(),
        needs: wanted(fields.need.unwrap_or_default()),
        sharing: fields.sharing.unwrap_or_default(),
        pooling: fields.pooling.unwrap_or_default(),
        statistics_objection: fields.no_statistics,
        driver_notes: fields.notes.unwrap_or_default(),
        outside,
        email: fields.email.unwrap_or_default(),
        channel: fields.channel.unwrap_or_default(),
        birth_year: fields.birth_year.unwrap_or_default(),
        situation: fields.situation.unwrap_or_default(),
        grounds: fields.ground.unwrap_or_default().iter().filter_map(|text| ground(text)).collect(),
        quotient_euros: fields.quotient,
        member_until: fields.member_until.unwrap_or_default(),
        prescriber: fields.prescriber.unwrap_or_default(),
        informed_on: fields.informed_on.unwrap_or_default(),
        internal_notes: fields.internal_notes.unwrap_or_default(),
        avoid: wanted(fields.avoid.unwrap_or_default()),
        even_if_duplicate,
        request_id: once::name(),
    })
}

async fn update_person(session: &mut Session<'_>, arguments: PersonUpdate) -> Result<(), CommandError> {
    let PersonUpdate { id, name, commune, address, fields, statistics, outside, seen } = arguments;
    let mut change = Change { paths: Vec::new() };
    let mut person = proto::Person { id: id.clone(), ..proto::Person::default() };
    if let Some(commune) = commune {
        change.paths.push("home".to_owned());
        person.home = Some(typed_place(&commune, address.unwrap_or_default())?);
    }
    let mut people = people(session).await?;
    let present = async || {
        Ok::<_, CommandError>(people.show_person(proto::ShowPersonRequest { id }).await?.into_inner().etag)
    };
    let etag = seen.or_present(present).await?;
    let grounds = |texts: Vec<String>| texts.iter().filter_map(|text| ground(text)).collect();
    let objection = match (fields.no_statistics, statistics) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    change.set("name", &mut person.name, name);
    change.set("phone", &mut person.phone, fields.phone);
    change.set("email", &mut person.email, fields.email);
    change.set("channel", &mut person.channel, fields.channel);
    change.set("birth_year", &mut person.birth_year, fields.birth_year);
    change.set("needs", &mut person.needs, fields.need.map(wanted));
    change.set("situation", &mut person.situation, fields.situation);
    change.set("grounds", &mut person.grounds, fields.ground.map(grounds));
    change.set("quotient_euros", &mut person.quotient_euros, fields.quotient.map(Some));
    change.set("member_until", &mut person.member_until, fields.member_until);
    change.set("prescriber", &mut person.prescriber, fields.prescriber);
    change.set("informed_on", &mut person.informed_on, fields.informed_on);
    change.set("sharing", &mut person.sharing, fields.sharing);
    change.set("pooling", &mut person.pooling, fields.pooling);
    change.set("statistics_objection", &mut person.statistics_objection, objection);
    change.set("driver_notes", &mut person.driver_notes, fields.notes);
    change.set("internal_notes", &mut person.internal_notes, fields.internal_notes);
    change.set("avoid", &mut person.avoid, fields.avoid.map(wanted));
    let update_mask = Some(change.mask());
    let request = proto::UpdatePersonRequest { person: Some(person), update_mask, etag, outside };
    let person = people.update_person(request).await?.into_inner();
    session.line("person-updated", &[])?;
    show_person(session, &person)?;
    if session.is_json() { Ok(()) } else { trips::show_touched(session, &person.touched_trips) }
}

/// The fields of a change.
pub(super) struct Change {
    /// Their names in the contract.
    pub(super) paths: Vec<String>,
}

impl Change {
    /// Notes a field that was given, and its value.
    pub(super) fn set<T>(&mut self, field: &str, place: &mut T, given: Option<T>) {
        if let Some(value) = given {
            self.paths.push(field.to_owned());
            *place = value;
        }
    }

    /// The fields as the contract wants them.
    pub(super) fn mask(self) -> prost_types::FieldMask {
        prost_types::FieldMask { paths: self.paths }
    }
}

/// The texts of a list that are not empty: an empty one alone takes everything away.
pub(super) fn wanted(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
}

/// A ground such as `rsa`, `rsa:2026-01-01` or `rsa:2026-01-01:2026-12-31`.
fn ground(text: &str) -> Option<proto::Ground> {
    let mut parts = text.split(':').map(|part| part.trim().to_owned());
    let kind = parts.next().filter(|kind| !kind.is_empty())?;
    let (from, until) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Some(proto::Ground { kind, from, until, seen: String::new() })
}

fn show_person(session: &mut Session<'_>, person: &proto::Person) -> Result<(), CommandError> {
    if session.json(person)? {
        return Ok(());
    }
    let words = session.words();
    let number = |number: i32| if number == 0 { String::new() } else { number.to_string() };
    let statistics =
        if person.statistics_objection { words.text("statistics-objection", &[]) } else { String::new() };
    let grounds: Vec<String> = person.grounds.iter().map(shown_ground).collect();
    let quotient = person.quotient_euros.map(|euros| format!("{euros} €")).unwrap_or_default();
    let mut crow: Vec<String> =
        person.crow.iter().map(|code| format!("{}-{}", code.category, code.number)).collect();
    if !person.crow_without_code.is_empty() {
        let needs = words.codes("need", &person.crow_without_code);
        crow.push(words.text("crow-without-code", &[("needs", needs.into())]));
    }
    Ok(session.fields(&[
        ("field-name", person.name.clone()),
        ("field-phone", person.phone.clone()),
        ("field-email", person.email.clone()),
        ("field-channel", words.code("channel", &person.channel)),
        ("field-home", place(person.home.as_ref())),
        ("field-birth_year", number(person.birth_year)),
        ("field-needs", words.codes("need", &person.needs)),
        ("field-crow", crow.join(", ")),
        ("field-situation", words.code("situation", &person.situation)),
        ("field-grounds", grounds.join(", ")),
        ("field-quotient", quotient),
        ("field-member_until", person.member_until.clone()),
        ("field-prescriber", person.prescriber.clone()),
        ("field-informed_on", person.informed_on.clone()),
        ("field-sharing", words.code("sharing", &person.sharing)),
        ("field-pooling", words.code("pooling", &person.pooling)),
        ("field-statistics", statistics),
        ("field-notes", person.driver_notes.clone()),
        ("field-internal_notes", person.internal_notes.clone()),
        ("field-avoid", person.avoid.join(", ")),
        ("field-last_contact", person.last_contact.clone()),
        ("field-created_at", words.instant(&person.created_at)),
        ("field-etag", person.etag.clone()),
        ("field-id", person.id.clone()),
    ])?)
}

fn shown_ground(ground: &proto::Ground) -> String {
    let proto::Ground { kind, from, until, seen: _ } = ground;
    format!("{kind} ({from}..{until})")
}

fn show_persons(session: &mut Session<'_>, reply: &proto::ListPersonsReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |person: &proto::Person| {
        vec![
            person.name.clone(),
            place_commune(person.home.as_ref()),
            person.phone.clone(),
            words.codes("need", &person.needs),
            person.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.persons.iter().map(row).collect();
    let headings = ["field-name", "field-commune", "field-phone", "field-needs", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_hits(session: &mut Session<'_>, reply: &proto::SearchPeopleReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |hit: &proto::SearchHit| {
        let kind = words.code("search-kind", &hit.kind);
        vec![hit.name.clone(), kind, hit.commune_name.clone(), hit.phone.clone(), hit.id.clone()]
    };
    let rows: Vec<Vec<String>> = reply.hits.iter().map(row).collect();
    let headings = ["field-name", "field-kind", "field-commune", "field-phone", "field-id"];
    Ok(session.columns(&headings, &rows)?)
}

/// The name of a field, and for a choice what it was and is.
pub(super) fn changed_field(change: &proto::FieldChange) -> String {
    let proto::FieldChange { field, from, to } = change;
    if from.is_empty() && to.is_empty() { field.clone() } else { format!("{field} {from} → {to}") }
}

fn show_history(session: &mut Session<'_>, reply: &proto::PersonHistoryReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let habit = |habit: &proto::Habit| {
        vec![
            place(habit.place.as_ref()),
            words.code("purpose", &habit.purpose),
            habit.times.to_string(),
            format!("{} {}", words.code("day", &habit.weekday), habit.time),
            habit.last_day.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.habits.iter().map(habit).collect();
    let headings =
        ["field-destination", "field-purpose", "field-times", "field-usual_time", "field-last_day"];
    session.columns(&headings, &rows)?;
    let event = |event: &proto::PersonEvent| {
        let actor = words.code("actor", &event.actor);
        let changes = event.changes.iter().map(changed_field).collect::<Vec<_>>().join(", ");
        vec![words.instant(&event.at), event.kind.clone(), actor, changes]
    };
    let rows: Vec<Vec<String>> = reply.events.iter().map(event).collect();
    session.columns(&["field-at", "field-event", "field-actor", "field-changes"], &rows)?;
    let next = if reply.next_before == 0 { String::new() } else { reply.next_before.to_string() };
    show_next(session, &next)
}

/// How a list goes on, if it does.
pub(super) fn show_next(session: &mut Session<'_>, next_after: &str) -> Result<(), CommandError> {
    if !next_after.is_empty() {
        session.line("list-continues", &[("after", next_after.to_owned().into())])?;
    }
    Ok(())
}
