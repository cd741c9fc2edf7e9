//! `partner`: firms and associations without a node, and the files that go to them and come from them. Must never look into a
//! file: the node tells what is wrong with it.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use maillage_platform::refusal::{Refusal, RefusalKind};
use maillage_proto::node::v1::{self as proto, exchange_client::ExchangeClient};

use super::{
    arguments::{Page, handovers::HandoverOffer},
    codes,
    commune::communes as communes_of,
    draft::Draft,
    failure::CommandError,
    fleet::euros,
    letters, once,
    people::{Change, show_next, wanted},
    seen::Seen,
    session::Session,
    tables,
};

/// What the files of a partner look like.
const FORMATS: [&str; 2] = ["csv", "tds"];

/// Commands about partners without a node.
#[derive(Debug, Subcommand)]
pub(super) enum Partner {
    Add {
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        phone: String,
        #[arg(long, default_value = "")]
        email: String,
        #[arg(long, default_value = "csv", value_name = "csv|tds", hide_possible_values = true, value_parser = FORMATS)]
        format: String,
        #[arg(long, value_delimiter = ',', value_name = "INSEE")]
        communes: Vec<String>,
        #[arg(long, value_delimiter = ',', value_name = "CODES", hide_possible_values = true, value_parser = codes::any_of_or_none(&codes::NEEDS))]
        needs: Vec<String>,
    },
    Update {
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long, value_name = "csv|tds", hide_possible_values = true, value_parser = FORMATS)]
        format: Option<String>,
        #[arg(long, value_delimiter = ',', value_name = "INSEE")]
        communes: Option<Vec<String>>,
        #[arg(long, value_delimiter = ',', value_name = "CODES", hide_possible_values = true, value_parser = codes::any_of_or_none(&codes::NEEDS))]
        needs: Option<Vec<String>>,
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
    GiveOut {
        id: String,
        #[arg(long, value_name = "csv|tds", hide_possible_values = true, value_parser = FORMATS)]
        format: Option<String>,
        #[arg(long)]
        again: bool,
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[arg(long, requires = "output")]
        letter: bool,
    },
    TakeIn {
        id: String,
        file: PathBuf,
        #[arg(long, value_name = "csv|tds", hide_possible_values = true, value_parser = FORMATS)]
        format: Option<String>,
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs a command about partners.
pub(super) async fn partner(session: &mut Session<'_>, command: Partner) -> Result<(), CommandError> {
    let mut exchange = session.client(ExchangeClient::with_interceptor).await?;
    let shown = match command {
        Partner::Add { name, phone, email, format, communes, needs } => {
            let (communes, needs) = (communes_of(&wanted(communes))?, wanted(needs));
            let request_id = once::name();
            let request =
                proto::AddPartnerRequest { name, phone, email, format, communes, needs, request_id };
            exchange.add_partner(request).await?
        }
        Partner::Show { id } => exchange.show_partner(proto::ShowPartnerRequest { id }).await?,
        Partner::List { page } => {
            let request = proto::ListPartnersRequest { after: page.after, limit: page.limit };
            let reply = exchange.list_partners(request).await?.into_inner();
            return show_partners(session, &reply);
        }
        Partner::Update { id, name, phone, email, format, communes, needs, active, seen } => {
            let present = async || {
                let request = proto::ShowPartnerRequest { id: id.clone() };
                Ok::<_, CommandError>(exchange.show_partner(request).await?.into_inner().etag)
            };
            let etag = seen.or_present(present).await?;
            let communes = communes.map(|typed| communes_of(&wanted(typed))).transpose()?;
            let needs = needs.map(wanted);
            let mut change = Change { paths: Vec::new() };
            let mut new = proto::Partner { id, ..proto::Partner::default() };
            change.set("name", &mut new.name, name);
            change.set("phone", &mut new.phone, phone);
            change.set("email", &mut new.email, email);
            change.set("format", &mut new.format, format);
            change.set("communes", &mut new.communes, communes);
            change.set("needs", &mut new.needs, needs);
            change.set("active", &mut new.active, active.map(|word| word == "yes"));
            let update_mask = Some(change.mask());
            let request = proto::UpdatePartnerRequest { partner: Some(new), update_mask, etag };
            exchange.update_partner(request).await?
        }
        Partner::GiveOut { id, format, again, output, letter } => {
            let to = if letter {
                // Asked before anything is given: what was given is not new any more.
                let partner = exchange.show_partner(proto::ShowPartnerRequest { id: id.clone() }).await?;
                Some(email_of(&partner.into_inner())?)
            } else {
                None
            };
            let request = proto::GiveOutRequest { id, format: format.unwrap_or_default(), again };
            return give_out(session, request, (output.as_deref(), to)).await;
        }
        Partner::TakeIn { id, file, format, dry_run } => {
            let (format, file) = (format.unwrap_or_default(), tables::read(&file)?);
            let request = proto::TakeInRequest { id, format, file, dry_run };
            let reply = exchange.take_in(request).await?.into_inner();
            return tell(session, &reply);
        }
    };
    show_partner(session, &shown.into_inner())
}

/// Offers a trip to partners; gives the handover.
pub(super) async fn offer(
    session: &mut Session<'_>,
    offer: HandoverOffer,
) -> Result<proto::Handover, CommandError> {
    let HandoverOffer { trip, single, person_agrees, reply_within_min, partner, .. } = offer;
    let mut exchange = session.client(ExchangeClient::with_interceptor).await?;
    let request =
        proto::OfferToPartnersRequest { trip, single, reply_within_min, person_agrees, partners: partner };
    Ok(exchange.offer_to_partners(request).await?.into_inner())
}

/// Where a letter to a partner goes.
fn email_of(partner: &proto::Partner) -> Result<String, CommandError> {
    if partner.email.is_empty() {
        let missing = Refusal::new(RefusalKind::Conflict, "partner-without-email");
        return Err(missing.with("id", &partner.id).into());
    }
    Ok(partner.email.clone())
}

/// Gives a file out, as a letter if an address is given. The node counts it as given when it answers, before it is written here: what
/// is lost on the way is given out with `--again`. A file under its own name is whole; nothing new leaves none.
async fn give_out(
    session: &mut Session<'_>,
    request: proto::GiveOutRequest,
    (output, to): (Option<&Path>, Option<String>),
) -> Result<(), CommandError> {
    let draft = output.map(Draft::of).transpose()?;
    let mut exchange = session.client(ExchangeClient::with_interceptor).await?;
    let reply = exchange.give_out(request).await?.into_inner();
    let to_file = draft.is_some();
    match (draft, &to) {
        (Some(draft), Some(to)) if !reply.file.is_empty() => {
            let enclosed = letters::Enclosed { to, format: &reply.format, file: &reply.file };
            draft.keep(&letters::draft(session.words(), &enclosed)?)?;
        }
        (Some(draft), None) if !reply.file.is_empty() => draft.keep(&reply.file)?,
        (Some(_), _) => {}
        (None, _) => session.raw(&reply.file)?,
    }
    if to_file && session.json(&reply)? {
        return Ok(());
    }
    let mut sentences = vec![("partner-given-out", "messages", reply.messages)];
    sentences.extend([("partner-left", "left", reply.left), ("partner-more", "more", reply.more)]);
    for (key, name, number) in sentences {
        let told = number > 0 || key == "partner-given-out";
        match (told, to_file) {
            (true, true) => session.line(key, &[(name, number.into())])?,
            (true, false) => session.aside(key, &[(name, number.into())])?,
            (false, _) => {}
        }
    }
    Ok(())
}

fn tell(session: &mut Session<'_>, reply: &proto::TakeInReply) -> Result<(), CommandError> {
    let faults = reply.faults.len();
    if !session.json(reply)? {
        let words = session.words();
        for fault in &reply.faults {
            let refusal = fault.details.iter().fold(
                Refusal::new(RefusalKind::InvalidInput, fault.reason.clone()),
                |refusal, (name, value)| refusal.with(name.clone(), value),
            );
            let line = ("line", fault.line.into());
            let place = match (fault.line, fault.column.as_str(), fault.member.as_str()) {
                (0, _, "") => words.text("table-fault-file", &[]),
                (0, _, member) => member.to_owned(),
                (_, "", _) => words.text("table-fault-line", &[line]),
                (_, column, _) => {
                    words.text("table-fault-cell", &[line, ("column", column.to_owned().into())])
                }
            };
            let text = words.catalog().refusal(words.language(), &refusal);
            session.line("table-fault", &[("place", place.into()), ("text", text.into())])?;
        }
        for fare in &reply.fares {
            let euros = euros(words, fare.cents.into());
            let handover = fare.handover.clone();
            session.line("partner-fare", &[("handover", handover.into()), ("euros", euros.into())])?;
        }
        if faults == 0 {
            let key = if reply.nothing_written { "partner-would-take" } else { "partner-taken" };
            session.line(key, &[("taken", reply.taken.into()), ("known", reply.known.into())])?;
        }
    }
    if faults == 0 {
        return Ok(());
    }
    let faults = u32::try_from(faults).unwrap_or(u32::MAX);
    Err(Refusal::new(RefusalKind::InvalidInput, "partner-has-faults").with("faults", faults).into())
}

fn show_partner(session: &mut Session<'_>, partner: &proto::Partner) -> Result<(), CommandError> {
    if session.json(partner)? {
        return Ok(());
    }
    let words = session.words();
    let needs: Vec<String> = partner.needs.iter().map(|need| words.code("need", need)).collect();
    Ok(session.fields(&[
        ("field-name", partner.name.clone()),
        ("field-phone", partner.phone.clone()),
        ("field-email", partner.email.clone()),
        ("field-format", partner.format.clone()),
        ("field-communes", partner.communes.join(", ")),
        ("field-needs", needs.join(", ")),
        ("field-active", words.yes(partner.active)),
        ("field-created_at", words.instant(&partner.created_at)),
        ("field-etag", partner.etag.clone()),
        ("field-id", partner.id.clone()),
    ])?)
}

fn show_partners(session: &mut Session<'_>, reply: &proto::ListPartnersReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |one: &proto::Partner| {
        vec![one.name.clone(), one.phone.clone(), one.format.clone(), words.yes(one.active), one.id.clone()]
    };
    let rows: Vec<Vec<String>> = reply.partners.iter().map(row).collect();
    let headings = ["field-name", "field-phone", "field-format", "field-active", "field-id"];
    session.columns(&headings, &rows)?;
    show_next(session, &reply.next_after)
}
