//! The annual return to the prefect: for people, as a table for a spreadsheet, as a page to print.

use maillage_proto::node::v1::{self as proto, obligations_client::ObligationsClient};

use super::{TusReturn, page::Page};
use crate::cli::{failure::CommandError, session::Session, words::Words};

pub(super) async fn run(session: &mut Session<'_>, asked: TusReturn) -> Result<(), CommandError> {
    let TusReturn { year, carrier, figure, after, limit, csv, html } = asked;
    let mut client = session.client(ObligationsClient::with_interceptor).await?;
    if let Some(figure) = figure {
        let request = proto::ListFigureRequest { year, carrier, figure, after, limit };
        let reply = client.list_figure(request).await?.into_inner();
        return items(session, &reply);
    }
    let reply = client.tus_return(proto::TusReturnRequest { year, carrier }).await?.into_inner();
    let words = session.words();
    if csv {
        return Ok(session.raw(spreadsheet(words, &reply).as_bytes())?);
    }
    if html {
        return Ok(session.raw(page(words, &reply).as_bytes())?);
    }
    if session.json(&reply)? {
        return Ok(());
    }
    session.line("tus-heading", &[("year", reply.year.to_string().into())])?;
    for (name, value) in rows(words, &reply) {
        session.line("tus-row", &[("name", name.into()), ("value", value.into())])?;
    }
    notes(words, &reply)
        .iter()
        .try_for_each(|note| session.line("tus-note", &[("text", note.clone().into())]))?;
    Ok(())
}

fn items(session: &mut Session<'_>, reply: &proto::ListFigureReply) -> Result<(), CommandError> {
    if session.json(reply)? {
        return Ok(());
    }
    let words = session.words();
    let row = |item: &proto::FigureItem| vec![words.code("figure-item", &item.kind), item.id.clone()];
    session.columns(&["field-kind", "field-id"], &reply.items.iter().map(row).collect::<Vec<_>>())?;
    if !reply.next_after.is_empty() {
        session.line("tus-more", &[("after", reply.next_after.clone().into())])?;
    }
    Ok(())
}

/// Every line of the return, a name and a value. Empty values are left blank for whoever signs.
fn rows(words: Words<'_>, reply: &proto::TusReturnReply) -> Vec<(String, String)> {
    values(reply).into_iter().map(|(code, value)| (words.code("tus", code), value)).collect()
}

/// Every line of the return by its code: a figure's own where it is one.
pub(crate) fn values(reply: &proto::TusReturnReply) -> Vec<(&'static str, String)> {
    let count = |code: &str| {
        let found = reply.figures.iter().find(|figure| figure.figure == code);
        found.map(|figure| figure.count).unwrap_or_default()
    };
    let beneficiaries = count("beneficiaries");
    let share = |code: &str| {
        let part = count(code);
        match (u64::from(part) * 1_000).checked_div(u64::from(beneficiaries)) {
            Some(thousandths) => format!("{part} ({},{} %)", thousandths / 10, thousandths % 10),
            None => part.to_string(),
        }
    };
    let people = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let tenths = |tenths: Option<u32>| tenths.map(|tenths| format!("{},{}", tenths / 10, tenths % 10));
    let seat = [reply.address.as_str(), reply.commune_name.as_str()];
    let seat: Vec<&str> = seat.into_iter().filter(|part| !part.is_empty()).collect();
    let asked = |cents: i64| format!("{},{:02} €", cents / 100, cents % 100);
    vec![
        ("association", reply.name.clone()),
        ("rna", reply.rna.clone()),
        ("address", seat.join(", ")),
        ("employees", people(reply.employees)),
        ("volunteers", people(reply.volunteers)),
        ("members", people(reply.members)),
        ("drivers", count("drivers").to_string()),
        ("volunteer-drivers", count("volunteer-drivers").to_string()),
        ("beneficiaries", beneficiaries.to_string()),
        ("by-residence", share("by-residence")),
        ("by-resources", share("by-resources")),
        ("own-vehicles", count("own-vehicles").to_string()),
        ("own-places", tenths(reply.own_places_tenths).unwrap_or_default()),
        ("lent-vehicles", count("lent-vehicles").to_string()),
        ("lent-places", tenths(reply.lent_places_tenths).unwrap_or_default()),
        ("contributions", asked(reply.contributions_cents)),
        ("highest-contribution", reply.highest_contribution_cents.map(asked).unwrap_or_default()),
        ("free-trips", reply.free_trips.to_string()),
        ("rules", reply.models.join(", ")),
        ("trips", count("trips").to_string()),
        ("mean", reply.mean_m.map(kilometres).unwrap_or_default()),
        ("trips-to-verify", count("trips-to-verify").to_string()),
        ("trips-other-frame", count("trips-other-frame").to_string()),
        ("trips-excepted", count("trips-excepted").to_string()),
        ("trips-undecided", count("trips-undecided").to_string()),
    ]
}

fn kilometres(metres: u64) -> String {
    let tenths = (metres + 50) / 100;
    format!("{},{} km", tenths / 10, tenths % 10)
}

/// What whoever signs has to know.
pub(crate) fn notes(words: Words<'_>, reply: &proto::TusReturnReply) -> Vec<String> {
    let count = |code: &str| {
        let found = reply.figures.iter().find(|figure| figure.figure == code);
        found.map(|figure| figure.count).unwrap_or_default()
    };
    let uncosted = count("trips").saturating_sub(count("trips-costed"));
    let candidates = [
        (reply.carrier.is_empty(), words.text("tus-no-carrier", &[])),
        (reply.employees.is_none(), words.text("tus-no-headcount", &[])),
        (
            count("trips-to-verify") > 0,
            words.text("tus-verify", &[("count", count("trips-to-verify").into())]),
        ),
        (uncosted > 0, words.text("tus-uncosted", &[("count", uncosted.into())])),
        (
            reply.neighbours_trips > 0,
            words.text("tus-neighbours", &[("count", reply.neighbours_trips.into())]),
        ),
        (true, words.text("tus-both-grounds", &[])),
    ];
    candidates.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
}

/// The return as a table that a spreadsheet in French opens at once: byte order mark, semicolons, CRLF.
pub(crate) fn spreadsheet(words: Words<'_>, reply: &proto::TusReturnReply) -> String {
    table(&rows(words, reply))
}

fn table(rows: &[(String, String)]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let lines = rows.iter().map(|(name, value)| format!("{};{}\r\n", cell(name), cell(value)));
    std::iter::once("\u{feff}".to_owned()).chain(lines).collect()
}

fn page(words: Words<'_>, reply: &proto::TusReturnReply) -> String {
    let title = words.text("tus-heading", &[("year", reply.year.to_string().into())]);
    let mut page = Page::new(words.language().code(), &title);
    page.paragraph(&words.text("tus-basis", &[]));
    page.pairs(&rows(words, reply));
    page.heading(&words.text("tus-notes", &[]));
    for note in notes(words, reply) {
        page.paragraph(&note);
    }
    page.paragraph(&words.text("tus-signature", &[]));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_quotes_and_semicolons_in_their_cell() {
        let rows = [("a".to_owned(), "x;\"y\"".to_owned())];
        assert_eq!(table(&rows), "\u{feff}\"a\";\"x;\"\"y\"\"\"\r\n");
    }

    #[test]
    fn kilometres_are_rounded_to_the_nearest_tenth() {
        assert_eq!([49, 50, 20_000].map(kilometres), ["0,0 km", "0,1 km", "20,0 km"]);
    }
}
