//! `prescriber` and `staff`: who sends people, and who works for the platform. Must never check what was typed beyond its
//! form.

use clap::Subcommand;
use maillage_proto::node::v1::{self as proto, partners_client::PartnersClient};

use super::{
    arguments::Page,
    codes,
    failure::CommandError,
    once,
    people::{Change, show_next},
    seen::Seen,
    session::Session,
};

/// Commands about prescribers.
#[derive(Debug, Subcommand)]
pub(super) enum Prescriber {
    Add {
        #[arg(long)]
        organisation: String,
        #[arg(long, default_value = "")]
        contact: String,
        #[arg(long, default_value = "")]
        phone: String,
        #[arg(long, default_value = "")]
        email: String,
    },
    Update {
        id: String,
        #[arg(long)]
        organisation: Option<String>,
        #[arg(long)]
        contact: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
        active: Option<String>,
        #[command(flatten)]
        seen: Seen,
    },
    List {
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
}

/// Commands about professionals.
#[derive(Debug, Subcommand)]
pub(super) enum Staff {
    Add {
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        function: String,
        #[arg(long, default_value = "")]
        phone: String,
        #[arg(long, default_value = "")]
        email: String,
        #[arg(long)]
        may_drive: bool,
    },
    Update {
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        function: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
        may_drive: Option<String>,
        #[arg(long, value_name = "yes|no", hide_possible_values = true, value_parser = codes::YES_NO)]
        active: Option<String>,
        #[command(flatten)]
        seen: Seen,
    },
    List {
        #[command(flatten)]
        page: Page,
    },
    Show {
        id: String,
    },
}

/// Runs a command about prescribers.
pub(super) async fn prescriber(session: &mut Session<'_>, command: Prescriber) -> Result<(), CommandError> {
    let mut partners = session.client(PartnersClient::with_interceptor).await?;
    let shown = match command {
        Prescriber::Add { organisation, contact, phone, email } => {
            let request_id = once::name();
            let request = proto::AddPrescriberRequest { organisation, contact, phone, email, request_id };
            let added = once::ask(request, async |request| partners.add_prescriber(request).await).await?;
            return show_prescriber(session, &added);
        }
        Prescriber::Show { id } => partners.show_prescriber(proto::ShowPrescriberRequest { id }).await?,
        Prescriber::List { page } => {
            let request = proto::ListPrescribersRequest { after: page.after, limit: page.limit };
            let reply = partners.list_prescribers(request).await?.into_inner();
            return show_prescribers(session, &reply);
        }
        Prescriber::Update { id, organisation, contact, phone, email, active, seen } => {
            let present = async || {
                let request = proto::ShowPrescriberRequest { id: id.clone() };
                Ok::<_, CommandError>(partners.show_prescriber(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let mut change = Change { paths: Vec::new() };
            let mut new = proto::Prescriber { id, ..proto::Prescriber::default() };
            change.set("organisation", &mut new.organisation, organisation);
            change.set("contact", &mut new.contact, contact);
            change.set("phone", &mut new.phone, phone);
            change.set("email", &mut new.email, email);
            change.set("active", &mut new.active, active.map(|word| word == "yes"));
            let update_mask = Some(change.mask());
            let request = proto::UpdatePrescriberRequest { prescriber: Some(new), update_mask, etag };
            partners.update_prescriber(request).await?
        }
    };
    show_prescriber(session, &shown.into_inner())
}

/// Runs a command about professionals.
pub(super) async fn staff(session: &mut Session<'_>, command: Staff) -> Result<(), CommandError> {
    let mut partners = session.client(PartnersClient::with_interceptor).await?;
    let shown = match command {
        Staff::Add { name, function, phone, email, may_drive } => {
            let request_id = once::name();
            let request =
                proto::AddProfessionalRequest { name, function, phone, email, may_drive, request_id };
            let added = once::ask(request, async |request| partners.add_professional(request).await).await?;
            return show_professional(session, &added);
        }
        Staff::Show { id } => partners.show_professional(proto::ShowProfessionalRequest { id }).await?,
        Staff::List { page } => {
            let request = proto::ListProfessionalsRequest { after: page.after, limit: page.limit };
            let reply = partners.list_professionals(request).await?.into_inner();
            return show_professionals(session, &reply);
        }
        Staff::Update { id, name, function, phone, email, may_drive, active, seen } => {
            let present = async || {
                let request = proto::ShowProfessionalRequest { id: id.clone() };
                Ok::<_, CommandError>(partners.show_professional(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let mut change = Change { paths: Vec::new() };
            let mut new = proto::Professional { id, ..proto::Professional::default() };
            change.set("name", &mut new.name, name);
            change.set("function", &mut new.function, function);
            change.set("phone", &mut new.phone, phone);
            change.set("email", &mut new.email, email);
            change.set("may_drive", &mut new.may_drive, may_drive.map(|word| word == "yes"));
            change.set("active", &mut new.active, active.map(|word| word == "yes"));
            let update_mask = Some(change.mask());
            let request = proto::UpdateProfessionalRequest { professional: Some(new), update_mask, etag };
            partners.update_professional(request).await?
        }
    };
    show_professional(session, &shown.into_inner())
}

fn show_prescriber(session: &mut Session<'_>, prescriber: &proto::Prescriber) -> Result<(), CommandError> {
    if session.json(prescriber)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-organisation", prescriber.organisation.clone()),
        ("field-contact", prescriber.contact.clone()),
        ("field-phone", prescriber.phone.clone()),
        ("field-email", prescriber.email.clone()),
        ("field-active", words.yes(prescriber.active)),
        ("field-created_at", words.instant(&prescriber.created_at)),
        ("field-etag", prescriber.etag.clone()),
        ("field-id", prescriber.id.clone()),
    ])?)
}

fn show_prescribers(
    session: &mut Session<'_>,
    reply: &proto::ListPrescribersReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |one: &proto::Prescriber| {
        vec![
            one.organisation.clone(),
            one.contact.clone(),
            one.phone.clone(),
            words.yes(one.active),
            one.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = reply.prescribers.iter().map(row).collect();
    let headings = ["field-organisation", "field-contact", "field-phone", "field-active", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}

fn show_professional(
    session: &mut Session<'_>,
    professional: &proto::Professional,
) -> Result<(), CommandError> {
    if session.json(professional)? {
        return Ok(());
    }
    let words = session.words();
    Ok(session.fields(&[
        ("field-name", professional.name.clone()),
        ("field-function", professional.function.clone()),
        ("field-phone", professional.phone.clone()),
        ("field-email", professional.email.clone()),
        ("field-may_drive", words.yes(professional.may_drive)),
        ("field-active", words.yes(professional.active)),
        ("field-created_at", words.instant(&professional.created_at)),
        ("field-etag", professional.etag.clone()),
        ("field-id", professional.id.clone()),
    ])?)
}

fn show_professionals(
    session: &mut Session<'_>,
    reply: &proto::ListProfessionalsReply,
) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |one: &proto::Professional| {
        vec![one.name.clone(), one.function.clone(), one.phone.clone(), words.yes(one.active), one.id.clone()]
    };
    let rows: Vec<Vec<String>> = reply.professionals.iter().map(row).collect();
    let headings = ["field-name", "field-function", "field-phone", "field-active", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}
